"""Start a child process for each importer and collect what they make of a feed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from defects_ical.doctor.importers.excerpt import Excerpt, cut_excerpt
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun

_YEAR: Final = timedelta(days=365)
_MESSAGE_LENGTH: Final = 300
_CHILD: Final = "defects_ical.doctor.importers.child"


@dataclass(frozen=True, slots=True)
class Importer:
    """A library that reads calendars, and whose users depend on it."""

    name: str
    users: str
    client: str
    """How the catalogue of issues names it among the clients that are affected."""

    @property
    def label(self) -> str:
        """How reports name it: "ical (Home Assistant)"."""
        return f"{self.name} ({self.users})"


IMPORTERS: Final = (
    Importer("ical", "Home Assistant", "Home Assistant"),
    Importer("icalendar", "Python programs", "icalendar"),
    Importer("recurring-ical-events", "Open Web Calendar", "recurring-ical-events"),
)


@dataclass(frozen=True, slots=True)
class ImporterLimits:
    """The limits for each importer: seconds in all, seconds of computing, megabytes of memory."""

    seconds: int
    cpu_seconds: int
    megabytes: int


# Reading 1 MB takes a second and 70 MB.
LIMITS: Final = ImporterLimits(seconds=6, cpu_seconds=3, megabytes=256)


class Status(StrEnum):
    """What became of a feed in an importer."""

    READ = "read"
    REFUSED = "refused"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an importer made of a feed.

    ``message`` is the importer's own if it refuses the feed, or the reason why it was left out.
    ``line`` is that of the event, or of the line around the events, that is refused alone; None if
    there is none. ``events`` and ``occurrences`` (within a year of now) are what it found; None if
    it did not read the feed. It was given the first ``given`` of ``total`` events.
    """

    importer: Importer
    version: str
    status: Status
    message: str
    line: int | None
    events: int | None
    occurrences: int | None
    given: int
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether the importer was given all events."""
        return self.given == self.total

    @property
    def scope(self) -> str:
        """What the importer was given: "all 24 events", "the first 2,840 of 28,400 events"."""
        if self.is_complete:
            return f"all {count_noun(self.total, 'event')}"
        return f"the first {self.given:,} of {count_noun(self.total, 'event')}"


def read_with_importers(
    body: bytes,
    now: datetime,
    limits: ImporterLimits = LIMITS,
    interpreter: str = sys.executable,
) -> tuple[Reading, ...]:
    """Let each importer read a feed, at ``now`` (UTC), in a process of its own.

    Accepts any bytes. Whatever an importer does, the result is a Reading and comes in time.
    """
    feed = cut_excerpt(body)
    if not feed.pieces:
        reason = "the feed is too large to be read in part" if body else "the feed is empty"
        return tuple(_build_reading(each, feed, _leave_out(reason)) for each in IMPORTERS)
    deadline = time.monotonic() + limits.seconds
    with ExitStack() as stack:
        children = [
            _start_child(stack, interpreter, _format_request(each, feed, now, limits))
            for each in IMPORTERS
        ]
        results = [_collect_result(child, deadline, limits) for child in children]
    pairs = zip(IMPORTERS, results, strict=True)
    return tuple(_build_reading(importer, feed, result) for importer, result in pairs)


def _format_request(
    importer: Importer, feed: Excerpt, now: datetime, limits: ImporterLimits
) -> bytes:
    header = {
        "importer": importer.name,
        "span": [(now - _YEAR).isoformat(), (now + _YEAR).isoformat()],
        "limits": asdict(limits),
        "pieces": [(each.line, each.kind, len(each.raw)) for each in feed.pieces],
    }
    return json.dumps(header).encode() + b"\n" + b"".join(each.raw for each in feed.pieces)


def _start_child(
    stack: ExitStack, interpreter: str, request: bytes
) -> subprocess.Popen[bytes] | OSError:
    """Start a child process in a group of its own, which ends with the stack."""
    try:
        # Not a pipe: it would have to be filled while the other children wait for theirs.
        file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        file.write(request)
        file.seek(0)
        child = subprocess.Popen(  # noqa: S603 - the command is fixed
            [interpreter, "-I", "-m", _CHILD],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TZ": "UTC"},
            start_new_session=True,
        )
    except OSError as error:
        return error
    stack.enter_context(child)
    stack.callback(_end_group, child)
    return child


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End a child process and all processes that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _collect_result(
    child: subprocess.Popen[bytes] | OSError, deadline: float, limits: ImporterLimits
) -> dict[str, Any]:
    if isinstance(child, OSError):
        return _leave_out(f"no process could be started: {child.strerror}")
    too_slow = f"it took longer than {count_noun(limits.seconds, 'second')}"
    try:
        output, _ = child.communicate(timeout=max(deadline - time.monotonic(), 0))
        reason = too_slow if child.returncode == -signal.SIGALRM else _explain_exit(child, limits)
    except subprocess.TimeoutExpired:
        _end_group(child)
        output, _ = child.communicate()
        reason = too_slow
    result = _leave_out(reason)
    for line in output.splitlines():
        # The last line of a process that was ended may be incomplete.
        with suppress(ValueError):
            result |= json.loads(line)
    return result


def _explain_exit(child: subprocess.Popen[bytes], limits: ImporterLimits) -> str:
    """Return why a child process ended without a result."""
    if child.returncode >= 0:
        return f"its process failed with exit status {child.returncode}"
    if child.returncode == -signal.SIGXCPU:
        return f"it computed for more than {count_noun(limits.cpu_seconds, 'second')}"
    return f"its process was ended by {signal.Signals(-child.returncode).name}"


def _leave_out(reason: str) -> dict[str, Any]:
    return {"status": Status.LEFT_OUT, "message": reason}


def _build_reading(importer: Importer, feed: Excerpt, result: dict[str, Any]) -> Reading:
    status = Status(result["status"])
    return Reading(
        importer=importer,
        version=result.get("version", ""),
        status=status,
        message="" if status is Status.READ else excerpt(result["message"], _MESSAGE_LENGTH),
        line=result.get("line"),
        events=result.get("events"),
        occurrences=result.get("occurrences"),
        given=feed.given,
        total=feed.total,
    )
