"""Entry point of ``defects-ical`` and of ``python -m defects_ical``."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; Ctrl-C exits with status 130 and no traceback."""
    try:
        from defects_ical.cli.app import main  # noqa: PLC0415 - slow, so Ctrl-C must be handled

        main(prog_name="defects-ical")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
