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

from defects_ical.doctor.findings import Finding
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
# Characters of a header that a message quotes.
MOST_QUOTED: Final = 60
# What pages and challenges are searched for, in octets from the beginning.
HEAD_OF_A_PAGE: Final = 65_536

NOTHING_COMES: Final = "gets nothing: new subscribers see an empty calendar, others the old one"
IMPATIENT: Final = "A program that does not wait so long leaves the calendar as it was"
TOO_LARGE: Final = (
    "Google imports files of up to 1 MB, and says nothing of feeds; "
    "every program fetches all of it every few hours"
)
EVERYBODY: Final = "let everybody read the feed, without a login and whatever the User-Agent"
EXEMPT: Final = "exempt the feed's address from the protection against robots"
TYPE: Final = "send `Content-Type: text/calendar; charset=utf-8`"
FROM_BYTES: Final = "make the entity tag from the bytes of the answer, and compare If-None-Match"
NO_DATE: Final = "leave Last-Modified out and ignore If-Modified-Since; an entity tag is enough"

# A trouble's name, what was seen (followed by its words), and the mend.
TROUBLES: Final[Mapping[FetchErrorKind, tuple[str, str, str]]] = {
    "unknown host": ("unreachable", "the host is not found", "mend the name, or its DNS records"),
    "no connection": ("unreachable", "no connection", "start the server, or open its port"),
    "certificate": (
        "certificate",
        "the certificate is not valid",
        "install one of a public issuer for this name, with those between, and renew it in time",
    ),
    "tls": ("certificate", "https fails", "serve https on this port, with TLS 1.2 or later"),
    "no response": ("gave-up", "the server is silent", "answer within a few seconds"),
    "incomplete response": (
        "cut-short",
        "no whole answer",
        "find out in the server's log why it ended",
    ),
    "not http": ("cut-short", "no answer", "serve HTTP on this port"),
    "no time left": ("gave-up", "no answer came in time", "hand out a finished file"),
    "timeout": ("gave-up", "the answer takes too long", "hand out a finished file"),
    "redirect loop": ("redirect-loop", "the redirects go round", "answer with the feed instead"),
    "too many redirects": ("redirects", "too many redirects", "redirect once, to the last address"),
    "invalid redirect": (
        "redirects",
        "a redirect leads out of the web",
        "redirect to an http or https address",
    ),
}
# What a status means to whoever subscribes: the finding's name, what programs make of it, the mend.
STATUSES: Final[Mapping[int, tuple[str, str, str]]] = {
    304: (
        "always-304",
        f"{{who}} {NOTHING_COMES}; the server says that nothing has changed",
        "answer 304 only to a conditional request that matches",
    ),
    401: (
        "login",
        f"{{who}} {NOTHING_COMES}; there is nobody who could type a password",
        EVERYBODY,
    ),
    403: ("forbidden", f"{{who}} {NOTHING_COMES}", EVERYBODY),
    404: (
        "not-found",
        f"{{who}} {NOTHING_COMES}; some programs drop the calendar",
        "put the feed back at this address, or redirect to where it is",
    ),
    410: (
        "gone",
        f"{{who}} {NOTHING_COMES}; Thunderbird switches the calendar off for good",
        "answer 503 if this is for a time; redirect if the feed has moved",
    ),
    429: (
        "turned-away",
        "{who} is told to come later: the calendar stays empty, or as it was",
        "exempt the feed's address from the limit, or let a cache answer",
    ),
}

Check = Callable[[ProbeResult], Iterator[Finding]]


def check_http(examination: ProbeResult) -> Iterator[Finding]:
    """What of an examination hinders programs, each thing once."""
    for check in CHECKS:
        yield from check(examination)


def feed_bodies(examination: ProbeResult) -> tuple[bytes, ...]:
    """The feed as the first program got it that got it whole, and what the same one got again."""
    got = [each for each in _feeds(examination) if not each.response.truncated]
    # As it was chosen what to ask once more.
    got = sorted(got, key=lambda each: not each.response.is_calendar)[:1]
    again = [
        each for each in examination.of("repeat") if each.response.ok and not any(_refusal(each))
    ]
    same = [each for each in again if each.client in {visit.client for visit in got}]
    return tuple(each.response.body for each in (*got, *same))


