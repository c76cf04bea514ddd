"""The report for people: a paragraph for each finding, coloured on a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from textwrap import fill
from typing import Final, Literal, NamedTuple, TypeAlias

from defects_ical.doctor.diagnosis import Diagnosis
from defects_ical.doctor.findings import Finding, Place
from defects_ical.doctor.importers.readings import Reading, Status
from defects_ical.doctor.issues.issue import SEVERITIES, Severity
from defects_ical.text.english import count_noun, join_names

WIDTH: Final = 88
# Severities have a column of their own; everything else is indented by its width.
INDENT: Final = " " * (max(map(len, SEVERITIES)) + 2)
# textwrap does not break lines at it.
UNBROKEN_SPACE: Final = "\xa0"

Role: TypeAlias = Severity | Literal["title", "place", "text"]
"""What a part of a report is: a severity, a title, the place of an issue, or any other text."""

_EVIDENCE: Final = re.compile(r"\[[^]]+\]")


class Segment(NamedTuple):
    """A part of a report; a terminal shows it as its role demands."""

    text: str
    role: Role = "text"


def format_plain_report(diagnosis: Diagnosis, width: int = WIDTH) -> str:
    """Return the report of ``format_report`` as text."""
    return "".join(segment.text for segment in format_report(diagnosis, width))


def format_report(diagnosis: Diagnosis, width: int = WIDTH) -> Iterator[Segment]:
    """Yield a report: a line with the number of findings, then a paragraph for each.

    Lines have at most ``width`` characters; URLs stay in one piece so that they can be copied.
    """
    yield Segment(f"{diagnosis.source}: ")
    yield Segment(f"{describe_verdict(diagnosis.findings)}\n", "title")
    for finding in diagnosis.findings:
        yield Segment("\n")
        yield from _format_finding(finding, width)
    if diagnosis.findings and diagnosis.readings:
        yield Segment("\n")
    for line in describe_readings(diagnosis.readings):
        yield Segment(f"{_wrap(line, width, indent='')}\n", "place")


def describe_verdict(findings: tuple[Finding, ...]) -> str:
    """Return how many findings of each severity there are: "1 error, 2 warnings"."""
    counts = Counter(each.severity for each in findings)
    # "info" has no plural.
    nouns = [
        f"{counts[each]:,} info" if each == "info" else count_noun(counts[each], each)
        for each in SEVERITIES
        if counts[each]
    ]
    return ", ".join(nouns) or "no problems found"


def describe_readings(readings: tuple[Reading, ...]) -> Iterator[str]:
    """Yield which importers read the feed, and why each of the others did not."""
    read = [each for each in readings if each.status is Status.READ]
    if read:
        names = join_names([_describe_importer(each) for each in read])
        yield f"Read by {names}{'' if read[0].is_complete else f': {read[0].scope}'}."
    for each in readings:
        if each.status is Status.REFUSED:
            place = f", line {each.line}" if each.line else ""
            yield f"Refused by {_describe_importer(each)}{place}: {each.message}"
        elif each.status is Status.LEFT_OUT:
            yield f"Not read by {_describe_importer(each)}: {each.message}"


def _describe_importer(reading: Reading) -> str:
    name = f"{reading.importer.name} {reading.version}".strip()
    is_named_after_users = reading.importer.client == reading.importer.users
    return f"{name} ({reading.importer.users})" if is_named_after_users else name


def describe_places(finding: Finding) -> str:
    """Return where an issue occurs: how many events, and the first three with their lines."""
    if not finding.places:
        return ""
    shown = "; ".join(map(_describe_place, finding.places))
    if finding.count == 1:
        return f"{shown[0].upper()}{shown[1:]}."
    more = "; …" if finding.count > len(finding.places) else "."
    return f"{_count_places(finding)}: {shown}{more}"


def _count_places(finding: Finding) -> str:
    lines, events = count_noun(finding.count, "line"), count_noun(finding.events, "event")
    if not finding.events:
        return lines
    return events if finding.events == finding.count else f"{lines}, {events}"


def _describe_place(place: Place) -> str:
    return f"line {place.line}, “{place.event}”" if place.event else f"line {place.line}"


def describe_clients(finding: Finding) -> str:
    """Return which clients are affected, unless the impact names each of them."""
    if all(client in finding.impact for client in finding.clients):
        return ""
    return f"Affects {join_names(finding.clients)}."


def _format_finding(finding: Finding, width: int) -> Iterator[Segment]:
    yield Segment(finding.severity.ljust(len(INDENT)), finding.severity)
    yield Segment(f"{_wrap(finding.message, width).removeprefix(INDENT)}\n", "title")
    for paragraph in _list_paragraphs(finding):
        yield Segment(f"{_wrap(paragraph.text, width)}\n", paragraph.role)


def _list_paragraphs(finding: Finding) -> Iterator[Segment]:
    """Yield what follows the message of a finding."""
    subjects = " ".join(filter(None, (describe_places(finding), describe_clients(finding))))
    if subjects:
        yield Segment(subjects, "place")
    yield Segment(
        _EVIDENCE.sub(lambda found: found[0].replace(" ", UNBROKEN_SPACE), finding.impact)
    )
    yield Segment(f"Fix: {finding.fix}")


def _wrap(text: str, width: int, indent: str = INDENT) -> str:
    """Wrap text, but leave URLs in one piece so that they can be copied."""
    wrapped = fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(UNBROKEN_SPACE, " ")
