"""Which words of an event differ, part by part, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from defects_ical.compare.event_parser import PublishedEvent
from defects_ical.content.descriptions import PREFIXES, EventDescription
from defects_ical.text.display import excerpt

# Told as they read; of anything else people learn only that it differs.
QUOTED: Final = ("title", "teaser")
# What differs by itself where a time or a stamp does.
CONSEQUENCES: Final = ("times on other clocks", "what changed", "time zone")
# The lines that are told as something else; whatever differs in others are details.
TOLD: Final = (
    *("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "UID", "STATUS"),
    *("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "URL"),
)


def diff_text(
    before: PublishedEvent, after: PublishedEvent, *, alone: bool
) -> tuple[str, str] | None:
    """The words before and after: "teaser: They run.", or what they are of; None for no others.

    What follows from another time or stamp is told only where that is all there is: ``alone``.
    """
    old, new = _parts(before), _parts(after)
    old["title"], new["title"] = _without_common_end(old["title"], new["title"])
    differing = [part for part in old if old[part] != new[part]]
    told = [part for part in differing if part not in CONSEQUENCES]
    if not told and not alone:
        return None
    told = told or differing or ["stamps"]
    labels = [part for part in told if part not in QUOTED]
    return "; ".join(_quoted(told, old)), "; ".join((*_quoted(told, new), *labels))


def _parts(event: PublishedEvent) -> dict[str, str]:
    """What an event says, by what people call it."""
    values = {name: each.value for name, each in event.properties.items()}
    parts = {
        "title": event.summary.removeprefix(PREFIXES[event.status]),
        **_paragraphs(event.description),
        "genres": values.get("CATEGORIES", ""),
        "first published": values.get("CREATED", ""),
        "time zone": event.timezone or "UTC",
        "details": "\n".join(line for line in event.lines if not line.startswith(TOLD)),
    }
    parts["where to watch"] += values.get("LOCATION", "")
    parts["link"] += values.get("URL", "")
    return parts


def _paragraphs(description: str) -> dict[str, str]:
    """The parts of a description; in the words of another release, all may be in the first."""
    parts = EventDescription.parse(description)
    return {
        "teaser": parts.teaser,
        "where to watch": parts.platforms,
        "times on other clocks": parts.times,
        "what changed": parts.changes,
        "link": parts.link,
    }


def _without_common_end(old: str, new: str) -> tuple[str, str]:
    """Two titles without the episode's name, where only the show's is another one."""
    names = old.rpartition(": "), new.rpartition(": ")
    same = old != new and names[0][2] == names[1][2]
    return (names[0][0], names[1][0]) if same else (old, new)


def _quoted(parts: Iterable[str], values: Mapping[str, str]) -> list[str]:
    return [f"{part}: {excerpt(values[part]) or 'none'}" for part in parts if part in QUOTED]
