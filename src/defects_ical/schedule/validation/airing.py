"""Rules for blocks together: their order, their numbers and seasons, and platforms' own plans."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from defects_ical.errors import Problem, ProblemCode
from defects_ical.model.airing import MAX_EPISODES, Block, number_blocks
from defects_ical.model.episode_numbers import EpisodeNumber, EpisodeRange
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.roster import list_episodes, plan_platform
from defects_ical.schedule.validation.blocks import check_block


def check_airing(schedule: Schedule) -> Iterator[Problem]:
    """Yield the problems of the show's blocks."""
    blocks = schedule.airing
    if not blocks and not schedule.specials:
        yield schedule.problem((), "`airing` is missing", "Add it, or `specials`.")
    for index, block in enumerate(blocks):
        yield from check_block(schedule, block, ("airing", index))
    yield from _check_numbering(schedule, blocks, ("airing",))
    yield from _check_counts(schedule)
    yield from _check_seasons(schedule)
    yield from _check_publication(schedule)
    yield from _check_runtimes(schedule)


def check_platform_airing(schedule: Schedule) -> Iterator[Problem]:
    """Yield the problems of each platform's own plan."""
    for name, platform in schedule.platforms.items():
        blocks, key_path = platform.airing or (), ("platforms", name, "airing")
        for index, block in enumerate(blocks):
            path = (*key_path, index)
            if block.period:
                hint = "Remove the block until they are known."
                yield schedule.problem((*path, "premiere"), "the dates are not known", hint)
                continue
            if block.published:
                message = "only blocks of the show have it"
                yield schedule.problem((*path, "published"), message, "Remove it.")
            yield from check_block(schedule, block, path)
        yield from _check_numbering(schedule, blocks, key_path)
        yield from _check_known(schedule, blocks, key_path)
        yield from _check_platform_runtimes(schedule, name)


def _check_numbering(
    schedule: Schedule, blocks: tuple[Block, ...], key_path: KeyPath
) -> Iterator[Problem]:
    """Yield blocks that are out of order, or have a number that an earlier block has."""
    taken: dict[EpisodeNumber, int] = {}
    for index, (block, numbers) in enumerate(zip(blocks, number_blocks(blocks), strict=True)):
        path = (*key_path, index)
        yield from _check_order(schedule, blocks, index, key_path)
        if double := next((each for each in numbers if each in taken), None):
            free = max(each.number for each in taken if each.season == block.season) + 1
            message = f"there is an {double.id} already, in {_write_path(key_path, taken[double])}"
            hint = f"Use `{EpisodeRange(free, free + block.count - 1)}`."
            yield schedule.problem((*path, "episodes"), message, hint)
        taken |= dict.fromkeys(numbers, index)


def _check_counts(schedule: Schedule) -> Iterator[Problem]:
    """Yield blocks of a known month only, whose number of episodes the next one needs."""
    uncounted: dict[int | None, int] = {}
    for index, block in enumerate(schedule.airing):
        above = uncounted.pop(block.season, None)
        if above is not None and not isinstance(block.episodes, EpisodeRange):
            message = "`episodes` is missing, and the next block goes on counting"
            hint = "Add it, for example `episodes: 8`."
            yield schedule.problem(("airing", above, "episodes"), message, hint)
        if block.period and not block.count:
            uncounted[block.season] = index


def _check_order(
    schedule: Schedule, blocks: tuple[Block, ...], index: int, key_path: KeyPath
) -> Iterator[Problem]:
    """Yield a block that is below one of the same numbering that begins later."""
    block = blocks[index]
    above = (each for each in range(index) if blocks[each].season == block.season)
    later = next((each for each in above if _is_before(block, blocks[each])), None)
    if later is None:
        return
    start = blocks[later].first_day or blocks[later].period
    name = "the block above" if later == index - 1 else f"`{_write_path(key_path, later)}`"
    message = f"it is before {name}, which begins on {start.isoformat() if start else ''}"
    hint = "Put it above that block." if later else "Put it first."
    key = "dates" if block.dates else "premiere"
    yield schedule.problem((*key_path, index, key), message, hint)


def _write_path(key_path: KeyPath, index: int) -> str:
    return f"{'.'.join(map(str, key_path))}[{index}]"


def _is_before(block: Block, other: Block) -> bool:
    """Return whether a block certainly begins before another."""
    return _list_bounds(block)[1] < _list_bounds(other)[0]


def _list_bounds(block: Block) -> tuple[date, date]:
    """Return the earliest and the latest date on which a block may begin."""
    if block.first_day:
        return block.first_day, block.first_day
    period = block.period
    if not period:
        return date.min, date.max
    month = period.month or 12
    last = date(period.year, month, monthrange(period.year, month)[1])
    return date(period.year, period.month or 1, 1), last


