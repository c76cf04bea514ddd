"""The build cache saves work and changes no byte."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.site_digest import digest_site
from tests.support.variants import sample

SHOW: Final = """show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: The Show
  original_title: 아이쇼핑
  season: 1
  synopsis: What it is about.
  genres: [thriller]
  cast: [{actor: One, role: Other}]
  color: crimson
  credit: {name: TVmaze, url: "https://a.example/", licence: CC BY-SA 4.0}
"""
CHANNEL: Final = "channel: {name: Channel, kind: television, region: Everywhere}"
STREAM: Final = "stream: {name: Stream, kind: streaming, region: Everywhere, delay: 60}"
SPECIAL: Final = "{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}"
MOVED: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30}"
STREAMED: Final = ("kind: television", "kind: streaming")
SHIFT: Final = "shift: {weeks: 1}"
CANCELLED: Final = "{at: 2025-08-02T12:00:00+09:00, episodes: [6], status: cancelled, reason: Why}"
NOTES: Final = "episodes: {2: {teaser: A teaser., recap: A recap.}}\n"


def edit_yaml(show: str = SHOW, notes: str = NOTES, **lines: str | int) -> str:
    """Return a schedule with specials and changes, with other values for some keys."""
    values: dict[str, str | int] = {
        "clocks": "[Europe/London, UTC]",
        "platforms": f"{{{CHANNEL}, {STREAM}}}",
        "specials": f"[{SPECIAL}]",
        "changes": f"[{MOVED}]",
    }
    text = make_yaml(**{**values, **lines})  # type: ignore[arg-type] # each keyword with its own type
    head, _, rest = text.partition("show: {")
    return head + show + rest.partition("\n")[2] + notes


DEFAULT: Final = edit_yaml()
# Each differs from the default in the key that its name begins with.
VARIANTS: Final = {
    "show.uid": edit_yaml(SHOW.replace("3c2d1f64", "3c2d1f65")),
    "show.slug": edit_yaml(SHOW.replace("slug: show", "slug: film")),
    "show.title": edit_yaml(SHOW.replace("The Show", "The Film")),
    "show.original_title": edit_yaml(SHOW.replace("아이쇼핑", "아이")),
    "show.season": edit_yaml(SHOW.replace("season: 1", "season: 2")),
    "show.synopsis": edit_yaml(SHOW.replace("What it", "All it")),
    "show.genres": edit_yaml(SHOW.replace("[thriller]", "[drama]")),
    "show.cast": edit_yaml(SHOW.replace("One", "Two")),
    "show.credit": edit_yaml(SHOW.replace("CC BY-SA 4.0", "CC0 1.0")),
    "show.color": edit_yaml(SHOW.replace("crimson", "navy")),
    "languages": DEFAULT.replace("show:\n", "languages: [ko, en]\nshow:\n"),
    "timezone": edit_yaml(timezone="Asia/Tokyo"),
    "published": edit_yaml(published="2025-07-02T00:00:00+00:00"),
    "airing, premiere": edit_yaml(premiere="2025-07-22"),
    "airing, weekdays": edit_yaml(weekdays="[monday, wednesday]"),
    "airing, time": edit_yaml(time="22:00"),
    "airing, runtime": edit_yaml(runtime=70),
    "airing, episodes": edit_yaml(episodes=9),
    "clocks": edit_yaml(clocks="[UTC]"),
    "platforms, renamed": edit_yaml(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("Str", "Dr")),
    "platforms, kind": edit_yaml(platforms=f"{{{CHANNEL}, {STREAM}}}".replace(*STREAMED)),
    "platforms, region": edit_yaml(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("Every", "Any")),
    "platforms, url": edit_yaml(platforms=f'{{{CHANNEL}, {STREAM[:-1]}, url: "https://a.b/"}}}}'),
    "platforms, delayed": edit_yaml(platforms=f"{{{CHANNEL}, {STREAM}}}".replace("60", "90")),
    "platforms, one": edit_yaml(platforms=f"{{{CHANNEL}}}"),
    "platforms, turned": edit_yaml(platforms=f"{{{STREAM}, {CHANNEL}}}"),
    "source": edit_yaml(notes=f"{NOTES}source: {{tvmaze: 1}}\n"),
    "reminders": edit_yaml(notes=f"{NOTES}reminders: [60]\n"),
    "reminders, of a day": edit_yaml(notes=f"{NOTES}reminders: [1440]\n"),
    "episodes, teaser": edit_yaml(notes=NOTES.replace("A teaser", "Another")),
    "episodes, title": edit_yaml(notes=NOTES.replace("{teaser", "{title: A title, teaser")),
    "episodes, runtime": edit_yaml(notes=NOTES.replace("{teaser", "{runtime: 90, teaser")),
    "episodes, links": edit_yaml(
        notes=NOTES.replace("{teaser", '{links: {stream: "https://a.b/2"}, teaser')
    ),
    "episodes, recap": edit_yaml(notes=NOTES.replace("A recap", "Another")),
    "specials, title": edit_yaml(specials=f"[{SPECIAL}]".replace("making of", "beginning")),
    "specials, none": edit_yaml(specials="[]"),
    "specials, time": edit_yaml(specials=f"[{SPECIAL}]".replace("T23", "T22")),
    "specials, runtime": edit_yaml(specials=f"[{SPECIAL}]".replace("45", "50")),
    "changes, shift": edit_yaml(changes=f"[{MOVED}]".replace("move: 2025-08-04T23:30", SHIFT)),
    "changes, runtime": edit_yaml(changes=f"[{MOVED}]".replace("}", ", runtime: 70}")),
    "changes, status": edit_yaml(changes=f"[{MOVED}]".replace("}", ", status: tentative}")),
    "changes, note": edit_yaml(changes=f"[{MOVED}]".replace("}", ", note: Baseball}")),
    "changes, earlier": edit_yaml(changes=f"[{MOVED}]".replace("T12", "T11")),
    "changes, more": edit_yaml(changes=f"[{MOVED}, {CANCELLED}]"),
    "changes, none": edit_yaml(changes="[]"),
    "changes, reason": edit_yaml(changes=f"[{MOVED}]".replace("}", ", reason: Baseball}")),
}
# These keys have no other value, or concern no episode.
WITHOUT_VARIANT: Final = {"format", "show.picture"}


@cache
def load_cached(text: str) -> Schedule:
    return load_yaml(text)


@cache
def build_cached(text: str, site_url: SiteURL) -> Site:
    return build_site(load_cached(text), site_url)


def assert_same_bytes(text: str, cache: BuildCache, site_url: SiteURL = SITE_URL) -> None:
    # By digest: the difference of two sites has ten thousand lines.
    site = build_site(load_cached(text), site_url, cache)
    assert digest_site(site) == digest_site(build_cached(text, site_url))


@pytest.mark.parametrize("name", sample(VARIANTS, 4))
def test_edit_renders_same_bytes_as_new_build(name: str) -> None:
    cache = BuildCache()
    for text in (DEFAULT, VARIANTS[name], DEFAULT):
        assert_same_bytes(text, cache)


def test_every_key_has_an_edit() -> None:
    known = {name.partition(",")[0] for name in VARIANTS} | WITHOUT_VARIANT
    keys = {*Schedule.model_fields} - {"show"} | {f"show.{name}" for name in Show.model_fields}
    assert known == keys
    assert len({DEFAULT, *VARIANTS.values()}) == len(VARIANTS) + 1


@given(st.lists(st.sampled_from([DEFAULT, *VARIANTS.values()]), min_size=2, max_size=6))
@settings(max_examples=10, deadline=None)
def test_edits_render_same_bytes_as_new_builds(texts: list[str]) -> None:
    cache = BuildCache()
    for text in texts:
        assert_same_bytes(text, cache)


def test_edit_of_one_event_changes_form_of_all_times() -> None:
    """Tehran's last transition is in 2022: a special in 2023 puts the other events in UTC, too."""
    texts = [
        edit_yaml(
            timezone="Asia/Tehran",
            published="2023-01-01T00:00:00Z",
            premiere="2024-07-22",
            specials=f"[{SPECIAL}]".replace("2025", year),
            changes="[]",
        )
        for year in ("2024", "2023")
    ]
    feeds = [build_cached(text, SITE_URL)["/show.ics"].body for text in texts]
    assert [b"TZID=Asia/Tehran" in feed for feed in feeds] == [True, False]
    cache = BuildCache()
    for text in (*texts, *texts):
        assert_same_bytes(text, cache)


