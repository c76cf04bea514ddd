"""The .ics files of every language are valid, and have the same events as the English ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

import icalendar
import pytest

from defects_ical.content.descriptions import format_event_title
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.site.build import Site, build_site
from defects_ical.text.languages import LANGUAGES, load_words
from tests.conftest import SITE_URL
from tests.support.calendar_files import CalendarFile
from tests.support.example_schedules import load_yaml
from tests.support.feed_rules import RULES, check_alarms, check_statuses
from tests.support.languages import TRANSLATIONS
from tests.support.other_parsers import (
    Reader,
    list_broadcasts,
    parse_calendar_with_ical,
    read_with_ical,
    read_with_ics,
    read_with_vobject,
)
from tests.support.translated_schedules import make_schedules, write_changed_example
from tests.support.variants import leave_to_soak, sample
from tests.support.visible_texts import TEXT_PROPERTIES, unescape

SCHEDULES: Final = {"example": write_changed_example(), **make_schedules(LANGUAGES)}
# The site of each schedule in each language.
_SITES: Final = (*(("example", each) for each in TRANSLATIONS), ("changes", "ar"))
SITES: Final = [
    *_SITES,
    *leave_to_soak(*(each for each in product(SCHEDULES, TRANSLATIONS) if each not in _SITES)),
]
READERS: Final = (
    read_with_ical,
    pytest.param(
        read_with_ics,
        # ics 0.7.3 calls re.split() in a way that is deprecated since Python 3.13.
        marks=pytest.mark.filterwarnings(
            "ignore:'maxsplit' is passed as positional argument:DeprecationWarning:ics.utils"
        ),
    ),
    read_with_vobject,
)
# They read the statuses and reminders of English titles; below, both are compared with English.
OTHER_RULES: Final = tuple(each for each in RULES if each not in {check_statuses, check_alarms})
# What has the address of a language's own site.
ADDRESSES: Final = frozenset({"SOURCE", "URL"})


@cache
def build(name: str) -> Site:
    return build_site(load_yaml(SCHEDULES[name]), SITE_URL)


@cache
def list_files(name: str, language: str) -> dict[str, CalendarFile]:
    """Return the .ics files of a language, by their paths in its own site."""
    prefix = "" if language == "en" else f"/{language}"
    url = str(SITE_URL.below(language)) if prefix else str(SITE_URL)
    return {
        path.removeprefix(prefix): CalendarFile(url, path.removeprefix(prefix), resource.body)
        for path, resource in build(name).items()
        if path.endswith(".ics") and path.rpartition("/")[0] in {prefix, f"{prefix}/episodes"}
    }


def list_neutral_lines(file: CalendarFile) -> list[str]:
    """Return the lines of a file without texts and addresses."""
    return [
        line.text
        for each in file.calendar.walk()
        for line in each.lines
        if line.name not in TEXT_PROPERTIES | ADDRESSES
    ]


@pytest.mark.parametrize(("name", "language"), SITES)
def test_files_follow_the_rules(name: str, language: str) -> None:
    errors = [
        f"{path}: {rule.__name__}: {each}"
        for path, file in list_files(name, language).items()
        for rule in OTHER_RULES
        for each in rule(file)
    ]
    assert not errors


@pytest.mark.parametrize(("name", "language"), SITES)
def test_only_texts_and_addresses_differ(name: str, language: str) -> None:
    """Events, times, statuses, stamps, UIDs and reminders are those of the main language."""
    english, files = list_files(name, "en"), list_files(name, language)
    assert english.keys() == files.keys()
    assert len(files) >= 6
    for path, file in files.items():
        assert list_neutral_lines(file) == list_neutral_lines(english[path])


# The texts.


@pytest.mark.parametrize("language", sample(TRANSLATIONS, 3))
@pytest.mark.parametrize("read", READERS)
def test_other_parsers_read_the_same_events(read: Reader, language: str) -> None:
    english, files = list_files("example", "en"), list_files("example", language)
    for path in ("/the-defects-reminders.ics", "/episodes/the-defects-e03.ics"):
        expected = list_broadcasts(read, english[path].content)
        assert list_broadcasts(read, files[path].content) == expected


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_other_parsers_read_the_same_texts(language: str) -> None:
    file = list_files("example", language)["/the-defects-reminders.ics"]
    expected = {
        event.get_value("UID"): tuple(
            unescape(event.get_value(name)) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")
        )
        for event in file.events
    }
    found = {
        str(each.uid): (str(each.summary), str(each.description), str(each.location))
        for each in parse_calendar_with_ical(file.content).events
    }
    assert found == expected
    assert dict(_read_with_icalendar(file.content)) == expected


def _read_with_icalendar(body: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        texts = (str(each[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION"))
        yield str(each["UID"]), (*texts,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_has_the_texts_of_the_schedule(language: str) -> None:
    schedule = load_yaml(SCHEDULES["example"]).in_language(language)
    file = list_files("example", language)["/the-defects-reminders.ics"]
    shown = expand_schedule(schedule).main.events
    titles = [unescape(event.get_value("SUMMARY")) for event in file.events]
    assert titles == [format_event_title(each, schedule) for each in shown]
    described = [unescape(event.get_value("DESCRIPTION")) for event in file.events]
    reasons = [text for each in schedule.changes for text in (each.note, each.reason) if text]
    regions = [each.region for each in schedule.platforms.values()]
    teasers = [each.teaser for each in schedule.episodes.values() if each.teaser]
    assert len(reasons) == 2
    for text in (*reasons, *regions, *teasers):
        assert any(text in each for each in described), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_tells_the_status(language: str) -> None:
    """Titles begin as the language says, because most apps do not show the status."""
    words = load_words(language)
    patterns = {
        "e04": words.title_tentative,
        "e05": words.title_postponed,
        "e06": words.title_cancelled,
    }
    files = list_files("example", language)
    for id_, pattern in patterns.items():
        (event,) = files[f"/episodes/the-defects-{id_}.ics"].events
        start, end = pattern.split("{title}")
        assert start or end
        title = unescape(event.get_value("SUMMARY"))
        assert title.startswith(start)
        assert title.endswith(end)
