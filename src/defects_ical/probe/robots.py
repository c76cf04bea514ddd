"""Evaluate robots.txt (RFC 9309)."""

from __future__ import annotations

import re
from typing import Final

from protego import Protego

MAX_BYTES: Final = 500 * 1024
"""How much of a robots.txt is read: crawlers have to read at least this (RFC 9309 §2.5)."""

_USER_AGENT: Final = re.compile(r"\s*user[- ]?agent\s*:?\s*(\*|[a-z_-]*)", re.IGNORECASE)


def is_allowed(body: bytes, user_agent: str, url: str) -> bool:
    """Return whether a robots.txt allows a client to request a URL."""
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    lines = (_normalize_line(line, user_agent) for line in text.splitlines())
    return Protego.parse("\n".join(lines)).can_fetch(url, user_agent)


def _normalize_line(line: str, user_agent: str) -> str:
    """Reduce a User-agent line to its product token, or to one token for all other clients.

    Protego stores every rule once for each client of its group: 70 kB with 3,000 clients and 3,000
    rules took 640 MB and half a minute. It also applies `Import` to `Importer`.
    """
    match = _USER_AGENT.match(line)
    if not match:
        return line
    token = match[1].lower()
    return f"User-agent: {token if token in {'*', user_agent.lower()} else 'others'}"
