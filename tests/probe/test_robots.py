"""Evaluation of robots.txt."""

from __future__ import annotations

import time

import pytest

from defects_ical.probe.robots import MAX_BYTES, is_allowed


def is_path_allowed(robots: bytes, path: str = "/f.ics") -> bool:
    return is_allowed(robots, "Importer", f"https://a.example{path}")


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("Disallow:", True),
        ("Disallow: /", False),
        ("Disallow: /f.ics", False),
        ("Disallow: /g.ics", True),
        # The longest rule wins, wherever it is.
        ("Disallow: /\nAllow: /f.ics", True),
        ("Allow: /\nDisallow: /f.ics", False),
        # Of two rules of the same length, the one that allows wins.
        ("Disallow: /f.ics\nAllow: /f.ics", True),
        ("Disallow: /*.ics$", False),
        ("Disallow: /*.ics", False),
        ("Disallow: *ics", False),
        ("Disallow: /$", True),
        ("Disallow: /f.ics$", False),
        ("Disallow: /f$", True),
        ("Disallow: /f*f.ics$", True),
        ("Disallow: /*c*", False),
        ("Disallow: /%66.ics", False),
        ("disallow : /f.ics # a comment", False),
        ("Crawl-delay: 5\nnothing\nDisallow: /", False),
    ],
)
def test_robots_rule_allows_path(rules: str, *, allowed: bool) -> None:
    assert is_path_allowed(f"User-agent: *\n{rules}\n".encode()) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("User-agent: *\rDisallow: /", False),
        ("Disallow: /", True),
        ("User-agent: IMPORTER/2.0\nDisallow: /", False),
        ("User-agent: Importer\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Importer\nAllow: /", True),
        ("User-agent: other\nUser-agent: importer\nDisallow: /", False),
        ("User-agent: importer\nSitemap: /s\nUser-agent: other\nDisallow: /", False),
        ("User-agent: importer\nDisallow: /a\nUser-agent: other\nDisallow: /", True),
        # Groups of one user agent are merged.
        ("User-agent: importer\nDisallow: /a\n\nUser-agent: importer\nDisallow: /f", False),
        ("User-agent: Import\nDisallow: /", True),
        ("User-agent: \nDisallow: /", True),
    ],
)
def test_robots_group_applies_to_user_agent(text: str, *, allowed: bool) -> None:
    assert is_path_allowed(text.encode()) is allowed


def test_robots_paths_are_normalized() -> None:
    """Paths are compared with their query, and whatever their percent-encoding."""
    text = "User-agent: *\nDisallow: /*?token=\nDisallow: /é\nDisallow: /a%2fb".encode()
    assert not is_path_allowed(text, "/f.ics?token=1")
    assert not is_path_allowed(text, "/%c3%A9.ics")
    assert not is_path_allowed(text, "/a%2Fb")
    assert is_path_allowed(text, "/a/b")


def test_robots_bytes_need_not_be_utf_8() -> None:
    assert is_path_allowed(b"\xff\xfe\x00:\x00")
    assert not is_path_allowed(b"\xff\nUser-agent: *\nDisallow: /")


def test_robots_is_read_up_to_500_kb() -> None:
    late = b"User-agent: *\n" + b"#".ljust(MAX_BYTES, b"#") + b"\nDisallow: /"
    assert is_path_allowed(late)


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        (b"Disallow: /" + b"*a" * (MAX_BYTES // 2), "/" + "a" * 10_000),
        (b"Disallow: /*a*a*b\n" * (MAX_BYTES // 20), "/" + "a" * 2_000),
    ],
)
def test_robots_wildcards_take_linear_time(rules: bytes, path: str) -> None:
    started = time.monotonic()
    assert is_path_allowed(b"User-agent: *\n" + rules, path)
    assert time.monotonic() - started < 5


def test_robots_groups_take_linear_time() -> None:
    """Each rule is for each of the clients that its group names."""
    clients = b"".join(b"User-agent: a%d\n" % number for number in range(12_000))
    started = time.monotonic()
    assert is_path_allowed(clients + b"Allow: /\n" * 25_000)
    assert time.monotonic() - started < 5
