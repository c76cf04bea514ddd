"""The checked, frozen schedule: a show, when it airs, its platforms and its change log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from defects_ical.errors import Problem, SourceLocation
from defects_ical.schedule.fields import (
    COLOR,
    DATE,
    EPISODE,
    FORMAT,
    LOCAL_DATETIME,
    PICTURE,
    TIME,
    TIMESTAMP,
    URL,
    UUID,
    WEEKDAYS,
    ZONE,
    LocalDateTime,
    choice,
    expand_episode_range,
    field_error,
    identifier,
    integer,
    text,
)
from defects_ical.schedule.yaml_reader import ValueLocation
from defects_ical.text.display import excerpt

ALL: Final = "all"
MAX_EPISODES: Final = 5000
SPECIAL_ID: Final = identifier("special-1")

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value is in a schedule: ("changes", 2, "move")."""

KEY_MARK: Final = "[key]"
"""How the location of a mapping's key ends, after pydantic."""

Status: TypeAlias = Literal["confirmed", "tentative", "cancelled"]

Date: TypeAlias = Annotated[date, DATE]
Time: TypeAlias = Annotated[time, TIME]
DateTime: TypeAlias = Annotated[LocalDateTime, LOCAL_DATETIME]
Timestamp: TypeAlias = Annotated[datetime, TIMESTAMP]
Slug: TypeAlias = Annotated[str, identifier("my-show")]
PlatformId: TypeAlias = Annotated[str, identifier("channel")]
SpecialId: TypeAlias = Annotated[str, SPECIAL_ID]
Zone: TypeAlias = Annotated[str, ZONE]
Runtime: TypeAlias = Annotated[int, integer(1, 1439, 60)]
Number: TypeAlias = Annotated[int, integer(1, MAX_EPISODES, 1)]
Name: TypeAlias = Annotated[str, text(5000, "My Show")]
Sentence: TypeAlias = Annotated[str, text(5000, "A game ran over.")]
Prose: TypeAlias = Annotated[str, text(20_000, "A few sentences.", lines=True)]
Category: TypeAlias = Annotated[str, text(100, "thriller", without=",")]
Weekday: TypeAlias = Annotated[str, choice(*WEEKDAYS)]


class Model(BaseModel):
    """A mapping of the schedule: its keys are known, its values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Model):
    """An actor and the character played."""

    actor: Name = Field(examples=["Name of the actor"])
    role: Name = Field(examples=["Name of the character"])


class Show(Model):
    """What the series is, whenever and wherever it airs."""

    uid: Annotated[uuid.UUID, UUID] = Field(
        description="Made once for this show and never changed: every event's UID follows from it."
    )
    slug: Slug = Field(description="The word in every address of this show.", examples=["my-show"])
    title: Name
    original_title: Name | None = Field(None, examples=["아이쇼핑"])
    season: Annotated[int, integer(1, 999, 1)] | None = None
    synopsis: Prose | None = Field(None, description="What it is about, without spoilers.")
    genres: tuple[Category, ...] = Field(
        (), max_length=20, description="Become the events' categories."
    )
    cast: tuple[Role, ...] = Field((), max_length=200)
    color: Annotated[str, COLOR] = Field("slategray", description="A CSS colour name.")
    picture: Annotated[str, PICTURE] | None = Field(
        None, description="A PNG of 1200 by 630 beside this file, for link previews."
    )


class Airing(Model):
    """The rule: from the premiere on, these weekdays at this time, until all have aired."""

    premiere: Date
    weekdays: tuple[Weekday, ...] = Field(min_length=1, examples=[["monday", "tuesday"]])
    time: Time = Field(description="Wall clock in the schedule's zone.")
    runtime: Runtime = Field(description="Minutes.")
    episodes: Annotated[int, integer(1, MAX_EPISODES, 8)]


class Platform(Model):
    """A channel or service that shows the series, and for whom."""

    name: Name = Field(examples=["Channel"])
    kind: Annotated[str, choice("television", "streaming")]
    region: Name = Field(examples=["everywhere"])
    url: Annotated[str, URL] | None = None
    delay: Annotated[int, integer(0, 10_080, 60)] = Field(
        0, description="Minutes after the broadcast."
    )


class EpisodeText(Model):
    """What is told about one episode: a teaser is safe to read, a recap is a spoiler."""

    teaser: Prose | None = None
    recap: Prose | None = None


class Special(Model):
    """An extra broadcast outside the rule; its id is for ever."""

    id: SpecialId
    title: Name = Field(examples=["The making of"])
    airs: DateTime
    runtime: Runtime = Field(description="Minutes.")


class Shift(Model):
    """A distance on the clocks of the schedule's zone."""

    weeks: Annotated[int, integer(-9999, 9999, 1)] = 0
    days: Annotated[int, integer(-9999, 9999, 1)] = 0
    hours: Annotated[int, integer(-9999, 9999, -1)] = 0
    minutes: Annotated[int, integer(-9999, 9999, 30)] = 0


