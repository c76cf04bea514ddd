"""Creating a schedule file from a listing: what is in it, what is refused, and what stays."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.imports.texts import is_placeholder
from defects_ical.errors import DefectsIcalError, ListingError, OptionError, ScheduleFileError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.sources.listing import ListedEpisode, ListedPlatform, Listing
from tests.authoring.imports.listings import (
    list_episode,
    list_weekly,
    make_lighthouse,
    make_listing,
    number_episodes,
)
from tests.authoring.shows import FILE, NOW, UID

WEEKLY = make_listing(number_episodes(list_weekly("2025-01-05", 3)))


def create(listing: Listing, options: ImportOptions | None = None) -> Schedule:
    return create_imported_schedule(FILE, listing, options or ImportOptions(), UID, NOW)


def test_schedule_has_what_the_listing_has() -> None:
    schedule = create(make_lighthouse())
    assert schedule.model_dump(
        exclude={"airing", "episodes", "specials", "platforms", "source"}
    ) == {
        **load_schedule(FILE).model_dump(
            exclude={"airing", "episodes", "specials", "platforms", "source", "show"}
        ),
        "show": {
            "uid": UID,
            "slug": "the-lighthouse",
            "title": "The Lighthouse",
            "original_title": None,
            "season": None,
            "synopsis": None,
            "genres": ("Drama", "Mystery"),
            "cast": (
                {"actor": "Ann Archer", "role": "Ida Keeper"},
                {"actor": "Bo Baker", "role": "The Stranger"},
            ),
            "color": "slategray",
            "picture": None,
            "credit": {
                "name": "TVmaze",
                "url": "https://www.tvmaze.com/shows/82/the-lighthouse",
                "licence": "CC BY-SA 4.0",
            },
        },
    }
    assert schedule.source
    assert (schedule.source.tvmaze, schedule.source.episodes["s01e03"]) == (82, "2001003")
    assert (schedule.timezone, schedule.published) == ("America/New_York", NOW)
    assert (schedule.changes, schedule.languages) == ((), ("en",))
    assert {name: each.name for name, each in schedule.platforms.items()} == {
        "channel-4": "Channel 4",
        "big-stream": "Big Stream",
    }
    names = [each.name for each in expand_episodes(schedule)]
    assert names[:3] == ["S01E01, The Keeper", "S01E02", "S01E03, “No”, She Said: Part #1"]
    assert names[-1] == "The Lighthouse at Christmas"


def test_summaries_are_hidden_in_recaps() -> None:
    listing = make_lighthouse()
    schedule = create(listing, ImportOptions(with_summaries=True))
    assert schedule.show.synopsis == listing.summary
    assert {key: each.recap for key, each in schedule.episodes.items() if each.recap} == {
        "s01e01": listing.episodes[0].summary
    }
    assert not any(each.teaser for each in schedule.episodes.values())


@pytest.mark.parametrize(
    ("options", "values"),
    [
        (ImportOptions(), ("the-show", "The Show", "America/New_York")),
        (ImportOptions(title="Élite!"), ("elite", "Élite!", "America/New_York")),
        (ImportOptions(title="아이쇼핑"), ("show", "아이쇼핑", "America/New_York")),
        (
            ImportOptions(slug="other", timezone="Asia/Seoul"),
            ("other", "The Show", "Asia/Seoul"),
        ),
    ],
)
def test_options_win_over_listing(options: ImportOptions, values: tuple[str, ...]) -> None:
    schedule = create(WEEKLY, options)
    assert (schedule.show.slug, schedule.show.title, schedule.timezone) == values
    assert expand_episodes(schedule)[0].start == datetime(2025, 1, 6, 2, tzinfo=UTC)


def test_zone_of_the_user_has_its_own_evenings() -> None:
    """20:00 in New York is the next day in Seoul, not an hour late at night."""
    schedule = create(WEEKLY, ImportOptions(timezone="Asia/Seoul"))
    assert expand_episodes(schedule)[0].slot.isoformat() == "2025-01-06T11:00"


MISSING_ZONE = (
    "The source names no time zone. Use `--timezone` with the one in which the show is announced, "
    "for example `--timezone Asia/Seoul`."
)


@pytest.mark.parametrize(
    ("listing", "options", "message"),
    [
        (replace(WEEKLY, timezone=None), ImportOptions(), MISSING_ZONE),
        (
            replace(WEEKLY, timezone="KST"),
            ImportOptions(),
            (
                "The time zone of the source, `KST`, is not an IANA time zone. Use `--timezone`, "
                "for example `--timezone Asia/Seoul`."
            ),
        ),
        (
            replace(WEEKLY, title=" \0"),
            ImportOptions(),
            "The source has no title of the show. Use `--title`.",
        ),
        (
            WEEKLY,
            ImportOptions(timezone="KST"),
            "--timezone KST: `KST` is not an IANA time zone. Use `Asia/Seoul`.",
        ),
        (
            WEEKLY,
            ImportOptions(slug="The Show"),
            (
                "--slug The Show: `The Show` is not an id (lower-case letters, digits and single "
                "hyphens, starting with a letter). Use `the-show`."
            ),
        ),
    ],
)
def test_open_question_is_asked(
    listing: Listing, options: ImportOptions, message: str, folder: Path
) -> None:
    with pytest.raises(DefectsIcalError) as caught:
        create(listing, options)
    assert str(caught.value) == message
    assert isinstance(caught.value, OptionError if message.startswith("-") else ListingError)
    assert not [*folder.iterdir()]


def test_existing_file_stays(folder: Path) -> None:
    FILE.write_text("mine")
    with pytest.raises(ScheduleFileError, match=r"^schedule\.yaml: already exists"):
        create(WEEKLY)
    assert FILE.read_text() == "mine"
    assert [each.name for each in folder.iterdir()] == [FILE.name]


def test_too_many_episodes_are_refused(folder: Path) -> None:
    start = datetime(2001, 1, 1, tzinfo=UTC)
    episodes = [
        ListedEpisode("", None, n, None, start + timedelta(hours=n), None, 30)
        for n in range(20_000)
    ]
    message = "The source lists 20,000 episodes with a date, and a schedule has at most 5,000."
    with pytest.raises(ListingError, match=message):
        create(make_listing(episodes))
    assert not [*folder.iterdir()]


def test_too_much_text_is_refused(folder: Path) -> None:
    episodes = [replace(each, summary="x y " * 4000) for each in WEEKLY.episodes for _ in range(50)]
    renumbered = [replace(each, number=n) for n, each in enumerate(episodes)]
    with pytest.raises(ListingError, match=r"larger than 2 MB\. Import it without `--summaries`"):
        create(make_listing(renumbered), ImportOptions(with_summaries=True))
    assert not [*folder.iterdir()]
    create(make_listing(renumbered))


def test_specials_have_unique_valid_ids() -> None:
    titles = ["All", "Cast", "E3", "S01E01", "S02", "메이킹", "Making of", "Making of", "e" * 70]
    specials = [
        list_episode(f"2025-02-{day:02}T20:00", None, season=1, title=title)
        for day, title in enumerate(titles, start=1)
    ]
    zero = list_episode("2025-02-20", 7, season=0, runtime=None)
    schedule = create(make_listing([*WEEKLY.episodes, *specials, zero]))
    assert [each.id for each in schedule.specials] == [
        *(f"special-{n}" for n in range(1, 7)),
        *("making-of", "making-of-2", "e" * 60, "special-7"),
    ]
    assert [each.title for each in schedule.specials] == [*titles, "Special 7"]


def test_special_with_the_title_of_the_show_is_a_film() -> None:
    listing = make_listing([list_episode("2025-02-02T20:00", None, title="The Show")])
    assert [each.id for each in create(listing).specials] == ["film"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        *((title, True) for title in ("Episode 3", "EPISODE #1.3", "Folge 12", "ep. 4", "S01E03")),
        *((title, True) for title in ("3", "第3話", "3화", "TBA", "To be announced", "12. Bölüm")),
        *((title, False) for title in ("Chapter 3", "1984 Revisited", "Episode 3: Home", "Three")),
        *((title, False) for title in ("The Episode", "S", "Part 2")),
    ],
)
def test_placeholders_are_no_titles(title: str, *, expected: bool) -> None:
    assert is_placeholder(title) == expected


HOSTILE = [
    *("null", "no: [", "- {a: b}", "*x", "&x", "!!str x", "# x", "%x", "'", '"', "a: b #c", "---"),
    *("x\ny\r\nz", "\0\x07\x85\u2028\ufeff\tx", "a\\b", "\u2067א", "\ud800x", "é" * 9000),
    *("日本語", "x" * 6000, "e\u0301 \u0958", "a,b,,c", "   ", "{{ uid }}", "{% if %}", "\u3000x "),
]


def test_hostile_texts_load() -> None:
    texts = [*HOSTILE, *HOSTILE]
    episodes = [
        replace(each, title=text, summary=text)
        for text, each in zip(HOSTILE, number_episodes(list_weekly("2025-01-05", 99)), strict=False)
    ]
    specials = [list_episode(f"2026-01-{n:02}", None, title=t) for n, t in enumerate(HOSTILE, 1)]
    listing = replace(
        make_listing([*episodes, *specials]),
        title=HOSTILE[11],
        platforms=tuple(ListedPlatform(each, each, each, each) for each in texts),
        genres=tuple(texts),
        cast=tuple((each, each) for each in texts * 9),
        summary="\n\n\n".join(HOSTILE),
    )
    schedule = create(listing, ImportOptions(with_summaries=True))
    found = [schedule.episodes[str(n)].title for n in (1, 2, 13, 14, 15, 16)]
    assert found == ["null", "no: [", "x y z", "x", "a/b", "א"]
    assert (len(schedule.show.genres), len(schedule.show.cast)) == (20, 200)
    assert len(schedule.platforms) == 20


ZONES = ("America/New_York", "Europe/London", "Asia/Seoul", "Africa/Cairo", "Australia/Lord_Howe")
MOMENTS = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001 - of no zone
    # Weekly and hourly steps around the changes of clocks.
    st.builds(
        lambda week, hour: datetime(2025, 3, 1) + timedelta(weeks=week, hours=hour),  # noqa: DTZ001
        st.integers(0, 45),
        st.integers(0, 60),
    ),
)


@st.composite
def _listed_episodes(draw: st.DrawFn) -> ListedEpisode:
    start = draw(
        st.none() | MOMENTS.map(lambda each: each.replace(tzinfo=UTC, second=0, microsecond=0))
    )
    day = draw(st.none() | st.dates(date(2025, 1, 1), date(2025, 3, 1)))
    if start and draw(st.booleans()):
        day = start.date() - timedelta(days=draw(st.integers(0, 1)))
    return ListedEpisode(
        id="",
        season=draw(st.sampled_from((None, 0, 1, 1, 2, 2025))),
        number=draw(st.none() | st.integers(0, 12)),
        title=draw(st.none() | st.sampled_from((*HOSTILE, "Episode 1", "Home"))),
        start=start,
        day=day,
        runtime=draw(st.sampled_from((None, 30, 60, 60, 1440))),
        is_cancelled=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def _regular_episodes(draw: st.DrawFn) -> list[ListedEpisode]:
    """Return a show with a rule, and with exceptions from it."""
    start = datetime(2025, draw(st.integers(1, 12)), 1, draw(st.integers(0, 23)), 30, tzinfo=UTC)
    steps = draw(st.lists(st.sampled_from((1, 7)), min_size=1, max_size=3))
    together = draw(st.integers(1, 3))
    episodes = []
    for number in range(draw(st.integers(1, 30))):
        day = start + timedelta(days=sum(steps) * (number // together) + number % len(steps))
        if draw(st.integers(0, 5)) == 0:
            day += timedelta(days=draw(st.integers(0, 3)), minutes=draw(st.integers(-90, 90)))
        evening = (day - timedelta(hours=6)).date()
        season = draw(st.sampled_from((None, None, 1, 2)))
        episodes.append(ListedEpisode("", season, number, None, day, evening, 60))
    return episodes


def _get_key(episode: ListedEpisode) -> object:
    return episode.start or episode.day


SHOWS = _regular_episodes() | st.lists(_listed_episodes(), min_size=1, max_size=25)
OTHER_ZONES = st.sampled_from((None, *ZONES))


@settings(max_examples=50, deadline=None)
@given(episodes=SHOWS, zone=st.sampled_from(ZONES), other=OTHER_ZONES)
def test_any_listing_becomes_its_own_dates(
    episodes: list[ListedEpisode], zone: str, other: str | None
) -> None:
    check_dates(episodes, zone, other)


@pytest.mark.soak
@settings(max_examples=3000, deadline=None)
@given(episodes=SHOWS, zone=st.sampled_from(ZONES), other=OTHER_ZONES)
def test_many_listings_become_their_own_dates(
    episodes: list[ListedEpisode], zone: str, other: str | None
) -> None:
    check_dates(episodes, zone, other)


def check_dates(episodes: list[ListedEpisode], zone: str, other: str | None) -> None:
    """Check that each start is to the minute that of the source, or its day without an hour."""
    listing = make_listing(episodes, zone)
    planned = [each for each in episodes if _get_key(each) and not each.is_cancelled]
    keys = {
        (each.season, each.number): each
        for each in reversed(planned)
        if each.number is not None and each.season != 0
    }
    specials = [each for each in planned if each.number is None or each.season == 0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        options = ImportOptions(timezone=other)
        if not planned:
            with pytest.raises(ListingError):
                create_imported_schedule(path, listing, options, UID, NOW)
            return
        schedule = create_imported_schedule(path, listing, options, UID, NOW)
        loaded = load_schedule(path)
    expected = sorted(str(_get_key(each)) for each in (*keys.values(), *specials))
    found = expand_episodes(loaded)
    assert sorted(str(each.start or each.date) for each in found) == expected
    assert schedule.changes == ()
