"""What other sites show: whole, small, safe against every text, and at home on foreign pages."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from browser import plain
from defects_ical import embeds, programs
from defects_ical.episodes import expand
from defects_ical.links import Address
from defects_ical.schedule import Schedule
from example import example, loaded

pytest_plugins = ["browser"]

ADDRESS = Address.parse("https://me.example/the-defects")
PATHS = ["/embed.html", "/embed.css", "/frame.js", "/embed.js", "/card.svg", "/oembed.json"]
SVG = "{http://www.w3.org/2000/svg}"
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
    "\u202eabc \u2066def",
    "W" * 5000,
    "漢" * 5000,
    "a\u033f" * 2000,
    "[a](b) *c* _d_ <e>",
]
VOID = {"meta", "link", "img", "br"}


class Markup(HTMLParser):
    """The elements of a piece of HTML, which has to close whatever it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def hostile(text: str) -> Schedule:
    """A schedule that says ``text`` wherever it can say what it likes."""
    quoted = json.dumps(text, ensure_ascii=False)
    special = f"[{{id: extra, title: {quoted}, airs: '2025-08-20T20:00', runtime: 60}}]"
    platforms = f"{{channel: {{name: {quoted}, kind: television, region: {quoted}}}}}"
    whole = example(specials=special, platforms=platforms)
    return loaded(whole.replace("title: The Show", f"title: {quoted}, original_title: {quoted}"))


def rendered(schedule: Schedule, address: Address = ADDRESS) -> dict[str, bytes]:
    return dict(embeds.render(schedule, expand(schedule), address))


