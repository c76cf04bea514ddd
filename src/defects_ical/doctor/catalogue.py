"""What a feed's octets and events can suffer from: how bad it is, in which programs, the mend.

RFC is 5545 where no other is named. What no standard says is what users of a program reported, or
what was seen with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from defects_ical.doctor.findings import Finding, Severity
from defects_ical.rfc5545.observations import Observation


@dataclass(frozen=True, slots=True)
class IssueType:
    """The words for an ailment; ``what`` has the sight's details, each at a ``{}``."""

    severity: Severity
    what: str
    consequence: str
    mend: str
    programs: tuple[str, ...] = ()


OCTETS: Final[Mapping[str, IssueType]] = {
    "empty": IssueType(
        "fault",
        "the answer is empty",
        "a program that takes it for the feed removes every event it had",
        "answer 503 while there is nothing good to serve, never an empty 200",
    ),
    "no-calendar": IssueType(
        "fault",
        "the answer is no calendar: {}",
        "a program that takes it for the feed shows an error, or removes every event it had, as "
        "Evolution does",
        "serve the feed itself, without a page, a log-in or a challenge before it",
    ),
    "encoding": IssueType(
        "fault",
        "the text is in {}",
        "programs look for `BEGIN:VCALENDAR` in UTF-8 (§3.1.4) and find no calendar",
        "write UTF-8",
    ),
    "byte-order-mark": IssueType(
        "fault",
        "a byte order mark stands before `BEGIN:VCALENDAR`",
        "a strict program does not know the first line, and finds no calendar",
        "write UTF-8 without a byte order mark",
    ),
    "garbage": IssueType(
        "fault",
        "outside the calendar stands {}",
        "a program that reads strictly expects `BEGIN:VCALENDAR` there, and refuses the file",
        "write nothing before `BEGIN:VCALENDAR` and nothing after `END:VCALENDAR`",
    ),
    "too-many-lines": IssueType(
        "risk",
        "there are more than {} lines, and the rest was not looked at",
        "programs have limits as well, and tell nobody what they leave out",
        "publish fewer events",
    ),
    "line-ends": IssueType(
        "risk",
        "a line ends in {}",
        "lines end in CR LF (§3.1); a strict program takes what follows for the same line, and "
        "refuses the file",
        "end every line in CR LF; copy and upload the file in binary mode",
    ),
    "final-line-end": IssueType(
        "note",
        "the last line does not end",
        "most programs do not mind; one that reads line by line misses `END:VCALENDAR`",
        "end the last line in CR LF as well",
    ),
    "empty-line": IssueType(
        "risk",
        "a line is empty",
        "no content line is empty (§3.1), and a strict program refuses the file",
        "write no empty lines; a line break within a text is `\\n`",
    ),
    "line-length": IssueType(
        "risk",
        "a line has {} octets",
        "75 are allowed (§3.1); a program may cut the rest, or refuse the file",
        "fold lines after 75 octets: CR LF and a space",
    ),
    "split-character": IssueType(
        "fault",
        "a fold splits a character",
        "neither part is UTF-8; one bad fold made Google drop a whole file",
        "count octets, and fold between characters",
        ("Google",),
    ),
    "not-utf-8": IssueType(
        "fault",
        "a line is not UTF-8; it may be Latin-1",
        "a strict program refuses the file, and others show the wrong characters (§3.1.4)",
        "write UTF-8",
    ),
    "no-content-line": IssueType(
        "fault",
        "“{}” is no content line",
        "every line has a name and a colon, or goes on with the one before after a space (§3.1); "
        "one bad fold made Google drop a whole file",
        "begin each line that goes on with a space, and write line breaks in texts as `\\n`",
        ("Google",),
    ),
    "parameters": IssueType(
        "risk",
        "the parameters of “{}” cannot be read",
        "each has a name, `=` and a value, and a quotation mark has its pair (§3.2); a strict "
        "program refuses the line or the file",
        "mend the parameters, or leave them out",
    ),
    "control-character": IssueType(
        "risk",
        "a text has the control character {}",
        "no text may have it (§3.3.11); some programs take it for the end of the line, others "
        "refuse the file",
        "take control characters out of texts",
    ),
    "nesting": IssueType(
        "fault",
        "{}",
        "a program that loses count of BEGIN and END drops the event, or the file",
        "close every component, the inner before the outer",
    ),
    "cut-off": IssueType(
        "fault",
        "{} is never closed: the file is cut off",
        "a program refuses the file, or takes the missing events for removed",
        "send the whole file, with a Content-Length that is true",
    ),
    "several-calendars": IssueType(
        "risk",
        "the file has {} calendars",
        "many programs read the first alone, and its events are all that they show",
        "put all events into one VCALENDAR",
    ),
    "unreadable": IssueType(
        "risk",
        "the library icalendar cannot read it: {}",
        "services that are written in Python read feeds with it",
        "mend what is named above; if nothing is, look at what its message names",
    ),
}

