"""Write values as the YAML that `model.yaml.reader` reads: scalars, and collections in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from defects_ical.text.display import INVISIBLE_CHARS

# The same value with and without quotes, also between brackets.
PLAIN_SCALAR: Final = re.compile("-?[0-9]+|[A-Za-z0-9]([A-Za-z0-9_:+/-]*[A-Za-z0-9])?")


def quote_scalar(text: str) -> str:
    """Quote a text, so that every YAML reader takes it for one: also `null`, `no` and `1984`.

    The result is one line, a JSON string (YAML 1.2.2 §1.2); invisible characters are escaped.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return INVISIBLE_CHARS.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def write_scalar(value: str) -> str:
    """Write a value of a fixed format ("23:00") without quotes where it needs none."""
    return value if PLAIN_SCALAR.fullmatch(value) else quote_scalar(value)


def fill_lines(items: Iterable[str], columns: int) -> list[str]:
    """Return lines with as many items as fit in so many columns, each followed by a comma."""
    lines = [""]
    for item in items:
        if lines[-1] and len(f"{lines[-1]} {item},") > columns:
            lines.append("")
        lines[-1] = f"{lines[-1]} {item},".lstrip()
    return lines


def write_flow(value: object) -> str:
    """Write mappings and lists in one line; scalars in them as they are (quote them before)."""
    if isinstance(value, Mapping):
        entries = (f"{key}: {write_flow(each)}" for key, each in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(write_flow, value))}]"
    return str(value)
