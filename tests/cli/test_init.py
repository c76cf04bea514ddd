"""The command ``init`` on a terminal: its questions, and what their answers make."""

from __future__ import annotations

from pathlib import Path

import pytest

from defects_ical.schedule.loader import load_schedule
from tests.support.terminal import TAB, Terminal, run_in_terminal
from tests.support.variants import sample

UTC = {"TZ": "UTC"}
QUESTIONS = [
    ("What is the title of the show?", "My Show"),
    ("When is the first episode?", "2025-03-02"),
    ("On which weekdays?", ""),
    ("At which local time?", "21:00"),
    ("In which time zone?", f"new_y{TAB}"),
    ("How many episodes?", "10"),
    ("How many minutes long is one?", ""),
    ("Which channel or service shows it?", "Channel"),
    ("Number", "1"),
    ("Where is it?", "United States"),
    ("What is its URL?", "https://channel.example/"),
    ("Another channel or service?", ""),
]


def answer_all(terminal: Terminal, answers: list[tuple[str, str]]) -> None:
    for question, typed in answers:
        terminal.answer(question, typed)


def test_dialogue_makes_a_schedule(tmp_path: Path) -> None:
    """The answers are those that the options would be; the zone is completed."""
    with run_in_terminal(["init"], tmp_path, UTC) as terminal:
        answer_all(terminal, QUESTIONS)
        terminal.expect("schedule.yaml: My Show, 10 episodes from 2025-03-02")
        assert terminal.wait() == 0
    schedule = load_schedule(tmp_path / "schedule.yaml")
    assert schedule.timezone == "America/New_York"
    assert schedule.show.slug == "my-show"
    assert schedule.airing[0].weekdays == ((6, None),)
    assert schedule.airing[0].runtime == 60
    assert schedule.platforms["channel"].region == "United States"
    assert schedule.platforms["channel"].url == "https://channel.example/"


def test_dialogue_asks_wrong_answers_again(tmp_path: Path) -> None:
    """The message is that of the option, and the next answer counts."""
    with run_in_terminal(["init", "korean.yaml"], tmp_path, UTC) as terminal:
        terminal.answer("title of the show?", "아이쇼핑")
        terminal.answer("Which word is in its URLs?", "Eye Shopping")
        terminal.expect("Use `eye-shopping`.")
        terminal.answer("Which word is in its URLs?", "eye-shopping")
        terminal.answer("first episode?", "July 21, 2025")
        terminal.expect("Use `2025-07-21`.")
        terminal.answer("first episode?", "2025-07-21")
        terminal.answer("On which weekdays?", "tuesday")
        terminal.expect("2025-07-21 is a Monday, but the show airs on Tuesday.")
        terminal.answer("On which weekdays?", "monday 23:00, tuesday 22:00")
        terminal.answer("At which local time?", "")
        terminal.answer("In which time zone?", "Soul")
        terminal.expect("Use `Asia/Seoul`.")
        terminal.answer("In which time zone?", "Asia/Seoul")
        terminal.answer("How many episodes?", "eight")
        terminal.answer("How many episodes?", "8")
        terminal.answer("How many minutes", "")
        terminal.answer("Which channel", "ENA, TVing")
        terminal.expect("Name one at a time")
        terminal.answer("Which channel", "ENA")
        answer_all(terminal, [("Number", "1"), ("Where", ""), ("URL?", ""), ("Another", "")])
        assert terminal.wait() == 0
    schedule = load_schedule(tmp_path / "korean.yaml")
    assert schedule.show.title == "아이쇼핑"
    assert schedule.airing[0].weekdays == ((0, 23 * 60), (1, 22 * 60))
    assert schedule.platforms["ena"].region == "everywhere"


def test_dialogue_asks_for_an_id_that_no_name_gives(tmp_path: Path) -> None:
    """Spaces are no answer; a key in an answer is refused where it was typed."""
    with run_in_terminal(["init"], tmp_path, UTC) as terminal:
        terminal.answer("title of the show?", "   ")
        terminal.answer("title of the show?", "Later")
        terminal.answer("first episode?", "2027-10")
        answer_all(terminal, [("time zone?", ""), ("How many episodes?", "")])
        terminal.answer("Which channel", "티빙")
        terminal.expect("an id cannot be made from a name without a letter from a to z.")
        terminal.answer("Which id has it in URLs?", "tving")
        terminal.answer("Number", "2")
        terminal.answer("Where is it?", "Korea, kind=cinema")
        terminal.expect("`kind` is given twice")
        terminal.answer("Where is it?", "Korea")
        answer_all(terminal, [("URL?", ""), ("Another", "")])
        assert terminal.wait() == 0
    platform = load_schedule(tmp_path / "schedule.yaml").platforms["tving"]
    assert (platform.name, platform.kind, platform.region) == ("티빙", "streaming", "Korea")


def test_dialogue_asks_less_if_less_is_known(tmp_path: Path) -> None:
    """Of a month, nobody knows weekdays; the zone of this machine is the default."""
    with run_in_terminal(["init"], tmp_path, {"TZ": "Asia/Tokyo"}) as terminal:
        terminal.answer("title of the show?", "Later")
        terminal.answer("first episode?", "2027-10")
        terminal.answer("In which time zone? [Asia/Tokyo]", "")
        terminal.answer("How many episodes?", "")
        terminal.answer("Which channel", "Netflix")
        answer_all(terminal, [("Number", "2"), ("Where", ""), ("URL?", ""), ("Another", "")])
        terminal.expect("schedule.yaml: Later, announced for 2027-10")
        assert terminal.wait() == 0
    assert load_schedule(tmp_path / "schedule.yaml").timezone == "Asia/Tokyo"


@pytest.mark.parametrize("count", sample(range(len(QUESTIONS)), 4))
def test_interrupted_dialogue_leaves_nothing(count: int, tmp_path: Path) -> None:
    with run_in_terminal(["init"], tmp_path, UTC) as terminal:
        answer_all(terminal, QUESTIONS[:count])
        terminal.expect(QUESTIONS[count][0])
        assert terminal.interrupt() == 1
    assert not [*tmp_path.iterdir()]


def test_existing_file_is_refused_before_a_question(tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text("", "utf-8")
    with run_in_terminal(["init"], tmp_path, UTC) as terminal:
        terminal.expect("schedule.yaml: already exists. Choose another file.")
        assert terminal.wait() == 1
