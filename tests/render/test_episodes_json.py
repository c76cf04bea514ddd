"""What programs read: episodes.json, structured data and the sitemap, in literal values."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

import pytest

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.site_url import SiteURL
from defects_ical.render.episodes_json import render_json
from defects_ical.render.structured_data import render_json_ld, render_sitemap
from defects_ical.schedule.episodes import Episode, expand_episodes
from defects_ical.schedule.model import Schedule
from tests.conftest import SITE_URL
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml

ELSEWHERE = SiteURL.parse("https://me.example/my-show")
STARTS = [
    "2025-07-21T14:00:00Z",
    "2025-07-22T14:00:00Z",
    "2025-07-28T14:00:00Z",
    "2025-07-29T14:00:00Z",
    "2025-08-04T14:00:00Z",
    "2025-08-05T14:00:00Z",
    "2025-08-11T14:00:00Z",
    "2025-08-12T14:00:00Z",
]
SPOILERS = ("crash", "Si-woo is", "audition", "school bag", "recap", "hideout", "Spoiler")
CHANNEL = {"@type": "BroadcastService", "name": "Channel", "areaServed": "New York"}
LATE = {
    "@type": "BroadcastService",
    "name": "Late & Co",
    "areaServed": "elsewhere",
    "url": "https://late.example/?a=1&b=2",
}


def refused(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")


def strict(text: str | bytes) -> Any:
    return json.loads(text, parse_constant=refused)


def files(schedule: Schedule, address: SiteURL = SITE_URL) -> dict[str, bytes]:
    episodes = expand_episodes(schedule)
    return {
        **dict(render_json(schedule, episodes, address, BuildCache())),
        **dict(render_sitemap(schedule, address)),
    }


def told(schedule: Schedule, address: SiteURL = SITE_URL) -> Any:
    return strict(files(schedule, address)["/episodes.json"])


def structured(schedule: Schedule, address: SiteURL = SITE_URL) -> Any:
    return strict(render_json_ld(schedule, expand_episodes(schedule), address, BuildCache()))


def publications(schedule: Schedule, number: int) -> list[dict[str, Any]]:
    series = structured(schedule)
    found = [each for each in series["episode"] if each.get("episodeNumber") == number]
    publication: list[dict[str, Any]] = found[0]["publication"]
    return publication


@pytest.fixture(scope="module")
def eventful() -> Schedule:
    return load_yaml(SCHEDULE_WITH_CHANGES)


def test_there_are_two_files(schedule: Schedule) -> None:
    assert list(files(schedule)) == ["/episodes.json", "/sitemap.xml"]


def test_the_shipped_show_its_platforms_and_its_feeds_are_told(schedule: Schedule) -> None:
    content = told(schedule)
    assert list(content) == [
        "version",
        "show",
        "timezone",
        "published",
        "feeds",
        "platforms",
        "episodes",
        "changes",
    ]
    assert (content["version"], content["changes"]) == (1, [])
    assert (content["timezone"], content["published"]) == ("Asia/Seoul", "2025-07-22T00:00:00Z")
    synopsis = content["show"].pop("synopsis")
    assert synopsis.startswith("A secret ring sells children to families who")
    assert content["show"] == {
        "title": "The Defects",
        "original_title": "아이쇼핑",
        "season": 1,
        "genres": ["K-drama", "thriller"],
        "color": "crimson",
        "page": "https://defects.example/",
    }
    assert content["platforms"][1] == {
        "id": "tving",
        "name": "TVing",
        "kind": "streaming",
        "region": "South Korea",
        "url": "https://www.tving.com/",
        "delay": 0,
    }
    assert content["platforms"][0]["url"] is None
    assert [(each["platform"], each["reminders"]) for each in content["feeds"]] == [
        (None, False),
        (None, True),
        ("ena", False),
        ("ena", True),
        ("tving", False),
        ("tving", True),
        ("kocowa", False),
        ("kocowa", True),
    ]
    assert content["feeds"][3] == {
        "title": "The Defects on ENA (reminders)",
        "platform": "ena",
        "reminders": True,
        "url": "https://defects.example/the-defects-ena-reminders.ics",
        "webcal": "webcal://defects.example/the-defects-ena-reminders.ics",
    }


def test_the_shipped_episodes_are_told(schedule: Schedule) -> None:
    episodes = told(schedule)["episodes"]
    assert episodes[0] == {
        "id": "e01",
        "number": 1,
        "name": "Episode 1",
        "status": "confirmed",
        "start": "2025-07-21T14:00:00Z",
        "end": "2025-07-21T15:00:00Z",
        "start_local": "2025-07-21T23:00:00+09:00",
        "runtime": 60,
        "teaser": "Children can be had here, and returned. Not all who were returned are gone.",
        "revision": 0,
        "page": "https://defects.example/#e01",
        "ics": "https://defects.example/episodes/the-defects-e01.ics",
        "previous_start": None,
    }
    assert [each["start"] for each in episodes] == STARTS
    assert [each["number"] for each in episodes] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [each["teaser"] for each in episodes[3:]] == [None] * 5


def test_the_file_is_for_people_too(schedule: Schedule) -> None:
    body = files(schedule)["/episodes.json"]
    assert body.startswith(b'{\n "version": 1,\n "show": {\n  "title": "The Defects",\n')
    assert body.endswith(b"]\n}\n")
    assert '"아이쇼핑"' in body.decode()


def test_episodes_come_in_the_order_of_their_starts(eventful: Schedule) -> None:
    episodes = told(eventful)["episodes"]
    assert [(each["id"], each["start"], each["status"], each["revision"]) for each in episodes] == [
        ("e01", "2025-03-03T02:00:00Z", "confirmed", 1),
        ("making-of", "2025-03-08T01:00:00Z", "confirmed", 2),
        ("e02", "2025-03-10T02:00:00Z", "confirmed", 2),
        ("e03", "2025-03-17T01:00:00Z", "tentative", 2),
        ("e04", "2025-03-24T02:00:00Z", "cancelled", 4),
        ("e05", "2025-04-01T01:00:00Z", "confirmed", 3),
    ]
    order = ["Episode 1", "The making of </script>", *(f"Episode {n}" for n in (2, 3, 4, 5))]
    assert [each["name"] for each in structured(eventful)["episode"]] == order


def test_episodes_at_one_instant_keep_the_order_of_the_schedule() -> None:
    special = "[{id: extra, title: Extra, airs: 2025-07-21T23:00, runtime: 10}]"
    content = told(load_yaml(make_yaml(specials=special, episodes=1)))
    assert [each["id"] for each in content["episodes"]] == ["e01", "extra"]


def test_a_special_has_an_id_and_a_name_and_no_number(eventful: Schedule) -> None:
    assert told(eventful)["episodes"][1] == {
        "id": "making-of",
        "number": None,
        "name": "The making of </script>",
        "status": "confirmed",
        "start": "2025-03-08T01:00:00Z",
        "end": "2025-03-08T01:45:00Z",
        "start_local": "2025-03-07T20:00:00-05:00",
        "runtime": 45,
        "teaser": None,
        "revision": 2,
        "page": "https://defects.example/#making-of",
        "ics": "https://defects.example/episodes/show-making-of.ics",
        "previous_start": "2025-03-07T01:00:00Z",
    }
    assert "episodeNumber" not in structured(eventful)["episode"][1]


def test_local_times_have_the_offset_of_their_day(eventful: Schedule) -> None:
    episodes = told(eventful)["episodes"]
    assert [each["start_local"] for each in episodes] == [
        "2025-03-02T21:00:00-05:00",
        "2025-03-07T20:00:00-05:00",
        "2025-03-09T22:00:00-04:00",
        "2025-03-16T21:00:00-04:00",
        "2025-03-23T22:00:00-04:00",
        "2025-03-31T21:00:00-04:00",
    ]
    assert episodes[5]["end"] == "2025-04-01T02:30:00Z"


def test_a_moved_episode_says_where_it_was(eventful: Schedule) -> None:
    episodes = told(eventful)["episodes"]
    assert {each["id"]: each["previous_start"] for each in episodes} == {
        "e01": None,
        "making-of": "2025-03-07T01:00:00Z",
        "e02": "2025-03-10T01:00:00Z",
        "e03": None,
        "e04": "2025-03-24T01:00:00Z",
        "e05": "2025-03-31T01:00:00Z",
    }


def test_changes_are_told_in_the_words_of_the_feeds_the_newest_first(eventful: Schedule) -> None:
    assert told(eventful)["changes"] == [
        {
            "at": "2025-03-22T16:00:30Z",
            "episodes": ["e01", "making-of", "e02", "e03", "e04", "e05"],
            "text": "Saturday 22 March 2025: Teasers reworded.",
        },
        {
            "at": "2025-03-21T16:00:00Z",
            "episodes": ["e04"],
            "text": "Friday 21 March 2025: Cancelled. A strike.",
        },
        {
            "at": "2025-03-07T17:00:00Z",
            "episodes": ["e05"],
            "text": "Friday 7 March 2025: Now 1 h 30 min long, not 1 h.",
        },
        {
            "at": "2025-03-06T17:00:00Z",
            "episodes": ["making-of", "e05"],
            "text": "The making of </script>, Thursday 6 March 2025: Moved from Thursday 6 March"
            " 2025, 20:00 EST to Friday 7 March 2025, 20:00 EST. No broadcast.\n"
            "Episode 5, Thursday 6 March 2025: Moved from Sunday 30 March 2025, 21:00 EDT to"
            " Monday 31 March 2025, 21:00 EDT. No broadcast.",
        },
        {
            "at": "2025-03-06T17:00:00Z",
            "episodes": ["e03", "e04"],
            "text": "Thursday 6 March 2025: To be confirmed.",
        },
        {
            "at": "2025-03-05T18:00:00Z",
            "episodes": ["e04"],
            "text": "Wednesday 5 March 2025: Moved from Sunday 23 March 2025, 21:00 EDT to Sunday"
            " 23 March 2025, 22:00 EDT.",
        },
        {
            "at": "2025-03-05T17:00:00Z",
            "episodes": ["e02"],
            "text": "Wednesday 5 March 2025: Moved from Sunday 9 March 2025, 21:00 EDT to Sunday 9"
            " March 2025, 22:00 EDT. A game & <overtime>.",
        },
    ]


def test_a_text_that_several_episodes_share_names_them_once() -> None:
    changes = (
        "[{at: 2025-07-02T00:00:00+00:00, episodes: [3], runtime: 90},"
        " {at: 2025-07-03T00:00:00+00:00, episodes: [4, 3, 1], runtime: 30}]"
    )
    newest = told(load_yaml(make_yaml(changes=changes)))["changes"][0]
    assert newest["episodes"] == ["e01", "e03", "e04"]
    assert newest["text"] == (
        "Episode 1, Episode 4, Thursday 3 July 2025: Now 30 min long, not 1 h.\n"
        "Episode 3, Thursday 3 July 2025: Now 30 min long, not 1 h 30 min."
    )


def test_what_is_not_known_is_null() -> None:
    content = told(load_yaml(make_yaml()))
    assert content["show"] == {
        "title": "The Show",
        "original_title": None,
        "season": None,
        "synopsis": None,
        "genres": [],
        "color": "slategray",
        "page": "https://defects.example/",
    }


def test_every_link_begins_with_the_address(eventful: Schedule) -> None:
    content = told(eventful, ELSEWHERE)
    assert content["show"]["page"] == "https://me.example/my-show/"
    assert content["feeds"][0]["url"] == "https://me.example/my-show/show.ics"
    assert content["feeds"][0]["webcal"] == "webcal://me.example/my-show/show.ics"
    assert content["episodes"][0]["page"] == "https://me.example/my-show/#e01"
    assert content["episodes"][0]["ics"] == "https://me.example/my-show/episodes/show-e01.ics"
    assert structured(eventful, ELSEWHERE)["url"] == "https://me.example/my-show/"
    assert structured(eventful, ELSEWHERE)["episode"][0]["url"] == "https://me.example/my-show/#e01"
    everything = b"".join(files(eventful, ELSEWHERE).values())
    assert b"defects.example" not in everything


def test_the_series_is_told_to_search_engines(schedule: Schedule) -> None:
    series = structured(schedule)
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


def test_an_episode_is_published_on_each_platform(schedule: Schedule) -> None:
    first = structured(schedule)["containsSeason"]["episode"][0]
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


def test_a_moved_episode_is_rescheduled_on_every_platform_with_its_delay(
    eventful: Schedule,
) -> None:
    assert publications(eventful, 2) == [
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


def test_a_cancelled_episode_is_cancelled_also_where_it_was_moved_before(
    eventful: Schedule,
) -> None:
    for each in publications(eventful, 4):
        assert each["eventStatus"] == "https://schema.org/EventCancelled"
        assert "previousStartDate" not in each


def test_a_tentative_episode_is_scheduled(eventful: Schedule) -> None:
    statuses = [each["eventStatus"] for each in publications(eventful, 3)]
    assert statuses == ["https://schema.org/EventScheduled"] * 3


def test_a_move_from_a_time_that_never_was_has_no_previous_start() -> None:
    # 02:30 does not exist in New York on 9 March 2025.
    changes = "[{at: 2025-02-02T00:00:00+00:00, episodes: [1], move: 2025-03-09T03:30}]"
    schedule = load_yaml(
        make_yaml(
            timezone="America/New_York",
            published="2025-02-01T00:00:00+00:00",
            premiere="2025-03-09",
            weekdays="[sunday]",
            time="02:30",
            episodes=1,
            changes=changes,
        )
    )
    assert told(schedule)["episodes"][0]["previous_start"] is None
    assert publications(schedule, 1)[0]["eventStatus"] == "https://schema.org/EventScheduled"


@pytest.mark.parametrize(
    ("season", "where"), [(None, {"series"}), (1, {"series", "season"}), (2, {"season"})]
)
def test_the_number_of_episodes_is_said_of_what_it_counts(
    season: int | None, where: set[str]
) -> None:
    line = f"title: The Show, season: {season}" if season else "title: The Show"
    series = structured(load_yaml(make_yaml().replace("title: The Show", line)))
    parts = {"series": series, "season": series.get("containsSeason", {})}
    assert {name for name, part in parts.items() if part.get("numberOfEpisodes") == 8} == where
    assert ("episode" in series) is (season is None)


def test_structured_data_leaves_out_what_is_not_known() -> None:
    text = render_json_ld(*_plain(), SITE_URL, BuildCache())
    assert "null" not in text
    assert set(strict(text)) == {
        "@context",
        "@type",
        "name",
        "url",
        "numberOfEpisodes",
        "episode",
    }
    assert "description" not in strict(text)["episode"][0]


def _plain() -> tuple[Schedule, tuple[Episode, ...]]:
    schedule = load_yaml(make_yaml())
    return schedule, expand_episodes(schedule)


class Scripts(HTMLParser):
    """Collects what a page's script elements hold, and the tags around them."""

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


