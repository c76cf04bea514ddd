"""The HTTP headers of the site's resources."""

from __future__ import annotations

from typing import Final

from defects_ical.site.build import Site

CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"


def test_feed_has_headers_for_calendar_apps(site: Site) -> None:
    assert site["/the-defects.ics"].headers == (
        ("Content-Type", "text/calendar; charset=utf-8"),
        ("Cache-Control", f"{CACHE_CONTROL}, no-transform"),
        ("Access-Control-Allow-Origin", "*"),
        ("Content-Disposition", "inline"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", "max-age=31536000"),
    )


def test_episode_file_is_an_attachment(site: Site) -> None:
    assert dict(site["/episodes/the-defects-e03.ics"].headers)["Content-Disposition"] == (
        'attachment; filename="the-defects-e03.ics"'
    )


def test_page_has_security_policies(site: Site) -> None:
    own = "'self'; "
    assert dict(site["/"].headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": CACHE_CONTROL,
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {own}style-src {own}img-src {own}connect-src {own}"
            f"frame-src {own}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
    }
