"""Sites of several shows, for tests of the overview and of the week."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.root_files import render_root_files
from defects_ical.catalog.summary import ShowSummary, summarize_show
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.settings import SiteSettings
from tests.support.catalogs import build_show, make_show_feeds
from tests.support.page_schedules import AUTUMN, SHIPPED

SITE_URL: Final = SiteURL.parse("https://shows.example/tv")
COLORS: Final = ("crimson", "teal", "goldenrod", "indigo", "steelblue", "gray")
# Without an hour, and with markup in its texts.
FILM: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: film
  title: A <Film> & more
  genres: [film]
  synopsis: A man is lost. Nobody looks for him.
timezone: America/New_York
published: 2025-07-01T09:00:00-04:00
specials: [{id: film, title: A <Film> & more, airs: 2025-07-26, runtime: 95}]
platforms: {cinema: {name: Cinema, kind: television, region: New York}}
"""
AUTUMN_SHOW: Final = (
    AUTUMN.replace("3c2d1f64", "3c2d1f65")
    .replace("slug: show,", "slug: autumn,")
    .replace("title: The Show", "title: Autumn")
)


def load_text(text: str) -> Schedule:
    """Load the text of a schedule."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.yaml"
        path.write_text(text, "utf-8")
        return load_schedule(path)


def summarize(text: str, site_url: SiteURL = SITE_URL) -> ShowSummary:
    """Return the summary of a schedule's text."""
    schedule = load_text(text)
    url = SiteURL(site_url.origin, f"{site_url.path}/{schedule.show.slug}")
    return summarize_show(SiteInput(schedule, url))


def make_catalog(*texts: str, site_url: SiteURL = SITE_URL, **settings: Any) -> Catalog:
    """Return the catalog of the schedules with these texts."""
    shows = sorted((summarize(each, site_url) for each in texts), key=lambda each: each.slug)
    values = {"title": "My shows", "timezone": "Asia/Seoul", **settings}
    return Catalog(SiteSettings.model_validate(values), site_url, tuple(shows))


def make_small_catalog(site_url: SiteURL = SITE_URL, **settings: Any) -> Catalog:
    """Return three shows: The Defects, a season in autumn with changes, and a film."""
    return make_catalog(SHIPPED, AUTUMN_SHOW, FILM, site_url=site_url, **settings)


def write_show(number: int, episodes: int = 16) -> str:
    """Return the text of The Defects with another name, other dates, and as many episodes."""
    premiere = date(2025, 7, 21) + timedelta(weeks=number % 10)
    uid = uuid.uuid5(uuid.NAMESPACE_URL, str(number))
    edits = {
        "uid: 5d0c8a2e-6f3b-4c19-9a77-2b8e4f1d6c30": f"uid: {uid}",
        "slug: the-defects": f"slug: show-{number}",
        "title: The Defects": f"title: The Show Number {number}",
        "color: crimson": f"color: {COLORS[number % len(COLORS)]}",
        "premiere: 2025-07-21": f"premiere: {premiere}",
        "time: 23:00": f"time: {18 + number % 6}:{number % 4 * 15:02}",
        "episodes: 8": f"episodes: {episodes}",
    }
    text = SHIPPED.partition("\nepisodes:")[0] + "\n"
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def make_large_catalog(shows: int = 30, episodes: int = 16, **settings: Any) -> Catalog:
    """Return a catalog of many shows."""
    return make_catalog(*(write_show(number, episodes) for number in range(shows)), **settings)


def write_small_site(folder: Path, site_url: SiteURL) -> None:
    """Write every file of the site of three shows to a folder."""
    built = [build_show(load_text(each), site_url) for each in (SHIPPED, AUTUMN_SHOW, FILM)]
    rendered = render_root_files(make_small_catalog(site_url), make_show_feeds(built))
    files = ((path, b"".join(parts)) for path, parts in rendered)
    _write_files(folder, files)
    for each in built:
        resources = ((path, each.site[path].body) for path in each.site)
        _write_files(folder / each.summary.slug, resources)


def _write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for path, content in files:
        file = folder / f"{path}index.html"[1:] if path.endswith("/") else folder / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
