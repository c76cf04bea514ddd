"""An export over an earlier one refuses unannounced changes.

In data, NAME.export.txt are the expected errors.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compare.commands import (
    COMPARISONS,
    URL,
    read_expected,
    run_command,
)
from tests.compare.comparisons import apply_edit
from tests.compare.edits import EDITS


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", ["deleted", "delayed", "removed", "feed-missing", "uids-changed"])
def test_export_refuses_unannounced_changes(name: str) -> None:
    before = read_files(Path("public"))
    Path("schedule.yaml").write_text(apply_edit(EDITS[COMPARISONS[name]]), "utf-8")
    refused = run_command("export", "public", "--url", URL)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == read_expected(f"{name}.export.txt")
    assert read_files(Path("public")) == before
    forced = run_command("export", "public", "--url", URL, "--force")
    assert forced.exit_code == 0
    assert forced.stderr.startswith("warning: public: ")
    assert read_files(Path("public")) != before
    assert run_command("check", "--against", "public").stdout.endswith(
        "schedule.yaml: no changes\n"
    )


@pytest.mark.usefixtures("export_folder")
def test_export_warns_of_changed_text() -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS["teaser edited"]), "utf-8")
    result = run_command("export", "public", "--url", URL)
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: public: Episode 1: text changed (teaser: They are on the run.) without an entry "
        "in `changes`. Append `- {at: 2025-08-01T12:00:00+09:00, episodes: [1], "
        'note: "Details corrected."}` to `changes`.\n'
    )
    assert b"They are on the run." in Path("public/show.ics").read_bytes()


@pytest.mark.usefixtures("export_folder")
def test_export_of_announced_change_prints_nothing() -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS["shift appended"]), "utf-8")
    result = run_command("export", "public", "--url", URL)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.usefixtures("export_folder")
def test_export_replaces_damaged_feed_with_warning() -> None:
    feed = Path("public/show.ics")
    sound = feed.read_bytes()
    feed.write_bytes(sound[:1000])
    result = run_command("export", "public", "--url", URL)
    assert (result.exit_code, feed.read_bytes()) == (0, sound)
    assert result.stderr == "warning: public/show.ics: damaged, not compared\n"


@pytest.mark.usefixtures("export_folder")
def test_export_to_another_url_warns_of_links() -> None:
    result = run_command("export", "public", "--url", "https://me.example/shows")
    assert result.exit_code == 0
    assert "Episodes 1 to 8, The making of: text changed (link)" in result.stderr
