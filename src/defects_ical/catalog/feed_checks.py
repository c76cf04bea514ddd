"""Check combined feeds: what `site.yaml` names exists, and no feed is too large."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.combined_feeds import render_combined_feeds
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.errors import Problem, SourceLocation
from defects_ical.shows.settings import (
    ALL_FEED,
    PLATFORM_FEED_PREFIX,
    REMINDERS_ENDING,
    SETTINGS_FILE,
)
from defects_ical.site.feed_size import MAX_SIZE
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun
from defects_ical.text.suggestions import closest_match


def check_named_feeds(catalog: Catalog) -> Iterator[Problem]:
    """Yield a problem for each show, platform or genre of a named feed that no schedule has."""
    known: dict[str, Collection[str]] = {
        "shows": [each.slug for each in catalog.shows],
        "platforms": catalog.platforms.keys(),
        "genres": catalog.genres,
    }
    yield from _check_paths(catalog)
    yield from _check_url(catalog)
    limit = catalog.settings.archive_before
    days = [each.day for show in catalog.shows for each in show.events]
    if limit and days and max(days) < limit:
        message = f"`/{ALL_FEED}.ics` would be empty: the last event is on {max(days)}"
        yield catalog.settings.problem(("archive_before",), message, "Use an earlier date.")
    for name, feed in catalog.settings.feeds.items():
        for key, names in known.items():
            folded = {each.casefold() for each in names}
            for index, value in enumerate(getattr(feed, key)):
                if value.casefold() not in folded:
                    message = f"no schedule has the {key.removesuffix('s')} `{excerpt(value)}`"
                    hint = _suggest(value, names)
                    yield catalog.settings.problem(("feeds", name, key, index), message, hint)


def find_large_combined_feeds(
    folder: Path, catalog: Catalog, feeds: Mapping[str, ShowFeeds]
) -> Iterator[Problem]:
    """Yield a warning that names the largest combined feed, if it is too large.

    ``folder`` is the folder of schedules, and ``feeds`` are those of its shows, by slug.
    """
    sizes = {path: sum(map(len, parts)) for path, parts in render_combined_feeds(catalog, feeds)}
    large = [path for path, size in sizes.items() if size > MAX_SIZE]
    if not large:
        return
    # For the feed of all shows, there is a remedy.
    path = f"/{ALL_FEED}.ics" if f"/{ALL_FEED}.ics" in large else max(large, key=sizes.__getitem__)
    size = f"`{path}` has {sizes[path] / 1_000_000:.1f} MB"
    others = f" ({count_noun(len(large) - 1, 'other feed')} too)" if len(large) > 1 else ""
    message = f"{size}, more than the 1 MB that Google Calendar imports{others}"
    hint = "Name feeds by platform or genre under `feeds`."
    if path in {f"/{ALL_FEED}.ics", f"/{ALL_FEED}{REMINDERS_ENDING}.ics"}:
        # Not the newest event: an archive is not for what is still to come.
        year = max(each.modified.year for each in catalog.shows)
        hint = f"Move older events to archives with `archive_before: {year}-01-01`. Or: {hint}"
    yield Problem(SourceLocation(str(folder / SETTINGS_FILE)), "", message, hint)


def _check_paths(catalog: Catalog) -> Iterator[Problem]:
    """Yield platforms whose feed would be that of another one with reminders."""
    for name in catalog.platforms:
        base = name.removesuffix(REMINDERS_ENDING)
        if base != name and base in catalog.platforms:
            message = f"`/{PLATFORM_FEED_PREFIX}{name}.ics` would be two feeds"
            hint = f"Give the platform `{name}` another id, like `{name}-channel`."
            yield catalog.settings.problem((), message, hint)


def _check_url(catalog: Catalog) -> Iterator[Problem]:
    """Yield the problem of a URL that ends in a language: a show at `/ko/` has that of another."""
    codes, last = catalog.settings.languages, catalog.url.path.rpartition("/")[2]
    if len(codes) > 1 and last in codes:
        message = f"the URL of the site ends in `/{last}`, the folder of a language"
        hint = (
            f"Publish it at `{str(catalog.url).removesuffix(f'{last}/')}`, or remove the language."
        )
        yield catalog.settings.problem(("languages", codes.index(last)), message, hint)


def _suggest(value: str, names: Collection[str]) -> str:
    closest = closest_match(value, tuple(names))
    return f"Use `{closest}`, or remove it." if closest else "Remove it."
