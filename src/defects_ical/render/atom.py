"""Render the change log as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from defects_ical.content.changelog import ATOM_PATH, Entry
from defects_ical.content.site_input import SiteInput
from defects_ical.render.templates import get_template
from defects_ical.timezones.conversion import format_utc


def render_atom(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the Atom feed; it may have no entries."""
    context = {
        "site_url": site.url,
        "entries": site.changes,
        "format_utc": format_utc,
        "get_fragment": _get_fragment,
        "id": uuid.uuid5(site.show.uid, "changes"),
        "path": ATOM_PATH,
        "title": site.show.title,
        "updated": site.changes[0].at if site.changes else site.schedule.published,
    }
    yield ATOM_PATH, get_template("changes.atom").render(context).encode()


def _get_fragment(entry: Entry) -> str:
    """Return the id of the page's element about an entry: its only episode, or all changes."""
    return entry.episodes[0].id if len(entry.episodes) == 1 else "changes"
