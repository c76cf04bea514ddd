"""The URLs of a schedule, and the host names in them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
"""The pattern of a host name as urlsplit returns it: in lower case."""
URL_PATTERN: Final = r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
"""The characters that RFC 3986 allows in a URL."""


def parse_url(raw: str) -> str:
    """Return a URL of the pattern as links have it; raise ValueError if it has no valid host."""
    parts = urlsplit(raw)
    if not re.fullmatch(HOST, parts.hostname or "") or parts.port == 0 or "@" in parts.netloc:
        raise ValueError(raw)
    # Both are legal, but several calendar apps end a link at them.
    return raw.replace(",", "%2C").replace(";", "%3B")
