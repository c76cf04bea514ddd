"""Log the edits that went live, so that a maintainer sees what subscribers will see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

LOG: Final = logging.getLogger(__name__)
# How many changes a line names: the others are counted.
MAX_CHANGES: Final = 8


def log_edit(path: Path, changes: Sequence[str]) -> None:
    """Log one line: "schedule.yaml: edit is live. Episode 5: moved from … to …"."""
    named = "; ".join(changes[:MAX_CHANGES]) or "No event changed"
    others = f"; and {len(changes) - MAX_CHANGES} more" if len(changes) > MAX_CHANGES else ""
    LOG.info("%s: edit is live. %s%s.", path, named, others)


def log_new_show(path: Path) -> None:
    """Log one line for a show that is published for the first time."""
    LOG.info("%s: new show is live.", path)
