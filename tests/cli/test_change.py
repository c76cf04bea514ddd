"""The command ``change``: append an entry, and show what subscribers will see."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.schedule.loader import load_schedule
from tests.support.example_schedules import make_yaml
from tests.support.processes import BIN
from tests.support.terminal import TAB, Terminal, run_in_terminal
from tests.support.variants import sample

SEASONS = make_yaml(
    premiere="2025-07-21",
    changes="\n  - {at: 2037-01-02T12:00:00+09:00, episodes: [1], note: Text.}\n",
)


def run_change(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["change", *arguments])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a schedule in the working folder, without entries."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "schedule.yaml"
    path.write_text(make_yaml(changes=""), "utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "entry"),
    [
        (
            ["5", "--move", "2025-08-04T23:30", "--reason", "A game."],
            'episodes: [5], move: 2025-08-04T23:30, reason: "A game."',
        ),
        (["6-8", "--shift", "1w"], "episodes: [6-8], shift: {weeks: 1}"),
        (["6-8", "--shift=-1h30m"], "episodes: [6-8], shift: {hours: -1, minutes: -30}"),
        (["5-8", "--shift", "1slot"], "episodes: [5-8], shift: {slots: 1}"),
        (["1,2", "4", "--shift", "2 days"], "episodes: [1, 2, 4], shift: {days: 2}"),
        (["all", "--time", "22:00"], "episodes: all, time: 22:00"),
        (["8", "--postpone"], "episodes: [8], status: postponed"),
        (["8", "--status", "cancelled"], "episodes: [8], status: cancelled"),
        (["3", "--note", "Cast #2: no"], 'episodes: [3], note: "Cast #2: no"'),
        (["3", "--runtime", "90"], "episodes: [3], runtime: 90"),
        (
            ["3", "--platform", "channel", "--postpone"],
            "episodes: [3], platform: channel, status: postponed",
        ),
    ],
)
def test_change_appends(arguments: list[str], entry: str, path: Path) -> None:
    """Each action becomes an entry that loads, dated now in the schedule's zone."""
    before = path.read_text("utf-8")
    result = run_change(*arguments, "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    added = path.read_text("utf-8").removeprefix(before)
    found = re.fullmatch(r"  - \{at: (\S+), (.*)\}\n", added)
    assert found
    assert found[2] == entry
    at = datetime.fromisoformat(found[1])
    assert abs(at - datetime.now(UTC)).total_seconds() < 60
    assert found[1].endswith("+09:00")
    assert load_schedule(path).changes[0].at == at


def test_change_shows_what_subscribers_see(path: Path) -> None:
    """The table of `check --against` comes first, then the entry."""
    result = run_change("5", "--move", "2025-08-04T23:30", "--yes")
    lines = result.stdout.splitlines()
    assert re.split("  +", lines[0]) == ["Episodes", "Change", "Before", "After", "Result"]
    assert re.split("  +", lines[1]) == [
        *("Episode 5", "moved", "Monday 4 August 2025, 23:00 KST"),
        *("Monday 4 August 2025, 23:30 KST", "announced"),
    ]
    assert lines[2].startswith("- {at: ")
    assert lines[3:] == ["schedule.yaml: entry appended"]
    assert path.read_text("utf-8").endswith(f"  {lines[2]}\n")


def test_change_is_later_than_the_last_entry(path: Path) -> None:
    path.write_text(SEASONS, "utf-8")
    assert run_change("2", "--postpone", "--yes").exit_code == 0
    assert load_schedule(path).changes[1].at == datetime(2037, 1, 2, 3, 0, 1, tzinfo=UTC)


def test_change_is_later_than_publication(path: Path) -> None:
    """The stamps of an episode that was published last decide."""
    text = make_yaml(published="2036-01-01T00:00:00+00:00", changes="")
    special = "[{id: making-of, title: Making, airs: 2036-05-01, published: 2036-03-01T00:00:00Z}]"
    path.write_text(text.replace("specials: []", f"specials: {special}"), "utf-8")
    for episode in ("1", "making-of"):
        assert run_change(episode, "--postpone", "--yes").exit_code == 0
    first, second = (each.at for each in load_schedule(path).changes)
    assert first == datetime(2036, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert second == datetime(2036, 3, 1, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "Which episodes?"),
        (["5"], 2, "What happened to 5? Use one of --postpone, --move"),
        (["5", "--reason", "A game."], 2, "What happened to 5?"),
        (["5", "--postpone", "--status", "cancelled"], 2, "--postpone is --status postponed"),
        (["5", "--postpone"], 2, "Use --yes to write without a question."),
        (["9", "--postpone", "--yes"], 2, "9: there is no episode `9`. Use a number from 1 to 8"),
        (
            ["5", "--move", "tomorrow", "--yes"],
            2,
            "--move tomorrow: `tomorrow` is not a date, or a date and time. Use a value like",
        ),
        (
            ["5", "--move", "2025-08-04 23:30", "--yes"],
            2,
            "`2025-08-04 23:30` is not a date, or a date and time. Use `2025-08-04T23:30`.",
        ),
        (["5", "--shift", "soon", "--yes"], 2, "--shift soon: this is not a difference in time."),
        (["5", "--shift", "1w", "--time", "22:00", "--yes"], 2, "`--shift` and `--time` cannot be"),
        (["5", "--status", "delayed", "--yes"], 2, "--status delayed: `delayed` is not one of"),
        (["5", "--reason", "\\", "--note", "x", "--yes"], 2, "--reason '\\': "),
        (["5", "--show", "x", "--postpone", "--yes"], 2, "--show is for a folder of schedules."),
    ],
)
def test_change_refuses(arguments: list[str], status: int, message: str, path: Path) -> None:
    """The message names the option, and nothing is written."""
    before = path.read_bytes()
    result = run_change(*arguments)
    assert result.exit_code == status
    assert message in result.stderr
    assert path.read_bytes() == before


