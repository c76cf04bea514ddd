"""The checks of pages notice what they have to."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.support.browser import WatchedBrowser
from tests.support.deployments import Deployment, serve_folder
from tests.support.page_checks import (
    OPERABLE,
    assert_accessible,
    assert_contains,
    sum_shifts,
    tab_through,
)

pytest_plugins = ["tests.support.browser"]

FAULTY_PAGE: Final = """\
<!doctype html>
<html lang="en"><title>Faulty</title><link rel="icon" href="data:,">
<style>a:focus { outline: none } h1 { height: 300px }</style>
<a href="/">invisible focus</a> <button tabindex="-1">not focusable</button> <h1>Faulty</h1>
<img src="http://localhost:9/" alt="">
<script>
console.log("well");
window.late = () => {
  document.body.prepend(Object.assign(document.createElement("div"), {style: "height: 300px"}));
  throw new Error("thrown");
};
</script>
"""


def test_checks_notice_a_faulty_page(tmp_path: Path, browser: WatchedBrowser) -> None:
    (tmp_path / "index.html").write_text(FAULTY_PAGE, "utf-8")
    with serve_folder(tmp_path) as origin:
        page = browser.open(Deployment(origin))
        assert sum_shifts(page) == 0
        page.evaluate("() => { setTimeout(late); }")
        page.locator("div").wait_for()
        assert sum_shifts(page) > 0.02
        problems = browser.watchers[-1].problems
        assert_contains(
            "\n".join(problems), "not the site's", "failed", "console: log: well", "thrown"
        )
        problems.clear()
        reached = tab_through(page)
        assert [is_visible for _, is_visible in reached.values()] == [False]
        assert {number for number, _ in page.evaluate(OPERABLE)} > set(reached)
        with pytest.raises(AssertionError, match="landmark-one-main"):
            assert_accessible(page)
