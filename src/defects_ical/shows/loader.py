"""Load every show of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.folder import scan_folder
from defects_ical.shows.platforms import complete_platforms
from defects_ical.shows.settings import SiteSettings, load_settings
from defects_ical.text.languages import LANGUAGES

RESERVED_SLUG: Final = "episodes"
"""No show of several has it: static hosts tell episode files by the name of their folder."""

LANGUAGE_FOLDERS: Final = frozenset(each.lower() for each in LANGUAGES)
"""No show of several has one of these slugs: the overview has a folder for each language."""

# What no two shows may have in common, and what to do about it.
_HINTS: Final = {
    "slug": "Use another: it is in every URL of the show.",
    "uid": "Create a new one, unless people have subscribed to both shows.",
}


class ShowIdentity(NamedTuple):
    """What no other show of a site may have, each with its place in the schedule."""

    slug: str
    uid: str
    slug_location: SourceLocation
    uid_location: SourceLocation

    @classmethod
    def of(cls, schedule: Schedule, file: str | None = None) -> ShowIdentity:
        """Return the identity of the show in a schedule; ``file`` is another name of its file."""
        places = [schedule.problem(("show", key), "", "").location for key in _HINTS]
        if file is not None:
            places = [each._replace(file=file) for each in places]
        return cls(schedule.show.slug, str(schedule.show.uid), *places)


class LoadedFolder(NamedTuple):
    """A folder's settings and its schedules, sorted by their slugs."""

    settings: SiteSettings
    schedules: tuple[Schedule, ...]


def load_folder(folder: Path) -> LoadedFolder:
    """Load the settings and every schedule in a folder and below.

    Raises ScheduleError with the problems of all files. A slug or uid that two shows have is found
    once each file is valid.
    """
    scan, settings = scan_folder(folder), load_settings(folder)
    schedules: list[Schedule] = []
    problems: list[Problem] = [*scan.problems]
    for name in scan.schedules:
        try:
            schedules.append(load_show(folder / name, settings))
        except ScheduleError as error:
            problems += error.problems
    if problems := problems or [*find_conflicts(map(ShowIdentity.of, schedules))]:
        raise ScheduleError(tuple(problems))
    return LoadedFolder(settings, tuple(sorted(schedules, key=lambda each: each.show.slug)))


def load_show(path: Path, settings: SiteSettings, content: bytes | None = None) -> Schedule:
    """Load the schedule of one show of a site; raises ScheduleError with its problems.

    With ``content`` it is loaded as if its file had these bytes.
    """
    schedule = load_schedule(path, partial(complete_platforms, settings=settings), content)
    if schedule.show.slug in LANGUAGE_FOLDERS:
        message = f"`{schedule.show.slug}` is the folder of a language"
        hint = f"Use another word, like `{schedule.show.slug}-show`."
        raise ScheduleError((schedule.problem(("show", "slug"), message, hint),))
    return schedule


def load_alone(path: Path, content: bytes | None = None, *, needs_picture: bool = True) -> Schedule:
    """Load a schedule by its own path, with the platforms that the shows of its folder share.

    The arguments are those of `load_schedule`.
    """
    settings = load_settings(path.parent)
    complete = partial(complete_platforms, settings=settings) if settings.platforms else None
    return load_schedule(path, complete, content, needs_picture=needs_picture)


def find_conflicts(shows: Iterable[ShowIdentity]) -> Iterator[Problem]:
    """Yield a problem for each show with the slug or the uid of an earlier one.

    Also for a slug that is the name of a folder in every show's site.
    """
    slugs: dict[str, SourceLocation] = {}
    uids: dict[str, SourceLocation] = {}
    for show in shows:
        if show.slug == RESERVED_SLUG:
            message = f"`{show.slug}` is the name of a folder in the site of each show"
            hint = f"Use another word, like `my-{show.slug}`."
            yield Problem(show.slug_location, "show.slug", message, hint)
        for key, value, location, seen in (
            ("slug", show.slug, show.slug_location, slugs),
            ("uid", show.uid, show.uid_location, uids),
        ):
            other = seen.setdefault(value, location)
            if other is not location:
                message = f"`{value}` is already the {key} of {other}"
                yield Problem(location, f"show.{key}", message, _HINTS[key])
