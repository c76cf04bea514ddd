"""Real importers read feeds in child processes that cannot hold up or break the doctor."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest
from pydantic import TypeAdapter, ValidationError

import defects_ical
from defects_ical.doctor.importers.child import describe_error
from defects_ical.doctor.importers.excerpt import MAX_BYTES
from defects_ical.doctor.importers.readings import (
    LIMITS,
    ImporterLimits,
    Reading,
    Status,
    read_with_importers,
)
from tests.doctor.importers.feeds import (
    NOW,
    TIMEZONE,
    WITH_OWN_TIMEZONE,
    count_lines,
    write_event,
    write_feed,
    write_large_feed,
)
from tests.support.processes import wait_for
from tests.support.variants import leave_to_soak

NAMES: Final = ("ical", "icalendar", "recurring-ical-events")
READ, REFUSED, LEFT_OUT = Status.READ, Status.REFUSED, Status.LEFT_OUT
# A rule that has an occurrence each second, since long before the span.
ENDLESS: Final = "DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY\r\n"
DAILY: Final = "DTSTART:20260501T000000Z\r\nRRULE:FREQ=DAILY;COUNT=10\r\n"
POSTPONED: Final = "DTSTART:20260701T140000Z\r\nSTATUS:POSTPONED\r\n"


# On a machine that runs other tests as well, importers need longer.
PATIENT: Final = ImporterLimits(seconds=60, cpu_seconds=30, megabytes=LIMITS.megabytes)


def read(body: bytes, limits: ImporterLimits = PATIENT) -> dict[str, Reading]:
    readings = read_with_importers(body, NOW, limits)
    assert tuple(each.importer.name for each in readings) == NAMES
    return {each.importer.name: each for each in readings}


def get_statuses(readings: dict[str, Reading]) -> list[Status]:
    return [readings[name].status for name in NAMES]


def test_a_valid_feed_is_read_by_all() -> None:
    readings = read(write_feed(TIMEZONE, write_event(1, WITH_OWN_TIMEZONE), write_event(2, DAILY)))
    for name, reading in readings.items():
        assert (reading.status, reading.events, reading.message) == (READ, 2, "")
        assert reading.version == version(name)
        assert (reading.line, reading.scope) == (None, "all 2 events")
    occurrences = [readings[name].occurrences for name in NAMES]
    assert occurrences == [11, 2, 11]
    assert readings["ical"].importer.label == "ical (Home Assistant)"


def test_the_event_that_one_importer_refuses_is_found() -> None:
    events = [write_event(number) for number in range(20)]
    body = write_feed(TIMEZONE, *events, write_event(20, POSTPONED), *events)
    readings = read(body)
    assert get_statuses(readings) == [REFUSED, READ, READ]
    reading = readings["ical"]
    assert reading.line == count_lines(body, b"BEGIN:VEVENT\r\nUID:20@")
    assert reading.message.startswith("CalendarParseError: ")
    assert "'CONFIRMED', 'TENTATIVE' or 'CANCELLED'" in reading.message
    assert (reading.events, reading.occurrences) == (None, None)


@pytest.mark.parametrize(
    ("body", "start", "statuses"),
    [
        (
            write_feed(write_event(1), "BEGIN:VTODO\r\nSTATUS:LATE\r\nEND:VTODO\r\n"),
            b"BEGIN:VTODO",
            [REFUSED, READ, READ],
        ),
        (write_feed(write_event(1)) + b"<!DOCTYPE html>\r\n", b"<!DOCTYPE", [REFUSED] * 3),
    ],
    ids=["component", "text after the calendar"],
)
def test_what_is_refused_around_the_events_is_found(
    body: bytes, start: bytes, statuses: list[Status]
) -> None:
    readings = read(body)
    assert get_statuses(readings) == statuses
    refusals = [each for each in readings.values() if each.status is REFUSED]
    assert {each.line for each in refusals} == {count_lines(body, start)}


def test_a_refusal_without_a_single_cause_has_no_line() -> None:
    reading = read(b" " + write_feed(write_event(1)))["ical"]
    assert (reading.status, reading.line) == (REFUSED, None)
    assert "BEGIN" in reading.message


def test_an_importer_that_never_ends_is_left_out() -> None:
    body = write_feed(write_event(1, ENDLESS))
    readings = read(body, replace(PATIENT, cpu_seconds=1))
    assert get_statuses(readings) == [LEFT_OUT, READ, LEFT_OUT]
    assert readings["ical"].message == "it computed for more than 1 second"
    assert readings["ical"].version == version("ical")


def test_an_importer_that_needs_too_much_memory_is_left_out() -> None:
    body = write_feed(write_event(1, ENDLESS.replace("1970", "2026")))
    readings = read(body, replace(PATIENT, megabytes=64))
    # ical reads an occurrence at a time and stops after 10,000.
    assert get_statuses(readings) == [READ, READ, LEFT_OUT]
    assert readings["recurring-ical-events"].message == "it needed more than 64 MB of memory"
    assert readings["ical"].occurrences == 10_000


def write_program(path: Path, script: str) -> str:
    """Write a program that is started instead of Python."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("kill -SEGV $$", "its process was ended by SIGSEGV"),
        ("echo '{\"status\":'; exit 3", "its process failed with exit status 3"),
    ],
    ids=["crash", "half a result"],
)
def test_an_importer_that_crashes_is_left_out(tmp_path: Path, script: str, message: str) -> None:
    program = write_program(tmp_path / "python", script)
    readings = read_with_importers(write_feed(write_event(1)), NOW, interpreter=program)
    assert [(each.status, each.message) for each in readings] == [(LEFT_OUT, message)] * 3


