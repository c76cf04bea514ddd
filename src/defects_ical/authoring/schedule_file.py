"""A few answers about another show → the file of its schedule, checked before it is there."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from defects_ical.errors import OptionError, Problem, ScheduleError, SourceLocation, StartError
from defects_ical.render.templates import get_template
from defects_ical.schedule.fields import MAX_ID, WEEKDAYS
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Platform, Schedule
from defects_ical.schedule.yaml_writer import quote_scalar, write_flow, write_scalar
from defects_ical.text.display import excerpt
from defects_ical.text.suggestions import closest_match
from defects_ical.timezones.conversion import TIMEZONE_NAMES, to_local

SCHEMA: Final = "schedule.schema.json"
# What a platform is if nothing else is said of it.
USUAL: Final = {"kind": "television", "region": "everywhere"}
STAND_IN: Final = "channel"
"""The id of a platform that has none, so that what keeps it from having one is told."""

EXAMPLES: Final = 5
"""How many entries of a change log the file shows."""

_KEY: Final = "[A-Za-z_]{1,20} *="
_NEXT_KEY: Final = re.compile(rf",\s*(?={_KEY})")
_TEXTS: Final = frozenset({"name", "region", "url"})
_KEYS: Final = ("id", *Platform.model_fields)
_OPTIONS: Final = {"weekdays": "--weekday", "platforms": "--platform"}

# Advice about a file that is not there yet, as advice about options.
_ADVICE: Final = (
    (r"or add the day to `weekdays`", "or add the day with `--weekday`"),
    (r"add it, like `(\w+): (.*)`", r"add it, like `\1=\2`"),
    (
        r"add at the end, in the list of `changes:`, .*",
        "write a time that all of its days have once, and then move this episode, in `changes`",
    ),
)


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """What somebody says of a show, as it was typed: the schedule's own rules judge it.

    ``slug`` is None, ``weekdays`` are empty, where they follow from the rest. Each of
    ``weekdays`` may name several; a platform is its name, then what else is known of it
    ("Netflix,kind=streaming").
    """

    title: str
    slug: str | None
    premiere: str
    weekdays: tuple[str, ...]
    time: str
    timezone: str
    runtime: str
    episodes: str
    platforms: tuple[str, ...]


class _Platform(NamedTuple):
    """A platform as it was typed, its id and its keys with their values."""

    typed: str
    id: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        return _labelled("--platform", self.typed)


def create_schedule(path: Path, outline: ShowAnswers, uid: UUID, now: datetime) -> Schedule:
    """Write a schedule to ``path``, whole and checked, and give what it says.

    ``uid`` becomes the show's identity, ``now`` (UTC) when it was published. Raises OptionError
    for answers that a schedule cannot have, StartError for a file that is there already or that
    the system refuses; then nothing is written.
    """
    with _room(path) as draft:
        text = _text(outline, uid, now, schema=(path.parent / SCHEMA).exists())
        schedule = _loaded(draft, text, outline)
        # Unlike a rename, a link never replaces anything, not even what has come since.
        os.link(draft, path)
        return schedule


@contextmanager
def _room(path: Path) -> Iterator[Path]:
    """A name for a draft on the file system of ``path``; raises StartError for what that refuses.

    Nothing is left of it afterwards.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".defects-ical-", dir=path.parent) as folder:
            yield Path(folder) / "schedule.yaml"
    except FileExistsError:
        message = "is there already, and stays as it is; name another file"
        raise StartError(f"{path}: {message}") from None
    except FileNotFoundError:
        raise StartError(f"{path.parent}: there is no such folder; make it first") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise StartError(f"{path}: {reason}; mend that, or name another file") from None


