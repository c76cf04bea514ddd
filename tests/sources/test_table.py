"""Tables: which columns and rows are read, and what is reported about those that are not."""

from __future__ import annotations

import codecs
from datetime import UTC, date, datetime
from typing import Literal

import pytest

from defects_ical.errors import ListingError, ScheduleError
from defects_ical.sources.table import TableListing, parse_table
from defects_ical.sources.tables.problems import TableError

EXCEL = "Save the file as UTF-8 (in Excel: “CSV UTF-8”)."
ZONE = "Europe/London"


def parse(
    text: str,
    *,
    timezone: str | None = ZONE,
    date_order: Literal["day-first", "month-first"] | None = None,
) -> TableListing:
    """Parse the text of a table."""
    content = text.encode("utf-8")
    return parse_table(content, file="show.csv", timezone=timezone, date_order=date_order)


def find_problems(
    content: str | bytes, *, date_order: Literal["day-first", "month-first"] | None = None
) -> list[str]:
    """Return the messages about a table, without the name of its file."""
    encoded = content.encode("utf-8") if isinstance(content, str) else content
    with pytest.raises(TableError) as caught:
        parse_table(encoded, file="show.csv", timezone=ZONE, date_order=date_order)
    return [line.removeprefix("show.csv").lstrip(":") for line in str(caught.value).split("\n")]


def test_error_is_one_of_listings_and_has_problems() -> None:
    """Commands print the problems as they print those of a schedule."""
    with pytest.raises(ListingError) as caught:
        parse("date\nsoon\n")
    assert isinstance(caught.value, ScheduleError)
    (problem,) = caught.value.problems
    assert (problem.location.file, problem.location.line, problem.location.column) == (
        "show.csv",
        2,
        1,
    )


# Files


FILES = {
    b"": "the table is empty. Start it with a line that names the columns, like "
    "`episode,title,date,time`.",
    b"\n \r\n": "the table is empty. Start it with a line that names the columns, like "
    "`episode,title,date,time`.",
    b"date\n": "the table has no rows. Add a row for each episode.",
    b"PK\x03\x04\x14\x00": f" this is a spreadsheet, and no CSV file. {EXCEL}",
    b"date,title\n2025-07-21,F\xfcnf\n": f"2:13: byte 0xFC is not valid UTF-8. {EXCEL}",
    "date\n".encode("utf-16-le"): f"1:2: byte 0x00 is no text. {EXCEL}",
    codecs.BOM_UTF16_LE + b"d\0\n\0x": f"2:1: byte 0x78 is not valid UTF-16. {EXCEL}",
    b"date,title\n" * 200_000: " the file is larger than 2 MB. Keep one show in a file.",
    b"date\n" + b"2025-07-21\n" * 5001: "5002:1: the table has more than 5,000 rows. Keep one "
    "show in a file.",
    b"date"
    + b",x" * 200: "1:404: the table has more than 200 columns. Remove those that a listing "
    "does not need.",
    b'date,title\n2025-07-21,"A\n2025-07-22,B\n': "2:12: the quotation mark at the start of this "
    'cell is not closed. Close it. Within a quoted text, write each quotation mark twice: `""`.',
    b'date,title\n2025-07-21,"A" and B\n': "2:12: this cell goes on after its closing quotation "
    'mark. Within a quoted text, write each quotation mark twice: `""`.',
    b"date,title\n2025-07-21,A, B\n": "2:14: 3 cells in a table of 2 columns. Quote texts that "
    "contain `,`.",
    b'date,title\n2025-07-21,"' + b"A" * 140_000 + b'"\n': "2:12: this cell is too long. Check the "
    "quotation marks before it.",
}


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_unreadable_file_is_explained(content: bytes) -> None:
    (message,) = find_problems(content)
    assert message.strip() == FILES[content].strip()


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
def test_first_line_may_name_delimiter(line: str) -> None:
    (episode,) = parse(f"{line}\nepisode;date;title\n1;2025-07-21;A,B,C,D\n").episodes
    assert episode.title == "A,B,C,D"


