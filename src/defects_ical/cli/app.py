"""The command line: every command, and what happens to errors."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from defects_ical import __version__
from defects_ical.errors import DefectsIcalError, OutputError, ScheduleError

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "show_default": True}
# Errors of a full disk. Those of our own files are handled where they are written.
FULL: Final = {errno.EDQUOT, errno.ENOSPC}
# Each command with its module and its name there.
COMMANDS: Final = {
    "change": ("change.command", "change"),
    "check": ("check.command", "check"),
    "doctor": ("doctor", "doctor"),
    "export": ("exporting.command", "export"),
    "import": ("importing.command", "import_"),
    "init": ("init.command", "init"),
    "picture": ("picture", "picture"),
    "schema": ("schema", "schema"),
    "serve": ("serving.command", "serve"),
}


class CommandGroup(click.Group):
    """The commands, each imported when it is needed: all of them take half a second.

    Prints errors that users can fix. Any other exception is a bug of ours and keeps its traceback.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; print an error if the disk behind standard output is full."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if error.errno not in FULL or error.filename:
                raise
            # Python would print the rest as it exits, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            reason = os.strerror(error.errno)
            _print_error(OutputError(f"cannot write: {reason}. Free some space."))
            sys.exit(OutputError.exit_status)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with the status of the error that ends it."""
        try:
            return super().invoke(ctx)
        except DefectsIcalError as error:
            _print_error(error)
            ctx.exit(error.exit_status)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - see above
        """Return a command, or None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        # Imported modules stay in memory: collecting garbage among them only costs time.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(f"defects_ical.cli.{module}"), name)
        finally:
            gc.freeze()
            gc.enable()
        return command


def _print_error(error: DefectsIcalError) -> None:
    from defects_ical.cli.console import print_error, print_problems  # noqa: PLC0415 - slow, and seldom needed

    if isinstance(error, ScheduleError):
        print_problems(error.problems)
    else:
        print_error(str(error))


@click.group(cls=CommandGroup, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="defects-ical")
def main() -> None:
    """Publish the episodes of a TV series as calendar feeds."""
