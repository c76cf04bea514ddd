"""Check rules, exceptions, additional dates and changed instances (RFC 5545 §3.8.5, §3.8.4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.issues.recurrences import RecurrenceIssue
from defects_ical.doctor.parsed_feed import ParsedFeed
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.rrule import Recurrence, RuleFault, RuleProblem, parse_rule
from defects_ical.rfc5545.values import (
    DURATION_PATTERN,
    DateTimeValue,
    parse_date_time,
    to_iana,
)
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, to_local

# Days that are counted to find the last instances of a feed's rules with a COUNT.
MAX_DAYS: Final = 300_000
MAX_DAYS_OF_RULE: Final = 20_000
RULES: Final = frozenset({"RRULE", "EXRULE"})
FORMS: Final = ("a date", "a time in UTC or in a timezone", "a time without a timezone")
DATE, ZONED, FLOATING = FORMS
PROBLEMS: Final[Mapping[RuleFault, RecurrenceIssue]] = {
    RuleFault.UNREADABLE: RecurrenceIssue.UNREADABLE_RULE,
    RuleFault.UNKNOWN_PART: RecurrenceIssue.UNKNOWN_RULE_PART,
    RuleFault.REPEATED_PART: RecurrenceIssue.REPEATED_RULE_PART,
    RuleFault.INVALID_VALUE: RecurrenceIssue.INVALID_RULE_PART,
    RuleFault.NO_FREQUENCY: RecurrenceIssue.NO_FREQUENCY,
}

_PERIOD_END: Final = re.compile(rf"\+?(?={DURATION_PATTERN}$)P.*")
_NUMBERED: Final = re.compile("[0-9]")


@dataclass
class _Budget:
    """The days that may still be counted in one feed."""

    days: int = MAX_DAYS


@dataclass(frozen=True)
class _Series:
    """An event or to-do with its start, and the rule if it has exactly one that is valid."""

    start: DateTimeValue
    form: str
    recurrence: Recurrence | None
    last_day: date | None
    is_decidable: bool
    added: frozenset[datetime] = field(default_factory=frozenset)

    def has_instance(self, line: ContentLine) -> bool:
        """Return whether a time is an instance, or may be one."""
        time = parse_date_time(line)
        local = _to_local_of(self.start, time) if time else None
        if not time or not local or not self.is_decidable or time.utc in self.added:
            return True
        if local == self.start.naive:
            return True
        rule = self.recurrence
        if not rule or (self.last_day and local.date() > self.last_day):
            return False
        return rule.is_instance(local) and not _is_after_until(rule, local)


def check_recurrences(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the recurrences of a feed."""
    budget = _Budget()
    series: dict[str, _Series] = {}
    for entry in feed.entries:
        for line in entry.lines:
            if line.name in RULES:
                yield from check_rule(line, entry)
        if not entry.get_lines("RECURRENCE-ID"):
            read = _read_series(entry, budget)
            yield from _check_lists(entry, read)
            if read and (read.recurrence or read.added or not read.is_decidable):
                series.setdefault(entry.get_value("UID"), read)
    yield from _check_changes(feed, series)


# Rules.


def check_rule(line: ContentLine, entry: Component) -> Iterator[Occurrence]:
    """Yield what is wrong with a rule: its first mistake, or how it fits the start."""
    if line.name == "EXRULE":
        yield RecurrenceIssue.EXCEPTION_RULE.at(line.number)
        return
    rule = parse_rule(line.value)
    for problem in rule.problems[:1]:
        yield describe_problem(line, problem)
    if rule.problems:
        return
    if "COUNT" in rule.parts and "UNTIL" in rule.parts:
        yield RecurrenceIssue.COUNT_AND_UNTIL.at(line.number, property=line.name)
    else:
        found = [*_check_until(line, rule.parts, entry), *_check_parts(line, rule.parts)]
        yield from found or _check_start(line, rule.parts, entry)


def describe_problem(line: ContentLine, problem: RuleProblem) -> Occurrence:
    """Return the issue of a mistake in a rule."""
    issue = PROBLEMS[problem.fault]
    details = {"property": line.name, **problem._asdict()}
    return issue.at(line.number, **{name: details[name] for name in issue.value.fields})


