"""Find which parts of an event's text changed, and quote those that people know by their words."""

from __future__ import annotations

from typing import Final

from defects_ical.compare.event_parser import PublishedEvent
from defects_ical.content.descriptions import TITLE_PREFIXES, EventDescription
from defects_ical.text.display import excerpt

QUOTED_PARTS: Final = ("title", "teaser")
# Parts that change with a time or a stamp.
DERIVED_PARTS: Final = ("times in other time zones", "what changed", "time zone")
# Properties that belong to other parts or kinds; all others are "details".
KNOWN_PROPERTIES: Final = (
    *("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "UID", "STATUS"),
    *("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "URL"),
)


def diff_text(
    before: PublishedEvent, after: PublishedEvent, *, alone: bool
) -> tuple[str, str] | None:
    """Return the changed parts before and after ("teaser: They run."); None without changes.

    Parts that follow from another time or stamp are reported only if nothing visible changed:
    ``alone``.
    """
    old, new = _split_text(before), _split_text(after)
    old["title"], new["title"] = _strip_common_name(old["title"], new["title"])
    changed = [part for part in old if old[part] != new[part]]
    reported = [part for part in changed if part not in DERIVED_PARTS]
    if not reported and not alone:
        return None
    reported = reported or changed or ["stamps"]
    names = [part for part in reported if part not in QUOTED_PARTS]
    return _quote_parts(reported, old, []), _quote_parts(reported, new, names)


def _split_text(event: PublishedEvent) -> dict[str, str]:
    """Return what an event says, by the name that people have for each part."""
    values = {name: each.value for name, each in event.properties.items()}
    description = EventDescription.parse(event.description)
    return {
        "title": event.summary.removeprefix(TITLE_PREFIXES[event.status]),
        "teaser": description.teaser,
        "where to watch": description.platforms + values.get("LOCATION", ""),
        "times in other time zones": description.times,
        "what changed": description.changes,
        "link": description.link + values.get("URL", ""),
        "genres": values.get("CATEGORIES", ""),
        "first published": values.get("CREATED", ""),
        "time zone": event.timezone or "UTC",
        "details": "\n".join(line for line in event.lines if not line.startswith(KNOWN_PROPERTIES)),
    }


def _strip_common_name(old: str, new: str) -> tuple[str, str]:
    """Remove the episode's name from two titles that differ only in the show's."""
    (old_show, _, old_name), (new_show, _, new_name) = old.rpartition(": "), new.rpartition(": ")
    return (old_show, new_show) if old != new and old_name == new_name else (old, new)


def _quote_parts(parts: list[str], texts: dict[str, str], names: list[str]) -> str:
    quoted = [f"{part}: {excerpt(texts[part]) or 'none'}" for part in parts if part in QUOTED_PARTS]
    return "; ".join((*quoted, *names))
