"""What other sites show: whole, small, safe against every text, and at home on foreign pages."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.render.embed import MAX_ROWS, build_embed_policy, render_embeds
from defects_ical.render.snippets import make_snippets
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule
from defects_ical.site.build import build_site
from tests.support.browser import plain
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import Markup
from tests.support.processes import ROOT, run_granian

pytest_plugins = ["tests.support.browser"]

SITE_URL = SiteURL.parse("https://me.example/the-defects")
PATHS = ["/embed.html", "/embed.css", "/frame.js", "/embed.js", "/card.svg", "/oembed.json"]
SVG = "{http://www.w3.org/2000/svg}"
# Around each name, which keeps its writing direction to itself.
ISOLATES = "\u2068\u2069"
# Between the third episode and the fourth.
NOW = datetime(2025, 7, 28, 15, tzinfo=UTC)
EVENTFUL = (
    "[{at: 2025-07-02T00:00:00+00:00, episodes: [2], move: '2025-07-23T01:30'},"
    " {at: 2025-07-03T00:00:00+00:00, episodes: [3], status: cancelled},"
    " {at: 2025-07-04T00:00:00+00:00, episodes: [4], status: tentative}]"
)
EVIL = "</script></title><script>window.ran=1</script><img src=x onerror=window.ran=1>\"'`]]>&amp;"
HOSTILE = [
    EVIL,
    "\u202eabc \u2066def\u2069",
    "W" * 5000,
    "漢" * 5000,
    "a\u033f" * 2000,
    "[a](b) *c* _d_ <e>",
]


def hostile(text: str) -> Schedule:
    """A schedule that says ``text`` wherever it can say what it likes."""
    quoted = json.dumps(text, ensure_ascii=False)
    special = f"[{{id: extra, title: {quoted}, airs: '2025-08-20T20:00', runtime: 60}}]"
    platforms = f"{{channel: {{name: {quoted}, kind: television, region: {quoted}}}}}"
    whole = make_yaml(specials=special, platforms=platforms)
    return load_yaml(whole.replace("title: The Show", f"title: {quoted}, original_title: {quoted}"))


def rendered(schedule: Schedule, address: SiteURL = SITE_URL) -> dict[str, bytes]:
    return dict(render_embeds(schedule, expand_episodes(schedule), address, BuildCache()))


def code(schedule: Schedule, name: str, address: SiteURL = SITE_URL) -> str:
    return next(
        each.code
        for each in make_snippets(schedule, expand_episodes(schedule), address)
        if each.id == name
    )


def zipped(*bodies: bytes) -> int:
    return sum(len(gzip.compress(body, 9, mtime=0)) for body in bodies)


def test_the_files_are_these(schedule: Schedule) -> None:
    assert list(rendered(schedule)) == PATHS


def test_they_stay_within_their_budgets(schedule: Schedule) -> None:
    page, style, script, element, *_ = rendered(schedule).values()
    assert zipped(page, style, script) <= 12_000
    assert zipped(element) <= 6_000


def test_the_frame_has_neither_script_nor_style_of_its_own(schedule: Schedule) -> None:
    page = Markup(rendered(schedule)["/embed.html"].decode())
    assert page.all("script") == [{"src": "frame.js"}]
    assert page.all("style") == []
    assert not [name for _, names in page.found for name in names if name[:2] == "on"]
    assert not [name for _, names in page.found for name in names if name == "style"]


def test_the_frame_names_its_origin_in_its_policy(schedule: Schedule) -> None:
    page = Markup(rendered(schedule)["/embed.html"].decode())
    policy = next(each["content"] for each in page.all("meta") if "http-equiv" in each)
    assert policy == build_embed_policy(SITE_URL)
    assert "script-src 'self' https://me.example; " in policy


def test_the_frame_is_complete_without_script(schedule: Schedule) -> None:
    page = Markup(rendered(schedule)["/embed.html"].decode())
    assert len(page.all("li")) == 8
    assert "Tuesday 12 August 2025, 23:00 KST" in page.text
    assert [each["href"] for each in page.all("a")] == [
        "https://me.example/the-defects/",
        "webcal://me.example/the-defects/the-defects.ics",
        "https://me.example/the-defects/the-defects.ics",
        "https://me.example/the-defects/#subscribe",
    ]
    assert "https://me.example/the-defects/the-defects.ics" in page.text


def test_the_frame_tells_what_happened_to_an_episode() -> None:
    text = Markup(rendered(load_yaml(make_yaml(changes=EVENTFUL)))["/embed.html"].decode()).text
    assert "moved from Tuesday 22 July 2025, 23:00 KST" in text
    assert "Episode 3 (cancelled)" in text
    assert "Episode 4 (to be confirmed)" in text


def test_no_embed_gives_the_story_away(schedule: Schedule) -> None:
    assert b"Ah-hyeon" not in b"".join(rendered(schedule).values())


def test_a_long_list_scrolls_and_a_keyboard_reaches_it() -> None:
    short, long = (
        Markup(rendered(load_yaml(make_yaml(episodes=count)))["/embed.html"].decode()).all("ol")[0]
        for count in (MAX_ROWS, MAX_ROWS + 1)
    )
    assert short == {}
    assert long == {"tabindex": "0", "aria-label": "Episodes"}


def test_frame_and_element_agree_on_what_is_a_long_list(schedule: Schedule) -> None:
    assert f"const MAX_ROWS = {MAX_ROWS};".encode() in rendered(schedule)["/embed.js"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_the_schedule_says_is_text(text: str) -> None:
    schedule = hostile(text)
    files = rendered(schedule)
    page = Markup(files["/embed.html"].decode())
    assert page.all("script") == [{"src": "frame.js"}]
    assert page.all("img") == []
    assert text in page.text
    card = ET.fromstring(files["/card.svg"])  # noqa: S314 - our own
    assert {each.tag.removeprefix(SVG) for each in card.iter()} <= {
        *("svg", "title", "defs", "radialGradient", "stop", "rect", "text"),
    }
    oembed = Markup(json.loads(files["/oembed.json"])["html"])
    assert [tag for tag, _ in oembed.found] == ["iframe"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_in_snippets_too(text: str) -> None:
    schedule = hostile(text)
    tags = {
        "frame": ["iframe", "script"],
        "element": ["defects-episodes", "p", "a", "script"],
        "html": ["p", "strong", "a", "ul", *["li", "bdi", "time"] * 9, "p", "a", "a", "a"],
        "picture": ["a", "img"],
    }
    for name, expected in tags.items():
        assert [tag for tag, _ in Markup(code(schedule, name)).found] == expected, name


def test_a_markdown_link_keeps_its_text() -> None:
    assert code(hostile("[a](b) *c* <e> 1 \u00b7 2"), "markdown") == (
        r"[\[a\]\(b\) \*c\* \<e\> 1 · 2: episode calendar]"
        "(https://me.example/the-defects/)\n"
    )


def test_the_snippet_of_the_frame_is_sandboxed_named_and_lazy(schedule: Schedule) -> None:
    frame = Markup(code(schedule, "frame")).all("iframe")[0]
    assert frame["src"] == "https://me.example/the-defects/embed.html"
    assert frame["sandbox"] == "allow-scripts allow-downloads allow-popups"
    assert frame["title"] == "The Defects: when the episodes air"
    assert frame["loading"] == "lazy"


def test_oembed_describes_the_frame(schedule: Schedule) -> None:
    answer = json.loads(rendered(schedule)["/oembed.json"])
    frame = Markup(answer.pop("html")).all("iframe")[0]
    assert (frame["width"], frame["height"]) == ("600", str(answer.pop("height")))
    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": "The Defects",
        "provider_name": "The Defects",
        "provider_url": "https://me.example/the-defects/",
        "cache_age": 3600,
        "width": 600,
    }


def test_wordpress_finds_the_frame_in_oembed(schedule: Schedule) -> None:
    # Its wp_filter_oembed_result() wants exactly this, and keeps it in one line.
    html = json.loads(rendered(schedule)["/oembed.json"])["html"]
    assert re.fullmatch(r"<iframe .*?></iframe>", html)


@pytest.mark.parametrize("count", [1, 4, 5, 8, 16, 17, 500])
def test_the_card_shows_what_fits_and_counts_the_rest(count: int) -> None:
    card = ET.fromstring(rendered(load_yaml(make_yaml(episodes=count)))["/card.svg"])  # noqa: S314 - ours
    texts = ["".join(each.itertext()).strip(ISOLATES) for each in card.iter(f"{SVG}text")]
    shown = [each for each in texts if each.startswith("Episode ")]
    rest = [each for each in texts if each.startswith("and ")]
    assert len(shown) == (count if count <= 16 else 15)
    assert rest == ([] if count <= 16 else [f"and {count - 15} more"])


def test_the_card_tells_each_episode_s_whole_name_and_what_became_of_it() -> None:
    card = ET.fromstring(rendered(load_yaml(make_yaml(changes=EVENTFUL)))["/card.svg"])  # noqa: S314 - ours
    texts = ["".join(each.itertext()).strip(ISOLATES) for each in card.iter(f"{SVG}text")]
    rows = dict(zip(texts[2:-2:2], texts[3:-2:2], strict=True))
    assert list(rows) == [f"Episode {number}" for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert rows["Episode 2"] == "Wed 23 Jul, 01:30 KST"
    assert rows["Episode 3"] == "Mon 28 Jul, cancelled"
    assert rows["Episode 4"] == "Tue 29 Jul, 23:00 (TBC)"


def test_the_card_refers_to_nothing_outside_itself(schedule: Schedule) -> None:
    card = rendered(schedule)["/card.svg"].decode()
    assert re.findall(r"(?:href|src|style|class)=|<style|<script|@import", card) == []
    assert re.findall(r"url\((.*?)\)", card) == ["#night"]


# In a browser


@dataclass(frozen=True)
class World:
    """The site at one origin, under a path, and a foreign page's folder at another."""

    service: SiteURL
    schedule: Schedule
    host: str
    folder: Path

    def page(self, name: str, body: str) -> str:
        """A foreign page's address."""
        (self.folder / name).write_text(f"<!doctype html><meta charset=utf-8>{body}", "utf-8")
        return f"{self.host}/{name}"

    def snippet(self, name: str) -> str:
        return code(self.schedule, name, self.service)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        timezone_id="America/Sao_Paulo", viewport={"width": 900, "height": 700}
    )
    context.clock.set_fixed_time(NOW)
    yield context.new_page()
    context.close()


