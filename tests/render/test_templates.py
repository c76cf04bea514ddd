"""Scripts are bundled into functions, without their comments."""

from __future__ import annotations

from typing import Final

import pytest

from defects_ical.render.templates import bundle_script, get_template

BUNDLES: Final = {
    "page": ("page.js", "copy-buttons.js", "page-start.js"),
    "frame": ("frame.js",),
    "element": ("embed.js",),
    "overview": ("make-element.js", "week-days.js", "overview.js", "copy-buttons.js"),
    "week-frame": ("make-element.js", "week-days.js", "week-frame.js"),
    "week-element": ("week-days.js", "week.js"),
}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_keeps_all_code(bundle: str) -> None:
    names = ("local-times.js", *BUNDLES[bundle])
    lines = [line for each in names for line in get_template(each).render().splitlines()]
    code = [line for line in lines if line.strip() and not line.strip().startswith("//")]
    assert len(code) < len(lines)
    content = [line for line in bundle_script(*names).decode().splitlines() if line.strip()]
    assert content == ["(() => {", '"use strict";', *code, "})();"]
