"""The rules of iCalendar's syntax that the lenient parser checks (RFC 5545 §3.1 to §3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class SyntaxRule(Enum):
    """A rule that the lenient parser checks, named after what is wrong (RFC 5545 §3.1 to §3.6)."""

    WRONG_ENCODING = auto()
    BYTE_ORDER_MARK = auto()
    SPACE_BEFORE_CALENDAR = auto()
    EMPTY_LINES_AROUND = auto()
    TEXT_OUTSIDE_CALENDAR = auto()
    TOO_MANY_LINES = auto()
    LINE_ENDING = auto()
    CR_LINE_ENDING = auto()
    DOUBLED_LINE_ENDING = auto()
    NO_FINAL_LINE_ENDING = auto()
    EMPTY_LINE = auto()
    LONG_LINE = auto()
    SPLIT_CHARACTER = auto()
    NOT_UTF_8 = auto()
    NO_CONTENT_LINE = auto()
    RAW_LINE_BREAK = auto()
    INVALID_PARAMETERS = auto()
    REPEATED_PARAMETER = auto()
    LOWER_CASE_PARAMETER = auto()
    CONTROL_CHARACTER = auto()
    LINE_SEPARATOR = auto()
    SPACE_IN_DELIMITER = auto()
    TOO_DEEP = auto()
    UNMATCHED_END = auto()
    UNOPENED_COMPONENT = auto()
    UNCLOSED_COMPONENT = auto()
    NESTED_COMPONENT = auto()
    NESTED_TIMEZONE = auto()
    TRUNCATED_FILE = auto()


@dataclass(frozen=True, slots=True)
class Observation:
    """A rule that a physical line breaks (numbered from 1), with raw details from the text."""

    rule: SyntaxRule
    line: int
    details: Mapping[str, object] = field(default_factory=dict)
