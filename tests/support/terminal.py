"""Run a program in a pseudo-terminal, and answer its questions."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.processes import BIN

# Seconds until a program that prints nothing counts as broken.
TIMEOUT: Final = 20
CTRL_C: Final = "\x03"
TAB: Final = "\t"
# What colours text and moves the cursor (ECMA-48).
_CONTROL_SEQUENCE: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Terminal:
    """A program's terminal; ``shown`` is what it printed, without colours, and was not expected."""

    process: subprocess.Popen[bytes]
    descriptor: int
    shown: str = ""

    def expect(self, text: str) -> None:
        """Wait until a text is shown."""
        end = time.monotonic() + TIMEOUT
        while text not in self.shown:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} is not in {self.shown!r}")
        self.shown = self.shown.partition(text)[2]

    def send(self, typed: str) -> None:
        """Type a text."""
        os.write(self.descriptor, typed.encode())

    def answer(self, question: str, typed: str) -> None:
        """Wait for a question, and type an answer and the Enter key."""
        self.expect(question)
        self.send(f"{typed}\n")

    def wait(self) -> int:
        """Wait for the end of the program, and return its exit status."""
        while self._read(TIMEOUT):
            pass
        return self.process.wait(TIMEOUT)

    def interrupt(self) -> int:
        """Press Ctrl-C until the program ends, and return its exit status.

        Python's readline misses one that comes just before it waits.
        """
        for _ in range(TIMEOUT):
            self.send(CTRL_C)
            while self._read(1):
                pass
            if self.process.poll() is not None:
                break
        return self.process.wait(1)

    def _read(self, seconds: float) -> bool:
        """Read what is printed next; return False at the end, or after so many seconds."""
        if not select.select([self.descriptor], [], [], max(seconds, 0))[0]:
            return False
        try:
            content = os.read(self.descriptor, 65_536)
        except OSError:
            # Linux reports the end of the other side so.
            return False
        shown = self.shown + content.decode(errors="replace")
        self.shown = _CONTROL_SEQUENCE.sub("", shown).replace("\r\n", "\n")
        return bool(content)


@contextmanager
def run_in_terminal(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run `defects-ical` in a folder, in a terminal of 100 columns; kill it at the end."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 100))
    process = subprocess.Popen(
        [BIN / "defects-ical", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - the tests have no other thread then
        env={**os.environ, "TERM": "xterm", **(environment or {})},
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    """Make the terminal that of the process, so that Ctrl-C reaches it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