def test_delimiter_is_that_of_known_columns() -> None:
    """Commas in an unknown column do not split the table."""
    text = "episode;date;seen by Ann, Ben, Cem, Dan\n1;2025-07-21;yes\n"
    assert parse(text).ignored_columns == ("seen by Ann, Ben, Cem, Dan",)


def test_lines_are_counted_over_quoted_breaks() -> None:
    text = '\r\nepisode,title,date\r\n1,"A\r\nB",2025-07-21\r\n2,"C\r\nD",soon\r\n'
    assert find_problems(text) == [
        "6:4: date: `soon` is not a date. Use a date like `2025-07-21`, or leave the cell empty."
    ]


def test_short_rows_have_empty_cells() -> None:
    (episode,) = parse("episode,date,title,time\n1,2025-07-21\n").episodes
    assert (episode.day, episode.title, episode.start) == (date(2025, 7, 21), None, None)


def test_many_problems_are_cut() -> None:
    messages = find_problems("date\n" + "soon\n" * 150)
    assert len(messages) == 101
    assert messages[-1] == "102:1: 50 more problems follow. Fix the others first."


# Columns


@pytest.mark.parametrize(
    "name", ["date", "DATE", " Air Date ", "air_date", "Air-Date", "Date (KST)", "날짜", "Datum"]
)
def test_column_has_several_names(name: str) -> None:
    assert parse(f"episode,{name}\n1,2025-07-21\n").episodes[0].day == date(2025, 7, 21)


def test_unknown_columns_are_ignored_and_returned() -> None:
    listing = parse("episode,date,channel,,rating\n1,2025-07-21,tvN,x,5\n")
    assert listing.ignored_columns == ("channel", "column 4", "rating")


def test_missing_date_column_is_explained() -> None:
    assert find_problems("episode,When\n1,2025-07-21\n") == [
        "1:1: no column has the dates. Name one `date`. The columns are `episode` and `When`."
    ]


def test_two_columns_of_one_meaning_are_reported() -> None:
    assert find_problems("date,title,Air date,name\n2025-07-21,A,2025-07-22,B\n") == [
        "1:12: Air date: `date` has the same meaning. Rename or remove one of the two columns.",
        "1:21: name: `title` has the same meaning. Rename or remove one of the two columns.",
    ]


def test_show_column_is_title_of_listing() -> None:
    text = "show,episode,date\nThe Show,1,2025-07-21\n,2,2025-07-22\n"
    assert parse(text).title == "The Show"


def test_several_shows_are_refused() -> None:
    assert find_problems("show,episode,date\nA,1,2025-07-21\nB,2,2025-07-22\n") == [
        "3:1: show: `B` is another show than `A`. Keep one show in a file."
    ]


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("data/my-show_season 2.csv", "My Show Season 2"),
        ("The BBC-show.csv", "The BBC show"),
        ("-", "Show"),
    ],
)
def test_file_names_show(file: str, title: str) -> None:
    content = b"episode,date\n1,2025-07-21\n"
    assert parse_table(content, file=file, timezone=None).title == title


# Episodes


@pytest.mark.parametrize(
    ("season", "episode", "expected"),
    [
        ("1", "2", (1, 2)),
        ("", "2", (None, 2)),
        ("S01", "02", (1, 2)),
        ("Season 1", "Episode 2", (1, 2)),
        ("시즌 1", "2화", (1, 2)),
        ("1.0", "2.0", (1, 2)),
        ("1", "S01E02", (1, 2)),
        ("", "1x02", (1, 2)),
        ("0", "2", (None, None)),
        ("Specials", "2", (None, None)),
        ("1", "Special", (1, None)),
    ],
)
def test_number_is_read(season: str, episode: str, expected: tuple[int | None, int | None]) -> None:
    text = f"season,episode,title,date\n{season},{episode},A,2025-07-21\n"
    (found,) = parse(text).episodes
    assert (found.season, found.number, found.title) == (*expected, "A")


