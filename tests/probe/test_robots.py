"""robots.txt: what its rules let a robot fetch."""

from __future__ import annotations

import time

import pytest

from defects_ical.probe.robots import MOST_READ, allows


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("Disallow:", True),
        ("Disallow: /", False),
        ("Disallow: /f.ics", False),
        ("Disallow: /g.ics", True),
        # The longest counts, wherever it stands.
        ("Disallow: /\nAllow: /f.ics", True),
        ("Allow: /\nDisallow: /f.ics", False),
        # Of two as long, the one that allows.
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
def test_a_rule_says(rules: str, *, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}\n".encode(), "Importer", "/f.ics") is allowed


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
        # Groups of one robot are one group.
        ("User-agent: importer\nDisallow: /a\n\nUser-agent: importer\nDisallow: /f", False),
        ("User-agent: Import\nDisallow: /", True),
    ],
)
def test_a_group_is_for_whom_it_names(text: str, *, allowed: bool) -> None:
    assert allows(text.encode(), "Importer", "/f.ics") is allowed


def test_a_path_is_compared_with_its_query_and_whatever_it_is_written_like() -> None:
    text = "User-agent: *\nDisallow: /*?token=\nDisallow: /é\nDisallow: /a%2fb".encode()
    assert not allows(text, "Importer", "/f.ics?token=1")
    assert not allows(text, "Importer", "/%c3%A9.ics")
    assert not allows(text, "Importer", "/a%2Fb")
    assert allows(text, "Importer", "/a/b")


def test_octets_that_are_no_text_harm_nobody() -> None:
    assert allows(b"\xff\xfe\x00:\x00", "Importer", "/f.ics")
    assert not allows(b"\xff\nUser-agent: *\nDisallow: /", "Importer", "/f.ics")


def test_no_more_is_read_than_a_robot_has_to_and_in_little_time() -> None:
    head = b"User-agent: *\n"
    late = head + b"#".ljust(MOST_READ, b"#") + b"\nDisallow: /"
    assert allows(late, "Importer", "/f.ics")
    many = head + b"Disallow: /" + b"*a" * (MOST_READ // 2)
    begun = time.monotonic()
    assert allows(many, "Importer", "/" + "a" * 10_000)
    assert allows(head + b"Disallow: /*a*a*b\n" * (MOST_READ // 20), "Importer", "/" + "a" * 2_000)
    assert time.monotonic() - begun < 5
