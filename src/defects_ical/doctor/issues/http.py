"""Requests and responses: what keeps a feed from arriving, and how it is delivered."""

from __future__ import annotations

from enum import unique
from functools import partial
from typing import Final

from defects_ical.doctor.issues.issue import (
    CLIENTS_GIVE_UP,
    PREPARED_FILE,
    Issue,
    IssueType,
    error,
    info,
    warning,
)

NO_EVENTS_ARRIVE: Final = (
    "New subscribers see an empty calendar; existing subscribers keep the old version."
)
PUBLIC_ACCESS: Final = "allow access to the feed without a login and with any User-Agent."

_failure = partial(IssueType, "error", impact=NO_EVENTS_ARRIVE)
MEDIA_TYPE: Final = "send `Content-Type: text/calendar; charset=utf-8`."
ETAG: Final = "compute the ETag from the bytes of the response and compare it with If-None-Match."
NO_LAST_MODIFIED: Final = "remove Last-Modified and ignore If-Modified-Since; an ETag is enough."

_media_type = partial(
    error,
    impact="Apple's clients get a file that they cannot use; Thunderbird finds no calendar. "
    "[reported for Apple; Thunderbird's source code]",
    fix=MEDIA_TYPE,
    clients=("Apple", "Thunderbird"),
)
_charset = partial(
    warning,
    impact="Clients that do not assume UTF-8 show wrong characters. [RFC 5545 §3.1.4]",
    fix=MEDIA_TYPE,
)
_size = partial(
    IssueType,
    impact="Google imports files of up to 1 MB and states no limit for subscriptions. Every client "
    "downloads the complete feed every few hours. [Google's help pages]",
    fix="remove old events or split the feed.",
    clients=("Google",),
)
_last_modified = partial(warning, fix=NO_LAST_MODIFIED, clients=("Apple", "ICSx5"))


