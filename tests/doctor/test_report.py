"""What the doctor says, from a look at a live feed to the report: each word of each report."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.doctor.diagnosis import diagnose, diagnose_result
from defects_ical.doctor.findings import build_findings, has_errors
from defects_ical.doctor.issues import Issue
from defects_ical.doctor.report import format_report
from defects_ical.export.exporter import export_site
from defects_ical.probe.session import ProbeResult, probe_feed
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support import broken_feeds as feeds
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

REPORTS: Final = Path(__file__).parent / "data"
SCHEDULE: Final = ROOT / "schedule.yaml"
URL: Final = "https://defects.example"
BEFORE: Final = datetime(2025, 7, 20, tzinfo=UTC)
AFTER: Final = datetime(2026, 1, 1, tzinfo=UTC)
# What is another in every run: ports, and what clocks say. Noughts take its room, so that lines
# break where they did.
VARIABLE: Final = re.compile(
    r"(?:127\.0\.0\.1|localhost)(?P<port>:\d+)|\d{4}-\d\d-\d\d\s+\d\d:\d\d:\d\d\s+UTC|\d+\.\d s"
)
NAMES: Final = {f"http {name}": name for name in SCENARIOS}
SAID: Final = {f"feed {name}": name for name in feeds.FEEDS}


def report_on_server(name: str) -> str:
    """Return the report on a valid feed from a faulty server."""
    result, _ = probe_scenario(name, feed=feeds.SOUND)
    return report(result, feeds.NOW)


def report_on_feed(name: str) -> str:
    """Return the report on a faulty feed from a healthy server."""
    first, second = feeds.FEEDS[name], feeds.SECOND.get(name)
    with serve_scenario("healthy", first, second) as server:
        return report(probe_feed(server.url, QUICK), feeds.NOW)


def report(result: ProbeResult, now: datetime) -> str:
    return VARIABLE.sub(_noughts, format_report(result.url, diagnose_result(result, now)))


def _noughts(found: re.Match[str]) -> str:
    if port := found["port"]:
        return found[0].removesuffix(port) + re.sub(r"\d", "0", port)
    return re.sub(r"\d", "0", found[0])


CASES: Final[dict[str, Callable[[], str]]] = {
    **{case: partial(report_on_server, name) for case, name in NAMES.items()},
    **{case: partial(report_on_feed, name) for case, name in SAID.items()},
}


def file_of(case: str) -> Path:
    """Where a report is kept."""
    return REPORTS / (re.sub(r"[^a-z0-9]+", "-", case.lower()).strip("-") + ".txt")


def write_golden() -> None:
    """Make what the doctor says now what it has to say."""
    REPORTS.mkdir(exist_ok=True)
    for file in REPORTS.iterdir():
        file.unlink()
    for case, make in CASES.items():
        file_of(case).write_text(make(), "utf-8")


@pytest.mark.parametrize("case", CASES)
def test_every_report_is_this(case: str) -> None:
    assert CASES[case]() == file_of(case).read_text("utf-8")


def test_there_is_no_other_report() -> None:
    assert {file_of(case) for case in CASES} == {*REPORTS.iterdir()}
    assert len({file_of(case) for case in CASES}) == len(CASES)


def test_a_report_is_wide_enough_to_be_read_and_no_wider() -> None:
    for file in REPORTS.iterdir():
        for line in file.read_text("utf-8").splitlines():
            # An address is never broken: it is there to be copied.
            assert len(line) <= 88 or len(max(line.split(), key=len)) > 80, (file, line)
            assert line == line.rstrip()


def test_nothing_that_a_feed_or_a_server_says_reaches_the_terminal_unseen() -> None:
    text = "\x1b]0;title\x07\x1b[31m\u202eabc\u2066\u200b\ufeff"
    finding = build_findings([Issue.TEXT_OUTSIDE_CALENDAR.at(1, text=text)])
    report = format_report("https://me.example/a.ics", finding)
    assert "U+001B]0;titleU+0007U+001B[31mU+202EabcU+2066U+200BU+FEFF" in report
    assert report.replace("\n", "").isprintable()


# Our own.


@contextmanager
def service() -> Iterator[Server]:
    with run_granian(SCHEDULE, URL) as server:
        yield server


@contextmanager
def folder(place: Path) -> Iterator[Server]:
    """The exported folder behind the nginx that is shipped."""
    address = SiteURL.parse(URL)
    export_site(build_site(load_schedule(SCHEDULE), address), address, place / "public")
    changes = {
        "server_name me.example": "server_name defects.example",
        "root /srv/defects;": f"root {place / 'public'};",
    }
    with run_nginx("nginx-folder.conf", changes, place / "nginx") as server:
        yield server


OURS: Final = (
    "the-defects.ics",
    "the-defects-reminders.ics",
    "the-defects-kocowa.ics",
    "episodes/the-defects-e03.ics",
)


def assert_sound(server: Server) -> None:
    """Nothing is wrong before the season, and after it only that it is over."""
    for path in OURS:
        seen = probe_feed(f"http://127.0.0.1:{server.port}/{path}", QUICK)
        expected = ["served-as-attachment"] if path.startswith("episodes/") else []
        assert [each.issue.id for each in diagnose_result(seen, BEFORE)] == expected
        later = diagnose_result(seen, AFTER)
        assert sorted(each.issue.id for each in later) == sorted([*expected, "no-upcoming-events"])
        assert not has_errors(later)


def test_our_service_gets_a_clean_bill() -> None:
    with service() as server:
        assert_sound(server)


def test_and_so_does_our_folder(tmp_path: Path) -> None:
    with folder(tmp_path) as server:
        assert_sound(server)


# The command.


def command(url: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "defects_ical", "doctor", url]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_a_sound_feed_ends_with_0() -> None:
    with serve_scenario("healthy") as server:
        done = command(server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{server.url}: no problems found\n"


def test_a_note_and_a_risk_do_so_too() -> None:
    with serve_scenario("max-age of a week", feeds.FEEDS["a duration"]) as server:
        done = command(server.url)
        found = diagnose(server.url, feeds.NOW, QUICK)
    assert done.returncode == 0
    assert [each.severity for each in found] == ["warning", "info"]


def test_a_fault_ends_with_1() -> None:
    with serve_scenario("404") as server:
        done = command(server.url)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{server.url}: 1 error\n\nerror    ")


@pytest.mark.parametrize("url", ["ftp://me.example/a.ics", "file:///etc/passwd", "me.example", ""])
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    done = command(url)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"error: .*: not an .* URL\. Use .*\n", done.stderr)


def test_without_an_address_it_is_wrong_usage() -> None:
    line = [sys.executable, "-m", "defects_ical", "doctor"]
    assert subprocess.run(line, capture_output=True, check=False).returncode == 2


def test_nothing_else_loads_what_fetches() -> None:
    words = "import sys, defects_ical.cli.app; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_clock_in_a_stamp_shows_however_fast_the_server() -> None:
    with serve(Scenario(send_current_dtstamp)) as server:
        found = diagnose(server.url, datetime.now(UTC))
    assert [each.issue.id for each in found] == ["unstable-dtstamp"]
