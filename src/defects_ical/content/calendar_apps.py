"""Links that open calendar apps: to subscribe to a feed, or to add one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from defects_ical.content.feeds import Feed
from defects_ical.content.site_url import SiteURL

# Characters. Google takes no longer address to subscribe to; servers take forms of about eight
# thousand, and some programs on the way a quarter of that.
MAX_SUBSCRIBE_URL: Final = 255
MAX_FORM_URL: Final = 2000
ADD_FROM_WEB: Final = "/calendar/0/addfromweb?"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A link on which one calendar program subscribes to a feed, and what to know before."""

    program: str
    url: str
    caution: str


def subscribe_links(feed: Feed, site_url: SiteURL) -> tuple[Subscription, ...]:
    """The ways to subscribe to a feed, one for each program that has one."""
    webcal = site_url.webcal(feed.path)
    # Of a webcal address, Outlook makes an empty calendar; of an https one, Google makes none.
    outlook = urlencode({"url": site_url.join(feed.path), "name": feed.title}, quote_via=quote)
    if len(f"https://outlook.office.com{ADD_FROM_WEB}{outlook}") > MAX_SUBSCRIBE_URL:
        # It then asks for a name.
        outlook = urlencode({"url": site_url.join(feed.path)}, quote_via=quote)
    return (
        Subscription("Apple Calendar", webcal, "iPhone, iPad and Mac"),
        Subscription(
            "Google Calendar",
            f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
            "On a computer: the app for Android cannot subscribe, but shows it afterwards",
        ),
        Subscription(
            "Outlook.com",
            f"https://outlook.live.com{ADD_FROM_WEB}{outlook}",
            "In the browser; the program for Mac cannot subscribe",
        ),
        Subscription(
            "Microsoft 365",
            f"https://outlook.office.com{ADD_FROM_WEB}{outlook}",
            "The same, with an account from work or school",
        ),
    )


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An event as the forms of calendar sites take it: plain texts, and instants in UTC."""

    title: str
    details: str
    location: str
    start: datetime
    end: datetime


def add_to_google(entry: CalendarEntry) -> str:
    """The link that opens Google Calendar's form for one event."""
    return _shorten_to_fit(entry, _google_url)


def add_to_outlook(entry: CalendarEntry) -> str:
    """The link that opens Outlook.com's form for one event."""
    return _shorten_to_fit(entry, _outlook_url)


def _shorten_to_fit(entry: CalendarEntry, link: Callable[[CalendarEntry], str]) -> str:
    """A link to a form, with as many of the last lines of the details as it can carry."""
    while len(found := link(entry)) > MAX_FORM_URL and entry.details:
        entry = replace(entry, details=entry.details.partition("\n")[2])
    return found


def _google_url(entry: CalendarEntry) -> str:
    dates = f"{entry.start:%Y%m%dT%H%M%SZ}/{entry.end:%Y%m%dT%H%M%SZ}"
    query = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": dates,
        "details": entry.details,
        "location": entry.location,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query, quote_via=quote)}"


def _outlook_url(entry: CalendarEntry) -> str:
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": f"{entry.start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{entry.end:%Y-%m-%dT%H:%M:%SZ}",
        "subject": entry.title,
        "body": entry.details,
        "location": entry.location,
    }
    site = "https://outlook.live.com/calendar/0/deeplink/compose"
    return f"{site}?{urlencode(query, quote_via=quote)}"
