"""The properties of a calendar, and its number of events."""

from __future__ import annotations

from enum import unique

from defects_ical.doctor.issues.issue import Issue, error, info, warning


@unique
class CalendarIssue(Issue):
    """The properties of a calendar, and its number of events."""

    NO_VERSION = warning(
        "VERSION is missing.",
        "Every calendar requires it. [RFC 5545 §3.6]",
        fix="add `VERSION:2.0` below `BEGIN:VCALENDAR`.",
    )
    WRONG_VERSION = warning(
        "VERSION is “{version}”, but must be 2.0.",
        "Clients that read several formats may read it as another one. [RFC 5545 §3.7.4]",
        fix="write `VERSION:2.0`.",
    )
    NO_PRODID = error(
        "PRODID is missing.",
        "Programs that use ics reject the file. [tested]",
        fix="add `PRODID:-//your site//your program//EN`.",
        clients=("ics",),
    )
    EMPTY_PRODID = warning(
        "PRODID is empty.",
        "Every calendar requires one. [RFC 5545 §3.7.3]",
        fix="write `PRODID:-//your site//your program//EN`.",
    )
    WRONG_CALSCALE = warning(
        "CALSCALE is “{calscale}”, but must be GREGORIAN.",
        "Programs that use recurring-ical-events reject the file; all others ignore it. [tested]",
        fix="remove CALSCALE, or write `CALSCALE:GREGORIAN`.",
        clients=("recurring-ical-events",),
    )
    METHOD_PUBLISH = info(
        "METHOD is PUBLISH.",
        "It is harmless: Google and Outlook write it too. A message with METHOD has the same "
        "method in Content-Type, and an ORGANIZER. [RFC 5546 §3.2.1]",
        fix="remove METHOD. To clients, its absence means the same.",
    )
    WRONG_METHOD = warning(
        "METHOD is “{method}”, but a feed is only published.",
        "REQUEST and CANCEL are for invitations: Outlook may ask for an answer, or remove the "
        "events. [RFC 5546 §1.4]",
        fix="remove METHOD.",
        clients=("Outlook",),
    )
    CALENDAR_UID = warning(
        "The calendar itself has a UID.",
        "All events get this UID in vdirsyncer, which then keeps only one of them. "
        "[vdirsyncer issue 1222]",
        fix="remove the UID of the calendar.",
        clients=("vdirsyncer",),
    )
    NAMED_SINGLE_EVENT = warning(
        "A file with a single event has a calendar name: “{name}”",
        "If the file is for adding one event, Outlook creates a new calendar for it. "
        "[Microsoft's specifications]",
        fix="remove NAME and X-WR-CALNAME from single-event files. Feeds may keep them.",
        clients=("Outlook",),
    )
    TOO_MANY_EVENTS = info(
        "Only the first {limit:,} of {count:,} events were checked.",
        "Issues of the other events are not listed, and upcoming ones among them are not found.",
        fix="publish fewer events: clients download all of them at every refresh.",
    )
    NO_EVENTS = warning(
        "The calendar has no events.",
        "Subscribers lose every event that they had.",
        fix="keep past events in the feed. Respond with 503 while there is no valid feed.",
    )
    NO_UPCOMING_EVENTS = info(
        "No upcoming events: the last one ended on {date:%Y-%m-%d}.",
        "New subscribers see an empty calendar and may think that the feed is broken.",
        fix="publish upcoming events. If the season is over, nothing needs fixing.",
    )
