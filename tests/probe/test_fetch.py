"""A feed, fetched as programs fetch it, from servers that misbehave; what is found of the way."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
import zlib
from collections import Counter
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.doctor.http_checks import check_http, feed_bodies
from defects_ical.errors import InvalidFeedURLError
from defects_ical.probe import session
from defects_ical.probe.clients import CLIENT_HEADERS, CLIENTS
from defects_ical.probe.responses import Probe, Purpose, Response, ResponseHead
from defects_ical.probe.session import UNKNOWN_ETAG, Limits, ProbeResult, probe_feed
from defects_ical.probe.urls import candidate_urls
from tests.support.faulty_server import (
    CHALLENGE,
    FEED,
    IMPATIENT,
    LIMITS,
    MISBEHAVIOURS,
    PATH,
    QUICK,
    Answer,
    Asked,
    Behaviour,
    Misbehaviour,
    closed_port,
    healthy,
    html,
    misbehaving,
    one_after_another,
    only_for,
    redirect,
    running,
    silent,
    slow,
    stamping,
    trusting,
)

# What is found of each: how bad it is, its name, and in which programs it shows.
FOUND: Final[dict[str, list[str]]] = {
    "nothing": [],
    "403 for one User-Agent": ["error forbidden: Google"],
    "403 for two User-Agents": ["error forbidden: Outlook, ICSx5"],
    "401": ["error unauthorized"],
    "403": ["error forbidden"],
    "404": ["error not-found"],
    "410": ["error gone"],
    "418": ["error unexpected-status"],
    "429": ["error rate-limited"],
    "500": ["error server-error"],
    "503 for one User-Agent": ["error server-error: Outlook"],
    "304 to everybody": ["error unconditional-304"],
    "no connection for one User-Agent": ["error incomplete-response: Apple"],
    "HTML with 200": ["error html-page"],
    "a challenge with 200": ["error challenge"],
    "a challenge with 403": ["error challenge"],
    "a challenge for one User-Agent": ["error challenge: ICSx5"],
    "a login": ["error login-page"],
    "a login in its place": ["error login-page"],
    "empty 200": ["error empty-response"],
    "no media type": ["error no-media-type: Apple, Thunderbird"],
    "text/plain": ["error wrong-media-type: Apple, Thunderbird"],
    "octet-stream": ["error wrong-media-type: Apple, Thunderbird"],
    "text/html": ["error wrong-media-type: Apple, Thunderbird"],
    "no charset": ["warning no-charset"],
    "HEAD 405": ["warning head-differs: Thunderbird"],
    "HEAD breaks off": ["warning head-differs: Thunderbird"],
    "HEAD says HTML": ["warning head-differs: Thunderbird"],
    "redirect loop": ["error redirect-loop"],
    "five redirects": [],
    "six redirects": ["error too-many-redirects"],
    "https to http": ["error insecure-redirect: ICSx5"],
    "a redirect to a file": ["error invalid-redirect"],
    "a redirect to another host": ["info redirect-to-other-host"],
    "self-signed certificate": ["error invalid-certificate"],
    "robots.txt that disallows": ["error robots-disallowed: Google"],
    "robots.txt that disallows Google": ["error robots-disallowed: Google"],
    "robots.txt that disallows another": [],
    "robots.txt that is not found": [],
    "robots.txt with 500": ["warning robots-unavailable: Google"],
    "1.3 MB": ["warning large: Google"],
    "10 GB": ["error over-size-limit: Google"],
    "slow drip": ["error timeout"],
    "slow drip in the head": ["error timeout"],
    "silence": ["error timeout"],
    "late": ["warning slow"],
    "cut short": ["error incomplete-response"],
    "ETag that never matches": ["warning unstable-etag"],
    "ETag that is ignored": ["warning unconfirmed-etag"],
    "ETag that stands still": ["error stale-etag: ICSx5"],
    "ETag without quotation marks": ["warning unquoted-etag"],
    "always 304": ["error always-304: Apple, ICSx5"],
    "Last-Modified that runs back": ["warning decreasing-last-modified: Apple, ICSx5"],
    "Last-Modified ahead": ["warning future-last-modified: Apple, ICSx5"],
    "Last-Modified that is no date": ["warning invalid-last-modified: Apple, ICSx5"],
    "304 by date though it changed": ["error stale-last-modified: Apple, ICSx5"],
    "gzip always": ["error unrequested-compression: Outlook"],
    "gzip that is cut off": ["error undecodable-response"],
    "gzip that is none": ["error undecodable-response"],
    "kept for a week": ["warning long-caching"],
    "kept for a week by Expires": ["warning long-caching"],
    "attachment": ["info served-as-attachment"],
}


def examined(name: str, limits: Limits | None = None) -> tuple[ProbeResult, list[Asked]]:
    trusted = trusting() if name == "https to http" else None
    with misbehaving(name) as server:
        seen = probe_feed(server.url, limits or LIMITS.get(name, QUICK), trusted)
    return seen, server.log


def find_http_issues(seen: ProbeResult) -> tuple[Finding, ...]:
    return build_findings(check_http(seen))


def brief(finding: Finding) -> str:
    clients = f": {', '.join(finding.clients)}" if finding.clients else ""
    return f"{finding.severity} {finding.issue.id}{clients}"


@pytest.mark.parametrize("name", FOUND)
def test_what_is_wrong_is_found_and_nothing_else(name: str) -> None:
    findings = find_http_issues(examined(name)[0])
    assert [brief(each) for each in findings] == FOUND[name]
    for each in findings:
        assert not re.search(r"[{}]|  |\n", f"{each.message}{each.impact}{each.fix}")


def test_every_misbehaviour_is_looked_at() -> None:
    assert list(FOUND) == list(MISBEHAVIOURS)


def test_a_tag_that_is_always_another_is_told_from_one_that_is_ignored() -> None:
    changing, ignored = (
        find_http_issues(examined(name)[0])[0].message
        for name in ("ETag that never matches", "ETag that is ignored")
    )
    assert changing == "The feed is unchanged, but every response has a different ETag."
    assert ignored == "The feed is unchanged, but its ETag is never confirmed with 304."


def test_each_program_sends_what_it_is_known_by() -> None:
    _, log = examined("nothing")
    asked = {each.header("user-agent") for each in log}
    assert asked == {CLIENT_HEADERS[program]["User-Agent"] for program in CLIENTS}
    (outlook,) = [each for each in log if "Exchange" in each.header("user-agent")]
    assert outlook.header("authorization") == "Bearer"
    assert "accept-encoding" not in outlook.headers
    google = next(each for each in log if each.path == PATH)
    assert google.header("user-agent") == "Google-Calendar-Importer"
    assert set(google.headers) == {"host", "user-agent", "accept-encoding"}


def test_nothing_is_fetched_but_the_address_and_its_robots_txt() -> None:
    _, log = examined("nothing")
    assert Counter((each.method, each.path) for each in log) == {
        ("GET", "/robots.txt"): 1,
        ("HEAD", PATH): 1,
        ("GET", PATH): 8,
    }


def test_thunderbird_asks_with_head_before_it_asks_with_get() -> None:
    _, log = examined("nothing")
    methods = [each.method for each in log if "Thunderbird" in each.header("user-agent")]
    assert methods == ["HEAD", "GET"]


def test_the_validators_that_came_are_sent_back_and_one_that_did_not() -> None:
    seen, log = examined("Last-Modified ahead")
    (date,) = [
        each.header("if-modified-since") for each in log if "if-modified-since" in each.headers
    ]
    assert date == seen.feeds[-1].response.header("last-modified")
    _, log = examined("nothing")
    tags = [each.header("if-none-match") for each in log if "if-none-match" in each.headers]
    assert tags == [healthy(log[1]).headers["ETag"], UNKNOWN_ETAG]


def test_the_feed_is_there_as_it_was_at_the_first_and_at_the_second_fetch() -> None:
    changed = FEED.replace(b"Episode 1", b"Episode 2")
    with misbehaving("nothing", FEED, changed) as server:
        seen = probe_feed(server.url, QUICK)
    assert feed_bodies(seen) == (FEED, changed)
    assert find_http_issues(seen) == ()


def test_compression_is_undone_for_whoever_reads() -> None:
    seen, _ = examined("gzip always")
    assert feed_bodies(seen) == (FEED, FEED)


# The limits.


def test_what_drips_in_until_the_end_is_kept() -> None:
    seen, _ = examined("slow drip", IMPATIENT)
    body = seen.of("subscribe")[-1].response.body
    assert FEED.startswith(body)
    assert body


def test_the_limits_are_what_is_promised() -> None:
    limits = session.LIMITS
    assert (limits.total, limits.max_bytes, limits.max_redirects) == (20, 10_000_000, 5)


@pytest.mark.parametrize("name", ["slow drip", "slow drip in the head", "silence"])
def test_all_ends_in_time_whatever_the_server_does(name: str) -> None:
    begun = time.monotonic()
    seen, _ = examined(name, Limits(total=0.5))
    assert time.monotonic() - begun < 5
    kinds = [each.response.error.kind for each in seen.probes if each.response.error]
    assert (kinds[0], kinds[-1]) == ("timeout", "no time left")
    assert len(seen.of("subscribe")) == len(CLIENTS)
    first = find_http_issues(seen)[0]
    assert brief(first) == "error timeout"
    assert first.message == "The response took too long: not finished after 0.2 seconds."


def test_no_more_is_read_than_the_limit() -> None:
    seen, _ = examined("10 GB")
    assert {len(each.response.body) for each in seen.feeds} == {10_000_000}
    assert all(each.response.truncated for each in seen.feeds)


def test_a_little_that_swells_to_a_lot_is_cut_too() -> None:
    bomb = gzip.compress(bytes(50_000_000), mtime=0)

    def answer(asked: Asked) -> Answer:
        return Answer(200, healthy(asked).but(Content_Encoding="gzip").headers, bomb)

    with running(Misbehaviour(answer)) as server:
        seen = probe_feed(server.url, QUICK)
    assert {len(each.response.body) for each in seen.feeds} == {10_000_000}


@pytest.mark.parametrize(("times", "reached"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_no_more(times: int, *, reached: bool) -> None:
    with running(Misbehaviour(one_after_another(times))) as server:
        seen = probe_feed(server.url, QUICK)
    google = next(each for each in seen.probes if each.purpose == "subscribe")
    assert len(google.response.heads) == 6
    assert google.response.ok is reached
    assert [each.path for each in server.log if each.count == 0 and each.path != "/robots.txt"] == [
        PATH,
        *(f"{PATH}?{step}" for step in range(1, 6)),
    ]


def test_a_name_and_password_in_a_redirect_are_not_sent() -> None:
    with running(Misbehaviour(healthy)) as other:
        there = other.url.replace("://", "://me:secret@")
        with running(Misbehaviour(redirect(there))) as server:
            seen = probe_feed(server.url, QUICK)
    assert seen.feeds
    assert {each.header("authorization") for each in other.log} == {"", "Bearer"}
    assert "secret" not in repr(
        [head.url for probe in seen.probes for head in probe.response.heads]
    )


@pytest.mark.parametrize(
    "location",
    [
        "//[::1",
        "http://a b.example/",
        "http://xn--/",
        f"http://{'a' * 64}.example/",
        "http://\x07/",
    ],
)
def test_a_redirect_to_what_is_no_address_leads_out_of_the_web(location: str) -> None:
    with running(Misbehaviour(redirect(location))) as server:
        findings = find_http_issues(probe_feed(server.url, QUICK))
    assert [brief(each) for each in findings] == ["error invalid-redirect"]


def answering(of_robots: Behaviour) -> tuple[tuple[Finding, ...], ProbeResult]:
    limits = Limits(request=2, robots=0.2, pause=0)
    with running(Misbehaviour(healthy, robots=of_robots)) as server:
        seen = probe_feed(server.url, limits)
    return find_http_issues(seen), seen


def test_a_robots_txt_that_hangs_hides_nothing_and_is_told() -> None:
    (finding,), seen = answering(silent)
    assert len(seen.feeds) == len(CLIENTS)
    assert len(seen.of("repeat")) == 1
    assert brief(finding) == "warning robots-unavailable: Google"
    assert finding.message == "robots.txt is unavailable: not finished after 0.2 seconds."


def test_a_robots_txt_that_breaks_off_is_told() -> None:
    (finding,), _ = answering(lambda _: Answer(None))
    assert brief(finding) == "warning robots-unavailable: Google"


def test_a_server_that_accepts_and_never_answers_is_told() -> None:
    with running(Misbehaviour(silent, robots=silent)) as server:
        findings = find_http_issues(probe_feed(server.url, Limits(total=1)))
    assert brief(findings[0]) == "error timeout"


def test_a_resolver_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = threading.Event()

    def getaddrinfo(*_: object) -> None:
        ending.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    findings = find_http_issues(probe_feed("http://slow.example/a.ics", Limits(total=0.5)))
    ending.set()
    assert brief(findings[0]) == "error timeout"


def test_findings_are_never_empty_where_nobody_was_answered() -> None:
    (finding,) = find_http_issues(ProbeResult("http://a.example/", (), Limits()))
    assert brief(finding) == "error timeout"


def test_who_had_no_time_left_is_not_to_blame() -> None:
    with running(Misbehaviour(slow(0.6))) as server:
        seen = probe_feed(server.url, Limits(total=3))
    assert 2 <= len(seen.feeds) < len(CLIENTS)
    (finding,) = find_http_issues(seen)
    late = tuple(CLIENTS[len(seen.feeds) :])
    assert (finding.severity, finding.issue.id, finding.clients) == (
        "warning",
        "incomplete-check",
        late,
    )
    assert finding.message.startswith("After 3 seconds, no time was left to request the feed as ")
    assert finding.message.endswith(" and robots.txt.")


def test_one_who_hangs_leaves_time_for_the_others() -> None:
    with running(Misbehaviour(only_for("Google", silent))) as server:
        seen = probe_feed(server.url, Limits(total=3, request=1, robots=0.2, pause=0))
    (finding,) = find_http_issues(seen)
    assert brief(finding) == "error timeout: Google"
    assert len(seen.feeds) == len(CLIENTS) - 1


# Once more.


def test_what_is_stamped_with_the_time_is_another_the_second_time() -> None:
    with running(Misbehaviour(stamping)) as server:
        seen = probe_feed(server.url)
    one, other = feed_bodies(seen)
    assert one != other
    # Its tag stands still, but there is no change that anybody would miss.
    assert [brief(each) for each in find_http_issues(seen)] == []


def test_a_challenge_for_the_first_program_does_not_keep_from_asking_again() -> None:
    with running(Misbehaviour(only_for("Google", html(CHALLENGE)))) as server:
        seen = probe_feed(server.url, QUICK)
    assert feed_bodies(seen) == (FEED, FEED)
    assert [each.client for each in seen.of("repeat")] == ["Apple"]


# Compression.


def encoded(body: bytes, encoding: str) -> ProbeResult:
    def answer(asked: Asked) -> Answer:
        headers = healthy(asked).but(Content_Encoding=encoding, ETag=None).headers
        return Answer(200, headers, body)

    with running(Misbehaviour(answer)) as server:
        return probe_feed(server.url, QUICK)


@pytest.mark.parametrize("encoding", ["utf-8", "none"])
def test_an_encoding_that_is_no_compression_is_read_over(encoding: str) -> None:
    seen = encoded(FEED, encoding)
    assert feed_bodies(seen) == (FEED, FEED)
    (finding,) = find_http_issues(seen)
    assert brief(finding) == "warning unknown-content-encoding"
    assert finding.message == f"Content-Encoding is `{encoding}`, which is not a compression."


@pytest.mark.parametrize("encoding", ["", "identity", "gzip, identity"])
def test_an_encoding_that_changes_nothing_is_nothing(encoding: str) -> None:
    body = gzip.compress(FEED, mtime=0) if "gzip" in encoding else FEED
    assert feed_bodies(encoded(body, encoding)) == (FEED, FEED)


def test_gzip_may_have_many_members() -> None:
    body = b"".join(gzip.compress(FEED[at : at + 100], mtime=0) for at in range(0, len(FEED), 100))
    assert feed_bodies(encoded(body, "gzip")) == (FEED, FEED)
    assert not encoded(body[:-20], "gzip").feeds[0].response.decoded


def test_deflate_may_lack_its_header() -> None:
    assert feed_bodies(encoded(zlib.compress(FEED), "deflate")) == (FEED, FEED)
    raw = zlib.compress(FEED, wbits=-15)
    assert feed_bodies(encoded(raw, "deflate")) == (FEED, FEED)


def test_a_compression_that_nobody_asked_for_is_named() -> None:
    finding = find_http_issues(encoded(b"\x0b\x02\x80", "br"))[0]
    assert finding.message == "The response is compressed (`br`), but Google did not request this."


# Headers that nobody would write.


def with_these(headers: dict[str, str]) -> ProbeResult:
    url = "http://a.example/a.ics"
    head = ResponseHead(url, 200, {"content-type": "text/calendar; charset=utf-8"} | headers)
    response = Response(url, (head,), FEED)
    made = [Probe(client, "subscribe", response) for client in CLIENTS]
    purposes: tuple[Purpose, ...] = ("head", "repeat", "if-none-match", "if-modified-since")
    more = [replace(made[-1], purpose=purpose) for purpose in purposes]
    return ProbeResult(url, (*made, *more), Limits())


@pytest.mark.parametrize(
    "headers",
    [
        {"expires": "Fri, 31 Dec 9999 23:59:59 -0900", "date": "Fri, 31 Dec 2025 23:59:59 GMT"},
        {"last-modified": "Fri, 31 Dec 9999 23:59:59 -0900"},
        {
            "last-modified": "Fri, 31 Dec 9999 23:59:59 GMT",
            "date": "Fri, 31 Dec 9999 23:59:59 GMT",
        },
        {"content-type": "text/calendar; charset*0=a; charset*1=b; charset*=c"},
        {"content-type": f"text/calendar; charset*{'1' * 5000}=a"},
    ],
)
def test_headers_that_nobody_would_write_are_survived(headers: dict[str, str]) -> None:
    assert all(each.severity != "error" for each in find_http_issues(with_these(headers)))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "x" * 500},
        {"content-type": f"text/calendar; charset={'x' * 500}"},
        {"content-encoding": "x" * 500},
        {"content-encoding": f"gzip, {'x' * 500}"},
        {"etag": "x" * 500},
        {"last-modified": "x" * 500},
    ],
)
def test_of_a_long_header_a_part_is_quoted(headers: dict[str, str]) -> None:
    seen = with_these(headers)
    body = FEED.replace(b"Show", "쇼".encode())
    response = replace(seen.probes[0].response, body=body, decoded="gzip" not in str(headers))
    hard = [replace(each, response=response) for each in seen.probes]
    told = find_http_issues(replace(seen, probes=tuple(hard)))
    assert any(re.search(r"`\S+( x+)?…`", each.message) for each in told)
    assert all(len(each.message) + len(each.fix) < 350 for each in told)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("content-type", "content-encoding", "etag", "last-modified", "expires", "date"),
                *("cache-control", "content-disposition", "location", "cf-mitigated"),
            ]
        ),
        st.one_of(
            st.text(max_size=100),
            st.from_regex(r"[A-Z][a-z]{2}, \d+ Dec \d+ \d+:\d+:\d+ [-+]\d+", fullmatch=True),
            st.from_regex(r"(text/calendar)?;charset(\*\d*)?=.*", fullmatch=True),
            st.from_regex(r"max-age=.*", fullmatch=True),
        ),
    )
)
def test_and_so_is_anything_else(headers: dict[str, str]) -> None:
    for each in find_http_issues(with_these(headers)):
        assert len(each.message) < 400


# Which way.


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/a.ics", ["http://a.example/a.ics"]),
        ("https://a.example/a.ics?b=c", ["https://a.example/a.ics?b=c"]),
        ("webcal://a.example/a.ics", ["http://a.example/a.ics", "https://a.example/a.ics"]),
        ("https://a.example:8443/a.ics", ["https://a.example:8443/a.ics"]),
    ],
)
def test_only_a_webcal_address_is_tried_in_the_clear(url: str, expected: list[str]) -> None:
    assert [*candidate_urls(urlsplit(url))] == expected


def test_a_webcal_address_that_http_has_no_feed_for_is_told_of_with_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        running(MISBEHAVIOURS["404"]) as plain,
        running(Misbehaviour(healthy, tls=True)) as secure,
    ):
        pair = [plain.url, secure.url]
        monkeypatch.setattr(session, "candidate_urls", lambda _: pair)
        seen = probe_feed(plain.url.replace("http:", "webcal:"), QUICK, trusting())
    (finding,) = find_http_issues(seen)
    assert brief(finding) == "warning webcal-over-http"
    assert finding.message == (
        f"webcal links lead to {plain.url}, which has status 404 (Not Found), "
        "while HTTPS serves the feed."
    )
    assert "redirect from HTTP to HTTPS" in finding.fix


def test_a_webcal_address_without_a_feed_has_the_status_of_http() -> None:
    with misbehaving("403") as server:
        seen = probe_feed(server.url.replace("http:", "webcal:"), QUICK)
    assert [brief(each) for each in find_http_issues(seen)] == ["error forbidden"]


def test_a_webcal_address_leads_to_https_where_http_is_not_answered() -> None:
    with running(Misbehaviour(healthy, tls=True)) as server:
        seen = probe_feed(server.url.replace("https://", "webcal://"), QUICK, trusting())
    assert {each.response.url for each in seen.feeds} == {server.url}
    assert len(seen.feeds) == len(CLIENTS)
    assert [brief(each) for each in find_http_issues(seen)] == ["warning webcal-over-http"]


def test_a_certificate_that_is_trusted_is_no_finding() -> None:
    with misbehaving("self-signed certificate") as server:
        assert find_http_issues(probe_feed(server.url, QUICK, trusting())) == ()
        # It is for the number, and not for the name.
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        (finding,) = find_http_issues(probe_feed(elsewhere, QUICK, trusting()))
    assert finding.message == "The TLS certificate is not valid: it is for another host name."


# Nobody there.


def test_a_server_that_is_not_there_is_told() -> None:
    seen = probe_feed(f"http://127.0.0.1:{closed_port()}/a.ics")
    (finding,) = find_http_issues(seen)
    assert (finding.issue.id, finding.clients) == ("no-connection", ())
    assert finding.message == "Connection failed: the server refuses the connection."
    assert {each.response.status for each in seen.probes} == {0}


def test_a_host_that_is_not_there_is_told() -> None:
    (finding,) = find_http_issues(probe_feed("http://feeds.invalid/a.ics"))
    assert finding.message == "Host not found: the host name cannot be resolved."


def test_plain_http_on_the_port_of_https_is_told() -> None:
    with running(Misbehaviour(healthy)) as server:
        (finding,) = find_http_issues(probe_feed(server.url.replace("http://", "https://")))
    assert finding.message == "HTTPS failed: the server does not speak HTTPS on this port."


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://a.example/a.ics", "ftp://a.example/a.ics: not an http, https or webcal URL. "),
        ("file:///etc/passwd", "file:///etc/passwd: not an http, https or webcal URL. "),
        ("a.ics", "a.ics: not an http, https or webcal URL. "),
        ("", ": not an http, https or webcal URL. "),
        (
            "webcals://a.example/a.ics",
            "webcals://a.example/a.ics: not an http, https or webcal URL. Use `https://a.example/a.ics`.",
        ),
        ("https:///a.ics", "https:///a.ics: not a valid URL. Use a URL like "),
        ("https://a b.example/", "https://a b.example/: not a valid URL. "),
        ("https://a.example:port/", "https://a.example:port/: not a valid URL ("),
        (
            "https://me:secret@a.example/",
            "https://a.example/: the URL contains a user name or password, which calendar ",
        ),
        ("ftp://me:secret@a.example/", "ftp://a.example/: not an http, https or webcal URL. "),
        ("me:secret@a.example", "a.example: not an http, https or webcal URL. "),
        ("feed://me:secret@a.example/", "feed://a.example/: not an http, https or webcal URL. "),
        ("https://me:secret@[::1/", "https://[::1/: not a valid URL ("),
        ("http://xn--/", "http://xn--/: not a valid URL. "),
        ("http://a..example/", "http://a..example/: not a valid URL. "),
        (f"http://{'a' * 64}.example/", f"http://{'a' * 64}.example/: not a valid URL. "),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, told: str) -> None:
    with pytest.raises(InvalidFeedURLError) as caught:
        probe_feed(url)
    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_status == 1


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert examined("nothing")[0].feeds
