"""Load what is live: from a feed's file, an exported folder or a URL, to calendars by path."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from defects_ical import __version__
from defects_ical.compare.live.event_parser import (
    BEGIN_EVENT,
    CalendarError,
    Properties,
    PublishedEvent,
    normalize_line_ends,
    parse_event,
    parse_header,
    split_events,
)
from defects_ical.content.links.feeds import (
    EPISODES_DIR,
    PRODID,
    REMINDERS_PATH,
    all_feeds,
    event_uid,
    main_feeds,
)
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ComparisonSourceError, SiteURLError
from defects_ical.model.schedule import Schedule
from defects_ical.rfc5545.content_lines import looks_like_html
from defects_ical.text.display import excerpt
from defects_ical.text.languages import DEFAULT_LANGUAGE, LANGUAGES

SHOWS_JSON: Final = "/shows.json"
EPISODES_JSON: Final = "/episodes.json"
MAX_BYTES: Final = 10_000_000
# More than a site of ten languages and of seven platforms has.
MAX_FEEDS: Final = 100
# Seconds that a download may take.
TIMEOUT: Final = 10.0

USE_ANOTHER: Final = "Use a feed's file, an exported folder, or the URL of a feed."
USE_SITE: Final = "Use an exported folder, or the URL of a site with several shows."
USE_FEED_URL: Final = "Use the URL of a feed, as the page shows it."
USE_UNMODIFIED: Final = "Use an unmodified copy."
TRY_LATER: Final = "Try again later, or use a copy of the feed."


class PublishedFeeds(NamedTuple):
    """The calendars that subscribers have, by their paths in the site that the calendars name."""

    site_url: SiteURL
    calendars: Mapping[str, bytes]


def load_published(source: str, schedule: Schedule) -> PublishedFeeds:
    """Load the show's live feeds from a file, an exported folder, or the URL of a feed or a site.

    Of a folder and a site, these are the feeds at the top level and those of each language.

    Raises ComparisonSourceError if there are none, or if one is not a readable calendar.
    """
    bodies = _download_feeds(source) if "://" in source else _read_files(source, schedule)
    found = [
        (*feed, body)
        for name, body in bodies.items()
        if (feed := _identify_feed(name, body, schedule, source))
    ]
    if not found:
        raise ComparisonSourceError(f"{source}: not a feed of this show. Use one of its feeds.")
    site_urls = sorted({str(site_url) for site_url, _, _ in found})
    if len(site_urls) > 1:
        urls = " and ".join(f"`{each}`" for each in site_urls)
        message = f"the feeds belong to {urls}. Use feeds of one site."
        raise ComparisonSourceError(f"{source}: {message}")
    return PublishedFeeds(found[0][0], {path: body for _, path, body in found})


class PublishedShows(NamedTuple):
    """A live site of several shows: where the feeds of each are, by slug; its combined feeds.

    A place is a folder, or the URL of the show's feed. Combined feeds are paths.
    """

    places: Mapping[str, str]
    combined_feeds: frozenset[str]
    language: str = DEFAULT_LANGUAGE


def find_published_shows(source: str) -> PublishedShows:
    """Return the shows in an exported folder, or of the site at a URL.

    Raises ComparisonSourceError if there are none.
    """
    shows = _find_remote_shows(source) if "://" in source else _find_folders(Path(source))
    if not shows.places:
        raise ComparisonSourceError(f"{source}: no shows here. {USE_SITE}")
    return shows


def split_readable(calendars: Mapping[str, bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the calendars that can be compared, and the paths of the others."""
    readable, damaged = {}, []
    for path, body in calendars.items():
        try:
            _parse_calendar(path, body)
        except ComparisonSourceError:
            damaged.append(path)
        else:
            readable[path] = body
    return readable, tuple(damaged)


def _read_files(source: str, schedule: Schedule) -> dict[str, bytes]:
    path = Path(source)
    try:
        return _read_folder(path, schedule) if path.is_dir() else {source: _read_file(path)}
    except (FileNotFoundError, NotADirectoryError):
        message = f"{source}: no such file or folder. {USE_ANOTHER}"
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        message = f"{error.filename or source}: {reason}. {USE_ANOTHER}"
    except ValueError:
        message = f"{source!r}: not a valid path. {USE_ANOTHER}"
    raise ComparisonSourceError(message)


