"""Find what would change for subscribers if a new site replaced the live feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from defects_ical.compare import event_parser
from defects_ical.compare.differences import WHOLE_FEED, Difference, Issue
from defects_ical.compare.event_diff import EventPair, diff_episode
from defects_ical.compare.report import format_issues
from defects_ical.content.feeds import EPISODES_DIR, all_feeds, event_uid, main_feeds
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode, expand_episodes
from defects_ical.schedule.validation import REMINDERS_SUFFIX
from defects_ical.site.build import Site
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun

# Calendar apps show these, and read them whether or not any stamp increased.
CALENDAR_PROPERTIES: Final = ("NAME", "COLOR")


def compare_site(
    published: Mapping[str, bytes], site: Site, schedule: Schedule, episodes: tuple[Episode, ...]
) -> tuple[Difference, ...]:
    """Return what subscribers would see if ``site`` replaced the ``published`` calendars.

    ``published`` maps paths of the site to bytes; its base URL has to be the site's. Feeds with
    reminders and episode files are compared only if the feeds that they repeat are not given.
    Differences of whole feeds come first, then the episodes in the order of the schedule.

    Raises CalendarError for an event that is not as this program writes events.
    """
    paths = _select_calendars(published, schedule)
    differences: list[Difference] = []
    pairs: dict[str, list[EventPair]] = {each.id: [] for each in episodes}
    for path in paths:
        before, after = published[path], site[path].body if path in site else b""
        if before == after:
            continue
        before = event_parser.normalize_line_ends(before)
        changes = event_parser.find_changed_events(before, after)
        if missing := _find_missing_feed(path, before, after, changes):
            differences.append(missing)
            continue
        differences += _diff_calendar(path, before, after)
        for pair in _pair_events(path, changes, schedule):
            pairs.setdefault(pair.id, []).append(pair)
    known = {each.id: each for each in episodes}
    for id_, found in pairs.items():
        if found:
            differences += diff_episode(found, paths[0], known.get(id_), schedule)
    return tuple(differences)


def unannounced_changes(
    published: Site, site: Site, schedule: Schedule, now: datetime | None = None
) -> tuple[tuple[str, str], ...]:
    """Return why ``site`` must not replace ``published``: a message and a fix for each reason.

    See ``format_issues``; both sites have the same base URL.
    """
    calendars = {path: each.body for path, each in published.items() if path.endswith(".ics")}
    if is_unchanged(calendars, site):
        return ()
    differences = compare_site(calendars, site, schedule, expand_episodes(schedule))
    return format_issues(differences, schedule, now)


def is_unchanged(published: Mapping[str, bytes], site: Site) -> bool:
    """Return whether the site has all of these files, byte for byte."""
    return all(path in site and site[path].body == body for path, body in published.items())


def _select_calendars(published: Mapping[str, bytes], schedule: Schedule) -> list[str]:
    """Return the paths of calendars that repeat no others: the show's own, then its platforms'."""
    calendars = [path for path in published if path.endswith(".ics")]
    feeds = [path for path in calendars if not path.startswith(EPISODES_DIR)]
    selected = [
        path for path in feeds if (main := _main_path(path)) == path or main not in published
    ]
    ranks = {feed.path: rank for rank, feed in enumerate(main_feeds(schedule))}
    return sorted(selected or calendars, key=lambda path: ranks.get(_main_path(path), len(ranks)))


def _main_path(path: str) -> str:
    """Return the path of the same feed without reminders."""
    name = path.removesuffix(f"-{REMINDERS_SUFFIX}.ics")
    return path if name == path else f"{name}.ics"


def _find_missing_feed(
    path: str, before: bytes, after: bytes, changes: event_parser.Changes
) -> Difference | None:
    """Return the difference of a feed that is missing, or has none of its former events."""
    count = before.count(event_parser.BEGIN_EVENT)
    removed = [uid for uid, (_, event) in changes.items() if not event]
    if not count or len(removed) < count or path.startswith(EPISODES_DIR):
        return None
    issue = Issue.ALL_UIDS_CHANGED if after else Issue.FEED_MISSING
    return Difference(None, WHOLE_FEED, "removed", count_noun(count, "event"), "", path, issue)


def _diff_calendar(path: str, before: bytes, after: bytes) -> Iterator[Difference]:
    """Yield what changed in the properties of the calendar itself."""
    if path.startswith(EPISODES_DIR):
        return
    old, new = map(event_parser.parse_header, (before, after))
    changed = [
        name for name in CALENDAR_PROPERTIES if name in old and old.get(name) != new.get(name)
    ]
    if changed:
        was, now = (
            "; ".join(f"{name.lower()}: {excerpt(each[name].text)}" for name in changed)
            for each in (old, new)
        )
        yield Difference(None, "The calendar", "text changed", was, now, path)


def _pair_events(
    path: str, changes: event_parser.Changes, schedule: Schedule
) -> Iterator[EventPair]:
    """Yield each changed event with the id of its episode, or its UID if that is unknown."""
    platform_id = {each.path: each.platform for each in all_feeds(schedule)}.get(path)
    platform = schedule.platforms[platform_id] if platform_id else None
    for uid, (before, after) in changes.items():
        event = after or before
        if event:
            is_known = event_uid(schedule.show, event.episode_id, platform_id) == uid
            yield EventPair(event.episode_id if is_known else uid, path, platform, before, after)
