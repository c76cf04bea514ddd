"""Measuring in turns: contestants alternate, rounds are compared, the spread is told.

Figures differ from machine to machine and from minute to minute; ratios of what ran side by side
hardly do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

Contestants: TypeAlias = Mapping[str, Callable[[], float]]
"""What is measured against each other: each call is one measurement."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The measurements of one contestant, in the order in which they were made."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two contestants compared: the median of the ratios of single rounds, and its bar.

    ``low`` and ``high`` are the extremes among them. ``bar`` is the least that is good enough, or
    the most where ``at_most``; None where nothing is asked for.
    """

    what: str
    value: float
    low: float
    high: float
    bar: float | None = None
    at_most: bool = False

    @property
    def good(self) -> bool:
        """Whether the bar is reached."""
        if self.bar is None:
            return True
        return self.value <= self.bar if self.at_most else self.value >= self.bar


@dataclass(frozen=True, slots=True)
class Chapter:
    """A table of what was measured in one ``unit``, how, and the ratios found in it."""

    title: str
    how: str
    unit: str
    samples: tuple[Sample, ...]
    ratios: tuple[Ratio, ...]


def in_turns(contestants: Contestants, rounds: int) -> dict[str, Sample]:
    """Measure every contestant once a round, each round begun by another of them."""
    names = list(contestants)
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            found[name].append(contestants[name]())
    return {name: Sample(name, tuple(values)) for name, values in found.items()}


def ratio(
    what: str, one: Sample, other: Sample, bar: float | None = None, *, at_most: bool = False
) -> Ratio:
    """How many times the other's figure the one's is."""
    rounds = [mine / its for mine, its in zip(one.values, other.values, strict=True)]
    return Ratio(what, median(rounds), min(rounds), max(rounds), bar, at_most)
