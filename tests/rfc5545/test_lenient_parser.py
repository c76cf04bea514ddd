"""The lenient parser: what it reads, and the rules that it observes to be broken."""

from __future__ import annotations

from typing import Final

from defects_ical.rfc5545.lenient_parser import parse_lenient
from defects_ical.rfc5545.syntax_rules import SyntaxRule
from tests.support.broken_feeds import FEEDS
from tests.support.documents import ROOT

CASES: Final = ROOT / "tests" / "doctor" / "cases" / "broken"


def test_valid_feed_breaks_no_rule() -> None:
    parse = parse_lenient(FEEDS["valid"])
    assert parse.observations == ()
    assert parse.complete
    (calendar,) = parse.calendars
    assert [each.name for each in calendar.components] == ["VTIMEZONE", "VEVENT", "VEVENT"]
    assert calendar.get_lines("X-WR-CALNAME")[0].text == "Evening lectures"


def test_every_rule_is_observed() -> None:
    cases = [file.read_bytes() for file in CASES.glob("*.ics")]
    bodies = (*FEEDS.values(), *cases)
    observed = {each.rule for body in bodies for each in parse_lenient(body).observations}
    assert observed == set(SyntaxRule) - {SyntaxRule.TOO_MANY_LINES}


def test_truncated_component_is_closed() -> None:
    (calendar,) = parse_lenient(FEEDS["truncated"]).calendars
    assert len(calendar.get_components("VEVENT")) == 2


def test_invalid_parameters_do_not_hide_the_value() -> None:
    (calendar,) = parse_lenient(FEEDS["a parameter without a value"]).calendars
    event = calendar.get_components("VEVENT")[0]
    assert event.get_value("URL") == "https://lectures.example/tides"