def code(schedule: Schedule, name: str, address: Address = ADDRESS) -> str:
    return next(
        each.code
        for each in embeds.snippets(schedule, expand(schedule), address)
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
    assert policy == embeds.policy(ADDRESS)
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
    text = Markup(rendered(loaded(example(changes=EVENTFUL)))["/embed.html"].decode()).text
    assert "moved from Tuesday 22 July 2025, 23:00 KST" in text
    assert "Episode 3 (cancelled)" in text
    assert "Episode 4 (to be confirmed)" in text


def test_no_embed_gives_the_story_away(schedule: Schedule) -> None:
    assert b"Ah-hyeon" not in b"".join(rendered(schedule).values())


def test_a_long_list_scrolls_and_a_keyboard_reaches_it() -> None:
    short, long = (
        Markup(rendered(loaded(example(episodes=count)))["/embed.html"].decode()).all("ol")[0]
        for count in (embeds.MANY, embeds.MANY + 1)
    )
    assert short == {}
    assert long == {"tabindex": "0", "aria-label": "Episodes"}


def test_frame_and_element_agree_on_what_is_a_long_list(schedule: Schedule) -> None:
    assert f"const MANY = {embeds.MANY};".encode() in rendered(schedule)["/embed.js"]


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
        r"[\[a\]\(b\) \*c\* \<e\> 1 · 2: the episodes in your calendar]"
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
    card = ET.fromstring(rendered(loaded(example(episodes=count)))["/card.svg"])  # noqa: S314 - ours
    texts = ["".join(each.itertext()) for each in card.iter(f"{SVG}text")]
    shown = [each for each in texts if each.startswith("Episode ")]
    rest = [each for each in texts if each.startswith("and ")]
    assert len(shown) == (count if count <= 16 else 15)
    assert rest == ([] if count <= 16 else [f"and {count - 15} more"])


def test_the_card_refers_to_nothing_outside_itself(schedule: Schedule) -> None:
    card = rendered(schedule)["/card.svg"].decode()
    assert re.findall(r"(?:href|src|style|class)=|<style|<script|@import", card) == []
    assert re.findall(r"url\((.*?)\)", card) == ["#night"]


# In a browser


@dataclass(frozen=True)
class World:
    """The service at one origin, under a path, and a foreign page's folder at another."""

    service: Address
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


def published(folder: Path, schedule: Schedule, address: Address) -> None:
    """Write the embeds, the episodes and a feed as a static host has them."""
    episodes = expand(schedule)
    files = dict(embeds.render(schedule, episodes, address))
    files |= dict(programs.render(schedule, episodes, address))
    files[f"/{schedule.show.slug}.ics"] = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    for path, body in files.items():
        (folder / path[1:]).write_bytes(body)


def policies(origin: str) -> dict[str, str]:
    """A strict host's policy. For a frame it has to name one thing more than for the element."""
    strict = f"default-src 'self'; script-src {origin}; connect-src {origin}; frame-src {origin}"
    return {"Content-Security-Policy": strict}


@pytest.fixture(scope="module", params=["as shipped", "eventful"])
def worlds(
    request: pytest.FixtureRequest, schedule: Schedule, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """A foreign site without a policy, and one with a strict one."""
    shown = schedule if request.param == "as shipped" else loaded(example(changes=EVENTFUL))
    root, open_folder, strict_folder = map(tmp_path_factory.mktemp, ("ours", "open", "strict"))
    (root / "sub").mkdir()
    (strict_folder / "favicon.ico").touch()
    with plain(root, {"Access-Control-Allow-Origin": "*"}) as origin:
        address = Address.parse(f"{origin}/sub")
        published(root / "sub", shown, address)
        with plain(open_folder) as easy, plain(strict_folder, policies(origin)) as strict:
            yield (
                World(address, shown, easy, open_folder),
                World(address, shown, strict, strict_folder),
            )


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
    page.wait_for_function("document.querySelector('iframe').height !== '1'")
    page.wait_for_timeout(100)


def test_the_frame_sizes_itself_by_its_snippet(page: Page, worlds: tuple[World, World]) -> None:
    for width in (320, 600, 1000):
        page.set_viewport_size({"width": width, "height": 600})
        frame = re.sub(r'height="\d+"', 'height="1"', worlds[0].snippet("frame"))
        page.goto(worlds[0].page("frame.html", f"<body>{frame}"))
        settled(page)
        assert fits(page), width


def test_under_a_strict_policy_the_element_s_script_sizes_it(
    page: Page, worlds: tuple[World, World]
) -> None:
    strict = worlds[1]
    frame = re.sub(r'height="\d+"', 'height="1"', strict.snippet("frame").partition("\n")[0])
    page.goto(strict.page("frame.html", frame + strict.snippet("element")))
    settled(page)
    assert fits(page)


def test_nobody_else_sizes_the_frame(page: Page, worlds: tuple[World, World]) -> None:
    page.goto(worlds[0].page("frame.html", f"<body>{worlds[0].snippet('frame')}"))
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
    page: Page, worlds: tuple[World, World], fragment: str, colour: str
) -> None:
    page.goto(worlds[0].service.url(f"/embed.html{fragment}"))
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(background) == colour


def test_the_frame_shows_the_visitor_s_own_time(page: Page, worlds: tuple[World, World]) -> None:
    page.goto(worlds[0].service.url("/embed.html"))
    first = page.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".theirs time")).to_have_text("Monday 21 July 2025, 23:00 KST")
    expect(page.locator("#next")).to_contain_text("Next: Episode 4, in 23 h")


def test_a_download_starts_from_inside_the_sandbox(page: Page, worlds: tuple[World, World]) -> None:
    page.goto(worlds[0].page("frame.html", f"<body>{worlds[0].snippet('frame')}"))
    with page.expect_download() as download:
        framed(page).get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".ics")


def test_a_page_opens_from_inside_the_sandbox(page: Page, worlds: tuple[World, World]) -> None:
    page.goto(worlds[0].page("frame.html", f"<body>{worlds[0].snippet('frame')}"))
    with page.context.expect_page() as opened:
        framed(page).get_by_role("link", name="All ways to subscribe").click()
    assert opened.value.url == f"{worlds[0].service}#subscribe"


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


def test_wordpress_sizes_the_frame_and_follows_its_links(
    page: Page, worlds: tuple[World, World]
) -> None:
    service = worlds[0].service
    body = WORDPRESS.format(frame=service.url("/embed.html"))
    page.goto(worlds[0].page("wordpress.html", body))
    settled(page)
    assert fits(page)
    expect(framed(page).get_by_role("link", name="Download")).to_be_hidden()
    expect(framed(page).locator("code")).to_be_visible()
    framed(page).get_by_role("link", name="All ways to subscribe").click()
    page.wait_for_function("followed.length")
    assert page.evaluate("followed") == [f"{service}#subscribe"]


