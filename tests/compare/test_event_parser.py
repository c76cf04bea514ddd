"""Copies of a feed are read however they were saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from defects_ical.compare.report import format_subject
from tests.compare.comparisons import TIME_EDITED, apply_edit, compare, get_live_feeds, make_report
from tests.compare.edits import EDITS, PUBLISHED


def refold(body: bytes) -> bytes:
    lines = body.replace(b"\r\n ", b"").split(b"\r\n")
    cut = [b"\r\n\t".join(re.findall(b"(?s).{1,40}", each)) for each in lines]
    return b"\r\n".join(cut)


@pytest.mark.parametrize(
    "copy",
    [
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: b"\xef\xbb\xbf" + body,
        refold,
        lambda body: refold(body).replace(b"\r\n", b"\n"),
        lambda body: body.replace(b"TRANSP:TRANSPARENT\r\n", b"").replace(
            b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\nTRANSP:TRANSPARENT\r\n"
        ),
    ],
    ids=["line ends", "a byte order mark", "folds", "folds and line ends", "the order of lines"],
)
def test_encoding_of_a_copy_makes_no_difference(copy: Callable[[bytes], bytes]) -> None:
    live = {path: copy(body) for path, body in get_live_feeds().items()}
    assert live != get_live_feeds()
    assert compare(PUBLISHED, live) == ()
    assert format_subject(each for each in compare(TIME_EDITED, live) if each.kind == "moved") == (
        "Episodes 1 to 5, 7 to 8"
    )


# The same time, local and in UTC

CAIRO = PUBLISHED.replace("Asia/Seoul", "Africa/Cairo")
FORMAT = "%Y%m%dT%H%M%S"


def write_times_in_utc(body: bytes, names: str = "DTSTART|DTEND") -> bytes:
    def convert(match: re.Match[bytes]) -> bytes:
        zone, local = ZoneInfo(match[2].decode()), match[3].decode()
        time = datetime.strptime(local, FORMAT).replace(tzinfo=zone).astimezone(UTC)
        return match[1] + f":{time:{FORMAT}}Z".encode()

    pattern = rb"(?m)^(%s);TZID=([\w/]+):(\w+)" % names.encode()
    return re.sub(pattern, convert, body)


def write_local_times(body: bytes, zone: str) -> bytes:
    """Write the times of events as an earlier release did for every zone."""

    def convert(match: re.Match[bytes]) -> bytes:
        utc = datetime.strptime(match[2].decode(), FORMAT).replace(tzinfo=UTC)
        return match[1] + f";TZID={zone}:{utc.astimezone(ZoneInfo(zone)):{FORMAT}}".encode()

    return re.sub(rb"(?m)^(DTSTART|DTEND):(\w+)Z", convert, body)


@pytest.mark.parametrize("names", ["DTSTART|DTEND", "DTSTART", "DTEND"])
def test_time_that_was_in_utc_is_the_same_time(names: str) -> None:
    feeds = get_live_feeds()
    live = {path: write_times_in_utc(body, names) for path, body in feeds.items()}
    assert all(live[path] != body for path, body in feeds.items())
    assert compare(PUBLISHED, live) == ()
    assert make_report(PUBLISHED, live).entries == ()


def test_time_that_was_local_is_the_same_time() -> None:
    feeds = get_live_feeds(CAIRO)
    live = {path: write_local_times(body, "Africa/Cairo") for path, body in feeds.items()}
    assert all(b"DTEND;TZID=Africa/Cairo:" in body for body in live.values())
    assert not any(b"TZID=" in body for body in feeds.values())
    assert compare(CAIRO, live) == ()
    assert make_report(CAIRO, live).entries == ()


@pytest.mark.parametrize("old", [b"T1400", b"T1500"])
def test_another_time_in_utc_is_a_change(old: bytes) -> None:
    """T1400 is a start, T1500 an end."""
    live = {
        path: write_times_in_utc(body).replace(old, old[:-2] + b"30")
        for path, body in get_live_feeds().items()
    }
    assert {each.severity for each in compare(PUBLISHED, live)} == {"error"}


def test_change_does_not_mention_how_times_were_written() -> None:
    live = {path: write_times_in_utc(body) for path, body in get_live_feeds().items()}
    text = PUBLISHED.replace("They run.", "They hide.")
    assert [(each.kind, each.after) for each in compare(text, live)] == [
        ("text changed", "teaser: They hide.")
    ]
    assert [
        (each.kind, each.issue) for each in compare(apply_edit(EDITS["move appended"]), live)
    ] == [("moved", None)]


def test_zone_of_times_in_utc_is_known() -> None:
    moved = CAIRO.replace("Africa/Cairo", "America/New_York")
    steps = make_report(moved, get_live_feeds(CAIRO)).steps
    assert any("Restore `timezone: Africa/Cairo`" in each for each in steps)
