"""The page shows each visitor local times, and what is on or comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from tests.support.browser import Visitor, WatchedBrowser, find_visible_links
from tests.support.deployments import Deployment, Deployments
from tests.support.example_schedules import make_yaml
from tests.support.page_checks import assert_contains
from tests.support.page_schedules import (
    AUTUMN_HEADLINES,
    AUTUMN_STARTS,
    BEFORE_AUTUMN,
    SHIPPED_STARTS,
    parse_utc,
)
from tests.support.variants import sample

pytest_plugins = ["tests.support.browser"]

# The premiere and the finale of the shipped schedule, as a printed calendar would have them.
ZONES: Final = {
    "America/Sao_Paulo": ("Monday 21 July 2025, 11:00", "Tuesday 12 August 2025, 11:00"),
    "Asia/Seoul": ("Monday 21 July 2025, 23:00", "Tuesday 12 August 2025, 23:00"),
    "Asia/Kolkata": ("Monday 21 July 2025, 19:30", "Tuesday 12 August 2025, 19:30"),
    "America/Los_Angeles": ("Monday 21 July 2025, 07:00", "Tuesday 12 August 2025, 07:00"),
    "Pacific/Auckland": ("Tuesday 22 July 2025, 02:00", "Wednesday 13 August 2025, 02:00"),
}
HEADLINES: Final = {
    "2025-07-20T14:00": ("next", "Episode 1", "1 day"),
    "2025-07-21T13:59": ("next", "Episode 1", "1 minute"),
    "2025-07-21T14:00": ("on air now", "Episode 1"),
    "2025-07-21T14:59": ("on air now", "Episode 1"),
    "2025-07-21T15:00": ("next", "Episode 2", "23 hours"),
    "2025-07-25T11:00": ("next", "Episode 3", "3 days 3 hours"),
    "2025-08-12T14:30": ("on air now", "Episode 8"),
    "2025-08-12T15:00": ("season", "ended"),
    "2031-01-01T00:00": ("season", "ended"),
}


def read_local_times(page: Page) -> dict[str, str]:
    """Return the visible local times by episode id, in the order of the page."""
    found: dict[str, str] = page.locator(".episode:has(.yours:visible)").evaluate_all(
        "all => Object.fromEntries(all.map(each =>"
        " [each.id, each.querySelector('.yours time').textContent]))"
    )
    return found


def format_in_zone(time: datetime, zone: str) -> str:
    local = time.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


# Local times.


@pytest.mark.parametrize("zone", sample(ZONES, 4))
def test_episodes_show_local_times(
    deployment: Deployment, browser: WatchedBrowser, zone: str
) -> None:
    page = browser.open(deployment, visitor=Visitor(zone))
    times = read_local_times(page)
    expected = [(id_, format_in_zone(time, zone)) for id_, time in SHIPPED_STARTS.items()]
    assert list(times.items()) == expected
    assert (times["e01"], times["e08"]) == ZONES[zone]


@pytest.mark.parametrize("zone", sample(ZONES, 2))
def test_local_times_follow_moves_and_dst(
    autumn_service: Deployment, browser: WatchedBrowser, zone: str
) -> None:
    times = read_local_times(browser.open(autumn_service, visitor=Visitor(zone, BEFORE_AUTUMN)))
    expected = [(id_, format_in_zone(time, zone)) for id_, time in AUTUMN_STARTS.items()]
    assert list(times.items()) == expected


def test_local_times_name_their_zone(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service, visitor=Visitor("America/Los_Angeles"))
    names = page.locator("li.episode .yours small").all_inner_texts()
    assert len(names) == 8
    assert all("PDT" in name for name in names)


def test_episode_data_are_in_utc(autumn_service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(autumn_service)
    found = page.locator(".episode").evaluate_all(
        "all => all.map(({id, dataset}) => [id, dataset.start, dataset.end, dataset.status])"
    )
    runtimes = {"e05": 90, "making-of": 45}
    statuses = {"e03": "tentative", "e04": "cancelled"}
    assert found == [
        [id_, f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}", status]
        for id_, start in AUTUMN_STARTS.items()
        for end in [start + timedelta(minutes=runtimes.get(id_, 60))]
        for status in [statuses.get(id_, "confirmed")]
    ]


# The headline: what is on, or comes next.


def read_headline(page: Page) -> str:
    assert page.locator("#next").is_visible()
    return page.locator("#next").inner_text()


def assert_headlines(page: Page, expected: Mapping[str, tuple[str, ...]]) -> None:
    for now, words in expected.items():
        page.clock.set_fixed_time(parse_utc(now))
        page.reload()
        headline = read_headline(page)
        assert_contains(headline, *words)
        assert ("on air now" in headline.lower()) == ("on air now" in words[0]), now
        assert page.locator("#countdown").count() == words.count("next"), now


def test_headline_names_current_or_next_episode(
    service: Deployment, browser: WatchedBrowser
) -> None:
    assert_headlines(browser.open(service, visitor=Visitor("UTC")), HEADLINES)


def test_headline_mentions_changes(autumn_service: Deployment, browser: WatchedBrowser) -> None:
    assert_headlines(browser.open(autumn_service, visitor=Visitor("UTC")), AUTUMN_HEADLINES)


def test_open_page_follows_the_clock(service: Deployment, browser: WatchedBrowser) -> None:
    visitor = Visitor("UTC", parse_utc("2025-07-21T12:00"), fixed=False)
    page = browser.open(service, visitor=visitor)
    assert_contains(read_headline(page), "next", "Episode 1", "2 hours")
    page.clock.fast_forward("01:30:00")
    assert_contains(read_headline(page), "next", "Episode 1", "30 minutes")
    page.clock.fast_forward("00:31:00")
    assert_contains(read_headline(page), "on air now", "Episode 1")
    page.clock.fast_forward("01:00:00")
    assert_contains(read_headline(page), "next", "Episode 2")


@pytest.mark.parametrize(
    ("now", "words"),
    [("2025-07-01T00:00", "All episodes are cancelled."), ("2026-01-01T00:00", "cancelled.")],
)
def test_cancelled_season_has_not_ended(
    deployments: Deployments, browser: WatchedBrowser, now: str, words: str
) -> None:
    cancelled = "[{at: 2025-07-02T12:00:00+09:00, episodes: all, status: cancelled}]"
    service = deployments.get(make_yaml(changes=cancelled), "service")
    page = browser.open(service, visitor=Visitor(now=parse_utc(now)))
    assert_contains(read_headline(page), words)


def test_episodes_show_their_changes(
    autumn_deployment: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open(autumn_deployment, visitor=Visitor("UTC", BEFORE_AUTUMN))
    texts = {id_: page.locator(f"[id={id_}]").inner_text() for id_ in AUTUMN_STARTS}
    assert_contains(
        texts["e02"], "Moved from Monday 29 September 2025, 23:00 KST", "A game ran over."
    )
    assert_contains(texts["e03"], "to be confirmed")
    assert_contains(texts["e04"], "cancelled", "A strike.")
    assert_contains(texts["e05"], "1 h 30 min long, not 1 h")
    assert_contains(texts["making-of"], "The making of", "21:00 KST", "12:00 UTC")


# Without JavaScript.


def assert_only_local_times_missing(browser: WatchedBrowser, deployment: Deployment) -> None:
    """Without scripts, the page lacks local times and the countdown, and nothing else."""
    without = browser.open(deployment, visitor=Visitor(script=False))
    complete = browser.open(deployment)
    for selector in (".yours", "#countdown", "button", ".hint"):
        assert not without.locator(f"{selector}:visible").count()
    assert_contains(without.locator("#next").inner_text(), "From", "KST", "episodes, until")
    assert find_visible_links(without) == find_visible_links(complete)
    texts = [page.locator(".episode").all_inner_texts() for page in (without, complete)]
    for one, other in zip(*texts, strict=True):
        assert "KST" in one
        assert set(one.splitlines()) <= set(other.splitlines())


def test_page_is_complete_without_scripts(deployment: Deployment, browser: WatchedBrowser) -> None:
    assert_only_local_times_missing(browser, deployment)


def test_changes_are_complete_without_scripts(
    autumn_deployment: Deployment, browser: WatchedBrowser
) -> None:
    assert_only_local_times_missing(browser, autumn_deployment)


def test_all_clocks_show_without_scripts(
    autumn_service: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open(autumn_service, visitor=Visitor(script=False))
    text = page.locator("#e01").inner_text()
    assert_contains(text, "Monday 22 September 2025", "23:00 KST", "10:00 EDT", "14:00 UTC")
    # Auckland is a day ahead.
    assert_contains(text, "02:00 NZST", "Tuesday 23 September 2025")


def test_recaps_are_hidden_until_opened(service: Deployment, browser: WatchedBrowser) -> None:
    for script in (True, False):
        page = browser.open(service, visitor=Visitor(script=script))
        recap = page.locator("details.recap").first
        assert "spoiler" in recap.locator("summary").inner_text().lower()
        assert not page.get_by_text("Young Ah-hyeon").is_visible()
        recap.locator("summary").click()
        assert page.get_by_text("Young Ah-hyeon").is_visible()
