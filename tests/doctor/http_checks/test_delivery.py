"""Checks of media type, compression, size, HEAD and speed."""

from __future__ import annotations

import pytest

from defects_ical.doctor.http_checks.failures import get_feed_bodies
from defects_ical.probe.session import ProbeResult, probe_feed
from tests.doctor.http_issues import find_http_issues, summarize, summarize_all
from tests.support.faulty_server import FEED, Scenario, send_encoded, serve
from tests.support.server_scenarios import QUICK, probe_scenario

EXPECTED = {
    "no media type": ["error no-media-type: Apple, Thunderbird"],
    "text/plain": ["error wrong-media-type: Apple, Thunderbird"],
    "application/octet-stream": ["error wrong-media-type: Apple, Thunderbird"],
    "text/html": ["error wrong-media-type: Apple, Thunderbird"],
    "no charset": ["warning no-charset"],
    "HEAD with 405": ["warning head-differs: Thunderbird"],
    "HEAD without a response": ["warning head-differs: Thunderbird"],
    "HEAD with text/html": ["warning head-differs: Thunderbird"],
    "1.3 MB": ["warning large: Google"],
    "10 GB": ["error over-size-limit: Google"],
    "slow response": ["warning slow"],
    "gzip for all clients": ["error unrequested-compression: Outlook"],
    "truncated gzip": ["error undecodable-response"],
    "gzip header without gzip": ["error undecodable-response"],
    "attachment": ["info served-as-attachment"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_delivery_issues(name: str) -> None:
    assert summarize_all(probe_scenario(name)[0]) == EXPECTED[name]


def probe_encoded(body: bytes, encoding: str) -> ProbeResult:
    with serve(Scenario(send_encoded(body, encoding))) as server:
        return probe_feed(server.url, QUICK)


@pytest.mark.parametrize("encoding", ["utf-8", "none"])
def test_encoding_that_is_no_compression(encoding: str) -> None:
    result = probe_encoded(FEED, encoding)
    assert get_feed_bodies(result) == (FEED, FEED)
    (finding,) = find_http_issues(result)
    assert summarize(finding) == "warning unknown-content-encoding"
    assert (
        finding.message == f"Content-Encoding is `{encoding}`, which is not a compression method."
    )


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_identity_encoding_is_no_issue(encoding: str) -> None:
    assert summarize_all(probe_encoded(FEED, encoding)) == []


def test_unrequested_compression_names_the_client() -> None:
    finding = find_http_issues(probe_encoded(b"\x0b\x02\x80", "br"))[0]
    assert finding.message == "The response is compressed (`br`), but Google did not request this."
