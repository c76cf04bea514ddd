"""Hostile texts of a schedule stay in their boxes and reorder no text around them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.support.browser import DEFINE_EVERY, WatchedBrowser, open_previews
from tests.support.deployments import Deployment, Deployments, serve_folder
from tests.support.hostile_schedules import PAGES, REORDERING, SCHEDULES
from tests.support.variants import sample

pytest_plugins = ["tests.support.browser"]

WIDTHS: Final = (320, 768, 1440)
# Lists the elements whose content is cut off or scrolls sideways.
FIND_OVERFLOWING: Final = f"""() => {{ {DEFINE_EVERY}
  return every(document)
    .filter((each) => getComputedStyle(each).overflowX !== "visible")
    .filter(({{scrollWidth, clientWidth}}) => scrollWidth > clientWidth + 1)
    .map(({{localName, className}}) => `${{localName}}.${{className}}`);
}}"""


# Chinese text may wrap at every character.
@pytest.mark.parametrize("name", sample(sorted(SCHEDULES.keys() - {"Chinese"}), 2))
@pytest.mark.parametrize("path", sample(PAGES, 2))
def test_long_text_does_not_widen_page(
    deployments: Deployments, browser: WatchedBrowser, path: str, name: str
) -> None:
    page = browser.open(deployments.get(SCHEDULES[name], "service"), path)
    open_previews(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.scrollingElement.scrollWidth") == width
        assert page.evaluate(FIND_OVERFLOWING) == []
        # The frame clamps its texts: 5,000 letters would take 100,000 pixels.
        assert path != "/embed.html" or page.evaluate("document.body.clientHeight") < 2500


@pytest.mark.parametrize("name", sample(SCHEDULES, 3))
def test_long_text_stays_in_card(
    deployments: Deployments, browser: WatchedBrowser, name: str
) -> None:
    """Each variable text is in a box, which clips it if its width was estimated too small."""
    page = browser.open_blank(deployments.get(SCHEDULES[name], "service"))
    # The browser requests an icon for an SVG by itself.
    page.route("**/favicon.ico", lambda route: route.abort())
    page.goto(deployments.get(SCHEDULES[name], "service").join("/card.svg"))
    assert page.locator("svg[viewBox] > text").all_text_contents() == ["Times in Seoul"]
    right = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    assert page.locator("svg svg").evaluate_all(right) < 1200


# Lists the words of the page next to a hostile text that do not run from left to right, or are not
# to the right of what precedes them in the same line. Skips the code of the snippets, which shows
# its source order.
FIND_REORDERED: Final = f"""(hostile) => {{ {DEFINE_EVERY}
  const gap = "\\\\s\\\\p{{Cf}}";
  const words = new RegExp(`${{hostile}}|[^${{gap}}]+?(?=${{hostile}}|[${{gap}}]|$)`, "gu");
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
  const reordered = [];
  for (const each of every(document)) {{
    const visible = each.checkVisibility({{visibilityProperty: true}});
    if (!visible || each.closest("script, style, pre")) continue;
    for (const node of [...each.childNodes].filter(({{nodeType}}) => nodeType === 3)) {{
      for (const {{0: text, index}} of node.data.matchAll(words)) {{
        const [first] = box(node, index, index + 1);
        const [last] = box(node, index + text.length - 1, index + text.length);
        const rects = box(node, index, index + text.length);
        if (!rects.length) continue;
        if (text !== hostile && first && last && sameLine(first, last) && first.left > last.left) {{
          reordered.push(`${{text}} is reversed: ${{block(each).textContent.trim()}}`);
        }}
        const line = blocks.get(block(each)) || [];
        blocks.set(block(each), [...line, {{text, rects, node}}]);
      }}
    }}
  }}
  for (const [parent, line] of blocks) {{
    line.sort(({{node: one}}, {{node: other}}) =>
      one === other ? 0 : one.compareDocumentPosition(other) & 4 ? -1 : 1);
    line.slice(1).forEach(({{text, rects}}, index) => {{
      // Hostile texts may reorder each other.
      if (text === hostile && line[index].text === hostile) return;
      const ends = line[index].rects.filter((each) => sameLine(each, rects[0]));
      const starts = rects.filter((each) => sameLine(rects[0], each));
      const end = Math.max(...ends.map(({{right}}) => right));
      const start = Math.min(...starts.map(({{left}}) => left));
      if (end > start + 2) {{
        const before = line[index].text;
        reordered.push(`${{text}} is before ${{before}}: ${{parent.textContent.trim()}}`);
      }}
    }});
  }}
  return reordered;
}}"""


@pytest.mark.parametrize("path", PAGES)
def test_bidi_controls_reorder_nothing(
    deployments: Deployments, browser: WatchedBrowser, path: str
) -> None:
    page = browser.open(deployments.get(SCHEDULES["reordering"], "service"), path)
    open_previews(page)
    assert page.get_by_text(REORDERING).count() > 1
    reordered: list[str] = page.evaluate(FIND_REORDERED, REORDERING)
    assert not reordered, "\n".join(reordered)


UNISOLATED_PAGE: Final = f"""\
<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<p>One: {REORDERING}, in <b>2 days</b>
<p>Two: <bdi>{REORDERING}</bdi>, in <b>2 days</b>
<p>Three: {REORDERING}\u202c, 12 July
<p>Four: <bdi>{REORDERING}\u2066</bdi>, in <b>2 days</b>
"""


def test_check_notices_reordered_text(browser: WatchedBrowser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(UNISOLATED_PAGE, "utf-8")
    with serve_folder(tmp_path) as origin:
        page = browser.open(Deployment(origin))
        reordered: list[str] = page.evaluate(FIND_REORDERED, REORDERING)
    found = {number for each in reordered for number in re.findall("One|Two|Three|Four", each)}
    assert found == {"One", "Three", "Four"}