def test_change_refuses_invalid_schedule(path: Path) -> None:
    path.write_text(make_yaml(changes="").replace("23:00", "half past"), "utf-8")
    result = run_change("5", "--postpone", "--yes")
    assert result.exit_code == 1
    assert result.stderr.startswith("schedule.yaml:8:9: airing.time: `half past` is not a time")


def test_change_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--show` chooses the show, whose platforms may be shared."""
    monkeypatch.chdir(tmp_path)
    shows = Path("shows")
    (shows / "korea").mkdir(parents=True)
    shared = "platforms: {tving: {name: TVing, kind: streaming, region: Korea}}\n"
    (shows / "site.yaml").write_text(f"title: Shows\n{shared}", "utf-8")
    text = make_yaml(platforms="[tving]", changes="")
    (shows / "korea" / "one.yaml").write_text(text, "utf-8")
    other = text.replace("slug: show", "slug: other").replace("3c2d1f64", "4c2d1f64")
    (shows / "two.yaml").write_text(other, "utf-8")
    for arguments, message in (
        (["5"], "This is a folder of schedules. Use --show SLUG. The shows are other, show."),
        (["5", "--show", "shaw"], "There is no show shaw in the folder. Use --show show."),
    ):
        result = run_change(*arguments, "--postpone", "--yes", "--schedule", "shows")
        assert result.exit_code == 2
        assert message in result.stderr
    arguments = ["5", "--postpone", "--yes", "--schedule", "shows", "--show", "show"]
    assert run_change(*arguments).stdout.endswith("shows/korea/one.yaml: entry appended\n")
    assert "status: postponed" in (shows / "korea" / "one.yaml").read_text("utf-8")
    assert (shows / "two.yaml").read_text("utf-8") == other


def test_schedule_of_a_folder_is_edited_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may use shared platforms, and an invalid schedule beside it is in nobody's way."""
    monkeypatch.chdir(tmp_path)
    shows = Path("shows")
    shows.mkdir()
    shared = "platforms: {tving: {name: TVing, kind: streaming, region: Korea}}\n"
    (shows / "site.yaml").write_text(f"title: Shows\n{shared}", "utf-8")
    (shows / "one.yaml").write_text(make_yaml(platforms="[tving]", changes=""), "utf-8")
    (shows / "broken.yaml").write_text("format: 2\n", "utf-8")
    assert run_change("5", "--postpone", "--yes", "--schedule", "shows/one.yaml").exit_code == 0
    by_show = ["--schedule", "shows", "--show", "show"]
    assert run_change("6", "--postpone", "--yes", *by_show).exit_code == 0
    assert (shows / "one.yaml").read_text("utf-8").count("status: postponed") == 2
    missing = run_change("6", "--postpone", "--yes", "--schedule", "shows", "--show", "other")
    assert (missing.exit_code, "broken.yaml:1:9" in missing.stderr) == (1, True)


@pytest.mark.parametrize(
    "option", [["--time", "23:00"], ["--status", "confirmed"], ["--runtime", "60"]]
)
def test_change_that_changes_nothing_is_refused(option: list[str], path: Path) -> None:
    """A stamp would rise for nothing; a note is always something."""
    before = path.read_bytes()
    result = run_change("5", *option, "--yes")
    message = (
        "5: the time, the length and the status are the same already. Use `--note` to announce"
    )
    assert (result.exit_code, result.stderr) == (2, f"{message} another change.\n")
    assert path.read_bytes() == before
    assert run_change("5", *option, "--note", "Again.", "--yes").exit_code == 0


def test_change_warns_before_it_writes(path: Path) -> None:
    """An episode on another's hour, or years in the past, is probably a mistake."""
    path.write_text(make_yaml(premiere="2036-07-21", changes=""), "utf-8")
    collision = run_change("5", "--move", "2036-08-05T23:00", "--yes").stderr
    assert "Episode 5 and Episode 6 start at the same time" in collision
    past = run_change("8", "--move", "2025-08-12T23:00", "--yes")
    warning = "warning: Episode 8 would start in the past, on 2025-08-12T23:00. Check the year.\n"
    assert past.stderr.startswith(warning)
    assert ".at: " not in past.stderr
    assert past.exit_code == 0


@pytest.mark.parametrize("option", ["--note", "--reason"])
def test_text_that_is_not_utf_8_is_refused(option: str, path: Path) -> None:
    before = path.read_bytes()
    result = run_change("5", "--postpone", option, "caf\udce9", "--yes")
    assert (result.exit_code, result.stderr) == (
        2,
        f"{option}: the text is not UTF-8. Use UTF-8.\n",
    )
    assert path.read_bytes() == before


def test_two_changes_at_once_are_both_written(path: Path) -> None:
    """The second waits for the first, and appends to what it wrote."""
    commands = [
        subprocess.Popen(
            [BIN / "defects-ical", "change", str(number), "--postpone", "--yes"],
            stdout=subprocess.DEVNULL,
        )
        for number in range(1, 5)
    ]
    assert [each.wait() for each in commands] == [0, 0, 0, 0]
    changed = [each.episodes for each in load_schedule(path).changes]
    assert sorted(changed) == [("1",), ("2",), ("3",), ("4",)]


def answer_all(terminal: Terminal, count: int) -> None:
    """Answer the first questions about a move of episode 5."""
    answers = [
        ("Which episodes?", "5"),
        ("Number", "1"),
        ("To when?", "2025-08-04T23:30"),
        ("Why?", "A game: overtime."),
        ("Append this to schedule.yaml?", "y"),
    ]
    for question, typed in answers[:count]:
        terminal.answer(question, typed)
    if count < len(answers):
        terminal.expect(answers[count][0])


def test_dialogue_asks_what_happened(path: Path) -> None:
    """Without arguments on a terminal, the command asks; a wrong answer is asked again."""
    with run_in_terminal(["change"], path.parent) as terminal:
        terminal.answer("Which episodes?", "nine")
        terminal.expect("there is no episode `nine`")
        terminal.answer("Which episodes?", "5")
        terminal.answer("Number", "1")
        terminal.expect("Episode 5: 2025-08-04T23:00, confirmed")
        terminal.answer("To when?", "2025-08-04 23:30")
        terminal.expect("Use `2025-08-04T23:30`.")
        terminal.answer("To when?", "2025-08-04T23:30")
        terminal.answer("Why?", "A game: overtime.")
        terminal.expect("Monday 4 August 2025, 23:30 KST  announced")
        terminal.answer("Append this to schedule.yaml?", "")
        assert terminal.wait() == 0
    (entry,) = load_schedule(path).changes
    assert (entry.episodes, entry.reason) == (("5",), "A game: overtime.")


def test_dialogue_goes_back_to_what_happened(path: Path) -> None:
    """Enter, and what is impossible for these episodes, lead back; a word is a choice, too."""
    with run_in_terminal(["change"], path.parent) as terminal:
        terminal.answer("Which episodes?", "7-8")
        terminal.answer("Number", "ten")
        terminal.expect("Type a number from 1 to 9.")
        terminal.answer("Number", "move")
        terminal.answer("To when?", "2025-08-20T23:00")
        terminal.expect("needs a single episode")
        terminal.answer("To when?", "")
        terminal.answer("Number", "2")
        terminal.answer("By how much?", "1w")
        terminal.answer("Why?", "")
        terminal.answer("Append this to schedule.yaml?", "")
        assert terminal.wait() == 0
    assert load_schedule(path).changes[0].shift


@pytest.mark.parametrize(
    ("number", "more", "status"), [("4", [], "postponed"), ("5", [], "cancelled")]
)
def test_dialogue_asks_only_what_it_needs(
    number: str, more: list[str], status: str, path: Path
) -> None:
    """A cancellation needs no time; the reason may be left out."""
    with run_in_terminal(["change"], path.parent) as terminal:
        terminal.answer("Which episodes?", "5-6")
        terminal.answer("Number", number)
        for typed in more:
            terminal.answer("?", typed)
        terminal.answer("Why?", "")
        terminal.answer("Append this to schedule.yaml?", "y")
        assert terminal.wait() == 0
    (entry,) = load_schedule(path).changes
    assert (entry.episodes, entry.status, entry.reason) == (("5-6",), status, None)


def test_dialogue_completes_episodes(path: Path) -> None:
    """The Tab key completes the id of a special."""
    special = "[{id: making-of, title: Making, airs: 2025-08-14}]"
    path.write_text(make_yaml(changes="").replace("specials: []", f"specials: {special}"), "utf-8")
    with run_in_terminal(["change"], path.parent) as terminal:
        terminal.expect("Which episodes?")
        terminal.send(f"mak{TAB}\n")
        terminal.answer("Number", "5")
        terminal.answer("Why?", "")
        terminal.answer("Append this to schedule.yaml?", "n")
        terminal.expect("Nothing was written.")
        assert terminal.wait() == 0
    assert not load_schedule(path).changes


@pytest.mark.parametrize("count", sample(range(5), 2))
def test_interrupted_dialogue_leaves_nothing(count: int, path: Path) -> None:
    """Ctrl-C at any question ends the command; the folder is as it was."""
    before = path.read_bytes()
    with run_in_terminal(["change"], path.parent) as terminal:
        answer_all(terminal, count)
        assert terminal.interrupt() == 1
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]
