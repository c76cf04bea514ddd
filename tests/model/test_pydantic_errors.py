"""Translating pydantic's errors: which keys are suggested, and how many problems."""

from __future__ import annotations

import pytest

from defects_ical.errors import ProblemCode, ScheduleError
from tests.support.example_schedules import load_yaml, make_yaml


def load_problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(text)
    return tuple(str(each).partition("schedule.yaml:")[2] for each in caught.value.problems)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("episods: {}", "15:1: episods: unknown key. Use `episodes`."),
        (
            "reminders: []\nepisodes: {}\ntags: [en]",
            "17:1: tags: unknown key. Remove it, or use another key: `languages`, `source`.",
        ),
        (
            "languages: [en]\nreminders: []\nepisodes: {}\nsource: {tvmaze: 1}\nshow2: {}",
            "19:1: show2: unknown key. Remove it.",
        ),
    ],
)
def test_unknown_key_suggests_unused_keys_only(line: str, problem: str) -> None:
    """A similar key is suggested only if the file does not have it yet."""
    assert load_problems(f"{make_yaml()}{line}\n") == (problem,)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (
            "text",
            "15:11: episodes: expected a mapping, got text. Use `{1: {title: The Search}}`.",
        ),
        (
            "{1: text}",
            "15:15: episodes.1: expected a mapping, got text. Use `{title: The Search}`.",
        ),
    ],
)
def test_text_for_mapping_suggests_example(value: str, problem: str) -> None:
    assert load_problems(f"{make_yaml()}episodes: {value}\n") == (problem,)


def test_misspelt_required_key_is_one_problem() -> None:
    text = make_yaml().replace("timezone:", "timzone:")
    assert load_problems(text) == ("3:1: timzone: unknown key. Use `timezone`.",)


def test_missing_key_carries_key_and_example() -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(make_yaml().replace("  runtime: 60\n", ""))
    (problem,) = caught.value.problems
    assert (problem.code, problem.details) == (ProblemCode.MISSING_KEY, ("runtime", "60"))


def test_at_most_1000_problems_are_reported() -> None:
    problems = load_problems(make_yaml(changes="[" + "x," * 90_000 + "]"))
    assert len(problems) == 1001
    assert problems[-1].endswith("89000 more problems follow. Fix the others first.")
