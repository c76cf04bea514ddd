"""Read a show from TVmaze: its number in, a `Listing` out (https://www.tvmaze.com/api)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final

from defects_ical.errors import ListingError
from defects_ical.model.episode_numbers import MAX_NUMBER, MAX_SEASON
from defects_ical.probe.responses import Response
from defects_ical.sources.checks import (
    check_count,
    check_timezone,
    check_year,
    clamp_runtime,
    describe_number,
    find_duplicate,
    is_timezone,
)
from defects_ical.sources.download import (
    DEFAULT_LIMITS,
    DownloadLimits,
    ExpectedContent,
    list_candidates,
    read_body,
    request,
)
from defects_ical.sources.json_values import JsonObject
from defects_ical.sources.listing import Credit, ListedEpisode, ListedPlatform, Listing
from defects_ical.sources.plain_text import clean_line, html_to_text
from defects_ical.timezones.conversion import to_local

DEFAULT_API: Final = "https://api.tvmaze.com"
SITE: Final = "https://www.tvmaze.com"
LICENCE: Final = "CC BY-SA 4.0"
MAX_ID: Final = 999_999_999
# What a schedule may have.
MAX_GENRES: Final = 20
MAX_GENRE_LENGTH: Final = 100
MAX_CAST: Final = 200
# An hour of the night that belongs to the evening before.
NIGHT_END: Final = 6
TYPES: Final = ("regular", "significant_special", "insignificant_special")

_USE_OTHER: Final = "Use the number in the URL of the show's page, like `tvmaze:12345`."
_REPORT: Final = "Try again later; if it stays, TVmaze has changed its API."
_JSON: Final = ExpectedContent("JSON", b"{", frozenset({"application/json", "text/json"}), _REPORT)
_REFERENCE: Final = re.compile(
    r"tvmaze: ?([0-9]{1,9})"
    r"|(?:https?://)?(?:www\.|api\.)?tvmaze\.com/shows/([0-9]{1,9})(?:[/?#][^\s]*)?",
    re.IGNORECASE | re.ASCII,
)
_URL: Final = re.compile(
    r"https?://[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?::[1-9][0-9]{0,4})?"
    r"(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?"
)
# Names that an episode has until it gets its own.
_PLACEHOLDER: Final = re.compile(r"Episode [0-9]+|TB[AD]", re.IGNORECASE)


@dataclass(slots=True)
class Pacer:
    """Spaces requests, because TVmaze allows 20 in 10 seconds from one address.

    All times are in seconds: between the starts of two requests, before the only repetition of a
    refused one (unless the server names a time), and at most before it.
    """

    interval: float = 0.5
    retry_after: float = 5
    longest: float = 30
    _next: float = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def wait_for_turn(self) -> None:
        """Wait until the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self.interval
        time.sleep(turn - now)

    def wait_for_retry(self, header: str | None) -> None:
        """Wait as long as a Retry-After in seconds says, up to the limit."""
        is_number = header is not None and re.fullmatch("[0-9]{1,6}", header.strip())
        time.sleep(min(int(header) if header and is_number else self.retry_after, self.longest))


_SHARED_PACER: Final = Pacer()


def parse_reference(text: str) -> int | None:
    """Return the number in "tvmaze:12345" or in the URL of a show's page; None for other text."""
    found = _REFERENCE.fullmatch(text.strip())
    return int(found[1] or found[2]) or None if found else None


def fetch_listing(
    show_id: int,
    api: str = DEFAULT_API,
    *,
    timezone: str | None = None,
    limits: DownloadLimits = DEFAULT_LIMITS,
    pacer: Pacer = _SHARED_PACER,
) -> Listing:
    """Request a show and return its listing; see `fetch_show` and `parse_show`.

    Raises ListingError.
    """
    check_timezone(timezone)
    return parse_show(fetch_show(show_id, api, limits=limits, pacer=pacer), timezone=timezone)


def fetch_show(
    show_id: int,
    api: str = DEFAULT_API,
    *,
    limits: DownloadLimits = DEFAULT_LIMITS,
    pacer: Pacer = _SHARED_PACER,
) -> bytes:
    """Return TVmaze's JSON of a show with its episodes and cast; ``limits`` are for each request.

    A request that is refused as one too many (429) is repeated once. Raises ListingError.
    """
    path = f"/shows/{show_id}?embed[]=episodeswithspecials&embed[]=cast"
    (url,) = list_candidates(f"{api.rstrip('/')}{path}", _JSON)[-1:]
    pacer.wait_for_turn()
    response = request(url, limits)
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        pacer.wait_for_retry(response.header("retry-after"))
        pacer.wait_for_turn()
        response = request(url, limits)
    _check_status(response, show_id)
    return read_body(response, _JSON, limits)


def _check_status(response: Response, show_id: int) -> None:
    if response.status == HTTPStatus.NOT_FOUND:
        raise ListingError(f"tvmaze:{show_id}: TVmaze has no show {show_id}. {_USE_OTHER}")
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        message = "TVmaze accepts no more requests from this address for now (status 429)"
        raise ListingError(f"tvmaze:{show_id}: {message}. Try again in a minute.")


