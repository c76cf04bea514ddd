"""What is published: a feed's file, an exported folder or a live address → calendars by path."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, InvalidURL
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from defects_ical import __version__
from defects_ical.compare.event_parser import (
    BEGIN_EVENT,
    CalendarError,
    Property,
    PublishedEvent,
    normalize_line_ends,
    parse_event,
    parse_header,
    split_events,
)
from defects_ical.content.feeds import EPISODES_DIR, PRODID, all_feeds, event_uid, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ComparisonSourceError, SiteURLError
from defects_ical.schedule.model import Schedule
from defects_ical.schedule.validation import REMINDERS_SUFFIX

MAX_BYTES: Final = 10_000_000
PATIENCE: Final = 10
"""Seconds that a server has for each piece of its answer, and for the whole of its body."""
CHUNK: Final = 65_536
COMPRESSED: Final = b"\x1f\x8b"

NAME_ANOTHER: Final = "name a feed's file, an exported folder, or the http(s) address of a feed"
NAME_A_FEED: Final = "name a feed's address, as the page shows it"
LATER: Final = "try again later, or name a copy of it"
LOST: Final = ("its redirects lead nowhere", NAME_A_FEED)
# What a server's status means to whoever asked for a feed, and what to do then.
STATUSES: Final = {
    **dict.fromkeys((301, 302, 303, 307, 308), LOST),
    **dict.fromkeys((401, 403), ("the server does not let everybody read it", NAME_A_FEED)),
    **dict.fromkeys((404, 410), ("nothing is there", NAME_A_FEED)),
}
# Why there was no answer, and what to do then: the first that fits.
FAILURES: Final = (
    (TimeoutError, f"no answer within {PATIENCE} seconds", LATER),
    (socket.gaierror, "no server has this name", NAME_A_FEED),
    (ConnectionRefusedError, "no server listens there", LATER),
    (ssl.SSLCertVerificationError, "its certificate is not valid", NAME_A_FEED),
    (ssl.SSLError, "the server does not speak https", NAME_A_FEED),
    ((InvalidURL, ValueError), "not an address", NAME_A_FEED),
    (ConnectionError, "the connection broke", LATER),
    (HTTPException, "the server does not speak HTTP", NAME_A_FEED),
    (OSError, "the connection broke", LATER),
    (object, *LOST),
)
# Without any that opens files or speaks FTP, where a redirect might lead.
HANDLERS: Final = (
    ProxyHandler,
    HTTPHandler,
    HTTPSHandler,
    HTTPRedirectHandler,
    HTTPErrorProcessor,
    HTTPDefaultErrorHandler,
    UnknownHandler,
)


@dataclass(frozen=True, slots=True)
class PublishedFeeds:
    """Calendars that subscribers have, by their paths in the site at ``address``.

    ``where`` is what was named; ``address`` is where the calendars say that they are public.
    """

    where: str
    site_url: SiteURL
    calendars: Mapping[str, bytes]


def load_published(where: str, schedule: Schedule) -> PublishedFeeds:
    """What is published there of the schedule's show: of a folder, every feed directly in it.

    Raises PublishedError for what cannot be had, is no calendar, or of another show.
    """
    found = {where: _fetched(where)} if "://" in where else _on_disk(where, schedule)
    places = {name: _identify_feed(name, body, schedule) for name, body in found.items()}
    ours = {name: place for name, place in places.items() if place}
    if not ours:
        raise ComparisonSourceError(f"{where}: not of this show; name a feed that is")
    addresses = sorted({str(site_url) for site_url, _ in ours.values()})
    if len(addresses) > 1:
        several = " and ".join(f"`{each}`" for each in addresses)
        raise ComparisonSourceError(
            f"{where}: published at {several}; name the feeds of one of them"
        )
    by_path = {path: found[name] for name, (_, path) in ours.items()}
    return PublishedFeeds(where, SiteURL.parse(addresses[0]), by_path)


def split_readable(held: Mapping[str, bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Those of some calendars, by path, that can be compared; and the paths of the others."""
    sound, damaged = {}, []
    for path, body in held.items():
        try:
            _parts(path, body)
        except ComparisonSourceError:
            damaged.append(path)
        else:
            sound[path] = body
    return sound, tuple(damaged)


def _on_disk(where: str, schedule: Schedule) -> dict[str, bytes]:
    path = Path(where)
    try:
        return dict(_in_folder(path, schedule)) if path.is_dir() else {where: _content(path)}
    except (FileNotFoundError, NotADirectoryError):
        raise ComparisonSourceError(
            f"{where}: there is no such file or folder; {NAME_ANOTHER}"
        ) from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ComparisonSourceError(
            f"{error.filename or where}: {reason}; {NAME_ANOTHER}"
        ) from None
    except ValueError:
        raise ComparisonSourceError(f"{where!r}: not the name of a file; {NAME_ANOTHER}") from None


def _in_folder(folder: Path, schedule: Schedule) -> Iterator[tuple[str, bytes]]:
    """The feeds directly in a folder; other calendars may be there too."""
    expected = {each.path for each in all_feeds(schedule)}
    empty = True
    for path in sorted(folder.glob("*.ics")):
        body = _content(path)
        if f"/{path.name}" in expected or PRODID.encode() in body:
            empty = False
            yield str(path), body
    if empty:
        what = "no feed is in this folder; name one that `defects-ical export` wrote"
        raise ComparisonSourceError(f"{folder}: {what}")


