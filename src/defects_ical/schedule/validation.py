"""Rules across the fields of a schedule, and warnings about probable mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count, groupby, pairwise
from typing import Final

from defects_ical.errors import Problem, ProblemCode
from defects_ical.model.fields import WEEKDAYS
from defects_ical.model.schedule import ALL, MAX_EPISODES, Schedule
from defects_ical.model.yaml_reader import KEY_MARK
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.text.display import excerpt
from defects_ical.text.english import join_names
from defects_ical.text.suggestions import closest_match
from defects_ical.timezones.conversion import LAST_YEAR, to_local

REMINDERS_SUFFIX: Final = "reminders"
"""The last word in the name of a feed with reminders; a platform must not take such a name."""

PAGE_SECTION_IDS: Final = frozenset(
    {"carry", "cast", "changes", "countdown", "embed", "episodes", "next", "subscribe", "watch"}
)
"""The ids in the page that a special, which is an id there too, must not have.

The page's other ids contain an underscore, which no special's id does.
"""


def validate(schedule: Schedule) -> Iterator[Problem]:
    """Yield the problems of values that are valid alone, but not together."""
    for check in CHECKS:
        yield from check(schedule)


def find_warnings(
    schedule: Schedule, episodes: tuple[Episode, ...], now: datetime
) -> Iterator[Problem]:
    """Yield a problem for each probable mistake in a valid schedule; ``now`` is in UTC."""
    for index, change in enumerate(schedule.changes):
        if change.at > now:
            hint = "Use the time when it was decided."
            yield schedule.problem(("changes", index, "at"), "the time is in the future", hint)
    airing = [each for each in episodes if each.status != "cancelled"]
    for start, group in groupby(sort_by_start(airing), key=lambda each: each.start):
        names = [each.name for each in group]
        if len(names) > 1:
            when = to_local(start, schedule.timezone).naive
            message = f"{join_names(names)} start at the same time, {when:%Y-%m-%d %H:%M}"
            key_path = ("changes",) if schedule.changes else ("specials",)
            yield schedule.problem(key_path, message, "Move or cancel one of them in `changes`.")


def _check_premiere(schedule: Schedule) -> Iterator[Problem]:
    airing = schedule.airing
    weekday = WEEKDAYS[airing.premiere.weekday()]
    if weekday in airing.weekdays:
        return
    # In the last week that a schedule may have, the nearest date is an earlier one.
    step = 1 if airing.premiere < date(LAST_YEAR, 12, 24) else -1
    days = (airing.premiere + timedelta(days=n * step) for n in range(1, 8))
    nearest = next(day for day in days if WEEKDAYS[day.weekday()] in airing.weekdays)
    airs = join_names([day.title() for day in dict.fromkeys(airing.weekdays)])
    message = f"{airing.premiere} is a {weekday.title()}, but the show airs on {airs}"
    hint = f"Use `{nearest}` or add `{weekday}` to `weekdays`."
    problem = schedule.problem(("airing", "premiere"), message, hint)
    yield replace(problem, code=ProblemCode.PREMIERE_WEEKDAY, details=(str(nearest),))


def _check_episode_numbers(schedule: Schedule) -> Iterator[Problem]:
    last = schedule.airing.episodes
    for number in schedule.episodes:
        if number > last:
            message = f"the last episode is number {last}"
            hint = f"Remove episode {number}, or set `episodes: {number}` under `airing`."
            yield schedule.problem(("episodes", str(number), KEY_MARK), message, hint)


def _check_total(schedule: Schedule) -> Iterator[Problem]:
    total = schedule.airing.episodes + len(schedule.specials)
    if total > MAX_EPISODES:
        message = f"{total} episodes including specials, more than the maximum of {MAX_EPISODES}"
        yield schedule.problem(("specials",), message, "Remove some.")


def _check_feed_names(schedule: Schedule) -> Iterator[Problem]:
    for name in schedule.platforms:
        base = name.removesuffix(REMINDERS_SUFFIX).removesuffix("-")
        if name == REMINDERS_SUFFIX or (base != name and base in schedule.platforms):
            message = f"`{name}` is the name of a feed with reminders"
            hint = f"Use another id, like `{name}-channel`."
            yield schedule.problem(("platforms", name, KEY_MARK), message, hint)


def _check_special_ids(schedule: Schedule) -> Iterator[Problem]:
    taken = {ALL: "means every episode in `changes`"}
    taken |= dict.fromkeys(PAGE_SECTION_IDS, "is the id of a section of the page")
    used = {*taken, *(each.id for each in schedule.specials)}
    for index, special in enumerate(schedule.specials):
        number = special.id.removeprefix("e")
        reason = taken.get(special.id)
        if number != special.id and number.isdigit():
            reason = "is the id of a numbered episode"
        if reason:
            free = next(name for n in count(1) if (name := f"special-{n}") not in used)
            used.add(free)
            message = f"`{special.id}` {reason}"
            yield schedule.problem(("specials", index, "id"), message, f"Use `{free}`.")
        taken[special.id] = "is the id of an earlier special"


def _check_clocks(schedule: Schedule) -> Iterator[Problem]:
    shown = {schedule.timezone}
    for index, zone in enumerate(schedule.clocks):
        if zone in shown:
            message = f"the time in `{zone}` is already shown"
            yield schedule.problem(("clocks", index), message, "Remove it.")
        shown.add(zone)


def _check_change_order(schedule: Schedule) -> Iterator[Problem]:
    """Yield changes whose stamps would not rise: clients ignore those."""
    for index, change in enumerate(schedule.changes):
        if change.at <= schedule.published:
            message = "the change is not later than `published`"
            hint = f"Use a later time, like `{_add_minute(schedule.published)}`."
            yield schedule.problem(("changes", index, "at"), message, hint)
    for index, (earlier, later) in enumerate(pairwise(schedule.changes), start=1):
        if later.at < earlier.at:
            message = "the change is earlier than the one before it"
            hint = f"Move it up, or use a later time, like `{_add_minute(earlier.at)}`."
            yield schedule.problem(("changes", index, "at"), message, hint)


def _check_equal_times(schedule: Schedule) -> Iterator[Problem]:
    latest: dict[str, datetime] = {}
    for index, change in enumerate(schedule.changes):
        keys = schedule.resolve_episodes(change)
        if any(latest.get(key) == change.at for key in keys):
            message = "an earlier change of the same episode has the same time"
            hint = f"Merge the two, or use a later time, like `{_add_minute(change.at)}`."
            yield schedule.problem(("changes", index, "at"), message, hint)
        latest.update(dict.fromkeys(keys, change.at))


def _add_minute(at: datetime) -> str:
    return (at + timedelta(minutes=1)).isoformat()


def _check_change_episodes(schedule: Schedule) -> Iterator[Problem]:
    known = frozenset(schedule.episode_keys)
    for index, change in enumerate(schedule.changes):
        seen: set[str] = set()
        for position, key in enumerate(change.episodes):
            key_path = ("changes", index, "episodes", position)
            if key in seen:
                yield schedule.problem(key_path, f"`{key}` is already in the list", "Remove it.")
            elif key not in known and change.episodes != (ALL,):
                message = f"there is no episode `{excerpt(key)}`"
                yield schedule.problem(key_path, message, _hint_at_episode(key, schedule))
            seen.add(key)


def _hint_at_episode(key: str, schedule: Schedule) -> str:
    suggestion = closest_match(key, tuple(special.id for special in schedule.specials))
    if suggestion and not key.isdigit():
        return f"Use `{suggestion}`."
    return f"Use a number from 1 to {schedule.airing.episodes}, or the id of a special."


def _check_change_actions(schedule: Schedule) -> Iterator[Problem]:
    for index, change in enumerate(schedule.changes):
        key_path = ("changes", index)
        if change.move and len(schedule.resolve_episodes(change)) != 1:
            hint = "Use one entry for each episode, or a `shift` for all of them."
            yield schedule.problem((*key_path, "move"), "a `move` needs a single episode", hint)
        if change.move and change.shift:
            message = "`move` and `shift` cannot be combined"
            yield schedule.problem((*key_path, "shift"), message, "Remove one of them.")
        if change.status == "cancelled" and (change.move or change.shift or change.runtime):
            message = "a cancelled episode cannot have a new time"
            hint = "Remove `status`, or remove `move`, `shift` and `runtime`."
            yield schedule.problem((*key_path, "status"), message, hint)
        if change.shift and not any(change.shift.model_dump().values()):
            hint = "Use a value like `{weeks: 1}`."
            yield schedule.problem((*key_path, "shift"), "the shift is zero", hint)
        if not any((change.move, change.shift, change.runtime, change.status, change.note)):
            hint = "Add one of `move`, `shift`, `runtime`, `status` or `note`."
            yield schedule.problem(key_path, "the entry changes nothing", hint)


CHECKS: Final = (
    _check_premiere,
    _check_episode_numbers,
    _check_total,
    _check_feed_names,
    _check_special_ids,
    _check_clocks,
    _check_change_order,
    _check_equal_times,
    _check_change_episodes,
    _check_change_actions,
)
