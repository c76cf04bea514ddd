"""Schedules for tests, as their maintainers would write them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule

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


def load_yaml(text: str | bytes) -> Schedule:
    """Load a schedule from the text or the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.yaml"
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        path.write_bytes(content)
        return load_schedule(path)
