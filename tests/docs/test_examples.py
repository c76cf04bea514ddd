"""The schedules, entries and messages that the documentation shows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from defects_ical.cli.schedule_output import print_missing_texts
from defects_ical.errors import ScheduleError
from defects_ical.schedule.episodes import Event
from defects_ical.schedule.expansion import expand_episodes, expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.validation.warnings import find_missing_texts
from defects_ical.shows.loader import load_show
from defects_ical.shows.settings import load_settings
from tests.support.documents import (
    PAGES,
    read_code_blocks,
    read_schedule_example,
    read_section,
    read_snippets,
)
from tests.support.example_schedules import load_yaml
from tests.support.languages import read_cities, read_texts

PAGES_WITH_SCHEDULES = ("README.md", "docs/languages.md", "docs/schedule.md")


@pytest.mark.parametrize("page", PAGES_WITH_SCHEDULES)
def test_schedule_example_is_valid(page: str) -> None:
    assert len(expand_episodes(load_yaml(read_schedule_example(page)))) == 10


@pytest.mark.parametrize("page", PAGES_WITH_SCHEDULES)
def test_schedule_example_needs_own_uid(page: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(read_code_blocks(page, "yaml")[0])
    assert [problem.key_path for problem in caught.value.problems] == ["show.uid"]


def test_message_example_is_what_check_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = read_schedule_example().replace("premiere: 2025-03-02", "premiere: 2025-03-03")
    Path("schedule.yaml").write_text(example, "utf-8")
    with pytest.raises(ScheduleError) as caught:
        load_schedule(Path("schedule.yaml"))
    assert [f"{caught.value}\n"] == read_code_blocks("docs/schedule.md", "text")


def test_missing_texts_of_example_are_what_check_says(capsys: pytest.CaptureFixture[str]) -> None:
    print_missing_texts(load_yaml(read_schedule_example("docs/languages.md")))
    assert [capsys.readouterr().out] == read_code_blocks("docs/languages.md", "text")


def test_note_in_several_languages_fits_example() -> None:
    _, changes = read_code_blocks("docs/languages.md", "yaml")
    schedule = load_yaml(read_schedule_example("docs/languages.md") + changes)
    assert [each for _, paths in find_missing_texts(schedule) for each in paths] == [
        "episodes.3.title"
    ]


def test_language_file_example_is_of_the_file() -> None:
    (example,) = read_code_blocks("docs/translating.md", "json")
    texts = {**read_texts("ko"), **read_cities("ko")}
    assert json.loads(example).items() <= texts.items()


def test_change_log_example_fits_schedule_example() -> None:
    changes = read_code_blocks("docs/changes.md", "yaml")[0]
    events = expand_schedule(load_yaml(read_schedule_example() + changes)).main.events
    assert [event.sequence for event in events] == [1, 2, 1, 3, 1, 1, 1, 1, 2, 3]


def test_settings_example_is_valid(tmp_path: Path) -> None:
    settings, names, mapping = read_code_blocks("docs/shows.md", "yaml")
    (tmp_path / "site.yaml").write_text(settings, "utf-8")
    example = read_schedule_example()
    own = example[example.index("platforms:") :]
    for number, platforms in enumerate((names, mapping)):
        (tmp_path / f"{number}.yaml").write_text(example.replace(own, platforms), "utf-8")
        schedule = load_show(tmp_path / f"{number}.yaml", load_settings(tmp_path))
        assert [*schedule.platforms] == ["channel", "stream"]


# Of each plan in docs/schedule.md: the events of the show's feed and their starts, as a list of
# the first and the last if they are more than four.
PLANS = {
    "All at once": (1, ["Episodes 1\u20139 2025-09-19T09:00"]),
    "Two to begin with, then weekly": (
        8,
        ["Episodes 1\u20132 2025-02-21T21:00", "Episode 9 2025-04-11T21:00"],
    ),
    "Three every week": (
        4,
        [
            "Episodes 1\u20133 2025-04-22T21:00",
            "Episodes 4\u20136 2025-04-29T21:00",
            "Episodes 7\u20139 2025-05-06T21:00",
            "Episodes 10\u201312 2025-05-13T21:00",
        ],
    ),
    "Several a week, each at its hour": (
        12,
        ["Episode 1 2025-09-19T21:50", "Episode 12 2025-10-25T21:40"],
    ),
    "A holiday left out": (8, ["Episode 1 2025-11-27T20:00", "Episode 8 2026-01-29T20:00"]),
    "Only dates": (
        4,
        [
            "Episode 1 2025-10-04T23:30",
            "Episode 2 2025-10-11T23:30",
            "Episode 3 2025-11-01T23:30",
            "Episode 4 2025-12-31T20:00",
        ],
    ),
    "Late at night": (12, ["Episode 1 2025-10-02T25:30", "Episode 12 2025-12-18T25:30"]),
    "A running number": (40, ["Episode 7250 2026-01-05T19:30", "Episode 7289 2026-03-12T19:30"]),
    "Another season": (16, ["Episode 1 2025-03-02T21:00", "S02E08 2026-04-19T21:00"]),
    "The hour is not known yet": (8, ["Episode 1 2026-03-01", "Episode 8 2026-04-19"]),
    "Only the month is known": (8, ["Episode 1 2025-03-02T21:00", "Episode 8 2025-04-20T21:00"]),
    "A film": (1, ["My Show 2025-12-12T20:00"]),
    "A film in cinemas first": (1, ["My Show 2026-05-15"]),
    "A contest, an award night": (
        2,
        ["Semi-final 2026-05-12T21:00", "Grand final 2026-05-16T21:00"],
    ),
    "Titles and a long finale": (
        8,
        ["Episode 1 2025-03-02T21:00", "Episode 8, Home 2025-04-20T21:00"],
    ),
    "An address for each episode": (
        10,
        ["Episode 1 2025-03-02T21:00", "Episode 10 2025-05-04T21:00"],
    ),
    "A platform with its own plan": (
        3,
        [
            "Episode 1 2025-05-10T08:00",
            "Episode 2 2025-05-17T08:00",
            "Episode 3 2025-05-24T08:00",
        ],
    ),
    "Earlier or later elsewhere": (
        10,
        ["Episode 1 2025-03-02T21:00", "Episode 10 2025-05-04T21:00"],
    ),
    "Provisional dates": (8, ["Episode 1 2026-03-01T21:00", "Episode 8 2026-04-19T21:00"]),
}
SNIPPETS = {
    heading: text
    for heading, text in read_snippets("docs/schedule.md").items()
    if heading not in {"The schedule file", "Credit the source of your data"}
}


def complete(snippet: str) -> str:
    """Return a schedule with the keys of a snippet, and otherwise those of the example."""
    document = yaml.load(read_schedule_example(), yaml.BaseLoader)  # noqa: S506 - it makes only texts
    given = yaml.load(snippet, yaml.BaseLoader)  # noqa: S506 - as above
    if "specials" in given:
        del document["airing"]
    return yaml.safe_dump(document | given, allow_unicode=True, sort_keys=False)


def list_starts(events: Sequence[Event]) -> list[str]:
    """Return the name and the local start of each event, of many only of the first and last."""
    shown = events if len(events) <= 4 else (events[0], events[-1])
    return [f"{each.name} {each.first.slot.isoformat()}" for each in shown]


def test_every_plan_of_the_page_is_tested() -> None:
    headings = re.findall(
        "^### (.+)", read_section("docs/schedule.md", "## When episodes air"), re.MULTILINE
    )
    assert headings == [*SNIPPETS] == [*PLANS]


@pytest.mark.parametrize("heading", PLANS)
def test_plan_gives_events_without_news(heading: str) -> None:
    listings = expand_schedule(load_yaml(complete(SNIPPETS[heading])))
    count, starts = PLANS[heading]
    events = listings.main.events
    assert (len(events), list_starts(events)) == (count, starts)
    assert {each.sequence for each in events} == {0}


def test_credit_of_the_page_is_valid() -> None:
    snippet = read_snippets("docs/schedule.md")["Credit the source of your data"]
    credit = load_yaml(complete(snippet)).show.credit
    assert credit
    assert f"{credit.name} ({credit.licence})" in PAGES["docs/schedule.md"]


def test_platform_plans_of_the_page() -> None:
    own = expand_schedule(load_yaml(complete(SNIPPETS["A platform with its own plan"])))
    assert list_starts(own.platforms["channel"].events) == [
        "Episode 1 2025-05-10T18:20",
        "Episode 2 2025-05-10T19:05",
        "Episode 3 2025-05-24T18:50",
    ]
    film = expand_schedule(load_yaml(complete(SNIPPETS["A film in cinemas first"])))
    assert list_starts(film.platforms["stream"].events) == ["My Show 2026-06-29"]
    elsewhere = expand_schedule(load_yaml(complete(SNIPPETS["Earlier or later elsewhere"])))
    starts = {name: each.events[0].first.start for name, each in elsewhere.platforms.items()}
    assert {name: f"{start:%m-%d %H:%M}" for name, start in starts.items() if start} == {
        # 21:00 in New York, with and without daylight saving time.
        "stream": "02-24 02:00",
        "channel": "03-03 02:00",
        "catch-up": "03-03 03:00",
        "abroad": "03-17 01:00",
    }


# Of each case in docs/changes.md: the last two events of the show's feed, and their SEQUENCE.
CASES = {
    "One evening is lost": ["Episode 39 2025-05-08T19:30 1", "Episode 40 2025-05-12T19:30 1"],
    "An hour becomes known": ["Episode 7 2025-04-13T21:00 1", "Episode 8 2025-04-20T21:00 1"],
    "Postponed without a new date": [
        "S02E07 2025-07-13T21:00 1",
        "S02E08 2025-07-20T21:00 1",
    ],
    "One platform only": ["Episode 9 2025-04-27T21:00 0", "Episode 10 2025-05-04T21:00 0"],
    "Part of what was released together": [
        "Episodes 1\u20133 2025-03-02T09:00 1",
        "Episode 4 2025-03-09T09:00 1",
    ],
}
CASE_SNIPPETS = {
    heading: text
    for heading, text in read_snippets("docs/changes.md").items()
    if heading != "Write an entry by hand"
}


def test_every_case_of_the_page_is_tested() -> None:
    assert [*CASE_SNIPPETS] == [*CASES]


@pytest.mark.parametrize("heading", CASES)
def test_case_gives_events(heading: str) -> None:
    events = expand_schedule(load_yaml(complete(CASE_SNIPPETS[heading]))).main.events
    found = [f"{each.name} {each.first.slot.isoformat()} {each.sequence}" for each in events[-2:]]
    assert found == CASES[heading]


def test_change_on_one_platform_moves_only_its_feed() -> None:
    listings = expand_schedule(load_yaml(complete(CASE_SNIPPETS["One platform only"])))
    own, main = listings.platforms["channel"].events[1], listings.main.events[1]
    assert own.first.slot.isoformat() == "2025-03-09T22:00"
    assert main.first.slot.isoformat() == "2025-03-09T21:00"
    assert (own.sequence, main.sequence) == (1, 1)
