"""Events: their identity, alarms and texts."""

from __future__ import annotations

from enum import unique

from defects_ical.doctor.issues.issue import Issue, error, info, warning


@unique
class EventIssue(Issue):
    """Events: their identity, alarms and texts."""

    NO_UID = warning(
        "An event has no UID.",
        "Clients invent a new UID at every refresh and may show the event repeatedly. "
        "[RFC 5545 §3.6.1]",
        fix="give every event a UID that never changes.",
    )
    EMPTY_UID = error(
        "The UID of an event is empty.",
        "Programs that use ics reject the file. [tested]",
        fix="give every event a UID that never changes.",
        clients=("ics",),
    )
    DUPLICATE_UID = error(
        "{count:,} events have the UID {uid}.",
        "Thunderbird, KDE, Evolution, node-ical and recurring-ical-events keep only one of them; "
        "others show all. [tested]",
        fix="give every event its own UID. Only changes of a series share its UID, each with a "
        "RECURRENCE-ID.",
        clients=("node-ical", "recurring-ical-events", "Thunderbird", "KDE", "Evolution"),
    )
    UNSTABLE_UID = error(
        "The UID {uid} of an event was different in a second response.",
        "Every refresh adds all events again, or replaces them and their reminders. "
        "[RFC 7986 §5.3]",
        fix="make UIDs from what never changes, for example a UUID of version 5.",
    )
    ALARM = warning(
        "An event has a VALARM.",
        "Every subscriber gets the reminder, even those who do not want it. Google ignores it. "
        "[reported for several clients]",
        fix="publish a second feed with reminders for those who choose it.",
    )
    HTML_IN_DESCRIPTION = warning(
        "DESCRIPTION contains HTML: {tag}",
        "Apple's clients show the tags as text. [reported for Apple]",
        fix="write plain text, with links as plain URLs.",
        clients=("Apple",),
    )
    LINK_IN_LOCATION = info(
        "LOCATION contains a link: {location}",
        "Google looks it up on the map. [reported for Google]",
        fix="name the place. Put the link into URL and the description.",
        clients=("Google",),
    )
    UNESCAPED_TEXT = warning(
        "{property} contains a comma or a semicolon without a backslash.",
        "Some parsers truncate the text there or read it as a list. [RFC 5545 §3.3.11]",
        fix="write `\\,` and `\\;` in texts.",
    )
    NO_SUMMARY = warning(
        "An event has no SUMMARY.",
        "Clients show it without a name. [RFC 5545 §3.8.1.12]",
        fix="give every event a SUMMARY.",
    )
    EMPTY_SUMMARY = warning(
        "The SUMMARY of an event is empty.",
        "Clients show it without a name. [RFC 5545 §3.8.1.12]",
        fix="give every event a SUMMARY.",
    )
    MOJIBAKE = warning(
        "{property} contains “{text}”, which is probably “{meant}”.",
        "The text was UTF-8, but was read as Latin-1 before it was written. Clients show the wrong "
        "characters. [tested]",
        fix="read the source of the text as UTF-8.",
    )
    REPLACEMENT_CHARACTER = warning(
        "{property} contains the replacement character �.",
        "A program could not read this part of the text; clients show the sign. [tested]",
        fix="read the source of the text in its own encoding.",
    )
    HTML_ENTITY = warning(
        "{property} contains the HTML entity `{entity}`.",
        "Clients show it as it is. [tested]",
        fix="write the character itself.",
    )
    DOUBLED_LINE_BREAK = warning(
        "{property} contains `\\\\n`: a line break that was escaped twice.",
        "Clients show a backslash and an n. [tested]",
        fix="escape texts once: write `\\n` for a line break.",
    )
    STRAY_BACKSLASH = warning(
        "{property} contains a backslash that escapes nothing: {text}",
        "Parsers differ in whether they keep it; libical drops it. [RFC 5545 §3.3.11]",
        fix="write `\\\\` for a backslash.",
    )
    LONG_TEXT = warning(
        "{property} has {kilobytes:,.0f} kB.",
        "Every client downloads it at every refresh, and may truncate it.",
        fix="write a short text and a link.",
    )
    INCOMPLETE_ALARM = error(
        "A VALARM has no {property}.",
        "Home Assistant and ics reject the file; KDE, libical and Evolution show the event without "
        "the reminder. [RFC 5545 §3.6.6; tested]",
        fix="write `ACTION:DISPLAY`, a DESCRIPTION and a TRIGGER, or remove the VALARM.",
        clients=("Home Assistant", "ics", "KDE", "libical", "Evolution"),
        per_property=True,
    )
    INCOMPLETE_REPETITION = error(
        "A VALARM has {property}, but no {other}.",
        "Home Assistant rejects the file. [RFC 5545 §3.6.6; tested]",
        fix="write both REPEAT and DURATION, or neither.",
        clients=("Home Assistant",),
    )
    INVALID_REPETITION = error(
        "REPEAT of a VALARM is “{value}”, but must be a whole number.",
        "Home Assistant, icalendar, recurring-ical-events and ics reject the file. [tested]",
        fix="write a number, or remove REPEAT and DURATION.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ics"),
    )
    INVALID_TRIGGER = error(
        "TRIGGER is “{value}”, but must be a duration like -PT30M.",
        "Home Assistant, icalendar and recurring-ical-events reject the file. [tested]",
        fix="write `TRIGGER:-PT30M` for half an hour before the start.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events"),
    )
    UNDECLARED_TRIGGER = error(
        "TRIGGER is the time “{value}”, but has no VALUE=DATE-TIME.",
        "ics rejects the file. [RFC 5545 §3.8.6.3; tested]",
        fix="write `TRIGGER;VALUE=DATE-TIME:`, or a duration like -PT30M.",
        clients=("ics",),
    )
    LOCAL_TRIGGER = warning(
        "TRIGGER is the time “{value}”, which is not in UTC.",
        "Clients remind at another time, or not at all. [RFC 5545 §3.8.6.3]",
        fix="write the time in UTC with a Z, or a duration like -PT30M.",
    )
    UNKNOWN_RELATION = warning(
        "TRIGGER has RELATED={value}.",
        "Clients take it for START. [RFC 5545 §3.2.14]",
        fix="write START or END.",
    )
    UNKNOWN_ACTION = warning(
        "ACTION is “{value}”, which clients do not support.",
        "They ignore the reminder. [RFC 5545 §3.8.6.1]",
        fix="write `ACTION:DISPLAY`.",
    )
    MISPLACED_ALARM = warning(
        "A VALARM is not in an event.",
        "Clients ignore it. [RFC 5545 §3.6.6; tested]",
        fix="write it before the END of the event.",
    )