def _answers(examination: ProbeResult) -> Iterator[Finding]:
    """Why programs get no feed, those that fare alike together."""
    visits = _asked(examination)
    if not visits:
        words = f"nothing after {examination.limits.total:g} seconds"
        yield _stopped(FetchError("no time left", words))
    wrong = [(visit, finding) for visit in visits for finding in _refusal(visit)]
    together: dict[tuple[str, str], list[str]] = {}
    for visit, finding in wrong:
        together.setdefault((finding.name, finding.what), []).append(visit.client)
    for _, finding in wrong:
        programs = tuple(together.pop((finding.name, finding.what), ()))
        if programs:
            everybody = len(programs) == len(visits)
            yield _told(finding, programs, everybody=everybody, others=bool(_feeds(examination)))


def _asked(examination: ProbeResult) -> tuple[Probe, ...]:
    """The programs' own visits that had their time."""
    return tuple(each for each in examination.of("subscribe") if not each.response.had_no_time)


def _unasked(examination: ProbeResult) -> Iterator[Finding]:
    """What there was no more time for; who came last is not to blame for it."""
    visits = [*examination.of("subscribe"), *examination.of("robots")]
    late = [each for each in visits if each.response.had_no_time]
    if late and _asked(examination):
        programs = tuple(each.client for each in late if each.purpose == "subscribe")
        left = ["robots.txt"] if any(each.purpose == "robots" for each in late) else []
        left = [f"the feed as {join_names(programs)} would ask for it", *left] if programs else left
        seconds = examination.limits.total
        what = f"after {seconds:g} seconds there was no time left for {' and '.join(left)}"
        consequence = f"Nothing is known of that. {IMPATIENT}"
        mend = "hand out a finished file, and look again"
        yield Finding("unasked", "risk", what, consequence, mend, programs)


def _told(finding: Finding, programs: tuple[str, ...], *, everybody: bool, others: bool) -> Finding:
    """A finding with whom it concerns in its words."""
    who = "Every program" if everybody else join_names(programs)
    consequence = finding.consequence.format(who=who)
    # Where there is no one, a plural would read wrongly.
    if len(programs) > 1 and not everybody:
        consequence = _plural(consequence)
    if others:
        consequence += ". Other programs get the feed"
    return replace(finding, consequence=consequence, programs=() if everybody else programs)


def _plural(text: str) -> str:
    singular = {" gets ": " get ", " has ": " have ", " is ": " are ", " shows ": " show "}
    for one, many in singular.items():
        text = text.replace(one, many, 1)
    return text


def _refusal(visit: Probe) -> Iterator[Finding]:
    """The one reason why a program gets no feed, if it gets none."""
    if visit.response.error:
        yield _stopped(visit.response.error)
    elif _is_challenge(visit):
        what = (
            f"a page that asks whether a person is there comes with status {visit.response.status}"
        )
        yield _fault(
            "challenge", what, f"{{who}} {NOTHING_COMES}; no program can answer the page", EXEMPT
        )
    elif not visit.response.ok:
        yield _status(visit)
    elif _is_page(visit):
        yield _page(visit)
    elif visit.response.decoded and not visit.response.body.strip():
        consequence = "{who} shows no events, and Evolution also drops those that it had"
        mend = "answer 503 as long as there is nothing good to send"
        yield _fault("empty", "an empty answer comes with status 200", consequence, mend)


def _stopped(trouble: FetchError) -> Finding:
    name, what, mend = TROUBLES[trouble.kind]
    consequence = IMPATIENT if name == "gave-up" else f"{{who}} {NOTHING_COMES}"
    return _fault(name, f"{what}: {trouble.message}", consequence, mend)