def test_no_text_leaves_the_script_element(eventful: Schedule) -> None:
    text = render_json_ld(eventful, expand_episodes(eventful), SITE_URL, BuildCache())
    assert not set(text) & set("<>&\u2028\u2029")
    page = Scripts(f'<script type="application/ld+json">{text}</script><p>')
    assert page.tags == ["script application/ld+json", "p"]
    assert page.texts == [text]
    assert r'"name":"\u003C/script\u003E\u003C!-- \"Show\" \u0026 ]]\u003E 🎬"' in text


def test_texts_arrive_as_they_are(eventful: Schedule) -> None:
    content, series = told(eventful), structured(eventful)
    title = '</script><!-- "Show" & ]]> 🎬'
    assert content["show"]["title"] == series["name"] == title
    assert content["show"]["original_title"] == series["alternateName"] == "아이쇼핑"
    synopsis = 'It says "no".\nAnd <b>more</b>.'
    assert content["show"]["synopsis"] == series["description"] == synopsis
    teaser = "]]></script><script>alert(1)</script>"
    assert content["episodes"][0]["teaser"] == series["episode"][0]["description"] == teaser
    assert series["actor"][0]["actor"]["name"] == "O'Hara </script>"
    assert series["actor"][0]["characterName"] == '\u202bThe "One"'
    assert series["episode"][0]["publication"][1]["publishedOn"] == LATE


