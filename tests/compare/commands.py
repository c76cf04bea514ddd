"""Run the commands that compare, and read their expected output."""

from __future__ import annotations

import re
from typing import Final

from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from tests.compare.edits import DATA, SITE_URL

URL: Final = f"{SITE_URL}"

# The golden files of each comparison are those of an edit.
COMPARISONS: Final = {
    "nothing": "nothing",
    "announced": "move, runtime and status appended",
    "moved": "rule time and runtime edited",
    "teaser": "teaser edited",
    "title": "title edited",
    "deleted": "two entries deleted",
    "inserted": "note inserted before the last",
    "removed": "special removed",
    "delayed": "platform delay edited",
    "feed-missing": "slug edited",
    "uids-changed": "uid edited",
    "time-zone": "time zone with another offset",
}


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def read_expected(name: str) -> str:
    return (DATA / name).read_text("utf-8")


def read_expected_errors() -> dict[str, str]:
    found = re.findall(r"(?m)^# (.*)\n(.*)$", read_expected("errors.txt"))
    assert len(found) == len({name for name, _ in found})
    return dict(found)


EXPECTED_ERRORS: Final = read_expected_errors()


def read_error(source: str) -> str:
    """Return the error that `check --against` prints; the port of a local server is 8000."""
    result = run_command("check", "--against", source)
    assert (result.exit_code, result.stdout) == (1, "")
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", result.stderr).removesuffix("\n")
