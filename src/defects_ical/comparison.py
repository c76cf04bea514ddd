"""What is published and what the schedule would publish: what differs, and what does so in silence.

Programs take up a change when an event's stamps rise, and only entries of the change log raise
them. What changes under stamps that do not all rise reaches some subscribers and not others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Final

from defects_ical import calendars
from defects_ical.consistency import REMINDERS
from defects_ical.differences import (
    CALENDAR,
    WHOLE,
    Difference,
    Fault,
    Kind,
    Seen,
    Verdict,
    numbered,
    of_episode,
)
from defects_ical.episodes import Episode, expand
from defects_ical.ics import event_uid
from defects_ical.links import SINGLES, feeds
from defects_ical.mending import mend
from defects_ical.schedule import Schedule
from defects_ical.site import Site
from defects_ical.source import shortened

# What programs show of a calendar itself; they read it without looking at any stamp.
SHOWN: Final = ("NAME", "COLOR")

ERRORS: Final[tuple[Verdict, ...]] = ("error",)
ERRORS_AND_WARNINGS: Final[tuple[Verdict, ...]] = ("error", "warning")


def compare(
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
    seen: dict[str, list[Seen]] = {each.id: [] for each in episodes}
    for path in paths:
        had, has = published[path], site[path].body if path in site else b""
        if had == has:
            continue
        was = calendars.canonical(had)
        changes = calendars.differing(was, has)
        if lost := _lost(path, was, has, changes):
            of_feeds.append(lost)
            continue
        of_feeds += _of_calendar(path, was, has)
        for each in _seen(path, changes, schedule):
            seen.setdefault(each.id, []).append(each)
    known = {each.id: each for each in episodes}
    of_episodes = (
        of_episode(events, paths[0], known.get(id_), schedule)
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
    whole = [path for path in every if not path.startswith(SINGLES)]
    plain = [path for path in whole if _plain(path) == path or _plain(path) not in published]
    ranks = {feed.path: rank for rank, feed in enumerate(feeds(schedule))}
    return sorted(plain or every, key=lambda path: ranks.get(_plain(path), len(ranks)))


def _plain(path: str) -> str:
    """The path of the feed whose twin is there, if it is one."""
    name = path.removesuffix(f"-{REMINDERS}.ics")
    return path if name == path else f"{name}.ics"


def _lost(path: str, was: bytes, now: bytes, changes: calendars.Changes) -> Difference | None:
    """What subscribers lose with a feed that is gone, or that has none of its events left."""
    count = was.count(calendars.BEGIN_EVENT)
    gone = [uid for uid, (_, after) in changes.items() if not after]
    if not count or len(gone) < count or path.startswith(SINGLES):
        return None
    fault: Fault = "renewed" if now else "gone"
    events = f"{count} events" if count > 1 else "1 event"
    return Difference(None, WHOLE, "removed", events, "", path, fault)


def _of_calendar(path: str, was: bytes, now: bytes) -> Iterator[Difference]:
    """What differs in how a program shows the calendar itself."""
    if path.startswith(SINGLES):
        return
    old, new = (calendars.header(calendars.split(each)[0]) for each in (was, now))
    differing = [name for name in SHOWN if name in old and old.get(name) != new.get(name)]
    if differing:
        before, after = (_shown(differing, each) for each in (old, new))
        yield Difference(None, CALENDAR, "reworded", before, after, path)


def _shown(names: Iterable[str], properties: Mapping[str, calendars.Property]) -> str:
    values = ((name, calendars.text(properties[name].value)) for name in names)
    return "; ".join(f"{name.lower()}: {shortened(value)}" for name, value in values)


def _seen(path: str, changes: calendars.Changes, schedule: Schedule) -> Iterator[Seen]:
    names = {each.path: feed.platform for feed in feeds(schedule) for each in (feed, feed.twin)}
    name = names.get(path)
    platform = schedule.platforms[name] if name else None
    for uid, (before, after) in changes.items():
        event = after or before
        if event:
            own = event_uid(schedule.show, event.anchor, name) == uid
            yield Seen(event.anchor if own else uid, path, platform, before, after)


# What follows is the same in plain words, a line for each, for logs and messages.


def silent(
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
    return problems(compare(had, site, schedule, expand(schedule)), schedule, now)


def problems(
    differences: Iterable[Difference],
    schedule: Schedule,
    now: datetime | None = None,
    verdicts: Collection[Verdict] = ERRORS,
) -> tuple[tuple[str, str], ...]:
    """The differences of these verdicts in plain words: what is wrong, and how to mend it."""
    chosen = [each for each in differences if each.verdict in verdicts]
    every = [each.need for each in chosen if each.need]
    told: dict[tuple[str, Fault], list[Difference]] = {}
    for those in _by_episode(chosen):
        happened = ", ".join(dict.fromkeys(map(_happened, those)))
        worst = min(those, key=lambda each: each.verdict)
        told.setdefault((happened, worst.fault or "silent"), []).extend(those)
    lines = []
    said: set[str] = set()
    for (happened, fault), those in told.items():
        needs = [each.need for each in those if each.need]
        mended = mend(needs, schedule, now, beside=every)
        # Pasted one behind the other, entries must not run back in time.
        now = mended.latest if needs else now
        steps = [step for step in mended.restore if step not in said]
        said.update(steps)
        advice = ", and ".join((*steps, _advice(fault, mended.entries)))
        lines.append((f"{names(those)}: {happened}{FAULTS[fault][0]}", advice))
    return tuple(lines)


def _advice(fault: Fault, entries: Iterable[str]) -> str:
    quoted = " and ".join(f"`{entry}`" for entry in entries)
    if fault == "removed" and not quoted:
        return "put it back, with the id that it had"
    return f"{FAULTS[fault][1]} {quoted}".rstrip()


def names(differences: Iterable[Difference]) -> str:
    """What they are about: "Episodes 1 to 3, 5, The making of", or a feed's path."""
    numbers: set[int] = set()
    others: list[str] = []
    for each in differences:
        number = numbered(each.episode) if each.episode else None
        if number:
            numbers.add(number)
        else:
            others.append(each.feed if each.name == WHOLE else each.name)
    named = [f"Episode{'s' * (len(numbers) > 1)} {_ranges(numbers)}"] if numbers else []
    return ", ".join((*named, *dict.fromkeys(others)))


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers as people list them: "1 to 3, 5"."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return ", ".join(f"{first} to {last}" if last > first else f"{first}" for first, last in runs)


