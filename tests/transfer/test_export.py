"""The command `export`: the file it makes, and when it makes none."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.command import ROOT, environment, in_terminal, ran, serving, source_of
from tests.factories import ANA
from tests.office import SMALL, many
from triage_tui.server.store import Store, Workspace
from triage_tui.transfer.export import encoded
from triage_tui.transfer.progress import shown


def made(path: Path, data: Workspace = SMALL) -> str:
    """A workspace file with these data."""
    with closing(Store.open(path)) as store:
        store.load(data)
    return str(path)


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def test_a_file_for_its_owner_with_everything_in_it(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    ended = ran(tmp_path, "export", str(file), "--db", made(tmp_path / "a.db"))
    assert (ended.returncode, ended.stdout) == (0, "")
    first = ended.stderr.splitlines()[0]
    assert first == "Exported 6 cases with 1 comment from the local workspace."
    assert file.stat().st_mode & 0o777 == 0o600
    document = read(file)
    meta = document["meta"]
    assert (meta["format"], meta["version"]) == ("triage-tui export", 1)
    assert meta["counts"]["case"] == meta["cases_counted_by_server"] == 6
    assert meta["counts"] == {
        kind: sum(one["type"] == kind for one in document["data"]) for kind in meta["counts"]
    }
    assert not list(tmp_path.glob(".*"))


def test_a_profile_restricts_it_to_a_project(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profile.pay]\nproject = "PAY"\n')
    own = ["--config", str(config), "--profile", "pay", "--db", made(tmp_path / "a.db")]
    ended = ran(tmp_path, "export", "-", *own)
    cases = [one for one in json.loads(ended.stdout)["data"] if one["type"] == "case"]
    assert [one["attributes"]["key"] for one in cases] == ["PAY-1"]
    ended = ran(tmp_path, "export", "-", *own, "--query", "a) OR (b")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("triage-tui: The query of --query cannot be used: ")


def test_it_goes_to_the_output(tmp_path: Path) -> None:
    database = made(tmp_path / "a.db")
    ended = ran(tmp_path, "export", "-", "--db", database, "--query", "key:PAY-1")
    cases = [one for one in json.loads(ended.stdout)["data"] if one["type"] == "case"]
    assert [case["attributes"]["key"] for case in cases] == ["PAY-1"]


def test_it_reads_any_server(tmp_path: Path) -> None:
    with serving(tmp_path, "--db", made(tmp_path / "a.db")) as (_, url):
        ended = ran(tmp_path, "export", "-", "--url", url)
    assert ended.returncode == 0
    document = json.loads(ended.stdout)
    assert document["meta"]["counts"]["case"] == 6
    assert document["meta"]["source"] == url.removeprefix("http://")


def test_nothing_in_it_controls_a_terminal() -> None:
    hostile = {"a": "\x1b]0;x\x07 \x9b2J \u202e \ud800", "b": [float("inf"), 1.5]}
    assert encoded(hostile) == (
        rb'{"a": "\u001b]0;x\u0007 \u009b2J \u202e \ud800", "b": [null, 1.5]}'
    )


def test_an_empty_workspace_is_a_document_too(tmp_path: Path) -> None:
    database = made(tmp_path / "a.db", Workspace(ANA.id, (ANA,)))
    ended = ran(tmp_path, "export", "-", "--db", database, "--query", "archived:true")
    assert ended.returncode == 0
    assert "case" not in json.loads(ended.stdout)["meta"]["counts"]


def test_a_file_that_is_there_is_replaced_only_when_told_so(tmp_path: Path) -> None:
    file, database = tmp_path / "cases.json", made(tmp_path / "a.db")
    file.write_text("mine")
    ended = ran(tmp_path, "export", str(file), "--db", database)
    assert (ended.returncode, file.read_text()) == (2, "mine")
    assert ended.stderr == (
        f"triage-tui: {file} is there already: name another file, or give --force.\n"
    )
    link = tmp_path / "link.json"
    link.symlink_to(file)
    assert ran(tmp_path, "export", str(link), "--db", database, "--force").returncode == 0
    assert link.is_symlink()
    assert read(file)["meta"]["version"] == 1


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("no/such/place.json", 1, "cannot be written: No such file or directory"),
        (".", 2, "is no regular file"),
        ("/dev/null", 2, "is no regular file"),
        ("a.db", 2, "is a database, which is never replaced"),
    ],
)
def test_where_no_file_can_be(tmp_path: Path, name: str, code: int, sentence: str) -> None:
    database = made(tmp_path / "a.db")
    ended = ran(tmp_path, "export", str(tmp_path / name), "--db", database, "--force")
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    with closing(Store.open(Path(database))) as store:
        assert len(store.projects()) == 2


def test_a_workspace_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    ended = ran(tmp_path, "export", str(tmp_path / "cases.json"))
    assert ended.returncode == 2
    assert "There is no workspace " in ended.stderr
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "cases.json").exists()


def test_a_server_that_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    file = tmp_path / "cases.json"
    ended = ran(tmp_path, "export", str(file), "--url", f"http://127.0.0.1:{port}")
    assert ended.returncode == 4
    assert {path.name for path in tmp_path.iterdir()} == {"tmp", "state"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_half_file(tmp_path: Path, number: int, code: int) -> None:
    # A server that takes the request and never answers it.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-c", source_of("export", str(tmp_path / "x"), "--url", url)]
        pipe = subprocess.PIPE
        with (
            subprocess.Popen(
                command, cwd=ROOT, env=environment(tmp_path), stdout=pipe, stderr=pipe, text=True
            ) as process,
            silent.accept()[0] as asked,
        ):
            asked.recv(1)
            assert list(tmp_path.glob(".x.*.part"))
            process.send_signal(number)
            _, said = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in said
    assert {path.name for path in tmp_path.iterdir()} == {"tmp", "state"}


def test_whoever_stops_listening(tmp_path: Path) -> None:
    database = made(tmp_path / "a.db", many(300))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", source_of("export", "-", "--db", database)],
            cwd=ROOT,
            env=environment(tmp_path),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert ended.returncode == 141
    assert b"Traceback" not in ended.stderr


def test_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    database = made(tmp_path / "a.db", many(300))
    with in_terminal(tmp_path, "export", str(tmp_path / "x"), "--db", database) as terminal:
        assert terminal.exit_code() == 0
    assert b"Exporting" in terminal.output
    assert b"Exported 300 cases with 0 comments" in terminal.output


def test_progress_fits_into_eighty_columns() -> None:
    drawn = StringIO()
    console = Console(width=80, force_terminal=True, color_system=None, file=drawn)
    with shown("Exporting", console=console) as progress:
        progress.at(98_765, 1_234_567)
        progress.say("The server limits the rate: going on in 42 s. [/x]\x1b[2J")
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn.getvalue()).replace("\r", "\n").splitlines()
    assert "The server limits the rate: going on in 42 s. [/x]␛[2J" in lines
    assert any("98,765 of 1,234,567 cases" in line for line in lines)
    assert all(len(line) <= 80 for line in lines)
