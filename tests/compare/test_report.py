"""What `check --against` prints.

In data, NAME.txt and NAME.md are the expected outputs of each comparison.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from defects_ical.compare.report import Report
from defects_ical.compare.reports import markdown_report
from tests.compare.commands import (
    COMPARISONS,
    read_expected,
    run_command,
)
from tests.compare.comparisons import apply_edit
from tests.compare.edits import EDITS, PUBLISHED


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", COMPARISONS)
def test_check_against_prints_comparison(name: str) -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS[COMPARISONS[name]]), "utf-8")
    text = run_command("check", "--against", "public")
    assert text.stdout == read_expected(f"{name}.txt")
    markdown = run_command("check", "--against", "public", "--format", "markdown")
    assert markdown.stdout == read_expected(f"{name}.md")
    has_errors = "error: " in text.stdout
    assert (text.exit_code, markdown.exit_code) == (has_errors, has_errors)
    assert (text.stderr, markdown.stderr) == ("", "")


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", COMPARISONS)
def test_printed_entries_can_be_appended(name: str) -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS[COMPARISONS[name]]), "utf-8")
    shown = run_command("check", "--against", "public").stdout
    restored = re.findall("^- Restore `(- .*)` under `specials`.$", shown, flags=re.MULTILINE)
    entries = re.findall("^  - {at: .*}$", shown, flags=re.MULTILINE)
    text = apply_edit(EDITS[COMPARISONS[name]])
    for special in restored:
        text = text.replace("specials:\n", f"specials:\n  {special}\n")
    Path("schedule.yaml").write_text(text + "".join(f"{each}\n" for each in entries), "utf-8")
    again = run_command("check", "--against", "public")
    assert (
        ("error: " in again.stdout)
        == (again.exit_code == 1)
        == (name in {"feed-missing", "uids-changed"})
    )
    assert "warning: " not in again.stdout


def test_format_needs_against(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_command("check", "--format", "markdown")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--format needs --against." in result.stderr


@pytest.mark.usefixtures("export_folder")
def test_markdown_escapes_cells() -> None:
    teaser = "teaser: 'They <b>run</b> | *fast* `now` [here](x)'"
    Path("schedule.yaml").write_text(PUBLISHED.replace("teaser: They run.", teaser), "utf-8")
    shown = run_command("check", "--against", "public", "--format", "markdown").stdout
    assert r"teaser: They \<b\>run\</b\> \| \*fast\* \`now\` \[here\](x) |" in shown


def test_markdown_fences_steps_with_html() -> None:
    step = 'Restore `- {id: extra, title: "A `b` <c> @me"}` under `specials`.'
    report = Report(rows=(), steps=(step,), entries=(), summary="1 change, 1 unannounced")
    assert markdown_report.format_report(report, "Show") == (
        f"### Show\n\n````text\n- {step}\n````\n\n1 change, 1 unannounced\n"
    )
