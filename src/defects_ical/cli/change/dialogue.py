"""Ask what happened: to which episodes, what, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

import click

from defects_ical.authoring.changes.answers import ChangeAnswers
from defects_ical.authoring.changes.edit import ScheduleEdit
from defects_ical.cli.questions import Choice, ask, choose
from defects_ical.cli.schedules.completion import list_words
from defects_ical.errors import OptionError
from defects_ical.schedule.expansion import expand_episodes

# Stands for what is not answered yet, so that what is can be checked.
_UNKNOWN_ACTION: Final = "?"


class _Question(NamedTuple):
    """What is asked about an action, an option of ``change``; None if its name says it all."""

    option: str
    text: str
    question: str | None = None


_ACTIONS: Final = {
    "move": _Question("move", "Moves to another date or hour", "To when? (2025-08-04T23:30)"),
    "shift": _Question(
        "shift",
        "Moves by days, weeks or slots of its rule",
        "By how much? (1w, 2d, 1slot)",
    ),
    "time": _Question("time", "Only the hour changes, or is known now", "At which hour? (23:30)"),
    "postponed": _Question("status", "Postponed without a new date"),
    "cancelled": _Question("status", "Cancelled"),
    "tentative": _Question("status", "The date is not certain any more"),
    "confirmed": _Question("status", "It airs as planned after all"),
    "runtime": _Question("runtime", "The length changes", "How many minutes?"),
    "note": _Question("note", "Something else", "What? Subscribers read it: no spoilers."),
}


def ask_change(edit: ScheduleEdit, now: datetime) -> ChangeAnswers:
    """Ask until the answers make a valid entry, dated ``now`` (UTC)."""
    dialogue = _Dialogue(edit, now)
    answers = dialogue.ask_episodes()
    choices = [Choice(key, each.text) for key, each in _ACTIONS.items()]
    while not (complete := dialogue.ask_details(answers, choose("What happened?", choices))):
        pass
    answers = complete
    if answers.note:
        return answers
    reason = ask("Why? Subscribers read it: no spoilers. Enter leaves it out.", default="")
    return replace(answers, reason=reason or None)


class _Dialogue(NamedTuple):
    """The questions about one schedule."""

    edit: ScheduleEdit
    now: datetime

    def ask_episodes(self) -> ChangeAnswers:
        click.echo(
            "Episodes are numbers (5), ranges (6-8), seasons (s02), ids of specials, or all."
        )
        words = (*list_words(self.edit.schedule),)
        typed = ask("Which episodes?", known=words, check=self._check_episodes)
        return ChangeAnswers((typed,))

    def ask_details(self, answers: ChangeAnswers, action: str) -> ChangeAnswers | None:
        """Ask what the action needs to know, until it is valid for these episodes.

        Returns None if something else happened.
        """
        option, _, question = _ACTIONS[action]
        if question is None:
            answers = answers.with_value(option, action)
            problem = self._find_problem(answers)
            if problem:
                click.secho(f"  {problem}", fg="red")
            return None if problem else answers
        for line in self._describe_plan(answers):
            click.secho(f"  {line}", dim=True)
        value = ask(
            f"{question} Enter: something else",
            default="",
            check=lambda typed: self._find_problem(answers.with_value(option, typed)),
        )
        return answers.with_value(option, value) if value else None

    def _check_episodes(self, typed: str) -> str | None:
        return self._find_problem(ChangeAnswers((typed,), note=_UNKNOWN_ACTION))

    def _find_problem(self, answers: ChangeAnswers) -> str | None:
        """Return what is wrong with the answers, as one line for each problem."""
        try:
            self.edit.propose(answers, self.now)
        except OptionError as error:
            return "\n  ".join(f"{each.message}. {each.hint}" for each in error.problems)
        return None

    def _describe_plan(self, answers: ChangeAnswers) -> Iterator[str]:
        """Yield when the episodes air so far, at most three lines."""
        named = {*answers.resolve(self.edit.schedule)}
        episodes = [each for each in expand_episodes(self.edit.schedule) if each.key in named]
        for each in episodes[:3]:
            yield f"{each.name}: {each.slot.isoformat()}, {each.status}"
