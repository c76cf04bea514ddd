"""A schedule that means harm: nothing that it says runs, breaks out, or turns what is beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from unicodedata import normalize
from xml.etree import ElementTree as ET

import icalendar
import pytest
from playwright.sync_api import Dialog, Page, expect

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.export.exporter import export_site
from defects_ical.schedule.model import Schedule, json_schema
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support import feed_rules
from tests.support.browser import Place, Places, Visits, plain
from tests.support.example_schedules import load_yaml
from tests.support.html_tree import Markup

pytest_plugins = ["tests.support.browser"]

# What runs, asks others, or leads away wherever it is not taken as text.
INJECTION: Final = (
    "javascript:window.ran=1// </script><script>window.ran=1</script>"
    " </title></style></textarea></code></pre><img src=x onerror=window.ran=1>"
    " <img src=x onerror=alert(1)> <svg onload=window.ran=1></svg>"
    " <iframe srcdoc='<script>parent.ran=1</script>'></iframe>"
    " <base href=//elsewhere.example/> <link rel=stylesheet href=//elsewhere.example/a.css>"
    " <meta http-equiv=refresh content='0;url=//elsewhere.example/'>"
    """ " ' ` " onfocus="window.ran=1" autofocus x=' """
    "]]> <!-- --> --!> &amp; &lt;b&gt; &#x3c;i&#x3e;"
    " {{7*7}} {% raw %} {# ${7*7} %s %(origin)s {0}"
    " [a](javascript:window.ran=1) **b** _c_ <javascript:window.ran=1>"
    " \u202e\u2066\u200f\u2069\u202c Cafe\u0301 \N{CLAPPER BOARD}"
)
# It would turn all that follows: the first mark is not closed, and numbers go to the other side of
# Hebrew.
TURNED: Final = "\u202eQXQ\u200fשלם"
# An address takes no quotation marks and no angle brackets; this is the worst that it takes.
ADDRESS_OF_INJECTION: Final = (
    "https://watch.example/'onfocus='window.ran=1'?a=javascript:window.ran=1&amp;b=(1),[2];$*!#@"
)
LIMIT: Final = 5000


class Words(NamedTuple):
    """What a schedule says wherever it can say what it likes: texts, categories, addresses."""

    text: str
    genre: str
    url: str = "https://watch.example/"


