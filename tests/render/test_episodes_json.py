"""episodes.json, in literal values."""

from __future__ import annotations

from typing import Any, Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.episodes_json import render_json
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
STARTS: Final = [
    "2025-07-21T14:00:00Z",
    "2025-07-22T14:00:00Z",
    "2025-07-28T14:00:00Z",
    "2025-07-29T14:00:00Z",
    "2025-08-04T14:00:00Z",
    "2025-08-05T14:00:00Z",
    "2025-08-11T14:00:00Z",
    "2025-08-12T14:00:00Z",
]


@pytest.fixture(scope="module")
def with_changes() -> Schedule:
    return load_yaml(SCHEDULE_WITH_CHANGES)


def render_body(schedule: Schedule, site_url: SiteURL = SITE_URL) -> bytes:
    ((path, body),) = render_json(SiteInput(schedule, site_url))
    assert path == "/episodes.json"
    return body


def render(schedule: Schedule, site_url: SiteURL = SITE_URL) -> Any:
    return parse_strict(render_body(schedule, site_url))


def test_document_of_the_defects(schedule: Schedule) -> None:
    document = render(schedule)
    assert list(document) == [
        "version",
        "show",
        "timezone",
        "published",
        "feeds",
        "platforms",
        "episodes",
        "changes",
    ]
    assert (document["version"], document["changes"]) == (1, [])
    assert (document["timezone"], document["published"]) == ("Asia/Seoul", "2025-07-22T00:00:00Z")
    synopsis = document["show"].pop("synopsis")
    assert synopsis.startswith("A secret ring sells children to families who")
    assert document["show"] == {
        "title": "The Defects",
        "original_title": "아이쇼핑",
        "season": 1,
        "genres": ["K-drama", "thriller"],
        "color": "crimson",
        "page": "https://defects.example/",
    }
    assert document["platforms"][1] == {
        "id": "tving",
        "name": "TVing",
        "kind": "streaming",
        "region": "South Korea",
        "url": "https://www.tving.com/",
        "delay": 0,
    }
    assert document["platforms"][0]["url"] is None
    assert [(each["platform"], each["reminders"]) for each in document["feeds"]] == [
        (None, False),
        (None, True),
        ("ena", False),
        ("ena", True),
        ("tving", False),
        ("tving", True),
        ("kocowa", False),
        ("kocowa", True),
    ]
    assert document["feeds"][3] == {
        "title": "The Defects on ENA (reminders)",
        "platform": "ena",
        "reminders": True,
        "url": "https://defects.example/the-defects-ena-reminders.ics",
        "webcal": "webcal://defects.example/the-defects-ena-reminders.ics",
    }


def test_episodes_of_the_defects(schedule: Schedule) -> None:
    episodes = render(schedule)["episodes"]
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


def test_document_is_indented(schedule: Schedule) -> None:
    body = render_body(schedule)
    assert body.startswith(b'{\n "version": 1,\n "show": {\n  "title": "The Defects",\n')
    assert body.endswith(b"]\n}\n")
    assert '"아이쇼핑"' in body.decode()


def test_episodes_are_sorted_by_start(with_changes: Schedule) -> None:
    episodes = render(with_changes)["episodes"]
    assert [(each["id"], each["start"], each["status"], each["revision"]) for each in episodes] == [
        ("e01", "2025-03-03T02:00:00Z", "confirmed", 1),
        ("making-of", "2025-03-08T01:00:00Z", "confirmed", 2),
        ("e02", "2025-03-10T02:00:00Z", "confirmed", 2),
        ("e03", "2025-03-17T01:00:00Z", "tentative", 2),
        ("e04", "2025-03-24T02:00:00Z", "cancelled", 4),
        ("e05", "2025-04-01T01:00:00Z", "confirmed", 3),
    ]


def test_episodes_at_same_time_keep_their_order() -> None:
    special = "[{id: extra, title: Extra, airs: 2025-07-21T23:00, runtime: 10}]"
    document = render(load_yaml(make_yaml(specials=special, episodes=1)))
    assert [each["id"] for each in document["episodes"]] == ["e01", "extra"]


