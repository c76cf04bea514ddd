"""Links that open calendar apps: to subscribe to a feed, or to add one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import quote, urlencode

from defects_ical.content.feeds import Feed
from defects_ical.content.site_url import SiteURL
from defects_ical.timezones.conversion import format_utc

# In characters. Google does not subscribe to a longer URL.
MAX_SUBSCRIBE_URL: Final = 255
# Servers accept about 8000 characters, some proxies and browsers 2000.
MAX_FORM_URL: Final = 2000
# The documented way: Google's page has a field for the address.
GOOGLE: Final = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
OUTLOOK: Final = "https://outlook.live.com/calendar/0/addfromweb?"
MICROSOFT_365: Final = "https://outlook.office.com/calendar/0/addfromweb?"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A link that subscribes to a feed in one calendar app, and a note for its users.

    If there is a ``shortcut``, the link leads to a form for the feed's address. The shortcut needs
    no address, but may fail.
    """

    app: str
    url: str
    note: str
    shortcut: str = ""


def subscribe_links(feed: Feed, site_url: SiteURL) -> tuple[Subscription, ...]:
    """Return a link to subscribe to a feed for each app that has one."""
    webcal = site_url.webcal(feed.path)
    # Google does not document it. In 2026 it was reported to fail, and to add an empty calendar.
    shortcut = f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}"
    # Outlook creates an empty calendar from a webcal URL.
    query = urlencode({"url": site_url.join(feed.path), "name": feed.title}, quote_via=quote)
    if len(f"{MICROSOFT_365}{query}") > MAX_SUBSCRIBE_URL:
        # Outlook asks for a name if there is none.
        query = urlencode({"url": site_url.join(feed.path)}, quote_via=quote)
    live, office = f"{OUTLOOK}{query}", f"{MICROSOFT_365}{query}"
    return (
        Subscription("Apple Calendar", webcal, "On iPhone, iPad and Mac."),
        Subscription("Google Calendar", GOOGLE, "On a computer.", shortcut),
        Subscription("Outlook.com", live, "In the browser. Outlook for Mac cannot subscribe."),
        Subscription("Microsoft 365", office, "In the browser, with a work or school account."),
    )


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An event for the forms of calendar sites: plain texts, and times in UTC or dates.

    The end of a date is the next day.
    """

    title: str
    details: str
    location: str
    start: date
    end: date


def add_to_google(entry: CalendarEntry) -> str:
    """Return a link to Google Calendar's form for one event."""
    query = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": f"{_format_basic(entry.start)}/{_format_basic(entry.end)}",
        "details": entry.details,
        "location": entry.location,
    }
    return _fit_form_url("https://calendar.google.com/calendar/render", query, "details")


def add_to_outlook(entry: CalendarEntry) -> str:
    """Return a link to Outlook.com's form for one event."""
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": _format_extended(entry.start),
        "enddt": _format_extended(entry.end),
        **({} if isinstance(entry.start, datetime) else {"allday": "true"}),
        "subject": entry.title,
        "body": entry.details,
        "location": entry.location,
    }
    return _fit_form_url("https://outlook.live.com/calendar/0/deeplink/compose", query, "body")


def _format_basic(when: date) -> str:
    return f"{when:%Y%m%dT%H%M%SZ}" if isinstance(when, datetime) else f"{when:%Y%m%d}"


def _format_extended(when: date) -> str:
    return format_utc(when) if isinstance(when, datetime) else when.isoformat()


def _fit_form_url(form: str, query: dict[str, str], details: str) -> str:
    """Drop lines from the start of the ``details`` until the URL is short enough."""
    while len(url := f"{form}?{urlencode(query, quote_via=quote)}") > MAX_FORM_URL:
        if not query[details]:
            break
        query[details] = query[details].partition("\n")[2]
    return url
