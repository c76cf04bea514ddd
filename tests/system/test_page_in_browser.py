"""The pages in a real browser: what their readers see, wherever, whenever, on whatever."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit
from zoneinfo import ZoneInfo

import pytest
import segno
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from defects_ical.schedule.validation import PAGE_SECTION_IDS
from tests.support.browser import (
    PHONE,
    PLACES,
    WIDE,
    Place,
    Places,
    Reader,
    Scheme,
    Visits,
    links,
    plain,
    visible_links,
)
from tests.support.example_schedules import make_yaml

pytest_plugins = ["tests.support.browser"]

ROOT: Final = Path(__file__).parent.parent.parent
SHIPPED: Final = (ROOT / "schedule.yaml").read_text("utf-8")
# A season over which the clocks change in Auckland, in London and in both Americas' norths. An
# episode has moved to the next day, others are in doubt, cancelled, longer; one is a special.
EVENTFUL: Final = (
    make_yaml(
        premiere="2025-09-22",
        weekdays="[monday]",
        published="2025-09-01T09:00:00+09:00",
        clocks="[America/New_York, Pacific/Auckland, UTC]",
        platforms="""
  channel: {name: Channel, kind: television, region: South Korea, url: "https://channel.example/"}
  stream: {name: Stream, kind: streaming, region: Elsewhere, delay: 90}""",
        specials="[{id: making-of, title: The making of, airs: 2025-10-25T21:00, runtime: 45}]",
        changes="""
  - {at: 2025-09-10T12:00:00+09:00, episodes: [2], move: 2025-09-30T22:30, reason: A game ran over.}
  - {at: 2025-09-11T12:00:00+09:00, episodes: [3], status: tentative}
  - {at: 2025-09-12T12:00:00+09:00, episodes: [4], status: cancelled, reason: A strike.}
  - {at: 2025-09-13T12:00:00+09:00, episodes: [5], runtime: 90}""",
    )
    + """\
episodes:
  1: {teaser: "It begins.", recap: "He did it."}
"""
)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# By the episode's id, in the order of the page; what zones make of them is zoneinfo's to say.
SHIPPED_STARTS: Final = {
    "e01": instant("2025-07-21T14:00"),
    "e02": instant("2025-07-22T14:00"),
    "e03": instant("2025-07-28T14:00"),
    "e04": instant("2025-07-29T14:00"),
    "e05": instant("2025-08-04T14:00"),
    "e06": instant("2025-08-05T14:00"),
    "e07": instant("2025-08-11T14:00"),
    "e08": instant("2025-08-12T14:00"),
}
EVENTFUL_STARTS: Final = {
    "e01": instant("2025-09-22T14:00"),
    "e02": instant("2025-09-30T13:30"),
    "e03": instant("2025-10-06T14:00"),
    "e04": instant("2025-10-13T14:00"),
    "e05": instant("2025-10-20T14:00"),
    "making-of": instant("2025-10-25T12:00"),
    "e06": instant("2025-10-27T14:00"),
    "e07": instant("2025-11-03T14:00"),
    "e08": instant("2025-11-10T14:00"),
}
# The premiere and the finale of the shipped schedule, as a calendar on the wall would have them.
ZONES: Final = {
    "America/Sao_Paulo": ("Monday 21 July 2025, 11:00", "Tuesday 12 August 2025, 11:00"),
    "Asia/Seoul": ("Monday 21 July 2025, 23:00", "Tuesday 12 August 2025, 23:00"),
    "Asia/Kolkata": ("Monday 21 July 2025, 19:30", "Tuesday 12 August 2025, 19:30"),
    "America/Los_Angeles": ("Monday 21 July 2025, 07:00", "Tuesday 12 August 2025, 07:00"),
    "Pacific/Auckland": ("Tuesday 22 July 2025, 02:00", "Wednesday 13 August 2025, 02:00"),
}
# Before that season, which is later than the shipped one.
LATE: Final = instant("2025-09-15T12:00")
PAGES: Final = ("/", "/404.html", "/embed.html")


# The folder on its own is the one under a path with less to get wrong.
EVERY_PLACE: Final = [
    pytest.param(kind, marks=pytest.mark.soak) if kind == "folder" else kind for kind in PLACES
]


@pytest.fixture(params=EVERY_PLACE)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Where the shipped schedule's site is looked at."""
    return places.of(SHIPPED, request.param)


