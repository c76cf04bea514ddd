"""Sites in the pseudo-language: of single shows, and of a folder of shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.root_files import render_root_files
from defects_ical.catalog.summary import summarize_show
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import FileContext, Schedule
from defects_ical.shows.settings import SiteSettings
from defects_ical.site.build import build_site
from tests.support.catalogs import BuiltShow, make_show_feeds
from tests.support.example_schedules import load_yaml
from tests.support.pseudo_language import CODE, list_own_texts
from tests.support.translated_schedules import (
    make_schedules,
    write_changed_example,
    write_greek,
)

SITE_URL: Final = SiteURL.parse("https://defects.example")
# So many that the page lists some without details.
_FEED_COUNT: Final = 20


class PseudoSite(NamedTuple):
    """The files of a site by path, and the texts that come from schedules and settings."""

    files: Mapping[str, bytes]
    own: tuple[str, ...]


def load_pseudo_schedules() -> dict[str, Schedule]:
    """Return schedules in the pseudo-language, by name, whose own texts are Greek."""
    texts = make_schedules([CODE], write_greek)
    # Its page has links to another language.
    texts["contest"] = make_schedules([CODE, "en"], write_greek)["contest"]
    return {name: load_yaml(text) for name, text in texts.items()}


def load_example() -> Schedule:
    """Return the example in every language, one of which is the pseudo-language."""
    return load_yaml(write_changed_example())


def build_pseudo_site(schedule: Schedule, url: SiteURL = SITE_URL) -> PseudoSite:
    """Build the site of a show; ``own`` are its texts in the pseudo-language."""
    site = build_site(schedule, url)
    files = {path: resource.body for path, resource in site.items()}
    return PseudoSite(files, list_own_texts(schedule.in_language(CODE)))


def build_pseudo_folder(url: SiteURL = SITE_URL) -> PseudoSite:
    """Build the files at the root of a site of several shows, in the pseudo-language alone."""
    schedules = [*load_pseudo_schedules().values()]
    settings = make_settings()
    files = dict(_render_root(schedules, settings, url))
    return PseudoSite(files, list_own_texts(settings, *schedules))


def build_pseudo_version(url: SiteURL = SITE_URL) -> PseudoSite:
    """Build such a site in English and in the pseudo-language.

    Its settings have no texts, and no date of its only show is known.
    """
    schedules = [load_pseudo_schedules()["announced"]]
    settings = SiteSettings(languages=("en", CODE))
    return PseudoSite(dict(_render_root(schedules, settings, url)), list_own_texts(*schedules))


def make_settings() -> SiteSettings:
    """Return settings with named feeds of every kind, and archives."""
    conditions = ({"shows": ["film"]}, {"platforms": ["stream"]}, {"genres": ["Κείμενο 3"]})
    feeds = {f"feed-{n}": {"title": f"Τίτλος {n}", **conditions[n % 3]} for n in range(_FEED_COUNT)}
    return SiteSettings.model_validate(
        {
            "languages": [CODE],
            "title": "Πρόγραμμα",
            "description": "Περιγραφή.",
            "timezone": "Asia/Seoul",
            "feeds": feeds,
            "archive_before": "2025-12-01",
        },
        context=FileContext({}, None, "", (CODE,)),
    )


def _render_root(
    schedules: Iterable[Schedule], settings: SiteSettings, url: SiteURL
) -> Iterator[tuple[str, bytes]]:
    shows = [_build_show(each, settings, url) for each in schedules]
    summaries = sorted((each.summary for each in shows), key=lambda each: each.slug)
    main = Catalog.create(settings, url, tuple(summaries))
    for catalog in (main, *main.others):
        prefix = f"/{catalog.words.code}" if catalog.main else ""
        # Each show is in the pseudo-language only, so that its feeds are the same.
        for path, parts in render_root_files(catalog, make_show_feeds(shows)):
            yield f"{prefix}{path}", b"".join(parts)


def _build_show(schedule: Schedule, settings: SiteSettings, url: SiteURL) -> BuiltShow:
    show_url = url.below(schedule.show.slug)
    summary = summarize_show(SiteInput(schedule, show_url), settings.languages)
    return BuiltShow(build_site(schedule, show_url), summary)


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a site to a folder."""
    for path, content in files.items():
        file = folder / (f"{path}index.html" if path.endswith("/") else path)[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
