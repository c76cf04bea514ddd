"""Read events and their properties from an .ics file as text."""

from __future__ import annotations

import re


def split_events(body: bytes) -> list[str]:
    """Return each VEVENT as it is in the file, folds included."""
    return re.findall("BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body.decode(), flags=re.DOTALL)


def get_value(event: str, name: str) -> str:
    """Return the value of the one property of this name, unfolded."""
    lines = event.replace("\r\n ", "").split("\r\n")
    (line,) = [line for line in lines if line.startswith(f"{name}:")]
    return line.removeprefix(f"{name}:")


def get_stamps(event: str) -> tuple[str, str, str]:
    """Return SEQUENCE, DTSTAMP and LAST-MODIFIED."""
    return (
        get_value(event, "SEQUENCE"),
        get_value(event, "DTSTAMP"),
        get_value(event, "LAST-MODIFIED"),
    )
