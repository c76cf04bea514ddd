"""Recurrences: rules, exceptions, additional dates and changed instances."""

from __future__ import annotations

from enum import unique
from functools import partial
from typing import Final

from defects_ical.doctor.issues.issue import Issue, error, info, warning

_LOST: Final = ("Home Assistant", "recurring-ical-events", "vobject", "ical.js", "node-ical")
_REJECTED: Final = (
    "Home Assistant rejects the file, and recurring-ical-events most of such files; icalendar "
    "drops the rule; vobject, ical.js and node-ical reject the file or drop the event. "
    "[RFC 5545 §3.3.10; tested]"
)
_rule = partial(error, impact=_REJECTED, clients=(*_LOST, "icalendar"))
_EXCEPTIONS: Final = (
    *("Home Assistant", "recurring-ical-events", "vobject", "ical.js", "Nextcloud"),
    *("ruby-icalendar", "Thunderbird", "node-ical", "libical", "KDE", "Evolution"),
)


@unique
class RecurrenceIssue(Issue):
    """Recurrences: rules, exceptions, additional dates and changed instances."""

    UNREADABLE_RULE = _rule(
        "A part of {property} cannot be read: “{part}”",
        fix="write names and values, with semicolons between them and no spaces: "
        "`FREQ=WEEKLY;BYDAY=MO,TU`.",
    )
    UNKNOWN_RULE_PART = error(
        "{property} has the part {part}, which no standard knows.",
        "recurring-ical-events rejects the file; vobject drops the event. [tested]",
        fix="remove it.",
        clients=("recurring-ical-events", "vobject"),
    )
    REPEATED_RULE_PART = warning(
        "{property} has {part} more than once.",
        "Clients differ in which one they use. [RFC 5545 §3.3.10]",
        fix="write it once.",
    )
    INVALID_RULE_PART = _rule(
        "{part} of {property} is “{value}”, but must be {expected}.",
        fix="write a valid value, or leave {part} out.",
    )
    NO_FREQUENCY = error(
        "{property} has no FREQ.",
        "Home Assistant, recurring-ical-events and node-ical reject the file; vobject and ical.js "
        "drop the event. [RFC 5545 §3.3.10; tested]",
        fix="write the frequency first: `FREQ=WEEKLY`.",
        clients=_LOST,
    )
    COUNT_AND_UNTIL = error(
        "{property} has both COUNT and UNTIL.",
        "libical, KDE and Evolution drop the rule and show one occurrence; calcurse skips the "
        "event. [RFC 5545 §3.3.10; tested]",
        fix="write one of them.",
        clients=("libical", "KDE", "Evolution", "calcurse"),
    )
    UNTIL_FORM = error(
        "UNTIL is {until}, but DTSTART is {start}.",
        "Home Assistant rejects the file; of a date, recurring-ical-events, ical.js, libical and "
        "KDE lose the last occurrence. [RFC 5545 §3.3.10; tested]",
        fix="write UNTIL in UTC, with a Z, if DTSTART has a timezone or is in UTC, and like "
        "DTSTART if it has no timezone.",
        clients=("Home Assistant", "recurring-ical-events", "ical.js", "libical", "KDE"),
    )
    UNTIL_TIME = warning(
        "UNTIL is a time, but the event takes whole days.",
        "Clients differ in whether the last day is included. [RFC 5545 §3.3.10]",
        fix="write UNTIL as a date.",
    )
    UNTIL_BEFORE_START = error(
        "UNTIL is before DTSTART: {until}.",
        "Home Assistant, vobject, ical.js and node-ical lose the event. [tested]",
        fix="write a later UNTIL, or remove the rule.",
        clients=("Home Assistant", "vobject", "ical.js", "node-ical"),
    )
    START_NOT_IN_RULE = error(
        "DTSTART {start} is not an instance of its rule: {rule}",
        "Home Assistant, ical.js and node-ical do not show it; recurring-ical-events shows it in "
        "addition to the instances; others count it as the first. [RFC 5545 §3.8.5.3; tested]",
        fix="write the first instance of the rule as DTSTART.",
        clients=("Home Assistant", "ical.js", "node-ical", "recurring-ical-events"),
    )
    MISPLACED_WEEK = error(
        "BYWEEKNO is in a rule with FREQ={frequency}.",
        "ical.js drops the event. [RFC 5545 §3.3.10; tested]",
        fix="write BYWEEKNO only with FREQ=YEARLY.",
        clients=("ical.js",),
    )
    MISPLACED_PART = warning(
        "{part} has no meaning in this rule: {rule}",
        "Clients ignore it, or may reject the rule. [RFC 5545 §3.3.10]",
        fix="write a numbered BYDAY only with FREQ=MONTHLY or YEARLY, and BYSETPOS only with "
        "another BY part.",
    )
    EXCEPTION_RULE = error(
        "An event has an EXRULE.",
        "RFC 5545 does not have it any more. Home Assistant, icalendar, recurring-ical-events, "
        "ics, ical.js and node-ical show what it excludes. [tested]",
        fix="write the times that it excludes as EXDATEs.",
        clients=(
            *("Home Assistant", "icalendar", "recurring-ical-events", "ics", "ical.js"),
            "node-ical",
        ),
    )
    INVALID_RECURRENCE_TIME = error(
        "{property} is not a list of times: “{value}”",
        "Home Assistant, recurring-ical-events, vobject, Nextcloud, ruby-icalendar and Thunderbird "
        "reject the file; ical.js drops the event; node-ical, libical, KDE and Evolution drop the "
        "line. [tested]",
        fix="write times in the form of DTSTART, with commas between them.",
        clients=_EXCEPTIONS,
        per_property=True,
    )
    RECURRENCE_TYPE = error(
        "{property} is {form}, but DTSTART is {start}: “{value}”",
        "vobject, calcurse and ical.js lose the event or show the instance at a wrong time; Home "
        "Assistant, recurring-ical-events and Nextcloud show an instance that was excluded or "
        "moved. [tested]",
        fix="write {property} with the same TZID and VALUE as DTSTART.",
        clients=(
            *("vobject", "calcurse", "ical.js", "Home Assistant", "recurring-ical-events"),
            "Nextcloud",
        ),
        per_property=True,
    )
    UNDECLARED_PERIOD = error(
        "RDATE is a period without VALUE=PERIOD: “{value}”",
        "Home Assistant and recurring-ical-events reject the file; ical.js drops the event; "
        "node-ical loses the occurrence. [tested]",
        fix="write the start of the period alone.",
        clients=("Home Assistant", "recurring-ical-events", "ical.js", "node-ical"),
    )
    INVALID_PERIOD = error(
        "A period of RDATE is not valid: “{value}”",
        "Home Assistant and recurring-ical-events reject the file; ical.js drops the event. "
        "[tested]",
        fix="write the start, a slash and a later end or a duration.",
        clients=("Home Assistant", "recurring-ical-events", "ical.js"),
    )
    RDATE_PERIOD = warning(
        "RDATE has a period: “{value}”",
        "It is valid, but Home Assistant and recurring-ical-events reject a file in which an event "
        "has it together with a rule, ical.js drops the event, and vobject and node-ical lose the "
        "occurrence. [tested]",
        fix="write each occurrence with another length as an event of its own.",
        clients=("Home Assistant", "recurring-ical-events", "ical.js", "vobject", "node-ical"),
    )
    EXDATE_WITHOUT_INSTANCE = warning(
        "EXDATE {value} excludes nothing: no instance is at that time.",
        "The instance that was meant is still shown. [tested]",
        fix="write the time at which the instance starts.",
    )
    CHANGE_WITHOUT_INSTANCE = error(
        "RECURRENCE-ID {value} is not the time of an instance.",
        "Home Assistant and vobject show the change and the instance that was meant; ical.js and "
        "node-ical show another time. [RFC 5545 §3.8.4.4; tested]",
        fix="write the time at which the instance would start without the change.",
        clients=("Home Assistant", "vobject", "ical.js", "node-ical"),
    )
    CHANGED_TWICE = error(
        "Two events change the same instance, {value}.",
        "Home Assistant, icalendar, ics and vobject show both; others keep one. [tested]",
        fix="write one event with this RECURRENCE-ID.",
        clients=("Home Assistant", "icalendar", "ics", "vobject"),
    )
    CHANGE_WITHOUT_SERIES = info(
        "An event changes an instance of a series that is not in the file.",
        "Clients show it as an event of its own. [tested]",
        fix="add the event with the rule, unless others cannot see the series.",
    )
    UNKNOWN_RANGE = warning(
        "RECURRENCE-ID has RANGE={value}.",
        "Clients change this one instance only. [RFC 5545 §3.2.13; tested]",
        fix="remove RANGE; end the series before the change and write another one.",
    )
