"""What is published and what would be: each kind of difference, its verdict, and its mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defects_ical.compare.differences import Difference
from defects_ical.compare.messages import name_episodes
from defects_ical.compare.report import Report, build_report, to_markdown
from defects_ical.compare.site_diff import compare_site, unannounced_changes
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.render.ics import render_feeds
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.site.build import Resource, Site
from tests.support.example_schedules import load_yaml, make_yaml
from tests.system.test_change_replay import events, stamps, value

SITE_URL: Final = SiteURL.parse("https://defects.example")
DATA: Final = Path(__file__).parent / "data"
NOW: Final = datetime(2025, 8, 1, 3, 0, 0, 999, tzinfo=UTC)

# What is published in every case.
PUBLISHED: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: The Show
  genres: [thriller]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing:
  premiere: 2025-07-21
  weekdays: [monday, tuesday]
  time: 23:00
  runtime: 60
  episodes: 8
clocks: [Europe/London]
platforms:
  channel: {name: Channel, kind: television, region: Everywhere}
  stream: {name: Stream, kind: streaming, region: Everywhere, delay: 120}
episodes:
  1: {teaser: They run., recap: They ran.}
specials:
  - {id: making-of, title: The making of, airs: 2025-08-26T23:00, runtime: 45}
changes:
  - {at: 2025-07-28T12:00:00+09:00, episodes: [4], status: cancelled}
  - {at: 2025-07-29T12:00:00+09:00, episodes: [5], status: tentative, reason: A strike.}
  - {at: 2025-07-30T12:00:00+09:00, episodes: [6, 7], shift: {weeks: 1}}
  - {at: 2025-07-31T12:00:00+09:00, episodes: [6], move: 2025-08-12T20:00}
"""
EVERYTHING: Final = "Episodes 1 to 8, The making of"
FEEDS: Final = "/show.ics, /show-channel.ics, /show-stream.ics"


@dataclass(frozen=True)
class Case:
    """An edit of what is published: what it replaces, by what; and what that is found to be.

    ``found`` has the episodes, or feeds, by kind and verdict; ``entries`` are the first and the
    last line of what the mend has to append.
    """

    old: str
    new: str
    found: Mapping[tuple[str, str], str]
    entries: tuple[str, ...] = ()


def test_a_title_stays_a_text_in_a_comment() -> None:
    step = 'put back under `specials`: `- {id: extra, title: "A `b` <c> @me"}`'
    told = to_markdown(
        Report(rows=(), steps=(step,), entries=(), summary="1 change, silent"), "Show"
    )
    assert told == f"### Show\n\n````text\n- {step}\n````\n\n1 change, silent\n"


def line(of: str) -> str:
    """The line of the schedule that has this in it."""
    return next(each for each in PUBLISHED.splitlines(keepends=True) if of in each)


def appended(*entries: str) -> tuple[str, str]:
    last = line("2025-08-12T20:00")
    return last, last + "".join(f"  - {entry}\n" for entry in entries)


DECIDED: Final = "at: 2025-08-01T12:00:00+09:00"
CORRECTED: Final = 'note: "Details corrected."'

