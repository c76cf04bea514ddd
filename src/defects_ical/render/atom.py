"""Render the change log as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from defects_ical.content.changelog import ATOM_PATH
from defects_ical.content.site_input import SiteInput
from defects_ical.render.templates import get_template


def render_atom(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the Atom feed; it may have no entries."""
    context = {
        "atom_path": ATOM_PATH,
        "id": uuid.uuid5(site.show.uid, "changes"),
        "site": site,
        "updated": site.changes[0].at if site.changes else site.schedule.published,
    }
    yield ATOM_PATH, get_template("changes.atom").render(context).encode()
