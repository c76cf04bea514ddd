"""Checks of cache lifetime, ETag and Last-Modified."""

from __future__ import annotations

from typing import Final

import pytest

from defects_ical.doctor.http_checks.failures import get_feed_bodies
from defects_ical.probe.session import probe_feed
from tests.doctor.http_issues import find_http_issues, summarize_all
from tests.support.faulty_server import Scenario, send_headers, serve
from tests.support.server_scenarios import QUICK, probe_scenario, send_current_dtstamp

EXPECTED: Final = {
    "ETag changes every time": ["warning unstable-etag"],
    "ETag is never confirmed": ["warning unconfirmed-etag"],
    "ETag never changes": ["error stale-etag: ICSx5"],
    "ETag without quotes": ["warning unquoted-etag"],
    "304 to any validator": ["error always-304: Apple, ICSx5"],
    "Last-Modified decreases": ["warning decreasing-last-modified: Apple, ICSx5"],
    "Last-Modified in the future": ["warning future-last-modified: Apple, ICSx5"],
    "invalid Last-Modified": ["warning invalid-last-modified: Apple, ICSx5"],
    "Last-Modified never changes": ["error stale-last-modified: Apple, ICSx5"],
    "max-age of a week": ["warning long-caching"],
    "Expires in a week": ["warning long-caching"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_caching_issues(name: str) -> None:
    assert summarize_all(probe_scenario(name)[0]) == EXPECTED[name]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Public, Max-Age=604800", ["warning long-caching"]),
        ('max-age="604800"', ["warning long-caching"]),
        (f"max-age={'9' * 2000}", ["warning long-caching"]),
        (f"max-age={'9' * 5000}", []),
        ("max-age=3600", []),
        ("max-age=604800, no-cache", []),
        ("no-store, max-age=604800", []),
        ("s-maxage=604800", []),
    ],
)
def test_cache_control_lifetime(header: str, expected: list[str]) -> None:
    with serve(Scenario(send_headers(Cache_Control=header))) as server:
        assert summarize_all(probe_feed(server.url, QUICK)) == expected


def test_changing_timestamps_are_no_change() -> None:
    """An ETag may stay the same: clients miss nothing but another DTSTAMP."""
    with serve(Scenario(send_current_dtstamp)) as server:
        result = probe_feed(server.url)
    first, second = get_feed_bodies(result)
    assert first != second
    assert find_http_issues(result) == ()