def test_line_separators_are_escaped_although_no_schedule_has_them() -> None:
    schedule, (first, *rest) = _plain()
    teaser = "one\u2028two\u2029three"
    text = render_json_ld(schedule, (replace(first, teaser=teaser), *rest), SITE_URL, BuildCache())
    assert r"one\u2028two\u2029three" in text
    assert strict(text)["episode"][0]["description"] == teaser


@pytest.mark.parametrize("name", ["schedule", "eventful"])
def test_nothing_gives_a_recap_away(name: str, request: pytest.FixtureRequest) -> None:
    schedule: Schedule = request.getfixturevalue(name)
    episodes = expand_episodes(schedule)
    assert any(each.recap for each in episodes)
    written = [body.decode() for _, body in render_json(schedule, episodes, SITE_URL, BuildCache())]
    written.append(render_json_ld(schedule, episodes, SITE_URL, BuildCache()))
    found = {word for word in SPOILERS for text in written if word.lower() in text.lower()}
    assert found == set()
    assert not any(each.recap in text for each in episodes if each.recap for text in written)


def test_the_order_of_the_episodes_handed_over_does_not_matter(eventful: Schedule) -> None:
    episodes = expand_episodes(eventful)
    backwards = tuple(reversed(episodes))
    assert (
        dict(render_json(eventful, backwards, SITE_URL, BuildCache())).items()
        <= files(eventful).items()
    )
    orders = (episodes, backwards)
    one, other = (render_json_ld(eventful, each, SITE_URL, BuildCache()) for each in orders)
    assert one == other


