"""The file as a whole, and its syntax."""

from __future__ import annotations

from enum import unique
from functools import partial

from defects_ical.doctor.issues.issue import Issue, error, info, warning

_READERS = ("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject")
# All that lose track of BEGIN and END.
_NESTING = (*_READERS, "ical.js", "libical", "KDE", "Evolution", "Thunderbird", "Nextcloud")
_nesting = partial(
    error,
    impact="Home Assistant, icalendar, recurring-ical-events, ics, vobject, ical.js, libical, KDE, "
    "Evolution, Thunderbird and Nextcloud reject the file; node-ical loses an event. [tested]",
    fix="close every component, the inner one before the outer one.",
    clients=(*_NESTING, "node-ical"),
)
_line = partial(
    error,
    impact="Home Assistant, ics and vobject reject the file; icalendar drops the line. [tested]",
    clients=("Home Assistant", "ics", "vobject", "icalendar"),
)


@unique
class FileIssue(Issue):
    """The file as a whole, and its syntax."""

    NO_CALENDAR = error(
        "The response is not a calendar, but {content}.",
        "Clients show an error, or remove every event that they had, as Evolution does. "
        "[Evolution's source code]",
        fix="serve the feed itself, without a page, a login or a challenge in front of it.",
    )
    WRONG_ENCODING = error(
        "The feed is encoded in UTF-16.",
        "Clients look for `BEGIN:VCALENDAR` in UTF-8 and find no calendar. [RFC 5545 §3.1.4]",
        fix="encode the feed in UTF-8.",
    )
    BYTE_ORDER_MARK = error(
        "A byte order mark precedes `BEGIN:VCALENDAR`.",
        "Home Assistant, ics, vobject and ical.js reject the file. [RFC 5545 §3.4; tested]",
        fix="write UTF-8 without a byte order mark.",
        clients=("Home Assistant", "ics", "vobject", "ical.js"),
    )
    SPACE_BEFORE_CALENDAR = error(
        "White space precedes `BEGIN:VCALENDAR`: “{text}”",
        "Home Assistant, vobject, libical, Nextcloud and Evolution reject the file or find no "
        "calendar in it. [tested]",
        fix="write nothing before `BEGIN:VCALENDAR`.",
        clients=("Home Assistant", "vobject", "libical", "Nextcloud", "Evolution"),
    )
    EMPTY_LINES_AROUND = info(
        "Empty lines {place}.",
        "Clients ignore them. [tested]",
        fix="write nothing before `BEGIN:VCALENDAR` and nothing after `END:VCALENDAR`.",
    )
    TEXT_OUTSIDE_CALENDAR = error(
        "Text outside the calendar: “{text}”",
        "Home Assistant, icalendar, recurring-ical-events, ics, vobject, ical.js and Thunderbird "
        "reject the file. [RFC 5545 §3.4; tested]",
        fix="write nothing before `BEGIN:VCALENDAR` and nothing after `END:VCALENDAR`.",
        clients=(*_READERS, "ical.js", "Thunderbird"),
    )
    TOO_MANY_LINES = warning(
        "The feed has more than {limit:,} lines; the rest was not checked.",
        "Clients have limits too, and leave out the rest without a message.",
        fix="publish fewer events.",
    )
    LINE_ENDING = info(
        "A line ends in LF alone.",
        "RFC 5545 requires CRLF; all clients that were tried accept LF. [RFC 5545 §3.1; tested]",
        fix="end every line in CRLF, and copy and upload the file in binary mode.",
    )
    CR_LINE_ENDING = error(
        "A line ends in CR alone.",
        "Home Assistant, icalendar, recurring-ical-events and ics reject the file. [tested]",
        fix="end every line in CRLF, and copy and upload the file in binary mode.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ics"),
    )
    DOUBLED_LINE_ENDING = error(
        "A line ends in CR CR LF.",
        "Home Assistant, icalendar, recurring-ical-events and ical.js reject the file; node-ical "
        "finds nothing in it. [tested]",
        fix="end every line in one CRLF, and write the file in binary mode.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ical.js", "node-ical"),
    )
    NO_FINAL_LINE_ENDING = info(
        "The last line has no line ending.",
        "Most clients accept this; those that read line by line miss `END:VCALENDAR`. "
        "[RFC 5545 §3.1]",
        fix="end the last line in CRLF too.",
    )
    EMPTY_LINE = warning(
        "A line is empty.",
        "The standard does not allow it; the clients that were tried skip it. "
        "[RFC 5545 §3.1; tested]",
        fix="remove empty lines. Write line breaks in texts as `\\n`.",
    )
    LONG_LINE = warning(
        "A line is {length:,} bytes long; the limit is {limit}.",
        "Clients may truncate the line or reject the file. [RFC 5545 §3.1]",
        fix="fold lines after {limit} bytes: insert CRLF and a space.",
    )
    SPLIT_CHARACTER = error(
        "A fold splits a character.",
        "Neither part is valid UTF-8. Google ignored a complete file because of one wrong fold. "
        "[RFC 5545 §3.1; reported for Google]",
        fix="count bytes, and fold only between characters.",
        clients=("Google",),
    )
    NOT_UTF_8 = warning(
        "A line is not UTF-8; it may be Latin-1.",
        "Clients show wrong characters. [RFC 5545 §3.1.4; tested]",
        fix="encode the feed in UTF-8.",
    )
    NO_CONTENT_LINE = _line(
        "A line has no property name: “{text}”",
        fix="start a line with a name and a colon, or with a space if it continues the previous "
        "one. Write line breaks in texts as `\\n`.",
    )
    RAW_LINE_BREAK = error(
        "{property} has a raw line break: line {next_line} is “{text}”",
        "Home Assistant, ics, vobject, ical.js, Thunderbird and Nextcloud reject the file; "
        "icalendar, node-ical, libical, KDE and Evolution cut the text off there. [tested]",
        fix="write line breaks in texts as `\\n`, and start continuation lines with a space.",
        clients=(
            *("Home Assistant", "ics", "vobject", "ical.js", "Thunderbird", "Nextcloud"),
            *("icalendar", "node-ical", "libical", "KDE", "Evolution"),
        ),
    )
    INVALID_PARAMETERS = _line(
        "A line has invalid parameters: “{text}”",
        fix="write each parameter as a name, `=` and a value, with paired quotation marks, or "
        "remove it.",
    )
    REPEATED_PARAMETER = warning(
        "{property} has the parameter {parameter} more than once.",
        "Clients differ in which one they use. [RFC 5545 §3.2]",
        fix="write it once; most parameters can list several values.",
    )
    LOWER_CASE_PARAMETER = error(
        "The parameter `{parameter}` of {property} is not in capitals.",
        "RFC 5545 allows it, but Home Assistant rejects the file, and ics does not know the "
        "timezone. [tested]",
        fix="write names of parameters in capitals.",
        clients=("Home Assistant", "ics"),
    )
    CONTROL_CHARACTER = error(
        "A text contains the control character {codepoint}.",
        "Home Assistant and ics reject the file. [RFC 5545 §3.3.11; tested]",
        fix="remove control characters from texts.",
        clients=("Home Assistant", "ics"),
    )
    LINE_SEPARATOR = warning(
        "A text contains the invisible character {codepoint}.",
        "Some clients end the line there. [Python's str.splitlines]",
        fix="write line breaks in texts as `\\n`, and remove other invisible characters.",
    )
    SPACE_IN_DELIMITER = error(
        "White space around a component's name: “{text}”",
        "Home Assistant, ics and vobject reject the file; some of the others lose the event. "
        "[RFC 5545 §3.6; tested]",
        fix="write BEGIN and END at the start of a line, and nothing after the name.",
        clients=("Home Assistant", "ics", "vobject"),
    )
    TOO_DEEP = _nesting("{component} is nested more than {limit} levels deep.")
    UNMATCHED_END = _nesting("END:{component} has no matching BEGIN before it.")
    UNOPENED_COMPONENT = _nesting("BEGIN:{component} is missing before this line.")
    UNCLOSED_COMPONENT = _nesting("{component} is not closed before {next_line}.")
    NESTED_COMPONENT = error(
        "{component} contains another entry or calendar, which begins here.",
        "Home Assistant, ics, vobject, ical.js and node-ical lose the inner event; of a calendar "
        "in a calendar, they lose all its events or those before it. [tested]",
        fix="put all events directly into one VCALENDAR.",
        clients=("Home Assistant", "ics", "vobject", "ical.js", "node-ical"),
    )
    NESTED_TIMEZONE = warning(
        "{component} contains a VTIMEZONE, which begins here.",
        "Clients look for timezones directly in the calendar. [RFC 5545 §3.4]",
        fix="put every VTIMEZONE directly into VCALENDAR, before the events.",
    )
    TRUNCATED_FILE = error(
        "The file is truncated: {component} is never closed.",
        "Home Assistant finds nothing in it; icalendar, recurring-ical-events, vobject and ical.js "
        "reject it. [RFC 5545 §3.6; tested]",
        fix="send the complete file, with the correct Content-Length.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "vobject", "ical.js"),
    )
    REFUSED = error(
        "{importer} does not read the feed: {message}",
        "Its users get no events. None of the doctor's other checks explains this. [tested]",
        fix="correct what the message names.",
    )
    INCOMPLETE_READING = error(
        "{importer} finds {events:,} of {given:,} events.",
        "Its users do not see the others. None of the doctor's other checks explains this. "
        "[tested]",
        fix="compare the events that are missing with the others.",
    )
    SEVERAL_CALENDARS = error(
        "The file contains {count:,} calendars.",
        "Home Assistant, icalendar, recurring-ical-events and ics reject the file; node-ical loses "
        "the events of one. [tested]",
        fix="put all events into one VCALENDAR.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ics", "node-ical"),
    )
