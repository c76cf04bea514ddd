"""Run all benchmarks (``make bench``), print the results, and write them to RESULTS.md."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks import building, checking, languages, serving, shows, startup
from benchmarks.measurement import Ratio, Sample, Section
from tests.support.nginx import find_nginx

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
LIBRARIES: Final = (
    *("flask", "granian", "gunicorn", "icalendar", "ical", "ics", "jinja2", "whitenoise"),
)
RATIO_HEADER: Final = (
    "| one / other | ratio | single rounds | target | |",
    "|---|--:|--:|--:|---|",
)
BENCHMARKS: Final = {
    "serving": serving,
    "building": building,
    "startup": startup,
    "checking": checking,
    "languages": languages,
    "shows": shows,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all; write the file only after all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        sys.exit(f"unknown benchmark `{unknown[0]}`. Use {', '.join(BENCHMARKS)}.")
    if sys.platform != "linux":
        sys.exit("The benchmarks need Linux.")
    print(_format_heading())
    sections = [_print_section(each) for name in names for each in BENCHMARKS[name].measure()]
    summary = "\n".join(_format_summary(sections))
    print(summary)
    if names == list(BENCHMARKS):
        tables = ("\n".join(_format_section(section)) for section in sections)
        parts = (_format_heading(), summary, *tables)
        RESULTS.write_text("\n".join(parts), "utf-8")
    ratios = [ratio for section in sections for ratio in section.ratios]
    if missed := [ratio.name for ratio in ratios if not ratio.is_met]:
        print(f"Targets missed: {'; '.join(missed)}")


def _print_section(section: Section) -> Section:
    """Print a section as soon as it is measured, and return it."""
    print("\n".join(_format_section(section)))
    return section


def _format_heading() -> str:
    names = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        "# Benchmark results\n\n"
        "Written by `make bench`. Candidates are measured in turns. Figures are medians, with "
        "minimum and maximum in brackets. A ratio is the median of the ratios of single rounds.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {_describe_machine()}, {_describe_system()}, "
        f"Python {platform.python_version()}, {_get_version('wrk', '-v')}, "
        f"{_get_version(find_nginx(), '-v')}; {names}.\n"
    )


def _describe_machine() -> str:
    info = Path("/proc/cpuinfo").read_text("utf-8")
    models = [line.partition(": ")[2] for line in info.splitlines() if line.startswith("model n")]
    return f"{models[0] if models else platform.machine()} ({len(models)} cores)"


def _describe_system() -> str:
    """Return the system and its version, without the suffix of its distribution."""
    return f"{platform.system()} {platform.release().partition('-')[0]}"


def _get_version(*command: str) -> str:
    """Return the version that a program prints to standard output or standard error."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    words = (done.stdout + done.stderr).replace("nginx version:", "").split()
    return " ".join(words[:2]) if words[0] == "wrk" else words[0].replace("/", " ")


def _format_summary(sections: Iterable[Section]) -> Iterator[str]:
    yield from RATIO_HEADER
    for section in sections:
        for ratio in section.ratios:
            if ratio.target is not None:
                yield _format_ratio(f"{section.title}: {ratio.name}", ratio)
    yield ""


def _format_section(section: Section) -> Iterator[str]:
    yield from (f"## {section.title}", "", section.method, "")
    yield from (f"| | {section.unit} | |", "|---|--:|--:|")
    for sample in section.samples:
        yield f"| {sample.name} | {_format_figure(sample.median)} | {_format_extremes(sample)} |"
    yield ""
    if section.ratios:
        yield from RATIO_HEADER
        yield from (_format_ratio(ratio.name, ratio) for ratio in section.ratios)
        yield ""


def _format_ratio(name: str, ratio: Ratio) -> str:
    target, result = "", ""
    if ratio.target is not None:
        target = f"{'≤' if ratio.is_maximum else '≥'} {ratio.target:g}"
        result = "met" if ratio.is_met else "**missed**"
    spread = f"{_format_figure(ratio.low)} to {_format_figure(ratio.high)}"
    return f"| {name} | {_format_figure(ratio.value)} | {spread} | {target} | {result} |"


def _format_extremes(sample: Sample) -> str:
    values = sample.values
    if len(values) == 1:
        return ""
    return f"({_format_figure(min(values))} to {_format_figure(max(values))})"


def _format_figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
