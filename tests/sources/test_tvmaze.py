"""Shows from TVmaze: what a listing has of them, and what is refused."""

from __future__ import annotations

import copy
import json
import time
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from pydantic import TypeAdapter

from defects_ical.errors import ListingError
from defects_ical.model.changes import OneLineText
from defects_ical.model.schedule import URL, Category, MultiLineText
from defects_ical.sources.download import DownloadLimits
from defects_ical.sources.listing import Credit, ListedEpisode, ListedPlatform, Listing
from defects_ical.sources.tvmaze import Pacer, fetch_listing, parse_reference, parse_show
from tests.support.faulty_server import (
    PATH,
    Handler,
    Scenario,
    close_connection,
    redirect,
    send_healthy,
    send_html,
    send_status,
    serve,
)
from tests.support.tvmaze import (
    BINGE,
    DAILY,
    ENDED,
    SEASONS,
    UNKNOWN,
    WEEKLY,
    load_shows,
    serve_tvmaze,
)

AT_ONCE: Final = Pacer(interval=0, retry_after=0)
SHOWS: Final = load_shows()


def parse(show: object, timezone: str | None = None) -> Listing:
    return parse_show(json.dumps(show).encode(), timezone=timezone)


def get_episodes(show: dict[str, Any]) -> list[dict[str, Any]]:
    episodes: list[dict[str, Any]] = show["_embedded"]["episodeswithspecials"]
    return episodes


def find_message(show: object) -> str:
    with pytest.raises(ListingError) as error:
        parse(show)
    return str(error.value)


@pytest.fixture
def show() -> dict[str, Any]:
    """Return the weekly show, which a test may change."""
    return copy.deepcopy(SHOWS[WEEKLY])


# The six shows.


@pytest.mark.parametrize("show_id", SHOWS)
def test_starts_are_the_air_stamps(show_id: int) -> None:
    """To the minute where the airtime is known; else the day is that of the air date."""
    listing = parse(SHOWS[show_id])
    for listed, raw in zip(listing.episodes, get_episodes(SHOWS[show_id]), strict=True):
        assert listed.id == str(raw["id"])
        if raw["airtime"]:
            assert listed.start == datetime.fromisoformat(raw["airstamp"])
        else:
            assert listed.start is None
        assert str(listed.day or "") == raw["airdate"]


@pytest.mark.parametrize("show_id", SHOWS)
def test_fetched_listings_equal_parsed_ones(show_id: int) -> None:
    with serve_tvmaze() as server:
        fetched = fetch_listing(show_id, server.api, pacer=AT_ONCE)
    assert fetched == parse(SHOWS[show_id])
    assert fetched.kind == "tvmaze"
    assert fetched.reference == str(show_id)
    (request,) = server.log
    assert request.path.startswith(f"/shows/{show_id}?")


def test_a_weekly_show() -> None:
    listing = parse(SHOWS[WEEKLY])
    assert (listing.title, listing.timezone) == ("Northgate", "America/New_York")
    site = "https://www.example.com/lakeshore"
    assert listing.platforms == (ListedPlatform("Lakeshore", "television", "United States", site),)
    assert listing.genres == ("Drama", "Crime", "Mystery")
    assert listing.cast[0] == ("Mara Ellison", "Ada Winslow")
    assert listing.credit == Credit(
        "TVmaze", "https://www.tvmaze.com/shows/81001/northgate", "CC BY-SA 4.0"
    )
    assert listing.summary
    assert listing.summary.startswith("Northgate follows Ada Winslow, a harbour pilot who finds")
    assert "car & has" in listing.summary
    assert listing.summary.endswith("may read it.\n\nNobody in town wants it back.")
    assert listing.episodes[0] == ListedEpisode(
        id="3100001",
        season=1,
        number=1,
        title="The Ledger",
        start=datetime(2025, 10, 3, 1, tzinfo=UTC),
        day=date(2025, 10, 2),
        runtime=90,
        summary="Ada is asked about page 1 of the ledger.",
    )


