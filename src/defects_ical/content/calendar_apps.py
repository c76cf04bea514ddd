"""Links that open calendar apps: to subscribe to a feed, or to add one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from defects_ical.content.feeds import Feed
from defects_ical.content.site_url import SiteURL
from defects_ical.timezones.conversion import format_utc

# In characters. Google does not subscribe to a longer URL.
MAX_SUBSCRIBE_URL: Final = 255
# Servers accept about 8000 characters, some proxies and browsers 2000.
MAX_FORM_URL: Final = 2000
OUTLOOK_SUBSCRIBE: Final = "/calendar/0/addfromweb?"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A link that subscribes to a feed in one calendar app, and a note for its users."""

    app: str
    url: str
    note: str


def subscribe_links(feed: Feed, site_url: SiteURL) -> tuple[Subscription, ...]:
    """Return a link to subscribe to a feed for each app that has one."""
    webcal = site_url.webcal(feed.path)
    # Outlook creates an empty calendar from a webcal URL, and Google none from an https URL.
    outlook = urlencode({"url": site_url.join(feed.path), "name": feed.title}, quote_via=quote)
    if len(f"https://outlook.office.com{OUTLOOK_SUBSCRIBE}{outlook}") > MAX_SUBSCRIBE_URL:
        # Outlook asks for a name if there is none.
        outlook = urlencode({"url": site_url.join(feed.path)}, quote_via=quote)
    return (
        Subscription("Apple Calendar", webcal, "On iPhone, iPad and Mac."),
        Subscription(
            "Google Calendar",
            f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
            "On a computer. The Android app cannot subscribe, but shows the calendar afterwards.",
        ),
        Subscription(
            "Outlook.com",
            f"https://outlook.live.com{OUTLOOK_SUBSCRIBE}{outlook}",
            "In the browser. Outlook for Mac cannot subscribe.",
        ),
        Subscription(
            "Microsoft 365",
            f"https://outlook.office.com{OUTLOOK_SUBSCRIBE}{outlook}",
            "In the browser, with a work or school account.",
        ),
    )


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An event for the forms of calendar sites: plain texts, and times in UTC."""

    title: str
    details: str
    location: str
    start: datetime
    end: datetime


def add_to_google(entry: CalendarEntry) -> str:
    """Return a link to Google Calendar's form for one event."""
    return _shorten_to_fit(entry, _make_google_url)


def add_to_outlook(entry: CalendarEntry) -> str:
    """Return a link to Outlook.com's form for one event."""
    return _shorten_to_fit(entry, _make_outlook_url)


def _shorten_to_fit(entry: CalendarEntry, make_url: Callable[[CalendarEntry], str]) -> str:
    """Drop lines from the start of the details until the URL is short enough."""
    while len(url := make_url(entry)) > MAX_FORM_URL and entry.details:
        entry = replace(entry, details=entry.details.partition("\n")[2])
    return url


def _make_google_url(entry: CalendarEntry) -> str:
    dates = f"{entry.start:%Y%m%dT%H%M%SZ}/{entry.end:%Y%m%dT%H%M%SZ}"
    query = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": dates,
        "details": entry.details,
        "location": entry.location,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query, quote_via=quote)}"


def _make_outlook_url(entry: CalendarEntry) -> str:
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": format_utc(entry.start),
        "enddt": format_utc(entry.end),
        "subject": entry.title,
        "body": entry.details,
        "location": entry.location,
    }
    site = "https://outlook.live.com/calendar/0/deeplink/compose"
    return f"{site}?{urlencode(query, quote_via=quote)}"
