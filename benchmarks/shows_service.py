"""The service for 1,000 shows: its idle time, rate, slowest answers, memory and start."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.load import WRK_ERRORS, WRK_OUTPUT
from benchmarks.measurement import Sample, Section, compare, judge, measure_in_turns
from benchmarks.show_schedules import edit_schedule, get_feed_path, write_schedules
from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.app import SiteMiddleware
from defects_ical.server.shows.exported_site import ExportedSite
from tests.support.nginx import find_free_port
from tests.support.processes import BIN, TIMEOUT, Server, run_granian, run_process

SITE_URL: Final = SiteURL.parse("https://tv.example")
FEW: Final = 10
RATE_ROUNDS: Final = 7
START_ROUNDS: Final = 7
WORKERS: Final = 2
# Seconds until a service has read what it keeps.
SETTLING: Final = 15
FOLLOWING: Final = 20
FOLLOW_ROUNDS: Final = 3
EDITING: Final = 20
EDIT_PAUSE: Final = 0.2
REQUEST_PAUSE: Final = 0.002
REQUESTS: Final = 100_000
# Requests on one connection: the next one may reach another worker.
REQUESTS_PER_CONNECTION: Final = 500
# Seconds between two attempts to reach a server that starts.
START_PAUSE: Final = 0.002
TICKS: Final = os.sysconf("SC_CLK_TCK")
SIZE: Final = re.compile(r"^(Pss|Private_Clean|Private_Dirty):\s+(\d+) kB$", re.MULTILINE)
PROPORTIONAL: Final = "proportional"
PRIVATE: Final = "private"
CALLS: Final = 1_000_000
MANY_LOADED: Final = "one of 1,000 shows"
ONE_LOADED: Final = "the only show"
FOLLOWING_METHOD: Final = (
    f"Processor time of all processes of a service with {WORKERS} workers, over {FOLLOWING} "
    f"seconds in which nothing changes, {SETTLING} seconds after its start or later. "
    f"{FOLLOW_ROUNDS} rounds."
)
RATE_METHOD: Final = (
    f"The feed of one show, by wrk on its own core, with 32 keep-alive connections. {RATE_ROUNDS} "
    "rounds of 2 seconds in turns; each service has one worker, on the same core."
)
SLOWEST_METHOD: Final = (
    f"Feeds of random shows on one keep-alive connection, one every {REQUEST_PAUSE * 1000:g} ms "
    f"for {EDITING} seconds, while a random show is edited every {EDIT_PAUSE * 1000:g} ms. A "
    "latency begins when the request was due. Once without edits, for comparison."
)
MEMORY_METHOD: Final = (
    f"A service with {WORKERS} workers after {REQUESTS:,} requests for random paths. The "
    "proportional size divides shared pages among their processes. The private size is what a "
    "further worker adds."
)
START_METHOD: Final = (
    f"From the start of the process to the first 200, with everything exported before. "
    f"{START_ROUNDS} rounds."
)


@dataclass(frozen=True)
class ExportedShows:
    """A folder of ``count`` schedules and their exported site, each made when first needed."""

    folder: Path
    count: int

    @cached_property
    def source(self) -> Path:
        """The folder of schedules."""
        self.folder.mkdir(exist_ok=True)
        write_schedules(self.folder / "schedules", self.count)
        return self.folder / "schedules"

    @property
    def exported(self) -> Path:
        """The folder of the exported site."""
        return self.folder / "exported"

    @property
    def compiled(self) -> dict[str, str]:
        """The environment variables with which processes keep what they compile."""
        folder = self.folder / "compiled"
        return {"PYTHONPYCACHEPREFIX": str(folder), "PYTHONDONTWRITEBYTECODE": ""}

    def export(self) -> None:
        """Bring the exported site up to date."""
        options = ["--schedule", str(self.source), "--url", str(SITE_URL), "--jobs", "2"]
        command = [sys.executable, "-m", "defects_ical", "export", str(self.exported), *options]
        subprocess.run(command, check=True, capture_output=True)

    def serve(self, workers: int = WORKERS) -> AbstractContextManager[Server]:
        """Export, and return the context of a service."""
        self.export()
        options = ("--folder", str(self.exported))
        return run_granian(self.source, str(SITE_URL), workers, *options)

    def list_paths(self) -> list[str]:
        """Return the path of every file of the site."""
        files = (each for each in self.exported.rglob("*") if each.is_file())
        names = (each.relative_to(self.exported).as_posix() for each in files)
        return sorted(
            f"/{name.removesuffix('index.html')}"
            for name in names
            if not re.search(r"(^|/)[._]|404\.html$", name)
        )


def measure_following(shows: ExportedShows) -> Iterator[Section]:
    """Measure the processor time of a service that has nothing to do."""
    shares = []
    with shows.serve() as server:
        time.sleep(SETTLING)
        for _ in range(FOLLOW_ROUNDS):
            before = _read_processor_time(server)
            time.sleep(FOLLOWING)
            shares.append((_read_processor_time(server) - before) / FOLLOWING * 100)
    sample = Sample("following 1,000 shows, % of a core", tuple(shares))
    yield Section("Following", FOLLOWING_METHOD, "%", (sample,), (judge(sample, 1.0),))


def _read_processor_time(server: Server) -> float:
    """Return the seconds that the processes of a service have used."""
    return sum(_read_ticks(pid) for pid in _list_pids(server)) / TICKS


def _list_pids(server: Server) -> list[int]:
    """Return the process IDs of a service: the parent first, then its workers."""
    return [server.process.pid, *server.get_worker_pids()]


def _read_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    # utime and stime; the first field here is the third one of the file.
    return int(fields[11]) + int(fields[12])


def measure_rates(shows: ExportedShows) -> Iterator[Section]:
    """Measure the requests per second of one feed, among many shows and alone."""
    one = ExportedShows(shows.folder / "one", 1)
    measured = {MANY_LOADED: shows, ONE_LOADED: one}
    with ExitStack() as stack:
        if shutil.which("wrk"):
            with pin_to_core(get_cores()[0]):
                servers = {
                    name: stack.enter_context(each.serve(1)) for name, each in measured.items()
                }
            time.sleep(SETTLING)
            timers = {name: partial(_run_wrk, each) for name, each in servers.items()}
        else:
            timers = {name: partial(_call_middleware, each) for name, each in measured.items()}
        samples = measure_in_turns(timers, RATE_ROUNDS)
    many, alone = samples[MANY_LOADED], samples[ONE_LOADED]
    ratio = compare(f"{MANY_LOADED} / {ONE_LOADED}", many, alone, 0.95)
    yield Section("One feed of 1,000 shows", RATE_METHOD, "requests/s", (many, alone), (ratio,))


def _run_wrk(server: Server) -> float:
    """Return the requests per second of the first show's feed."""
    command = ["timeout", str(TIMEOUT), "wrk", "-t1", "-c32", "-d2", "--latency"]
    command.append(f"http://127.0.0.1:{server.port}{get_feed_path(0)}")
    with pin_to_core(get_cores()[1]):
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    match = WRK_OUTPUT.search(output)
    if not match or WRK_ERRORS.search(output):
        raise RuntimeError(f"wrk failed: {output}")
    return float(match["rate"])


