"""Times: when entries start and end, and when they were changed."""

from __future__ import annotations

from enum import unique
from typing import Final

from defects_ical.doctor.issues.issue import Issue, error, info, warning

_ALL: Final = (
    *("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject"),
    *("ical.js", "node-ical"),
)
# The three that build on icalendar or read as strictly as it does.
_STRICT: Final = ("Home Assistant", "icalendar", "recurring-ical-events")
_UTC_EXAMPLE: Final = "write the time in UTC, with a Z: `{property}:20260131T235900Z`."


@unique
class TimeIssue(Issue):
    """Times: when entries start and end, and when they were changed."""

    NO_DTSTART = error(
        "An event has no DTSTART.",
        "Home Assistant and recurring-ical-events reject the file; icalendar and vobject drop the "
        "event; ics, ical.js and node-ical show it at a wrong time. [RFC 5545 §3.6.1; tested]",
        fix="give every event a DTSTART.",
        clients=_ALL,
    )
    INVALID_TIME = error(
        "{property} is not a date or a date-time: “{value}”",
        "Home Assistant and recurring-ical-events reject the file, ics and vobject most of such "
        "files; icalendar, ical.js and node-ical drop the event or misread it. "
        "[RFC 5545 §3.3.5; tested]",
        fix="write 20260131T235900Z for UTC, the same without Z and with a TZID for a timezone, or "
        "20260131 with VALUE=DATE.",
        clients=_ALL,
    )
    TIMED_DATE = error(
        "{property} has VALUE=DATE, but is a time: “{value}”",
        "Home Assistant rejects the file; vobject, ical.js and node-ical show an all-day event; "
        "icalendar, libical, KDE, Thunderbird and Evolution drop the timezone. [tested]",
        fix="remove VALUE=DATE, or write the date alone.",
        clients=(
            *("Home Assistant", "vobject", "ical.js", "node-ical", "icalendar", "libical", "KDE"),
            *("Thunderbird", "Evolution"),
        ),
    )
    UNDECLARED_DATE = warning(
        "{property} is a date without VALUE=DATE: “{value}”",
        "ical.js, in its usual mode, drops the event; calcurse skips it. Others read it as a day. "
        "[RFC 5545 §3.3.4; tested]",
        fix="write `{property};VALUE=DATE:`.",
        clients=("ical.js", "calcurse"),
    )
    WRONG_TIME_TYPE = error(
        "{property} has {parameter}, which does not fit “{value}”.",
        "Home Assistant and vobject reject most of such files; ical.js drops the event; icalendar "
        "and recurring-ical-events show it at a wrong time. [tested]",
        fix="write no VALUE for a time or a duration, and VALUE=DATE without a TZID for a date.",
        clients=("Home Assistant", "vobject", "ical.js", "icalendar", "recurring-ical-events"),
    )
    TZID_WITH_UTC = error(
        "{property} has a TZID, but is in UTC: “{value}”",
        "Home Assistant, icalendar and recurring-ical-events read it as local time, hours off; "
        "others as UTC. [RFC 5545 §3.2.19; tested]",
        fix="remove the TZID, or remove the Z and write the local time.",
        clients=_STRICT,
    )
    EMPTY_TZID = error(
        "{property} has an empty TZID.",
        "All importers read the time in no timezone or in another one, and node-ical loses the "
        "event. [tested]",
        fix="write the name of the timezone: `{property};TZID=Europe/Helsinki:`.",
        clients=_ALL,
    )
    FLOATING_TIME = warning(
        "{property} {value} has no timezone.",
        "Google and ics read it as UTC, others as local time of the user: the event may be hours "
        "off. [RFC 5545 §3.3.5; tested; reported for Google]",
        fix="add a TZID, or write UTC with a Z.",
        clients=("Google", "ics"),
    )
    NONEXISTENT_TIME = error(
        "{property} is {time:%Y-%m-%d %H:%M}, which clocks in {timezone} skip.",
        "vobject and ical.js show the event an hour off from other clients. "
        "[RFC 5545 §3.3.5; tested]",
        fix="write a local time that exists, or the time in UTC.",
        clients=("vobject", "ical.js"),
    )
    END_BEFORE_START = error(
        "An event ends before it starts: {start} to {end}.",
        "ics and recurring-ical-events reject the file; calcurse skips the event; others show it "
        "without a length. [RFC 5545 §3.8.2.2; tested]",
        fix="set DTEND later than DTSTART.",
        clients=("ics", "recurring-ical-events", "calcurse"),
    )
    EMPTY_DAY = error(
        "An all-day event ends on the day on which it starts: {end}.",
        "DTEND is the day after the last: all importers show another end than was meant. "
        "[RFC 5545 §3.6.1; tested]",
        fix="write the next day as DTEND.",
        clients=_ALL,
    )
    EMPTY_EVENT = info(
        "An event ends when it starts: {end}.",
        "Clients show it without a length. [RFC 5545 §3.8.2.2; tested]",
        fix="set DTEND later than DTSTART.",
    )
    MIXED_TIMES = error(
        "One of DTSTART and {property} is a date, the other a date-time.",
        "Home Assistant rejects the file; icalendar drops the event; others show another time. "
        "[RFC 5545 §3.6.1; tested]",
        fix="write both as dates or both as date-times.",
        clients=_ALL,
    )
    MIXED_FORMS = error(
        "One of DTSTART and {property} is in a timezone or UTC, the other has no timezone.",
        "Home Assistant rejects the file; vobject drops the event or shows another time; "
        "icalendar, ics and ical.js show another time. [RFC 5545 §3.6.1; tested]",
        fix="write both with the same TZID.",
        clients=("Home Assistant", "vobject", "icalendar", "ics", "ical.js"),
    )
    END_AND_DURATION = error(
        "{property} and DURATION are both given.",
        "Home Assistant and ics reject the file; icalendar and calcurse drop the event; Evolution "
        "ends it by DURATION. [RFC 5545 §3.6.1; tested]",
        fix="write {property} only.",
        clients=("Home Assistant", "ics", "icalendar", "calcurse", "Evolution"),
    )
    INVALID_DURATION = error(
        "DURATION is “{value}”, but must be a duration like PT1H30M.",
        "Home Assistant, recurring-ical-events, ics and vobject reject most of such files; "
        "icalendar and ical.js drop the event. [RFC 5545 §3.3.6; tested]",
        fix="write DTEND, or a duration of weeks, or of days, hours, minutes and seconds, in "
        "capitals.",
        clients=(
            *("Home Assistant", "recurring-ical-events", "ics", "vobject", "icalendar"),
            "ical.js",
        ),
    )
    NEGATIVE_DURATION = error(
        "DURATION is negative: {value}.",
        "Home Assistant and recurring-ical-events reject the file; ics, vobject, ical.js and "
        "node-ical show an end before the start. [RFC 5545 §3.8.2.5; tested]",
        fix="write DTEND.",
        clients=(
            *("Home Assistant", "recurring-ical-events", "ics", "vobject", "ical.js"),
            "node-ical",
        ),
    )
    TIMED_DURATION = error(
        "DURATION of an all-day event has hours: {value}.",
        "ical.js ends the event at another time. [RFC 5545 §3.8.2.5; tested]",
        fix="write days, like P1D, or the DTEND of the event.",
        clients=("ical.js",),
    )
    UNUSUAL_DURATION = warning(
        "DURATION is “{value}”, a form that RFC 5545 does not allow.",
        "All tested importers read it; strict clients may drop the event. "
        "[RFC 5545 §3.3.6; tested]",
        fix="write DTEND, or a duration of weeks alone, or of days, hours, minutes and seconds.",
    )
    DURATION_WITHOUT_START = error(
        "A to-do has a DURATION, but no DTSTART.",
        "Home Assistant rejects the file. [RFC 5545 §3.6.2; tested]",
        fix="write DTSTART too, or DUE instead of DURATION.",
        clients=("Home Assistant",),
    )
    NO_DTEND = info(
        "An event has a DURATION instead of a DTEND.",
        "This is allowed, but some parsers do not compute the end from it. "
        "[RFC 5545 §3.6.1; tested with twenty parsers]",
        fix="write DTEND.",
    )
    NO_END = info(
        "An event with a time has no end: neither DTEND nor DURATION.",
        "It is valid; clients show an event without a length. [RFC 5545 §3.6.1; tested]",
        fix="write DTEND.",
    )
    DUE_BEFORE_START = warning(
        "A to-do is due before it starts: {start}, due {end}.",
        "Clients show it as overdue. [RFC 5545 §3.8.2.3]",
        fix="set DUE later than DTSTART.",
    )
    NO_DTSTAMP = warning(
        "An event has no DTSTAMP.",
        "RFC 5545 requires it; without it, clients cannot know which of two versions is newer. "
        "[RFC 5545 §3.6.1]",
        fix="set DTSTAMP to the time of the event's last change, in UTC.",
    )
    TODO_WITHOUT_DTSTAMP = error(
        "A to-do has no DTSTAMP.",
        "ics rejects the file. [RFC 5545 §3.6.2; tested]",
        fix="set DTSTAMP to the time of the to-do's last change, in UTC.",
        clients=("ics",),
    )
    UNSTABLE_DTSTAMP = warning(
        "DTSTAMP is the time of the request: {dtstamp}.",
        "All events look changed at every refresh: clients write them again, and the ETag never "
        "matches. [RFC 5545 §3.8.7.2]",
        fix="set DTSTAMP to the time of the event's last change.",
    )
    INVALID_STAMP = error(
        "{property} is “{value}”, but must be a time in UTC.",
        "Home Assistant rejects the file, and most of vobject, ics, Nextcloud, ruby-icalendar and "
        "Thunderbird. Of a calendar, a timezone or a to-do, icalendar and recurring-ical-events "
        "reject it, too. [RFC 5545 §3.8.7; tested]",
        fix=_UTC_EXAMPLE,
        clients=(
            *("Home Assistant", "vobject", "ics", "Nextcloud", "ruby-icalendar", "Thunderbird"),
            *("icalendar", "recurring-ical-events"),
        ),
        per_property=True,
    )
    LEAP_SECOND = error(
        "{property} is in a leap second: {value}.",
        "RFC 5545 allows it, but Home Assistant and vobject reject the file; at the start or the "
        "end of an event, recurring-ical-events and ics reject it, and icalendar drops the event. "
        "[RFC 5545 §3.3.12; tested]",
        fix="write the second before it.",
        clients=("Home Assistant", "vobject", "recurring-ical-events", "ics", "icalendar"),
    )
    LOCAL_STAMP = warning(
        "{property} is not in UTC: {value}.",
        "Clients read it as UTC or as local time, and may take an old version for a new one. "
        "[RFC 5545 §3.8.7]",
        fix=_UTC_EXAMPLE,
        per_property=True,
    )
