"""A maintainer's evening: import, check, serve; a viewer subscribes; an episode moves."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import icalendar

from tests.support.processes import BIN, run_server, wait_for
from tests.support.tvmaze import WEEKLY, serve_tvmaze

# Seconds until a subscriber's next request must bring the change.
RELOAD_SECONDS = 2.0


class SubscribedEvent(NamedTuple):
    """What a calendar app keeps of an event."""

    start: str
    sequence: int


def run(folder: Path, *arguments: str) -> str:
    """Run a command in the folder of the schedule; return what it prints."""
    command = [str(BIN / "defects-ical"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def read_events(body: bytes) -> dict[str, SubscribedEvent]:
    """Return the events of a feed by UID, as icalendar parses it."""
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return {
        str(each["UID"]): SubscribedEvent(
            each.decoded("DTSTART").isoformat(), each.decoded("SEQUENCE")
        )
        for each in events
    }


def test_move_reaches_a_subscriber_in_two_seconds(tmp_path: Path) -> None:
    with serve_tvmaze() as tvmaze:
        run(tmp_path, "import", f"tvmaze:{WEEKLY}", "--tvmaze-api", tvmaze.api)
    assert "schedule.yaml: OK, 12 episodes" in run(tmp_path, "check")
    command = [str(BIN / "defects-ical"), "serve", "--port", "0"]
    with run_server(command, r"http://127\.0\.0\.1:(\d+)/", folder=tmp_path) as server:
        first = server.request("/northgate.ics")
        before = read_events(first.body)
        validator = {"If-None-Match": first.headers["etag"]}
        assert server.request("/northgate.ics", headers=validator).status == 304
        table = run(tmp_path, "change", "5", "--move", "2025-10-31T22:30", "--yes")
        assert "Friday 31 October 2025, 22:30 EDT" in table
        written = time.monotonic()
        wait_for(lambda: server.request("/northgate.ics", headers=validator).status == 200)
        assert time.monotonic() - written < RELOAD_SECONDS
        after = read_events(server.request("/northgate.ics").body)
        line = "edit is live. Episode 5: moved from Thursday 30 October 2025, 21:00 EDT"
        wait_for(lambda: line in server.log.read_text("utf-8"))
    changed = {uid: each for uid, each in after.items() if before[uid] != each}
    assert after.keys() == before.keys()
    assert [*changed.values()] == [SubscribedEvent("2025-10-31T22:30:00-04:00", 1)]
    assert [before[uid] for uid in changed] == [SubscribedEvent("2025-10-30T21:00:00-04:00", 0)]