@unique
class RequestIssue(Issue):
    """Requests without a usable response."""

    INVALID_URL = _failure("The URL cannot be requested: {reason}.", fix="correct the URL.")
    UNKNOWN_HOST = _failure(
        "Host not found: {reason}.", fix="correct the host name or its DNS records."
    )
    NO_CONNECTION = _failure(
        "Connection failed: {reason}.", fix="start the server or open its port."
    )
    INVALID_CERTIFICATE = _failure(
        "The TLS certificate is not valid: {reason}.",
        fix="install a certificate for this host name from a public issuer, with its intermediate "
        "certificates, and renew it in time.",
    )
    NO_TLS = _failure(
        "HTTPS failed: {reason}.", fix="serve HTTPS on this port, with TLS 1.2 or later."
    )
    NO_RESPONSE = error(
        "The server did not respond: {reason}.",
        CLIENTS_GIVE_UP,
        fix="respond within a few seconds.",
    )
    INCOMPLETE_RESPONSE = _failure(
        "Incomplete response: {reason}.", fix="find the reason in the server's log."
    )
    NO_HTTP = _failure("No HTTP response: {reason}.", fix="serve HTTP on this port.")
    TIMEOUT = error("The response took too long: {reason}.", CLIENTS_GIVE_UP, fix=PREPARED_FILE)
    REDIRECT_LOOP = _failure(
        "Redirects form a loop: {reason}.", fix="respond with the feed instead."
    )
    TOO_MANY_REDIRECTS = _failure(
        "Too many redirects: {reason}.", fix="redirect once, to the final URL."
    )
    INVALID_REDIRECT = _failure(
        "A redirect does not lead to an HTTP URL: {reason}.",
        fix="redirect to an http or https URL.",
    )
    UNCONDITIONAL_304 = error(
        "Response status 304 (Not Modified) to a request without conditions.",
        f"{NO_EVENTS_ARRIVE} To clients, the response means that nothing has changed. "
        "[RFC 9110 §15.4.5]",
        fix="respond with 304 only to conditional requests that match.",
    )
    UNAUTHORIZED = error(
        "Response status 401 (Unauthorized).",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot ask for a password.",
        fix=PUBLIC_ACCESS,
    )
    FORBIDDEN = _failure("Response status 403 (Forbidden).", fix=PUBLIC_ACCESS)
    NOT_FOUND = error(
        "Response status 404 (Not Found).",
        f"{NO_EVENTS_ARRIVE} Some clients remove the calendar.",
        fix="publish the feed at this URL again, or redirect to its new URL.",
    )
    GONE = error(
        "Response status 410 (Gone).",
        f"{NO_EVENTS_ARRIVE} Thunderbird disables the calendar permanently. "
        "[Thunderbird's source code]",
        fix="respond with 503 if this is temporary. Redirect if the feed has moved.",
    )
    RATE_LIMITED = _failure(
        "Response status 429 (Too Many Requests).",
        fix="exempt the feed's URL from the rate limit, or let a cache respond.",
    )
    SERVER_ERROR = _failure("Response status {status}.", fix="find the reason in the server's log.")
    UNEXPECTED_STATUS = _failure("Response status {status}.", fix="respond with 200 and the feed.")
    CHALLENGE = error(
        "A bot-protection page replaces the feed, with status {status}.",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot solve the challenge.",
        fix="exempt the feed's URL from the bot protection.",
    )
    LOGIN_PAGE = error(
        "A login page replaces the feed: {url}",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot log in.",
        fix=PUBLIC_ACCESS,
    )
    HTML_PAGE = error(
        "An HTML page replaces the feed, with status 200.",
        "Clients find no calendar in it; some remove every event that they had. "
        "[Evolution's source code]",
        fix="respond with the feed, and send errors with their own status. "
        "If this is the URL of the page, use the URL of the feed (`….ics`).",
    )
    EMPTY_RESPONSE = error(
        "The response is empty.",
        "Clients show no events; Evolution also removes those that it had. "
        "[Evolution's source code]",
        fix="respond with 503 while there is no valid feed, never with an empty 200.",
    )
    INCOMPLETE_CHECK = warning(
        "After {seconds:g} seconds, no time was left to request {omitted}.",
        f"These requests were not checked. {CLIENTS_GIVE_UP}",
        fix=f"{PREPARED_FILE} Then run the doctor again.",
    )
    WEBCAL_OVER_HTTP = warning(
        "webcal links lead to {url}, which {failure}.",
        "Clients request webcal URLs over HTTP first; those that do not try HTTPS themselves never "
        "get the feed.",
        fix="redirect from HTTP to HTTPS.",
    )
    INSECURE_REDIRECT = error(
        "Redirect from HTTPS to HTTP: {url} to {target}",
        "ICSx5 does not follow it; other clients may not either. Anyone on the network can change "
        "what is sent over HTTP. [ICSx5's source code]",
        fix="redirect to an https URL.",
        clients=("ICSx5",),
    )
    REDIRECT_TO_OTHER_HOST = info(
        "Redirect to another host: {url} to {target}",
        "The feed depends on both hosts.",
        fix="give subscribers the final URL if it is permanent.",
    )
    ROBOTS_UNAVAILABLE = warning(
        "robots.txt is unavailable: {reason}.",
        "Crawlers must then assume that everything is disallowed. Google's importer respects "
        "robots.txt. [RFC 9309 §2.3.1.4]",
        fix="respond with 404, or with 200 and a robots.txt that disallows nothing.",
        clients=("Google",),
    )
    ROBOTS_DISALLOWED = error(
        "robots.txt disallows the feed for `{agent}`.",
        "Google's importer respects robots.txt and does not request the feed: its calendar stays "
        "empty or keeps the old version. [reported for Google]",
        fix="remove the `Disallow`, or add a group `User-agent: {agent}` that allows the feed.",
        clients=("Google",),
    )