CASES: Final = {
    "nothing": Case("time: 23:00", "time: 23:00", {}),
    "a comment": Case("time: 23:00", "time: 23:00  # as the listing says", {}),
    "the rule's time": Case(
        "time: 23:00",
        "time: 22:00",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            # What it was moved from is told in its description.
            ("reworded", "warning"): "Episode 6",
        },
    ),
    "the premiere": Case(
        "premiere: 2025-07-21",
        "premiere: 2025-07-28",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            # What it was moved from is told in its description.
            ("reworded", "warning"): "Episode 6",
        },
    ),
    "the weekdays": Case(
        "[monday, tuesday]",
        "[monday, wednesday]",
        {("moved", "error"): "Episodes 2, 4, 8", ("reworded", "warning"): "Episode 6"},
        (
            f"- {{{DECIDED}, episodes: [2], move: 2025-07-23T23:00}}",
            f"- {{{DECIDED}, episodes: [8], move: 2025-08-13T23:00}}",
        ),
    ),
    "the rule's runtime": Case(
        "runtime: 60",
        "runtime: 75",
        {("retimed", "error"): "Episodes 1 to 8"},
        (f"- {{{DECIDED}, episodes: [1, 2, 3, 4, 5, 6, 7, 8], runtime: 75}}",),
    ),
    "the rule's time and runtime": Case(
        "time: 23:00\n  runtime: 60",
        "time: 22:30\n  runtime: 90",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            ("retimed", "error"): "Episodes 1 to 8",
        },
        (
            f"- {{{DECIDED}, episodes: [1], move: 2025-07-21T22:30, runtime: 90}}",
            f"- {{{DECIDED}, episodes: [8], move: 2025-08-12T22:30, runtime: 90}}",
        ),
    ),
    "fewer episodes": Case(
        "episodes: 8",
        "episodes: 7",
        {("removed", "error"): "Episode 8"},
        (f"- {{{DECIDED}, episodes: [8], status: cancelled}}",),
    ),
    "more episodes": Case("episodes: 8", "episodes: 10", {("added", "fine"): "Episodes 9 to 10"}),
    "a special more": Case(
        line("making-of"),
        line("making-of") + "  - {id: gala, title: Gala, airs: 2025-08-19T23:00, runtime: 90}\n",
        {("added", "fine"): "Gala"},
    ),
    "a special less": Case(
        line("making-of"),
        "",
        {("removed", "error"): "The making of"},
        (f"- {{{DECIDED}, episodes: [making-of], status: cancelled}}",),
    ),
    "a special's title": Case(
        "title: The making of",
        "title: How it was made",
        {("reworded", "warning"): "How it was made"},
        (f"- {{{DECIDED}, episodes: [making-of], {CORRECTED}}}",),
    ),
    "a special's id": Case(
        "id: making-of",
        "id: made",
        {("added", "fine"): "The making of", ("removed", "error"): "The making of"},
        (f"- {{{DECIDED}, episodes: [making-of], status: cancelled}}",),
    ),
    "a special's time": Case(
        "airs: 2025-08-26T23:00",
        "airs: 2025-08-19T21:30",
        {("moved", "error"): "The making of"},
        (f"- {{{DECIDED}, episodes: [making-of], move: 2025-08-19T21:30}}",),
    ),
    "a special's runtime": Case(
        "runtime: 45",
        "runtime: 50",
        {("retimed", "error"): "The making of"},
        (f"- {{{DECIDED}, episodes: [making-of], runtime: 50}}",),
    ),
    "a zone of the same time": Case(
        "timezone: Asia/Seoul", "timezone: Asia/Tokyo", {("reworded", "warning"): EVERYTHING}
    ),
    "a zone of another time": Case(
        "timezone: Asia/Seoul",
        "timezone: America/New_York",
        {("moved", "error"): EVERYTHING},
    ),
    "a move appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [8], move: 2025-08-13T23:00}"),
        {("moved", "fine"): "Episode 8"},
    ),
    "a shift appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: all, shift: {hours: -1}}"),
        {("moved", "fine"): EVERYTHING},
    ),
    "a runtime appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [8], runtime: 75}"),
        {("retimed", "fine"): "Episode 8"},
    ),
    "a cancellation appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: cancelled}"),
        {("cancelled", "fine"): "Episode 8"},
    ),
    "a doubt appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: tentative}"),
        {("in doubt", "fine"): "Episode 8"},
    ),
    "a confirmation appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [5], status: confirmed}"),
        {("confirmed", "fine"): "Episode 5"},
    ),
    "a return appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [4], status: confirmed}"),
        {("restored", "fine"): "Episode 4"},
    ),
    "a note appended": Case(
        *appended("{at: 2025-08-01T12:00:00+09:00, episodes: [8], note: The finale.}"),
        {("reworded", "fine"): "Episode 8"},
    ),
    "an entry of several things appended": Case(
        *appended(
            "{at: 2025-08-01T12:00:00+09:00, episodes: [4], move: 2025-08-13T23:00, "
            "runtime: 75, status: confirmed}"
        ),
        {
            ("moved", "fine"): "Episode 4",
            ("retimed", "fine"): "Episode 4",
            ("restored", "fine"): "Episode 4",
        },
    ),
    "a cancellation deleted": Case(
        line("cancelled"),
        "",
        {("restored", "error"): "Episode 4"},
        (
            f'- {{{DECIDED}, episodes: [4], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [4], status: confirmed}",
        ),
    ),
    "a shift deleted": Case(
        line("shift"),
        "",
        {("moved", "error"): "Episode 7", ("reworded", "error"): "Episode 6"},
    ),
    "two entries deleted": Case(
        line("shift") + line("2025-08-12T20:00"),
        "",
        {("moved", "error"): "Episodes 6 to 7"},
        (
            f'- {{{DECIDED}, episodes: [6], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:02+09:00, episodes: [7], move: 2025-08-11T23:00}",
        ),
    ),
    "a shift edited": Case(
        "shift: {weeks: 1}",
        "shift: {weeks: 2}",
        {("moved", "error"): "Episode 7", ("reworded", "warning"): "Episode 6"},
    ),
    "a move edited": Case(
        "2025-08-12T20:00",
        "2025-08-12T20:30",
        {("moved", "error"): "Episode 6"},
        (f"- {{{DECIDED}, episodes: [6], move: 2025-08-12T20:30}}",),
    ),
    "a doubt made a cancellation": Case(
        "status: tentative",
        "status: cancelled",
        {("cancelled", "error"): "Episode 5"},
        (f"- {{{DECIDED}, episodes: [5], status: cancelled}}",),
    ),
    "a cancellation made a return": Case(
        "status: cancelled",
        "status: confirmed",
        {("restored", "error"): "Episode 4"},
        (f"- {{{DECIDED}, episodes: [4], status: confirmed}}",),
    ),
    "a cancellation made a doubt": Case(
        "status: cancelled", "status: tentative", {("in doubt", "error"): "Episode 4"}
    ),
    "a doubt made a confirmation": Case(
        "status: tentative", "status: confirmed", {("confirmed", "error"): "Episode 5"}
    ),
    "a reason edited": Case("A strike.", "A storm.", {("reworded", "warning"): "Episode 5"}),
    "an entry put before the last one": Case(
        line("shift"),
        "  - {at: 2025-07-29T12:00:00+09:00, episodes: [7], status: tentative}\n" + line("shift"),
        {("in doubt", "error"): "Episode 7"},
        (f"- {{{DECIDED}, episodes: [7], status: tentative}}",),
    ),
    "a note put before the last one": Case(
        line("shift"),
        "  - {at: 2025-07-29T12:00:00+09:00, episodes: [7], note: It will be long.}\n"
        + line("shift"),
        {("reworded", "error"): "Episode 7"},
    ),
    "an entry dated earlier": Case(
        "at: 2025-07-31T12:00:00+09:00",
        "at: 2025-07-30T18:00:00+09:00",
        {("reworded", "error"): "Episode 6"},
    ),
    "an entry dated later": Case(
        "at: 2025-07-31T12:00:00+09:00",
        "at: 2025-07-31T18:00:00+09:00",
        {("reworded", "warning"): "Episode 6"},
    ),
    "an entry dated later and edited": Case(
        "at: 2025-07-31T12:00:00+09:00, episodes: [6], move: 2025-08-12T20:00",
        "at: 2025-07-31T18:00:00+09:00, episodes: [6], move: 2025-08-12T20:30",
        {("moved", "error"): "Episode 6"},
    ),
    "a teaser": Case(
        "They run.",
        "They are on the run.",
        {("reworded", "warning"): "Episode 1"},
        (f"- {{{DECIDED}, episodes: [1], {CORRECTED}}}",),
    ),
    "a teaser more": Case(
        "specials:\n",
        "  2: {teaser: They hide.}\nspecials:\n",
        {("reworded", "warning"): "Episode 2"},
    ),
    "a recap": Case("They ran.", "They ran away.", {}),
    "a platform's link": Case(
        "kind: streaming",
        "kind: streaming, url: https://stream.example/",
        {("reworded", "warning"): EVERYTHING},
        (f"- {{{DECIDED}, episodes: all, {CORRECTED}}}",),
    ),
    "a platform's name": Case(
        "name: Stream",
        "name: Streamer",
        {("reworded", "warning"): EVERYTHING, ("reworded", "fine"): "The calendar"},
    ),
    "a platform's region": Case(
        "streaming, region: Everywhere",
        "streaming, region: Korea",
        {("reworded", "warning"): EVERYTHING},
    ),
    "a platform's delay": Case(
        "delay: 120",
        "delay: 60",
        {("reworded", "warning"): EVERYTHING, ("moved", "error"): EVERYTHING},
        (f'- {{{DECIDED}, episodes: all, note: "Now on Stream 1 h after the broadcast."}}',),
    ),
    "a platform's delay taken away": Case(
        ", delay: 120",
        "",
        {("reworded", "warning"): EVERYTHING, ("moved", "error"): EVERYTHING},
        (f'- {{{DECIDED}, episodes: all, note: "Now on Stream with the broadcast."}}',),
    ),
    "a platform more": Case(
        "episodes:\n  1:",
        "  vod: {name: Vod, kind: streaming, region: Everywhere}\nepisodes:\n  1:",
        {("reworded", "warning"): EVERYTHING},
    ),
    "a platform less": Case(
        line("stream:"),
        "",
        {("removed", "error"): "/show-stream.ics", ("reworded", "warning"): EVERYTHING},
    ),
    "a platform's id": Case("  stream:", "  streamer:", {("removed", "error"): "/show-stream.ics"}),
    "the slug": Case("slug: show", "slug: film", {("removed", "error"): FEEDS}),
    "the uid": Case("uid: 3c2d1f64", "uid: 4c2d1f64", {("removed", "error"): FEEDS}),
    "published later": Case(
        "published: 2025-07-01", "published: 2025-07-02", {("reworded", "warning"): EVERYTHING}
    ),
    "published earlier": Case(
        "published: 2025-07-01",
        "published: 2025-06-30",
        {
            ("reworded", "error"): "Episodes 1 to 3, 8, The making of",
            ("reworded", "warning"): "Episodes 4 to 7",
        },
    ),
    "the clocks": Case(
        "[Europe/London]", "[Europe/London, UTC]", {("reworded", "warning"): EVERYTHING}
    ),
    "the genres": Case("[thriller]", "[drama]", {("reworded", "warning"): EVERYTHING}),
    "the colour": Case(
        "title: The Show",
        "title: The Show\n  color: crimson",
        {("reworded", "fine"): "The calendar"},
    ),
    "the title": Case(
        "title: The Show",
        "title: The Film",
        {("reworded", "warning"): EVERYTHING, ("reworded", "fine"): "The calendar"},
    ),
    "the synopsis and the cast": Case(
        "genres:", "synopsis: A show.\n  cast: [{actor: A, role: B}]\n  genres:", {}
    ),
}


