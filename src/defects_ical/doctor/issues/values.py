"""Properties and components: where they stand, how often, and their values."""

from __future__ import annotations

from enum import unique
from functools import partial

from defects_ical.doctor.issues.issue import Issue, error, info, warning

_unreadable = partial(error, "{property} is “{value}”, but must be {expected}.", per_property=True)
_tolerated = partial(
    warning, "{property} is “{value}”, but should be {expected}.", per_property=True
)


@unique
class ValueIssue(Issue):
    """Properties and components: where they stand, how often, and their values."""

    MISSPELT_COMPONENT = error(
        "{component} should probably be {meant}.",
        "Home Assistant, icalendar, recurring-ical-events, ics, vobject, ical.js and node-ical "
        "lose the event. [tested]",
        fix="write `BEGIN:{meant}` and `END:{meant}`.",
        clients=(
            *("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject"),
            *("ical.js", "node-ical"),
        ),
    )
    UNKNOWN_COMPONENT = warning(
        "No standard knows the component {component}.",
        "Clients ignore it and everything in it. [tested]",
        fix="use a component of RFC 5545, or begin the name of your own with `X-`.",
    )
    REPEATED_PROPERTY = error(
        "{property} occurs more than once in {component}.",
        "Home Assistant rejects the file for any of them, ics for most. For two UIDs or times, "
        "icalendar and node-ical lose the event, and recurring-ical-events rejects the file. "
        "[tested]",
        fix="write {property} once.",
        clients=(*("Home Assistant", "ics", "icalendar", "recurring-ical-events", "node-ical"),),
        per_property=True,
    )
    REPEATED_DESCRIPTION = error(
        "A VJOURNAL has more than one DESCRIPTION.",
        "RFC 5545 allows it, but Home Assistant rejects the file. [tested]",
        fix="join the texts with `\\n` in one DESCRIPTION.",
        clients=("Home Assistant",),
    )
    REPEATED_EXTENSION = info(
        "{property} occurs more than once in {component}.",
        "Clients differ in which one they use.",
        fix="write {property} once.",
    )
    MISPLACED_TIME = warning(
        "{property} is not for {component}.",
        "Clients ignore it there: what it says about times is lost. [tested]",
        fix="write it into a component that has it, or use the property that {component} has.",
        per_property=True,
    )
    MISPLACED_PROPERTY = info(
        "{property} is not for {component}.",
        "Clients ignore it there. [tested]",
        fix="remove it, or write it into a component that has it.",
        per_property=True,
    )
    TZID_PROPERTY = error(
        "TZID is a property of the event, not a parameter of DTSTART: “{tzid}”",
        "Clients ignore it: Home Assistant, icalendar, recurring-ical-events, ics, vobject and "
        "ical.js read the times without a timezone, and show them hours off. [tested]",
        fix="write `DTSTART;TZID={tzid}:`, and DTEND in the same way.",
        clients=(
            *("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject"),
            "ical.js",
        ),
    )
    UNKNOWN_PROPERTY = info(
        "No standard knows the property {property}.",
        "Clients ignore it. If its name is misspelt, its value is lost.",
        fix="correct the name, or begin the name of your own property with `X-`.",
    )
    BROKEN_TEXT = warning(
        "{property} probably has a raw line break: the next line is “{text}”",
        "Clients cut the text off there. [tested]",
        fix="write line breaks in texts as `\\n`.",
    )
    INVALID_GEO = _unreadable(
        "Home Assistant and ics reject the file; icalendar and libical drop the property. [tested]",
        fix="write the latitude, a semicolon and the longitude, with points: `GEO:61.05;28.19`.",
        clients=("Home Assistant", "ics", "icalendar", "libical"),
    )
    UNUSUAL_GEO = _tolerated(
        "Clients find no such place on a map; most ignore it. [RFC 5545 §3.8.1.6]",
        fix="write degrees from -90 to 90, a semicolon, and degrees from -180 to 180.",
    )
    INVALID_NUMBER = _unreadable(
        "Home Assistant rejects the file. In a VTODO, ics, icalendar and recurring-ical-events "
        "reject it too. [tested]",
        fix="write a number, or remove {property}.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ics"),
    )
    UNUSUAL_NUMBER = _tolerated(
        "Clients that read numbers strictly drop it; icalendar does if it has more than 32 bits. "
        "[tested]",
        fix="write only the digits of the number.",
        clients=("icalendar",),
    )
    INVALID_STATUS = _unreadable(
        "Home Assistant rejects the file; ics does too, unless only the case is wrong. [tested]",
        fix="write one of these words in capitals, or remove STATUS.",
        clients=("Home Assistant", "ics"),
    )
    INVALID_REQUEST_STATUS = _unreadable(
        "Home Assistant rejects the file. [tested]",
        fix="remove REQUEST-STATUS: it belongs in replies to invitations.",
        clients=("Home Assistant",),
    )
    INVALID_FREEBUSY = _unreadable(
        "Home Assistant, icalendar, recurring-ical-events and ical.js reject the file. [tested]",
        fix="write periods in UTC, separated by commas.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events", "ical.js"),
    )
    INVALID_REFRESH_INTERVAL = _unreadable(
        "Home Assistant, icalendar and recurring-ical-events reject the file. [tested]",
        fix="write `REFRESH-INTERVAL;VALUE=DURATION:PT12H`.",
        clients=("Home Assistant", "icalendar", "recurring-ical-events"),
    )
    INVALID_PUBLISHED_TTL = info(
        "{property} is “{value}”, but must be {expected}.",
        "Outlook refreshes the calendar as often as it would without it.",
        fix="write `X-PUBLISHED-TTL:PT12H`.",
        clients=("Outlook",),
    )
    INVALID_TRANSP = _tolerated(
        "Clients show the time as busy. [RFC 5545 §3.8.2.7]",
        fix="write one of these words, or remove TRANSP.",
    )
    INVALID_COLOR = info(
        "COLOR is “{value}”, which is not the name of a CSS colour.",
        "Clients use a colour of their own. [RFC 7986 §5.9]",
        fix="write a name such as `navy`. X-APPLE-CALENDAR-COLOR takes `#1b2a4e`.",
    )
    INVALID_URL = info(
        "{property} is “{value}”, which is not a URL.",
        "Clients keep it as it is: the link leads nowhere. [tested]",
        fix="write the complete URL, with `https://` and without spaces.",
        per_property=True,
    )
    INVALID_ATTACH = warning(
        "ATTACH is “{value}”, which is neither a URL nor base64.",
        "Clients offer a file that cannot be opened. [RFC 5545 §3.8.1.1]",
        fix="write a complete URL, or put the text into the description.",
    )
    INVALID_BASE64 = error(
        "ATTACH is not base64: “{value}”",
        "Home Assistant rejects the file; icalendar drops the attachment. [tested]",
        fix="write the URL of the file instead.",
        clients=("Home Assistant", "icalendar"),
    )
    INCOMPLETE_BASE64 = warning(
        "The base64 of ATTACH is incomplete or has spaces: “{value}”",
        "Programs that use icalendar lose the attachment. [tested]",
        fix="write the URL of the file instead.",
        clients=("icalendar",),
    )
    ATTACHMENT = info(
        "An event has an ATTACH.",
        "Clients remove it or warn about it.",
        fix="put the link into the description.",
    )
    INVALID_ADDRESS = warning(
        "{property} is “{value}”, which is not an address.",
        "Clients cannot tell who it is; some take it for a broken invitation. [RFC 5545 §3.3.3]",
        fix="remove {property} from a public feed. An address is `mailto:name@example.com`.",
        per_property=True,
    )
    ATTENDEE = warning(
        "An event has an {property}.",
        "The event looks like an invitation: Outlook shows it as not accepted.",
        fix="remove ORGANIZER and ATTENDEE from a public feed.",
        clients=("Outlook",),
    )
    UNDECLARED_TYPE = info(
        "{property} has no VALUE={type}.",
        "The standard requires it; clients read the value without it. [tested]",
        fix="write `{property};VALUE={type}:`.",
        per_property=True,
    )
    UNDECLARED_BINARY = warning(
        "{property} has VALUE=BINARY, but no ENCODING=BASE64.",
        "Clients may take the base64 for a URL. [RFC 5545 §3.3.1]",
        fix="write `ENCODING=BASE64;VALUE=BINARY`, or the URL of the file.",
    )
    WRONG_TYPE = error(
        "{property} has VALUE={type}, but must be {expected}.",
        "Home Assistant rejects the file if the value does not have this type; icalendar drops the "
        "property. [tested]",
        fix="remove the parameter VALUE.",
        clients=("Home Assistant", "icalendar"),
        per_property=True,
    )
    UNEXPECTED_TYPE = warning(
        "{property} has VALUE={type}, but must be {expected}.",
        "Clients that do not expect this type may ignore the property. [RFC 5545 §3.2.20]",
        fix="remove the parameter VALUE.",
        per_property=True,
    )
    UNKNOWN_ENCODING = warning(
        "{property} has ENCODING={encoding}.",
        "Clients read only base64 of attachments, and show any other text in its encoding. "
        "[tested]",
        fix="write the text itself in UTF-8, and remove ENCODING.",
    )
    UNKNOWN_BINARY_ENCODING = error(
        "{property} has VALUE=BINARY and ENCODING={encoding}.",
        "Home Assistant rejects the file; icalendar drops the attachment. [tested]",
        fix="write the URL of the file instead.",
        clients=("Home Assistant", "icalendar"),
    )
    INVALID_PARAMETER_VALUE = warning(
        "{parameter} of {property} is “{value}”, but must be {expected}.",
        "Clients ignore it. [RFC 5545 §3.2]",
        fix="write one of these words, or remove {parameter}.",
    )
    EMPTY_PROPERTY = info(
        "{property} is empty.",
        "Clients ignore it; libical drops it. [tested]",
        fix="remove properties without a value.",
    )
