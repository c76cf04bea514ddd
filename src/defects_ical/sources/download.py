"""Download what a source publishes, with limits on time, size and redirects."""

from __future__ import annotations

import codecs
import re
import time
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from defects_ical import __version__
from defects_ical.errors import ListingError
from defects_ical.probe.failures import Failure, find_failure
from defects_ical.probe.fetch import get
from defects_ical.probe.responses import Response
from defects_ical.probe.urls import is_web_url, redact_url
from defects_ical.rfc5545.content_lines import looks_like_html
from defects_ical.text.display import excerpt

USER_AGENT: Final = f"defects-ical/{__version__}"
TRY_LATER: Final = "Try again later."
# The schemes to try for the scheme of a URL, in order.
_SCHEMES: Final = {
    "http": ("http",),
    "https": ("https",),
    "webcal": ("https", "http"),
    "webcals": ("https",),
}
# Servers that do not know a type send one of these.
_VAGUE_TYPES: Final = frozenset(
    {"", "text/plain", "application/octet-stream", "binary/octet-stream"}
)
# Bytes of a page in which its title is looked for.
_MAX_PAGE: Final = 100_000
_TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What a download may take: seconds for everything together, bytes, and redirects."""

    seconds: float = 20
    max_bytes: int = 10_000_000
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class ExpectedContent:
    """What a source has to send, for checks and messages.

    ``noun`` names it ("a calendar"), ``beginning`` is how it begins, in capitals. ``media_types``
    are those of its Content-Type: a document that begins otherwise needs one of them, or one that
    says nothing. ``hint`` is the sentence that says what to use instead of another document.
    """

    noun: str
    beginning: bytes
    media_types: frozenset[str]
    hint: str


CALENDAR: Final = ExpectedContent(
    "a calendar",
    b"BEGIN:VCALENDAR",
    frozenset({"text/calendar", "text/x-vcalendar", "application/ics", "application/calendar"}),
    "Use the URL of an .ics file: calendar services list it as iCal or subscription URL.",
)
DEFAULT_LIMITS: Final = DownloadLimits()


def download(
    url: str, *, expected: ExpectedContent, limits: DownloadLimits = DEFAULT_LIMITS
) -> bytes:
    """Return the document at an http, https or webcal URL.

    A webcal URL is requested over https, then over http. Raises ListingError.
    """
    end = time.monotonic() + limits.seconds
    *candidates, last = list_candidates(url, expected)
    for candidate in candidates:
        # A server that does not respond must leave time for the other scheme.
        response = request(candidate, replace(limits, seconds=limits.seconds / 2))
        if not find_failure(response, expected.noun):
            return read_body(response, expected, limits)
    remaining = round(end - time.monotonic(), 1) if candidates else limits.seconds
    return read_body(request(last, replace(limits, seconds=remaining)), expected, limits)


def list_candidates(url: str, expected: ExpectedContent) -> tuple[str, ...]:
    """Return the http and https URLs to request for a URL, in order. Raises ListingError."""
    scheme, separator, rest = url.strip().partition("://")
    schemes = _SCHEMES.get(scheme.lower(), ()) if separator else ()
    if not schemes:
        message = "not an http, https or webcal URL"
        raise ListingError(f"{redact_url(url)}: {message}. {expected.hint}")
    candidates = tuple(f"{each}://{rest}" for each in schemes)
    if not is_web_url(candidates[0]) or not rest.isprintable():
        raise ListingError(f"{redact_url(url)}: not a valid URL. {expected.hint}")
    if "@" in re.split("[/?#]", rest, maxsplit=1)[0]:
        message = "a user name or password in a URL is not supported. Remove it"
        raise ListingError(f"{redact_url(url)}: {message}.")
    return candidates


def request(url: str, limits: DownloadLimits) -> Response:
    """Request an http or https URL; whatever happens is in the response."""
    return get(
        url,
        user_agent=USER_AGENT,
        timeout=limits.seconds,
        max_bytes=limits.max_bytes,
        max_redirects=limits.max_redirects,
    )


def read_body(response: Response, expected: ExpectedContent, limits: DownloadLimits) -> bytes:
    """Return the body of a complete response of the expected type. Raises ListingError."""
    shown = redact_url(response.url)
    if failure := find_failure(response, expected.noun):
        hint = TRY_LATER if failure.is_transient else expected.hint
        raise ListingError(f"{shown}: {_describe_failure(failure, response)}. {hint}")
    if problem := _find_other_type(response, expected):
        raise ListingError(f"{shown}: {problem}. {expected.hint}")
    if response.truncated:
        megabytes = f"{limits.max_bytes / 1_000_000:g} MB"
        message = f"the response is larger than {megabytes}, which is more than any show needs"
        raise ListingError(f"{shown}: {message}. Use a source with this show only.")
    if not response.body.strip():
        raise ListingError(f"{shown}: the response is empty. {expected.hint}")
    return response.body


def _describe_failure(failure: Failure, response: Response) -> str:
    """Return the message of a failure, with the title of a page that explains it."""
    title = _find_title(response.body)
    return f"{failure.message}, the page “{title}”" if title else failure.message


def _find_other_type(response: Response, expected: ExpectedContent) -> str | None:
    """Return what the response is instead of the expected type, or None."""
    if looks_like_html(response.body):
        title = _find_title(response.body)
        page = f"a web page (“{title}”)" if title else "a web page"
        return f"{page}, not {expected.noun}"
    media_type = (response.header("content-type") or "").partition(";")[0].strip().lower()
    beginning = response.body[:1024].removeprefix(codecs.BOM_UTF8).lstrip().upper()
    is_expected = beginning.startswith(expected.beginning) or media_type in expected.media_types
    if is_expected or media_type in _VAGUE_TYPES:
        return None
    return f"a document of the type `{excerpt(media_type)}`, not {expected.noun}"


def _find_title(body: bytes) -> str:
    """Return the title of an HTML page for messages; empty if it has none."""
    page = body[:_MAX_PAGE].decode(errors="replace") if looks_like_html(body) else ""
    found = _TITLE.search(page)
    return excerpt(unescape(found[1]).strip()) if found else ""
