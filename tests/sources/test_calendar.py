"""Calendars of many clients: what a listing has of them, and which questions stay open."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from defects_ical.errors import ListingError
from defects_ical.sources.calendar import parse_calendar
from defects_ical.sources.download import CALENDAR, download
from defects_ical.sources.listing import ListedEpisode, Listing
from tests.support.faulty_server import Scenario, send_healthy, serve
from tests.support.hostile_feeds import make_hostile_feeds
from tests.support.listed_calendars import (
    CALENDARS_FOLDER,
    find_message,
    list_starts,
    make_calendar,
    make_event,
    parse_events,
    read_listing,
    read_or_refuse,
)

# The eight files.


def test_google_names_the_zone() -> None:
    listing = read_listing("google")
    assert (listing.kind, listing.reference) == ("ics", "")
    assert (listing.title, listing.timezone) == ("The Lantern Keepers", "Asia/Seoul")
    assert listing.summary == "All episodes, Mondays and Tuesdays"
    assert listing.episodes[0] == ListedEpisode(
        id="lk017h2kq9v@google.com",
        season=1,
        number=1,
        title="The Oil",
        start=datetime(2025, 8, 4, 13, 50, tzinfo=UTC),
        day=date(2025, 8, 4),
        runtime=70,
        summary="Keeper & ward.\n\n- One lamp\n- Two lamps\nSee the page.",
    )
    assert [(each.number, each.title) for each in listing.episodes[1:]] == [
        (2, "The Wick"),
        (3, None),
        (4, "Smoke, Salt"),
        (None, "Before the Light"),
    ]


def test_outlook_has_windows_zones() -> None:
    """They are an hour apart before and after the end of summer time."""
    listing = read_listing("outlook")
    assert (listing.title, listing.timezone) == ("Fjordline", "Europe/Berlin")
    assert list_starts(listing) == ["20251021T1915", "20251028T2015", "20251104T2015"]
    assert [(each.season, each.number, each.title) for each in listing.episodes] == [
        (2, number, None) for number in (1, 2, 3)
    ]
    assert {(each.runtime, each.summary) for each in listing.episodes} == {(45, None)}


def test_apple_has_a_zone_of_its_own() -> None:
    listing = read_listing("apple")
    assert listing.timezone is None
    assert list_starts(listing) == ["20251031T0130", "20251107T0230", "20251114T0230"]
    assert [each.title for each in listing.episodes] == ["Copper", "Rust: Part 1", "Rust: Part 2"]
    assert {each.runtime for each in listing.episodes} == {65}
    in_denver = read_listing("apple", "America/Denver")
    assert list_starts(in_denver) == list_starts(listing)
    assert [each.day for each in in_denver.episodes[:2]] == [date(2025, 10, 30), date(2025, 11, 6)]


def test_utc_alone_names_no_zone() -> None:
    listing = read_listing("utc")
    assert (listing.title, listing.timezone) == ("Deep Field", None)
    assert [each.number for each in listing.episodes] == [1, 2, 3, 4]
    in_new_york = read_listing("utc", "America/New_York")
    assert in_new_york.timezone == "America/New_York"
    assert list_starts(in_new_york) == list_starts(listing)
    assert in_new_york.episodes[0].day == date(2025, 2, 28)


def test_whole_days_have_no_hour() -> None:
    listing = read_listing("all-day")
    assert listing.title == "A Small Dinner"
    assert list_starts(listing) == ["20260109", "20260109", "20260116"]
    assert [each.title for each in listing.episodes] == [
        "The Invitation",
        "The Guests",
        "The Toast",
    ]
    assert {each.runtime for each in listing.episodes} == {None}


def test_series_with_exceptions_and_changes() -> None:
    listing = read_listing("recurring")
    assert (listing.title, listing.timezone) == ("Quiz Harbor", "America/New_York")
    # Without 31 October; one moved by a day, one cancelled.
    assert list_starts(listing) == [
        *("20251011T0000", "20251018T0000", "20251025T0000"),
        *("20251109T0200", "20251115T0100", "20251122T0100"),
    ]
    assert [each.number for each in listing.episodes] == [1, 2, 3, 4, 5, 6]
    moved, cancelled = listing.episodes[3:5]
    uid = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    assert (moved.id, moved.title, moved.runtime) == (
        f"{uid}/20251107",
        "The Rematch",
        60,
    )
    assert [each.is_cancelled for each in listing.episodes].index(True) == 4
    assert cancelled.day == date(2025, 11, 14)


def test_floating_times_need_a_zone() -> None:
    with pytest.raises(ListingError, match=r"floating\.ics:5: the event “Tidewater E01 - Spring”"):
        read_listing("floating")
    listing = read_listing("floating", "Europe/London")
    assert listing.timezone == "Europe/London"
    assert list_starts(listing) == ["20250330T2030", "20251026T2130"]


def test_korean_titles_and_cancelled_events() -> None:
    listing = read_listing("korean")
    assert (listing.title, listing.timezone) == ("달빛 우체국", "Asia/Seoul")
    found = [(each.number, each.title, each.is_cancelled) for each in listing.episodes]
    assert found == [
        (1, "첫 편지", False),
        (2, None, False),
        # The cancelled event of the same episode is left out.
        (3, "빈 봉투", False),
        (4, "消印", False),
        # One event with two episodes.
        (5, "마지막회", False),
        (6, "마지막회", False),
        (7, None, True),
        (None, "스페셜", False),
    ]
    assert listing.episodes[0].summary == "우체국에 편지가 온다.\n보낸 사람은 없다."
    fifth, sixth = listing.episodes[4:6]
    assert (fifth.start, fifth.runtime) == (sixth.start, 30)
    assert sixth.id == f"{fifth.id}+1"


@pytest.mark.parametrize("path", sorted(CALENDARS_FOLDER.glob("*.ics")), ids=lambda path: path.stem)
def test_files_are_valid_calendars(path: Path) -> None:
    """Another parser reads them, and finds the same ids."""
    content = path.read_bytes()
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    listing = parse_calendar(content, name=path.name, timezone="Europe/Berlin")
    uids = {str(event["UID"]) for event in events}
    ids = {each.id.partition("/")[0].partition("+")[0] for each in listing.episodes}
    assert ids <= uids
    # The cancelled event of an episode that has another.
    assert len(uids - ids) == (path.stem == "korean")


def test_calendars_are_downloaded() -> None:
    content = (CALENDARS_FOLDER / "google.ics").read_bytes()
    with serve(Scenario(send_healthy), content) as server:
        body = download(server.url, expected=CALENDAR)
    listing = parse_calendar(body, name=server.url)
    assert listing.reference == server.url
    assert listing.episodes == read_listing("google").episodes


# Names and numbers.


def parse_summaries(*summaries: str, header: str = "") -> Listing:
    days = (date(2025, 7, 1) + timedelta(days=n) for n in range(len(summaries)))
    events = [
        make_event(n, f":{day:%Y%m%d}T140000Z", summary)
        for n, (day, summary) in enumerate(zip(days, summaries, strict=True))
    ]
    return parse_events(*events, header=header)


@pytest.mark.parametrize(
    ("summaries", "title"),
    [
        (["The Show S01E01", "The Show S01E02"], "The Show"),
        (["The Show: Episode 1 \u2013 A", "The Show: Episode 2 \u2013 B", "Making of"], "The Show"),
        (["The Show \u2013 The Search", "The Show \u2013 The Loss"], "The Show"),
        (["Friends of Ours One", "Friends of Ours Two"], "Friends of Ours"),
        (["The Search (1x01)", "The Loss (1x02)"], "show"),
        (["Night One (1x01)", "Night Two (1x02)"], "show"),
        (["The Show: Night One (1x01)", "The Show: Night Two (1x02)"], "The Show"),
        (["Search", "Loss"], "show"),
        (["Episode 1", "Episode 2"], "show"),
    ],
)
def test_titles_without_a_calendar_name(summaries: list[str], title: str) -> None:
    assert parse_summaries(*summaries).title == title


def test_the_calendars_name_is_the_title() -> None:
    listing = parse_summaries(
        *("Show E01: A", "Show E02: B"), header="NAME:My Show\\, all\r\nX-WR-CALDESC:&lt;x\r\n"
    )
    assert (listing.title, listing.summary) == ("My Show, all", "<x")
    assert [each.title for each in listing.episodes] == ["A", "B"]
    nights = parse_summaries("Night One", "Night Two", header="X-WR-CALNAME:My Show\r\n")
    assert [each.title for each in nights.episodes] == ["Night One", "Night Two"]
    single = parse_summaries("The Search (S01E01)", header="X-WR-CALNAME:My Show\r\n")
    assert [each.title for each in single.episodes] == ["The Search"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("/home/me/my_show-2.ics", "my show 2"),
        ("https://a.example/cal/The%20Show.ics?key=1", "The Show"),
        ("https://a.example/basic.ics", "Unnamed show"),
        ("https://a.example/", "Unnamed show"),
    ],
)
def test_the_file_gives_the_title_at_last(name: str, title: str) -> None:
    listing = parse_events(make_event(1, ":20250721T140000Z", "Search"), name=name)
    assert listing.title in {title, "Search"}
    listing = parse_events(
        make_event(1, ":20250721T140000Z", "Search"),
        make_event(2, ":20250722T140000Z", "Loss"),
        name=name,
    )
    assert listing.title == title


def test_events_without_numbers_are_numbered_by_start() -> None:
    listing = parse_events(
        make_event("b", ":20250722T140000Z", "Show: B"),
        make_event("c", ";VALUE=DATE:20250723", "Show: C"),
        make_event("a", ":20250721T140000Z", "Show: A"),
    )
    assert [(each.number, each.title) for each in listing.episodes] == [
        *((2, "B"), (3, "C"), (1, "A"))
    ]


def test_the_only_season_is_that_of_all() -> None:
    listing = parse_summaries("S02E01", "Episode 2", "Making of")
    assert [(each.season, each.number) for each in listing.episodes] == [
        *((2, 1), (2, 2), (None, None))
    ]
    with pytest.raises(ListingError, match=r"without a season, .* Write it like `S01E02`\.$"):
        parse_summaries("S01E01", "Episode 2", "S02E01")


def test_equal_numbers_are_refused() -> None:
    with pytest.raises(ListingError) as error:
        parse_summaries("Show S01E02 A", "Show S01E02 B")
    assert str(error.value) == (
        "show.ics:8: the event “Show S01E02 B” has the number of another event, "
        "“Show S01E02 A” in line 3 (S01E02, on 2025-07-01 14:00 UTC and 2025-07-02 14:00 UTC). "
        "Correct the name of one, or remove it; a special has no number."
    )


def test_of_cancelled_events_the_last_one_stays() -> None:
    def make(uid: int, status: str) -> str:
        return make_event(uid, f":2025072{uid}T140000Z", "E01", f"STATUS:{status}")

    listing = parse_events(make(1, "CONFIRMED"), make(2, "CANCELLED"))
    assert [each.id for each in listing.episodes] == ["1"]
    listing = parse_events(make(1, "CANCELLED"), make(2, "CANCELLED"))
    assert [(each.id, each.is_cancelled) for each in listing.episodes] == [("2", True)]


def test_season_zero_has_the_specials() -> None:
    listing = parse_summaries("Show S00E01: Pilot", "Show S01E01", "Show S01E02")
    assert [(each.number, each.title) for each in listing.episodes] == [
        *((None, "Pilot"), (1, None), (2, None))
    ]


# What is refused.


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not a calendar. Use the export"),
        (b"\0\1\2", "not a calendar."),
        (b"season,episode\r\n1,2\r\n", "not a calendar."),
        (b"<!DOCTYPE html><p>", "a web page, not a calendar."),
        (make_calendar(), "the calendar has no events."),
        (make_calendar(make_event(1, ":20250721T140000Z", "E01"))[:-17], "truncated: "),
        (make_calendar("BEGIN:VTODO\r\nSUMMARY:E01\r\nEND:VTODO\r\n"), "no events"),
    ],
)
def test_other_files_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(ListingError) as error:
        parse_calendar(content, name="show.ics")
    assert str(error.value).startswith("show.ics: ")
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        (":tomorrow", "has an invalid DTSTART: `tomorrow`"),
        (":20250230T000000Z", "has an invalid DTSTART"),
        (":16010101T000000Z", ": 1601-01-01 is outside the supported years (1973 to 2037)"),
        (";TZID=Asia/Seoul:99991231T235959", ": 9999-12-31 is outside"),
        (";TZID=Pacific/Kiritimati:20380101T000000", ": 2038-01-01 is outside"),
    ],
)
def test_starts_that_no_schedule_has_are_refused(start: str, problem: str) -> None:
    message = find_message(make_event(1, start, "E01"))
    assert message.startswith(f"show.ics:3: the event “E01”{' ' * (problem[0] != ':')}{problem}")


def test_an_event_without_start_is_refused() -> None:
    event = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:E01\r\nEND:VEVENT\r\n"
    assert find_message(event) == (
        "show.ics:3: the event “E01” has no DTSTART. Correct its DTSTART, or remove the event."
    )


def make_utf16(content: bytes) -> bytes:
    return content.decode().encode("utf-16")


@pytest.mark.parametrize("change", [make_utf16, lambda content: b"\xef\xbb\xbf" + content])
def test_encodings(change: Callable[[bytes], bytes]) -> None:
    content = change((CALENDARS_FOLDER / "korean.ics").read_bytes())
    assert parse_calendar(content, name="korean.ics").title == "달빛 우체국"


# Hostile calendars.


def test_too_many_events_are_refused() -> None:
    event = make_event(1, ":20250721T140000Z", "E01")
    assert "more than 5,000 episodes" in find_message(*[event] * 5001)


@pytest.mark.soak
@pytest.mark.parametrize("name", make_hostile_feeds(1))
def test_large_hostile_calendars(name: str) -> None:
    started = time.monotonic()
    assert read_or_refuse(make_hostile_feeds(200_000)[name]).startswith(("show.ics", "read"))
    assert time.monotonic() - started < 60


@pytest.mark.soak
def test_a_hundred_thousand_episodes() -> None:
    events = [make_event(n, ":20250721T140000Z", f"E{n}") for n in range(100_000)]
    assert "more than 400,000 lines" in find_message(*events)
    assert "more than 5,000 episodes" in find_message(*events[:60_000])


@pytest.mark.parametrize("name", make_hostile_feeds(1))
def test_hostile_calendars_are_read_or_refused(name: str) -> None:
    content = make_hostile_feeds(2000)[name]
    started = time.monotonic()
    message = read_or_refuse(content)
    assert message.startswith(("show.ics", "read"))
    assert len(message) < 1000
    assert time.monotonic() - started < 5


def test_control_characters_in_ids_and_names() -> None:
    event = make_event("a\x07b", ":20250721T140000Z", "S01E01 - \\nitem: {x: \x1b[1m}\\\\")
    (episode,) = parse_events(event).episodes
    assert (episode.id, episode.title) == ("ab", "item: {x: [1m}")
