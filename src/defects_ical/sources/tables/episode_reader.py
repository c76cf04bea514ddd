"""Read the rows of a table as episodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from defects_ical.errors import Problem
from defects_ical.model.episode_numbers import EpisodeNumber
from defects_ical.model.field_types import describe_excess
from defects_ical.model.fields import Slot, format_clock
from defects_ical.model.yaml.reader import MAX_BYTES
from defects_ical.sources.episode_names import EpisodeName, parse_episode_name
from defects_ical.sources.listing import ListedEpisode
from defects_ical.sources.plain_text import clean_text
from defects_ical.sources.tables.columns import Column
from defects_ical.sources.tables.date_order import LocatedDate, resolve_order
from defects_ical.sources.tables.problems import CellError
from defects_ical.sources.tables.rows import Table, TableRow
from defects_ical.sources.tables.written_dates import DateOrder, Order, parse_date
from defects_ical.sources.tables.written_times import (
    Clock,
    check_runtime,
    is_undecided,
    is_unknown,
    parse_clock,
    parse_runtime,
)
from defects_ical.text.display import excerpt
from defects_ical.text.lengths import DAY_MINUTES
from defects_ical.timezones.conversion import (
    AmbiguousTimeError,
    NonexistentTimeError,
    to_local,
    to_utc,
)

_Raw = TypeVar("_Raw")
_Value = TypeVar("_Value")

MAX_TITLE: Final = 5000
MAX_SUMMARY: Final = 20_000

_CANCELLED: Final = frozenset(
    {"cancelled", "canceled", "abgesagt", "annulé", "cancelado", "취소", "中止", "取消"}
)
_YES: Final = frozenset({"true", "yes", "1"})
_SEASON: Final = re.compile(
    r"(?:season|series|staffel|saison|temporada|s|시즌|シーズン|第)? ?0*"
    r"(\d{1,4})(?:[.,]0+)? ?[季期]?",
    re.IGNORECASE,
)


class _Moment(NamedTuple):
    """What a cell says: a date, and a time of day or None."""

    day: date
    clock: Clock | None


class EpisodeReader:
    """Reads the rows of one table, and collects in ``problems`` what is wrong in them."""

    def __init__(self, table: Table, timezone: str | None) -> None:
        self.table = table
        self.columns = table.head.indexes
        self.timezone = timezone
        self.is_zone_missing = False
        self.problems: list[Problem] = []

    def read_episodes(self, order: DateOrder | None) -> tuple[ListedEpisode, ...]:
        """Return the episodes of all rows, in their order; ``order`` is that of dates."""
        starts, ends = map(self._read_dates, (Column.DATE, Column.END_DATE))
        if self.table.head.is_google and order is None:
            order = "month-first"
        found, problems = resolve_order([each for each in (*starts, *ends) if each], order)
        self.problems += problems
        dates = ([_choose_day(each, found) for each in cells] for cells in (starts, ends))
        rows = zip(self.table.rows, *dates, strict=True)
        return tuple(self._read_episode(*each) for each in rows)

    def _read_dates(self, column: Column) -> list[LocatedDate | None]:
        return [self._read_date(row, column) for row in self.table.rows]

    def _read_date(self, row: TableRow, column: Column) -> LocatedDate | None:
        written = self._parse(row, column, parse_date)
        if written is None:
            return None
        return LocatedDate(row.locate(column), row.get_name(column), written)

    def _read_episode(
        self, row: TableRow, date: _Moment | None, end: _Moment | None
    ) -> ListedEpisode:
        name = self._read_name(row)
        clock = self._read_clock(row, date) if date else None
        column = row.choose(Column.TIME, Column.DATE)
        start = self._to_utc(row, column, date.day, clock) if date and clock else None
        return ListedEpisode(
            id=row.get(Column.ID),
            season=name.season or None,
            number=None if name.season == 0 else name.number,
            title=name.title,
            start=start,
            day=date and self._find_day(date.day, clock, start),
            runtime=self._read_runtime(row, start, _Moment(date.day, clock) if date else None, end),
            summary=self._read_summary(row),
            is_cancelled=row.get(Column.STATUS).casefold() in _CANCELLED,
        )

    def _read_name(self, row: TableRow) -> EpisodeName:
        """Return season, number and title, from the cells for them or from the title."""
        title = self._attempt(row, Column.TITLE, _parse_title, row.get(Column.TITLE))
        name = parse_episode_name(title or "")
        if Column.EPISODE in self.columns:
            code = self._parse(row, Column.EPISODE, _parse_number) or EpisodeName(None, None, None)
            name = code._replace(title=title or code.title)
        season = self._parse(row, Column.SEASON, _parse_season)
        if season is None:
            return name
        if name.season not in {None, season}:
            message = f"season {season} contradicts season {name.season} of the episode"
            self._report(row, Column.SEASON, message, "Correct one of the two.")
        return name._replace(season=season)

    def _read_clock(self, row: TableRow, date: _Moment) -> Clock | None:
        """Return the time in its own column, or else in that of the date."""
        if row.get(Column.ALL_DAY).casefold() in _YES:
            return None
        clock, own = self._parse(row, Column.TIME, parse_clock), date.clock
        # Spreadsheets write midnight behind a date without a time.
        is_midnight = own == Clock(0)
        if clock is None or own is None:
            return None if is_midnight and Column.TIME in self.columns else clock or own
        if own.minutes != clock.minutes and not is_midnight:
            message = f"{format_clock(clock.minutes)} is not {format_clock(own.minutes)}, which "
            message += "the column of the date has"
            self._report(row, Column.TIME, message, "Correct one of the two.")
        return clock if own.offset is None else own

    def _read_runtime(
        self, row: TableRow, start: datetime | None, date: _Moment | None, end: _Moment | None
    ) -> int | None:
        """Return the length in its own column, or else the minutes until the end."""
        if not is_unknown(row.get(Column.RUNTIME)):
            return self._parse(row, Column.RUNTIME, parse_runtime)
        clock = self._parse(row, Column.END_TIME, parse_clock) or (end and end.clock)
        if clock is None or start is None or date is None or date.clock is None:
            return None
        if clock.offset is None:
            clock = Clock(clock.minutes, date.clock.offset)
        day = end.day if end else _find_end_day(date.day, date.clock, clock)
        column = row.choose(Column.END_TIME, Column.END_DATE)
        ended = self._to_utc(row, column, day, clock)
        minutes = (ended - start) // timedelta(minutes=1) if ended else 0
        if minutes < 0:
            self._report(row, column, "the end is before the start", "Correct one of the two.")
            return None
        return self._attempt(row, column, check_runtime, minutes) if minutes else None

    def _read_summary(self, row: TableRow) -> str | None:
        text = clean_text(row.get_text(Column.SUMMARY), MAX_BYTES)
        if len(text) > MAX_SUMMARY:
            self._report(row, Column.SUMMARY, *describe_excess(text, MAX_SUMMARY))
        return text or None

    def read_show(self) -> str | None:
        """Return the show that the table names, if it has a column for it."""
        show: str | None = None
        for row in self.table.rows:
            name = self._attempt(row, Column.SHOW, _parse_title, row.get(Column.SHOW))
            show = show or name
            if name and show and name != show:
                message = f"`{excerpt(name)}` is another show than `{excerpt(show)}`"
                self._report(row, Column.SHOW, message, "Keep one show in a file.")
        return show

    def _find_day(self, day: date, clock: Clock | None, start: datetime | None) -> date:
        """Return the date in the zone of the listing, if the time has the offset of another."""
        if not clock or not start or clock.offset is None or clock.minutes >= DAY_MINUTES:
            return day
        return to_local(start, self.timezone).naive.date() if self.timezone else day

    def _to_utc(self, row: TableRow, column: Column, day: date, clock: Clock) -> datetime | None:
        """Return a local time in UTC; report one that the zone does not have, or has twice."""
        slot = Slot(day, clock.minutes, clock.offset)
        if slot.offset is not None:
            return (slot.naive - slot.offset).replace(tzinfo=UTC)
        if self.timezone is None:
            self._ask_timezone(row, column)
            return None
        shown = f"{slot.naive:%H:%M} on {slot.naive:%Y-%m-%d}"
        try:
            return to_utc(slot.naive, self.timezone)
        except NonexistentTimeError as error:
            message = f"{shown} does not exist in {self.timezone} (DST starts)"
            self._report(row, column, message, f"Use `{error.shifted:%H:%M}`.")
        except AmbiguousTimeError as error:
            message = f"{shown} occurs twice in {self.timezone} (DST ends)"
            written = [
                slot._replace(offset=each).isoformat() for each in (error.first, error.second)
            ]
            hint = f"Use `{written[0]}` or `{written[1]}` as the date."
            self._report(row, column, message, hint)
        return None

    def _ask_timezone(self, row: TableRow, column: Column) -> None:
        """Ask once for the zone, at the first time that needs one."""
        if not self.is_zone_missing:
            message = "the table does not say in which time zone its times are"
            hint = "Use `--timezone`, for example `--timezone Asia/Seoul`."
            self._report(row, column, message, hint)
        self.is_zone_missing = True

    def check_names(self, episodes: Sequence[ListedEpisode]) -> None:
        """Report rows that name no episode, or the same one as an earlier row."""
        reported = {each.location.line for each in self.problems}
        lines: dict[str, int] = {}
        for row, episode in zip(self.table.rows, episodes, strict=True):
            if episode.number is not None:
                name = EpisodeNumber(episode.season, episode.number).describe()
                self._check_unique(row, Column.EPISODE, name, lines)
            elif not episode.title and row.line not in reported:
                message = "the row has no number and no title"
                hint = "Add a number; or a title, if this is a special."
                self._report(row, Column.EPISODE, message, hint)
            if episode.id:
                self._check_unique(row, Column.ID, f"id `{episode.id}`", lines)

    def _check_unique(
        self, row: TableRow, column: Column, name: str, lines: dict[str, int]
    ) -> None:
        if name in lines:
            message = f"{excerpt(name)} is already in line {lines[name]}"
            self._report(row, column, message, "Correct or remove one of the two.")
        lines.setdefault(name, row.line)

    def _parse(
        self, row: TableRow, column: Column, parse: Callable[[str], _Value]
    ) -> _Value | None:
        """Return what a cell says; None, with a problem, if it cannot be read."""
        text = row.get(column)
        return None if is_unknown(text) else self._attempt(row, column, parse, text)

    def _attempt(
        self, row: TableRow, column: Column, parse: Callable[[_Raw], _Value], raw: _Raw
    ) -> _Value | None:
        try:
            return parse(raw)
        except CellError as error:
            self._report(row, column, error.message, error.hint)
            return None

    def _report(self, row: TableRow, column: Column, message: str, hint: str) -> None:
        self.problems.append(row.problem(column, message, hint))


def _choose_day(located: LocatedDate | None, order: Order) -> _Moment | None:
    """Return what a cell says if the numbers of dates have an order; None if they cannot."""
    day = located.written.days.get(order) if located else None
    return _Moment(day, located.written.clock) if located and day else None


def _find_end_day(day: date, start: Clock, end: Clock) -> date:
    """Return the date of an end that has none: the next day, if it is not later in the day."""
    return day if end.minutes > start.minutes else day + timedelta(days=1)


def _parse_title(text: str) -> str | None:
    if is_undecided(text):
        return None
    if len(text) > MAX_TITLE:
        raise CellError(*describe_excess(text, MAX_TITLE))
    return text


def _parse_number(text: str) -> EpisodeName:
    """Parse the cell of a number: "3", "3.0", "S01E03"; a text without digits is a special's."""
    if found := re.fullmatch(r"#?0*(\d{1,5})(?:\.|[.,]0+)?", text):
        return EpisodeName(None, int(found[1]), None)
    name = parse_episode_name(text)
    if name.number is None and re.search(r"\d", text):
        message = f"`{excerpt(text)}` is not the number of one episode"
        raise CellError(message, "Use a number, and a row for each episode.")
    return name


def _parse_season(text: str) -> int:
    """Parse a season: "2", "S02", "시즌 2"; 0 for specials."""
    if text.casefold() in {"special", "specials"}:
        return 0
    found = _SEASON.fullmatch(text)
    if not found:
        hint = "Use a number, and name a column with the name of the show `show`."
        raise CellError(f"`{excerpt(text)}` is not a season", hint)
    return int(found[1])
