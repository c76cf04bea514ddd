"""The registry of properties is complete, and says where each may stand."""

from __future__ import annotations

from typing import Final

from icalendar.prop import TypesFactory

from defects_ical.rfc5545.properties import (
    ALLOWED,
    CLOSED_COMPONENTS,
    COMPONENTS,
    PROPERTIES,
    UNREPEATABLE,
)

# icalendar keeps parameters and the properties of contacts in the same table.
PARAMETERS: Final = frozenset(
    {"ALTREP", "CN", "CUTYPE", "DELEGATED-FROM", "DELEGATED-TO", "DIR", "ENCODING", "FBTYPE"}
    | {"FMTTYPE", "GAP", "LABEL", "LANGUAGE", "LINKREL", "MEMBER", "PARTSTAT", "RANGE", "RELATED"}
    | {"RELTYPE", "ROLE", "RSVP", "SENT-BY", "VALUE"}
)
OF_CONTACTS: Final = frozenset({"ADR", "N", "ORG"})


def test_every_property_of_icalendar_is_known() -> None:
    names = {name.upper() for name in TypesFactory.types_map}
    assert names - PARAMETERS - OF_CONTACTS - PROPERTIES.keys() == set()


def test_properties_stand_in_known_components() -> None:
    for each in PROPERTIES.values():
        assert each.once | each.many <= COMPONENTS.keys(), each.name
        assert not each.once & each.many, each.name
        assert each.once or each.many, each.name


def test_required_properties_are_allowed_once() -> None:
    """RFC 5545 §3.6 requires these."""
    assert {"PRODID", "VERSION"} <= UNREPEATABLE["VCALENDAR"]
    assert {"UID", "DTSTAMP", "DTSTART"} <= UNREPEATABLE["VEVENT"]
    assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= UNREPEATABLE["DAYLIGHT"]
    assert {"ACTION", "TRIGGER"} <= UNREPEATABLE["VALARM"]
    assert "DESCRIPTION" in ALLOWED["VJOURNAL"] - UNREPEATABLE["VJOURNAL"]
    assert COMPONENTS.keys() >= CLOSED_COMPONENTS