@pytest.fixture
def service(places: Places) -> Place:
    """The service of the shipped schedule."""
    return places.of(SHIPPED, "service")


@pytest.fixture(scope="module")
def without_script(chromium: Browser, places: Places) -> set[str]:
    """The links that are shown where no script knows the device."""
    visits = Visits(chromium)
    page = visits.open(places.of(SHIPPED, "service"), reader=Reader(script=False))
    found = visible_links(page)
    assert visits.close() == []
    return found


@pytest.fixture
def eventful(places: Places) -> Place:
    """The service of a schedule in which much has happened."""
    return places.of(EVENTFUL, "service")


def own_times(page: Page) -> dict[str, str]:
    """The visitor's own time of each episode that shows one, by id, in the page's order."""
    found: dict[str, str] = page.locator(".episode:has(.yours:visible)").evaluate_all(
        "all => Object.fromEntries(all.map(each =>"
        " [each.id, each.querySelector('.yours time').textContent]))"
    )
    return found


def told(at: datetime, zone: str) -> str:
    """A time as the page has to tell it in a zone."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}"


# Every clock on earth.


@pytest.mark.parametrize("zone", ZONES)
def test_every_episode_has_the_visitors_own_date_and_time(
    place: Place, visits: Visits, zone: str
) -> None:
    page = visits.open(place, reader=Reader(zone))
    times = own_times(page)
    assert list(times.items()) == [(id_, told(at, zone)) for id_, at in SHIPPED_STARTS.items()]
    assert (times["e01"], times["e08"]) == ZONES[zone]


@pytest.mark.parametrize("zone", ZONES)
def test_so_it_has_where_clocks_change_and_episodes_move(
    eventful: Place, visits: Visits, zone: str
) -> None:
    times = own_times(visits.open(eventful, reader=Reader(zone, LATE)))
    assert list(times.items()) == [(id_, told(at, zone)) for id_, at in EVENTFUL_STARTS.items()]


def test_the_zone_is_named_beside_the_visitors_time(service: Place, visits: Visits) -> None:
    page = visits.open(service, reader=Reader("America/Los_Angeles"))
    names = page.locator("li.episode .yours small").all_inner_texts()
    assert len(names) == 8
    assert all("PDT" in name for name in names)


def test_what_programs_read_of_an_episode_is_its_time_in_utc(
    eventful: Place, visits: Visits
) -> None:
    page = visits.open(eventful)
    found = page.locator(".episode").evaluate_all(
        "all => all.map(({id, dataset}) => [id, dataset.start, dataset.end, dataset.status])"
    )
    runtimes = {"e05": 90, "making-of": 45}
    statuses = {"e03": "tentative", "e04": "cancelled"}
    assert found == [
        [id_, f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}", status]
        for id_, at in EVENTFUL_STARTS.items()
        for end in [at + timedelta(minutes=runtimes.get(id_, 60))]
        for status in [statuses.get(id_, "confirmed")]
    ]


# What is on.

NEXT: Final = {
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
NEXT_EVENTFUL: Final = {
    # Its old time is over and it has not been on.
    "2025-09-29T14:30": ("next", "Episode 2", "moved", "23 hours", "Tuesday 30 September"),
    "2025-09-30T13:45": ("on air now", "Episode 2"),
    "2025-10-05T14:00": ("next", "Episode 3", "confirmed", "1 day"),
    "2025-10-06T14:30": ("may be on air now", "Episode 3", "confirmed"),
    "2025-10-12T14:00": ("next", "Episode 5", "Episode 4", "cancelled", "8 days"),
    "2025-10-13T14:30": ("next", "Episode 5", "6 days"),
    "2025-10-20T15:15": ("on air now", "Episode 5"),
    "2025-10-24T12:00": ("next", "The making of", "1 day"),
    "2025-11-10T15:01": ("season", "ended"),
}


def on(page: Page) -> str:
    """What the page says of what is on, which everyone can see."""
    assert page.locator("#next").is_visible()
    return page.locator("#next").inner_text()


def assert_says(text: str, *words: str) -> None:
    assert [word for word in words if word.lower() not in text.lower()] == [], text


def test_the_page_says_what_is_on(place: Place, visits: Visits) -> None:
    assert_says_what_is_on(visits.open(place, reader=Reader("UTC")), NEXT)


@pytest.mark.parametrize("kind", EVERY_PLACE)
def test_the_page_says_what_has_become_of_it(places: Places, visits: Visits, kind: str) -> None:
    page = visits.open(places.of(EVENTFUL, kind), reader=Reader("UTC"))
    assert_says_what_is_on(page, NEXT_EVENTFUL)


def assert_says_what_is_on(page: Page, expected: Mapping[str, tuple[str, ...]]) -> None:
    for now, words in expected.items():
        page.clock.set_fixed_time(instant(now))
        page.reload()
        assert_says(on(page), *words)
        assert ("on air now" in on(page).lower()) == ("on air now" in words[0]), now
        assert page.locator("#countdown").count() == words.count("next"), now


def test_a_page_left_open_follows_the_clock(service: Place, visits: Visits) -> None:
    reader = Reader("UTC", instant("2025-07-21T12:00"), fixed=False)
    page = visits.open(service, reader=reader)
    assert_says(on(page), "next", "Episode 1", "2 hours")
    page.clock.fast_forward("01:30:00")
    assert_says(on(page), "next", "Episode 1", "30 minutes")
    page.clock.fast_forward("00:31:00")
    assert_says(on(page), "on air now", "Episode 1")
    page.clock.fast_forward("01:00:00")
    assert_says(on(page), "next", "Episode 2")


@pytest.mark.parametrize("kind", EVERY_PLACE)
def test_every_change_is_told_at_its_episode(places: Places, visits: Visits, kind: str) -> None:
    page = visits.open(places.of(EVENTFUL, kind), reader=Reader("UTC", LATE))
    texts = {id_: page.locator(f"[id={id_}]").inner_text() for id_ in EVENTFUL_STARTS}
    assert_says(texts["e02"], "Moved from Monday 29 September 2025, 23:00 KST", "A game ran over.")
    assert_says(texts["e03"], "to be confirmed")
    assert_says(texts["e04"], "cancelled", "A strike.")
    assert_says(texts["e05"], "1 h 30 min long, not 1 h")
    assert_says(texts["making-of"], "The making of", "21:00 KST", "12:00 UTC")


@pytest.mark.parametrize(
    ("now", "words"),
    [("2025-07-01T00:00", "All episodes are cancelled."), ("2026-01-01T00:00", "cancelled.")],
)
def test_a_show_that_never_aired_has_not_ended(
    places: Places, visits: Visits, now: str, words: str
) -> None:
    cancelled = "[{at: 2025-07-02T12:00:00+09:00, episodes: all, status: cancelled}]"
    place = places.of(make_yaml(changes=cancelled), "service")
    assert_says(on(visits.open(place, reader=Reader(now=instant(now)))), words)


# Without JavaScript.


@pytest.mark.parametrize("text", [SHIPPED, EVENTFUL], ids=["shipped", "eventful"])
@pytest.mark.parametrize("kind", EVERY_PLACE)
def test_without_javascript_only_the_visitors_own_time_is_missing(
    places: Places, visits: Visits, kind: str, text: str
) -> None:
    place = places.of(text, kind)
    bare, full = visits.open(place, reader=Reader(script=False)), visits.open(place)
    for hidden in ("#next", ".yours", "#countdown", "button", ".hint"):
        assert not bare.locator(f"{hidden}:visible").count()
    assert visible_links(bare) == visible_links(full)
    texts = [page.locator(".episode").all_inner_texts() for page in (bare, full)]
    for without, complete in zip(*texts, strict=True):
        assert "KST" in without
        assert set(without.splitlines()) <= set(complete.splitlines())


def test_without_javascript_every_clock_is_told(eventful: Place, visits: Visits) -> None:
    page = visits.open(eventful, reader=Reader(script=False))
    text = page.locator("#e01").inner_text()
    # Auckland has the next day.
    assert_says(text, "Monday 22 September 2025", "23:00 KST", "10:00 EDT", "14:00 UTC")
    assert_says(text, "02:00 NZST", "Tuesday 23 September 2025")


def test_a_recap_is_read_only_by_those_who_open_it(service: Place, visits: Visits) -> None:
    for script in (True, False):
        page = visits.open(service, reader=Reader(script=script))
        recap = page.locator("details.recap").first
        assert "spoiler" in recap.locator("summary").inner_text().lower()
        assert not page.get_by_text("Young Ah-hyeon").is_visible()
        recap.locator("summary").click()
        assert page.get_by_text("Young Ah-hyeon").is_visible()


# Links.


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(place: Place, visits: Visits, path: str) -> None:
    page = visits.open(place, path)
    found = links(page)
    assert found
    own = {link for link in found if place.is_own(link)}
    for link in own:
        assert_leads(page, link)
    for link in found - own:
        assert_well_formed(link, place)


def assert_leads(page: Page, link: str) -> None:
    target, fragment = urldefrag(link)
    if target == urldefrag(page.url).url:
        assert not fragment or page.locator(f"[id='{fragment}']").count() == 1, link
        return
    reply = page.request.get(target)
    assert reply.ok, link
    assert not fragment or f'id="{fragment}"' in reply.text(), link


def assert_well_formed(link: str, place: Place) -> None:
    parts = urlsplit(link)
    assert link.isascii(), link
    if parts.scheme == "webcal":
        assert place.is_own(link.replace("webcal:", "http:", 1)), link
    else:
        assert parts.scheme == "https", link
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), link


@pytest.mark.parametrize("kind", EVERY_PLACE)
def test_links_are_as_good_in_an_eventful_schedule(
    places: Places, visits: Visits, kind: str
) -> None:
    test_every_link_leads_somewhere(places.of(EVENTFUL, kind), visits, "/")


def test_no_special_can_have_the_id_of_a_section(service: Place, visits: Visits) -> None:
    page = visits.open(service)
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert sorted(set(ids)) == sorted(ids)
    others = set(ids) - SHIPPED_STARTS.keys()
    # Nothing has changed yet.
    assert {each for each in others if "_" not in each} == PAGE_SECTION_IDS - {"changes"}


def test_every_webcal_link_has_its_feed(place: Place, visits: Visits) -> None:
    page = visits.open(place)
    webcals = {link for link in links(page) if link.startswith("webcal:")}
    assert len(webcals) == 8
    for link in webcals:
        reply = page.request.get(link.replace("webcal:", "http:", 1))
        assert reply.body().startswith(b"BEGIN:VCALENDAR\r\n"), link


# What browsers say of themselves, and what they are then offered first.
SAFARI: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
ANDROID: Final = "Mozilla/5.0 (Linux; Android 15; Pixel 9"
CHROME: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
AGENTS: Final = {
    "an iPhone": (f"{IPHONE} {SAFARI}", None, "Apple Calendar"),
    "a Mac": (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}", None, "Apple Calendar"),
    "Linux": (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", None, "Apple Calendar"),
    "Chrome on an iPhone": (
        f"{IPHONE} {SAFARI.replace('Version/18.6', 'CriOS/140.0.7339.39')}",
        "iphone",
        "Copy",
    ),
    "Edge on an iPhone": (
        f"{IPHONE} {SAFARI.replace('Mobile', 'EdgiOS/140.0.3485.54 Mobile')}",
        "iphone",
        "Copy",
    ),
    "Google's app on an iPhone": (
        f"{IPHONE} {SAFARI.replace('Version/18.6', 'GSA/382.1')}",
        "iphone",
        "Copy",
    ),
    "some app on an iPhone": (
        f"{IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "app",
        "Copy",
    ),
    "an app on an iPhone": (f"{IPHONE} {SAFARI} KAKAOTALK/25.7.0 (INAPP)", "app", "Copy"),
    "Android": (f"{ANDROID}) {CHROME} Mobile Safari/537.36", "android", "Copy"),
    "Firefox on Android": (
        "Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0",
        "android",
        "Copy",
    ),
    "an app on Android": (
        f"{ANDROID}; wv) {CHROME} Mobile Safari/537.36 Instagram 390.0.0.0.0 Android",
        "app",
        "Copy",
    ),
    "Windows": (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0",
        "windows",
        "Outlook.com",
    ),
}
# What can be pressed in the feed that is shown: its text and where it stands, in the page's order.
OFFERED: Final = """
all => all.filter(each => each.checkVisibility({visibilityProperty: true}))
  .map(each => [each.textContent, each.getBoundingClientRect().top])
