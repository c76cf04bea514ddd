"""Read the pixels of a PNG with the standard library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Bytes of a pixel: red, green, blue, alpha.
PIXEL = 4


def read_size(png: bytes) -> tuple[int, int]:
    """Return the width and the height in pixels."""
    width, height = struct.unpack_from(">II", dict(read_chunks(png))[b"IHDR"])
    return width, height


def read_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and the content of each chunk, those of equal type in one."""
    assert png.startswith(SIGNATURE)
    position, content = len(SIGNATURE), dict[bytes, bytes]()
    while position < len(png):
        size, kind = struct.unpack_from(">I4s", png, position)
        content[kind] = content.get(kind, b"") + png[position + 8 : position + 8 + size]
        position += size + 12
    yield from content.items()


def read_rows(png: bytes, start: int, end: int, width: int) -> list[bytes]:
    """Return rows of pixels as RGBA bytes, from ``start`` to before ``end``, ``width`` pixels each.

    No filter depends on what is further right, so the rest of a row is not read.
    """
    chunks = dict(read_chunks(png))
    assert chunks[b"IHDR"][8:] == bytes((8, 6, 0, 0, 0)), "not RGBA of 8 bits, not interlaced"
    raw, stride = zlib.decompress(chunks[b"IDAT"]), read_size(png)[0] * PIXEL + 1
    rows = [bytes(width * PIXEL)]
    for position in range(0, end * stride, stride):
        line = raw[position + 1 : position + 1 + width * PIXEL]
        rows.append(_unfilter(raw[position], line, rows[-1]))
    return rows[1 + start :]


def _unfilter(kind: int, line: bytes, above: bytes) -> bytes:
    """Undo the filter of a row (PNG specification, section 9)."""
    if kind == 0:
        return line
    row = bytearray(bytes(PIXEL) + line)
    above = bytes(PIXEL) + above
    for at in range(PIXEL, len(row)):
        left, up, corner = row[at - PIXEL], above[at], above[at - PIXEL]
        predicted = (left, up, (left + up) // 2, _predict(left, up, corner))[kind - 1]
        row[at] = (row[at] + predicted) & 255
    return bytes(row[PIXEL:])


def _predict(left: int, up: int, corner: int) -> int:
    """Return the Paeth predictor."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
