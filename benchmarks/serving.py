"""How many requests a second a worker on one core answers, and how long the slowest wait."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from icalendar import Calendar

from benchmarks import contestants, wrk
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.contestants import cores, on_core, under_granian
from benchmarks.crowd import beside
from benchmarks.measuring import Chapter, Ratio, Sample, in_turns, ratio
from benchmarks.wrk import Run
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Resource, Site, build_site
from tests.support.processes import EMPTY, Server

OURS: Final = "defects-ical"
NGINX: Final = "nginx (deploy/nginx-folder.conf)"
USUAL: Final = "nginx (as Debian sets it)"
TUNED: Final = "nginx (set for nothing but speed)"
GUNICORN: Final = "defects-ical under gunicorn (gthread)"
PLAIN: Final = "a Flask view with the same bytes"
FILES: Final = "WhiteNoise"
REBUILDING: Final = "a Flask view that makes the calendar"
ZONELESS: Final = "a Flask view that makes it without a VTIMEZONE"
ROUNDS: Final = 7
CEILING: Final = "wrk itself, in a second of its own processor time"
ALONE: Final = "99th percentile alone"
CROWD: Final = 2000
CROWDED: Final = f"99th percentile beside {CROWD:,} others"
# Connections that ask meanwhile.
STEADY: Final = 16
# The share of its core above which wrk is what is measured.
BUSY: Final = 0.95
HOW: Final = (
    f"wrk on a core of its own, 32 keep-alive connections, {ROUNDS} rounds of 2 seconds each; one "
    "worker on one core. Under Granian all have the settings of `defects-ical serve`. The first "
    "nginx says what the service says, of every path. Debian's and the last know one set of "
    "headers; Debian's keeps a log, the last keeps files open. Most of what it takes to make the "
    "calendar is its VTIMEZONE, as icalendar makes it. All contestants run all the time."
)
HOW_CROWDED: Final = (
    f"wrk with {STEADY} keep-alive connections, alone, and beside {CROWD:,} others, of which half "
    f"are idle and half send an octet each second; {ROUNDS} rounds of 2 seconds each."
)
# The bars, for each kind of answer.
LEAST: Final = {NGINX: 0.65, USUAL: 0.65, PLAIN: 7.0, REBUILDING: 300.0}
LEAST_UNCHANGED: Final = {NGINX: 0.40, USUAL: 0.40}


def chapters() -> Iterator[Chapter]:
    """What is measured of the service."""
    site = build_site(load_schedule(SCHEDULE), SITE_URL)
    with _contestants(site) as servers:
        tags = {name: _verified(name, server, site[FEED]) for name, server in servers.items()}
        yield _rates("The feed (200)", servers, {}, LEAST)
        known = {name: {"If-None-Match": tag} for name, tag in tags.items()}
        yield _rates("Nothing new (304)", servers, known, LEAST_UNCHANGED)
    yield _crowded()


@contextmanager
def _contestants(site: Site) -> Iterator[dict[str, Server]]:
    serving, _ = cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # nginx's worker is another user.
        folder.chmod(0o755)
        export_site(site, SITE_URL, folder)
        made = "benchmarks.applications:{}".format
        starts = {
            NGINX: contestants.shipped_nginx(folder),
            USUAL: contestants.plain_nginx(folder, site[FEED].headers, contestants.USUAL),
            TUNED: contestants.plain_nginx(folder, site[FEED].headers, contestants.TUNED),
            OURS: contestants.ours(),
            GUNICORN: contestants.under_gunicorn(),
            FILES: under_granian(made("files"), folder),
            PLAIN: under_granian(made("prebuilt")),
            REBUILDING: under_granian(made("rebuilding")),
            ZONELESS: under_granian(made("rebuilding_without_zone")),
        }
        with on_core(serving):
            servers = {name: stack.enter_context(each) for name, each in starts.items()}
        yield servers


def _verified(name: str, server: Server, expected: Resource) -> str:
    """The entity tag of a server that answers as it should; raises RuntimeError for another."""
    whole = server.request(FEED)
    tag = whole.headers["etag"]
    unchanged = server.request(FEED, headers={"If-None-Match": tag})
    same = whole.body == expected.body
    if name in {REBUILDING, ZONELESS}:
        same = _uids(whole.body) == _uids(expected.body)
    typed = whole.headers["content-type"].startswith("text/calendar")
    if not (same and typed and whole.status == 200 and unchanged.status == 304):
        raise RuntimeError(f"{name}: {whole.status} {whole.headers}, {unchanged.status}")
    return tag


def _uids(body: bytes) -> list[str]:
    return [str(event["uid"]) for event in Calendar.from_ical(body.decode()).walk("VEVENT")]


def _rates(
    title: str,
    servers: Mapping[str, Server],
    headers: Mapping[str, Mapping[str, str]],
    least: Mapping[str, float],
) -> Chapter:
    runs: dict[str, list[Run]] = {name: [] for name in servers}

    def rate(name: str) -> float:
        run = wrk.ask(servers[name], headers.get(name, EMPTY))
        runs[name].append(run)
        return run.rate

    for name, server in servers.items():
        wrk.ask(server, headers.get(name, EMPTY), seconds=1)
    samples = in_turns({name: partial(rate, name) for name in servers}, ROUNDS)
    ceiling = Sample(CEILING, tuple(run.ceiling for run in runs[TUNED]))
    ratios = [
        ratio(f"{OURS} / {name}", samples[OURS], sample, least.get(name))
        for name, sample in samples.items()
        if name != OURS
    ]
    # Beside the tuned one wrk may have nothing to spare; no bar hangs on that.
    busiest = _busiest(run for name in (OURS, NGINX, USUAL) for run in runs[name])
    return Chapter(title, HOW, "requests/s", (*samples.values(), ceiling), (*ratios, busiest))


def _busiest(runs: Iterable[Run]) -> Ratio:
    """How busy wrk's core was: with nothing to spare, wrk and no server was measured."""
    shares = [run.busy for run in runs]
    most = max(shares)
    return Ratio(
        "the share of its core that wrk took, asking these",
        most,
        min(shares),
        most,
        BUSY,
        at_most=True,
    )


def _crowded() -> Chapter:
    serving, asking = cores()
    with ExitStack() as stack:
        with on_core(serving):
            server = stack.enter_context(contestants.ours())

        def alone() -> float:
            return wrk.ask(server, connections=STEADY).p99

        def crowded() -> float:
            with on_core(asking), beside(server, CROWD):
                return alone()

        samples = in_turns({ALONE: alone, CROWDED: crowded}, ROUNDS)
    wait = ratio(f"{CROWDED} / {ALONE}", samples[CROWDED], samples[ALONE], 5, at_most=True)
    return Chapter("The slowest answers", HOW_CROWDED, "ms", tuple(samples.values()), (wait,))
