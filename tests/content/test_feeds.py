"""Public addresses, and the links made of them: each written in one way, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from defects_ical.content.calendar_apps import (
    CalendarEntry,
    add_to_google,
    add_to_outlook,
    subscribe_links,
)
from defects_ical.content.feeds import Feed, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import SiteURLError
from defects_ical.schedule.model import Schedule

PATH_REASON = "has an invalid path. Use letters, digits, `-`, `.`, `_` and `~` between slashes."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://me.example", "https://me.example/"),
        ("HTTPS://Me.Example:443/", "https://me.example/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("https://[::1]:8443/a/b-c~d/", "https://[::1]:8443/a/b-c~d/"),
        ("https://me.github.io/the-defects", "https://me.github.io/the-defects/"),
    ],
)
def test_an_address_is_written_in_one_way(text: str, written: str) -> None:
    assert str(SiteURL.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "`` is not a site's URL. Use one like `https://defects.example`."),
        ("me.example", "`me.example` is not a site's URL. Use one like `https://defects.example`."),
        (
            "ftp://me.example",
            "`ftp://me.example` is not a site's URL. Use one like `https://defects.example`.",
        ),
        ("https://", "`https://` is not a site's URL. Use one like `https://defects.example`."),
        (
            "https://mé.example",
            "The host of `https://mé.example` is not ASCII. Use `xn--m-bga.example`.",
        ),
        ("https://é..b", "The host of `https://é..b` is not ASCII. Use `xn--…`."),
        (
            "https://a..b",
            "`https://a..b` is not a site's URL. Use one like `https://defects.example`.",
        ),
        (
            "https://a\nb.example",
            "`https://a\nb.example` is not a site's URL. Use one like `https://defects.example`.",
        ),
        (
            "https://me.example:99999",
            "`https://me.example:99999` is not a URL: Port out of range 0-65535.",
        ),
        (
            "https://a:b@me.example",
            "`https://a:b@me.example` has more than a host, a port and a path. Remove the rest.",
        ),
        (
            "https://me.example/?a=1",
            "`https://me.example/?a=1` has more than a host, a port and a path. Remove the rest.",
        ),
        (
            "https://me.example/#top",
            "`https://me.example/#top` has more than a host, a port and a path. Remove the rest.",
        ),
        (
            "https://me.example/a b",
            f"`https://me.example/a b` {PATH_REASON}",
        ),
        (
            "https://me.example/../a",
            f"`https://me.example/../a` {PATH_REASON}",
        ),
    ],
)
def test_what_is_no_public_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SiteURLError) as caught:
        SiteURL.parse(text)
    assert str(caught.value) == reason


def test_links_begin_with_the_address() -> None:
    address = SiteURL.parse("https://me.github.io/the-defects/")
    assert address.join("/the-defects.ics") == "https://me.github.io/the-defects/the-defects.ics"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_webcal_link_is_the_same_without_the_scheme(scheme: str) -> None:
    address = SiteURL.parse(f"{scheme}://me.example:8000")
    assert address.webcal("/the-defects.ics") == "webcal://me.example:8000/the-defects.ics"


SITE_URL = SiteURL.parse("https://me.github.io/the-defects")
FEED = Feed("the-defects-kocowa", "The Defects on Kocowa & more", "kocowa")


def test_each_program_is_sent_to_the_feed_in_its_own_way() -> None:
    apple, google, outlook, office = subscribe_links(FEED, SITE_URL)
    assert apple.url == "webcal://me.github.io/the-defects/the-defects-kocowa.ics"
    assert google.url == (
        "https://calendar.google.com/calendar/r"
        "?cid=webcal%3A%2F%2Fme.github.io%2Fthe-defects%2Fthe-defects-kocowa.ics"
    )
    query = (
        "?url=https%3A%2F%2Fme.github.io%2Fthe-defects%2Fthe-defects-kocowa.ics"
        "&name=The%20Defects%20on%20Kocowa%20%26%20more"
    )
    assert outlook.url == f"https://outlook.live.com/calendar/0/addfromweb{query}"
    assert office.url == f"https://outlook.office.com/calendar/0/addfromweb{query}"


def test_every_subscribe_link_of_the_show_is_short_and_decodes_to_its_feed(
    schedule: Schedule,
) -> None:
    every = [each for feed in main_feeds(schedule) for each in (feed, feed.with_reminders)]
    assert len(every) == 8
    for feed in every:
        apple, google, *outlooks = subscribe_links(feed, SITE_URL)
        assert urlsplit(apple.url).scheme == "webcal"
        # Google takes no https address here, Outlook no webcal one.
        assert unquote(urlsplit(google.url).query.removeprefix("cid=")) == apple.url
        for outlook in outlooks:
            asked = parse_qs(urlsplit(outlook.url).query, strict_parsing=True)
            assert asked == {"url": [SITE_URL.join(feed.path)], "name": [feed.title]}
        assert max(len(each.url) for each in (apple, google, *outlooks)) < 256


@pytest.mark.parametrize("title", ["슬기로운 의사생활 그리고 우리들의 블루스", "Long " * 40])
def test_a_long_name_is_left_out_rather_than_the_link_be_too_long(title: str) -> None:
    for feed in (Feed("show", title), Feed("show-channel", f"{title} on Channel", "channel")):
        *_, outlook, office = subscribe_links(feed, SITE_URL)
        for link in (outlook, office):
            assert len(link.url) < 256
            asked = parse_qs(urlsplit(link.url).query, strict_parsing=True)
            assert asked == {"url": [SITE_URL.join(feed.path)]}


def test_a_form_gets_as_much_as_a_link_can_carry() -> None:
    lines = ["가" * 3000, "ENA (television)", "https://me.example/#e01"]
    entry = replace(ENTRY, details="\n".join(lines))
    google, outlook = urlsplit(add_to_google(entry)), urlsplit(add_to_outlook(entry))
    assert (
        parse_qs(google.query)["details"]
        == parse_qs(outlook.query)["body"]
        == ["ENA (television)\nhttps://me.example/#e01"]
    )


ENTRY = CalendarEntry(
    title="The Defects: Episode 1 & more",
    details="A teaser; with “quotes”.\nENA (television)",
    location="ENA, TVing",
    start=datetime(2025, 7, 21, 14, tzinfo=UTC),
    end=datetime(2025, 7, 21, 15, tzinfo=UTC),
)


def test_one_event_is_added_to_google_by_its_form() -> None:
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
        "details": [ENTRY.details],
        "location": [ENTRY.location],
    }
    assert "+" not in parts.query, "a space is %20: some programs show a plus as it is"


def test_one_event_is_added_to_outlook_by_its_form() -> None:
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
        "body": [ENTRY.details],
        "location": [ENTRY.location],
    }
