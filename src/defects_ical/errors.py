"""Errors that a user can fix: what is wrong, where, and how to fix it."""

from __future__ import annotations

from enum import Enum
from operator import attrgetter
from pathlib import PurePath
from typing import ClassVar, NamedTuple


class SourceLocation(NamedTuple):
    """A position in a text file: the file as the user named it, line and column from 1.

    Line and column are 0 if the problem is with the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class ProblemCode(Enum):
    """Problems for which other modules word hints of their own, from ``Problem.details``."""

    MISSING_KEY = "missing-key"
    """Details: the key, and an example of its value."""
    PREMIERE_WEEKDAY = "premiere-weekday"
    """Details: the nearest date on which the show airs."""
    RULE_TIME = "rule-time"
    """The airing time does not exist, or occurs twice, on one of its days. No details."""


class Problem(NamedTuple):
    """One thing that is wrong with what a user wrote.

    ``key_path`` is the path of the value in the schedule (``changes[2].move``), or empty.
    ``message`` is a clause without a full stop; ``hint`` says in whole sentences how to fix it.
    """

    location: SourceLocation
    key_path: str
    message: str
    hint: str
    code: ProblemCode | None = None
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        subject = f"{self.key_path}: " if self.key_path else ""
        return f"{self.location}: {subject}{self.message}. {self.hint}"

    def with_file_name(self) -> Problem:
        """Return the same problem without the folder of its file, for text that is public."""
        location = self.location._replace(file=PurePath(self.location.file).name)
        return self._replace(location=location)


class DefectsIcalError(Exception):
    """Base class of errors that the user can fix; the message says what is wrong and how."""

    exit_status: ClassVar[int] = 1


class ScheduleError(DefectsIcalError):
    """Raised for a schedule that cannot be used; ``problems`` are in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        # Those of one place stay in their order: Episode 10 comes after Episode 9.
        self.problems = tuple(sorted(dict.fromkeys(problems), key=attrgetter("location")))
        super().__init__("\n".join(map(str, self.problems)))


class OptionError(ScheduleError):
    """Raised for options that make no valid schedule; each problem's location is an option."""

    exit_status = 2


class ScheduleFileError(DefectsIcalError):
    """Raised when a schedule file cannot be created or replaced."""


class ListingError(DefectsIcalError):
    """Raised for a source of an import that cannot be read, or leaves a question open."""


class SiteURLError(DefectsIcalError):
    """Raised for a public URL that cannot be used in links."""


class ExportError(DefectsIcalError):
    """Raised when the site cannot be written to a folder."""


class FolderLockedError(ExportError):
    """Raised when another process writes to the folder."""


class PictureError(DefectsIcalError):
    """Raised when the picture for link previews cannot be drawn, or not with all of its text."""


class ComparisonSourceError(DefectsIcalError):
    """Raised when the published feeds to compare with cannot be used."""


class UnannouncedChangeError(DefectsIcalError):
    """Raised for changes that some calendar apps would not show."""


class OutputError(DefectsIcalError):
    """Raised when standard output cannot take what is printed."""


class ServeError(DefectsIcalError):
    """Raised when the server cannot be started."""


class InvalidFeedURLError(DefectsIcalError):
    """Raised for a URL that the doctor cannot request."""


class FeedFileError(DefectsIcalError):
    """A file whose feed should be checked cannot be read."""