@contextmanager
def served(schedule: Path) -> Iterator[SiteURL]:
    """The running service, at an address with a path, which it has to know beforehand."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = SiteURL.parse(f"http://127.0.0.1:{port}/sub")
    with run_granian(schedule, str(address), 1, "--port", str(port)):
        yield address


@contextmanager
def exported(schedule: Path) -> Iterator[SiteURL]:
    """The exported folder under a path, on a server that sends the one header that embeds need."""
    shared = {"Access-Control-Allow-Origin": "*"}
    with TemporaryDirectory() as root, plain(Path(root), shared) as origin:
        address = SiteURL.parse(f"{origin}/sub")
        export_site(build_site(load_schedule(schedule), address), address, Path(root) / "sub")
        yield address


KINDS = {"service": served, "folder under a path": exported}
SCHEDULES = {
    "as shipped": (ROOT / "schedule.yaml").read_text("utf-8"),
    "eventful": make_yaml(changes=EVENTFUL),
}


class Worlds(NamedTuple):
    """Foreign sites: one without a policy, one whose policy admits the element, one also frames."""

    free: World
    strict: World
    framing: World


def policies(origin: str) -> list[dict[str, str]]:
    """The headers of each."""
    strict = f"default-src 'self'; script-src {origin}; connect-src {origin}"
    return [
        {},
        {"Content-Security-Policy": strict},
        {"Content-Security-Policy": f"{strict}; frame-src {origin}"},
    ]


@pytest.fixture(scope="module", params=zip(KINDS, SCHEDULES, strict=True), ids=", ".join)
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worlds]:
    """The whole site as its operator publishes it, and other people's pages."""
    kind, name = request.param
    schedule = tmp_path_factory.mktemp("schedule") / "schedule.yaml"
    schedule.write_text(SCHEDULES[name], "utf-8")
    with ExitStack() as stack:
        address = stack.enter_context(KINDS[kind](schedule))
        found = []
        for headers in policies(address.origin):
            folder = tmp_path_factory.mktemp("foreign")
            (folder / "favicon.ico").touch()
            host = stack.enter_context(plain(folder, headers))
            found.append(World(address, load_schedule(schedule), host, folder))
        yield Worlds(*found)


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def fits(page: Page) -> bool:
    """Whether the frame is exactly as high as what is in it."""
    inside: float = (
        framed(page).locator("body").evaluate("body => body.getBoundingClientRect().height")
    )
    outside: float = page.locator("iframe").evaluate("frame => frame.clientHeight")
    return 0 <= outside - inside < 2


