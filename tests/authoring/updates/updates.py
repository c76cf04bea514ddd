"""Import a listing, update the schedule from another one, and check what subscribers would see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.updates.update import ProposedUpdate, propose_update
from defects_ical.compare.preview import ANY_URL
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.episodes import Episode, Start
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import make_resource
from defects_ical.sources.listing import ListedEpisode, Listing
from tests.authoring.imports.listings import NEW_YORK, list_weekly, number_episodes, parse_when
from tests.authoring.shows import FILE, UID
from tests.support.events import get_stamps, get_value, split_events

PUBLISHED = datetime(2025, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2025, 2, 3, 12, tzinfo=UTC)
URL = "https://www.example.org/feed.ics"

# Sundays from January 5 to February 23: the first five have aired.
EPISODES = tuple(number_episodes(list_weekly("2025-01-05", 8), season=1))
LISTING = Listing("ics", URL, "The Show", NEW_YORK, EPISODES)


def change(listing: Listing, **changes: Mapping[str, Any]) -> Listing:
    """Return a listing with other values of episodes, by "e" and the position from 1."""
    episodes = [*listing.episodes]
    for name, values in changes.items():
        index = int(name[1:]) - 1
        episodes[index] = _change_episode(episodes[index], dict(values))
    return replace(listing, episodes=tuple(episodes))


def _change_episode(episode: ListedEpisode, values: dict[str, Any]) -> ListedEpisode:
    if "when" in values:
        day, start = parse_when(values.pop("when"), NEW_YORK)
        values |= {"day": day, "start": start}
    return replace(episode, **values)


def add(listing: Listing, *episodes: ListedEpisode) -> Listing:
    """Return a listing with more episodes."""
    return replace(listing, episodes=(*listing.episodes, *episodes))


def remove(listing: Listing, *numbers: int) -> Listing:
    """Return a listing without the episodes with these numbers."""
    kept = (each for each in listing.episodes if each.number not in numbers)
    return replace(listing, episodes=tuple(kept))


def create(listing: Listing, now: datetime = PUBLISHED) -> Schedule:
    """Write the schedule of a listing to FILE."""
    return create_imported_schedule(FILE, listing, ImportOptions(), UID, now)


def load(content: bytes) -> Schedule:
    return load_schedule(FILE, content=content)


def propose(listing: Listing, now: datetime = NOW, path: Path = FILE) -> ProposedUpdate:
    """Propose the update of a file."""
    content = path.read_bytes()
    return propose_update(load(content), str(path), content, listing, load, now)


def update(listing: Listing, now: datetime = NOW) -> ProposedUpdate:
    """Update FILE, check that nothing changes unannounced, and that another update has nothing."""
    before = load(FILE.read_bytes())
    proposed = propose(listing, now)
    if proposed.content is not None:
        FILE.write_bytes(proposed.content)
        assert proposed.schedule
        check_announced(before, proposed.schedule)
    again = propose(listing, now)
    assert (again.content, again.actions, again.by_hand) == (None, (), ())
    assert again.questions == proposed.questions
    return proposed


def find_starts(schedule: Schedule) -> dict[str, Start]:
    """Return the starts of the episodes, or their dates, by their ids."""
    return {each.id: each.start or each.date for each in expand_episodes(schedule)}


def find_episode(schedule: Schedule | None, key: str) -> Episode:
    assert schedule
    return next(each for each in expand_episodes(schedule) if each.id == key)


def list_entries(schedule: Schedule | None) -> list[dict[str, Any]]:
    """Return the entries of the change log, without their dates and what they do not say."""
    assert schedule
    entries = (each.model_dump(exclude={"at"}, exclude_defaults=True) for each in schedule.changes)
    return [{key: value for key, value in each.items() if value is not None} for each in entries]


def check_announced(before: Schedule, after: Schedule) -> None:
    """Check every feed: an event changes with higher stamps, or not at all, and none is gone."""
    old, new = (dict(render_feeds(SiteInput(each, ANY_URL))) for each in (before, after))
    site = {path: make_resource(path, body, ANY_URL) for path, body in new.items()}
    differences = compare_site(old, site, after)
    assert [each for each in differences if each.issue] == []
    entries = after.changes[len(before.changes) :]
    for path, body in old.items():
        events = {get_value(each, "UID"): each for each in split_events(new[path])}
        for event in split_events(body):
            same = events[get_value(event, "UID")]
            pairs = zip(get_stamps(event), get_stamps(same), strict=True)
            assert same == event or all(now > then for then, now in pairs)
            rise = int(get_value(same, "SEQUENCE")) - int(get_value(event, "SEQUENCE"))
            assert rise <= len(entries)
