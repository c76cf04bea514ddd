"""Decode compressed bodies with a limit on the output.

httpx's own decoders have no such limit (64 kB may become 66 MB) and read only the first member of
a gzip stream.
"""

from __future__ import annotations

import zlib
from typing import Final

DECODABLE: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""The content codings that ``Decompressor`` decodes."""
CONTENT_CODINGS: Final = DECODABLE | {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
"""The content codings in IANA's registry; any other Content-Encoding names no compression."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
# zlib's parameters: gzip or zlib by the header; deflate without a header.
_ANY_HEADER: Final = 47
_NO_HEADER: Final = -15


class Decompressor:
    """A decoder of gzip or deflate, chunk by chunk.

    Gzip may have any number of members (RFC 1952 §2.2), and some servers send deflate without its
    zlib header (RFC 9110 §8.4.1.2). ``decode`` raises zlib.error for other data.
    """

    def __init__(self, encoding: str) -> None:
        self._decoder = zlib.decompressobj(_ANY_HEADER)
        self._may_lack_header = encoding == "deflate"
        self._pending = b""

    @property
    def complete(self) -> bool:
        """Whether the data so far ends where a compressed stream does."""
        return self._decoder.eof

    def decode(self, chunk: bytes, max_bytes: int) -> bytes:
        """Decode the next chunk, and stop once there are ``max_bytes`` bytes."""
        data, decoded = self._pending + chunk, bytearray()
        self._pending = b""
        while data and len(decoded) < max_bytes:
            if self._decoder.eof:
                if not data.startswith(_GZIP_MAGIC):
                    # Half of a magic number may be the start of a member; other data is ignored.
                    self._pending = data if data == _GZIP_MAGIC[:1] else b""
                    break
                self._decoder = zlib.decompressobj(_ANY_HEADER)
            decoded += self._decode_member(data, max_bytes - len(decoded))
            data = self._decoder.unused_data if self._decoder.eof else b""
        return bytes(decoded)

    def _decode_member(self, data: bytes, max_bytes: int) -> bytes:
        try:
            decoded = self._decoder.decompress(data, max_bytes)
        except zlib.error:
            if not self._may_lack_header:
                raise
            self._decoder = zlib.decompressobj(_NO_HEADER)
            decoded = self._decoder.decompress(data, max_bytes)
        self._may_lack_header = False
        return decoded
