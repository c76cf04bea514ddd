"""Variants of a test: some in every run, the others only in the long run of `make soak`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import pytest
from _pytest.mark import ParameterSet

Variants: TypeAlias = list[object | ParameterSet]


def leave_to_soak(*values: object) -> Variants:
    """Return parameters with which a test runs only in the long run; tuples are several."""
    return [
        pytest.param(*each, marks=pytest.mark.soak)
        if isinstance(each, tuple)
        else pytest.param(each, marks=pytest.mark.soak)
        for each in values
    ]


def sample(values: Iterable[object], step: int) -> Variants:
    """Return all values as parameters: every ``step``-th in every run, the others in the long."""
    every = list(values)
    return [each for n, value in enumerate(every) for each in _mark(value, is_long=n % step != 0)]


def _mark(value: object, *, is_long: bool) -> Variants:
    return leave_to_soak(value) if is_long else [value]
