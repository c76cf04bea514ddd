"""URLs of feeds: which are valid, how they are requested, and how messages show them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from defects_ical.errors import InvalidFeedURLError
from defects_ical.probe.urls import candidate_urls, parse_feed_url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://a.example/a.ics", "ftp://a.example/a.ics: not an http, https or webcal URL. "),
        ("file:///etc/passwd", "file:///etc/passwd: not an http, https or webcal URL. "),
        ("a.ics", "a.ics: not an http, https or webcal URL. "),
        ("", ": not an http, https or webcal URL. "),
        (
            "webcals://a.example/a.ics",
            "webcals://a.example/a.ics: not an http, https or webcal URL. Use `https://a.example/",
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
def test_invalid_feed_url(url: str, message: str) -> None:
    with pytest.raises(InvalidFeedURLError) as raised:
        parse_feed_url(url)
    assert str(raised.value).startswith(message)
    assert "secret" not in str(raised.value)
    assert raised.value.exit_status == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/a.ics", ["http://a.example/a.ics"]),
        ("https://a.example/a.ics?b=c", ["https://a.example/a.ics?b=c"]),
        ("webcal://a.example/a.ics", ["http://a.example/a.ics", "https://a.example/a.ics"]),
        ("https://a.example:8443/a.ics", ["https://a.example:8443/a.ics"]),
    ],
)
def test_candidate_urls(url: str, expected: list[str]) -> None:
    """Only a webcal URL is requested over http."""
    assert [*candidate_urls(urlsplit(url))] == expected