def settled(page: Page) -> None:
    expect(framed(page).locator("#next")).to_be_visible()
    expect(page.locator("iframe")).not_to_have_attribute("height", "1")
    page.wait_for_timeout(100)


def test_the_frame_sizes_itself_by_its_snippet(page: Page, worlds: Worlds) -> None:
    for width in (320, 600, 1000):
        page.set_viewport_size({"width": width, "height": 600})
        frame = re.sub(r'height="\d+"', 'height="1"', worlds.free.snippet("frame"))
        page.goto(worlds.free.page("frame.html", f"<body>{frame}"))
        settled(page)
        assert fits(page), width


def test_under_a_strict_policy_the_element_s_script_sizes_it(page: Page, worlds: Worlds) -> None:
    strict = worlds.framing
    frame = re.sub(r'height="\d+"', 'height="1"', strict.snippet("frame").partition("\n")[0])
    page.goto(strict.page("frame.html", frame + strict.snippet("element")))
    settled(page)
    assert fits(page)


def test_nobody_else_sizes_the_frame(page: Page, worlds: Worlds) -> None:
    page.goto(worlds.free.page("frame.html", f"<body>{worlds.free.snippet('frame')}"))
    settled(page)
    page.evaluate("postMessage({type: 'defects-episodes', height: 5000}, '*')")
    page.wait_for_timeout(100)
    assert fits(page)


