"""Feeds with random mistakes: whatever they are, the checks find something to say, or nothing."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest

from tests.doctor.content_issues import find
from tests.doctor.outcomes.cases import load_cases
from tests.support.variants import leave_to_soak

# Shorter than the feeds with pictures, so that many are tried.
MAX_BYTES: Final = 10_000
CASES: Final = load_cases()
FEEDS: Final = [
    body
    for name, path in CASES.list_files().items()
    if name in CASES.good and len(body := path.read_bytes()) < MAX_BYTES
]
CHUNK: Final = 500
"""The mutations of one test; 400 tests make 200,000."""
WORDS: Final = (
    *(b"0", b"-1", b"9" * 30, b" ", b";", b":", b",", b"=", b'"', b"\\", b"\r\n", b"\n ", b"\0"),
    *(b"\xff", "é".encode(), b"Z", b"T", b"P", b"UNTIL=", b"COUNT=", b"INTERVAL=0", b"FREQ="),
    *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VALARM\r\n", b"TZID=", b"VALUE=DATE"),
    *(b"00000000T000000Z", b"99991231T235960Z", b"RRULE:FREQ=SECONDLY\r\n"),
)


def mutate(feed: bytes, random: Random) -> bytes:
    """Return a feed with one to four parts removed, repeated, moved or replaced."""
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(feed) + 1)
        end = min(start + random.choice((0, 1, 3, 10, 80)), len(feed))
        part, at = feed[start:end], random.randrange(len(feed) + 1)
        replacement = random.choice((b"", part * 2, random.choice(WORDS), feed[at : at + 40]))
        feed = feed[:start] + replacement + feed[end:]
    return feed


@pytest.mark.parametrize("seed", [0, *leave_to_soak(*range(1, 400))])
def test_checks_accept_every_mutation(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same feeds in every run
    for _ in range(CHUNK):
        for finding in find(mutate(random.choice(FEEDS), random)):
            assert finding.message
            assert len(finding.message) < 500
