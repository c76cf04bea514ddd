"""The WSGI application for any WSGI server, also without a valid schedule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.server.reloader import SiteReloader
from tests.server.conftest import URL
from tests.server.expected_responses import FEED_PATH, SCHEDULE
from tests.support.example_schedules import make_yaml
from tests.support.processes import BIN, WSGI_APPLICATION, run_gunicorn, run_process
from tests.support.variants import leave_to_soak

PROBLEM: Final = "8:9: airing.time: `30:00` is past the night. Use `06:00`, and the next day."


@pytest.fixture
def invalid_file(tmp_path: Path) -> Path:
    """Return the path of a schedule with one problem."""
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="30:00"), "utf-8")
    return file


@pytest.mark.parametrize(
    "target", ["/", FEED_PATH, *leave_to_soak("/robots.txt", "/404.html", "/no-such-page")]
)
def test_invalid_schedule_is_503_on_every_path(invalid_file: Path, target: str) -> None:
    with run_gunicorn(invalid_file, URL) as server:
        response = server.request(target, headers={"If-None-Match": "*"})
        assert (response.status, response.headers["retry-after"]) == (503, "60")
        assert response.headers["cache-control"] == "no-store"
        assert response.body.startswith(b"503 Service Unavailable: There is no valid schedule. ")


def test_invalid_schedule_is_503_on_redirects(invalid_file: Path) -> None:
    with run_gunicorn(invalid_file, f"{URL}/show") as server:
        paths = ("/show", "/show/", "/index.html")
        assert {server.request(path).status for path in paths} == {503}


def test_healthz_and_log_report_problem(invalid_file: Path) -> None:
    with run_gunicorn(invalid_file, URL) as server:
        response = server.request("/healthz")
        facts = json.loads(response.body)
        assert (response.status, facts["status"]) == (503, "unavailable")
        assert facts["problem"] == f"schedule.yaml:{PROBLEM}"
        assert (facts["digest"], facts["episodes"]) == (None, None)
        assert f"{invalid_file}:{PROBLEM}\n" in server.log.read_text("utf-8")


def test_short_file_name_keeps_message_intact(invalid_file: Path, tmp_path: Path) -> None:
    """The folder is removed from the location only, not from the message and the hint."""
    reloader = SiteReloader(invalid_file.rename(tmp_path / "e"), SiteURL.parse(URL))
    reloader.reload()
    assert reloader.live.problem == f"e:{PROBLEM}"


@pytest.mark.parametrize("name", ["folder", "missing.yaml"])
def test_live_problem_contains_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    reloader = SiteReloader(tmp_path / name, SiteURL.parse(URL))
    reloader.reload()
    problem = reloader.live.problem
    assert problem
    assert problem.startswith(f"{name}: ")
    assert str(tmp_path) not in problem


def test_missing_schedule_is_503(tmp_path: Path) -> None:
    with run_gunicorn(tmp_path / "schedule.yaml", URL) as server:
        assert server.request(FEED_PATH).status == 503
        assert "schedule.yaml" in json.loads(server.request("/healthz").body)["problem"]


def test_missing_url_is_logged() -> None:
    with run_gunicorn(SCHEDULE, "") as server:
        line = "DEFECTS_ICAL_URL is not set: links point to http://127.0.0.1:8000. "
        assert server.log.read_text("utf-8").count(line) == 1
        assert b"\r\nURL:http://127.0.0.1:8000/\r\n" in server.request(FEED_PATH).body


@pytest.mark.parametrize("name", [WSGI_APPLICATION, "wsgi:app"])
def test_default_schedule_is_in_current_folder(name: str) -> None:
    """Under its earlier name, which a clone has, too."""
    with run_gunicorn(None, URL, name=name) as server:
        assert server.request("/episodes/the-defects-e03.ics").status == 200


def test_invalid_url_stops_gunicorn() -> None:
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--no-control-socket"]
    command.append(WSGI_APPLICATION)
    with run_process(command, {"DEFECTS_ICAL_URL": "me"}) as (process, log):
        assert process.wait(timeout=20) == 3
        output = log.read_text("utf-8")
    message = "`me` is not a site's URL. Use one like `https://defects.example`."
    assert output.count(f"DEFECTS_ICAL_URL: {message}\n") == 1
    assert "Traceback" not in output
