"""A feed can be cut into pieces, whatever its bytes are."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.doctor.importers.excerpt import (
    EXCERPT_BYTES,
    MAX_BYTES,
    cut_excerpt,
    join_pieces,
)
from defects_ical.rfc5545.content_lines import split_physical_lines
from tests.doctor.importers.feeds import (
    TIMEZONE,
    count_lines,
    write_event,
    write_feed,
    write_large_feed,
)

LINES = st.sampled_from(
    [
        b"BEGIN:VCALENDAR",
        b"end:vcalendar ",
        b"BEGIN:VEVENT",
        b"Begin:VEvent",
        b"END:VEVENT",
        b"BEGIN:VTIMEZONE",
        b"END:VTIMEZONE",
        b"BEGIN:VALARM",
        b"END:VALARM",
        b"SUMMARY:Tides",
        b" folded",
        b"\xef\xbb\xbf\xff\x00",
        b"",
    ]
)
LARGE: Final = write_large_feed(MAX_BYTES)
ENDINGS = st.sampled_from([b"\r\n", b"\n", b"\r", b""])


@given(st.lists(st.builds(bytes.__add__, LINES, ENDINGS)))
@settings(max_examples=300)
def test_pieces_are_the_whole_feed_in_order_with_the_numbers_of_their_lines(
    lines: list[bytes],
) -> None:
    body = b"".join(lines)
    pieces = cut_excerpt(body).pieces
    assert join_pieces(pieces) == body
    starts = {line.number: line.raw for line in split_physical_lines(body)}
    assert all(each.raw.startswith(starts[each.line]) for each in pieces)
    assert all(a.line < b.line for a, b in pairwise(pieces))


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b"\r"])
def test_each_event_and_each_line_around_it_is_a_piece(ending: bytes) -> None:
    alarm = "DTSTART:20260701T140000Z\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\n"
    body = write_feed(TIMEZONE, write_event(1, alarm), "X-A:b\r\n c\r\n", write_event(2))
    feed = cut_excerpt(body.replace(b"\r\n", ending))
    assert [(each.line, each.kind) for each in feed.pieces] == [
        (1, "frame"),
        (2, "other"),
        (3, "other"),
        (4, "other"),
        (12, "event"),
        (22, "other"),
        (24, "event"),
        (31, "frame"),
    ]
    assert (feed.given, feed.total) == (2, 2)


def test_an_event_that_is_not_closed_ends_where_the_next_begins() -> None:
    unclosed = write_event(1).replace("END:VEVENT\r\n", "")
    feed = cut_excerpt(write_feed(unclosed, write_event(2)))
    assert [each.line for each in feed.pieces if each.kind == "event"] == [4, 10]


def test_a_large_feed_is_cut_after_a_complete_event_and_keeps_its_timezones() -> None:
    feed = cut_excerpt(LARGE)
    text = join_pieces(feed.pieces)
    assert EXCERPT_BYTES - 1000 < len(text) < EXCERPT_BYTES + 1000
    assert text.count(b"BEGIN:VEVENT") == text.count(b"END:VEVENT") == feed.given
    assert text.endswith(TIMEZONE.encode() + b"END:VCALENDAR\r\n")
    assert feed.total == LARGE.count(b"BEGIN:VEVENT")
    *_, timezone, _ = feed.pieces
    assert timezone.line == count_lines(LARGE, b"BEGIN:VTIMEZONE")


@pytest.mark.parametrize(
    ("body", "total"),
    [
        (b"", 0),
        (b"x" * (MAX_BYTES + 1), 0),
        (b"a\n" * MAX_BYTES, 0),
        (write_feed(write_event(1, f"DTSTART:20260701\r\nATTACH:{'x' * MAX_BYTES}\r\n")), 1),
        (b"BEGIN:VEVENT\r\n" + b"BEGIN:X\r\n" * MAX_BYTES, 1),
        (write_large_feed(MAX_BYTES, TIMEZONE * 2000), LARGE.count(b"BEGIN:VEVENT")),
    ],
    ids=["empty", "one line", "short lines", "large event", "deep", "many timezones"],
)
def test_a_feed_whose_beginning_is_no_calendar_has_no_pieces(body: bytes, total: int) -> None:
    feed = cut_excerpt(body)
    assert (feed.pieces, feed.given, feed.total) == ((), 0, total)
