"""A look at a live feed as those who import it have: what they would stumble over, worst first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from textwrap import fill
from typing import Final

from defects_ical.doctor.calendar_checks import check_calendar
from defects_ical.doctor.findings import SEVERITIES, Finding
from defects_ical.doctor.http_checks import check_http, feed_bodies
from defects_ical.probe.session import LIMITS, Limits, ProbeResult, probe_feed
from defects_ical.text.display import codepoint_name
from defects_ical.text.english import count_noun

WIDTH: Final = 88
INDENT: Final = "  "
# Control characters but for line breaks; joiners, marks and isolates of direction; a BOM.
_UNSEEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
# Names that are written as they are, at the beginning of a sentence as well.
_LITERAL: Final = re.compile(r"[\w.-]*[.=]\w")


def diagnose(url: str, now: datetime, limits: Limits = LIMITS) -> tuple[Finding, ...]:
    """What is wrong with the feed at an address, the worst first; ``now`` is in UTC.

    Raises DoctorError for what is no address of a feed.
    """
    return findings(probe_feed(url, limits), now)


def findings(examination: ProbeResult, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with a feed that was fetched, the worst first."""
    found = [*check_http(examination)]
    if bodies := feed_bodies(examination):
        found += check_calendar(bodies, now)
    # What is as bad stays in the order in which a program would come across it.
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def format_report(url: str, found: Iterable[Finding]) -> str:
    """A report for people: the verdict in a line, and then each finding.

    What cannot be seen, or would turn what stands beside it, is named: feeds and servers may have
    put it there for the terminal.
    """
    found = tuple(found)
    parts = (f"{url}: {_verdict(found)}", *map(_paragraph, found))
    return _UNSEEN.sub(codepoint_name, "\n\n".join(parts)) + "\n"


def has_no_errors(found: Iterable[Finding]) -> bool:
    """Whether no program is kept from showing the feed as it is."""
    return all(each.severity != "fault" for each in found)


def _verdict(found: tuple[Finding, ...]) -> str:
    counts = Counter(each.severity for each in found)
    told = [count_noun(counts[each], each) for each in SEVERITIES if counts[each]]
    return ", ".join(told) or "nothing wrong"


def _paragraph(finding: Finding) -> str:
    where = f", line {finding.line}" if finding.line else ""
    who = f" ({', '.join(finding.programs)})" if finding.programs else ""
    lines = (
        _filled(f"{finding.severity}{where}{who}: {_sentence(finding.what)}", ""),
        _filled(_sentence(finding.consequence), INDENT),
        _filled(_sentence(f"mend: {finding.mend}"), INDENT),
    )
    return "\n".join(lines)


def _sentence(text: str) -> str:
    first = text[:1] if _LITERAL.match(text) else text[:1].upper()
    return f"{first}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def _filled(text: str, indent: str) -> str:
    """The text in lines of a width that is read well; addresses stay whole, to be copied."""
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent or INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