def _read_folder(folder: Path, schedule: Schedule) -> dict[str, bytes]:
    """Return the feeds of each language by their names, without other calendars."""
    expected = {each.path for each in all_feeds(schedule)}
    folders = (folder, *(folder / each for each in LANGUAGES))
    paths = [path for each in folders for path in sorted(each.glob("*.ics"))]
    bodies = {path: _read_file(path) for path in paths}
    feeds = {
        str(path): body
        for path, body in bodies.items()
        if f"/{path.name}" in expected or PRODID.encode() in body
    }
    if feeds:
        return feeds
    message = "no feeds in this folder. Use a folder that `defects-ical export` wrote."
    raise ComparisonSourceError(f"{folder}: {message}")


def _read_file(path: Path) -> bytes:
    # Reading a pipe would wait for a writer.
    if path.exists() and not path.is_file():
        raise ComparisonSourceError(f"{path}: neither a file nor a folder. {USE_ANOTHER}")
    with path.open("rb") as stream:
        body = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _create_size_error(str(path))
    return body


def _download_feeds(url: str) -> dict[str, bytes]:
    """Return the feed at a URL, or the feeds of the site whose page is there, by their URLs."""
    body = _download(url)
    if not looks_like_html(body):
        return {url: body}
    base = url.rstrip("/")
    try:
        paths = _list_feed_paths(json.loads(_download(f"{base}{EPISODES_JSON}")))
    except (ComparisonSourceError, ValueError, LookupError, TypeError):
        # No page of ours: the page itself is reported.
        return {url: body}
    return {f"{base}{path}": _download(f"{base}{path}") for path in paths[:MAX_FEEDS]}


def _list_feed_paths(content: dict[str, Any]) -> list[str]:
    """Return the paths of a site's feeds in each language, without those with reminders.

    Raises LookupError or TypeError if the content is not that of `episodes.json`.
    """
    page = str(content["show"]["page"]).rstrip("/")
    urls = [str(each["url"]) for each in content["feeds"] if not each["reminders"]]
    if not all(each.startswith(f"{page}/") and each.endswith(".ics") for each in urls):
        raise LookupError("feeds")
    paths = [each.removeprefix(page) for each in urls]
    return [*paths, *(f"/{code}{path}" for code in content.get("texts", ()) for path in paths)]


def _download(url: str) -> bytes:
    # Importing httpx takes longer than comparing files.
    from defects_ical.probe.failures import find_failure  # noqa: PLC0415 - see above
    from defects_ical.probe.fetch import get  # noqa: PLC0415 - see above

    scheme, _, rest = url.partition("://")
    if scheme.lower().startswith("webcal"):
        message = f"not an http or https URL. Use `https://{rest}`."
        raise ComparisonSourceError(f"{url}: {message}")
    user_agent = f"defects-ical/{__version__}"
    response = get(url, user_agent=user_agent, timeout=TIMEOUT, max_bytes=MAX_BYTES)
    if failure := find_failure(response, "a feed"):
        hint = TRY_LATER if failure.is_transient else USE_FEED_URL
        raise ComparisonSourceError(f"{url}: {failure.message}. {hint}")
    if response.truncated:
        raise _create_size_error(url)
    return response.body


def _create_size_error(source: str) -> ComparisonSourceError:
    megabytes = MAX_BYTES // 1_000_000
    return ComparisonSourceError(f"{source}: larger than {megabytes} MB. {USE_ANOTHER}")


def _identify_feed(
    source: str, body: bytes, schedule: Schedule, root: str
) -> tuple[SiteURL, str] | None:
    """Return the base URL of a calendar's site and its path there; None if of another show.

    ``root`` is the folder in which it was found, or the calendar itself.
    """
    header, events = _parse_calendar(source, body)
    if "SOURCE" in header:
        base, slash, name = header["SOURCE"].value.rpartition("/")
        path = slash + name
    else:
        # An episode file has no SOURCE, but its event links to the page.
        base = events[0].properties["URL"].value.rpartition("/")[0]
        path = _find_path(events, schedule)
    base, language = _split_base(base, source, schedule, root)
    try:
        site_url = SiteURL.parse(base)
    except SiteURLError:
        message = f"`{excerpt(base)}` is not the URL of a site. {USE_UNMODIFIED}"
        raise ComparisonSourceError(f"{source}: {message}") from None
    known = {each.path for each in all_feeds(schedule)}
    is_own = path in known or _has_own_event(schedule, path, events)
    return (site_url, f"{language}{path}") if is_own else None


