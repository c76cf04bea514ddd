"""Listings of shows of different kinds, as short rows of season, number and local time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from defects_ical.sources.listing import Credit, ListedEpisode, ListedPlatform, Listing
from defects_ical.timezones.conversion import to_utc

NEW_YORK = "America/New_York"
TVMAZE = Credit("TVmaze", "https://www.tvmaze.com/shows/82/the-lighthouse", "CC BY-SA 4.0")


def list_episode(  # noqa: PLR0913 - the fields of an episode
    when: str,
    number: int | None,
    *,
    season: int | None = None,
    title: str | None = None,
    runtime: int | None = 60,
    zone: str = NEW_YORK,
    summary: str | None = None,
) -> ListedEpisode:
    """Return an episode of a local date, date and time (up to 29:59, or with offset), or none.

    Its id in the source has nothing to do with its number.
    """
    day, start = parse_when(when, zone)
    identifier = f"{2_000_000 + (season or 0) * 1000 + (number or 0)}"
    return ListedEpisode(identifier, season, number, title, start, day, runtime, summary)


def parse_when(when: str, zone: str) -> tuple[date | None, datetime | None]:
    """Return the date and the start in UTC that a text says: "2025-10-02T25:30"."""
    if not when:
        return None, None
    day, _, clock = when.partition("T")
    if not clock:
        return date.fromisoformat(day), None
    evening = datetime.combine(date.fromisoformat(day), time())
    naive = evening + timedelta(hours=int(clock[:2]), minutes=int(clock[3:5]))
    if offset := clock[5:]:
        return evening.date(), datetime.fromisoformat(f"{naive.isoformat()}{offset}").astimezone(
            UTC
        )
    return evening.date(), to_utc(naive, zone)


def number_episodes(
    whens: Iterable[str],
    *,
    first: int = 1,
    season: int | None = None,
    runtime: int | None = 60,
    zone: str = NEW_YORK,
) -> list[ListedEpisode]:
    """Return an episode for each text, with consecutive numbers."""
    return [
        list_episode(when, number, season=season, runtime=runtime, zone=zone)
        for number, when in enumerate(whens, first)
    ]


def list_every(
    days: int, first: str, count: int, clock: str = "21:00", skip: Sequence[str] = ()
) -> list[str]:
    """Return as many texts, each some days after the one before, without those in ``skip``."""
    found, day = list[str](), date.fromisoformat(first)
    while len(found) < count:
        if day.isoformat() not in skip:
            found.append(f"{day}T{clock}" if clock else day.isoformat())
        day += timedelta(days=days)
    return found


def list_weekly(
    first: str, count: int, clock: str = "21:00", skip: Sequence[str] = ()
) -> list[str]:
    """Return as many texts, a week apart."""
    return list_every(7, first, count, clock, skip)


def list_working_days(
    first: str, count: int, clock: str = "23:35", skip: Sequence[str] = ()
) -> list[str]:
    """Return as many texts from Monday to Friday."""
    days = list_every(1, first, 2 * count, "", skip)
    working = [each for each in days if date.fromisoformat(each).weekday() < 5]
    return [f"{each}T{clock}" for each in working[:count]]


def make_listing(episodes: Iterable[ListedEpisode], zone: str | None = NEW_YORK) -> Listing:
    """Return a listing of a source that cannot be asked again."""
    return Listing("csv", "", "The Show", zone, tuple(episodes))


def make_lighthouse() -> Listing:
    """Return a show with all that a source may have: two seasons, specials, what is not known."""
    episodes = [
        *number_episodes(list_weekly("2025-01-05", 7, skip=["2025-02-09"]), season=1),
        list_episode("2025-03-02T21:00", 8, season=1, title="Home", runtime=90),
        list_episode("2025-12-24T20:00", None, season=1, title="The Lighthouse at Christmas"),
        *number_episodes(list_weekly("2026-01-04", 4, clock=""), season=2),
        list_episode("", 5, season=2),
        list_episode("", 6, season=2),
        list_episode("", None, title="The making of"),
    ]
    episodes[0] = list_episode(
        *("2025-01-05T21:00", 1),
        season=1,
        title="The Keeper",
        summary="A keeper finds a letter in the lamp room, and the sea takes what the letter asks "
        "for: first his boat, and then the man who built it.\nNobody sees who wrote it.",
    )
    episodes[1] = list_episode("2025-01-12T21:00", 2, season=1, title="Episode 2")
    episodes[2] = list_episode("2025-01-19T21:00", 3, season=1, title="“No”, She Said: Part #1")
    return Listing(
        kind="tvmaze",
        reference="82",
        title="The Lighthouse",
        timezone=NEW_YORK,
        episodes=tuple(episodes),
        platforms=(
            ListedPlatform("Channel 4", "television", "United States", "https://four.example/"),
            ListedPlatform("Big Stream", "streaming"),
        ),
        genres=("Drama", "Mystery"),
        cast=(("Ann Archer", "Ida Keeper"), ("Bo Baker", "The Stranger")),
        summary="A keeper, her daughter, and a light that must not go out.",
        credit=TVMAZE,
    )
