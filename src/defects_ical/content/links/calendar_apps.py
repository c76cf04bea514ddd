"""Links that open calendar apps: to subscribe to a feed, or to add one event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from defects_ical.content.links.feeds import Feed
from defects_ical.content.links.site_url import SiteURL
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import format_utc

# In characters. Google does not subscribe to a longer URL.
MAX_SUBSCRIBE_URL: Final = 255
# Servers accept about 8000 characters, some proxies and browsers 2000.
MAX_FORM_URL: Final = 2000
# The documented way: Google's page has a field for the address.
GOOGLE: Final = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
OUTLOOK: Final = "https://outlook.live.com/calendar/0/addfromweb?"
MICROSOFT_365: Final = "https://outlook.office.com/calendar/0/addfromweb?"


class Subscription(NamedTuple):
    """A link that subscribes to a feed in one calendar app, and a note for its users.

    If there is a ``shortcut``, the link leads to a form for the feed's address. The shortcut needs
    no address, but may fail.
    """

    app: str
    url: str
    note: str
    shortcut: str = ""


def subscribe_links(feed: Feed, site_url: SiteURL, words: Words) -> tuple[Subscription, ...]:
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
        Subscription("Apple Calendar", webcal, words.apple_note),
        Subscription("Google Calendar", GOOGLE, words.google_note, shortcut),
        Subscription("Outlook.com", live, words.outlook_note),
        Subscription("Microsoft 365", office, words.microsoft_note),
    )


class CalendarEntry(NamedTuple):
    """An event for the forms of calendar sites: plain texts, and times in UTC or dates.

    The end of a date is the next day. A link that would be too long has no ``teaser``, and as many
    of the lines on ``platforms`` as fit; it always has the ``page``.
    """

    title: str
    location: str
    start: date
    end: date
    page: str
    teaser: str = ""
    platforms: tuple[str, ...] = ()


def add_to_google(entry: CalendarEntry) -> str:
    """Return a link to Google Calendar's form for one event."""
    title, location = _quote(entry.title), _quote(entry.location)
    dates = _write_google_dates(entry.start, entry.end)
    form = "https://calendar.google.com/calendar/render?action=TEMPLATE"
    return _fit_form_url(
        f"{form}&text={title}&dates={dates}&details=", f"&location={location}", entry
    )


def add_to_outlook(entry: CalendarEntry) -> str:
    """Return a link to Outlook.com's form for one event."""
    title, location = _quote(entry.title), _quote(entry.location)
    dates = _write_outlook_dates(entry.start, entry.end)
    form = (
        "https://outlook.live.com/calendar/0/deeplink/compose?path=%2Fcalendar%2Faction%2Fcompose"
    )
    return _fit_form_url(
        f"{form}&rru=addevent&{dates}&subject={title}&body=", f"&location={location}", entry
    )


# The site in each language has the same dates.
@lru_cache(maxsize=4096)
def _write_google_dates(start: date, end: date) -> str:
    times = (_format(each).replace("-", "").replace(":", "") for each in (start, end))
    return "%2F".join(times)


@lru_cache(maxsize=4096)
def _write_outlook_dates(start: date, end: date) -> str:
    first, last = (_quote(_format(each)) for each in (start, end))
    all_day = "" if isinstance(start, datetime) else "&allday=true"
    return f"startdt={first}&enddt={last}{all_day}"


def _format(when: date) -> str:
    return format_utc(when) if isinstance(when, datetime) else when.isoformat()


def _fit_form_url(start: str, end: str, entry: CalendarEntry) -> str:
    """Return a URL with as many of the entry's details between two parts as fit, or the least."""
    # Letters outside ASCII take six characters or nine each.
    urls = (f"{start}{_quote(details)}{end}" for details in _list_details(entry))
    url = next(urls)
    while len(url) > MAX_FORM_URL and (shorter := next(urls, None)):
        url = shorter
    return url


def _list_details(entry: CalendarEntry) -> Iterator[str]:
    """Yield the details of an entry, from all of them to the page alone."""
    if entry.teaser:
        yield "\n".join((entry.teaser, *entry.platforms, entry.page))
    for count in range(len(entry.platforms), -1, -1):
        yield "\n".join((*entry.platforms[:count], entry.page))


def _quote(text: str) -> str:
    # By line: the lines of one link are in others, too.
    return "%0A".join(map(_quote_line, text.split("\n")))


@lru_cache(maxsize=4096)
def _quote_line(line: str) -> str:
    return quote(line, safe="")
