"""The page's JSON-LD, in literal values."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.structured_data import render_json_ld
from tests.conftest import SITE_URL
from tests.support.example_schedules import (
    SCHEDULE_WITH_CHANGES,
    edit_airing,
    load_yaml,
    make_yaml,
)
from tests.support.json_documents import (
    MOVED_FROM_NONEXISTENT_TIME,
    RELEASES,
    find_spoilers,
    parse_strict,
)

ELSEWHERE: Final = SiteURL.parse("https://me.example/my-show")
CHANNEL: Final = {"@type": "BroadcastService", "name": "Channel", "areaServed": "New York"}
LATE: Final = {
    "@type": "BroadcastService",
    "name": "Late & Co",
    "areaServed": "elsewhere",
    "url": "https://late.example/?a=1&b=2",
}


@pytest.fixture(scope="module")
def with_changes() -> Schedule:
    return load_yaml(SCHEDULE_WITH_CHANGES)


def render_series(schedule: Schedule, site_url: SiteURL = SITE_URL) -> Any:
    return parse_strict(render_text(schedule, site_url))


def render_text(schedule: Schedule, site_url: SiteURL = SITE_URL) -> str:
    return render_json_ld(SiteInput(schedule, site_url))


def find_publications(schedule: Schedule, number: int) -> list[dict[str, Any]]:
    series = render_series(schedule)
    found = [each for each in series["episode"] if each.get("episodeNumber") == number]
    publication: list[dict[str, Any]] = found[0]["publication"]
    return publication


# JSON-LD


def test_series_of_the_defects(schedule: Schedule) -> None:
    series = render_series(schedule)
    season = series.pop("containsSeason")
    cast = series.pop("actor")
    assert series.pop("description").startswith("A secret ring sells children")
    assert series == {
        "@context": "https://schema.org",
        "@type": "TVSeries",
        "name": "The Defects",
        "alternateName": "아이쇼핑",
        "genre": ["K-drama", "thriller"],
        "url": "https://defects.example/",
        "numberOfEpisodes": 8,
    }
    assert len(cast) == 8
    assert cast[0] == {
        "@type": "PerformanceRole",
        "actor": {"@type": "Person", "name": "Yeom Jung-ah"},
        "characterName": "Kim Se-hee",
    }
    assert [each["episodeNumber"] for each in season.pop("episode")] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert season == {"@type": "TVSeason", "seasonNumber": 1, "numberOfEpisodes": 8}


def test_episode_is_published_on_each_platform(schedule: Schedule) -> None:
    first = render_series(schedule)["containsSeason"]["episode"][0]
    assert first == {
        "@type": "TVEpisode",
        "episodeNumber": 1,
        "name": "Episode 1",
        "description": "Children can be had here, and returned. Not all who were returned are"
        " gone.",
        "url": "https://defects.example/#e01",
        "publication": [
            {
                "@type": "BroadcastEvent",
                "startDate": "2025-07-21T23:00:00+09:00",
                "endDate": "2025-07-22T00:00:00+09:00",
                "eventStatus": "https://schema.org/EventScheduled",
                "publishedOn": {
                    "@type": "BroadcastService",
                    "name": "ENA",
                    "areaServed": "South Korea",
                },
            },
            {
                "@type": "OnDemandEvent",
                "startDate": "2025-07-21T23:00:00+09:00",
                "eventStatus": "https://schema.org/EventScheduled",
                "publishedOn": {
                    "@type": "BroadcastService",
                    "name": "TVing",
                    "areaServed": "South Korea",
                    "url": "https://www.tving.com/",
                },
            },
            {
                "@type": "OnDemandEvent",
                "startDate": "2025-07-21T23:00:00+09:00",
                "eventStatus": "https://schema.org/EventScheduled",
                "publishedOn": {
                    "@type": "BroadcastService",
                    "name": "Kocowa",
                    "areaServed": "outside South Korea",
                    "url": "https://www.kocowa.com/",
                },
            },
        ],
    }


def test_episodes_are_sorted_by_start(with_changes: Schedule) -> None:
    order = ["Episode 1", "The making of </script>", *(f"Episode {n}" for n in (2, 3, 4, 5))]
    assert [each["name"] for each in render_series(with_changes)["episode"]] == order


def test_special_has_no_number(with_changes: Schedule) -> None:
    assert "episodeNumber" not in render_series(with_changes)["episode"][1]


def test_moved_episode_is_rescheduled(with_changes: Schedule) -> None:
    """A moved episode is rescheduled on every platform, with its delay."""
    assert find_publications(with_changes, 2) == [
        {
            "@type": "BroadcastEvent",
            "startDate": "2025-03-09T22:00:00-04:00",
            "endDate": "2025-03-09T23:00:00-04:00",
            "eventStatus": "https://schema.org/EventRescheduled",
            "previousStartDate": "2025-03-09T21:00:00-04:00",
            "publishedOn": CHANNEL,
        },
        {
            "@type": "OnDemandEvent",
            "startDate": "2025-03-09T23:30:00-04:00",
            "eventStatus": "https://schema.org/EventRescheduled",
            "previousStartDate": "2025-03-09T22:30:00-04:00",
            "publishedOn": LATE,
        },
        {
            "@type": "BroadcastEvent",
            "startDate": "2025-03-10T22:00:00-04:00",
            "endDate": "2025-03-10T23:00:00-04:00",
            "eventStatus": "https://schema.org/EventRescheduled",
            "previousStartDate": "2025-03-10T21:00:00-04:00",
            "publishedOn": CHANNEL | {"name": "Again"},
        },
    ]


def test_cancelled_episode_is_cancelled(with_changes: Schedule) -> None:
    """A cancelled episode has no previous start, even if it was moved before."""
    for each in find_publications(with_changes, 4):
        assert each["eventStatus"] == "https://schema.org/EventCancelled"
        assert "previousStartDate" not in each


def test_tentative_episode_is_scheduled(with_changes: Schedule) -> None:
    statuses = [each["eventStatus"] for each in find_publications(with_changes, 3)]
    assert statuses == ["https://schema.org/EventScheduled"] * 3


def test_move_from_nonexistent_time_is_scheduled() -> None:
    (publication,) = find_publications(load_yaml(MOVED_FROM_NONEXISTENT_TIME), 1)
    assert publication["eventStatus"] == "https://schema.org/EventScheduled"


@pytest.mark.parametrize(
    ("season", "where"), [(None, {"series"}), (1, {"series", "season"}), (2, {"season"})]
)
def test_number_of_episodes_is_where_it_is_known(season: int | None, where: set[str]) -> None:
    line = f"title: The Show, season: {season}" if season else "title: The Show"
    series = render_series(load_yaml(make_yaml().replace("title: The Show", line)))
    parts = {"series": series, "season": series.get("containsSeason", {})}
    assert {name for name, part in parts.items() if part.get("numberOfEpisodes") == 8} == where
    assert ("episode" in series) is (season is None)


# Releases


def list_parts(series: dict[str, Any]) -> list[tuple[int, int | None, str | None, list[str]]]:
    return [
        (
            each["seasonNumber"],
            each.get("numberOfEpisodes"),
            each.get("startDate"),
            [episode["name"] for episode in each.get("episode", ())],
        )
        for each in series["containsSeason"]
    ]


def test_each_season_has_its_episodes() -> None:
    series = render_series(load_yaml(RELEASES))
    later = ["S02E01", "Home", "S02E04", "S02E03", "S02E05"]
    assert list_parts(series) == [
        (1, 2, None, ["Episode 1", "The Search", "The party"]),
        (2, 5, None, later),
        (3, None, "2027-10", []),
    ]
    assert {"episode", "numberOfEpisodes"} & series.keys() == set()


RULE: Final = "weekdays: [monday], time: 23:00, runtime: 60"


def test_number_of_episodes_of_all_seasons() -> None:
    first = f"{{premiere: 2025-07-21, {RULE}, episodes: 8}}"
    second = f"{{season: 2, premiere: 2026-07-20, {RULE}, episodes: 6}}"
    assert render_series(load_yaml(edit_airing(first, second, season=1)))["numberOfEpisodes"] == 14
    soap = first.replace("8}", "7250-7289}")
    assert "numberOfEpisodes" not in render_series(load_yaml(edit_airing(soap)))


def test_announced_series_has_the_month() -> None:
    series = render_series(load_yaml(edit_airing("{premiere: 2027-03}")))
    assert (series["@type"], series["startDate"]) == ("TVSeries", "2027-03")
    assert "episode" not in series


FILM: Final = "{id: film, title: The Show, airs: 2026-05-15, runtime: 100}"


def test_film_is_a_movie() -> None:
    movie = render_series(load_yaml(edit_airing(specials=FILM)))
    assert movie == {
        "@context": "https://schema.org",
        "@type": "Movie",
        "name": "The Show",
        "url": "https://defects.example/",
        "publication": [
            {
                "@type": "BroadcastEvent",
                "startDate": "2026-05-15",
                "eventStatus": "https://schema.org/EventScheduled",
                "publishedOn": CHANNEL | {"areaServed": "Everywhere"},
            }
        ],
    }


def test_specials_with_other_titles_are_no_film() -> None:
    other = FILM.replace("film", "final").replace("The Show", "Final")
    for specials in (other, f"{FILM}, {other}"):
        series = render_series(load_yaml(edit_airing(specials=specials)))
        assert series["@type"] == "TVSeries"
        assert len(series["episode"]) == specials.count("id:")


def find_season_publications(name: str) -> list[dict[str, Any]]:
    seasons = render_series(load_yaml(RELEASES))["containsSeason"]
    (found,) = (
        episode
        for season in seasons
        for episode in season.get("episode", ())
        if episode["name"] == name
    )
    publications: list[dict[str, Any]] = found["publication"]
    return publications


def test_platform_has_times_of_its_own_plan() -> None:
    stream, channel = find_season_publications("The Search")
    assert stream["startDate"] == "2024-05-11T20:00:00+01:00"
    assert channel["startDate"] == "2024-05-12T22:00:00+01:00"
    assert channel["previousStartDate"] == "2024-05-12T21:30:00+01:00"
    assert stream["eventStatus"] == "https://schema.org/EventScheduled"
    # The channel shows nothing else.
    assert len(find_season_publications("The party")) == 1


def test_unknown_hour_is_a_date() -> None:
    (moved,) = find_season_publications("S02E03")
    assert (moved["startDate"], moved["previousStartDate"]) == ("2025-01-14", "2025-01-13")
    assert "endDate" not in moved


def test_hour_that_became_known_is_scheduled() -> None:
    (known,) = find_season_publications("S02E01")
    assert known["eventStatus"] == "https://schema.org/EventScheduled"


def test_postponed_episode_is_postponed() -> None:
    (postponed,) = find_season_publications("S02E05")
    assert postponed["eventStatus"] == "https://schema.org/EventPostponed"


def test_episode_has_its_own_link() -> None:
    (publication,) = find_season_publications("Home")
    assert publication["url"] == "https://stream.example/home"
    assert "url" not in publication["publishedOn"]


def test_links_start_with_site_url(with_changes: Schedule) -> None:
    series = render_series(with_changes, ELSEWHERE)
    assert series["url"] == "https://me.example/my-show/"
    assert series["episode"][0]["url"] == "https://me.example/my-show/#e01"
    assert "defects.example" not in render_text(with_changes, ELSEWHERE)


def test_missing_values_are_left_out() -> None:
    text = render_text(load_yaml(make_yaml()))
    assert "null" not in text
    assert set(parse_strict(text)) == {
        "@context",
        "@type",
        "name",
        "url",
        "numberOfEpisodes",
        "episode",
    }
    assert "description" not in parse_strict(text)["episode"][0]


class ScriptParser(HTMLParser):
    """A parser that collects the start tags and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs[0][1]}" if attrs else tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_texts_do_not_end_script_element(with_changes: Schedule) -> None:
    text = render_text(with_changes)
    assert not set(text) & set("<>&\u2028\u2029")
    page = ScriptParser(f'<script type="application/ld+json">{text}</script><p>')
    assert page.tags == ["script application/ld+json", "p"]
    assert page.texts == [text]
    assert r'"name":"\u003C/script\u003E\u003C!-- \"Show\" \u0026 ]]\u003E 🎬"' in text


