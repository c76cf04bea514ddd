"""Findings, golden files of all reports, and the reports of our own feeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.doctor.diagnosis import Diagnosis, diagnose_result, diagnose_url
from defects_ical.doctor.findings import build_findings, reaches
from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.reports.text_report import WIDTH, format_plain_report
from defects_ical.export.exporter import export_site
from defects_ical.probe.session import ProbeResult, probe_feed
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.broken_feeds import FEEDS, NOW, SECOND_RESPONSES, VALID
from tests.support.faulty_server import Scenario, serve
from tests.support.nginx import run_nginx
from tests.support.processes import ROOT, Server, run_granian
from tests.support.server_scenarios import (
    QUICK,
    SCENARIOS,
    probe_scenario,
    send_current_dtstamp,
    serve_scenario,
)
from tests.support.variants import sample

REPORTS: Final = Path(__file__).parent / "data"
SCHEDULE: Final = ROOT / "schedule.yaml"
SITE_URL: Final = "https://defects.example"
BEFORE_SEASON: Final = datetime(2025, 7, 20, tzinfo=UTC)
AFTER_SEASON: Final = datetime(2026, 1, 1, tzinfo=UTC)
# Ports, dates and durations differ in every run. Zeros replace them, so that lines keep their
# length and break at the same words.
VARIABLE: Final = re.compile(
    r"(?:127\.0\.0\.1|localhost)(?P<port>:\d+)|\d{4}-\d\d-\d\d\s+\d\d:\d\d:\d\d\s+UTC|\d+\.\d s"
)


def report_on_server(name: str) -> str:
    """Return the report on a valid feed from a faulty server."""
    result, _ = probe_scenario(name, feed=VALID)
    return make_report(result)


def report_on_feed(name: str) -> str:
    """Return the report on a broken feed from a healthy server."""
    with serve_scenario("healthy", FEEDS[name], SECOND_RESPONSES.get(name)) as server:
        return make_report(probe_feed(server.url, QUICK))


def make_report(result: ProbeResult) -> str:
    return VARIABLE.sub(_write_zeros, format_plain_report(diagnose_result(result, NOW)))


def _write_zeros(found: re.Match[str]) -> str:
    if port := found["port"]:
        return found[0].removesuffix(port) + re.sub(r"\d", "0", port)
    return re.sub(r"\d", "0", found[0])


CASES: Final[dict[str, Callable[[], str]]] = {
    **{f"http {name}": partial(report_on_server, name) for name in SCENARIOS},
    **{f"feed {name}": partial(report_on_feed, name) for name in FEEDS},
}


def get_file(case: str) -> Path:
    return REPORTS / (re.sub(r"[^a-z0-9]+", "-", case.lower()).strip("-") + ".txt")


def write_golden() -> None:
    """Write all reports as they are now."""
    REPORTS.mkdir(exist_ok=True)
    for file in REPORTS.iterdir():
        file.unlink()
    for case, make in CASES.items():
        get_file(case).write_text(make(), "utf-8")


def test_findings_are_grouped_and_ordered() -> None:
    """The worst come first; those of one severity in the order of the catalogue."""
    occurrences = [
        CalendarIssue.EMPTY_PRODID.at(1),
        EventIssue.EMPTY_UID.at(30),
        CalendarIssue.NO_VERSION.at(1),
        EventIssue.EMPTY_UID.at(40),
    ]
    findings = build_findings(occurrences)
    assert [(each.issue, each.line, each.count) for each in findings] == [
        (EventIssue.EMPTY_UID, 30, 2),
        (CalendarIssue.NO_VERSION, 1, 1),
        (CalendarIssue.EMPTY_PRODID, 1, 1),
    ]


def test_details_are_quoted_briefly() -> None:
    (finding,) = build_findings([CalendarIssue.WRONG_METHOD.at(4, method="a\n\x07" + "b" * 500)])
    assert finding.message == (
        f"METHOD is “aU+000AU+0007{'b' * 186}…”, but a feed is only published."
    )


@pytest.mark.parametrize("case", sample(CASES, 8))
def test_report_is_unchanged(case: str) -> None:
    assert CASES[case]() == get_file(case).read_text("utf-8")


def test_each_report_has_a_file() -> None:
    assert {get_file(case) for case in CASES} == {*REPORTS.iterdir()}
    assert len({get_file(case) for case in CASES}) == len(CASES)


def test_lines_fit_the_width() -> None:
    """Only a URL may be longer: it stays in one piece so that it can be copied."""
    for file in REPORTS.iterdir():
        for line in file.read_text("utf-8").splitlines():
            assert len(line) <= WIDTH or len(max(line.split(), key=len)) > WIDTH - 9, (file, line)
            assert line == line.rstrip()


def test_report_names_unsafe_characters() -> None:
    """Feeds and servers must not control the terminal."""
    text = "\x1b]0;title\x07\x1b[31m\u202eabc\u2066\u200b\ufeff"
    findings = build_findings([FileIssue.TEXT_OUTSIDE_CALENDAR.at(1, text=text)])
    report = format_plain_report(Diagnosis("https://me.example/a.ics", findings))
    assert "U+001B]0;titleU+0007U+001B[31mU+202EabcU+2066U+200BU+FEFF" in report
    assert report.replace("\n", "").isprintable()


def test_report_format() -> None:
    occurrences = [
        FileIssue.NO_CALENDAR.at(1, content="JSON"),
        *(FileIssue.LINE_ENDING.at(number) for number in range(1, 1_201)),
    ]
    diagnosis = Diagnosis("https://me.example/a.ics", build_findings(occurrences))
    report = format_plain_report(diagnosis)
    assert (
        report
        == """\
