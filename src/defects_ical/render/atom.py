"""Render the change log as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from defects_ical.content.changelog import ATOM_PATH
from defects_ical.content.credits import describe_credits
from defects_ical.content.site_input import SiteInput
from defects_ical.render.templates import get_template


def render_atom(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the Atom feed; it may have no entries."""
    context = {
        "atom_path": ATOM_PATH,
        "entry_ids": [_make_id(each.id, site) for each in site.changes],
        "rights": site.words.mark_lines(describe_credits(site.show.credits, site.words)),
        "id": _make_id(uuid.uuid5(site.show.uid, "changes"), site),
        "site": site,
        "words": site.schedule.words,
        "updated": site.changes[0].at if site.changes else site.schedule.published,
    }
    yield ATOM_PATH, get_template("changes.atom").render(context).encode()


def _make_id(own: uuid.UUID, site: SiteInput) -> uuid.UUID:
    """Return the id of a feed or an entry; each language has its own (RFC 4287 §4.2.6)."""
    return own if site.is_main else uuid.uuid5(own, site.words.code)
