"""The severities of the cases follow from what importers do, which is recorded and still true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

import pytest

from tests.doctor.outcomes.cases import FOLDER, Cases, load_cases, parse_meaning
from tests.doctor.outcomes.comparison import describe_outcome, is_harmed, remove_messages
from tests.doctor.outcomes.python_importers import IMPORTERS
from tests.doctor.outcomes.readings import Occurrence, Reading, format_time
from tests.doctor.outcomes.record import load_outcomes, try_in_javascript, try_in_python
from tests.support.variants import leave_to_soak

Outcomes: TypeAlias = dict[str, dict[str, str]]
SOME = {"ics": 16, "vobject": 8}
MEANT = [parse_meaning({"a": "20310301T120000Z/PT1H 20310302T120000Z/PT1H", "b": "20310303/P1D"})]
FIRST = Occurrence("a", "", "20310301T120000Z", "20310301T130000Z")
SECOND = Occurrence("a", "", "20310302T120000Z", "20310302T130000Z")
DAY = Occurrence("b", "", "20310303", None)


@pytest.fixture(scope="module")
def cases() -> Cases:
    return load_cases()


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return load_outcomes()


def remove_all_messages(outcomes: dict[str, str]) -> dict[str, str]:
    return {name: remove_messages(outcome) for name, outcome in outcomes.items()}


def list_harmed(outcomes: Outcomes, name: str) -> list[str]:
    """Return the importers that a defect harms; some misread each zone with a name of its own."""
    anyway = outcomes["zone-of-its-own"]
    return [
        importer
        for importer, outcome in outcomes[name].items()
        if is_harmed(outcome) and outcome != anyway[importer]
    ]


# The cases


def test_each_file_is_a_case(cases: Cases, outcomes: Outcomes) -> None:
    files = cases.list_files()
    assert set(files.values()) == set(FOLDER.glob("*/*"))
    assert list(outcomes) == list(files)
    for folder in (cases.broken, cases.good):
        assert list(folder) == sorted(folder)


def test_line_of_defect_is_in_its_file(cases: Cases) -> None:
    files = cases.list_files()
    for name, case in cases.broken.items():
        assert case.line is not None
        # Behind the last line is what follows it.
        lines = files[name].read_bytes().splitlines()
        assert 1 <= case.line <= len(lines) + 1, name


def test_error_is_what_harms(cases: Cases, outcomes: Outcomes) -> None:
    for name, case in cases.broken.items():
        is_due = bool(list_harmed(outcomes, name) or case.seen) and case.reason is None
        assert (case.severity == "error") == is_due, name


def test_reason_is_given_only_for_milder_severity(cases: Cases, outcomes: Outcomes) -> None:
    for name, case in cases.broken.items():
        if case.reason is not None:
            assert case.severity in {"warning", "info"}, name
            assert list_harmed(outcomes, name), name


def test_good_feed_is_read_right(cases: Cases, outcomes: Outcomes) -> None:
    for name, case in cases.good.items():
        otherwise = {each for each, outcome in outcomes[name].items() if outcome != "right"}
        assert case.severity == "none", name
        assert set(case.otherwise) == otherwise, name


def test_control_is_read_right_by_all(outcomes: Outcomes) -> None:
    assert set(outcomes["plain"].values()) == {"right"}


# The records


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("importer", "step"),
    # For all feeds, ics and vobject take seconds.
    [
        *((importer, SOME.get(importer, 1)) for importer in IMPORTERS),
        *leave_to_soak(*((importer, 1) for importer in SOME)),
    ],
)
def test_record_is_what_python_importer_does(outcomes: Outcomes, importer: str, step: int) -> None:
    now = try_in_python(importer, step)
    recorded = {name: outcomes[name][importer] for name in now}
    assert remove_all_messages(now) == remove_all_messages(recorded)


@pytest.mark.soak
def test_record_is_what_javascript_importers_do(outcomes: Outcomes) -> None:
    for importer, now in try_in_javascript().items():
        recorded = {name: outcomes[name][importer] for name in now}
        assert remove_all_messages(now) == remove_all_messages(recorded)


# The words for an outcome


@pytest.mark.parametrize(
    ("occurrences", "outcome"),
    [
        ([FIRST, SECOND, DAY], "right"),
        ([DAY, SECOND, FIRST], "right"),
        ([], "finds nothing"),
        ([FIRST, SECOND], "loses 1 of 2 events: b"),
        ([FIRST, DAY], "loses 1 of 2 occurrences: a"),
        (
            [FIRST, FIRST, SECOND, DAY],
            "adds 1 to 2 occurrences: a 20310301T120000Z",
        ),
        ([FIRST, SECOND, DAY, DAY._replace(uid="c")], "adds 1 of c"),
        (
            [FIRST, SECOND._replace(start="20310302T110000Z"), DAY],
            "another time: a 20310302T110000Z instead of 20310302T120000Z",
        ),
        (
            [FIRST._replace(end=None), SECOND._replace(end=None), DAY],
            "another end: a 20310301T120000Z instead of 20310301T130000Z and 1 more",
        ),
        (
            [FIRST, SECOND, DAY._replace(start="20310303T000000Z", end="20310304T000000Z")],
            "another time: b 20310303T000000Z instead of 20310303",
        ),
        ([FIRST, SECOND, DAY._replace(start="")], "another time: b none instead of 20310303"),
    ],
)
def test_outcome_says_what_differs(occurrences: list[Occurrence], outcome: str) -> None:
    assert describe_outcome("ical", Reading(occurrences), MEANT) == outcome


def test_importer_without_rules_needs_one_occurrence() -> None:
    assert describe_outcome("ics", Reading([FIRST, DAY]), MEANT) == "right"
    moved = FIRST._replace(start="20310301T110000Z")
    assert describe_outcome("ics", Reading([moved, DAY]), MEANT).startswith("another time: a ")


def test_event_without_uid_is_known_by_its_title() -> None:
    nameless = DAY._replace(uid="made up", title="b")
    assert describe_outcome("ical", Reading([FIRST, SECOND, nameless]), MEANT) == "right"


def test_outcome_has_the_message() -> None:
    refusal = describe_outcome("ical", Reading(refusal="No\n\x00 date"), MEANT)
    assert refusal == "refuses: No \\x00 date"
    assert remove_messages(refusal) == "refuses"
    loss = describe_outcome("vobject", Reading([DAY], failures=["no date (a)"]), MEANT)
    assert loss == "loses 1 of 2 events: a (no date (a))"
    assert remove_messages(loss) == "loses 1 of 2 events: a"


def test_dropped_rule_harms_and_dropped_stamp_does_not() -> None:
    reading = Reading([FIRST, SECOND, DAY], drops=["RRULE", "DTSTAMP"])
    outcome = describe_outcome("icalendar", reading, MEANT)
    assert outcome == "right; drops DTSTAMP, RRULE"
    assert is_harmed(outcome)
    reading.drops = ["DTSTAMP"]
    assert not is_harmed(describe_outcome("icalendar", reading, MEANT))
    assert not is_harmed("right")


def test_either_reading_is_right() -> None:
    other = [*MEANT, parse_meaning({"a": "20310301T120000/PT1H", "b": "20310303/P1D"})]
    floating = FIRST._replace(start="20310301T120000", end="20310301T130000")
    assert describe_outcome("ical", Reading([floating, DAY]), other) == "right"


def test_time_is_formatted_by_its_kind() -> None:
    assert format_time(datetime(2031, 3, 1, 12, tzinfo=UTC)) == "20310301T120000Z"
    assert format_time(datetime(2031, 3, 1, 12)) == "20310301T120000"  # noqa: DTZ001 - in no zone
    assert format_time(datetime(2031, 3, 1, 12).date()) == "20310301"  # noqa: DTZ001 - in no zone
    assert format_time("soon") == ""
