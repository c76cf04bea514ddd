"""Find what would change for subscribers if a new site replaced the live feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from defects_ical.compare.differences import WHOLE_FEED, Difference, Issue
from defects_ical.compare.event_diff import EventPair, list_changes, make_difference
from defects_ical.compare.live import event_parser
from defects_ical.compare.report import describe_changes, format_issues
from defects_ical.compare.requirements import is_consequence, require_entries
from defects_ical.content.links.feeds import (
    EPISODES_DIR,
    REMINDERS_PATH,
    all_feeds,
    event_uid,
    main_feeds,
)
from defects_ical.content.links.site_url import split_language
from defects_ical.model.airing import number_blocks
from defects_ical.model.episode_numbers import EpisodeNumber
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Event, Listing, Start
from defects_ical.schedule.expansion import expand_episodes, expand_schedule
from defects_ical.site.build import Site
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun
from defects_ical.text.languages import ENGLISH
from defects_ical.text.words import Words

# Calendar apps show these, and read them whether or not any stamp increased.
CALENDAR_PROPERTIES: Final = ("NAME", "COLOR")


def compare_site(
    published: Mapping[str, bytes], site: Site, schedule: Schedule, *, is_copy: bool = True
) -> tuple[Difference, ...]:
    """Return what subscribers would see if ``site`` replaced the ``published`` calendars.

    ``published`` maps paths of the site to bytes; its base URL has to be the site's. With
    ``is_copy``, they may have lost their CRLF line endings. Feeds with reminders and episode files
    are compared only if the feeds that they repeat are not given. Differences of whole feeds come
    first, then the episodes in the order of the schedule. Those of other languages than the main
    one follow, without what changed in all languages.

    Raises CalendarError for an event that is not as this program writes events.
    """
    bodies = {path: resource.body for path, resource in site.items() if path.endswith(".ics")}
    old, new = group_by_language(published), group_by_language(bodies)
    compare = partial(_compare_language, is_copy=is_copy)
    main = compare(old.pop("", {}), new[""], schedule)
    changed = {each.episode for each in main if each.episode}
    others: list[Difference] = []
    for language, calendars in old.items():
        if language not in new:
            others += _report_missing_language(language, schedule, main)
            continue
        found = compare(calendars, new[language], schedule.in_language(language))
        others += (
            replace(each, feed=f"/{language}{each.feed}")
            for each in found
            if each.episode not in changed
        )
    return (*main, *others)


def _report_missing_language(
    language: str, schedule: Schedule, main: tuple[Difference, ...]
) -> Iterator[Difference]:
    """Yield the difference of a language without a folder, if the ``main`` one is not why."""
    issue = Issue.LANGUAGE_MISSING
    if language == schedule.languages[0]:
        issue = Issue.MAIN_LANGUAGE_CHANGED
    if issue not in {each.issue for each in main}:
        feed = f"/{language}/"
        yield Difference(None, WHOLE_FEED, "removed", language, "", feed, issue)


def _compare_language(
    published: Mapping[str, bytes],
    bodies: Mapping[str, bytes],
    schedule: Schedule,
    *,
    is_copy: bool,
) -> tuple[Difference, ...]:
    """Return the differences of the feeds in the language of a schedule."""
    words, schedule = schedule.words, schedule.described_in(ENGLISH.code)
    paths = _select_calendars(published, schedule)
    if change := _find_language_change(paths, published, words):
        return (change,)
    differences: list[Difference] = []
    pairs: dict[str, list[EventPair]] = {each.id: [] for each in expand_episodes(schedule)}
    for path in paths:
        before, after = published[path], bodies.get(path, b"")
        if before == after:
            continue
        if is_copy:
            before = event_parser.normalize_line_ends(before)
        changes = event_parser.find_changed_events(before, after, words)
        if missing := _find_missing_feed(path, before, after, changes, schedule):
            differences.append(missing)
            continue
        differences += _diff_calendar(path, before, after)
        for pair in _pair_events(path, changes, schedule):
            pairs.setdefault(pair.id, []).append(pair)
    found = [each for each in pairs.values() if each]
    events = [each for same in found for each in _diff_event(same, paths[0])]
    main = [each[0] for each in found if each[0].feed == paths[0]]
    return (*differences, *_mark_renumbered(events, main, schedule))


def _find_language_change(
    paths: list[str], published: Mapping[str, bytes], words: Words
) -> Difference | None:
    """Return the difference of feeds that were in another language."""
    for path in paths[:1]:
        before = event_parser.detect_language(published[path], words)
        if before != words.code:
            return Difference(
                None,
                WHOLE_FEED,
                "text changed",
                before,
                words.code,
                path,
                Issue.MAIN_LANGUAGE_CHANGED,
            )
    return None


def group_by_language(calendars: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Return calendars by their language, empty for the main one, and by their paths there."""
    groups: dict[str, dict[str, bytes]] = {}
    for path, body in calendars.items():
        language, name = split_language(path)
        groups.setdefault(language, {})[name] = body
    return groups


def _diff_event(pairs: list[EventPair], main_feed: str) -> Iterator[Difference]:
    """Yield what changed in an event: once for all feeds, and again for deviating platforms.

    ``pairs`` begin with the pair of the ``main_feed`` (a path), if it has the event.
    """
    main = pairs[0] if pairs[0].feed == main_feed else None
    for pair, required in zip(pairs, require_entries(pairs, main), strict=True):
        is_deviation = pair is not main
        if is_deviation and is_consequence(pair, main):
            continue
        for change in list_changes(pair, is_deviation=is_deviation):
            yield replace(make_difference(pair, change), required=required)