def _loaded(draft: Path, text: str, outline: ShowAnswers) -> Schedule:
    """Write the draft to the disk and load it; raises OptionError."""
    if problems := (*_illegible(outline), *_objections(outline)):
        raise OptionError(problems)
    with draft.open("xb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        return load_schedule(draft)
    except ScheduleError as error:
        raise OptionError(tuple(_of_options(error, text, outline))) from None


def _text(outline: ShowAnswers, uid: UUID, now: datetime, *, schema: bool) -> str:
    later = (now + timedelta(minutes=n) for n in range(1, EXAMPLES + 1))
    return get_template("schedule.yaml").render(
        schema=schema,
        uid=uid,
        slug=write_scalar(outline.slug if outline.slug is not None else identifier(outline.title)),
        title=quote_scalar(outline.title),
        timezone=write_scalar(outline.timezone),
        published=_instant(now, outline.timezone),
        premiere=write_scalar(outline.premiere),
        weekdays=", ".join(map(write_scalar, _weekdays(outline))),
        time=write_scalar(outline.time),
        runtime=write_scalar(outline.runtime),
        episodes=write_scalar(outline.episodes),
        platforms=[_line(each) for each in _platforms(outline)],
        at=[_instant(each, outline.timezone) for each in later],
    )


def identifier(name: str) -> str:
    """An id made of the letters and digits of a name: "the-show"; empty where it has no letter."""
    # An é keeps its e; an apostrophe parts no word.
    plain = re.sub(r"[\u0300-\u036f'\u2019]", "", unicodedata.normalize("NFKD", name))
    words = "-".join(re.findall("[a-z0-9]+", plain.lower()))
    return words.lstrip("-0123456789")[:MAX_ID].rstrip("-")


def _instant(at: datetime, zone: str) -> str:
    """An instant as the schedule has it, by the zone's clock; by UTC's where there is no such."""
    known = zone if zone in TIMEZONE_NAMES else "UTC"
    offset = to_local(at, known).offset
    return at.astimezone(timezone(offset)).isoformat(timespec="seconds")


def _weekdays(outline: ShowAnswers) -> tuple[str, ...]:
    """The weekdays that were named; without any, the one of the premiere."""
    named = tuple(each.strip() for typed in outline.weekdays for each in typed.split(","))
    return named or (_weekday(outline.premiere),)


def _weekday(day: str) -> str:
    try:
        return WEEKDAYS[date.fromisoformat(day).weekday()]
    except ValueError:
        # Nobody is blamed for it: the premiere is what is wrong.
        return WEEKDAYS[0]


def _platforms(outline: ShowAnswers) -> tuple[_Platform, ...]:
    return tuple(map(_platform, outline.platforms))


def _platform(typed: str) -> _Platform:
    parts = _NEXT_KEY.split(typed)
    if not re.match(_KEY, parts[0]):
        parts[0] = f"name={parts[0]}"
    split = (part.partition("=") for part in parts)
    pairs = [(key.strip(), value.strip()) for key, _, value in split]
    said = dict(pairs)
    # A key that is only misspelt was said.
    meant = {closest_match(key, _KEYS) for key in said}
    usual = ((key, value) for key, value in USUAL.items() if key not in meant)
    others = [pair for pair in (*pairs, *usual) if pair[0] != "id"]
    return _Platform(typed, said.get("id") or identifier(said.get("name", "")), tuple(others))


def _line(platform: _Platform) -> str:
    """A platform in one line of the file."""
    values = {
        key: quote_scalar(value) if key in _TEXTS else write_scalar(value)
        for key, value in platform.pairs
    }
    return f"{write_scalar(platform.id or STAND_IN)}: {write_flow(values)}"


# What is wrong with the answers.


def _labelled(option: str, typed: str | None) -> str:
    """An option as it was typed, for messages: "--time '9 pm'"."""
    return option if typed is None else f"{option} {shlex.quote(excerpt(typed))}"


def _said(outline: ShowAnswers) -> dict[str, tuple[str, str | None]]:
    """The option of each key of the file, and what was typed there."""
    keys = ("title", "slug", "premiere", "time", "timezone", "runtime", "episodes")
    said = {key: (f"--{key}", getattr(outline, key)) for key in keys}
    weekdays = ",".join(outline.weekdays) if outline.weekdays else None
    return said | {"weekdays": ("--weekday", weekdays), "platforms": ("--platform", None)}


def _illegible(outline: ShowAnswers) -> Iterator[Problem]:
    """Texts with octets that were no UTF-8, which Python keeps as lone surrogates (PEP 383)."""
    platforms = (("--platform", each) for each in outline.platforms)
    for option, typed in (*_said(outline).values(), *platforms):
        if typed and re.search("[\ud800-\udfff]", typed):
            yield Problem(SourceLocation(option), "", "this is not UTF-8", "write it in UTF-8")


def _objections(outline: ShowAnswers) -> Iterator[Problem]:
    """What the file could not show: ids and keys that are there twice, or not at all."""
    taken: set[str] = set()
    for each in _platforms(outline):
        location, keys = SourceLocation(each.label), [key for key, _ in each.pairs]
        yield from _strangers(each.typed, location)
        for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            yield Problem(location, "", f"`{key}` is there twice", "remove one of the two")
        if not each.id and dict(each.pairs).get("name", "").strip():
            message = "its name has no letter from a to z to make an id of"
            yield Problem(location, "", message, "add one, like `id=channel`")
        if each.id and each.id in taken:
            message = f"`{excerpt(each.id)}` is the id of an earlier platform"
            yield Problem(location, "", message, "add another, like `id=channel-2`")
        if len(each.id) > MAX_ID:
            # YAML has its own limit for keys, and its own words.
            yield Problem(location, "", f"an id of {len(each.id)} characters", "shorten it")
        taken.add(each.id)


def _strangers(typed: str, location: SourceLocation) -> Iterator[Problem]:
    """What follows a platform's name without saying what it is: an id made of it is for ever."""
    bare = _NEXT_KEY.split(typed)[0]
    _, comma, rest = (part.strip() for part in bare.partition(","))
    if comma and not re.match(_KEY, bare):
        hint = f"write `region={excerpt(rest)}`, or, if that is its name, `name={excerpt(bare)}`"
        yield Problem(location, "", f"what `{excerpt(rest)}` is, nothing says", hint)


def _of_options(error: ScheduleError, text: str, outline: ShowAnswers) -> Iterator[Problem]:
    """The problems of the file as problems of the options that it was made of."""
    wrong = {problem.key_path for problem in error.problems}
    for problem in error.problems:
        location = SourceLocation(_option(problem, text.split("\n"), outline))
        if problem.key_path != "show.slug" or outline.slug is not None:
            yield Problem(location, "", problem.message, _advice(problem.hint))
        elif "show.title" not in wrong:
            message = "the title has no letter from a to z to make it of"
            yield Problem(location, "", message, "write the word for the addresses, like `my-show`")


def _option(problem: Problem, lines: list[str], outline: ShowAnswers) -> str:
    """The option, as it was typed, that makes the line of a problem."""
    line, platforms = problem.location.line - 1, _platforms(outline)
    index = line - lines.index("platforms:") - 1
    # What is wrong with all platforms stands where the first one does.
    if 0 <= index < len(platforms) and problem.key_path != "platforms":
        return platforms[index].label
    key = problem.key_path if index == 0 else lines[line].partition(":")[0].strip()
    said = _said(outline)
    return _labelled(*said[key]) if key in said else key


def _advice(hint: str) -> str:
    for pattern, instead in _ADVICE:
        hint = re.sub(pattern, instead, hint, flags=re.DOTALL)
    return hint
