"""Build components from content lines, also if BEGIN and END do not match."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Final

from defects_ical.rfc5545.content_lines import (
    MAX_DEPTH,
    MAX_LINE_BYTES,
    Component,
    ContentLine,
    PhysicalLine,
)
from defects_ical.rfc5545.syntax_rules import Observation, SyntaxRule

CALENDAR: Final = "VCALENDAR"
# These occur only directly in a calendar: where one begins, all others must have ended.
TOP_COMPONENTS: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
# The texts that clients show. Line breaks in them must be escaped.
TEXTS: Final = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT"})
# How a line begins that should have been a property.
NAME: Final = re.compile(r":|[A-Z][A-Z0-9 _-]{2,}")
# A BEGIN or END after white space.
DELIMITER: Final = re.compile(rb"[ \t]+(?:BEGIN|END):V[A-Z]+[ \t]*", re.IGNORECASE)
# Bytes of an unreadable line that an observation quotes.
MAX_QUOTED_BYTES: Final = 300


@dataclass
class _OpenComponent:
    """A component whose END has not been read yet."""

    name: str
    number: int
    lines: list[ContentLine] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    has_wrong_end: bool = False

    def close(self, end: int) -> Component:
        return Component(self.name, tuple(self.lines), tuple(self.components), self.number, end)


class ComponentStack:
    """The open components, outermost first, and the calendars that are closed."""

    def __init__(self, observations: list[Observation]) -> None:
        self._observations = observations
        self._open: list[_OpenComponent] = []
        self._calendars: list[Component] = []
        # Closed because another began: by name, the observation of it and the line of the other.
        self._left: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._stray: list[Component] = []
        self._skipped_depth = 0
        self._last = 0

    def add(self, line: ContentLine | PhysicalLine) -> None:
        """Add a line to the innermost component, or begin or end one."""
        self._last = line.number
        if isinstance(line, PhysicalLine) and DELIMITER.fullmatch(line.raw):
            self.add(self._read_indented_delimiter(line))
        elif isinstance(line, PhysicalLine):
            self._report_text(line.number, line.raw[:MAX_QUOTED_BYTES].decode(errors="replace"))
        elif line.name in {"BEGIN", "END"}:
            name = line.value.strip().upper()
            if line.value != line.value.strip():
                text = f"{line.name}:{line.value[:MAX_LINE_BYTES]}"
                self._report(SyntaxRule.SPACE_IN_DELIMITER, line.number, text=text)
            (self._begin if line.name == "BEGIN" else self._end)(name, line.number)
        elif not self._open:
            self._report_text(line.number, f"{line.name}:{line.value[:MAX_LINE_BYTES]}")
        elif not self._skipped_depth:
            self._open[-1].lines.append(line)

    def close_all(self, *, complete: bool) -> tuple[Component, ...]:
        """Return all calendars, and report what is still open at the end of a complete file."""
        if self._open and complete:
            self._report(SyntaxRule.TRUNCATED_FILE, self._last, component=self._open[-1].name)
        self._close_to(0)
        if self._stray and self._calendars:
            last = self._calendars[-1]
            components = (*last.components, *self._stray)
            self._calendars[-1] = replace(last, components=components)
        return tuple(self._calendars)

    def _begin(self, name: str, number: int) -> None:
        if name == CALENDAR:
            self._leave(0, f"BEGIN:{name}", number)
        elif name in TOP_COMPONENTS and self._open and self._open[0].name == CALENDAR:
            self._leave(1, f"BEGIN:{name}", number)
        if len(self._open) == MAX_DEPTH:
            self._skipped_depth += 1
            self._report(SyntaxRule.TOO_DEEP, number, component=name, limit=MAX_DEPTH)
        else:
            self._open.append(_OpenComponent(name, number))

    def _end(self, name: str, number: int) -> None:
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        depths = [depth for depth, each in enumerate(self._open) if each.name == name]
        if not depths and name in TOP_COMPONENTS and not self._left[name]:
            self._end_entry(name, number)
            return
        if not depths:
            self._end_left(name, number)
            return
        self._leave(depths[-1] + 1, f"END:{name}", number)
        self._close_to(depths[-1])

    def _end_entry(self, name: str, number: int) -> None:
        """Report the END of an entry that is not open; make one of lines that have no BEGIN."""
        calendar, *inner = self._open or [_OpenComponent("", 0)]
        end = calendar.components[-1].end if calendar.components else number
        # Only the last lines are read: a file may have many such ENDs.
        lines = list(takewhile(lambda line: line.number > end, reversed(calendar.lines)))[::-1]
        if inner and inner[0].name in TOP_COMPONENTS:
            self._report(SyntaxRule.UNMATCHED_END, number, component=name)
            inner[0].has_wrong_end = True
        elif lines and calendar.components:
            self._report(SyntaxRule.UNOPENED_COMPONENT, lines[0].number, component=name)
            del calendar.lines[-len(lines) :]
            entry = Component(name, tuple(lines), (), lines[0].number, number)
            calendar.components.append(entry)
        else:
            self._report(SyntaxRule.UNMATCHED_END, number, component=name)

    def _end_left(self, name: str, number: int) -> None:
        """Report an END without a BEGIN, unless it shows that a component was nested in another."""
        if not self._left[name]:
            self._report(SyntaxRule.UNMATCHED_END, number, component=name)
            return
        index, line = self._left[name].pop()
        is_timezone = self._observations[index].details["next_line"] == "BEGIN:VTIMEZONE"
        rule = SyntaxRule.NESTED_TIMEZONE if is_timezone else SyntaxRule.NESTED_COMPONENT
        self._observations[index] = Observation(rule, line, {"component": name})

    def _leave(self, depth: int, line: str, number: int) -> None:
        """Close and report what must not be open at a BEGIN or END line."""
        # It was probably closed by the END of another component, which is reported.
        if len(self._open) > depth and not self._open[depth].has_wrong_end:
            self._left[self._open[depth].name].append((len(self._observations), number))
            inner = self._open[-1]
            details = {"component": inner.name, "next_line": line}
            self._report(SyntaxRule.UNCLOSED_COMPONENT, inner.number, **details)
            self._skipped_depth = 0
        self._close_to(depth)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            component = self._open.pop().close(self._last)
            if self._open:
                self._open[-1].components.append(component)
            elif component.name == CALENDAR:
                self._calendars.append(component)
            elif component.name in TOP_COMPONENTS:
                self._stray.append(component)

    def _read_indented_delimiter(self, line: PhysicalLine) -> ContentLine:
        """Report a BEGIN or END after white space, and return what was meant."""
        text = line.raw.decode("ascii", errors="replace")
        self._report(SyntaxRule.SPACE_IN_DELIMITER, line.number, text=text)
        name, _, value = text.strip().partition(":")
        return ContentLine(name.upper(), (), value, line.number)

    def _report_text(self, number: int, text: str) -> None:
        previous = self._open[-1].lines[-1:] if self._open else []
        if not self._open:
            self._report(SyntaxRule.TEXT_OUTSIDE_CALENDAR, number, text=text)
        elif previous and previous[0].name in TEXTS and not NAME.match(text):
            details = {"property": previous[0].name, "text": text, "next_line": number}
            self._report(SyntaxRule.RAW_LINE_BREAK, previous[0].number, **details)
        else:
            self._report(SyntaxRule.NO_CONTENT_LINE, number, text=text)

    def _report(self, rule: SyntaxRule, number: int, **details: object) -> None:
        self._observations.append(Observation(rule, number, details))
