"""What `check --against … --format discord` prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from tests.compare.commands import run_command
from tests.compare.comparisons import apply_edit
from tests.compare.edits import EDITS
from tests.support.discord import read_message


def announce(name: str, more: str = "") -> Result:
    """Compare an edit of the published schedule with the export."""
    Path("schedule.yaml").write_text(apply_edit(EDITS[name]) + more, "utf-8")
    return run_command("check", "--against", "public", "--format", "discord")


@pytest.mark.usefixtures("export_folder")
def test_news_is_one_line() -> None:
    result = announce("move, runtime and status appended")
    assert (result.exit_code, result.stderr, result.stdout.count("\n")) == (0, "", 1)
    (field,) = read_message(result.stdout.removesuffix("\n"))["fields"]
    assert field["name"] == "Episode 4"
    assert field["value"].startswith("Moved from <t:1753797600:F> to <t:")


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", ["nothing", "color edited"])
def test_no_news_is_no_line(name: str) -> None:
    result = announce(name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.usefixtures("export_folder")
def test_unannounced_text_is_a_warning() -> None:
    result = announce("teaser edited")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("warning: public: Episode 1: text changed (teaser: They are")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("export_folder")
def test_unannounced_change_is_refused() -> None:
    """Nor is what another entry announces: the site does not go live."""
    entry = "  - {at: 2025-08-01T12:00:00+09:00, episodes: [4], status: confirmed}\n"
    result = announce("special time edited", entry)
    text = run_command("check", "--against", "public")
    assert (result.exit_code, text.exit_code, result.stdout) == (1, 1, "")
    header, line = result.stderr.splitlines()
    assert header == (
        "error: public: nothing to announce, because some calendar apps would not show these "
        "changes:"
    )
    assert line.startswith("  The making of: moved from Tuesday 26 August 2025, 23:00 KST to ")
    assert "Append `- {at: 2025-08-01T12:00:01+09:00, episodes: [making-of]" in line


@pytest.mark.usefixtures("schedule_folder")
def test_missing_feed_is_an_error_as_with_text() -> None:
    result = run_command("check", "--against", "missing", "--format", "discord")
    text = run_command("check", "--against", "missing")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", text.stderr)


@pytest.mark.usefixtures("schedule_folder")
@pytest.mark.parametrize("name", ["json", "discord", "text"])
def test_formats_need_against(name: str) -> None:
    result = run_command("check", "--format", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--format needs --against." in result.stderr
