"""Loading any file: the result is a schedule that makes a site, or a ScheduleError."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.site.build import build_site
from tests.support.example_schedules import load_yaml, make_yaml

SHIPPED_SCHEDULE = (Path(__file__).parent.parent.parent / "schedule.yaml").read_text("utf-8")
SITE_URL = SiteURL.parse("https://defects.example")

SCHEDULE_WITH_CHANGES = make_yaml(
    clocks="[America/New_York, UTC]",
    specials="[{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}]",
    changes="""
  - {at: 2025-08-04T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30, reason: Baseball.}
  - {at: 2025-08-05T12:00:00+09:00, episodes: [6, 7], shift: {weeks: 1}, runtime: 75}
  - {at: 2025-08-06T12:00:00+09:00, episodes: all, status: tentative, note: To be seen.}
""",
)
SCHEDULES = st.sampled_from([SHIPPED_SCHEDULE, SCHEDULE_WITH_CHANGES])
# Text that is likely to break a schedule when it is inserted.
YAML_SYNTAX = ("[", "]", "{", "}", ":", ": ", "- ", "? ", "\n", "  ", "#", "'", '"', "|", ">")
YAML_FEATURES = ("---\n", "&a ", "*a", "!!str ", "~", "null")
CHARACTERS = ("\ufffe", "\uffff", "\xff", "\t", "\r", "\x00", "\x85", "\ufeff", "\\", "é", "😀")
VALUES = ("0", "-1", "9" * 30, "2025-02-30", "24:00", "2025-11-02T01:30", "+09:00", "all", "e01")
INSERTIONS = st.sampled_from((*YAML_SYNTAX, *YAML_FEATURES, *CHARACTERS, *VALUES, '"[key]"'))


def build_or_reject(text: str | bytes) -> None:
    try:
        schedule = load_yaml(text)
    except ScheduleError:
        return
    assert build_site(schedule, SITE_URL)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mutated_schedule_builds_or_is_rejected(data: st.DataObject) -> None:
    text = data.draw(SCHEDULES)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 30))
        text = text[:start] + data.draw(INSERTIONS | st.text(max_size=6)) + text[start + length :]
    build_or_reject(text)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_shuffled_schedule_builds_or_is_rejected(data: st.DataObject) -> None:
    lines = data.draw(SCHEDULES).splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
        lines[one], lines[other] = lines[other], lines[one]
    build_or_reject("\n".join(lines))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_file_with_any_bytes_builds_or_is_rejected(data: st.DataObject) -> None:
    content = data.draw(SCHEDULES).encode()
    start = data.draw(st.sampled_from([0, 3]) | st.integers(0, len(content)))
    inserted = data.draw(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b""]))
    inserted += data.draw(st.binary(max_size=8))
    build_or_reject(content[:start] + inserted + content[start:])
