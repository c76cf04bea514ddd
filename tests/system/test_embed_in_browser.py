"""The embeds on pages of other sites, with and without a strict policy."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from tests.support.browser import Contexts, Visitor
from tests.support.deployments import SHARED, Deployment, serve_export, serve_folder
from tests.support.embeds import MOVED_CANCELLED_TENTATIVE, make_code
from tests.support.example_schedules import make_yaml
from tests.support.json_documents import RELEASES
from tests.support.page_schedules import SHIPPED, parse_utc
from tests.support.processes import run_granian
from tests.support.variants import leave_to_soak, sample

pytest_plugins = ["tests.support.browser"]

# Between the third episode and the fourth.
NOW: Final = parse_utc("2025-07-28T15:00")


@dataclass(frozen=True)
class Host:
    """Another site, which embeds the schedule: the folder of its pages, and its URL."""

    deployment: Deployment
    schedule: Schedule
    folder: Path
    url: str

    def write_page(self, body: str) -> str:
        """Write a page and return its URL."""
        page = f"<!doctype html><meta charset=utf-8>{body}"
        (self.folder / "page.html").write_text(page, "utf-8")
        return f"{self.url}/page.html"

    def make_code(self, snippet: str) -> str:
        """Return the code of a snippet, by its id."""
        return make_code(self.schedule, snippet, SiteURL.parse(self.deployment.url))

    def make_low_iframe(self) -> str:
        """Return the code of the frame, one pixel high until a script sizes it."""
        return re.sub(r'height="\d+"', 'height="1"', self.make_code("frame"))


class Hosts(NamedTuple):
    """Sites without a policy; with one that allows the element; with one that allows frames too."""

    open: Host
    strict: Host
    frames: Host


@pytest.fixture
def page(contexts: Contexts) -> Iterator[Page]:
    with contexts.open_page(Visitor("America/Sao_Paulo", NOW, width=900), new=True) as page:
        yield page


@contextmanager
def run_service_under_path(schedule: Path) -> Iterator[Deployment]:
    """Run the service at a URL with a path. The URL has the port, so find a free one first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/sub"
    with run_granian(schedule, url, 1, "--port", str(port)):
        yield Deployment(url)


DEPLOY: Final[Mapping[str, Callable[[Path], AbstractContextManager[Deployment]]]] = {
    "service": run_service_under_path,
    "folder": partial(serve_export, path="/sub", headers=SHARED),
}
SCHEDULES: Final = {"shipped": SHIPPED, "changed": MOVED_CANCELLED_TENTATIVE}
# The embeds of releases, below, come from a folder in each run.
DEPLOYED: Final = [
    ("service", "shipped"),
    pytest.param(("folder", "changed"), marks=pytest.mark.soak),
]


def list_policies(origin: str) -> list[dict[str, str]]:
    """Return the headers of each host."""
    strict = f"default-src 'self'; script-src {origin}; connect-src {origin}"
    return [
        {},
        {"Content-Security-Policy": strict},
        {"Content-Security-Policy": f"{strict}; frame-src {origin}"},
    ]


@pytest.fixture(scope="module", params=DEPLOYED, ids=", ".join)
def hosts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hosts]:
    """Deploy the site, and other sites that embed it."""
    kind, name = request.param
    file = tmp_path_factory.mktemp("schedule") / "schedule.yaml"
    file.write_text(SCHEDULES[name], "utf-8")
    schedule = load_schedule(file)
    with ExitStack() as stack:
        deployment = stack.enter_context(DEPLOY[kind](file))
        hosts = []
        for headers in list_policies(SiteURL.parse(deployment.url).origin):
            folder = tmp_path_factory.mktemp("host")
            (folder / "favicon.ico").touch()
            url = stack.enter_context(serve_folder(folder, headers))
            hosts.append(Host(deployment, schedule, folder, url))
        yield Hosts(*hosts)


def find_frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def wait_for_height(page: Page) -> None:
    expect(find_frame(page).locator("#next")).to_be_visible()
    expect(page.locator("iframe")).not_to_have_attribute("height", "1")
    page.wait_for_timeout(100)


