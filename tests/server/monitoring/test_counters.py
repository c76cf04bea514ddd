"""Counters in shared memory: rows, series and sums."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import pytest

from defects_ical.server.monitoring.counters import (
    SERIES,
    RequestCounters,
    Row,
    Series,
    classify_resource,
    find_slot,
)
from tests.server.expected_responses import SITE

THREADS: Final = 8
COUNTS: Final = 20_000
# Has the first rows until its standard input ends.
HOLDER: Final = """
import fcntl, sys
fcntl.lockf({0}, fcntl.LOCK_EX | fcntl.LOCK_NB, {1})
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def hold_rows(counters: RequestCounters, count: int) -> Iterator[None]:
    """Let another process have the first rows."""
    descriptor = counters._descriptor  # noqa: SLF001 - the file of the locks
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER.format(descriptor, count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[descriptor],
    ) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def test_sum_has_the_rows_of_all_workers() -> None:
    counters, slot = RequestCounters(2), find_slot("feed", 200)
    with hold_rows(counters, 1):
        second = counters.claim_row()
        second[slot] += 1
    # The other process has ended, and its row is free.
    first = counters.claim_row()
    first[slot] += 2
    assert (first[slot], second[slot]) == (2, 1)
    assert counters.sum_rows() == {**dict.fromkeys(SERIES, 0), Series("feed", "200"): 3}


def test_process_without_row_is_in_no_sum() -> None:
    counters, slot = RequestCounters(1), find_slot("feed", 200)
    with hold_rows(counters, 1):
        row = counters.claim_row()
        row[slot] += 1
    assert row[slot] == 1
    assert counters.sum_rows()[Series("feed", "200")] == 0
    counters.claim_row()[slot] += 1
    assert counters.sum_rows()[Series("feed", "200")] == 1


def test_threads_lose_no_count() -> None:
    """Rows need no lock, even if Python switches threads as often as it can."""
    counters, slot = RequestCounters(1), find_slot("feed", 200)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=count, args=(counters.claim_row(), slot)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert counters.sum_rows()[Series("feed", "200")] == THREADS * COUNTS


def count(row: Row, slot: int) -> None:
    for _ in range(COUNTS):
        row[slot] += 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/the-defects.ics", "feed"),
        ("/the-defects-tving-reminders.ics", "feed"),
        ("/episodes/the-defects-e03.ics", "episode"),
        ("/", "page"),
        ("/embed.html", "page"),
        ("/changes.atom", "news"),
        ("/episodes.json", "data"),
        ("/embed.js", "asset"),
        ("/robots.txt", "asset"),
    ],
)
def test_resource_has_a_kind(path: str, kind: str) -> None:
    assert classify_resource(SITE[path]) == kind


def test_each_resource_has_series_of_its_kind() -> None:
    kinds = {classify_resource(each) for each in SITE.values()}
    for kind in kinds:
        for status in (200, 204, 304):
            assert SERIES[find_slot(kind, status)] == (kind, str(status))
    assert {each.kind for each in SERIES} == {*kinds, "service", "other"}


@pytest.mark.parametrize(
    ("kind", "status", "series"),
    [
        ("service", 404, ("other", "404")),
        ("other", 200, ("other", "other")),
        ("feed", 418, ("other", "other")),
    ],
)
def test_unknown_series_is_other(kind: str, status: int, series: tuple[str, str]) -> None:
    assert SERIES[find_slot(kind, status)] == series
