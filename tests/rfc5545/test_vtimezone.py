"""The evaluation of VTIMEZONEs, compared with dateutil's."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Final

import pytest
from dateutil.tz import tzical

from defects_ical.rfc5545.lenient_parser import parse_lenient
from defects_ical.rfc5545.vtimezone import defined_offset, parse_observances, parse_yearly_rrule
from tests.support.broken_feeds import VTIMEZONE

# Lord Howe Island changes its clocks by half an hour, in the other half of the year.
SOUTHERN: Final = (
    VTIMEZONE.replace("America/New_York", "Australia/Lord_Howe")
    .replace("-0500", "+1030")
    .replace("-0400", "+1100")
    .replace("BYMONTH=3;BYDAY=2SU", "BYMONTH=10;BYDAY=1SU")
    .replace("BYMONTH=11", "BYMONTH=4")
    .replace("20070311", "20071007")
    .replace("20071104", "20070401")
)
ONSET: Final = datetime(2007, 11, 4, 2)  # noqa: DTZ001 - an onset is a local time


@pytest.mark.parametrize("text", [VTIMEZONE, SOUTHERN])
def test_offsets_match_dateutil(text: str) -> None:
    (calendar,) = parse_lenient(f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n".encode()).calendars
    observances = tuple(parse_observances(calendar.components[0]))
    oracle = tzical(StringIO(text)).get()
    assert oracle
    # Five hours apart, no time is within an hour after a transition, where dateutil differs.
    for hours in range(0, 3 * 365 * 24, 5):
        naive = datetime(2025, 1, 1, 6, 30) + timedelta(hours=hours)  # noqa: DTZ001 - local times
        assert defined_offset(observances, naive) == oracle.utcoffset(naive), naive


def test_no_offset_before_the_first_onset() -> None:
    (calendar,) = parse_lenient(f"BEGIN:VCALENDAR\n{VTIMEZONE}END:VCALENDAR\n".encode()).calendars
    observances = tuple(parse_observances(calendar.components[0]))
    assert defined_offset(observances, datetime(2007, 3, 11, 1, 59)) is None  # noqa: DTZ001 - local
    assert defined_offset(observances, datetime(2007, 3, 11, 2)) == -timedelta(hours=4)  # noqa: DTZ001 - local


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", 1),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=-1SU", 29),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=-2SU", 22),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14", 8),
        ("FREQ=YEARLY", 4),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=5MO", 30),
    ],
)
def test_day_of_yearly_rule(rule: str, day: int) -> None:
    parsed = parse_yearly_rrule(rule, ONSET)
    assert parsed
    assert parsed.find_date(2026) == datetime(2026, 11, day).date()  # noqa: DTZ001 - a date
