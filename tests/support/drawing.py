"""What tests of the picture share: fonts, and substitutes for resvg."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from defects_ical.render.picture.png import Fonts

# One of these is wherever Chromium is.
_LATIN_FONTS: Final = ("DejaVu Serif", "Liberation Serif", "Noto Serif", "DejaVu Sans")


@cache
def find_latin_font() -> Path:
    """Return the file of a font with Latin letters, but none of East Asia."""
    listed = ["fc-list", "--format", "%{file}\n"]
    korean = _run([*listed, ":lang=ko"])
    for name in _LATIN_FONTS:
        files = _run([*listed, f"{name}:style=Bold"]) - korean
        if files:
            return Path(min(files))
    raise FileNotFoundError("no Latin font")


def _run(command: list[str]) -> set[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {*done.stdout.splitlines()}


def use_latin_font(folder: Path) -> Fonts:
    """Copy the Latin font into a new folder, and return it as the only one."""
    folder.mkdir()
    shutil.copy(find_latin_font(), folder)
    return Fonts((str(folder),), has_system_fonts=False)


def replace_resvg(folder: Path, code: str) -> str:
    """Write a module that Python finds before the real resvg_py; return its PYTHONPATH."""
    (folder / "resvg_py.py").write_text(code, "utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


NOT_INSTALLED: Final = "raise ModuleNotFoundError(\"No module named 'resvg_py'\")\n"
"""What Python does where resvg-py is not installed."""
