"""What people would take instead, at 1,000 requests a second: latency and memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

from icalendar import Calendar

from benchmarks import candidates
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.candidates import get_cores, pin_to_core, run_under_granian
from benchmarks.constant_rate import CONNECTIONS, RATE, RateResult, send_at_rate
from benchmarks.measurement import ROUNDS, Table, measure_in_turns
from benchmarks.others.other_servers import run_ical_generator, run_php
from benchmarks.others.plain_feeds import PlainFeed, make_plain_feed
from defects_ical.content.site_input import SiteInput
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.processes import Server

SECONDS: Final = 2
MEMORY: Final = re.compile(r"^(Rss|Pss): +(\d+) kB$", re.MULTILINE)
PARENT: Final = re.compile(r"^PPid:\s+(\d+)$", re.MULTILINE)
TITLE: Final = f"The feed at {RATE:,} requests a second"
COLUMNS: Final = ("p50, ms", "p99, ms", "resident, MB", "proportional, MB")
METHOD: Final = (
    f"The shipped schedule's feed, requested {RATE:,} times a second on {CONNECTIONS} keep-alive "
    "connections. A latency counts from when the request is due, also if it has to wait for a free "
    f"connection. {ROUNDS} rounds of {SECONDS} seconds in turns; the servers have one core, the "
    "load has the other. Where a server cannot keep up, the table has the rate that it reached. "
    "Memory is that of all processes of a candidate, after the load: resident counts all pages of "
    "each, proportional divides shared pages among their processes. All make the same events, with "
    "summary, description and time zone. Those that build per request get the texts ready made; "
    "icalendar and ical-generator write a VTIMEZONE, sabre/vobject has none to write. Flask runs "
    "under Granian, PHP under PHP-FPM with Debian's settings behind nginx."
)


@dataclass(slots=True)
class _Candidate:
    """A running server, the processes that belong to it, and its measurements."""

    server: Server
    roots: tuple[int, ...]
    results: list[RateResult] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    proportional: list[float] = field(default_factory=list)

    def measure(self) -> float:
        """Measure one round, and return its median latency in milliseconds."""
        result = send_at_rate(self.server, SECONDS)
        self.results.append(result)
        sizes = [_read_megabytes(pid) for root in self.roots for pid in _list_processes(root)]
        self.resident.append(sum(each["Rss"] for each in sizes))
        self.proportional.append(sum(each["Pss"] for each in sizes))
        return result.p50

    def list_cells(self) -> tuple[float | str, ...]:
        """Return the medians, or the rate if most rounds were too much."""
        memory = (median(self.resident), median(self.proportional))
        if sum(result.kept_up for result in self.results) * 2 > len(self.results):
            latencies = ([each.p50 for each in self.results], [each.p99 for each in self.results])
            return (*map(median, latencies), *memory)
        rate = median(result.rate for result in self.results)
        return (f"cannot: {rate:,.0f} requests/s", "", *memory)


def measure() -> Iterator[Table]:
    """Measure all candidates side by side."""
    feed = make_plain_feed(SiteInput(load_schedule(SCHEDULE), SITE_URL)).keep()
    with _run_candidates(feed) as servers:
        for name, each in servers.items():
            _verify(name, each.server, feed)
            send_at_rate(each.server, 1)
        measure_in_turns({name: each.measure for name, each in servers.items()}, ROUNDS)
        rows = tuple((name, each.list_cells()) for name, each in servers.items())
    yield Table(TITLE, METHOD, COLUMNS, rows)


@contextmanager
def _run_candidates(feed: PlainFeed) -> Iterator[Mapping[str, _Candidate]]:
    server_core, _ = get_cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # nginx's worker runs as another user.
        folder.chmod(0o755)
        export_site(build_site(load_schedule(SCHEDULE), SITE_URL), SITE_URL, folder)
        application = "benchmarks.applications:{}".format
        contexts = {
            "defects-ical": candidates.run_ours(),
            "defects-ical, exported: nginx": candidates.run_shipped_nginx(folder),
            "Flask, icalendar per request": run_under_granian(application("create_rebuilding")),
            "Flask, prebuilt bytes": run_under_granian(application("create_prebuilt")),
            "Node.js, ical-generator per request": run_ical_generator("built", feed),
            "Node.js, prebuilt bytes": run_ical_generator("prebuilt", feed),
        }
        with pin_to_core(server_core):
            servers = {name: stack.enter_context(each) for name, each in contexts.items()}
            nginx, php = stack.enter_context(run_php(feed))
        found = {name: _Candidate(each, (each.process.pid,)) for name, each in servers.items()}
        found["PHP, sabre/vobject per request"] = _Candidate(nginx, (nginx.process.pid, php))
        yield found


def _verify(name: str, server: Server, feed: PlainFeed) -> None:
    """Raise RuntimeError if a response has other events, or a 304 does not work."""
    full = server.request(FEED)
    not_modified = server.request(FEED, headers={"If-None-Match": full.headers.get("etag", "")})
    is_calendar = full.headers["content-type"].startswith("text/calendar")
    if not (full.status == 200 and not_modified.status == 304 and is_calendar):
        raise RuntimeError(f"{name}: {full.status} {full.headers}, {not_modified.status}")
    expected = {each.uid: (each.start, each.summary, each.description) for each in feed.events}
    if (found := _read_events(full.body)) != expected:
        raise RuntimeError(f"{name}: {found}, not {expected}")


def _read_events(body: bytes) -> dict[str, tuple[datetime, str, str]]:
    events = Calendar.from_ical(body.decode()).walk("VEVENT")
    return {
        str(each["uid"]): (each.decoded("dtstart"), str(each["summary"]), str(each["description"]))
        for each in events
    }


def _list_processes(root: int) -> Iterator[int]:
    """Yield a process and all that it has started."""
    yield root
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = PARENT.search(path.read_text("utf-8"))
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent and int(parent[1]) == root:
            yield from _list_processes(int(path.parent.name))


def _read_megabytes(pid: int) -> dict[str, float]:
    """Return the resident and the proportional size of a process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return {name: int(size) / 1024 for name, size in MEMORY.findall(text)}
