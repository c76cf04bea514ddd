"""Host names as URLs have them."""

from __future__ import annotations

from typing import Final

_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
"""The pattern of a host name as urlsplit returns it: in lower case."""
