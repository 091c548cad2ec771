"""Completing commands in a shell: `completion`."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from triage_tui.exit_codes import ExitCode

_SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}


@click.command("completion", short_help="Write what completes commands in a shell.")
@click.argument("shell", metavar="SHELL", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> int:
    """Write a script that makes a shell complete commands, options and values.

    \b
    bash:  eval "$(triage-tui completion bash)"         in ~/.bashrc
    zsh:   eval "$(triage-tui completion zsh)"          in ~/.zshrc
    fish:  triage-tui completion fish | source          in config.fish

    Keys, people, projects and statuses are those that this machine knows: what the dashboard read
    last, or the local workspace. No server is asked.
    """
    kind = _SHELLS[shell]
    made = kind(context.find_root().command, {}, "triage-tui", "_TRIAGE_TUI_COMPLETE")
    # That of the class for bash runs bash, to look how old it is.
    click.echo(ShellComplete.source(made))
    return ExitCode.OK
