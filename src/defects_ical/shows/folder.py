"""Find the schedule files in a folder and below."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.text.display import excerpt

MAX_SHOWS: Final = 10_000
MAX_DEPTH: Final = 8
SUFFIX: Final = ".yaml"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def find_schedules(folder: Path) -> tuple[Path, ...]:
    """Return every schedule in a folder and below, sorted by its path.

    Names that begin with a dot are left out. Raises ScheduleError for a folder that cannot be
    read, has no schedules or too many, and for files that are no schedules but look like them.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for each in _walk(folder, ()):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            found.append(each)
        if len(found) > MAX_SHOWS:
            message = f"more than {MAX_SHOWS:,} schedules"
            hint = "Move some to another folder."
            raise ScheduleError((_describe(folder, message, hint),))
    if not found and not problems:
        hint = "Create one with `defects-ical init FOLDER/my-show.yaml`."
        problems.append(_describe(folder, "no schedules (*.yaml) in this folder", hint))
    if problems:
        raise ScheduleError(tuple(problems))
    return tuple(sorted(found))


def _walk(folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Path | Problem]:
    """Yield the schedules in a folder, and problems; ``above`` are the folders that it is in."""
    try:
        stat = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        message = f"the folder cannot be read ({reason})"
        yield _describe(folder, message, "Allow reading it, or move it elsewhere.")
        return
    identity = (stat.st_dev, stat.st_ino)
    if identity in above:
        yield _describe(folder, "this link leads back to a folder above it", "Remove the link.")
        return
    if len(above) > MAX_DEPTH:
        yield _describe(folder, f"more than {MAX_DEPTH} levels deep", "Move it up.")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = folder / entry.name
        is_folder = path.is_dir()
        if problem := _check_name(path, is_folder=is_folder):
            yield problem
        elif is_folder:
            yield from _walk(path, (*above, identity))
        elif entry.name.endswith(SUFFIX):
            yield path


def _check_name(path: Path, *, is_folder: bool) -> Problem | None:
    """Return what is wrong with the name of a folder or a file, if anything is."""
    suffix = path.suffix.lower()
    if not is_folder and suffix in {".yml", SUFFIX} and path.suffix != SUFFIX:
        name = excerpt(path.with_suffix(SUFFIX).name)
        return _describe(path, "schedules are files that end in `.yaml`", f"Rename it to `{name}`.")
    if (is_folder or suffix == SUFFIX) and not path.name.isprintable():
        return _describe(path, "the name has characters that cannot be shown", "Rename it.")
    return None


def _describe(path: Path, message: str, hint: str) -> Problem:
    # A name that is not UTF-8 cannot be printed.
    shown = "".join(each if each.isprintable() else REPLACEMENT for each in str(path))
    return Problem(SourceLocation(shown), "", message, hint)
