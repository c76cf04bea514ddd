"""The documentation of tables: its names, dates, times and messages are those of the program."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pytest

from defects_ical.sources.table import parse_table
from defects_ical.sources.tables.columns import Column, find_column
from defects_ical.sources.tables.problems import TableError
from defects_ical.sources.tables.written_dates import parse_date
from defects_ical.sources.tables.written_times import parse_clock, parse_runtime
from tests.support.documents import read_code_blocks, read_section, read_table_rows

PAGE: Final = "docs/importing.md"


def read_examples(heading: str, column: int = 0) -> list[tuple[list[str], list[str]]]:
    """Return each row of a table on the page, with the code in one of its columns."""
    rows = read_table_rows(read_section(PAGE, heading))
    return [(row, re.findall("`(.+?)`", row[column])) for row in rows]


def test_first_example_is_read() -> None:
    content = read_code_blocks(PAGE, "csv")[0].encode()
    episodes = parse_table(content, file="show.csv", timezone="Asia/Seoul").episodes
    assert [(each.season, each.number) for each in episodes] == [(1, 1), (1, 2), (1, 3), (1, None)]


def test_message_example_is_what_is_reported() -> None:
    content = read_code_blocks(PAGE, "csv")[1].encode()
    with pytest.raises(TableError) as caught:
        parse_table(content, file="show.csv", timezone=None)
    assert f"{caught.value}\n" == read_code_blocks(PAGE, "text")[0]


def test_every_column_is_documented() -> None:
    rows = read_examples("### Columns")
    assert {find_column(names[0]) for _, names in rows} == {*Column}


def test_documented_names_of_columns_work() -> None:
    for (_, (name, *_)), (_, others) in zip(
        read_examples("### Columns"), read_examples("### Columns", 1), strict=True
    ):
        assert {find_column(other) for other in others} <= {find_column(name)}


def test_names_in_other_languages_work() -> None:
    text = read_section(PAGE, "### Columns").partition("Usual names")[2].partition("Columns with")
    names = re.findall("`(.+?)`", text[0])
    assert len(names) == 15
    assert all(map(find_column, names))


def test_documented_dates_are_read() -> None:
    for row, texts in read_examples("### Dates"):
        dates = [*map(parse_date, texts)]
        if row[1] == "not known":
            assert {*dates} == {None}
        else:
            days = {day for each in dates if each for day in each.days.values()}
            assert days == {date(2025, 7, 21)}
            assert None not in dates


def test_documented_dates_with_time_have_it() -> None:
    rows = [texts for row, texts in read_examples("### Dates") if row[1].startswith("with a time")]
    clocks = [written and written.clock for texts in rows for written in map(parse_date, texts)]
    assert len(clocks) == 5
    assert all(clocks)


def test_documented_times_are_read() -> None:
    for row, texts in read_examples("### Times"):
        if row[1].startswith("23:00"):
            assert {parse_clock(text).minutes for text in texts} == {23 * 60}
        elif "offset" in row[1]:
            assert None not in {parse_clock(text).offset for text in texts}


def test_documented_lengths_are_read() -> None:
    (cells,) = (row[2] for row, names in read_examples("### Columns") if names == ["runtime"])
    assert {parse_runtime(text) for text in re.findall("`(.+?)`", cells)} == {60, 90}
