"""The checked, frozen schedule: a show, when it airs, its platforms and its change log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, PydanticUseDefault, core_schema

from defects_ical.errors import Problem
from defects_ical.model import fields
from defects_ical.model.field_types import ChoiceField, IntegerField, TextField, field_error
from defects_ical.model.yaml_reader import KeyPath, Locations, problem_at
from defects_ical.text.display import excerpt

ALL: Final = "all"
MAX_EPISODES: Final = 5000
SPECIAL_ID: Final = fields.make_id_field("special-1")

Status: TypeAlias = Literal["confirmed", "tentative", "cancelled"]

Time: TypeAlias = Annotated[time, fields.TIME]
DateTime: TypeAlias = Annotated[fields.LocalDateTime, fields.LOCAL_DATETIME]
Timestamp: TypeAlias = Annotated[datetime, fields.TIMESTAMP]
Slug: TypeAlias = Annotated[str, fields.make_id_field("my-show")]
PlatformId: TypeAlias = Annotated[str, fields.make_id_field("channel")]
Zone: TypeAlias = Annotated[str, fields.ZONE]
Runtime: TypeAlias = Annotated[int, IntegerField(minimum=1, maximum=1439, example=60)]
Delay: TypeAlias = Annotated[int, IntegerField(minimum=0, maximum=10_080, example=60)]
EpisodeNumber: TypeAlias = Annotated[int, IntegerField(minimum=1, maximum=MAX_EPISODES, example=1)]
OneLineText: TypeAlias = Annotated[str, TextField(max_length=5000, example="My Show")]
MultiLineText: TypeAlias = Annotated[
    str, TextField(max_length=20_000, example="A few sentences.", multiline=True)
]
Category: TypeAlias = Annotated[str, TextField(max_length=100, example="thriller", forbidden=",")]
Weekday: TypeAlias = Annotated[str, ChoiceField(choices=fields.WEEKDAYS, example="monday")]
PlatformKind: TypeAlias = Annotated[
    str, ChoiceField(choices=("television", "streaming"), example="television")
]
StatusField: TypeAlias = Annotated[
    Status, ChoiceField(choices=get_args(Status), example="confirmed")
]


class Model(BaseModel):
    """A mapping in the schedule, with a fixed set of keys and immutable values."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Model):
    """An actor and the character played."""

    actor: OneLineText = Field(examples=["Name of the actor"])
    role: OneLineText = Field(examples=["Name of the character"])


class Show(Model):
    """The series itself, independent of when and where it airs."""

    uid: Annotated[uuid.UUID, fields.UUID] = Field(
        description="Created once for this show and never changed: all event UIDs derive from it."
    )
    slug: Slug = Field(description="The word in every URL of this show.")
    title: OneLineText
    original_title: OneLineText | None = Field(None, examples=["아이쇼핑"])
    season: Annotated[int, IntegerField(minimum=1, maximum=999, example=1)] | None = None
    synopsis: MultiLineText | None = Field(None, description="What it is about, without spoilers.")
    genres: tuple[Category, ...] = Field(
        (), max_length=20, description="Used as the categories of events."
    )
    cast: tuple[Role, ...] = Field((), max_length=200)
    color: Annotated[str, fields.COLOR] = Field("slategray", description="A CSS colour name.")
    picture: Annotated[str, fields.PICTURE] | None = Field(
        None, description="A PNG of 1200 by 630 pixels next to this file, for link previews."
    )


class Airing(Model):
    """The airing rule: these weekdays at this time, from the premiere until all have aired."""

    premiere: Annotated[date, fields.DATE]
    weekdays: tuple[Weekday, ...] = Field(min_length=1, examples=[["monday", "tuesday"]])
    time: Time = Field(description="Local time in the schedule's time zone.")
    runtime: Runtime = Field(description="Minutes.")
    episodes: Annotated[int, IntegerField(minimum=1, maximum=MAX_EPISODES, example=8)]


class Platform(Model):
    """A channel or service that shows the series in a region."""

    name: OneLineText = Field(examples=["Channel"])
    kind: PlatformKind
    region: OneLineText = Field(examples=["everywhere"])
    url: Annotated[str, fields.URL] | None = None
    delay: Delay = Field(0, description="Minutes after the broadcast.")


class EpisodeText(Model):
    """Texts about one episode: the teaser is safe to read, the recap contains spoilers."""

    teaser: MultiLineText | None = None
    recap: MultiLineText | None = None


class Special(Model):
    """An extra broadcast outside the airing rule; its id never changes."""

    id: Annotated[str, SPECIAL_ID]
    title: OneLineText = Field(examples=["The making of"])
    airs: DateTime
    runtime: Runtime = Field(description="Minutes.")


class Shift(Model):
    """A difference in local time: one week later is the same time of day."""

    weeks: Annotated[int, IntegerField(minimum=-9999, maximum=9999, example=1)] = 0
    days: Annotated[int, IntegerField(minimum=-9999, maximum=9999, example=1)] = 0
    hours: Annotated[int, IntegerField(minimum=-9999, maximum=9999, example=-1)] = 0
    minutes: Annotated[int, IntegerField(minimum=-9999, maximum=9999, example=30)] = 0