@pytest.mark.parametrize(
    ("fragment", "colour"),
    [
        ("", "rgb(247, 243, 239)"),
        ("#dark", "rgb(23, 17, 18)"),
        ("#light", "rgb(247, 243, 239)"),
        ("#?secret=abcdefghij", "rgb(247, 243, 239)"),
        ("#dark?secret=abcdefghij", "rgb(23, 17, 18)"),
        ("#darkness", "rgb(247, 243, 239)"),
    ],
)
def test_the_frame_s_theme_is_its_fragment(
    page: Page, worlds: Worlds, fragment: str, colour: str
) -> None:
    page.goto(worlds.free.service.join(f"/embed.html{fragment}"))
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(background) == colour


def test_the_frame_shows_the_visitor_s_own_time(page: Page, worlds: Worlds) -> None:
    page.goto(worlds.free.service.join("/embed.html"))
    first = page.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".theirs time")).to_have_text("Monday 21 July 2025, 23:00 KST")
    expect(page.locator("#next")).to_have_text(re.compile("^Next: Episode 4,.* in 23 h"))


def test_a_download_starts_from_inside_the_sandbox(page: Page, worlds: Worlds) -> None:
    page.goto(worlds.free.page("frame.html", f"<body>{worlds.free.snippet('frame')}"))
    with page.expect_download() as download:
        framed(page).get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".ics")


def test_a_page_opens_from_inside_the_sandbox(page: Page, worlds: Worlds) -> None:
    page.goto(worlds.free.page("frame.html", f"<body>{worlds.free.snippet('frame')}"))
    with page.context.expect_page() as opened:
        framed(page).get_by_role("link", name="More ways to subscribe").click()
    assert opened.value.url == f"{worlds.free.service}#subscribe"


# The page around asks for the height as soon as the frame's script is there, and nothing else is.
EAGER = """
document.addEventListener("load", ({target}) => {
  if (target.localName === "script") {
    dispatchEvent(new MessageEvent("message", {data: {message: "ready"}, source: parent}));
  }
}, {capture: true});
"""


def test_a_frame_that_is_asked_too_early_tells_its_height_later(page: Page, worlds: Worlds) -> None:
    errors: list[str] = []
    page.context.on("weberror", lambda error: errors.append(str(error.error)))
    page.add_init_script(EAGER)
    frame = re.sub(r'height="\d+"', 'height="1"', worlds.free.snippet("frame"))
    page.goto(worlds.free.page("frame.html", f"<body>{frame}"))
    settled(page)
    assert fits(page)
    assert errors == []


# The part of WordPress's wp-embed.js that matters here: what it sends, and what it listens to.
WORDPRESS = """
<iframe sandbox="allow-scripts" data-secret="abcdefghij" height="1" width="600"
  src="{frame}#?secret=abcdefghij"></iframe>
<script>
const frame = document.querySelector("iframe");
window.followed = [];
addEventListener("message", ({{data, source}}) => {{
  if (source !== frame.contentWindow || data.secret !== "abcdefghij") return;
  if (data.message === "height") frame.height = Math.min(1000, Math.max(200, data.value));
  if (data.message === "link" && document.activeElement === frame) followed.push(data.value);
}});
const ready = {{message: "ready", secret: "abcdefghij"}};
frame.onload = () => frame.contentWindow.postMessage(ready, "*");
</script>
"""


