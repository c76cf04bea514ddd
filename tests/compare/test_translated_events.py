"""What a comparison reads in the events of each language is what stands in the schedule."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from defects_ical.compare.live.event_parser import (
    PublishedEvent,
    detect_language,
    parse_event,
    split_events,
)
from defects_ical.content.links.feeds import main_feeds
from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.text.display import remove_direction_marks
from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words
from tests.compare.edits import SITE_URL
from tests.support.example_schedules import load_yaml
from tests.support.translated_schedules import make_schedules
from tests.support.variants import leave_to_soak

# Changes of every kind, and episodes on their own and together, with and without seasons.
NAMES: Final = ("changes", *leave_to_soak("seasons", "release"))


@cache
def load_site(name: str) -> SiteInput:
    return SiteInput(load_yaml(make_schedules(LANGUAGES)[name]), SITE_URL)


def get_version(name: str, code: str) -> SiteInput:
    versions = (load_site(name), *load_site(name).others)
    return next(each for each in versions if each.words.code == code)


@cache
def get_feed(name: str, code: str) -> bytes:
    """Return the feed of the show in a language."""
    site = get_version(name, code)
    path = main_feeds(site.schedule)[0].path
    return next(body for each, body in render_feeds(site) if each == path)


def read_events(name: str, code: str) -> list[PublishedEvent]:
    words = load_words(code)
    return [parse_event(each, words=words) for each in split_events(get_feed(name, code))[1]]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_events_are_read_back(name: str, code: str) -> None:
    """The title tells the numbers and the name of the episodes, and whether it is postponed."""
    site = get_version(name, code)
    title, planned = site.show.title, {each.id: each for each in site.listings.main.events}
    events = read_events(name, code)
    assert len(events) == len(planned)
    for each in events:
        event = planned[each.episode_id]
        assert each.status == event.first.status
        assert each.start == (event.first.start or event.first.date)
        numbers = (episode.number for episode in event.episodes if episode.number)
        assert each.list_numbers(title) == (*numbers,)
        assert each.find_name(title) == remove_direction_marks(event.name)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_language_of_a_feed_is_detected(name: str, code: str) -> None:
    """Whatever is expected; without events, nothing else can be known."""
    feed = get_feed(name, code)
    assert {detect_language(feed, load_words(each)) for each in LANGUAGES} == {code}
    header, *_ = feed.partition(b"BEGIN:VEVENT")
    assert detect_language(header, ENGLISH) == "en"


def test_title_with_isolates_is_read_back() -> None:
    """In Arabic, isolates keep names of other scripts from turning what is next to them."""
    text = make_schedules(["ar"])["changes"].replace("\u0642\u0635\u0629", "Winter")
    site = SiteInput(load_yaml(text), SITE_URL)
    title = site.show.title
    assert title.startswith("Winter")
    body = next(body for path, body in render_feeds(site) if path == "/changes.ics")
    assert "\u2068".encode() in body
    events = [parse_event(each, words=site.words) for each in split_events(body)[1]]
    numbers = [number.number for each in events for number in each.list_numbers(title)]
    assert numbers == [*range(1, 20)]
    assert all(each.title.startswith(f"{title}: ") for each in events)
    assert {each.status for each in events} >= {"postponed", "cancelled", "tentative"}
