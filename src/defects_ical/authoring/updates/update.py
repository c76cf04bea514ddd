"""Propose the edits that bring a schedule up to date with its source, and check their result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from defects_ical.authoring.answers import DEFAULT_RUNTIME
from defects_ical.authoring.changes.edit import CHANGES, Load
from defects_ical.authoring.imports.selection import Broadcast, find_runtime
from defects_ical.authoring.updates.additions import AdditionPlanner
from defects_ical.authoring.updates.differences import Difference, Review, Reviewer
from defects_ical.authoring.updates.entries import (
    EntryPlanner,
    date_entries,
    find_earliest_date,
    plan_title_entry,
)
from defects_ical.authoring.updates.matching import find_start, get_start, match_episodes
from defects_ical.authoring.updates.names import name_source
from defects_ical.authoring.updates.numbering import Numbering
from defects_ical.authoring.updates.titles import describe_title, list_title_operations
from defects_ical.authoring.yaml.edits import edit_yaml
from defects_ical.authoring.yaml.lists import AppendItems
from defects_ical.authoring.yaml.operations import Operation
from defects_ical.errors import ListingError, ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import MAX_BYTES, Plain, parse_yaml
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.sources.listing import Listing


@dataclass(frozen=True, slots=True)
class ProposedUpdate:
    """What an update would write, and what it leaves to the maintainer.

    ``content`` is the edited file, ``schedule`` what it contains; both are None if nothing
    changes, or if the file has no place for an edit. In that case, ``by_hand`` has an instruction
    with lines of YAML for each edit. ``actions`` says what changes, a line each; ``questions`` what
    the program does not decide.
    """

    content: bytes | None
    schedule: Schedule | None
    actions: tuple[str, ...]
    questions: tuple[str, ...]
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """The edits of an update, and what has to be true of the result."""

    operations: tuple[Operation, ...]
    actions: tuple[str, ...]
    questions: tuple[str, ...]
    review: Review
    expected: tuple[Broadcast, ...]


def propose_update(  # noqa: PLR0913, PLR0917 - the schedule in its file, the source, the time
    schedule: Schedule, file: str, content: bytes, listing: Listing, load: Load, now: datetime
) -> ProposedUpdate:
    """Propose the edits that give the schedule the dates and titles of a listing of its source.

    ``content`` is that of its ``file``, which is not written; ``now`` is in UTC. What has aired
    is never moved, and what the source no longer lists never removed.

    Raises ListingError if the schedule has no source or another one, and if the file would be
    larger than 2 MB.
    """
    root = parse_yaml(file, content).root
    plan = _plan_update(schedule, root, listing, now)
    if not plan.operations:
        return ProposedUpdate(None, None, (), plan.questions)
    edited = edit_yaml(file, content, plan.operations)
    if edited is None:
        by_hand = tuple(_explain(each, schedule) for each in plan.operations)
        return ProposedUpdate(None, None, plan.actions, plan.questions, by_hand)
    if len(edited) > MAX_BYTES:
        raise ListingError(f"{file} would be larger than 2 MB. Split it, or import a part of it.")
    updated = _load(edited, load)
    _verify(schedule, updated, plan.expected, plan.review.differences)
    return ProposedUpdate(edited, updated, plan.actions, plan.questions)


def _plan_update(schedule: Schedule, root: Plain, listing: Listing, now: datetime) -> _Plan:
    matching = match_episodes(schedule, listing)
    source, runtime = name_source(listing.kind), _find_usual_runtime(listing)
    review = Reviewer(listing.kind, source, schedule.timezone, now, runtime).review(matching)
    numbering = Numbering(schedule, listing, matching, source)
    new = numbering.list_broadcasts()
    earliest = find_earliest_date(schedule, now)
    has_list = isinstance(root, dict) and isinstance(root.get("airing"), list)
    planner = AdditionPlanner(schedule, earliest, runtime, has_list=has_list, source=source)
    additions = planner.plan(new)
    entries = [*EntryPlanner(schedule).plan(review.differences)]
    retitled = tuple(each for each in matching.pairs if each.new_title)
    noted = [plan_title_entry(tuple(each.episode for each in retitled))] if retitled else []
    dated = date_entries([*entries, *noted], schedule, earliest)
    operations = (
        *list_title_operations(retitled, schedule, root),
        *additions.operations,
        *([AppendItems((CHANGES,), tuple(map(dict, dated)))] if dated else []),
    )
    return _Plan(
        operations=operations,
        actions=(
            *(each.action for each in entries),
            *map(describe_title, retitled),
            *additions.actions,
        ),
        questions=(*review.questions, *numbering.questions, *additions.questions),
        review=review,
        expected=(*review.expected, *additions.broadcasts),
    )


def _find_usual_runtime(listing: Listing) -> int:
    runtimes = Counter(filter(None, map(find_runtime, listing.episodes)))
    return runtimes.most_common(1)[0][0] if runtimes else int(DEFAULT_RUNTIME)


def _explain(operation: Operation, schedule: Schedule) -> str:
    """Return what to write by hand, and where."""
    location = schedule.problem(operation.path, "", "").location
    return f"{location}: {operation.describe()}"


def _load(content: bytes, load: Load) -> Schedule:
    """Load the edited file; if it is not valid, that is a bug, not a mistake of the user."""
    try:
        return load(content)
    except ScheduleError as error:
        raise AssertionError(f"the updated schedule is not valid:\n{error}") from error


# Verification.


def _verify(
    before: Schedule,
    after: Schedule,
    expected: Iterable[Broadcast],
    differences: Iterable[Difference],
) -> None:
    """Raise AssertionError unless what is expected is as the source has it, and all else as before.

    ``differences`` are of the episodes that may differ from before.
    """
    old, new = ({each.id: each for each in expand_episodes(one)} for one in (before, after))
    wanted = {each.id: each for each in expected}
    changed = {each.episode.id: each for each in differences}
    problems = [f"{each}: missing" for each in {*old, *wanted} - new.keys()]
    problems += [f"{each}: not in the source" for each in new.keys() - {*old, *wanted}]
    for key in wanted.keys() & new.keys():
        problems += _compare_with_source(wanted[key], new[key])
    for key in old.keys() & new.keys():
        problems += _compare_with_before(old[key], new[key], changed.get(key))
    if problems:
        raise AssertionError("the updated schedule differs:\n" + "\n".join(sorted(problems)))


def _compare_with_source(broadcast: Broadcast, episode: Episode) -> Iterator[str]:
    pairs: dict[str, tuple[object, object]] = {"start": (find_start(broadcast), get_start(episode))}
    if broadcast.runtime:
        pairs["runtime"] = broadcast.runtime, episode.runtime
    if broadcast.title and not broadcast.listed.is_cancelled:
        pairs["title"] = broadcast.title, episode.title
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            yield f"{broadcast.id}: the {name} is {found}, and {wanted} in the source"


def _compare_with_before(
    before: Episode, after: Episode, difference: Difference | None
) -> Iterator[str]:
    keeps_start = not difference or difference.slot is None
    runtime = (difference.runtime if difference else None) or before.runtime
    status = (difference.status if difference else None) or before.status
    pairs = {
        "start": (get_start(before), get_start(after) if keeps_start else get_start(before)),
        "runtime": (runtime, after.runtime),
        "status": (status, after.status),
        "time of publication": (before.published, after.published),
    }
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            yield f"{before.id}: the {name} is {found}, and should be {wanted}"
