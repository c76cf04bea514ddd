"""Compare what an importer reads from a feed with what the feed means, in a few fixed words.

right                               all occurrences at their times
refuses: MESSAGE                    nothing of the feed
finds nothing                       as before, without a message
loses N of M events: … (MESSAGE)    nothing of these events
loses N of M occurrences: …         not all occurrences of a series
adds N to M occurrences: …          occurrences that the feed does not mean
adds N of …                         an event that the feed does not mean
another time, another end: …        at another time
drops …                             a property that it could not read

Several are joined by semicolons.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from tests.doctor.outcomes.cases import Meaning, Span
from tests.doctor.outcomes.readings import Occurrence, Reading, format_time

# They leave the rules of a feed to the programs that use them.
WITHOUT_RULES = {"icalendar", "ics"}
DOMAIN = "@star-club.example"
LENGTH = 100


def describe_outcome(importer: str, reading: Reading, meanings: list[Meaning]) -> str:
    """Return ``right``, or what the importer refuses, loses or shows otherwise."""
    outcomes = [_compare(importer, reading, each) for each in meanings]
    return "right" if "right" in outcomes else outcomes[0]


def is_harmed(outcome: str) -> bool:
    """Return whether an importer refuses, loses or misplaces something."""
    return not outcome.startswith("right") or bool(re.search("drops .*(RRULE|DATE|REC)", outcome))


def remove_messages(outcome: str) -> str:
    """Return an outcome without the importer's messages, which differ between versions."""
    return re.sub(r"(?<=^refuses): .*| \(.*\)", "", outcome)


def _compare(importer: str, reading: Reading, meant: Meaning) -> str:
    if reading.refusal is not None:
        return f"refuses: {_shorten(reading.refusal)}"
    if meant and not reading.occurrences:
        return "finds nothing"
    found = _group(reading.occurrences, meant)
    parts = _list_losses(reading, found, meant)
    for name in (each for each in meant if each in found):
        parts += _compare_event(name, meant[name], found[name], once=importer in WITHOUT_RULES)
    parts += [f"adds {len(found[name])} of {name or '?'}" for name in found if name not in meant]
    parts = parts or ["right"]
    if reading.drops:
        parts.append(f"drops {', '.join(sorted(set(reading.drops)))}")
    return "; ".join(parts)


def _group(occurrences: list[Occurrence], meant: Meaning) -> Meaning:
    groups: Meaning = {}
    for each in occurrences:
        uid = each.uid.removesuffix(DOMAIN)
        name = each.title if uid not in meant and each.title in meant else uid
        groups.setdefault(name, []).append(_make_span(each))
    return {name: groups[name] for name in sorted(groups)}


def _make_span(occurrence: Occurrence) -> Span:
    if occurrence.end is None and len(occurrence.start) == len("YYYYMMDD"):
        day = date.fromisoformat(occurrence.start)
        return Span(occurrence.start, format_time(day + timedelta(days=1)))
    return Span(occurrence.start, occurrence.end or occurrence.start)


def _list_losses(reading: Reading, found: Meaning, meant: Meaning) -> list[str]:
    lost = [name for name in meant if name not in found]
    message = f" ({_shorten(reading.failures[0])})" if reading.failures else ""
    return [f"loses {len(lost)} of {len(meant)} events: {', '.join(lost)}{message}"] if lost else []


def _compare_event(name: str, meant: list[Span], found: list[Span], *, once: bool) -> list[str]:
    wanted = sorted((Counter(meant) - Counter(found)).elements())
    got = sorted((Counter(found) - Counter(meant)).elements())
    if once:
        wanted = [] if len(got) < len(found) else wanted[:1]
    pairs = list(zip(wanted, got, strict=False))
    ends = [(want.end, have.end) for want, have in pairs if want.start == have.start]
    times = [(want.start, have.start) for want, have in pairs if want.start != have.start]
    texts = [
        f"another {kind}: {name} {changes[0][1] or 'none'} instead of {changes[0][0]}"
        + (f" and {len(changes) - 1} more" if changes[1:] else "")
        for kind, changes in (("end", ends), ("time", times))
        if changes
    ]
    if lost := len(wanted) - len(pairs):
        texts.append(f"loses {lost} of {len(meant)} occurrences: {name}")
    if added := got[len(pairs) :]:
        texts.append(f"adds {len(added)} to {len(meant)} occurrences: {name} {added[0].start}")
    return texts


def _shorten(message: str) -> str:
    """Return the beginning of a message, in one line."""
    line = " ".join(message.split())[:LENGTH]
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in line)
