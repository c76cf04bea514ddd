"""What the service tells of itself: the problems of schedules, in the log and in a file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from defects_ical import __version__
from defects_ical.errors import Problem
from defects_ical.export.atomic_files import swap_file
from defects_ical.server.monitoring.logs import with_fields, with_problem

LOG: Final = logging.getLogger(__name__)
HEALTH_FILE: Final = ".defects-ical-health.json"


class HealthReport:
    """The problems of a folder of schedules, by the path of the file in it.

    Each is logged when it appears and when it ends. The processes that serve read the report from
    a file in the exported ``folder``.
    """

    def __init__(self, folder: Path, source: Path) -> None:
        self.problems: dict[str, str] = {}
        self._folder = folder
        self._prefix = f"{source}/"
        self._loaded_at = datetime.now(UTC)
        self._edited_at: datetime | None = None
        self._written: object = None

    def note_change(self) -> None:
        """Note that an edit went live now."""
        self._loaded_at = self._edited_at = datetime.now(UTC)

    def report(self, name: str, problems: Iterable[Problem]) -> None:
        """Set the problems of a file; without any, the file is as it should be."""
        found = tuple(problems)
        # Without the path of the folder: the report is public.
        text = "\n".join(map(str, map(self._shorten, found)))
        before = self.problems.pop(name, "")
        if text:
            self.problems[name] = text
        if text == before:
            return
        for each in found:
            LOG.warning("%s", each, extra=with_problem(each))
        if not text:
            LOG.info(
                "%s: no problems any more",
                name,
                extra=with_fields("fixed", file=f"{self._prefix}{name}"),
            )

    def _shorten(self, problem: Problem) -> Problem:
        """Return the problem without the path of the folder."""
        file = f"{problem.location.file}/".removeprefix(self._prefix).rstrip("/") or "."
        location = problem.location._replace(file=file)
        return problem._replace(location=location)

    def report_text(self, name: str, text: str) -> bool:
        """Set a problem that has no place in a file; return whether it is new."""
        is_new = self.problems.get(name) != text
        self.problems[name] = text
        return is_new

    def write(self, shows: int) -> None:
        """Write the report if it has changed; ``shows`` is the number of shows that are served."""
        report = {
            "status": "degraded" if self.problems else "ok",
            "version": __version__,
            "loaded_at": self._loaded_at.isoformat(timespec="seconds"),
            "edited_at": self._edited_at and self._edited_at.isoformat(timespec="seconds"),
            "shows": shows,
            "problems": dict(sorted(self.problems.items())),
        }
        if report != self._written:
            body = json.dumps(report, ensure_ascii=False, indent=1).encode()
            swap_file(self._folder, HEALTH_FILE, [body])
            self._written = report
