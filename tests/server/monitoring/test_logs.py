"""The log in both formats, and the access log, of real services."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from defects_ical.cli.app import main
from defects_ical.server.monitoring.access_log import AccessLog
from defects_ical.server.monitoring.logs import JsonFormatter, with_fields
from tests.server.conftest import URL
from tests.server.expected_responses import FEED, FEED_ETAG, FEED_PATH, SCHEDULE
from tests.server.test_granian import get_result, run_serve
from tests.shows.shows import write_show
from tests.support.example_schedules import make_yaml
from tests.support.processes import Server, run_granian, wait_for

JSON: Final = ("--log-format", "json")
TIME: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TEASER: Final = "\nepisodes: {1: {teaser: 새로운 🎬.}}\n"


def read_records(server: Server) -> list[dict[str, Any]]:
    """Return the log, every line of which is a JSON object."""
    records = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    for each in records:
        assert TIME.fullmatch(each["time"])
        assert {"level", "logger", "message"} < each.keys()
    return records


def wait_for_event(server: Server, event: str) -> dict[str, Any]:
    """Return the last record of an event, once there is one."""
    return wait_for(lambda: find_events(server, event))[-1]


def find_events(server: Server, event: str) -> list[dict[str, Any]]:
    return [each for each in read_records(server) if each.get("event") == event]


def pick(record: Mapping[str, Any], *names: str) -> list[Any]:
    return [record[name] for name in names]


def test_json_log_says_what_happens_to_a_schedule(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml() + "\nepisodes: {1: {teaser: <b>New</b>}}\n", "utf-8")
    with run_granian(file, URL, 2, *JSON) as server:
        (warning,) = find_events(server, "problem")
        assert pick(warning, "level", "key") == ["warning", "episodes.1.teaser"]
        start = wait_for_event(server, "start")
        assert pick(start, "level", "url", "feed") == ["info", f"{URL}/", f"{URL}/show.ics"]
        file.write_text(make_yaml(time="30:00"), "utf-8")
        problem = wait_for(lambda: find_events(server, "problem")[1:])[0]
        names = ("level", "file", "line", "column", "key", "problem")
        message = "`30:00` is past the night"
        assert pick(problem, *names) == ["warning", str(file), 8, 9, "airing.time", message]
        file.write_text(make_yaml() + TEASER, "utf-8")
        edit = wait_for_event(server, "edit")
        assert pick(edit, "level", "show", "file") == ["info", "show", str(file)]
        assert edit["changes"]
        wait_for_event(server, "fixed")
        os.kill(server.get_worker_pids()[0], signal.SIGKILL)
        worker = wait_for_event(server, "worker")
        assert pick(worker, "level", "worker", "status") == ["warning", 1, -9]
        server.signal_group(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
        assert read_records(server)


def test_json_log_says_what_happens_to_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "schedules"
    write_show(folder / "one.yaml")
    (folder / "broken.yaml").write_text("half a fi", "utf-8")
    with run_granian(folder, URL, 1, *JSON) as server:
        broken = str(folder / "broken.yaml")
        assert wait_for_event(server, "problem")["file"] == broken
        write_show(folder / "broken.yaml")
        assert pick(wait_for_event(server, "new-show"), "file", "show") == [broken, "broken"]
        text = (folder / "one.yaml").read_text("utf-8") + TEASER
        (folder / "one.yaml").write_text(text, "utf-8")
        assert wait_for_event(server, "edit")["show"] == "one"
        assert (
            find_events(server, "fixed")[-1]["file"] == find_events(server, "problem")[-1]["file"]
        )


def test_json_log_has_the_errors_of_the_start(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="30:00"), "utf-8")
    status, out, err = get_result(run_serve("--schedule", str(file), "--port", "0", *JSON))
    assert (status, out) == (1, "")
    record = json.loads(err)
    assert pick(record, "level", "event", "line", "key") == ["error", "problem", 8, "airing.time"]
    status, out, err = get_result(run_serve("--host", "a..b", *JSON))
    assert (status, out, json.loads(err)["event"]) == (1, "", "error")


def test_code_is_not_for_the_json_log() -> None:
    result = CliRunner().invoke(main, ["serve", "--qr", *JSON])
    assert (result.exit_code, "--qr prints for people" in result.output) == (2, True)


def test_exception_is_one_field() -> None:
    with pytest.raises(ValueError, match="invalid") as caught:
        int("two\nlines\u2028\udc80")
    exception = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("a", logging.ERROR, "", 0, "%s\n", ("x",), exception)
    vars(record).update(with_fields("bug", file=Path("a.yaml")))
    (line,) = JsonFormatter().format(record).splitlines()
    assert line.isascii()
    content = json.loads(line)
    assert pick(content, "message", "event", "file") == ["x\n", "bug", "a.yaml"]
    assert content["exception"].startswith("Traceback (most recent call last):\n")
    assert "ValueError: invalid literal" in content["exception"]


# The access log.


def send_requests(server: Server) -> None:
    server.request(FEED_PATH)
    server.request(FEED_PATH, "HEAD")
    server.request(FEED_PATH, headers={"If-None-Match": FEED_ETAG, "X-Forwarded-For": "192.0.2.7"})
    server.request(f"{FEED_PATH}?token=secret", "OPTIONS")
    server.request("/healthz", "POST", {"Content-Length": "0"})


def test_nothing_is_counted_or_logged_by_default() -> None:
    with run_granian(SCHEDULE, URL) as server:
        assert server.request("/metrics").status == 404
        before = server.log.read_text("utf-8")
        send_requests(server)
        assert server.log.read_text("utf-8") == before


@pytest.fixture(scope="module")
def logging_server() -> Iterator[Server]:
    with run_granian(SCHEDULE, URL, 2, "--access-log") as running:
        yield running


def test_access_log_has_a_line_for_each_request(logging_server: Server) -> None:
    before = len(logging_server.log.read_text("utf-8").splitlines())
    send_requests(logging_server)
    lines = logging_server.log.read_text("utf-8").splitlines()[before:]
    size = len(logging_server.request("/healthz", "POST", {"Content-Length": "0"}).body)
    pattern = re.compile(r"[-\d]+ [:\d]+,\d{3} INFO (.*) bytes \d+\.\d{3} ms")
    found = [match and match[1] for match in map(pattern.fullmatch, lines)]
    assert found == [
        f"GET {FEED_PATH} 200 {len(FEED)}",
        f"HEAD {FEED_PATH} 200 0",
        f"GET {FEED_PATH} 304 0",
        f"OPTIONS {FEED_PATH} 204 0",
        f"POST /healthz 405 {size}",
    ]


def test_access_log_in_json_has_fields() -> None:
    with run_granian(SCHEDULE, URL, 1, "--access-log", *JSON) as server:
        before = len(find_events(server, "request"))
        send_requests(server)
        requests = find_events(server, "request")[before:]
    assert pick(requests[0], "method", "path", "status", "bytes") == [
        *("GET", FEED_PATH, 200, len(FEED)),
    ]
    assert [each["status"] for each in requests] == [200, 200, 304, 204, 405]
    assert {each["logger"] for each in requests} == {"defects_ical.access"}
    assert all(0 <= each["duration_ms"] < 5000 for each in requests)
    assert not re.search(r"secret|192\.0\.2\.7|127\.0\.0\.1", json.dumps(requests))


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/%0d%0aGET%20/fake%20200", "/%0D%0AGET%20/fake%20200"),
        ("/%1b[31m%00%7f", "/%1B%5B31m%00%7F"),
        ("/%E2%80%AE%22%5C", "/%E2%80%AE%22%5C"),
        (f"/{'x' * 2000}", f"/{'x' * 499}..."),
    ],
)
def test_path_is_escaped_in_the_access_log(logging_server: Server, target: str, shown: str) -> None:
    before = logging_server.log.read_text("utf-8")
    assert logging_server.request(target).status == 404
    (line,) = logging_server.log.read_text("utf-8").removeprefix(before).splitlines()
    assert f" GET {shown} 404 " in line
    assert line.isascii()
    assert line.isprintable()


class FailingApp:
    """An application with a bug."""

    def __call__(self, *_: object) -> list[bytes]:
        raise ZeroDivisionError

    def start(self) -> None: ...


def test_request_that_fails_is_logged_as_500(caplog: pytest.LogCaptureFixture) -> None:
    log = AccessLog(FailingApp())
    with (
        caplog.at_level("INFO", "defects_ical.access"),
        pytest.raises(ZeroDivisionError),
    ):
        log({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, no_response)
    assert caplog.messages[0].startswith("GET / 500 0 bytes ")


def no_response(*_: object) -> Callable[[bytes], object]:
    raise AssertionError
