"""The command ``import``: create a schedule from what others publish, or update it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.imports.schedule_text import prepare_import
from defects_ical.authoring.new_file import check_is_new
from defects_ical.cli.importing.sources import ParseListing, SourceOptions, open_source
from defects_ical.cli.importing.update import update_schedule
from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.cli.questions import ask, is_interactive
from defects_ical.cli.schedule_output import print_next_commands, utc_now
from defects_ical.cli.schedules.completion import complete_file, complete_timezone
from defects_ical.cli.schedules.edited_schedule import SHOW_OPTION, find_schedule
from defects_ical.model.schedule import Schedule
from defects_ical.sources.listing import Listing
from defects_ical.sources.table import TableListing
from defects_ical.sources.tvmaze import DEFAULT_API
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun, join_names
from defects_ical.timezones.conversion import TIMEZONE_NAMES

NEW_UID: Final = (
    "The `uid` is new. If people already subscribe to a feed of this show, use the `uid` and the "
    "`slug` of its schedule: under the old address, they would see every episode twice."
)

# What only a new schedule may have.
NEW_ONLY: Final = ("title", "slug", "summaries")


@click.command("import", short_help="Create a schedule from TVmaze, a calendar or a table.")
@click.argument("source", required=False, metavar="[SOURCE]", shell_complete=complete_file)
@click.argument("path", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option(
    "--timezone",
    metavar="ZONE",
    shell_complete=complete_timezone,
    help="The IANA time zone of the schedule, and of times that name none.",
    show_default="the source's",
)
@click.option("--title", help="The title of the show.", show_default="the source's")
@click.option("--slug", help="The word in every URL.", show_default="made from the title")
@click.option("--summaries", is_flag=True, help="Take summaries, too. They may tell the story.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The last day of a series in a calendar that has no end.",
)
@click.option(
    "--date-order",
    type=click.Choice(["day-first", "month-first"]),
    help="How a table writes dates such as 03/04/2025.",
)
@click.option(
    "--update", is_flag=True, help="Update FILE, or a show in a folder, from its own source."
)
@SHOW_OPTION
@click.option("--yes", is_flag=True, help="With --update: do not ask before writing.")
@click.option(
    "--tvmaze-api", default=DEFAULT_API, metavar="URL", help="The address of TVmaze's API."
)
def import_(source: str | None, path: Path | None, **options: Any) -> None:
    """Create FILE, by default schedule.yaml, from where a show is listed.

    SOURCE is tvmaze:12345, the URL of the show's page on TVmaze, the URL of a calendar, or the path
    of an .ics or .csv file. With --update, the only argument is the FILE, or the folder.
    """
    until: datetime | None = options["until"]
    source_options = SourceOptions(
        options["tvmaze_api"], until.date() if until else None, options["date_order"]
    )
    if options["update"]:
        _update(source, path, source_options, options)
        return
    if not source:
        raise click.UsageError("Missing argument 'SOURCE'.")
    if options["yes"] or options["show"]:
        raise click.UsageError("--yes and --show are for --update.")
    target = path or DEFAULT_SCHEDULE
    check_is_new(target)
    _create(target, open_source(source, source_options), _read_options(options))


def _update(
    file: str | None, path: Path | None, source: SourceOptions, options: dict[str, Any]
) -> None:
    if path or any(options[each] for each in NEW_ONLY):
        raise click.UsageError("--update takes the FILE alone, and nothing for a new show.")
    edited = find_schedule(Path(file) if file else DEFAULT_SCHEDULE, options["show"])
    update_schedule(edited, source, options["timezone"], is_confirmed=options["yes"])


def _read_options(options: dict[str, Any]) -> ImportOptions:
    return ImportOptions(
        timezone=options["timezone"],
        slug=options["slug"],
        with_summaries=options["summaries"],
        title=options["title"],
    )


def _create(path: Path, parse: ParseListing, options: ImportOptions) -> None:
    listing = parse(options.timezone)
    if listing.timezone is None and options.timezone is None and is_interactive():
        zone = _ask_timezone()
        listing, options = parse(zone), replace(options, timezone=zone)
    schedule = create_imported_schedule(path, listing, options, uuid.uuid4(), utc_now())
    click.echo(f"{path}: {_describe(schedule, listing)}")
    notes = prepare_import(listing, options).selection.notes
    for note in (*_list_ignored(listing), *notes, *_list_open(schedule, listing), NEW_UID):
        click.echo(f"- {note}")
    click.echo("Complete the file as its comments say, then run:")
    print_next_commands(path)


def _list_ignored(listing: Listing) -> Iterator[str]:
    """Yield a note on the columns of a table that were not understood."""
    if isinstance(listing, TableListing) and listing.ignored_columns:
        names = join_names([f"`{excerpt(each)}`" for each in listing.ignored_columns])
        yield f"Columns with other names were ignored: {names}."


def _list_open(schedule: Schedule, listing: Listing) -> Iterator[str]:
    """Yield notes on what to decide before the schedule is published."""
    slug = schedule.show.slug
    yield f"The slug, which is in every URL and never changes, is `{slug}`: choose it now."
    if not listing.platforms:
        yield "The source names no channel or service: complete `platforms`."


def _ask_timezone() -> str:
    """Ask for a time zone, until it is one."""
    return ask(
        "The source names no time zone. In which one is the show announced?",
        known=TIMEZONE_NAMES,
        check=lambda typed: None if typed in TIMEZONE_NAMES else "This is not an IANA time zone.",
    )


def _describe(schedule: Schedule, listing: Listing) -> str:
    """Return what was imported: "The Show, 12 episodes and 1 special from TVmaze"."""
    specials = len(schedule.specials)
    numbered = sum(block.count for block in schedule.airing)
    counts = [count_noun(numbered, "episode")] if numbered else []
    counts += [count_noun(specials, "special")] if specials else []
    source = f" from {listing.credit.name} ({listing.credit.licence})" if listing.credit else ""
    return f"{schedule.show.title}, {' and '.join(counts)}{source}"
