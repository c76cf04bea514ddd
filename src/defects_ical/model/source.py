"""Where the data of a schedule come from: whom the site credits, and where to look for news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field

from defects_ical.model import fields
from defects_ical.model.airing import Model
from defects_ical.model.episode_numbers import parse_key
from defects_ical.model.field_types import (
    FieldType,
    IntegerField,
    PatternField,
    TextField,
    describe_excess,
    field_error,
)
from defects_ical.text.display import INVISIBLE_CHARS, codepoint_name

MAX_SOURCE_ID: Final = 500
MAX_TVMAZE_ID: Final = 999_999_999


@dataclass(eq=False, repr=False, kw_only=True)
class SourceIdField(FieldType):
    """An id of another program, which stays as it is: text of one line."""

    def parse(self, raw: str) -> str:
        """Return the id."""
        if not raw:
            raise self._build_error(raw)
        if len(raw) > MAX_SOURCE_ID:
            raise field_error(*describe_excess(raw, MAX_SOURCE_ID))
        if "\n" in raw:
            raise field_error("line breaks are not allowed here", "Write the id in one line.")
        if found := INVISIBLE_CHARS.search(raw):
            message = f"control character {codepoint_name(found)} is not allowed"
            raise field_error(message, "Remove it.")
        return raw

    def _describe_format(self) -> dict[str, Any]:
        # TVmaze's ids are numbers to an editor.
        types = ["string", "number", "boolean"]
        return {"type": types, "minLength": 1, "maxLength": MAX_SOURCE_ID}


def _correct_episode_id(raw: str) -> str:
    """Return the id that a number means, as other keys have it ("3"), or a name."""
    word = fields.suggest_episodes(raw)
    number = parse_key(word) if word else None
    return number.id if number else fields.make_id(raw)


_EPISODE_ID: Final = fields.make_id_field("e03")
EpisodeId: TypeAlias = Annotated[
    str,
    PatternField(
        noun="the id of an episode or special",
        example="e03",
        pattern=_EPISODE_ID.pattern,
        convert=_EPISODE_ID.convert,
        correct=_correct_episode_id,
        keywords=_EPISODE_ID.keywords,
    ),
]
SourceId: TypeAlias = Annotated[
    str, SourceIdField(noun="the id of the episode at the source", example="2238231")
]


class Credit(Model):
    """Whom the site credits for its data, as a licence such as CC BY-SA demands."""

    name: Annotated[str, TextField(max_length=100, example="TVmaze")]
    url: Annotated[str, fields.URL] = Field(
        examples=["https://www.tvmaze.com/shows/1/x"], description="The page of the show there."
    )
    licence: Annotated[str, TextField(max_length=100, example="CC BY-SA 4.0")]


class Source(Model):
    """The same show elsewhere, either at TVmaze or in a calendar; nothing of it is published."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["tvmaze"]}, {"required": ["ics"]}]}
    )

    tvmaze: Annotated[int, IntegerField(minimum=1, maximum=MAX_TVMAZE_ID, example=12345)] | None = (
        Field(None, description="The number of the show at TVmaze.")
    )
    ics: Annotated[str, fields.URL] | None = Field(
        None, examples=["https://www.example.org/feed.ics"], description="The URL of a calendar."
    )
    episodes: Annotated[Mapping[EpisodeId, SourceId], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({}),
        examples=[{"e03": 2238231}],
        description="The source's own id of each episode, by the id of the episode.",
    )
