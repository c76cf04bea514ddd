"""resvg draws every text of a picture, or the picture is refused."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from defects_ical.content.site_input import SiteInput
from defects_ical.errors import PictureError
from defects_ical.model.schedule import Schedule
from defects_ical.render.picture.layout import lay_out_picture
from defects_ical.render.picture.png import DrawingLimits, Fonts, draw_png
from tests.support.drawing import NOT_INSTALLED, replace_resvg, use_latin_font
from tests.support.embeds import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.png_pixels import PIXEL, read_rows, read_size

# Pixels: where the first letters of the title are.
LEFT, RIGHT, TOP, BOTTOM = 72, 172, 90, 150


def lay_out(title: str, language: str = "en") -> str:
    text = make_yaml().replace("title: The Show", f'title: "{title}"')
    schedule = load_yaml(f"languages: [{language}]\n{text}")
    return lay_out_picture(SiteInput(schedule, SITE_URL))


def remove_texts(svg: str) -> str:
    return re.sub(r"(<text[^>]*>).*?(?=</text>)", r"\1", svg)


def read_title(png: bytes) -> list[bytes]:
    return [row[LEFT * PIXEL :] for row in read_rows(png, TOP, BOTTOM, RIGHT)]


@pytest.mark.parametrize(
    ("title", "language"),
    [("The Defects", "en"), ("아이쇼핑", "ko"), ("冬の家", "ja"), ("回家的路", "zh-Hant")],
)
def test_text_is_drawn(title: str, language: str) -> None:
    svg = lay_out(title, language)
    png, without = draw_png(svg), draw_png(remove_texts(svg))
    assert read_size(png) == (1200, 630)
    assert len(png) < 2_000_000
    pairs = zip(read_title(png), read_title(without), strict=True)
    assert len([1 for row, empty in pairs if row != empty]) > 30


def test_same_picture_has_same_bytes() -> None:
    svg = lay_out("The Defects")
    assert draw_png(svg) == draw_png(svg)


def test_texts_of_all_widths_are_not_clipped(tmp_path: Path) -> None:
    """The part of the title that would be clipped is in sight if the box is wider."""
    title = "mmmm WWW wwwwww nnnnnnnn oooooooooo uuuuuu bbbbbb dddddd hhhhhh MMMM"
    svg, fonts = lay_out(title), use_latin_font(tmp_path / "fonts")
    wider = svg.replace('width="1056" height="630"', 'width="1128" height="630"')
    assert wider != svg
    assert draw_png(svg, fonts) == draw_png(wider, fonts)


# Fonts.


def refuse(svg: str, fonts: Fonts = Fonts()) -> str:  # noqa: B008 - frozen
    with pytest.raises(PictureError) as caught:
        draw_png(svg, fonts)
    return str(caught.value)


def test_missing_characters_are_named(tmp_path: Path) -> None:
    fonts = use_latin_font(tmp_path / "fonts")
    assert draw_png(lay_out("Latin"), fonts)
    assert refuse(lay_out("아이 A 쇼핑"), fonts) == (
        "no font has 쇼 (U+C1FC), 아 (U+C544), 이 (U+C774), 핑 (U+D551). "
        "Install fonts with them (Debian: `apt-get install fonts-noto-cjk`). "
        "If that does not help, take a screenshot of `/card.svg` instead."
    )
    assert "and 4 more. Install" in refuse(lay_out("가나다라마바사아자차카타"), fonts)
    assert "`apt-get install fonts-noto-color-emoji`" in refuse(lay_out("A 🫠"), fonts)
    assert "`apt-get install fonts-noto-core`" in refuse(lay_out("A हिन्दी"), fonts)


def test_private_character_cannot_be_installed() -> None:
    message = refuse(lay_out("A \U00100001"))
    assert "(U+100001). Remove them from the schedule. If" in message


def test_without_fonts_there_is_no_picture(schedule: Schedule) -> None:
    svg = lay_out_picture(SiteInput(schedule, SITE_URL))
    assert refuse(svg, Fonts(has_system_fonts=False)) == (
        "none of the fonts for the picture is installed. "
        "Install one (Debian: `apt-get install fonts-dejavu-core`)."
    )


# The child process, with substitutes for resvg.


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (NOT_INSTALLED, 'Install it with `pip install "defects-ical\\[picture\\]"`.'),
        ("raise ImportError('GLIBC_9')", "resvg could not draw the picture: GLIBC_9. Take a"),
        ("def svg_to_bytes(**_): raise ValueError('no')", "draw the picture: no. Take a"),
        ("def svg_to_bytes(**_): raise BaseException('panicked')", "the picture: panicked. Take"),
        ("import os\ndef svg_to_bytes(**_): os._exit(3)", "ended with status 3. Take a"),
        ("def svg_to_bytes(**_): return bytearray(9_000_000_000)", "the picture: MemoryError. T"),
        ("def svg_to_bytes(**_): return b'PNG'", "does not report missing characters"),
    ],
)
def test_failure_of_resvg_is_reported(
    code: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PYTHONPATH", replace_resvg(tmp_path, code))
    with pytest.raises(PictureError, match=message):
        draw_png("<svg/>")
    assert capfd.readouterr() == ("", "")


def test_time_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import time\ndef svg_to_bytes(**_): time.sleep(60)"
    monkeypatch.setenv("PYTHONPATH", replace_resvg(tmp_path, code))
    started = time.monotonic()
    with pytest.raises(PictureError, match="took longer than 1 second"):
        draw_png("<svg/>", limits=DrawingLimits(seconds=1, megabytes=1000))
    assert time.monotonic() - started < 5


def test_child_ends_in_time_without_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import time\ndef svg_to_bytes(**_): time.sleep(60)"
    monkeypatch.setenv("PYTHONPATH", replace_resvg(tmp_path, code))
    limits = {"seconds": 1, "megabytes": 1000}
    request = {"svg": "<svg/>", "font_folders": [], "has_system_fonts": True, "limits": limits}
    command = [sys.executable, "-m", "defects_ical.render.picture.child"]
    done = subprocess.run(command, input=json.dumps(request).encode(), check=False, timeout=20)
    assert done.returncode == -signal.SIGALRM