@cache
def site(text: str) -> Site:
    schedule = load_yaml(text)
    calendars = render_feeds(schedule, expand_episodes(schedule), SITE_URL, BuildCache())
    return {path: Resource(body, "text/calendar", "", ()) for path, body in calendars}


def published(text: str = PUBLISHED) -> dict[str, bytes]:
    return {path: each.body for path, each in site(text).items()}


def compared(text: str, had: Mapping[str, bytes] | None = None) -> tuple[Difference, ...]:
    schedule = load_yaml(text)
    return compare_site(had or published(), site(text), schedule, expand_episodes(schedule))


def told(text: str, had: Mapping[str, bytes] | None = None, now: datetime = NOW) -> Report:
    return build_report(compared(text, had), load_yaml(text), now)


def edited(case: Case) -> str:
    assert PUBLISHED.count(case.old) == 1
    return PUBLISHED.replace(case.old, case.new)


def mended(text: str, mend: Report) -> str:
    """The schedule with what the report says written where it says so."""
    for step in mend.steps:
        if found := re.fullmatch("write `(episodes: [0-9]+)` under `airing` again", step):
            text = re.sub("(?<=\n  )episodes: [0-9]+", found[1], text)
        elif step.startswith("write `episodes: [1]`, not `all`,"):
            text = text.replace("episodes: all, move", "episodes: [1], move")
        elif found := re.fullmatch("put back under `specials`: `(- .*)`", step):
            text = text.replace("specials:\n", f"specials:\n  {found[1]}\n")
    return text + "".join(f"  {entry}\n" for entry in mend.entries)


