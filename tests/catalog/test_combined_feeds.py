"""Combined feeds: exactly the events of the shows' own feeds, byte for byte."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from defects_ical.catalog.combined_feeds import render_combined_feeds
from defects_ical.catalog.feed_checks import check_named_feeds
from defects_ical.content.links.feeds import Feed
from defects_ical.errors import ScheduleError
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.settings import NamedFeed, SiteSettings
from defects_ical.text.languages import ENGLISH
from defects_ical.timezones.transitions import find_observances
from tests.support.catalogs import (
    BuiltShow,
    build_release,
    build_show,
    list_release_paths,
    make_catalog,
    make_show_feeds,
)
from tests.support.random_schedules import RandomSchedule, random_schedules

EVENT: Final = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
ZONE: Final = re.compile(rb"BEGIN:VTIMEZONE\r\nTZID:(.*?)\r\n")
LOCAL: Final = re.compile(rb"DT(?:START|END);TZID=([^:]+):")
TIMES: Final = re.compile(rb"(DTSTART|DTEND)[^\r]*\r\n")
SLUGS: Final = [*list_release_paths()]


def render(
    shows: Iterable[BuiltShow], site_settings: SiteSettings | None = None
) -> dict[str, bytes]:
    """Return the combined feeds of shows, by path."""
    shows = [*shows]
    rendered = render_combined_feeds(make_catalog(shows, site_settings), make_show_feeds(shows))
    return {path: b"".join(parts) for path, parts in rendered}


def split(feed: bytes) -> list[bytes]:
    return EVENT.findall(feed)


def get_own_events(show: BuiltShow, platform: str = "", *, reminders: bool = False) -> list[bytes]:
    feed = Feed(f"{show.summary.slug}{platform and '-'}{platform}", "")
    path = feed.with_reminder(30, ENGLISH).path if reminders else feed.path
    return split(show.site[path].body)


def get_uid(event: bytes) -> bytes:
    found = re.search(rb"\r\nUID:(.*?)\r\n", event)
    assert found
    return found[1]


def assert_joined(feed: bytes, expected: list[bytes], shows: list[BuiltShow]) -> None:
    """Assert that a feed is well formed and has exactly these events."""
    events = split(feed)
    uids = [get_uid(each) for each in events]
    assert len(uids) == len({*uids})
    defined = ZONE.findall(feed)
    assert len(defined) == len({*defined})
    used = {*LOCAL.findall(feed)}
    assert {*defined} == used or not used
    undefinable = {
        each.summary.timezone.encode()
        for each in shows
        if each.summary.timezone.encode() not in defined
    }
    for event, own in zip(events, expected, strict=True):
        if event != own:
            # Yearly rules define no zone for the years of all shows: these events are in UTC.
            assert {*LOCAL.findall(own)} <= undefinable
            assert TIMES.sub(b"", event) == TIMES.sub(b"", own)
    Calendar.from_ical(feed)


given_slugs = given(st.sets(st.sampled_from(SLUGS), min_size=1, max_size=6), st.data())
given_schedules = given(st.lists(random_schedules(), min_size=1, max_size=3), st.data())
some = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@some
@given_slugs
def test_combined_feeds_have_the_events_of_their_shows(
    slugs: set[str], data: st.DataObject
) -> None:
    check_feed_of_all(slugs, data)
    check_feeds_of_platforms(slugs)


@pytest.mark.soak
@many
@given_slugs
def test_many_sets_of_shows(slugs: set[str], data: st.DataObject) -> None:
    check_feed_of_all(slugs, data)
    check_feeds_of_platforms(slugs)


@some
@given_schedules
def test_random_schedules_are_joined(drawn: list[RandomSchedule], data: st.DataObject) -> None:
    check_random_schedules(drawn, data)


@pytest.mark.soak
@many
@given_schedules
def test_many_random_schedules(drawn: list[RandomSchedule], data: st.DataObject) -> None:
    check_random_schedules(drawn, data)


def check_feed_of_all(slugs: set[str], data: st.DataObject) -> None:
    """Check the feed of all shows, and that removing a show removes only its events."""
    shows = [build_release(each) for each in sorted(slugs)]
    feeds = render(shows)
    for reminders, path in ((False, "/all.ics"), (True, "/all-reminders.ics")):
        expected = [event for show in shows for event in get_own_events(show, reminders=reminders)]
        assert_joined(feeds[path], expected, shows)
    removed = data.draw(st.sampled_from(shows))
    rest = [each for each in shows if each is not removed]
    if rest:
        gone = {get_uid(each) for each in get_own_events(removed)}
        left = [get_uid(each) for each in split(feeds["/all.ics"]) if get_uid(each) not in gone]
        assert [get_uid(each) for each in split(render(rest)["/all.ics"])] == left


def check_feeds_of_platforms(slugs: set[str]) -> None:
    """Check that the feed of each platform has the events of the shows' feeds for it."""
    shows = [build_release(each) for each in sorted(slugs)]
    feeds = render(shows)
    platforms = {name for each in shows for name in each.summary.platforms}
    assert {f"/on-{each}.ics" for each in platforms} <= feeds.keys()
    for name in platforms:
        on_it = [each for each in shows if name in each.summary.platforms]
        for reminders, end in ((False, ""), (True, "-reminders")):
            expected = [
                event for show in on_it for event in get_own_events(show, name, reminders=reminders)
            ]
            assert_joined(feeds[f"/on-{name}{end}.ics"], expected, on_it)


