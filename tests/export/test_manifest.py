"""The manifest of an exported folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from defects_ical.export.exporter import export_site
from defects_ical.export.manifest import ExportResult
from tests.support.exports import (
    MANIFEST_FILE,
    MOVED,
    ONE_PLATFORM,
    SITE_URL,
    build,
    get_export_error,
    read_files,
    write_text,
)


def test_manifest_may_list_a_missing_folder(tmp_path: Path) -> None:
    site = build(ONE_PLATFORM)
    export_site(site, SITE_URL, tmp_path)
    before = read_files(tmp_path)
    manifest = json.loads(before[MANIFEST_FILE])
    manifest["files"]["former/show-e01.ics"] = ["0" * 64]
    write_text(tmp_path / MANIFEST_FILE, json.dumps(manifest))
    assert export_site(site, SITE_URL, tmp_path) == ExportResult(0, len(site) + 2, 0)
    assert read_files(tmp_path) == before


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "\udcff",
        "[" * 100_000,
        "null",
        "[]",
        '"files"',
        "{}",
        '{"files": []}',
        '{"files": "show.ics"}',
        '{"files": {"show.ics": null}}',
        '{"files": {"show.ics": 1}}',
        '{"files": {"": []}}',
        '{"files": {".": []}}',
        '{"files": {"..": []}}',
        '{"files": {"../thesis.txt": []}}',
        '{"files": {"episodes/..": []}}',
        '{"files": {"episodes/../../thesis.txt": []}}',
        '{"files": {"/etc/passwd": []}}',
        '{"files": {"show.ics\\n": []}}',
        '{"files": {"show.ics\\u0000": []}}',
    ],
    ids=lambda text: repr(text[:40]),
)
def test_damaged_manifest_is_refused(manifest: str, tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    (tmp_path / MANIFEST_FILE).write_text(manifest, encoding="utf-8", errors="surrogateescape")
    message = get_export_error(build(MOVED), tmp_path)
    assert message == f"{tmp_path / MANIFEST_FILE}: damaged. Export to a new folder."
