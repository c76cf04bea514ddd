"""Render the site's own pages, with their style sheet and script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final, NamedTuple

import segno
from markupsafe import Markup

from defects_ical.content import descriptions
from defects_ical.content.changelog import ATOM_PATH, list_parts
from defects_ical.content.episode_list import (
    Expectation,
    Part,
    arrange_events,
    list_expected,
)
from defects_ical.content.links import calendar_apps
from defects_ical.content.links.feeds import (
    PICTURE_PATH,
    add_reminders,
    event_path,
    format_reminder,
)
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.embed import IFRAME_SANDBOX, format_link_text
from defects_ical.render.scripts import bundle_script, select_words
from defects_ical.render.snippets import make_snippets
from defects_ical.render.structured_data import render_json_ld
from defects_ical.render.templates import (
    LongTexts,
    RowPatterns,
    Texts,
    get_macro,
    get_template,
    name_in_html,
    read_static,
)
from defects_ical.schedule.episodes import Episode, Event, sort_by_start
from defects_ical.schedule.starts import to_position
from defects_ical.text.dates import format_date
from defects_ical.text.lengths import format_count
from defects_ical.text.words import Forms, Words
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
PAGE_SCRIPTS: Final = ("local-times.js", "page.js", "copy-buttons.js", "page-start.js")
# For a site in several languages. It has no texts.
LANGUAGES_SCRIPT: Final = "languages.js"


class ListTexts(NamedTuple):
    """What the page calls the items of its list: episodes, or dates."""

    page_title: str
    skip: str
    heading: str
    counted: Forms
    ended: str


def render_pages(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each page and of the files that pages load."""
    long_texts = LongTexts()
    context = _make_context(site, long_texts)
    for path, name in PAGE_TEMPLATES.items():
        # Each other language has a page and no more.
        if site.is_main or path == "/":
            yield path, long_texts.insert(get_template(name).render(context))
    if not site.is_main:
        return
    more = (LANGUAGES_SCRIPT,) if len(site.versions) > 1 else ()
    yield "/page.js", bundle_script(*PAGE_SCRIPTS, *more)
    yield "/icon.svg", read_static("icon.svg")


def _make_context(site: SiteInput, long_texts: LongTexts) -> dict[str, object]:
    """Return what the templates use."""
    schedule, episodes = site.schedule, site.episodes_by_start
    seasons, expected = arrange_events(site), tuple(list_expected(site))
    texts, words = _choose_texts(site, seasons), schedule.words
    return {
        "atom_path": ATOM_PATH,
        "content_security_policy": CONTENT_SECURITY_POLICY,
        "date_range": descriptions.format_date_range(episodes, schedule),
        "expected": expected,
        "describe_platform": partial(_describe_platform, site),
        "format_reminder": partial(format_reminder, words=words),
        "has_changes": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "iframe_sandbox": IFRAME_SANDBOX,
        "json_ld": long_texts.hold(render_json_ld(site).encode()),
        "link_text": format_link_text(site.show, words),
        "list_events": partial(_list_events, _render_events(site, seasons), long_texts),
        "modified": max([schedule.published, *(change.at for change in schedule.changes)]),
        "overview": _describe_dates(site, seasons, expected, texts),
        "picture_path": PICTURE_PATH,
        "qr_code": _render_qr_code(str(site.url), str(site.main_url), words.qr_code),
        "reminders": ("none", *schedule.all_reminders),
        "season_summary": partial(_summarize_season, schedule, texts),
        "script_words": select_words(words, *PAGE_SCRIPTS),
        "seasons": seasons,
        "site": site,
        "snippets": make_snippets(site),
        "subscribe_links": partial(calendar_apps.subscribe_links, words=words),
        "texts": texts,
        "with_reminders": lambda feed: (feed, *add_reminders(feed, schedule)),
        "words": words,
    }


