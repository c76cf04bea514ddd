"""Answers about a new show as they were typed: parsed, checked, and found again for messages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from pydantic_core import PydanticCustomError

from defects_ical.errors import Problem, SourceLocation
from defects_ical.model.field_types import PatternField, describe_excess
from defects_ical.model.fields import MAX_ID_LENGTH, PREMIERE, TIME, Period, make_id
from defects_ical.model.pydantic_errors import MIN_SIMILARITY
from defects_ical.model.schedule import Platform
from defects_ical.text.display import excerpt
from defects_ical.text.suggestions import closest_match

DEFAULTS: Final = {"kind": "television", "region": "everywhere"}
"""The values of keys that a platform's answer leaves out."""

DEFAULT_RUNTIME: Final = "60"
"""The minutes of an episode whose hour is known."""
FILM_ID: Final = "film"

KEY_PATHS: Final = (
    *("show.title", "show.slug", "timezone", "airing.premiere", "airing.time"),
    *("airing.runtime", "airing.episodes", "airing.together"),
)
"""The answers that are one value: an option is named like the key of the schedule."""
_FILM_PATHS: Final = {"specials[0].airs": "airing.time", "specials[0].runtime": "airing.runtime"}

_KEY: Final = "[A-Za-z_]{1,20} *="
_NEXT_KEY: Final = re.compile(rf",\s*(?={_KEY})")
_KEYS: Final = ("id", *(key for key in Platform.model_fields if key != "airing"))


