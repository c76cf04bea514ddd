"""Check how the feed is delivered: media type, compression, size, HEAD and speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from werkzeug.http import parse_options_header

from defects_ical.doctor.http_checks.failures import find_working_probes
from defects_ical.doctor.issues.http import ResponseIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.probe.clients import CLIENT_HEADERS
from defects_ical.probe.decompression import CONTENT_CODINGS, DECODABLE
from defects_ical.probe.responses import Response
from defects_ical.probe.session import ProbeResult

# Bytes: the size of a file that Google imports, according to its help pages.
MAX_IMPORT: Final = 1_000_000


def check_delivery(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield what is wrong with the way in which the feed is sent."""
    for probe in find_working_probes(result)[:1]:
        yield from _check_headers(probe.response)
        yield from _check_size(probe.response, result.limits.max_bytes)
    yield from _check_compression(result)
    yield from _check_head(result)
    yield from _check_speed(result)


def _check_headers(feed: Response) -> Iterator[Occurrence]:
    media_type, charset = _parse_content_type(feed)
    if not media_type:
        yield ResponseIssue.NO_MEDIA_TYPE.at()
    elif media_type != "text/calendar":
        yield ResponseIssue.WRONG_MEDIA_TYPE.at(media_type=media_type)
    elif not feed.body.isascii() and not charset:
        yield ResponseIssue.NO_CHARSET.at()
    elif not feed.body.isascii() and charset not in {"utf-8", "utf8"}:
        yield ResponseIssue.WRONG_CHARSET.at(charset=charset)
    disposition = feed.header("content-disposition") or ""
    if disposition.strip().lower().startswith("attachment"):
        yield ResponseIssue.SERVED_AS_ATTACHMENT.at()


def _parse_content_type(response: Response) -> tuple[str, str]:
    """Return the media type and the charset in lower case; either may be empty."""
    media_type, parameters = parse_options_header(response.header("content-type"))
    return media_type.lower(), parameters.get("charset", "").lower()


def _check_size(feed: Response, max_bytes: int) -> Iterator[Occurrence]:
    if feed.truncated:
        yield ResponseIssue.OVER_SIZE_LIMIT.at(megabytes=max_bytes / 1_000_000)
    elif len(feed.body) > MAX_IMPORT:
        yield ResponseIssue.LARGE.at(megabytes=len(feed.body) / 1_000_000)


def _check_compression(result: ProbeResult) -> Iterator[Occurrence]:
    probes = [each for each in result.select("subscribe") if each.response.ok]
    for probe in [each for each in probes if not each.response.decoded][:1]:
        encoding = probe.response.encoding
        if encoding in DECODABLE:
            yield ResponseIssue.UNDECODABLE_RESPONSE.at(encoding=encoding)
        else:
            yield ResponseIssue.UNREQUESTED_COMPRESSION.at(encoding=encoding, client=probe.client)
        return
    for probe in probes:
        encoding = probe.response.encoding
        if encoding and not _is_compression(encoding):
            yield ResponseIssue.UNKNOWN_CONTENT_ENCODING.at(encoding=encoding)
        elif encoding and "Accept-Encoding" not in CLIENT_HEADERS[probe.client]:
            issue = ResponseIssue.UNREQUESTED_COMPRESSION.at(encoding=encoding, client=probe.client)
            yield replace(issue, clients=(probe.client,))


def _is_compression(encoding: str) -> bool:
    return not CONTENT_CODINGS.isdisjoint(encoding.split(", "))


def _check_head(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield that HEAD, which Thunderbird sends first, has another response than GET."""
    gets = [each for each in result.select("subscribe") if each.client == "Thunderbird"]
    for head, get in zip(result.select("head"), gets, strict=False):
        difference = _compare_head(head.response, get.response) if get.response.ok else ""
        if difference:
            yield ResponseIssue.HEAD_DIFFERS.at(difference=difference)


def _compare_head(head: Response, get: Response) -> str:
    """Return how the response to HEAD differs from that to GET; empty if it does not."""
    if head.error:
        return f"HEAD has no response ({head.error.message})"
    if head.status != get.status:
        return f"HEAD has status {head.status}, GET has {get.status}"
    (head_type, _), (get_type, _) = map(_parse_content_type, (head, get))
    if head_type != get_type:
        return f"HEAD has media type `{head_type}`, GET has `{get_type}`"
    return ""


def _check_speed(result: ProbeResult) -> Iterator[Occurrence]:
    responses = [each.response for each in result.select("subscribe")]
    slowest = max(responses, key=lambda each: each.seconds, default=None)
    if slowest and slowest.ok and slowest.seconds > result.limits.slow:
        yield ResponseIssue.SLOW.at(seconds=slowest.seconds)