def _parse_episodes(raw: object) -> object:
    """Return the list of a change's episodes; "all" becomes a list of that word."""
    if raw == ALL:
        return [ALL]
    if isinstance(raw, list) and ALL in raw:
        raise field_error(f"`{ALL}` must not be in a list", f"Use `{ALL}` without brackets.")
    if not isinstance(raw, str):
        return raw
    suggestion = ALL if raw.lower() == ALL else f"[{fields.expand_episode_range(raw) or 5}]"
    raise field_error(f"`{excerpt(raw)}` is not a list of episodes", f"Use `{suggestion}`.")


class EmptyAllowed:
    """Metadata of a field with a default, whose value may be omitted: `changes:` alone."""

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check_empty, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "null"}]}

    def _check_empty(self, raw: object) -> object:
        if raw == "":
            raise PydanticUseDefault
        return raw


_NUMBER_SCHEMA: Final = {"type": "integer", "minimum": 1, "maximum": MAX_EPISODES}
_ITEM_SCHEMA: Final = {"oneOf": [_NUMBER_SCHEMA, SPECIAL_ID.build_json_schema()]}
_EPISODES_SCHEMA: Final = {
    "oneOf": [{"const": ALL}, {"type": "array", "minItems": 1, "items": _ITEM_SCHEMA}]
}


class Change(Model):
    """An entry of the change log: what happened to which episodes, and when it was decided."""

    at: Timestamp = Field(
        description="When it was decided.", examples=["2025-08-04T12:00:00+09:00"]
    )
    episodes: Annotated[
        tuple[Annotated[str, fields.EPISODE], ...],
        BeforeValidator(_parse_episodes),
        WithJsonSchema(_EPISODES_SCHEMA),
    ] = Field(min_length=1, description="Numbers, ids of specials, or `all`.", examples=[[5]])
    move: DateTime | None = Field(None, description="The new local date and time of one episode.")
    shift: Shift | None = Field(
        None, description="A difference in local time.", examples=[{"weeks": 1}]
    )
    runtime: Runtime | None = Field(None, description="Minutes.")
    status: StatusField | None = None
    note: OneLineText | None = Field(
        None, examples=["A game ran over."], description="What else changed, without spoilers."
    )
    reason: OneLineText | None = Field(
        None, examples=["A game ran over."], description="Why, without spoilers."
    )


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the file and its folder add to the values of a schedule."""

    locations: Locations
    picture: bytes | None
    digest: str


class Schedule(Model):
    """A complete schedule, format 1."""

    model_config = ConfigDict(title="defects-ical schedule, format 1")

    format: Annotated[
        int, fields.FORMAT, AfterValidator(int), WithJsonSchema({"const": 1, "examples": [1]})
    ]
    show: Show
    timezone: Zone = Field(description="The time zone of every local time in this file.")
    published: Timestamp = Field(description="When this schedule was first published.")
    airing: Airing
    clocks: Annotated[tuple[Zone, ...], EmptyAllowed()] = Field(
        (), max_length=20, description="Other time zones in which times are shown."
    )
    platforms: Annotated[Mapping[PlatformId, Platform], AfterValidator(MappingProxyType)] = Field(
        min_length=1,
        max_length=20,
        examples=[{"channel": {"name": "Channel", "kind": "television", "region": "everywhere"}}],
    )
    episodes: Annotated[
        Mapping[EpisodeNumber, EpisodeText], AfterValidator(MappingProxyType), EmptyAllowed()
    ] = Field(
        default_factory=lambda: MappingProxyType({}), description="Teasers and recaps, by number."
    )
    specials: Annotated[tuple[Special, ...], EmptyAllowed()] = ()
    changes: Annotated[tuple[Change, ...], EmptyAllowed()] = Field(
        (), description="Append-only, in ascending order of `at`."
    )

    _file: FileContext = PrivateAttr(FileContext({}, None, ""))

    # Equal only to itself: each loaded schedule is a key for what was computed from it.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def model_post_init(self, context: Any, /) -> None:
        """Store the validation context, if it is a FileContext."""
        if isinstance(context, FileContext):
            self._file = context

    @property
    def picture(self) -> bytes | None:
        """The content of the file named by ``show.picture``: a PNG of 1200 by 630 pixels."""
        return self._file.picture

    @property
    def digest(self) -> str:
        """The SHA-256 of the schedule's file, in hexadecimal."""
        return self._file.digest

    @property
    def episode_keys(self) -> tuple[str, ...]:
        """The names of all episodes in `changes`: "1", "2" … and the ids of specials."""
        numbers = map(str, range(1, self.airing.episodes + 1))
        return (*numbers, *(special.id for special in self.specials))

    def resolve_episodes(self, change: Change) -> tuple[str, ...]:
        """Return the keys of the episodes that a change is about."""
        return self.episode_keys if change.episodes == (ALL,) else change.episodes

    def problem(self, key_path: KeyPath, message: str, hint: str) -> Problem:
        """Return a problem with the value at ``key_path``, or with the closest around it."""
        return problem_at(self._file.locations, key_path, message, hint)


class _EditorJsonSchema(GenerateJsonSchema):
    """Generates a schema in which an optional key may be absent, but not without a value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        # pydantic's own schema accepts any other key too, and has no pattern for numbers.
        pattern = self.generate_inner(schema["keys_schema"]).get("pattern", "^[1-9][0-9]*$")
        return super().dict_schema(schema) | {"propertyNames": {"pattern": pattern}}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described


def build_json_schema() -> dict[str, Any]:
    """Return the format of a schedule as JSON Schema (2020-12), for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | Schedule.model_json_schema(schema_generator=_EditorJsonSchema)
