"""What a user may decide about an import, and what follows from the listing where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic_core import PydanticCustomError

from defects_ical.errors import ListingError, OptionError, Problem, SourceLocation
from defects_ical.model import fields
from defects_ical.model.field_types import PatternField
from defects_ical.sources.listing import Listing
from defects_ical.sources.plain_text import clean_line
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import TIMEZONE_NAMES

DEFAULT_SLUG: Final = "show"
"""The slug of a show whose title has no letter from a to z."""

_SLUG: Final = fields.make_id_field("my-show")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Decisions of the user; None where the listing decides.

    ``timezone`` is the zone of the schedule's local times. ``with_summaries`` takes the summaries
    in, which may tell the story.
    """

    timezone: str | None = None
    slug: str | None = None
    with_summaries: bool = False
    title: str | None = None


def resolve_title(listing: Listing, options: ImportOptions) -> str:
    """Return the title of the show; raise ListingError if there is none."""
    if title := clean_line(options.title) or clean_line(listing.title):
        return title
    raise ListingError("The source has no title of the show. Use `--title`.")


def resolve_slug(title: str, options: ImportOptions) -> str:
    """Return the slug; raise OptionError if the one of the user is not an id."""
    if options.slug is not None:
        return _check_option("--slug", _SLUG, options.slug)
    return fields.make_id(title) or DEFAULT_SLUG


def resolve_zone(listing: Listing, options: ImportOptions) -> str:
    """Return the time zone of the schedule.

    Raises OptionError if the one of the user is unknown, ListingError if there is none.
    """
    if options.timezone is not None:
        return _check_option("--timezone", fields.ZONE, options.timezone)
    if listing.timezone in TIMEZONE_NAMES:
        return listing.timezone
    if not listing.timezone:
        message = "The source names no time zone. Use `--timezone` with the one in which the show"
        raise ListingError(f"{message} is announced, for example `--timezone Asia/Seoul`.")
    meant = fields.suggest_timezones(listing.timezone) or ("Asia/Seoul",)
    choices = " or ".join(f"`--timezone {each}`" for each in meant)
    message = f"The time zone of the source, `{excerpt(listing.timezone)}`, is not an IANA time"
    raise ListingError(f"{message} zone. Use `--timezone`, for example {choices}.")


def _check_option(option: str, field: PatternField | fields.TimezoneField, typed: str) -> str:
    try:
        return str(field.parse(typed))
    except PydanticCustomError as error:
        context = error.context or {}
        location = SourceLocation(f"{option} {excerpt(typed)}".rstrip())
        problem = Problem(location, "", context["message"], context["hint"])
        raise OptionError((problem,)) from None
