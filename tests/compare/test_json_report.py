"""The report for programs: its keys are a promise.

In data, NAME.json is the document of each of some comparisons.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from defects_ical.compare.comparison import Comparison
from defects_ical.compare.differences import Issue
from defects_ical.compare.reports import json_report
from tests.compare.commands import COMPARISONS, read_expected, run_command
from tests.compare.comparisons import TIME_EDITED, apply_edit, compare
from tests.compare.edits import EDITS, NOW, SITE_URL
from tests.support.example_schedules import load_yaml
from tests.support.variants import sample

GOLDEN: Final = ("announced", "removed", "delayed", "feed-missing")
CHANGE_KEYS: Final = [
    *("episodes", "episode_numbers", "name", "kind", "before", "after"),
    *("start_before", "start_after", "date_before", "date_after"),
    *("runtime_before", "runtime_after", "status_before", "status_after"),
    *("feed", "platform", "severity", "issue"),
]
KINDS: Final = {
    *("added", "removed", "joined", "moved", "hour-known", "duration-changed"),
    *("episodes-changed", "text-changed", "cancelled", "postponed", "tentative", "confirmed"),
    "restored",
}


def read_report(text: str) -> Any:
    schedule = load_yaml(text)
    found = Comparison(schedule, Path("schedule.yaml"), "public", SITE_URL, compare(text))
    return json.loads(json_report.format_comparison(found, NOW))


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", GOLDEN)
def test_document_of_a_comparison(name: str) -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS[COMPARISONS[name]]), "utf-8")
    shown = run_command("check", "--against", "public", "--format", "json")
    text = run_command("check", "--against", "public")
    assert shown.stdout == read_expected(f"{name}.json")
    assert (shown.exit_code, shown.stderr) == (text.exit_code, text.stderr)


@pytest.mark.parametrize("name", sample(EDITS, 6))
def test_document_says_what_the_table_says(name: str) -> None:
    text = apply_edit(EDITS[name])
    report = read_report(text)
    assert [*report] == [
        *("show", "against", "published", "timezone", "changes", "steps", "entries", "summary"),
    ]
    found = compare(text)
    assert [(each["name"], each["before"], each["after"]) for each in report["changes"]] == [
        (each.name, each.before or None, each.after or None) for each in found
    ]
    severities = [each["severity"] for each in report["changes"]]
    assert report["summary"] == {
        "changes": len(found),
        "unannounced": severities.count("error"),
        "warnings": severities.count("warning"),
    }
    for each in report["changes"]:
        assert [*each] == CHANGE_KEYS
        assert each["kind"] in KINDS
        assert (each["issue"] is None) == (each["severity"] == "ok")
        for when in ("before", "after"):
            start, day, status = (each[f"{key}_{when}"] for key in ("start", "date", "status"))
            assert start is None or day is None
            assert bool(start or day) == bool(status)


def test_codes_of_issues_never_change() -> None:
    assert {each.code for each in Issue} == {
        *("unannounced", "unannounced-text", "stamp-decreased", "stamp-unchanged"),
        *("removed", "joined", "renumbered", "unknown-event-removed", "feed-missing"),
        *("language-missing", "main-language-changed", "all-uids-changed"),
    }


def test_starts_are_in_utc() -> None:
    for each in read_report(TIME_EDITED)["changes"]:
        before, after = (
            datetime.strptime(each[key], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            for key in ("start_before", "start_after")
        )
        hours = 1 if each["kind"] == "moved" else 0
        assert before - after == timedelta(hours=hours)


def test_unknown_hour_is_a_date() -> None:
    entry = "  - {at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-09}\n"
    (moved,) = read_report(apply_edit(EDITS["nothing"]) + entry)["changes"]
    assert moved["start_before"] == "2025-08-04T14:00:00Z"
    assert (moved["start_after"], moved["date_after"]) == (None, "2025-08-09")
    assert (moved["runtime_before"], moved["runtime_after"]) == (60, None)
    assert moved["after"] == "Saturday 9 August 2025 (hour not known)"


def test_change_of_a_special_names_it() -> None:
    (moved,) = read_report(apply_edit(EDITS["special time edited"]))["changes"]
    assert (moved["episodes"], moved["episode_numbers"]) == (["making-of"], [])


@pytest.mark.usefixtures("export_folder")
def test_document_in_another_language_is_in_english() -> None:
    """Apart from the texts of the schedule; Korean is not escaped."""
    text = "languages: [ko]\n" + apply_edit(EDITS["move appended"]).replace("The Show", "아이쇼핑")
    Path("schedule.yaml").write_text(text.replace("move: 2025-08-12", "move: 2025-08-13"), "utf-8")
    assert run_command("export", "ko", "--url", "https://me.example").exit_code == 0
    Path("schedule.yaml").write_text(text, "utf-8")
    shown = run_command("check", "--against", "ko", "--format", "json")
    report = json.loads(shown.stdout)
    assert '"title": "아이쇼핑"' in shown.stdout
    assert [(each["name"], each["kind"]) for each in report["changes"]] == [("Episode 6", "moved")]
    assert report["changes"][0]["before"] == "Wednesday 13 August 2025, 20:00 KST"


# Without a comparison.


@pytest.mark.usefixtures("export_folder")
def test_invalid_schedule_is_a_document_too() -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS["nothing"]).replace("23:00", "soon"), "utf-8")
    shown = run_command("check", "--against", "public", "--format", "json")
    text = run_command("check", "--against", "public")
    errors = json.loads(shown.stdout)["errors"]
    assert (shown.exit_code, shown.stderr, text.stdout) == (1, text.stderr, "")
    assert [*errors[0]] == ["message", "file", "line", "column", "key", "hint"]
    first = errors[0]
    place = f"{first['file']}:{first['line']}:{first['column']}: {first['key']}"
    assert text.stderr.startswith(f"{place}: {first['message']}. {first['hint']}\n")
    assert len(errors) == len(text.stderr.splitlines())


@pytest.mark.usefixtures("schedule_folder")
def test_missing_feed_is_a_document_too() -> None:
    shown = run_command("check", "--against", "missing", "--format", "json")
    (error,) = json.loads(shown.stdout)["errors"]
    assert shown.exit_code == 1
    assert shown.stderr == f"error: {error.pop('message')}\n"
    assert error == dict.fromkeys(("file", "line", "column", "key", "hint"))
