"""The properties of iCalendar: in which components they may stand, how often, and of which types.

All of RFC 5545 §8.3.2 and of the standards that extend it, and the X-WR properties of calendars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

ENTRIES: Final = "VEVENT VTODO VJOURNAL"
DATED: Final = f"{ENTRIES} VFREEBUSY"
OBSERVANCES: Final = "STANDARD DAYLIGHT"
TIMES: Final = "DATE-TIME DATE"


class Property(NamedTuple):
    """A property: the section that defines it, its value types with the default first, its places.

    ``section`` is empty if only calendar programs define it. ``once`` are the components that may
    have one of it, ``many`` those that may have several.
    """

    name: str
    section: str
    types: tuple[str, ...]
    once: frozenset[str]
    many: frozenset[str]


def _define(name: str, section: str, types: str, once: str = "", many: str = "") -> Property:
    places = (frozenset(each.split()) for each in (once, many))
    reference = f"RFC {section.replace(' ', ' §')}" if section else ""
    return Property(name, reference, tuple(types.split()), *places)


def _list_properties() -> Iterator[Property]:
    yield from _list_calendar_properties()
    yield from _list_descriptive_properties()
    yield from _list_times()
    yield from _list_timezone_properties()
    yield from _list_relations()
    yield from _list_alarm_properties()
    yield from _list_later_properties()


def _list_calendar_properties() -> Iterator[Property]:
    for name, section in (
        ("CALSCALE", "5545 3.7.1"),
        ("METHOD", "5545 3.7.2"),
        ("PRODID", "5545 3.7.3"),
        ("VERSION", "5545 3.7.4"),
    ):
        yield _define(name, section, "TEXT", once="VCALENDAR")
    yield _define("NAME", "7986 5.1", "TEXT", many="VCALENDAR")
    yield _define("REFRESH-INTERVAL", "7986 5.7", "DURATION", once="VCALENDAR")
    yield _define("SOURCE", "7986 5.8", "URI", once="VCALENDAR")


def _list_descriptive_properties() -> Iterator[Property]:
    alarms = f"{ENTRIES} VALARM"
    yield _define("ATTACH", "5545 3.8.1.1", "URI BINARY", many=alarms)
    yield _define("CATEGORIES", "5545 3.8.1.2", "TEXT", many=f"VCALENDAR {ENTRIES}")
    yield _define("CLASS", "5545 3.8.1.3", "TEXT", once=ENTRIES)
    yield _define("COMMENT", "5545 3.8.1.4", "TEXT", many=f"{DATED} {OBSERVANCES}")
    yield _define(
        "DESCRIPTION", "5545 3.8.1.5", "TEXT", "VEVENT VTODO VALARM", "VCALENDAR VJOURNAL"
    )
    yield _define("GEO", "5545 3.8.1.6", "FLOAT", once="VEVENT VTODO")
    yield _define("LOCATION", "5545 3.8.1.7", "TEXT", once="VEVENT VTODO")
    yield _define("PERCENT-COMPLETE", "5545 3.8.1.8", "INTEGER", once="VTODO")
    yield _define("PRIORITY", "5545 3.8.1.9", "INTEGER", once="VEVENT VTODO")
    yield _define("RESOURCES", "5545 3.8.1.10", "TEXT", many="VEVENT VTODO")
    yield _define("STATUS", "5545 3.8.1.11", "TEXT", once=ENTRIES)
    yield _define("SUMMARY", "5545 3.8.1.12", "TEXT", once=alarms)
    yield _define("COLOR", "7986 5.9", "TEXT", once=f"VCALENDAR {ENTRIES}")
    yield _define("IMAGE", "7986 5.10", "URI BINARY", many=f"VCALENDAR {ENTRIES}")


def _list_times() -> Iterator[Property]:
    yield _define("COMPLETED", "5545 3.8.2.1", "DATE-TIME", once="VTODO")
    yield _define("DTEND", "5545 3.8.2.2", TIMES, once="VEVENT VFREEBUSY")
    yield _define("DUE", "5545 3.8.2.3", TIMES, once="VTODO")
    yield _define("DTSTART", "5545 3.8.2.4", TIMES, once=f"{DATED} {OBSERVANCES}")
    yield _define("DURATION", "5545 3.8.2.5", "DURATION", once="VEVENT VTODO VFREEBUSY VALARM")
    yield _define("FREEBUSY", "5545 3.8.2.6", "PERIOD", many="VFREEBUSY")
    yield _define("TRANSP", "5545 3.8.2.7", "TEXT", once="VEVENT")
    yield _define("EXDATE", "5545 3.8.5.1", TIMES, many=ENTRIES)
    yield _define("RDATE", "5545 3.8.5.2", f"{TIMES} PERIOD", many=f"{ENTRIES} {OBSERVANCES}")
    yield _define("RRULE", "5545 3.8.5.3", "RECUR", once=f"{ENTRIES} {OBSERVANCES}")
    # RFC 5545 deprecates it.
    yield _define("EXRULE", "2445 4.8.5.2", "RECUR", many=ENTRIES)
    yield _define("CREATED", "5545 3.8.7.1", "DATE-TIME", once=ENTRIES)
    yield _define("DTSTAMP", "5545 3.8.7.2", "DATE-TIME", once=DATED)
    yield _define(
        "LAST-MODIFIED", "5545 3.8.7.3", "DATE-TIME", once=f"VCALENDAR {ENTRIES} VTIMEZONE"
    )
    yield _define("SEQUENCE", "5545 3.8.7.4", "INTEGER", once=ENTRIES)


def _list_timezone_properties() -> Iterator[Property]:
    yield _define("TZID", "5545 3.8.3.1", "TEXT", once="VTIMEZONE")
    yield _define("TZNAME", "5545 3.8.3.2", "TEXT", many=OBSERVANCES)
    yield _define("TZOFFSETFROM", "5545 3.8.3.3", "UTC-OFFSET", once=OBSERVANCES)
    yield _define("TZOFFSETTO", "5545 3.8.3.4", "UTC-OFFSET", once=OBSERVANCES)
    yield _define("TZURL", "5545 3.8.3.5", "URI", once="VTIMEZONE")
    yield _define("TZID-ALIAS-OF", "7808 7.2", "TEXT", many="VTIMEZONE")
    yield _define("TZUNTIL", "7808 7.1", "DATE-TIME", once="VTIMEZONE")


def _list_relations() -> Iterator[Property]:
    yield _define("ATTENDEE", "5545 3.8.4.1", "CAL-ADDRESS", many=f"{DATED} VALARM")
    yield _define("CONTACT", "5545 3.8.4.2", "TEXT", "VFREEBUSY", ENTRIES)
    yield _define("ORGANIZER", "5545 3.8.4.3", "CAL-ADDRESS", once=DATED)
    yield _define("RECURRENCE-ID", "5545 3.8.4.4", TIMES, once=ENTRIES)
    yield _define("RELATED-TO", "5545 3.8.4.5", "TEXT UID URI", many=f"{ENTRIES} VALARM")
    yield _define("URL", "5545 3.8.4.6", "URI", once=f"VCALENDAR {DATED}")
    yield _define("UID", "5545 3.8.4.7", "TEXT", once=f"VCALENDAR {DATED} VALARM")
    yield _define("REQUEST-STATUS", "5545 3.8.8.3", "TEXT", many=DATED)
    yield _define("CONFERENCE", "7986 5.11", "URI TEXT", many="VEVENT VTODO")


def _list_alarm_properties() -> Iterator[Property]:
    yield _define("ACTION", "5545 3.8.6.1", "TEXT", once="VALARM")
    yield _define("REPEAT", "5545 3.8.6.2", "INTEGER", once="VALARM")
    yield _define("TRIGGER", "5545 3.8.6.3", "DURATION DATE-TIME", once="VALARM")
    yield _define("ACKNOWLEDGED", "9074 6.1", "DATE-TIME", once="VALARM")
    yield _define("PROXIMITY", "9074 8.1", "TEXT", once="VALARM")


def _list_later_properties() -> Iterator[Property]:
    """Yield what later standards add, and what only calendar programs know."""
    yield _define("BUSYTYPE", "7953 3.2", "TEXT", once="VAVAILABILITY")
    yield _define("LOCATION-TYPE", "9073 6.1", "TEXT", once="VLOCATION")
    yield _define("PARTICIPANT-TYPE", "9073 6.2", "TEXT", once="PARTICIPANT")
    yield _define("RESOURCE-TYPE", "9073 6.3", "TEXT", once="VRESOURCE")
    yield _define("CALENDAR-ADDRESS", "9073 6.4", "CAL-ADDRESS", once="PARTICIPANT")
    described = f"{DATED} PARTICIPANT VLOCATION VRESOURCE"
    yield _define("STYLED-DESCRIPTION", "9073 6.5", "TEXT URI", many=described)
    yield _define("STRUCTURED-DATA", "9073 6.6", "TEXT BINARY URI", many=described)
    linked = f"VCALENDAR {ENTRIES}"
    yield _define("CONCEPT", "9253 8.1", "URI", many=linked)
    yield _define("LINK", "9253 8.2", "URI UID XML-REFERENCE", many=linked)
    yield _define("REFID", "9253 8.3", "TEXT", many=linked)
    for name in ("X-WR-CALNAME", "X-WR-CALDESC", "X-WR-TIMEZONE", "X-WR-RELCALID"):
        yield _define(name, "", "TEXT", once="VCALENDAR")
    yield _define("X-PUBLISHED-TTL", "", "DURATION", once="VCALENDAR")


PROPERTIES: Final[Mapping[str, Property]] = MappingProxyType(
    {each.name: each for each in _list_properties()}
)
"""All properties that a standard or many calendar programs define, by name."""

COMPONENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "VCALENDAR": "RFC 5545 §3.4",
        "VEVENT": "RFC 5545 §3.6.1",
        "VTODO": "RFC 5545 §3.6.2",
        "VJOURNAL": "RFC 5545 §3.6.3",
        "VFREEBUSY": "RFC 5545 §3.6.4",
        "VTIMEZONE": "RFC 5545 §3.6.5",
        "STANDARD": "RFC 5545 §3.6.5",
        "DAYLIGHT": "RFC 5545 §3.6.5",
        "VALARM": "RFC 5545 §3.6.6",
        "VAVAILABILITY": "RFC 7953 §3.1",
        "AVAILABLE": "RFC 7953 §3.1",
        "PARTICIPANT": "RFC 9073 §7.1",
        "VLOCATION": "RFC 9073 §7.2",
        "VRESOURCE": "RFC 9073 §7.3",
    }
)
"""All components that a standard defines, by name, with the section that does."""

# Standards keep extending the others.
CLOSED_COMPONENTS: Final = frozenset(f"VCALENDAR {DATED} VALARM VTIMEZONE {OBSERVANCES}".split())
"""The components of which all properties are known."""

UNREPEATABLE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        component: frozenset(each.name for each in PROPERTIES.values() if component in each.once)
        for component in CLOSED_COMPONENTS
    }
)
"""The properties that a component may have only once."""

ALLOWED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        component: UNREPEATABLE[component]
        | {each.name for each in PROPERTIES.values() if component in each.many}
        for component in CLOSED_COMPONENTS
    }
)
"""The properties that a component may have."""


def is_extension(name: str) -> bool:
    """Return whether a property or a component is an extension: its name begins with X-."""
    return name.startswith("X-")
