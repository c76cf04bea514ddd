"""Check the layout of pages in the browser: what is cut off, and where texts stand."""

from __future__ import annotations

from typing import Final, NamedTuple

from playwright.sync_api import Locator, Page

from tests.support.browser import DEFINE_EVERY

# The texts that are wider than the page, or cut off by their box. Code scrolls.
_CUT_OFF: Final = f"""() => {{ {DEFINE_EVERY}
  const isShown = (each) => each.checkVisibility({{visibilityProperty: true}})
    && each.getBoundingClientRect().width > 1 && !each.closest("pre, svg, .skip, .many");
  const isOutside = (each) => [...each.childNodes]
    .filter((node) => node.nodeType === 3 && node.data.trim())
    .some((node) => {{
      const range = document.createRange();
      range.selectNodeContents(node);
      const {{left, right}} = range.getBoundingClientRect();
      return left < -1 || right > document.documentElement.clientWidth + 1;
    }});
  const isCut = (each) => each.clientWidth && getComputedStyle(each).overflowX !== "visible"
    && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
  return every(document.body).filter((each) => isShown(each) && (isOutside(each) || isCut(each)))
    .map((each) => each.outerHTML.slice(0, 200));
}}"""
# The edges of the text in an element.
_TEXT_EDGES: Final = """each => {
  const range = document.createRange();
  range.selectNodeContents(each);
  const {left, right, top, bottom} = range.getBoundingClientRect();
  return [left, right, top, bottom];
}"""


class Box(NamedTuple):
    """The edges of what is shown, in CSS pixels from the top left corner of the screen."""

    left: float
    right: float
    top: float
    bottom: float


def find_cut_off(page: Page) -> list[str]:
    """Return the HTML of the elements whose text cannot be seen as a whole."""
    found: list[str] = page.evaluate(_CUT_OFF)
    return found


def find_text(element: Locator) -> Box:
    """Return where the text of an element is."""
    return Box(*element.evaluate(_TEXT_EDGES))


def scroll_width(page: Page) -> int:
    """Return the width of the page: that of the screen, unless it scrolls sideways."""
    return int(page.evaluate("() => document.scrollingElement.scrollWidth"))
