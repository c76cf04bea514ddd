"""Rules for ids, and for what refers to them: platforms, specials, episodes, clocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

from defects_ical.errors import Problem
from defects_ical.model.airing import number_blocks
from defects_ical.model.changes import ALL
from defects_ical.model.schedule import Schedule
from defects_ical.model.source import Source
from defects_ical.model.yaml.reader import KEY_MARK
from defects_ical.schedule.roster import list_episodes
from defects_ical.text.suggestions import closest_match

REMINDERS_SUFFIX: Final = "reminders"
"""The last word in the name of a feed with reminders; a platform must not take such a name."""

PAGE_SECTION_IDS: Final = frozenset(
    {"carry", "cast", "changes", "countdown", "embed", "episodes", "next", "subscribe", "watch"}
)
"""The ids in the page that a special, which is an id there too, must not have.

The page's other ids contain an underscore, which no special's id does.
"""

MAX_SUGGESTIONS: Final = 20
"""Of how many unknown ids the closest known one is suggested."""


def check_feed_names(schedule: Schedule) -> Iterator[Problem]:
    """Yield platforms whose feed would have the name of a feed with reminders."""
    suffixes = [REMINDERS_SUFFIX, *(f"{REMINDERS_SUFFIX}-{each}" for each in schedule.reminders)]
    for name in schedule.platforms:
        bases = (name.removesuffix(each).removesuffix("-") for each in suffixes)
        if name in suffixes or any(base != name and base in schedule.platforms for base in bases):
            message = f"`{name}` is the name of a feed with reminders"
            hint = f"Use another id, like `{name}-channel`."
            yield schedule.problem(("platforms", name, KEY_MARK), message, hint)


def check_reminders(schedule: Schedule) -> Iterator[Problem]:
    """Yield reminders that are in the list twice."""
    for index, minutes in enumerate(schedule.reminders):
        if minutes in schedule.reminders[:index]:
            message = f"`{minutes}` is already in the list"
            yield schedule.problem(("reminders", index), message, "Remove it.")


def check_special_ids(schedule: Schedule) -> Iterator[Problem]:
    """Yield specials whose id means something else."""
    taken = {ALL: "means every episode in `changes`"}
    taken |= dict.fromkeys(PAGE_SECTION_IDS, "is the id of a section of the page")
    used = {*taken, *(each.id for each in schedule.specials)}
    numbered = {each.id for block in number_blocks(schedule.airing) for each in block}
    for index, special in enumerate(schedule.specials):
        number = special.id.removeprefix("e")
        reason = taken.get(special.id)
        if (number != special.id and number.isdigit()) or special.id in numbered:
            reason = "is the id of a numbered episode"
        if reason:
            free = next(name for n in count(1) if (name := f"special-{n}") not in used)
            used.add(free)
            message = f"`{special.id}` {reason}"
            yield schedule.problem(("specials", index, "id"), message, f"Use `{free}`.")
        taken[special.id] = "is the id of an earlier special"


def check_clocks(schedule: Schedule) -> Iterator[Problem]:
    """Yield clocks that show the same time as another."""
    shown = {schedule.timezone}
    for index, zone in enumerate(schedule.clocks):
        if zone in shown:
            message = f"the time in `{zone}` is already shown"
            yield schedule.problem(("clocks", index), message, "Remove it.")
        shown.add(zone)


def check_episode_details(schedule: Schedule) -> Iterator[Problem]:
    """Yield details of unknown episodes, and links to unknown platforms."""
    roster = list_episodes(schedule)
    known = {*roster.announced, *(key for key, each in roster.planned.items() if each.number)}
    for key, details in schedule.episodes.items():
        if key not in known:
            message, hint = _explain_unknown_episode(key, schedule)
            yield schedule.problem(("episodes", key, KEY_MARK), message, hint)
        for platform in details.links:
            if platform not in schedule.platforms:
                path = ("episodes", key, "links", platform, KEY_MARK)
                hint = hint_at_platform(platform, schedule)
                yield schedule.problem(path, "there is no such platform", hint)


def check_source(schedule: Schedule) -> Iterator[Problem]:
    """Yield a source of both kinds or of none, and what is wrong with its episodes."""
    source = schedule.source
    if not source:
        return
    if source.tvmaze and source.ics:
        message = "`tvmaze` and `ics` cannot be combined"
        yield schedule.problem(("source", "ics", KEY_MARK), message, "Remove one of them.")
    elif not source.tvmaze and not source.ics:
        message = "the source is missing"
        yield schedule.problem(("source",), message, "Add `tvmaze` or `ics`.")
    yield from _check_unknown_episodes(schedule, source)
    yield from _check_repeated_ids(schedule, source)


def _check_unknown_episodes(schedule: Schedule, source: Source) -> Iterator[Problem]:
    known = tuple(_list_ids(schedule))
    unknown = source.episodes.keys() - {*known}
    for index, key in enumerate(each for each in source.episodes if each in unknown):
        # Comparing each of thousands with all of thousands would take minutes.
        closest = closest_match(key, known) if index < MAX_SUGGESTIONS else None
        hint = f"Remove it, or use `{closest}`." if closest else "Remove it."
        path = ("source", "episodes", key, KEY_MARK)
        yield schedule.problem(path, f"there is no episode or special `{key}`", hint)


def _list_ids(schedule: Schedule) -> Iterator[str]:
    """Yield the id of each episode, also of those without a date, and of each special."""
    for numbers in number_blocks(schedule.airing):
        yield from (each.id for each in numbers)
    yield from (each.id for each in schedule.specials)


def _check_repeated_ids(schedule: Schedule, source: Source) -> Iterator[Problem]:
    keys: dict[str, str] = {}
    for key, source_id in source.episodes.items():
        if source_id in keys:
            message = f"`{keys[source_id]}` already has this id"
            path = ("source", "episodes", key)
            yield schedule.problem(path, message, "Use another id, or remove one of the two.")
        keys.setdefault(source_id, key)


def hint_at_platform(name: str, schedule: Schedule) -> str:
    """Return which platform an unknown one was probably meant to be."""
    names = tuple(schedule.platforms)
    closest = closest_match(name, names)
    return f"Use {' or '.join(f'`{each}`' for each in ((closest,) if closest else names))}."


def _explain_unknown_episode(key: str, schedule: Schedule) -> tuple[str, str]:
    blocks = schedule.airing
    if len(blocks) == 1 and blocks[0].season is None and isinstance(blocks[0].episodes, int):
        message = f"the last episode is number {blocks[0].episodes}"
        return message, f"Remove episode {key}, or set `episodes: {key}` under `airing`."
    roster = list_episodes(schedule)
    known = (
        *(key for key, each in roster.planned.items() if each.number),
        *sorted(roster.announced),
    )
    numbers = [int(each) for each in known if each.isdecimal()]
    closest = closest_match(key, known)
    if key.isdecimal() and numbers:
        hint = f"Remove it, or use a number from {min(numbers)} to {max(numbers)}."
    else:
        hint = f"Remove it, or use `{closest}`." if closest else "Remove it."
    return f"there is no episode {key}", hint
