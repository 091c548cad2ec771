"""Runs a small program in a real terminal (a pty), types into it and reads what it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyte

_NOT_FOR_PYTE = re.compile(
    rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]p?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
)
"""What pyte would print: private orders, and those about what is around the screen."""

_BEGUN = re.compile(rb"\x1b(?:\[[0-?]*|[\]P][^\x07\x1b]*)?\Z|[\xc2-\xf4][\x80-\xbf]*\Z")
"""An order or a character of which the rest is not there yet."""

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0
"""Seconds after which a fact that was waited for counts as never coming."""


class Terminal:
    """A program that runs in a terminal of 120 by 40.

    Attributes:
        output: Every byte the program has written so far, as it reached the terminal.
    """

    def __init__(self, process: subprocess.Popen[bytes], fd: int) -> None:
        self.output = b""
        self._fed = 0
        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)
        self._process = process
        self._fd = fd
        self._deadline = time.monotonic() + _PATIENCE

    @property
    def pid(self) -> int:
        """The process that runs the program."""
        return self._process.pid

    def settings(self) -> list[int]:
        """How the terminal treats what is typed and written: the first four of termios."""
        input, output, control, local = termios.tcgetattr(self._fd)[:4]
        return [input, output, control, local]

    def hang_up(self) -> int:
        """Take the terminal away, as a window that is closed does; the exit code."""
        self.close()
        return self._process.wait(max(0.0, self._deadline - time.monotonic()))

    def wait_from_now(self) -> None:
        """Be as patient from now on as at the beginning."""
        self._deadline = time.monotonic() + _PATIENCE

    def type(self, keys: bytes) -> None:
        """Send keys in one go, as a paste or a slow line does."""
        os.write(self._fd, keys)

    def watch(self, seconds: float) -> None:
        """Read for so long what the program writes: it stands still when nobody reads it."""
        end = time.monotonic() + seconds
        while select.select([self._fd], [], [], max(0.0, end - time.monotonic()))[0]:
            try:
                self.output += os.read(self._fd, 65536)
            except OSError:  # It has ended.
                return

    @property
    def shown(self) -> str:
        """What a person sees: the program sends only what differs from what was there."""
        new = self.output[self._fed :]
        if begun := _BEGUN.search(new):
            new = new[: begun.start()]
        self._fed += len(new)
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", new))
        return "\n".join(self._screen.display)

    def wait_for(self, expected: bytes) -> None:
        """Return when the program has written `expected`, or it is to be seen."""
        while expected not in self.output and expected.decode() not in self.shown:
            assert self._read(), f"ended without {expected!r}: {self.output[-2000:]!r}"

    def exit_code(self) -> int:
        """Wait for the end of the program; `output` is complete then."""
        while self._read():
            pass
        return self._process.wait(max(0.0, self._deadline - time.monotonic()))

    def close(self) -> None:
        """Take the terminal away. Twice is fine."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _read(self) -> bool:
        left = max(0.0, self._deadline - time.monotonic())
        assert select.select([self._fd], [], [], left)[0], f"silent: {self.output[-2000:]!r}"
        try:
            read = os.read(self._fd, 65536)
        except OSError:  # Linux answers EIO when the last writer is gone.
            read = b""
        self.output += read
        return bool(read)


@contextmanager
def running(source: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """A terminal in which `source`, a Python program, has been started."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", source],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=_ROOT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "LANG": "C.UTF-8",
                "TERM": "xterm-256color",
                **(env or {}),
            },
            start_new_session=True,
            # The terminal is the program's own, so that the end of one is told to the other.
            preexec_fn=_take_terminal,
        )
    finally:
        os.close(theirs)
    terminal = Terminal(process, ours)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        terminal.close()


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
