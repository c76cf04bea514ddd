"""The page groups episodes by season and date, and shows at once what comes next."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, WIDE, ColorScheme, Visitor, WatchedBrowser
from tests.support.deployments import Deployment, Deployments
from tests.support.page_checks import (
    assert_accessible,
    assert_contains,
    delay_scripts,
    sum_shifts,
)
from tests.support.page_schedules import (
    ANNOUNCED,
    DAILY,
    FILM,
    LAYOUTS,
    THREE_SEASONS,
    UNKNOWN_HOUR,
    parse_utc,
)
from tests.support.variants import leave_to_soak, sample

pytest_plugins = ["tests.support.browser"]

# The lowest edge of the elements that each visitor has to see first: what comes next, the choice
# of platform and reminder, and the first link or address to subscribe.
FIRST_SCREEN: Final = """() => {
  const visible = [...document.querySelectorAll(".feed .button, .feed .copy")]
    .find((each) => each.checkVisibility({visibilityProperty: true}));
  const choices = document.querySelectorAll(".choice");
  return Math.max(...[document.getElementById("next"), ...choices, visible]
    .map((each) => each.getBoundingClientRect().bottom));
}"""
OTHER_DETAILS: Final = "details:not(.part + .part)"


def get_site(deployments: Deployments, text: str) -> Deployment:
    return deployments.get(text, "folder")


def is_in_viewport(page: Page, selector: str) -> bool:
    """Return whether an element can be seen, after smooth scrolling has ended."""
    page.wait_for_function(
        """selector => {
          const {top, bottom} = document.querySelector(selector).getBoundingClientRect();
          return top >= 0 && bottom > top && top < innerHeight;
        }""",
        arg=selector,
    )
    return page.locator(selector).is_visible()


# The first screen.


@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(WIDE)])
@pytest.mark.parametrize("name", sample(LAYOUTS, 2))
def test_next_and_subscribe_are_on_first_screen(
    deployments: Deployments, browser: WatchedBrowser, name: str, width: int
) -> None:
    """Nothing moves, nothing is wider than the screen, and everything is accessible."""
    text, now = LAYOUTS[name]
    scheme: ColorScheme = "dark" if width == WIDE else "light"
    page = browser.open_blank(
        get_site(deployments, text), Visitor(now=now, width=width, scheme=scheme)
    )
    delay_scripts(page)
    page.goto(get_site(deployments, text).join("/"))
    assert page.evaluate(FIRST_SCREEN) <= 800
    assert sum_shifts(page) < 0.01
    # The scripts of frames, which load below, could still wait when the page is closed.
    page.unroute_all()
    # All parts of a long list are alike.
    page.locator(OTHER_DETAILS).evaluate_all("all => all.forEach(each => { each.open = true; })")
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    assert_accessible(page)


def test_next_and_subscribe_are_visible_without_scripts(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    expected = {
        THREE_SEASONS: ("Season 3: from Monday 20 July 2026, 22:00 KST", "8 episodes", "Season 4"),
        UNKNOWN_HOUR: ("From Monday 20 July 2026", "8 episodes, until Monday 7 September 2026"),
        FILM: ("Friday 15 May 2026", "The hour is not known."),
        ANNOUNCED: ("Season 1: expected in October 2027",),
    }
    page = browser.open_blank(get_site(deployments, FILM), Visitor(script=False, width=PHONE))
    for text, words in expected.items():
        site = get_site(deployments, text)
        browser.watchers[-1].deployment = site
        page.goto(site.join("/"))
        assert_contains(page.locator("#next").inner_text(), *words)
        (first, *_) = page.locator(".feed .button:visible").all()
        box = first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 800


# Seasons.


def test_newest_season_is_open_and_others_are_folded(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    text, now = LAYOUTS["three seasons"]
    page = browser.open(get_site(deployments, text), visitor=Visitor(now=now))
    headings = page.locator("#episodes summary h3")
    assert headings.all_inner_texts() == ["Season 3", "Season 2", "Season 1"]
    assert headings.evaluate_all("all => all.map(each => each.id)") == [
        *("season_3", "season_2", "season_1"),
    ]
    seasons = page.locator("details.season")
    assert seasons.evaluate_all("all => all.map(each => each.open)") == [True, False, False]
    assert_contains(seasons.first.locator("summary").inner_text(), "8 episodes, 20 July")
    # The special airs after season 2 and before season 3.
    assert seasons.nth(1).locator("[id]").last.get_attribute("id") == "christmas"
    assert_contains(page.locator(".expected").inner_text(), "Season 4", "Expected in October 2027")
    assert_contains(page.locator("#next").inner_text(), "Next: S03E02", "in 5 days")
    first = page.locator("#s03e01")
    assert_contains(first.inner_text(), "Late: Saturday 1 August 2026, 20:00 KST", "The Search")
    link = first.get_by_role("link", name="Watch S03E01, The Search on Stream")
    assert link.get_attribute("href") == "https://stream.example/1"
    assert_contains(page.locator("#watch").inner_text(), "on its own dates: 1 August 2026")
    reminders = page.locator(".choice").last.locator("label").all_inner_texts()
    assert [each.strip() for each in reminders] == ["None", "30 min before", "1 day before"]


def test_link_opens_what_is_folded(deployments: Deployments, browser: WatchedBrowser) -> None:
    """An episode of a common event has its own anchor, and the links of the event."""
    site = get_site(deployments, THREE_SEASONS)
    page = browser.open(site, "/#s01e05")
    assert is_in_viewport(page, "#s01e05")
    release = page.locator(".release:has(#s01e05)")
    assert_contains(release.inner_text(), "S01E01–E09", "9 episodes, released together")  # noqa: RUF001 - an en dash
    assert release.locator(".add a").first.get_attribute("href") == site.join(
        "/episodes/show-s01e01.ics"
    )
    assert release.locator("li.episode").count() == 9
    page.goto(site.join("/#season_2"))
    assert is_in_viewport(page, "#season_2")


# Long lists.


def test_long_season_is_folded_by_week(deployments: Deployments, browser: WatchedBrowser) -> None:
    text, now = LAYOUTS["120 episodes"]
    site = get_site(deployments, text)
    page = browser.open(site, visitor=Visitor(now=now, width=PHONE))
    parts = page.locator("details.part")
    assert parts.count() == 24
    assert page.locator("details.part[open]").count() == 1
    assert page.locator(".episode:visible").count() == 5
    assert_contains(
        page.locator("details.part[open] summary").inner_text(),
        *("19 January to 23 January 2026", "Episodes 11–15"),  # noqa: RUF001 - an en dash
    )
    assert page.locator("#episodes .jump").get_attribute("href") == "#e14"
    page.locator("details.part[open] summary").click()
    page.locator("#next a").click()
    assert is_in_viewport(page, "#e14")
    page.evaluate("location.hash = 'e100'")
    assert is_in_viewport(page, "#e100")
    page.emulate_media(media="print")
    assert page.locator(".episode .times:visible").count() == 120


def test_long_season_is_complete_without_scripts(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    page = browser.open(get_site(deployments, DAILY), visitor=Visitor(script=False))
    assert page.locator(".part[open]").count() == 0
    for part in page.locator(".part summary").all()[:2]:
        part.click()
    assert page.locator(".episode:visible").count() == 10
    page.emulate_media(media="print")
    assert page.locator(".episode .times:visible").count() == 120


# What comes next.


def read_headlines(page: Page, *times: str) -> list[str]:
    texts = []
    for now in times:
        page.clock.set_fixed_time(parse_utc(now))
        page.reload()
        texts.append(read_next(page))
    return texts


def read_next(page: Page) -> str:
    """Return what the page says of the next episode, a line for each paragraph."""
    return "\n".join(filter(None, page.locator("#next").inner_text().splitlines()))


def test_unknown_hour_has_a_day_and_no_countdown(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    """The day is that of the schedule's zone, also for visitors whose day is another."""
    visitor = Visitor("America/Los_Angeles", parse_utc("2026-07-20T12:00"))
    page = browser.open(get_site(deployments, UNKNOWN_HOUR), visitor=visitor)
    expect(page.locator("#countdown")).to_have_text("1 hour")
    first, second = page.locator("#e01"), page.locator("#e02")
    assert_contains(first.inner_text(), "Monday 20 July 2026, 06:00", "The hour is known")
    assert "Monday 27 July 2026 in Seoul; the hour is not known" in second.inner_text()
    assert not second.locator(".yours").count()
    times = "2026-07-26T14:59", "2026-07-26T15:00", "2026-07-27T14:59", "2026-07-27T15:00"
    headlines = read_headlines(page, *times)
    assert page.locator("#countdown").count() == 0
    day = "Monday 27 July 2026 in Seoul; the hour is not known"
    later = day.replace("27 July", "3 August")
    assert [each.splitlines() for each in headlines] == [
        ["Next: Episode 2", day],
        ["Today: Episode 2", day],
        ["Today: Episode 2", day],
        ["Next: Episode 3", later],
    ]