def test_an_interpreter_that_does_not_start_is_no_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "python")
    readings = read_with_importers(write_feed(write_event(1)), NOW, interpreter=missing)
    message = "no process could be started: No such file or directory"
    assert [(each.status, each.message) for each in readings] == [(LEFT_OUT, message)] * 3


def test_a_process_that_only_waits_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! >> {tmp_path}/pids; wait"
    program = write_program(tmp_path / "python", script)
    limits = replace(LIMITS, seconds=1)
    readings = read_with_importers(write_feed(write_event(1)), NOW, limits, program)
    assert {each.message for each in readings} == {"it took longer than 1 second"}
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 3
    # A signal ends a process a moment later.
    wait_for(lambda: not any(map(is_running, pids)))


def is_running(pid: str) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(") ")[2][:1] not in {"X", "Z"}


def test_without_the_packages_the_way_to_install_them_is_given(tmp_path: Path) -> None:
    venv.create(tmp_path, symlinks=True, with_pip=False)
    (packages,) = tmp_path.glob("lib/python3*/site-packages")
    source = Path(defects_ical.__file__).parents[1]
    (packages / "source.pth").write_text(f"{source}\n")
    python = str(tmp_path / "bin" / "python")
    readings = read_with_importers(write_feed(write_event(1)), NOW, interpreter=python)
    message = "it is not installed: pip install 'defects-ical[doctor]'"
    assert [(each.status, each.message) for each in readings] == [(LEFT_OUT, message)] * 3
    assert {each.version for each in readings} == {""}


def test_of_a_feed_of_10_mb_the_first_events_are_read() -> None:
    body = write_large_feed(10 * MAX_BYTES)
    readings = read(body)
    assert get_statuses(readings) == [READ, READ, READ]
    for reading in readings.values():
        assert not reading.is_complete
        assert reading.events == reading.given
        total = body.count(b"BEGIN:VEVENT")
        assert reading.scope == f"the first {reading.given} of {total:,} events"


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff\xfe" * 1000,
        write_feed("BEGIN:VEVENT\r\n" + "BEGIN:X\r\n" * 2000 + "END:X\r\n" * 2000),
        *leave_to_soak(
            b"",
            b"\r" * 20_000,
            write_feed("BEGIN:VEVENT\r\n" + "BEGIN:X\r\n" * 50_000 + "END:X\r\n" * 50_000),
            b"BEGIN:VCALENDAR\r\n" * 10_000,
            write_feed("BEGIN:VEVENT\r\n" * 50_000),
            write_feed(write_event(1, "DTSTART:20260701T140000Z\r\nSEQUENCE:" + "9" * 900_000)),
            write_feed(write_event(1, 'DTSTART;X="' + "x" * 900_000)),
            write_feed(write_event(1, "DTSTART" + ";X=1" * 200_000 + ":20260701T140000Z\r\n")),
            write_feed(write_event(1)).decode().encode("utf-16"),
            write_feed(write_event(1)).replace(b"\r\n", b"\r"),
            write_large_feed(30 * MAX_BYTES, TIMEZONE * 100_000),
        ),
    ],
)
def test_hostile_bytes_are_a_result(body: bytes) -> None:
    for reading in read(body, LIMITS).values():
        assert reading.status in {READ, REFUSED, LEFT_OUT}
        assert (reading.message == "") is (reading.status is READ)
        assert reading.message.isprintable()
        assert len(reading.message) <= 300


def test_a_message_has_no_paths_of_this_machine_and_no_links_of_pydantic() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, int]).validate_python({"sequence": "one"})
    assert describe_error(caught.value) == (
        "ValidationError: 1 validation error for dict[str,int] sequence Input should be a valid "
        "integer, unable to parse string as an integer"
    )
    error = IsADirectoryError(f"Is a directory: '{sys.prefix}/lib/zones/Europe'\nmore")
    assert describe_error(error) == "IsADirectoryError: Is a directory: 'lib/zones/Europe'"
    assert describe_error(AssertionError()) == "AssertionError"


def test_the_doctor_itself_imports_no_importer() -> None:
    program = (
        "import sys, defects_ical.cli.doctor, defects_ical.doctor.importers.readings\n"
        "print(sorted({'ical', 'recurring_ical_events'} & sys.modules.keys()))"
    )
    output = subprocess.check_output([sys.executable, "-c", program], env=os.environ)
    assert output == b"[]\n"
