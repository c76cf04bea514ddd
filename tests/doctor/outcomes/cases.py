"""The small feeds of the doctor's tests: what is wrong with each, and what it means."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.doctor.outcomes.readings import format_time

FOLDER = Path(__file__).parent.parent / "cases"
DURATION = TypeAdapter(timedelta)
Severity: TypeAlias = Literal["error", "warning", "info", "none"]


class Span(NamedTuple):
    """The start and the end of an occurrence, as text."""

    start: str
    end: str


Meaning: TypeAlias = dict[str, list[Span]]


class Case(BaseModel):
    """A feed: its defect, and the occurrences that it means. cases.yaml explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    line: int | None = None
    event: str | None = None
    meant: dict[str, str]
    also: dict[str, str] = {}
    severity: Severity
    seen: dict[str, str] = {}
    reason: str | None = None
    otherwise: dict[str, str] = {}
    finding: str | None = None


class Cases(BaseModel):
    """All cases by their names, and the events that are in each feed of ``broken``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    neighbours: dict[str, str]
    broken: dict[str, Case]
    good: dict[str, Case]

    def list_files(self) -> dict[str, Path]:
        """Return the file of each case, in the order of the cases."""
        return {
            name: FOLDER / folder / f"{name}.ics"
            for folder in ("broken", "good")
            for name in getattr(self, folder)
        }

    def get_meanings(self, name: str) -> list[Meaning]:
        """Return the readings of a feed that are right."""
        if name in self.broken:
            case, others = self.broken[name], self.neighbours
        else:
            case, others = self.good[name], {}
        return [parse_meaning(others | case.meant | more) for more in ({}, case.also)]


@cache
def load_cases() -> Cases:
    """Return the cases."""
    text = (FOLDER / "cases.yaml").read_text("utf-8")
    return Cases.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))


def parse_meaning(meant: dict[str, str]) -> Meaning:
    """Return the occurrences of each event; they are written as periods with a duration."""
    return {name: [_parse_period(each) for each in text.split()] for name, text in meant.items()}


def _parse_period(text: str) -> Span:
    start, _, duration = text.partition("/")
    begin = (datetime if "T" in start else date).fromisoformat(start)
    return Span(format_time(begin), format_time(begin + DURATION.validate_python(duration)))
