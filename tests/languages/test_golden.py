"""The feeds of some languages are exactly the golden files, which ``make golden`` writes.

The .ics files are feeds of the example. The .txt files have the texts of one that changed, as a
calendar app shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml
from tests.support.strict_parser import parse_calendar
from tests.support.translated_schedules import EXAMPLE, write_changed_example
from tests.support.visible_texts import unescape

GOLDEN: Final = Path(__file__).parent / "golden"
# Three scripts that are not Latin, one of them from right to left, and one that is.
LANGUAGES: Final = ("ko", "ja", "ar", "es")
FEED: Final = "the-defects-kocowa-reminders.ics"


@cache
def build_example() -> Site:
    return build_site(load_yaml(EXAMPLE), SITE_URL)


@cache
def build_changed_example() -> Site:
    return build_site(load_yaml(write_changed_example()), SITE_URL)


def describe_feed(language: str) -> str:
    """Return the texts of the feed with reminders, after the change log."""
    body = build_changed_example()[f"/{language}/the-defects-reminders.ics"].body
    return "\n".join(_describe(body))


def _describe(body: bytes) -> Iterator[str]:
    calendar = parse_calendar(body)
    for name in ("NAME", "DESCRIPTION"):
        yield f"{name}: {unescape(calendar.get_value(name))}"
    for event in calendar.get_components("VEVENT"):
        yield f"\n{'=' * 40}\n"
        for name in ("SUMMARY", "LOCATION", "CATEGORIES"):
            yield f"{name}: {unescape(event.get_value(name))}"
        for alarm in event.get_components("VALARM"):
            yield f"ALARM: {unescape(alarm.get_value('DESCRIPTION'))}"
        yield f"\n{unescape(event.get_value('DESCRIPTION'))}"
    yield ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_is_golden(language: str) -> None:
    expected = (GOLDEN / f"{language}.ics").read_bytes()
    assert build_example()[f"/{language}/{FEED}"].body == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_after_changes_are_golden(language: str) -> None:
    assert describe_feed(language) == (GOLDEN / f"{language}.txt").read_text("utf-8")


def write_golden() -> None:
    """Write the golden files."""
    for language in LANGUAGES:
        (GOLDEN / f"{language}.ics").write_bytes(build_example()[f"/{language}/{FEED}"].body)
        (GOLDEN / f"{language}.txt").write_text(describe_feed(language), "utf-8")
