"""The change log, for people: on the page, and as a feed that keeps the rules of RFC 4287."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from io import BytesIO
from typing import Final
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import FormatChecker
from playwright.sync_api import Page

from defects_ical.content.changelog import Entry, list_entries
from defects_ical.content.site_url import SiteURL
from defects_ical.render.atom import render_atom
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.model import Schedule
from defects_ical.site.build import build_site
from defects_ical.text.display import bidi_isolate
from defects_ical.timezones.conversion import format_utc
from tests.conftest import SITE_URL
from tests.render.test_episodes_json import EVENTFUL
from tests.site.test_build import Links
from tests.support.browser import PHONE, WIDE, Places, Reader, Scheme, Visits
from tests.support.example_schedules import load_yaml, make_yaml
from tests.system.test_page_in_browser import assert_accessible, open_all

pytest_plugins = ["tests.support.browser"]

ELSEWHERE: Final = SiteURL.parse("https://me.example/my-show")
FORMATS: Final = FormatChecker(["date-time", "iri"])
A: Final = "{http://www.w3.org/2005/Atom}"
SPECIAL: Final = "[{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}]"

# Each a change of its own, the newest last; the last two are of one instant.
LOG: Final = (
    "{at: 2025-07-02T00:00:00+00:00, episodes: [3], note: Teaser corrected.}",
    "{at: 2025-07-03T00:00:00+09:00, episodes: [5], move: 2025-08-04T23:30}",
    "{at: 2025-07-04T00:00:00+00:00, episodes: all, shift: {hours: -1}, reason: So it is listed.}",
    "{at: 2025-07-05T00:00:00+00:00, episodes: [8, making-of, 7], status: tentative}",
    "{at: 2025-07-06T00:00:00+00:00, episodes: [6], runtime: 90}",
    "{at: 2025-07-06T00:00:00+00:00, episodes: [making-of], status: cancelled}",
)
HOSTILE: Final = (
    "]]>",
    "<![CDATA[ ]]> <!-- -- --> <?xml version='1.1'?>",
    "</content></entry></feed><script>alert(1)</script>",
    "\"'` = &amp; &#60; &#x1F; &#0; &nosuch; %00",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "\u202eabc \u2066def\u2069 \u200b\u00ad \ufffd \U0001fffe",
    "아이쇼핑 🎬 a\u033f",
)


def logged(*changes: str) -> Schedule:
    return load_yaml(make_yaml(specials=SPECIAL, changes=f"[{', '.join(changes)}]"))


def told(schedule: Schedule) -> tuple[Entry, ...]:
    return list_entries(schedule, expand_episodes(schedule))


def written(schedule: Schedule, address: SiteURL = SITE_URL) -> bytes:
    ((path, body),) = render_atom(schedule, expand_episodes(schedule), address)
    assert path == "/changes.atom"
    return body


def parsed(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own


def texts(feed: ET.Element, name: str) -> list[str | None]:
    """What that element of each entry says."""
    return [entry.findtext(f"{A}{name}") for entry in feed.iter(f"{A}entry")]


SCHEDULES: Final = {
    "nothing has changed": logged(),
    "one change": logged(LOG[0]),
    "much has changed": logged(*LOG),
    "hostile texts": load_yaml(EVENTFUL),
}


@pytest.fixture(params=SCHEDULES)
def any_schedule(request: pytest.FixtureRequest) -> Schedule:
    return SCHEDULES[request.param]


# What is told.


def test_entries_are_told_the_newest_first() -> None:
    log = told(logged(*LOG))
    assert [(each.title, f"{each.at:%d %H:%M}") for each in log] == [
        ("The making of", "06 00:00"),
        ("Episode 6", "06 00:00"),
        ("Episode 7, Episode 8, The making of", "05 00:00"),
        ("All episodes", "04 00:00"),
        ("Episode 5", "02 15:00"),
        ("Episode 3", "02 00:00"),
    ]
    assert [each.text for each in log if not each.is_all] == [
        "Sunday 6 July 2025: Cancelled.",
        "Sunday 6 July 2025: Now 1 h 30 min long, not 1 h.",
        "Saturday 5 July 2025: To be confirmed.",
        (
            "Thursday 3 July 2025: Moved from Monday 4 August 2025, 23:00 KST to Monday 4 August"
            " 2025, 23:30 KST."
        ),
        "Wednesday 2 July 2025: Teaser corrected.",
    ]


def test_what_differs_by_episode_is_told_by_episode() -> None:
    entry = told(logged(*LOG))[3]
    assert [len(each.episodes) for each in entry.texts] == [1] * 9
    lines = entry.text.splitlines()
    assert lines[4] == (
        "Episode 5, Friday 4 July 2025: Moved from Monday 4 August 2025, 23:30 KST to Monday 4"
        " August 2025, 22:30 KST. So it is listed."
    )
    assert lines[8].startswith("The making of, Friday 4 July 2025: Moved from Monday 18 August")
    assert len(lines) == 9


def test_all_in_a_list_are_named_one_by_one() -> None:
    change = "{at: 2025-07-02T00:00:00+00:00, episodes: [2, 1], status: tentative}"
    (entry,) = told(load_yaml(make_yaml(episodes=2, changes=f"[{change}]")))
    assert (entry.title, entry.is_all) == ("Episode 1, Episode 2", False)


def test_the_order_of_the_episodes_handed_over_does_not_matter() -> None:
    schedule = logged(*LOG)
    assert list_entries(schedule, reversed(expand_episodes(schedule))) == told(schedule)


def test_the_feed_the_json_and_the_entries_say_the_same(any_schedule: Schedule) -> None:
    site = build_site(any_schedule, SITE_URL)
    feed = parsed(site["/changes.atom"].body)
    changes = json.loads(site["/episodes.json"].body)["changes"]
    log = told(any_schedule)
    assert texts(feed, "content") == [each["text"] for each in changes]
    assert texts(feed, "content") == [each.text for each in log]
    assert texts(feed, "updated") == [each["at"] for each in changes]
    assert texts(feed, "title") == [each.title for each in log]


# The rules of RFC 4287.

CONSTRUCTS: Final = {"title", "content"}
FEED: Final = {"id", "title", "updated", "author", "link", "entry"}
ENTRY: Final = {"id", "title", "updated", "published", "link", "content"}


def names(element: ET.Element) -> list[str]:
    assert all(child.tag.startswith(A) for child in element)
    return [child.tag.removeprefix(A) for child in element]


def test_the_document_is_xml_in_utf_8(any_schedule: Schedule) -> None:
    body = written(any_schedule)
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<feed ')
    assert body.endswith(b"</feed>\n")
    assert parsed(body).tag == f"{A}feed"


def test_the_feed_has_what_a_feed_must_have(any_schedule: Schedule) -> None:
    """Section 4.1.1; its entries take their author from it, section 4.1.2."""
    feed = parsed(written(any_schedule))
    found = names(feed)
    assert set(found) <= FEED
    assert [found.count(each) for each in ("id", "title", "updated", "author")] == [1] * 4
    assert feed.findtext(f"{A}author/{A}name") == any_schedule.show.title
    assert feed.findtext(f"{A}title") == f"{any_schedule.show.title}: what changed"
    assert len(feed.findall(f"{A}entry")) == len(any_schedule.changes)


def test_an_entry_has_what_an_entry_must_have(any_schedule: Schedule) -> None:
    """Section 4.1.2."""
    for entry in parsed(written(any_schedule)).iter(f"{A}entry"):
        assert sorted(names(entry)) == sorted(ENTRY)
        assert all(child.text or child.attrib for child in entry)


def test_every_text_is_plain(any_schedule: Schedule) -> None:
    """Sections 3.1.1.1 and 4.1.3.3: no element within, and no other type."""
    for element in parsed(written(any_schedule)).iter():
        if element.tag.removeprefix(A) in CONSTRUCTS:
            assert element.attrib.get("type", "text") == "text"
            assert set(element.attrib) <= {"type"}
            assert len(element) == 0
            assert element.text


def test_ids_are_absolute_and_of_one_thing_each(any_schedule: Schedule) -> None:
    """Section 4.2.6."""
    ids = [each.text or "" for each in parsed(written(any_schedule)).iter(f"{A}id")]
    assert len(ids) == len(set(ids)) == len(any_schedule.changes) + 1
    for each in ids:
        FORMATS.check(each, "iri")
        assert uuid.UUID(each.removeprefix("urn:uuid:")).urn == each


def test_dates_are_in_utc_and_fall(any_schedule: Schedule) -> None:
    """Section 3.3, and RFC 3339: with an upper-case T and Z."""
    feed = parsed(written(any_schedule))
    stamps = {f"{A}updated", f"{A}published"}
    dates = [each.text or "" for each in feed.iter() if each.tag in stamps]
    for each in dates:
        FORMATS.check(each, "date-time")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each)
    assert dates == sorted(dates, reverse=True)
    assert texts(feed, "updated") == texts(feed, "published")


def test_the_feed_is_as_new_as_its_last_change() -> None:
    updated = {
        name: parsed(written(each)).findtext(f"{A}updated") for name, each in SCHEDULES.items()
    }
    assert updated == {
        "nothing has changed": "2025-07-01T00:00:00Z",
        "one change": "2025-07-02T00:00:00Z",
        "much has changed": "2025-07-06T00:00:00Z",
        "hostile texts": "2025-03-22T16:00:30Z",
    }


@pytest.mark.parametrize("address", [SITE_URL, ELSEWHERE], ids=str)
def test_links_lead_to_the_feed_and_to_the_page(any_schedule: Schedule, address: SiteURL) -> None:
    """Section 4.2.7: absolute, with at most one alternate of a type."""
    feed = parsed(written(any_schedule, address))
    assert [each.attrib for each in feed.findall(f"{A}link")] == [
        {"rel": "self", "type": "application/atom+xml", "href": f"{address}changes.atom"},
        {"rel": "alternate", "type": "text/html", "href": str(address)},
    ]
    page = build_site(any_schedule, address)["/"].body.decode()
    for link in feed.findall(f"{A}entry/{A}link"):
        FORMATS.check(link.attrib["href"], "iri")
        target, _, fragment = link.attrib["href"].partition("#")
        assert (link.attrib["rel"], link.attrib["type"], target) == (
            "alternate",
            "text/html",
            str(address),
        )
        assert page.count(f' id="{fragment}"') == 1


def test_an_entry_leads_to_its_episode_or_to_what_changed() -> None:
    links = [each.attrib["href"] for each in parsed(written(logged(*LOG))).iter(f"{A}link")]
    assert links[2:] == [
        "https://defects.example/#making-of",
        "https://defects.example/#e06",
        "https://defects.example/#changes",
        "https://defects.example/#changes",
        "https://defects.example/#e05",
        "https://defects.example/#e03",
    ]


def test_feed_readers_read_it(any_schedule: Schedule) -> None:
    resource = build_site(any_schedule, SITE_URL)["/changes.atom"]
    headers = {name.lower(): value for name, value in resource.headers}
    read = feedparser.parse(BytesIO(resource.body), response_headers=headers)
    assert (read.bozo, read.version, read.encoding) == (False, "atom10", "utf-8")
    assert (read.feed.link, read.feed.language) == ("https://defects.example/", "en")
    log = told(any_schedule)
    assert [each.id for each in read.entries] == [each.id.urn for each in log]
    assert [each.title for each in read.entries] == [each.title for each in log]
    assert [(each.content[0].type, each.content[0].value) for each in read.entries] == [
        ("text/plain", each.text) for each in log
    ]
    assert [each.updated_parsed[:6] for each in read.entries] == [
        each.at.timetuple()[:6] for each in log
    ]


def test_it_is_sent_as_what_it_is(any_schedule: Schedule) -> None:
    resource = build_site(any_schedule, SITE_URL)["/changes.atom"]
    assert resource.headers == (
        ("Content-Type", "application/atom+xml"),
        (
            "Cache-Control",
            "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800",
        ),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", "max-age=31536000"),
    )


# Every text arrives.


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False)
    change = f"{{at: 2025-07-02T00:00:00+00:00, episodes: [extra, 1], note: {quoted}}}"
    special = f"[{{id: extra, title: {quoted}, airs: 2025-08-18T23:00, runtime: 10}}]"
    schedule = make_yaml(specials=special, changes=f"[{change}]").replace("The Show", quoted)
    assert_arrives(load_yaml(schedule), text)


def assert_arrives(schedule: Schedule, text: str) -> None:
    body = written(schedule)
    feed = parsed(body)
    assert feed.findtext(f"{A}title") == f"{schedule.show.title}: what changed"
    (title,), (content,) = texts(feed, "title"), texts(feed, "content")
    assert title == ", ".join(each.name for each in told(schedule)[0].episodes)
    assert content in {f"Wednesday 2 July 2025: {bidi_isolate(text)}{end}" for end in (".", "")}


PLAIN: Final = logged("{at: 2025-07-02T00:00:00+00:00, episodes: [3], note: Here.}")
# A schedule refuses these, beside control characters and line separators.
REFUSED: Final = "\\\ufeff\ufffe\uffff"
CHARACTERS: Final = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=REFUSED
)


@settings(deadline=None)
@given(st.text(CHARACTERS, min_size=1, max_size=40))
def test_every_text_that_a_schedule_may_have_arrives(text: str) -> None:
    change = PLAIN.changes[0].model_copy(update={"note": text})
    assert_arrives(PLAIN.model_copy(update={"changes": (change,)}), text)


# Ids are for ever.


def ids(schedule: Schedule) -> list[str | None]:
    return texts(parsed(written(schedule)), "id")


def test_ids_are_those_that_were_published() -> None:
    feed = parsed(written(logged(*LOG)))
    assert feed.findtext(f"{A}id") == "urn:uuid:85dc14c8-1bad-5257-9bac-98cb3c54f55f"
    assert texts(feed, "id") == [
        "urn:uuid:e76852c5-d49a-5de5-ada8-7efd7fb7508d",
        "urn:uuid:f367141d-69d9-5221-8df2-153573cd3e20",
        "urn:uuid:caa1480f-9d04-5c56-b54c-d0f45fe07326",
        "urn:uuid:12c94957-1ad4-5965-9316-7c0ff694e2f0",
        "urn:uuid:369bbf6e-2850-5348-ae9d-e2dcc9f62320",
        "urn:uuid:e03668f7-1eea-5326-9aeb-ea9a315f6a20",
    ]


def test_an_id_follows_from_when_it_was_decided_and_what_it_names() -> None:
    show = uuid.UUID("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29")
    wanted = [
        "2025-07-06T00:00:00Z/making-of",
        "2025-07-06T00:00:00Z/6",
        "2025-07-05T00:00:00Z/8,making-of,7",
        "2025-07-04T00:00:00Z/all",
        "2025-07-02T15:00:00Z/5",
        "2025-07-02T00:00:00Z/3",
    ]
    assert ids(logged(*LOG)) == [uuid.uuid5(show, f"changes/{each}").urn for each in wanted]


@pytest.mark.parametrize("count", range(len(LOG)))
def test_appended_entries_leave_the_others_as_they_were(count: int) -> None:
    before, after = (parsed(written(logged(*log))) for log in (LOG[:count], LOG))
    for name in ("id", "updated", "published", "content"):
        assert texts(after, name)[len(LOG) - count :] == texts(before, name)


@pytest.mark.parametrize("left_out", range(len(LOG)))
def test_an_entry_inserted_leaves_the_ids_of_the_others_as_they_were(left_out: int) -> None:
    before = ids(logged(*LOG[:left_out], *LOG[left_out + 1 :]))
    after = ids(logged(*LOG))
    del after[len(LOG) - 1 - left_out]
    assert after == before


def test_new_words_and_a_new_address_are_no_new_entries() -> None:
    reworded = [each.replace("So it is listed", "Reworded") for each in LOG]
    assert ids(logged(*reworded)) == ids(logged(*LOG))
    moved = parsed(written(logged(*LOG), ELSEWHERE))
    assert texts(moved, "id") == ids(logged(*LOG))


# On the page.


def test_the_page_names_the_feed_whatever_has_changed(any_schedule: Schedule) -> None:
    page = build_site(any_schedule, ELSEWHERE)["/"].body
    found = Links(page).found
    assert found.count("https://me.example/my-show/changes.atom") == 1
    assert found.count("/my-show/changes.atom") == 1
    assert b'<link rel="alternate" type="application/atom+xml" title=' in page
    assert (b' id="changes"' in page) == bool(any_schedule.changes)


NEWEST: Final = """\
Saturday 22 March 2025
All episodes: Teasers reworded.
Friday 21 March 2025
Episode 4: Cancelled. A strike.
Friday 7 March 2025
Episode 5: Now 1 h 30 min long, not 1 h.
Thursday 6 March 2025
The making of </script>: Moved from Thursday 6 March 2025, 20:00 EST to Friday 7 March 2025, 20:00 EST. No broadcast.
Episode 5: Moved from Sunday 30 March 2025, 21:00 EDT to Monday 31 March 2025, 21:00 EDT. No broadcast.
Thursday 6 March 2025
Episode 3, Episode 4: To be confirmed.
Earlier changes (2)
"""  # noqa: E501 - as the page has it
EARLIER: Final = """\
Wednesday 5 March 2025
Episode 4: Moved from Sunday 23 March 2025, 21:00 EDT to Sunday 23 March 2025, 22:00 EDT.
Wednesday 5 March 2025
Episode 2: Moved from Sunday 9 March 2025, 21:00 EDT to Sunday 9 March 2025, 22:00 EDT. A game & <overtime>.
"""  # noqa: E501 - as the page has it


def shown(page: Page) -> str:
    """All that is to be seen of what changed, a line for each paragraph."""
    heading, *lines = filter(None, page.locator("#changes").inner_text().splitlines())
    assert heading == "What changed"
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("script", [True, False])
def test_the_page_shows_every_change_the_newest_first(
    places: Places, visits: Visits, *, script: bool
) -> None:
    page = visits.open(places.of(EVENTFUL, "folder"), reader=Reader(script=script))
    assert shown(page) == NEWEST
    page.get_by_text("Earlier changes").click()
    assert shown(page) == NEWEST + EARLIER
    times = page.locator("#changes time").evaluate_all("all => all.map(each => each.dateTime)")
    assert times == [format_utc(each.at) for each in told(load_yaml(EVENTFUL))]


def test_a_change_of_many_episodes_is_shown_with_its_first_few(
    places: Places, visits: Visits
) -> None:
    page = visits.open(places.of(make_yaml(changes=f"[{LOG[2]}]"), "folder"))
    day, *lines, more = shown(page).splitlines()
    assert (day, more) == ("Friday 4 July 2025", "More episodes (5)")
    assert [line.partition(":")[0] for line in lines] == ["Episode 1", "Episode 2", "Episode 3"]
    page.get_by_text(more).click()
    assert shown(page).count("Episode ") == shown(page).count("So it is listed.") == 8


def test_each_episode_named_is_one_click_away(places: Places, visits: Visits) -> None:
    page = visits.open(places.of(EVENTFUL, "folder"))
    open_all(page)
    links: list[str] = page.locator("#changes a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    assert links == [
        *("#episodes", "#e04", "#e05", "#making-of", "#e05", "#e03", "#e04", "#e04", "#e02"),
    ]
    page.locator("#changes a").nth(1).click()
    assert page.url.endswith("/#e04")


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_changed_stands_in_nobodys_way(
    places: Places, visits: Visits, scheme: Scheme, width: int
) -> None:
    page = visits.open(places.of(EVENTFUL, "folder"), reader=Reader(scheme=scheme, width=width))
    assert_accessible(page)
    open_all(page)
    assert_accessible(page)


def boxes(page: Page, sections: Iterable[str]) -> dict[str, dict[str, float]]:
    """Where each section is: top, bottom, left, right."""
    return {
        each: page.locator(f"#{each}").evaluate("each => each.getBoundingClientRect().toJSON()")
        for each in sections
    }


def test_it_comes_after_the_feeds_and_beside_the_episodes_where_there_is_room(
    places: Places, visits: Visits
) -> None:
    place = places.of(EVENTFUL, "folder")
    order = ("subscribe", "changes", "watch", "episodes", "cast", "embed")
    narrow = boxes(visits.open(place, reader=Reader(width=PHONE)), order)
    assert sorted(order, key=lambda each: narrow[each]["top"]) == list(order)
    wide = boxes(visits.open(place), order)
    beside = [wide[each] for each in ("subscribe", "changes", "watch", "cast")]
    assert all(each["left"] > wide["episodes"]["right"] for each in beside)
    assert [each["top"] for each in beside] == sorted(each["top"] for each in beside)
    assert wide["episodes"]["top"] == wide["subscribe"]["top"]
    assert wide["embed"]["top"] > wide["episodes"]["bottom"]
    assert wide["embed"]["left"] == wide["episodes"]["left"]
