"""The changes as the page shows them in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest
from playwright.sync_api import Page

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.site.build import build_site
from defects_ical.timezones.conversion import format_utc
from tests.content.test_changelog import LOG, list_log
from tests.render.test_atom import SCHEDULES
from tests.support.browser import (
    PHONE,
    WIDE,
    ColorScheme,
    Visitor,
    WatchedBrowser,
    open_details,
)
from tests.support.deployments import Deployments
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml
from tests.support.html_tree import find_links
from tests.support.page_checks import assert_accessible
from tests.support.variants import leave_to_soak, sample

pytest_plugins = ["tests.support.browser"]

ELSEWHERE: Final = SiteURL.parse("https://me.example/my-show")


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_page_links_to_atom_feed(schedule: Schedule) -> None:
    """The page links to the Atom feed even if there are no changes."""
    page = build_site(schedule, ELSEWHERE)["/"].body
    found = find_links(page)
    assert found.count("https://me.example/my-show/changes.atom") == 1
    assert found.count("/my-show/changes.atom") == 1
    assert b'<link rel="alternate" type="application/atom+xml" title=' in page
    assert (b' id="changes"' in page) == bool(schedule.changes)


NEWEST: Final = """\
Saturday 22 March 2025
All episodes: Teasers reworded.
Friday 21 March 2025
Episode 4: Cancelled. A strike.
Friday 7 March 2025
Episode 5: Now 1 h 30 min long, not 1 h.
Thursday 6 March 2025
The making of </script>: Moved from Thursday 6 March 2025, 20:00 EST to Friday 7 March 2025, 20:00 EST. No broadcast.
Episode 5: Moved from Sunday 30 March 2025, 21:00 EDT to Monday 31 March 2025, 21:00 EDT. No broadcast.
Thursday 6 March 2025
Episode 3, Episode 4: To be confirmed.
Earlier changes (2)
"""  # noqa: E501 - as the page has it
EARLIER: Final = """\
Wednesday 5 March 2025
Episode 4: Moved from Sunday 23 March 2025, 21:00 EDT to Sunday 23 March 2025, 22:00 EDT.
Wednesday 5 March 2025
Episode 2: Moved from Sunday 9 March 2025, 21:00 EDT to Sunday 9 March 2025, 22:00 EDT. A game & <overtime>.
"""  # noqa: E501 - as the page has it


def read_changes(page: Page) -> str:
    """Return the visible text about changes, a line for each paragraph."""
    heading, *lines = filter(None, page.locator("#changes").inner_text().splitlines())
    assert heading == "What changed"
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("script", sample([True, False], 2))
def test_page_shows_changes_newest_first(
    deployments: Deployments, browser: WatchedBrowser, *, script: bool
) -> None:
    page = browser.open(
        deployments.get(SCHEDULE_WITH_CHANGES, "folder"), visitor=Visitor(script=script)
    )
    assert read_changes(page) == NEWEST
    page.get_by_text("Earlier changes").click()
    assert read_changes(page) == NEWEST + EARLIER
    times = page.locator("#changes time").evaluate_all("all => all.map(each => each.dateTime)")
    assert times == [format_utc(each.at) for each in list_log(load_yaml(SCHEDULE_WITH_CHANGES))]


def test_change_of_many_episodes_is_collapsed(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    page = browser.open(deployments.get(make_yaml(changes=f"[{LOG[2]}]"), "folder"))
    day, *lines, more = read_changes(page).splitlines()
    assert (day, more) == ("Friday 4 July 2025", "More episodes (5)")
    assert [line.partition(":")[0] for line in lines] == ["Episode 1", "Episode 2", "Episode 3"]
    page.get_by_text(more).click()
    assert read_changes(page).count("Episode ") == read_changes(page).count("So it is listed.") == 8


def test_changes_link_to_their_episodes(deployments: Deployments, browser: WatchedBrowser) -> None:
    page = browser.open(deployments.get(SCHEDULE_WITH_CHANGES, "folder"))
    open_details(page)
    links: list[str] = page.locator("#changes a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    assert links == [
        *("#episodes", "#e04", "#e05", "#making-of", "#e05", "#e03", "#e04", "#e04", "#e02"),
    ]
    page.locator("#changes a").nth(1).click()
    assert page.url.endswith("/#e04")


@pytest.mark.parametrize(
    ("scheme", "width"),
    [("light", PHONE), *leave_to_soak(("dark", WIDE), ("light", WIDE), ("dark", PHONE))],
)
def test_changes_are_accessible(
    deployments: Deployments, browser: WatchedBrowser, scheme: ColorScheme, width: int
) -> None:
    page = browser.open(
        deployments.get(SCHEDULE_WITH_CHANGES, "folder"),
        visitor=Visitor(scheme=scheme, width=width),
    )
    assert_accessible(page)
    open_details(page)
    assert_accessible(page)


def get_boxes(page: Page, sections: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return where each section is: top, bottom, left, right (pixels)."""
    return {
        each: page.locator(f"#{each}").evaluate("each => each.getBoundingClientRect().toJSON()")
        for each in sections
    }


def test_changes_come_after_feeds(deployments: Deployments, browser: WatchedBrowser) -> None:
    """On a wide screen, the changes are in the column next to the episodes."""
    deployment = deployments.get(SCHEDULE_WITH_CHANGES, "folder")
    order = ("subscribe", "changes", "watch", "episodes", "cast", "embed")
    narrow = get_boxes(browser.open(deployment, visitor=Visitor(width=PHONE)), order)
    assert sorted(order, key=lambda each: narrow[each]["top"]) == list(order)
    wide = get_boxes(browser.open(deployment), order)
    column = [wide[each] for each in ("subscribe", "changes", "watch", "cast")]
    assert all(each["left"] > wide["episodes"]["right"] for each in column)
    assert [each["top"] for each in column] == sorted(each["top"] for each in column)
    assert wide["episodes"]["top"] < wide["changes"]["top"]
    assert wide["embed"]["top"] > wide["episodes"]["bottom"]
    assert wide["embed"]["left"] == wide["episodes"]["left"]
