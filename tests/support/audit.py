"""Ask for known vulnerabilities of locked libraries: ``python -m tests.support.audit LOCK_FILE``.

pip-audit does it. By itself, it finds nothing wrong with libraries that the service does not know,
and it ends in a traceback where no service can be reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

PIP_AUDIT: Final = (str(Path(sys.executable).with_name("pip-audit")), "--progress-spinner", "off")


def audit(lock_file: str, options: Sequence[str]) -> int:
    """Print what pip-audit finds, and return the exit status: 1 for a vulnerability.

    Where no library can be audited, print that the audit is skipped, and return 0. ``options`` are
    further options of pip-audit. Raises CalledProcessError for a file that it cannot read.
    """
    command = [*PIP_AUDIT, "--disable-pip", "--requirement", lock_file, *options]
    subprocess.run([*command, "--dry-run"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [*command, "--format", "json", "--output", str(report)],
            check=False,
            capture_output=True,
            text=True,
        )
        if not report.exists():
            reason = (done.stderr.strip() or "no report").splitlines()[-1]
            return _print_skipped(f"the service does not respond. {reason}")
        return _print_report(json.loads(report.read_text("utf-8"))["dependencies"])


def _print_report(libraries: Sequence[Mapping[str, Any]]) -> int:
    skipped = [each["name"] for each in libraries if "skip_reason" in each]
    audited = [each for each in libraries if "skip_reason" not in each]
    if not audited:
        return _print_skipped(f"the service knows none of the {len(libraries)} libraries.")
    if skipped:
        sys.stdout.write(f"Not audited, unknown to the service: {', '.join(skipped)}.\n")
    found = [(each, issue) for each in audited for issue in each["vulns"]]
    for library, issue in found:
        fixed = ", ".join(issue["fix_versions"]) or "no version"
        sys.stdout.write(f"{library['name']} {library['version']}: {issue['id']}, fixed in {fixed}")
        sys.stdout.write(f". {issue['description']}\n")
    sys.stdout.write(f"{len(audited)} libraries audited, {len(found)} known vulnerabilities.\n")
    return int(bool(found))


def _print_skipped(reason: str) -> int:
    sys.stdout.write(f"AUDIT SKIPPED, nothing is known about vulnerabilities: {reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1], sys.argv[2:]))
