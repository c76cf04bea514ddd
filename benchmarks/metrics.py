"""What counting requests costs: throughput with and without `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from benchmarks.candidates import get_cores, pin_to_core, run_ours
from benchmarks.load import run_wrk
from benchmarks.measurement import Section, compare, measure_in_turns
from tests.support.processes import Server

ON: Final = "defects-ical serve --metrics"
OFF: Final = "defects-ical serve"
ROUNDS: Final = 31
TARGET: Final = 0.99
METHOD: Final = (
    f"wrk on its own core, 32 keep-alive connections, {ROUNDS} rounds of 1 second each: short "
    "ones, because the difference is smaller than that between two minutes."
)


def _measure_rate(server: Server) -> float:
    return run_wrk(server, seconds=1).rate


def measure() -> Iterator[Section]:
    """Measure the throughput of one worker in both modes, in turns."""
    with ExitStack() as stack:
        with pin_to_core(get_cores()[0]):
            servers = {
                ON: stack.enter_context(run_ours("--metrics")),
                OFF: stack.enter_context(run_ours()),
            }
        for server in servers.values():
            run_wrk(server, seconds=1)
        rates = {name: partial(_measure_rate, each) for name, each in servers.items()}
        samples = measure_in_turns(rates, ROUNDS)
    ratio = compare("`/metrics` on / off", samples[ON], samples[OFF], TARGET)
    yield Section("Metrics", METHOD, "requests/s", (*samples.values(),), (ratio,))
