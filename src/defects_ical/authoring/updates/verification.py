"""Compare the schedule that an update proposes with what it has to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.authoring.updates.differences import Difference
from defects_ical.authoring.updates.matching import find_start, get_start
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes


def verify_update(
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
