"""Public addresses: written in one way, or refused with how to write them."""

from __future__ import annotations

import pytest

from defects_ical.errors import AddressError
from defects_ical.links import Address

PATH_REASON = "has more than letters, digits, `-`, `.`, `_` and `~` between its slashes"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://me.example", "https://me.example/"),
        ("HTTPS://Me.Example:443/", "https://me.example/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("https://[::1]:8443/a/b-c~d/", "https://[::1]:8443/a/b-c~d/"),
        ("https://me.github.io/the-defects", "https://me.github.io/the-defects/"),
    ],
)
def test_an_address_is_written_in_one_way(text: str, written: str) -> None:
    assert str(Address.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "`` is not like `https://defects.example`"),
        ("me.example", "`me.example` is not like `https://defects.example`"),
        ("ftp://me.example", "`ftp://me.example` is not like `https://defects.example`"),
        ("https://", "`https://` is not like `https://defects.example`"),
        ("https://mé.example", "write the host of `https://mé.example` as `xn--m-bga.example`"),
        ("https://é..b", "write the host of `https://é..b` as `xn--…`"),
        ("https://a..b", "`https://a..b` is not like `https://defects.example`"),
        ("https://a\nb.example", "`https://a\nb.example` is not like `https://defects.example`"),
        (
            "https://me.example:99999",
            "`https://me.example:99999` is not an address (Port out of range 0-65535)",
        ),
        (
            "https://a:b@me.example",
            "`https://a:b@me.example` has more than a host, a port and a path; leave it out",
        ),
        (
            "https://me.example/?a=1",
            "`https://me.example/?a=1` has more than a host, a port and a path; leave it out",
        ),
        (
            "https://me.example/#top",
            "`https://me.example/#top` has more than a host, a port and a path; leave it out",
        ),
        (
            "https://me.example/a b",
            f"the path of `https://me.example/a b` {PATH_REASON}",
        ),
        (
            "https://me.example/../a",
            f"the path of `https://me.example/../a` {PATH_REASON}",
        ),
    ],
)
def test_what_is_no_public_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(AddressError) as caught:
        Address.parse(text)
    assert str(caught.value) == reason


def test_links_begin_with_the_address() -> None:
    address = Address.parse("https://me.github.io/the-defects/")
    assert address.url("/the-defects.ics") == "https://me.github.io/the-defects/the-defects.ics"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_webcal_link_is_the_same_without_the_scheme(scheme: str) -> None:
    address = Address.parse(f"{scheme}://me.example:8000")
    assert address.webcal("/the-defects.ics") == "webcal://me.example:8000/the-defects.ics"