class PlatformAnswer(NamedTuple):
    """One platform: the answer as typed, the id, and the other keys with their values."""

    typed: str
    id: str
    entries: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The key in `platforms`: the id, or another so that other problems are still found."""
        return self.id or "channel"

    @property
    def option(self) -> str:
        """The option as typed, for messages."""
        return _label_option("--platform", self.typed)

    @classmethod
    def parse(cls, typed: str) -> PlatformAnswer:
        """Parse a name, followed by keys and values: "Netflix,kind=streaming"."""
        parts = _NEXT_KEY.split(typed)
        if not re.match(_KEY, parts[0]):
            parts[0] = f"name={parts[0]}"
        split = (part.partition("=") for part in parts)
        entries = [(key.strip(), value.strip()) for key, _, value in split]
        given = dict(entries)
        # A misspelt key is reported, and must not get its default as well.
        intended = {closest_match(key, _KEYS, MIN_SIMILARITY) for key in given}
        defaults = ((key, value) for key, value in DEFAULTS.items() if key not in intended)
        others = [entry for entry in (*entries, *defaults) if entry[0] != "id"]
        return cls(typed, given.get("id") or make_id(given.get("name", "")), tuple(others))


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """Answers about a show, as typed: the rules of schedules decide whether they are valid.

    Without ``slug`` (None) it is made from the title. Without ``weekdays`` all episodes come on
    the premiere's date, without ``time`` their hour is unknown. ``episodes`` may be missing while
    only the month of the premiere is known. Each of ``weekdays`` may list several
    ("monday,tuesday"), with hours of their own ("friday 21:50"); each of ``platforms`` is a name
    followed by keys and values ("Netflix,kind=streaming").
    """

    title: str
    slug: str | None
    premiere: str
    weekdays: tuple[str, ...]
    time: str | None
    timezone: str
    runtime: str | None
    episodes: str | None
    together: str | None
    platforms: tuple[str, ...]

    @property
    def day(self) -> date | None:
        """The date of the premiere; None if it is not valid, or only a month or a year."""
        premiere = _parse(PREMIERE, self.premiere)
        return premiere if isinstance(premiere, date) else None

    @property
    def is_film(self) -> bool:
        """Whether the show is a single broadcast, which needs no number."""
        is_single = self.episodes == "1" and not self.weekdays
        # A block reports an invalid date or time as the value that it is.
        has_hour = self.time is None or _parse(TIME, self.time) is not None
        return is_single and self.day is not None and has_hour

    @property
    def has_hour(self) -> bool:
        """Whether there is an hour, for all episodes or for those on one weekday."""
        return self.time is not None or any(":" in each for each in self.weekdays)

    def resolve_slug(self) -> str:
        """Return the slug, else one made from the title; empty if that is impossible."""
        return self.slug if self.slug is not None else make_id(self.title)

    def resolve_runtime(self) -> str | None:
        """Return the runtime; None if no hour needs one."""
        return DEFAULT_RUNTIME if self.runtime is None and self.has_hour else self.runtime

    def split_weekdays(self) -> tuple[str, ...]:
        """Return every weekday."""
        return tuple(day.strip() for typed in self.weekdays for day in typed.split(","))

    def parse_platforms(self) -> tuple[PlatformAnswer, ...]:
        """Return the platforms in the order of their options."""
        return tuple(map(PlatformAnswer.parse, self.platforms))


def find_option(key_path: str, answers: ShowAnswers) -> str:
    """Return the option, as typed, that the value at a key path of the schedule comes from."""
    options = {path: _label_option(option, typed) for option, path, typed in _list_values(answers)}
    options |= {path: options[source] for path, source in _FILM_PATHS.items()}
    options["platforms"] = "--platform"
    for each in answers.parse_platforms():
        options[f"platforms.{excerpt(each.key)}"] = each.option
    around = [path for path in options if f"{key_path}.".startswith((f"{path}.", f"{path}["))]
    return options[max(around, key=len)] if around else key_path


def check_answers(answers: ShowAnswers) -> Iterator[Problem]:
    """Yield the problems that no schedule file can show: encoding, repeated keys, missing ids."""
    if answers.episodes is None and not isinstance(_parse(PREMIERE, answers.premiere), Period):
        message = "the number of episodes is missing"
        hint = "Add it. It may be missing only while `--premiere` is a month or a year."
        yield Problem(SourceLocation("--episodes"), "", message, hint)
    for option, _, typed in _list_values(answers):
        # Python represents bytes that are not UTF-8 as lone surrogates (PEP 383).
        if typed and re.search("[\ud800-\udfff]", typed):
            yield Problem(SourceLocation(option), "", "the text is not UTF-8", "Use UTF-8.")
    if answers.together is not None and not answers.weekdays:
        option = _label_option("--together", answers.together)
        message = "without `--weekday` all episodes come on one date"
        yield Problem(SourceLocation(option), "", message, "Remove it, or add `--weekday`.")
    taken: set[str] = set()
    for platform in answers.parse_platforms():
        yield from _check_platform(platform, taken)
        taken.add(platform.id)


def _check_platform(platform: PlatformAnswer, taken: set[str]) -> Iterator[Problem]:
    location = SourceLocation(platform.option)
    yield from _check_name(platform.typed, location)
    keys = [key for key, _ in platform.entries]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield Problem(location, "", f"`{key}` is given twice", "Remove one of the two.")
    for key in keys:
        if not closest_match(key, _KEYS, MIN_SIMILARITY):
            known = ", ".join(f"`{each}`" for each in _KEYS)
            yield Problem(location, "", f"unknown key `{excerpt(key)}`", f"The keys are {known}.")
    if not platform.id and dict(platform.entries).get("name", "").strip():
        message = "an id cannot be made from a name without a letter from a to z"
        yield Problem(location, "", message, "Add an id, like `id=channel`.")
    if platform.id and platform.id in taken:
        message = f"`{excerpt(platform.id)}` is the id of an earlier platform"
        yield Problem(location, "", message, "Add another id, like `id=channel-2`.")
    if len(platform.id) > MAX_ID_LENGTH:
        # Found here because YAML limits the length of keys, with a message of its own.
        yield Problem(location, "", *describe_excess(platform.id, MAX_ID_LENGTH))


def _check_name(typed: str, location: SourceLocation) -> Iterator[Problem]:
    """Yield a problem for a name with a comma: its id, which never changes, might be wrong."""
    name = _NEXT_KEY.split(typed)[0]
    _, comma, rest = (part.strip() for part in name.partition(","))
    if comma and not re.match(_KEY, name):
        hint = f"Use `region={excerpt(rest)}`, or, if it is part of the name, "
        message = f"`{excerpt(rest)}` has no key"
        yield Problem(location, "", message, f"{hint}`name={excerpt(name)}`.")


def _list_values(answers: ShowAnswers) -> Iterator[tuple[str, str, str | None]]:
    """Yield the option, the key path in the schedule and the typed value of each answer."""
    for key_path in KEY_PATHS:
        name = key_path.rpartition(".")[2]
        yield f"--{name}", key_path, getattr(answers, name)
    yield "--weekday", "airing.weekdays", ",".join(answers.weekdays) or None
    for typed in answers.platforms:
        yield "--platform", "platforms", typed


def _label_option(option: str, typed: str | None) -> str:
    """Return an option with its value, for messages: "--time '9 pm'"."""
    return option if typed is None else f"{option} {shlex.quote(excerpt(typed))}"


def _parse(field: PatternField, typed: str) -> object:
    """Return the value of an answer, None if it is not valid."""
    try:
        return field.parse(typed)
    except PydanticCustomError:
        return None
