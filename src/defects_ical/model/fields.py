"""The single values of a schedule: times, zones, colours, ids and URLs, and how to correct them."""

from __future__ import annotations

import difflib
import re
import unicodedata
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, NamedTuple

import webcolors
from pydantic_core import PydanticCustomError

from defects_ical.model.episode_numbers import NUMBER, SEASON_NUMBER, EpisodeNumber
from defects_ical.model.field_types import (
    ChoiceField,
    PatternField,
    describe_excess,
    field_error,
)
from defects_ical.model.urls import URL_PATTERN, parse_url
from defects_ical.text import english
from defects_ical.text.display import excerpt
from defects_ical.text.lengths import DAY_MINUTES
from defects_ical.text.suggestions import closest_match
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, TIMEZONE_NAMES

MAX_ID_LENGTH: Final = 60
WEEKDAYS: Final = tuple(map(str.lower, english.WEEKDAYS))
COLORS: Final = tuple(sorted(webcolors.names("css3")))

PLACEHOLDER_UUID: Final = "00000000-0000-0000-0000-000000000000"
MAKE_UUID_HINT: Final = "Create a new one with `python3 -c 'import uuid; print(uuid.uuid4())'`."

_MIDNIGHT: Final = time()
_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE_IN_WORDS: Final = re.compile(
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?\.? )?([A-Za-z]{3,9})\.?(?: ([0-9]{1,2}),?)? ([0-9]{4})"
)
_HOUR_OF_HALF_DAY: Final = re.compile(r"\b([0-9]{1,2})(?:[.:]([0-5][0-9]))? ?([apAP])\.?[mM]\b\.?")
_MONTH: Final = r"[0-9]{4}-(0[1-9]|1[0-2])"
# From 24:00 on, the next day: stations print the hours of a night so.
_TIME: Final = r"[0-2][0-9]:[0-5][0-9]"
_OFFSET: Final = r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
_ID: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_EPISODE: Final = rf"({NUMBER})(-({NUMBER}))?|{_ID}"
_STRING: Final = {"type": "string"}

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


class Slot(NamedTuple):
    """A local date, with an hour if it is known, and with a UTC offset if one is given.

    ``minutes`` count from the start of ``day`` and are less than 1800: 25:30 belongs to the
    evening before.
    """

    day: date
    minutes: int | None = None
    offset: timedelta | None = None

    @classmethod
    def at(cls, naive: datetime, offset: timedelta | None = None) -> Slot:
        """Return the slot of a local time."""
        return cls(naive.date(), naive.hour * 60 + naive.minute, offset)

    @property
    def calendar_date(self) -> date:
        """The local date of its hour: the next one from 24:00 on."""
        days = (self.minutes or 0) // DAY_MINUTES
        return self.day + timedelta(days=days) if days else self.day

    @property
    def naive(self) -> datetime:
        """The local time without a time zone; midnight while the hour is unknown."""
        start = datetime.combine(self.day, _MIDNIGHT)
        return start + timedelta(minutes=self.minutes) if self.minutes else start

    def isoformat(self) -> str:
        """Return the format of the schedule: "2025-08-04T23:30", "2025-11-02T01:30-04:00"."""
        if self.minutes is None:
            return self.day.isoformat()
        clock = format_clock(self.minutes)
        if self.offset is not None:
            clock += datetime.combine(self.day, time(), timezone(self.offset)).isoformat()[-6:]
        return f"{self.day}T{clock}"


class WeeklySlot(NamedTuple):
    """A weekday (0 is Monday), and the minutes from its start if the slot has its own hour."""

    weekday: int
    minutes: int | None = None


class Period(NamedTuple):
    """A month, or a year if ``month`` is None: all that is known of a date."""

    year: int
    month: int | None = None

    def isoformat(self) -> str:
        """Return the format of the schedule: "2027-10", "2027"."""
        return f"{self.year:04}" if self.month is None else f"{self.year:04}-{self.month:02}"


