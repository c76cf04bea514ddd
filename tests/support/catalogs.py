"""Sites of several shows, built in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.catalog.summary import ShowSummary, summarize_show
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.settings import SiteSettings
from defects_ical.site.build import Site, build_site
from tests.conftest import ROOT

URL: Final = SiteURL.parse("https://tv.example")
RELEASES: Final = ROOT / "tests" / "releases"


class BuiltShow(NamedTuple):
    """A show: its own site, and its summary."""

    site: Site
    summary: ShowSummary


def build_show(schedule: Schedule, url: SiteURL = URL) -> BuiltShow:
    """Build the site of a show at its place in a site of several."""
    show_url = SiteURL(url.origin, f"{url.path}/{schedule.show.slug}")
    summary = summarize_show(SiteInput(schedule, show_url))
    return BuiltShow(build_site(schedule, show_url), summary)


def make_catalog(shows: Iterable[BuiltShow], settings: SiteSettings | None = None) -> Catalog:
    """Return a catalog of shows."""
    ordered = sorted((each.summary for each in shows), key=lambda each: each.slug)
    return Catalog(settings or SiteSettings(), URL, tuple(ordered))


def make_show_feeds(shows: Iterable[BuiltShow]) -> dict[str, ShowFeeds]:
    """Return the feeds of shows, by slug."""
    return {
        each.summary.slug: ShowFeeds(each.summary, partial(_read_feed, each.site)) for each in shows
    }


def _read_feed(site: Site, path: str) -> bytes:
    return site[path].body


@cache
def list_release_paths() -> Mapping[str, Path]:
    """Return the schedules in tests/releases by slug, one for each slug and uid."""
    found: dict[str, Path] = {}
    uids = set()
    for path in sorted(RELEASES.glob("*.yaml")):
        text = path.read_text("utf-8")
        slug, uid = (_find_word(key, text) for key in ("slug", "uid"))
        if slug not in found and uid not in uids:
            found[slug] = path
            uids.add(uid)
    return found


def _find_word(key: str, text: str) -> str:
    match = re.search(rf"\b{key}: ([a-z0-9-]+)", text)
    assert match
    return match[1]


@cache
def build_release(slug: str) -> BuiltShow:
    """Build the show of a schedule in tests/releases."""
    return build_show(load_schedule(list_release_paths()[slug]))