def _choose_texts(site: SiteInput, seasons: Sequence[Part]) -> ListTexts:
    """Choose the texts for episodes, or for what has no numbers: a film, a contest."""
    words = site.schedule.words
    if site.schedule.airing:
        return ListTexts(
            words.page_title_episodes,
            words.skip_to_episodes,
            words.heading_episodes,
            words.count_episodes,
            words.all_aired if len(seasons) > 1 else words.season_ended,
        )
    if len(site.episodes) == 1:
        return ListTexts(
            words.page_title_date,
            words.skip_to_date,
            words.heading_date,
            words.count_dates,
            words.one_aired,
        )
    return ListTexts(
        words.page_title_dates,
        words.skip_to_dates,
        words.heading_dates,
        words.count_dates,
        words.dates_over,
    )


def _describe_dates(
    site: SiteInput,
    seasons: Sequence[Part],
    expected: Sequence[Expectation],
    texts: ListTexts,
) -> list[str]:
    """Return what the page says of the dates without a script: a headline, then lines."""
    words = site.schedule.words
    coming = [
        words.named_expected_in.format(name=each.title, when=each.when)
        if each.title
        else words.expected_in.format(when=each.when)
        for each in expected
    ]
    if not seasons:
        return coming
    season = seasons[0]
    first, last = season.episodes[0], season.episodes[-1]
    is_range = first.date != last.date
    lines = [_describe_start(season, site.schedule, is_range=is_range)]
    if len(season.episodes) > 1:
        lines.append(_count_episodes(season, texts, words))
    if is_range:
        date = format_date(last.date, words)
        lines[1] = words.count_until.format(count=lines[1], date=date)
    if not first.start:
        lines.append(words.hour_not_known)
    return [*lines, *coming]


def _describe_start(season: Part, schedule: Schedule, *, is_range: bool) -> str:
    """Return when a season begins: "Season 2: from Monday 20 July 2026, 23:00 KST"."""
    words = schedule.words
    start = descriptions.format_air_time(season.episodes[0], schedule)
    if season.title:
        pattern = words.season_from_start if is_range else words.season_start
        return pattern.format(season=season.title, start=start)
    return words.from_start.format(start=start) if is_range else start


def _count_episodes(season: Part, texts: ListTexts, words: Words) -> str:
    """Count what has a number, or all if nothing has: "8 episodes", "3 dates"."""
    numbered = sum(1 for each in season.episodes if each.number)
    return format_count(numbered or len(season.episodes), texts.counted, words)


def _summarize_season(schedule: Schedule, texts: ListTexts, season: Part) -> str:
    """Return how many episodes a season has, and when: "8 episodes, 21 July to 12 August 2025"."""
    dates = descriptions.format_date_range(season.episodes, schedule)
    count = _count_episodes(season, texts, schedule.words)
    return schedule.words.count_and_dates.format(count=count, dates=dates)


def _describe_platform(site: SiteInput, platform_id: str) -> str:
    """Return a platform's kind, region and delay, and the dates of its own plan."""
    platform = site.schedule.platforms[platform_id]
    words = site.schedule.words
    description = descriptions.describe_availability(platform, words)
    if not platform.airing:
        return description
    episodes = sort_by_start(site.listings.platforms[platform_id].episodes)
    dates = descriptions.format_date_range(episodes, site.schedule)
    return words.platform_on_own_dates.format(description=description, dates=dates)


# No edit changes it.
@lru_cache(maxsize=64)
def _render_qr_code(url: str, main_url: str, title: str) -> str:
    """Render the site's URL as a QR code: SVG without inline styles, as the policy demands."""
    code = _make_qr_code(main_url)
    if url != main_url:
        # To choose a mask takes most of the time, and both URLs are nearly the same.
        code = _make_qr_code(url, code.mask)
    return str(code.svg_inline(border=2, omitsize=True, title=title))


@lru_cache(maxsize=64)
def _make_qr_code(url: str, mask: int | None = None) -> segno.QRCode:
    return segno.make(url, error="m", micro=False, mask=mask)


def _render_events(site: SiteInput, seasons: Sequence[Part]) -> dict[str, bytes]:
    """Render the events of the list in UTF-8, by their ids."""
    events = [event for season in seasons for event in season.events]
    is_detailed = len(events) <= MAX_DETAILED_ROWS
    level = 4 if seasons and seasons[0].title else 3
    if site.film:
        level = 0
    render = partial(_render_row, site, RowPatterns(), level, is_detailed=is_detailed)
    name = f"row of level {level}{' with details' if is_detailed else ''}"
    items = site.cache.get_or_render(name, events, render)
    return {event.id: item for event, item in zip(events, items, strict=True)}


