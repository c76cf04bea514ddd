"""Rules for the entries of the change log: their order, their episodes, what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from defects_ical.errors import Problem
from defects_ical.model import fields
from defects_ical.model.changes import ALL, Change
from defects_ical.model.episode_numbers import SEASON, EpisodeNumber, parse_key
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.roster import PlannedEpisode, Roster, list_episodes, plan_platform
from defects_ical.schedule.validation.names import hint_at_platform
from defects_ical.text.display import excerpt
from defects_ical.text.english import join_names
from defects_ical.text.suggestions import closest_match

# Later than any block is published.
LATEST: Final = datetime.max.replace(tzinfo=UTC)


def check_order(schedule: Schedule) -> Iterator[Problem]:
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


def check_equal_times(schedule: Schedule) -> Iterator[Problem]:
    """Yield changes of an episode at the time of an earlier one: only one of them would count."""
    roster, latest = list_episodes(schedule), dict[str, datetime]()
    for index, change in enumerate(schedule.changes):
        keys = roster.resolve(change)
        if any(latest.get(key) == change.at for key in keys):
            message = "an earlier change of the same episode has the same time"
            hint = f"Merge the two, or use a later time, like `{_add_minute(change.at)}`."
            yield schedule.problem(("changes", index, "at"), message, hint)
        latest.update(dict.fromkeys(keys, change.at))


def _add_minute(at: datetime) -> str:
    return (at + timedelta(minutes=1)).isoformat()


def check_episodes(schedule: Schedule) -> Iterator[Problem]:
    """Yield words in lists of episodes that name none, or an episode again."""
    roster = list_episodes(schedule)
    for index, change in enumerate(schedule.changes):
        if change.episodes == (ALL,):
            if not roster.resolve(change) and change.at > schedule.published:
                message = "nothing was published before this entry"
                path = ("changes", index, "episodes")
                yield schedule.problem(path, message, "Remove the entry.")
            continue
        seen: set[str] = set()
        for position, word in enumerate(change.episodes):
            keys = roster.resolve_word(word, change.at)
            error = _find_word_error(word, keys, change, schedule)
            if not error and seen.intersection(keys):
                error = _explain_overlap(word, [key for key in keys if key not in seen], roster)
            if error:
                yield schedule.problem(("changes", index, "episodes", position), *error)
            seen.update(keys)


def _explain_overlap(word: str, rest: list[str], roster: Roster) -> tuple[str, str]:
    """Return what to write instead of a word that names an episode again; ``rest`` are new."""
    numbers = [number for key in rest if (number := roster.planned[key].number)]
    if not numbers:
        return f"`{word}` is already in the list", "Remove it."
    first, last = numbers[0], numbers[-1]
    message = f"some of `{word}` are already in the list"
    if last.number - first.number != len(numbers) - 1:
        return message, "Remove the other words for them."
    shorter = first.key if first == last else f"{first.key}-{last.key}"
    return message, f"Use `{shorter}`."


def _find_word_error(
    word: str, keys: tuple[str, ...], change: Change, schedule: Schedule
) -> tuple[str, str] | None:
    """Return what is wrong with a word that should name episodes, and what to write instead."""
    roster = list_episodes(schedule)
    in_season = not keys and any(key.startswith(f"{word}e") for key in roster.announced)
    if in_season or not roster.announced.isdisjoint(word.split("-")):
        return "nothing is planned yet: only its month is known", "Edit its block under `airing`."
    # A season names what was published by then; if nothing was, all of it is late.
    named = keys or (roster.list_season(word) if re.fullmatch(SEASON, word) else ())
    late = [
        each
        for each in map(roster.planned.__getitem__, named)
        if each.published >= change.at > schedule.published
    ]
    if late:
        message = f"{late[0].key} was published later, on {late[0].published:%Y-%m-%d}"
        return message, f"Use a later `at`, like `{_add_minute(late[0].published)}`."
    return None if word in roster.planned else _find_unknown_error(word, keys, schedule)


def _find_unknown_error(
    word: str, keys: tuple[str, ...], schedule: Schedule
) -> tuple[str, str] | None:
    """Return what is wrong with a word that is no episode: a season, a range, or unknown."""
    if re.fullmatch(SEASON, word):
        hint = _hint_at_season(word, schedule)
        return None if keys else (f"there is no season {int(word[1:])}", hint)
    first, hyphen, last = word.partition("-")
    numbers = parse_key(first), parse_key(last)
    if hyphen and numbers[0] and numbers[1]:
        return _find_range_error(numbers[0], numbers[1], schedule)
    return f"there is no episode `{excerpt(word)}`", _hint_at_episode(word, schedule)


def _find_range_error(
    first: EpisodeNumber, last: EpisodeNumber, schedule: Schedule
) -> tuple[str, str] | None:
    planned = list_episodes(schedule).planned
    if first.season != last.season:
        return f"{first.key}-{last.key} is in two seasons", _hint_at_parts(first, last, planned)
    if first.number > last.number:
        return f"{first.key}-{last.key} runs back", f"Use `{last.key}-{first.key}`."
    if missing := next((each for each in (first, last) if each.key not in planned), None):
        inside = [
            each.number
            for each in planned.values()
            if each.number
            and each.number.season == first.season
            and first.number <= each.number.number <= last.number
        ]
        hint = _hint_at_episode(missing.key, schedule)
        if inside:
            hint = f"Use `{min(inside).key}-{max(inside).key}`."
        return f"there is no episode {missing.key}", hint
    return None


def _hint_at_parts(
    first: EpisodeNumber, last: EpisodeNumber, planned: Mapping[str, PlannedEpisode]
) -> str:
    """Return a range for the first of two seasons, and one for the second.

    The end of a range without a season, as in `s02e01-6`, is meant to be of the same season.
    """
    same = last._replace(season=first.season)
    if last.season is None and same.key in planned and same >= first:
        return f"Use `{first.key}-{same.key}`."
    numbers = [each.number for each in planned.values() if each.number]
    start = [each for each in numbers if each.season == first.season and each >= first]
    end = [each for each in numbers if each.season == last.season and each <= last]
    parts = [f"`{min(each).key}-{max(each).key}`" for each in (start, end) if each]
    if len(parts) == 1:
        return f"Use {parts[0]}."
    return f"Use {' and '.join(parts)}, as two items." if parts else "Remove it."


def _hint_at_season(word: str, schedule: Schedule) -> str:
    numbers = (each.number for each in list_episodes(schedule).planned.values())
    seasons = dict.fromkeys(f"s{each.season:02}" for each in numbers if each and each.season)
    closest = closest_match(word, tuple(seasons), cutoff=0)
    return f"Use `{closest}`." if closest else _hint_at_episode(word, schedule)


def _find_meant(word: str, schedule: Schedule) -> str | None:
    """Return the word for episodes that another spelling means, or a number without a season."""
    seasons = (f"s{each.season:02}e" for each in schedule.airing if each.season)
    for season in ("", *dict.fromkeys(seasons)):
        meant = fields.suggest_episodes(f"{season}{word}")
        if meant and list_episodes(schedule).resolve_word(meant, LATEST):
            return meant
    return None


def _hint_at_episode(word: str, schedule: Schedule) -> str:
    known = list_episodes(schedule).planned
    if meant := _find_meant(word, schedule):
        return f"Use `{meant}`."
    specials = tuple(special.id for special in schedule.specials)
    seasoned = tuple(key for key, each in known.items() if each.number and each.number.season)
    suggestion = closest_match(word, specials) or closest_match(word, seasoned)
    if suggestion and not word.isdigit():
        return f"Use `{suggestion}`."
    numbers = [each.number.number for key, each in known.items() if each.number and key.isdigit()]
    if not known:
        return "Remove it."
    if not numbers:
        return f"Use one of the episodes, like `{next(iter(known))}`."
    return f"Use a number from {min(numbers)} to {max(numbers)}, or the id of a special."


def check_platforms(schedule: Schedule) -> Iterator[Problem]:
    """Yield entries about an unknown platform, or about an episode that is not on it."""
    roster = list_episodes(schedule)
    for index, change in enumerate(schedule.changes):
        name, key_path = change.platform, ("changes", index, "platform")
        if name is None:
            continue
        if name not in schedule.platforms:
            message = f"`{excerpt(name)}` is not one of the platforms"
            yield schedule.problem(key_path, message, hint_at_platform(name, schedule))
        elif not schedule.platforms[name].follows:
            own = plan_platform(schedule, name)
            absent = [key for key in roster.resolve(change) if key not in own]
            if absent and change.episodes != (ALL,):
                message = f"episode {absent[0]} is not on `{name}`"
                hint = f"Remove it from the entry, or add it to `platforms.{name}.airing`."
                yield schedule.problem(key_path, message, hint)


def check_actions(schedule: Schedule) -> Iterator[Problem]:
    """Yield entries whose actions exclude each other, or that have none."""
    for index, change in enumerate(schedule.changes):
        key_path = ("changes", index)
        actions = ("move", "shift", "time", "runtime", "status", "note")
        if not any(getattr(change, action) is not None for action in actions):
            hint = "Add one of `move`, `shift`, `time`, `runtime`, `status` or `note`."
            yield schedule.problem(key_path, "the entry changes nothing", hint)
        if change.move and change.shift:
            message = "`move` and `shift` cannot be combined"
            yield schedule.problem((*key_path, "shift"), message, "Remove one of them.")
        elif change.time is not None and (change.move or change.shift):
            message, hint = "`move` says it already", "Remove one of the two."
            if change.shift:
                message = "`shift` and `time` cannot be combined"
                hint = "Use `move` for a single episode, or two entries with different `at`."
            yield schedule.problem((*key_path, "time"), message, hint)
        yield from _check_status(schedule, change, key_path)
        yield from _check_shift(schedule, change, key_path)


def _check_status(schedule: Schedule, change: Change, key_path: KeyPath) -> Iterator[Problem]:
    actions = ("move", "shift", "time", "runtime")
    found = [f"`{action}`" for action in actions if getattr(change, action) is not None]
    if change.status == "cancelled" and found:
        message = "a cancelled episode cannot have a new time"
    elif change.status == "postponed" and change.changes_time:
        message = "a postponed episode has no new time yet"
        found = [each for each in found if each != "`runtime`"]
    else:
        return
    hint = f"Remove `status`, or {join_names(found)}."
    yield schedule.problem((*key_path, "status"), message, hint)


def _check_shift(schedule: Schedule, change: Change, key_path: KeyPath) -> Iterator[Problem]:
    if not change.shift:
        return
    path = (*key_path, "shift")
    amounts = change.shift.model_dump()
    others = [key for key, value in amounts.items() if value and key != "slots"]
    if change.shift.slots is not None and others:
        hint = f"Remove {' and '.join(f'`{key}`' for key in others)}."
        yield schedule.problem(path, "`slots` stands alone", hint)
    elif not any(amounts.values()):
        yield schedule.problem(path, "the shift is zero", "Use a value like `{weeks: 1}`.")
    elif change.shift.slots:
        yield from _check_slots(schedule, change, (*path, "slots"))


def _check_slots(schedule: Schedule, change: Change, key_path: KeyPath) -> Iterator[Problem]:
    roster = list_episodes(schedule)
    name = change.platform
    own = plan_platform(schedule, name) if name in schedule.platforms and name else {}
    for key in roster.resolve(change):
        block = own.get(key, roster.planned[key]).block
        if not block or not block.group_size:
            message = f"{key} has no rule" if not block else f"episode {key} has no rule"
            yield schedule.problem(key_path, message, "Use `shift: {days: 1}`.")
            return
