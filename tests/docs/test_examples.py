"""The schedules, entries and messages that the documentation shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from tests.support.documents import read_code_blocks, read_schedule_example
from tests.support.example_schedules import load_yaml

PAGES_WITH_SCHEDULES = ("README.md", "docs/schedule.md")


@pytest.mark.parametrize("page", PAGES_WITH_SCHEDULES)
def test_schedule_example_is_valid(page: str) -> None:
    assert len(expand_episodes(load_yaml(read_schedule_example(page)))) == 10


@pytest.mark.parametrize("page", PAGES_WITH_SCHEDULES)
def test_schedule_example_needs_own_uid(page: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(read_code_blocks(page, "yaml")[0])
    assert [problem.key_path for problem in caught.value.problems] == ["show.uid"]


def test_message_example_is_what_check_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = read_schedule_example().replace("premiere: 2025-03-02", "premiere: 2025-03-03")
    Path("schedule.yaml").write_text(example, "utf-8")
    with pytest.raises(ScheduleError) as caught:
        load_schedule(Path("schedule.yaml"))
    assert [f"{caught.value}\n"] == read_code_blocks("docs/schedule.md", "text")


def test_change_log_example_fits_schedule_example() -> None:
    (changes,) = read_code_blocks("docs/changes.md", "yaml")
    episodes = expand_episodes(load_yaml(read_schedule_example() + changes))
    assert [episode.sequence for episode in episodes] == [1, 2, 1, 3, 1, 1, 1, 1, 2, 3]
