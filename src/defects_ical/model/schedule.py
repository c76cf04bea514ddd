"""The checked, frozen schedule: a show, when it airs, its platforms and its change log."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, PydanticUseDefault, core_schema

from defects_ical.errors import Problem
from defects_ical.model import fields
from defects_ical.model.airing import (
    BLOCK_EXAMPLE,
    Block,
    Delay,
    ListOptional,
    MinutesAllowed,
    Model,
    Runtime,
    Season,
    Slot,
    Timestamp,
)
from defects_ical.model.changes import SPECIAL_ID, Change, OneLineText, PlatformId
from defects_ical.model.field_types import (
    ChoiceField,
    IntegerField,
    LanguageField,
    TextField,
    TranslatedField,
    check_unique,
)
from defects_ical.model.source import Credit, Source
from defects_ical.model.yaml.reader import KeyPath, Locations, problem_at
from defects_ical.text.languages import DEFAULT_LANGUAGE, LANGUAGES, load_words
from defects_ical.text.translations import translate
from defects_ical.text.words import Words

_Value = TypeVar("_Value")

DEFAULT_REMINDER: Final = 30
"""The reminder that every schedule has, in minutes before the start."""

Slug: TypeAlias = Annotated[str, fields.make_id_field("my-show")]
Zone: TypeAlias = Annotated[str, fields.ZONE]
MultiLineText: TypeAlias = Annotated[
    str, TranslatedField(max_length=20_000, example="A few sentences.", multiline=True)
]
Category: TypeAlias = Annotated[
    str, TranslatedField(max_length=100, example="thriller", forbidden=",")
]
Name: TypeAlias = Annotated[str, TranslatedField(max_length=5000, example="My Show", is_name=True)]
Language: TypeAlias = Annotated[
    str,
    LanguageField(noun="the code of a language", example="ko", choices=LANGUAGES),
]
PlatformKind: TypeAlias = Annotated[
    str, ChoiceField(choices=("television", "streaming", "cinema"), example="television")
]
EpisodeKey: TypeAlias = Annotated[str, fields.EPISODE_KEY]
URL: TypeAlias = Annotated[str, fields.URL]
Blocks: TypeAlias = Annotated[tuple[Block, ...], Field(min_length=1), ListOptional()]
Reminder: TypeAlias = Annotated[int, IntegerField(minimum=1, maximum=40_320, example=1440)]


class Role(Model):
    """An actor and the character played."""

    actor: Name = Field(examples=["Name of the actor"])
    role: OneLineText = Field(examples=["Name of the character"])


class Show(Model):
    """The series itself, independent of when and where it airs."""

    uid: Annotated[uuid.UUID, fields.UUID] = Field(
        description="Created once for this show and never changed: all event UIDs derive from it."
    )
    slug: Slug = Field(description="The word in every URL of this show.")
    title: Name
    original_title: Annotated[str, TextField(max_length=5000, example="아이쇼핑")] | None = None
    season: Season | None = None
    synopsis: MultiLineText | None = Field(None, description="What it is about, without spoilers.")
    genres: tuple[Category, ...] = Field(
        (), max_length=20, description="Used as the categories of events."
    )
    cast: tuple[Role, ...] = Field((), max_length=200)
    color: Annotated[str, fields.COLOR] = Field("slategray", description="A CSS colour name.")
    picture: Annotated[str, fields.PICTURE] | None = Field(
        None, description="A PNG of 1200 by 630 pixels next to this file, for link previews."
    )
    credit: Credit | None = Field(None, description="Whom the site credits for its data.")

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The credit if there is one."""
        return (self.credit,) if self.credit else ()


class Platform(Model):
    """A channel or service that shows the series in a region."""

    name: Name = Field(examples=["Channel"])
    kind: PlatformKind
    region: OneLineText = Field(examples=["everywhere"])
    url: URL | None = None
    delay: Annotated[Delay, MinutesAllowed()] | None = Field(
        None, description="Minutes after the broadcast, or a difference in local time."
    )
    airing: Blocks | None = Field(None, description="When episodes are on this platform.")

    @property
    def follows(self) -> bool:
        """Whether episodes without a plan of the platform's own are on it after the broadcast."""
        return self.airing is None or self.delay is not None


class EpisodeDetails(Model):
    """What is known of one episode: the teaser is safe to read, the recap contains spoilers."""

    title: OneLineText | None = Field(None, examples=["The Search"])
    runtime: Runtime | None = Field(None, description="Minutes, if not that of its block.")
    links: Annotated[Mapping[PlatformId, URL], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({}),
        examples=[{"channel": fields.URL.example}],
        description="Its own URL on a platform.",
    )
    teaser: MultiLineText | None = None
    recap: MultiLineText | None = None


class Special(Model):
    """A broadcast with a name instead of a number; its id never changes."""

    id: Annotated[str, SPECIAL_ID]
    title: OneLineText = Field(examples=["The making of"])
    published: Timestamp | None = Field(
        None, description="When the special was added, if later than the show."
    )
    airs: Slot
    runtime: Runtime | None = Field(None, description="Minutes.")


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


class FileContext(NamedTuple):
    """What the file and its folder add to the values of a schedule."""

    locations: Locations
    picture: bytes | None
    digest: str
    languages: tuple[str, ...] = (DEFAULT_LANGUAGE,)


