"""What ``make dist``, ``make sbom`` and ``make audit`` do, with the real tools."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from defects_ical import __version__
from tests.support.processes import BIN, ROOT

pytestmark = pytest.mark.soak

RELEASE_TOOLS: Final = BIN.parent / "release" / "bin"
LOCK_FILE: Final = ROOT / "requirements" / "run.txt"
VALIDATE: Final = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(str(error) if error else 0)
"""
# What the service would say of Jinja 3.0.0.
VULNERABILITY: Final = {
    "id": "GHSA-0000-0000-0000",
    "summary": "Templates escape their sandbox.",
    "published": "2025-01-01T00:00:00Z",
    "modified": "2025-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI", "purl": "pkg:pypi/jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0.0"}]}],
        }
    ],
}


def make(target: str, folder: Path) -> str:
    """Make a target with a folder in place of dist/; return its output."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("M")}
    command = ["make", "--no-print-directory", target, f"OUT={folder}", f"VENV={BIN.parent}"]
    done = subprocess.run(command, cwd=ROOT, env=outer, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_dist_builds_and_checks_same_bytes_twice(tmp_path: Path) -> None:
    outputs = [make("dist", tmp_path / each) for each in ("one", "two")]
    names = [f"defects_ical-{__version__}-py3-none-any.whl", f"defects_ical-{__version__}.tar.gz"]
    for name in names:
        first, second = (tmp_path / each / name for each in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()
    assert outputs[0].count("PASSED") == len(names)
    assert f"{names[0]}: OK" in outputs[0]


def validate(bill: str) -> str:
    """Return what is wrong with a bill of materials, or an empty text."""
    command = [str(RELEASE_TOOLS / "python"), "-c", VALIDATE]
    done = subprocess.run(command, input=bill, text=True, check=False, capture_output=True)
    assert bool(done.returncode) == bool(done.stderr), done.stderr
    return done.stderr


def test_bill_of_materials_is_valid_and_complete(tmp_path: Path) -> None:
    for each in ("one", "two"):
        make("sbom", tmp_path / each)
    text = (tmp_path / "one" / "sbom.cdx.json").read_text("utf-8")
    assert text == (tmp_path / "two" / "sbom.cdx.json").read_text("utf-8")
    assert validate(text) == ""
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    program = bill["metadata"]["component"]
    assert (program["name"], program["version"]) == ("defects-ical", __version__)
    locked = re.findall(r"^([\w.-]+)==(\S+)", LOCK_FILE.read_text("utf-8"), flags=re.MULTILINE)
    assert [(each["name"], each["version"]) for each in bill["components"]] == locked
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])


def test_validator_refuses_a_damaged_bill() -> None:
    damaged = '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}]}'
    assert "is a required property" in validate(damaged)


@contextmanager
def run_service(found: list[dict[str, Any]]) -> Iterator[str]:
    """Run a service that responds to every question with these vulnerabilities; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = found if question["package"]["name"] == "jinja2" else []
            body = json.dumps({"vulns": known} if known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def audit(*options: str, lock_file: Path = LOCK_FILE, **variables: str) -> tuple[int, str]:
    """Run the audit; return its exit status and its output."""
    command = [RELEASE_TOOLS / "python", "-m", "tests.support.audit", lock_file, *options]
    done = subprocess.run(
        [*map(str, command)],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_audit_fails_for_a_known_vulnerability() -> None:
    with run_service([VULNERABILITY]) as url:
        status, output = audit("-s", "osv", "--osv-url", url, NO_PROXY="*")
    assert status == 1
    assert "GHSA-0000-0000-0000, fixed in 99.0.0. Templates escape their sandbox.\n" in output
    assert "1 known vulnerabilities" in output


def test_audit_passes_without_vulnerabilities() -> None:
    with run_service([]) as url:
        status, output = audit("-s", "osv", "--osv-url", url, NO_PROXY="*")
    assert status == 0
    assert re.search(r"^\d+ libraries audited, 0 known vulnerabilities\.$", output, re.MULTILINE)


def test_audit_without_a_service_is_skipped_aloud() -> None:
    # The discard port: nothing listens there.
    status, output = audit(HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="")
    assert (status, output[:14]) == (0, "AUDIT SKIPPED,")


def test_audit_of_a_damaged_lock_file_fails(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("jinja2\n", "utf-8")
    status, output = audit(lock_file=tmp_path / "run.txt")
    assert status != 0
    assert "AUDIT SKIPPED" not in output