def test_images_are_not_taken() -> None:
    for show in SHOWS.values():
        assert "static.tvmaze.com" in json.dumps(show)
        assert "static.tvmaze.com" not in repr(parse(show))


def test_seasons_of_a_daily_show_are_years() -> None:
    episodes = parse(SHOWS[DAILY]).episodes
    assert {each.season for each in episodes} == {2024, 2025}
    numbers = [each.number for each in episodes if each.season == 2024]
    assert (9 in numbers, 10 in numbers, 11 in numbers) == (False, False, True)
    starts = [each.start for each in episodes]
    assert starts.count(datetime(2024, 12, 24, 19, 30, tzinfo=UTC)) == 2
    assert {each.title for each in episodes} == {None}


def test_streaming_has_no_hour_and_no_zone() -> None:
    listing = parse(SHOWS[BINGE])
    assert listing.timezone is None
    assert {(each.start, each.day) for each in listing.episodes} == {(None, date(2025, 6, 13))}
    url = "https://stream.example.com/"
    assert listing.platforms == (ListedPlatform("Streamly", "streaming", "everywhere", url),)
    assert parse(SHOWS[BINGE], "Europe/Madrid").timezone == "Europe/Madrid"


def test_specials_have_no_number() -> None:
    listing = parse(SHOWS[SEASONS])
    specials = [each for each in listing.episodes if each.number is None]
    assert [(each.season, each.title) for each in specials] == [
        (1, "Before Departure"),
        (1, "The Night Ferry: A Christmas Crossing"),
        (2, "Making of Season 2"),
    ]
    assert listing.summary
    assert listing.summary.endswith("- She sails by day.\n- He sails by night.")


def test_a_night_belongs_to_the_evening_before() -> None:
    late = next(
        each for each in parse(SHOWS[SEASONS]).episodes if (each.season, each.number) == (2, 5)
    )
    assert late.start == datetime(2025, 1, 20, 15, 40, tzinfo=UTC)
    assert late.day == date(2025, 1, 20)


@pytest.mark.parametrize(
    ("airdate", "airstamp", "day"),
    [
        # In New York: 05:59 and 06:00 on the next day, and 21:00 two days later.
        ("2025-10-02", "2025-10-03T09:59:00+00:00", date(2025, 10, 2)),
        ("2025-10-02", "2025-10-03T10:00:00+00:00", date(2025, 10, 3)),
        ("2025-10-02", "2025-10-05T01:00:00+00:00", date(2025, 10, 4)),
        ("2025-10-04", "2025-10-03T01:00:30+00:00", date(2025, 10, 2)),
        ("", "2025-10-03T01:00:00+00:00", date(2025, 10, 2)),
    ],
)
def test_the_stamp_decides_the_day(
    show: dict[str, Any], airdate: str, airstamp: str, day: date
) -> None:
    get_episodes(show)[0].update(airdate=airdate, airstamp=airstamp)
    episode = parse(show).episodes[0]
    assert episode.start == datetime.fromisoformat(airstamp).replace(second=0)
    assert episode.day == day


def test_unknown_dates_and_hours() -> None:
    episodes = parse(SHOWS[UNKNOWN]).episodes
    assert [(bool(each.start), bool(each.day), each.runtime) for each in episodes] == [
        (True, True, 60),
        (True, True, None),
        *[(False, True, None)] * 2,
        (False, False, None),
        (False, False, 60),
        (False, False, None),
    ]
    # "Episode 5" and "TBA" are no titles.
    assert [each.title for each in episodes] == [
        *("The Tail", None, None, None, None, "The Head", "Reunion")
    ]


def test_only_web_urls_are_taken() -> None:
    (platform,) = parse(SHOWS[UNKNOWN]).platforms
    assert platform.url is None


def test_an_ended_show_with_a_channel_without_country() -> None:
    listing = parse(SHOWS[ENDED])
    assert listing.timezone == "Asia/Tokyo"
    assert [(each.name, each.region) for each in listing.platforms] == [
        ("Tokyo Eleven", "Japan"),
        ("Anibox", "everywhere"),
    ]
    assert listing.episodes[0].start == datetime(2018, 10, 5, 16, 25, tzinfo=UTC)