def _by_episode(differences: Iterable[Difference]) -> Iterable[list[Difference]]:
    together: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        key = (each.episode, "") if each.episode else (each.name, each.feed)
        together.setdefault(key, []).append(each)
    return together.values()


def _happened(difference: Difference) -> str:
    before, after, need = difference.before, difference.after, difference.need
    if difference.name == WHOLE:
        return ""
    if difference.kind == "moved" and need and not need.move:
        return f"at another time in `{difference.feed}`"
    words: Mapping[Kind, str] = {
        "moved": f"moved from {before} to {after}",
        "retimed": f"{after} long, not {before}",
        "in doubt": "to be confirmed",
        "reworded": f"reworded ({after})",
    }
    return words.get(difference.kind, difference.kind)


FAULTS: Final[Mapping[Fault, tuple[str, str]]] = {
    "unannounced": (", without an entry in `changes`", "append"),
    "silent": (", without an entry in `changes`", "append"),
    "fallen": (
        ", without an entry that was published, or dated earlier: programs ignore it for now",
        "put back the entry that was taken away or edited, or append",
    ),
    "stuck": (", with a SEQUENCE that rose and a DTSTAMP that did not", "append"),
    "removed": (", so that programs keep it, or drop it without a word", "append"),
    "gone": (
        "gone, so that subscribers would find nothing",
        "put the `slug`, or the platform's id, back",
    ),
    "renewed": (
        "without any event of before: subscribers would lose them, or see all twice",
        "put `show.uid` back",
    ),
}
"""What is wrong, said behind what happened; and what to do about it, said before the entries."""
