"""Find the schedules in a folder and below, and see which files change."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple, TypeAlias

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.shows.file_state import FileState
from defects_ical.shows.settings import SETTINGS_FILE
from defects_ical.text.display import excerpt

MAX_SHOWS: Final = 10_000
MAX_DEPTH: Final = 8
SUFFIX: Final = ".yaml"
PICTURE_SUFFIX: Final = ".png"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

FolderIdentity: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FolderScan:
    """What a folder has: each file with its state, which is None if it leads to nothing.

    Files are named by their path in the folder. ``schedules`` are sorted by name; ``others`` are
    `site.yaml` and pictures. ``problems`` are of files and folders that are neither.
    """

    schedules: Mapping[str, FileState | None]
    others: Mapping[str, FileState | None]
    problems: tuple[Problem, ...]


def scan_folder(folder: Path) -> FolderScan:
    """Scan a folder and what is below; names that begin with a dot are left out.

    Raises ScheduleError for a folder without schedules, or with too many.
    """
    schedules: dict[str, FileState | None] = {}
    others: dict[str, FileState | None] = {}
    problems: list[Problem] = []
    for each in _walk(str(folder), "", ()):
        if isinstance(each, Problem):
            problems.append(each)
            continue
        name, state = each
        kind = others if name == SETTINGS_FILE or name.endswith(PICTURE_SUFFIX) else schedules
        kind[name] = state
        if len(schedules) > MAX_SHOWS:
            message = f"more than {MAX_SHOWS:,} schedules"
            raise ScheduleError((_describe(str(folder), message, "Move some to another folder."),))
    if not schedules and not problems:
        hint = "Create one with `defects-ical init FOLDER/my-show.yaml`."
        message = "no schedules (*.yaml) in this folder"
        raise ScheduleError((_describe(str(folder), message, hint),))
    return FolderScan(dict(sorted(schedules.items())), others, tuple(problems))


class ScheduleState(NamedTuple):
    """The states of a schedule and of its picture, by which an edit is seen.

    While a schedule has a problem, a picture of any name may end it.
    """

    schedule: FileState | None
    pictures: tuple[object, ...] = ()


def list_states(
    scan: FolderScan, pictures: Mapping[str, str], broken: Collection[str]
) -> dict[str, ScheduleState]:
    """Return the states of `site.yaml` and of each schedule, by name.

    ``pictures`` are the names of pictures that schedules use; ``broken`` schedules have a problem.
    """
    states = {SETTINGS_FILE: ScheduleState(scan.others.get(SETTINGS_FILE))}
    for name, state in scan.schedules.items():
        states[name] = ScheduleState(state)
        if name in broken:
            states[name] = ScheduleState(state, (*scan.others.items(),))
        elif name in pictures:
            picture = str(Path(name).with_name(pictures[name]))
            states[name] = ScheduleState(state, (scan.others.get(picture),))
    return states


# Strings, not Path objects: a service scans a thousand files twice a second.
def _walk(
    folder: str, prefix: str, above: tuple[FolderIdentity, ...]
) -> Iterator[tuple[str, FileState | None] | Problem]:
    """Yield the files of a folder that count, and problems.

    ``prefix`` begins the names of its files; ``above`` are the folders around it.
    """
    try:
        stat = os.stat(folder)  # noqa: PTH116 - see above
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        message = f"the folder cannot be read ({reason})"
        yield _describe(folder, message, "Allow reading it, or move it elsewhere.")
        return
    identity = (stat.st_dev, stat.st_ino)
    if problem := _check_depth(folder, identity, above):
        yield problem
        return
    for entry in entries:
        name, is_folder = f"{prefix}{entry.name}", _is_folder(entry)
        if entry.name.startswith("."):
            continue
        if problem := _check_name(entry, is_folder=is_folder, is_top=not above):
            yield problem
        elif is_folder:
            yield from _walk(entry.path, f"{name}/", (*above, identity))
        elif entry.name.endswith((SUFFIX, PICTURE_SUFFIX)):
            yield _describe_file(entry, name)


def _check_depth(
    folder: str, identity: FolderIdentity, above: tuple[FolderIdentity, ...]
) -> Problem | None:
    """Return why a folder is not walked through, if it is a loop or too deep."""
    if identity in above:
        return _describe(folder, "this link leads back to a folder above it", "Remove the link.")
    if len(above) > MAX_DEPTH:
        return _describe(folder, f"more than {MAX_DEPTH} levels deep", "Move it up.")
    return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _describe_file(entry: os.DirEntry[str], name: str) -> tuple[str, FileState | None] | Problem:
    """Return a file and its state, or the problem of what is no file: a pipe would not end."""
    try:
        stat = entry.stat()
    except OSError:
        return name, None
    if not S_ISREG(stat.st_mode):
        return _describe(entry.path, "neither a file nor a folder", "Move it elsewhere.")
    return name, FileState.of(stat)


def _check_name(entry: os.DirEntry[str], *, is_folder: bool, is_top: bool) -> Problem | None:
    """Return what is wrong with the name of a folder or a file, if anything is."""
    name = entry.name
    stem, dot, suffix = name.rpartition(".")
    is_schedule = suffix.lower() in {"yml", "yaml"} and not is_folder
    if is_schedule and f"{dot}{suffix}" != SUFFIX:
        hint = f"Rename it to `{excerpt(f'{stem}{SUFFIX}')}`."
        return _describe(entry.path, "schedules are files that end in `.yaml`", hint)
    if (is_folder or is_schedule) and not name.isprintable():
        message = "the name has characters that cannot be shown"
        return _describe(entry.path, message, "Rename it.")
    if name == SETTINGS_FILE and not is_top and not is_folder:
        message = "the settings of a site are not in a folder below"
        hint = "Move it to the top folder, or give it another name."
        return _describe(entry.path, message, hint)
    return None


def _describe(path: str, message: str, hint: str) -> Problem:
    # A name that is not UTF-8 cannot be printed.
    shown = "".join(each if each.isprintable() else REPLACEMENT for each in path)
    return Problem(SourceLocation(shown), "", message, hint)
