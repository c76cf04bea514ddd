"""Comparisons of a folder of shows, for programs and for Discord."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.authoring.shows import run_cli
from tests.shows.shows import edit, write_show
from tests.support.discord import read_message

ENTRY = "changes: [{{at: 2025-07-30T12:00:00+09:00, episodes: [{}], status: cancelled}}]\n"


@pytest.fixture(autouse=True)
def shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write three schedules to the folder `shows`, export two, and go to the folder above."""
    monkeypatch.chdir(tmp_path)
    folder = Path("shows")
    for slug in ("one", "two"):
        write_show(folder / f"{slug}.yaml")
    result = run_cli("export", "public", "--url", "https://tv.example", "--schedule", "shows")
    assert result.exit_code == 0, result.stderr
    write_show(folder / "three.yaml")
    return folder


def compare(output_format: str, against: str = "public") -> Result:
    options = ["--schedule", "shows", "--against", against, "--format", output_format]
    return run_cli("check", *options)


def read_document(result: Result) -> Any:
    """Return the JSON of a result whose status and messages are those of the text."""
    text = compare("text")
    assert (result.exit_code, result.stderr) == (text.exit_code, text.stderr)
    return json.loads(result.stdout)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_document_has_every_show(shows: Path) -> None:
    append(shows / "two.yaml", ENTRY.format(2))
    edit(shows / "one.yaml", "time: 21:00", "time: 22:00")
    document = read_document(compare("json"))
    assert [*document] == ["against", "shows", "lost_urls", "summary"]
    one, three, two = document["shows"]
    assert [each["show"]["slug"] for each in (one, three, two)] == ["one", "three", "two"]
    assert (one["against"], one["show"]["page"]) == ("public/one", "https://tv.example/one/")
    assert [each["severity"] for each in one["changes"]] == ["error"] * 4
    assert (three["published"], three["against"], three["show"]["page"]) == (False, None, None)
    assert [*three] == [*one]
    assert [each["kind"] for each in two["changes"]] == ["cancelled"]
    assert document["summary"] == {"shows": 3, "changes": 5, "unannounced": 4, "warnings": 0}
    assert document["lost_urls"] == []


def test_document_has_lost_urls(shows: Path) -> None:
    (shows / "two.yaml").unlink()
    result = compare("json")
    document = read_document(result)
    assert (result.exit_code, document["lost_urls"]) == (1, ["/two/"])
    assert len(document["shows"]) == 2
    assert "subscribers would lose 1 URL: /two/." in result.stderr


def test_error_of_any_show_is_the_whole_document(shows: Path) -> None:
    edit(shows / "two.yaml", "21:00", "soon")
    result = compare("json")
    (error,) = read_document(result)["errors"]
    assert (result.exit_code, error["file"], error["key"]) == (1, "shows/two.yaml", "airing.time")


def test_damaged_feed_of_any_show_is_the_whole_document() -> None:
    """With text, the shows before it are there."""
    Path("public/two/two.ics").write_text("no calendar", "utf-8")
    result = compare("json")
    assert [*read_document(result)] == ["errors"]
    assert "not published yet" in compare("text").stdout


def test_another_main_language_is_a_document() -> None:
    Path("shows/site.yaml").write_text("languages: [ko, en]\n", "utf-8")
    result = compare("json")
    (error,) = read_document(result)["errors"]
    assert (result.exit_code, "main language was `en`" in error["message"]) == (1, True)


def test_each_show_has_a_message(shows: Path) -> None:
    append(shows / "one.yaml", ENTRY.format(1))
    append(shows / "two.yaml", ENTRY.format(2))
    result = compare("discord")
    assert (result.exit_code, result.stderr) == (0, "")
    embeds = [read_message(line) for line in result.stdout.splitlines()]
    assert [(each["title"], each["url"]) for each in embeds] == [
        ("one", "https://tv.example/one/"),
        ("two", "https://tv.example/two/"),
    ]
    assert embeds[1]["fields"] == [{"name": "Episode 2", "value": "Cancelled."}]


def test_unannounced_change_of_any_show_stops_all(shows: Path) -> None:
    append(shows / "one.yaml", ENTRY.format(1))
    edit(shows / "two.yaml", "time: 21:00", "time: 22:00")
    result = compare("discord")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: public: nothing to announce, because")
    assert "\n  two: Episode 1: moved from " in result.stderr


def test_lost_show_stops_all(shows: Path) -> None:
    append(shows / "one.yaml", ENTRY.format(1))
    (shows / "two.yaml").unlink()
    result = compare("discord")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "subscribers would lose 1 URL: /two/." in result.stderr
