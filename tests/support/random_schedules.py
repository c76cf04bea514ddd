"""Random schedules with many kinds of blocks, and random entries of a change log.

Most of them are valid: blocks are in order, and entries name episodes that there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from defects_ical.model.fields import WEEKDAYS

Plain = dict[str, Any]
Draw = st.DrawFn

PUBLISHED: Final = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY: Final = date(2026, 2, 2)
MAX_ENTRIES: Final = 6
ZONES: Final = ("Asia/Seoul", "Europe/London", "America/New_York")
HOURS: Final = ("12:00", "20:00", "23:30", "24:30", "26:10")
DELAYS: Final = (0, 60, -90, {"days": 14}, {"days": -7}, {"weeks": 1, "hours": 2})
ACTIONS: Final[tuple[Plain, ...]] = (
    *({"shift": {"weeks": 1}}, {"shift": {"days": -1}}, {"shift": {"hours": 3}}),
    *({"shift": {"slots": 1}}, {"shift": {"slots": -1}}, {"shift": {"slots": 3}}),
    *({"time": "22:00", "runtime": 50}, {"time": "25:00"}, {"runtime": 75}, {"note": "Louder."}),
    *({"move": "2026-07-04"}, {"move": "2026-07-04T21:00", "runtime": 40}),
    *({"move": "2026-03-10T24:15"}, {"status": "postponed"}, {"status": "cancelled"}),
    *({"status": "confirmed"}, {"status": "tentative", "reason": "A strike."}),
)


class RandomSchedule(NamedTuple):
    """A schedule without a change log, and the entries that may be in one."""

    plan: Plain
    entries: list[Plain]

    def write(self, entries: Iterable[Plain]) -> str:
        """Return the text of the schedule with these entries."""
        return json.dumps({**self.plan, "changes": [*entries]})


@st.composite
def random_schedules(draw: Draw) -> RandomSchedule:
    """Return a strategy for schedules."""
    blocks, keys = draw(_airing())
    specials = draw(st.lists(_special(), max_size=2, unique_by=lambda each: each["id"]))
    platforms = draw(_platforms(blocks))
    plan = {
        "format": 1,
        "show": {
            "uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29",
            "slug": "show",
            "title": "The Show",
        },
        "timezone": draw(st.sampled_from(ZONES)),
        "published": PUBLISHED.isoformat(),
        "airing": blocks,
        "platforms": platforms,
        "specials": specials,
        "episodes": draw(_details(keys)),
    }
    words = _list_words(keys, [each["id"] for each in specials])
    entry = _entry(words, [*platforms])
    entries = draw(st.lists(entry, min_size=1, max_size=MAX_ENTRIES))
    for day, each in enumerate(entries, start=10):
        each["at"] = PUBLISHED.replace(day=day).isoformat()
    return RandomSchedule(plan, entries)


@st.composite
def _airing(draw: Draw) -> tuple[list[Plain], list[str]]:
    """Return blocks of up to three seasons, and the keys of their episodes."""
    blocks, keys, day = list[Plain](), list[str](), FIRST_DAY
    for season in draw(st.sampled_from([(None,), (2,), (None, 2), (None, 2, 3)])):
        number = 1
        for _ in range(draw(st.integers(1, 2))):
            block = draw(_block(day))
            count = block["episodes"]
            if draw(st.booleans()):
                number += draw(st.integers(0, 3))
                block["episodes"] = f"{number}-{number + count - 1}"
            if season:
                block["season"] = season
            prefix = f"s{season:02}e" if season else ""
            width = 2 if season else 1
            keys += (f"{prefix}{n:0{width}}" for n in range(number, number + count))
            number += count
            day += timedelta(days=45)
            blocks.append(block)
    if draw(st.booleans()):
        blocks[-1]["published"] = PUBLISHED.replace(day=12, hour=6).isoformat()
    if draw(st.booleans()):
        blocks.append({"season": 4, "premiere": "2027-10"})
    return blocks, keys


@st.composite
def _block(draw: Draw, day: date) -> Plain:
    kind = draw(st.sampled_from(("weekly", "dates", "one date")))
    block: Plain = {"runtime": 45}
    if draw(st.booleans()):
        block["time"] = draw(st.sampled_from(HOURS))
    if draw(st.integers(0, 4)) == 0:
        block["status"] = "tentative"
    if kind == "one date":
        return {**block, "premiere": str(day), "episodes": draw(st.integers(1, 4))}
    together = draw(st.integers(1, 3))
    if together > 1:
        block["together"] = together
    if kind == "dates":
        steps = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
        days = [day + timedelta(days=sum(steps[:n])) for n in range(len(steps))]
        hours = [draw(st.sampled_from(("", "", "T19:00", "T25:15"))) for _ in days]
        dates = [f"{day}{hour}" for day, hour in zip(days, hours, strict=True)]
        return {**block, "dates": dates, "episodes": len(days) * together}
    return {**block, **draw(_weekly(day, together))}


@st.composite
def _weekly(draw: Draw, day: date, together: int) -> Plain:
    first = day.weekday()
    numbers = draw(st.sets(st.integers(0, 6), max_size=2)) | {first}
    weekdays = [WEEKDAYS[number] for number in sorted(numbers)]
    slots = [f"{each}{draw(st.sampled_from(('', '', ' 18:30', ' 25:00')))}" for each in weekdays]
    if draw(st.integers(0, 4)) == 0:
        slots.append(f"{weekdays[0]} 21:30")
    count = draw(st.integers(1, 7))
    rule: Plain = {"premiere": str(day), "weekdays": slots, "episodes": count}
    if count > 2 * len(slots) * together:
        rule["skip"] = [str(day + timedelta(days=7))]
    return rule


@st.composite
def _special(draw: Draw) -> Plain:
    id_ = draw(st.sampled_from(("extra", "final")))
    hour = draw(st.sampled_from(("", "T19:00")))
    special = {"id": id_, "title": id_.title(), "airs": f"2026-12-2{draw(st.integers(1, 9))}{hour}"}
    if draw(st.booleans()):
        special["published"] = PUBLISHED.replace(day=11, hour=18).isoformat()
    return {**special, "runtime": 90}


@st.composite
def _platforms(draw: Draw, blocks: list[Plain]) -> Plain:
    """Return a platform that follows, one with a delay, and one with its own plan."""
    base = {"kind": "streaming", "region": "Here"}
    platforms: Plain = {"one": {"name": "One", **base}}
    if draw(st.booleans()):
        platforms["two"] = {"name": "Two", **base, "delay": draw(st.sampled_from(DELAYS))}
    if draw(st.booleans()):
        own: Plain = {"premiere": str(FIRST_DAY + timedelta(days=3)), "time": "06:00"}
        first = blocks[0]
        own["episodes"] = first["episodes"]
        if "season" in first:
            own["season"] = first["season"]
        if draw(st.booleans()):
            own |= {"weekdays": ["thursday"], "together": draw(st.integers(1, 5))}
        platforms["three"] = {"name": "Three", **base, "airing": own}
        if draw(st.booleans()):
            platforms["three"]["delay"] = draw(st.sampled_from(DELAYS))
    return platforms


@st.composite
def _details(draw: Draw, keys: list[str]) -> Plain:
    some = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    kinds = ({"title": "The Search"}, {"runtime": 120}, {"teaser": "What now?"})
    return {key: draw(st.sampled_from(kinds)) for key in some}


@st.composite
def _entry(draw: Draw, words: list[str], platforms: list[str]) -> Plain:
    named: object = "all"
    if draw(st.integers(0, 6)):
        named = draw(st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True))
    entry = {"episodes": named, **draw(st.sampled_from(ACTIONS))}
    if draw(st.integers(0, 3)) == 0:
        entry["platform"] = draw(st.sampled_from(platforms))
    return entry


def _list_words(keys: list[str], specials: list[str]) -> list[str]:
    """Return words for episodes: each alone, ranges of up to four, seasons, specials."""
    ranges = [
        f"{first}-{last}"
        for size in (2, 3, 4)
        for first, last in zip(keys, keys[size - 1 :], strict=False)
        if first[:3] == last[:3] or not (first + last).count("s")
    ]
    seasons = dict.fromkeys(key[:3] for key in keys if key.startswith("s"))
    return [*keys, *ranges, *seasons, *specials]
