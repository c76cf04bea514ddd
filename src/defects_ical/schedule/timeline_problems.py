"""Problems that only the state of a timeline shows: starts, hours and runtimes of episodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise, takewhile
from operator import attrgetter
from typing import Final, NamedTuple

from defects_ical.errors import Problem, ProblemCode
from defects_ical.model.changes import Change
from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.fields import Slot
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.model.yaml.writer import write_flow
from defects_ical.schedule.starts import OffsetError, compute_start
from defects_ical.schedule.timeline import Draft, Timeline
from defects_ical.timezones import conversion

_NO_START: Final = (conversion.NonexistentTimeError, conversion.AmbiguousTimeError, OffsetError)


class TimelineChecks(NamedTuple):
    """Checks of a timeline: of the show's feed, or of a platform (by its id)."""

    schedule: Schedule
    timeline: Timeline
    platform: str | None = None

    def check_entry(
        self, change: Change, slots: Mapping[str, Slot | None], key_path: KeyPath
    ) -> Iterator[Problem]:
        """Yield what an entry cannot do to the episodes in ``slots``, before it is applied."""
        first = next(iter(slots), None)
        if first and change.move and not {*slots} <= {*self.timeline.find_group(first).keys}:
            hint = "Use one entry for each episode, or a `shift` for all of them."
            message = "a `move` needs a single episode, or episodes that are released together"
            yield self.schedule.problem((*key_path, "move"), message, hint)
        for key, slot in slots.items():
            draft = self.timeline.drafts[key]
            if change.shift and change.shift.changes_clock and draft.slot.minutes is None:
                word = "hours" if change.shift.hours else "minutes"
                message = f"the hour of {draft.name} is not known"
                path = (*key_path, "shift", word)
                yield self.schedule.problem(path, message, "Use `time: 22:00`.")
                return
            # Validation explains an episode without a rule.
            if change.shift and slot is None and draft.plan.block and draft.plan.block.group_size:
                message = f"{draft.name} has no such slot"
                hint = f"Use `shift: {{days: {7 if (change.shift.slots or 0) > 0 else -7}}}`."
                yield self.schedule.problem((*key_path, "shift", "slots"), message, hint)
                return

    def check_drafts(self) -> Iterator[Problem]:
        """Yield the problems of the final state of the timeline."""
        drafts = [each for each in self.timeline.drafts.values() if not each.follows]
        yield from self._check_runtimes(drafts)
        for draft in drafts:
            if draft.in_range:
                if self.timeline.is_first(draft.plan.key):
                    yield from self._check_start(draft)
            elif not _is_planned(draft):
                message = _describe_out_of_range(draft)
                yield self.schedule.problem(draft.key_path, message, "Use a shorter distance.")
        yield from self._check_range([each for each in drafts if _is_planned(each)])
        yield from self._check_stamps()

    def _check_stamps(self) -> Iterator[Problem]:
        """Yield entries that change an event at the time of an earlier entry."""
        histories = (group.history for group in self.timeline.common_groups)
        pairs = (pair for history in histories for pair in pairwise(history))
        for at in dict.fromkeys(later.at for earlier, later in pairs if later.at == earlier.at):
            index = max(n for n, each in enumerate(self.schedule.changes) if each.at == at)
            message = "an earlier change of an episode in the same event has the same time"
            later_at = (at + timedelta(minutes=1)).isoformat()
            hint = f"Merge the two, or use a later time, like `{later_at}`."
            yield self.schedule.problem(("changes", index, "at"), message, hint)

    def _check_range(self, planned: list[Draft]) -> Iterator[Problem]:
        """Yield a problem for each block with episodes after the last supported year."""
        blocks: dict[KeyPath, list[Draft]] = {}
        for draft in planned:
            blocks.setdefault(_find_block_path(draft), []).append(draft)
        for path, drafts in blocks.items():
            # The message about the first one is enough for all that follow it.
            count = sum(1 for _ in takewhile(attrgetter("in_range"), drafts))
            if count < len(drafts):
                hint = f"Use `{_write_count(drafts[0], count)}` or fewer."
                hint = hint if count else "Use an earlier premiere."
                message = _describe_out_of_range(drafts[count])
                yield self.schedule.problem((*path, "episodes"), message, hint)

    def _check_runtimes(self, drafts: list[Draft]) -> Iterator[Problem]:
        """Yield a problem for each entry that gave an hour to episodes without a runtime."""
        entries: dict[KeyPath, Draft] = {}
        for draft in drafts:
            is_changed = draft.key_path != draft.plan.key_path
            if draft.runtime is None and draft.slot.minutes is not None and is_changed:
                entries.setdefault(draft.key_path, draft)
        for path, draft in entries.items():
            message = f"{draft.name} has an hour now, but no runtime"
            hint = "Add it to this entry, for example `runtime: 60`."
            yield self.schedule.problem(path, message, hint)

    def _check_start(self, draft: Draft) -> Iterator[Problem]:
        try:
            compute_start(draft.slot, self.schedule.timezone)
        except _NO_START as error:
            problem = self.schedule.problem(draft.key_path, *self._explain_start(draft, error))
            rule = draft.key_path[-1] == "time" and _is_planned(draft)
            yield problem._replace(code=ProblemCode.RULE_TIME) if rule else problem

    def _explain_start(self, draft: Draft, error: ValueError) -> tuple[str, str]:
        """Return why a local time is no start, and how to correct it."""
        zone, naive = self.schedule.timezone, draft.slot.naive
        subject = f"{draft.name}: {naive:%H:%M} on {naive:%Y-%m-%d}"
        if isinstance(error, conversion.NonexistentTimeError):
            message = f"{subject} does not exist in {zone} (clocks go forward)"
            return message, f"{self._hint_at_time(draft, Slot.at(error.shifted))}."
        if isinstance(error, conversion.AmbiguousTimeError):
            message = f"{subject} occurs twice in {zone} (clocks go back)"
            first, second = (Slot.at(naive, each) for each in (error.first, error.second))
            hint = self._hint_at_time(draft, first)
            return message, f"{hint}, or `{second.isoformat()}` for the second occurrence."
        offset = conversion.to_local(conversion.to_utc(naive, zone), zone).offset
        message = f"{subject} has another UTC offset in {zone}"
        return message, f"Use `{Slot.at(naive, offset).isoformat()}`."

    def _hint_at_time(self, draft: Draft, slot: Slot) -> str:
        """Return how to set the time of one episode: where it has its own, or by a change."""
        if draft.key_path[-1] in {"move", "airs"} or "dates" in draft.key_path:
            return f"Use `{slot.isoformat()}`"
        latest = max((self.schedule.published, *(each.at for each in self.schedule.changes)))
        entry = {
            "at": (latest + timedelta(minutes=1)).isoformat(),
            "episodes": [draft.plan.key],
            **({"platform": self.platform} if self.platform else {}),
            "move": slot.isoformat(),
        }
        return f"Add `- {write_flow(entry)}` at the end of `changes`"


def _is_planned(draft: Draft) -> bool:
    """Return whether no change determines the time of an episode."""
    return draft.key_path == draft.plan.key_path and draft.plan.block is not None


def _write_count(first: Draft, count: int) -> str:
    """Return how a block with this first episode says that it has ``count`` episodes."""
    number, block = first.plan.number, first.plan.block
    if number and block and isinstance(block.episodes, EpisodeRange):
        return str(EpisodeRange(number.number, number.number + count - 1))
    return str(count)


def _find_block_path(draft: Draft) -> KeyPath:
    """Return the path of the block that plans an episode."""
    path = draft.plan.key_path
    return path[: path.index("airing") + 2]


def _describe_out_of_range(draft: Draft) -> str:
    years = f"{conversion.FIRST_YEAR} to {conversion.LAST_YEAR}"
    return f"{draft.name} would air on {draft.slot.naive:%Y-%m-%d}, outside the years {years}"