def test_wordpress_sizes_the_frame_and_follows_its_links(page: Page, worlds: Worlds) -> None:
    service = worlds.free.service
    body = WORDPRESS.format(frame=service.join("/embed.html"))
    page.goto(worlds.free.page("wordpress.html", body))
    settled(page)
    assert fits(page)
    expect(framed(page).get_by_role("link", name="Download")).to_be_hidden()
    expect(framed(page).locator("code")).to_be_visible()
    framed(page).get_by_role("link", name="More ways to subscribe").click()
    page.wait_for_function("followed.length")
    assert page.evaluate("followed") == [f"{service}#subscribe"]


def test_elements_render_under_a_strict_policy_each_in_its_theme(
    page: Page, worlds: Worlds
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    element = worlds.framing.snippet("element")
    body = "".join(
        element.replace("<defects-episodes>", f'<defects-episodes theme="{theme}">')
        for theme in ("dark", "light")
    )
    page.goto(worlds.framing.page("element.html", body))
    sections = page.locator("defects-episodes section")
    dark, light = sections.nth(0), sections.nth(1)
    expect(dark).to_have_css("background-color", "rgb(23, 17, 18)")
    expect(light).to_have_css("background-color", "rgb(247, 243, 239)")
    expect(dark.locator("li")).to_have_count(8)
    first = dark.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".soft").first).to_have_text("23:00 in Seoul")
    assert [url for url in asked if url.endswith("/episodes.json")] == [
        worlds.framing.service.join("/episodes.json")
    ]
    assert said == []


# What a page's policy refuses of other sites: by which directive, and of whom.
REFUSALS = """
addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) => {
  const told = document.documentElement.dataset;
  if (blockedURI.startsWith("http")) {
    told.refused = `${told.refused || ""}${effectiveDirective} ${blockedURI};`;
  }
});
"""


def test_a_policy_that_names_no_frames_admits_the_element_and_keeps_the_frame_out(
    page: Page, worlds: Worlds
) -> None:
    """What a policy does not say of frames, default-src says: only the host's own."""
    page.add_init_script(REFUSALS)
    strict = worlds.strict
    frame = strict.snippet("frame").partition("\n")[0]
    page.goto(strict.page("both.html", frame + strict.snippet("element")))
    expect(page.locator("defects-episodes section li")).to_have_count(8)
    refused = f"frame-src {strict.service.origin};"
    expect(page.locator("html")).to_have_attribute("data-refused", refused)
    assert strict.service.join("/embed.html") not in {each.url for each in page.frames}


def test_an_element_takes_its_host_s_colours(page: Page, worlds: Worlds) -> None:
    style = (
        "<style>defects-episodes { --defects-paper: #102030; --defects-font: 20px serif }</style>"
    )
    page.goto(worlds.free.page("element.html", style + worlds.free.snippet("element")))
    section = page.locator("defects-episodes section")
    expect(section).to_have_css("background-color", "rgb(16, 32, 48)")


def test_without_episodes_the_element_keeps_what_is_inside(page: Page, worlds: Worlds) -> None:
    page.route("**/episodes.json", lambda route: route.abort())
    page.goto(worlds.free.page("element.html", worlds.free.snippet("element")))
    page.wait_for_function("!!customElements.get('defects-episodes')")
    page.wait_for_timeout(200)
    expect(page.locator("defects-episodes > p > a")).to_be_visible()


def test_the_element_links_to_nothing_that_runs(page: Page, worlds: Worlds) -> None:
    def spoil(body: Mapping[str, object]) -> str:
        return re.sub(
            r'"(webcal|https?)://[^"]*\.ics"', '"javascript:window.ran=1"', json.dumps(body)
        )

    page.route(
        "**/episodes.json",
        lambda route: route.fulfill(
            body=spoil(route.fetch().json()), headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    page.goto(worlds.free.page("element.html", worlds.free.snippet("element")))
    subscribe = page.locator("defects-episodes nav a").first
    expect(subscribe).to_have_text("Subscribe")
    assert subscribe.get_attribute("href") is None
