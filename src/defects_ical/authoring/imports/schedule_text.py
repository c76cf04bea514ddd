"""A listing as the text of a schedule: commented where a person has to look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from defects_ical.authoring.imports.block_text import (
    quote_texts,
    write_airing,
    write_comment,
    write_entry,
    write_item,
    write_lines,
    write_mapping,
)
from defects_ical.authoring.imports.options import (
    ImportOptions,
    resolve_slug,
    resolve_title,
    resolve_zone,
)
from defects_ical.authoring.imports.plan import PlannedBlock, plan_blocks
from defects_ical.authoring.imports.platforms import is_url, list_platforms, write_platforms
from defects_ical.authoring.imports.selection import Broadcast, Selection, select_broadcasts
from defects_ical.authoring.imports.texts import (
    clean_cast,
    clean_genres,
)
from defects_ical.errors import ListingError
from defects_ical.model.yaml.reader import MAX_BYTES
from defects_ical.model.yaml.writer import quote_scalar, write_scalar
from defects_ical.render.templates import get_template
from defects_ical.sources.listing import Listing
from defects_ical.sources.plain_text import clean_line, clean_text
from defects_ical.text.display import INVISIBLE_CHARS
from defects_ical.timezones.conversion import format_local

MAX_CREDIT: Final = 100
MAX_SOURCE_ID: Final = 500

_SOURCES: Final = {"ics": "a calendar", "csv": "a table"}


@dataclass(frozen=True, slots=True)
class ImportedShow:
    """A listing with all decisions: what of it is planned, by which blocks, and under which name.

    ``zone`` is the time zone of the schedule.
    """

    listing: Listing
    title: str
    slug: str
    zone: str
    selection: Selection
    blocks: tuple[PlannedBlock, ...]
    with_summaries: bool


def prepare_import(listing: Listing, options: ImportOptions) -> ImportedShow:
    """Decide on everything that follows from a listing and the options.

    Raises ListingError if the time zone or the title is missing, or nothing can be planned, and
    OptionError for an invalid slug or time zone.
    """
    title = resolve_title(listing, options)
    zone = resolve_zone(listing, options)
    selection = select_broadcasts(listing, title, zone)
    blocks = plan_blocks(selection.episodes, selection.usual_runtime)
    slug = resolve_slug(title, options)
    return ImportedShow(listing, title, slug, zone, selection, blocks, options.with_summaries)


def render_schedule(listing: Listing, options: ImportOptions, uid: UUID, now: datetime) -> str:
    """Return the text of the schedule of a listing; raises errors like `prepare_import`.

    ``uid`` becomes the show's identity, ``now`` (UTC) the time of publication.
    """
    return write_schedule(prepare_import(listing, options), uid, now)


def write_schedule(
    show: ImportedShow, uid: UUID, now: datetime, *, has_schema: bool = False
) -> str:
    """Return the text of a schedule; raise ListingError if it would be larger than 2 MB.

    With ``has_schema``, it names the JSON Schema that is next to it.
    """
    text = get_template("imported_schedule.yaml").render(
        schema=has_schema,
        head=_write_head(show, now),
        uid=uid,
        slug=write_scalar(show.slug),
        title=quote_scalar(show.title),
        show=show,
        about=_write_about(show),
        published=format_local(now, show.zone),
        notes=[write_comment(each) for each in show.selection.notes],
        airing=write_airing(show.blocks),
        platforms=write_platforms(list_platforms(show.listing.platforms)),
        episodes="".join(_write_episodes(show)),
        specials="".join(map(write_item, _list_specials(show))),
        at=format_local(now + timedelta(minutes=1), show.zone),
        last=_name_last(show),
        source=_write_source(show),
    )
    if len(text.encode()) <= MAX_BYTES:
        return text
    hint = "Import it without `--summaries`." if show.with_summaries else "Import a part of it."
    raise ListingError(f"The schedule would be larger than 2 MB. {hint}")


def _write_head(show: ImportedShow, now: datetime) -> str:
    """Return the comment that says where the schedule comes from."""
    credit = show.listing.credit
    source = clean_line(credit.name) if credit else _SOURCES.get(show.listing.kind, "a listing")
    day = format_local(now, show.zone)[:10]
    text = f"The schedule of one show, imported from {source} on {day}. Its feeds and its page are"
    text = write_comment(f"{text} made from this file: check every edit with `defects-ical check`.")
    if not credit:
        return text
    licence = f"What comes from {source} is under {clean_line(credit.licence)}: `credit` names it"
    return f"{text}#\n{write_comment(f'{licence} wherever it is shown, and has to stay.')}"


def _write_about(show: ImportedShow) -> str:
    """Return the lines of `show` about what it is: synopsis, genres, cast, credit."""
    return "".join(_list_about(show))


def _list_about(show: ImportedShow) -> Iterator[str]:
    listing = show.listing
    if show.with_summaries and (summary := clean_text(listing.summary)):
        yield "  # As the source has it. It must not give anything away.\n"
        yield write_mapping(quote_texts(synopsis=summary), "  ")
    if genres := clean_genres(listing.genres):
        yield write_mapping({"genres": [*map(quote_scalar, genres)]}, "  ")
    if cast := clean_cast(listing.cast):
        yield "  cast:\n"
        for actor, role in cast:
            yield write_item(quote_texts(actor=actor, role=role), "    ")
    if listing.credit:
        credit = listing.credit
        texts = quote_texts(
            name=clean_line(credit.name, MAX_CREDIT),
            url=credit.url,
            licence=clean_line(credit.licence, MAX_CREDIT),
        )
        yield write_entry("credit", texts)


def _write_episodes(show: ImportedShow) -> Iterator[str]:
    """Yield the lines of the episodes of which more is known than their block says."""
    for block in show.blocks:
        for each in block.broadcasts:
            details = quote_texts(title=each.title)
            if each.runtime and each.runtime != block.runtime:
                details["runtime"] = str(each.runtime)
            if show.with_summaries:
                details |= quote_texts(recap=clean_text(each.listed.summary))
            if details and each.number:
                yield write_entry(each.number.key, details)


def _list_specials(show: ImportedShow) -> Iterator[Mapping[str, str]]:
    usual = show.selection.usual_runtime
    for each in sorted(show.selection.specials, key=lambda special: special.slot.naive):
        entry = {"id": write_scalar(each.id), **quote_texts(title=each.title)}
        entry["airs"] = each.slot.isoformat()
        runtime = each.runtime or (None if each.slot.minutes is None else usual)
        yield entry | ({"runtime": str(runtime)} if runtime else {})


def _name_last(show: ImportedShow) -> str:
    """Return what `changes` calls the last episode: its number, or the id of a special."""
    broadcasts = _list_broadcasts(show)
    last = max(broadcasts, key=lambda each: each.slot.naive)
    return last.number.key if last.number else last.id


def _list_broadcasts(show: ImportedShow) -> tuple[Broadcast, ...]:
    return *show.selection.episodes, *show.selection.specials


def _write_source(show: ImportedShow) -> str:
    """Return the lines under `source`; none if it cannot be asked again for every episode."""
    listing = show.listing
    ids = {each.id: each.listed.id for each in _list_broadcasts(show)}
    if not _is_reference(listing) or not all(map(is_source_id, ids.values())):
        return ""
    if len({*ids.values()}) < len(ids):
        return ""
    items = (f"{own}: {write_scalar(each)}" for own, each in ids.items())
    reference = f"  {listing.kind}: {write_scalar(listing.reference)}\n"
    return f"{reference}  episodes: {{\n{write_lines(items, '  ')}  }}\n"


def _is_reference(listing: Listing) -> bool:
    """Return whether `source` can have the reference: TVmaze's number, or a URL."""
    if listing.kind == "tvmaze":
        return bool(re.fullmatch("[1-9][0-9]{0,8}", listing.reference))
    return listing.kind == "ics" and is_url(listing.reference)


def is_source_id(name: str) -> bool:
    """Return whether a schedule can have an id of the source."""
    is_line = re.fullmatch(f"[^\\n\\ud800-\\udfff]{{1,{MAX_SOURCE_ID}}}", name)
    return bool(is_line) and not INVISIBLE_CHARS.search(name)
