"""The .ics files of example sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeAlias

from defects_ical.content.links.site_url import SiteURL
from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
    PhysicalLine,
    split_physical_lines,
)
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.strict_parser import parse_calendar


@dataclass(frozen=True)
class CalendarFile:
    """An .ics file of a site: the site's URL, the path and the bytes."""

    site_url: str
    path: str
    content: bytes

    @cached_property
    def calendar(self) -> Component:
        """The calendar in the file; raises MalformedError."""
        return parse_calendar(self.content)

    @property
    def events(self) -> tuple[Component, ...]:
        """The calendar's events."""
        return self.calendar.get_components("VEVENT")

    @property
    def url(self) -> str:
        """The URL of the file."""
        return self.site_url.removesuffix("/") + self.path

    @property
    def physical_lines(self) -> tuple[PhysicalLine, ...]:
        """The folded lines."""
        return tuple(split_physical_lines(self.content))

    @property
    def is_episode(self) -> bool:
        """Whether it is the file of one episode, not a feed."""
        return self.path.startswith("/episodes/")

    @property
    def reminder(self) -> int | None:
        """How many minutes before the start a feed's reminders are; None without reminders."""
        found = re.search(r"-reminders(?:-(\d+))?\.ics$", self.path)
        return int(found[1] or 30) if found else None

    @property
    def lines(self) -> Iterator[ContentLine]:
        """The properties of all components."""
        return chain.from_iterable(each.lines for each in self.calendar.walk())


CalendarFiles: TypeAlias = dict[str, CalendarFile]
"""The .ics files of a site by path."""


TITLE = """Love, Lies; and "Truth": 사랑과 거짓말 💔"""
OTHER_URL = SiteURL.parse("https://me.example/love")

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
EMOJI = f"🇰🇷{FAMILY}💔" * 30
DECOMPOSED = "Cafe\N{COMBINING ACUTE ACCENT}, nai\N{COMBINING DIAERESIS}ve; " * 20

TITLE_AND_COLOR = f"title: '{TITLE}', color: mediumpurple, genres: [K-drama, 'sci-fi; horror']}}"

PLATFORMS = """
  first: {name: 'Première, "One"; 채널 📺', kind: television, region: 'Here, there; everywhere'}
  later:
    name: Later
    kind: streaming
    region: Elsewhere
    url: "https://later.example/watch?title=love,lies;part=1&a='b'"
    delay: 95
  next-week: {name: Next week, kind: streaming, region: Nowhere, delay: 10080}
"""

SPECIALS = f"""
  - id: making-of
    title: '뒷이야기: "cut", uncut; 🎬{FAMILY}'
    airs: 2025-11-02T01:30-05:00
    runtime: 45
  - {{id: finale-party, title: The party, airs: 2025-11-02T01:15-04:00, runtime: 90}}
  - {{id: reunion, title: The reunion, airs: 2026-03-08T03:00, runtime: 60}}
"""

CHANGES = """
  - at: 2025-10-02T12:00:00-04:00
    episodes: [2]
    move: 2025-10-07T22:30
    reason: A game, and a speech; both ran over.
  - {at: 2025-10-03T12:00:00-04:00, episodes: [3, 4], shift: {weeks: 1, hours: -1}}
  - at: 2025-10-03T12:00:01-04:00
    episodes: [4]
    status: tentative
    note: '아직 확정되지 않았습니다, 곧 알려 드리겠습니다; 기다려 주세요!'
  - at: 2025-10-04T12:00:00-04:00
    episodes: [5, reunion]
    status: cancelled
    reason: 'The studio is "closed": nobody knows why.'
  - {at: 2025-10-05T12:00:00-04:00, episodes: [6], note: Teaser corrected.}
  - {at: 2025-10-06T12:00:00-04:00, episodes: [7], runtime: 125}
"""

NOTES = f"""
episodes:
  1:
    teaser: |
      One line, and then; "another":

      {"다음 이야기에서는 모든 것이 달라집니다. " * 12}
      {EMOJI}
      {DECOMPOSED}
      {"x" * 300}
  6:
    teaser: "A: b, c; d"
"""

RICH = (
    make_yaml(
        timezone="America/New_York",
        published="2025-10-01T00:00:00-04:00",
        premiere="2025-10-06",
        time="23:30",
        clocks="[Asia/Seoul, Africa/Casablanca, Asia/Kathmandu, America/St_Johns, UTC]",
        platforms=PLATFORMS,
        specials=SPECIALS,
        changes=CHANGES,
    ).replace("title: The Show}", TITLE_AND_COLOR)
    + NOTES
)


class Case(NamedTuple):
    """The YAML of a schedule and the URL of its site."""

    yaml: str
    site_url: SiteURL


CASES = {
    "rich": Case(RICH, OTHER_URL),
    "utc": Case(make_yaml(timezone="UTC", clocks="[Asia/Seoul]"), SITE_URL),
    "zone-without-rules": Case(
        make_yaml(timezone="Africa/Casablanca", premiere="2025-02-03"), SITE_URL
    ),
    "across-new-year": Case(
        make_yaml(timezone="Australia/Sydney", premiere="2025-12-29", platforms=PLATFORMS), SITE_URL
    ),
}


def list_calendar_files(site: Site, site_url: SiteURL) -> CalendarFiles:
    return {
        path: CalendarFile(str(site_url), path, resource.body)
        for path, resource in site.items()
        if path.endswith(".ics")
    }


def build_case(name: str) -> CalendarFiles:
    yaml, site_url = CASES[name]
    return list_calendar_files(build_site(load_yaml(yaml), site_url), site_url)
