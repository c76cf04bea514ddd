"""Decide which responses contain a feed, and name the issue of each that does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from defects_ical.doctor.issues.http import RequestIssue
from defects_ical.doctor.issues.issue import Issue, Occurrence
from defects_ical.probe.responses import FetchErrorKind, Probe, Response
from defects_ical.probe.session import ProbeResult
from defects_ical.probe.urls import redact_url
from defects_ical.rfc5545.content_lines import looks_like_html

ERROR_ISSUES: Final[Mapping[FetchErrorKind, Issue]] = {
    "invalid url": RequestIssue.INVALID_URL,
    "unknown host": RequestIssue.UNKNOWN_HOST,
    "no connection": RequestIssue.NO_CONNECTION,
    "certificate": RequestIssue.INVALID_CERTIFICATE,
    "tls": RequestIssue.NO_TLS,
    "no response": RequestIssue.NO_RESPONSE,
    "incomplete response": RequestIssue.INCOMPLETE_RESPONSE,
    "not http": RequestIssue.NO_HTTP,
    "timeout": RequestIssue.TIMEOUT,
    "no time left": RequestIssue.TIMEOUT,
    "redirect loop": RequestIssue.REDIRECT_LOOP,
    "too many redirects": RequestIssue.TOO_MANY_REDIRECTS,
    "invalid redirect": RequestIssue.INVALID_REDIRECT,
}
STATUS_ISSUES: Final[Mapping[int, Issue]] = {
    304: RequestIssue.UNCONDITIONAL_304,
    401: RequestIssue.UNAUTHORIZED,
    403: RequestIssue.FORBIDDEN,
    404: RequestIssue.NOT_FOUND,
    410: RequestIssue.GONE,
    429: RequestIssue.RATE_LIMITED,
}

# Bytes of a page that are searched.
_MAX_PAGE: Final = 65_536
# Cloudflare's page, and what such pages have in common.
_CHALLENGE: Final = re.compile(
    rb"just a moment|cf-chl|cf_chl|challenge-platform|_incapsula_|captcha|ddos-guard|are you human",
    re.IGNORECASE,
)
_LOGIN_URL: Final = re.compile(r"log-?in|sign-?in|/auth|sso|/session", re.IGNORECASE)
_PASSWORD_FIELD: Final = re.compile(rb"type\s?=\s?[\"']?password", re.IGNORECASE)


def find_failure(response: Response) -> Occurrence | None:
    """Return why a response contains no feed, or None if it contains one."""
    if response.error:
        return ERROR_ISSUES[response.error.kind].at(reason=response.error.message)
    if _is_challenge(response):
        return RequestIssue.CHALLENGE.at(status=response.status)
    if not response.ok:
        return _classify_status(response.status)
    if looks_like_html(response.body):
        url = redact_url(response.heads[-1].url)
        return (
            RequestIssue.LOGIN_PAGE.at(url=url)
            if _is_login_page(response)
            else RequestIssue.HTML_PAGE.at()
        )
    if response.decoded and not response.body.strip():
        return RequestIssue.EMPTY_RESPONSE.at()
    return None


def find_working_probes(result: ProbeResult) -> tuple[Probe, ...]:
    """Return the clients' own requests that brought a feed."""
    return tuple(probe for probe in result.feeds if not find_failure(probe.response))


def get_feed_bodies(result: ProbeResult) -> tuple[bytes, ...]:
    """Return the feed as the first client received it, and as it received it again.

    A client that received a calendar comes before one that received something else. Without a
    complete response there is none; the second is missing if it failed.
    """
    complete = [each for each in find_working_probes(result) if not each.response.truncated]
    # The session repeats the request of the same client.
    first = sorted(complete, key=lambda each: not each.response.is_calendar)[:1]
    clients = {each.client for each in first}
    repeated = [each for each in result.select("repeat") if each.client in clients]
    working = [each for each in repeated if not find_failure(each.response)]
    return tuple(each.response.body for each in (*first, *working))


def describe_status(status: int) -> str:
    """Return a status with its name: "404 (Not Found)"."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"{status}"


def _classify_status(status: int) -> Occurrence:
    if status in STATUS_ISSUES:
        return STATUS_ISSUES[status].at()
    is_server_error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    issue = RequestIssue.SERVER_ERROR if is_server_error else RequestIssue.UNEXPECTED_STATUS
    return issue.at(status=describe_status(status))


def _is_challenge(response: Response) -> bool:
    if response.header("cf-mitigated"):
        return True
    return looks_like_html(response.body) and bool(_CHALLENGE.search(response.body[:_MAX_PAGE]))


def _is_login_page(response: Response) -> bool:
    if _PASSWORD_FIELD.search(response.body[:_MAX_PAGE]):
        return True
    parts = urlsplit(response.heads[-1].url)
    return len(response.heads) > 1 and bool(_LOGIN_URL.search(f"{parts.netloc}{parts.path}"))
