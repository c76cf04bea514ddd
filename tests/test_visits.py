"""A feed, fetched as programs fetch it, from servers that misbehave; what is found of the way."""

from __future__ import annotations

import gzip
import re
import time
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import pytest

from defects_ical import visits
from defects_ical.errors import DoctorError
from defects_ical.findings import PROGRAMS, Finding
from defects_ical.transport import bodies, found
from defects_ical.visits import ANOTHER_TAG, HEADERS, Examination, Limits, examine, ways
from misbehaving import (
    FEED,
    MISBEHAVIOURS,
    PATH,
    Answer,
    Asked,
    Misbehaviour,
    closed_port,
    healthy,
    misbehaving,
    one_after_another,
    redirect,
    running,
    trusting,
)

# Of a server that never ends, half a second is as telling as twenty.
IMPATIENT: Final = Limits(seconds=0.5)
LIMITS: Final = {
    "slow drip": IMPATIENT,
    "slow drip in the head": IMPATIENT,
    "silence": IMPATIENT,
    "late": Limits(slow=0.05),
}

# What is found of each: how bad it is, its name, and in which programs it shows.
FOUND: Final[dict[str, list[str]]] = {
    "nothing": [],
    "403 for one User-Agent": ["fault forbidden: Google"],
    "403 for two User-Agents": ["fault forbidden: Outlook, ICSx5"],
    "401": ["fault login"],
    "403": ["fault forbidden"],
    "404": ["fault not-found"],
    "410": ["fault gone"],
    "418": ["fault status"],
    "429": ["fault turned-away"],
    "500": ["fault server-error"],
    "503 for one User-Agent": ["fault server-error: Outlook"],
    "304 to everybody": ["fault always-304"],
    "no connection for one User-Agent": ["fault cut-short: Apple"],
    "HTML with 200": ["fault web-page"],
    "a challenge with 200": ["fault challenge"],
    "a challenge with 403": ["fault challenge"],
    "a challenge for one User-Agent": ["fault challenge: ICSx5"],
    "a login": ["fault login"],
    "a login in its place": ["fault login"],
    "empty 200": ["fault empty"],
    "no media type": ["fault media-type: Apple, Thunderbird"],
    "text/plain": ["fault media-type: Apple, Thunderbird"],
    "octet-stream": ["fault media-type: Apple, Thunderbird"],
    "text/html": ["fault media-type: Apple, Thunderbird"],
    "no charset": ["risk charset"],
    "HEAD 405": ["risk head: Thunderbird"],
    "HEAD breaks off": ["risk head: Thunderbird"],
    "HEAD says HTML": ["risk head: Thunderbird"],
    "redirect loop": ["fault redirect-loop"],
    "five redirects": [],
    "six redirects": ["fault redirects"],
    "https to http": ["fault downgrade: ICSx5"],
    "a redirect to a file": ["fault redirects"],
    "a redirect to another host": ["note other-host"],
    "self-signed certificate": ["fault certificate"],
    "robots.txt that disallows": ["fault robots: Google"],
    "robots.txt that disallows Google": ["fault robots: Google"],
    "robots.txt that disallows another": [],
    "robots.txt that is not found": [],
    "robots.txt with 500": ["risk robots-error: Google"],
    "1.3 MB": ["risk size: Google"],
    "10 GB": ["fault size: Google"],
    "slow drip": ["fault gave-up"],
    "slow drip in the head": ["fault gave-up"],
    "silence": ["fault gave-up"],
    "late": ["risk slow"],
    "cut short": ["fault cut-short"],
    "ETag that never matches": ["risk etag-restless"],
    "ETag that is ignored": ["risk etag-restless"],
    "ETag that stands still": ["fault etag-stuck: ICSx5"],
    "ETag without quotation marks": ["risk etag-malformed"],
    "always 304": ["fault always-304: Apple, ICSx5"],
    "Last-Modified that runs back": ["risk date-runs-back: Apple, ICSx5"],
    "Last-Modified ahead": ["risk date-ahead: Apple, ICSx5"],
    "Last-Modified that is no date": ["risk date-malformed: Apple, ICSx5"],
    "304 by date though it changed": ["fault date-stuck: Apple, ICSx5"],
    "gzip always": ["fault compression: Outlook"],
    "gzip that is cut off": ["fault compression"],
    "gzip that is none": ["fault compression"],
    "kept for a week": ["risk kept-long"],
    "kept for a week by Expires": ["risk kept-long"],
    "attachment": ["note attachment"],
}