def named(entries: Iterable[str], text: str) -> set[str]:
    """The ids of the episodes that some entries are about."""
    everything = {each.number or each.id: each.id for each in expand_episodes(load_yaml(text))}
    ids: set[str] = set()
    for entry in entries:
        found = re.search(r"episodes: (all|\[.*?\])", entry)
        assert found
        listed = found[1].strip("[]").split(", ")
        ids |= {id_ for name, id_ in everything.items() if str(name) in listed or listed == ["all"]}
    return ids


def assert_replayed(text: str, announced: set[str], before: str = PUBLISHED) -> None:
    """The stamps of exactly these episodes rise, in every file; nothing else changes."""
    after = site(text)
    for path, was in published(before).items():
        new = {value(event, "UID"): event for event in events(after[path].body)}
        for event in events(was):
            same = new[value(event, "UID")]
            if value(event, "URL").rpartition("#")[2] in announced:
                pairs = zip(stamps(event), stamps(same), strict=True)
                assert all(later > earlier for earlier, later in pairs)
            else:
                assert same == event


def fine(differences: Iterable[Difference]) -> set[str]:
    """The ids of the episodes whose changes are announced."""
    return {each.episode for each in differences if each.verdict == "fine" and each.episode}


def state(text: str) -> dict[str, tuple[object, ...]]:
    return {
        each.id: (each.start, each.runtime, each.status)
        for each in expand_episodes(load_yaml(text))
    }


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_difference_is_found_and_judged(name: str) -> None:
    case = CASES[name]
    found: dict[tuple[str, str], list[Difference]] = {}
    for each in compared(edited(case)):
        found.setdefault((each.kind, each.verdict), []).append(each)
    assert {key: name_episodes(those) for key, those in found.items()} == case.found


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.entries])
def test_the_entries_to_paste_are_these(name: str) -> None:
    case = CASES[name]
    entries = told(edited(case)).entries
    assert (entries[0], entries[-1]) == (case.entries[0], case.entries[-1])


LOST: Final = {"gone", "renewed"}


@pytest.mark.parametrize("name", CASES)
def test_the_mend_pasted_announces_exactly_what_changed(name: str) -> None:
    text = edited(CASES[name])
    before = compared(text)
    if any(each.fault in LOST for each in before):
        return
    mend = told(text)
    after = mended(text, mend)
    assert [each for each in compared(after) if each.verdict != "fine"] == []
    assert_replayed(after, named(mend.entries, after) | fine(before))


@pytest.mark.parametrize("name", CASES)
def test_the_mend_is_right_too_where_the_edit_is_undone(name: str) -> None:
    text = edited(CASES[name])
    differences = compared(text)
    if any(each.fault in LOST for each in differences) or name == "a zone of another time":
        return
    mend = told(text)
    undone = PUBLISHED + "".join(f"  {entry}\n" for entry in mend.entries)
    assert [each for each in compared(undone) if each.verdict != "fine"] == []
    assert_replayed(undone, named(mend.entries, undone))
    wrong = {each.episode for each in differences if each.verdict == "error"}
    meant = {id_: each for id_, each in state(text).items() if id_ in wrong}
    assert {id_: each for id_, each in state(undone).items() if id_ in meant} == meant


