"""Where the data of a schedule come from: the credit, and the ids at the source."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError

from defects_ical.errors import ScheduleError
from defects_ical.model.source import Source
from defects_ical.schedule.validation.names import MAX_SUGGESTIONS
from tests.model.test_schedule import VALIDATOR, read_like_editor
from tests.support.credits import CREDIT, write_credited
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml

FEED = "https://a.example/feed.ics"


def load_source(source: str, text: str = "") -> Source:
    loaded = load_yaml(f"{text or make_yaml()}source: {source}\n").source
    assert loaded
    return loaded


def test_credit_is_optional() -> None:
    show = load_yaml(make_yaml()).show
    assert (show.credit, show.credits) == (None, ())


def test_credit_keeps_its_texts() -> None:
    credit = load_yaml(write_credited()).show.credit
    assert credit
    assert credit.model_dump() == CREDIT


def test_credit_is_the_same_in_every_language() -> None:
    schedule = load_yaml(write_credited(languages="[en, ar]"))
    assert schedule.in_language("ar").show.credit == schedule.show.credit


def test_source_is_optional() -> None:
    assert load_yaml(make_yaml()).source is None


def test_ids_stay_texts() -> None:
    source = load_source("{tvmaze: 12345, episodes: {e03: 2238231, e04: 007, e05: 1e5}}")
    assert (source.tvmaze, source.ics) == (12345, None)
    assert source.episodes == {"e03": "2238231", "e04": "007", "e05": "1e5"}


@pytest.mark.parametrize(
    "source_id",
    ["uid@host", r"a\\,b\\;c", " a ", "e\u0301", "a" * 500, "\N{CLAPPER BOARD}", "]]></script>"],
)
def test_ids_of_calendars_are_not_changed(source_id: str) -> None:
    """Not even to NFC: they must equal those in the feed."""
    source = load_source(f'{{ics: "{FEED}", episodes: {{e03: "{source_id}"}}}}')
    assert (source.tvmaze, source.ics) == (None, FEED)
    assert source.episodes == {"e03": source_id.replace("\\\\", "\\")}


def test_ids_may_be_of_any_episode() -> None:
    """Also of an episode that has no date yet, and of a special."""
    text = edit_airing(
        "{premiere: 2025-07-21, time: 23:00, runtime: 60, episodes: 2}",
        "{season: 2, premiere: 2026-10, episodes: 3}",
        specials="{id: making-of, title: The making of, airs: 2025-08-20}",
    )
    source = load_source("{tvmaze: 1, episodes: {e02: 1, s02e03: 2, making-of: 3}}", text)
    assert [*source.episodes] == ["e02", "s02e03", "making-of"]


@pytest.mark.parametrize(
    "source",
    ["{}", "{tvmaze: 0}", f'{{tvmaze: 1, ics: "{FEED}"}}', '{ics: "webcal://a.example/"}'],
)
def test_schema_rejects_what_loader_rejects(source: str) -> None:
    text = f"{make_yaml()}source: {source}\n"
    with pytest.raises(ValidationError):
        VALIDATOR.validate(read_like_editor(text))
    with pytest.raises(ScheduleError):
        load_yaml(text)


@pytest.mark.parametrize(
    "source", ["{tvmaze: 12345, episodes: {e03: 2238231}}", f'{{ics: "{FEED}", episodes: {{}}}}']
)
def test_schema_accepts_what_loader_accepts(source: str) -> None:
    text = f"{write_credited()}source: {source}\n"
    VALIDATOR.validate(read_like_editor(text))
    load_yaml(text)


def test_thousands_of_unknown_ids_are_reported_soon() -> None:
    """The first of them get suggestions: each one costs a comparison with every known id."""
    ids = ", ".join(f"s09e{number}: {number}" for number in range(10, 1010))
    with pytest.raises(ScheduleError) as caught:
        load_source(f"{{tvmaze: 1, episodes: {{{ids}}}}}", make_yaml(episodes=1000))
    hints = [each.hint for each in caught.value.problems]
    assert len(hints) == 1000
    assert {each != "Remove it." for each in hints[:MAX_SUGGESTIONS]} == {True}
    assert {*hints[MAX_SUGGESTIONS:]} == {"Remove it."}
