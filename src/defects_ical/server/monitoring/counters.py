"""Count requests by kind and status, in memory that all workers share."""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Callable, Mapping
from itertools import product
from multiprocessing import reduction
from tempfile import TemporaryFile
from typing import Any, Final, NamedTuple, TypeAlias

from defects_ical.site.build import Resource

Row: TypeAlias = memoryview
"""The counts of one worker, by slot."""


class Series(NamedTuple):
    """What is counted together: a kind of resource, and a status code or "other"."""

    kind: str
    status: str


SERVICE: Final = "service"
OTHER: Final = "other"
_KIND_OF_TYPE: Final = {
    "text/calendar": "feed",
    "text/html": "page",
    "application/atom+xml": "news",
    "application/json": "data",
}
_EPISODE: Final = "episode"
_ASSET: Final = "asset"
_SITE_KINDS: Final = (*_KIND_OF_TYPE.values(), _EPISODE, _ASSET)
# Every series that there is: no request can add one.
SERIES: Final = (
    *(Series(*each) for each in product(_SITE_KINDS, ("200", "204", "304"))),
    *(Series(SERVICE, status) for status in ("200", "503")),
    *(Series(OTHER, status) for status in ("308", "400", "404", "405", "500", "503", OTHER)),
)
_SLOTS: Final[Mapping[Series, int]] = {each: slot for slot, each in enumerate(SERIES)}
# The workers that `serve` may have, and as many that replace them.
MAX_ROWS: Final = 128
_WORD: Final = 8
# Rows begin at cache lines of their own (64 bytes): no worker slows another one down.
_ROW_WORDS: Final = -(-len(SERIES) // 8) * 8


def classify_resource(resource: Resource) -> str:
    """Return the kind of a resource, which is a label of its requests."""
    if any(
        header == "Content-Disposition" and "attachment" in value
        for header, value in resource.headers
    ):
        return _EPISODE
    return _KIND_OF_TYPE.get(resource.media_type.partition(";")[0], _ASSET)


def find_slot(kind: str, status: int) -> int:
    """Return the place of a series in each row; what is not in ``SERIES`` counts as other."""
    slot = _SLOTS.get(Series(kind, str(status)))
    if slot is None:
        slot = _SLOTS.get(Series(OTHER, str(status)), _SLOTS[Series(OTHER, OTHER)])
    return slot


class RequestCounters:
    """The counts of all workers: a row for each, in memory that survives the worker.

    A worker adds to its own row, so there is no lock. ``row[slot] += 1`` loses nothing between
    threads either: CPython switches threads at calls and jumps, never within this statement. Rows
    are assigned by file locks, which the system releases when a process ends, however it does. The
    next worker continues the row, so that no sum decreases.

    Sent to a spawned process, it leads to the same memory.
    """

    def __init__(self, rows: int = MAX_ROWS) -> None:
        size = rows * _ROW_WORDS * _WORD
        descriptor = _create_file()
        os.ftruncate(descriptor, size)
        self._open(descriptor)

    def _open(self, descriptor: int) -> None:
        # Neither is ever closed: that would release the lock.
        self._descriptor = descriptor
        self._words = memoryview(mmap.mmap(descriptor, 0)).cast("B").cast("Q")

    def __getstate__(self) -> Any:
        return reduction.DupFd(self._descriptor)

    def __setstate__(self, state: Any) -> None:
        self._open(state.detach())

    def claim_row(self) -> Row:
        """Return the row of this process, always the same.

        A process for which none is left gets a row that is in no sum.
        """
        for number in range(len(self._words) // _ROW_WORDS):
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except OSError:
                continue
            return self._words[number * _ROW_WORDS : (number + 1) * _ROW_WORDS]
        return memoryview(bytearray(_ROW_WORDS * _WORD)).cast("Q")

    def sum_rows(self) -> dict[Series, int]:
        """Return the number of requests of each series, of all workers since the start."""
        return {each: sum(self._words[slot::_ROW_WORDS]) for each, slot in _SLOTS.items()}


def _create_file() -> int:
    """Return the descriptor of an empty file without a name, in memory where that is possible."""
    create: Callable[[str], int] | None = getattr(os, "memfd_create", None)
    if create:
        return create("defects-ical-requests")
    with TemporaryFile() as file:
        return os.dup(file.fileno())
