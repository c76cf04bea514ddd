"""``make bench``: measure everything side by side, print it, and write it to RESULTS.md."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks import building, serving, starting
from benchmarks.measuring import Chapter, Ratio, Sample
from tests.support.nginx import find_nginx

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
LIBRARIES: Final = (
    *("flask", "granian", "gunicorn", "icalendar", "ical", "ics", "jinja2", "whitenoise"),
)
HEADER: Final = ("| one / other | ratio | single rounds | bar | |", "|---|--:|--:|--:|---|")
ALL: Final = {"serving": serving, "building": building, "starting": starting}


def main() -> None:
    """Measure the parts that are named, or all; only then write the file."""
    named = sys.argv[1:] or list(ALL)
    if unknown := [name for name in named if name not in ALL]:
        sys.exit(f"`{unknown[0]}` is not one of {', '.join(ALL)}")
    if sys.platform != "linux":
        sys.exit("This takes Linux.")
    print(_heading())
    chapters = [_shown(each) for name in named for each in ALL[name].chapters()]
    summary = "\n".join(_summary(chapters))
    print(summary)
    if named == list(ALL):
        parts = (_heading(), summary, *("\n".join(_table(each)) for each in chapters))
        RESULTS.write_text("\n".join(parts), "utf-8")
    if missed := [each.what for chapter in chapters for each in chapter.ratios if not each.good]:
        print(f"Below the bar: {'; '.join(missed)}")


def _shown(chapter: Chapter) -> Chapter:
    """The same; it is printed as soon as it is known."""
    print("\n".join(_table(chapter)))
    return chapter


def _heading() -> str:
    names = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        "# What was measured\n\n"
        "By `make bench`; nothing here is written by hand. Contestants take turns; figures are "
        "medians, with the least and the most in brackets; a ratio is the median of those of the "
        "rounds.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}, {_system()}, "
        f"Python {platform.python_version()}, {_said('wrk', '-v')}, "
        f"{_said(find_nginx(), '-v')}; {names}.\n"
    )


def _machine() -> str:
    facts = Path("/proc/cpuinfo").read_text("utf-8")
    models = [line.partition(": ")[2] for line in facts.splitlines() if line.startswith("model n")]
    return f"{models[0] if models else platform.machine()} ({len(models)} cores)"


def _system() -> str:
    """The system and its version, without what its builder adds to that."""
    return f"{platform.system()} {platform.release().partition('-')[0]}"


def _said(*command: str) -> str:
    """The version that a program tells, on either output."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    words = (done.stdout + done.stderr).replace("nginx version:", "").split()
    return " ".join(words[:2]) if words[0] == "wrk" else words[0].replace("/", " ")


def _summary(chapters: Iterable[Chapter]) -> Iterator[str]:
    yield from HEADER
    for chapter in chapters:
        for each in chapter.ratios:
            if each.bar is not None:
                yield _row(f"{chapter.title}: {each.what}", each)
    yield ""


def _table(chapter: Chapter) -> Iterator[str]:
    yield from (f"## {chapter.title}", "", chapter.how, "")
    yield from (f"| | {chapter.unit} | |", "|---|--:|--:|")
    for sample in chapter.samples:
        yield f"| {sample.name} | {_figure(sample.median)} | {_extremes(sample)} |"
    yield ""
    if chapter.ratios:
        yield from HEADER
        yield from (_row(each.what, each) for each in chapter.ratios)
        yield ""


def _row(what: str, ratio: Ratio) -> str:
    bar = "" if ratio.bar is None else f"{'≤' if ratio.at_most else '≥'} {ratio.bar:g}"
    verdict = "" if ratio.bar is None else ("reached" if ratio.good else "**missed**")
    spread = f"{_figure(ratio.low)} to {_figure(ratio.high)}"
    return f"| {what} | {_figure(ratio.value)} | {spread} | {bar} | {verdict} |"


def _extremes(sample: Sample) -> str:
    values = sample.values
    return f"({_figure(min(values))} to {_figure(max(values))})" if len(values) > 1 else ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