def _check_until(
    line: ContentLine, parts: Mapping[str, str], entry: Component
) -> Iterator[Occurrence]:
    start = _get_start(entry)
    until = ContentLine("UNTIL", (), parts.get("UNTIL", ""), line.number)
    time, begin = parse_date_time(until), parse_date_time(start) if start else None
    if not time or not start or not begin:
        return
    form, start_form = _get_form(until), _get_form(start)
    if start_form == DATE and form != DATE:
        yield RecurrenceIssue.UNTIL_TIME.at(line.number)
    elif form != start_form:
        yield RecurrenceIssue.UNTIL_FORM.at(line.number, until=form, start=start_form)
    elif time.utc < begin.utc:
        yield RecurrenceIssue.UNTIL_BEFORE_START.at(line.number, until=until.value)


def _check_parts(line: ContentLine, parts: Mapping[str, str]) -> Iterator[Occurrence]:
    """Yield parts that have no meaning with the frequency (§3.3.10)."""
    frequency = parts["FREQ"]
    if "BYWEEKNO" in parts and frequency != "YEARLY":
        yield RecurrenceIssue.MISPLACED_WEEK.at(line.number, frequency=frequency)
    others = [name for name in parts if name.startswith("BY") and name != "BYSETPOS"]
    is_numbered = frequency not in {"MONTHLY", "YEARLY"} and _NUMBERED.search(
        parts.get("BYDAY", "")
    )
    if is_numbered or ("BYSETPOS" in parts and not others):
        part = "The number in BYDAY" if is_numbered else "BYSETPOS"
        yield RecurrenceIssue.MISPLACED_PART.at(line.number, part=part, rule=line.value)


def _check_start(
    line: ContentLine, parts: Mapping[str, str], entry: Component
) -> Iterator[Occurrence]:
    start = _get_start(entry)
    time = parse_date_time(start) if start else None
    if start and time and len(entry.get_lines("RRULE")) == 1:
        rule = Recurrence(parts, time.naive)
        if rule.is_decidable and not rule.is_instance(time.naive):
            yield RecurrenceIssue.START_NOT_IN_RULE.at(
                line.number, start=start.value, rule=line.value
            )


# Exceptions and additional dates.


def _check_lists(entry: Component, series: _Series | None) -> Iterator[Occurrence]:
    for line in entry.lines:
        if line.name in {"EXDATE", "RDATE"}:
            found = [*_check_list(line, series)]
            # One mistake is often in every word of a list.
            yield from found[:1]


def _check_list(line: ContentLine, series: _Series | None) -> Iterator[Occurrence]:
    for word in line.value.split(","):
        time = replace(line, value=word)
        if line.name == "RDATE" and "/" in word:
            yield from _check_period(time)
        elif not parse_date_time(time):
            yield RecurrenceIssue.INVALID_RECURRENCE_TIME.at(
                line.number, property=line.name, value=line.value
            )
        elif series and _get_form(time) != series.form:
            yield _report_form(time, series)
        elif series and line.name == "EXDATE" and not series.has_instance(time):
            yield RecurrenceIssue.EXDATE_WITHOUT_INSTANCE.at(line.number, value=word)


def _report_form(line: ContentLine, series: _Series) -> Occurrence:
    details = {"property": line.name, "value": line.value}
    return RecurrenceIssue.RECURRENCE_TYPE.at(
        line.number, form=_get_form(line), start=series.form, **details
    )


def _check_period(line: ContentLine) -> Iterator[Occurrence]:
    """Yield what is wrong with a period (§3.3.9), or that it is one."""
    start, _, end = line.value.partition("/")
    begin, finish = (parse_date_time(replace(line, value=each)) for each in (start, end))
    is_later = bool(begin and finish and finish.naive > begin.naive)
    if (line.get_parameter("VALUE") or "").upper() != "PERIOD":
        issue = RecurrenceIssue.UNDECLARED_PERIOD
    elif not begin or not (is_later or _PERIOD_END.fullmatch(end)):
        issue = RecurrenceIssue.INVALID_PERIOD
    else:
        issue = RecurrenceIssue.RDATE_PERIOD
    yield issue.at(line.number, value=line.value)