def test_other_url_renders_everything() -> None:
    cache = BuildCache()
    for url in ("https://defects.example", "https://me.example/show", "https://defects.example"):
        assert_same_bytes(DEFAULT, cache, SiteURL.parse(url))


def test_only_edited_episodes_are_rendered() -> None:
    cache, rendered = BuildCache(), []

    def render(episode: Episode) -> str:
        rendered.append(episode.id)
        return episode.id

    episodes = expand_episodes(load_cached(DEFAULT))
    ids = [each.id for each in episodes]
    edited = tuple(each._replace(runtime=90) if each.id == "e03" else each for each in episodes)
    for current in (episodes, episodes, edited):
        cache.start_build(load_cached(DEFAULT), SITE_URL)
        assert cache.get_or_render("page", current, render) == ids
    assert rendered == [*ids, "e03"]
    # An output that the last build did not use is not cached.
    cache.get_or_render("page", episodes, render)
    assert rendered == [*ids, "e03", "e03"]
    cache.get_or_render("frame", episodes, render)
    assert rendered == [*ids, "e03", "e03", *ids]


@pytest.mark.parametrize(
    ("items", "rendered"),
    [
        ("abcd", ""),
        ("xabcd", "x"),
        ("abd", ""),
        ("dcba", ""),
        ("axcd", "x"),
        ("abcdx", "x"),
        ("", ""),
    ],
)
def test_items_that_move_are_not_rendered_again(items: str, rendered: str) -> None:
    cache, found = BuildCache(), list[str]()

    def render(item: tuple[str]) -> str:
        found.append(item[0])
        return item[0].upper()

    # Equal items are other objects here, as most are after a reload.
    cache.get_or_render("letters", [(each,) for each in "abcd"], render)
    found.clear()
    assert cache.get_or_render("letters", [(each,) for each in items], render) == [*items.upper()]
    assert found == [*rendered]


