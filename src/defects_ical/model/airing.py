"""Blocks of episodes: when they air, and how they are numbered."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from defects_ical.model import fields
from defects_ical.model.episode_numbers import MAX_NUMBER, MAX_SEASON, EpisodeNumber, EpisodeRange
from defects_ical.model.field_types import ChoiceField, FieldType, IntegerField, field_error
from defects_ical.text.lengths import DAY_MINUTES

MAX_EPISODES: Final = 5000
MAX_MINUTES: Final = 10_080
MAX_AMOUNT: Final = 9999

_COUNT: Final = IntegerField(minimum=1, maximum=MAX_EPISODES, example=8)
_DELAY: Final = IntegerField(minimum=-MAX_MINUTES, maximum=MAX_MINUTES, example=60)
_AMOUNT: Final = IntegerField(minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT, example=1)
# "14 days" is a usual mistake; so is a number of minutes that is too large.
_DELAY_IN_WORDS: Final = re.compile(r"(-?[0-9]{1,9})(?: *(week|day|hour|minute)s?)?")


class EpisodesField(FieldType):
    """How many episodes a block has ("8"), or their numbers ("60-75")."""

    def parse(self, raw: str) -> int | EpisodeRange:
        """Return the count, or the range."""
        found = re.fullmatch(r"([0-9]{1,9}) *(?:-|\u2013|to|\.\.) *([0-9]{1,9})", raw)
        if not found:
            return _COUNT.parse(raw)
        span = EpisodeRange(int(found[1]), int(found[2]))
        if span.last > MAX_NUMBER:
            message = f"{span.last} is more than {MAX_NUMBER}"
            raise field_error(message, "Use a range like `60-75`.")
        if str(span) != raw:
            raise field_error(f"`{raw}` is not a range of numbers", f"Use `{span}`.")
        if span.first > span.last:
            hint = f"Use `{EpisodeRange(span.last, span.first)}`."
            raise field_error(f"{raw} runs back", hint)
        if span.last - span.first >= MAX_EPISODES:
            message = f"{raw} is more than {MAX_EPISODES} episodes"
            raise field_error(message, f"Use `{span.first}-{span.first + MAX_EPISODES - 1}`.")
        return span

    def _describe_format(self) -> dict[str, Any]:
        text = {"type": "string", "pattern": "^[0-9]{1,5}-[0-9]{1,5}$"}
        return {"anyOf": [_COUNT.build_json_schema(), text]}


class GroupSizeField(IntegerField):
    """How many episodes are released at once; a rule is not for all of them."""

    def _write_hint(self, raw: str) -> str:
        if raw == "all":
            return "Remove it, and `weekdays`, for all of them on one date."
        return super()._write_hint(raw)


class ListOptional:
    """Metadata of a list that may be written without brackets if it has one item, a mapping."""

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._wrap, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> JsonSchemaValue:
        items = handler(schema)
        return {"anyOf": [items["items"], items]}

    def _wrap(self, raw: object) -> object:
        return raw if isinstance(raw, list) else [raw]


class MinutesAllowed:
    """Metadata of a difference in time that may be written as minutes: `60`."""

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> JsonSchemaValue:
        return {"anyOf": [_DELAY.build_json_schema(), handler(schema)]}

    def _convert(self, raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        found = _DELAY_IN_WORDS.fullmatch(raw)
        if found and found[2] and abs(int(found[1])) <= MAX_AMOUNT:
            hint = f"Use `{{{found[2]}s: {int(found[1])}}}`."
            raise field_error(f"`{raw}` is not a number of minutes", hint)
        if found and MAX_MINUTES < abs(int(found[1])) < MAX_AMOUNT * DAY_MINUTES:
            days, minutes = divmod(abs(int(found[1])), DAY_MINUTES)
            sign = -1 if int(found[1]) < 0 else 1
            rest = f", minutes: {sign * minutes}" if minutes else ""
            message = f"{raw} is not between {-MAX_MINUTES} and {MAX_MINUTES}"
            raise field_error(message, f"Use `{{days: {sign * days}{rest}}}`.")
        return {"minutes": str(_DELAY.parse(raw))}


Amount: TypeAlias = Annotated[int, _AMOUNT]
Runtime: TypeAlias = Annotated[int, IntegerField(minimum=1, maximum=1439, example=60)]
Season: TypeAlias = Annotated[int, IntegerField(minimum=1, maximum=MAX_SEASON, example=2)]
Clock: TypeAlias = Annotated[int, fields.TIME]
Slot: TypeAlias = Annotated[fields.Slot, fields.SLOT]
Timestamp: TypeAlias = Annotated[datetime, fields.TIMESTAMP]


class Model(BaseModel):
    """A mapping in the schedule, with a fixed set of keys and immutable values."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Delay(Model):
    """How long after the broadcast a platform shows an episode; negative before it.

    Weeks and days are by the local clock, hours and minutes by elapsed time.
    """

    weeks: Amount = 0
    days: Amount = 0
    hours: Amount = 0
    minutes: Annotated[int, IntegerField(minimum=-MAX_MINUTES, maximum=MAX_MINUTES, example=30)] = 0

    @property
    def whole_days(self) -> int:
        """The days and weeks, in days."""
        return self.weeks * 7 + self.days

    @property
    def elapsed_minutes(self) -> int:
        """The hours and minutes, in minutes."""
        return self.hours * 60 + self.minutes

    @property
    def total_minutes(self) -> int:
        """All of it, in minutes, with days of 24 hours."""
        return self.whole_days * DAY_MINUTES + self.elapsed_minutes