def test_invalid_numbers_are_reported() -> None:
    text = "season,episode,date\n1,1-2,\nfirst,2,\n2,S01E03,\n1,,\n1,123456,\n"
    with pytest.raises(TableError) as caught:
        parse(text)
    assert [
        (each.location.line, each.key_path, each.message) for each in caught.value.problems
    ] == [
        (2, "episode", "`1-2` is not the number of one episode"),
        (3, "season", "`first` is not a season"),
        (4, "season", "season 2 contradicts season 1 of the episode"),
        (5, "episode", "the row has no number and no title"),
        (6, "episode", "`123456` is not the number of one episode"),
    ]


def test_repeated_episode_is_reported_with_both_lines() -> None:
    text = "id,season,episode,date\na,1,2,2025-07-21\nb,1,3,2025-07-22\na,,S01E02,2025-07-23\n"
    assert find_problems(text) == [
        "4:1: id: id `a` is already in line 2. Correct or remove one of the two.",
        "4:4: episode: S01E02 is already in line 2. Correct or remove one of the two.",
    ]


def test_long_ids_differ_in_their_ends() -> None:
    text = f"id,episode,date\n{'a' * 80}1,1,\n{'a' * 80}2,2,\n"
    assert [each.id[-1] for each in parse(text).episodes] == ["1", "2"]


def test_episodes_without_numbers_are_numbered_by_date() -> None:
    text = (
        "season,title,date\n1,B,2025-07-22\n1,A,2025-07-21\n2,C,2025-07-23\n,Special,2025-07-24\n"
    )
    found = [(each.season, each.number, each.title) for each in parse(text).episodes]
    assert found == [(1, 2, "B"), (1, 1, "A"), (2, 1, "C"), (None, None, "Special")]


def test_numbers_are_in_titles_without_column_for_them() -> None:
    text = "title,date\nEpisode 4: A,2025-07-21\n5화 - B,2025-07-22\nThe Making of,\n"
    found = [(each.number, each.title) for each in parse(text).episodes]
    assert found == [(4, "A"), (5, "B"), (None, "The Making of")]


@pytest.mark.parametrize(
    "titles",
    [
        ("The Show S01E01", "The Show S01E02"),
        ("S01E01 The Show", "S01E02 The Show"),
        ("The Show", "The Show"),
    ],
)
def test_title_of_all_episodes_is_that_of_show(titles: tuple[str, str]) -> None:
    listing = parse(f"title,date\n{titles[0]},2025-07-21\n{titles[1]},2025-07-22\n")
    assert listing.title == "The Show"
    assert [(each.number, each.title) for each in listing.episodes] == [(1, None), (2, None)]


def test_title_of_single_episode_is_its_own() -> None:
    listing = parse("title,date\nEpisode 1: The Search,2025-07-21\n")
    assert (listing.title, listing.episodes[0].title) == ("Show", "The Search")


def test_texts_are_valid_in_schedule() -> None:
    text = 'episode,date,title,summary\n1,,"A\x07B\\C\n D\u2028\u2067E","1\\2\x0b\r\n\t3 "\n'
    (episode,) = parse(text).episodes
    assert (episode.title, episode.summary) == ("AB/C D E", "1/2\n\n3")


def test_long_texts_are_reported() -> None:
    text = f"episode,date,title,summary\n1,,{'A' * 5001},{'B' * 20_001}\n"
    assert find_problems(text) == [
        "2:4: title: 5001 characters is too long (maximum 5000). Shorten it.",
        "2:5006: summary: 20001 characters is too long (maximum 20000). Shorten it.",
    ]


@pytest.mark.parametrize("status", ["cancelled", "Canceled", "취소"])
def test_status_may_be_cancelled(status: str) -> None:
    text = f"episode,date,status\n1,2025-07-21,{status}\n2,2025-07-22,confirmed\n"
    assert [each.is_cancelled for each in parse(text).episodes] == [True, False]


