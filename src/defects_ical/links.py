"""Where things are: the public address, the feeds' paths, and the links made of both."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from defects_ical.consistency import REMINDERS
from defects_ical.episodes import Episode
from defects_ical.errors import AddressError
from defects_ical.forms import HOST, isolated
from defects_ical.schedule import Schedule

SINGLES: Final = "/episodes/"
"""Where the files of single episodes are, and nothing else."""

PICTURE: Final = "/picture.png"
"""Where the picture of the show is, if it has one: 1200 by 630 pixels."""

# Characters. Google takes no longer address to subscribe to; servers take forms of about eight
# thousand, and some programs on the way a quarter of that.
MOST_OF_A_SUBSCRIPTION: Final = 255
MOST_OF_A_FORM: Final = 2000
ADD_FROM_WEB: Final = "/calendar/0/addfromweb?"

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = rf"\[[0-9a-f:.]+\]|{HOST}"
_PATH: Final = r"(/[A-Za-z0-9._~-]+)*"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the site is public: ``https://me.example/the-defects``, without a final slash."""

    origin: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address that ``text`` names; raises AddressError with how to write it."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise AddressError(f"`{text}` is not an address ({error})") from None
        scheme, path = parts.scheme, parts.path.rstrip("/")
        host = f"[{host}]" if ":" in host else host
        if not host.isascii():
            raise AddressError(f"write the host of `{text}` as `{_ascii(host)}`")
        if scheme not in DEFAULT_PORTS or not re.fullmatch(_HOST, host) or not text.isprintable():
            raise AddressError(f"`{text}` is not like `https://defects.example`")
        if "@" in parts.netloc or parts.query or parts.fragment or port == 0:
            raise AddressError(f"`{text}` has more than a host, a port and a path; leave it out")
        if not re.fullmatch(_PATH, path) or {".", ".."} & set(path.split("/")):
            what = "letters, digits, `-`, `.`, `_` and `~`"
            raise AddressError(f"the path of `{text}` has more than {what} between its slashes")
        suffix = f":{port}" if port not in {None, DEFAULT_PORTS[scheme]} else ""
        return cls(f"{scheme}://{host}{suffix}", path)

    def __str__(self) -> str:
        return f"{self.origin}{self.path}/"

    def url(self, path: str) -> str:
        """The absolute link to a path of the site, which begins with a slash."""
        return f"{self.origin}{self.path}{path}"

    def webcal(self, path: str) -> str:
        """The link on which Apple's programs subscribe; they know no ``webcals``."""
        return "webcal" + self.url(path).removeprefix("https").removeprefix("http")


def _ascii(host: str) -> str:
    """A host as it stands in an address (RFC 3490)."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "xn--…"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to subscribe to: of the whole show, or as one platform shows it.

    ``name`` is its file's name without ``.ics``; ``reminders`` marks the twin that reminds.
    """

    name: str
    title: str
    platform: str | None = None
    reminders: bool = False

    @property
    def path(self) -> str:
        """Its path in the site."""
        return f"/{self.name}.ics"

    @property
    def twin(self) -> Feed:
        """The same feed with a reminder before each episode."""
        name, title = f"{self.name}-{REMINDERS}", f"{self.title} (reminders)"
        return Feed(name, title, self.platform, reminders=True)


def feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """The feeds of a schedule without their twins: the show's own, then each platform's."""
    show, title = schedule.show, isolated(schedule.show.title)
    return (
        Feed(show.slug, show.title),
        *(
            Feed(f"{show.slug}-{name}", f"{title} on {isolated(platform.name)}", name)
            for name, platform in schedule.platforms.items()
        ),
    )


def single_path(episode: Episode, schedule: Schedule) -> str:
    """The path of the file that holds one episode alone."""
    return f"{SINGLES}{schedule.show.slug}-{episode.id}.ics"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A link on which one calendar program subscribes to a feed, and what to know before."""

    program: str
    url: str
    caution: str


def subscriptions(feed: Feed, address: Address) -> tuple[Subscription, ...]:
    """The ways to subscribe to a feed, one for each program that has one."""
    webcal = address.webcal(feed.path)
    # Of a webcal address, Outlook makes an empty calendar; of an https one, Google makes none.
    outlook = urlencode({"url": address.url(feed.path), "name": feed.title}, quote_via=quote)
    if len(f"https://outlook.office.com{ADD_FROM_WEB}{outlook}") > MOST_OF_A_SUBSCRIPTION:
        # It then asks for a name.
        outlook = urlencode({"url": address.url(feed.path)}, quote_via=quote)
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
class Entry:
    """An event as the forms of calendar sites take it: plain texts, and instants in UTC."""

    title: str
    details: str
    location: str
    start: datetime
    end: datetime


def add_to_google(entry: Entry) -> str:
    """The link that opens Google Calendar's form for one event."""
    return _fitting(entry, _google)


def add_to_outlook(entry: Entry) -> str:
    """The link that opens Outlook.com's form for one event."""
    return _fitting(entry, _outlook)


def _fitting(entry: Entry, link: Callable[[Entry], str]) -> str:
    """A link to a form, with as many of the last lines of the details as it can carry."""
    while len(found := link(entry)) > MOST_OF_A_FORM and entry.details:
        entry = replace(entry, details=entry.details.partition("\n")[2])
    return found


def _google(entry: Entry) -> str:
    dates = f"{entry.start:%Y%m%dT%H%M%SZ}/{entry.end:%Y%m%dT%H%M%SZ}"
    query = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": dates,
        "details": entry.details,
        "location": entry.location,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query, quote_via=quote)}"


def _outlook(entry: Entry) -> str:
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
