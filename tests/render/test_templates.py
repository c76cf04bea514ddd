"""Scripts are bundled into functions, without their comments."""

from __future__ import annotations

import pytest

from defects_ical.render.templates import bundle_script, read_static


@pytest.mark.parametrize("name", ["page.js", "frame.js", "embed.js"])
def test_bundle_keeps_all_code(name: str) -> None:
    names = ("local-times.js", name)
    lines = [line for each in names for line in read_static(each).decode().splitlines()]
    code = [line for line in lines if line.strip() and not line.strip().startswith("//")]
    assert len(code) < len(lines)
    bundle = [line for line in bundle_script(*names).decode().splitlines() if line.strip()]
    assert bundle == ["(() => {", '"use strict";', *code, "})();"]