def _status(visit: Probe) -> Finding:
    """What an unwanted status means."""
    what = f"the status is {visit.response.status}{_phrase(visit.response.status)}"
    if visit.response.status in STATUSES:
        name, consequence, mend = STATUSES[visit.response.status]
        return _fault(name, what, consequence, mend)
    if visit.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        mend = "find out in the server's log why"
        return _fault("server-error", what, f"{{who}} {NOTHING_COMES}", mend)
    return _fault("status", what, f"{{who}} {NOTHING_COMES}", "answer 200 with the feed")


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _page(visit: Probe) -> Finding:
    if _is_login(visit):
        where = redact_url(visit.response.heads[-1].url)
        consequence = f"{{who}} {NOTHING_COMES}; there is nobody who could type a password"
        return _fault("login", f"the address leads to a login, {where}", consequence, EVERYBODY)
    consequence = "{who} gets no calendar out of it; some programs take it for one without events"
    mend = "answer with the feed, and errors with their status"
    return _fault("web-page", "a web page comes with status 200", consequence, mend)


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
    return tuple(each for each in examination.feeds if not any(_refusal(each)))


def _webcal(examination: ProbeResult) -> Iterator[Finding]:
    reached = [visit.client for visit in examination.of("subscribe") if visit.response.heads]
    unanswered = [each for each in examination.of("webcal") if each.client in reached]
    for visit in unanswered[:1]:
        concerned = {each.client for each in unanswered}
        programs = () if concerned == {*reached} else _in_order(concerned)
        what = f"`{redact_url(visit.response.url)}`, to which webcal links lead, {_instead(visit)}"
        consequence = (
            "A webcal link is asked for by http first: a program that does not try https "
            "by itself never reaches the feed"
        )
        mend = "answer on the port of http with a redirect to https"
        yield Finding("webcal", "risk", what, consequence, mend, programs)


def _in_order(programs: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in CLIENTS if each in programs)


def _instead(visit: Probe) -> str:
    """How http is answered where https brings the feed."""
    if visit.response.error:
        return f"is not answered ({visit.response.error.message}), but https is"
    status = visit.response.status
    return f"is answered with {status}{_phrase(status)}, and https with the feed"


def _redirects(examination: ProbeResult) -> Iterator[Finding]:
    """Redirects that are followed here, and not by everybody."""
    seen = set()
    for visit in examination.of("subscribe"):
        for before, after in pairwise(visit.response.heads):
            for finding in _redirect(before, after):
                if finding.name not in seen:
                    seen.add(finding.name)
                    yield finding


def _redirect(before: ResponseHead, after: ResponseHead) -> Iterator[Finding]:
    one, other = urlsplit(before.url), urlsplit(after.url)
    where = f"{redact_url(before.url)} redirects to {redact_url(after.url)}"
    if (one.scheme, other.scheme) == ("https", "http"):
        consequence = (
            "ICSx5 refuses to go from https to http, as others may; "
            "what comes in the clear can be forged"
        )
        mend = "redirect to an https address"
        yield Finding("downgrade", "fault", where, consequence, mend, ("ICSx5",))
    elif one.hostname != other.hostname:
        consequence = "Nothing, as long as the other host stays: the feed depends on both"
        mend = "give subscribers the last address, if it is there to stay"
        yield Finding("other-host", "note", where, consequence, mend)


def _robots(examination: ProbeResult) -> Iterator[Finding]:
    for visit in examination.of("robots"):
        if visit.response.ok and not _is_page(visit):
            yield from _disallowed(examination, visit)
        elif why := _unreachable(visit):
            # Where nothing is answered at all, that is told of the feed.
            if not any(each.response.heads for each in examination.of("subscribe")):
                return
            consequence = (
                "A robot must then take everything for forbidden (RFC 9309 §2.3.1.4), "
                "and Google's importer heeds robots.txt"
            )
            mend = "answer robots.txt with 200 and no `Disallow`, or with 404"
            what = f"robots.txt is {why}"
            yield Finding("robots-error", "risk", what, consequence, mend, ("Google",))


def _unreachable(visit: Probe) -> str:
    """How robots.txt is not answered, or nothing; too many redirects are no error of it."""
    if visit.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"answered with status {visit.response.status}"
    if visit.response.error and TROUBLES[visit.response.error.kind][0] not in {
        "redirects",
        "redirect-loop",
    }:
        return "" if visit.response.had_no_time else f"not answered: {visit.response.error.message}"
    return ""


