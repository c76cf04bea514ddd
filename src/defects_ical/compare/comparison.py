"""Compare a schedule with what is live, for the commands that show what would change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from defects_ical.compare.differences import Difference
from defects_ical.compare.live.published import load_published
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.site.build import build_site
from defects_ical.site.feed_size import find_large_feeds


@dataclass(frozen=True, slots=True)
class Comparison:
    """A schedule, compared with what subscribers have.

    ``file`` is that of the schedule; ``source`` is where the live feeds were found, and
    ``site_url`` the URL of the site that they name: both are None if the show is not published
    yet. ``large_feeds`` are warnings about the new feeds.
    """

    schedule: Schedule
    file: Path
    source: str | None = None
    site_url: SiteURL | None = None
    differences: tuple[Difference, ...] = ()
    large_feeds: tuple[Problem, ...] = ()

    @property
    def is_announced(self) -> bool:
        """Whether calendar apps apply every change: no difference is an error."""
        return all(each.severity != "error" for each in self.differences)


@dataclass(frozen=True, slots=True)
class SiteComparison:
    """The shows of a folder, compared with a live site at ``source``.

    ``lost_urls`` are paths of the site that its subscribers would lose.
    """

    source: str
    shows: tuple[Comparison, ...]
    lost_urls: tuple[str, ...]


def compare_with_live(schedule: Schedule, source: str, file: Path) -> Comparison:
    """Compare a schedule with the feeds in a file, in an exported folder, or at a URL.

    Raises ComparisonSourceError if there are none.
    """
    published = load_published(source, schedule)
    site = build_site(schedule, published.site_url)
    sizes = {name: len(resource.body) for name, resource in site.items()}
    return Comparison(
        schedule=schedule,
        file=file,
        source=source,
        site_url=published.site_url,
        differences=compare_site(published.calendars, site, schedule),
        large_feeds=tuple(find_large_feeds(schedule, sizes)),
    )