def _parse_targets(raw: object) -> object:
    """A list of episodes from what stands there; "all" stands for every one."""
    if raw == ALL:
        return [ALL]
    if isinstance(raw, list) and ALL in raw:
        raise field_error("`all` stands alone, without brackets", f"write `{ALL}`")
    if not isinstance(raw, str):
        return raw
    likely = ALL if raw.lower() == ALL else f"[{expand_episode_range(raw) or 5}]"
    raise field_error(f"`{excerpt(raw)}` is not a list of episodes", f"write `{likely}`")


class EmptyAllowed:
    """Metadata of a container that may be left empty: `changes:` with nothing behind it."""

    def __init__(self, empty: list[object] | dict[str, object]) -> None:
        self.empty = empty

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._filled, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "null"}]}

    def _filled(self, raw: object) -> object:
        return self.empty if raw == "" else raw


_TARGETS: Final = {
    "oneOf": [
        {"const": ALL},
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "oneOf": [
                    {"type": "integer", "minimum": 1, "maximum": MAX_EPISODES},
                    SPECIAL_ID.schema,
                ]
            },
        },
    ]
}


class Change(Model):
    """An entry of the change log: what happened to which episodes, and when it was decided."""

    at: Timestamp = Field(
        description="When it was decided.", examples=["2025-08-04T12:00:00+09:00"]
    )
    episodes: Annotated[
        tuple[Annotated[str, EPISODE], ...],
        BeforeValidator(_parse_targets),
        WithJsonSchema(_TARGETS),
    ] = Field(min_length=1, description="Numbers, ids of specials, or `all`.", examples=[[5]])
    move: DateTime | None = Field(None, description="The new local date and time of one episode.")
    shift: Shift | None = Field(
        None, description="A distance on the local clocks.", examples=[{"weeks": 1}]
    )
    runtime: Runtime | None = Field(None, description="Minutes.")
    status: Annotated[Status, choice("confirmed", "tentative", "cancelled")] | None = None
    note: Sentence | None = Field(None, description="What else changed, without spoilers.")
    reason: Sentence | None = Field(None, description="Why, without spoilers.")


@dataclass(frozen=True, slots=True)
class FileContext:
    """What a schedule's file and its folder add to its values."""

    locations: Mapping[KeyPath, ValueLocation]
    picture: bytes | None
    digest: str


class Schedule(Model):
    """A whole schedule, format 1, and the place of every value in it."""

    model_config = ConfigDict(title="defects-ical schedule, format 1")

    format: Annotated[int, FORMAT]
    show: Show
    timezone: Zone = Field(description="The zone of every local time in this file.")
    published: Timestamp = Field(description="When this schedule was first published.")
    airing: Airing
    clocks: Annotated[tuple[Zone, ...], EmptyAllowed([])] = Field(
        (), max_length=20, description="Other clocks shown beside the local one."
    )
    platforms: Annotated[Mapping[PlatformId, Platform], AfterValidator(MappingProxyType)] = Field(
        min_length=1,
        max_length=20,
        examples=[{"channel": {"name": "Channel", "kind": "television", "region": "everywhere"}}],
    )
    episodes: Annotated[
        Mapping[Number, EpisodeText], AfterValidator(MappingProxyType), EmptyAllowed({})
    ] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="Teasers and recaps, by number.",
    )
    specials: Annotated[tuple[Special, ...], EmptyAllowed([])] = ()
    changes: Annotated[tuple[Change, ...], EmptyAllowed([])] = Field(
        (), description="Append-only, ascending by `at`."
    )

    _locations: Mapping[KeyPath, ValueLocation] = PrivateAttr(default_factory=dict)
    _picture: bytes | None = PrivateAttr(None)
    _digest: str = PrivateAttr("")

    # Each load is a schedule of its own: what was made of one is found by it, and fast.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def model_post_init(self, context: Any, /) -> None:
        """Keep what the file adds to the values, when its Origin is the context."""
        if isinstance(context, FileContext):
            self._locations = context.locations
            self._picture = context.picture
            self._digest = context.digest

    @property
    def picture(self) -> bytes | None:
        """The content of the file that ``show.picture`` names: a PNG of 1200 by 630."""
        return self._picture

    @property
    def digest(self) -> str:
        """The SHA-256 of the schedule's file, in hexadecimal."""
        return self._digest

    def problem(self, key_path: KeyPath, message: str, hint: str) -> Problem:
        """What is wrong with the value at ``location``, or with the nearest around it."""
        while key_path and key_path not in self._locations:
            key_path = key_path[:-1]
        found = self._locations.get(key_path, ValueLocation(SourceLocation("schedule"), ""))
        return Problem(found.location, found.key_path, message, hint)


class _EditorJsonSchema(GenerateJsonSchema):
    """An optional key may be left out; it may not be there without a value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        # pydantic would let an editor accept any key that does not fit the pattern.
        keys = schema.get("keys_schema", core_schema.str_schema())
        return super().dict_schema(schema) | {"propertyNames": self._names(keys)}

    def _names(self, schema: core_schema.CoreSchema) -> JsonSchemaValue:
        """What a key looks like: a text, also where it means a number."""
        described = self.generate_inner(schema)
        if described.get("type") == "integer":
            return {"pattern": "^[1-9][0-9]*$"}
        return {"pattern": described["pattern"]}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema (2020-12), for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | Schedule.model_json_schema(schema_generator=_EditorJsonSchema)