def _disallowed(examination: ProbeResult, visit: Probe) -> Iterator[Finding]:
    agent = CLIENT_HEADERS[visit.client]["User-Agent"]
    address = next((each.response.url for each in examination.of("subscribe")), visit.response.url)
    if not is_allowed(visit.response.body, agent, address):
        consequence = (
            "Google's importer heeds it and does not fetch the feed: "
            "the calendar stays empty, or as it was"
        )
        mend = f"take the `Disallow` away, or add a group `User-agent: {agent}` that allows it"
        what = f"robots.txt disallows the feed to `{agent}`"
        yield Finding("robots", "fault", what, consequence, mend, ("Google",))


def _media_type(examination: ProbeResult) -> Iterator[Finding]:
    for visit in _feeds(examination)[:1]:
        kind, charset = _content_type(visit)
        if kind != "text/calendar":
            what = f"the media type is {_quoted(kind)}" if kind else "no media type is given"
            consequence = (
                "Apple's programs get a file that they cannot use, and Thunderbird finds no "
                "calendar at the address: it looks for `text/calendar`"
            )
            programs = ("Apple", "Thunderbird")
            yield Finding("media-type", "fault", what, consequence, TYPE, programs)
        elif not visit.response.body.isascii() and charset not in {"utf-8", "utf8"}:
            said = _quoted(charset) if charset else "not named"
            what = f"there is more than ASCII in the feed, and its charset is {said}"
            consequence = "A program that does not guess UTF-8 shows broken letters"
            yield Finding("charset", "risk", what, consequence, TYPE)


def _content_type(visit: Probe) -> tuple[str, str | None]:
    """The media type in lower case, or nothing, and its charset."""
    header = visit.response.header("content-type") or ""
    charset = CHARSET.search(header)
    return header.partition(";")[0].strip().lower(), charset[1].lower() if charset else None


def _quoted(text: str) -> str:
    """What came from outside: a part of it."""
    return f"`{text[:MOST_QUOTED]}…`" if len(text) > MOST_QUOTED else f"`{text}`"


def _head(examination: ProbeResult) -> Iterator[Finding]:
    """HEAD, with which Thunderbird begins."""
    got = [each for each in examination.of("subscribe") if each.client == "Thunderbird"]
    for head, get in zip(examination.of("head"), got, strict=False):
        if not get.response.ok:
            return
        what = _unlike(head, get)
        if what:
            consequence = (
                "Thunderbird asks with HEAD first when a calendar is added, and finds it only "
                "because it asks with GET as well"
            )
            mend = "answer HEAD as GET, with the same headers and without the body"
            yield Finding("head", "risk", what, consequence, mend, ("Thunderbird",))


def _unlike(head: Probe, get: Probe) -> str:
    """How HEAD is answered otherwise than GET, or nothing."""
    if head.response.error:
        return f"HEAD is not answered: {head.response.error.message}"
    if head.response.status != get.response.status:
        return (
            f"HEAD is answered with status {head.response.status}, GET with {get.response.status}"
        )
    types = [_content_type(each)[0] for each in (head, get)]
    if types[0] != types[1]:
        return f"HEAD says {_quoted(types[0])}, GET says {_quoted(types[1])}"
    return ""


def _size(examination: ProbeResult) -> Iterator[Finding]:
    for visit in _feeds(examination)[:1]:
        mend = "leave out what is long past, or make several feeds of it"
        if visit.response.truncated:
            what = f"the feed is larger than {examination.limits.max_bytes // 1_000_000} MB"
            yield Finding("size", "fault", what, TOO_LARGE, mend, ("Google",))
        elif len(visit.response.body) > LARGE:
            what = f"the feed has {len(visit.response.body) / 1_000_000:.1f} MB"
            yield Finding("size", "risk", what, TOO_LARGE, mend, ("Google",))


