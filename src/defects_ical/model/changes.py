"""Entries of the change log: what happened to which episodes, and when it was decided."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from defects_ical.model import fields
from defects_ical.model.airing import Amount, Clock, Model, Runtime, Slot, Timestamp
from defects_ical.model.episode_numbers import MAX_NUMBER, NUMBER
from defects_ical.model.field_types import ChoiceField, TranslatedField, field_error
from defects_ical.text.display import excerpt

ALL: Final = "all"
SPECIAL_ID: Final = fields.make_id_field("special-1")

Status: TypeAlias = Literal["confirmed", "tentative", "postponed", "cancelled"]
StatusField: TypeAlias = Annotated[
    Status, ChoiceField(choices=get_args(Status), example="confirmed")
]
PlatformId: TypeAlias = Annotated[str, fields.make_id_field("channel")]
OneLineText: TypeAlias = Annotated[str, TranslatedField(max_length=5000, example="My Show")]


class Shift(Model):
    """A difference in local time: one week later is the same time of day.

    ``slots`` counts the slots of the episode's own rule instead.
    """

    weeks: Amount = 0
    days: Amount = 0
    hours: Amount = 0
    minutes: Amount = 0
    slots: Amount | None = None

    @property
    def changes_clock(self) -> bool:
        """Whether it changes the time of day."""
        return bool(self.hours or self.minutes)


def _parse_episodes(raw: object) -> object:
    """Return the list of a change's episodes; "all" becomes a list of that word."""
    if raw == ALL:
        return [ALL]
    if isinstance(raw, list) and ALL in raw:
        raise field_error(f"`{ALL}` must not be in a list", f"Use `{ALL}` without brackets.")
    if not isinstance(raw, str):
        return raw
    suggestion = ALL if raw.lower() == ALL else f"[{fields.suggest_episodes(raw) or 5}]"
    raise field_error(f"`{excerpt(raw)}` is not a list of episodes", f"Use `{suggestion}`.")


_ITEM_SCHEMA: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER},
        {"type": "string", "pattern": f"^({NUMBER})-({NUMBER})$"},
        SPECIAL_ID.build_json_schema(),
    ]
}
_EPISODES_SCHEMA: Final = {
    "oneOf": [{"const": ALL}, {"type": "array", "minItems": 1, "items": _ITEM_SCHEMA}]
}


class Change(Model):
    """An entry of the change log."""

    at: Timestamp = Field(
        description="When it was decided.", examples=["2025-08-04T12:00:00+09:00"]
    )
    episodes: Annotated[
        tuple[Annotated[str, fields.EPISODE], ...],
        BeforeValidator(_parse_episodes),
        WithJsonSchema(_EPISODES_SCHEMA),
    ] = Field(
        min_length=1,
        description="Numbers, ranges (`7-9`), seasons (`s02`), ids of specials, or `all`.",
        examples=[[5]],
    )
    platform: PlatformId | None = Field(
        None, description="The only platform that it is about; without it, the broadcast."
    )
    move: Slot | None = Field(
        None, description="The new local date and time, or the date while the hour is unknown."
    )
    shift: Shift | None = Field(
        None, description="A difference in local time.", examples=[{"weeks": 1}]
    )
    time: Clock | None = Field(None, description="The new local time; the dates stay.")
    runtime: Runtime | None = Field(None, description="Minutes.")
    status: StatusField | None = None
    note: OneLineText | None = Field(
        None, examples=["A game ran over."], description="What else changed, without spoilers."
    )
    reason: OneLineText | None = Field(
        None, examples=["A game ran over."], description="Why, without spoilers."
    )

    @property
    def changes_time(self) -> bool:
        """Whether it gives its episodes another date or time."""
        return self.move is not None or self.shift is not None or self.time is not None
