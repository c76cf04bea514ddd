"""Evaluate robots.txt (RFC 9309)."""

from __future__ import annotations

from typing import Final

from protego import Protego

MAX_BYTES: Final = 500 * 1024
"""How much of a robots.txt is read: crawlers have to read at least this (RFC 9309 §2.5)."""


def is_allowed(body: bytes, user_agent: str, url: str) -> bool:
    """Return whether a robots.txt allows a client to request a URL."""
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    return Protego.parse(text).can_fetch(url, user_agent)
