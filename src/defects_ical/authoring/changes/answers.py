"""Answers about a change as they were typed: the entry that they make, and what is wrong."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from defects_ical.authoring.yaml.text import Entry
from defects_ical.errors import OptionError, Problem, SourceLocation
from defects_ical.model.changes import ALL, Change
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import Plain
from defects_ical.schedule.roster import list_episodes
from defects_ical.schedule.validation.entries import LATEST
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import format_local

ACTIONS: Final = ("move", "shift", "time", "runtime", "status", "note")
"""The options of which an entry needs one."""

_UNITS: Final = {
    **dict.fromkeys(("w", "week", "weeks"), "weeks"),
    **dict.fromkeys(("d", "day", "days"), "days"),
    **dict.fromkeys(("h", "hour", "hours"), "hours"),
    **dict.fromkeys(("m", "min", "minute", "minutes"), "minutes"),
    **dict.fromkeys(("slot", "slots"), "slots"),
}
_AMOUNT: Final = "([+-]?)([0-9]{1,9}) *([a-z]+)"
_SHIFT: Final = re.compile(f"(?:{_AMOUNT}[ ,]*)+")
_SHIFT_HINT: Final = "Use one like `1w`, `-2d`, `1h30m` or `1slot`."
# What a hint suggests for the file, and what it is on the command line.
_OTHER_HINTS: Final = {
    "Use a value like `{weeks: 1}`.": _SHIFT_HINT,
    "Use `all` without brackets.": "Use `all` alone.",
    "Use a value like `[5]`.": "Use a value like `5`.",
}
_KEY_IN_HINT: Final = re.compile(rf"`({'|'.join((*ACTIONS, 'reason', 'platform'))})`")


@dataclass(frozen=True, slots=True)
class ChangeAnswers:
    """What happened to episodes, as typed: the rules of schedules decide whether it is valid.

    Each of ``episodes`` may list several ("1,3-5"). ``shift`` is like "1w", "-2d" or "1slot".
    """

    episodes: tuple[str, ...]
    platform: str | None = None
    move: str | None = None
    shift: str | None = None
    time: str | None = None
    runtime: str | None = None
    status: str | None = None
    note: str | None = None
    reason: str | None = None

    def with_value(self, option: str, value: str) -> ChangeAnswers:
        """Return the answers with another one."""
        answer: dict[str, Any] = {option: value}
        return replace(self, **answer)

    def build_entry(self, schedule: Schedule, now: datetime) -> Entry:
        """Return the entry, dated ``now`` (UTC), or later if the stamps need it.

        Raises OptionError for a shift that cannot be read.
        """
        typed = {each.name: getattr(self, each.name) for each in fields(self)}
        self._check_encoding()
        values: dict[str, Plain | None] = {
            **typed,
            "episodes": self._list_words(),
            "shift": None if self.shift is None else _parse_shift(self.shift),
        }
        at = format_local(self._choose_date(schedule, now), schedule.timezone)
        return {"at": at, **{key: value for key, value in values.items() if value is not None}}

    def resolve(self, schedule: Schedule) -> tuple[str, ...]:
        """Return the keys of the episodes; unknown words name none."""
        words = (ALL,) if self._list_words() == ALL else (*self._list_words(),)
        # Later than any episode was published: those of a season are named, too.
        change = Change.model_construct(at=LATEST, episodes=words)
        return list_episodes(schedule).resolve(change)

    def list_problems(self, problems: tuple[Problem, ...], index: int) -> Iterator[Problem]:
        """Yield the problems of the file with the entry as problems of the options.

        ``index`` is that of the entry in `changes`. Other problems stay where they are.
        """
        prefix = f"changes[{index}]"
        for each in problems:
            hint = _OTHER_HINTS.get(each.hint) or _KEY_IN_HINT.sub(r"`--\1`", each.hint)
            message = _KEY_IN_HINT.sub(r"`--\1`", each.message)
            location = self._find_option(each.key_path.removeprefix(prefix))
            if each.key_path.startswith(prefix):
                yield each._replace(location=location, key_path="", message=message, hint=hint)
            else:
                yield each

    def _check_encoding(self) -> None:
        """Raise OptionError for a text that is not UTF-8."""
        names = [each.name for each in fields(self) if each.name != "episodes"]
        texts = {f"--{name}": getattr(self, name) or "" for name in names}
        texts["EPISODES"] = " ".join(self.episodes)
        # Python represents bytes that are not UTF-8 as lone surrogates (PEP 383).
        wrong = [name for name, text in texts.items() if re.search("[\ud800-\udfff]", text)]
        if wrong:
            message = "the text is not UTF-8"
            raise OptionError(
                tuple(Problem(SourceLocation(each), "", message, "Use UTF-8.") for each in wrong)
            )

    def _list_words(self) -> Plain:
        words = [word for typed in self.episodes for word in re.split("[, ]+", typed) if word]
        return ALL if words == [ALL] else [*words]

    def _find_option(self, key_path: str) -> SourceLocation:
        """Return the option, as typed, that the value at a key path of the entry comes from."""
        key = key_path.lstrip(".").partition("[")[0].partition(".")[0]
        typed = getattr(self, key, None)
        if isinstance(typed, str):
            return SourceLocation(f"--{key} {shlex.quote(excerpt(typed))}")
        return SourceLocation(" ".join(map(shlex.quote, map(excerpt, self.episodes))) or "EPISODES")

    def _choose_date(self, schedule: Schedule, now: datetime) -> datetime:
        """Return the time of the entry: later than all stamps of its episodes."""
        planned = list_episodes(schedule).planned
        published = (planned[key].published for key in self.resolve(schedule))
        entries = (each.at for each in schedule.changes[-1:])
        latest = max((schedule.published, *published, *entries))
        return max(latest + timedelta(seconds=1), now.replace(microsecond=0))


def _parse_shift(typed: str) -> Plain:
    """Return a difference in time as a schedule has it: {"weeks": "1"} for "1w".

    A sign is for all that follows: "-1h30m" is an hour and a half earlier.
    """
    text = typed.strip().lower()
    parts = re.findall(_AMOUNT, text)
    units = [_UNITS.get(unit) for *_, unit in parts]
    if not _SHIFT.fullmatch(text) or None in units or len({*units}) < len(units):
        location = SourceLocation(f"--shift {shlex.quote(excerpt(typed))}")
        message = "this is not a difference in time"
        hint = _SHIFT_HINT
        raise OptionError((Problem(location, "", message, hint),))
    amounts: dict[str, Plain] = {}
    sign = ""
    for unit, (written_sign, digits, _) in zip(units, parts, strict=True):
        sign = written_sign or sign
        amounts[str(unit)] = str(int(f"{sign}{digits}"))
    return amounts