def test_the_zone_of_the_web_channel_is_used(show: dict[str, Any]) -> None:
    show["webChannel"], show["network"] = show["network"], None
    assert parse(show).timezone == "America/New_York"
    show["webChannel"]["country"]["timezone"] = "America/Nowhere"
    assert parse(show).timezone is None


def test_without_specials_the_key_is_episodes(show: dict[str, Any]) -> None:
    expected = parse(show)
    show["_embedded"]["episodes"] = show["_embedded"].pop("episodeswithspecials")
    assert parse(show) == expected


# Texts.

HOSTILE_TEXTS: Final = [
    "no",
    "- item: {x: 1}",
    "# comment",
    "!!python/object:os.system",
    "a\\nb\\",
    "bell\x07 tab\t line\nbreak \x1b[31mred\x85 sep\u2028",
    "zero\u200bwidth \ufeff mark \ud800 half",
    "isolate \u2067 open",
    "pop \u2069 first",
    "e\u0301 decomposed",
    "x" * 30_000,
    "\u2068" + "y" * 30_000 + "\u2069",
    "🦊 " * 3000,
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_texts_are_those_of_a_schedule(show: dict[str, Any], text: str) -> None:
    """The schedule's field types take them unchanged."""
    show["name"] = show["summary"] = show["network"]["name"] = text
    show["network"]["country"]["name"] = text
    show["genres"] = [text, f"{text}, {text}"]
    show["_embedded"]["cast"][0]["person"]["name"] = text
    get_episodes(show)[0].update(name=text, summary=f"<p>{text}</p>")
    listing = parse(show)
    (platform,), episode = listing.platforms, listing.episodes[0]
    lines = [listing.title, platform.name, platform.region, *listing.cast[0], episode.title]
    for line in lines:
        assert TypeAdapter(OneLineText).validate_python(line) == line
        assert line
        assert line.encode()
    for paragraph in (listing.summary, episode.summary):
        assert TypeAdapter(MultiLineText).validate_python(paragraph) == paragraph
    for genre in listing.genres:
        assert TypeAdapter(Category).validate_python(genre) == genre


@pytest.mark.parametrize("text", HOSTILE_TEXTS[:4])
def test_yaml_looking_titles_are_kept(show: dict[str, Any], text: str) -> None:
    get_episodes(show)[0]["name"] = text
    assert parse(show).episodes[0].title == text


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://a.example/x?y=1#z", True),
        ("http://A.example:8080", True),
        *[
            (url, False)
            for url in (
                *("javascript:alert(1)", "//a.example", "https://", "https://a b/"),
                *("https://me:x@a.example/", "https://a.example/\nx", "https://a.example/ü"),
                *("ftp://a.example/", 'https://a.example/"', "https://-a.example"),
            )
        ],
    ],
)
def test_urls_are_those_of_a_schedule(show: dict[str, Any], url: str, *, is_taken: bool) -> None:
    show["network"]["officialSite"] = url
    show["url"] = url
    listing = parse(show)
    taken = listing.platforms[0].url
    assert (taken == url) == is_taken
    if taken:
        TypeAdapter(URL).validate_python(taken)
    assert listing.credit
    assert listing.credit.url in {url, "https://www.tvmaze.com/shows/81001"}


# Wrong shapes.


@pytest.mark.parametrize("value", ["text", 7, -1, 1.5, True, [], {}, [None], {"a": []}, None])
def test_no_value_of_a_show_breaks_it(value: object) -> None:
    """Each value replaced by each other type gives a listing or a message."""
    paths = [path for show_id in (WEEKLY, BINGE) for path in list_paths(SHOWS[show_id])]
    messages = []
    weekly = copy.deepcopy(SHOWS[WEEKLY])
    del get_episodes(weekly)[2:]
    for path in dict.fromkeys(paths):
        show = copy.deepcopy(weekly)
        replace_value(show, path, value)
        try:
            parse(show)
        except ListingError as error:
            messages.append(str(error))
    assert len(messages) > 5
    assert all(each.startswith(("TVmaze: ", "tvmaze:81001: ")) for each in messages)
    assert all(each.endswith(".") for each in messages)


