"""Check combined feeds: what `site.yaml` names exists, and no feed is too large."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.combined_feeds import render_combined_feeds
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.errors import Problem, SourceLocation
from defects_ical.shows.settings import ALL_FEED, SETTINGS_FILE
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
    path = max(large, key=lambda each: sizes[each])
    size = f"`{path}` has {sizes[path] / 1_000_000:.1f} MB"
    others = f" ({count_noun(len(large) - 1, 'other feed')} too)" if len(large) > 1 else ""
    message = f"{size}, more than the 1 MB that Google Calendar imports{others}"
    hint = "Name feeds by platform or genre under `feeds`."
    if path.startswith(f"/{ALL_FEED}"):
        year = max(each.day.year for show in catalog.shows for each in show.events)
        hint = f"Move older events to archives with `archive_before: {year}-01-01`. Or: {hint}"
    yield Problem(SourceLocation(str(folder / SETTINGS_FILE)), "", message, hint)


def _suggest(value: str, names: Collection[str]) -> str:
    closest = closest_match(value, tuple(names))
    return f"Use `{closest}`, or remove it." if closest else "Remove it."
