"""Decoding of compressed bodies, through a server that sends them."""

from __future__ import annotations

import gzip
import zlib

import pytest

from defects_ical.probe.responses import Response
from defects_ical.probe.session import probe_feed
from tests.support.faulty_server import FEED, Scenario, send_encoded, serve
from tests.support.server_scenarios import QUICK


def fetch_encoded(body: bytes, encoding: str) -> Response:
    with serve(Scenario(send_encoded(body, encoding))) as server:
        return probe_feed(server.url, QUICK).select("subscribe")[0].response


@pytest.mark.parametrize("encoding", ["", "identity", "gzip, identity"])
def test_identity_is_ignored(encoding: str) -> None:
    body = gzip.compress(FEED, mtime=0) if "gzip" in encoding else FEED
    assert fetch_encoded(body, encoding).body == FEED


@pytest.mark.parametrize("encoding", ["utf-8", "none"])
def test_unknown_encodings_are_ignored(encoding: str) -> None:
    response = fetch_encoded(FEED, encoding)
    assert (response.body, response.decoded) == (FEED, True)


def test_gzip_of_several_members() -> None:
    body = b"".join(gzip.compress(FEED[at : at + 100], mtime=0) for at in range(0, len(FEED), 100))
    response = fetch_encoded(body, "gzip")
    assert (response.body, response.decoded) == (FEED, True)
    assert not fetch_encoded(body[:-20], "gzip").decoded


@pytest.mark.parametrize("wbits", [15, -15])
def test_deflate_may_lack_its_header(wbits: int) -> None:
    assert fetch_encoded(zlib.compress(FEED, wbits=wbits), "deflate").body == FEED


def test_unsupported_compression_is_not_decoded() -> None:
    assert not fetch_encoded(b"\x0b\x02\x80", "br").decoded


def test_decoded_size_is_limited() -> None:
    """A small body may become large."""
    response = fetch_encoded(gzip.compress(bytes(50_000_000), mtime=0), "gzip")
    assert (len(response.body), response.truncated) == (10_000_000, True)
