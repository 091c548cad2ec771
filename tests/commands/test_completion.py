"""What a shell is offered while a command is typed, and what is explained."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from tests.commands.conftest import Shell
from tests.factories import ANA, BEN, make_page
from tests.office import CHANGE, OPS, in_ops
from triage_tui.cache import Cache, default_path
from triage_tui.commands.case_columns import case_record
from triage_tui.commands.case_page import shown_record
from triage_tui.commands.root import cli
from triage_tui.reading import Directory, Opened, Snapshot, Sort
from triage_tui.timing import utc_now


def offered(*words: str) -> list[str]:
    """What may stand for the last of these words."""
    *before, begun = words
    completion = ShellComplete(cli, {}, "triage-tui", "_X")
    return [item.value for item in completion.get_completions(list(before), begun)]


def test_commands_and_options_are_offered() -> None:
    assert offered("un") == ["unassign", "unarchive", "undo"]
    assert offered("list", "--so") == ["--sort"]
    assert offered("list", "--sort", "p") == ["priority"]
    assert offered("count", "--by", "st") == ["status"]
    assert offered("list", "--columns", "key,ti") == ["key,title"]
    assert offered("priority", "OPS-1", "--to", "") == ["P1", "P2", "P3", "P4", "P5", "none"]


def test_values_are_those_of_the_workspace(shell: Shell) -> None:
    place = ["--db", str(shell.path)]
    assert offered("show", *place, "ops-") == ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5"]
    assert offered("archive", *place, "PAY") == ["PAY-1"]
    assert offered("assign", *place, "OPS-1", "--to", "b") == ["ben@example.com"]
    assert offered("assign", *place, "OPS-1", "--to", "m") == ["me"]
    statuses = offered("status", *place, "OPS-1", "--to", "")
    assert {"open", "in_progress", "closed", "approved", "declined"} <= set(statuses)
    assert offered("create", *place, "--project", "p") == ["PAY"]
    assert offered("create", *place, "--type", "Ch") == ["Change Request"]
    assert offered("show", "--db", str(shell.path) + "x", "O") == []


def test_values_of_a_server_are_those_that_were_read_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_API_KEY", "a" * 32)
    monkeypatch.setenv("DD_APP_KEY", "b" * 40)
    assert offered("show", "OPS") == []
    keys = ("a" * 32, "b" * 40)
    file = default_path("https://api.datadoghq.com", "", "", *keys)
    directory = Directory(ANA, (ANA, BEN), (OPS,), (CHANGE,))
    pages = (make_page(in_ops(1), in_ops(2)),)
    snapshot = Snapshot(
        *("status:open", Sort(), 100, utc_now(), pages, ()),
        opened=(Opened(in_ops(7), (), utc_now()),),
        directory=directory,
    )
    with closing(Cache(file, now=utc_now)) as cache:
        cache.keep(snapshot)
    assert set(offered("show", "OPS")) == {"OPS-1", "OPS-2", "OPS-7"}
    assert offered("assign", "OPS-1", "--to", "ana") == ["ana@example.com"]
    assert offered("status", "OPS-1", "--to", "decl") == ["declined"]


def test_profiles_and_shifts_are_those_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[profile.work]\nsite = "datadoghq.eu"\n[profile.home]\n')
    assert offered("list", "--config", str(file), "--profile", "w") == ["work"]
    file.write_text('[shifts]\nnight = "22:00-08:00"\nday = "08:00-22:00"\n')
    assert offered("report", "--config", str(file), "--shift", "n") == ["night"]
    file.write_text("[[")
    assert offered("list", "--config", str(file), "--profile", "w") == []


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: Shell, name: str, tmp_path: Path) -> None:
    ended = shell.ran(["completion", name])
    assert (ended.code, ended.err) == (0, "")
    assert "_TRIAGE_TUI_COMPLETE" in ended.out
    if program := shutil.which(name):
        script = tmp_path / "script"
        script.write_text(ended.out)
        subprocess.run([program, "-n", str(script)], check=True, timeout=20)


def test_what_is_explained_is_what_there_is(shell: Shell) -> None:
    assert shell.ran(["topics"]).out.split()[0] == "queries"
    assert "created_at" in shell.ran(["topics", "queries"]).out
    assert "attributes.<name>" in shell.ran(["topics", "columns"]).out
    assert "5    not done for every case" in shell.ran(["topics", "exit-codes"]).out
    told = " ".join(shell.ran(["topics", "json"]).out.split())
    assert all(name in told for name in (*case_record(in_ops(1)), *shown_record(in_ops(1), ())))


def test_help_of_every_command_is_told_in_a_narrow_terminal() -> None:
    context = click.Context(cli, terminal_width=38)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        text = click.Context(command, info_name=name, terminal_width=38).get_help()
        assert text.startswith("Usage: ")
