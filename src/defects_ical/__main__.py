"""The command ``defects-ical``, which ``python -m defects_ical`` is too."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Run the command; Ctrl-C ends it without a traceback, even before it has begun."""
    try:
        # What is loaded stays, so that a search for garbage in it only takes time.
        gc.disable()
        from defects_ical.cli.app import main  # noqa: PLC0415 - what takes its time

        gc.freeze()
        gc.enable()
        main(prog_name="defects-ical")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
