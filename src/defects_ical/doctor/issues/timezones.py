"""The timezones of events, and their definitions."""

from __future__ import annotations

from enum import unique
from typing import Final

from defects_ical.doctor.issues.issue import Issue, error, info, warning

_READERS: Final = ("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject")


@unique
class TimezoneIssue(Issue):
    """The timezones of events, and their definitions."""

    UNDEFINED_TIMEZONE = error(
        "The timezone {timezone} is used, but has no VTIMEZONE.",
        "Outlook shows its times one hour off; ical.js reads them in no timezone. "
        "[RFC 5545 §3.6.5; reported for Outlook; tested]",
        fix="add a VTIMEZONE for it before the events.",
        clients=("Outlook", "ical.js"),
    )
    UNKNOWN_TIMEZONE = error(
        "The timezone “{timezone}” is used, but neither a VTIMEZONE nor the IANA database has it.",
        "Home Assistant rejects the file; others read the times in no timezone, in UTC or in their "
        "own: hours off. [RFC 5545 §3.6.5; tested]",
        fix="correct the name, or add a VTIMEZONE with this TZID.",
        clients=(*_READERS, "ical.js", "node-ical"),
    )
    WINDOWS_TIMEZONE = info(
        "The timezone “{timezone}” has its Windows name.",
        "Clients that look timezones up by their IANA name, instead of reading the VTIMEZONE, do "
        "not know it.",
        fix="use the IANA name, for example America/New_York.",
    )
    UNDEFINED_WINDOWS_TIMEZONE = error(
        "The timezone “{timezone}” has its Windows name and no VTIMEZONE.",
        "Home Assistant rejects the file; ics, vobject and ical.js read the times in no timezone "
        "or in UTC. [RFC 5545 §3.6.5; tested]",
        fix="use the IANA name, for example America/New_York, and add a VTIMEZONE for it before "
        "the events.",
        clients=("Home Assistant", "ics", "vobject", "ical.js"),
    )
    WRONG_OFFSET = error(
        "The VTIMEZONE gives UTC{defined} at {time:%Y-%m-%d %H:%M}; {timezone} has UTC{actual}.",
        "Clients that read the VTIMEZONE show the event at another time than clients that look the "
        "timezone up by its name.",
        fix="define the timezone as in the IANA database for the years of the events.",
    )
    LATE_TIMEZONE = error(
        "The VTIMEZONE of {timezone} starts on {date:%Y-%m-%d}, later than an event.",
        "The event has no defined offset. With such a definition of Asia/Seoul, Thunderbird was "
        "nine hours off. [tested with Thunderbird]",
        fix="let the first observance start before the first event.",
        clients=("Thunderbird",),
    )
    LATE_ONSET = warning(
        "The onset {onset:%Y-%m-%d %H:%M} is written in the later offset (UTC{offset}).",
        "An onset is written in the offset before the transition. Events near it are one hour off. "
        "[RFC 5545 §3.6.5]",
        fix="write DTSTART of the observance in the offset TZOFFSETFROM.",
    )
    NO_TZID = error(
        "A VTIMEZONE has no TZID.",
        "Home Assistant, ics and vobject reject the file; ical.js loses its events; others read "
        "the times without a timezone. [RFC 5545 §3.6.5; tested]",
        fix="write the TZID that the times of the events have.",
        clients=("Home Assistant", "ics", "vobject", "ical.js"),
    )
    DUPLICATE_TIMEZONE = error(
        "The timezone {timezone} has two VTIMEZONEs.",
        "Home Assistant, ics and node-ical take the other one than icalendar, vobject and ical.js. "
        "[RFC 5545 §3.6.5; tested]",
        fix="write one VTIMEZONE for each TZID.",
        clients=("Home Assistant", "ics", "node-ical"),
    )
    NO_OBSERVANCE = error(
        "The VTIMEZONE of {timezone} has neither STANDARD nor DAYLIGHT.",
        "Home Assistant, icalendar, recurring-ical-events, ics and vobject reject the file. "
        "[RFC 5545 §3.6.5; tested]",
        fix="define its offsets in a STANDARD and, if clocks change, a DAYLIGHT.",
        clients=_READERS,
    )
    ONLY_DAYLIGHT = error(
        "The VTIMEZONE of {timezone} has daylight saving time only, without STANDARD.",
        "In winter, importers show times in daylight saving time, an hour off; Outlook rejects the "
        "timezone or the file. [tested; Microsoft's specifications]",
        fix="add a STANDARD for the winter.",
        clients=("Outlook", *_READERS),
    )
    NO_STANDARD = warning(
        "The VTIMEZONE of {timezone} has no STANDARD.",
        "Outlook requires one and rejects the timezone or the file. [Microsoft's specifications]",
        fix="make the observance with the lower offset a STANDARD.",
        clients=("Outlook",),
    )
    UNKNOWN_OBSERVANCE = error(
        "The VTIMEZONE of {timezone} has a {component}, which is neither STANDARD nor DAYLIGHT.",
        "ics and vobject reject the file; icalendar and recurring-ical-events too if they do not "
        "know the name of the timezone. [RFC 5545 §3.6.5; tested]",
        fix="write STANDARD or DAYLIGHT, or remove it.",
        clients=("ics", "vobject", "icalendar", "recurring-ical-events"),
    )
    ZONE_PARAMETER = error(
        "{property} of the VTIMEZONE of {timezone} has the parameter {parameter}.",
        "ics and vobject reject the file; icalendar and recurring-ical-events too if they do not "
        "know the name of the timezone; Home Assistant if DTSTART has a TZID. [tested]",
        fix="remove the parameter.",
        clients=("ics", "vobject", "icalendar", "recurring-ical-events", "Home Assistant"),
    )
    INCOMPLETE_OBSERVANCE = error(
        "An observance of {timezone} has no valid {property}.",
        "Home Assistant, icalendar, recurring-ical-events and vobject reject most of such files; "
        "others show times that are hours off. [RFC 5545 §3.6.5; tested]",
        fix="give every observance a DTSTART in local time, like 19701025T030000, and a "
        "TZOFFSETFROM and TZOFFSETTO like +0200.",
        clients=_READERS,
    )
    INVALID_ZONE_RULE = error(
        "Importers cannot read a rule of {timezone}: “{rule}”",
        "Home Assistant, icalendar, recurring-ical-events, ics, vobject and ical.js reject most of "
        "such files. With INTERVAL=0, or every second or minute, icalendar, recurring-ical-events "
        "and vobject never finish. [tested]",
        fix="write a yearly rule: `FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`.",
        clients=(*_READERS, "ical.js"),
    )
    INVALID_ZONE_RDATE = error(
        "RDATE of {timezone} is not a list of local times: “{value}”",
        "Home Assistant, icalendar, recurring-ical-events, ics and vobject reject the file. "
        "[tested]",
        fix="write local times like 20261025T030000, with commas between them.",
        clients=_READERS,
    )
    ZONE_RDATE_IN_UTC = warning(
        "RDATE of {timezone} is in UTC: {value}.",
        "It must be in local time: clients may change the clocks hours early or late. "
        "[RFC 5545 §3.6.5]",
        fix="write local times like 20261025T030000.",
    )
    CUSTOM_ZONE_UNTIL = error(
        "A rule of {timezone}, which is not an IANA timezone, has UNTIL in UTC: {rule}",
        "RFC 5545 requires it, but Home Assistant rejects the file. [tested]",
        fix="use an IANA name, or define only the years of the events, with rules without UNTIL.",
        clients=("Home Assistant",),
    )
    LOCAL_UNTIL = warning(
        "UNTIL of a rule of {timezone} is not in UTC: {rule}",
        "Clients may end the rule at another time, and show later times an hour off. "
        "[RFC 5545 §3.6.5]",
        fix="write UNTIL in UTC, with a Z.",
    )
    UNKNOWN_CALENDAR_ZONE = error(
        "X-WR-TIMEZONE is “{timezone}”, which is not an IANA timezone.",
        "recurring-ical-events rejects the file; other clients ignore it and read times without a "
        "timezone in one of their own. [tested]",
        fix="write an IANA name, like Europe/Helsinki.",
        clients=("recurring-ical-events",),
    )
    COMPLEX_RULE = warning(
        "A rule of {timezone} is not a simple yearly one: {rule}",
        "Outlook reads only yearly rules for one weekday in one month. "
        "[Microsoft's specifications]",
        fix="write the times in UTC, with a Z: then no VTIMEZONE is necessary.",
        clients=("Outlook",),
    )
    LONG_HISTORY = warning(
        "The VTIMEZONE of {timezone} has {count:,} transitions.",
        "Long histories made Outlook on the web reject complete feeds. [reported for Outlook]",
        fix="define only the years of the events: a STANDARD and a DAYLIGHT with yearly rules.",
        clients=("Outlook",),
    )
    TIMEZONE_COMMENT = warning(
        "The VTIMEZONE of {timezone} has a COMMENT.",
        "It is not allowed there; ruby-icalendar rejects the file. "
        "[RFC 5545 §3.6.5; tested with ruby-icalendar]",
        fix="remove the COMMENT or move it into an observance.",
        clients=("ruby-icalendar",),
    )
