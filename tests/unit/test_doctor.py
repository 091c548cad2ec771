"""What the doctor finds: each state can be told from the others, and says what to do."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.office import office
from triage_tui.client import connect
from triage_tui.config import Config
from triage_tui.connection import Options, Remote, configured
from triage_tui.doctor import machine, run
from triage_tui.doctor import server as server_checks
from triage_tui.doctor.findings import State, any_failed, as_json, as_lines, failed, ok, warning
from triage_tui.sites import choose_target

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_line_for_each_finding() -> None:
    found = [
        ok("reach", "It answers."),
        warning("clock", "It is late.", "Set it."),
        failed("a", "No \x1b[31m."),
    ]
    assert as_lines(found) == [
        "ok       reach  It answers.",
        "warning  clock  It is late. Set it.",
        "failed   a      No ␛[31m.",
    ]
    assert (any_failed(found), any_failed(found[:2])) == (True, False)
    assert json.loads(as_json(found[1:2])) == {
        "ok": True,
        "checks": [
            {"topic": "clock", "state": "warning", "text": "It is late.", "remedy": "Set it."}
        ],
    }


def test_the_views() -> None:
    assert list(run.about_views(Config())) == []
    views = {"Mine": "assignee:me", "Bad": "status:("}
    [wrong] = run.about_views(Config(views=views))
    assert wrong.state is State.FAILED
    assert wrong.said.startswith('The query of "Bad" cannot be used: ')
    assert [*run.about_views(Config(views={"Mine": "assignee:me"}))] == [ok("views", "Mine.")]


def test_a_shift_that_is_none_is_told_before_somebody_needs_it() -> None:
    assert list(run.about_shifts(Config())) == []
    shifts = {"night": "22:00-08:00 Europe/Berlin", "bad": "22-8"}
    [wrong] = run.about_shifts(Config(shifts=shifts))
    assert wrong.state is State.WARNING
    assert "“bad” is “22-8”: write it as" in wrong.said
    del shifts["bad"]
    assert [*run.about_shifts(Config(shifts=shifts))] == [ok("shifts", "night.")]


@pytest.mark.parametrize(
    ("date", "state", "said"),
    [
        ("Sat, 21 Nov 2026 12:00:00 GMT", State.OK, "It agrees with the server's within 60 s."),
        ("Sat, 21 Nov 2026 11:59:00 GMT", State.OK, "It agrees with the server's within 60 s."),
        ("Sat, 21 Nov 2026 11:58:59 GMT", State.WARNING, "It is 61 s ahead of the server's"),
        ("Sat, 21 Nov 2026 13:00:00 +0000", State.WARNING, "It is 3600 s behind the server's"),
        ("Sat, 21 Nov 2026 12:00:00", State.OK, "It agrees with the server's within 60 s."),
        ("", State.WARNING, "The server does not say what time it is."),
        ("yesterday", State.WARNING, "The server does not say what time it is."),
        ("Sat, 99 Nov 2026 12:00:00 GMT", State.WARNING, "The server does not say"),
    ],
)
def test_the_clock(date: str, state: State, said: str) -> None:
    found = server_checks.clock(date, NOW)
    assert (found.state, found.said.startswith(said)) == (state, True), found


@pytest.mark.parametrize(
    ("env", "state"),
    [
        ({}, State.FAILED),
        ({"TERM": "dumb"}, State.FAILED),
        ({"TERM": "vt100"}, State.WARNING),
        ({"TERM": "xterm-256color"}, State.OK),
        ({"TERM": "vt100", "COLORTERM": "truecolor"}, State.OK),
        ({"TERM": "vt100", "NO_COLOR": "1"}, State.OK),
    ],
)
def test_colours(env: dict[str, str], state: State) -> None:
    assert machine.colours(env).state is state


def test_letters_and_no_terminal() -> None:
    assert machine.letters("utf-8").state is State.OK
    assert machine.letters("UTF8").state is State.OK
    assert machine.letters("ANSI_X3.4-1968").state is State.WARNING
    found = list(machine.terminal({}, (StringIO(), None, StringIO())))
    assert [(one.topic, one.state) for one in found] == [
        ("terminal", State.WARNING),
        ("letters", State.WARNING),
    ]


@pytest.mark.parametrize(
    ("options", "env", "state"),
    [
        ({}, {}, State.OK),
        ({}, {"DD_SITE": "datadoghq.eu"}, State.OK),
        ({}, {"DD_SITE": "us5.datadoghq.com"}, State.WARNING),
        ({"site": "datadoghq.eu"}, {"DD_SITE": "us5.datadoghq.com"}, State.OK),
        ({"url": "http://127.0.0.1:1"}, {"DD_SITE": "us5.datadoghq.com"}, State.OK),
        ({"local": True}, {"DD_SITE": "us5.datadoghq.com"}, State.OK),
    ],
)
def test_a_variable_that_comes_before_the_file(
    tmp_path: Path, options: dict[str, Any], env: dict[str, str], state: State
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[profile.work]\nsite = "datadoghq.eu"\n')
    asked = Options(config=file, profile="work", **options)
    found = run.about_configuration(asked, configured(asked, env), env)
    assert (found.state, str(file) in found.said) == (state, True)


def test_folders(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir(mode=0o700)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (tmp_path / "file").touch()
    found = list(
        machine.folders(
            {"a": made, "b": shared, "c": tmp_path / "not" / "yet", "d": tmp_path / "file" / "x"}
        )
    )
    assert [one.state for one in found] == [State.OK, State.WARNING, State.OK, State.FAILED]
    assert found[1].remedy == f"`chmod go-w {shared}`"
    assert found[2].said == f"{tmp_path / 'not' / 'yet'} is made when it is needed."


def test_files_that_others_may_read(tmp_path: Path) -> None:
    for name, mode in (("a.db", 0o600), ("b.db", 0o644), ("c.txt", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (found,) = machine.private_files("journal", tmp_path, "*.db")
    assert (found.state, found.remedy) == (State.WARNING, f"`chmod 600 {tmp_path / 'b.db'}`")
    assert list(machine.private_files("journal", tmp_path / "none", "*")) == []


def test_the_database_and_the_workspace(tmp_path: Path) -> None:
    assert machine.database().state is State.OK
    assert machine.workspace(tmp_path / "new.db").state is State.OK
    (tmp_path / "notes.db").write_text("milk")
    assert machine.workspace(tmp_path / "notes.db").state is State.FAILED
    assert machine.workspace(tmp_path).state is State.FAILED


async def test_a_server_that_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    target = choose_target({}, url=f"http://127.0.0.1:{port}")
    (found,) = await server_checks.server(Remote(target, None, trusted=False))
    assert (found.topic, found.state) == ("reach", State.FAILED)
    assert found.said.startswith(f"127.0.0.1:{port} was not reached: ")


async def allowed(
    answers: dict[str, tuple[int, object]], *, read_only: bool = False
) -> dict[str, State]:
    """The states of what a person may do, if the server answers so to paths that end so."""
    async with office() as at:
        net = at.network()
        for end, (status, body) in answers.items():
            net.answer(f"GET *{end}*", status, json=body)
        target = choose_target({}, url="http://localhost")
        client = connect(target, None, transport=net)
        try:
            remote = Remote(target, None, trusted=False, read_only=read_only)
            found = await server_checks._allowed(client, remote)
            assert all(line.startswith("GET ") for line in net.requests)
        finally:
            await client.close()
    return {one.topic: one.state for one in found}


NO: tuple[int, object] = (403, {"errors": ["Forbidden"]})


@pytest.mark.parametrize(
    ("answers", "states"),
    [
        ({}, "ok ok ok"),
        ({"current_user": (401, {"errors": ["Unauthorized"]})}, "failed ok warning"),
        ({"current_user": NO}, "warning ok warning"),
        ({"cases": NO}, "ok failed ok"),
        ({"permissions": NO}, "ok ok warning"),
        ({"permissions": (200, {"data": []})}, "ok ok warning"),
        (
            {
                "permissions": (
                    200,
                    {"data": [{"id": "1", "type": "permissions", "attributes": {"name": 3}}]},
                )
            },
            "ok ok warning",
        ),
    ],
)
async def test_what_a_person_may_do(answers: dict[str, tuple[int, object]], states: str) -> None:
    found = await allowed(answers)
    assert list(found) == ["signed in", "reading", "writing"]
    assert " ".join(state.value for state in found.values()) == states


async def test_whoever_reads_only_is_not_asked_for_more() -> None:
    assert (await allowed({"permissions": NO}, read_only=True))["writing"] is State.OK