class EditReview(NamedTuple):
    """What an edit changes in the calendars of a site.

    ``unannounced`` says why it must not go live: a message and a fix for each reason. ``changes``
    are what subscribers see, in words: "Episode 5: moved from … to …".
    """

    unannounced: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()


def review_edit(
    published: Mapping[str, bytes],
    site: Site,
    schedule: Schedule,
    now: datetime | None = None,
    *,
    is_copy: bool = True,
) -> EditReview:
    """Review the replacement of ``published`` by ``site``.

    ``published`` has the files of a site with the same base URL, by path; for ``is_copy``, see
    ``compare_site``. Entries that the review suggests are dated as by ``format_issues``.
    """
    calendars = {path: body for path, body in published.items() if path.endswith(".ics")}
    if is_unchanged(calendars, site):
        return EditReview()
    differences = compare_site(calendars, site, schedule, is_copy=is_copy)
    return EditReview(format_issues(differences, schedule, now), (*describe_changes(differences),))


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
    return REMINDERS_PATH.sub(".ics", path)


def _find_missing_feed(
    path: str, before: bytes, after: bytes, changes: event_parser.Changes, schedule: Schedule
) -> Difference | None:
    """Return the difference of a feed that is missing, or has none of its former events."""
    removed = [before for before, after in changes.values() if before and not after]
    if not removed or path.startswith(EPISODES_DIR):
        return None
    count = before.count(event_parser.BEGIN_EVENT)
    if len(removed) < count:
        return None
    platform = _find_platform(path, schedule)
    own = (event_uid(schedule.show, each.episode_id, platform) == each.uid for each in removed)
    if after and any(own):
        # The episodes were removed, one by one.
        return None
    issue = Issue.ALL_UIDS_CHANGED if after else Issue.FEED_MISSING
    return Difference(None, WHOLE_FEED, "removed", count_noun(count, "event"), "", path, issue)


def _find_platform(path: str, schedule: Schedule) -> str | None:
    """Return the platform of a feed; None for the show's."""
    return {each.path: each.platform for each in all_feeds(schedule)}.get(path)


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
    platform, listings = _find_platform(path, schedule), expand_schedule(schedule)
    events = main_events = _find_events(listings.main)
    if listings.of(platform) is not listings.main:
        events = _find_events(listings.of(platform))
    live = [before for before, _ in changes.values() if before]
    origins = {
        number.id: event for event in live for number in event.list_numbers(schedule.show.title)
    }
    gone = {before.episode_id for before, after in changes.values() if before and not after}
    for uid, (before, after) in changes.items():
        id_ = (after or before or live[0]).episode_id
        is_known = event_uid(schedule.show, id_, platform) == uid
        yield EventPair(
            id=id_ if is_known else uid,
            feed=path,
            platform=platform,
            schedule=schedule,
            before=before,
            after=after,
            event=events.get(id_) if is_known else None,
            main_event=main_events.get(id_) if is_known else None,
            origin=origins.get(id_) if not before else None,
            gone=frozenset(gone & {*events}),
        )


def _mark_renumbered(
    differences: list[Difference], pairs: list[EventPair], schedule: Schedule
) -> Iterator[Difference]:
    """Yield the differences; those of blocks whose episodes got other numbers say so.

    ``pairs`` are the changed events of the main feed.
    """
    title = schedule.show.title
    live = [each.before for each in pairs if each.before]
    published = {number: each.start for each in live for number in each.list_numbers(title)}
    planned = {
        each.number: each.start or each.date for each in expand_episodes(schedule) if each.number
    }
    renumbered: set[str] = set()
    for numbers in number_blocks(schedule.airing):
        if (
            numbers
            and numbers[0] in planned
            and (shift := _find_shift(numbers, published, planned))
        ):
            former = (each._replace(number=each.number - shift) for each in numbers)
            renumbered |= {each.id for each in (*numbers, *former)}
    for each in differences:
        is_other = each.episode in renumbered and each.issue is Issue.UNANNOUNCED
        yield replace(each, issue=Issue.RENUMBERED) if is_other else each


def _find_shift(
    numbers: tuple[EpisodeNumber, ...],
    published: Mapping[EpisodeNumber, Start],
    planned: Mapping[EpisodeNumber, Start],
) -> int:
    """Return by how much the numbers of a block increased; 0 if they did not change.

    A plan that is a week later looks like that, too, but then an end of the block is new.
    """
    matches = {0: 0}
    for end, is_increase in ((numbers[0], True), (numbers[-1], False)):
        for other, start in published.items():
            shift = end.number - other.number
            if other.season == end.season and start == planned[end] and (shift > 0) == is_increase:
                matches[shift] = 0
    for shift in matches:
        for each in numbers:
            former = published.get(each._replace(number=each.number - shift))
            matches[shift] += former == planned[each]
    best = max(matches, key=lambda each: (matches[each], each == 0))
    return best if matches[best] * 2 > len(numbers) else 0


def _find_events(listing: Listing) -> dict[str, Event]:
    """Return the event of each episode by its id."""
    return {each.id: event for event in listing.events for each in event.episodes}
