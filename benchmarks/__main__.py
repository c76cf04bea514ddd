"""Run all benchmarks (``make bench``), print the results, and write them to RESULTS.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from benchmarks import (
    alternatives,
    building,
    checking,
    editing,
    exporting,
    languages,
    memory,
    metrics,
    serving,
    shows,
    startup,
)
from benchmarks.measurement import MIN_ROUNDS, ROUNDS
from benchmarks.report import Part, format_heading, format_part, format_summary

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
BENCHMARKS: Final = {
    "serving": serving,
    "alternatives": alternatives,
    "metrics": metrics,
    "building": building,
    "editing": editing,
    "exporting": exporting,
    "startup": startup,
    "memory": memory,
    "checking": checking,
    "languages": languages,
    "shows": shows,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all.

    The file is written only after all of them, with as many rounds as its figures need.
    """
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        sys.exit(f"unknown benchmark `{unknown[0]}`. Use {', '.join(BENCHMARKS)}.")
    if sys.platform != "linux":
        sys.exit("The benchmarks need Linux.")
    print(format_heading())
    parts = [_print_part(each) for name in names for each in BENCHMARKS[name].measure()]
    summary = "\n".join(format_summary(parts))
    print(summary)
    if names == list(BENCHMARKS) and ROUNDS >= MIN_ROUNDS:
        tables = ("\n".join(format_part(each)) for each in parts)
        RESULTS.write_text("\n".join((format_heading(), summary, *tables)), "utf-8")
    ratios = [ratio for part in parts for ratio in part.ratios]
    if missed := [ratio.name for ratio in ratios if not ratio.is_met]:
        print(f"Targets missed: {'; '.join(missed)}")


def _print_part(part: Part) -> Part:
    """Print a part as soon as it is measured, and return it."""
    print("\n".join(format_part(part)), flush=True)
    return part


if __name__ == "__main__":
    main()