def assert_frame_fits(page: Page) -> None:
    """Fail unless the frame is as high as its content."""
    body = find_frame(page).locator("body")
    inner = float(body.evaluate("body => body.getBoundingClientRect().height"))
    outer = float(page.locator("iframe").evaluate("frame => frame.clientHeight"))
    assert 0 <= outer - inner < 2, page.viewport_size


# Seasons, common releases and unknown hours.


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Deploy a site with seasons, and one that embeds it."""
    file = tmp_path_factory.mktemp("schedule") / "schedule.yaml"
    file.write_text(RELEASES, "utf-8")
    folder = tmp_path_factory.mktemp("host")
    (folder / "favicon.ico").touch()
    with serve_export(file, path="/sub", headers=SHARED) as deployment, serve_folder(folder) as url:
        yield Host(deployment, load_schedule(file), folder, url)


# The headings and the rows, as a visitor in Sao Paulo sees them, in frame and element.
RELEASE_ROWS: Final = [
    *("Season 3", "Announced October 2027", "Season 2"),
    "S02E01–E02 Monday 6 January 2025, 19:00 GMT-3",  # noqa: RUF001 - an en dash
    "S02E04 Monday 13 January 2025",
    "S02E03 Tuesday 14 January 2025 moved from Monday 13 January 2025",
    "S02E05 (postponed) Monday 20 January 2025",
    "Season 1",
    "Episodes 1–2 Saturday 11 May 2024, 16:00 GMT-3",  # noqa: RUF001 - an en dash
    "The party Wednesday 25 December 2024",
]
# Time in UTC → headline.
RELEASE_HEADLINES: Final = {
    "2024-05-01T12:00": "Next: Episodes 1–2, in 10 days 7 hours",  # noqa: RUF001 - an en dash
    "2024-12-24T12:00": "Next: The party, Wednesday 25 December 2024",
    "2024-12-25T20:00": "Today: The party, Wednesday 25 December 2024",
    "2025-01-06T22:10": "On air now: S02E01–E02",  # noqa: RUF001 - an en dash
    "2025-01-13T12:00": "Today: S02E04, Monday 13 January 2025",
    "2025-01-16T12:00": "The next episode is postponed.",
}


def read_rows(page: Page, root: str) -> list[str]:
    """Return the headings and rows, without the times of the schedule's zone."""
    texts: list[str] = page.locator(
        f"{root} :is(h2 ~ ol > li, h3 ~ ol > li, h2, h3):visible"
    ).all_inner_texts()
    lines = ([line.strip() for line in text.splitlines()] for text in texts)
    london = re.compile(r"\d\d:\d\d (GMT|BST)$|in London$")
    return [" ".join(each for each in text if each and not london.search(each)) for text in lines]


def test_frame_and_element_show_the_same_rows(page: Page, releases: Host) -> None:
    page.goto(releases.deployment.join("/embed.html"))
    expect(page.locator("#next")).to_be_visible()
    assert read_rows(page, "#list") == RELEASE_ROWS
    page.goto(releases.write_page(releases.make_code("element")))
    expect(page.locator("defects-episodes section")).to_be_visible()
    assert read_rows(page, "defects-episodes .list") == RELEASE_ROWS


@pytest.mark.parametrize("now", sample(RELEASE_HEADLINES, 2))
def test_frame_and_element_say_what_is_next(page: Page, releases: Host, now: str) -> None:
    page.context.clock.set_fixed_time(parse_utc(now))
    page.goto(releases.deployment.join("/embed.html"))
    expect(page.locator("#next")).to_have_text(RELEASE_HEADLINES[now])
    page.goto(releases.write_page(releases.make_code("element")))
    expect(page.locator("defects-episodes .now")).to_have_text(RELEASE_HEADLINES[now])


