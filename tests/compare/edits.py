"""Edits of a published schedule, and the differences that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from defects_ical.content.links.site_url import SiteURL

SITE_URL: Final = SiteURL.parse("https://defects.example")

DATA: Final = Path(__file__).parent / "data"

NOW: Final = datetime(2025, 8, 1, 3, 0, 0, 999, tzinfo=UTC)


# The live schedule.
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

ALL_EPISODES: Final = "Episodes 1 to 8, The making of"

FEEDS: Final = "/show.ics, /show-channel.ics, /show-stream.ics"


@dataclass(frozen=True)
class Edit:
    """A replacement in PUBLISHED, and what it changes for subscribers.

    ``found`` maps kind and severity of the differences to their subjects; ``entries`` are the
    first and the last of the suggested entries.
    """

    old: str
    new: str
    found: Mapping[tuple[str, str], str]
    entries: tuple[str, ...] = ()


def find_line(text: str) -> str:
    """Return the line of PUBLISHED that contains a text."""
    return next(each for each in PUBLISHED.splitlines(keepends=True) if text in each)


def append_entries(*entries: str) -> tuple[str, str]:
    """Return the last line of PUBLISHED, and the same with entries behind it."""
    last = find_line("2025-08-12T20:00")
    return last, last + "".join(f"  - {entry}\n" for entry in entries)


DATED: Final = "at: 2025-08-01T12:00:00+09:00"

TEXT_NOTE: Final = 'note: "Details corrected."'

EDITS: Final = {
    "nothing": Edit("time: 23:00", "time: 23:00", {}),
    "comment added": Edit("time: 23:00", "time: 23:00  # as the listing says", {}),
    "rule time edited": Edit(
        "time: 23:00",
        "time: 22:00",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            # Its description says when it was first planned.
            ("text changed", "warning"): "Episode 6",
        },
    ),
    "premiere edited": Edit(
        "premiere: 2025-07-21",
        "premiere: 2025-07-28",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            # Its description says when it was first planned.
            ("text changed", "warning"): "Episode 6",
        },
    ),
    "weekdays edited": Edit(
        "[monday, tuesday]",
        "[monday, wednesday]",
        {("moved", "error"): "Episodes 2, 4, 8", ("text changed", "warning"): "Episode 6"},
        (
            f"- {{{DATED}, episodes: [2], move: 2025-07-23T23:00}}",
            f"- {{{DATED}, episodes: [8], move: 2025-08-13T23:00}}",
        ),
    ),
    "rule runtime edited": Edit(
        "runtime: 60",
        "runtime: 75",
        {("duration changed", "error"): "Episodes 1 to 8"},
        (f"- {{{DATED}, episodes: [1-8], runtime: 75}}",),
    ),
    "rule time and runtime edited": Edit(
        "time: 23:00\n  runtime: 60",
        "time: 22:30\n  runtime: 90",
        {
            ("moved", "error"): "Episodes 1 to 5, 7 to 8",
            ("duration changed", "error"): "Episodes 1 to 8",
        },
        (
            f"- {{{DATED}, episodes: [1], move: 2025-07-21T22:30, runtime: 90}}",
            f"- {{{DATED}, episodes: [8], move: 2025-08-12T22:30, runtime: 90}}",
        ),
    ),
    "fewer episodes": Edit(
        "episodes: 8",
        "episodes: 7",
        {("removed", "error"): "Episode 8"},
        (f"- {{{DATED}, episodes: [8], status: cancelled}}",),
    ),
    "more episodes": Edit("episodes: 8", "episodes: 10", {("added", "ok"): "Episodes 9 to 10"}),
    "special added": Edit(
        find_line("making-of"),
        find_line("making-of")
        + "  - {id: gala, title: Gala, airs: 2025-08-19T23:00, runtime: 90}\n",
        {("added", "ok"): "Gala"},
    ),
    "special removed": Edit(
        find_line("making-of"),
        "",
        {("removed", "error"): "The making of"},
        (f"- {{{DATED}, episodes: [making-of], status: cancelled}}",),
    ),
    "special title edited": Edit(
        "title: The making of",
        "title: How it was made",
        {("text changed", "warning"): "How it was made"},
        (f"- {{{DATED}, episodes: [making-of], {TEXT_NOTE}}}",),
    ),
    "special id edited": Edit(
        "id: making-of",
        "id: made",
        {("added", "ok"): "The making of", ("removed", "error"): "The making of"},
        (f"- {{{DATED}, episodes: [making-of], status: cancelled}}",),
    ),
    "special time edited": Edit(
        "airs: 2025-08-26T23:00",
        "airs: 2025-08-19T21:30",
        {("moved", "error"): "The making of"},
        (f"- {{{DATED}, episodes: [making-of], move: 2025-08-19T21:30}}",),
    ),
    "special runtime edited": Edit(
        "runtime: 45",
        "runtime: 50",
        {("duration changed", "error"): "The making of"},
        (f"- {{{DATED}, episodes: [making-of], runtime: 50}}",),
    ),
    "time zone with same offset": Edit(
        "timezone: Asia/Seoul", "timezone: Asia/Tokyo", {("text changed", "warning"): ALL_EPISODES}
    ),
    "time zone with another offset": Edit(
        "timezone: Asia/Seoul",
        "timezone: America/New_York",
        {("moved", "error"): ALL_EPISODES},
    ),
    "move appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [8], move: 2025-08-13T23:00}"),
        {("moved", "ok"): "Episode 8"},
    ),
    "shift appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: all, shift: {hours: -1}}"),
        {("moved", "ok"): ALL_EPISODES},
    ),
    "runtime appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [8], runtime: 75}"),
        {("duration changed", "ok"): "Episode 8"},
    ),
    "cancellation appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: cancelled}"),
        {("cancelled", "ok"): "Episode 8"},
    ),
    "tentative appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: tentative}"),
        {("tentative", "ok"): "Episode 8"},
    ),
    "confirmation appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [5], status: confirmed}"),
        {("confirmed", "ok"): "Episode 5"},
    ),
    "restoration appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [4], status: confirmed}"),
        {("restored", "ok"): "Episode 4"},
    ),
    "note appended": Edit(
        *append_entries("{at: 2025-08-01T12:00:00+09:00, episodes: [8], note: The finale.}"),
        {("text changed", "ok"): "Episode 8"},
    ),
    "move, runtime and status appended": Edit(
        *append_entries(
            "{at: 2025-08-01T12:00:00+09:00, episodes: [4], move: 2025-08-13T23:00, "
            "runtime: 75, status: confirmed}"
        ),
        {
            ("moved", "ok"): "Episode 4",
            ("duration changed", "ok"): "Episode 4",
            ("restored", "ok"): "Episode 4",
        },
    ),
    "cancellation deleted": Edit(
        find_line("cancelled"),
        "",
        {("restored", "error"): "Episode 4"},
        (
            f'- {{{DATED}, episodes: [4], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [4], status: confirmed}",
        ),
    ),
    "shift deleted": Edit(
        find_line("shift"),
        "",
        {("moved", "error"): "Episode 7", ("text changed", "error"): "Episode 6"},
    ),
    "two entries deleted": Edit(
        find_line("shift") + find_line("2025-08-12T20:00"),
        "",
        {("moved", "error"): "Episodes 6 to 7"},
        (
            f'- {{{DATED}, episodes: [6], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:02+09:00, episodes: [7], move: 2025-08-11T23:00}",
        ),
    ),
    "shift edited": Edit(
        "shift: {weeks: 1}",
        "shift: {weeks: 2}",
        {("moved", "error"): "Episode 7", ("text changed", "warning"): "Episode 6"},
    ),
    "move edited": Edit(
        "2025-08-12T20:00",
        "2025-08-12T20:30",
        {("moved", "error"): "Episode 6"},
        (f"- {{{DATED}, episodes: [6], move: 2025-08-12T20:30}}",),
    ),
    "tentative to cancelled": Edit(
        "status: tentative",
        "status: cancelled",
        {("cancelled", "error"): "Episode 5"},
        (f"- {{{DATED}, episodes: [5], status: cancelled}}",),
    ),
    "cancelled to confirmed": Edit(
        "status: cancelled",
        "status: confirmed",
        {("restored", "error"): "Episode 4"},
        (f"- {{{DATED}, episodes: [4], status: confirmed}}",),
    ),
    "cancelled to tentative": Edit(
        "status: cancelled", "status: tentative", {("tentative", "error"): "Episode 4"}
    ),
    "tentative to confirmed": Edit(
        "status: tentative", "status: confirmed", {("confirmed", "error"): "Episode 5"}
    ),
    "reason edited": Edit("A strike.", "A storm.", {("text changed", "warning"): "Episode 5"}),
    "entry inserted before the last": Edit(
        find_line("shift"),
        "  - {at: 2025-07-29T12:00:00+09:00, episodes: [7], status: tentative}\n"
        + find_line("shift"),
        {("tentative", "error"): "Episode 7"},
        (f"- {{{DATED}, episodes: [7], status: tentative}}",),
    ),
    "note inserted before the last": Edit(
        find_line("shift"),
        "  - {at: 2025-07-29T12:00:00+09:00, episodes: [7], note: It will be long.}\n"
        + find_line("shift"),
        {("text changed", "error"): "Episode 7"},
    ),
    "entry dated earlier": Edit(
        "at: 2025-07-31T12:00:00+09:00",
        "at: 2025-07-30T18:00:00+09:00",
        {("text changed", "error"): "Episode 6"},
    ),
    "entry dated later": Edit(
        "at: 2025-07-31T12:00:00+09:00",
        "at: 2025-07-31T18:00:00+09:00",
        {("text changed", "warning"): "Episode 6"},
    ),
    "entry dated later and edited": Edit(
        "at: 2025-07-31T12:00:00+09:00, episodes: [6], move: 2025-08-12T20:00",
        "at: 2025-07-31T18:00:00+09:00, episodes: [6], move: 2025-08-12T20:30",
        {("moved", "error"): "Episode 6"},
    ),
    "teaser edited": Edit(
        "They run.",
        "They are on the run.",
        {("text changed", "warning"): "Episode 1"},
        (f"- {{{DATED}, episodes: [1], {TEXT_NOTE}}}",),
    ),
    "teaser added": Edit(
        "specials:\n",
        "  2: {teaser: They hide.}\nspecials:\n",
        {("text changed", "warning"): "Episode 2"},
    ),
    "recap edited": Edit("They ran.", "They ran away.", {}),
    "platform URL added": Edit(
        "kind: streaming",
        "kind: streaming, url: https://stream.example/",
        {("text changed", "warning"): ALL_EPISODES},
        (f"- {{{DATED}, episodes: all, {TEXT_NOTE}}}",),
    ),
    "platform name edited": Edit(
        "name: Stream",
        "name: Streamer",
        {("text changed", "warning"): ALL_EPISODES, ("text changed", "ok"): "The calendar"},
    ),
    "platform region edited": Edit(
        "streaming, region: Everywhere",
        "streaming, region: Korea",
        {("text changed", "warning"): ALL_EPISODES},
    ),
    "platform delay edited": Edit(
        "delay: 120",
        "delay: 60",
        {("text changed", "warning"): ALL_EPISODES, ("moved", "error"): ALL_EPISODES},
        (f'- {{{DATED}, episodes: all, note: "Now on Stream 1 h after the broadcast."}}',),
    ),
    "platform delay removed": Edit(
        ", delay: 120",
        "",
        {("text changed", "warning"): ALL_EPISODES, ("moved", "error"): ALL_EPISODES},
        (f'- {{{DATED}, episodes: all, note: "Now on Stream with the broadcast."}}',),
    ),
    "platform added": Edit(
        "episodes:\n  1:",
        "  vod: {name: Vod, kind: streaming, region: Everywhere}\nepisodes:\n  1:",
        {("text changed", "warning"): ALL_EPISODES},
    ),
    "platform removed": Edit(
        find_line("stream:"),
        "",
        {("removed", "error"): "/show-stream.ics", ("text changed", "warning"): ALL_EPISODES},
    ),
    "platform id edited": Edit(
        "  stream:", "  streamer:", {("removed", "error"): "/show-stream.ics"}
    ),
    "slug edited": Edit("slug: show", "slug: film", {("removed", "error"): FEEDS}),
    "uid edited": Edit("uid: 3c2d1f64", "uid: 4c2d1f64", {("removed", "error"): FEEDS}),
    "published later": Edit(
        "published: 2025-07-01",
        "published: 2025-07-02",
        {("text changed", "warning"): ALL_EPISODES},
    ),
    "published earlier": Edit(
        "published: 2025-07-01",
        "published: 2025-06-30",
        {
            ("text changed", "error"): "Episodes 1 to 3, 8, The making of",
            ("text changed", "warning"): "Episodes 4 to 7",
        },
    ),
    "clocks edited": Edit(
        "[Europe/London]", "[Europe/London, UTC]", {("text changed", "warning"): ALL_EPISODES}
    ),
    "genres edited": Edit("[thriller]", "[drama]", {("text changed", "warning"): ALL_EPISODES}),
    "color edited": Edit(
        "title: The Show",
        "title: The Show\n  color: crimson",
        {("text changed", "ok"): "The calendar"},
    ),
    "title edited": Edit(
        "title: The Show",
        "title: The Film",
        {("text changed", "warning"): ALL_EPISODES, ("text changed", "ok"): "The calendar"},
    ),
    "synopsis and cast added": Edit(
        "genres:", "synopsis: A show.\n  cast: [{actor: A, role: B}]\n  genres:", {}
    ),
}