def test_the_sitemap_is_the_page_alone(schedule: Schedule) -> None:
    assert files(schedule)["/sitemap.xml"].decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        " <url>\n"
        "  <loc>https://defects.example/</loc>\n"
        "  <lastmod>2025-07-22T00:00:00Z</lastmod>\n"
        " </url>\n"
        "</urlset>\n"
    )


def test_the_sitemap_tells_when_the_schedule_last_changed(eventful: Schedule) -> None:
    sitemap = ET.fromstring(files(eventful, ELSEWHERE)["/sitemap.xml"])  # noqa: S314 - our own
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [each.tag for each in sitemap.iter()] == [
        f"{space}{name}" for name in ("urlset", "url", "loc", "lastmod")
    ]
    assert sitemap.findtext(f"{space}url/{space}loc") == "https://me.example/my-show/"
    assert sitemap.findtext(f"{space}url/{space}lastmod") == "2025-03-22T16:00:30Z"


def test_the_sitemap_escapes_an_address() -> None:
    schedule, _ = _plain()
    # No address that is parsed has such a path.
    sitemap = files(schedule, SiteURL("https://me.example", "/a&b<c"))["/sitemap.xml"]
    loc = [each.text for each in ET.fromstring(sitemap).iter() if each.tag.endswith("loc")]  # noqa: S314 - our own
    assert loc == ["https://me.example/a&b<c/"]