def _compression(examination: ProbeResult) -> Iterator[Finding]:
    asked = [each for each in examination.of("subscribe") if each.response.ok]
    for visit in [each for each in asked if not each.response.decoded][:1]:
        consequence = "Programs that undo the compression get nothing"
        mend = "compress what is said to be compressed, with gzip and when it is asked for"
        yield Finding("compression", "fault", _miscompressed(visit), consequence, mend)
        return
    for visit in asked:
        if "Accept-Encoding" not in CLIENT_HEADERS[visit.client] and _is_coded(visit):
            encoding = _quoted(visit.response.encoding)
            what = f"the answer is compressed ({encoding}), which {visit.client} did not ask for"
            consequence = f"Subscriptions in {visit.client} broke because of it"
            mend = "do not compress the feed, or only for whom `Accept-Encoding` allows it"
            yield Finding("compression", "fault", what, consequence, mend, (visit.client,))
    for visit in [each for each in asked if each.response.encoding and not _is_coded(each)][:1]:
        what = f"Content-Encoding is {_quoted(visit.response.encoding)}, which is no compression"
        consequence = "A program that heeds it cannot read the feed; many do not heed it"
        mend = "leave Content-Encoding out; a charset belongs into Content-Type"
        yield Finding("compression", "risk", what, consequence, mend)


def _is_coded(visit: Probe) -> bool:
    return not CONTENT_CODINGS.isdisjoint(visit.response.encoding.split(", "))


def _miscompressed(visit: Probe) -> str:
    encoding = _quoted(visit.response.encoding)
    if visit.response.encoding in DECODABLE:
        return f"the answer is not the {encoding} that it says it is"
    return f"the answer is compressed ({encoding}), which {visit.client} did not ask for"


def _disposition(examination: ProbeResult) -> Iterator[Finding]:
    for visit in _feeds(examination)[:1]:
        if (
            (visit.response.header("content-disposition") or "")
            .strip()
            .lower()
            .startswith("attachment")
        ):
            what = "Content-Disposition calls the feed an attachment"
            consequence = "A browser stores the file, where it could offer to subscribe"
            mend = "leave Content-Disposition out, or write `inline`"
            yield Finding("attachment", "note", what, consequence, mend)


def _keeping(examination: ProbeResult) -> Iterator[Finding]:
    for visit in _feeds(examination)[:1]:
        seconds = _kept(visit)
        if seconds > LONG:
            days = seconds / LONG
            what = f"caches may keep the feed for {days:.1f} days"
            consequence = (
                "A change of the same evening comes too late, however often a program asks"
            )
            mend = "send `Cache-Control: max-age=300`, or an hour at most"
            yield Finding("kept-long", "risk", what, consequence, mend)


def _kept(visit: Probe) -> float:
    """For how many seconds caches may keep it, by Cache-Control or else by Expires."""
    control = visit.response.header("cache-control") or ""
    if found_age := MAX_AGE.search(control):
        return 0 if re.search("no-cache|no-store", control, re.IGNORECASE) else int(found_age[1])
    expires, date = _date(visit, "expires"), _date(visit, "date")
    return (expires - date).total_seconds() if expires and date and not control else 0


def _speed(examination: ProbeResult) -> Iterator[Finding]:
    slowest = max(examination.of("subscribe"), key=lambda each: each.response.seconds, default=None)
    if slowest and slowest.response.ok and slowest.response.seconds > examination.limits.slow:
        what = f"an answer took {slowest.response.seconds:.1f} seconds"
        yield Finding("slow", "risk", what, IMPATIENT, "hand out a finished file")


def _validators(examination: ProbeResult) -> Iterator[Finding]:
    """Entity tags and dates that say something else than the bodies (RFC 9110 §8.8)."""
    if _always_304(examination):
        what = "304 is answered to an entity tag that nothing can have"
        consequence = (
            "A program that asks whether the feed has changed, as ICSx5 and Apple's do, "
            "never gets a change"
        )
        programs = ("Apple", "ICSx5")
        yield Finding("always-304", "fault", what, consequence, FROM_BYTES, programs)
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


def _stuck(examination: ProbeResult) -> Iterator[Finding]:
    """Validators that are confirmed although the body has changed."""
    fresh = _fresh(examination)
    if not fresh or _essence(fresh[0]) == _essence(fresh[-1]):
        return
    tag = fresh[0].response.header("etag") or ""
    same = not tag.startswith("W/") and tag == fresh[-1].response.header("etag")
    if tag and (same or _is_confirmed(examination.of("if-none-match"))):
        what = f"the feed changed between two answers, and its entity tag {_quoted(tag)} did not"
        consequence = "A program that asks by the tag, as ICSx5 does, never gets the change"
        yield Finding("etag-stuck", "fault", what, consequence, FROM_BYTES, ("ICSx5",))
    if _is_confirmed(examination.of("if-modified-since")):
        what = "the feed changed between two answers, and by its date it had not"
        consequence = "A program that asks by the date, as Apple's do, never gets the change"
        yield Finding("date-stuck", "fault", what, consequence, NO_DATE, ("Apple", "ICSx5"))


