"""The command ``import --update``: what changed at the source becomes edits, after a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from tests.support.example_schedules import make_yaml
from tests.support.terminal import run_in_terminal
from tests.support.tvmaze import WEEKLY, TVmazeServer, serve_tvmaze

# All episodes are in the future, so that any of them may move.
YEARS = 8


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def get_episodes(server: TVmazeServer) -> list[dict[str, Any]]:
    episodes: list[dict[str, Any]] = server.shows[WEEKLY]["_embedded"]["episodeswithspecials"]
    return episodes


def move(episode: dict[str, Any], days: int) -> None:
    """Move an episode of TVmaze by days."""
    start = datetime.fromisoformat(episode["airstamp"]) + timedelta(days=days)
    episode["airstamp"] = start.astimezone(UTC).isoformat()
    episode["airdate"] = (datetime.fromisoformat(episode["airdate"]) + timedelta(days)).strftime(
        "%Y-%m-%d"
    )


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TVmazeServer]:
    """Serve a show in the future, which is imported to a file in the working folder."""
    monkeypatch.chdir(tmp_path)
    with serve_tvmaze() as server:
        for each in get_episodes(server):
            move(each, 7 * 52 * YEARS)
        result = invoke("import", f"tvmaze:{WEEKLY}", "--tvmaze-api", server.api)
        assert result.exit_code == 0, result.stderr
        yield server


def update(server: TVmazeServer, *arguments: str) -> Result:
    return invoke("import", "--update", "--tvmaze-api", server.api, *arguments)


def test_nothing_new_is_up_to_date(server: TVmazeServer) -> None:
    before = Path("schedule.yaml").read_bytes()
    result = update(server, "--yes")
    assert (result.exit_code, result.stdout) == (0, "schedule.yaml: up to date\n")
    assert Path("schedule.yaml").read_bytes() == before


def test_move_is_shown_and_written(server: TVmazeServer) -> None:
    """The actions come first, then what subscribers see; without --yes nothing is written."""
    move(get_episodes(server)[4], 7)
    before = Path("schedule.yaml").read_bytes()
    refused = update(server)
    assert refused.exit_code == 2
    assert "Use --yes to write without a question." in refused.stderr
    assert Path("schedule.yaml").read_bytes() == before
    result = update(server, "--yes")
    assert result.exit_code == 0, result.stderr
    action, heading, row, last = result.stdout.splitlines()
    assert action.startswith("- Episode 5")
    assert heading.startswith("Episodes")
    assert "announced" in row
    assert last == "schedule.yaml: updated"
    moved = {each.key: len(each.revisions) for each in expand_episodes(load_schedule(PATH))}
    assert {key for key, count in moved.items() if count} == {"5"}
    assert update(server, "--yes").stdout == "schedule.yaml: up to date\n"


PATH = Path("schedule.yaml")


def test_gone_episode_is_a_question(server: TVmazeServer) -> None:
    """It is never cancelled by itself."""
    del get_episodes(server)[-1]
    result = update(server, "--yes")
    assert result.exit_code == 0, result.stderr
    question, last = result.stdout.splitlines()
    assert question.startswith("? ")
    assert question.endswith("`defects-ical change 12 --status cancelled`")
    PATH.rename("north.yaml")
    named = update(server, "north.yaml", "--yes").stdout
    assert "`defects-ical change 12 --status cancelled --schedule north.yaml`" in named
    assert last == "schedule.yaml: up to date"


def test_update_asks_on_a_terminal(server: TVmazeServer, tmp_path: Path) -> None:
    """The answer no, or Ctrl-C, leaves the file as it is; the answer yes writes it."""
    move(get_episodes(server)[4], 7)
    before = PATH.read_bytes()
    arguments = ["import", "--update", "--tvmaze-api", server.api]
    with run_in_terminal(arguments, tmp_path) as terminal:
        terminal.answer("Write this to schedule.yaml?", "n")
        terminal.expect("Nothing was written.")
        assert terminal.wait() == 0
    with run_in_terminal(arguments, tmp_path) as terminal:
        terminal.expect("Write this to schedule.yaml?")
        assert terminal.interrupt() == 1
    assert PATH.read_bytes() == before
    with run_in_terminal(arguments, tmp_path) as terminal:
        terminal.answer("Write this to schedule.yaml?", "")
        assert terminal.wait() == 0
    assert len(load_schedule(PATH).changes) == 1
    assert [*tmp_path.iterdir()] == [tmp_path / "schedule.yaml"]


def test_show_of_a_folder_is_updated(server: TVmazeServer) -> None:
    folder = Path("shows")
    folder.mkdir()
    PATH.rename(folder / "north.yaml")
    move(get_episodes(server)[4], 7)
    result = update(server, "shows", "--show", "northgate", "--yes")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith("shows/north.yaml: updated\n")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["schedule.yaml", "other.yaml"], 2, "--update takes the FILE alone"),
        (["--slug", "x"], 2, "--update takes the FILE alone"),
        (["missing.yaml"], 1, "the file does not exist"),
        (["plain.yaml"], 1, "plain.yaml: the schedule names no `source`"),
    ],
)
def test_update_refuses(
    arguments: list[str], status: int, message: str, server: TVmazeServer
) -> None:
    Path("plain.yaml").write_text(make_yaml(), "utf-8")
    result = update(server, *arguments)
    assert result.exit_code == status
    assert message in result.stderr


def test_options_of_update_need_it() -> None:
    assert "are for --update" in invoke("import", "tvmaze:1", "--yes").stderr
    assert "Missing argument 'SOURCE'" in invoke("import").stderr