# Other languages.

TRANSLATED_SHOW: Final = SHOW.replace(
    "title: The Show\n", "title: {en: The Show, ko: 그 작품}\n"
).replace("[thriller]", "[{en: thriller, ko: 스릴러}]")
TRANSLATED: Final = "languages: [en, ko]\n" + edit_yaml(
    TRANSLATED_SHOW,
    notes=NOTES.replace("A teaser.", "{en: A teaser., ko: 예고.}"),
    specials=f"[{SPECIAL}]".replace("The making of", "{en: Backstage, ko: 뒷이야기}"),
    changes=f"[{MOVED}]".replace("}", ", note: {en: Baseball, ko: 야구}}"),
)
TRANSLATIONS: Final = {
    "title": ("ko: 그 작품", "ko: 작품"),
    "title that is the same": ("ko: 그 작품", "ko: The Show"),
    "title that is missing": (", ko: 그 작품", ""),
    "genre": ("ko: 스릴러", "ko: 공포"),
    "region": ("region: Everywhere", "region: {en: Everywhere, ko: 전국}"),
    "region that is the same": ("region: Everywhere", "region: {en: Everywhere, ko: Everywhere}"),
    "teaser": ("ko: 예고.", "ko: 다른 예고."),
    "teaser that is missing": (", ko: 예고.", ""),
    "special": ("ko: 뒷이야기", "ko: 특집"),
    "special that is the same": ("ko: 뒷이야기", "ko: Backstage"),
    "special that is missing": (", ko: 뒷이야기", ""),
    "note": ("ko: 야구", "ko: 야구 중계"),
    "note that is the same": ("ko: 야구", "ko: Baseball"),
    "note that is missing": (", ko: 야구", ""),
    "recap that is the same": ("recap: A recap.", "recap: {en: A recap., ko: A recap.}"),
    "languages, more": ("[en, ko]", "[en, ko, ar]"),
    "languages, turned": ("[en, ko]", "[ko, en]"),
}


# A missing text is that of the main language, but not the same as a translation that is equal.
EQUAL: Final = {
    f"{name} that is the same": f"{name} that is missing" for name in ("title", "special", "note")
}


@pytest.mark.parametrize("name", sample(TRANSLATIONS, 3))
def test_edit_of_a_translation_renders_same_bytes_as_new_build(name: str) -> None:
    before = TRANSLATED.replace(*TRANSLATIONS[EQUAL[name]]) if name in EQUAL else TRANSLATED
    cache = BuildCache()
    for text in (before, TRANSLATED.replace(*TRANSLATIONS[name]), before):
        assert_same_bytes(text, cache)
