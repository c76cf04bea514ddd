"""The JSON of a comparison, and the workflow step for Discord, that docs/comparing.md shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, get_args

import pytest
import yaml

from defects_ical.compare.comparison import Comparison, SiteComparison
from defects_ical.compare.differences import Issue, Kind
from defects_ical.compare.reports import json_report
from defects_ical.errors import SiteURLError
from tests.compare.comparisons import apply_edit, compare
from tests.compare.edits import EDITS, NOW, SITE_URL
from tests.docs.test_reference import collect_json_keys
from tests.support.discord import read_message
from tests.support.documents import read_code_blocks, read_schedule_example, read_section
from tests.support.example_schedules import load_yaml
from tests.support.processes import BIN, run_server
from tests.support.workflow_steps import Run

PAGE: Final = "docs/comparing.md"
# Seconds. Without Retry-After, curl would wait for one.
RETRY_AFTER: Final = 2


def test_every_key_and_code_is_documented() -> None:
    text = apply_edit(EDITS["two entries deleted"])
    path = Path("schedule.yaml")
    comparison = Comparison(load_yaml(text), path, "public", SITE_URL, compare(text))
    site = SiteComparison("public", (comparison,), ())
    documents = [
        json_report.format_comparison(comparison, NOW),
        json_report.format_site(site, NOW),
        json_report.format_error(SiteURLError("No.")),
    ]
    found = collect_json_keys([json.loads(each) for each in documents])
    found |= {each.code for each in Issue}
    kinds = [kind for alias in get_args(Kind) for kind in (get_args(alias) or [alias])]
    found |= {str(kind).replace(" ", "-") for kind in kinds}
    section = read_section(PAGE, "## For programs")
    assert {"start_before", "lost_urls", "errors", "stamp-decreased", "hour-known"} <= found
    assert found - set(re.findall(r"`([a-z_-]+)`", section)) == set()


@dataclass(frozen=True)
class Webhook:
    """A server in place of Discord: its URL, and the time and the body of each request."""

    url: str
    requests: list[tuple[float, str, bytes]] = field(default_factory=list)


@contextmanager
def run_webhook(statuses: list[int]) -> Iterator[Webhook]:
    """Run a webhook that responds with these statuses in turn, and then with the last one."""
    requests: list[tuple[float, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = statuses[min(len(requests), len(statuses) - 1)]
            requests.append((time.monotonic(), self.headers["Content-Type"], body))
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", str(RETRY_AFTER))
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Webhook(f"http://127.0.0.1:{server.server_port}/webhook", requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run_send_step(messages: Path, webhook: Webhook) -> int:
    """Run the step on the page, which sends what was published; return its exit status."""
    ((step,),) = (yaml.safe_load(each) for each in read_code_blocks(PAGE, "yaml"))
    assert step["if"] == "github.event_name == 'push'"
    values = {
        "${{ steps.calendar.outputs.messages }}": str(messages),
        "${{ secrets.DISCORD_WEBHOOK }}": webhook.url,
    }
    variables = {name: values[expression] for name, expression in step["env"].items()}
    shell = ["/bin/bash", "-e", "-c", step["run"]]
    environment = os.environ | {"NO_PROXY": "*"} | variables
    return subprocess.run(shell, env=environment, check=False).returncode


def test_step_announces_what_is_published(tmp_path: Path) -> None:
    """Discord responds 429 to the first message once, and then 204."""
    published, example = tmp_path / "published.yaml", read_schedule_example()
    published.write_text(example, "utf-8")
    entry = "{at: 2025-03-01T12:00:00-05:00, episodes: [2], status: cancelled, reason: It's *on*.}"
    (tmp_path / "schedule.yaml").write_text(f"{example}changes: [{entry}]\n", "utf-8")
    command = [str(BIN / "defects-ical"), "serve", "--schedule", "published.yaml", "--port", "0"]
    with run_server(command, r"http://127\.0\.0\.1:(\d+)/", folder=tmp_path) as live:
        run = Run(tmp_path, {"url": f"http://127.0.0.1:{live.port}"}, "push")
        assert run.run() == 0
    messages = Path(run.outputs["messages"])
    message = messages.read_text("ascii")
    assert read_message(message.removesuffix("\n"))["fields"] == [
        {"name": "Episode 2", "value": r"Cancelled. It's \*on\*."}
    ]
    # As of a folder with two shows.
    messages.write_text(message * 2, "ascii")
    with run_webhook([429, 204]) as webhook:
        assert run_send_step(messages, webhook) == 0
    times, types, bodies = zip(*webhook.requests, strict=True)
    assert [each.decode() for each in bodies] == [message.removesuffix("\n")] * 3
    assert {*types} == {"application/json"}
    assert times[1] - times[0] >= RETRY_AFTER


@pytest.mark.parametrize(("status", "messages", "count"), [(400, '{"a": 1}\n', 1), (204, "", 0)])
def test_step_sends_nothing_in_vain(status: int, messages: str, count: int, tmp_path: Path) -> None:
    """A message that Discord refuses fails the step; without news there is no request."""
    (tmp_path / "messages").write_text(messages, "ascii")
    with run_webhook([status]) as webhook:
        result = run_send_step(tmp_path / "messages", webhook)
    assert (bool(result), len(webhook.requests)) == (status == 400, count)