def format_clock(minutes: int) -> str:
    """Format minutes from the start of a day: "23:30", "25:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


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


class ClockField(PatternField):
    """A value with a time of day, from 00:00 to 29:59."""

    def _build_error(self, raw: str) -> PydanticCustomError:
        found = re.search("(?<![0-9])([3-9][0-9]):([0-5][0-9])", raw)
        if not found:
            return super()._build_error(raw)
        morning = format_clock((int(found[1]) * 60 + int(found[2])) % (24 * 60))
        message = f"`{excerpt(raw)}` is past the night"
        return field_error(message, f"Use `{morning}`, and the next day.")


class WeeklySlotField(ClockField):
    """A weekday, alone or with an hour; explains a mapping of one to the other."""

    def _parse_yaml(self, raw: object) -> object:
        if isinstance(raw, dict) and len(raw) == 1:
            # A colon after the weekday makes a mapping of it.
            raw = " ".join(f"{key}: {value}" for key, value in raw.items())
        return super()._parse_yaml(raw)


class EpisodeField(PatternField):
    """An item of a list of episodes; suggests the number in a name, or a range."""

    def _suggest(self, raw: str) -> tuple[str, ...]:
        item = suggest_episodes(raw)
        return (item,) if item else ()


def suggest_episodes(raw: str) -> str | None:
    """Return the item of a list that text means: "3-5" for "3 to 5", "7" for "Ep. 07", "s02"."""
    if season_only := re.fullmatch(r"s(?:eason)? *0*([1-9][0-9]{0,3})", raw.lower(), re.ASCII):
        return f"s{int(season_only[1]):02}"
    word = r"(s *0*([1-9][0-9]{0,3}) *)?(?:episodes?|ep\.?|e)? *0*([0-9]{1,5})"
    found = re.fullmatch(rf"{word}(?: *(?:-|\u2013|to|\.\.) *{word})?", raw.lower(), re.ASCII)
    if not found:
        return None
    _, season, first, _, other_season, last = found.groups()
    keys = [EpisodeNumber(int(season) if season else None, int(first)).key]
    if last:
        season = other_season or season
        keys.append(EpisodeNumber(int(season) if season else None, int(last)).key)
    return "-".join(keys)


def color_to_hex(name: str) -> str:
    """Convert a CSS colour name to "#RRGGBB"."""
    return str(webcolors.name_to_hex(name)).upper()


def _to_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour:02}:{found[2] or '00'}"


def _pad_parts(raw: str) -> str:
    """Write a date or time with two-digit parts, "T" before the time and ":" in it."""
    if found := _DATE_IN_WORDS.fullmatch(raw.strip()):
        first_day, word, second_day, year = found.groups()
        names = [name for name in english.MONTHS if name.lower().startswith(word.lower())]
        month = f"{year}-{english.MONTHS.index(names[0]) + 1:02}" if names else raw
        day = first_day or second_day
        return f"{month}-{int(day):02}" if day else month
    padded = _HOUR_OF_HALF_DAY.sub(_to_24_hours, raw.strip())
    padded = re.sub(r"(?<=[0-9])[ t](?=[0-9])", "T", padded)
    padded = re.sub(r"(?<=[0-9])[.](?=[0-9]{2}\b)", ":", padded)
    return re.sub(r"\b([0-9])(?=[:T-]|$)", r"0\1", padded)


def _complete_timestamp(raw: str) -> str:
    """Write a timestamp with seconds and an offset like "+09:00"."""
    completed = re.sub(r"(?<=[0-9])Z$", "+00:00", _pad_parts(raw))
    completed = re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", completed)
    return re.sub(rf"(T{_TIME})(?=[+-]|Z$)", r"\1:00", completed)


def _add_scheme(raw: str) -> str:
    plain = re.sub(r"(?i)\Awebcals?://", "", raw)  # what calendar apps request by https
    return f"https://{plain}" if re.match(r"[A-Za-z0-9-]+\.[A-Za-z]", plain) else raw


def _parse_datetime(raw: str) -> datetime:
    value = datetime.fromisoformat(raw)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        message = f"{value.date()} is outside the supported years ({years})"
        raise field_error(message, f"Use a year from {years}.")
    return value


def _parse_date(raw: str) -> date:
    return _parse_datetime(raw).date()


def _parse_clock(raw: str) -> int:
    hours, minutes = map(int, raw.split(":"))
    return hours * 60 + minutes


def _parse_slot(raw: str) -> Slot:
    day, separator, clock = raw.partition("T")
    if not separator:
        return Slot(_parse_date(day))
    offset = datetime.fromisoformat(f"{day}T00:00{clock[5:]}").utcoffset()
    return Slot(_parse_date(day), _parse_clock(clock[:5]), offset)


def _parse_premiere(raw: str) -> date | Period:
    if raw.count("-") == 2:  # noqa: PLR2004 - as in 2025-07-21
        return _parse_date(raw)
    first = _parse_date(f"{raw}-01" if "-" in raw else f"{raw}-01-01")
    return Period(first.year, first.month if "-" in raw else None)


def _parse_weekly_slot(raw: str) -> WeeklySlot:
    day, _, clock = raw.partition(" ")
    return WeeklySlot(WEEKDAYS.index(day), _parse_clock(clock) if clock else None)


def _correct_weekly_slot(raw: str) -> str:
    day, _, clock = raw.strip().partition(" ")
    weekday = closest_match(day.rstrip(":"), WEEKDAYS) or day
    return f"{weekday} {_pad_parts(clock)}".rstrip()


def _parse_timestamp(raw: str) -> datetime:
    return _parse_datetime(raw).astimezone(UTC)


def _parse_uuid(raw: str) -> uuid.UUID:
    if raw == PLACEHOLDER_UUID:
        raise field_error("this UUID is a placeholder", MAKE_UUID_HINT)
    return uuid.UUID(raw)


FORMAT: Final = ChoiceField(noun="a supported format", example=1, choices=("1",))
DATE: Final = PatternField(
    noun="a date", example="2025-07-21", pattern=_DATE, convert=_parse_date, correct=_pad_parts
)
PREMIERE: Final = PatternField(
    noun="a date, a month or a year",
    example="2025-07-21",
    pattern=f"{_DATE}|{_MONTH}|[0-9]{{4}}",
    convert=_parse_premiere,
    correct=_pad_parts,
    # To an editor, a year is a number.
    keywords={"type": ["string", "integer"]},
)
TIME: Final = ClockField(
    noun="a time of day",
    example="23:00",
    pattern=_TIME,
    convert=_parse_clock,
    correct=_pad_parts,
)
WEEKLY_SLOT: Final = WeeklySlotField(
    noun="a weekday, or a weekday and an hour",
    example="monday",
    pattern=f"({'|'.join(WEEKDAYS)})( {_TIME})?",
    convert=_parse_weekly_slot,
    correct=_correct_weekly_slot,
)
SLOT: Final = ClockField(
    noun="a date, or a date and time",
    example="2025-08-04T23:30",
    pattern=f"{_DATE}(T{_TIME}({_OFFSET})?)?",
    convert=_parse_slot,
    correct=_pad_parts,
)
TIMESTAMP: Final = PatternField(
    noun="a date and time with seconds and UTC offset",
    example="2025-07-22T09:00:00+09:00",
    pattern=f"{_DATE}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]({_OFFSET}|Z)",
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
    pattern=URL_PATTERN,
    convert=parse_url,
    correct=_add_scheme,
)
EPISODE: Final = EpisodeField(
    noun="the number or id of an episode, or a range", example="5", pattern=_EPISODE
)
EPISODE_KEY: Final = EpisodeField(
    noun="the number of an episode",
    example="1",
    pattern=f"{NUMBER}|{SEASON_NUMBER}",
)
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
