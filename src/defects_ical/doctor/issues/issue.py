"""What every issue has: a severity, and texts that say what is wrong, what follows, how to fix it.

The evidence is in brackets: a section of an RFC, or how a client was seen to behave. "Reported"
means by several users of that client; "tested" that it was tried with the clients that the
sentence names. ``tests/doctor/cases/outcomes.tsv`` records what importers do with each case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import Enum
from functools import cached_property, partial
from string import Formatter
from typing import Final, Literal, TypeAlias, get_args

from defects_ical.rfc5545.content_lines import Component

Severity: TypeAlias = Literal["error", "warning", "info"]
"""An error keeps clients from showing the feed correctly, a warning may do so in some clients, and
an info is worth knowing."""

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""All severities, the worst first."""

CLIENTS_GIVE_UP: Final = "Clients that do not wait that long keep the old version of the calendar."
PREPARED_FILE: Final = "serve a file that is prepared in advance."


@dataclass(frozen=True)
class IssueType:
    """The texts of an issue; ``message`` and ``fix`` may have named fields to fill.

    ``impact`` ends with its evidence in brackets, if it needs any. ``clients`` are those that are
    affected; all may be if it is empty. An issue that is ``per_property`` has a finding for each
    property, which is the detail of that name.
    """

    severity: Severity
    message: str
    impact: str
    _: KW_ONLY
    fix: str
    clients: tuple[str, ...] = ()
    per_property: bool = False

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        parsed = Formatter().parse(f"{self.message}{self.fix}")
        return frozenset(name for _, name, _, _ in parsed if name)


error = partial(IssueType, "error")
warning = partial(IssueType, "warning")
info = partial(IssueType, "info")


class Issue(Enum):
    """Something that the doctor can find. Each subject has its own enumeration."""

    _value_: IssueType

    @property
    def id(self) -> str:
        """The name for reports and documentation: "no-media-type"."""
        return self.name.lower().replace("_", "-")

    @property
    def severity(self) -> Severity:
        """How bad the issue is."""
        return self.value.severity

    def at(self, line: int | None = None, /, **details: object) -> Occurrence:
        """Return an occurrence in a physical line of the feed, if it is in one.

        Raises TypeError unless ``details`` are exactly the fields of the issue's texts.
        """
        if details.keys() != self.value.fields:
            expected = ", ".join(sorted(self.value.fields)) or "none"
            raise TypeError(f"{self.name}: got details {sorted(details)}, expected: {expected}")
        return Occurrence(self, line, details)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An issue where it occurs: in a line (from 1) of the feed, or in a response.

    ``clients``, if given, are affected instead of those that the catalogue names;
    ``others_work`` says that all other clients get the feed. ``entry`` is the event that the line
    is in.
    """

    issue: Issue
    line: int | None
    details: Mapping[str, object]
    clients: tuple[str, ...] = ()
    others_work: bool = False
    entry: Component | None = None
