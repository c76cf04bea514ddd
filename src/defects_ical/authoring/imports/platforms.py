"""The platforms of a listing as those of a schedule, which needs one at least."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from pydantic_core import PydanticCustomError

from defects_ical.authoring.answers import DEFAULTS
from defects_ical.authoring.imports.block_text import quote_texts, write_entry
from defects_ical.authoring.imports.texts import UniqueIds
from defects_ical.model.fields import URL
from defects_ical.schedule.validation.names import REMINDERS_SUFFIX
from defects_ical.sources.listing import ListedPlatform
from defects_ical.sources.plain_text import clean_line

MAX_PLATFORMS: Final = 20
KINDS: Final = ("television", "streaming", "cinema")
PLACEHOLDER: Final = ListedPlatform("Television", DEFAULTS["kind"])


def list_platforms(platforms: tuple[ListedPlatform, ...]) -> tuple[ListedPlatform, ...]:
    """Return the platforms that a schedule can have: those with a name, or a placeholder."""
    named = (each for each in platforms if clean_line(each.name))
    return tuple(islice(named, MAX_PLATFORMS)) or (PLACEHOLDER,)


def write_platforms(platforms: tuple[ListedPlatform, ...]) -> str:
    """Return the lines under `platforms`, with ids made from the names."""
    return "".join(_write_lines(platforms))


def _write_lines(platforms: tuple[ListedPlatform, ...]) -> Iterator[str]:
    ids = UniqueIds("channel", (), _is_feed_name)
    for each in platforms:
        texts = quote_texts(name=clean_line(each.name))
        texts["kind"] = each.kind if each.kind in KINDS else DEFAULTS["kind"]
        region = clean_line(each.region) or DEFAULTS["region"]
        texts |= quote_texts(region=region, url=each.url if is_url(each.url) else None)
        yield write_entry(ids.make(each.name), texts)


def _is_feed_name(name: str) -> bool:
    """Return whether a platform of this id may have the feed of another one with reminders."""
    return REMINDERS_SUFFIX in name.split("-")


def is_url(text: str | None) -> bool:
    """Return whether a text is a URL that a schedule can have."""
    with suppress(PydanticCustomError):
        return bool(URL.parse(text or ""))
    return False