def check_random_schedules(drawn: list[RandomSchedule], data: st.DataObject) -> None:
    """Check the feed of all shows, and a named feed of some platforms."""
    shows = [*build_random(drawn)]
    assume(shows)
    names = sorted({name for each in shows for name in each.summary.platforms})
    chosen = tuple(sorted(data.draw(st.sets(st.sampled_from(names), min_size=1))))
    named = SiteSettings(feeds={"some": NamedFeed(title="Some", platforms=chosen)})
    feeds = render(shows, named)
    everything = [event for show in shows for event in get_own_events(show)]
    assert_joined(feeds["/all.ics"], everything, shows)
    assert_each_episode_once(feeds["/some.ics"], shows, chosen)


def build_random(drawn: Iterable[RandomSchedule]) -> Iterator[BuiltShow]:
    """Yield the shows of valid schedules, each with a slug and a uid of its own."""
    for number, each in enumerate(drawn):
        uid = str(uuid.UUID(int=number + 1))
        show = {**each.plan["show"], "slug": f"show-{number}", "uid": uid}
        text = json.dumps({**each.plan, "show": show, "changes": each.entries})
        with TemporaryDirectory() as folder:
            path = Path(folder) / "show.yaml"
            path.write_text(text, "utf-8")
            with suppress(ScheduleError):
                yield build_show(load_schedule(path))


def assert_each_episode_once(
    feed: bytes, shows: list[BuiltShow], platforms: tuple[str, ...]
) -> None:
    """Assert that each episode on one of the platforms is in one event of a combined feed."""
    owners: dict[bytes, tuple[str, tuple[str, ...]]] = {}
    wanted: set[tuple[str, str]] = set()
    for show in shows:
        slug = show.summary.slug
        for name in ("", *platforms):
            events = show.summary.feeds.get(name, ())
            for event, own in zip(
                events, get_own_events(show, name) if events else (), strict=True
            ):
                owners[get_uid(own)] = (slug, event.episodes)
                if name:
                    wanted |= {(slug, each) for each in event.episodes}
    uids = [get_uid(each) for each in split(feed)]
    assert len(uids) == len({*uids})
    covered = [(slug, each) for uid in uids for slug, ids in [owners[uid]] for each in ids]
    assert wanted <= {*covered}
    assert len(covered) == len({*covered})


SHOW: Final = """\
format: 1
show:
  uid: 00000000-0000-0000-0000-00000000000{number}
  slug: {slug}
  title: {slug}
  genres: [{genre}]
timezone: {zone}
published: 2005-01-01T00:00:00Z
airing: {{premiere: {premiere}, weekdays: [monday], time: 21:00, runtime: 60, episodes: 3}}
platforms:
  ena: {{name: ENA, kind: television, region: Korea}}
  tving: {{name: TVing, kind: streaming, region: Korea{extra}}}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., BuiltShow]:
    numbers = count(1)

    def load_show(slug: str, premiere: str, **values: str) -> BuiltShow:
        values = {"genre": "crime", "zone": "Asia/Seoul", "extra": "", **values}
        text = SHOW.format(number=next(numbers), slug=slug, premiere=premiere, **values)
        path = tmp_path / f"{slug}.yaml"
        path.write_text(text, "utf-8")
        return build_show(load_schedule(path))

    return load_show


def test_episode_on_two_platforms_is_the_show_s_event(load: Callable[..., BuiltShow]) -> None:
    own = ", airing: {premiere: 2026-03-07, episodes: 3}"
    shows = [load("one", "2026-03-02"), load("two", "2026-03-02", extra=own)]
    named = SiteSettings(
        feeds={
            "both": NamedFeed(title="Both", platforms=("ena", "tving")),
            "stream": NamedFeed(title="Stream", platforms=("tving",), shows=("two",)),
        }
    )
    feeds = render(shows, named)
    both = split(feeds["/both.ics"])
    assert both == [*get_own_events(shows[0]), *get_own_events(shows[1])]
    assert b"ENA" in both[0]
    assert b"TVing" in both[0]
    assert split(feeds["/stream.ics"]) == get_own_events(shows[1], "tving")


def test_genres_are_compared_without_case(load: Callable[..., BuiltShow]) -> None:
    shows = [load("one", "2026-03-02"), load("two", "2026-03-02", genre="romance")]
    named = SiteSettings(feeds={"crime": NamedFeed(title="Crime", genres=("CRIME",))})
    assert split(render(shows, named)["/crime.ics"]) == get_own_events(shows[0])


def test_feed_without_events_is_a_calendar(load: Callable[..., BuiltShow]) -> None:
    named = SiteSettings(feeds={"none": NamedFeed(title="None", genres=("opera",))})
    feed = render([load("one", "2026-03-02")], named)["/none.ics"]
    assert ZONE.findall(feed) == [b"UTC"]
    assert not split(feed)


SEASONS: Final = """\
format: 1
show: {uid: 00000000-0000-0000-0000-00000000000a, slug: seasons, title: Seasons}
timezone: Asia/Seoul
published: 2025-01-01T00:00:00Z
airing:
  - {season: 1, premiere: 2026-03-02, weekdays: [monday], time: 21:00, runtime: 60, episodes: 3}
  - {season: 2, premiere: 2026-06-01, weekdays: [monday], time: 21:00, runtime: 60, episodes: 3}