@unique
class ResponseIssue(Issue):
    """How a feed is delivered: headers, compression, caching and validators."""

    WRONG_MEDIA_TYPE = _media_type("The media type is `{media_type}`, not `text/calendar`.")
    NO_MEDIA_TYPE = _media_type("The response has no media type.")
    WRONG_CHARSET = _charset(
        "The feed contains non-ASCII characters, but its charset is `{charset}`."
    )
    NO_CHARSET = _charset(
        "The feed contains non-ASCII characters, but Content-Type names no charset."
    )
    UNDECODABLE_RESPONSE = error(
        "The response is not valid `{encoding}`, which its Content-Encoding names.",
        "Clients that decode it get nothing. [RFC 9110 §8.4]",
        fix="compress with gzip, and only if Accept-Encoding allows it.",
    )
    UNREQUESTED_COMPRESSION = error(
        "The response is compressed (`{encoding}`), but {client} did not request this.",
        "Subscriptions fail. [RFC 9110 §12.5.3; reported for Outlook]",
        fix="do not compress the feed, or compress it only if Accept-Encoding allows it.",
    )
    UNKNOWN_CONTENT_ENCODING = warning(
        "Content-Encoding is `{encoding}`, which is not a compression method.",
        "Clients that respect it cannot read the feed; many ignore it. [RFC 9110 §8.4]",
        fix="remove Content-Encoding. A charset belongs in Content-Type.",
    )
    OVER_SIZE_LIMIT = _size("error", "The feed is larger than {megabytes:g} MB.")
    LARGE = _size("warning", "The feed is {megabytes:.1f} MB.")
    HEAD_DIFFERS = warning(
        "HEAD and GET differ: {difference}.",
        "Thunderbird sends HEAD first when a calendar is added, and finds the calendar only "
        "because it sends GET as well. [Thunderbird's source code; RFC 9110 §9.3.2]",
        fix="respond to HEAD as to GET, with the same headers and without the body.",
        clients=("Thunderbird",),
    )
    SLOW = warning("A response took {seconds:.1f} seconds.", CLIENTS_GIVE_UP, fix=PREPARED_FILE)
    SERVED_AS_ATTACHMENT = info(
        "Content-Disposition is `attachment`.",
        "Browsers save the file instead of offering to subscribe.",
        fix="remove Content-Disposition or set it to `inline`.",
    )
    ALWAYS_304 = error(
        "The server responds with 304 to an ETag that it never sent.",
        "Clients that ask whether the feed has changed never get a change. [RFC 9110 §13.1.2]",
        fix=ETAG,
        clients=("Apple", "ICSx5"),
    )
    STALE_ETAG = error(
        "The feed changed between two responses, but its ETag `{etag}` did not.",
        "Clients that compare ETags never get the change. [RFC 9110 §8.8.3]",
        fix=ETAG,
        clients=("ICSx5",),
    )
    STALE_LAST_MODIFIED = error(
        "The feed changed between two responses, but not according to its Last-Modified.",
        "Clients that compare dates never get the change. [RFC 9110 §8.8.2]",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
    )
    UNSTABLE_ETAG = warning(
        "The feed is unchanged, but every response has a different ETag.",
        "Every client downloads and reads the complete feed each time. [RFC 9110 §8.8.3]",
        fix=ETAG,
    )
    UNCONFIRMED_ETAG = warning(
        "The feed is unchanged, but its ETag is never confirmed with 304.",
        "Every client downloads and reads the complete feed each time. [RFC 9110 §13.1.2]",
        fix=ETAG,
    )
    UNQUOTED_ETAG = warning(
        "The ETag `{etag}` is not in double quotes.",
        "Caches and clients may not recognise it, and download the complete feed each time. "
        "[RFC 9110 §8.8.3]",
        fix='send `ETag: "{unquoted}"`.',
    )
    INVALID_LAST_MODIFIED = _last_modified(
        "Last-Modified is not a date: `{value}`.",
        "Clients that compare dates download the complete feed each time. [RFC 9110 §8.8.2]",
    )
    DECREASING_LAST_MODIFIED = _last_modified(
        "Last-Modified is earlier in a later response.",
        "For clients that have the later date, the feed seems unchanged: they keep the old "
        "version. [RFC 9110 §8.8.2.1]",
    )
    FUTURE_LAST_MODIFIED = _last_modified(
        "Last-Modified is later than the server's clock: {date:%Y-%m-%d %H:%M:%S} UTC.",
        "Until that time, the feed seems unchanged to clients that compare dates. "
        "[RFC 9110 §8.8.2.1]",
    )
    LONG_CACHING = warning(
        "Caches may store the feed for {days:.1f} days.",
        "Changes on the day of an event arrive too late, however often a client refreshes. "
        "[RFC 9111 §4.2.1]",
        fix="send `Cache-Control: max-age=300`, at most one hour.",
    )