@pytest.mark.parametrize("name", CASES)
def test_a_feed_that_is_lost_is_to_be_put_back_and_no_entry_does_it(name: str) -> None:
    text = edited(CASES[name])
    lost = [each for each in compared(text) if each.fault in LOST]
    mend = told(text)
    for each in lost:
        assert any(step.startswith(name_episodes(lost)) for step in mend.steps)
        assert (each.episode, each.need) == (None, None)
    rest = [each for each in compared(mended(text, mend)) if each.verdict != "fine"]
    assert rest == lost


def variant(*changes: str, special: str = "", text: str = "") -> str:
    """A schedule whose lists are open at their ends; ``text`` is another one without any."""
    special = f"\n  - {special}" if special else ""
    log = "".join(f"\n  - {each}" for each in changes)
    return (
        (text or make_yaml())
        .replace("specials: []", f"specials:{special}")
        .replace("changes: []", f"changes:{log}")
    )


SHIFTED: Final = "{at: 2025-07-20T12:00:00+09:00, episodes: all, shift: {hours: -1}}"
CANCELLED: Final = "{at: 2025-07-20T12:00:00+09:00, episodes: [1], status: cancelled}"
GALA: Final = "{id: gala, title: Gala, airs: 2025-08-19T23:00, runtime: 90}"
ODD: Final = """{id: gala, title: '"A": # b, {c}', airs: 2025-08-19T23:00, runtime: 9}"""
LATE: Final = "{{at: 2026-01-01T12:00:00+09:00, episodes: [5], runtime: {}}}"
TWICE: Final = "{{at: 2025-07-20T12:00:00-04:00, episodes: [8], move: 2025-11-02T01:30-0{}:00}}"
SETTLED: Final = "{at: 2025-02-02T12:00:00-05:00, episodes: [2], move: 2025-03-09T03:30}"
NEW_YORK: Final = make_yaml(timezone="America/New_York")
GAP: Final = make_yaml(
    timezone="America/New_York",
    premiere="2025-03-02",
    weekdays="[sunday]",
    time="02:30",
    published="2025-02-01T00:00:00+00:00",
    episodes=2,
)
SOON: Final = "2026-01-01T00:00:00+00:00"
STREAM: Final = "{{a: {{name: 'A \"b\": #c', kind: streaming, region: R, delay: {}}}}}"

