"""Schedules for tests, as their maintainers would write them."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule

TEMPLATE = """\
format: 1
show: {{uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}}
timezone: {timezone}
published: {published}
airing:
  premiere: {premiere}
  weekdays: {weekdays}
  time: {time}
  runtime: {runtime}
  episodes: {episodes}
clocks: {clocks}
platforms: {platforms}
specials: {specials}
changes: {changes}
"""


# Episode 2 moves, 3 is to be confirmed, 4 moves and is cancelled, 5 and the special are shifted
# across a transition, 5 gets longer; the special comes between 1 and 2. Texts have markup in them.
SCHEDULE_WITH_CHANGES: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: '</script><!-- "Show" & ]]> 🎬'
  original_title: 아이쇼핑
  synopsis: |-
    It says "no".
    And <b>more</b>.
  cast: [{actor: "O'Hara </script>", role: "\\u202BThe \\"One\\""}]
timezone: America/New_York
published: 2025-02-20T09:00:00-05:00
airing: {premiere: 2025-03-02, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 5}
platforms:
  channel: {name: Channel, kind: television, region: New York}
  late: {name: Late & Co, kind: streaming, region: elsewhere, url: "https://late.example/?a=1&b=2", delay: 90}
  again: {name: Again, kind: television, region: New York, delay: 1440}
episodes:
  1: {teaser: "]]></script><script>alert(1)</script>", recap: "Spoiler of the first."}
  2: {recap: "Spoiler of the second."}
specials:
  - {id: making-of, title: The making of </script>, airs: 2025-03-06T20:00, runtime: 45}
changes:
  - {at: 2025-03-05T12:00:00-05:00, episodes: [2], move: 2025-03-09T22:00, reason: "A game & <overtime>."}
  - {at: 2025-03-05T13:00:00-05:00, episodes: [4], shift: {hours: 1}}
  - {at: 2025-03-06T12:00:00-05:00, episodes: [3, 4], status: tentative}
  - {at: 2025-03-06T12:00:00-05:00, episodes: [making-of, 5], shift: {days: 1}, reason: No broadcast}
  - {at: 2025-03-07T12:00:00-05:00, episodes: [5], runtime: 90}
  - {at: 2025-03-21T12:00:00-04:00, episodes: [4], status: cancelled, reason: A strike.}
  - {at: 2025-03-22T12:00:30-04:00, episodes: all, note: Teasers reworded.}
"""  # noqa: E501 - as a maintainer would write it


def make_yaml(  # noqa: PLR0913 - one keyword for each line that a test may want to differ
    *,
    timezone: str = "Asia/Seoul",
    published: str = "2025-07-01T00:00:00+00:00",
    premiere: str = "2025-07-21",
    weekdays: str = "[monday, tuesday]",
    time: str = "23:00",
    runtime: int = 60,
    episodes: int = 8,
    clocks: str = "[]",
    platforms: str = "{channel: {name: Channel, kind: television, region: Everywhere}}",
    specials: str = "[]",
    changes: str = "[]",
) -> str:
    """Return the text of a schedule; every argument is YAML for the value of that key."""
    return TEMPLATE.format_map(locals())


def edit_airing(*blocks: str, specials: str = "", season: int | None = None, more: str = "") -> str:
    """Return the text of a schedule with these blocks and specials, and ``more`` keys."""
    text = make_yaml(specials=f"[{specials}]")
    head, _, rest = text.partition("airing:\n")
    airing = f"airing: [{', '.join(blocks)}]\n" if blocks else ""
    text = head + airing + rest[rest.index("clocks:") :] + more
    return text.replace("slug: show,", f"slug: show, season: {season},") if season else text


# Few: a schedule of thousands of episodes takes many megabytes.
@lru_cache(maxsize=16)
def load_yaml(text: str | bytes) -> Schedule:
    """Load a schedule, once, from the text or the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.yaml"
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        path.write_bytes(content)
        return load_schedule(path)
