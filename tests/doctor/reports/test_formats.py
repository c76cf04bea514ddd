"""Golden files of one diagnosis in every format, and what each format guarantees."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from markdown_it import MarkdownIt

from defects_ical.doctor.diagnosis import Diagnosis, check_content
from defects_ical.doctor.findings import build_findings
from defects_ical.doctor.importers.readings import IMPORTERS, Reading, Status
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.reports import json_report, markdown_report, text_report
from tests.support.broken_feeds import NOW, VALID

DATA: Final = Path(__file__).parent / "data"
SOURCE: Final = "public/lectures.ics"
FAULTY: Final = (
    VALID.replace(b"Lecture 2: Auroras", b"<b>Auroras</b> | *free*")
    .replace(b"FREQ=WEEKLY", b"FREQ=FORTNIGHTLY")
    .replace(b"LOCATION:Old Observatory", b"STATUS:POSTPONED\r\nLOCATION: ")
    .replace(b"CALNAME:", b"CALNAME:[")
)


def make_reading(index: int, status: Status, message: str = "", line: int | None = None) -> Reading:
    return Reading(IMPORTERS[index], "1.2.3", status, message, line, None, None, 2, 2)


def make_diagnosis() -> Diagnosis:
    """Return findings of every severity, and importers that read, refuse and leave out the feed."""
    readings = (
        make_reading(0, Status.REFUSED, "Failed to parse EVENT component", 31),
        make_reading(1, Status.READ),
        make_reading(2, Status.LEFT_OUT, "it took longer than 6 seconds"),
    )
    return Diagnosis(SOURCE, build_findings(check_content((FAULTY,), NOW)), readings)


FORMATS: Final[Mapping[str, Callable[[Diagnosis], str]]] = {
    "report.txt": text_report.format_plain_report,
    "report-40-columns.txt": partial(text_report.format_plain_report, width=40),
    "report.json": json_report.format_report,
    "report.md": markdown_report.format_report,
}


def write_golden() -> None:
    """Write the report in each format as it is now."""
    diagnosis = make_diagnosis()
    for name, make in FORMATS.items():
        (DATA / name).write_text(make(diagnosis), "utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_report_is_unchanged(name: str) -> None:
    assert FORMATS[name](make_diagnosis()) == (DATA / name).read_text("utf-8")


def test_sound_feed_has_one_line_and_its_readers() -> None:
    readings = tuple(make_reading(index, Status.READ) for index in range(3))
    report = text_report.format_plain_report(Diagnosis(SOURCE, (), readings))
    assert report == (
        "public/lectures.ics: no problems found\n"
        "Read by ical 1.2.3 (Home Assistant), icalendar 1.2.3 and recurring-ical-events 1.2.3.\n"
    )


def test_json_has_counts_and_places() -> None:
    report = json.loads(json_report.format_report(make_diagnosis()))
    severities = [each["severity"] for each in report["findings"]]
    assert report["counts"] == {name: severities.count(name) for name in report["counts"]}
    assert all(each["line"] for finding in report["findings"] for each in finding["places"])
    assert [each["status"] for each in report["importers"]] == ["refused", "read", "left out"]


def test_markdown_shows_what_feeds_contain_as_text() -> None:
    """A feed must not put links, images or tags into a pull request."""
    hostile = (
        "[x](https://evil.example) ![i](i.png) <img src=x> `` <img src=x> ` `@all` #1 **b** ~~c~~"
    )
    finding = build_findings([FileIssue.TEXT_OUTSIDE_CALENDAR.at(1, text=hostile)])
    report = markdown_report.format_report(Diagnosis(hostile, finding))
    html = MarkdownIt("gfm-like", {"linkify": False}).render(report)
    assert [tag for tag in ("<a ", "<img", "<del>", "<strong>b", "@all") if tag in html] == []
    assert html.count("&lt;img src=x&gt;") == 4
