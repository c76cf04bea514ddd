"""The one written form of each kind of value in a schedule: text to value, or what is wrong.

A form is the metadata of an annotated type: pydantic asks it for the validator and for the
JSON Schema, so that the loader and an editor's completion follow the same rule. The text
arrives as it stands in the file; no form reads a second spelling of the same value.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import webcolors
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from defects_ical.source import UNSEEN, code_point, shortened
from defects_ical.timezones import FIRST_YEAR, LAST_YEAR, NAMES, meant

MAX_ID: Final = 60
MAX_RANGE: Final = 100
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# FSI and PDI, around a text that finds its own direction; and the classes of characters that turn
# what stands beside them (UAX #9).
ISOLATED: Final = ("\u2068", "\u2069")
TURNING: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})
COLORS: Final = tuple(sorted(webcolors.names("css3")))

OWN_UUID: Final = "make your own with `python3 -c 'import uuid; print(uuid.uuid4())'`"

NO_UUID: Final = "00000000-0000-0000-0000-000000000000"

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
class Form:
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
            mend = f"{self.mend}, and put a text that begins with a bracket in quotes"
            raise wrong(f"one value belongs here, not {kind}", mend)
        return self.parse(raw)

    @property
    def mend(self) -> str:
        """How to write it, from the first example of the JSON Schema."""
        return f"write it like `{self.schema['examples'][0]}`"


class WallTime(NamedTuple):
    """A local date and time without a zone, and the UTC offset where one was written."""

    wall: datetime
    offset: timedelta | None


def wrong(what: str, mend: str) -> PydanticCustomError:
    """The error that a form raises; both texts reach the reader as they are."""
    return PydanticCustomError("form", "{what}; {mend}", {"what": what, "mend": mend})


@lru_cache
def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that ``word`` was most likely meant to be, whatever its case."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[found[0]] if found else None


def text(limit: int, example: str, *, lines: bool = False, without: str = "") -> Form:
    """A text of at most ``limit`` characters, in NFC; in one line unless ``lines``.

    Control characters and backslashes are refused: calendar programs stumble over them.
    """

    def parse(raw: str) -> str:
        value = unicodedata.normalize("NFC", raw.strip())
        if not value:
            raise wrong("a text belongs here, nothing is there", f"write it like `{example}`")
        if len(value) > limit:
            raise wrong(f"{len(value)} characters; at most {limit} fit", "shorten it")
        if found := UNSEEN.search(value):
            raise wrong(f"control character {code_point(found)}", "remove it")
        if "\\" in value:
            raise wrong("a backslash, which calendar programs misread", "write `/` instead")
        if not _is_closed(value):
            what = "U+2066, U+2067 or U+2068 without its U+2069, or the other way round"
            raise wrong(what, "remove it: it would turn the words after it")
        if "\n" in value and not lines:
            raise wrong("more than one line", "write it in one line")
        for character in without:
            if character in value:
                raise wrong(f"`{character}` cannot stand here", f"write it without `{character}`")
        return value

    # An editor takes `title: 1984` for a number; here every value is a text first.
    types = ["string", "number", "boolean"]
    schema = {"type": types, "minLength": 1, "maxLength": limit, "examples": [example]}
    return Form(parse, schema)


def _is_closed(value: str) -> bool:
    """Whether what isolates a part of a text also ends there, whatever then surrounds it."""
    depth = 0
    for character in re.findall(r"[\u2066-\u2069]", value):
        depth += -1 if character == ISOLATED[1] else 1
        if depth < 0:
            return False
    return depth == 0


def isolated(value: str) -> str:
    """A text as it can stand beside others: one that reads from right to left turns none of them.

    By the Unicode isolates (UAX #9), since plain text has nothing else; most texts need none.
    """
    turns = any(unicodedata.bidirectional(each) in TURNING for each in value)
    return f"{ISOLATED[0]}{value}{ISOLATED[1]}" if turns else value


def whole(low: int, high: int, example: int) -> Form:
    """A whole number from ``low`` to ``high``, in digits."""

    def parse(raw: str) -> int:
        if not re.fullmatch(_NUMBER, raw):
            what = _instead_of("a whole number", raw)
            raise wrong(what, f"write a number from {low} to {high}, like `{example}`")
        if not low <= int(raw) <= high:
            what = f"{raw} is not between {low} and {high}"
            raise wrong(what, f"write a number from {low} to {high}, like `{example}`")
        return int(raw)

    schema = {"type": "integer", "minimum": low, "maximum": high, "examples": [example]}
    return Form(parse, schema)


def choice(*known: str) -> Form:
    """One of a few words."""

    def parse(raw: str) -> str:
        if raw in known:
            return raw
        likely = nearest(raw, known)
        mend = (
            f"write `{likely}`" if likely else "write " + " or ".join(f"`{each}`" for each in known)
        )
        raise wrong(_instead_of("one of the known words", raw), mend)

    return Form(parse, {"enum": list(known), "examples": [known[0]]})


def color_code(name: str) -> str:
    """The "#RRGGBB" of a CSS colour name."""
    return str(webcolors.name_to_hex(name)).upper()


def _instead_of(wanted: str, raw: str) -> str:
    if not raw:
        return f"{wanted} belongs here, nothing is there"
    return f"`{shortened(raw)}` is not {wanted}"


def _matching(
    pattern: str,
    example: str,
    wanted: str,
    parse: Callable[[str], object],
    respell: Callable[[str], str] = str,
) -> Form:
    """A value of one pattern; ``parse`` may raise ValueError for what the pattern lets through.

    ``respell`` makes the one written form of a usual other one, for the advice.
    """

    def checked(raw: str) -> object:
        value = _parsed(raw, pattern, parse)
        if value is None:
            likely = respell(raw)
            known = likely != raw and _parsed(likely, pattern, parse) is not None
            mend = f"write `{likely}`" if known else f"write it like `{example}`"
            raise wrong(_instead_of(wanted, raw), mend)
        return value

    return Form(checked, {"type": "string", "pattern": f"^({pattern})$", "examples": [example]})


def _parsed(raw: str, pattern: str, parse: Callable[[str], object]) -> object | None:
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


def _in_reach(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        what = f"{day.isoformat()[:10]} is out of reach: clock changes are known"
        raise wrong(
            f"{what} from {FIRST_YEAR} to {LAST_YEAR}",
            f"write a year from {FIRST_YEAR} to {LAST_YEAR}",
        )


def _date(raw: str) -> date:
    value = date.fromisoformat(raw)
    _in_reach(value)
    return value


def _wall_time(raw: str) -> WallTime:
    value = datetime.fromisoformat(raw)
    _in_reach(value.date())
    return WallTime(value.replace(tzinfo=None), value.utcoffset())


def _instant(raw: str) -> datetime:
    value = datetime.fromisoformat(raw)
    _in_reach(value.date())
    return value.astimezone(UTC)


def _format(raw: str) -> int:
    if raw != "1":
        raise wrong(_instead_of("a format that this version reads", raw), "write `1`")
    return 1


def identifier(example: str) -> Form:
    """An id, for file names, addresses and UIDs."""

    def parse(raw: str) -> str:
        if len(raw) > MAX_ID:
            raise wrong(f"{len(raw)} characters; at most {MAX_ID} fit", "shorten it")
        if re.fullmatch(_ID, raw):
            return raw
        likely = "-".join(re.findall("[a-z0-9]+", raw.lower())).lstrip("-0123456789") or example
        wanted = "an id of lower-case letters, digits and single hyphens, a letter first"
        raise wrong(_instead_of(wanted, raw), f"write `{likely}`")

    schema = {"type": "string", "pattern": f"^{_ID}$", "maxLength": MAX_ID, "examples": [example]}
    return Form(parse, schema)


def _uuid(raw: str) -> uuid.UUID:
    if re.fullmatch(_UUID, raw.lower()) and raw != raw.lower():
        raise wrong("a UUID is in lower case here", f"write `{raw.lower()}`")
    if not re.fullmatch(_UUID, raw):
        raise wrong(_instead_of("a UUID", raw), OWN_UUID)
    if raw == NO_UUID:
        raise wrong("this is the placeholder, not an identity", OWN_UUID)
    return uuid.UUID(raw)


def _episode(raw: str) -> str:
    if re.fullmatch(_EPISODE, raw):
        return raw
    likely = numbered(raw)
    mend = f"write `{likely}`" if likely else "write its number or id, like `5`"
    raise wrong(_instead_of("an episode's number or id", raw), mend)


def numbered(raw: str) -> str | None:
    """The numbers that were meant, as a list has them: "3, 4, 5" for "3-5", "7" for "Ep. 07"."""
    word = r"(?:episodes?|ep\.?|e)? *0*([1-9][0-9]{0,3})"
    found = re.fullmatch(rf"{word}(?: *(?:-|to|\.\.) *{word})?", raw.lower(), re.ASCII)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return ", ".join(map(str, range(first, last + 1))) if 0 <= last - first < MAX_RANGE else None


def _url(raw: str) -> str:
    parts = urlsplit(raw)
    if not re.fullmatch(HOST, parts.hostname or "") or parts.port == 0 or "@" in parts.netloc:
        raise ValueError(raw)
    # Legal as they are, but several calendar programs cut a link there.
    return raw.replace(",", "%2C").replace(";", "%3B")


def _zone(raw: str) -> str:
    if raw in NAMES:
        return raw
    likely = " or ".join(f"`{name}`" for name in meant(raw))
    mend = f"write {likely or 'a place of that zone, like `Asia/Seoul`'}"
    raise wrong(_instead_of("a time zone of the IANA list", raw), mend)


def _color(raw: str) -> str:
    if raw in COLORS:
        return raw
    likely = nearest(raw, COLORS)
    mend = f"write `{likely}`" if likely else "write one that CSS knows, like `crimson`"
    raise wrong(_instead_of("a CSS colour name", raw), mend)


FORMAT: Final = Form(_format, {"const": 1, "examples": [1]})
DATE: Final = _matching(_DATE, "2025-07-21", "a date", _date, _with_zeros)
TIME: Final = _matching(_TIME, "23:00", "a time of day", time.fromisoformat, _with_zeros)
WALL_TIME: Final = _matching(
    f"{_DATE}T{_TIME}({_OFFSET})?", "2025-08-04T23:30", "a date and time", _wall_time, _with_zeros
)
INSTANT: Final = _matching(
    f"{_DATE}T{_TIME}:[0-5][0-9]{_OFFSET}",
    "2025-07-22T09:00:00+09:00",
    "a date and time with seconds and UTC offset",
    _instant,
    _with_seconds,
)
UUID: Final = Form(
    _uuid,
    {
        "type": "string",
        "pattern": f"^{_UUID}$",
        "not": {"const": NO_UUID},
        "examples": [NO_UUID],
    },
)
URL: Final = _matching(
    _URL, "https://www.example.org/", "an http or https address", _url, _with_scheme
)
EPISODE: Final = Form(_episode, {"type": "string", "pattern": f"^({_EPISODE})$", "examples": ["5"]})
PICTURE: Final = _matching(
    r"[A-Za-z0-9_-]+\.png", "picture.png", "the name of a PNG file beside this one", str
)
ZONE: Final = Form(_zone, {"type": "string", "enum": list(NAMES), "examples": ["Asia/Seoul"]})
COLOR: Final = Form(_color, {"type": "string", "enum": list(COLORS), "examples": ["crimson"]})