def test_texts_are_unchanged(with_changes: Schedule) -> None:
    series = render_series(with_changes)
    assert series["name"] == '</script><!-- "Show" & ]]> 🎬'
    assert series["alternateName"] == "아이쇼핑"
    assert series["description"] == 'It says "no".\nAnd <b>more</b>.'
    assert series["episode"][0]["description"] == "]]></script><script>alert(1)</script>"
    assert series["actor"][0]["actor"]["name"] == "O'Hara </script>"
    assert series["actor"][0]["characterName"] == '\u202bThe "One"'
    assert series["episode"][0]["publication"][1]["publishedOn"] == LATE


def test_line_separators_are_escaped() -> None:
    """They are escaped, although a schedule cannot contain them."""
    schedule = load_yaml(make_yaml())
    synopsis = "one\u2028two\u2029three"
    show = schedule.show.model_copy(update={"synopsis": synopsis})
    text = render_text(schedule.model_copy(update={"show": show}))
    assert r"one\u2028two\u2029three" in text
    assert parse_strict(text)["description"] == synopsis


@pytest.mark.parametrize("name", ["schedule", "with_changes"])
def test_json_ld_has_no_recap(name: str, request: pytest.FixtureRequest) -> None:
    schedule: Schedule = request.getfixturevalue(name)
    assert find_spoilers(schedule, render_text(schedule)) == set()


# Cinemas

CINEMA: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: film, title: The Film}
timezone: America/New_York
published: 2026-01-01T00:00:00+00:00
specials: [{id: film, title: The Film, airs: 2026-07-17, runtime: 120}]
platforms:
  cinemas: {name: Cinemas, kind: cinema, region: United States}
  stream: {name: Stream, kind: streaming, region: United States, delay: {days: 45}}
"""


def test_film_in_cinemas_is_a_screening() -> None:
    """A ScreeningEvent is no PublicationEvent, so it is not among the publications."""
    film = render_series(load_yaml(CINEMA))
    assert film["@type"] == "Movie"
    assert film["subjectOf"] == [
        {
            "@type": "ScreeningEvent",
            "name": "The Film",
            "startDate": "2026-07-17",
            "eventStatus": "https://schema.org/EventScheduled",
            "location": {"@type": "Place", "name": "Cinemas", "address": "United States"},
        }
    ]
    assert [each["startDate"] for each in film["publication"]] == ["2026-08-31"]