def test_special_has_no_number(with_changes: Schedule) -> None:
    assert render(with_changes)["episodes"][1] == {
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


def test_local_time_has_offset_of_its_day(with_changes: Schedule) -> None:
    episodes = render(with_changes)["episodes"]
    assert [each["start_local"] for each in episodes] == [
        "2025-03-02T21:00:00-05:00",
        "2025-03-07T20:00:00-05:00",
        "2025-03-09T22:00:00-04:00",
        "2025-03-16T21:00:00-04:00",
        "2025-03-23T22:00:00-04:00",
        "2025-03-31T21:00:00-04:00",
    ]
    assert episodes[5]["end"] == "2025-04-01T02:30:00Z"


def test_moved_episode_has_previous_start(with_changes: Schedule) -> None:
    episodes = render(with_changes)["episodes"]
    assert {each["id"]: each["previous_start"] for each in episodes} == {
        "e01": None,
        "making-of": "2025-03-07T01:00:00Z",
        "e02": "2025-03-10T01:00:00Z",
        "e03": None,
        "e04": "2025-03-24T01:00:00Z",
        "e05": "2025-03-31T01:00:00Z",
    }


def test_nonexistent_previous_start_is_null() -> None:
    episode = render(load_yaml(MOVED_FROM_NONEXISTENT_TIME))["episodes"][0]
    assert episode["previous_start"] is None


def test_changes_are_sorted_newest_first(with_changes: Schedule) -> None:
    """The texts of changes are the same as in the feeds."""
    assert render(with_changes)["changes"] == [
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


def pick(episodes: list[dict[str, Any]], *keys: str) -> dict[str, list[object]]:
    return {each["id"]: [each.get(key) for key in keys] for each in episodes}


def test_new_keys_are_only_where_they_are_used(with_changes: Schedule) -> None:
    old, new = ({*each} for each in (render(with_changes), render(load_yaml(RELEASES))))
    assert new - old == {"announced"}
    common = {*render(with_changes)["episodes"][0]}
    added = {each["id"]: {*each} - common for each in render(load_yaml(RELEASES))["episodes"]}
    assert added == {
        "e01": {"event", "platforms"},
        "e02": {"event", "platforms", "title"},
        "party": {"date", "platforms"},
        "s02e01": {"event", "platforms", "season"},
        "s02e02": {"event", "links", "platforms", "season", "title"},
        "s02e03": {"date", "platforms", "season"},
        "s02e04": {"date", "platforms", "season"},
        "s02e05": {"date", "platforms", "season"},
    }


def test_unknown_hour_has_a_date() -> None:
    episodes = render(load_yaml(RELEASES))["episodes"]
    keys = "start", "end", "start_local", "date", "previous_start", "status"
    times = pick(episodes, *keys)
    assert times["party"] == [None, None, None, "2024-12-25", None, "confirmed"]
    assert times["s02e03"] == [None, None, None, "2025-01-14", "2025-01-13", "confirmed"]
    assert times["s02e05"] == [None, None, None, "2025-01-20", None, "postponed"]


def test_hour_that_became_known_is_no_move() -> None:
    times = pick(render(load_yaml(RELEASES))["episodes"], "start", "previous_start", "date")
    assert times["s02e01"] == ["2025-01-06T22:00:00Z", None, None]


def test_episodes_of_one_event_share_its_file() -> None:
    common = pick(render(load_yaml(RELEASES))["episodes"], "name", "event", "ics", "page")
    file = "https://defects.example/episodes/show-e01.ics"
    assert common["e01"] == ["Episode 1", "e01", file, "https://defects.example/#e01"]
    assert common["e02"] == ["Episode 2, The Search", "e01", file, "https://defects.example/#e02"]
    # It left its event when it moved.
    assert common["s02e03"][1:3] == [None, "https://defects.example/episodes/show-s02e03.ics"]


def test_platform_with_own_plan_has_its_starts() -> None:
    document = render(load_yaml(RELEASES))
    own = pick(document["episodes"], "platforms")
    assert own["e01"] == [{"channel": "2024-05-11T20:20:00Z"}]
    assert own["e02"] == [{"channel": "2024-05-12T21:00:00Z"}]
    assert own["party"] == [{"channel": None}]
    assert [each["delay"] for each in document["platforms"]] == [0, None]


def test_links_titles_and_seasons_of_episodes() -> None:
    found = pick(render(load_yaml(RELEASES))["episodes"], "season", "number", "title", "links")
    assert found["e02"] == [None, 2, "The Search", None]
    assert found["s02e02"] == [2, 2, "Home", {"stream": "https://stream.example/home"}]


def test_announced_season_has_its_month() -> None:
    assert render(load_yaml(RELEASES))["announced"] == [{"season": 3, "when": "2027-10"}]
    airing = "{premiere: 2027, episodes: 8}"
    document = render(load_yaml(edit_airing(airing)))
    assert (document["announced"], document["episodes"]) == ([{"when": "2027", "episodes": 8}], [])


def test_other_reminder_has_its_minutes() -> None:
    feeds = render(load_yaml(RELEASES))["feeds"][:3]
    assert [each.get("minutes") for each in feeds] == [None, None, 1440]
    assert feeds[2]["title"] == "The Show (reminders 1 day before)"
    assert feeds[2]["url"] == "https://defects.example/show-reminders-1440.ics"


def test_change_names_episodes_with_same_text_once() -> None:
    changes = (
        "[{at: 2025-07-02T00:00:00+00:00, episodes: [3], runtime: 90},"
        " {at: 2025-07-03T00:00:00+00:00, episodes: [4, 3, 1], runtime: 30}]"
    )
    newest = render(load_yaml(make_yaml(changes=changes)))["changes"][0]
    assert newest["episodes"] == ["e01", "e03", "e04"]
    assert newest["text"] == (
        "Episode 1, Episode 4, Thursday 3 July 2025: Now 30 min long, not 1 h.\n"
        "Episode 3, Thursday 3 July 2025: Now 30 min long, not 1 h 30 min."
    )


def test_missing_values_are_null() -> None:
    document = render(load_yaml(make_yaml()))
    assert document["show"] == {
        "title": "The Show",
        "original_title": None,
        "season": None,
        "synopsis": None,
        "genres": [],
        "color": "slategray",
        "page": "https://defects.example/",
    }


def test_links_start_with_site_url(with_changes: Schedule) -> None:
    document = render(with_changes, ELSEWHERE)
    assert document["show"]["page"] == "https://me.example/my-show/"
    assert document["feeds"][0]["url"] == "https://me.example/my-show/show.ics"
    assert document["feeds"][0]["webcal"] == "webcal://me.example/my-show/show.ics"
    assert document["episodes"][0]["page"] == "https://me.example/my-show/#e01"
    assert document["episodes"][0]["ics"] == "https://me.example/my-show/episodes/show-e01.ics"
    assert b"defects.example" not in render_body(with_changes, ELSEWHERE)


def test_texts_are_unchanged(with_changes: Schedule) -> None:
    document = render(with_changes)
    assert document["show"]["title"] == '</script><!-- "Show" & ]]> 🎬'
    assert document["show"]["original_title"] == "아이쇼핑"
    assert document["show"]["synopsis"] == 'It says "no".\nAnd <b>more</b>.'
    assert document["episodes"][0]["teaser"] == "]]></script><script>alert(1)</script>"


@pytest.mark.parametrize("name", ["schedule", "with_changes"])
def test_document_has_no_recap(name: str, request: pytest.FixtureRequest) -> None:
    schedule: Schedule = request.getfixturevalue(name)
    assert find_spoilers(schedule, render_body(schedule).decode()) == set()
