"""Entry point of ``defects-ical`` and of ``python -m defects_ical``."""

from __future__ import annotations

import os
import signal
import sys


def run() -> None:
    """Run the command line; Ctrl-C exits with status 130 and no traceback."""
    if os.getpid() == 1:
        # The first process of a container gets SIGTERM only if it handles it, also while it loads.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    # Both libraries would search the disk: for the file of each zone, all of which come with pytz,
    # and in every installed package for plugins.
    os.environ.setdefault("PYTZ_SKIPEXISTSCHECK", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from defects_ical.cli.app import main  # noqa: PLC0415 - slow, so Ctrl-C must be handled

        main(prog_name="defects-ical")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
