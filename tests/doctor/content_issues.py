"""The issues that the doctor finds in feeds, as short values for tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from defects_ical.doctor.diagnosis import check_content
from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.site.build import Site
from tests.support.broken_feeds import FEEDS, NOW

Issues: TypeAlias = list[tuple[str, int | None]]
"""The id and the line of each finding."""


def find(*bodies: bytes, now: datetime = NOW) -> tuple[Finding, ...]:
    """Return the findings in one response, or in two of the same URL."""
    return build_findings(check_content(bodies, now))


def find_issues(*bodies: bytes, now: datetime = NOW) -> Issues:
    return [(each.issue.id, each.line) for each in find(*bodies, now=now)]


def find_one(body: bytes, issue_id: str) -> Finding:
    (finding,) = (each for each in find(body) if each.issue.id == issue_id)
    return finding


def make_single_event_feed(body: bytes = FEEDS["a single event with a calendar name"]) -> bytes:
    """Return a feed, rather than an event to import, that has one event."""
    return body.replace(b"X-WR-CALNAME", b"X-PUBLISHED-TTL:PT1H\r\nX-WR-CALNAME")


def list_feeds(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield path and body of each .ics file of a site."""
    return ((path, each.body) for path, each in site.items() if path.endswith(".ics"))