def long(word: str) -> Words:
    """The longest word that fits."""
    return Words(
        word * (LIMIT // len(word)),
        word * (100 // len(word)),
        f"https://watch.example/{'w' * LIMIT}",
    )


WORDS: Final[Mapping[str, Words]] = {
    "injected": Words(
        INJECTION, "<img src=x onerror=window.ran=1>\"'&amp;{{7*7}}]]>;", ADDRESS_OF_INJECTION
    ),
    "wide": long("W"),
    "Chinese": long("漢"),
    "combining": long("a\u033f"),
    "turned": Words(TURNED, TURNED),
}
# What each of these is compared with.
HARMLESS: Final = Words("Word", "word")

Plain: TypeAlias = Any
"""A schedule as it is written, or a part of it."""


def written(words: Words) -> Plain:
    """A schedule that says these words in each of its fields.

    On the eve, one special is next, in doubt, and another has been cancelled just before it.
    """
    text = words.text
    prose = f"{text}\n{text}"
    return {
        "format": 1,
        "show": {
            "uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29",
            "slug": "show",
            "title": text,
            "original_title": text,
            "season": 1,
            "synopsis": prose,
            "genres": [words.genre],
            "cast": [{"actor": text, "role": text}],
            "color": "crimson",
        },
        "timezone": "Asia/Seoul",
        "published": "2025-07-01T00:00:00+00:00",
        "airing": {
            "premiere": "2025-07-21",
            "weekdays": ["monday", "tuesday"],
            "time": "23:00",
            "runtime": 60,
            "episodes": 3,
        },
        "clocks": ["America/New_York", "UTC"],
        "platforms": {
            "channel": {"name": text, "kind": "television", "region": text, "url": words.url},
            "stream": {"name": text, "kind": "streaming", "region": text, "delay": 90},
        },
        "episodes": {"1": {"teaser": prose, "recap": prose}},
        "specials": [
            {"id": "extra", "title": text, "airs": "2025-07-20T23:30", "runtime": 20},
            {"id": "gone", "title": text, "airs": "2025-07-20T23:10", "runtime": 20},
        ],
        "changes": [
            {
                "at": "2025-07-02T00:00:00+00:00",
                "episodes": ["extra"],
                "status": "tentative",
                "note": text,
                "reason": text,
            },
            {
                "at": "2025-07-03T00:00:00+00:00",
                "episodes": ["gone"],
                "status": "cancelled",
                "note": text,
                "reason": text,
            },
            {
                "at": "2025-07-04T00:00:00+00:00",
                "episodes": [2],
                "move": "2025-07-22T23:30",
                "note": text,
                "reason": text,
            },
        ],
    }


def yaml(schedule: Plain) -> str:
    """A schedule's file: JSON is YAML."""
    return json.dumps(schedule, ensure_ascii=False)


SCHEDULES: Final = {name: yaml(written(words)) for name, words in WORDS.items()}
HARMLESS_SCHEDULE: Final = yaml(written(HARMLESS))
# Every file of the site that is a page.
PAGES: Final = {"/": "index.html", "/404.html": "404.html", "/embed.html": "embed.html"}
# What the page offers to other sites, in its order; two of them are written into a text.
SNIPPETS: Final = ("frame", "element", "html", "markdown", "oembed", "picture")


# What a schedule may say at all.


def texts(model: str, described: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a model that take any text."""
    for name, field in described["properties"].items():
        value = field.get("items", field)
        if value.get("type") == ["string", "number", "boolean"]:
            yield f"{model}.{name}"


def test_no_field_is_forgotten() -> None:
    models = json_schema()["$defs"]
    assert {each for name, model in models.items() for each in texts(name, model)} == {
        *("Show.title", "Show.original_title", "Show.synopsis", "Show.genres"),
        *("Role.actor", "Role.role"),
        *("Platform.name", "Platform.region"),
        *("EpisodeText.teaser", "EpisodeText.recap"),
        "Special.title",
        *("Change.note", "Change.reason"),
    }


TITLE: Final = ("show", "title")
CHANNEL: Final = ("platforms", "channel", "url")
# Where it would be said, what is refused, and the nearest that is not; None where only words that
# the format knows are taken.
REFUSED: Final[list[tuple[tuple[str | int, ...], str, str | None]]] = [
    (TITLE, "W" * (LIMIT + 1), "W" * LIMIT),
    (TITLE, "漢" * (LIMIT + 1), "漢" * LIMIT),
    (TITLE, "a\u033f" * (LIMIT // 2) + "a", "a\u033f" * (LIMIT // 2)),
    (TITLE, "a\nb", "a b"),
    (TITLE, "a\tb", "a b"),
    (TITLE, "a\\b", "a/b"),
    *((TITLE, f"a{each}b", "ab") for each in "\0\a\b\x1b\x7f\x85\u2028\u2029\ufeff\ufffe\uffff"),
    (TITLE, "\u3000", "\u200f"),
    # Nothing could keep these from turning what stands beside them.
    (TITLE, "\u202eQXQ\u2066XQX", "\u202eQXQ\u2066XQX\u2069"),
    (TITLE, "a\u2069b", "ab"),
    (("show", "original_title"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("show", "season"), INJECTION, None),
    (("show", "synopsis"), "W" * (4 * LIMIT + 1), "W" * (4 * LIMIT)),
    (("show", "genres", 0), "W" * 101, "W" * 100),
    (("show", "genres", 0), "<b>,", "<b>;"),
    (("show", "cast", 0, "actor"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("show", "cast", 0, "role"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("show", "slug"), "</script>", None),
    (("show", "slug"), "../show", None),
    (("show", "color"), "red;}*{display:none", None),
    (("show", "picture"), "../picture.png", None),
    (("show", "picture"), "//elsewhere.example/a.png", None),
    (("timezone",), "<img/src/onerror=alert(1)>", None),
    (("clocks", 0), "<img/src/onerror=alert(1)>", None),
    (("platforms", "channel", "name"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("platforms", "channel", "region"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("platforms", "channel", "kind"), INJECTION, None),
    (CHANNEL, "javascript:window.ran=1", "https://javascript:1/"),
    (CHANNEL, "javascript://elsewhere.example/%0awindow.ran=1", "https://elsewhere.example/%0a"),
    (CHANNEL, "JavaScript://elsewhere.example/%0awindow.ran=1", "https://elsewhere.example/%0a"),
    (CHANNEL, "data:text/html,<script>window.ran=1</script>", None),
    (CHANNEL, "//elsewhere.example/", "https://elsewhere.example/"),
    (CHANNEL, 'https://a.example/"onfocus="window.ran=1', "https://a.example/'onfocus='ran=1"),
    (CHANNEL, "https://a.example/><script>", "https://a.example/)(script)"),
    (CHANNEL, "https://a.example@elsewhere.example/", "https://a.example/@elsewhere.example/"),
    (CHANNEL, "https://a.example/\u202e", "https://a.example/%E2%80%AE"),
    (("episodes", "1", "teaser"), "W" * (4 * LIMIT + 1), "W" * (4 * LIMIT)),
    (("episodes", "1", "recap"), "a\x1bb", "a\nb"),
    (("specials", 0, "id"), "x' onfocus='window.ran=1", None),
    (("specials", 0, "title"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("changes", 0, "note"), "W" * (LIMIT + 1), "W" * LIMIT),
    (("changes", 0, "reason"), "a\nb", "a b"),
]


def saying(path: tuple[str | int, ...], value: str) -> str:
    """A harmless schedule's file, but for one value."""
    schedule = deepcopy(written(HARMLESS))
    inner = schedule
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return yaml(schedule)


@pytest.mark.parametrize(("path", "refused", "nearest"), REFUSED, ids=range(len(REFUSED)))
def test_what_goes_too_far_is_refused_and_what_goes_nearly_so_far_is_not(
    path: tuple[str | int, ...], refused: str, nearest: str | None
) -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(saying(path, refused))
    assert len(caught.value.problems) == 1
    if nearest is not None:
        load_yaml(saying(path, nearest))


# Nothing runs.

# Every element, also within those that have an inside of their own, in the page's order.
EVERY: Final = """
const every = (root) => [...root.querySelectorAll("*")].flatMap(
  (each) => [each, ...(each.shadowRoot ? every(each.shadowRoot) : [])]);
"""
# What could run: attributes that are scripts, and addresses that are.
RUNNING: Final = f"""() => {{ {EVERY}
  const addresses = ["href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"];
  return every(document).flatMap((each) => [...each.attributes])
    .filter(({{name, value}}) => name.startsWith("on") || name === "srcdoc"
      || (addresses.includes(name) && !/^(https?:|webcal:|[a-z0-9#/.-]+$)/.test(value)))
    .map(({{name, value}}) => `${{name}}: ${{value}}`);
}}"""
# Each element and the names of its attributes.
OUTLINE: Final = f"""() => {{ {EVERY}
  return every(document).map((each) => [each.localName, ...each.getAttributeNames()].join(" "));
}}"""
POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# So that scripts of other sites may read what a plain server has.
SHARED: Final = {"Access-Control-Allow-Origin": "*"}
DOING_HARM: Final = """\
<script>window.ran = 1; alert("dialog")</script>
<img src="http://localhost:9/" alt="" onerror="window.ran = 2">
<a href="javascript:window.ran=3">here</a>
"""


@dataclass(frozen=True)
class Elsewhere(Place):
    """Another site, whose pages ask ours as well."""

    ours: Place

    def is_own(self, url: str) -> bool:
        return super().is_own(url) or self.ours.is_own(url)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is that has no policy."""
    return tmp_path_factory.mktemp("bare")


@pytest.fixture(scope="module")
def bare(folder: Path) -> Iterator[Place]:
    """The exported site with its policy taken away, on a server that sends none."""
    with plain(folder, SHARED) as origin:
        address = SiteURL.parse(origin)
        export_site(build_site(load_yaml(SCHEDULES["injected"]), address), address, folder)
        for name in PAGES.values():
            text, count = POLICY.subn("", (folder / name).read_text("utf-8"))
            assert count == 1, name
            assert "Content-Security-Policy" not in text, name
            (folder / name).write_text(text, "utf-8")
        yield Place(origin)


@pytest.fixture(params=["policy in force", "policy taken away"])
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """The site of the injected schedule. The policy alone would hide what is not escaped."""
    if request.param == "policy in force":
        return places.of(SCHEDULES["injected"], "service")
    found: Place = request.getfixturevalue("bare")
    return found


class Complaints(list[str]):
    """All but one: the picture's policy keeps out the scripts that the tests bring along."""

    def append(self, complaint: str) -> None:
        if not re.search("Blocked script execution in '.*/card.svg' .* sandboxed", complaint):
            super().append(complaint)


def looked_at(visits: Visits, place: Place, path: str) -> Page:
    """A page; a dialog that opens is one more of the things that should not have happened."""
    page = visits.blank(place)
    complaints = visits.watchers[-1].complaints = Complaints()

    def refuse(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    # A browser wants an icon beside whatever it shows; of its own accord, and from the origin.
    page.route("**/favicon.ico", lambda route: route.abort())
    page.goto(place.at(path))
    return page


def open_all(page: Page) -> None:
    """Open what is folded up, and wait for what comes only then."""
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    for lazy in page.locator("iframe, img").all():
        lazy.scroll_into_view_if_needed()
    for frame in page.locator("iframe").all():
        expect(frame.content_frame.locator("#next")).to_be_visible()
    for element in page.locator("defects-episodes").all():
        expect(element.locator("section")).to_be_visible()


def copy_all(page: Page) -> None:
    """Press every button, those of each feed among them."""
    pressed = press(page, "#embed")
    for feed in page.locator("[name=feed]").all():
        for twin in page.locator("[name=reminders]").all():
            feed.check()
            twin.check()
            pressed += press(page, "#subscribe")
    assert pressed == page.locator("button").count()


def press(page: Page, part: str) -> int:
    """Press the buttons to be seen in a part of the page, and count them."""
    buttons = page.locator(f"{part} button:visible").all()
    for button in buttons:
        button.click()
        expect(button).to_have_text("Copied")
    return len(buttons)


def assert_nothing_runs(page: Page) -> None:
    # What an image that is not there sets off comes a little later.
    page.wait_for_timeout(100)
    for frame in page.frames:
        assert frame.evaluate("window.ran") is None, frame.url
        assert frame.evaluate(RUNNING) == [], frame.url


@pytest.mark.parametrize("path", [*PAGES, "/card.svg"])
def test_nothing_runs(place: Place, visits: Visits, path: str) -> None:
    page = looked_at(visits, place, path)
    open_all(page)
    copy_all(page)
    assert len(page.frames) == (2 if path == "/" else 1)
    assert_nothing_runs(page)


def test_nothing_runs_on_other_sites(place: Place, visits: Visits, tmp_path: Path) -> None:
    page = visits.open(place)
    code = dict(zip(SNIPPETS, page.locator(".snippet pre code").all_text_contents(), strict=True))
    for name in ("markdown", "oembed"):
        code[name] = f"<pre>{escape(code[name])}</pre>"
    body = "".join(code.values())
    (tmp_path / "host.html").write_text(f"<!doctype html><meta charset=utf-8>{body}", "utf-8")
    (tmp_path / "favicon.ico").touch()
    with plain(tmp_path) as origin:
        host = looked_at(visits, Elsewhere(origin, place), "/host.html")
        open_all(host)
        assert len(host.frames) == 2
        assert_nothing_runs(host)
        assert host.locator("defects-episodes li").count() == 5
        markdown = unmarked(host.locator("pre").first.inner_text())
        assert markdown.startswith(r"[javascript:window.ran=1// \<")


def test_without_the_policy_what_is_not_escaped_would_run(
    bare: Place, folder: Path, visits: Visits
) -> None:
    before, body, after = (folder / "index.html").read_text("utf-8").partition("<body>")
    assert after
    (folder / "careless.html").write_text(f"{before}{body}{DOING_HARM}{after}", "utf-8")
    page = looked_at(visits, bare, "/careless.html")
    with pytest.raises(AssertionError):
        assert_nothing_runs(page)
    assert page.evaluate("window.ran") > 0
    assert len(page.evaluate(RUNNING)) == 2
    said = visits.watchers[-1].complaints
    assert [each for each in said if each.startswith("dialog")] == ["dialog: dialog"]
    assert "not the site's: http://localhost:9/" in said
    said.clear()


def test_no_text_becomes_an_element(places: Places, visits: Visits) -> None:
    assert outlines(visits, places.of(SCHEDULES["injected"], "service")) == outlines(
        visits, places.of(HARMLESS_SCHEDULE, "service")
    )


def outlines(visits: Visits, place: Place) -> list[list[str]]:
    """What the page and the frame in it are made of, their scripts' work included."""
    page = visits.open(place)
    open_all(page)
    found: list[list[str]] = [frame.evaluate(OUTLINE) for frame in page.frames]
    assert [len(each) > 50 for each in found] == [True, True]
    return found


# Nothing breaks out of its box.

WIDTHS: Final = (320, 768, 1440)
# What is cut off at a side, or has to be scrolled to it.
CUT: Final = f"""() => {{ {EVERY}
  return every(document)
    .filter((each) => getComputedStyle(each).overflowX !== "visible")
    .filter(({{scrollWidth, clientWidth}}) => scrollWidth > clientWidth + 1)
    .map(({{localName, className}}) => `${{localName}}.${{className}}`);
}}"""


# Chinese breaks anywhere by itself.
@pytest.mark.parametrize("name", sorted(SCHEDULES.keys() - {"Chinese"}))
@pytest.mark.parametrize("path", PAGES)
def test_no_text_makes_a_page_wider_than_its_window(
    places: Places, visits: Visits, path: str, name: str
) -> None:
    page = visits.open(places.of(SCHEDULES[name], "service"), path)
    open_all(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.scrollingElement.scrollWidth") == width
        assert page.evaluate(CUT) == []
        # A hundred thousand pixels would be what 5,000 letters take.
        assert path != "/embed.html" or page.evaluate("document.body.clientHeight") < 2500


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_text_of_any_length_stays_in_the_card(places: Places, visits: Visits, name: str) -> None:
    page = looked_at(visits, places.of(SCHEDULES[name], "service"), "/card.svg")
    # Each text is in a box, which cuts off what was estimated too narrow.
    assert page.locator("svg[viewBox] > text").all_text_contents() == ["Times in Seoul"]
    right = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    assert page.locator("svg svg").evaluate_all(right) < 1200


# What our own words look like beside a text: each from the left to the right, and to the right of
# what stands before it in the same line. A snippet's code is shown as the source that it is.
ASTRAY: Final = f"""(theirs) => {{ {EVERY}
  const gap = "\\\\s\\\\p{{Cf}}";
  const words = new RegExp(`${{theirs}}|[^${{gap}}]+?(?=${{theirs}}|[${{gap}}]|$)`, "gu");
  const box = (node, from, to) => {{
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return [...range.getClientRects()].filter((each) => each.width);
  }};
  const block = (each) =>
    /^(inline|contents)$/.test(getComputedStyle(each).display) ? block(each.parentElement) : each;
  const sameLine = (one, other) => {{
    const middle = (other.top + other.bottom) / 2;
    return one.top < middle && middle < one.bottom;
  }};
  const blocks = new Map();
  const astray = [];
  for (const each of every(document)) {{
    const visible = each.checkVisibility({{visibilityProperty: true}});
    if (!visible || each.closest("script, style, pre")) continue;
    for (const node of [...each.childNodes].filter(({{nodeType}}) => nodeType === 3)) {{
      for (const {{0: text, index}} of node.data.matchAll(words)) {{
        const [first] = box(node, index, index + 1);
        const [last] = box(node, index + text.length - 1, index + text.length);
        const rects = box(node, index, index + text.length);
        if (!rects.length) continue;
        if (text !== theirs && first && last && sameLine(first, last) && first.left > last.left) {{
          astray.push(`${{text}} is turned: ${{block(each).textContent.trim()}}`);
        }}
        const line = blocks.get(block(each)) || [];
        blocks.set(block(each), [...line, {{text, rects, node}}]);
      }}
    }}
  }}
  for (const [where, line] of blocks) {{
    line.sort(({{node: one}}, {{node: other}}) =>
      one === other ? 0 : one.compareDocumentPosition(other) & 4 ? -1 : 1);
    line.slice(1).forEach(({{text, rects}}, before) => {{
      // Among themselves they stand as they like.
      if (text === theirs && line[before].text === theirs) return;
      const ends = line[before].rects.filter((each) => sameLine(each, rects[0]));
      const starts = rects.filter((each) => sameLine(rects[0], each));
      const end = Math.max(...ends.map(({{right}}) => right));
      const start = Math.min(...starts.map(({{left}}) => left));
      if (end > start + 2) {{
        astray.push(`${{text}} is before ${{line[before].text}}: ${{where.textContent.trim()}}`);
      }}
    }});
  }}
  return astray;
}}"""


@pytest.mark.parametrize("path", PAGES)
def test_no_text_turns_what_stands_beside_it(places: Places, visits: Visits, path: str) -> None:
    page = visits.open(places.of(SCHEDULES["turned"], "service"), path)
    open_all(page)
    assert page.get_by_text(TURNED).count() > 1
    astray: list[str] = page.evaluate(ASTRAY, TURNED)
    assert not astray, "\n".join(astray)


BESIDE: Final = f"""\
<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<p>One: {TURNED}, in <b>2 days</b>
<p>Two: <bdi>{TURNED}</bdi>, in <b>2 days</b>
<p>Three: {TURNED}\u202c, 12 July
<p>Four: <bdi>{TURNED}\u2066</bdi>, in <b>2 days</b>
"""


def test_what_is_turned_is_noticed(visits: Visits, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(BESIDE, "utf-8")
    with plain(tmp_path) as origin:
        astray: list[str] = visits.open(Place(origin)).evaluate(ASTRAY, TURNED)
    found = {number for each in astray for number in re.findall("One|Two|Three|Four", each)}
    assert found == {"One", "Three", "Four"}


# Everything is read as it was written.


class Published(NamedTuple):
    """A hostile schedule, what it says, and its site."""

    words: Words
    schedule: Schedule
    site: Site

    @property
    def text(self) -> str:
        """What is said everywhere, in the form that every text has."""
        return normalize("NFC", self.words.text)

    @property
    def prose(self) -> str:
        """The same in the fields that take more than one line."""
        return f"{self.text}\n{self.text}"

    def body(self, path: str) -> bytes:
        return self.site[path].body


@pytest.fixture(scope="module", params=SCHEDULES)
def published(request: pytest.FixtureRequest) -> Published:
    schedule = load_yaml(SCHEDULES[request.param])
    return Published(WORDS[request.param], schedule, build_site(schedule, SITE_URL))


@pytest.fixture(scope="module")
def harmless() -> Site:
    return build_site(load_yaml(HARMLESS_SCHEDULE), SITE_URL)


def test_the_loader_keeps_what_is_said(published: Published) -> None:
    show, text = published.schedule.show, published.text
    assert (show.title, show.original_title, show.synopsis) == (text, text, published.prose)
    assert [(each.actor, each.role) for each in show.cast] == [(text, text)]
    assert show.genres == (published.words.genre,)


def test_every_feed_keeps_the_strict_rules(published: Published) -> None:
    files = {path: each.body for path, each in published.site.items() if path.endswith(".ics")}
    assert len(files) == 11
    for path, body in files.items():
        file = feed_rules.CalendarFile(str(SITE_URL), path, body)
        assert [fault for rule in feed_rules.RULES for fault in rule(file)] == [], path
        read_by_icalendar(body, published)


def unmarked(text: str) -> str:
    """A text without what keeps its parts from turning each other."""
    return re.sub("[\u2068\u2069]", "", text)


def read_by_icalendar(body: bytes, published: Published) -> None:
    text = published.text
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar.to_ical()
    for event in calendar.events:
        assert re.fullmatch("(TBC: |CANCELLED: )?", str(event["SUMMARY"]).partition(text)[0])
        assert str(event["LOCATION"]) in {text, f"{text}, {text}"}
        assert published.words.genre in event.categories
        assert f"\n{unmarked(text)} (" in unmarked(str(event["DESCRIPTION"]))


def test_programs_read_what_is_said(published: Published) -> None:
    text, prose = published.text, published.prose
    content = json.loads(published.body("/episodes.json"))
    show = content["show"]
    assert (show["title"], show["original_title"], show["synopsis"]) == (text, text, prose)
    assert show["genres"] == [published.words.genre]
    assert [(each["name"], each["region"]) for each in content["platforms"]] == [(text, text)] * 2
    names = [each["name"] for each in content["episodes"]]
    assert names == [text, text, "Episode 1", "Episode 2", "Episode 3"]
    assert [each["teaser"] for each in content["episodes"]] == [None, None, prose, None, None]
    assert all(
        unmarked(f" {text}. {text}") in unmarked(each["text"]) for each in content["changes"]
    )
    assert {unmarked(each["title"]).replace(unmarked(text), "T") for each in content["feeds"]} == {
        *("T", "T (reminders)", "T on T", "T on T (reminders)"),
    }


def test_oembed_is_read_as_it_is_meant(published: Published) -> None:
    answer = json.loads(published.body("/oembed.json"))
    assert (answer["title"], answer["provider_name"]) == (published.text, published.text)
    ((tag, attributes),) = Markup(answer["html"]).found
    assert (tag, attributes["title"]) == ("iframe", f"{published.text}: when the episodes air")


def test_sitemap_and_card_are_xml(published: Published) -> None:
    sitemap = ET.fromstring(published.body("/sitemap.xml"))  # noqa: S314 - our own
    assert [each.text for each in sitemap.iter() if each.tag.endswith("}loc")] == [str(SITE_URL)]
    card = ET.fromstring(published.body("/card.svg"))  # noqa: S314 - our own
    title = card.findtext("{http://www.w3.org/2000/svg}title")
    assert title == f"{published.text}: when the episodes air"


def outline(site: Site, path: str) -> list[tuple[str, ...]]:
    """Each element of a page and the names of its attributes."""
    return [(tag, *names) for tag, names in Markup(site[path].body.decode()).found]


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_the_elements_that_they_always_have(
    published: Published, harmless: Site, path: str
) -> None:
    assert outline(published.site, path) == outline(harmless, path)
    assert published.text in Markup(published.body(path).decode()).text


def test_no_special_takes_the_place_of_a_part_of_the_page(harmless: Site) -> None:
    ids = [each["id"] for _, each in Markup(harmless["/"].body.decode()).found if "id" in each]
    parts = set(ids) - {"e01", "e02", "e03", "extra", "gone"}
    assert len(parts) == len(ids) - 5 >= 10
    for part in parts:
        with pytest.raises(ScheduleError):
            load_yaml(saying(("specials", 1, "id"), part))


@pytest.mark.parametrize("name", SCHEDULES)
def test_readers_see_what_is_said(places: Places, visits: Visits, name: str) -> None:
    page = visits.open(places.of(SCHEDULES[name], "service"))
    text = normalize("NFC", WORDS[name].text)
    prose = f"{text}\n{text}"
    said = {
        "h1": [text],
        ".original": [f"{text}Season 1"],
        ".synopsis": [prose],
        ".cast li": [f"{text} {text}"],
        "#watch li > :first-child": [text, text],
        "#watch small": [
            f"(television, {text})",
            f"(streaming, {text}), 1 h 30 min after the broadcast",
        ],
        ".episode h3 a": [text, text, "Episode 1", "Episode 2", "Episode 3"],
        ".teaser": [prose],
        ".recap p": [prose],
    }
    seen = {each: [*map(unmarked, page.locator(each).all_text_contents())] for each in said}
    assert seen == {each: [*map(unmarked, texts)] for each, texts in said.items()}
    coming = page.locator("#next").text_content() or ""
    assert coming.startswith(f"Next: {text}, ")
    assert f"Cancelled: {text}." in coming
    assert all(
        unmarked(f" {text}. {text}") in unmarked(each)
        for each in page.locator(".revision").all_text_contents()
    )
    assert_structured_data(page, text)


def assert_structured_data(page: Page, text: str) -> None:
    prose = f"{text}\n{text}"
    series = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert (series["name"], series["alternateName"], series["description"]) == (text, text, prose)
    (role,) = series["actor"]
    assert (role["actor"]["name"], role["characterName"]) == (text, text)
    episodes = series["containsSeason"]["episode"]
    assert [each["name"] for each in episodes][:2] == [text, text]
    assert [each.get("description") for each in episodes] == [None, None, prose, None, None]
    services = [each["publishedOn"] for each in episodes[0]["publication"]]
    assert [(each["name"], each["areaServed"]) for each in services] == [(text, text)] * 2