def examined(name: str, limits: Limits | None = None) -> tuple[Examination, list[Asked]]:
    trusted = trusting() if name == "https to http" else None
    with misbehaving(name) as server:
        seen = examine(server.url, limits or LIMITS.get(name, visits.LIMITS), trusted)
    return seen, server.log


def brief(finding: Finding) -> str:
    programs = f": {', '.join(finding.programs)}" if finding.programs else ""
    return f"{finding.severity} {finding.name}{programs}"


@pytest.mark.parametrize("name", FOUND)
def test_what_is_wrong_is_found_and_nothing_else(name: str) -> None:
    findings = [*found(examined(name)[0])]
    assert [brief(each) for each in findings] == FOUND[name]
    for each in findings:
        assert "{" not in each.consequence
        assert not re.search(r"[.;:,]$|\s$|^\s|  |\n", f"{each.what}|{each.mend}")


def test_every_misbehaviour_is_looked_at() -> None:
    assert list(FOUND) == list(MISBEHAVIOURS)


def test_a_tag_that_is_always_another_is_told_from_one_that_is_ignored() -> None:
    changing, ignored = (
        next(found(examined(name)[0])).what
        for name in ("ETag that never matches", "ETag that is ignored")
    )
    assert changing == "the feed is the same, but its entity tag is another with every answer"
    assert ignored == "the feed is the same, but its entity tag is never confirmed with 304"


def test_each_program_sends_what_it_is_known_by() -> None:
    _, log = examined("nothing")
    asked = {each.header("user-agent") for each in log}
    assert asked == {HEADERS[program]["User-Agent"] for program in PROGRAMS}
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
    assert date == seen.feeds[0].header("last-modified")
    _, log = examined("nothing")
    tags = [each.header("if-none-match") for each in log if "if-none-match" in each.headers]
    assert tags == [healthy(log[1]).headers["ETag"], ANOTHER_TAG]


def test_the_feed_is_there_as_it_was_at_the_first_and_at_the_second_fetch() -> None:
    changed = FEED.replace(b"Episode 1", b"Episode 2")
    with misbehaving("nothing", FEED, changed) as server:
        seen = examine(server.url)
    assert bodies(seen) == (FEED, changed)
    assert [*found(seen)] == []


def test_compression_is_undone_for_whoever_reads() -> None:
    seen, _ = examined("gzip always")
    assert bodies(seen) == (FEED, FEED)


# The limits.


def test_what_drips_in_until_the_end_is_kept() -> None:
    seen, _ = examined("slow drip", IMPATIENT)
    assert FEED.startswith(seen.visits[-1].body)
    assert seen.visits[-1].body


def test_the_limits_are_what_is_promised() -> None:
    limits = visits.LIMITS
    assert (limits.seconds, limits.size, limits.redirects) == (20, 10_000_000, 5)


@pytest.mark.parametrize("name", ["slow drip", "slow drip in the head", "silence"])
def test_all_ends_in_time_whatever_the_server_does(name: str) -> None:
    begun = time.monotonic()
    seen, _ = examined(name, IMPATIENT)
    assert 0.9 < time.monotonic() - begun < 3
    last = seen.visits[-1]
    assert last.trouble
    assert last.trouble.kind == "time up"


def test_no_more_is_read_than_the_limit() -> None:
    seen, _ = examined("10 GB")
    assert {len(each.body) for each in seen.feeds} == {10_000_000}
    assert all(each.cut for each in seen.feeds)


def test_a_little_that_swells_to_a_lot_is_cut_too() -> None:
    bomb = gzip.compress(bytes(50_000_000), mtime=0)

    def answer(asked: Asked) -> Answer:
        return Answer(200, healthy(asked).but(Content_Encoding="gzip").headers, bomb)

    with running(Misbehaviour(answer)) as server:
        seen = examine(server.url)
    assert {len(each.body) for each in seen.feeds} == {10_000_000}


