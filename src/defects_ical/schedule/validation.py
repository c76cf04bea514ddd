"""Cross-field rules of a schedule: what no value shows by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from defects_ical.errors import Problem
from defects_ical.schedule.fields import WEEKDAYS
from defects_ical.schedule.model import ALL, KEY_MARK, MAX_EPISODES, Change, Schedule
from defects_ical.text.display import excerpt
from defects_ical.text.suggestions import closest_match
from defects_ical.timezones.conversion import LAST_YEAR

REMINDERS_SUFFIX: Final = "reminders"
"""What the names of the reminder feeds end in."""

# The ids on the page that a link might name. Its others have an underscore, as no identifier has.
PAGE_SECTIONS: Final = frozenset(
    {"carry", "cast", "changes", "countdown", "embed", "episodes", "next", "subscribe", "watch"}
)


def validate(schedule: Schedule) -> Iterator[Problem]:
    """Yield the problems of values that are valid alone, but not together."""
    for rule in RULES:
        yield from rule(schedule)


def _premiere(schedule: Schedule) -> Iterator[Problem]:
    airing = schedule.airing
    if WEEKDAYS[airing.premiere.weekday()] in airing.weekdays:
        return
    # After the last day that a schedule may have, the day before is nearer.
    step = 1 if airing.premiere < date(LAST_YEAR, 12, 24) else -1
    coming = (airing.premiere + timedelta(days=n * step) for n in range(1, 8))
    likely = next(day for day in coming if WEEKDAYS[day.weekday()] in airing.weekdays)
    yield schedule.problem(
        ("airing", "premiere"),
        f"{airing.premiere} is a {WEEKDAYS[airing.premiere.weekday()].title()}, "
        "which is not one of the weekdays",
        f"write `{likely}`, or add the day to `weekdays`",
    )


def _counted(schedule: Schedule) -> Iterator[Problem]:
    count = schedule.airing.episodes
    for number in schedule.episodes:
        if number > count:
            yield schedule.problem(
                ("episodes", str(number), KEY_MARK),
                f"there are {count} episodes",
                f"remove episode {number}, or write `episodes: {number}` under `airing`",
            )


def _total(schedule: Schedule) -> Iterator[Problem]:
    total = schedule.airing.episodes + len(schedule.specials)
    if total > MAX_EPISODES:
        message = f"{total} broadcasts; at most {MAX_EPISODES} fit in a schedule"
        yield schedule.problem(("specials",), message, "remove some")


def _feed_names(schedule: Schedule) -> Iterator[Problem]:
    """A platform's feed must not have the name of a reminder feed."""
    for name in schedule.platforms:
        twin = name.removesuffix(REMINDERS_SUFFIX).removesuffix("-")
        if name == REMINDERS_SUFFIX or (twin != name and twin in schedule.platforms):
            yield schedule.problem(
                ("platforms", name, KEY_MARK),
                f"`{name}` is the name of a reminder feed",
                f"write another id, like `{name}-channel`",
            )


def _special_ids(schedule: Schedule) -> Iterator[Problem]:
    taken: dict[str, str] = {ALL: "means every episode in a change"}
    taken |= dict.fromkeys(PAGE_SECTIONS, "is a section of the page")
    for index, special in enumerate(schedule.specials):
        number = special.id.removeprefix("e")
        reason = taken.get(special.id)
        if number != special.id and number.isdigit():
            reason = "is the id of a numbered episode"
        if reason:
            others = {each.id for each in schedule.specials} | set(taken)
            likely = next(
                f"special-{n}" for n in range(1, len(others) + 2) if f"special-{n}" not in others
            )
            taken[likely] = ""
            message = f"`{special.id}` {reason}"
            yield schedule.problem(("specials", index, "id"), message, f"write `{likely}`")
        taken[special.id] = "is the id of an earlier special"


def _clocks(schedule: Schedule) -> Iterator[Problem]:
    seen = {schedule.timezone}
    for index, zone in enumerate(schedule.clocks):
        if zone in seen:
            yield schedule.problem(("clocks", index), f"`{zone}` is already shown", "remove it")
        seen.add(zone)


