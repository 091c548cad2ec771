"""The command line beside the dashboard: what a shell, a script or cron does with cases.

Each command is in a module of its own noun, which is loaded when the command runs.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from triage_tui.errors import TriageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

CUT_OFF = 141
"""What a process ends with whose output nobody reads any more: 128 plus the number of SIGPIPE."""

_GARBAGE = 50_000
"""Objects that are made before it is looked which of them are needed no more."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Entry(NamedTuple):
    """A command.

    Attributes:
        module: Where it is, below this package; the function there is called `<name>_command`.
        summary: One line about it.
    """

    module: str
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "list": Entry("cases", "List cases."),
    "show": Entry("cases", "Show a case with its comments."),
    "count": Entry("cases", "Count cases, by the values of fields."),
    "create": Entry("create", "Create a case."),
    "status": Entry("writes", "Set the status of cases."),
    "priority": Entry("writes", "Set the priority of cases."),
    "assign": Entry("writes", "Give cases to somebody."),
    "unassign": Entry("writes", "Give cases to nobody."),
    "archive": Entry("writes", "Archive cases."),
    "unarchive": Entry("writes", "Bring archived cases back."),
    "comment": Entry("writes", "Comment on cases."),
    "undo": Entry("undo", "Take the last step back."),
    "report": Entry("report", "Report what happened in a shift."),
    "projects": Entry("directory", "List the projects."),
    "users": Entry("directory", "List the people whom a case can be given to."),
    "views": Entry("directory", "List the named queries of the projects."),
    "watch": Entry("watch", "Tell what is new or changes, as it happens."),
    "completion": Entry("completion", "Write what completes commands in a shell."),
    "topics": Entry("topics", "Explain queries, columns, JSON and exit codes."),
}
"""All of them by name, in the order in which help tells them."""


class LazyGroup(click.Group):
    """Commands of which only those are loaded that are used: help needs but their summaries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        for stream, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, stream) is None:  # Closed by whoever began the process.
                setattr(sys, stream, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        if gc.get_threshold()[0] < _GARBAGE:
            # Hardly anything that is made until a command has run is garbage.
            gc.set_threshold(_GARBAGE)
        module = import_module(f"{__name__}.{entry.module}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        # httpx has a command line of its own, whose libraries take a third of the time to load it.
        # It does without if they are missing.
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        try:
            return super().make_context(*args, **more)
        except BrokenPipeError:  # Help is written here.
            _let_go_of_output()
            sys.exit(CUT_OFF)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one whose output is closed, as by `head`, ends quietly."""
        if isinstance(sys.stdout, TextIOWrapper):
            # A locale without the characters of a title is no reason to end.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            code = super().invoke(ctx)
            if sys.stdout:
                sys.stdout.flush()
            return code
        except BrokenPipeError:
            _let_go_of_output()
            return CUT_OFF
        except OSError as error:
            if error.errno not in _FULL:
                raise
            _let_go_of_output()
            raise TriageError(f"The output cannot be written: {error.strerror}.") from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, none of them loaded; and the options of this one."""
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(name, help=summary)
            for name, summary in self._summaries(ctx)
            if name.startswith(incomplete)
        ] + click.Command.shell_complete(self, ctx, incomplete)

    def _summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        own = {name: command.get_short_help_str(100) for name, command in self.commands.items()}
        told = own | {name: entry.summary for name, entry in COMMANDS.items()}
        return [(name, told[name]) for name in self.list_commands(ctx)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(self._summaries(ctx))


def _let_go_of_output() -> None:
    """What is still to be written goes nowhere, so that nothing fails once more at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(sentences: str) -> None:
    """Say something to the person, not to a program that reads the output."""
    from triage_tui.text import clean

    for sentence in sentences.split("\n"):
        click.echo(clean(sentence), err=True)
