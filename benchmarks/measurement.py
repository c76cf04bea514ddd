"""Measure candidates in turns, and compare them round by round.

Figures differ between machines and from minute to minute. Ratios between candidates that were
measured side by side hardly do.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeAlias

MIN_ROUNDS: Final = 9
"""The least rounds of a run whose results are kept."""
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", MIN_ROUNDS))
"""How often each candidate is measured."""

Candidates: TypeAlias = Mapping[str, Callable[[], float]]
"""Functions by name; each call makes one measurement and returns its figure."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The measurements of one candidate, in order."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the measurements."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A comparison of two candidates: the median ratio of the rounds, its extremes, its target.

    ``target`` is the minimum for ``value``, or the maximum with ``is_maximum``; None if there is
    no target.
    """

    name: str
    value: float
    low: float
    high: float
    target: float | None = None
    is_maximum: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        if self.target is None:
            return True
        return self.value <= self.target if self.is_maximum else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Section:
    """A table of samples in one ``unit``, with the method and the ratios between them."""

    title: str
    method: str
    unit: str
    samples: tuple[Sample, ...]
    ratios: tuple[Ratio, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of several figures for each candidate; a text stands where there is no figure."""

    title: str
    method: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | str, ...]], ...]
    ratios: tuple[Ratio, ...] = ()


def measure_in_turns(candidates: Candidates, rounds: int) -> dict[str, Sample]:
    """Measure every candidate once per round; each round starts with another candidate."""
    names = list(candidates)
    values: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            values[name].append(candidates[name]())
    return {name: Sample(name, tuple(each)) for name, each in values.items()}


def compare(
    name: str, one: Sample, other: Sample, target: float | None = None, *, is_maximum: bool = False
) -> Ratio:
    """Return the ratio of ``one`` to ``other``, from the ratios of single rounds."""
    ratios = [mine / its for mine, its in zip(one.values, other.values, strict=True)]
    return Ratio(name, median(ratios), min(ratios), max(ratios), target, is_maximum)


def judge(sample: Sample, target: float) -> Ratio:
    """Return the median of a sample as a ratio to 1 of its unit, with a maximum."""
    values = sample.values
    return Ratio(sample.name, sample.median, min(values), max(values), target, is_maximum=True)


def time_cpu(run: Callable[[], object]) -> float:
    """Return the milliseconds of processor time of a call, after a garbage collection."""
    gc.collect()
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def time_wall(run: Callable[[], object]) -> float:
    """Return the milliseconds of a call, after a garbage collection."""
    gc.collect()
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000
