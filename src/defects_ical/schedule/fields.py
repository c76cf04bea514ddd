"""The types of single values in a schedule: how each is written, and what is wrong with others.

A field type is the metadata of an annotated type: pydantic asks it for the validator and for the
JSON Schema, so that the loader and an editor's completion follow the same rule. Each value has
exactly one written form.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import webcolors
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from defects_ical.schedule.timezone_suggestions import suggest_timezones
from defects_ical.text.display import (
    INVISIBLE_CHARS,
    codepoint_name,
    excerpt,
    has_balanced_isolates,
)
from defects_ical.text.suggestions import closest_match
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, TIMEZONE_NAMES

MAX_ID: Final = 60
MAX_RANGE: Final = 100
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COLORS: Final = tuple(sorted(webcolors.names("css3")))

MAKE_UUID_HINT: Final = "make your own with `python3 -c 'import uuid; print(uuid.uuid4())'`"

PLACEHOLDER_UUID: Final = "00000000-0000-0000-0000-000000000000"

_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET: Final = r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
_ID: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_EPISODE: Final = rf"[1-9][0-9]{{0,3}}|{_ID}"
_NUMBER: Final = r"0|-?[1-9][0-9]{0,8}"
# RFC 3986: what may stand in a URL at all.
_URL: Final = r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
"""The name of a host, as urlsplit gives it: in lower case."""


# Compared by identity: typing wants metadata that can be hashed, and a schema cannot.
@dataclass(frozen=True, slots=True, eq=False)
class FieldType:
    """How a kind of value is written: ``parse`` reads it, ``schema`` is its JSON Schema."""

    parse: Callable[[str], object]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)

    def _value(self, raw: object) -> object:
        if not isinstance(raw, str):
            kind = "a list" if isinstance(raw, list) else "a mapping"
            hint = f"{self.hint}, and put a text that begins with a bracket in quotes"
            raise field_error(f"one value belongs here, not {kind}", hint)
        return self.parse(raw)

    @property
    def hint(self) -> str:
        """How to write it, from the first example of the JSON Schema."""
        return f"write it like `{self.schema['examples'][0]}`"


class LocalDateTime(NamedTuple):
    """A local date and time without a zone, and the UTC offset where one was written."""

    naive: datetime
    offset: timedelta | None


def field_error(message: str, hint: str) -> PydanticCustomError:
    """The error that a form raises; both texts reach the reader as they are."""
    return PydanticCustomError("field", "{message}; {hint}", {"message": message, "hint": hint})


def text(limit: int, example: str, *, lines: bool = False, without: str = "") -> FieldType:
    """A text of at most ``limit`` characters, in NFC; in one line unless ``lines``.

    Control characters and backslashes are refused: calendar programs stumble over them.
    """

    def parse(raw: str) -> str:
        value = unicodedata.normalize("NFC", raw.strip())
        if not value:
            raise field_error("a text belongs here, nothing is there", f"write it like `{example}`")
        if len(value) > limit:
            raise field_error(f"{len(value)} characters; at most {limit} fit", "shorten it")
        if found := INVISIBLE_CHARS.search(value):
            raise field_error(f"control character {codepoint_name(found)}", "remove it")
        if "\\" in value:
            raise field_error("a backslash, which calendar programs misread", "write `/` instead")
        if not has_balanced_isolates(value):
            message = "U+2066, U+2067 or U+2068 without its U+2069, or the other way round"
            raise field_error(message, "remove it: it would turn the words after it")
        if "\n" in value and not lines:
            raise field_error("more than one line", "write it in one line")
        for character in without:
            if character in value:
                raise field_error(
                    f"`{character}` cannot stand here", f"write it without `{character}`"
                )
        return value

    # An editor takes `title: 1984` for a number; here every value is a text first.
    types = ["string", "number", "boolean"]
    schema = {"type": types, "minLength": 1, "maxLength": limit, "examples": [example]}
    return FieldType(parse, schema)


def integer(low: int, high: int, example: int) -> FieldType:
    """A whole number from ``low`` to ``high``, in digits."""

    def parse(raw: str) -> int:
        if not re.fullmatch(_NUMBER, raw):
            message = _describe_mismatch("a whole number", raw)
            raise field_error(message, f"write a number from {low} to {high}, like `{example}`")
        if not low <= int(raw) <= high:
            message = f"{raw} is not between {low} and {high}"
            raise field_error(message, f"write a number from {low} to {high}, like `{example}`")
        return int(raw)

    schema = {"type": "integer", "minimum": low, "maximum": high, "examples": [example]}
    return FieldType(parse, schema)


def choice(*known: str) -> FieldType:
    """One of a few words."""

    def parse(raw: str) -> str:
        if raw in known:
            return raw
        likely = closest_match(raw, known)
        hint = (
            f"write `{likely}`" if likely else "write " + " or ".join(f"`{each}`" for each in known)
        )
        raise field_error(_describe_mismatch("one of the known words", raw), hint)

    return FieldType(parse, {"enum": list(known), "examples": [known[0]]})


def color_code(name: str) -> str:
    """The "#RRGGBB" of a CSS colour name."""
    return str(webcolors.name_to_hex(name)).upper()


def _describe_mismatch(wanted: str, raw: str) -> str:
    if not raw:
        return f"{wanted} belongs here, nothing is there"
    return f"`{excerpt(raw)}` is not {wanted}"


def _pattern_field(
    pattern: str,
    example: str,
    wanted: str,
    parse: Callable[[str], object],
    respell: Callable[[str], str] = str,
) -> FieldType:
    """A value of one pattern; ``parse`` may raise ValueError for what the pattern lets through.

    ``respell`` makes the one written form of a usual other one, for the advice.
    """

    def checked(raw: str) -> object:
        value = _try_parse(raw, pattern, parse)
        if value is None:
            likely = respell(raw)
            known = likely != raw and _try_parse(likely, pattern, parse) is not None
            hint = f"write `{likely}`" if known else f"write it like `{example}`"
            raise field_error(_describe_mismatch(wanted, raw), hint)
        return value

    return FieldType(
        checked, {"type": "string", "pattern": f"^({pattern})$", "examples": [example]}
    )


def _try_parse(raw: str, pattern: str, parse: Callable[[str], object]) -> object | None:
    if not re.fullmatch(pattern, raw):
        return None
    try:
        return parse(raw)
    except PydanticCustomError:
        raise
    except ValueError:
        return None


def _with_zeros(raw: str) -> str:
    """A date or time of one-digit parts, of a blank or a dot between its parts, in full."""
    likely = re.sub(r"(?<=[0-9])[ t](?=[0-9])", "T", raw.strip())
    likely = re.sub(r"(?<=[0-9])[.](?=[0-9]{2}\b)", ":", likely)
    return re.sub(r"\b([0-9])(?=[:T-]|$)", r"0\1", likely)


def _with_seconds(raw: str) -> str:
    likely = re.sub(r"(?<=[0-9])Z$", "+00:00", _with_zeros(raw))
    likely = re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", likely)
    return re.sub(rf"(T{_TIME})(?=[+-])", r"\1:00", likely)


def _with_scheme(raw: str) -> str:
    return f"https://{raw}" if re.match(r"[A-Za-z0-9-]+\.[A-Za-z]", raw) else raw


def _check_year(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"{day.isoformat()[:10]} is out of reach: clock changes are known"
        raise field_error(
            f"{message} from {FIRST_YEAR} to {LAST_YEAR}",
            f"write a year from {FIRST_YEAR} to {LAST_YEAR}",
        )


def _parse_date(raw: str) -> date:
    value = date.fromisoformat(raw)
    _check_year(value)
    return value


def _parse_local_datetime(raw: str) -> LocalDateTime:
    value = datetime.fromisoformat(raw)
    _check_year(value.date())
    return LocalDateTime(value.replace(tzinfo=None), value.utcoffset())


def _parse_timestamp(raw: str) -> datetime:
    value = datetime.fromisoformat(raw)
    _check_year(value.date())
    return value.astimezone(UTC)


def _parse_format(raw: str) -> int:
    if raw != "1":
        raise field_error(_describe_mismatch("a format that this version reads", raw), "write `1`")
    return 1


def identifier(example: str) -> FieldType:
    """An id, for file names, addresses and UIDs."""

    def parse(raw: str) -> str:
        if len(raw) > MAX_ID:
            raise field_error(f"{len(raw)} characters; at most {MAX_ID} fit", "shorten it")
        if re.fullmatch(_ID, raw):
            return raw
        likely = "-".join(re.findall("[a-z0-9]+", raw.lower())).lstrip("-0123456789") or example
        wanted = "an id of lower-case letters, digits and single hyphens, a letter first"
        raise field_error(_describe_mismatch(wanted, raw), f"write `{likely}`")

    schema = {"type": "string", "pattern": f"^{_ID}$", "maxLength": MAX_ID, "examples": [example]}
    return FieldType(parse, schema)


def _parse_uuid(raw: str) -> uuid.UUID:
    if re.fullmatch(_UUID, raw.lower()) and raw != raw.lower():
        raise field_error("a UUID is in lower case here", f"write `{raw.lower()}`")
    if not re.fullmatch(_UUID, raw):
        raise field_error(_describe_mismatch("a UUID", raw), MAKE_UUID_HINT)
    if raw == PLACEHOLDER_UUID:
        raise field_error("this is the placeholder, not an identity", MAKE_UUID_HINT)
    return uuid.UUID(raw)


def _parse_episode(raw: str) -> str:
    if re.fullmatch(_EPISODE, raw):
        return raw
    likely = expand_episode_range(raw)
    hint = f"write `{likely}`" if likely else "write its number or id, like `5`"
    raise field_error(_describe_mismatch("an episode's number or id", raw), hint)


def expand_episode_range(raw: str) -> str | None:
    """The numbers that were meant, as a list has them: "3, 4, 5" for "3-5", "7" for "Ep. 07"."""
    word = r"(?:episodes?|ep\.?|e)? *0*([1-9][0-9]{0,3})"
    found = re.fullmatch(rf"{word}(?: *(?:-|to|\.\.) *{word})?", raw.lower(), re.ASCII)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return ", ".join(map(str, range(first, last + 1))) if 0 <= last - first < MAX_RANGE else None


def _parse_url(raw: str) -> str:
    parts = urlsplit(raw)
    if not re.fullmatch(HOST, parts.hostname or "") or parts.port == 0 or "@" in parts.netloc:
        raise ValueError(raw)
    # Legal as they are, but several calendar programs cut a link there.
    return raw.replace(",", "%2C").replace(";", "%3B")


def _parse_zone(raw: str) -> str:
    if raw in TIMEZONE_NAMES:
        return raw
    likely = " or ".join(f"`{name}`" for name in suggest_timezones(raw))
    hint = f"write {likely or 'a place of that zone, like `Asia/Seoul`'}"
    raise field_error(_describe_mismatch("a time zone of the IANA list", raw), hint)


def _parse_color(raw: str) -> str:
    if raw in COLORS:
        return raw
    likely = closest_match(raw, COLORS)
    hint = f"write `{likely}`" if likely else "write one that CSS knows, like `crimson`"
    raise field_error(_describe_mismatch("a CSS colour name", raw), hint)


FORMAT: Final = FieldType(_parse_format, {"const": 1, "examples": [1]})
DATE: Final = _pattern_field(_DATE, "2025-07-21", "a date", _parse_date, _with_zeros)
TIME: Final = _pattern_field(_TIME, "23:00", "a time of day", time.fromisoformat, _with_zeros)
LOCAL_DATETIME: Final = _pattern_field(
    f"{_DATE}T{_TIME}({_OFFSET})?",
    "2025-08-04T23:30",
    "a date and time",
    _parse_local_datetime,
    _with_zeros,
)
TIMESTAMP: Final = _pattern_field(
    f"{_DATE}T{_TIME}:[0-5][0-9]{_OFFSET}",
    "2025-07-22T09:00:00+09:00",
    "a date and time with seconds and UTC offset",
    _parse_timestamp,
    _with_seconds,
)
UUID: Final = FieldType(
    _parse_uuid,
    {
        "type": "string",
        "pattern": f"^{_UUID}$",
        "not": {"const": PLACEHOLDER_UUID},
        "examples": [PLACEHOLDER_UUID],
    },
)
URL: Final = _pattern_field(
    _URL, "https://www.example.org/", "an http or https address", _parse_url, _with_scheme
)
EPISODE: Final = FieldType(
    _parse_episode, {"type": "string", "pattern": f"^({_EPISODE})$", "examples": ["5"]}
)
PICTURE: Final = _pattern_field(
    r"[A-Za-z0-9_-]+\.png", "picture.png", "the name of a PNG file beside this one", str
)
ZONE: Final = FieldType(
    _parse_zone, {"type": "string", "enum": list(TIMEZONE_NAMES), "examples": ["Asia/Seoul"]}
)
COLOR: Final = FieldType(
    _parse_color, {"type": "string", "enum": list(COLORS), "examples": ["crimson"]}
)
