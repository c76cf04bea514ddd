"""Tables of any content: what is written is read, and anything else is explained."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from defects_ical.model.changes import OneLineText
from defects_ical.model.fields import Slot
from defects_ical.sources.listing import ListedEpisode
from defects_ical.sources.plain_text import clean_line
from defects_ical.sources.table import parse_table
from defects_ical.sources.tables.columns import Column
from defects_ical.sources.tables.problems import TableError
from defects_ical.sources.tables.written_times import is_undecided
from defects_ical.timezones.conversion import to_local, to_utc

ZONE: Final = "Asia/Seoul"
TITLES: Final = TypeAdapter[str](OneLineText)
COLUMNS: Final = ("id", "season", "episode", "title", "date", "time", "runtime", "status")

# Parts of cells that are read, or nearly.
CELLS: Final = st.one_of(
    st.sampled_from(list('0123456789,;\t\n\r"\\\u2067')),
    st.sampled_from(("2025-07-21", "03/04/2025", "01/02/03", "45859.5", "21.07.25", "Mon", "月")),
    st.sampled_from(("23:00", "0.25", "25:30", "11 PM", "오후 1:00", "+09:00", "2025-10-26 01:30")),
    st.sampled_from(("S01E02", "3화", "TBA", "1h", "1:00", '""')),
    st.text(max_size=8),
)
NAMES: Final = st.sampled_from([name for column in Column for name in column.value] + ["other"])


def check_refused_or_valid(content: bytes, timezone: str | None) -> None:
    """Parse a table. If it can be read, its titles are valid in a schedule."""
    try:
        listing = parse_table(content, file="show.csv", timezone=timezone)
    except TableError:
        return
    for episode in listing.episodes:
        assert episode.number is not None or episode.title
        assert episode.start is None or episode.day is not None
        assert episode.title is None or TITLES.validate_python(episode.title) == episode.title
    assert TITLES.validate_python(listing.title) == listing.title


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check_refused_or_valid(content, None)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=6, unique=True),
    rows=st.lists(st.lists(CELLS, max_size=6), max_size=4),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    timezone=st.sampled_from([None, "Europe/London", ZONE]),
)
def test_any_cells_are_read_or_refused(
    names: list[str],
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
    timezone: str | None,
) -> None:
    lines = [delimiter.join(each) for each in (["date", *names], *rows)]
    check_refused_or_valid("\n".join(lines).encode(encoding, "replace"), timezone)


def write_table(episodes: list[ListedEpisode], dialect: dict[str, Any]) -> str:
    """Write episodes as a table with dates and local times as ISO 8601 has them."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, **dialect)
    writer.writerow(COLUMNS)
    for each in episodes:
        local = to_local(each.start, ZONE).naive if each.start else None
        time = local and f"{local:%H:%M}"
        status = "cancelled" if each.is_cancelled else ""
        cells = (each.id, each.season, each.number, each.title, each.day, time, each.runtime)
        writer.writerow([*cells, status])
    return stream.getvalue()


def make_start(day: date | None, minutes: int | None) -> datetime | None:
    """Return the UTC time of an episode; Seoul changed its clocks until 1988."""
    has_start = day and minutes is not None and day.year > 1988
    return to_utc(Slot(day, minutes).naive, ZONE) if day and has_start else None


def make_episode(
    name: tuple[int | None, int], day: date | None, minutes: int | None, **values: Any
) -> ListedEpisode:
    """Return an episode with its own id."""
    season, number = name
    start = make_start(day, minutes)
    return ListedEpisode(f"{season}-{number}", season, number, start=start, day=day, **values)


EPISODES: Final = st.builds(
    make_episode,
    st.tuples(st.none() | st.integers(1, 9999), st.integers(0, 99_999)),
    st.none() | st.dates(date(1973, 1, 1), date(2037, 12, 31)),
    st.none() | st.integers(0, 1439),
    title=st.text(st.characters(codec="utf-8"), max_size=20)
    .map(clean_line)
    .map(lambda text: None if is_undecided(text) else text),
    runtime=st.none() | st.integers(1, 1439),
    is_cancelled=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    episodes=st.lists(EPISODES, min_size=1, max_size=5, unique_by=lambda each: each.id),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_written_table_is_read_exactly(
    episodes: list[ListedEpisode], delimiter: str, line_end: str, encoding: str
) -> None:
    text = write_table(episodes, {"delimiter": delimiter, "lineterminator": line_end})
    listing = parse_table(text.encode(encoding), file="show.csv", timezone=ZONE)
    assert listing.episodes == tuple(episodes)
    assert all(each.start is None or each.start.tzinfo is UTC for each in listing.episodes)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=3))
def test_any_rows_are_read_or_refused(rows: list[list[str]]) -> None:
    lines = [",".join(each) for each in ([*COLUMNS], *rows)]
    check_refused_or_valid("\n".join(lines).encode("utf-8", "replace"), "Europe/London")