"""


@pytest.mark.parametrize("agent", AGENTS)
def test_what_works_on_a_device_comes_first_and_nothing_is_hidden(
    service: Place, visits: Visits, without_script: set[str], agent: str
) -> None:
    said, device, first = AGENTS[agent]
    known = visits.blank(service, Reader(agent=said, width=PHONE))
    known.route("**/*.js", _late)
    known.goto(service.at("/"))
    assert without_script <= visible_links(known)
    hints = known.locator(".hint:visible")
    assert hints.evaluate_all("all => all.map(each => each.dataset.for)") == [device] * bool(device)
    offered = known.locator(".feed .button, .feed .copy").evaluate_all(OFFERED)
    assert {"Apple Calendar", "Google Calendar", "Outlook.com", "Microsoft 365", "Copy"} == {
        text for text, _ in offered
    }
    # For the eye as for the keyboard.
    assert offered[0][0] == min(offered, key=lambda each: float(each[1]))[0] == first
    assert shifts(known) < 0.02


def test_the_feed_s_address_is_copied(service: Place, visits: Visits) -> None:
    page = visits.open(service)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("30 minutes before").click()
    button = page.locator(".feed .copy:visible")
    button.click()
    expect(button).to_have_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == service.at("/the-defects-reminders.ics")


def test_where_nothing_can_be_copied_it_is_selected(service: Place, visits: Visits) -> None:
    page = visits.blank(service)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(service.at("/"))
    button = page.locator(".feed .copy:visible")
    button.click()
    expect(button).to_have_text("Selected")
    selected = page.evaluate("() => getSelection().toString()")
    assert selected == service.at("/the-defects.ics")


def test_every_snippet_is_copied_whole(service: Place, visits: Visits) -> None:
    page = visits.open(service)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_all(page)
    snippets = page.locator(".snippet").all()
    assert len(snippets) == 6
    for snippet in snippets:
        snippet.locator(".copy").click()
        expect(snippet.locator(".copy")).to_have_text("Copied")
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied == snippet.locator("code").text_content()


def test_each_way_to_embed_is_shown_as_it_will_be(place: Place, visits: Visits) -> None:
    page = visits.open(place)
    open_all(page)
    frame = page.locator("iframe.preview")
    frame.scroll_into_view_if_needed()
    inside = page.frame_locator("iframe.preview").locator("body")
    expect(inside.locator("li:has(.yours:visible)")).to_have_count(8)
    expect(page.locator("defects-episodes li:has(.yours)")).to_have_count(8)
    expect(page.locator("div.preview time")).to_have_count(8)
    page.locator("img.preview").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('img.preview').naturalWidth > 0")
    page.wait_for_timeout(100)
    height = inside.evaluate("body => body.getBoundingClientRect().height")
    assert 0 <= frame.evaluate("frame => frame.clientHeight") - height < 2


def test_on_paper_there_is_the_schedule_and_nothing_to_press(
    eventful: Place, visits: Visits
) -> None:
    page = visits.open(eventful, reader=Reader(now=LATE, scheme="dark"))
    page.emulate_media(media="print")
    assert page.locator(".episode .times:visible").count() == len(EVENTFUL_STARTS)
    assert page.get_by_role("heading", name="Where to watch").is_visible()
    for screen in ("#next", "#subscribe", "#embed", ".add", "footer", "button", ".recap p"):
        assert not page.locator(f"{screen}:visible").count(), screen
    paper = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


# Everyone.


def open_all(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_stands_in_anyones_way(
    service: Place, visits: Visits, path: str, scheme: Scheme, width: int
) -> None:
    page = visits.open(service, path, Reader(scheme=scheme, width=width))
    assert_accessible(page)
    if page.locator("details").count():
        open_all(page)
        assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_where_much_has_happened(eventful: Place, visits: Visits, scheme: Scheme) -> None:
    page = visits.open(eventful, reader=Reader(now=LATE, scheme=scheme))
    open_all(page)
    assert_accessible(page)
    # Moved, tentative, and over.
    for now in ("2025-09-29T14:30", "2025-10-05T14:00", "2025-11-10T15:01"):
        page.clock.set_fixed_time(instant(now))
        page.reload()
        assert_accessible(page)


def test_what_is_chosen_is_seen_where_the_system_sets_the_colours(
    service: Place, visits: Visits
) -> None:
    page = visits.open(service)
    page.emulate_media(forced_colors="active")
    colours = page.locator(".choice label").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    chosen = page.locator(".choice input").evaluate_all("all => all.map(each => each.checked)")
    marked = {colour for colour, is_chosen in zip(colours, chosen, strict=True) if is_chosen}
    others = {colour for colour, is_chosen in zip(colours, chosen, strict=True) if not is_chosen}
    assert not marked & others


# It asks inner pages whether it is there too, and a sandboxed one has an origin of its own. They
# are looked at by themselves.
AXE: Final = Axe(f'{AXE_SCRIPT}; axe.configure({{allowedOrigins: ["<unsafe_all_origins>"]}})')


def assert_accessible(page: Page) -> None:
    results = AXE.run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) >= 20


def test_an_address_that_leads_nowhere_is_as_good_a_page_at_any_depth(
    service: Place, visits: Visits
) -> None:
    page = visits.blank(service)
    page.goto(service.at("/no/such/page"))
    assert_accessible(page)
    page.locator("main a").first.click()
    assert page.url == service.at("/")
    # Of nothing but the status.
    said = visits.watchers[-1].complaints
    assert len(said) == 1
    assert "404" in said.pop()


# The keyboard.

# Every element, also within those that have an inside of their own, in the page's order.
EVERY: Final = """
const every = (root) => [...root.querySelectorAll("*")].flatMap(
  (each) => [each, ...(each.shadowRoot ? every(each.shadowRoot) : [])]);
