"""What is wrong in a table, with line and column, and what is not clear."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn

from defects_ical.errors import ListingError, Problem, ScheduleError, SourceLocation

MAX_PROBLEMS: Final = 100
"""How many problems of one table are reported."""


class TableError(ListingError, ScheduleError):
    """Raised for a table that cannot be used, with all that is wrong in it and not clear.

    Its problems have locations, as those of a schedule, and are printed as those are.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(set(problems))
        if len(found) > MAX_PROBLEMS:
            message = f"{len(found) - MAX_PROBLEMS} more problems follow"
            note = Problem(found[MAX_PROBLEMS].location, "", message, "Fix the others first.")
            found = [*found[:MAX_PROBLEMS], note]
        super().__init__(tuple(found))


class CellError(ValueError):
    """Raised for a cell that cannot be read; the texts are those of a `Problem`."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


def fail(location: SourceLocation, message: str, hint: str) -> NoReturn:
    """Raise a TableError with one problem."""
    raise TableError([Problem(location, "", message, hint)])
