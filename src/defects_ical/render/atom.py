"""Render the change log as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from defects_ical.content.changelog import ATOM_PATH, Entry, list_entries
from defects_ical.content.site_url import SiteURL
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule
from defects_ical.timezones.conversion import format_utc


def render_atom(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the Atom feed; it may have no entries."""
    entries = list_entries(schedule, episodes)
    context = {
        "site_url": site_url,
        "entries": entries,
        "format_utc": format_utc,
        "get_fragment": _get_fragment,
        "id": uuid.uuid5(schedule.show.uid, "changes"),
        "path": ATOM_PATH,
        "title": schedule.show.title,
        "updated": entries[0].at if entries else schedule.published,
    }
    yield ATOM_PATH, get_template("changes.atom").render(context).encode()


def _get_fragment(entry: Entry) -> str:
    """Return the id of the page's element about an entry: its only episode, or all changes."""
    return entry.episodes[0].id if len(entry.episodes) == 1 else "changes"
