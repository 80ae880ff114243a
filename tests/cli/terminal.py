"""A terminal that a program runs in, and what a person would see on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyte

FAXAPI = (sys.executable, "-W", "error", "-m", "faxapi")
# So long a program may take for what it is waited for.
PATIENCE = 30.0
CTRL_C = b"\x03"


class Terminal:
    """A screen with a program on it: stdin, stdout and stderr, but what was sent elsewhere."""

    def __init__(
        self, program: subprocess.Popen[bytes], master: int, columns: int, lines: int
    ) -> None:
        self.written = b""
        self._program = program
        self._master = master
        self._screen = pyte.HistoryScreen(columns, lines, history=10_000)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """Everything on the screen, and what has scrolled off it."""
        gone = ("".join(line[x].data for x in sorted(line)) for line in self._screen.history.top)
        return "\n".join(line.rstrip() for line in (*gone, *self._screen.display)).rstrip()

    @property
    def shows_cursor(self) -> bool:
        return not self._screen.cursor.hidden

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until something like this is there."""
        ends = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text, re.MULTILINE)):
            if time.monotonic() > ends or not self._read(ends - time.monotonic()):
                message = f"{pattern!r} did not come:\n{self.text}"
                raise AssertionError(message)
        return found

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self) -> int:
        """Wait for the program's end, and return its exit code."""
        ends = time.monotonic() + PATIENCE
        while self._read(ends - time.monotonic()):
            pass
        return self._program.wait(PATIENCE)

    def _read(self, seconds: float) -> bool:
        """Read what comes next; false at the end."""
        if not select.select([self._master], [], [], max(0.0, seconds))[0]:
            message = f"nothing more came:\n{self.text}"
            raise AssertionError(message)
        try:
            data = os.read(self._master, 65536)
        except OSError:
            # So Linux says that nobody has the terminal open any more.
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    *arguments: str,
    columns: int = 80,
    lines: int = 24,
    env: Mapping[str, str] | None = None,
    stdout: Path | None = None,
) -> Iterator[Terminal]:
    """Run `faxapi` in a terminal of this size; its stdout may go to a file."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    unset = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}
    around = {name: text for name, text in os.environ.items() if name not in unset}
    with open(stdout or os.ttyname(slave), "wb", buffering=0) as out:  # noqa: PTH123 - it may be a device
        program = subprocess.Popen(
            [*FAXAPI, *arguments],
            stdin=slave,
            stdout=out,
            stderr=slave,
            env={**around, "TERM": "xterm-256color", **(env or {})},
            # Its own session, with this terminal: so Ctrl-C reaches it.
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,  # noqa: PLW1509 - no threads here
        )
    os.close(slave)
    try:
        yield Terminal(program, master, columns, lines)
    finally:
        if program.poll() is None:
            program.send_signal(signal.SIGKILL)
            program.wait()
        os.close(master)
