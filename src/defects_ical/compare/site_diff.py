"""What is published and what the schedule would publish: what differs, and what does so in silence.

Programs take up a change when an event's stamps rise, and only entries of the change log raise
them. What changes under stamps that do not all rise reaches some subscribers and not others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Final

from defects_ical.compare.differences import CALENDAR, WHOLE_FEED, Difference, Issue
from defects_ical.compare.event_diff import EventPair, diff_episode
from defects_ical.compare.event_parser import (
    BEGIN_EVENT,
    Changes,
    Property,
    changed_events,
    normalize_line_ends,
    parse_header,
    split_events,
    unescape_text,
)
from defects_ical.compare.messages import format_issues
from defects_ical.content.feeds import EPISODES_DIR, all_feeds, event_uid, main_feeds
from defects_ical.schedule.episodes import Episode, expand_episodes
from defects_ical.schedule.model import Schedule
from defects_ical.schedule.validation import REMINDERS_SUFFIX
from defects_ical.site.build import Site
from defects_ical.text.display import excerpt

# What programs show of a calendar itself; they read it without looking at any stamp.
SHOWN: Final = ("NAME", "COLOR")


def compare_site(
    published: Mapping[str, bytes],
    site: Site,
    schedule: Schedule,
    episodes: tuple[Episode, ...],
) -> tuple[Difference, ...]:
    """What subscribers would see if ``site`` took the place of what is published.

    ``published`` has the bytes of calendars by their paths in a site of the same address. Twins
    and single files repeat what feeds say, and count only where no feed is there. What is about
    whole feeds comes first, then the episodes in the order of the schedule.

    Raises CalendarError for an event that this program cannot have written.
    """
    paths = _compared(published, schedule)
    of_feeds: list[Difference] = []
    seen: dict[str, list[EventPair]] = {each.id: [] for each in episodes}
    for path in paths:
        had, has = published[path], site[path].body if path in site else b""
        if had == has:
            continue
        was = normalize_line_ends(had)
        changes = changed_events(was, has)
        if lost := _missing_feed(path, was, has, changes):
            of_feeds.append(lost)
            continue
        of_feeds += _of_calendar(path, was, has)
        for each in _seen(path, changes, schedule):
            seen.setdefault(each.id, []).append(each)
    known = {each.id: each for each in episodes}
    of_episodes = (
        diff_episode(events, paths[0], known.get(id_), schedule)
        for id_, events in seen.items()
        if events
    )
    return (*of_feeds, *chain.from_iterable(of_episodes))


def unchanged(published: Mapping[str, bytes], site: Site) -> bool:
    """Whether the site has all of these, octet for octet."""
    return all(path in site and site[path].body == body for path, body in published.items())


def _compared(published: Mapping[str, bytes], schedule: Schedule) -> list[str]:
    """The calendars that say everything once, the show's own before its platforms'."""
    every = [path for path in published if path.endswith(".ics")]
    whole = [path for path in every if not path.startswith(EPISODES_DIR)]
    plain = [path for path in whole if _plain(path) == path or _plain(path) not in published]
    ranks = {feed.path: rank for rank, feed in enumerate(main_feeds(schedule))}
    return sorted(plain or every, key=lambda path: ranks.get(_plain(path), len(ranks)))


def _plain(path: str) -> str:
    """The path of the feed whose twin is there, if it is one."""
    name = path.removesuffix(f"-{REMINDERS_SUFFIX}.ics")
    return path if name == path else f"{name}.ics"


def _missing_feed(path: str, was: bytes, now: bytes, changes: Changes) -> Difference | None:
    """What subscribers lose with a feed that is gone, or that has none of its events left."""
    count = was.count(BEGIN_EVENT)
    gone = [uid for uid, (_, after) in changes.items() if not after]
    if not count or len(gone) < count or path.startswith(EPISODES_DIR):
        return None
    fault: Issue = "renewed" if now else "gone"
    events = f"{count} events" if count > 1 else "1 event"
    return Difference(None, WHOLE_FEED, "removed", events, "", path, fault)


def _of_calendar(path: str, was: bytes, now: bytes) -> Iterator[Difference]:
    """What differs in how a program shows the calendar itself."""
    if path.startswith(EPISODES_DIR):
        return
    old, new = (parse_header(split_events(each)[0]) for each in (was, now))
    differing = [name for name in SHOWN if name in old and old.get(name) != new.get(name)]
    if differing:
        before, after = (_shown(differing, each) for each in (old, new))
        yield Difference(None, CALENDAR, "reworded", before, after, path)


def _shown(names: Iterable[str], properties: Mapping[str, Property]) -> str:
    values = ((name, unescape_text(properties[name].value)) for name in names)
    return "; ".join(f"{name.lower()}: {excerpt(value)}" for name, value in values)


def _seen(path: str, changes: Changes, schedule: Schedule) -> Iterator[EventPair]:
    names = {each.path: each.platform for each in all_feeds(schedule)}
    name = names.get(path)
    platform = schedule.platforms[name] if name else None
    for uid, (before, after) in changes.items():
        event = after or before
        if event:
            own = event_uid(schedule.show, event.anchor, name) == uid
            yield EventPair(event.anchor if own else uid, path, platform, before, after)


# What follows is the same in plain words, a line for each, for logs and messages.


def unannounced_changes(
    published: Site, site: Site, schedule: Schedule, now: datetime | None = None
) -> tuple[tuple[str, str], ...]:
    """Why ``site`` must not take the place of ``published`` at the same address; empty if it may.

    What is wrong and how to mend it, in one line each: "Episode 5: moved from … to …, without an
    entry in `changes`", "append `- {…}`". The entries are decided at ``now``, or dated as early
    as they may be.
    """
    had = {path: each.body for path, each in published.items() if path.endswith(".ics")}
    if unchanged(had, site):
        return ()
    return format_issues(
        compare_site(had, site, schedule, expand_episodes(schedule)), schedule, now
    )
