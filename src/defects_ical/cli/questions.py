"""Ask questions on a terminal: with defaults, checked answers, and completion by the Tab key."""

from __future__ import annotations

import readline
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import click

# An answer may contain any of these: readline must complete it as a whole.
WORD_SEPARATORS: Final = ""


class Choice(NamedTuple):
    """One of several answers: its value, and what it says in the list."""

    value: str
    text: str


def is_interactive() -> bool:
    """Return whether someone can be asked: input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(
    question: str,
    *,
    default: str | None = None,
    known: Sequence[str] = (),
    check: Callable[[str], str | None] | None = None,
) -> str:
    """Ask until the answer is valid, and return it without space around it.

    ``default`` is the answer of the Enter key: if it is empty, the question may be left out.
    ``known`` answers are completed. ``check`` returns what is wrong with an answer, or None.
    """
    with _complete(known):
        while True:
            typed: str = click.prompt(
                click.style(question, bold=True),
                default=default,
                show_default=bool(default),
                type=str,
            ).strip()
            answer = typed or default
            # Spaces are no answer, as the Enter key is none.
            problem = check(answer) if check and answer else None
            if answer is not None and not problem:
                return answer
            if problem:
                click.secho(f"  {problem}", fg="red")


def choose(question: str, choices: Sequence[Choice]) -> str:
    """Show numbered choices, and return the value of the one whose number or value is typed."""
    click.secho(question, bold=True)
    values = {str(number): each.value for number, each in enumerate(choices, start=1)}
    for number, choice in zip(values, choices, strict=True):
        click.echo(f"  {number}  {choice.text}")
    values |= {value: value for value in values.values()}
    problem = f"Type a number from 1 to {len(choices)}."
    typed = ask("Number", check=lambda typed: None if typed in values else problem)
    return values[typed]


def confirm_writing(question: str) -> bool:
    """Ask whether to write (the Enter key is yes); after a no, say that nothing was written.

    Reports a usage error if input or output is no terminal.
    """
    if not is_interactive():
        raise click.UsageError("Nothing was written. Use --yes to write without a question.")
    if click.confirm(click.style(question, bold=True), default=True):
        return True
    click.echo("Nothing was written.")
    return False


@contextmanager
def _complete(known: Sequence[str]) -> Iterator[None]:
    """Complete the answers that are ``known``, with the Tab key."""

    def find(typed: str, index: int) -> str | None:
        matches = [each for each in known if typed.lower() in each.lower()]
        starts = [each for each in matches if each.lower().startswith(typed.lower())]
        found = starts or matches
        return found[index] if index < len(found) else None

    delimiters = readline.get_completer_delims()
    readline.set_completer_delims(WORD_SEPARATORS)
    readline.set_completer(find)
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(None)
        readline.set_completer_delims(delimiters)
