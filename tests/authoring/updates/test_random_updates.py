"""Any listing after any other: the update has the source's dates, and a second one has nothing."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.updates.update import propose_update
from defects_ical.errors import ListingError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.sources.listing import ListedEpisode, Listing
from tests.authoring.shows import UID
from tests.authoring.updates.updates import URL, check_announced

IMPORTED = datetime(2025, 1, 10, 12, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/London", "Asia/Seoul", "Australia/Lord_Howe")
TITLES = (None, None, "Home", "The Search", "Episode 1", 'No: "x" #1', "홈", "- {a: b}")


@st.composite
def _regular_episodes(draw: st.DrawFn) -> list[ListedEpisode]:
    """Return seasons with rules, and with exceptions from them."""
    episodes = list[ListedEpisode]()
    start = datetime(2025, draw(st.integers(1, 4)), 1, draw(st.integers(0, 23)), 30, tzinfo=UTC)
    for season in range(1, draw(st.integers(1, 2)) + 1):
        step, together = draw(st.sampled_from((1, 7))), draw(st.integers(1, 2))
        for number in range(1, draw(st.integers(1, 10)) + 1):
            moment = start + timedelta(days=step * ((number - 1) // together))
            if draw(st.integers(0, 6)) == 0:
                moment += timedelta(days=draw(st.integers(0, 3)))
            evening = (moment - timedelta(hours=6)).date()
            has_hour = draw(st.integers(0, 9)) > 0
            title = draw(st.sampled_from(TITLES))
            id_ = str(1000 * season + number)
            episodes.append(
                ListedEpisode(id_, season, number, title, moment if has_hour else None, evening, 60)
            )
        start += timedelta(days=150)
    return episodes


def _change(draw: st.DrawFn, episode: ListedEpisode) -> ListedEpisode:
    """Return an episode with other values."""
    days = timedelta(days=draw(st.sampled_from((-7, -1, 1, 2, 7, 14))))
    hours = timedelta(hours=draw(st.sampled_from((0, 0, 0, 1, -2))))
    start, day = episode.start, episode.day
    noon = datetime.combine(day or date(2025, 4, 1), time(12), UTC)
    changes: dict[str, dict[str, Any]] = {
        "move": {"start": start and start + days + hours, "day": day and day + days},
        "hour": {"start": None if start else noon, "day": noon.date()},
        "date": {"start": None, "day": None},
        "status": {"is_cancelled": not episode.is_cancelled},
        "title": {"title": draw(st.sampled_from(TITLES))},
        "number": {
            "number": draw(st.none() | st.integers(0, 14)),
            "season": draw(st.sampled_from((None, 0, 1, 2))),
        },
        "runtime": {"runtime": draw(st.sampled_from((None, 30, 60, 90, 1440)))},
    }
    return replace(episode, **changes[draw(st.sampled_from(sorted(changes)))])


@st.composite
def _changed_episodes(
    draw: st.DrawFn, episodes: list[ListedEpisode], turn: int
) -> list[ListedEpisode]:
    """Return a later listing: some changed, a week moved, some gone, some added."""
    changed = [_change(draw, each) if draw(st.integers(0, 2)) == 0 else each for each in episodes]
    if draw(st.booleans()):
        first, days = draw(st.integers(0, 9)), timedelta(days=draw(st.sampled_from((1, 7))))
        changed[first:] = [
            replace(each, start=each.start and each.start + days, day=each.day and each.day + days)
            for each in changed[first:]
        ]
    changed = [each for each in changed if draw(st.integers(0, 9)) > 0] or changed[:1]
    last = changed[-1]
    for index in range(draw(st.integers(0, 4))):
        days = timedelta(days=7 * (index + 1))
        new = replace(
            last,
            id=f"new-{turn}-{index}",
            number=None if last.number is None else last.number + index + 1,
            start=last.start and last.start + days,
            day=last.day and last.day + days,
        )
        changed.append(_change(draw, new) if draw(st.booleans()) else new)
    return changed


@st.composite
def _histories(draw: st.DrawFn) -> list[list[ListedEpisode]]:
    """Return a listing, and those that follow."""
    listings = [draw(_regular_episodes())]
    for turn in range(draw(st.integers(1, 3))):
        listings.append(draw(_changed_episodes(listings[-1], turn)))
    return listings


@settings(max_examples=30, deadline=None)
@given(_histories(), st.sampled_from(ZONES), st.integers(1, 120))
def test_any_update_has_the_dates(history: list[list[ListedEpisode]], zone: str, days: int) -> None:
    check_updates(history, zone, days)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None)
@given(_histories(), st.sampled_from(ZONES), st.integers(1, 120))
def test_many_updates_have_the_dates(
    history: list[list[ListedEpisode]], zone: str, days: int
) -> None:
    check_updates(history, zone, days)


def check_updates(history: list[list[ListedEpisode]], zone: str, days: int) -> None:
    """Update a schedule from each listing after the first, some days apart."""
    first, *later = (Listing("ics", URL, "The Show", zone, tuple(each)) for each in history)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.yaml"
        try:
            create_imported_schedule(path, first, ImportOptions(), UID, IMPORTED)
        except ListingError:
            return
        for index, listing in enumerate(later, start=1):
            _check_update(path, listing, IMPORTED + timedelta(days=days * index))


def _check_update(path: Path, listing: Listing, now: datetime) -> None:
    def load(content: bytes) -> Schedule:
        return load_schedule(path, content=content)

    content = path.read_bytes()
    before = load(content)
    proposed = propose_update(before, str(path), content, listing, load, now)
    after = proposed.schedule or before
    if proposed.content:
        path.write_bytes(proposed.content)
        check_announced(before, after)
    again = propose_update(after, str(path), path.read_bytes(), listing, load, now)
    assert (again.content, again.actions, again.by_hand) == (None, (), ())
    assert {*again.questions} <= {*proposed.questions}
    _check_dates(before, after, listing, now)


def _check_dates(before: Schedule, after: Schedule, listing: Listing, now: datetime) -> None:
    """Check that what airs later is as the source has it, and what has aired as before."""
    assert after.source
    old = {each.id: each for each in expand_episodes(before)}
    listed = {each.id: each for each in listing.episodes}
    for episode in expand_episodes(after):
        former, there = old.get(episode.id), listed.get(after.source.episodes[episode.id])
        if former and _has_aired(former, now):
            assert (former.start, former.date, former.runtime, former.status) == (
                *(episode.start, episode.date, episode.runtime, episode.status),
            )
        elif there and (there.start or there.day) and episode.status != "cancelled":
            assert not there.is_cancelled
            assert (episode.start or episode.date) == (there.start or there.day)
            runtime = there.runtime or episode.runtime
            assert episode.runtime == (min(runtime, 1439) if runtime else None)


def _has_aired(episode: Episode, now: datetime) -> bool:
    if episode.status == "cancelled":
        return False
    return episode.start < now if episode.start else episode.position + timedelta(days=1) < now
