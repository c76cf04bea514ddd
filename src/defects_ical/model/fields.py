"""The single values of a schedule: times, zones, colours, ids and URLs, and how to correct them."""

from __future__ import annotations

import difflib
import re
import unicodedata
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import webcolors

from defects_ical.model.field_types import (
    ChoiceField,
    PatternField,
    describe_excess,
    field_error,
)
from defects_ical.text import english
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, TIMEZONE_NAMES

MAX_ID_LENGTH: Final = 60
MAX_RANGE: Final = 100
WEEKDAYS: Final = tuple(map(str.lower, english.WEEKDAYS))
COLORS: Final = tuple(sorted(webcolors.names("css3")))

PLACEHOLDER_UUID: Final = "00000000-0000-0000-0000-000000000000"
MAKE_UUID_HINT: Final = "Create a new one with `python3 -c 'import uuid; print(uuid.uuid4())'`."

_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET: Final = r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
_ID: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_EPISODE: Final = rf"[1-9][0-9]{{0,3}}|{_ID}"
_STRING: Final = {"type": "string"}
# The characters that RFC 3986 allows in a URL.
_URL: Final = r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
"""The pattern of a host name as urlsplit returns it: in lower case."""

TIMEZONE_AREAS: Final = (
    *("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/"),
    *("Europe/", "Indian/", "Pacific/"),
)
# The most widely used meaning of those that have several.
TIMEZONE_ABBREVIATIONS: Final = {
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


class LocalDateTime(NamedTuple):
    """A local date and time without a time zone, and its UTC offset if one is given."""

    naive: datetime
    offset: timedelta | None = None

    def isoformat(self) -> str:
        """Return the format of the schedule: "2025-08-04T23:30", "2025-11-02T01:30-04:00"."""
        zone = None if self.offset is None else timezone(self.offset)
        return self.naive.replace(tzinfo=zone).isoformat(timespec="minutes")


class TimezoneField(ChoiceField):
    """A name from the IANA time zone database; suggests up to three."""

    def _suggest(self, raw: str) -> tuple[str, ...]:
        return suggest_timezones(raw)


def suggest_timezones(name: str) -> tuple[str, ...]:
    """Return the one zone that an unknown name certainly means, or up to three similar ones.

    Suggests only zones that are named for a place: one that merely looks similar (MST for KST)
    would be hours off.
    """
    if name.upper() in TIMEZONE_ABBREVIATIONS:
        return (TIMEZONE_ABBREVIATIONS[name.upper()],)
    zones = {zone.lower(): zone for zone in TIMEZONE_NAMES if zone.startswith(TIMEZONE_AREAS)}
    places = {zone.rpartition("/")[2]: zone for zone in zones}
    word = name.lower().replace(" ", "_")
    if certain := difflib.get_close_matches(word.rpartition("/")[2], places, n=1, cutoff=0.8):
        return (zones[places[certain[0]]],)
    return tuple(zones[zone] for zone in difflib.get_close_matches(word, zones))


def make_id(name: str) -> str:
    """Make an id from the letters and digits of a name: "the-show"; empty if it has no letter."""
    # "é" is decomposed to keep its "e"; an apostrophe does not separate words.
    plain = re.sub(r"[\u0300-\u036f'\u2019]", "", unicodedata.normalize("NFKD", name))
    words = "-".join(re.findall("[a-z0-9]+", plain.lower()))
    return words.lstrip("-0123456789")[:MAX_ID_LENGTH].rstrip("-")


def _check_id_length(raw: str) -> str:
    if len(raw) > MAX_ID_LENGTH:
        raise field_error(*describe_excess(raw, MAX_ID_LENGTH))
    return raw


def make_id_field(example: str) -> PatternField:
    """Make the type of ids for file names, URLs and UIDs."""
    return PatternField(
        noun="an id (lower-case letters, digits and single hyphens, starting with a letter)",
        example=example,
        pattern=_ID,
        convert=_check_id_length,
        correct=make_id,
        keywords={"pattern": f"^{_ID}$", "maxLength": MAX_ID_LENGTH},
    )


class EpisodeField(PatternField):
    """An item of a list of episodes; suggests several items for a range."""

    def _suggest(self, raw: str) -> tuple[str, ...]:
        expanded = expand_episode_range(raw)
        return (expanded,) if expanded else ()


def expand_episode_range(raw: str) -> str | None:
    """Return the numbers of a range as items of a list: "3, 4, 5" for "3-5", "7" for "Ep. 07"."""
    word = r"(?:episodes?|ep\.?|e)? *0*([1-9][0-9]{0,3})"
    found = re.fullmatch(rf"{word}(?: *(?:-|to|\.\.) *{word})?", raw.lower(), re.ASCII)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return ", ".join(map(str, range(first, last + 1))) if 0 <= last - first < MAX_RANGE else None


def color_to_hex(name: str) -> str:
    """Convert a CSS colour name to "#RRGGBB"."""
    return str(webcolors.name_to_hex(name)).upper()


def _pad_parts(raw: str) -> str:
    """Write a date or time with two-digit parts, "T" before the time and ":" in it."""
    padded = re.sub(r"(?<=[0-9])[ t](?=[0-9])", "T", raw.strip())
    padded = re.sub(r"(?<=[0-9])[.](?=[0-9]{2}\b)", ":", padded)
    return re.sub(r"\b([0-9])(?=[:T-]|$)", r"0\1", padded)


def _complete_timestamp(raw: str) -> str:
    """Write a timestamp with seconds and an offset like "+09:00"."""
    completed = re.sub(r"(?<=[0-9])Z$", "+00:00", _pad_parts(raw))
    completed = re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", completed)
    return re.sub(rf"(T{_TIME})(?=[+-])", r"\1:00", completed)


def _add_scheme(raw: str) -> str:
    return f"https://{raw}" if re.match(r"[A-Za-z0-9-]+\.[A-Za-z]", raw) else raw


def _parse_datetime(raw: str) -> datetime:
    value = datetime.fromisoformat(raw)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        message = f"{value.date()} is outside the supported years ({years})"
        raise field_error(message, f"Use a year from {years}.")
    return value


def _parse_date(raw: str) -> date:
    return _parse_datetime(raw).date()


def _parse_local_datetime(raw: str) -> LocalDateTime:
    value = _parse_datetime(raw)
    return LocalDateTime(value.replace(tzinfo=None), value.utcoffset())


def _parse_timestamp(raw: str) -> datetime:
    return _parse_datetime(raw).astimezone(UTC)


def _parse_uuid(raw: str) -> uuid.UUID:
    if raw == PLACEHOLDER_UUID:
        raise field_error("this UUID is a placeholder", MAKE_UUID_HINT)
    return uuid.UUID(raw)


def _parse_url(raw: str) -> str:
    parts = urlsplit(raw)
    if not re.fullmatch(HOST, parts.hostname or "") or parts.port == 0 or "@" in parts.netloc:
        raise ValueError(raw)
    # Both are legal, but several calendar apps end a link at them.
    return raw.replace(",", "%2C").replace(";", "%3B")


FORMAT: Final = ChoiceField(noun="a supported format", example=1, choices=("1",))
DATE: Final = PatternField(
    noun="a date", example="2025-07-21", pattern=_DATE, convert=_parse_date, correct=_pad_parts
)
TIME: Final = PatternField(
    noun="a time of day",
    example="23:00",
    pattern=_TIME,
    convert=time.fromisoformat,
    correct=_pad_parts,
)
LOCAL_DATETIME: Final = PatternField(
    noun="a date and time",
    example="2025-08-04T23:30",
    pattern=f"{_DATE}T{_TIME}({_OFFSET})?",
    convert=_parse_local_datetime,
    correct=_pad_parts,
)
TIMESTAMP: Final = PatternField(
    noun="a date and time with seconds and UTC offset",
    example="2025-07-22T09:00:00+09:00",
    pattern=f"{_DATE}T{_TIME}:[0-5][0-9]{_OFFSET}",
    convert=_parse_timestamp,
    correct=_complete_timestamp,
)
UUID: Final = PatternField(
    noun="a UUID in lower case",
    example=PLACEHOLDER_UUID,
    hint=MAKE_UUID_HINT,
    pattern=_UUID,
    convert=_parse_uuid,
    correct=str.lower,
    keywords={"pattern": f"^{_UUID}$", "not": {"const": PLACEHOLDER_UUID}},
)
URL: Final = PatternField(
    noun="an http or https URL",
    example="https://www.example.org/",
    pattern=_URL,
    convert=_parse_url,
    correct=_add_scheme,
)
EPISODE: Final = EpisodeField(noun="the number or id of an episode", example="5", pattern=_EPISODE)
PICTURE: Final = PatternField(
    noun="the name of a PNG file next to the schedule",
    example="picture.png",
    pattern=r"[A-Za-z0-9_-]+\.png",
)
ZONE: Final = TimezoneField(
    noun="an IANA time zone", example="Asia/Seoul", choices=TIMEZONE_NAMES, keywords=_STRING
)
COLOR: Final = ChoiceField(
    noun="a CSS colour name", example="crimson", choices=COLORS, keywords=_STRING
)
