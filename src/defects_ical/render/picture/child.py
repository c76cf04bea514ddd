"""Draw an SVG as PNG with resvg, as the main program of a child process.

The input is JSON. The output is a line of JSON, and the bytes of the PNG. Where resvg finds no
font, it draws no text and reports no error; it only logs it, to file descriptor 1 of its process.
Only this module imports resvg_py.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Final

_NO_FONT: Final = "No match for"
_NO_CHARACTER: Final = re.compile(r"No fonts with a .*/U\+([0-9A-F]+) character")
# A private character that no font has, outside of the picture: if resvg does not report it, it may
# not report others.
_PROBE: Final = 0x10FFFD
_PROBE_TEXT: Final = f'<text x="0" y="-1000">&#{_PROBE};</text></svg>'


def main() -> None:
    """Read the request from the standard input and write what became of it."""
    request = json.load(sys.stdin)
    _limit_resources(request["limits"])
    with tempfile.TemporaryFile() as log:
        try:
            with _redirect(log, 1), _redirect(log, 2):
                png = _draw(request)
        except ModuleNotFoundError:
            _write({"is_missing": True})
        except BaseException as error:  # noqa: BLE001 - also a panic of a library in Rust
            _write({"error": str(error) or type(error).__name__})
        else:
            log.seek(0)
            _write(_read_log(log.read().decode(errors="replace")), png)


def _limit_resources(limits: dict[str, int]) -> None:
    """Let the system end this process at its limits, even if the parent process is gone."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = limits["megabytes"] * 1_000_000
    # macOS does not limit the address space.
    with suppress(ValueError, OSError):
        soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    signal.alarm(limits["seconds"])


@contextmanager
def _redirect(file: BinaryIO, descriptor: int) -> Iterator[None]:
    """Let a file descriptor lead to a file."""
    original = os.dup(descriptor)
    os.dup2(file.fileno(), descriptor)
    try:
        yield
    finally:
        os.dup2(original, descriptor)
        os.close(original)


def _draw(request: dict[str, Any]) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - may not be installed

    return svg_to_bytes(
        svg_string=request["svg"].rstrip().removesuffix("</svg>") + _PROBE_TEXT,
        font_dirs=request["font_folders"],
        skip_system_fonts=not request["has_system_fonts"],
        log_information=True,
    )


def _read_log(log: str) -> dict[str, Any]:
    characters = {int(each, 16) for each in _NO_CHARACTER.findall(log)}
    return {
        "has_fonts": _NO_FONT not in log,
        "reports_characters": _PROBE in characters,
        "characters": sorted(characters - {_PROBE}),
    }


def _write(result: dict[str, Any], png: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(result).encode() + b"\n" + png)


if __name__ == "__main__":
    main()
