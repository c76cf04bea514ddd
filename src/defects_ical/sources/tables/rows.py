"""Read a CSV file into rows whose cells are found by the meaning of their column.

Supports what spreadsheets write: UTF-8 or UTF-16, commas, semicolons or tabs, `sep=;` in the first
line, and quoted line breaks.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NoReturn, Protocol

from defects_ical.errors import Problem, SourceLocation
from defects_ical.model.yaml.reader import MAX_BYTES
from defects_ical.sources.plain_text import clean_line
from defects_ical.sources.tables.columns import Column, TableHead, find_column
from defects_ical.sources.tables.problems import TableError, fail
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun, join_names

MAX_ROWS: Final = 5000
MAX_COLUMNS: Final = 200

_DELIMITERS: Final = (",", ";", "\t")
# Excel's own line, which may have the delimiter behind it.
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t|])"?[,;\t|]*(?:\n|\Z)', re.IGNORECASE)
_SPREADSHEET_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE: Final = "Save the file as UTF-8 (in Excel: “CSV UTF-8”)."
_SYNTAX_ERRORS: Final = {
    "unexpected end": (
        "the quotation mark at the start of this cell is not closed",
        'Close it. Within a quoted text, write each quotation mark twice: `""`.',
    ),
    "expected after": (
        "this cell goes on after its closing quotation mark",
        'Within a quoted text, write each quotation mark twice: `""`.',
    ),
    "field limit": ("this cell is too long", "Check the quotation marks before it."),
}


class _CSVReader(Protocol):
    """What `csv.reader` returns; ``line_num`` counts the lines that it has read."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its cells, and the text of which they were read, from ``line`` on."""

    head: TableHead
    line: int
    text: str
    cells: tuple[str, ...]

    def get(self, column: Column) -> str:
        """Return the cell of a column in one line; empty if the row or the table has none."""
        return clean_line(self.get_text(column), MAX_BYTES)

    def get_text(self, column: Column) -> str:
        """Return the cell of a column as it is, with its line breaks."""
        index = self.head.indexes.get(column)
        return "" if index is None or index >= len(self.cells) else self.cells[index]

    def choose(self, *columns: Column) -> Column:
        """Return the first of several columns in which this row has a cell; else the last."""
        return next(filter(self.get, columns), columns[-1])

    def get_name(self, column: Column) -> str:
        """Return the name of a column as messages have it; empty if the table lacks it."""
        index = self.head.indexes.get(column)
        return "" if index is None else excerpt(self.head.names[index])

    def locate(self, column: Column) -> SourceLocation:
        """Return where the cell of a column starts; the row, if it has no such cell."""
        return self.locate_cell(self.head.indexes.get(column, 0))

    def locate_cell(self, index: int) -> SourceLocation:
        """Return where a cell starts, or the last one before it."""
        starts = [*_find_starts(self.text, self.head.delimiter)]
        return _locate(self.head.file, self.line, self.text, starts[: index + 1][-1])

    def problem(self, column: Column, message: str, hint: str) -> Problem:
        """Return a problem with the cell of a column."""
        return Problem(self.locate(column), self.get_name(column), message, hint)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns and the rows below them, without the empty ones."""

    head: TableHead
    rows: tuple[TableRow, ...]


def read_table(content: bytes, file: str) -> Table:
    """Read the content of a CSV file; ``file`` is its name in messages.

    Raises TableError if it is larger than 2 MB, has more than 5,000 rows or 200 columns, is not
    UTF-8 or UTF-16, is not CSV, or lacks a column for the date.
    """
    text = _decode(content, file)
    lines = re.findall(r"[^\n]*\n|[^\n]+\Z", text)
    marked = _SEPARATOR_LINE.match(text)
    skipped = 1 if marked else 0
    delimiter = marked[1] if marked else _find_delimiter(lines)
    rows = _read_rows(lines[skipped:], delimiter, file, skipped)
    first = next(rows, None)
    if first is None:
        hint = "Start it with a line that names the columns, like `episode,title,date,time`."
        fail(SourceLocation(file), "the table is empty", hint)
    head = _read_head(first)
    found = (TableRow(head, each.line, each.text, each.cells) for each in rows)
    table = Table(head, tuple(islice(found, MAX_ROWS)))
    if excess := next(found, None):
        message = f"the table has more than {MAX_ROWS:,} rows"
        fail(excess.locate_cell(0), message, "Keep one show in a file.")
    if problems := [*_check_widths(table)]:
        raise TableError(problems)
    return table


def _decode(content: bytes, file: str) -> str:
    """Return the text of a file, with line feeds as its only line breaks."""
    if len(content) > MAX_BYTES:
        fail(SourceLocation(file), "the file is larger than 2 MB", "Keep one show in a file.")
    if content.startswith(_SPREADSHEET_MARKS):
        fail(SourceLocation(file), "this is a spreadsheet, and no CSV file", _SAVE)
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8"
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        before = _unify_breaks(error.object[: error.start].decode(encoding, "ignore"))
        byte = f"byte 0x{error.object[error.start]:02X} is not valid {encoding.upper()}"
        fail(_locate(file, 1, before, len(before)), byte, _SAVE)
    text = _unify_breaks(text)
    if "\0" in text:
        fail(_locate(file, 1, text, text.index("\0")), "byte 0x00 is no text", _SAVE)
    return text


def _unify_breaks(text: str) -> str:
    return re.sub("\r\n?", "\n", text)


def _find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter with which the first row has the most columns that are known."""
    return max(_DELIMITERS, key=_make_score(lines))


