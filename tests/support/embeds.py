"""What tests of embeds share: schedules, rendered files, snippets."""

from __future__ import annotations

import gzip
import json
from typing import Final

from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.embed import render_embeds
from defects_ical.render.snippets import make_snippets
from tests.support.example_schedules import load_yaml, make_yaml

SITE_URL: Final = SiteURL.parse("https://me.example/the-defects")
MOVED_CANCELLED_TENTATIVE: Final = make_yaml(
    changes="""
  - {at: 2025-07-02T00:00:00+00:00, episodes: [2], move: 2025-07-23T01:30}
  - {at: 2025-07-03T00:00:00+00:00, episodes: [3], status: cancelled}
  - {at: 2025-07-04T00:00:00+00:00, episodes: [4], status: tentative}"""
)
HOSTILE_TEXTS: Final = (
    "</script></title><script>window.ran=1</script><img src=x onerror=window.ran=1>\"'`]]>&amp;",
    "\u202eabc \u2066def\u2069",
    "W" * 5000,
    "漢" * 5000,
    "a\u033f" * 2000,
    "[a](b) *c* _d_ <e>",
)


def load_with_text(text: str) -> Schedule:
    """Load a schedule that has a text in every field that may have any."""
    quoted = json.dumps(text, ensure_ascii=False)
    special = f"[{{id: extra, title: {quoted}, airs: '2025-08-20T20:00', runtime: 60}}]"
    platforms = f"{{channel: {{name: {quoted}, kind: television, region: {quoted}}}}}"
    yaml = make_yaml(specials=special, platforms=platforms)
    return load_yaml(yaml.replace("title: The Show", f"title: {quoted}, original_title: {quoted}"))


def render_files(schedule: Schedule) -> dict[str, bytes]:
    """Render the embedded files of a schedule, by path."""
    return dict(render_embeds(SiteInput(schedule, SITE_URL)))


def make_code(schedule: Schedule, snippet: str, site_url: SiteURL = SITE_URL) -> str:
    """Return the code of a snippet, by its id."""
    return make_snippets(SiteInput(schedule, site_url))[snippet]


def compressed_size(*bodies: bytes) -> int:
    """Return the total size in bytes, each body compressed."""
    return sum(len(gzip.compress(body, 9, mtime=0)) for body in bodies)
