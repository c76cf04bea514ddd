"""Suggest the time zones that an unknown name was probably meant to be."""

from __future__ import annotations

import difflib
from typing import Final

from defects_ical.timezones.conversion import TIMEZONE_NAMES

AREAS: Final = (
    *("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/"),
    *("Europe/", "Indian/", "Pacific/"),
)
# The most widely used meaning of those that have several.
ABBREVIATIONS: Final = {
    **dict.fromkeys(("ET", "EDT"), "America/New_York"),
    **dict.fromkeys(("CT", "CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MT", "MDT"), "America/Denver"),
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Athens",
    "HKT": "Asia/Hong_Kong",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "MSK": "Europe/Moscow",
    "PHT": "Asia/Manila",
    "WIB": "Asia/Jakarta",
}


def suggest_timezones(name: str) -> tuple[str, ...]:
    """Return the one zone that an unknown name certainly means, or up to three similar ones.

    Suggests only zones that are named for a place: one that merely looks similar (MST for KST)
    would be hours off.
    """
    if name.upper() in ABBREVIATIONS:
        return (ABBREVIATIONS[name.upper()],)
    zones = {zone.lower(): zone for zone in TIMEZONE_NAMES if zone.startswith(AREAS)}
    places = {zone.rpartition("/")[2]: zone for zone in zones}
    word = name.lower().replace(" ", "_")
    if certain := difflib.get_close_matches(word.rpartition("/")[2], places, n=1, cutoff=0.8):
        return (zones[places[certain[0]]],)
    return tuple(zones[zone] for zone in difflib.get_close_matches(word, zones))
