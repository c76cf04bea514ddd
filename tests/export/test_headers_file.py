"""The `_headers` file that static hosts read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from defects_ical.content.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.site.build import Resource, Site
from tests.support.exports import (
    LARGE,
    SITE_URL,
    TWO_PLATFORMS,
    build,
)

URL_WITH_PATH: Final = SiteURL.parse("https://me.example/the-defects")


def test_headers_equal_those_of_the_server(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    rules = parse_headers_file(tmp_path)
    for path, resource in site.items():
        assert find_headers(rules, path) == get_expected_headers(resource)
    assert find_headers(rules, "/the-defects.ics") == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": (
            "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800, no-transform"
        ),
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
    }


def test_headers_rules_include_path_of_site_url(tmp_path: Path) -> None:
    site = build(TWO_PLATFORMS, URL_WITH_PATH)
    export_site(site, URL_WITH_PATH, tmp_path)
    rules = parse_headers_file(tmp_path)
    assert all(pattern.startswith("/the-defects/") for pattern in rules)
    for path, resource in site.items():
        assert find_headers(rules, f"/the-defects{path}") == get_expected_headers(resource)


def test_thousand_episodes_need_under_100_rules(fast_folder: Path) -> None:
    site = build(LARGE[0])
    export_site(site, SITE_URL, fast_folder)
    rules = parse_headers_file(fast_folder)
    assert len(site) > 1000
    assert len(rules) < 100
    for path, resource in site.items():
        assert find_headers(rules, path) == get_expected_headers(resource)


def parse_headers_file(folder: Path) -> dict[str, dict[str, str]]:
    """Parse ``_headers`` as a static host does: headers by path pattern."""
    rules: dict[str, dict[str, str]] = {}
    headers: dict[str, str] = {}
    for line in (folder / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            assert line not in rules
            assert "*" not in line.removesuffix("/*")
            assert ":" not in line
            headers = rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            headers[name] = value
    return rules


def find_headers(rules: dict[str, dict[str, str]], path: str) -> dict[str, str]:
    """Return the headers that a host sends for a path; exactly one rule must match."""
    matching = [
        headers
        for pattern, headers in rules.items()
        if path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1]))
    ]
    assert len(matching) == 1
    return matching[0]


def get_expected_headers(resource: Resource) -> dict[str, str]:
    """Return the headers of a resource, without the file name that a shared rule cannot have."""
    return {name: value.partition("; filename=")[0] for name, value in resource.headers}