# Changed instances.


def _check_changes(feed: ParsedFeed, series: Mapping[str, _Series]) -> Iterator[Occurrence]:
    seen: set[tuple[str, datetime]] = set()
    for entry in feed.entries:
        for line in entry.get_lines("RECURRENCE-ID")[:1]:
            uid = entry.get_value("UID")
            found = [*_check_change(line, series.get(uid))]
            yield from found
            time = parse_date_time(line)
            if time and not found:
                if (uid, time.utc) in seen:
                    yield RecurrenceIssue.CHANGED_TWICE.at(line.number, value=line.value)
                seen.add((uid, time.utc))


def _check_change(line: ContentLine, series: _Series | None) -> Iterator[Occurrence]:
    value_range = (line.get_parameter("RANGE") or "THISANDFUTURE").upper()
    if not parse_date_time(line):
        yield RecurrenceIssue.INVALID_RECURRENCE_TIME.at(
            line.number, property=line.name, value=line.value
        )
    elif value_range != "THISANDFUTURE":
        yield RecurrenceIssue.UNKNOWN_RANGE.at(line.number, value=value_range)
    elif not series:
        yield RecurrenceIssue.CHANGE_WITHOUT_SERIES.at(line.number)
    elif _get_form(line) != series.form:
        yield _report_form(line, series)
    elif not series.has_instance(line):
        yield RecurrenceIssue.CHANGE_WITHOUT_INSTANCE.at(line.number, value=line.value)


# What a series is.


def _get_start(entry: Component) -> ContentLine | None:
    return next(iter((*entry.get_lines("DTSTART"), *entry.get_lines("DUE"))), None)


def _get_form(line: ContentLine) -> str:
    time = parse_date_time(line)
    if "T" not in line.value:
        return DATE
    return FLOATING if time and time.floating else ZONED


def _read_series(entry: Component, budget: _Budget) -> _Series | None:
    """Return the series that an entry starts; None if its start cannot be read."""
    line = _get_start(entry)
    start = parse_date_time(line) if line else None
    if not line or not start:
        return None
    rules = [parse_rule(each.value) for each in entry.get_lines("RRULE")]
    added = _read_added(entry)
    form = _get_form(line)
    if len(rules) > 1 or any(rule.problems for rule in rules) or added is None:
        return _Series(start, form, None, None, is_decidable=False)
    if not rules:
        return _Series(start, form, None, None, is_decidable=True, added=added)
    recurrence = Recurrence(rules[0].parts, start.naive)
    is_decidable, last_day = recurrence.is_decidable, None
    if is_decidable and "COUNT" in recurrence.parts:
        limit = min(budget.days, MAX_DAYS_OF_RULE)
        last_day = recurrence.find_last_day(limit)
        budget.days -= min(limit, (last_day - start.naive.date()).days + 1 if last_day else limit)
        is_decidable = last_day is not None
    return _Series(start, form, recurrence, last_day, is_decidable=is_decidable, added=added)


def _read_added(entry: Component) -> frozenset[datetime] | None:
    """Return the RDATEs in UTC; None if one cannot be read."""
    lines = entry.get_lines("RDATE")
    words = [replace(line, value=word) for line in lines for word in line.value.split(",")]
    starts = [replace(word, value=word.value.partition("/")[0]) for word in words]
    times = [parse_date_time(each) for each in starts]
    return frozenset(time.utc for time in times if time) if all(times) else None


def _to_local_of(start: DateTimeValue, time: DateTimeValue) -> datetime | None:
    """Return a time in the timezone of a series; None if that is not known."""
    if time.tzid == start.tzid:
        return time.naive
    if not start.tzid:
        return time.utc.replace(tzinfo=None)
    name = to_iana(start.tzid)
    utc = time.utc
    return to_local(utc, name).naive if name and FIRST_YEAR < utc.year < LAST_YEAR else None


def _is_after_until(rule: Recurrence, local: datetime) -> bool:
    """Return whether a local time is at least a day after UNTIL, in whatever timezone it is."""
    until = parse_date_time(ContentLine("UNTIL", (), rule.parts.get("UNTIL", ""), 0))
    return until is not None and (local - until.naive).days > 1
