"""Scripts are bundled into functions, without their comments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from defects_ical.render.scripts import bundle_script
from defects_ical.render.templates import get_template

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
    words = 'const WORDS = JSON.parse(document.getElementById("script_words").textContent);'
    lines = [
        line for each in names for line in get_template(each).render(has_credit=False).splitlines()
    ]
    code = [line for line in lines if line.strip() and not line.strip().startswith("//")]
    assert len(code) < len(lines)
    content = [line for line in bundle_script(*names).decode().splitlines() if line.strip()]
    assert content == ["(() => {", '"use strict";', words, *code, "})();"]


def load_template(cache: Path) -> None:
    """Load a template in a process that keeps what it compiles in a folder."""
    program = "from defects_ical.render.templates import get_template; get_template('404.html')"
    variables = {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, **variables})


def test_compiled_templates_are_kept(tmp_path: Path) -> None:
    for _ in range(2):
        load_template(tmp_path)
        assert len([*tmp_path.rglob("*.jinja.pyc")]) == 1


def test_templates_work_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    load_template(tmp_path / "file")