CALENDAR: Final[Mapping[str, IssueType]] = {
    "version": IssueType(
        "risk",
        "VERSION is {}",
        "every calendar has it (§3.6); a strict program refuses the file",
        "write `VERSION:2.0` below `BEGIN:VCALENDAR`",
    ),
    "prodid": IssueType(
        "risk",
        "PRODID is missing",
        "every calendar has it (§3.6); a strict program refuses the file",
        "write `PRODID:-//your site//your program//EN`",
    ),
    "method": IssueType(
        "risk",
        "METHOD is {}",
        "it makes the feed a message: PUBLISH asks for an ORGANIZER (RFC 5546 §3.2.1) and for the "
        "same method in Content-Type, REQUEST and CANCEL invite and revoke",
        "leave METHOD out; Outlook takes that for the same",
        ("Outlook",),
    ),
    "calendar-uid": IssueType(
        "risk",
        "the calendar itself has a UID",
        "vdirsyncer takes it for that of the events, and keeps one event of all",
        "leave the calendar's UID out",
        ("vdirsyncer",),
    ),
    "named-single": IssueType(
        "risk",
        "a file of a single event has a calendar's name, {}",
        "if this is a single event to add, Outlook makes a new calendar for it",
        "leave NAME and X-WR-CALNAME out of such a file; a feed may keep them",
        ("Outlook",),
    ),
    "too-many-events": IssueType(
        "note",
        "of {} events, the first {} were looked at",
        "what is wrong with the others is not told here, nor whether any event is ahead",
        "publish fewer events: subscribers are sent all of them at every visit",
    ),
    "no-events": IssueType(
        "risk",
        "the calendar has no events",
        "subscribers lose every event that they had",
        "keep past events in the feed; answer 503 while events cannot be made",
    ),
    "stale": IssueType(
        "note",
        "nothing is ahead: all events were over by {}",
        "who subscribes today sees an empty calendar, and may take the feed for broken",
        "publish what is ahead; if the season is over, nothing has to be mended",
    ),
}

ZONES: Final[Mapping[str, IssueType]] = {
    "zone-missing": IssueType(
        "fault",
        "the zone {} is used, but no VTIMEZONE defines it",
        "Outlook shows such times an hour wrong; a program that does not know the name takes them "
        "for its own zone's",
        "put a VTIMEZONE for it before the events (§3.6.5)",
        ("Outlook",),
    ),
    "zone-windows": IssueType(
        "note",
        "the zone “{}” has its Windows name",
        "a program that does not read the definition, but looks zones up by their IANA name, does "
        "not know it",
        "use the IANA name, such as America/New_York",
    ),
    "zone-windows-missing": IssueType(
        "fault",
        "the zone “{}” has its Windows name, and no VTIMEZONE defines it",
        "a program that looks zones up by their IANA name does not know it, and takes such times "
        "for its own zone's",
        "use the IANA name, such as America/New_York, and put a VTIMEZONE for it before the events "
        "(§3.6.5)",
    ),
    "zone-wrong": IssueType(
        "fault",
        "{}",
        "programs that read the definition show the event at another time than those that look "
        "the zone up by its name",
        "define the zone as the IANA data have it for the years of the events",
    ),
    "zone-late": IssueType(
        "fault",
        "{}",
        "no offset is defined for the event: Thunderbird was nine hours off with such a "
        "definition of Asia/Seoul",
        "let the first observance begin before the first event",
        ("Thunderbird",),
    ),
    "zone-onset": IssueType(
        "risk",
        "{}",
        "DTSTART there is the wall time before the change (§3.6.5); for an hour, twice a year, "
        "events are an hour off",
        "write the wall time in TZOFFSETFROM",
    ),
    "zone-no-standard": IssueType(
        "risk",
        "the definition of {} has no STANDARD",
        "Outlook expects one, and refuses the zone or the file",
        "make the lower offset a STANDARD",
        ("Outlook",),
    ),
    "zone-incomplete": IssueType(
        "fault",
        "an observance of {} lacks a readable {}",
        "it has no offset or no beginning (§3.6.5), and programs refuse the zone",
        "give every observance DTSTART, TZOFFSETFROM and TZOFFSETTO",
    ),
    "zone-rule": IssueType(
        "risk",
        "a rule of {} is not a plain yearly one: {}",
        "Outlook reads yearly rules of one weekday in one month alone",
        "write such changes one by one, each as an observance",
        ("Outlook",),
    ),
    "zone-long": IssueType(
        "risk",
        "the definition of {} has {} changes of the clock",
        "long histories made Outlook on the web refuse whole feeds",
        "define the years of the events: a STANDARD and a DAYLIGHT with yearly rules",
        ("Outlook",),
    ),
    "zone-comment": IssueType(
        "risk",
        "the definition of {} has a COMMENT",
        "none may stand there (§3.6.5); ruby-icalendar refuses the file",
        "take it out, or put it into an observance",
        ("ruby-icalendar",),
    ),
}

