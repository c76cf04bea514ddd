"""Tables in the styles of several programs and languages: what is read, or what is asked."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Final

import pytest

from defects_ical.sources.listing import ListedEpisode
from defects_ical.sources.table import TableListing, parse_table
from defects_ical.sources.tables.problems import TableError
from defects_ical.timezones.conversion import format_utc

TABLES: Final = Path(__file__).parent / "tables"
NAMES: Final = tuple(sorted(each.stem for each in TABLES.glob("*.csv")))
SOLUTIONS: Final[dict[str, dict[str, Any]]] = {
    "day-or-month": {"date_order": "month-first"},
    "no-timezone": {"timezone": "Asia/Seoul"},
    "two-digit-years": {"date_order": "day-first"},
}
"""The options that answer the question about a table."""

# The bytes that a file starts with, and its line breaks.
MARKS: Final = {
    "german-excel": (b"\xef\xbb\xbfsep=;\r\n", b"\r\n"),
    "utf-16-tabs": (b"\xff\xfeA\0", b"\r\0\n\0"),
    "japanese-utf-16-be": (b"\xfe\xff", b"\0\r\0\n"),
    "quoted-line-breaks": (b"ep,title", b"\r"),
    "plain": (b"Season,", b"\n"),
}


def parse_file(name: str, **options: Any) -> TableListing:
    """Parse a table with the options in the first line of the text file next to it."""
    line = (TABLES / f"{name}.txt").read_text("utf-8").split("\n", 1)[0]
    given = dict(each.split("=") for each in shlex.split(line)) | options
    content = (TABLES / f"{name}.csv").read_bytes()
    return parse_table(content, file=f"{name}.csv", **{"timezone": None} | given)


def describe_episode(episode: ListedEpisode) -> str:
    """Return the values of an episode in one line."""
    values = {
        "id": episode.id or None,
        "season": episode.season,
        "number": episode.number,
        "title": episode.title,
        "day": episode.day,
        "start": format_utc(episode.start) if episode.start else None,
        "runtime": episode.runtime,
        "cancelled": episode.is_cancelled or None,
        "summary": episode.summary,
    }
    return ", ".join(f"{key} {value!s}" for key, value in values.items() if value is not None)


def describe_table(name: str) -> str:
    """Return what is read from a table, or the message about it."""
    try:
        listing = parse_file(name)
    except TableError as error:
        return f"{error}\n"
    ignored = f" (ignored: {', '.join(listing.ignored_columns)})" if listing.ignored_columns else ""
    lines = [f"{listing.title}{ignored}", *map(describe_episode, listing.episodes)]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_table_is_read_or_refused(name: str) -> None:
    _, expected = (TABLES / f"{name}.txt").read_text("utf-8").split("\n", 1)
    assert describe_table(name) == expected


@pytest.mark.parametrize("name", SOLUTIONS)
def test_option_answers_question(name: str) -> None:
    assert len(parse_file(name, **SOLUTIONS[name]).episodes) == 3


def test_date_order_decides_dates() -> None:
    days = [
        [each.day and each.day.isoformat() for each in parse_file(name, **options).episodes]
        for name, options in (
            ("day-or-month", {"date_order": "day-first"}),
            ("day-or-month", {"date_order": "month-first"}),
            ("two-digit-years", {"date_order": "day-first"}),
        )
    ]
    assert days == [
        ["2025-04-03", "2025-04-10", "2025-05-07"],
        ["2025-03-04", "2025-10-04", "2025-07-05"],
        ["2003-02-01", "2003-02-08", "2003-02-15"],
    ]


@pytest.mark.parametrize("name", MARKS)
def test_git_keeps_bytes_of_tables(name: str) -> None:
    """Git changes neither line breaks nor encodings of the tables."""
    start, line_break = MARKS[name]
    content = (TABLES / f"{name}.csv").read_bytes()
    assert content.startswith(start)
    assert line_break in content
    assert (b"\r" in content) is (b"\r" in line_break)
