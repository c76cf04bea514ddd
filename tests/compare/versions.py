"""Two versions of a schedule each, with the entries that announce the second."""

from __future__ import annotations

from typing import Final

from tests.compare.comparisons import make_schedule
from tests.compare.edits import DATED
from tests.support.example_schedules import make_yaml

SHIFTED: Final = "{at: 2025-07-20T12:00:00+09:00, episodes: all, shift: {hours: -1}}"

CANCELLED: Final = "{at: 2025-07-20T12:00:00+09:00, episodes: [1], status: cancelled}"

GALA: Final = "{id: gala, title: Gala, airs: 2025-08-19T23:00, runtime: 90}"

QUOTED_GALA: Final = """{id: gala, title: '"A": # b, {c}', airs: 2025-08-19T23:00, runtime: 9}"""

LATE_CHANGE: Final = "{{at: 2026-01-01T12:00:00+09:00, episodes: [5], runtime: {}}}"

AMBIGUOUS_MOVE: Final = (
    "{{at: 2025-07-20T12:00:00-04:00, episodes: [8], move: 2025-11-02T01:30-0{}:00}}"
)

MOVE_OUT_OF_GAP: Final = "{at: 2025-02-02T12:00:00-05:00, episodes: [2], move: 2025-03-09T03:30}"

NEW_YORK: Final = make_yaml(timezone="America/New_York")

SPRING_GAP: Final = make_yaml(
    timezone="America/New_York",
    premiere="2025-03-02",
    weekdays="[sunday]",
    time="02:30",
    published="2025-02-01T00:00:00+00:00",
    episodes=2,
)

FUTURE: Final = "2026-01-01T00:00:00+00:00"

STREAM: Final = "{{a: {{name: 'A \"b\": #c', kind: streaming, region: R, delay: {}}}}}"


# The live version, the new version, and the suggested entries.
VERSIONS: Final = {
    "move within an ambiguous hour": (
        make_schedule(AMBIGUOUS_MOVE.format(4), text=NEW_YORK),
        make_schedule(AMBIGUOUS_MOVE.format(5), text=NEW_YORK),
        ["- {at: 2025-07-31T23:00:00-04:00, episodes: [8], move: 2025-11-02T01:30-05:00}"],
    ),
    "special removed after a shift of all": (
        make_schedule(SHIFTED, special=GALA),
        make_schedule(SHIFTED),
        [
            f"- {{{DATED}, episodes: [gala], move: 2025-08-19T22:00}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [gala], status: cancelled}",
        ],
    ),
    "special removed with its entry": (
        make_schedule(
            "{at: 2025-07-20T12:00:00+09:00, episodes: [gala], runtime: 80}", special=GALA
        ),
        make_schedule(),
        [
            f'- {{{DATED}, episodes: [gala], note: "Announced again."}}',
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [gala], status: cancelled}",
        ],
    ),
    "special with YAML syntax in its title removed": (
        make_schedule(special=QUOTED_GALA),
        make_schedule(),
        [f"- {{{DATED}, episodes: [gala], status: cancelled}}"],
    ),
    "episode removed with the entry that moved it": (
        make_schedule("{at: 2025-07-20T12:00:00+09:00, episodes: [8], move: 2025-08-20T20:00}"),
        make_schedule(text=make_yaml(episodes=7)),
        [
            f"- {{{DATED}, episodes: [8], move: 2025-08-20T20:00}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [8], status: cancelled}",
        ],
    ),
    "episode removed whose rule time does not exist": (
        make_schedule(MOVE_OUT_OF_GAP, text=SPRING_GAP),
        make_schedule(text=SPRING_GAP.replace("episodes: 2", "episodes: 1")),
        [
            "- {at: 2025-07-31T23:00:00-04:00, episodes: [2], move: 2025-03-09T03:30, runtime: 60}",
            "- {at: 2025-07-31T23:00:01-04:00, episodes: [2], status: cancelled}",
        ],
    ),
    "episode removed, the other moved as all": (
        make_schedule(text=make_yaml(episodes=2)),
        make_schedule(
            "{at: 2025-07-20T12:00:00+09:00, episodes: all, move: 2025-07-21T20:00}",
            text=make_yaml(episodes=1),
        ),
        [f"- {{{DATED}, episodes: [2], status: cancelled}}"],
    ),
    "two episodes removed, runtime of others edited": (
        make_schedule(),
        make_schedule(text=make_yaml(episodes=6, runtime=70)),
        [
            f"- {{{DATED}, episodes: [7, 8], runtime: 60}}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [1-6], runtime: 70}",
            "- {at: 2025-08-01T12:00:01+09:00, episodes: [7, 8], status: cancelled}",
        ],
    ),
    "two specials moved to the same time": (
        make_schedule(special=f"{GALA}\n  - {GALA.replace('gala', 'ball').replace('19', '20')}"),
        make_schedule(
            special=f"{GALA}\n  - {GALA.replace('gala', 'ball')}".replace("08-19", "08-21"),
        ),
        [
            f"- {{{DATED}, episodes: [gala], move: 2025-08-21T23:00}}",
            f"- {{{DATED}, episodes: [ball], move: 2025-08-21T23:00}}",
        ],
    ),
    "platform with YAML syntax in its name": (
        make_schedule(text=make_yaml(platforms=STREAM.format(5))),
        make_schedule(text=make_yaml(platforms=STREAM.format(60))),
        [f'- {{{DATED}, episodes: all, note: "Now on A \\"b\\": #c 1 h after the broadcast."}}'],
    ),
    "entries dated in the future": (
        make_schedule(LATE_CHANGE.format(70)),
        make_schedule(LATE_CHANGE.format(80)),
        ["- {at: 2026-01-01T12:00:01+09:00, episodes: [5], runtime: 80}"],
    ),
    "published in the future": (
        make_schedule(text=make_yaml(published=FUTURE)),
        make_schedule(text=make_yaml(published=FUTURE, episodes=6)),
        ["- {at: 2026-01-01T09:00:01+09:00, episodes: [7, 8], status: cancelled}"],
    ),
    "stamps in the future that decreased": (
        make_schedule(LATE_CHANGE.format(70)),
        make_schedule(),
        [
            '- {at: 2026-01-01T12:00:01+09:00, episodes: [5], note: "Announced again."}',
            "- {at: 2026-01-01T12:00:02+09:00, episodes: [5], runtime: 60}",
        ],
    ),
    "cancelled episode moved by the rule": (
        make_schedule(CANCELLED, text=make_yaml(episodes=1)),
        make_schedule(CANCELLED, text=make_yaml(episodes=1, time="22:00")),
        [f"- {{{DATED}, episodes: [1], move: 2025-07-21T22:00}}"],
    ),
    "moved by the rule and cancelled by an edit": (
        make_schedule(CANCELLED.replace("cancelled", "tentative"), text=make_yaml(episodes=1)),
        make_schedule(CANCELLED, text=make_yaml(episodes=1, time="22:00")),
        [f"- {{{DATED}, episodes: [1], status: cancelled}}"],
    ),
}
