"""Read a feed with one importer, as the main program of a child process.

The input is a line of JSON and the bytes of the pieces. The output is a line of JSON for each step:
then the result of one step is known even if the next never ends. Only this module imports the
importers.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import signal
import sys
import time
import zoneinfo
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias

from defects_ical.doctor.importers.excerpt import Piece, join_pieces

Span: TypeAlias = tuple[datetime, datetime]
Reader: TypeAlias = Callable[[bytes, Span], tuple[int, int]]

# A rule without an end has more occurrences than memory has room for.
MAX_OCCURRENCES: Final = 10_000
SEARCH_SECONDS: Final = 2.0
"""The time budget for finding the piece that an importer refuses."""
_VALIDATION: Final = re.compile(r"\d+ validation errors? for ")
# What ical and pydantic write before the reason.
_PREAMBLE: Final = re.compile(r"The calendar is not valid: |Value error, ")
_PYDANTIC_TAIL: Final = re.compile(r" \[type=\w+, input_value=.*")


class _Request(NamedTuple):
    importer: str
    span: Span
    pieces: tuple[Piece, ...]
    limits: dict[str, int]


def read_with_ical(body: bytes, span: Span) -> tuple[int, int]:
    """Return the numbers of events and of occurrences; read as Home Assistant does."""
    from ical.calendar_stream import IcsCalendarStream  # noqa: PLC0415 - may not be installed
    from ical.compat import enable_compat_mode  # noqa: PLC0415 - see above

    with enable_compat_mode(body.decode(errors="replace")) as text:
        calendar = IcsCalendarStream.calendar_from_ics(text)
        occurrences = calendar.timeline_tz(UTC).overlapping(*span)
        return len(calendar.events), sum(1 for _ in islice(occurrences, MAX_OCCURRENCES))


def read_with_icalendar(body: bytes, _span: Span) -> tuple[int, int]:
    """Return the numbers of events, and of those whose start and end it can tell."""
    from icalendar import Calendar  # noqa: PLC0415 - each child imports one importer

    events = Calendar.from_ical(body).events
    return len(events), len([(each.start, each.end) for each in events])


def read_with_recurring_ical_events(body: bytes, span: Span) -> tuple[int, int]:
    """Return the numbers of events and of occurrences."""
    import recurring_ical_events  # noqa: PLC0415 - may not be installed
    from icalendar import Calendar  # noqa: PLC0415 - each child imports one importer

    calendar = Calendar.from_ical(body)
    occurrences = recurring_ical_events.of(calendar).between(*span)
    return len(calendar.walk("VEVENT")), len(occurrences)


READERS: Final[dict[str, Reader]] = {
    "ical": read_with_ical,
    "icalendar": read_with_icalendar,
    "recurring-ical-events": read_with_recurring_ical_events,
}


def main() -> None:
    """Read the request from the standard input and write what the importer made of it."""
    output = sys.stdout.buffer
    # What an importer prints is not the result.
    sys.stdout = sys.stderr
    request = _read_request(sys.stdin.buffer)
    _limit_resources(request.limits)
    try:
        version = importlib.metadata.version(request.importer)
    except importlib.metadata.PackageNotFoundError:
        _write(output, _leave_out("it is not installed: pip install 'defects-ical[doctor]'"))
        return
    _write(output, {"version": version})
    _read(output, request)


def _read_request(stream: BinaryIO) -> _Request:
    given = json.loads(stream.readline())
    pieces = [Piece(line, kind, stream.read(size)) for line, kind, size in given["pieces"]]
    start, end = map(datetime.fromisoformat, given["span"])
    return _Request(given["importer"], (start, end), tuple(pieces), given["limits"])


def _limit_resources(limits: dict[str, int]) -> None:
    """Let the system end this process at its limits, even if the parent process is gone."""
    try:
        import resource  # noqa: PLC0415 - only on Unix
    except ImportError:
        return
    wanted = {
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_AS: limits["megabytes"] * 1_000_000,
        resource.RLIMIT_CORE: 0,
    }
    for name, value in wanted.items():
        _, hard = resource.getrlimit(name)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # macOS does not limit the address space.
        with suppress(ValueError, OSError):
            resource.setrlimit(name, (soft, hard))
    signal.alarm(limits["seconds"])


def _write(output: BinaryIO, result: dict[str, Any]) -> None:
    output.write(json.dumps(result).encode() + b"\n")
    output.flush()


def _leave_out(reason: str) -> dict[str, Any]:
    return {"status": "left out", "message": reason}


def _read(output: BinaryIO, request: _Request) -> None:
    reader = READERS[request.importer]
    try:
        events, occurrences = reader(join_pieces(request.pieces), request.span)
    except MemoryError:
        limit = request.limits["megabytes"]
        _write(output, _leave_out(f"it needed more than {limit} MB of memory"))
    except ImportError as error:
        _write(output, _leave_out(f"it could not be imported: {describe_error(error)}"))
    except BaseException as error:  # noqa: BLE001 - also a panic of a library in Rust
        _write(output, {"status": "refused", "message": describe_error(error)})
        _write(output, _find_cause(request, reader))
    else:
        _write(output, {"status": "read", "events": events, "occurrences": occurrences})


def _find_cause(request: _Request, reader: Reader) -> dict[str, Any]:
    """Return the line of the piece that is refused, and the message about it alone.

    The piece is an event, or one of those around the events if these are refused without events.
    Empty if the search takes too long, or if pieces are only refused together.
    """
    deadline = time.monotonic() + SEARCH_SECONDS

    def get_refusal(*groups: Iterable[Piece]) -> str:
        try:
            reader(join_pieces(*groups), request.span)
        except BaseException as error:  # noqa: BLE001 - see _read
            return describe_error(error)
        return ""

    events = [each for each in request.pieces if each.kind == "event"]
    kept = [each for each in request.pieces if each.kind != "event"]
    suspects = events
    if get_refusal(kept):
        suspects = [each for each in kept if each.kind == "other"]
        kept = [each for each in kept if each.kind == "frame"]
    while len(suspects) > 1 and time.monotonic() < deadline:
        half = len(suspects) // 2
        suspects = suspects[:half] if get_refusal(kept, suspects[:half]) else suspects[half:]
    if len(suspects) != 1 or get_refusal(kept):
        return {}
    message = get_refusal(kept, suspects)
    return {"line": suspects[0].line, "message": message} if message else {}


def describe_error(error: BaseException) -> str:
    """Return the type and the first line of an error, without paths of this machine."""
    text = str(error)
    if "detailed_error" in text:
        text = getattr(error, "detailed_error", None) or text
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    # pydantic's first line only counts the errors; the next two have the field and the error.
    count = 3 if _VALIDATION.match(lines[0]) else 1
    message = _PREAMBLE.sub("", _PYDANTIC_TAIL.sub("", " ".join(lines[:count])))
    for path in sorted({sys.prefix, sys.base_prefix, *sys.path, *zoneinfo.TZPATH}, key=len)[::-1]:
        message = message.replace(f"{path}/", "") if path else message
    return f"{type(error).__name__}: {message}".removesuffix(": ")


if __name__ == "__main__":
    main()