def test_postponed_season_does_not_come_next(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    text, now = LAYOUTS["postponed season"]
    page = browser.open(get_site(deployments, text), visitor=Visitor(now=now))
    badges = page.locator("#episodes .status")
    assert badges.all_inner_texts() == ["postponed"] * 8
    decoration = "each => getComputedStyle(each).textDecorationLine"
    assert page.locator("#s02e01 .times").evaluate(decoration) == "line-through"
    before, between, after = read_headlines(
        page, "2026-01-11T10:00", "2026-02-01T10:00", "2026-12-01T10:00"
    )
    assert_contains(before, "Next: Episode 2")
    assert "Postponed" not in before
    assert_contains(between, "The next episode is postponed.", "S02E01, S02E02, S02E03 and 5 more")
    assert after == between
    assert page.locator(".past").count() == 4


def test_film_is_named_once(deployments: Deployments, browser: WatchedBrowser) -> None:
    text, now = LAYOUTS["film"]
    page = browser.open(get_site(deployments, text), visitor=Visitor(now=now))
    assert page.title() == "A House of Winters: the date in your calendar"
    section = page.locator("#episodes")
    assert section.get_by_role("heading").all_inner_texts() == ["Date"]
    assert "A House of Winters" not in section.inner_text()
    page.locator("#next a").click()
    assert page.url.endswith("/#film")
    today, after = read_headlines(page, "2026-05-15T10:00", "2026-05-15T15:00")
    assert_contains(today, "Today: A House of Winters")
    assert after.strip() == "It has aired."


def test_announced_show_can_be_subscribed(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    page = browser.open(get_site(deployments, ANNOUNCED))
    assert read_next(page) == "Season 1: expected in October 2027"
    assert_contains(page.locator("#episodes").inner_text(), "Season 1", "Expected in October 2027")
    assert page.locator(".feed .button:visible").count() == 4


def test_ended_seasons_name_what_is_expected(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    visitor = Visitor(now=parse_utc("2026-12-01T10:00"))
    page = browser.open(get_site(deployments, THREE_SEASONS), visitor=visitor)
    assert read_next(page).splitlines() == [
        *("All episodes have aired.", "The last episode aired on Monday 7 September 2026."),
        "Season 4: expected in October 2027",
    ]
