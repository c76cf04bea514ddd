"""Links that open calendar apps, with the URLs that each of them understands."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from defects_ical.content.links.calendar_apps import (
    CalendarEntry,
    add_to_google,
    add_to_outlook,
    subscribe_links,
)
from defects_ical.content.links.feeds import Feed, all_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.text.languages import ENGLISH

SITE_URL = SiteURL.parse("https://me.github.io/the-defects")
FEED = Feed("the-defects-kocowa", "The Defects on Kocowa & more", "kocowa")
ENTRY = CalendarEntry(
    title="The Defects: Episode 1 & more",
    location="ENA, TVing",
    start=datetime(2025, 7, 21, 14, tzinfo=UTC),
    end=datetime(2025, 7, 21, 15, tzinfo=UTC),
    page="https://me.example/#e01",
    teaser="A teaser; with “quotes”.",
    platforms=("ENA (television)", "TVing (streaming)"),
)
DETAILS = "\n".join((ENTRY.teaser, *ENTRY.platforms, ENTRY.page))


def test_each_app_has_its_subscribe_link() -> None:
    apple, google, outlook, office = subscribe_links(FEED, SITE_URL, ENGLISH)
    assert apple.url == "webcal://me.github.io/the-defects/the-defects-kocowa.ics"
    assert google.url == "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
    assert google.shortcut == (
        "https://calendar.google.com/calendar/r"
        "?cid=webcal%3A%2F%2Fme.github.io%2Fthe-defects%2Fthe-defects-kocowa.ics"
    )
    query = (
        "?url=https%3A%2F%2Fme.github.io%2Fthe-defects%2Fthe-defects-kocowa.ics"
        "&name=The%20Defects%20on%20Kocowa%20%26%20more"
    )
    assert outlook.url == f"https://outlook.live.com/calendar/0/addfromweb{query}"
    assert office.url == f"https://outlook.office.com/calendar/0/addfromweb{query}"


def test_subscribe_links_decode_to_feed(schedule: Schedule) -> None:
    """No link is longer than 255 characters, Google's limit."""
    assert len(all_feeds(schedule)) == 8
    for feed in all_feeds(schedule):
        apple, google, *outlooks = subscribe_links(feed, SITE_URL, ENGLISH)
        assert urlsplit(apple.url).scheme == "webcal"
        # Outlook accepts no webcal URL.
        assert unquote(urlsplit(google.shortcut).query.removeprefix("cid=")) == apple.url
        for outlook in outlooks:
            query = parse_qs(urlsplit(outlook.url).query, strict_parsing=True)
            assert query == {"url": [SITE_URL.join(feed.path)], "name": [feed.title]}
        assert max(map(len, (google.shortcut, *(each.url for each in (apple, *outlooks))))) < 256


@pytest.mark.parametrize("title", ["슬기로운 의사생활 그리고 우리들의 블루스", "Long " * 40])
def test_long_name_is_left_out_of_link(title: str) -> None:
    for feed in (Feed("show", title), Feed("show-channel", f"{title} on Channel", "channel")):
        *_, outlook, office = subscribe_links(feed, SITE_URL, ENGLISH)
        for link in (outlook, office):
            assert len(link.url) < 256
            query = parse_qs(urlsplit(link.url).query, strict_parsing=True)
            assert query == {"url": [SITE_URL.join(feed.path)]}


def read_details(entry: CalendarEntry) -> list[str]:
    """Return the lines of the details, which are the same in both forms."""
    google, outlook = add_to_google(entry), add_to_outlook(entry)
    assert max(len(google), len(outlook)) <= 2000
    (details,) = parse_qs(urlsplit(google).query)["details"]
    assert parse_qs(urlsplit(outlook).query)["body"] == [details]
    return details.split("\n")


@pytest.mark.parametrize(
    "teaser", ["가" * 300, "한 줄\n두 줄\n" + "가" * 250, "\n".join(["가나다"] * 80)]
)
def test_long_teaser_is_left_out_of_form_link(teaser: str) -> None:
    assert read_details(ENTRY._replace(teaser=teaser)) == [*ENTRY.platforms, ENTRY.page]


def test_teaser_that_fits_is_in_form_link() -> None:
    """A letter of Korean takes nine characters of a URL."""
    teaser = "비밀 조직이 아이들을 판다. 되돌려 보내진 아이들은 사라진다.\n" * 3 + "끝"
    lines = [*teaser.split("\n"), *ENTRY.platforms, ENTRY.page]
    assert read_details(ENTRY._replace(teaser=teaser)) == lines


def test_last_platforms_are_left_out_of_form_link() -> None:
    platforms = tuple(f"채널 {n} (텔레비전, 대한민국)" for n in range(1, 31))
    *lines, page = read_details(ENTRY._replace(teaser="", platforms=platforms))
    assert 5 < len(lines) < 30
    assert lines == [*platforms[: len(lines)]]
    assert page == ENTRY.page


def test_page_is_always_in_form_link() -> None:
    entry = ENTRY._replace(title="제목" * 200)
    for link, name in ((add_to_google(entry), "details"), (add_to_outlook(entry), "body")):
        assert parse_qs(urlsplit(link).query)[name] == [ENTRY.page]


def test_google_form_has_all_fields() -> None:
    parts = urlsplit(add_to_google(ENTRY))
    assert (parts.scheme, parts.hostname, parts.path) == (
        "https",
        "calendar.google.com",
        "/calendar/render",
    )
    assert parse_qs(parts.query, strict_parsing=True) == {
        "action": ["TEMPLATE"],
        "text": [ENTRY.title],
        "dates": ["20250721T140000Z/20250721T150000Z"],
        "details": [DETAILS],
        "location": [ENTRY.location],
    }
    assert "+" not in parts.query, "a space is %20: some apps show a plus as it is"


def test_outlook_form_has_all_fields() -> None:
    parts = urlsplit(add_to_outlook(ENTRY))
    assert (parts.scheme, parts.hostname, parts.path) == (
        "https",
        "outlook.live.com",
        "/calendar/0/deeplink/compose",
    )
    assert parse_qs(parts.query, strict_parsing=True) == {
        "path": ["/calendar/action/compose"],
        "rru": ["addevent"],
        "startdt": ["2025-07-21T14:00:00Z"],
        "enddt": ["2025-07-21T15:00:00Z"],
        "subject": [ENTRY.title],
        "body": [DETAILS],
        "location": [ENTRY.location],
    }