def parse_show(content: bytes, *, timezone: str | None = None) -> Listing:
    """Return the listing of a show from TVmaze's JSON.

    ``timezone`` replaces the zone of the network. Where no zone is known, that of the listing is
    None, and the day of an episode is TVmaze's programming day. Raises ListingError.
    """
    check_timezone(timezone)
    show = JsonObject.parse(content, "TVmaze", _REPORT)
    show_id = show.require_number("id", 1, MAX_ID)
    title = clean_line(show.get_text("name")) or show.refuse("name", "is empty")
    zone = timezone or _find_timezone(show)
    embedded = show.require_object("_embedded")
    # The key is that of the request; "episodes" is that of one without specials.
    is_complete = "episodeswithspecials" in embedded.values
    entries = embedded.require_objects("episodeswithspecials" if is_complete else "episodes")
    check_count(len(entries), f"tvmaze:{show_id}")
    episodes = tuple(_read_episode(each, zone) for each in entries)
    _check_episodes(episodes, show_id)
    return Listing(
        kind="tvmaze",
        reference=str(show_id),
        title=title,
        timezone=zone,
        episodes=episodes,
        platforms=tuple(_read_platforms(show)),
        genres=tuple(_read_genres(show))[:MAX_GENRES],
        cast=tuple(dict.fromkeys(_read_cast(embedded)))[:MAX_CAST],
        summary=html_to_text(show.get_text("summary")) or None,
        credit=Credit("TVmaze", _read_url(show, "url") or f"{SITE}/shows/{show_id}", LICENCE),
    )


def _check_episodes(episodes: tuple[ListedEpisode, ...], show_id: int) -> None:
    """Raise ListingError for a number or an id that two episodes have."""
    if duplicate := find_duplicate(episodes):
        first, second = duplicate
        name = describe_number(first.season, first.number or 0)
        message = f"TVmaze lists {name} twice (as {first.id} and {second.id})"
        raise ListingError(f"tvmaze:{show_id}: {message}. Report it on the show's page there.")
    if len({each.id for each in episodes}) < len(episodes):
        message = "TVmaze lists an episode twice"
        raise ListingError(f"tvmaze:{show_id}: {message}. {_REPORT}")


def _find_timezone(show: JsonObject) -> str | None:
    """Return the zone of the network's country, or of the web channel's; None if unknown."""
    for name in ("network", "webChannel"):
        channel = show.get_object(name)
        country = channel.get_object("country") if channel else None
        zone = country.get_text("timezone") if country else ""
        if is_timezone(zone):
            return zone
    return None


def _read_platforms(show: JsonObject) -> Iterator[ListedPlatform]:
    for name, kind in (("network", "television"), ("webChannel", "streaming")):
        channel = show.get_object(name)
        if not channel:
            continue
        country = channel.get_object("country")
        region = clean_line(country.get_text("name")) if country else ""
        if title := clean_line(channel.get_text("name")):
            url = _read_url(channel, "officialSite")
            yield ListedPlatform(title, kind, region or "everywhere", url)


def _read_url(entry: JsonObject, name: str) -> str | None:
    """Return an http or https URL; None for any other text."""
    url = entry.get_text(name).strip()
    return url if _URL.fullmatch(url) else None


def _read_genres(show: JsonObject) -> Iterator[str]:
    # A comma separates categories in a calendar.
    for each in dict.fromkeys(show.get_texts("genres")):
        if genre := clean_line(each.replace(",", " "))[:MAX_GENRE_LENGTH].strip():
            yield genre


def _read_cast(embedded: JsonObject) -> Iterator[tuple[str, str]]:
    for each in embedded.get_objects("cast"):
        person, character = each.require_object("person"), each.require_object("character")
        actor, role = (clean_line(entry.get_text("name")) for entry in (person, character))
        if actor and role:
            yield actor, role


def _read_episode(entry: JsonObject, zone: str | None) -> ListedEpisode:
    if entry.get_text("type") not in TYPES:
        entry.refuse("type", f"is none of {', '.join(TYPES)}")
    is_regular = entry.get_text("type") == "regular"
    number = entry.get_number("number", 0, MAX_NUMBER)
    title = clean_line(entry.get_text("name"))
    start, day = _read_time(entry, zone)
    return ListedEpisode(
        id=str(entry.require_number("id", 1, MAX_ID)),
        season=entry.require_number("season", int(is_regular), MAX_SEASON),
        number=number if is_regular else None,
        title=None if not title or (is_regular and _PLACEHOLDER.fullmatch(title)) else title,
        start=start,
        day=day,
        runtime=clamp_runtime(entry.get_number("runtime", 0, MAX_NUMBER)),
        summary=html_to_text(entry.get_text("summary")) or None,
    )


def _read_time(entry: JsonObject, zone: str | None) -> tuple[datetime | None, date | None]:
    """Return the start in UTC, if its hour is known, and the day on which it is listed."""
    airdate, stamp = _read_airdate(entry), _read_airstamp(entry)
    # Without an airtime, TVmaze invents the hour of the stamp.
    if not stamp or not entry.get_text("airtime").strip():
        return None, airdate or (stamp.date() if stamp else None)
    if not zone:
        return stamp, airdate or stamp.date()
    local = to_local(stamp, zone).naive
    is_night = airdate == local.date() - timedelta(days=1) and local.hour < NIGHT_END
    return stamp, airdate if is_night else local.date()


def _read_airdate(entry: JsonObject) -> date | None:
    raw = entry.get_text("airdate")
    if not raw:
        return None
    try:
        # Not `date.fromisoformat`, which accepts other forms.
        day = datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a date, no time
    except ValueError:
        entry.refuse("airdate", "is not a date like 2025-07-21")
    check_year(day, f"TVmaze: `{entry.path}`")
    return day


def _read_airstamp(entry: JsonObject) -> datetime | None:
    raw = entry.get_text("airstamp")
    if not raw:
        return None
    try:
        stamp = datetime.fromisoformat(raw)
    except ValueError:
        stamp = None
    if stamp is None or stamp.tzinfo is None:
        entry.refuse("airstamp", "is not a time like 2025-07-21T14:00:00+00:00")
    check_year(stamp, f"TVmaze: `{entry.path}`")
    return stamp.astimezone(UTC).replace(second=0, microsecond=0)
