"""Draw an SVG as PNG: start the child process, and refuse a picture without all of its text."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from defects_ical.errors import PictureError
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun

_CHILD: Final = "defects_ical.render.picture.child"
# How many characters a message names.
_MAX_NAMED: Final = 8
# Debian's packages of fonts, by the start of a character's name.
_PACKAGES: Final = {
    "LATIN": "fonts-dejavu-core",
    "GREEK": "fonts-dejavu-core",
    "CYRILLIC": "fonts-dejavu-core",
    "HANGUL": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "CJK": "fonts-noto-cjk",
    "IDEOGRAPHIC": "fonts-noto-cjk",
    "FULLWIDTH": "fonts-noto-cjk",
}
_OTHER_PACKAGE: Final = "fonts-noto-core"
_EMOJI_PACKAGE: Final = "fonts-noto-color-emoji"
_FIRST_EMOJI: Final = "\U0001f000"
_SCREENSHOT: Final = "take a screenshot of `/card.svg` instead."


@dataclass(frozen=True, slots=True)
class Fonts:
    """Where fonts are: those of the system, and those in other folders."""

    folders: tuple[str, ...] = ()
    has_system_fonts: bool = True


@dataclass(frozen=True, slots=True)
class DrawingLimits:
    """The limits of the child process: seconds in all, megabytes of memory."""

    seconds: int
    megabytes: int


SYSTEM_FONTS: Final = Fonts()
# Drawing takes a tenth of a second; reading thousands of fonts takes some.
LIMITS: Final = DrawingLimits(seconds=30, megabytes=2_000)


def draw_png(svg: str, fonts: Fonts = SYSTEM_FONTS, limits: DrawingLimits = LIMITS) -> bytes:
    """Return the PNG of an SVG.

    Raises PictureError if resvg-py is not installed or fails, or if there is no font, or none with
    some of the characters.
    """
    request = {
        "svg": svg,
        "font_folders": fonts.folders,
        "has_system_fonts": fonts.has_system_fonts,
        "limits": asdict(limits),
    }
    header, _, png = _run_child(json.dumps(request).encode(), limits).partition(b"\n")
    _check_result(json.loads(header))
    return png


def _run_child(request: bytes, limits: DrawingLimits) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the command is fixed
            [sys.executable, "-P", "-m", _CHILD],
            input=request,
            stdout=subprocess.PIPE,
            timeout=limits.seconds,
            check=False,
        )
    except OSError as error:
        raise PictureError(f"no process could be started: {error.strerror}.") from None
    except subprocess.TimeoutExpired:
        raise PictureError(_describe_timeout(limits)) from None
    if done.returncode == -signal.SIGALRM:
        raise PictureError(_describe_timeout(limits))
    if done.returncode:
        reason = f"its process ended with status {done.returncode}"
        raise PictureError(_describe_failure(reason))
    return done.stdout


def _describe_failure(reason: str) -> str:
    return f"resvg could not draw the picture: {excerpt(reason, 200)}. T{_SCREENSHOT[1:]}"


def _describe_timeout(limits: DrawingLimits) -> str:
    seconds = count_noun(limits.seconds, "second")
    hint = "Try again when the computer is less busy, or remove fonts."
    return f"drawing the picture took longer than {seconds}. {hint}"


def _check_result(result: dict[str, Any]) -> None:
    if "is_missing" in result:
        hint = 'Install it with `pip install "defects-ical[picture]"`.'
        raise PictureError(f"resvg-py is not installed. {hint}")
    if "error" in result:
        raise PictureError(_describe_failure(result["error"]))
    if not result["has_fonts"]:
        hint = "Install one (Debian: `apt-get install fonts-dejavu-core`)."
        raise PictureError(f"none of the fonts for the picture is installed. {hint}")
    if not result["reports_characters"]:
        hint = "Install the release that `pyproject.toml` names."
        raise PictureError(f"this resvg-py does not report missing characters. {hint}")
    if characters := [*map(chr, result["characters"])]:
        raise PictureError(_describe_missing(characters))


def _describe_missing(characters: list[str]) -> str:
    named = ", ".join(f"{each} (U+{ord(each):04X})" for each in characters[:_MAX_NAMED])
    rest = len(characters) - _MAX_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    packages = " ".join(_find_packages(characters))
    fix = f"Install fonts with them (Debian: `apt-get install {packages}`)"
    if not packages:
        fix = "Remove them from the schedule"
    # resvg loses emoji that are joined to one, such as flags, although it has a font with them.
    return f"no font has {named}{more}. {fix}. If that does not help, {_SCREENSHOT}"


def _find_packages(characters: Iterable[str]) -> list[str]:
    """Return the packages that have most of the characters; no font has private ones."""
    return sorted({_find_package(each) for each in characters if unicodedata.name(each, "")})


def _find_package(character: str) -> str:
    name = unicodedata.name(character)
    found = (package for start, package in _PACKAGES.items() if name.startswith(start))
    if package := next(found, ""):
        return package
    return _EMOJI_PACKAGE if character >= _FIRST_EMOJI else _OTHER_PACKAGE
