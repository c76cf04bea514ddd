"""The results as Markdown, with the machine and all versions."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.measurement import Ratio, Sample, Section, Table
from benchmarks.others.other_servers import find_php
from tests.support.nginx import find_nginx

LIBRARIES: Final = (
    *("flask", "granian", "gunicorn", "icalendar", "ical", "ics", "jinja2", "whitenoise"),
)
PACKAGES: Final = Path(__file__).parent / "others" / "package.json"
RATIO_HEADER: Final = (
    "| one / other | ratio | single rounds | target | |",
    "|---|--:|--:|--:|---|",
)

Part: TypeAlias = Section | Table


def format_heading() -> str:
    """Return the title, and what the figures depend on."""
    names = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        "# Benchmark results\n\n"
        "Written by `make bench`. Candidates are measured in turns. Figures are medians, with "
        "minimum and maximum in brackets. A ratio is the median of the ratios of single rounds.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {_describe_machine()}, {_describe_system()}, "
        f"Python {platform.python_version()}, {_get_version('wrk', '-v')}, "
        f"{_get_version(find_nginx(), '-v')}, "
        f"{_get_version(find_php(), '-v')}, Node.js {_get_version('node', '-v')}; "
        f"{names}, {_list_packages()}.\n"
    )


def _list_packages() -> str:
    """Return the packages of other languages that the benchmarks use, with their versions."""
    packages: dict[str, str] = json.loads(PACKAGES.read_text("utf-8"))["dependencies"]
    return ", ".join(f"{name} {version}" for name, version in packages.items())


def _describe_machine() -> str:
    info = Path("/proc/cpuinfo").read_text("utf-8")
    models = [line.partition(": ")[2] for line in info.splitlines() if line.startswith("model n")]
    return f"{models[0] if models else platform.machine()} ({len(models)} cores)"


def _describe_system() -> str:
    """Return the system and its version, without the suffix of its distribution."""
    return f"{platform.system()} {platform.release().partition('-')[0]}"


def _get_version(*command: str) -> str:
    """Return the version that a program prints to standard output or standard error."""
    if not shutil.which(command[0]):
        return f"no {command[0]}"
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    words = (done.stdout + done.stderr).replace("nginx version:", "").split()
    return " ".join(words[:2]) if words[0] in {"wrk", "PHP"} else words[0].replace("/", " ")


def format_summary(parts: Iterable[Part]) -> Iterator[str]:
    """Yield the lines of a table of all ratios that have a target, and then all tables."""
    kept = list(parts)
    yield from RATIO_HEADER
    for part in kept:
        for ratio in part.ratios:
            if ratio.target is not None:
                yield _format_ratio(f"{part.title}: {ratio.name}", ratio)
    yield ""
    for part in kept:
        if isinstance(part, Table):
            yield from (f"{part.title}:", "", *_format_table(part))


def format_part(part: Part) -> Iterator[str]:
    """Yield the lines of a section or a table, with its heading and its method."""
    yield from (f"## {part.title}", "", part.method, "")
    if isinstance(part, Table):
        yield from _format_table(part)
    else:
        yield from _format_section(part)


def _format_table(table: Table) -> Iterator[str]:
    yield f"| | {' | '.join(table.columns)} |"
    yield f"|---{'|--:' * len(table.columns)}|"
    for name, cells in table.rows:
        figures = (each if isinstance(each, str) else _format_figure(each) for each in cells)
        yield f"| {name} | {' | '.join(figures)} |"
    yield ""


def _format_section(section: Section) -> Iterator[str]:
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
