"""Feeds that are too large are found without rendering those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from defects_ical.content.links.feeds import all_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.feed_size import MAX_SIZE, check_feed_sizes, estimate_size, find_large_feeds
from tests.conftest import SITE_URL
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml
from tests.support.hostile_schedules import SCHEDULES as HOSTILE_SCHEDULES
from tests.support.variants import sample

PATTERNS = sorted((Path(__file__).parent.parent / "releases").glob("*.yaml"))
LONG_NAME = "{channel: {name: " + "가" * 4000 + ", kind: television, region: Everywhere}}"
SCHEDULES = {
    "changes": SCHEDULE_WITH_CHANGES,
    **HOSTILE_SCHEDULES,
    "long name": make_yaml(platforms=LONG_NAME),
    "many clocks": make_yaml(clocks="[America/New_York, Asia/Tokyo, Europe/London, UTC]"),
    "many episodes": make_yaml(timezone="Africa/Casablanca", episodes=1000),
}


def check_estimates(schedule: Schedule) -> None:
    bodies = dict(render_feeds(SiteInput(schedule, SITE_URL)))
    listings = expand_schedule(schedule)
    for feed in all_feeds(schedule):
        assert len(bodies[feed.path]) <= estimate_size(listings.of(feed.platform), schedule)


@pytest.mark.parametrize("path", sample(PATTERNS, 3), ids=lambda each: each.stem)
def test_no_feed_of_release_pattern_is_larger_than_estimated(path: Path) -> None:
    check_estimates(load_schedule(path))


@pytest.mark.parametrize("name", SCHEDULES)
def test_no_feed_is_larger_than_estimated(name: str) -> None:
    check_estimates(load_yaml(SCHEDULES[name]))


def test_feed_of_the_maximum_is_not_reported() -> None:
    schedule = load_yaml(make_yaml())
    sizes = {each.path: MAX_SIZE for each in all_feeds(schedule)}
    assert [*find_large_feeds(schedule, sizes)] == []
    sizes["/show.ics"] += 1
    (problem,) = find_large_feeds(schedule, sizes)
    assert problem.message == (
        "`/show.ics` has 1.0 MB, more than the 1 MB that Google Calendar imports"
    )
    assert problem.hint == (
        "Begin with a later episode, like `episodes: 5-8`, or use fewer entries in `changes`."
    )


def test_texts_count() -> None:
    """Few episodes may be large: each tells every change that it had."""
    entries = "".join(
        f"\n  - {{at: 2025-07-02T00:{n:02}:00Z, episodes: all, note: {'x' * 4900}}}"
        for n in range(30)
    )
    (problem,) = check_feed_sizes(load_yaml(make_yaml(changes=entries)), SITE_URL)
    assert problem.message.startswith("`/show-channel-reminders.ics` has 1.2 MB")


def test_url_of_site_counts_little() -> None:
    """The size is checked before the URL is known."""
    schedule = load_yaml(make_yaml(weekdays="[monday, tuesday, wednesday]", episodes=1600))
    for url in ("https://a.example", f"https://a.example/{'x' * 60}"):
        assert len([*check_feed_sizes(schedule, SiteURL.parse(url))]) == 1