BLOCK_EXAMPLE: Final[JsonDict] = {
    "premiere": "2025-07-21",
    "weekdays": ["monday", "tuesday"],
    "time": "23:00",
    "runtime": 60,
    "episodes": 8,
}


class Block(Model):
    """Episodes that are planned together: by a weekly rule, by dates, or all on one date."""

    model_config = ConfigDict(json_schema_extra={"examples": [BLOCK_EXAMPLE]})

    season: Season | None = Field(None, description="The season; its numbers start at 1.")
    published: Timestamp | None = Field(
        None, description="When the block was added, if later than the show."
    )
    premiere: Annotated[date | fields.Period, fields.PREMIERE] | None = Field(
        None, description="The first date; a month or a year if no more is known."
    )
    weekdays: tuple[Annotated[fields.WeeklySlot, fields.WEEKLY_SLOT], ...] | None = Field(
        None,
        min_length=1,
        examples=[["monday", "tuesday"]],
        description="Each may have its own hour; without weekdays, all air on the premiere's date.",
    )
    dates: tuple[Slot, ...] | None = Field(
        None,
        min_length=1,
        examples=[["2025-10-04", "2025-10-11T20:00"]],
        description="All dates, instead of a premiere and weekdays.",
    )
    skip: tuple[Annotated[date, fields.DATE], ...] = Field(
        (), examples=[["2025-10-03"]], description="Dates of the rule on which nothing airs."
    )
    time: Clock | None = Field(
        None, description="Local time in the schedule's time zone, up to 29:59."
    )
    runtime: Runtime | None = Field(None, description="Minutes.")
    together: Annotated[int, GroupSizeField(minimum=1, maximum=MAX_EPISODES, example=2)] | None = (
        Field(None, description="How many episodes are released at once.")
    )
    episodes: (
        Annotated[
            int | EpisodeRange,
            EpisodesField(noun="a number of episodes, or a range", example=8),
        ]
        | None
    ) = Field(None, description="How many there are, or their numbers: 60-75.")
    status: (
        Annotated[
            Literal["confirmed", "tentative"],
            ChoiceField(choices=("confirmed", "tentative"), example="tentative"),
        ]
        | None
    ) = Field(None, description="Tentative if the dates are provisional.")

    @property
    def first_day(self) -> date | None:
        """The first date; None if only its month is known."""
        if self.dates:
            return self.dates[0].day
        return self.premiere if isinstance(self.premiere, date) else None

    @property
    def period(self) -> fields.Period | None:
        """The month or year in which the episodes air, if no more is known."""
        return self.premiere if isinstance(self.premiere, fields.Period) else None

    @property
    def group_size(self) -> int:
        """How many episodes air in each slot; 0 for all of them."""
        return 0 if not self.weekdays and not self.dates else self.together or 1

    @property
    def count(self) -> int:
        """The number of episodes; 0 if it is unknown."""
        if isinstance(self.episodes, EpisodeRange):
            return self.episodes.last - self.episodes.first + 1
        if self.episodes is None:
            return len(self.dates or ()) * self.group_size
        return self.episodes


NumberedBlock: TypeAlias = tuple[Block, tuple[EpisodeNumber, ...]]
"""A block with the numbers of its episodes."""


# Several checks ask for them, and an edit seldom changes a block.
@lru_cache(maxsize=16)
def number_blocks(blocks: tuple[Block, ...]) -> tuple[tuple[EpisodeNumber, ...], ...]:
    """Return the numbers of the episodes of each block.

    A count goes on after the highest number so far of the same season; a range says the numbers.
    """
    last: dict[int | None, int] = {}
    found: list[tuple[EpisodeNumber, ...]] = []
    for block in blocks:
        if isinstance(block.episodes, EpisodeRange):
            first = block.episodes.first
        else:
            first = last.get(block.season, 0) + 1
        numbers = range(first, first + block.count)
        last[block.season] = max(last.get(block.season, 0), first + block.count - 1)
        found.append(tuple(EpisodeNumber(block.season, number) for number in numbers))
    return tuple(found)
