"""The process: from its arguments to its exit code, and what it says on the way.

Nothing is imported at the top that takes long: `--help` answers before anything else is loaded.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

HELP = os.path.join(os.path.dirname(__file__), "help.txt")
"""What `--help` says in 80 columns or more, as `python -m tests.tables` writes it."""


def main() -> NoReturn:
    """Run the command line and end the process with a documented exit code.

    A process that SIGTERM or SIGHUP ends cleans up first; its code is 128 plus the signal's number.
    """
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    if sys.argv[1:] == ["--help"] and _columns() >= 80:
        _tell_help()
    sys.exit(ended(sys.argv[1:]))


def _columns() -> int:
    """The width of the terminal; 80 if there is none."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (OSError, ValueError):
        return 80


def _tell_help() -> None:
    """Say at once what click would say, and end; return if that cannot be done so simply."""
    try:
        with open(HELP, encoding="ascii") as file:
            text = file.read()
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, AttributeError):
        return
    sys.exit(0)


def ended(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; the exit code, its sentence told."""
    import click

    from triage_tui.commands import say
    from triage_tui.commands.root import cli
    from triage_tui.errors import TriageError
    from triage_tui.exit_codes import ExitCode, exit_code

    try:
        code: int = cli.main(list(arguments), prog_name="triage-tui", standalone_mode=False)
    except click.Abort:
        return ExitCode.INTERRUPTED
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "triage-tui"
        sentence = error.format_message().rstrip(".")
        end = "" if sentence.endswith("?") else "."
        say(f"triage-tui: {sentence}{end} See `{command} --help`.")
        return ExitCode.USAGE
    except TriageError as error:
        say(f"triage-tui: {error}")
        return exit_code(error)
    return code


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
