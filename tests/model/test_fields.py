"""Single values: what each field type accepts, and what its hints suggest."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pydantic_core import PydanticCustomError

from defects_ical.model import fields
from defects_ical.model.field_types import ChoiceField, FieldType, IntegerField, TextField
from defects_ical.model.fields import (
    Period,
    Slot,
    WeeklySlot,
    make_id,
    suggest_episodes,
    suggest_timezones,
)
from defects_ical.timezones.conversion import TIMEZONE_NAMES

COUNT = IntegerField(minimum=1, maximum=10, example=5)
TITLE = TextField(max_length=10, example="My Show")
KIND = ChoiceField(choices=("television", "streaming"), example="television")


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (COUNT, "10", 10),
        (TITLE, " e\u0301 ", "é"),
        (KIND, "streaming", "streaming"),
        (fields.FORMAT, "1", "1"),
        (fields.DATE, "2025-07-21", date(2025, 7, 21)),
        (fields.PREMIERE, "2025-07-21", date(2025, 7, 21)),
        (fields.PREMIERE, "2027-10", Period(2027, 10)),
        (fields.PREMIERE, "2027", Period(2027)),
        (fields.TIME, "23:00", 1380),
        (fields.TIME, "29:59", 1799),
        (fields.WEEKLY_SLOT, "friday", WeeklySlot(4)),
        (fields.WEEKLY_SLOT, "friday 21:50", WeeklySlot(4, 1310)),
        (fields.SLOT, "2025-08-04", Slot(date(2025, 8, 4))),
        (fields.SLOT, "2025-08-04T23:30", Slot(date(2025, 8, 4), 1410)),
        (fields.SLOT, "2025-08-04T25:30", Slot(date(2025, 8, 4), 1530)),
        (
            fields.SLOT,
            "2025-11-02T01:30-04:00",
            Slot(date(2025, 11, 2), 90, timedelta(hours=-4)),
        ),
        (fields.TIMESTAMP, "2025-07-22T09:00:00+09:00", datetime(2025, 7, 22, tzinfo=UTC)),
        (
            fields.UUID,
            "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29",
            UUID(int=0x3C2D1F6490A74B8EA1D57E6F5C4B3A29),
        ),
        (fields.URL, "https://a.example/?b=c;d,e", "https://a.example/?b=c%3Bd%2Ce"),
        (fields.EPISODE, "making-of", "making-of"),
        (fields.EPISODE, "57-120", "57-120"),
        (fields.EPISODE, "s02e03-s02e08", "s02e03-s02e08"),
        (fields.EPISODE_KEY, "s02e03", "s02e03"),
        (fields.PICTURE, "picture.png", "picture.png"),
        (fields.ZONE, "Asia/Seoul", "Asia/Seoul"),
        (fields.COLOR, "crimson", "crimson"),
    ],
)
def test_valid_value_is_parsed(field: FieldType, raw: str, value: object) -> None:
    assert field.parse(raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "error"),
    [
        (COUNT, "+5", "`+5` is not a whole number. Use a number from 1 to 10, like `5`."),
        (COUNT, "11", "11 is not between 1 and 10. Use a number from 1 to 10, like `5`."),
        (TITLE, "x" * 11, "11 characters is too long (maximum 10). Shorten it."),
        (
            KIND,
            "",
            "expected one of the allowed values, got nothing. Use `television` or `streaming`.",
        ),
        (KIND, "Streaming", "`Streaming` is not one of the allowed values. Use `streaming`."),
        (fields.DATE, "2025-7-1", "`2025-7-1` is not a date. Use `2025-07-01`."),
        (fields.DATE, "2025-2-30", "`2025-2-30` is not a date. Use a value like `2025-07-21`."),
        (fields.TIME, "9.00", "`9.00` is not a time of day. Use `09:00`."),
        (fields.TIME, "9pm", "`9pm` is not a time of day. Use `21:00`."),
        (fields.TIME, "12:30 a.m.", "`12:30 a.m.` is not a time of day. Use `00:30`."),
        (fields.TIME, "25:70", "`25:70` is not a time of day. Use a value like `23:00`."),
        (fields.TIME, "30:15", "`30:15` is past the night. Use `06:15`, and the next day."),
        (
            fields.PREMIERE,
            "October 2027",
            "`October 2027` is not a date, a month or a year. Use `2027-10`.",
        ),
        (
            fields.SLOT,
            "July 21, 2025",
            "`July 21, 2025` is not a date, or a date and time. Use `2025-07-21`.",
        ),
        (
            fields.WEEKLY_SLOT,
            "Sat 9:40pm",
            "`Sat 9:40pm` is not a weekday, or a weekday and an hour. Use `saturday 21:40`.",
        ),
        (
            fields.TIMESTAMP,
            "2025-07-22 09:00Z",
            (
                "`2025-07-22 09:00Z` is not a date and time with seconds and UTC offset. "
                "Use `2025-07-22T09:00:00+00:00`."
            ),
        ),
        (
            fields.URL,
            "https://a.example:0/",
            (
                "`https://a.example:0/` is not an http or https URL. "
                "Use a value like `https://www.example.org/`."
            ),
        ),
        (fields.ZONE, "MST7", "`MST7` is not an IANA time zone. Use a value like `Asia/Seoul`."),
    ],
)
def test_invalid_value_gets_hint(field: FieldType, raw: str, error: str) -> None:
    with pytest.raises(PydanticCustomError, match=f"^{re.escape(error)}$"):
        field.parse(raw)


@pytest.mark.parametrize(
    "field", [each for each in vars(fields).values() if isinstance(each, FieldType)]
)
def test_example_of_field_is_valid(field: FieldType) -> None:
    """Hints show the examples; only the placeholder of a UUID must be replaced."""
    if field is not fields.UUID:
        field.parse(str(field.example))


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("The Show", "the-show"),
        ("Élite: l'été à l\u2019Opéra", "elite-lete-a-lopera"),
        ("  24 Hours -- Live!  ", "hours-live"),
        ("x" * 59 + " y z", "x" * 59),
        ("아이쇼핑", ""),
    ],
)
def test_id_is_made_from_name(name: str, made: str) -> None:
    assert make_id(name) == made


@pytest.mark.parametrize(
    ("raw", "item"),
    [
        ("3 to 5", "3-5"),
        ("Ep. 07", "7"),
        ("episodes 1 - 2", "1-2"),
        ("s2e3", "s02e03"),
        ("S02E03-E08", "s02e03-s02e08"),
        ("making-of", None),
    ],
)
def test_episodes_are_suggested(raw: str, item: str | None) -> None:
    assert suggest_episodes(raw) == item


def test_late_hour_belongs_to_the_evening_before() -> None:
    slot = Slot(date(2025, 8, 4), 1530)
    assert slot.naive == datetime.fromisoformat("2025-08-05T01:30")
    assert slot.isoformat() == "2025-08-04T25:30"


@pytest.mark.parametrize(
    ("name", "zones"),
    [
        ("kst", ("Asia/Seoul",)),
        ("New York", ("America/New_York",)),
        ("Asia/Soul", ("Asia/Seoul",)),
        ("xyz", ()),
    ],
)
def test_timezone_is_suggested(name: str, zones: tuple[str, ...]) -> None:
    assert suggest_timezones(name) == zones


def test_abbreviations_stand_for_known_zones() -> None:
    assert set(fields.TIMEZONE_ABBREVIATIONS.values()) <= set(TIMEZONE_NAMES)