"""
# What has the focus: its number, its markup, and whether the focus is to be seen on it or on the
# label around it. An inner page shows its own. Null where nothing has it.
FOCUSED: Final = f"""() => {{ {EVERY}
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) {{
    active = active.shadowRoot.activeElement;
  }}
  if (!active || active === document.body) return null;
  const seen = active.matches("iframe") || active.matches(":focus-visible")
    && [active, active.closest("label")].filter(Boolean).some((each) => {{
      const {{outlineStyle, outlineWidth, outlineColor}} = getComputedStyle(each);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
        && outlineColor !== "rgba(0, 0, 0, 0)";
    }});
  return [every(document).indexOf(active), active.outerHTML, seen];
}}"""
# All that has to be reached: number and markup; of radio buttons Tab reaches one a group.
OPERABLE: Final = f"""() => {{ {EVERY}
  return every(document).map((each, number) => [number, each])
    .filter(([, each]) => each.matches("a[href], button, summary, input:not([type=radio]), "
      + "input[type=radio]:checked, select, textarea, iframe"))
    .filter(([, each]) => each.checkVisibility({{visibilityProperty: true}}))
    .map(([number, each]) => [number, each.outerHTML]);
}}"""


def tabbed(page: Page) -> dict[int, tuple[str, bool]]:
    """What Tab alone reaches, by number: its markup, and whether the focus is to be seen there."""
    reached: dict[int, tuple[str, bool]] = {}
    last = None
    # From the page's beginning, and not before its previews are there.
    page.wait_for_load_state("networkidle")
    page.evaluate("() => getSelection().collapse(document.body, 0)")
    for _ in range(1000):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED) or _focused_a_little_later(page)
        # An inner page is one element, however often Tab stops in it.
        if focused is None or (focused[0] in reached and focused[0] != last):
            return reached
        last, *found = focused
        reached[last] = (found[0], found[1])
    raise AssertionError("Tab finds no end")


def _focused_a_little_later(page: Page) -> Any:
    """On its way into an inner page, or out of it, the focus is nowhere for a moment."""
    page.wait_for_timeout(100)
    return page.evaluate(FOCUSED)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    service: Place, visits: Visits, path: str, width: int
) -> None:
    page = visits.open(service, path, Reader(width=width))
    open_all(page)
    reached = tabbed(page)
    assert [text for number, text in page.evaluate(OPERABLE) if number not in reached] == []
    assert [text for text, seen in reached.values() if not seen] == []


def test_the_keyboard_opens_and_closes(service: Place, visits: Visits) -> None:
    page = visits.open(service)
    recap = page.locator("details.recap").first
    recap.locator("summary").focus()
    for key, is_open in (("Enter", True), ("Space", False)):
        page.keyboard.press(key)
        assert (recap.get_attribute("open") is not None) == is_open


def test_the_keyboard_chooses_each_feed(service: Place, visits: Visits) -> None:
    page = visits.open(service)
    chosen: set[str] = set()
    for _ in range(4):
        choose_next(page, "feed")
        for _ in range(2):
            choose_next(page, "reminders")
            (shown,) = (link for link in visible_links(page) if link.startswith("webcal:"))
            chosen.add(shown)
    assert len(chosen) == 8


def choose_next(page: Page, group: str) -> None:
    page.locator(f"[name={group}]:checked").focus()
    page.keyboard.press("ArrowRight")


# Calm.


def shifts(page: Page) -> float:
    """How much has moved by itself since the page was first painted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    return float(page.evaluate("() => window.shifts.reduce((sum, each) => sum + each, 0)"))