def test_long_frame_starts_at_what_is_next(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    weekdays = "[monday, tuesday, wednesday, thursday, friday]"
    file.write_text(make_yaml(premiere="2025-05-05", weekdays=weekdays, episodes=120), "utf-8")
    with serve_export(file, path="/sub", headers=SHARED) as deployment:
        page.goto(deployment.join("/embed.html"))
        expect(page.locator("li.next")).to_be_in_viewport()
        assert page.locator("li").count() == 120
        assert page.evaluate("document.body.clientHeight") < 900


# The frame.


def test_snippet_sizes_frame(page: Page, hosts: Hosts) -> None:
    url = hosts.open.write_page(f"<body>{hosts.open.make_low_iframe()}")
    for width in (320, 600, 1000):
        page.set_viewport_size({"width": width, "height": 600})
        page.goto(url)
        wait_for_height(page)
        assert_frame_fits(page)


def test_element_script_sizes_frame_under_policy(page: Page, hosts: Hosts) -> None:
    """A strict policy blocks the inline script of the frame's snippet."""
    iframe = hosts.frames.make_low_iframe().partition("\n")[0]
    page.goto(hosts.frames.write_page(iframe + hosts.frames.make_code("element")))
    wait_for_height(page)
    assert_frame_fits(page)


def test_frame_ignores_heights_of_other_windows(page: Page, hosts: Hosts) -> None:
    page.goto(hosts.open.write_page(f"<body>{hosts.open.make_code('frame')}"))
    wait_for_height(page)
    page.evaluate("postMessage({type: 'defects-episodes', height: 5000}, '*')")
    page.wait_for_timeout(100)
    assert_frame_fits(page)


@pytest.mark.parametrize(
    ("fragment", "color"),
    [
        ("", "rgb(247, 243, 239)"),
        ("#dark", "rgb(23, 17, 18)"),
        ("#dark?secret=abcdefghij", "rgb(23, 17, 18)"),
        *leave_to_soak(
            ("#light", "rgb(247, 243, 239)"),
            ("#?secret=abcdefghij", "rgb(247, 243, 239)"),
            ("#darkness", "rgb(247, 243, 239)"),
        ),
    ],
)
def test_fragment_sets_frame_theme(page: Page, hosts: Hosts, fragment: str, color: str) -> None:
    page.goto(hosts.open.deployment.join(f"/embed.html{fragment}"))
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(background) == color


def test_frame_shows_local_times(page: Page, hosts: Hosts) -> None:
    page.goto(hosts.open.deployment.join("/embed.html"))
    first = page.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".theirs time")).to_have_text("Monday 21 July 2025, 23:00 KST")
    expect(page.locator("#next")).to_have_text(re.compile("^Next: Episode 4,.* in 23 h"))


def test_sandbox_allows_download(page: Page, hosts: Hosts) -> None:
    page.goto(hosts.open.write_page(f"<body>{hosts.open.make_code('frame')}"))
    with page.expect_download() as download:
        find_frame(page).get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".ics")


def test_sandbox_allows_new_window(page: Page, hosts: Hosts) -> None:
    page.goto(hosts.open.write_page(f"<body>{hosts.open.make_code('frame')}"))
    with page.context.expect_page() as opened:
        find_frame(page).get_by_role("link", name="More ways to subscribe").click()
    assert opened.value.url == hosts.open.deployment.join("/#subscribe")


# Requests the height as soon as the frame's script is loaded, before its page is.
REQUEST_EARLY: Final = """
document.addEventListener("load", ({target}) => {
  if (target.localName === "script") {
    dispatchEvent(new MessageEvent("message", {data: {message: "ready"}, source: parent}));
  }
}, {capture: true});
"""


def test_early_height_request_causes_no_error(page: Page, hosts: Hosts) -> None:
    """The frame reports its height later."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(REQUEST_EARLY)
    page.goto(hosts.open.write_page(f"<body>{hosts.open.make_low_iframe()}"))
    wait_for_height(page)
    assert_frame_fits(page)
    assert errors == []


# The relevant part of WordPress's wp-embed.js: the messages that it sends and accepts.
WORDPRESS: Final = """
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