@pytest.mark.parametrize(("times", "reached"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_no_more(times: int, *, reached: bool) -> None:
    with running(Misbehaviour(one_after_another(times))) as server:
        seen = examine(server.url)
    google = next(each for each in seen.visits if each.purpose == "subscribe")
    assert len(google.hops) == 6
    assert google.ok is reached
    assert [each.path for each in server.log if each.count == 0 and each.path != "/robots.txt"] == [
        PATH,
        *(f"{PATH}?{step}" for step in range(1, 6)),
    ]


def test_a_name_and_password_in_a_redirect_are_not_sent() -> None:
    with running(Misbehaviour(healthy)) as other:
        there = other.url.replace("://", "://me:secret@")
        with running(Misbehaviour(redirect(there))) as server:
            seen = examine(server.url)
    assert seen.feeds
    assert {each.header("authorization") for each in other.log} == {"", "Bearer"}
    assert "secret" not in repr([hop.url for visit in seen.visits for hop in visit.hops])


# Which way.


@pytest.mark.parametrize(
    ("program", "url", "expected"),
    [
        ("Google", "http://a.example/a.ics", ["http://a.example/a.ics"]),
        ("Google", "https://a.example/a.ics?b=c", ["https://a.example/a.ics?b=c"]),
        (
            "Google",
            "webcal://a.example/a.ics",
            ["http://a.example/a.ics", "https://a.example/a.ics"],
        ),
        ("Apple", "http://a.example/a.ics", ["http://a.example/a.ics"]),
        (
            "Apple",
            "https://a.example/a.ics",
            ["http://a.example/a.ics", "https://a.example/a.ics"],
        ),
        ("Apple", "https://a.example:8443/a.ics", ["https://a.example:8443/a.ics"]),
    ],
)
def test_a_webcal_address_is_tried_by_http_first(
    program: str, url: str, expected: list[str]
) -> None:
    assert [*ways(program, urlsplit(url))] == expected


def test_a_webcal_address_leads_to_https_where_http_is_not_answered() -> None:
    with running(Misbehaviour(healthy, tls=True)) as server:
        seen = examine(server.url.replace("https://", "webcal://"), trusted=trusting())
    assert {each.url for each in seen.feeds} == {server.url}
    assert len(seen.feeds) == len(PROGRAMS)
    assert [brief(each) for each in found(seen)] == ["risk webcal"]


def test_a_certificate_that_is_trusted_is_no_finding() -> None:
    with misbehaving("self-signed certificate") as server:
        assert [*found(examine(server.url, trusted=trusting()))] == []
        # It is for the number, and not for the name.
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        (finding,) = found(examine(elsewhere, trusted=trusting()))
    assert finding.what == "the certificate is not valid: it is for another name"


# Nobody there.


def test_a_server_that_is_not_there_is_told() -> None:
    seen = examine(f"http://127.0.0.1:{closed_port()}/a.ics")
    (finding,) = found(seen)
    assert (finding.name, finding.programs) == ("unreachable", ())
    assert finding.what == "no connection: no server listens there"
    assert {each.status for each in seen.visits} == {0}


def test_a_host_that_is_not_there_is_told() -> None:
    (finding,) = found(examine("http://feeds.invalid/a.ics"))
    assert finding.what == "the host is not found: no server has this name"


def test_plain_http_on_the_port_of_https_is_told() -> None:
    with running(Misbehaviour(healthy)) as server:
        (finding,) = found(examine(server.url.replace("http://", "https://")))
    assert finding.what == "https fails: the server does not speak https"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://a.example/a.ics", "ftp://a.example/a.ics: not an http, https or webcal address; "),
        ("file:///etc/passwd", "file:///etc/passwd: not an http, https or webcal address; "),
        ("a.ics", "a.ics: not an http, https or webcal address; "),
        ("", ": not an http, https or webcal address; "),
        (
            "webcals://a.example/a.ics",
            "webcals://a.example/a.ics: not an http, https or webcal address; write `https://a.ex",
        ),
        ("https:///a.ics", "https:///a.ics: not an address; write the feed's address like "),
        ("https://a b.example/", "https://a b.example/: not an address; "),
        ("https://a.example:port/", "https://a.example:port/: not an address ("),
        (
            "https://me:secret@a.example/",
            "https://a.example/: a name or password is in it, which importers do not send on; ",
        ),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, told: str) -> None:
    with pytest.raises(DoctorError) as caught:
        examine(url)
    assert str(caught.value).startswith(told)
    assert caught.value.exit_status == 1


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert examined("nothing")[0].feeds
