"""Runs the command `triage-tui` in a process of its own, with or without a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.ui.pty_run import Terminal, running

ROOT = Path(__file__).parents[1]

_MAIN = "import sys; sys.argv = {argv!r}; from triage_tui.cli import main; main()"


def source_of(*arguments: str) -> str:
    """A program that is `triage-tui` with these arguments."""
    return _MAIN.format(argv=["triage-tui", *arguments])


def environment(home: Path) -> dict[str, str]:
    """What the command is told about a machine on which everything is kept below `home`.

    The person has seen the tour.
    """
    (home / "tmp").mkdir(exist_ok=True)
    state = home / "state" / "triage-tui"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    (state / "tour-seen").touch(mode=0o600)
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }


def ran(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command after its end. It had no terminal and nothing to read."""
    return subprocess.run(
        [sys.executable, "-c", source_of(*arguments)],
        cwd=ROOT,
        env={**environment(home), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextmanager
def in_terminal(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """The command in a terminal of 120 by 40."""
    with running(source_of(*arguments), {**environment(home), **(env or {})}) as terminal:
        yield terminal


@contextmanager
def serving(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command `serve` on any free port, and the address that it announced.

    It asks for no keys, unless there is an environment to take some from.
    """
    words = ["serve", "--port", "0", *(() if env else ("--no-auth",)), *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", source_of(*words)],
        cwd=ROOT,
        env={**environment(home), **(env or {})},
        stdout=pipe,
        stderr=pipe,
        text=True,
    ) as process:
        try:
            assert process.stdout
            announced = process.stdout.readline()
            assert announced.startswith("Listening on http://127.0.0.1:")
            yield process, announced.split()[-1]
        finally:
            process.kill()


_LEFT = b"\x1b[?1049l"
"""The end of the screen that an app has to itself."""

_ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")


def said(terminal: Terminal) -> str:
    """What a program that has ended left on the terminal, on one line, without colours."""
    left = terminal.output.rpartition(_LEFT)[2].decode()
    return " ".join(_ESCAPES.sub("", left).split())