def _call_middleware(shows: ExportedShows) -> float:
    """Return the responses per second of the first show's feed, without a server."""
    shows.export()
    target = ExportTarget(shows.exported, SITE_URL)
    middleware = SiteMiddleware(ExportedSite(target), lambda *_: [])
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": get_feed_path(0)}
    start = time.perf_counter()
    for _ in range(CALLS):
        middleware(environ, lambda *_: print)
    return CALLS / (time.perf_counter() - start)


def measure_slowest(shows: ExportedShows) -> Iterator[Section]:
    """Measure the slowest answers while shows are edited."""
    with shows.serve() as server:
        time.sleep(SETTLING)
        quiet = _collect_latencies(server, shows, pause=None)
        edited = _collect_latencies(server, shows, pause=EDIT_PAUSE)
    slowest = Sample(
        "99.9th percentile while shows are edited, ms", (edited[-len(edited) // 1000],)
    )
    samples = (
        Sample("median", (median(edited),)),
        slowest,
        Sample("slowest", (edited[-1],)),
        Sample("99.9th percentile without edits", (quiet[-len(quiet) // 1000],)),
        Sample("slowest without edits", (quiet[-1],)),
    )
    yield Section("Slowest answers", SLOWEST_METHOD, "ms", samples, (judge(slowest, 50),))


def _collect_latencies(server: Server, shows: ExportedShows, pause: float | None) -> list[float]:
    """Return the sorted latencies in milliseconds that another process sees during edits."""
    random = Random(shows.count)  # noqa: S311 - no secret
    here, there = multiprocessing.Pipe()
    client = multiprocessing.get_context("fork").Process(
        target=_request_feeds, args=(server.port, shows.count, there), daemon=True
    )
    client.start()
    end = time.monotonic() + EDITING
    while (now := time.monotonic()) < end:
        if pause:
            edit_schedule(shows.source, random.randrange(shows.count))
        time.sleep(max(0, now + (pause or EDITING) - time.monotonic()))
    latencies: list[float] = here.recv()
    client.join()
    return latencies


def _request_feeds(port: int, count: int, parent: Connection) -> None:
    """Request the feeds of random shows at fixed times, and send the latencies."""
    random = Random(count)  # noqa: S311 - no secret
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    latencies = []
    start = time.monotonic()
    for number in range(int(EDITING / REQUEST_PAUSE)):
        due = start + number * REQUEST_PAUSE
        time.sleep(max(0, due - time.monotonic()))
        connection.request("GET", get_feed_path(random.randrange(count)))
        response = connection.getresponse()
        response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"status {response.status}")
        latencies.append((time.monotonic() - due) * 1000)
    parent.send(sorted(latencies))


def measure_memory(shows: ExportedShows) -> Iterator[Section]:
    """Measure the memory of the processes of a service."""
    sizes = read_sizes(shows, REQUESTS)
    samples = {name: Sample(f"{name}, MB", (size,)) for name, size in sizes.items()}
    ratios = (
        judge(samples[f"parent, {PROPORTIONAL}"], 350),
        judge(samples[f"worker 1, {PROPORTIONAL}"], 350),
        judge(samples[f"worker 2, {PRIVATE}"], 40),
    )
    yield Section("Memory with 1,000 shows", MEMORY_METHOD, "MB", (*samples.values(),), ratios)


def read_sizes(shows: ExportedShows, requests: int) -> dict[str, float]:
    """Return the sizes in MB of the processes of a service after random requests."""
    with shows.serve() as server:
        time.sleep(SETTLING)
        paths = shows.list_paths()
        random = Random(len(paths))  # noqa: S311 - no secret
        for _ in range(requests // REQUESTS_PER_CONNECTION):
            _request_paths(server, random.choices(paths, k=REQUESTS_PER_CONNECTION))
        names = ["parent", *(f"worker {each + 1}" for each in range(WORKERS))]
        pairs = zip(names, _list_pids(server), strict=True)
        return {f"{name}, {key}": size for name, pid in pairs for key, size in _read(pid).items()}


def _request_paths(server: Server, paths: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    for path in paths:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"{path}: status {response.status}")
    connection.close()


def _read(pid: int) -> dict[str, float]:
    """Return the proportional and the private size of a process in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    sizes = {name: int(size) / 1024 for name, size in SIZE.findall(text)}
    private = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {PROPORTIONAL: sizes["Pss"], PRIVATE: private}


def measure_start(shows: ExportedShows) -> Iterator[Section]:
    """Measure the time from the start of the service to the first 200."""
    shows.export()
    name = "start with 1,000 shows, s"
    # Only the first start compiles, as with an installed package.
    _time_start(shows)
    sample = measure_in_turns({name: partial(_time_start, shows)}, START_ROUNDS)[name]
    yield Section("Start with 1,000 shows", START_METHOD, "s", (sample,), (judge(sample, 1.5),))


def _time_start(shows: ExportedShows) -> float:
    port = find_free_port()
    command = [str(BIN / "defects-ical"), "serve", "--schedule", str(shows.source)]
    command += ["--url", str(SITE_URL), "--folder", str(shows.exported), "--port", str(port)]
    start = time.perf_counter()
    with run_process(command, shows.compiled):
        while not _responds_200(port):
            if time.perf_counter() > start + TIMEOUT:
                raise RuntimeError(f"{command} does not respond")
            time.sleep(START_PAUSE)
        return time.perf_counter() - start


def _responds_200(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", get_feed_path(0))
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