def _list_events(
    items: Mapping[str, bytes], long_texts: LongTexts, events: Iterable[Event]
) -> Markup:
    """Return the HTML of events, from that of all events by their ids."""
    return long_texts.hold(b"".join(items[each.id] for each in events))


def _render_row(
    site: SiteInput, patterns: RowPatterns, level: int, event: Event, *, is_detailed: bool
) -> bytes:
    """Render one event of the list on the page: an episode, or several with a row each.

    ``level`` is that of its heading, 0 if it has none.
    """
    first, schedule, name, words = event.first, site.schedule, event.name, site.words
    entry = _make_calendar_entry(site, event, is_detailed=is_detailed)
    lines = site.get_local_times(first.start or first.date)
    end = first.end or to_position(first.date + timedelta(days=1), schedule.timezone)
    texts = {
        "id": first.id,
        "name": name,
        "start": format_utc(first.position),
        "end": format_utc(end),
        "ics_url": site.url.join(event_path(event.id, schedule)),
        "google_url": calendar_apps.add_to_google(entry),
        "outlook_url": calendar_apps.add_to_outlook(entry),
        "download": words.download_name.format(name=name),
        "add_to_google": words.add_to_google.format(name=name),
        "add_to_outlook": words.add_to_outlook.format(name=name),
        **{f"line_{number}": line for number, line in enumerate(lines)},
        **({"teaser": first.teaser} if first.teaser else {}),
    }
    render = partial(_render_row_texts, site, level, event)
    if _is_plain(event):
        return patterns.render(texts, render)
    return render(texts).encode()


def _is_plain(event: Event) -> bool:
    """Return whether a row is like most: one episode without changes, links and other extras."""
    first = event.first
    extras = (
        event.revisions,
        event.availability,
        first.revisions,
        first.links,
        first.recap,
        any(first.foreign),
    )
    is_sure = first.start is not None and first.status == "confirmed"
    return len(event.episodes) == 1 and is_sure and not any(extras)


def _render_row_texts(site: SiteInput, level: int, event: Event, texts: Texts) -> str:
    """Render a row with these texts in place of those of the event."""
    schedule, words = site.schedule, site.words
    first = event.first._replace(id=texts["id"], teaser=texts.get("teaser"))
    episodes, previous = (first, *event.episodes[1:]), first.previous_start
    context = {
        "changes": [*_describe_changes(event, schedule)],
        "change_parts": _list_change_parts(event),
        "clock_lines": [text for name, text in texts.items() if name.startswith("line_")],
        "episodes": episodes,
        "first": first,
        "heading": name_in_html(event) if any(first.foreign) else texts["name"],
        "level": level,
        "only_this": words.only_this_episode if schedule.airing else words.only_this_date,
        "own_dates": {each.id: [*_list_own_dates(site, event, each)] for each in episodes},
        "platforms": schedule.platforms,
        "previous": format_utc(previous) if isinstance(previous, datetime) else "",
        "texts": texts,
        "words": words,
    }
    return get_macro("episode.html", "row")(**context)


def _list_change_parts(event: Event) -> tuple[str, ...]:
    """Return the texts of the schedule in what the changes of an event say."""
    parts = (part for revision in event.revisions for _, part in revision.parts)
    return tuple(dict.fromkeys(text for each in parts for text in list_parts(each)))


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
    ids, words = descriptions.list_platforms(event.availability, schedule), schedule.words
    entry = calendar_apps.CalendarEntry(
        title=site.get_event_title(event),
        location=site.get_location(ids),
        start=first.start or first.date,
        end=first.end or first.date + timedelta(days=1),
        page=words.mark_lines(site.link_to(event)),
    )
    if not is_detailed:
        return entry
    lines = site.get_platform_lines(ids, event.availability, first.links)
    return entry._replace(
        teaser=words.mark_lines(descriptions.describe_episodes(event, words)),
        platforms=tuple(map(words.mark_lines, lines)),
    )