https://me.example/a.ics: 1 error, 1 info

error    The response is not a calendar, but JSON.
         Line 1.
         Clients show an error, or remove every event that they had, as Evolution does.
         [Evolution's source code]
         Fix: serve the feed itself, without a page, a login or a challenge in front of
         it.

info     A line ends in LF alone.
         1,200 lines: line 1; line 2; line 3; …
         RFC 5545 requires CRLF; all clients that were tried accept LF.
         [RFC 5545 §3.1; tested]
         Fix: end every line in CRLF, and copy and upload the file in binary mode.
"""
    )


# Our own feeds.


@contextmanager
def serve_folder(folder: Path) -> Iterator[Server]:
    """Serve the exported site by nginx, with the configuration that we ship."""
    site_url = SiteURL.parse(SITE_URL)
    export_site(build_site(load_schedule(SCHEDULE), site_url), site_url, folder / "public")
    changes = {
        "server_name me.example": "server_name defects.example",
        "root /srv/defects;": f"root {folder / 'public'};",
    }
    with run_nginx("nginx-folder.conf", changes, folder / "nginx") as server:
        yield server


def assert_no_issues(server: Server) -> None:
    """Assert that nothing is reported but, after the season, that no events are upcoming."""
    for path in (
        "the-defects.ics",
        "the-defects-reminders.ics",
        "the-defects-kocowa.ics",
        "episodes/the-defects-e03.ics",
    ):
        result = probe_feed(f"http://127.0.0.1:{server.port}/{path}", QUICK)
        expected = ["served-as-attachment"] if path.startswith("episodes/") else []
        findings = diagnose_result(result, BEFORE_SEASON).findings
        assert [each.issue.id for each in findings] == expected
        findings = diagnose_result(result, AFTER_SEASON).findings
        assert [each.issue.id for each in findings] == [*expected, "no-upcoming-events"]
        assert not reaches(findings, "error")


def test_our_service_has_no_issues() -> None:
    with run_granian(SCHEDULE, SITE_URL) as server:
        assert_no_issues(server)


def test_our_exported_folder_has_no_issues(tmp_path: Path) -> None:
    with serve_folder(tmp_path) as server:
        assert_no_issues(server)


def test_current_dtstamp_found_on_fast_server() -> None:
    with serve(Scenario(send_current_dtstamp)) as server:
        findings = diagnose_url(server.url, datetime.now(UTC)).findings
    assert [each.issue.id for each in findings] == ["unstable-dtstamp"]