# Dates and times


def test_evening_keeps_its_date() -> None:
    """25:30 is on the next day, but the episode is listed on the evening before."""
    (episode,) = parse("episode,date,time\n1,2025-07-21,25:30\n", timezone="Asia/Tokyo").episodes
    assert episode.day == date(2025, 7, 21)
    assert episode.start == datetime(2025, 7, 21, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timezone", "day"), [("Asia/Seoul", date(2025, 7, 22)), (None, date(2025, 7, 21))]
)
def test_date_is_that_in_zone_of_listing(timezone: str | None, day: date) -> None:
    (episode,) = parse("episode,date\n1,2025-07-21T20:00Z\n", timezone=timezone).episodes
    assert (episode.day, episode.start) == (day, datetime(2025, 7, 21, 20, tzinfo=UTC))


def test_evening_with_offset_keeps_its_date() -> None:
    (episode,) = parse("episode,date\n1,2025-07-21T25:30+09:00\n", timezone="Asia/Seoul").episodes
    assert episode.day == date(2025, 7, 21)
    assert episode.start == datetime(2025, 7, 21, 16, 30, tzinfo=UTC)


def test_time_without_date_is_nothing_known() -> None:
    (episode,) = parse("episode,date,time\n1,TBA,23:00\n", timezone=None).episodes
    assert (episode.day, episode.start) == (None, None)


@pytest.mark.parametrize("cell", ["2025-07-21 00:00:00", "45859", "2025-07-21T21:00"])
@pytest.mark.parametrize("time", ["21:00", "9 pm"])
def test_time_may_be_in_both_columns(cell: str, time: str) -> None:
    (episode,) = parse(f"episode,date,time\n1,{cell},{time}\n").episodes
    assert episode.start == datetime(2025, 7, 21, 20, tzinfo=UTC)


def test_midnight_of_spreadsheet_is_no_time() -> None:
    text = "episode,date,time\n1,2025-07-21 00:00:00,\n2,2025-07-22 00:00:00,?\n"
    assert [each.start for each in parse(text).episodes] == [None, None]


def test_midnight_without_column_for_time_is_time() -> None:
    (episode,) = parse("episode,date\n1,2025-07-21 00:00\n").episodes
    assert episode.start == datetime(2025, 7, 20, 23, tzinfo=UTC)


def test_different_times_in_both_columns_are_reported() -> None:
    assert find_problems("episode,date,time\n1,2025-07-21T22:00,23:00\n") == [
        "2:20: time: 23:00 is not 22:00, which the column of the date has. Correct one of the two."
    ]


