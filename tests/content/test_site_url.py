"""Public URLs of a site: each has one written form, or is rejected."""

from __future__ import annotations

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import SiteURLError

PATH_MESSAGE = "has an invalid path. Use letters, digits, `-`, `.`, `_` and `~` between slashes."


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("https://me.example", "https://me.example/"),
        ("HTTPS://Me.Example:443/", "https://me.example/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("https://[::1]:8443/a/b-c~d/", "https://[::1]:8443/a/b-c~d/"),
        ("https://me.github.io/the-defects", "https://me.github.io/the-defects/"),
    ],
)
def test_parse_normalizes_url(text: str, normalized: str) -> None:
    assert str(SiteURL.parse(text)) == normalized


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`` is not a site's URL. Use one like `https://defects.example`."),
        ("me.example", "`me.example` is not a site's URL. Use one like `https://defects.example`."),
        (
            "ftp://me.example",
            "`ftp://me.example` is not a site's URL. Use one like `https://defects.example`.",
        ),
        ("https://", "`https://` is not a site's URL. Use one like `https://defects.example`."),
        (
            "https://mé.example",
            "The host of `https://mé.example` is not ASCII. Use `xn--m-bga.example`.",
        ),
        ("https://é..b", "The host of `https://é..b` is not ASCII. Use `xn--…`."),
        (
            "https://a..b",
            "`https://a..b` is not a site's URL. Use one like `https://defects.example`.",
        ),
        (
            "https://a\nb.example",
            "`https://a\nb.example` is not a site's URL. Use one like `https://defects.example`.",
        ),
        (
            "https://me.example:99999",
            "`https://me.example:99999` is not a URL: Port out of range 0-65535.",
        ),
        (
            "https://a:b@me.example",
            "`https://a:b@me.example` has more than a host, a port and a path. Remove the rest.",
        ),
        (
            "https://me.example/?a=1",
            "`https://me.example/?a=1` has more than a host, a port and a path. Remove the rest.",
        ),
        (
            "https://me.example/#top",
            "`https://me.example/#top` has more than a host, a port and a path. Remove the rest.",
        ),
        ("https://me.example/a b", f"`https://me.example/a b` {PATH_MESSAGE}"),
        ("https://me.example/../a", f"`https://me.example/../a` {PATH_MESSAGE}"),
    ],
)
def test_parse_rejects_url(text: str, message: str) -> None:
    with pytest.raises(SiteURLError) as caught:
        SiteURL.parse(text)
    assert str(caught.value) == message


def test_join_adds_path() -> None:
    site_url = SiteURL.parse("https://me.github.io/the-defects/")
    assert site_url.join("/the-defects.ics") == "https://me.github.io/the-defects/the-defects.ics"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_webcal_replaces_scheme(scheme: str) -> None:
    site_url = SiteURL.parse(f"{scheme}://me.example:8000")
    assert site_url.webcal("/the-defects.ics") == "webcal://me.example:8000/the-defects.ics"
