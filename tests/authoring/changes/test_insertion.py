"""Insert an entry: whatever the style of the file, nothing else changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from defects_ical.authoring.changes.answers import ChangeAnswers
from defects_ical.authoring.changes.edit import edit_schedule
from defects_ical.authoring.yaml.edits import insert_entry
from defects_ical.errors import ScheduleError, ScheduleFileError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from tests.support.written_schedules import HEAD, STYLES

ANSWERS = ChangeAnswers(episodes=("2-3",), shift="1w", reason="A game: #1.")
NOW = datetime(2025, 8, 1, 3, 0, 0, 500, tzinfo=UTC)
BOM = "\ufeff"


def split_style(marked: str) -> tuple[str, str]:
    """Return a file before and after the entry."""
    parts = marked.replace("»", "«").split("«")
    return "".join(parts[::2]), "".join(parts)


def append(path: Path) -> Schedule:
    """Append the entry to a file, and return the schedule that was proposed."""
    with edit_schedule(path, lambda content: load_schedule(path, content=content)) as edit:
        proposed = edit.propose(ANSWERS, NOW)
        proposed.write()
    return proposed.schedule


@pytest.mark.parametrize("form", ["LF", "CRLF", "BOM"])
@pytest.mark.parametrize("style", STYLES)
def test_insertion_adds_only_the_entry(style: str, form: str, tmp_path: Path) -> None:
    """The bytes are those of before, with the entry; and the file loads."""
    before, after = split_style(STYLES[style])
    if form == "CRLF":
        before, after = (each.replace("\n", "\r\n") for each in (before, after))
    elif form == "BOM":
        before, after = BOM + before, BOM + after
    path = tmp_path / "schedule.yaml"
    path.write_bytes(before.encode())
    known = load_schedule(path).changes
    append(path)
    assert path.read_bytes().decode() == after
    *others, entry = load_schedule(path).changes
    assert [*known] == others
    assert (entry.episodes, entry.reason) == (("2-3",), "A game: #1.")
    assert entry.at == NOW.replace(microsecond=0)


@pytest.mark.parametrize("style", STYLES)
def test_insertion_without_final_line_break(style: str, tmp_path: Path) -> None:
    """A file that ends without a line break keeps to that, and no other value changes."""
    before = split_style(STYLES[style])[0].rstrip("\n")
    path = tmp_path / "schedule.yaml"
    path.write_text(before, "utf-8", newline="")
    recaps = [each.recap for each in load_schedule(path).episodes.values()]
    append(path)
    text = path.read_bytes().decode()
    assert not text.endswith("\n")
    rest = iter(text)
    assert all(each in rest for each in before)
    assert [each.recap for each in load_schedule(path).episodes.values()] == recaps
    assert len(text) - len(before) < 150


def test_insertion_keeps_json(tmp_path: Path) -> None:
    """A file that other programs read as JSON stays JSON."""
    for style in (each for each in STYLES if each.startswith("JSON")):
        path = tmp_path / "schedule.yaml"
        path.write_text(split_style(STYLES[style])[0], "utf-8")
        append(path)
        assert json.loads(path.read_text("utf-8"))["changes"][-1]["episodes"] == ["2-3"]


def test_insertion_replaces_empty_text(tmp_path: Path) -> None:
    """`changes: ""` has no place inside."""
    path = tmp_path / "schedule.yaml"
    path.write_text(f"{HEAD}changes: ''\nreminders: [60]\n", "utf-8")
    append(path)
    assert len(load_schedule(path).changes) == 1
    assert path.read_text("utf-8").endswith("}]\nreminders: [60]\n")


def test_insertion_without_a_place(tmp_path: Path) -> None:
    """If every way would change another value, the lines to paste are in the message."""
    path = tmp_path / "schedule.yaml"
    path.write_text("? changes\n? format\n: 1\n" + HEAD.replace("format: 1\n", ""), "utf-8")
    before = path.read_bytes()
    with pytest.raises(ScheduleFileError, match="by hand") as caught:
        append(path)
    assert path.read_bytes() == before
    assert "  - {at: 2025-08-01T12:00:00+09:00, episodes: [2-3]" in str(caught.value)
    assert f"{path}:2:1" in str(caught.value)


def test_insertion_into_no_yaml() -> None:
    with pytest.raises(ScheduleError, match="invalid YAML"):
        insert_entry("schedule.yaml", b"a: [", "changes", {})