EVENTS: Final[Mapping[str, IssueType]] = {
    "uid-missing": IssueType(
        "fault",
        "an event has no UID",
        "programs make one up at every visit, and show the event again and again, or drop it "
        "(§3.6.1)",
        "give every event a UID that never changes",
    ),
    "uid-twice": IssueType(
        "fault",
        "two events have the UID {}",
        "programs keep one of them and drop the other",
        "give every event its own UID",
    ),
    "uid-unstable": IssueType(
        "fault",
        "the same event had another UID at the second visit: {}",
        "every visit adds all events again, or removes and adds them, with their reminders",
        "make UIDs of what never changes, as a UUID of version 5 from a fixed name",
    ),
    "stamp-missing": IssueType(
        "risk",
        "an event has no DTSTAMP",
        "every event has one (§3.6.1); a strict program refuses the event or the file",
        "write when the event was last changed, in UTC",
    ),
    "stamp-clock": IssueType(
        "risk",
        "DTSTAMP is the time of the visit: {}",
        "every visit makes every event look changed: programs write them all anew, and ETag "
        "never matches",
        "let DTSTAMP be when the event was last changed",
    ),
    "start-missing": IssueType(
        "fault",
        "an event has no DTSTART",
        "a program has no day to show it on, and drops the event or the file (§3.6.1)",
        "give every event a DTSTART",
    ),
    "time-unreadable": IssueType(
        "fault",
        "{} is no time",
        "programs drop the event or the file (§3.3.5)",
        "write 20260131T235900Z for UTC, the same without Z and with a TZID for a zone, or "
        "VALUE=DATE and 20260131",
    ),
    "floating": IssueType(
        "fault",
        "{} is in no zone",
        "Google takes it for UTC, others for the time of whoever looks: the event is hours off",
        "name a zone with TZID, or write UTC with a Z",
        ("Google",),
    ),
    "end-before-start": IssueType(
        "fault",
        "an event ends before it starts: {}",
        "programs drop it, or show it without its end (§3.8.2.2)",
        "let DTEND be later than DTSTART",
    ),
    "duration": IssueType(
        "note",
        "an event has DURATION and no DTEND",
        "it is allowed (§3.6.1), but some parsers compute no end from it",
        "write DTEND",
    ),
    "alarm": IssueType(
        "risk",
        "an event has a VALARM",
        "every subscriber is reminded, and many resent it; Google ignores it",
        "publish reminders as a second feed, for those who ask for them",
    ),
    "attendee": IssueType(
        "risk",
        "an event has {}",
        "it looks like an invitation: Outlook shows it as not accepted",
        "leave ORGANIZER and ATTENDEE out of a public feed",
        ("Outlook",),
    ),
    "attachment": IssueType(
        "note",
        "an event has ATTACH",
        "programs strip it, or warn of it",
        "write the link into the description",
    ),
    "markup": IssueType(
        "risk",
        "DESCRIPTION has HTML: {}",
        "Apple shows the tags themselves",
        "write plain text, with links as they are",
        ("Apple",),
    ),
    "place-link": IssueType(
        "note",
        "LOCATION has a link: {}",
        "Google looks it up on its map",
        "name the place, and put the link into URL and the description",
        ("Google",),
    ),
    "unescaped": IssueType(
        "risk",
        "{} has a comma or a semicolon without a backslash",
        "some parsers cut the text there, or take it for a list (§3.3.11)",
        "write `\\,` and `\\;` in texts",
    ),
    "empty-property": IssueType(
        "note",
        "{} is empty",
        "libical drops it; other parsers refuse it where a time or a number is due",
        "leave out what has no value",
    ),
    "value": IssueType(
        "risk",
        "{} is {}, where {} belongs",
        "programs leave out the property or the event, or refuse the file",
        "write it in that form",
    ),
    "end-type": IssueType(
        "risk",
        "of DTSTART and DTEND, one is a day and one a time",
        "both have to be the same (§3.6.1); programs differ in what they make of it",
        "write both as days, or both as times",
    ),
    "repeated-property": IssueType(
        "risk",
        "{} stands more than once in one component",
        "it may stand there once (§3.6); programs differ in which one they take, or refuse it",
        "write it once",
    ),
}

ISSUE_TYPES: Final[Mapping[str, IssueType]] = {**OCTETS, **CALENDAR, **ZONES, **EVENTS}
"""All of them by name, in the order in which they are told."""


def build_findings(sights: Iterable[Observation]) -> Iterator[Finding]:
    """One finding for each name: of its first sight, and how many there are."""
    first: dict[str, Observation] = {}
    counts: dict[str, int] = {}
    for sight in sights:
        first.setdefault(sight.name, sight)
        counts[sight.name] = counts.get(sight.name, 0) + 1
    for name in ISSUE_TYPES:
        if name in first:
            yield _finding(first[name], counts[name])


def is_fault(sight: Observation) -> bool:
    """Whether it is of the worst."""
    return ISSUE_TYPES[sight.name].severity == "fault"


def _finding(sight: Observation, count: int) -> Finding:
    ailment = ISSUE_TYPES[sight.name]
    told = ailment.what.format(*sight.details)
    what = told if count == 1 else f"{told} (the first of {count:,})"
    return Finding(
        name=sight.name,
        severity=ailment.severity,
        what=what,
        consequence=ailment.consequence,
        mend=ailment.mend,
        programs=ailment.programs,
        line=sight.line,
    )
