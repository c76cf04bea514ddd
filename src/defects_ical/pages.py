"""The site's pages, for people and for robots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import segno

from defects_ical import changelog, timezones, wording
from defects_ical.embeds import SANDBOX, invitation, snippets
from defects_ical.episodes import Episode, by_start
from defects_ical.links import (
    PICTURE,
    Address,
    Entry,
    add_to_google,
    add_to_outlook,
    feeds,
    single_path,
    subscriptions,
)
from defects_ical.markup import script, static, template
from defects_ical.pieces import Pieces
from defects_ical.programs import structured_data
from defects_ical.schedule import Schedule

TEMPLATES: Final = {
    "/": "index.html",
    "/404.html": "404.html",
    "/robots.txt": "robots.txt",
    "/style.css": "style.css",
}
# Everything is the site's own. The header adds who may frame it, which no <meta> can.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> Iterator[tuple[str, bytes]]:
    """Every page of the site, and what belongs to it: the path and the bytes, UTF-8."""
    content = _content(schedule, by_start(episodes), address, pieces)
    for path, name in TEMPLATES.items():
        yield path, template(name).render(content).encode()
    yield "/page.js", script("moments.js", "page.js")
    yield "/icon.svg", static("icon.svg")


def _content(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> Mapping[str, Any]:
    """What the templates may use."""
    return {
        "address": address,
        "atom": changelog.ATOM,
        "changes": changelog.entries(schedule, episodes),
        "code": _code(address),
        "description": _description(schedule, episodes),
        "eventful": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "feeds": feeds(schedule),
        "instant": timezones.in_utc,
        "items": pieces.made("page", episodes, partial(_item, schedule, address)),
        "picture": PICTURE,
        "invitation": invitation(schedule),
        "policy": POLICY,
        "sandbox": SANDBOX,
        "schedule": schedule,
        "show": schedule.show,
        "snippets": snippets(schedule, episodes, address),
        "span": wording.span(episodes, schedule),
        "structured_data": structured_data(schedule, episodes, address, pieces),
        "subscriptions": subscriptions,
        "wording": wording,
    }


def _code(address: Address) -> str:
    """The page's address as a QR code, in SVG without a style of its own."""
    code = segno.make(str(address), error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, title="The address of this page"))


def _description(schedule: Schedule, episodes: tuple[Episode, ...]) -> str:
    return (
        f"When {schedule.show.title} airs, on your own clock, and where to watch it. "
        f"{wording.span(episodes, schedule)}. Subscribe in Apple, Google or Outlook, or download."
    )


def _item(schedule: Schedule, address: Address, episode: Episode) -> str:
    """An episode in the list on the page."""
    entry = _entry(episode, schedule, address)
    content = {
        "episode": episode,
        "google": add_to_google(entry),
        "ics": address.url(single_path(episode, schedule)),
        "instant": timezones.in_utc,
        "outlook": add_to_outlook(entry),
        "revisions": [wording.revision(each, schedule) for each in reversed(episode.revisions)],
        "times": [*wording.times(episode.start, schedule)],
        "wording": wording,
    }
    return template("episode.html").render(content)


def _entry(episode: Episode, schedule: Schedule, address: Address) -> Entry:
    platforms = schedule.platforms.values()
    link = address.url(f"/#{episode.id}")
    lines = filter(None, (episode.teaser, *wording.where_to_watch(platforms), link))
    return Entry(
        title=wording.summary(episode, schedule.show),
        details="\n".join(lines),
        location=", ".join(platform.name for platform in platforms),
        start=episode.start,
        end=episode.end,
    )