def _essence(visit: Probe) -> bytes:
    """The body without its stamps: who gets no other stamp misses nothing."""
    return STAMPS.sub(b"", visit.response.body)


def _is_confirmed(visits: Iterable[Probe]) -> bool:
    return any(visit.response.status == HTTPStatus.NOT_MODIFIED for visit in visits)


def _restless(examination: ProbeResult) -> Iterator[Finding]:
    """An entity tag that never earns a 304, though the body stays."""
    fresh = _fresh(examination)
    tagged = [visit for visit in fresh if visit.response.header("etag")]
    again = [visit for visit in examination.of("if-none-match") if visit.response.ok]
    changing = any(
        one.response.body == other.response.body
        and one.response.header("etag") != other.response.header("etag")
        for one, other in pairwise(tagged)
    )
    ignored = any(visit.response.body == fresh[0].response.body for visit in again)
    if changing or ignored:
        why = "is another with every answer" if changing else "is never confirmed with 304"
        what = f"the feed is the same, but its entity tag {why}"
        consequence = "Every program fetches and reads the whole feed each time, as if it were new"
        yield Finding("etag-restless", "risk", what, consequence, FROM_BYTES)


def _malformed(examination: ProbeResult) -> Iterator[Finding]:
    for visit in _feeds(examination)[:1]:
        tag = visit.response.header("etag")
        if tag is not None and not ENTITY_TAG.fullmatch(tag):
            what = f"the entity tag {_quoted(tag)} is not in quotation marks"
            consequence = "Caches and programs may never find it equal, and fetch all each time"
            quoted = _quoted(f'ETag: "{tag[: MOST_QUOTED // 2].strip(chr(34))}"')
            mend = f"write {quoted} (RFC 9110 §8.8.3)"
            yield Finding("etag-malformed", "risk", what, consequence, mend)
        date = visit.response.header("last-modified")
        if date is not None and _date(visit, "last-modified") is None:
            what = f"Last-Modified is no date: {_quoted(date)}"
            consequence = "A program that asks by the date cannot"
            yield Finding("date-malformed", "risk", what, consequence, NO_DATE, ("Apple", "ICSx5"))


def _dates(examination: ProbeResult) -> Iterator[Finding]:
    """Last-Modified that runs back, or ahead of the server's own clock (RFC 9110 §8.8.2.1)."""
    visits = [
        visit for visit in examination.probes if visit.response.ok and visit.purpose != "robots"
    ]
    dated = [(visit, date) for visit in visits if (date := _date(visit, "last-modified"))]
    if any(later < earlier for (_, earlier), (_, later) in pairwise(dated)):
        what = "Last-Modified runs back from one answer to the next"
        consequence = (
            "Apple's programs ask by the date: whoever has the later one is told that nothing "
            "has changed, and keeps old data"
        )
        yield Finding("date-runs-back", "risk", what, consequence, NO_DATE, ("Apple", "ICSx5"))
    for visit, date in dated[:1]:
        now = _date(visit, "date")
        if now and date - now > TOLERANCE:
            what = f"Last-Modified is ahead of the server's clock: {date:%Y-%m-%d %H:%M:%S} UTC"
            consequence = "Until then, a program that asks by the date is told that nothing changed"
            yield Finding("date-ahead", "risk", what, consequence, NO_DATE, ("Apple", "ICSx5"))


def _date(visit: Probe, name: str) -> datetime | None:
    """A header's date in UTC, if it is one (RFC 9110 §5.6.7)."""
    try:
        date = parsedate_to_datetime(visit.response.header(name) or "")
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _fault(name: str, what: str, consequence: str, mend: str) -> Finding:
    return Finding(name, "fault", what, consequence, mend)


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
