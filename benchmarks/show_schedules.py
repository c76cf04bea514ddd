"""Write folders of schedules, the same ones each time, and edit them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

EPISODES: Final = 16
SEED: Final = "shows of the benchmark"
ZONES: Final = (
    *("America/New_York", "America/Sao_Paulo", "Asia/Seoul", "Asia/Tokyo", "Australia/Sydney"),
    *("Europe/Berlin", "Europe/Istanbul", "Europe/London"),
)
WEEKDAYS: Final = (*("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),)
GENRES: Final = (
    *("K-drama", "thriller", "comedy", "crime", "documentary", "fantasy", "history", "mystery"),
    *("romance", "science fiction"),
)
ADJECTIVES: Final = (
    *("Bright", "Broken", "Distant", "Frozen", "Hidden", "Last", "Quiet", "Second", "Silent"),
    "Young",
)
NOUNS: Final = (
    *("City", "Family", "Garden", "Harbour", "House", "Island", "Letter", "River", "Summer"),
    "Witness",
)
# Each has another kind or region than its neighbours: a show has three that follow each other.
PLATFORMS: Final = (
    "{name: Channel 1, kind: television, region: the country}",
    '{name: Stream 1, kind: streaming, region: everywhere, url: "https://one.example/"}',
    '{name: Stream 2, kind: streaming, region: abroad, url: "https://two.example/", delay: 60}',
    "{name: Channel 2, kind: television, region: the north}",
    '{name: Stream 3, kind: streaming, region: Asia, url: "https://three.example/"}',
    '{name: Stream 4, kind: streaming, region: Europe, url: "https://four.example/", delay: 1440}',
)
PLATFORMS_OF_SHOW: Final = 3
FIRST_PREMIERE: Final = date(2025, 7, 7)
SCHEDULE_TEMPLATE: Final = """\
format: 1
show:
  uid: {uid}
  slug: {slug}
  title: {title}
  synopsis: >-
    Nobody in town remembers what happened in the {noun} ten years ago, until a stranger asks. The
    answer changes what all of them thought they knew of each other.
  genres: [{genres}]
timezone: {zone}
published: 2025-07-01T09:00:00+00:00
airing:
  premiere: {premiere}
  weekdays: [{weekdays}]
  time: {time}
  runtime: 60
  episodes: {episodes}
clocks: [America/Los_Angeles, Asia/Kolkata, UTC]
platforms:
{platforms}
episodes:
{teasers}
changes:
"""
TEASER_TEMPLATE: Final = (
    "  {number}: {{title: The {noun} {number}, teaser: A missing person is found in {number}.}}"
)
ENTRY_TEMPLATE: Final = (
    "  - {{at: 2025-07-{day:02}T{hour:02}:00:00+00:00, episodes: [{episode}], "
    "move: 2030-{month:02}-{day:02}T22:30, reason: A game ran over.}}\n"
)
# The first line of an entry of the change log.
ENTRY_MARK: Final = "  - {at: "


def write_schedules(folder: Path, count: int) -> None:
    """Write ``count`` schedules of different shows to a new folder."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{get_slug(number)}.yaml").write_text(_make_schedule(number), "utf-8")


def get_slug(number: int) -> str:
    """Return the slug of a show, which is also the name of its file."""
    adjective, noun = _get_words(number)
    return f"{adjective}-{noun}-{number + 1}".lower()


def get_feed_path(number: int) -> str:
    """Return the path of a show's feed in the site."""
    slug = get_slug(number)
    return f"/{slug}/{slug}.ics"


def edit_schedule(folder: Path, number: int) -> None:
    """Append an entry to the change log of a show; up to 600 times."""
    path = folder / f"{get_slug(number)}.yaml"
    text = path.read_text("utf-8")
    count = text.count(ENTRY_MARK)
    entry = ENTRY_TEMPLATE.format(
        day=2 + count // 24,
        hour=count % 24,
        month=1 + count // EPISODES % 12,
        episode=1 + count % EPISODES,
    )
    path.write_text(text + entry, "utf-8")


def _make_schedule(number: int) -> str:
    random = Random(f"{SEED} {number}")  # noqa: S311 - no secret
    adjective, noun = _get_words(number)
    days = sorted(random.sample(range(7), random.randint(1, 2)))
    premiere = FIRST_PREMIERE + timedelta(weeks=random.randrange(40), days=days[0])
    numbers = range(1, EPISODES + 1)
    return SCHEDULE_TEMPLATE.format(
        uid=uuid.UUID(int=random.getrandbits(128), version=4),
        slug=get_slug(number),
        title=f"The {adjective} {noun} {number + 1}",
        noun=noun.lower(),
        genres=", ".join(random.sample(GENRES, 2)),
        zone=random.choice(ZONES),
        premiere=premiere.isoformat(),
        weekdays=", ".join(WEEKDAYS[day] for day in days),
        time=f"{random.randrange(17, 24)}:{random.choice(('00', '15', '30'))}",
        episodes=EPISODES,
        platforms="\n".join(_list_platforms(random.randrange(len(PLATFORMS)))),
        teasers="\n".join(TEASER_TEMPLATE.format(number=each, noun=noun) for each in numbers),
    )


def _get_words(number: int) -> tuple[str, str]:
    return ADJECTIVES[number % len(ADJECTIVES)], NOUNS[number // len(ADJECTIVES) % len(NOUNS)]


def _list_platforms(first: int) -> Iterator[str]:
    """Yield the lines of platforms that follow each other, the last one followed by the first."""
    for each in range(first, first + PLATFORMS_OF_SHOW):
        index = each % len(PLATFORMS)
        yield f"  platform-{index + 1}: {PLATFORMS[index]}"
