"""Draw schedules that use everything of the format: what the hardest edits are made of."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from defects_ical.errors import ScheduleError
from tests.support.example_schedules import load_yaml

HEAD: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: America/New_York
published: 2025-10-01T00:00:00+00:00
airing:
"""

SEASON_1: Final = (
    "{premiere: 2025-10-20, runtime: 50, time: 21:00, episodes: 4}",
    "{premiere: 2025-10-20, episodes: 2}",
    "{premiere: 2025-10-21, weekdays: [tuesday], time: 21:00, runtime: 50, episodes: 3}",
    "{premiere: 2025-10-20, weekdays: [monday], together: 2, time: 25:30, runtime: 5, episodes: 5}",
    "{dates: [2025-10-20, 2025-10-27T22:00, 2025-11-05], runtime: 50}",
    "{dates: [2025-10-20, 2025-10-27], together: 2, time: 21:00, runtime: 50, status: tentative}",
    "{premiere: 2025-10-20, weekdays: [monday], runtime: 50, episodes: 4-7}",
)

LATER: Final = (
    "{premiere: 2025-12-01, time: 21:00, runtime: 50, episodes: 3}",
    "{premiere: 2025-12-01, weekdays: [monday], runtime: 60, episodes: 2}",
    "{season: 2, premiere: 2025-11-01, weekdays: [saturday], together: 2, episodes: 4}",
    "{season: 2, premiere: 2025-11-01, time: 20:00, runtime: 55, episodes: 3}",
    "{season: 2, premiere: 2026-03}",
)

OWN: Final = "{name: Own, kind: streaming, region: R"

EVENINGS: Final = (
    "{premiere: 2025-10-25, weekdays: [saturday], together: 2, time: 19:00, episodes: 4}"
)

PLATFORMS: Final = (
    f"{OWN}}}",
    f"{OWN}, delay: 60}}",
    f"{OWN}, delay: {{days: -7}}}}",
    f"{OWN}, airing: {{dates: [2025-10-22T18:00, 2025-10-29]}}}}",
    f"{OWN}, delay: {{weeks: 2}}, airing: {{premiere: 2025-10-25, time: 19:00, episodes: 2}}}}",
    f"{OWN}, delay: 0, airing: [{EVENINGS}]}}",
)

TARGETS: Final = ("all", "[1]", "[2]", "[1-2]", "[1-3]", "[2, 4]", "[s02e01]", "[s02]", "[gala]")

ACTIONS: Final = (
    *("move: 2025-11-03", "move: 2025-11-04T20:00", "move: 2025-11-06T25:30"),
    *("shift: {weeks: 1}", "shift: {slots: 1}", "time: 22:00", "time: 22:30, runtime: 40"),
    *("runtime: 45", "note: Again.", "status: tentative", "status: cancelled"),
    *("status: confirmed", "status: postponed"),
)


@st.composite
def draw_schedules(draw: st.DrawFn) -> str:
    """Draw a schedule with one to three blocks, two platforms and a few entries."""
    blocks = [draw(st.sampled_from(SEASON_1)), *draw(st.lists(st.sampled_from(LATER), max_size=2))]
    special = draw(st.sampled_from(("", "2025-12-24", "2025-12-25T20:00")))
    log = [
        f"{{at: 2025-10-{10 + index}T00:00:00+00:00, episodes: {draw(st.sampled_from(TARGETS))}, "
        f"{draw(st.sampled_from(('', '', 'platform: own, ')))}{draw(st.sampled_from(ACTIONS))}}}"
        for index in range(draw(st.integers(0, 3)))
    ]
    return write_schedule(blocks, draw(st.sampled_from(PLATFORMS)), special, log)


def write_schedule(
    blocks: list[str], platform: str = PLATFORMS[0], special: str = "", log: list[str] | None = None
) -> str:
    """Return a schedule with lists in blocks, so that items can be added."""
    gala = f"  - {{id: gala, title: Gala, airs: {special}, runtime: 90}}\n" if special else ""
    return "".join(
        (
            HEAD,
            *(f"  - {each}\n" for each in blocks),
            "platforms:\n  other: {name: Other, kind: television, region: R}\n",
            f"  own: {platform}\n",
            f"specials:\n{gala}",
            "changes:\n",
            *(f"  - {each}\n" for each in log or []),
        )
    )


def is_valid(text: str) -> bool:
    """Return whether a schedule can be published."""
    try:
        load_yaml(text)
    except ScheduleError:
        return False
    return True
