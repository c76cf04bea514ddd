"""Edit a schedule file at random, as editors, scripts and mistakes do."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.support.example_schedules import make_yaml

# Seconds within which an edit goes live.
RELOAD_SECONDS: Final = 2.0
# Seconds that a valid version must exist to be expected live; a shorter one may be skipped.
STABLE_SECONDS: Final = 1.0
FIRST_ENTRY: Final = datetime(2025, 7, 2, tzinfo=UTC)


def make_version(number: int) -> str:
    """Return a schedule whose teaser contains ``number``, with a change entry per three versions.

    The key `format` comes last, so that no truncated version is valid.
    """
    entries = "".join(
        f"\n  - {{at: {(FIRST_ENTRY + timedelta(hours=each)).isoformat()}, "
        f"episodes: [{each % 8 + 1}], note: Note {each}.}}"
        for each in range(number // 3)
    )
    text = make_yaml(changes=entries or "[]").replace("format: 1\n", "")
    return f"{text}episodes: {{1: {{teaser: Version {number}.}}}}\nformat: 1\n"


@dataclass
class ScheduleEditor:
    """Writes version after version to a file in different ways, sometimes invalid ones.

    ``number`` is the last valid version. ``stable`` lists the valid versions that existed for
    STABLE_SECONDS: the monotonic time at which they were written, and their number.
    """

    file: Path
    chance: random.Random
    number: int = 0
    stable: list[tuple[float, int]] = field(default_factory=list)
    _written_at: float | None = None

    def edit(self) -> None:
        """Make one edit, then pause, sometimes for longer than STABLE_SECONDS."""
        self._record_stable()
        valid = [self.write, self._replace, self._replace_symlink]
        invalid = [self._write_invalid, self._write_truncated, self._delete]
        self.chance.choice([*valid, *valid, *invalid])()
        time.sleep(1.1 if self.chance.random() < 0.1 else self.chance.uniform(0.02, 0.38))

    def finish(self) -> None:
        """Write a last valid version, and wait until it must be live."""
        self._record_stable()
        self.write()
        time.sleep(RELOAD_SECONDS)
        self._record_stable()

    def _record_stable(self) -> None:
        now = time.monotonic()
        if self._written_at is not None and now - self._written_at >= STABLE_SECONDS:
            self.stable.append((self._written_at, self.number))

    def _make_next(self) -> str:
        self.number += 1
        return make_version(self.number)

    def write(self) -> None:
        """Write the next version in place."""
        self._written_at = None
        self.file.write_text(self._make_next(), "utf-8")
        self._written_at = time.monotonic()

    def _replace(self) -> None:
        new = self.file.with_name("new.yaml")
        new.write_text(self._make_next(), "utf-8")
        new.replace(self.file)
        self._written_at = time.monotonic()

    def _replace_symlink(self) -> None:
        # A new target for each version: an edit in place would write through the old symlink.
        target = self.file.with_name(f"{self.number + 1}.version")
        target.write_text(self._make_next(), "utf-8")
        link = self.file.with_name("link")
        link.symlink_to(target.name)
        link.replace(self.file)
        self._written_at = time.monotonic()

    def _write_invalid(self) -> None:
        text = make_version(self.number + 1).replace("runtime: 60", "runtime: x")
        self._delete()
        self.file.write_text(text, "utf-8")

    def _write_truncated(self) -> None:
        text = make_version(self.number + 1)
        self._delete()
        self.file.write_text(text[: self.chance.randrange(len(text) - 2)], "utf-8")

    def _delete(self) -> None:
        self._written_at = None
        self.file.unlink(missing_ok=True)