def _check_seasons(schedule: Schedule) -> Iterator[Problem]:
    """Yield blocks whose season is the label of the blocks without one."""
    label = schedule.show.season
    if label is None or all(block.season for block in schedule.airing):
        return
    for index, block in enumerate(schedule.airing):
        if block.season == label:
            message = _describe_label(label)
            without = (*schedule.airing[:index], block.model_copy(update={"season": None}))
            *_, numbers = number_blocks(without)
            going_on = bool(numbers) and numbers[0].number > 1 and isinstance(block.episodes, int)
            hint = f", to go on with episode {numbers[0].number}" if going_on else ""
            yield schedule.problem(("airing", index, "season"), message, f"Remove `season`{hint}.")


def _describe_label(label: int) -> str:
    return f"the episodes without `season` are season {label} by `show.season`"


def _check_publication(schedule: Schedule) -> Iterator[Problem]:
    times = {("airing", n): each.published for n, each in enumerate(schedule.airing)}
    times |= {("specials", n): each.published for n, each in enumerate(schedule.specials)}
    for key_path, published in times.items():
        if published and published <= schedule.published:
            message = "it is not later than `published` of the show"
            example = (schedule.published + timedelta(minutes=1)).isoformat()
            hint = f"Remove it, or use a later time, like `{example}`."
            yield schedule.problem((*key_path, "published"), message, hint)


def check_totals(schedule: Schedule) -> Iterator[Problem]:
    """Yield lists of more episodes than a schedule may have."""
    total = sum(block.count for block in schedule.airing) + len(schedule.specials)
    if total > MAX_EPISODES:
        message = f"{total} episodes including specials, more than the maximum of {MAX_EPISODES}"
        path = ("specials",) if schedule.specials else ("airing",)
        yield schedule.problem(path, message, "Remove some.")
    for name, platform in schedule.platforms.items():
        total = sum(block.count for block in platform.airing or ())
        if total > MAX_EPISODES:
            message = f"{total} episodes, more than the maximum of {MAX_EPISODES}"
            yield schedule.problem(("platforms", name, "airing"), message, "Remove some.")


def _check_runtimes(schedule: Schedule) -> Iterator[Problem]:
    planned = list_episodes(schedule).planned.values()
    lacking = (each for each in planned if each.slot.minutes is not None and not each.runtime)
    yield from _fail_runtimes(schedule, (each.key_path for each in lacking))


def _check_platform_runtimes(schedule: Schedule, platform: str) -> Iterator[Problem]:
    planned, own = list_episodes(schedule).planned, plan_platform(schedule, platform)
    lacking = (
        each.key_path
        for key, each in own.items()
        if each.slot.minutes is not None and not (each.runtime or planned[key].runtime)
    )
    yield from _fail_runtimes(schedule, lacking)


def _fail_runtimes(schedule: Schedule, key_paths: Iterable[KeyPath]) -> Iterator[Problem]:
    for path in dict.fromkeys(map(_find_item_path, key_paths)):
        message = "`runtime` is missing, and an hour needs it"
        problem = schedule.problem(
            (*path, "runtime"), message, "Add it, for example `runtime: 60`."
        )
        yield problem._replace(code=ProblemCode.MISSING_KEY, details=("runtime", "60"))


def _find_item_path(key_path: KeyPath) -> KeyPath:
    """Return the path of the block or special that a value belongs to."""
    index = next(n for n, part in enumerate(key_path) if isinstance(part, int))
    return key_path[: index + 1]


def _check_known(
    schedule: Schedule, blocks: tuple[Block, ...], key_path: KeyPath
) -> Iterator[Problem]:
    """Yield blocks of a platform with episodes that the show does not have."""
    planned = list_episodes(schedule).planned
    for index, (block, numbers) in enumerate(zip(blocks, number_blocks(blocks), strict=True)):
        known = [each for each in numbers if each.key in planned]
        unknown = next((each for each in numbers if each.key not in planned), None)
        if not unknown:
            continue
        path = (*key_path, index)
        seasons = [each.season for each in schedule.airing if not each.period]
        if block.season and block.season not in seasons and block.season == schedule.show.season:
            message = _describe_label(block.season)
            yield schedule.problem((*path, "season"), message, "Remove `season`.")
            continue
        yield schedule.problem(
            (*path, "episodes"), f"there is no {unknown.id}", _hint_at_known(block, known, seasons)
        )


def _hint_at_known(block: Block, known: list[EpisodeNumber], seasons: list[int | None]) -> str:
    """Return how to make a platform's block one of episodes that the show has."""
    if len({*seasons}) == 1 and block.season not in seasons:
        return f"Add `season: {seasons[0]}`." if seasons[0] else "Remove `season`."
    if known and isinstance(block.episodes, EpisodeRange):
        return f"Use `{EpisodeRange(known[0].number, known[-1].number)}`."
    if known and not block.dates:
        return f"Use `{len(known)}`."
    if known:
        return f"Keep the first {-(-len(known) // block.group_size)} of the dates."
    return "Remove the block."
