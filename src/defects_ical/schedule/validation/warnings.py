"""Warnings about probable mistakes in a valid schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath, format_key_path
from defects_ical.schedule.episodes import Event, Listings
from defects_ical.schedule.roster import list_episodes, plan_platform
from defects_ical.text.english import join_names
from defects_ical.text.translations import Translated
from defects_ical.timezones.conversion import to_local

NOT_AIRING: Final = {"cancelled", "postponed"}
FAR_AHEAD: Final = timedelta(days=2 * 365)
MAX_TRANSLATED: Final = 10_000
# As in `&amp;`, `&#39;`, `<br>`, `</b>`.
HTML: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});|</?[a-zA-Z][^<>]*>")


def find_warnings(schedule: Schedule, listings: Listings, now: datetime) -> Iterator[Problem]:
    """Yield a problem for each probable mistake in a valid schedule; ``now`` is in UTC."""
    yield from _check_entries(schedule, now)
    yield from _check_texts(schedule)
    yield from _check_far_dates(schedule, listings, now)
    yield from _check_same_start(schedule, listings)
    yield from _check_size(schedule, listings)


def find_missing_texts(schedule: Schedule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each language in which texts are missing, with the key paths of these.

    The name of a show, a channel or an actor that is plain text is the same in every language.
    """
    texts = [*_list_texts(schedule)]
    for language in schedule.languages[1:]:
        missing = tuple(
            format_key_path(key_path)
            for key_path, text in texts
            if isinstance(text, Translated)
            and not text.is_shared
            and language not in text.translations
        )
        if missing:
            yield language, missing


def _check_entries(schedule: Schedule, now: datetime) -> Iterator[Problem]:
    for index, change in enumerate(schedule.changes):
        if change.at > now:
            hint = "Use the time when it was decided."
            yield schedule.problem(("changes", index, "at"), "the time is in the future", hint)


def _check_texts(schedule: Schedule) -> Iterator[Problem]:
    """Yield texts with HTML: calendar apps show it as it is written."""
    for key_path, text in _list_translations(schedule):
        if found := HTML.search(text):
            message = f"calendar apps show `{found[0]}` as it is written"
            yield schedule.problem(key_path, message, "Write plain text.")


def _list_translations(schedule: Schedule) -> Iterator[tuple[KeyPath, str]]:
    """Yield the key path and the text of each value, in every language."""
    for key_path, text in _list_texts(schedule):
        yield key_path, text
        if isinstance(text, Translated):
            for language, translation in text.translations.items():
                yield (*key_path, language), translation


def _list_texts(schedule: Schedule) -> Iterator[tuple[KeyPath, str]]:
    """Yield the key path and the text of each value that feeds and pages show."""
    show = schedule.show
    for name in ("title", "original_title", "synopsis"):
        yield ("show", name), getattr(show, name) or ""
    for index, genre in enumerate(show.genres):
        yield ("show", "genres", index), genre
    for index, role in enumerate(show.cast):
        yield ("show", "cast", index, "actor"), role.actor
        yield ("show", "cast", index, "role"), role.role
    for credit in show.credits:
        yield ("show", "credit", "name"), credit.name
        yield ("show", "credit", "licence"), credit.licence
    for key, platform in schedule.platforms.items():
        yield ("platforms", key, "name"), platform.name
        yield ("platforms", key, "region"), platform.region
    for number, details in schedule.episodes.items():
        for name in ("title", "teaser", "recap"):
            yield ("episodes", number, name), getattr(details, name) or ""
    for index, special in enumerate(schedule.specials):
        yield ("specials", index, "title"), special.title
    for index, change in enumerate(schedule.changes):
        yield ("changes", index, "note"), change.note or ""
        yield ("changes", index, "reason"), change.reason or ""


def _check_far_dates(schedule: Schedule, listings: Listings, now: datetime) -> Iterator[Problem]:
    """Yield a warning for each feed with a date so far ahead that the year is probably mistyped."""
    own = (name for name, platform in schedule.platforms.items() if platform.airing)
    for name in (None, *own):
        events = listings.of(name).events
        last = max(events, key=_get_position, default=None)
        if last and _get_position(last) > now + FAR_AHEAD:
            message = f"{last.name} is on {last.first.date}, more than two years ahead"
            key_path = _find_plan(schedule, last, name)
            yield schedule.problem(key_path, message, "Check the year.")


def _find_plan(schedule: Schedule, event: Event, platform: str | None) -> KeyPath:
    """Return the path of the changes that moved an event, else of what plans it."""
    if event.first.previous_start:
        return ("changes",)
    key = event.first.key
    own = plan_platform(schedule, platform) if platform else {}
    path = own.get(key, list_episodes(schedule).planned[key]).key_path
    return path[: path.index("airing") + 2] if "airing" in path else path


def _check_same_start(schedule: Schedule, listings: Listings) -> Iterator[Problem]:
    """Yield events that start at the same time; what is planned together is one event."""
    shown = (each for each in listings.main.events if each.first.status not in NOT_AIRING)
    timed = sorted((each for each in shown if each.first.start), key=_get_position)
    for start, group in groupby(timed, key=_get_position):
        events = [*group]
        if len(events) > 1:
            when = to_local(start, schedule.timezone).naive
            names = join_names([each.name for each in events])
            message = f"{names} start at the same time, {when:%Y-%m-%d %H:%M}"
            planned = "airing" if all(each.first.number for each in events) else "specials"
            key_path = ("changes",) if schedule.changes else (planned,)
            yield schedule.problem(key_path, message, "Move or cancel one of them in `changes`.")


def _check_size(schedule: Schedule, listings: Listings) -> Iterator[Problem]:
    """Yield a warning if there are more episodes in all languages than a site should have."""
    count, languages = len(listings.main.episodes), len(schedule.languages)
    if languages > 1 and count * languages > MAX_TRANSLATED:
        message = f"{count:,} episodes in {languages} languages are more than {MAX_TRANSLATED:,}"
        hint = "The site becomes large and slow to build. Use fewer languages."
        yield schedule.problem(("languages",), message, hint)


def _get_position(event: Event) -> datetime:
    return event.first.position
