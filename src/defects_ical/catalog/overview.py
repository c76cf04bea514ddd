"""Render the page of all shows, with its style sheet and script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from defects_ical.catalog.agenda import (
    Agenda,
    find_city,
    find_newest_change,
    make_agenda,
)
from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.summary import ShowSummary
from defects_ical.catalog.week import render_frame_code, render_week_element
from defects_ical.content.links.calendar_apps import subscribe_links
from defects_ical.content.links.feeds import Feed, format_reminder
from defects_ical.model.schedule import DEFAULT_REMINDER
from defects_ical.render.embed import IFRAME_SANDBOX
from defects_ical.render.page import CONTENT_SECURITY_POLICY, LANGUAGES_SCRIPT
from defects_ical.render.scripts import bundle_script, select_words
from defects_ical.render.templates import get_template
from defects_ical.text.dates import format_days
from defects_ical.text.lengths import format_count
from defects_ical.text.sentences import find_first_sentence

OVERVIEW_TEMPLATES: Final = {
    "/": "overview.html",
    "/404.html": "overview_404.html",
    "/overview.css": "overview.css",
}
OVERVIEW_SCRIPTS: Final = (
    "local-times.js",
    "make-element.js",
    "week-days.js",
    "overview.js",
    "copy-buttons.js",
)
MAX_ROWS: Final = 800
"""How many events the page lists at most."""

# Each has links for every calendar app; the others have one to subscribe and one to download.
MAX_DETAILED_FEEDS: Final = 20
# Readers of the head offer them in a menu.
MAX_ALTERNATES: Final = 20
MAX_HEADLINES: Final = 2


def render_overview(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the page, and of the files that belong to it."""
    context = _make_context(catalog)
    for path, name in OVERVIEW_TEMPLATES.items():
        # Each other language has a page and no more.
        if not catalog.main or path == "/":
            yield path, get_template(name).render(context).encode()
    if not catalog.main:
        yield "/overview.js", bundle_script(*_list_scripts(catalog))


def _list_scripts(catalog: Catalog) -> tuple[str, ...]:
    has_choice = len(catalog.versions) > 1
    return (*OVERVIEW_SCRIPTS, LANGUAGES_SCRIPT) if has_choice else OVERVIEW_SCRIPTS


def _make_context(catalog: Catalog) -> dict[str, object]:
    """Return what the templates use."""
    agenda, feeds, words = make_agenda(catalog, MAX_ROWS), catalog.feeds, catalog.words
    current = [each for each in feeds if not each.is_archive]
    return {
        "agenda": agenda,
        "alternates": feeds[:MAX_ALTERNATES],
        "archives": [each for each in feeds if each.is_archive],
        "catalog": catalog,
        "city": find_city(catalog),
        "colors": sorted({each.color for each in catalog.shows}),
        "content_security_policy": CONTENT_SECURITY_POLICY,
        "detailed_feeds": current[:MAX_DETAILED_FEEDS],
        "element_code": render_week_element(catalog),
        "frame_code": render_frame_code(catalog),
        "iframe_sandbox": IFRAME_SANDBOX,
        "named_genres": [*enumerate(catalog.genres)],
        "named_platforms": [(name, each.name) for name, each in catalog.platforms.items()],
        "open_week": _find_open_week(catalog, agenda),
        "other_feeds": current[MAX_DETAILED_FEEDS:],
        "overview": [*_describe_site(catalog, agenda)],
        "reminder": format_reminder(DEFAULT_REMINDER, words),
        "script_words": select_words(words, *OVERVIEW_SCRIPTS),
        "show_items": catalog.cache.get_or_render(
            "overview", catalog.shows, partial(_render_show, catalog)
        ),
        "subscribe_links": partial(subscribe_links, words=words),
        "words": words,
    }


def _render_show(catalog: Catalog, show: ShowSummary) -> str:
    """Render the item of a show in the list; the path of its feed is that in its own site."""
    context = {
        "feed": Feed(show.slug, show.title),
        "find_first_sentence": find_first_sentence,
        "show": show,
        "url": catalog.get_show_url(show.slug),
        "words": catalog.words,
    }
    return get_template("overview_show.html").render(context)


def _find_open_week(catalog: Catalog, agenda: Agenda) -> str:
    """Return the title of the week that is open without a script.

    It is the first one that had not ended at the newest change, or the last one.
    """
    newest, weeks = find_newest_change(catalog), agenda.weeks
    if not newest or not weeks:
        return ""
    return next((each for each in weeks if each.days[-1].date >= newest), weeks[-1]).title


def _describe_site(catalog: Catalog, agenda: Agenda) -> Iterator[str]:
    """Yield what the page says without a script: when there are events, how many, what comes."""
    words = catalog.words
    days = agenda.days
    yield format_days(days[0], days[-1], words) if days else words.no_date_known
    yield words.shows_and_dates.format(
        shows=format_count(len(catalog.shows), words.count_shows, words),
        dates=format_count(agenda.event_count, words.count_dates, words),
    )
    expected = [(show, *each) for show in catalog.shows for each in show.expected]
    for show, title, when in expected[:MAX_HEADLINES]:
        name = words.isolate_in_rtl(show.title)
        if title:
            name = words.show_and_episode.format(show=name, episode=title)
        yield words.named_expected_in.format(name=name, when=when)
