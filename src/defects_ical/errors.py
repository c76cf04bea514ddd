"""Errors that a user can fix: what is wrong, where, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """A position in a text file: the file as its user named it, line and column from 1.

    Line and column are 0 when the file as a whole is meant.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, told to whoever wrote it.

    ``key_path`` is the value's path in the schedule (``changes[2].move``), or empty.
    """

    location: SourceLocation
    key_path: str
    message: str
    hint: str

    def __str__(self) -> str:
        subject = f"{self.key_path}: " if self.key_path else ""
        return f"{self.location}: {subject}{self.message}; {self.hint}"

    def with_file_name(self) -> Problem:
        """Return the same problem without the folder of its file, for text that is public."""
        location = replace(self.location, file=PurePath(self.location.file).name)
        return replace(self, location=location)


class DefectsIcalError(Exception):
    """Anything that the person at the keyboard caused and can mend."""

    exit_status: ClassVar[int] = 1


class ScheduleError(DefectsIcalError):
    """The schedule cannot be used; ``problems`` holds every reason, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class SiteURLError(DefectsIcalError):
    """The public address cannot be used in links; the message says why."""


class ExportError(DefectsIcalError):
    """The folder cannot be written; the message says what stands in the way."""


class ComparisonSourceError(DefectsIcalError):
    """What is published cannot be compared; the message says why, and what to name."""


class UnannouncedChangeError(DefectsIcalError):
    """Subscribers would not learn of a change; the message says of which, and how to mend it."""


class ServeError(DefectsIcalError):
    """The service cannot be started; the message says what stands in the way."""


class InvalidFeedURLError(DefectsIcalError):
    """The address cannot be looked at; the message says why, and what to name."""


class OptionError(ScheduleError):
    """Answers that a schedule cannot have; each problem's place is the option."""

    exit_status = 2


class StartError(DefectsIcalError):
    """The file cannot be made; the message says what stands in the way."""
