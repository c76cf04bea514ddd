"""Check the HTTP headers for caching: Cache-Control, Expires, ETag and Last-Modified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import parse_cache_control_header

from defects_ical.doctor.http_checks.failures import find_working_probes
from defects_ical.doctor.issues.http import ResponseIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.probe.responses import Probe, Response
from defects_ical.probe.session import ProbeResult

# Seconds. Google's importer may take a day as well.
MAX_LIFETIME: Final = 86_400
# Between the clocks of two machines.
CLOCK_TOLERANCE: Final = timedelta(minutes=1)
# RFC 9110 §8.8.3.
_ENTITY_TAG: Final = re.compile(r'(W/)?"[!\x23-\x7e\x80-\xff]*"')
# Each of these properties, with its folded lines.
_TIMESTAMPS: Final = re.compile(
    rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED)[;:][^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)


def check_caching(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield what delays changes, or makes clients download an unchanged feed (RFC 9110 §8.8)."""
    if _is_confirmed(result.select("unknown etag")):
        yield ResponseIssue.ALWAYS_304.at()
    else:
        yield from _check_stale_validators(result)
        yield from _check_unstable_etag(result)
    for probe in find_working_probes(result)[:1]:
        yield from _check_syntax(probe.response)
        seconds = _compute_lifetime(probe.response)
        if seconds > MAX_LIFETIME:
            yield ResponseIssue.LONG_CACHING.at(days=seconds / MAX_LIFETIME)
    yield from _check_dates(result)


def _check_stale_validators(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield validators that are still confirmed although the feed has changed."""
    responses = _get_conditional_responses(result)
    if not responses or _strip_timestamps(responses[0]) == _strip_timestamps(responses[-1]):
        return
    etag = responses[0].header("etag") or ""
    is_same = not etag.startswith("W/") and etag == responses[-1].header("etag")
    if etag and (is_same or _is_confirmed(result.select("if-none-match"))):
        yield ResponseIssue.STALE_ETAG.at(etag=etag)
    if _is_confirmed(result.select("if-modified-since")):
        yield ResponseIssue.STALE_LAST_MODIFIED.at()


def _check_unstable_etag(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield that an ETag is never confirmed although the feed is unchanged."""
    responses = _get_conditional_responses(result)
    tagged = [each for each in responses if each.header("etag")]
    repeated = [each.response for each in result.select("if-none-match") if each.response.ok]
    if any(
        one.body == other.body and one.header("etag") != other.header("etag")
        for one, other in pairwise(tagged)
    ):
        yield ResponseIssue.UNSTABLE_ETAG.at()
    elif any(each.body == responses[0].body for each in repeated):
        yield ResponseIssue.UNCONFIRMED_ETAG.at()


def _get_conditional_responses(result: ProbeResult) -> tuple[Response, ...]:
    """Return the complete responses to the one client that sends conditional requests."""
    return tuple(
        each.response for each in result.probes if each.client == "ICSx5" and each.response.ok
    )


def _strip_timestamps(response: Response) -> bytes:
    """Return the body without timestamps: nothing is missed if only these have changed."""
    return _TIMESTAMPS.sub(b"", response.body)


def _is_confirmed(probes: Iterable[Probe]) -> bool:
    return any(each.response.status == HTTPStatus.NOT_MODIFIED for each in probes)


def _check_syntax(feed: Response) -> Iterator[Occurrence]:
    etag, date = feed.header("etag"), feed.header("last-modified")
    if etag is not None and not _ENTITY_TAG.fullmatch(etag):
        yield ResponseIssue.UNQUOTED_ETAG.at(etag=etag, unquoted=etag.strip('"'))
    if date is not None and _parse_date(feed, "last-modified") is None:
        yield ResponseIssue.INVALID_LAST_MODIFIED.at(value=date)


def _compute_lifetime(feed: Response) -> float:
    """Return for how many seconds caches may store a response (RFC 9111 §4.2.1)."""
    if header := feed.header("cache-control"):
        control = parse_cache_control_header(header.lower(), cls=ResponseCacheControl)
        max_age = 0 if control.no_cache or control.no_store else control.max_age or 0
        # RFC 9111 §1.2.2 lets caches take this for any greater number.
        return min(max_age, 2**31)
    expires, date = _parse_date(feed, "expires"), _parse_date(feed, "date")
    return (expires - date).total_seconds() if expires and date else 0


def _check_dates(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield that Last-Modified decreases, or is in the future (RFC 9110 §8.8.2.1)."""
    responses = [
        each.response for each in result.probes if each.response.ok and each.purpose != "robots"
    ]
    dated = [(each, date) for each in responses if (date := _parse_date(each, "last-modified"))]
    if any(later < earlier for (_, earlier), (_, later) in pairwise(dated)):
        yield ResponseIssue.DECREASING_LAST_MODIFIED.at()
    for response, date in dated[:1]:
        now = _parse_date(response, "date")
        if now and date - now > CLOCK_TOLERANCE:
            yield ResponseIssue.FUTURE_LAST_MODIFIED.at(date=date)


def _parse_date(response: Response, name: str) -> datetime | None:
    """Return a header's date in UTC, or None if it is not a date (RFC 9110 §5.6.7)."""
    try:
        date = parsedate_to_datetime(response.header(name) or "")
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
