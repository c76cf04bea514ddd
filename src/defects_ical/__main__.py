"""The command ``defects-ical``, which ``python -m defects_ical`` is too."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command; Ctrl-C ends it without a traceback, even before it has begun."""
    try:
        from defects_ical.cli import main  # noqa: PLC0415 - what takes its time

        main(prog_name="defects-ical")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
