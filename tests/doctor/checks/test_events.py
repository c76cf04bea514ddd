"""Times and values of events."""

from __future__ import annotations

from typing import Final

import pytest

from tests.doctor.content_issues import Issues, find_issues
from tests.support.broken_feeds import FEEDS, VALID


@pytest.mark.parametrize(
    ("second", "issues"), [(b"59", []), (b"60", []), (b"61", [("invalid-time", 26)])]
)
def test_leap_second_is_valid(second: bytes, issues: Issues) -> None:
    end = b"DTEND:20261021T0059" + second + b"Z"
    body = VALID.replace(b"DTEND;TZID=America/New_York:20261020T203000", end)
    assert find_issues(body) == issues


def test_end_may_equal_start() -> None:
    assert find_issues(VALID.replace(b"20261020T203000", b"20261020T190000")) == []


def test_start_and_end_are_compared_in_utc() -> None:
    later = VALID.replace(b"DTEND;TZID=America/New_York:20261020T203000", b"DTEND:20261021T003000Z")
    assert find_issues(later) == []
    earlier = VALID.replace(
        b"DTEND;TZID=America/New_York:20261020T203000", b"DTEND:20261020T203000Z"
    )
    assert find_issues(earlier) == [("end-before-start", 26)]


DURATIONS: Final = ("PT1H", "P1D", "P2W", "PT90M", "-PT30M", "P1DT2H", "PT1H30M10S", "pt5m")
INVALID_DURATIONS: Final = ("1H", "P", "PT", "P1H", "PT1", "P1DT", "P1W2D", "T1H", "PT-5M", "PT1H ")


@pytest.mark.parametrize("duration", [*DURATIONS, *INVALID_DURATIONS])
def test_duration_format(duration: str) -> None:
    body = FEEDS["DURATION"].replace(b"PT90M", duration.encode())
    assert ("invalid-value" in dict(find_issues(body))) is (duration in INVALID_DURATIONS)