def test_wordpress_sizes_frame_and_follows_links(page: Page, hosts: Hosts) -> None:
    deployment = hosts.open.deployment
    body = WORDPRESS.format(frame=deployment.join("/embed.html"))
    page.goto(hosts.open.write_page(body))
    wait_for_height(page)
    assert_frame_fits(page)
    frame = find_frame(page)
    expect(frame.get_by_role("link", name="Download")).to_be_hidden()
    expect(frame.locator("code")).to_be_visible()
    frame.get_by_role("link", name="More ways to subscribe").click()
    page.wait_for_function("followed.length")
    assert page.evaluate("followed") == [deployment.join("/#subscribe")]


# The custom element.


def test_elements_render_under_strict_policy(page: Page, hosts: Hosts) -> None:
    """Two elements, each with its theme, request the schedule once."""
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    code = hosts.frames.make_code("element")
    body = "".join(
        code.replace("<defects-episodes>", f'<defects-episodes theme="{theme}">')
        for theme in ("dark", "light")
    )
    page.goto(hosts.frames.write_page(body))
    sections = page.locator("defects-episodes section")
    dark, light = sections.nth(0), sections.nth(1)
    expect(dark).to_have_css("background-color", "rgb(23, 17, 18)")
    expect(light).to_have_css("background-color", "rgb(247, 243, 239)")
    expect(dark.locator("li")).to_have_count(8)
    first = dark.locator("li").first
    expect(first.locator(".yours")).to_have_text("Monday 21 July 2025, 11:00 GMT-3")
    expect(first.locator(".soft").first).to_have_text("23:00 in Seoul")
    assert [url for url in requests if url.endswith("/episodes.json")] == [
        hosts.frames.deployment.join("/episodes.json")
    ]
    assert messages == []


# Records what the policy blocks of other sites: the directive and the origin.
RECORD_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) => {
  const record = document.documentElement.dataset;
  if (blockedURI.startsWith("http")) {
    record.blocked = `${record.blocked || ""}${effectiveDirective} ${blockedURI};`;
  }
});
"""


def test_policy_without_frame_src_blocks_only_frame(page: Page, hosts: Hosts) -> None:
    """Without frame-src, default-src applies: frames of the host itself."""
    page.add_init_script(RECORD_VIOLATIONS)
    host = hosts.strict
    iframe = host.make_code("frame").partition("\n")[0]
    page.goto(host.write_page(iframe + host.make_code("element")))
    expect(page.locator("defects-episodes section li")).to_have_count(8)
    blocked = f"frame-src {SiteURL.parse(host.deployment.url).origin};"
    expect(page.locator("html")).to_have_attribute("data-blocked", blocked)
    assert host.deployment.join("/embed.html") not in {each.url for each in page.frames}


def test_element_takes_colors_of_host(page: Page, hosts: Hosts) -> None:
    style = (
        "<style>defects-episodes { --defects-paper: #102030; --defects-font: 20px serif }</style>"
    )
    page.goto(hosts.open.write_page(style + hosts.open.make_code("element")))
    section = page.locator("defects-episodes section")
    expect(section).to_have_css("background-color", "rgb(16, 32, 48)")


def test_element_keeps_its_content_on_failure(page: Page, hosts: Hosts) -> None:
    page.route("**/episodes.json", lambda route: route.abort())
    page.goto(hosts.open.write_page(hosts.open.make_code("element")))
    page.wait_for_function("!!customElements.get('defects-episodes')")
    page.wait_for_timeout(200)
    expect(page.locator("defects-episodes > p > a")).to_be_visible()


def test_element_links_to_no_scripts(page: Page, hosts: Hosts) -> None:
    def inject(body: Mapping[str, object]) -> str:
        return re.sub(
            r'"(webcal|https?)://[^"]*\.ics"', '"javascript:window.ran=1"', json.dumps(body)
        )

    page.route(
        "**/episodes.json",
        lambda route: route.fulfill(body=inject(route.fetch().json()), headers={**SHARED}),
    )
    page.goto(hosts.open.write_page(hosts.open.make_code("element")))
    subscribe = page.locator("defects-episodes nav a").first
    expect(subscribe).to_have_text("Subscribe")
    assert subscribe.get_attribute("href") is None
