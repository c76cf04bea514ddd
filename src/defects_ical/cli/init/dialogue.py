"""Ask about a new show, one value after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from defects_ical.authoring.answers import DEFAULT_RUNTIME, DEFAULTS, ShowAnswers
from defects_ical.authoring.schedule_file import find_problems
from defects_ical.cli.questions import Choice, ask, choose
from defects_ical.model.fields import WEEKDAYS, make_id
from defects_ical.timezones.conversion import TIMEZONE_NAMES

# Valid values of what is not answered yet, so that each answer can be checked at once.
UNANSWERED: Final = ShowAnswers(
    title="Show",
    slug="show",
    premiere="2025-03-02",
    weekdays=(),
    time=None,
    timezone="UTC",
    runtime=None,
    episodes="2",
    together=None,
    platforms=("Channel",),
)
LOCAL_ZONE_LINK: Final = Path("/etc/localtime")
KINDS: Final = [Choice(kind, kind) for kind in ("television", "streaming", "cinema")]


def ask_show(uid: UUID, now: datetime) -> ShowAnswers:
    """Ask until the answers make a valid schedule; ``uid`` and ``now`` are what it will have."""
    dialogue = _Dialogue(lambda answers: find_problems(answers, uid, now))
    dialogue.ask_title()
    dialogue.ask("premiere", "When is the first episode? (2025-03-02; 2027-10 or 2027 is enough)")
    if dialogue.answers.day:
        dialogue.ask_weekdays()
        dialogue.ask("time", "At which local time? (21:00) Enter: not known yet", default="")
    zone = find_local_timezone()
    dialogue.ask("timezone", "In which time zone?", default=zone, known=TIMEZONE_NAMES)
    dialogue.ask_episodes()
    if dialogue.answers.has_hour:
        dialogue.ask("runtime", "How many minutes long is one?", default=DEFAULT_RUNTIME)
    dialogue.ask_platforms()
    return dialogue.answers


def find_local_timezone() -> str | None:
    """Return the time zone of this machine, None if it does not name one."""
    linked = str(LOCAL_ZONE_LINK.resolve()).rpartition("zoneinfo/")[2]
    return next((each for each in (os.environ.get("TZ"), linked) if each in TIMEZONE_NAMES), None)


class _Dialogue:
    """The questions about one show, and the answers so far."""

    def __init__(self, check: Callable[[ShowAnswers], str | None]) -> None:
        self.answers = UNANSWERED
        self._check = check

    def ask(
        self, name: str, question: str, default: str | None = None, known: Sequence[str] = ()
    ) -> None:
        """Ask for the value of an answer; one that is left out is None."""
        typed = ask(
            question,
            default=default,
            known=known,
            check=lambda typed: self._check(self._with(name, typed)),
        )
        self.answers = self._with(name, typed or None)

    def ask_title(self) -> None:
        self.ask("title", "What is the title of the show?")
        self.answers = replace(self.answers, slug=None)
        if not make_id(self.answers.title):
            self.ask("slug", "Which word is in its URLs? (my-show)")

    def ask_weekdays(self) -> None:
        click.echo("Weekdays may have their own hour: friday 21:50, saturday 21:40.")
        day = self.answers.day
        typed = ask(
            "On which weekdays? `-`: all episodes on one date",
            default=WEEKDAYS[day.weekday()] if day else None,
            known=WEEKDAYS,
            check=lambda typed: self._check(self._with("weekdays", _split_weekdays(typed))),
        )
        self.answers = self._with("weekdays", _split_weekdays(typed))

    def ask_episodes(self) -> None:
        if self.answers.day:
            self.ask("episodes", "How many episodes? (10, or their numbers: 7250-7289)")
        else:
            self.ask("episodes", "How many episodes? (10) Enter: not known yet", default="")

    def ask_platforms(self) -> None:
        """Ask for platforms until there are no more."""
        platforms: tuple[str, ...] = ()
        question, default = "Which channel or service shows it?", None
        while name := self._ask_name(question, default, platforms):
            typed = f"name={name}"
            if problem := self._find_problem(platforms, typed):
                # A name in other letters, or of an earlier platform, makes no id.
                click.secho(f"  {problem.partition('. ')[0]}.", fg="red")
                typed = self._add(platforms, typed, "id", "Which id has it in URLs? (my-channel)")
            typed += f",kind={choose('What is it?', KINDS)}"
            typed = self._add(platforms, typed, "region", "Where is it?", DEFAULTS["region"])
            typed = self._add(platforms, typed, "url", "What is its URL? Enter: none", "")
            platforms = (*platforms, typed)
            question, default = "Another channel or service? Enter: no", ""
        self.answers = replace(self.answers, platforms=platforms)

    def _ask_name(self, question: str, default: str | None, others: tuple[str, ...]) -> str:
        def find_problem(typed: str) -> str | None:
            if "," in typed:
                return "Name one at a time, without a comma: the next question is for another."
            # Whether it makes an id comes later.
            return self._find_problem(others, f"name={typed},id=platform-{len(others)}")

        return ask(question, default=default, check=find_problem)

    def _add(
        self,
        others: tuple[str, ...],
        typed: str,
        key: str,
        question: str,
        default: str | None = None,
    ) -> str:
        """Ask for the value of a key, and return the platform's answer with it."""
        value = ask(
            question,
            default=default,
            check=lambda value: self._find_problem(others, f"{typed},{key}={value}"),
        )
        return f"{typed},{key}={value}" if value else typed

    def _find_problem(self, others: tuple[str, ...], typed: str) -> str | None:
        return self._check(self._with("platforms", (*others, typed)))

    def _with(self, name: str, value: object) -> ShowAnswers:
        answer: dict[str, Any] = {name: value}
        return replace(self.answers, **answer)


def _split_weekdays(typed: str) -> tuple[str, ...]:
    return () if typed == "-" else tuple(each.strip() for each in typed.split(","))
