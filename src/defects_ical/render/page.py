"""Render the site's own pages, with their style sheet and script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import segno

from defects_ical.content import calendar_apps, descriptions
from defects_ical.content.changelog import ATOM_PATH
from defects_ical.content.episode_list import (
    Expectation,
    SeasonPart,
    arrange_events,
    list_expected,
)
from defects_ical.content.feeds import PICTURE_PATH, add_reminders, event_path, format_reminder
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.render.embed import IFRAME_SANDBOX, format_link_text
from defects_ical.render.snippets import make_snippets
from defects_ical.render.structured_data import render_json_ld
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode, Event, sort_by_start
from defects_ical.schedule.starts import to_position
from defects_ical.text.english import count_noun, format_date
from defects_ical.timezones.conversion import format_utc

PAGE_TEMPLATES: Final = {
    "/sitemap.xml": "sitemap.xml",
    "/": "index.html",
    "/404.html": "404.html",
    "/robots.txt": "robots.txt",
    "/style.css": "style.css",
}
# Only the site's own files. The HTTP header adds frame-ancestors, which <meta> ignores.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


# The links of a row repeat where to watch; those of many rows would be most of the page.
MAX_DETAILED_ROWS: Final = 300


class Row(NamedTuple):
    """An event of the list, and how to render it.

    ``level`` is that of its heading, 0 if it has none.
    """

    event: Event
    level: int
    is_detailed: bool


class ListWords(NamedTuple):
    """What the page calls the items of its list."""

    heading: str
    noun: str
    all_of_them: str
    ended: str


def render_pages(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each page and of the files that pages load."""
    context = _make_context(site)
    for path, name in PAGE_TEMPLATES.items():
        yield path, get_template(name).render(context).encode()
    yield "/page.js", bundle_script("local-times.js", "page.js", "copy-buttons.js", "page-start.js")
    yield "/icon.svg", read_static("icon.svg")


def _make_context(site: SiteInput) -> dict[str, object]:
    """Return what the templates use."""
    schedule, episodes = site.schedule, site.episodes_by_start
    seasons, expected = arrange_events(site), tuple(list_expected(site))
    words = _choose_words(site, seasons)
    return {
        "atom_path": ATOM_PATH,
        "content_security_policy": CONTENT_SECURITY_POLICY,
        "date_range": descriptions.format_date_range(episodes, schedule),
        "expected": expected,
        "describe_platform": partial(_describe_platform, site),
        "event_items": _render_events(site, seasons),
        "format_reminder": format_reminder,
        "has_changes": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "iframe_sandbox": IFRAME_SANDBOX,
        "json_ld": render_json_ld(site),
        "link_text": format_link_text(site.show),
        "modified": max([schedule.published, *(change.at for change in schedule.changes)]),
        "overview": _describe_dates(site, seasons, expected, words),
        "picture_path": PICTURE_PATH,
        "qr_code": _render_qr_code(site.url),
        "reminders": ("none", *schedule.all_reminders),
        "season_summary": partial(_summarize_season, schedule, words),
        "seasons": seasons,
        "site": site,
        "snippets": make_snippets(site),
        "subscribe_links": calendar_apps.subscribe_links,
        "with_reminders": lambda feed: (feed, *add_reminders(feed, schedule)),
        "words": words,
    }


def _choose_words(site: SiteInput, seasons: Sequence[SeasonPart]) -> ListWords:
    """Choose the words for episodes, or for what has no numbers: a film, a contest."""
    if site.schedule.airing:
        ended = "All episodes have aired." if len(seasons) > 1 else "The season has ended."
        return ListWords("Episodes", "episode", "every episode", ended)
    if len(site.episodes) == 1:
        return ListWords("Date", "date", "the date", "It has aired.")
    return ListWords("Dates", "date", "every date", "All dates are over.")


def _describe_dates(
    site: SiteInput,
    seasons: Sequence[SeasonPart],
    expected: Sequence[Expectation],
    words: ListWords,
) -> list[str]:
    """Return what the page says of the dates without a script: a headline, then lines."""
    coming = [
        f"{each.title}: expected in {each.when}" if each.title else f"Expected in {each.when}"
        for each in expected
    ]
    if not seasons:
        return coming
    season = seasons[0]
    first, last = season.episodes[0], season.episodes[-1]
    lines = [descriptions.format_air_time(first, site.schedule)]
    if len(season.episodes) > 1:
        lines.append(_count_episodes(season, words))
    if first.date != last.date:
        lines[0] = f"From {lines[0]}"
        lines[1] += f", until {format_date(last.date)}"
    if season.title:
        lines[0] = f"{season.title}: {lines[0].replace('From', 'from', 1)}"
    if not first.start:
        lines.append("The hour is not known.")
    return [*lines, *coming]