def test_elements_render_under_a_strict_policy_each_in_its_theme(
    page: Page, worlds: tuple[World, World]
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    element = worlds[1].snippet("element")
    body = "".join(
        element.replace("<defects-episodes>", f'<defects-episodes theme="{theme}">')
        for theme in ("dark", "light")
    )
    page.goto(worlds[1].page("element.html", body))
    sections = page.locator("defects-episodes section")
    dark, light = sections.nth(0), sections.nth(1)
    expect(dark).to_have_css("background-color", "rgb(23, 17, 18)")
    expect(light).to_have_css("background-color", "rgb(247, 243, 239)")
    expect(dark.locator("li")).to_have_count(8)
    first = dark.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".soft").first).to_have_text("23:00 in Seoul")
    assert [url for url in asked if url.endswith("/episodes.json")] == [
        worlds[1].service.url("/episodes.json")
    ]
    assert said == []


def test_an_element_takes_its_host_s_colours(page: Page, worlds: tuple[World, World]) -> None:
    style = (
        "<style>defects-episodes { --defects-paper: #102030; --defects-font: 20px serif }</style>"
    )
    page.goto(worlds[0].page("element.html", style + worlds[0].snippet("element")))
    section = page.locator("defects-episodes section")
    expect(section).to_have_css("background-color", "rgb(16, 32, 48)")


def test_without_episodes_the_element_keeps_what_is_inside(
    page: Page, worlds: tuple[World, World]
) -> None:
    page.route("**/episodes.json", lambda route: route.abort())
    page.goto(worlds[0].page("element.html", worlds[0].snippet("element")))
    page.wait_for_function("!!customElements.get('defects-episodes')")
    page.wait_for_timeout(200)
    expect(page.locator("defects-episodes > p > a")).to_be_visible()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_hostile_runs_or_breaks_the_layout(page: Page, tmp_path: Path, text: str) -> None:
    schedule = hostile(text)
    page.set_viewport_size({"width": 360, "height": 600})
    with plain(tmp_path, {"Access-Control-Allow-Origin": "*"}) as origin:
        address = Address.parse(origin)
        published(tmp_path, schedule, address)
        frame = tmp_path / "embed.html"
        # The policy alone would hide what is not escaped.
        frame.write_text(re.sub("<meta http-equiv.*", "", frame.read_text("utf-8")), "utf-8")
        snippets = "".join(code(schedule, name, address) for name in ("frame", "element", "html"))
        (tmp_path / "host.html").write_text(
            f"<!doctype html><meta charset=utf-8>{snippets}", "utf-8"
        )
        for name in ("embed.html", "card.svg", "host.html"):
            page.goto(f"{origin}/{name}")
            page.wait_for_timeout(150)
            assert page.evaluate("window.ran") is None, name
        page.goto(f"{origin}/embed.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        # A hundred thousand pixels would be what 5,000 letters take.
        assert page.evaluate("document.body.clientHeight") < 2500


def test_the_element_links_to_nothing_that_runs(page: Page, worlds: tuple[World, World]) -> None:
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
    page.goto(worlds[0].page("element.html", worlds[0].snippet("element")))
    subscribe = page.locator("defects-episodes nav a").first
    expect(subscribe).to_have_text("Subscribe")
    assert subscribe.get_attribute("href") is None


def test_a_title_of_any_length_stays_in_the_card(page: Page, tmp_path: Path) -> None:
    for text in HOSTILE:
        schedule = hostile(text)
        (tmp_path / "card.svg").write_bytes(rendered(schedule)["/card.svg"])
        with plain(tmp_path) as origin:
            page.goto(f"{origin}/card.svg")
        # Each text is in a box, which cuts off what was estimated too narrow.
        loose = page.locator("svg[viewBox] > text").all_text_contents()
        assert loose == ["Times in Seoul"]
        right = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
        assert page.locator("svg svg").evaluate_all(right) < 1200
