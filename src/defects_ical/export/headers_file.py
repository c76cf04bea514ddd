"""Format `_headers`: the HTTP headers of every path, as Netlify and Cloudflare Pages read them.

Of two rules that match one path, both hosts would join the values of a header that both have with
a comma. Cloudflare Pages reads a hundred rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from defects_ical.content.links.feeds import EPISODES_DIR
from defects_ical.content.links.site_url import INDEX, SiteURL, split_language
from defects_ical.site.build import Site
from defects_ical.site.headers import list_headers

HEADERS_FILE: Final = "_headers"
DISPOSITION: Final = "Content-Disposition"
FEED_SUFFIX: Final = ".ics"
MAX_RULES: Final = 100
_EPISODE_FILES: Final = f"{EPISODES_DIR}*"
# Both hosts match one folder with a placeholder, and any text with an asterisk.
_ANY_SHOW: Final = "/:show"
_ANY_LANGUAGE: Final = "/:language"
_ANY_FEED: Final = f"/*{FEED_SUFFIX}"

Headers = Iterable[tuple[str, str]]


def format_headers(site: Site, site_url: SiteURL) -> str:
    """Format the headers of a show's site. No two rules match one path."""
    rules: dict[str, Headers] = {
        _get_pattern(path): resource.headers for path, resource in site.items()
    }
    # Those of the main language come first: a host may read only so many.
    rules = dict(sorted(rules.items(), key=lambda each: _is_of_language(each[0])))
    return _format_rules(rules, site_url)


def _get_pattern(path: str) -> str:
    """Return the pattern of the rule for a path: languages share rules, and so do episode files.

    But not pages: Netlify ignores the last slash of a rule, and `/:language/` would match more.
    """
    language, local = split_language(path)
    if local == "/":
        return path
    pattern = _EPISODE_FILES if local.startswith(EPISODES_DIR) else local
    return f"{_ANY_LANGUAGE}{pattern}" if language else pattern


def _is_of_language(pattern: str) -> bool:
    return pattern.startswith(_ANY_LANGUAGE) or _is_language_page(pattern)


def format_site_headers(
    root_paths: Iterable[str], shows: Mapping[str, Collection[str]], site_url: SiteURL
) -> str:
    """Format the headers of a site of several shows, with rules that all shows share.

    ``shows`` has the names of the files of each show, by slug. Feeds and episode files match two
    rules, which have no header in common: without Content-Disposition, a feed is inline. Each page
    of a show has a rule of its own while they fit: Netlify ignores the last slash of a rule, so
    that one for all of them would match the files at the root, too.
    """
    feed_headers = [*list_headers(f"/feed{FEED_SUFFIX}", site_url)]
    rules: dict[str, Headers] = {
        _ANY_FEED: [each for each in feed_headers if each[0] != DISPOSITION],
        f"{_ANY_SHOW}{_EPISODE_FILES}": [(DISPOSITION, "attachment")],
    }
    names = {name for names in shows.values() for name in names}
    if any(split_language(f"/{name}")[0] for name in names):
        rules[f"{_ANY_SHOW}{_ANY_LANGUAGE}{_EPISODE_FILES}"] = [(DISPOSITION, "attachment")]
    for path in sorted(root_paths):
        language, local = split_language(path)
        # The rules of shows match the files of a language that have the same names.
        is_covered = language and local.removeprefix("/") in names
        if not path.endswith(FEED_SUFFIX) and not is_covered:
            rules[_get_pattern(path)] = list_headers(path, site_url)
    for name in sorted(names - {INDEX}):
        if not name.endswith(FEED_SUFFIX):
            path = f"/{name.removesuffix(INDEX)}"
            rules[f"{_ANY_SHOW}{_get_pattern(path)}"] = list_headers(path, site_url)
    fits = len(rules) + len(shows) <= MAX_RULES
    if not fits:
        rules = {path: each for path, each in rules.items() if not _is_language_page(path)}
    for page in sorted(shows) if fits else [_ANY_SHOW.removeprefix("/")]:
        rules[f"/{page}/"] = list_headers("/", site_url)
    return _format_rules(rules, site_url)


def _is_language_page(path: str) -> bool:
    language, local = split_language(path)
    return bool(language) and local == "/"


def _format_rules(rules: Mapping[str, Headers], site_url: SiteURL) -> str:
    lines = [
        line for path, headers in rules.items() for line in _list_lines(path, headers, site_url)
    ]
    return "\n".join(lines) + "\n"


def _list_lines(path: str, headers: Headers, site_url: SiteURL) -> Iterator[str]:
    yield f"{site_url.path}{path}"
    for name, value in headers:
        # A shared rule cannot name an episode's file; browsers take the name from the URL.
        yield f"  {name}: {value.partition('; filename=')[0]}"