@pytest.mark.parametrize("width", [320, PHONE, WIDE])
@pytest.mark.parametrize("path", [*PAGES, "/#e05"])
def test_nothing_moves_even_where_the_script_is_late(
    service: Place, visits: Visits, path: str, width: int
) -> None:
    page = visits.blank(service, Reader(width=width))
    page.route("**/*.js", _late)
    page.goto(service.at(path))
    assert shifts(page) < 0.02


@pytest.mark.parametrize("width", [320, PHONE, WIDE])
def test_nor_does_it_where_much_has_happened(eventful: Place, visits: Visits, width: int) -> None:
    page = visits.blank(eventful, Reader(now=LATE, width=width))
    page.route("**/*.js", _late)
    for now in NEXT_EVENTFUL:
        page.clock.set_fixed_time(instant(now))
        page.goto(eventful.at("/"))
        assert shifts(page) < 0.02, now


def _late(route: Route) -> None:
    """The page has been painted, and read a little, by then."""
    route.request.frame.page.wait_for_timeout(150)
    route.continue_()


@pytest.mark.parametrize("text", [SHIPPED, EVENTFUL], ids=["shipped", "eventful"])
@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_screen_needs_no_scrolling_to_the_side(
    places: Places, visits: Visits, path: str, text: str
) -> None:
    page = visits.open(places.of(text, "service"), path, Reader(width=320))
    open_all(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth") == 320


# The size, in CSS pixels, of every text that is to be seen.
SIZES: Final = """
() => [...document.querySelectorAll("body *")]
  .filter(each => [...each.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
  .filter(each => !each.closest("script, style, svg") && each.checkVisibility())
  .map(each => parseFloat(getComputedStyle(each).fontSize))
"""


@pytest.mark.parametrize("path", PAGES)
def test_text_is_read_on_a_phone_without_zooming(service: Place, visits: Visits, path: str) -> None:
    page = visits.open(service, path, Reader(width=PHONE))
    open_all(page)
    sizes: list[Any] = page.evaluate(SIZES)
    assert min(sizes) >= 12
    content = page.locator("meta[name=viewport]").get_attribute("content")
    assert content == "width=device-width, initial-scale=1"


@pytest.mark.parametrize(
    ("path", "at_once", "whole"), [("/", 15_000, 25_000), ("/embed.html", 12_000, 12_000)]
)
def test_a_page_is_light(
    service: Place, visits: Visits, path: str, at_once: int, whole: int
) -> None:
    page = visits.blank(service)
    page.goto(service.at(path), wait_until="networkidle")
    watcher = visits.watchers[-1]
    assert 0 < weight(page, watcher.requests) <= at_once
    # The previews are a part of the page too, for those who open them.
    open_all(page)
    for preview in page.locator("iframe.preview, img.preview").all():
        preview.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert 0 < weight(page, watcher.requests) <= whole


def weight(page: Page, urls: list[str]) -> int:
    """What the files at these addresses weigh, compressed, each of them once."""
    bodies = [page.request.get(url).body() for url in {*urls} if not url.startswith("data:")]
    return sum(len(gzip.compress(body, mtime=0)) for body in bodies)


# What other programs read of it.

HEAD: Final = """
all => all.map(each => [each.rel || each.getAttribute("property") || each.name,
  each.type || "", each.title || "", each.content || each.getAttribute("href")])
"""


def head(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.locator(
        "head > link:not([rel=stylesheet], [rel=icon]), head > meta[property], "
        "head > meta[name^='twitter'], head > meta[name=description], head > meta[name=referrer]"
    ).evaluate_all(HEAD)
    return found


DESCRIPTION: Final = (
    "When The Defects airs in your time zone, and where to watch it. 21 July to 12 August 2025. "
    "Subscribe in Apple Calendar, Google Calendar or Outlook, or download."
)


def test_programs_find_the_feeds_the_frame_and_what_it_is(place: Place, visits: Visits) -> None:
    calendar, atom = "text/calendar", "application/atom+xml"
    assert head(visits.open(place)) == [
        ["referrer", "", "", "no-referrer"],
        ["description", "", "", DESCRIPTION],
        ["canonical", "", "", place.at("/")],
        ["alternate", "application/json+oembed", "The Defects", place.at("/oembed.json")],
        ["alternate", calendar, "The Defects", place.at("/the-defects.ics")],
        ["alternate", calendar, "The Defects on ENA", place.at("/the-defects-ena.ics")],
        ["alternate", calendar, "The Defects on TVing", place.at("/the-defects-tving.ics")],
        ["alternate", calendar, "The Defects on Kocowa", place.at("/the-defects-kocowa.ics")],
        ["alternate", atom, "The Defects: what changed", place.at("/changes.atom")],
        ["og:type", "", "", "website"],
        ["og:site_name", "", "", "The Defects"],
        ["og:locale", "", "", "en"],
        ["og:title", "", "", "The Defects: every episode in your calendar"],
        ["og:description", "", "", DESCRIPTION],
        ["og:url", "", "", place.at("/")],
        ["twitter:card", "", "", "summary"],
    ]


def test_the_code_carries_the_page_s_own_address(place: Place, visits: Visits) -> None:
    page = visits.open(place)
    # Each module of the code as it is painted: dark where a line of the path crosses its middle.
    modules: list[list[bool]] = page.locator(".code svg").evaluate(
        """svg => {
          const path = svg.querySelector("path");
          const at = (x, y) => path.isPointInStroke(new DOMPoint(x + 0.5, y + 0.5));
          const count = [...Array(svg.viewBox.baseVal.width).keys()];
          return count.map(y => count.map(x => at(x, y)));
        }"""
    )
    quiet = 2
    inside = [row[quiet:-quiet] for row in modules[quiet:-quiet]]
    expected = segno.make(place.at("/"), error="m", micro=False).matrix
    assert inside == [[bool(module) for module in row] for row in expected]


# What the service says in headers, where a plain server says nothing.


def test_the_page_keeps_its_policy_without_headers(place: Place, visits: Visits) -> None:
    page = visits.blank(place)
    page.goto(place.at("/"))
    executed = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", () => done(false));
            const script = document.createElement("script");
            script.textContent = "window.executed = true";
            document.body.append(script);
            setTimeout(() => done(Boolean(window.executed)), 100);
        })"""
    )
    assert not executed
    # The browser says that it refused, and that is as it should be.
    told = visits.watchers[-1].complaints
    assert told
    assert all("Content Security Policy" in each for each in told)
    told.clear()


# The watch itself: what these tests would not see, they could not promise.

CARELESS: Final = """\
<!doctype html>
<html lang="en"><title>Careless</title><link rel="icon" href="data:,">
<style>a:focus { outline: none } h1 { height: 300px }</style>
<a href="/">out of sight</a> <button tabindex="-1">out of reach</button> <h1>Careless</h1>
<img src="http://localhost:9/" alt="">
<script>
console.log("well");
window.late = () => {
  document.body.prepend(Object.assign(document.createElement("div"), {style: "height: 300px"}));
  throw new Error("thrown");
};
</script>
"""


def test_whatever_a_page_should_not_do_is_noticed(tmp_path: Path, visits: Visits) -> None:
    (tmp_path / "index.html").write_text(CARELESS, "utf-8")
    with plain(tmp_path) as origin:
        page = visits.open(Place(origin))
        assert shifts(page) == 0
        page.evaluate("() => { setTimeout(late); }")
        page.locator("div").wait_for()
        assert shifts(page) > 0.02
        said = visits.watchers[-1].complaints
        assert_says("\n".join(said), "not the site's", "failed", "console: log: well", "thrown")
        said.clear()
        reached = tabbed(page)
        assert [seen for _, seen in reached.values()] == [False]
        assert {number for number, _ in page.evaluate(OPERABLE)} > set(reached)
        with pytest.raises(AssertionError, match="landmark-one-main"):
            assert_accessible(page)