def _split_base(base: str, source: str, schedule: Schedule, root: str) -> tuple[str, str]:
    """Return the URL of a site, and the folder of the language whose feeds are at ``base``.

    A language that the schedule does not have any more is told by the folder of the file.
    """
    site_url, _, code = base.rpartition("/")
    is_below = source != root and Path(source).parent != Path(root)
    is_folder = is_below and code in LANGUAGES and Path(source).parent.name == code
    return (site_url, f"/{code}") if code in schedule.languages[1:] or is_folder else (base, "")


def _find_path(events: list[PublishedEvent], schedule: Schedule) -> str:
    """Return the path of a calendar without SOURCE, by the UIDs of its events."""
    episode_id, uid = events[0].episode_id, events[0].uid
    for feed in main_feeds(schedule)[1:]:
        if event_uid(schedule.show, episode_id, feed.platform) == uid:
            return feed.path
    if len(events) > 1:
        return main_feeds(schedule)[0].path
    return f"{EPISODES_DIR}{schedule.show.slug}-{episode_id}.ics"


def _has_own_event(schedule: Schedule, path: str, events: list[PublishedEvent]) -> bool:
    """Return whether an event is of this show, even if slug or platform id were renamed."""
    words = REMINDERS_PATH.sub(".ics", path).strip("/").removesuffix(".ics").split("-")
    platforms = [None, *("-".join(words[n:]) for n in range(1, len(words)))]
    return any(
        event_uid(schedule.show, event.episode_id, platform) == event.uid
        for event in events
        for platform in platforms
    )


def _parse_calendar(source: str, body: bytes) -> tuple[Properties, list[PublishedEvent]]:
    text = normalize_line_ends(body)
    for error in _find_errors(text):
        raise ComparisonSourceError(f"{source}: {error}")
    try:
        return parse_header(text), [parse_event(each) for each in split_events(text)[1]]
    except CalendarError as error:
        raise ComparisonSourceError(f"{source}: {error}. {USE_UNMODIFIED}") from None


def _find_errors(body: bytes) -> Iterator[str]:
    """Yield why this is not a published feed, the most obvious reason first."""
    if not body.strip():
        yield f"empty. {USE_ANOTHER}"
    if looks_like_html(body):
        yield f"a web page, not a calendar. {USE_FEED_URL} It ends in `.ics`."
    if b"\0" in body:
        yield f"binary data, not a calendar. {USE_ANOTHER}"
    if not body.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield f"not a calendar. {USE_ANOTHER}"
    if not body.rstrip().endswith(b"END:VCALENDAR"):
        yield "truncated: `END:VCALENDAR` is missing at the end. Get a complete copy."
    if f"PRODID:{PRODID}\r\n".encode() not in body:
        yield "not written by defects-ical. Use a feed that it wrote."
    # While only a month is known, a feed has no events, but it says where it is from.
    if BEGIN_EVENT not in body and b"\r\nSOURCE" not in body:
        yield f"the calendar has no events. {USE_ANOTHER}"


def _find_folders(folder: Path) -> PublishedShows:
    if not folder.is_dir():
        raise ComparisonSourceError(f"{folder}: not a folder. {USE_SITE}")
    feeds = (each for each in sorted(folder.glob("*/*.ics")) if each.parent.name not in LANGUAGES)
    places = {each.parent.name: str(each.parent) for each in feeds if each.stem == each.parent.name}
    folders = {"": folder} | {f"/{code}": folder / code for code in LANGUAGES}
    combined = (
        f"{prefix}/{each.name}" for prefix, at in folders.items() for each in at.glob("*.ics")
    )
    return PublishedShows(places, frozenset(combined), _read_language(folder / SHOWS_JSON[1:]))


def _read_language(path: Path) -> str:
    """Return the main language of an exported site; sites of one language do not name it."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return DEFAULT_LANGUAGE
    return str(content.get("language", DEFAULT_LANGUAGE))


def _find_remote_shows(url: str) -> PublishedShows:
    base = url.rstrip("/")
    address = f"{base}{SHOWS_JSON}"
    try:
        content = json.loads(_download(address))
        slugs = [str(each["slug"]) for each in content["shows"]]
        page = str(content["page"]).rstrip("/")
        feeds = frozenset(str(each["url"]).removeprefix(page) for each in content["feeds"])
        language = str(content.get("language", DEFAULT_LANGUAGE))
    except (ValueError, LookupError, TypeError):
        message = f"not the list of a site's shows. {USE_SITE}"
        raise ComparisonSourceError(f"{address}: {message}") from None
    # Not the addresses in the list: this may be a copy of the site at another host.
    places = {slug: f"{base}/{slug}/{slug}.ics" for slug in slugs}
    return PublishedShows(places, feeds, language)
