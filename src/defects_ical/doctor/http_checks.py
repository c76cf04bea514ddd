"""What the way to a feed does to it: visits → findings. What is in the feed is not looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.probe.clients import CLIENT_HEADERS, CLIENTS
from defects_ical.probe.decompression import CONTENT_CODINGS, DECODABLE
from defects_ical.probe.fetch_errors import FetchError, FetchErrorKind
from defects_ical.probe.responses import Probe, ResponseHead
from defects_ical.probe.robots import is_allowed
from defects_ical.probe.session import ProbeResult
from defects_ical.probe.urls import redact_url
from defects_ical.text.english import join_names

LARGE: Final = 1_000_000
"""Bytes: Google's help names it as the most of a file that it imports."""
LONG: Final = 86_400
"""Seconds: "within a day" is the most that a reader can be promised."""
# Between two machines' clocks; a date is no lie for that.
TOLERANCE: Final = timedelta(minutes=1)

# Cloudflare's name for it, and what such pages have in common.
CHALLENGE: Final = re.compile(
    rb"just a moment|cf-chl|cf_chl|challenge-platform|_incapsula_|captcha|ddos-guard|are you human",
    re.IGNORECASE,
)
LOGIN: Final = re.compile(r"log-?in|sign-?in|/auth|sso|/session", re.IGNORECASE)
PASSWORD: Final = re.compile(rb"type\s?=\s?[\"']?password", re.IGNORECASE)
# RFC 9110 §8.8.3.
ENTITY_TAG: Final = re.compile(r'(W/)?"[!\x23-\x7e\x80-\xff]*"')
MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
# What says when, and not what; a line with those that continue it.
STAMPS: Final = re.compile(
    rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED)[;:][^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
# What pages and challenges are searched for, in octets from the beginning.
HEAD_OF_A_PAGE: Final = 65_536

FETCH_ISSUES: Final[Mapping[FetchErrorKind, Issue]] = {
    "unknown host": Issue.UNKNOWN_HOST,
    "no connection": Issue.NO_CONNECTION,
    "certificate": Issue.INVALID_CERTIFICATE,
    "tls": Issue.NO_TLS,
    "no response": Issue.NO_RESPONSE,
    "incomplete response": Issue.INCOMPLETE_RESPONSE,
    "not http": Issue.NO_HTTP,
    "no time left": Issue.TIMEOUT,
    "timeout": Issue.TIMEOUT,
    "redirect loop": Issue.REDIRECT_LOOP,
    "too many redirects": Issue.TOO_MANY_REDIRECTS,
    "invalid redirect": Issue.INVALID_REDIRECT,
}
REDIRECT_ISSUES: Final = {Issue.REDIRECT_LOOP, Issue.TOO_MANY_REDIRECTS, Issue.INVALID_REDIRECT}
STATUS_ISSUES: Final[Mapping[int, Issue]] = {
    304: Issue.UNCONDITIONAL_304,
    401: Issue.UNAUTHORIZED,
    403: Issue.FORBIDDEN,
    404: Issue.NOT_FOUND,
    410: Issue.GONE,
    429: Issue.RATE_LIMITED,
}

Check = Callable[[ProbeResult], Iterator[Occurrence]]


def check_http(examination: ProbeResult) -> Iterator[Occurrence]:
    """What of an examination hinders programs, each thing once."""
    for check in CHECKS:
        yield from check(examination)


def feed_bodies(examination: ProbeResult) -> tuple[bytes, ...]:
    """The feed as the first program got it that got it whole, and what the same one got again."""
    got = [each for each in _feeds(examination) if not each.response.truncated]
    # As it was chosen what to ask once more.
    got = sorted(got, key=lambda each: not each.response.is_calendar)[:1]
    again = [each for each in examination.of("repeat") if each.response.ok and not _refusal(each)]
    same = [each for each in again if each.client in {visit.client for visit in got}]
    return tuple(each.response.body for each in (*got, *same))


def _answers(examination: ProbeResult) -> Iterator[Occurrence]:
    """Why programs get no feed, those that fare alike together."""
    visits = _asked(examination)
    if not visits:
        words = f"nothing after {examination.limits.total:g} seconds"
        yield _stopped(FetchError("no time left", words))
    wrong = [(visit, found) for visit in visits if (found := _refusal(visit))]
    together: dict[tuple[Issue, str], list[str]] = {}
    for visit, found in wrong:
        together.setdefault((found.issue, repr(found.details)), []).append(visit.client)
    for _, found in wrong:
        programs = tuple(together.pop((found.issue, repr(found.details)), ()))
        if programs:
            everybody = len(programs) == len(visits)
            yield replace(
                found,
                clients=() if everybody else programs,
                others_work=bool(_feeds(examination)),
            )


def _asked(examination: ProbeResult) -> tuple[Probe, ...]:
    """The programs' own visits that had their time."""
    return tuple(each for each in examination.of("subscribe") if not each.response.had_no_time)


def _unasked(examination: ProbeResult) -> Iterator[Occurrence]:
    """What there was no more time for; who came last is not to blame for it."""
    visits = [*examination.of("subscribe"), *examination.of("robots")]
    late = [each for each in visits if each.response.had_no_time]
    if late and _asked(examination):
        programs = tuple(each.client for each in late if each.purpose == "subscribe")
        left = ["robots.txt"] if any(each.purpose == "robots" for each in late) else []
        left = [f"the feed as {join_names(programs)}", *left] if programs else left
        found = Issue.INCOMPLETE_CHECK.at(
            seconds=examination.limits.total, omitted=" and ".join(left)
        )
        yield replace(found, clients=programs)


def _refusal(visit: Probe) -> Occurrence | None:
    """The one reason why a program gets no feed, if it gets none."""
    if visit.response.error:
        return _stopped(visit.response.error)
    if _is_challenge(visit):
        return Issue.CHALLENGE.at(status=visit.response.status)
    if not visit.response.ok:
        return _status(visit)
    if _is_page(visit):
        return _page(visit)
    if visit.response.decoded and not visit.response.body.strip():
        return Issue.EMPTY_RESPONSE.at()
    return None


def _page(visit: Probe) -> Occurrence:
    if _is_login(visit):
        return Issue.LOGIN_PAGE.at(url=redact_url(visit.response.heads[-1].url))
    return Issue.HTML_PAGE.at()


def _stopped(trouble: FetchError) -> Occurrence:
    return FETCH_ISSUES[trouble.kind].at(reason=trouble.message)


def _status(visit: Probe) -> Occurrence:
    """What an unwanted status means."""
    server_error = visit.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    other = Issue.SERVER_ERROR if server_error else Issue.UNEXPECTED_STATUS
    issue = STATUS_ISSUES.get(visit.response.status, other)
    return issue.at(status=f"{visit.response.status}{_phrase(visit.response.status)}")


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _is_challenge(visit: Probe) -> bool:
    if visit.response.header("cf-mitigated"):
        return True
    return _is_page(visit) and bool(CHALLENGE.search(visit.response.body[:HEAD_OF_A_PAGE]))


def _is_page(visit: Probe) -> bool:
    """Whether it is HTML by its octets: what it is called is another question."""
    beginning = visit.response.body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return beginning.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<script"))


def _is_login(visit: Probe) -> bool:
    if PASSWORD.search(visit.response.body[:HEAD_OF_A_PAGE]):
        return True
    parts = urlsplit(visit.response.heads[-1].url)
    return len(visit.response.heads) > 1 and bool(LOGIN.search(f"{parts.netloc}{parts.path}"))


def _feeds(examination: ProbeResult) -> tuple[Probe, ...]:
    """The visits that brought a feed, or what could be one."""
    return tuple(each for each in examination.feeds if not _refusal(each))


def _webcal(examination: ProbeResult) -> Iterator[Occurrence]:
    reached = [visit.client for visit in examination.of("subscribe") if visit.response.heads]
    unanswered = [each for each in examination.of("webcal") if each.client in reached]
    for visit in unanswered[:1]:
        concerned = {each.client for each in unanswered}
        programs = () if concerned == {*reached} else _in_order(concerned)
        found = Issue.WEBCAL_OVER_HTTP.at(
            url=redact_url(visit.response.url), failure=_instead(visit)
        )
        yield replace(found, clients=programs)


def _in_order(programs: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in CLIENTS if each in programs)


def _instead(visit: Probe) -> str:
    """How http is answered where https brings the feed."""
    if visit.response.error:
        return f"does not respond ({visit.response.error.message}), while HTTPS does"
    status = visit.response.status
    return f"has status {status}{_phrase(status)}, while HTTPS serves the feed"


def _redirects(examination: ProbeResult) -> Iterator[Occurrence]:
    """Redirects that are followed here, and not by everybody."""
    seen = set()
    for visit in examination.of("subscribe"):
        for before, after in pairwise(visit.response.heads):
            for found in _redirect(before, after):
                if found.issue not in seen:
                    seen.add(found.issue)
                    yield found


def _redirect(before: ResponseHead, after: ResponseHead) -> Iterator[Occurrence]:
    one, other = urlsplit(before.url), urlsplit(after.url)
    details = {"url": redact_url(before.url), "target": redact_url(after.url)}
    if (one.scheme, other.scheme) == ("https", "http"):
        yield Issue.INSECURE_REDIRECT.at(**details)
    elif one.hostname != other.hostname:
        yield Issue.REDIRECT_TO_OTHER_HOST.at(**details)


def _robots(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in examination.of("robots"):
        if visit.response.ok and not _is_page(visit):
            yield from _disallowed(examination, visit)
        elif why := _unreachable(visit):
            # Where nothing is answered at all, that is told of the feed.
            if not any(each.response.heads for each in examination.of("subscribe")):
                return
            yield Issue.ROBOTS_UNAVAILABLE.at(reason=why)


def _unreachable(visit: Probe) -> str:
    """How robots.txt is not answered, or nothing; too many redirects are no error of it."""
    if visit.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"response status {visit.response.status}{_phrase(visit.response.status)}"
    if visit.response.error and FETCH_ISSUES[visit.response.error.kind] not in REDIRECT_ISSUES:
        return "" if visit.response.had_no_time else visit.response.error.message
    return ""


def _disallowed(examination: ProbeResult, visit: Probe) -> Iterator[Occurrence]:
    agent = CLIENT_HEADERS[visit.client]["User-Agent"]
    address = next((each.response.url for each in examination.of("subscribe")), visit.response.url)
    if not is_allowed(visit.response.body, agent, address):
        yield Issue.ROBOTS_DISALLOWED.at(agent=agent)


def _media_type(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in _feeds(examination)[:1]:
        kind, charset = _content_type(visit)
        if not kind:
            yield Issue.NO_MEDIA_TYPE.at()
        elif kind != "text/calendar":
            yield Issue.WRONG_MEDIA_TYPE.at(media_type=kind)
        elif not visit.response.body.isascii() and not charset:
            yield Issue.NO_CHARSET.at()
        elif not visit.response.body.isascii() and charset not in {"utf-8", "utf8"}:
            yield Issue.WRONG_CHARSET.at(charset=charset)


def _content_type(visit: Probe) -> tuple[str, str | None]:
    """The media type in lower case, or nothing, and its charset."""
    header = visit.response.header("content-type") or ""
    charset = CHARSET.search(header)
    return header.partition(";")[0].strip().lower(), charset[1].lower() if charset else None


def _head(examination: ProbeResult) -> Iterator[Occurrence]:
    """HEAD, with which Thunderbird begins."""
    got = [each for each in examination.of("subscribe") if each.client == "Thunderbird"]
    for head, get in zip(examination.of("head"), got, strict=False):
        if not get.response.ok:
            return
        if difference := _unlike(head, get):
            yield Issue.HEAD_DIFFERS.at(difference=difference)


def _unlike(head: Probe, get: Probe) -> str:
    """How HEAD is answered otherwise than GET, or nothing."""
    if head.response.error:
        return f"HEAD has no response ({head.response.error.message})"
    if head.response.status != get.response.status:
        return f"HEAD has status {head.response.status}, GET has {get.response.status}"
    types = [_content_type(each)[0] for each in (head, get)]
    if types[0] != types[1]:
        return f"HEAD has media type `{types[0]}`, GET has `{types[1]}`"
    return ""


def _size(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in _feeds(examination)[:1]:
        if visit.response.truncated:
            yield Issue.OVER_SIZE_LIMIT.at(megabytes=examination.limits.max_bytes / 1_000_000)
        elif len(visit.response.body) > LARGE:
            yield Issue.LARGE.at(megabytes=len(visit.response.body) / 1_000_000)


def _compression(examination: ProbeResult) -> Iterator[Occurrence]:
    asked = [each for each in examination.of("subscribe") if each.response.ok]
    for visit in [each for each in asked if not each.response.decoded][:1]:
        if visit.response.encoding in DECODABLE:
            yield Issue.UNDECODABLE_RESPONSE.at(encoding=visit.response.encoding)
        else:
            yield Issue.UNREQUESTED_COMPRESSION.at(
                encoding=visit.response.encoding, client=visit.client
            )
        return
    for visit in asked:
        if "Accept-Encoding" not in CLIENT_HEADERS[visit.client] and _is_coded(visit):
            found = Issue.UNREQUESTED_COMPRESSION.at(
                encoding=visit.response.encoding, client=visit.client
            )
            yield replace(found, clients=(visit.client,))
    for visit in [each for each in asked if each.response.encoding and not _is_coded(each)][:1]:
        yield Issue.UNKNOWN_CONTENT_ENCODING.at(encoding=visit.response.encoding)


def _is_coded(visit: Probe) -> bool:
    return not CONTENT_CODINGS.isdisjoint(visit.response.encoding.split(", "))


def _disposition(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in _feeds(examination)[:1]:
        if (
            (visit.response.header("content-disposition") or "")
            .strip()
            .lower()
            .startswith("attachment")
        ):
            yield Issue.SERVED_AS_ATTACHMENT.at()


def _keeping(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in _feeds(examination)[:1]:
        seconds = _kept(visit)
        if seconds > LONG:
            yield Issue.LONG_CACHING.at(days=seconds / LONG)


def _kept(visit: Probe) -> float:
    """For how many seconds caches may keep it, by Cache-Control or else by Expires."""
    control = visit.response.header("cache-control") or ""
    if found_age := MAX_AGE.search(control):
        return 0 if re.search("no-cache|no-store", control, re.IGNORECASE) else int(found_age[1])
    expires, date = _date(visit, "expires"), _date(visit, "date")
    return (expires - date).total_seconds() if expires and date and not control else 0


def _speed(examination: ProbeResult) -> Iterator[Occurrence]:
    slowest = max(examination.of("subscribe"), key=lambda each: each.response.seconds, default=None)
    if slowest and slowest.response.ok and slowest.response.seconds > examination.limits.slow:
        yield Issue.SLOW.at(seconds=slowest.response.seconds)


def _validators(examination: ProbeResult) -> Iterator[Occurrence]:
    """Entity tags and dates that say something else than the bodies (RFC 9110 §8.8)."""
    if _always_304(examination):
        yield Issue.ALWAYS_304.at()
    else:
        yield from _stuck(examination)
        yield from _restless(examination)
    yield from _malformed(examination)
    yield from _dates(examination)


def _always_304(examination: ProbeResult) -> bool:
    statuses = [visit.response.status for visit in examination.of("unknown etag")]
    return HTTPStatus.NOT_MODIFIED in statuses


def _fresh(examination: ProbeResult) -> tuple[Probe, ...]:
    """The whole answers of the one program that revalidates, in order."""
    return tuple(
        visit for visit in examination.probes if visit.client == "ICSx5" and visit.response.ok
    )


def _stuck(examination: ProbeResult) -> Iterator[Occurrence]:
    """Validators that are confirmed although the body has changed."""
    fresh = _fresh(examination)
    if not fresh or _essence(fresh[0]) == _essence(fresh[-1]):
        return
    tag = fresh[0].response.header("etag") or ""
    same = not tag.startswith("W/") and tag == fresh[-1].response.header("etag")
    if tag and (same or _is_confirmed(examination.of("if-none-match"))):
        yield Issue.STALE_ETAG.at(etag=tag)
    if _is_confirmed(examination.of("if-modified-since")):
        yield Issue.STALE_LAST_MODIFIED.at()


def _essence(visit: Probe) -> bytes:
    """The body without its stamps: who gets no other stamp misses nothing."""
    return STAMPS.sub(b"", visit.response.body)


def _is_confirmed(visits: Iterable[Probe]) -> bool:
    return any(visit.response.status == HTTPStatus.NOT_MODIFIED for visit in visits)


def _restless(examination: ProbeResult) -> Iterator[Occurrence]:
    """An entity tag that never earns a 304, though the body stays."""
    fresh = _fresh(examination)
    tagged = [visit for visit in fresh if visit.response.header("etag")]
    again = [visit for visit in examination.of("if-none-match") if visit.response.ok]
    changing = any(
        one.response.body == other.response.body
        and one.response.header("etag") != other.response.header("etag")
        for one, other in pairwise(tagged)
    )
    if changing:
        yield Issue.UNSTABLE_ETAG.at()
    elif any(visit.response.body == fresh[0].response.body for visit in again):
        yield Issue.UNCONFIRMED_ETAG.at()


def _malformed(examination: ProbeResult) -> Iterator[Occurrence]:
    for visit in _feeds(examination)[:1]:
        tag = visit.response.header("etag")
        if tag is not None and not ENTITY_TAG.fullmatch(tag):
            yield Issue.UNQUOTED_ETAG.at(etag=tag, unquoted=tag.strip('"'))
        date = visit.response.header("last-modified")
        if date is not None and _date(visit, "last-modified") is None:
            yield Issue.INVALID_LAST_MODIFIED.at(value=date)


def _dates(examination: ProbeResult) -> Iterator[Occurrence]:
    """Last-Modified that runs back, or ahead of the server's own clock (RFC 9110 §8.8.2.1)."""
    visits = [
        visit for visit in examination.probes if visit.response.ok and visit.purpose != "robots"
    ]
    dated = [(visit, date) for visit in visits if (date := _date(visit, "last-modified"))]
    if any(later < earlier for (_, earlier), (_, later) in pairwise(dated)):
        yield Issue.DECREASING_LAST_MODIFIED.at()
    for visit, date in dated[:1]:
        now = _date(visit, "date")
        if now and date - now > TOLERANCE:
            yield Issue.FUTURE_LAST_MODIFIED.at(date=date)


def _date(visit: Probe, name: str) -> datetime | None:
    """A header's date in UTC, if it is one (RFC 9110 §5.6.7)."""
    try:
        date = parsedate_to_datetime(visit.response.header(name) or "")
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


CHECKS: Final[tuple[Check, ...]] = (
    _answers,
    _unasked,
    _webcal,
    _redirects,
    _robots,
    _media_type,
    _compression,
    _size,
    _validators,
    _head,
    _speed,
    _keeping,
    _disposition,
)
