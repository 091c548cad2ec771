"""The tables of the README, made from the code that they describe.

`python -m tests.tables` writes them into the README, the table of all operations of the server into
its file, and into another what `--help` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from tests.server import operations_table
from triage_tui.actions import ACTIONS
from triage_tui.cli import HELP
from triage_tui.commands import COMMANDS
from triage_tui.commands.options import format_options, place_options
from triage_tui.commands.root import cli
from triage_tui.config import describe
from triage_tui.exit_codes import MEANINGS
from triage_tui.query import FIELDS
from triage_tui.sites import SITES
from triage_tui.ui.keys_shown import shown_keys

README = Path(__file__).parents[1] / "README.md"


def tables() -> Mapping[str, str]:
    """Each table in Markdown, by its name in the README."""
    return {
        "keys": _keys(),
        "query keys": _table(
            ("Key", "Looks at"), ((f"`{key}`", field.about) for key, field in FIELDS.items())
        ),
        "configuration": _table(
            ("Section", "Key", "Default", "Meaning"),
            (
                (
                    f"`[{section}]`",
                    f"`{key}`",
                    f"`{default}`" if section in ("site", "ui") else default,
                    doc,
                )
                for section, key, default, doc in describe()
            ),
        ),
        "commands": _commands(),
        "sites": ", ".join(f"`{site}`" for site in SITES),
        "exit codes": _table(
            ("Code", "Meaning"), ((str(int(code)), words) for code, words in MEANINGS.items())
        ),
    }


def written(readme: str) -> str:
    """The README with every table in it made anew."""
    for name, table in tables().items():
        start, end = markers(name)
        before, middle, rest = readme.partition(start)
        _, last, after = rest.partition(end)
        assert middle, f"the README has no place for the table of {name}"
        assert last, f"the README has no place for the table of {name}"
        readme = f"{before}{start}\n{table}\n{end}{after}"
    return readme


def markers(name: str) -> tuple[str, str]:
    """What stands in the README before and after a table."""
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def commands() -> dict[str, click.Command]:
    """All commands by name, those too that are loaded when they run."""
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def _commands() -> str:
    @format_options
    @place_options
    @click.command
    def shared() -> None:
        pass

    everywhere = {one.name for one in shared.params}
    rows = []
    for name, command in commands().items():
        if name in COMMANDS:
            arguments = [
                one.make_metavar(click.Context(command))
                for one in command.params
                if isinstance(one, click.Argument)
            ]
            options = [one.opts[0] for one in command.params if isinstance(one, click.Option)]
            own = [one.opts[0] for one in command.params if one.name not in everywhere]
            told = " ".join(f"`{option}`" for option in options if option in own)
            rows.append((f"`{' '.join([name, *arguments])}`", COMMANDS[name].summary, told))
    return _table(("Command", "What it does", "Options of its own"), rows)


def _keys() -> str:
    rows = []
    for group in dict.fromkeys(action.group for action in ACTIONS):
        shown = group
        for action in ACTIONS:
            if action.group == group:
                keys = " ".join(f"`{key}`" for key in shown_keys(action.keys).split())
                rows.append((shown, keys, action.label, f"`{action.id}`"))
                shown = ""
    return _table(("", "Keys", "What they do", "Name for `[keys]`"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def help_text() -> str:
    """What `--help` says in 80 columns."""
    return click.Context(cli, info_name="triage-tui", terminal_width=78).get_help() + "\n"


if __name__ == "__main__":
    Path(HELP).write_text(help_text(), "ascii")
    operations_table.FILE.write_text(operations_table.table(operations_table.rows()), "utf-8")
    README.write_text(written(README.read_text("utf-8")), "utf-8")
