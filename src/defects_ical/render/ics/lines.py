"""Render the content lines of iCalendar files (RFC 5545 §3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from icalendar.parser import Contentline, Parameters
from icalendar.prop import vCategory, vDate, vDatetime, vDuration, vUri

from defects_ical.rfc5545.content_lines import MAX_LINE_BYTES

BEGIN_EVENT: Final = b"BEGIN:VEVENT\r\n"
END_EVENT: Final = b"END:VEVENT\r\n"

Lines: TypeAlias = Mapping[str, bytes]
"""Rendered content lines of an event, by property name."""

Value: TypeAlias = str | vCategory | vDate | vDatetime | vDuration | vUri
"""The value of a property; a plain string is a TEXT (RFC 5545 §3.3.11)."""


def render_line(name: str, value: Value, **parameters: str) -> bytes:
    """Render a property as a content line, escaped and folded."""
    line = Contentline.from_parts(name, Parameters(parameters), value)
    content = line.encode()
    # icalendar looks at each character to fold a line; most lines are too short for that.
    return (content if len(content) < MAX_LINE_BYTES else bytes(line.to_ical())) + b"\r\n"
