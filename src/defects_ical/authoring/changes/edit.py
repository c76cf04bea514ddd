"""Append an entry to the `changes` of a schedule file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from defects_ical.authoring.changes.answers import ChangeAnswers
from defects_ical.authoring.locked_file import LockedFile, lock_file
from defects_ical.authoring.yaml.edits import insert_entry
from defects_ical.authoring.yaml.text import Entry, write_entry
from defects_ical.errors import OptionError, ScheduleError, ScheduleFileError
from defects_ical.model.schedule import Schedule

CHANGES: Final = "changes"

Load: TypeAlias = Callable[[bytes], Schedule]
"""Loads a schedule as if its file had these bytes; may raise ScheduleError."""


@dataclass(frozen=True, slots=True)
class ScheduleEdit:
    """A schedule in its locked file, and what it was loaded with."""

    schedule: Schedule
    _file: LockedFile
    _load: Load

    def propose(self, answers: ChangeAnswers, now: datetime) -> ProposedEntry:
        """Return what the file would be with an entry; nothing is written.

        Raises OptionError for answers that make no valid entry, and ScheduleFileError if the file
        has no place for it.
        """
        entry = answers.build_entry(self.schedule, now)
        file = str(self._file.path)
        content = insert_entry(file, self._file.content, CHANGES, entry)
        if content is None:
            raise ScheduleFileError(self._explain_by_hand(entry))
        try:
            schedule = self._load(content)
        except ScheduleError as error:
            index = len(self.schedule.changes)
            raise OptionError((*answers.list_problems(error.problems, index),)) from None
        return ProposedEntry(write_entry(entry), schedule, content, self._file)

    def _explain_by_hand(self, entry: Entry) -> str:
        """Return the lines to paste, and where."""
        location = self.schedule.problem((CHANGES,), "", "").location
        return (
            f"{location}: the entry cannot be inserted without changing other values; nothing was "
            f"written. Append it to `{CHANGES}` by hand:\n  - {write_entry(entry)}"
        )


@dataclass(frozen=True, slots=True)
class ProposedEntry:
    """An entry in one line of YAML, the schedule with it, and the bytes of that file."""

    text: str
    schedule: Schedule
    content: bytes
    _file: LockedFile

    def write(self) -> None:
        """Replace the file. Raises ScheduleFileError if it was changed or cannot be replaced."""
        self._file.replace(self.content)


@contextmanager
def edit_schedule(path: Path, load: Load) -> Iterator[ScheduleEdit]:
    """Lock and load the schedule at ``path``.

    Raises ScheduleError if it is not valid, and ScheduleFileError if another edit takes long.
    """
    with lock_file(path) as file:
        yield ScheduleEdit(load(file.content), file, load)
