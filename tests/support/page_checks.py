"""Check pages in the browser: accessibility, keyboard focus, layout shifts, weight."""

from __future__ import annotations

import gzip
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from tests.support.browser import DEFINE_EVERY

# axe expects itself in frames too; a sandboxed frame has an opaque origin. Frames have own tests.
AXE: Final = Axe(f'{AXE_SCRIPT}; axe.configure({{allowedOrigins: ["<unsafe_all_origins>"]}})')
# The element with the focus: its number, its HTML, and whether the focus is visible on it or on
# its label. A frame shows the focus itself. Null if no element has the focus.
FOCUSED: Final = f"""() => {{ {DEFINE_EVERY}
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) {{
    active = active.shadowRoot.activeElement;
  }}
  if (!active || active === document.body) return null;
  const visible = active.matches("iframe") || active.matches(":focus-visible")
    && [active, active.closest("label")].filter(Boolean).some((each) => {{
      const {{outlineStyle, outlineWidth, outlineColor}} = getComputedStyle(each);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
        && outlineColor !== "rgba(0, 0, 0, 0)";
    }});
  return [every(document).indexOf(active), active.outerHTML, visible];
}}"""
# The number and the HTML of each element that Tab should reach: one radio button of a group.
OPERABLE: Final = f"""() => {{ {DEFINE_EVERY}
  return every(document).map((each, number) => [number, each])
    .filter(([, each]) => each.matches("a[href], button, summary, input:not([type=radio]), "
      + "input[type=radio]:checked, select, textarea, iframe"))
    .filter(([, each]) => each.checkVisibility({{visibilityProperty: true}}))
    .map(([number, each]) => [number, each.outerHTML]);
}}"""


def assert_accessible(page: Page) -> None:
    """Fail if axe finds a violation."""
    results = AXE.run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) >= 20


def tab_through(page: Page) -> dict[int, tuple[str, bool]]:
    """Press Tab until the focus returns. Maps element numbers to HTML and visible focus."""
    reached: dict[int, tuple[str, bool]] = {}
    last = None
    # Start at the beginning of the page, with its previews loaded.
    page.wait_for_load_state("networkidle")
    page.evaluate("() => getSelection().collapse(document.body, 0)")
    for _ in range(1000):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED) or _wait_for_focus(page)
        # In a frame, Tab stops several times at the same element.
        if focused is None or (focused[0] in reached and focused[0] != last):
            return reached
        last, *rest = focused
        reached[last] = (rest[0], rest[1])
    raise AssertionError("Tab does not return to the start")


def _wait_for_focus(page: Page) -> Any:
    """Look again: on the way into or out of a frame, no element has the focus for a moment."""
    page.wait_for_timeout(100)
    return page.evaluate(FOCUSED)


def sum_shifts(page: Page) -> float:
    """Return the layout shifts since the first paint, as Chromium scores them."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    return float(page.evaluate("() => window.shifts.reduce((sum, each) => sum + each, 0)"))


def delay_scripts(page: Page) -> None:
    """Load scripts only after the first paint."""

    def delay(route: Route) -> None:
        route.request.frame.page.wait_for_timeout(150)
        route.continue_()

    page.route("**/*.js", delay)


def weigh(page: Page, urls: list[str]) -> int:
    """Return the size in bytes of the files at these URLs, each compressed and counted once."""
    bodies = [page.request.get(url).body() for url in {*urls} if not url.startswith("data:")]
    return sum(len(gzip.compress(body, mtime=0)) for body in bodies)


def assert_contains(text: str, *words: str) -> None:
    """Fail if a text lacks one of these words, in whichever case."""
    assert [word for word in words if word.lower() not in text.lower()] == [], text