def _content(path: Path) -> bytes:
    # Reading a pipe would wait for whoever writes to it.
    if path.exists() and not path.is_file():
        raise ComparisonSourceError(f"{path}: neither a file nor a folder; {NAME_ANOTHER}")
    with path.open("rb") as stream:
        return _bounded(str(path), stream.read(MAX_BYTES + 1))


def _bounded(where: str, body: bytes) -> bytes:
    if len(body) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1_000_000} MB"
        raise ComparisonSourceError(
            f"{where}: larger than {limit}, which no feed is; {NAME_ANOTHER}"
        )
    return body


def _fetched(url: str) -> bytes:
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in {"http", "https"}:
        mend = f"write `https://{rest}`" if scheme.lower().startswith("webcal") else NAME_A_FEED
        raise ComparisonSourceError(f"{url}: not an http or https address; {mend}")
    try:
        return _bounded(url, _downloaded(url))
    except HTTPError as error:
        error.close()
        reason, mend = STATUSES.get(error.code, ("the server does not hand it out", LATER))
        raise ComparisonSourceError(f"{url}: {reason} ({error.code}); {mend}") from None
    except (OSError, HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        reason, mend = next(words for kind, *words in FAILURES if isinstance(cause, kind))
        raise ComparisonSourceError(f"{url}: {reason}; {mend}") from None


def _downloaded(url: str) -> bytes:
    """The body of an answer, up to a byte more than is allowed."""
    opener = OpenerDirector()
    for handler in HANDLERS:
        opener.add_handler(handler())
    if not urlsplit(url).hostname:
        raise ValueError(url)
    end = time.monotonic() + PATIENCE
    agent = {"User-Agent": f"defects-ical/{__version__}"}
    request = Request(url, headers=agent)  # noqa: S310 - the opener knows no other schemes
    body = b""
    with opener.open(request, timeout=PATIENCE) as response:
        while len(body) <= MAX_BYTES and (chunk := response.read1(CHUNK)):
            body += chunk
            # The timeout is for each piece; a server may send as many as it likes.
            if time.monotonic() > end:
                raise TimeoutError
    return body[: MAX_BYTES + 1]


def _identify_feed(where: str, body: bytes, schedule: Schedule) -> tuple[SiteURL, str] | None:
    """Where a calendar is public: the site's address, and its path there.

    None for one of another show.
    """
    header, events = _parts(where, body)
    try:
        if "SOURCE" in header:
            base, _, name = header["SOURCE"].value.rpartition("/")
            path = f"/{name}"
        else:
            # A single file says nothing of itself, but its event links to the page.
            base = events[0].properties["URL"].value.rpartition("/")[0]
            path = _path(events, schedule)
        site_url = SiteURL.parse(base)
    except SiteURLError as error:
        what = f"it does not say where it is public ({error})"
        raise ComparisonSourceError(f"{where}: {what}; name a copy that nobody changed") from None
    known = {each.path for each in all_feeds(schedule)}
    if path in known or _is_of(schedule, path, events):
        return site_url, path
    return None


def _path(events: list[PublishedEvent], schedule: Schedule) -> str:
    """The path of a calendar that does not tell it, by whose events it has."""
    anchor, uid = events[0].anchor, events[0].uid
    for feed in main_feeds(schedule)[1:]:
        if event_uid(schedule.show, anchor, feed.platform) == uid:
            return feed.path
    if len(events) > 1:
        return main_feeds(schedule)[0].path
    return f"{EPISODES_DIR}{schedule.show.slug}-{anchor}.ics"


def _is_of(schedule: Schedule, path: str, events: list[PublishedEvent]) -> bool:
    """Whether an event is of this show, also if slug or platform have other names now."""
    words = path.strip("/").removesuffix(".ics").removesuffix(f"-{REMINDERS_SUFFIX}").split("-")
    platforms = [None, *("-".join(words[n:]) for n in range(1, len(words)))]
    return any(
        event_uid(schedule.show, event.anchor, platform) == event.uid
        for event in events
        for platform in platforms
    )


def _parts(where: str, body: bytes) -> tuple[Mapping[str, Property], list[PublishedEvent]]:
    """A calendar's own properties and its events, every one of which can be compared."""
    text = normalize_line_ends(body)
    for wrong in _objections(text):
        raise ComparisonSourceError(f"{where}: {wrong}")
    try:
        head, events = split_events(text)
        return parse_header(head), [parse_event(each) for each in events]
    except CalendarError as error:
        raise ComparisonSourceError(f"{where}: {error}; name a copy that nobody changed") from None


def _objections(body: bytes) -> Iterator[str]:
    """Why this is no published feed, the plainest reason first."""
    if not body.strip():
        yield f"empty; {NAME_ANOTHER}"
    if body.lstrip().startswith(b"<"):
        yield f"a web page, not a calendar; {NAME_A_FEED}: it ends in `.ics`"
    if b"\0" in body or body.startswith(COMPRESSED):
        yield f"not a text, let alone a calendar; {NAME_ANOTHER}"
    if not body.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield f"not a calendar; {NAME_ANOTHER}"
    if not body.rstrip().endswith(b"END:VCALENDAR"):
        yield "cut short, without `END:VCALENDAR` at its end; get a whole copy"
    if f"PRODID:{PRODID}\r\n".encode() not in body:
        yield f"a calendar that this program did not write; {NAME_ANOTHER} that it did"
    if BEGIN_EVENT not in body:
        yield f"a calendar without events; {NAME_ANOTHER}"