def _count_episodes(season: SeasonPart, words: ListWords) -> str:
    """Count what has a number, or all if nothing has: "8 episodes", "3 dates"."""
    numbered = sum(1 for each in season.episodes if each.number)
    return count_noun(numbered or len(season.episodes), words.noun)


def _summarize_season(schedule: Schedule, words: ListWords, season: SeasonPart) -> str:
    """Return how many episodes a season has, and when: "8 episodes, 21 July to 12 August 2025"."""
    dates = descriptions.format_date_range(season.episodes, schedule)
    return f"{_count_episodes(season, words)}, {dates}"


def _describe_platform(site: SiteInput, platform_id: str) -> str:
    """Return a platform's kind, region and delay, and the dates of its own plan."""
    platform = site.schedule.platforms[platform_id]
    description = descriptions.describe_availability(platform)
    if not platform.airing:
        return description
    episodes = sort_by_start(site.listings.platforms[platform_id].episodes)
    dates = descriptions.format_date_range(episodes, site.schedule)
    return f"{description}, on its own dates: {dates}"


def _render_qr_code(site_url: SiteURL) -> str:
    """Render the site's URL as a QR code: SVG without inline styles, as the policy demands."""
    code = segno.make(str(site_url), error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, title="QR code of this page's address"))


def _render_events(site: SiteInput, seasons: Sequence[SeasonPart]) -> dict[str, str]:
    """Render the events of the list, by their ids."""
    events = [event for season in seasons for event in season.events]
    is_detailed = len(events) <= MAX_DETAILED_ROWS
    level = 4 if seasons and seasons[0].title else 3
    if site.film:
        level = 0
    rows = [Row(event, level, is_detailed) for event in events]
    items = site.cache.get_or_render("page", rows, partial(_render_row, site))
    return {event.id: item for event, item in zip(events, items, strict=True)}


def _render_row(site: SiteInput, row: Row) -> str:
    """Render one event of the list on the page: an episode, or several with a row each."""
    event, first, schedule = row.event, row.event.first, site.schedule
    entry = _make_calendar_entry(site, event, is_detailed=row.is_detailed)
    previous, start = first.previous_start, first.start or first.date
    end = first.end or to_position(first.date + timedelta(days=1), schedule.timezone)
    context = {
        "changes": [*_describe_changes(event, schedule)],
        "clock_lines": [*descriptions.format_local_times(start, schedule)],
        "end": format_utc(end),
        "event": event,
        "google_url": calendar_apps.add_to_google(entry),
        "ics_url": site.url.join(event_path(event.id, schedule)),
        "level": row.level,
        "only_this": "Only this episode" if schedule.airing else "Only this date",
        "outlook_url": calendar_apps.add_to_outlook(entry),
        "own_dates": partial(_list_own_dates, site, event),
        "platforms": schedule.platforms,
        "previous": format_utc(previous) if isinstance(previous, datetime) else "",
        "start": format_utc(first.position),
    }
    return get_template("episode.html").render(context)


def _describe_changes(event: Event, schedule: Schedule) -> Iterator[str]:
    """Yield the changes, newest first; those of several episodes say which they are about."""
    if len(event.episodes) == 1:
        for revision in reversed(event.first.revisions):
            yield descriptions.describe_dated_change(revision, schedule)
    else:
        for event_revision in reversed(event.revisions):
            yield descriptions.describe_event_change(event_revision, schedule)


def _list_own_dates(site: SiteInput, event: Event, episode: Episode) -> Iterator[tuple[str, str]]:
    """Yield the platforms with a plan of their own for an episode, each with its date."""
    for each in event.availability:
        if shown := site.episodes_by_platform[each.platform].get(episode.id):
            name = site.schedule.platforms[each.platform].name
            yield name, descriptions.describe_own_dates((shown,), site.schedule)


def _make_calendar_entry(
    site: SiteInput, event: Event, *, is_detailed: bool
) -> calendar_apps.CalendarEntry:
    schedule, first = site.schedule, event.first
    names = descriptions.list_platforms(event.availability, schedule)
    platforms = descriptions.describe_platforms(names, event.availability, first.links, schedule)
    details = (descriptions.describe_episodes(event), *platforms) if is_detailed else ()
    lines = (*details, site.link_to(event))
    return calendar_apps.CalendarEntry(
        title=descriptions.format_event_title(event, schedule),
        details="\n".join(filter(None, lines)),
        location=", ".join(schedule.platforms[name].name for name in names),
        start=first.start or first.date,
        end=first.end or first.date + timedelta(days=1),
    )
