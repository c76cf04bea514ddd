"""TODO."""

from __future__ import annotations

from typing import Final

CLIENTS: Final = ("Google", "Apple", "Outlook", "Thunderbird", "ICSx5")
"""The programs as which a feed is fetched."""