class Schedule(Model):
    """A complete schedule, format 1."""

    model_config = ConfigDict(title="defects-ical schedule, format 1")

    format: Annotated[
        int, fields.FORMAT, AfterValidator(int), WithJsonSchema({"const": 1, "examples": [1]})
    ]
    show: Show
    languages: Annotated[tuple[Language, ...], AfterValidator(check_unique)] = Field(
        (DEFAULT_LANGUAGE,),
        min_length=1,
        examples=[["en", "ko"]],
        description="The languages of the site, the main one first.",
    )
    timezone: Zone = Field(description="The time zone of every local time in this file.")
    published: Timestamp = Field(description="When this schedule was first published.")
    airing: Blocks = Field(
        (),
        description="Blocks of episodes: one, or a list of several.",
        examples=[BLOCK_EXAMPLE],
    )
    clocks: Annotated[tuple[Zone, ...], EmptyAllowed()] = Field(
        (), max_length=20, description="Other time zones in which times are shown."
    )
    platforms: Annotated[Mapping[PlatformId, Platform], AfterValidator(MappingProxyType)] = Field(
        min_length=1,
        max_length=20,
        examples=[{"channel": {"name": "Channel", "kind": "television", "region": "everywhere"}}],
    )
    reminders: Annotated[tuple[Reminder, ...], EmptyAllowed()] = Field(
        (), max_length=5, description="Minutes before the start, besides 30."
    )
    episodes: Annotated[
        Mapping[EpisodeKey, EpisodeDetails], AfterValidator(MappingProxyType), EmptyAllowed()
    ] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="What is known of single episodes, by number.",
    )
    specials: Annotated[tuple[Special, ...], EmptyAllowed()] = ()
    changes: Annotated[tuple[Change, ...], EmptyAllowed()] = Field(
        (), description="Append-only, in ascending order of `at`."
    )
    source: Source | None = Field(
        None, description="Where `defects-ical import --update` looks for news."
    )

    _file: FileContext = PrivateAttr(FileContext({}, None, ""))
    _language: str | None = PrivateAttr(None)
    _words: str | None = PrivateAttr(None)

    # Equal only to itself: each loaded schedule is a key for what was computed from it.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def model_post_init(self, context: Any, /) -> None:
        """Store the validation context, if it is a FileContext."""
        if isinstance(context, FileContext):
            self._file = context

    @property
    def language(self) -> str:
        """The code of the language in which this schedule is: the main one, or that of a copy."""
        return self._language or self.languages[0]

    @cached_property
    def words(self) -> Words:
        """The texts of the language of this schedule."""
        return load_words(self._words or self.language)

    def in_language(self, language: str) -> Schedule:
        """Return the same schedule with its texts in a language; in the main one if they lack it.

        An original title that is the title in that language is left out.
        """
        copy = translate_model(self, language, self.languages[0])
        if copy.show.title == copy.show.original_title:
            show = copy.show.model_copy(update={"original_title": None})
            copy = copy.model_copy(update={"show": show})
        return copy._copy(_language=language)  # noqa: SLF001 - of the same class

    def described_in(self, language: str) -> Schedule:
        """Return the same schedule with dates and labels in another language than its texts."""
        return self if self.words.code == language else self._copy(_words=language)

    def _copy(self, **private: str) -> Schedule:
        copy = self.model_copy()
        copy.__dict__.pop("words", None)
        for name, value in private.items():
            setattr(copy, name, value)
        return copy

    @property
    def picture(self) -> bytes | None:
        """The content of the file named by ``show.picture``: a PNG of 1200 by 630 pixels."""
        return self._file.picture

    @property
    def digest(self) -> str:
        """The SHA-256 of the schedule's file, in hexadecimal."""
        return self._file.digest

    @property
    def all_reminders(self) -> tuple[int, ...]:
        """Each reminder that feeds are made for, in minutes; the default is the first."""
        return tuple(dict.fromkeys((DEFAULT_REMINDER, *self.reminders)))

    def problem(self, key_path: KeyPath, message: str, hint: str) -> Problem:
        """Return a problem with the value at ``key_path``, or with the closest around it."""
        return problem_at(self._file.locations, key_path, message, hint)


def read_languages(raw: object) -> tuple[str, ...]:
    """Return the languages in a file that is not checked yet; the default if they are invalid."""
    found = raw.get("languages") if isinstance(raw, dict) else None
    codes = found if isinstance(found, list) else []
    return tuple(each for each in codes if each in LANGUAGES) or (DEFAULT_LANGUAGE,)


def translate_model(value: _Value, language: str, main_language: str) -> _Value:
    """Return a value of a file with its texts in a language; itself if it has none."""
    found: Any = value
    match value:
        case str():
            found = translate(value, language, main_language)
        case tuple() if type(value) is tuple:
            items = [translate_model(each, language, main_language) for each in value]
            is_same = all(map(operator.is_, items, value))
            found = value if is_same else tuple(items)
        case MappingProxyType():
            texts = {
                key: translate_model(each, language, main_language) for key, each in value.items()
            }
            is_same = all(map(operator.is_, texts.values(), value.values()))
            found = value if is_same else MappingProxyType(texts)
        case Model():
            changed = {
                name: new
                for name, each in value.__dict__.items()
                if (new := translate_model(each, language, main_language)) is not each
            }
            found = value.model_copy(update=changed) if changed else value
    return cast("_Value", found)


class _EditorJsonSchema(GenerateJsonSchema):
    """Generates a schema in which an optional key may be absent, but not without a value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        # pydantic's own schema accepts any other key too.
        pattern = self.generate_inner(schema["keys_schema"])["pattern"]
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