platforms:
  ena: {name: ENA, kind: television, region: Korea}
specials: [{id: trailer, title: The trailer, airs: 2026-02-20}]
changes: [{at: 2026-05-01T00:00:00Z, episodes: [s02e01], status: cancelled}]
"""


def test_premieres_are_the_first_events_of_seasons(tmp_path: Path) -> None:
    path = tmp_path / "seasons.yaml"
    path.write_text(SEASONS, "utf-8")
    show = build_show(load_schedule(path))
    premieres = [each.id for each in show.summary.events if each.is_premiere]
    # The first event of the second season is cancelled: the next one is its premiere.
    assert premieres == ["s01e01", "s02e01", "s02e02"]
    own = dict(zip((each.id for each in show.summary.feeds[""]), get_own_events(show), strict=True))
    assert split(render([show])["/premieres.ics"]) == [own[each] for each in premieres]


def test_special_opens_a_season_only_if_nothing_else_is_in_it() -> None:
    show = build_release("oscars-2026")
    assert [each.id for each in show.summary.events if each.is_premiere] == ["red-carpet"]


def test_zone_is_defined_for_the_years_of_all_shows(load: Callable[..., BuiltShow]) -> None:
    zone = "America/New_York"
    old, new = load("old", "2005-02-07", zone=zone), load("new", "2026-03-02", zone=zone)
    for show in (old, new):
        (event, *_) = split(render([show])["/all.ics"])
        assert LOCAL.search(event)
    feed = render([old, new])["/all.ics"]
    # No yearly rules give the transitions from 2005 to 2026.
    assert find_observances(zone, 2005, 2026) is None or not ZONE.findall(feed)
    assert not LOCAL.search(feed)
    assert b"DTSTART:20050208T020000Z" in feed
    assert b"DTSTART:20260303T020000Z" in feed


def test_words_of_a_text_begin_no_event(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    text = SHOW.format(
        number=1, slug="one", premiere="2025-12-22", genre="a", zone="Asia/Seoul", extra=""
    )
    path.write_text(f"{text}episodes: {{2: {{title: x BEGIN:VEVENT}}}}\n", "utf-8")
    show = build_show(load_schedule(path))
    feeds = render([show], SiteSettings.model_validate({"archive_before": "2026-01-01"}))
    own = get_own_events(show)
    assert split(feeds["/all-2025.ics"]) + split(feeds["/all.ics"]) == own


def test_platform_named_like_reminders_is_refused(load: Callable[..., BuiltShow]) -> None:
    other = ", airing: {premiere: 2026-03-07, episodes: 3}"
    show = load("one", "2026-03-02", extra=other)
    summary = replace(
        show.summary,
        platforms={**show.summary.platforms, "ena-reminders": show.summary.platforms["ena"]},
    )
    catalog = make_catalog([BuiltShow(show.site, summary)])
    (problem,) = check_named_feeds(catalog)
    assert problem.message == "`/on-ena-reminders.ics` would be two feeds"


def test_archives_hold_the_events_before_a_date(load: Callable[..., BuiltShow]) -> None:
    shows = [load("one", "2025-12-22"), load("two", "2026-03-02"), load("three", "2024-05-06")]
    archived = SiteSettings.model_validate({"archive_before": "2026-01-01"})
    feeds = render(shows, archived)
    one, two, three = (get_own_events(each) for each in shows)
    assert split(feeds["/all.ics"]) == [*one[2:], *two]
    assert split(feeds["/all-2025.ics"]) == one[:2]
    assert split(feeds["/all-2024.ics"]) == three
    assert "/all-2025-reminders.ics" not in feeds
    # Other feeds stay whole.
    assert len(split(feeds["/on-ena.ics"])) == 9


def test_reminder_feeds_say_so(load: Callable[..., BuiltShow]) -> None:
    feeds = render([load("one", "2026-03-02")], SiteSettings(title="Shows"))
    names = {
        path: Calendar.from_ical(body)["X-WR-CALNAME"]
        for path, body in feeds.items()
        if not path.startswith("/on-tving")
    }
    assert names == {
        "/all.ics": "Shows",
        "/all-reminders.ics": "Shows (reminders)",
        "/on-ena.ics": "Shows on ENA",
        "/on-ena-reminders.ics": "Shows on ENA (reminders)",
        "/premieres.ics": "Shows: premieres",
        "/premieres-reminders.ics": "Shows: premieres (reminders)",
    }
    assert feeds["/all-reminders.ics"].count(b"BEGIN:VALARM") == 3
