"""Render the change log as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from defects_ical.content.changelog import ATOM_PATH, Entry, entries
from defects_ical.content.site_url import SiteURL
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule
from defects_ical.timezones.conversion import format_utc


def render_atom(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL
) -> Iterator[tuple[str, bytes]]:
    """The Atom feed (RFC 4287): its path and its bytes, UTF-8; without changes, no entries."""
    log = entries(schedule, episodes)
    content = {
        "site_url": site_url,
        "entries": log,
        "id": uuid.uuid5(schedule.show.uid, "changes"),
        "instant": format_utc,
        "path": ATOM_PATH,
        "place": _anchor,
        "title": schedule.show.title,
        "updated": log[0].at if log else schedule.published,
    }
    yield ATOM_PATH, get_template("changes.atom").render(content).encode()


def _anchor(entry: Entry) -> str:
    """Where on the page an entry is told: at its episode, or where all are."""
    return entry.episodes[0].id if len(entry.episodes) == 1 else "changes"
