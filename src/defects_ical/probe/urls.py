"""URLs of feeds: those that users enter, and those that redirects lead to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx

from defects_ical.errors import InvalidFeedURLError
from defects_ical.text.display import excerpt

EXAMPLE: Final = "Use a URL like `https://defects.example/the-defects.ics`."


def parse_feed_url(url: str) -> SplitResult:
    """Parse an http, https or webcal URL, and drop its fragment.

    Raises InvalidFeedURLError for other URLs, and for those with a user name or password.
    """
    shown, url = redact_url(url), url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidFeedURLError(f"{shown}: not a valid URL ({error}). {EXAMPLE}") from None
    if parts.scheme not in {"http", "https", "webcal"}:
        https_url = redact_url(f"https:{url.partition(':')[2]}")
        hint = f"Use `{https_url}`." if parts.scheme in {"webcals", "feed"} and host else EXAMPLE
        raise InvalidFeedURLError(f"{shown}: not an http, https or webcal URL. {hint}")
    if not url.isprintable() or " " in url or not _has_valid_host(url):
        raise InvalidFeedURLError(f"{shown}: not a valid URL. {EXAMPLE}")
    if "@" in parts.netloc:
        message = "the URL contains a user name or password, which calendar clients do not send"
        raise InvalidFeedURLError(f"{shown}: {message}. Remove it.")
    return parts._replace(path=parts.path or "/", fragment="")


def candidate_urls(feed_url: SplitResult) -> tuple[str, ...]:
    """Return the URLs at which clients look for a feed, in order.

    Clients request a webcal URL over http, then over https. An https URL is never requested over
    http, because it may contain a secret.
    """
    schemes = ("http", "https") if feed_url.scheme == "webcal" else (feed_url.scheme,)
    return tuple(urlunsplit(feed_url._replace(scheme=scheme)) for scheme in schemes)


def is_web_url(url: str) -> bool:
    """Return whether this is an http or https URL whose host can be looked up."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # httpx would encode a space as %20 and look up a host of that name.
    return complete and " " not in parts.netloc and _has_valid_host(url)


def resolve_location(url: str, location: str) -> str:
    """Resolve a redirect's Location against the URL that sent it (RFC 9110 §10.2.2).

    The result has no fragment, user name or password. A Location that is not a URL stays as it is.
    """
    try:
        parts = urlsplit(urljoin(url, location.strip()))
    except ValueError:
        return location
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def redact_url(url: str) -> str:
    """Return an excerpt of a URL for messages, without a user name or password."""
    return excerpt(re.sub(r"(^|//)[^/?#]*@", r"\1", url), limit=120)


def _has_valid_host(url: str) -> bool:
    """Return whether the labels of the host have valid lengths and valid Punycode."""
    try:
        parsed = httpx.URL(url)
        # Only encoding finds an invalid `xn--` label.
        return bool(parsed.host) and bool(parsed.raw_host.decode().encode("idna"))
    except (httpx.InvalidURL, ValueError):
        return False
