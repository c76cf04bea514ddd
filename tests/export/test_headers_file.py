"""The `_headers` file that static hosts read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.site.build import Resource, Site, make_resource
from tests.conftest import ROOT
from tests.export.test_site_exporter import URL, export
from tests.shows.shows import write_show
from tests.support.catalogs import list_release_paths
from tests.support.exports import (
    LARGE,
    SITE_URL,
    TWO_PLATFORMS,
    build,
    read_files,
)
from tests.support.variants import leave_to_soak

URL_WITH_PATH: Final = SiteURL.parse("https://me.example/the-defects")
RELEASES: Final = ("k-on", "the-daily", "wolf-hall")
SETTINGS: Final = """\
feeds:
  chosen: {title: Chosen, shows: [k-on, the-daily]}
archive_before: 2025-01-01
"""

Rules = dict[str, dict[str, str]]


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


def test_headers_of_several_shows_equal_those_of_each(fast_folder: Path) -> None:
    folder = export_shows(fast_folder)
    rules = parse_headers_file(folder)
    resources = list_resources(folder)
    suffixes = {Path(path).suffix for path in resources}
    assert suffixes >= {"", ".ics", ".html", ".css", ".js", ".json", ".atom", ".xml", ".txt"}
    for path, resource in resources.items():
        expected = get_expected_headers(resource)
        # Without this header, a feed is inline.
        if expected.get("Content-Disposition") == "inline":
            del expected["Content-Disposition"]
        assert (path, join_headers(rules, f"{URL.path}{path}")) == (path, expected)
    headers = join_headers(rules, f"{URL.path}/the-defects/episodes/the-defects-e01.ics")
    assert headers["Content-Disposition"] == "attachment"


def test_rules_of_shows_match_no_file_at_the_root_without_last_slash(fast_folder: Path) -> None:
    """Netlify ignores the last slash of a rule."""
    folder = export_shows(fast_folder)
    rules = {path.removesuffix("/"): each for path, each in parse_headers_file(folder).items()}
    for path in list_resources(folder):
        join_headers(rules, f"{URL.path}{path}".removesuffix("/"))


@pytest.mark.parametrize("count", [*leave_to_soak(50, 120), 80])
def test_many_shows_need_at_most_100_rules(count: int, fast_folder: Path) -> None:
    for number in range(count):
        platform = f"{{on-{number}: {{name: TV {number}, kind: television, region: Europe}}}}"
        write_show(fast_folder / "shows" / f"show-{number}.yaml", platforms=platform)
    export(fast_folder / "shows", fast_folder / "public")
    rules = parse_headers_file(fast_folder / "public")
    assert len(rules) <= 100
    for path in (f"{URL.path}/show-{number}/" for number in range(count)):
        assert "Content-Security-Policy" in find_headers(rules, path)


def export_shows(folder: Path) -> Path:
    """Export the shipped schedule and some others, below ``folder``; return the exported folder."""
    shows, exported = folder / "shows", folder / f"public{URL.path}"
    shows.mkdir()
    for path in (ROOT / "schedule.yaml", *map(list_release_paths().__getitem__, RELEASES)):
        shutil.copy(path, shows)
    (shows / "site.yaml").write_text(SETTINGS, "utf-8")
    exported.parent.mkdir()
    export(shows, exported)
    return exported


def list_resources(folder: Path) -> dict[str, Resource]:
    """Return each resource of a site of several shows by its path, as it is in its own site."""
    found = {}
    for name, body in read_files(folder).items():
        slug, slash, _ = name.partition("/")
        site_url = SiteURL(URL.origin, f"{URL.path}/{slug}") if slash else URL
        path = f"/{name}".removesuffix("index.html")
        own_path = path.removeprefix(f"/{slug}") if slash else path
        if not own_path.startswith(("/.", "/_")):
            found[path] = make_resource(own_path, body, site_url)
    return found


def parse_headers_file(folder: Path) -> Rules:
    """Parse ``_headers`` as a static host does: headers by path pattern."""
    rules: Rules = {}
    headers: dict[str, str] = {}
    for line in (folder / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            assert line not in rules
            # Cloudflare Pages allows one asterisk.
            assert line.count("*") < 2
            headers = rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            assert name not in headers
            headers[name] = value
    return rules


def list_matching(rules: Rules, path: str) -> list[dict[str, str]]:
    """Return the headers of each rule that matches a path.

    A placeholder matches one folder or name, an asterisk any text.
    """
    found = []
    for pattern, headers in rules.items():
        escaped = re.sub(r":[a-z]+", "[^/]+", re.escape(pattern))
        if re.fullmatch(escaped.replace(r"\*", ".*"), path):
            found.append(headers)
    return found


def find_headers(rules: Rules, path: str) -> dict[str, str]:
    """Return the headers that a host sends for a path; exactly one rule must match."""
    (headers,) = list_matching(rules, path)
    return headers


def join_headers(rules: Rules, path: str) -> dict[str, str]:
    """Return the headers that a host sends for a path; two rules must not have one header."""
    pairs = [pair for headers in list_matching(rules, path) for pair in headers.items()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def get_expected_headers(resource: Resource) -> dict[str, str]:
    """Return the headers of a resource, without the file name that a shared rule cannot have."""
    return {name: value.partition("; filename=")[0] for name, value in resource.headers}