# What was published, what would be, and the entries that mend it.
PAIRS: Final = {
    "a move within the hour that happens twice": (
        variant(TWICE.format(4), text=NEW_YORK),
        variant(TWICE.format(5), text=NEW_YORK),
        ["- {at: 2025-07-31T23:00:00-04:00, episodes: [8], move: 2025-11-02T01:30-05:00}"],
    ),
    "a special less, after a shift of all": (
        variant(SHIFTED, special=GALA),
        variant(SHIFTED),
        [
            f"- {{{DECIDED}, episodes: [gala], move: 2025-08-19T22:00}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [gala], status: cancelled}",
        ],
    ),
    "a special less, with its entry": (
        variant("{at: 2025-07-20T12:00:00+09:00, episodes: [gala], runtime: 80}", special=GALA),
        variant(),
        [
            f'- {{{DECIDED}, episodes: [gala], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [gala], status: cancelled}",
        ],
    ),
    "a special of an odd name less": (
        variant(special=ODD),
        variant(),
        [f"- {{{DECIDED}, episodes: [gala], status: cancelled}}"],
    ),
    "an episode less, and the entry that moved it": (
        variant("{at: 2025-07-20T12:00:00+09:00, episodes: [8], move: 2025-08-20T20:00}"),
        variant(text=make_yaml(episodes=7)),
        [
            f"- {{{DECIDED}, episodes: [8], move: 2025-08-20T20:00}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [8], status: cancelled}",
        ],
    ),
    "an episode less, which the rule has at a time that is skipped": (
        variant(SETTLED, text=GAP),
        variant(text=GAP.replace("episodes: 2", "episodes: 1")),
        [
            "- {at: 2025-07-31T23:00:00-04:00, episodes: [2], move: 2025-03-09T03:30, runtime: 60}",
            "- {at: 2025-07-31T23:00:01-04:00, episodes: [2], status: cancelled}",
        ],
    ),
    "an episode less, and the other moved as all that there are": (
        variant(text=make_yaml(episodes=2)),
        variant(
            "{at: 2025-07-20T12:00:00+09:00, episodes: all, move: 2025-07-21T20:00}",
            text=make_yaml(episodes=1),
        ),
        [f"- {{{DECIDED}, episodes: [2], status: cancelled}}"],
    ),
    "two episodes less, and a runtime of the others": (
        variant(),
        variant(text=make_yaml(episodes=6, runtime=70)),
        [
            f"- {{{DECIDED}, episodes: [7, 8], runtime: 60}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [1, 2, 3, 4, 5, 6], runtime: 70}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [7, 8], status: cancelled}",
        ],
    ),
    "two specials put at one time": (
        variant(special=f"{GALA}\n  - {GALA.replace('gala', 'ball').replace('19', '20')}"),
        variant(
            special=f"{GALA}\n  - {GALA.replace('gala', 'ball')}".replace("08-19", "08-21"),
        ),
        [
            f"- {{{DECIDED}, episodes: [gala], move: 2025-08-21T23:00}}",
            f"- {{{DECIDED}, episodes: [ball], move: 2025-08-21T23:00}}",
        ],
    ),
    "a platform's odd name in a note": (
        variant(text=make_yaml(platforms=STREAM.format(5))),
        variant(text=make_yaml(platforms=STREAM.format(60))),
        [f'- {{{DECIDED}, episodes: all, note: "Now on A \\"b\\": #c 1 h after the broadcast."}}'],
    ),
    "entries dated in the future": (
        variant(LATE.format(70)),
        variant(LATE.format(80)),
        ["- {at: 2026-01-01T12:00:01+09:00, episodes: [5], runtime: 80}"],
    ),
    "published in the future": (
        variant(text=make_yaml(published=SOON)),
        variant(text=make_yaml(published=SOON, episodes=6)),
        ["- {at: 2026-01-01T09:00:01+09:00, episodes: [7, 8], status: cancelled}"],
    ),
    "stamps of the future that have fallen": (
        variant(LATE.format(70)),
        variant(),
        [
            '- {at: 2026-01-01T12:00:01+09:00, episodes: [5], note: "Announced again."}',
            "- {at: 2026-01-01T12:00:02+09:00, episodes: [5], runtime: 60}",
        ],
    ),
    "a cancelled episode moved by the rule": (
        variant(CANCELLED, text=make_yaml(episodes=1)),
        variant(CANCELLED, text=make_yaml(episodes=1, time="22:00")),
        [f"- {{{DECIDED}, episodes: [1], move: 2025-07-21T22:00}}"],
    ),
    "moved by the rule and cancelled by an edit": (
        variant(CANCELLED.replace("cancelled", "tentative"), text=make_yaml(episodes=1)),
        variant(CANCELLED, text=make_yaml(episodes=1, time="22:00")),
        [f"- {{{DECIDED}, episodes: [1], status: cancelled}}"],
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_mended_can_be_published(name: str) -> None:
    before, after, entries = PAIRS[name]
    mend = told(after, published(before))
    assert [*mend.entries] == entries
    result = mended(after, mend)
    assert [each for each in compared(result, published(before)) if each.verdict != "fine"] == []
    announced = fine(compared(after, published(before)))
    assert_replayed(result, named(mend.entries, result) | announced, before)


def only(*paths: str, text: str = PUBLISHED) -> dict[str, bytes]:
    return {path: body for path, body in published(text).items() if path in paths}


LATER: Final = edited(CASES["a platform's delay"])
EARLIER: Final = edited(CASES["the rule's time"])


@pytest.mark.parametrize(
    ("path", "text", "feed", "found"),
    [
        ("/show-stream.ics", EARLIER, "/show-stream.ics", "Episodes 1 to 5, 7 to 8"),
        ("/show-stream.ics", LATER, "/show-stream.ics", EVERYTHING),
        (
            "/show-stream-reminders.ics",
            EARLIER,
            "/show-stream-reminders.ics",
            "Episodes 1 to 5, 7 to 8",
        ),
        ("/show-reminders.ics", EARLIER, "/show-reminders.ics", "Episodes 1 to 5, 7 to 8"),
        ("/episodes/show-e02.ics", EARLIER, "/episodes/show-e02.ics", "Episode 2"),
    ],
)
def test_one_calendar_is_enough_to_find_what_moved(
    path: str, text: str, feed: str, found: str
) -> None:
    had = only(path)
    moved = [each for each in compared(text, had) if each.kind == "moved"]
    assert {each.feed for each in moved} == {feed}
    assert name_episodes(moved) == found
    result = mended(text, told(text, had))
    assert [each for each in compared(result, had) if each.verdict != "fine"] == []


def test_the_single_file_of_an_episode_that_is_gone_says_so() -> None:
    text = edited(CASES["a special less"])
    had = only("/episodes/show-making-of.ics")
    (gone,) = compared(text, had)
    assert (gone.kind, gone.verdict, gone.name) == ("removed", "error", "The making of")
    result = mended(text, told(text, had))
    assert [each for each in compared(result, had) if each.verdict != "fine"] == []


def test_what_a_platform_shows_later_is_put_back_where_it_was_broadcast() -> None:
    text = edited(CASES["a special less"])
    assert told(text, only("/show-stream.ics")).steps[0] == told(text).steps[0]


def test_twins_and_single_files_say_nothing_that_feeds_do_not() -> None:
    had = {path: body.replace(b"They run.", b"They hide.") for path, body in published().items()}
    feeds = only("/show.ics", "/show-channel.ics", "/show-stream.ics")
    assert compared(PUBLISHED, had | feeds) == ()


def test_what_all_feeds_show_is_told_once() -> None:
    assert {each.feed for each in compared(EARLIER)} == {"/show.ics"}


def test_what_only_a_platform_shows_is_told_of_its_feed() -> None:
    moved = [each for each in compared(LATER) if each.kind == "moved"]
    assert {each.feed for each in moved} == {"/show-stream.ics"}
    assert (moved[0].before, moved[0].after) == (
        "Tuesday 22 July 2025, 01:00 KST",
        "Tuesday 22 July 2025, 00:00 KST",
    )


def test_a_platform_that_moves_with_its_show_and_by_itself_is_told_too() -> None:
    text = LATER.replace("time: 23:00", "time: 22:00")
    moved = [each for each in compared(text) if (each.kind, each.episode) == ("moved", "e01")]
    assert [(each.feed, each.after) for each in moved] == [
        ("/show.ics", "Monday 21 July 2025, 22:00 KST"),
        ("/show-stream.ics", "Monday 21 July 2025, 23:00 KST"),
    ]
    entry = "- {at: 2025-08-01T12:00:00+09:00, episodes: [1], move: 2025-07-21T22:00}"
    assert told(text).entries[0] == entry


def test_a_platform_of_which_an_older_copy_is_known_needs_no_more_than_the_newer() -> None:
    """As after an export that was killed: some feeds are new, others are not."""
    text = edited(CASES["a move appended"])
    mixed = published(text) | only("/show-stream.ics")
    (moved,) = compared(text, mixed)
    assert (moved.feed, moved.kind, moved.verdict) == ("/show-stream.ics", "moved", "fine")


def test_the_highest_stamp_of_all_feeds_has_to_be_passed() -> None:
    newer = edited(CASES["a move appended"])
    mixed = published() | only("/show-stream.ics", text=newer)
    found = compared(PUBLISHED, mixed)
    assert [(each.feed, each.fault) for each in found] == [("/show-stream.ics", "fallen")]
    result = mended(PUBLISHED, told(PUBLISHED, mixed))
    assert [each for each in compared(result, mixed) if each.verdict != "fine"] == []


def refolded(body: bytes) -> bytes:
    lines = body.replace(b"\r\n ", b"").split(b"\r\n")
    cut = [b"\r\n\t".join(re.findall(b"(?s).{1,40}", each)) for each in lines]
    return b"\r\n".join(cut)


@pytest.mark.parametrize(
    "copy",
    [
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: b"\xef\xbb\xbf" + body,
        refolded,
        lambda body: refolded(body).replace(b"\r\n", b"\n"),
        lambda body: body.replace(b"TRANSP:TRANSPARENT\r\n", b"").replace(
            b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\nTRANSP:TRANSPARENT\r\n"
        ),
    ],
    ids=["line ends", "a byte order mark", "folds", "folds and line ends", "the order of lines"],
)
def test_how_a_copy_is_written_down_makes_no_difference(copy: Callable[[bytes], bytes]) -> None:
    had = {path: copy(body) for path, body in published().items()}
    assert had != published()
    assert compared(PUBLISHED, had) == ()
    assert name_episodes(each for each in compared(EARLIER, had) if each.kind == "moved") == (
        "Episodes 1 to 5, 7 to 8"
    )


def test_any_other_line_of_an_event_that_differs_is_a_warning() -> None:
    had = {path: body.replace(b"TRANSPARENT", b"OPAQUE") for path, body in published().items()}
    found = compared(PUBLISHED, had)
    assert {(each.kind, each.verdict, each.after) for each in found} == {
        ("reworded", "warning", "details")
    }
    assert name_episodes(found) == EVERYTHING


def test_the_words_of_another_release_are_told_as_they_are() -> None:
    def former(body: bytes) -> bytes:
        return refolded(body).replace(b"Where to watch:", b"Watch it:").replace(b"\r\n\t", b"")

    had = {path: former(body) for path, body in published().items()}
    found = compared(PUBLISHED, had)
    assert {(each.kind, each.verdict) for each in found} == {("reworded", "warning")}
    result = mended(PUBLISHED, told(PUBLISHED, had))
    assert [each for each in compared(result, had) if each.verdict != "fine"] == []


def test_an_event_whose_episode_nobody_knows_is_to_be_put_back() -> None:
    had = {
        path: body.replace(b"/#making-of", b"/#made") for path, body in only("/show.ics").items()
    }
    text = edited(CASES["a special less"])
    (gone,) = compared(text, had)
    assert (gone.episode, gone.name, gone.fault, gone.need) == (
        None,
        "The making of",
        "removed",
        None,
    )
    assert told(text, had).steps == ("The making of: put it back, with the id that it had",)


def test_a_show_of_another_title_has_its_special_put_back_by_name() -> None:
    text = edited(CASES["a special less"]).replace("title: The Show", "title: The Film")
    assert (
        'put back under `specials`: `- {id: making-of, title: "The making of", '
        "airs: 2025-08-26T23:00, runtime: 45}`"
    ) in told(text).steps


TOLD: Final = {
    name: told_.splitlines()
    for name, told_ in re.findall(
        r"(?ms)^# (.*?)\n(.*?)^$", (DATA / "lines.txt").read_text("utf-8") + "\n"
    )
}
"""What is said of each case, a line for each error."""


def lines(before: str, after: str, now: datetime | None = NOW) -> list[str]:
    return [
        "; ".join(each)
        for each in unannounced_changes(site(before), site(after), load_yaml(after), now)
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_publisher_is_told_in_plain_lines_what_would_be_silent(name: str) -> None:
    assert lines(PUBLISHED, edited(CASES[name])) == TOLD[name]


def test_without_a_clock_entries_are_dated_as_early_as_they_may_be() -> None:
    (line_,) = lines(PUBLISHED, edited(CASES["a doubt made a cancellation"]), None)
    assert line_.endswith("`- {at: 2025-07-31T12:00:01+09:00, episodes: [5], status: cancelled}`")


EDITS: Final = {
    **{name: (PUBLISHED, edited(case)) for name, case in CASES.items()},
    **{name: (before, after) for name, (before, after, _) in PAIRS.items()},
}


@pytest.mark.parametrize("name", EDITS)
def test_the_lines_for_a_publisher_mend_it_all_together(name: str) -> None:
    before, after = EDITS[name]
    told_ = "\n".join(lines(before, after))
    if any(each.fault in LOST for each in compared(after, published(before))):
        assert told_
        return
    wanted = "write `episodes: [0-9]+` .*? again|write `episodes: .1.`.*?`move`|put back .*?}`"
    steps = tuple(re.findall(wanted, told_))
    entries = tuple(re.findall("`(- {at: .*?})`", told_))
    result = mended(after, Report((), steps, entries, ""))
    assert lines(before, result) == []


TIMES: Final = ("23:00", "00:30", "01:30")
MOMENTS: Final = ("2025-11-01T20:00", "2025-11-02T01:30-04:00", "2025-11-02T01:30-05:00")
ACTIONS: Final = (
    *(f"move: {moment}" for moment in MOMENTS),
    *("shift: {weeks: 1}", "shift: {hours: -1}", "runtime: 45", "note: Again."),
    *("status: tentative", "status: cancelled", "status: confirmed"),
)


@st.composite
def schedules(draw: st.DrawFn) -> str:
    """A schedule around an hour that happens twice in New York, with a few entries."""
    count = draw(st.integers(1, 3))
    special = draw(st.booleans())
    targets = ["all", *(f"[{n + 1}]" for n in range(count)), *(["[gala]"] if special else [])]
    log = [
        f"{{at: 2025-10-{draw(st.sampled_from((10 + n, 11 + n)))}T00:00:00+00:00, "
        f"episodes: {draw(st.sampled_from(targets))}, {draw(st.sampled_from(ACTIONS))}}}"
        for n in range(0, 2 * draw(st.integers(0, 3)), 2)
    ]
    delay = draw(st.sampled_from((0, 60)))
    stream = f"{{name: Stream, kind: streaming, region: Everywhere, delay: {delay}}}"
    return variant(
        *log,
        special=GALA.replace("2025-08-19", "2025-11-02") if special else "",
        text=make_yaml(
            timezone=draw(st.sampled_from(("America/New_York", "America/Chicago"))),
            published=f"2025-10-0{draw(st.integers(1, 2))}T00:00:00+00:00",
            premiere="2025-10-25",
            weekdays="[saturday, sunday]",
            time=draw(st.sampled_from(TIMES)),
            runtime=draw(st.sampled_from((60, 90))),
            episodes=count,
            platforms=f"{{stream: {stream}}}",
        ),
    )


def is_valid(text: str) -> bool:
    try:
        load_yaml(text)
    except ScheduleError:
        return False
    return True


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(schedules().filter(is_valid), schedules().filter(is_valid), st.integers(1, 20))
def test_whatever_becomes_of_a_schedule_its_mend_announces_it(
    before: str, after: str, day: int
) -> None:
    had, now = published(before), datetime(2025, 10, day, tzinfo=UTC)
    differences = compared(after, had)
    mend = told(after, had, now)
    result = mended(after, mend)
    assert [each for each in compared(result, had) if each.verdict != "fine"] == []
    assert_replayed(result, named(mend.entries, result) | fine(differences), before)