def test_offset_chooses_repeated_time() -> None:
    """The date with an offset that the message suggests is accepted, with the time as it was."""
    (message,) = find_problems("episode,date,time\n1,2025-10-26,01:30\n")
    first, second = (part for part in message.split("`")[1::2])
    text = f"episode,date,time\n1,{first},01:30\n2,{second},\n"
    assert [each.start for each in parse(text).episodes] == [
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_question_about_zone_is_asked_once_with_all_problems() -> None:
    with pytest.raises(TableError) as caught:
        parse("episode,date,time\n1,03/04/2025,21:00\n2,04/04/2025,21:00\n3,soon,\n", timezone=None)
    assert [(each.location.line, each.message) for each in caught.value.problems] == [
        (2, "`03/04/2025` may be 3 April 2025 or 4 March 2025"),
        (2, "the table does not say in which time zone its times are"),
        (4, "`soon` is not a date"),
    ]


@pytest.mark.parametrize(
    ("cells", "runtime"),
    [
        (",,", None),
        (",22:30,", 90),
        (",00:15,", 195),
        ("45,22:30,", 45),
        (",22:30,2025-07-21", 90),
        (",01:00,22/07/2025", 240),
        (",,2025-07-21T22:30", 90),
        (",,2025-07-21", None),
        (",21:00,2025-07-21", None),
    ],
)
def test_length_is_read_from_end(cells: str, runtime: int | None) -> None:
    text = f"episode,date,time,runtime,end time,end date\n1,2025-07-21,21:00,{cells}\n"
    assert parse(text).episodes[0].runtime == runtime


def test_end_has_offset_of_start() -> None:
    text = "episode,date,end time\n1,2025-07-21T23:00+09:00,00:30\n"
    assert parse(text, timezone=None).episodes[0].runtime == 90


def test_invalid_ends_are_reported() -> None:
    text = "episode,date,time,end\n1,2025-07-21,21:00,2025-07-20T22:00\n"
    assert find_problems(text + "2,2025-07-21,21:00,2025-07-22T21:00\n") == [
        "2:20: end: the end is before the start. Correct one of the two.",
        "3:20: end: 1440 minutes is not between 1 and 1439. Correct it, or leave the cell empty.",
    ]


# The order of day and month


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (("03/04/2025", "13/04/2025"), ["2025-04-03", "2025-04-13"]),
        (("03/04/2025", "03/13/2025"), ["2025-03-04", "2025-03-13"]),
        (("03/04/2025", "21.07.2025"), ["2025-04-03", "2025-07-21"]),
        (("07/07/2025", "08/08/2025"), ["2025-07-07", "2025-08-08"]),
        (("Thu 03/04/2025", "04/04/2025"), ["2025-04-03", "2025-04-04"]),
        (("03/04/2025", "04/04/2025"), None),
        (("25/04/29", "25/04/30"), None),
        (("25.04.29", "25.04.30"), None),
        (("3/4/25", "4/13/2025"), ["2025-03-04", "2025-04-13"]),
        (("2025-04-03", "20250404"), ["2025-04-03", "2025-04-04"]),
    ],
)
def test_column_decides_order(dates: tuple[str, str], days: list[str] | None) -> None:
    text = f"episode,date\n1,{dates[0]}\n2,{dates[1]}\n"
    if days is None:
        find_problems(text)
    else:
        assert [str(each.day) for each in parse(text).episodes] == days


def test_end_date_decides_order_too() -> None:
    text = "episode,date,time,end date,end time\n1,12/04/2025,23:00,13/04/2025,00:30\n"
    (episode,) = parse(text).episodes
    assert (episode.day, episode.runtime) == (date(2025, 4, 12), 90)


def test_option_contradicts_date() -> None:
    text = "episode,date\n1,21/07/2025\n2,21.07.2025\n"
    hint = "Write all dates like `2025-07-21`, or use `--date-order day-first`."
    assert find_problems(text, date_order="month-first") == [
        f"2:3: date: `21/07/2025` does not have the month first. {hint}",
        f"3:3: date: `21.07.2025` does not have the month first. {hint}",
    ]


GOOGLE = "Subject,Start Date,Start Time,\n"


def test_form_of_google_has_month_first() -> None:
    text = f"{GOOGLE}Episode 1,03/04/2025,12:00 AM,\n"
    (episode,) = parse(text).episodes
    assert episode.start == datetime(2025, 3, 4, tzinfo=UTC)


def test_other_programs_with_such_columns_are_asked() -> None:
    """Outlook has the columns of Google's form, and the order of the user's country."""
    text = "Subject,Start Date,Start Time,Reminder on/off\nEpisode 1,03/04/2025,9:00 PM,False\n"
    (message,) = find_problems(text)
    assert "may be 3 April 2025 or 4 March 2025" in message


def test_form_of_google_with_day_first_needs_option() -> None:
    text = f"{GOOGLE}Episode 1,21/07/2025,\n"
    (message,) = find_problems(text)
    assert message.endswith("or use `--date-order day-first`.")
    assert parse(text, date_order="day-first").episodes[0].day == date(2025, 7, 21)
