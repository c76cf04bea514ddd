"""Create the schedule file of a listing, once its episodes are compared with the listing's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.imports.schedule_text import (
    ImportedShow,
    prepare_import,
    write_schedule,
)
from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.authoring.new_file import open_draft, publish_draft, write_draft
from defects_ical.authoring.schedule_file import SCHEMA_FILE
from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.sources.listing import Listing


def create_imported_schedule(
    path: Path, listing: Listing, options: ImportOptions, uid: UUID, now: datetime
) -> Schedule:
    """Write the schedule of a listing to ``path`` and return it.

    ``uid`` becomes the show's identity, ``now`` (UTC) the time of publication. Raises ListingError
    if the listing leaves a question open, OptionError for an invalid option, and ScheduleFileError
    if the file exists or the system refuses to create it; then nothing is written.
    """
    show = prepare_import(listing, options)
    with open_draft(path) as draft:
        has_schema = (path.parent / SCHEMA_FILE).exists()
        write_draft(draft, write_schedule(show, uid, now, has_schema=has_schema))
        schedule = _load_draft(draft)
        _verify(show, schedule)
        publish_draft(draft, path)
        return schedule


def _load_draft(draft: Path) -> Schedule:
    """Load the draft; if it is not valid, that is a bug, not a mistake of the user."""
    try:
        return load_schedule(draft)
    except ScheduleError as error:
        raise AssertionError(f"the imported schedule is not valid:\n{error}") from error


def _verify(show: ImportedShow, schedule: Schedule) -> None:
    """Compare the episodes of a schedule with those of the listing that it was made from."""
    selection = show.selection
    expected = {each.id: each for each in (*selection.episodes, *selection.specials)}
    found = {each.id: each for each in expand_episodes(schedule)}
    differences = [f"{each}: missing" for each in expected.keys() - found.keys()]
    differences += [f"{each}: not in the source" for each in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        differences += _compare(expected[key], found[key])
    if differences:
        raise AssertionError("the imported schedule differs:\n" + "\n".join(sorted(differences)))


def _compare(broadcast: Broadcast, episode: Episode) -> Iterator[str]:
    """Yield what of an episode is not as the source has it."""
    listed = broadcast.listed
    start = listed.start and listed.start.replace(second=0, microsecond=0)
    pairs: dict[str, tuple[object, object]] = {
        "start": (start, episode.start),
        "day": (None if start else listed.day, None if episode.start else episode.date),
        "title": (broadcast.title, episode.title),
    }
    if broadcast.runtime:
        pairs["runtime"] = broadcast.runtime, episode.runtime
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            yield f"{broadcast.id}: the {name} is {found}, and {wanted} in the source"