def _order(schedule: Schedule) -> Iterator[Problem]:
    """Stamps must rise: clients ignore a change that is not later than what they have."""
    for index, change in enumerate(schedule.changes):
        if change.at <= schedule.published:
            message = "the change is not later than `published`"
            hint = f"write a later time, like `{_after(schedule.published)}`"
            yield schedule.problem(("changes", index, "at"), message, hint)
    for index, (earlier, later) in enumerate(pairwise(schedule.changes), start=1):
        if later.at < earlier.at:
            message = "the change is earlier than the one before it"
            hint = f"move it up, or write a later time, like `{_after(earlier.at)}`"
            yield schedule.problem(("changes", index, "at"), message, hint)
    yield from _same_instant(schedule)


def _same_instant(schedule: Schedule) -> Iterator[Problem]:
    latest: dict[str, datetime] = {}
    for index, change in enumerate(schedule.changes):
        named = episodes_of(change, schedule)
        if any(latest.get(each) == change.at for each in named):
            message = "an earlier change of the same episode has the same time"
            hint = f"write them as one change, or write a later time, like `{_after(change.at)}`"
            yield schedule.problem(("changes", index, "at"), message, hint)
        latest.update(dict.fromkeys(named, change.at))


def _after(at: datetime) -> str:
    return (at + timedelta(minutes=1)).isoformat()


def _targets(schedule: Schedule) -> Iterator[Problem]:
    known = frozenset(episode_keys(schedule))
    for index, change in enumerate(schedule.changes):
        seen: set[str] = set()
        for position, name in enumerate(change.episodes):
            key_path = ("changes", index, "episodes", position)
            if name in seen:
                yield schedule.problem(key_path, f"`{name}` is already in the list", "remove it")
            elif name not in known and change.episodes != (ALL,):
                message = f"there is no episode `{excerpt(name)}`"
                yield schedule.problem(key_path, message, _known_episode(name, schedule))
            seen.add(name)


def _known_episode(name: str, schedule: Schedule) -> str:
    likely = closest_match(name, tuple(special.id for special in schedule.specials))
    if likely and not name.isdigit():
        return f"write `{likely}`"
    return f"write a number from 1 to {schedule.airing.episodes}, or the id of a special"


def _actions(schedule: Schedule) -> Iterator[Problem]:
    for index, change in enumerate(schedule.changes):
        here = ("changes", index)
        if change.move and len(episodes_of(change, schedule)) != 1:
            message = "a move is of one episode"
            hint = "write one entry for each episode, or a `shift` for all of them"
            yield schedule.problem((*here, "move"), message, hint)
        if change.move and change.shift:
            message = "`move` and `shift` contradict each other"
            yield schedule.problem((*here, "shift"), message, "remove one of the two")
        if change.status == "cancelled" and (change.move or change.shift or change.runtime):
            message = "a cancelled episode has no new time"
            hint = "remove `status`, or remove `move`, `shift` and `runtime`"
            yield schedule.problem((*here, "status"), message, hint)
        if change.shift and not any(change.shift.model_dump().values()):
            message = "the shift is of no time at all"
            yield schedule.problem((*here, "shift"), message, "write a distance, like `{weeks: 1}`")
        if not any((change.move, change.shift, change.runtime, change.status, change.note)):
            message = "the entry changes nothing"
            hint = "add one of `move`, `shift`, `runtime`, `status` or `note`"
            yield schedule.problem(here, message, hint)


def episode_keys(schedule: Schedule) -> tuple[str, ...]:
    """How a change may name each episode: "1", "2" … and the ids of the specials."""
    numbers = map(str, range(1, schedule.airing.episodes + 1))
    return (*numbers, *(special.id for special in schedule.specials))


def episodes_of(change: Change, schedule: Schedule) -> tuple[str, ...]:
    """The episodes that a change names, one by one."""
    return episode_keys(schedule) if change.episodes == (ALL,) else change.episodes


RULES: Final = (
    _premiere,
    _counted,
    _total,
    _feed_names,
    _special_ids,
    _clocks,
    _order,
    _targets,
    _actions,
)
