"""What is kept from one build to the next: it saves work, and changes no byte."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode, expand_episodes
from defects_ical.schedule.model import Schedule, Show
from defects_ical.site.build import Site, build_site
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.site_digest import digest_site

SITE_URL: Final = SiteURL.parse("https://defects.example")
SHOW: Final = """show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: The Show
  original_title: 아이쇼핑
  season: 1
  synopsis: What it is about.
  genres: [thriller]
  cast: [{actor: One, role: Somebody}]
  color: crimson
"""
CHANNEL: Final = "channel: {name: Channel, kind: television, region: Everywhere}"
STREAM: Final = "stream: {name: Stream, kind: streaming, region: Everywhere, delay: 60}"
SPECIAL: Final = "{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}"
MOVED: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30}"
STREAMED: Final = ("kind: television", "kind: streaming")
SHIFT: Final = "shift: {weeks: 1}"
CANCELLED: Final = "{at: 2025-08-02T12:00:00+09:00, episodes: [6], status: cancelled, reason: Why}"
NOTES: Final = "episodes: {2: {teaser: A teaser., recap: A recap.}}\n"


def schedule_of(show: str = SHOW, notes: str = NOTES, **lines: str | int) -> str:
    """An eventful schedule; other lines where a test wants them."""
    usual: dict[str, str | int] = {
        "clocks": "[Europe/London, UTC]",
        "platforms": f"{{{CHANNEL}, {STREAM}}}",
        "specials": f"[{SPECIAL}]",
        "changes": f"[{MOVED}]",
    }
    text = make_yaml(**{**usual, **lines})  # type: ignore[arg-type] # each keyword with its own type
    head, _, rest = text.partition("show: {")
    return head + show + rest.partition("\n")[2] + notes


USUAL: Final = schedule_of()
# Each differs from the usual one in what its name says.
VARIANTS: Final = {
    "show.uid": schedule_of(SHOW.replace("3c2d1f64", "3c2d1f65")),
    "show.slug": schedule_of(SHOW.replace("slug: show", "slug: film")),
    "show.title": schedule_of(SHOW.replace("The Show", "The Film")),
    "show.original_title": schedule_of(SHOW.replace("아이쇼핑", "아이")),
    "show.season": schedule_of(SHOW.replace("season: 1", "season: 2")),
    "show.synopsis": schedule_of(SHOW.replace("What it", "All it")),
    "show.genres": schedule_of(SHOW.replace("[thriller]", "[drama]")),
    "show.cast": schedule_of(SHOW.replace("One", "Two")),
    "show.color": schedule_of(SHOW.replace("crimson", "navy")),
    "timezone": schedule_of(timezone="Asia/Tokyo"),
    "published": schedule_of(published="2025-07-02T00:00:00+00:00"),
    "airing, premiere": schedule_of(premiere="2025-07-22"),
    "airing, weekdays": schedule_of(weekdays="[monday, wednesday]"),
    "airing, time": schedule_of(time="22:00"),
    "airing, runtime": schedule_of(runtime=70),
    "airing, episodes": schedule_of(episodes=9),
    "clocks": schedule_of(clocks="[UTC]"),
    "platforms, renamed": schedule_of(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("Str", "Dr")),
    "platforms, kind": schedule_of(platforms=f"{{{CHANNEL}, {STREAM}}}".replace(*STREAMED)),
    "platforms, region": schedule_of(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("Every", "Any")),
    "platforms, url": schedule_of(platforms=f'{{{CHANNEL}, {STREAM[:-1]}, url: "https://a.b/"}}}}'),
    "platforms, delayed": schedule_of(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("60", "90")),
    "platforms, one": schedule_of(platforms=f"{{{CHANNEL}}}"),
    "platforms, turned": schedule_of(platforms=f"{{{STREAM}, {CHANNEL}}}"),
    "episodes, teaser": schedule_of(notes=NOTES.replace("A teaser", "Another")),
    "episodes, recap": schedule_of(notes=NOTES.replace("A recap", "Another")),
    "specials, title": schedule_of(specials=f"[{SPECIAL}]".replace("making of", "beginning")),
    "specials, none": schedule_of(specials="[]"),
    "specials, time": schedule_of(specials=f"[{SPECIAL}]".replace("T23", "T22")),
    "specials, runtime": schedule_of(specials=f"[{SPECIAL}]".replace("45", "50")),
    "changes, shift": schedule_of(changes=f"[{MOVED}]".replace("move: 2025-08-04T23:30", SHIFT)),
    "changes, runtime": schedule_of(changes=f"[{MOVED}]".replace("}", ", runtime: 70}")),
    "changes, status": schedule_of(changes=f"[{MOVED}]".replace("}", ", status: tentative}")),
    "changes, note": schedule_of(changes=f"[{MOVED}]".replace("}", ", note: Baseball}")),
    "changes, earlier": schedule_of(changes=f"[{MOVED}]".replace("T12", "T11")),
    "changes, more": schedule_of(changes=f"[{MOVED}, {CANCELLED}]"),
    "changes, none": schedule_of(changes="[]"),
    "changes, reason": schedule_of(changes=f"[{MOVED}]".replace("}", ", reason: Baseball}")),
}
# They have no other value, or are of no episode.
WITHOUT_VARIANT: Final = {"format", "show.picture"}


@cache
def made(text: str) -> Schedule:
    return load_yaml(text)


@cache
def built(text: str, address: SiteURL) -> Site:
    return build_site(made(text), address)


def assert_the_same(text: str, cache: BuildCache, address: SiteURL = SITE_URL) -> None:
    # By digest: a difference would be ten thousand lines.
    assert digest_site(build_site(made(text), address, cache)) == digest_site(built(text, address))


@pytest.mark.parametrize("what", VARIANTS)
def test_an_edit_makes_the_same_bytes_as_a_new_build(what: str) -> None:
    cache = BuildCache()
    for text in (USUAL, VARIANTS[what], USUAL):
        assert_the_same(text, cache)


def test_no_key_of_a_schedule_is_without_such_an_edit() -> None:
    known = {what.partition(",")[0] for what in VARIANTS} | WITHOUT_VARIANT
    keys = {*Schedule.model_fields} - {"show"} | {f"show.{name}" for name in Show.model_fields}
    assert known == keys
    assert len({USUAL, *VARIANTS.values()}) == len(VARIANTS) + 1


@given(st.lists(st.sampled_from([USUAL, *VARIANTS.values()]), min_size=2, max_size=6))
@settings(max_examples=10, deadline=None)
def test_and_so_does_any_number_of_edits(texts: list[str]) -> None:
    cache = BuildCache()
    for text in texts:
        assert_the_same(text, cache)


def test_another_address_makes_everything_anew() -> None:
    cache = BuildCache()
    for url in ("https://defects.example", "https://me.example/show", "https://defects.example"):
        assert_the_same(USUAL, cache, SiteURL.parse(url))


def test_only_what_an_edit_concerns_is_made_again() -> None:
    cache, asked = BuildCache(), []

    def piece(episode: Episode) -> str:
        asked.append(episode.id)
        return episode.id

    episodes = expand_episodes(made(USUAL))
    ids = [each.id for each in episodes]
    edited = tuple(replace(each, runtime=90) if each.id == "e03" else each for each in episodes)
    for current in (episodes, episodes, edited):
        cache.start_build(made(USUAL), SITE_URL)
        assert cache.get_or_render("somewhere", current, piece) == ids
    assert asked == [*ids, "e03"]
    # What is no longer part of the site is kept no longer.
    cache.get_or_render("somewhere", episodes, piece)
    assert asked == [*ids, "e03", "e03"]
    cache.get_or_render("elsewhere", episodes, piece)
    assert asked == [*ids, "e03", "e03", *ids]