def _make_score(lines: Sequence[str]) -> Callable[[str], tuple[int, int]]:
    def score(delimiter: str) -> tuple[int, int]:
        try:
            names: list[str] = next(filter(any, _read_csv(lines, delimiter)), [])
        except csv.Error:
            return 0, 0
        return len([*filter(None, map(find_column, names[:MAX_COLUMNS]))]), len(names)

    return score


def _read_csv(lines: Iterable[str], delimiter: str) -> _CSVReader:
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _read_rows(lines: Sequence[str], delimiter: str, file: str, skipped: int) -> Iterator[TableRow]:
    """Yield the rows that are not empty; their columns are not known yet."""
    head = TableHead(file, delimiter, (), {}, ())
    reader = _read_csv(lines, delimiter)
    start = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            text = "".join(lines[start : reader.line_num])
            _fail_syntax(TableRow(head, start + skipped + 1, text, ()), str(error))
        if cells is None:
            return
        text = "".join(lines[start : reader.line_num])
        if any(map(clean_line, cells)):
            yield TableRow(head, start + skipped + 1, text, tuple(cells))
        start = reader.line_num


def _fail_syntax(row: TableRow, error: str) -> NoReturn:
    """Report an error of the csv module at the cell that it stopped in."""
    for part, (message, hint) in _SYNTAX_ERRORS.items():
        if part in error:
            fail(row.locate_cell(len(row.text)), message, hint)
    raise AssertionError(error)


def _read_head(row: TableRow) -> TableHead:
    """Return the columns that the first row of a table names."""
    if len(row.cells) > MAX_COLUMNS:
        message = f"the table has more than {MAX_COLUMNS} columns"
        fail(row.locate_cell(MAX_COLUMNS), message, "Remove those that a listing does not need.")
    names = tuple(map(clean_line, row.cells))
    columns = tuple(map(find_column, names))
    problems = [*_find_repeated(row, names, columns)]
    if Column.DATE not in columns:
        found = join_names([f"`{excerpt(each)}`" for each in names if each])
        hint = f"Name one `date`. The columns are {found}."
        problems.append(Problem(row.locate_cell(0), "", "no column has the dates", hint))
    if problems:
        raise TableError(problems)
    indexes = {column: index for index, column in enumerate(columns) if column}
    ignored = (
        name or f"column {index}"
        for index, (name, column) in enumerate(zip(names, columns, strict=True), start=1)
        if column is None
    )
    return TableHead(row.head.file, row.head.delimiter, names, indexes, tuple(ignored))


def _find_repeated(
    row: TableRow, names: Sequence[str], columns: Sequence[Column | None]
) -> Iterator[Problem]:
    """Yield a problem for each column with the meaning of an earlier one."""
    for index, column in enumerate(columns):
        first = columns.index(column)
        if column and first != index:
            message = f"`{excerpt(names[first])}` has the same meaning"
            hint = "Rename or remove one of the two columns."
            yield Problem(row.locate_cell(index), excerpt(names[index]), message, hint)


def _check_widths(table: Table) -> Iterator[Problem]:
    """Yield a problem for each row with a cell that is below no column."""
    width = len(table.head.names)
    for row in table.rows:
        if any(row.cells[width:]):
            message = f"{count_noun(len(row.cells), 'cell')} in a table of {width} columns"
            hint = f"Quote texts that contain `{table.head.delimiter}`."
            yield Problem(row.locate_cell(width), "", message, hint)


def _find_starts(text: str, delimiter: str) -> Iterator[int]:
    """Yield where each cell of a row starts, up to the first that is not CSV."""
    mark = re.escape(delimiter)
    cell = re.compile(rf' *+(?:"[^"]*+(?:""[^"]*+)*+"|(?!")[^{mark}]*+){mark}')
    position = 0
    yield position
    while found := cell.match(text, position):
        position = found.end()
        yield position


def _locate(file: str, line: int, text: str, position: int) -> SourceLocation:
    """Return the location of a position in a text that starts at ``line``."""
    before = text[:position]
    column = len(before) - (before.rfind("\n") + 1) + 1
    return SourceLocation(file, line + before.count("\n"), column)