def list_paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of each value, with the first item of each list."""
    found: list[tuple[str | int, ...]] = [path] if path else []
    if isinstance(value, dict):
        for key, each in value.items():
            found += list_paths(each, (*path, key))
    if isinstance(value, list) and value:
        found += list_paths(value[0], (*path, 0))
    return found


def replace_value(show: Any, path: tuple[str | int, ...], value: object) -> None:
    *parents, last = path
    try:
        for key in parents:
            show = show[key]
        show[last] = value
    except TypeError:
        # The weekly show has nothing there.
        return


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("name", 5, "`name` is a number, not text"),
        ("name", " \x07", "`name` is empty"),
        ("id", "81001", "`id` is text, not a whole number"),
        ("id", None, "`id` is null, not a whole number"),
        ("_embedded", None, "`_embedded` is null, not an object"),
        ("genres", ["Drama", 5], "`genres[1]` is a number, not text"),
        ("network", [], "`network` is a list, not an object"),
    ],
)
def test_wrong_values_of_a_show(
    show: dict[str, Any], key: str, value: object, problem: str
) -> None:
    show[key] = value
    assert find_message(show).startswith(f"TVmaze: {problem}. Try again later")


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("season", True, "season` is true or false, not a whole number"),
        ("season", 0, "season` is not between 1 and 9999"),
        ("number", 1.5, "number` is a fraction, not a whole number"),
        ("number", 10**30, "number` is not between 0 and 99999"),
        ("airdate", "2025-1-1x", "airdate` is not a date like 2025-07-21"),
        ("airstamp", "2025-10-03T01:00:00", "airstamp` is not a time like"),
        ("airstamp", "soon", "airstamp` is not a time like"),
        ("airstamp", "0001-01-01T00:00:00+23:00", "` : 0001-01-01 is outside"),
        ("airdate", "1963-11-23", "` : 1963-11-23 is outside the supported years (1973 to 2037)"),
        ("runtime", "60", "runtime` is text, not a whole number"),
        ("type", "extra", "type` is none of regular, significant_special"),
        ("type", None, "type` is none of"),
        ("name", {}, "name` is an object, not text"),
    ],
)
def test_wrong_values_of_an_episode(
    show: dict[str, Any], key: str, value: object, problem: str
) -> None:
    get_episodes(show)[3][key] = value
    message = find_message(show)
    assert message.startswith("TVmaze: `_embedded.episodeswithspecials[3]")
    assert problem.replace("` : ", "`: ") in message


def test_equal_numbers_are_refused(show: dict[str, Any]) -> None:
    get_episodes(show)[3]["number"] = 2
    assert find_message(show).startswith(
        "tvmaze:81001: TVmaze lists S01E02 twice (as 3100002 and 3100004)."
    )
    get_episodes(show)[3].update(number=4, id=3100002)
    assert find_message(show).startswith("tvmaze:81001: TVmaze lists an episode twice.")


def test_too_many_episodes_are_refused(show: dict[str, Any]) -> None:
    get_episodes(show)[:] = [{"id": 1}] * 100_000
    assert find_message(show).startswith("tvmaze:81001: more than 5,000 episodes.")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\xfa", "not valid JSON"),
        (b"[]", "the JSON is a list, not an object"),
        (b"null", "the JSON is null, not an object"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"id": ' + b"9" * 10_000 + b"}", "not valid JSON"),
        (b'{"id": NaN, "name": "x"}', "`id` is a fraction"),
        (b'{"id": 1e400, "name": "x"}', "`id` is a fraction"),
    ],
)
def test_other_documents_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(ListingError, match=f"^TVmaze: .*{problem}"):
        parse_show(content)


# References and requests.


@pytest.mark.parametrize(
    ("text", "show_id"),
    [
        ("tvmaze:12345", 12345),
        ("TVmaze: 12345", 12345),
        ("https://www.tvmaze.com/shows/12345/the-show", 12345),
        ("http://tvmaze.com/shows/12345", 12345),
        ("www.tvmaze.com/shows/12345/the-show/episodes?x=1", 12345),
        (" https://api.tvmaze.com/shows/12345 ", 12345),
        *[
            (text, None)
            for text in (
                *("", "12345", "tvmaze:", "tvmaze:0", "tvmaze:x", "tvmaze:12345.ics"),
                *("https://www.tvmaze.com/people/12345", "tvmaze:\uff11"),
                *("https://tvmaze.com.example/shows/1", "https://x.example/tvmaze.com/shows/1"),
                *("ftp://www.tvmaze.com/shows/1", "tvmaze:1234567890", "tvmaze:1\nx"),
            )
        ],
    ],
)
def test_references(text: str, show_id: int | None) -> None:
    assert parse_reference(text) == show_id


def test_an_unknown_show_is_named() -> None:
    with (
        serve_tvmaze() as server,
        pytest.raises(ListingError, match="TVmaze has no show 5"),
    ):
        fetch_listing(5, server.api, pacer=AT_ONCE)


@pytest.mark.parametrize("retry_after", ["0", None, "soon", "99999"])
def test_one_refusal_is_waited_for(retry_after: str | None) -> None:
    pacer = Pacer(interval=0, retry_after=0.01, longest=0.05)
    with serve_tvmaze() as server:
        server.refusals, server.retry_after = 1, retry_after
        assert fetch_listing(WEEKLY, server.api, pacer=pacer).title == "Northgate"
        assert len(server.log) == 2
        server.refusals = 2
        with pytest.raises(ListingError, match="accepts no more requests"):
            fetch_listing(WEEKLY, server.api, pacer=pacer)
        assert len(server.log) == 4


def test_retry_after_is_waited_for() -> None:
    pacer = Pacer(interval=0, retry_after=0, longest=0.3)
    with serve_tvmaze() as server:
        server.refusals, server.retry_after = 1, "1"
        started = time.monotonic()
        fetch_listing(WEEKLY, server.api, pacer=pacer)
    assert 0.3 <= time.monotonic() - started < 1


def test_requests_are_spaced() -> None:
    pacer = Pacer(interval=0.1)
    with serve_tvmaze() as server:
        started = time.monotonic()
        for _ in range(4):
            fetch_listing(UNKNOWN, server.api, pacer=pacer)
    assert time.monotonic() - started >= 0.3


def test_an_unknown_zone_is_refused_first() -> None:
    with serve_tvmaze() as server:
        with pytest.raises(ListingError, match="`Asia/Soul` is not an IANA time zone"):
            fetch_listing(WEEKLY, server.api, timezone="Asia/Soul", pacer=AT_ONCE)
        assert not server.log


def test_a_large_answer_is_refused() -> None:
    limits = DownloadLimits(max_bytes=1000)
    with (
        serve_tvmaze() as server,
        pytest.raises(ListingError, match="larger than"),
    ):
        fetch_listing(WEEKLY, server.api, limits=limits, pacer=AT_ONCE)


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (
            send_html(b"<!DOCTYPE html><title>Just a moment...</title>"),
            "a web page (“Just a moment",
        ),
        (send_healthy, "a document of the type `text/calendar`, not JSON"),
        (send_status(500), "the server does not respond with JSON (status 500). Try again later."),
        (redirect("/cycle"), "redirect loop: "),
        (close_connection, "incomplete response: "),
    ],
)
def test_other_answers_are_explained(handler: Handler, problem: str) -> None:
    with serve(Scenario(handler)) as server, pytest.raises(ListingError) as error:
        fetch_listing(WEEKLY, server.url.removesuffix(PATH), pacer=AT_ONCE)
    assert problem in str(error.value)
