"""The command line: what it says, where it says it, and the code it ends with."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.command import ROOT, environment, in_terminal, ran, said, serving, source_of
from triage_tui import __version__

KEYS = {"DD_API_KEY": "c4nary-api", "DD_APP_KEY": "c4nary-app"}
FIRST_CASE = b"OPS-"
"""On the screen as soon as the demo cases are."""


def test_version_and_help_are_told_without_loading_the_rest(tmp_path: Path) -> None:
    heavy = "{'textual', 'rich', 'httpx', 'pydantic', 'starlette', 'lark', 'importlib.metadata'}"
    for option, start in (("--version", f"triage-tui {__version__}\n"), ("--help", "Usage: ")):
        found = subprocess.run(
            [
                sys.executable,
                "-c",
                "import atexit, sys; atexit.register(lambda: print("
                f"sorted({heavy} & set(sys.modules)), file=sys.stderr)); {source_of(option)}",
            ],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
        )
        assert found.stdout.startswith(start)
        assert (found.returncode, found.stderr) == (0, "[]\n")


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("triage_tui.ui.app", "httpx pydantic starlette lark uvicorn"),
        ("triage_tui.workspace", "textual rich httpx pydantic starlette lark uvicorn"),
        ("triage_tui.server.app", "textual rich httpx pydantic lark uvicorn"),
        ("triage_tui.client", "textual starlette lark uvicorn"),
    ],
)
def test_what_is_slow_to_load_waits_until_it_is_needed(module: str, heavy: str) -> None:
    script = f"import sys, {module}; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "named", "command"),
    [
        (["nonsense"], "nonsense", "triage-tui"),
        (["--port", "1"], "--port", "triage-tui"),
        (["--site"], "--site", "triage-tui"),
        (["serve", "--port", "65536"], "65536", "triage-tui serve"),
        (["serve", "--port", "http"], "http", "triage-tui serve"),
        (["export", "--demo"], "Did you mean '--db'? See", "triage-tui export"),
    ],
)
def test_usage_errors_name_what_is_wrong_and_the_help_to_read(
    tmp_path: Path, arguments: list[str], named: str, command: str
) -> None:
    ended = ran(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("triage-tui: ")
    assert line.endswith((f". See `{command} --help`.", f"? See `{command} --help`."))
    assert named in line


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--demo", "serve"],
            "--demo before `serve` has no meaning: give it after that word, or not at all. "
            "See `triage-tui --help`.",
        ),
        (["--demo", "--local"], "--demo and --local contradict each other: give only one."),
        (["--db", "x", "--url", "y"], "--db and --url contradict each other: give only one."),
        (["--url", ""], "--url is empty: give a value, or leave it out."),
        (["--site", " "], "--site is empty: give a value, or leave it out."),
        (
            ["--config", "nowhere.toml"],
            "There is no configuration file nowhere.toml: create it, or correct --config.",
        ),
        (["--config", "/"], "The configuration / is a directory: name a file in it."),
        (
            ["--demo"],
            "The dashboard was not started: its input is not a terminal. "
            "Run it without pipes and redirections.",
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    ended = ran(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"triage-tui: {sentence}\n")


def test_a_query_that_cannot_be_used(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--query", "priority:P9")
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(
        "triage-tui: The query of --query cannot be used: Unknown priority P9: use P1 to P5"
    )


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("theme = 1", '"theme" belongs under [ui].'),
        ("[ui]\nthem = 1", '[ui] has no key "them"; did you mean "theme"?'),
        ("[ui]\npage_size = 0", '"page_size" in [ui] must be from 1 to 100.'),
        ("[ui\n", "is not valid TOML"),
        ('[ui]\nquery = "("', 'The query of "query" in the configuration cannot be used'),
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, written: str, sentence: str) -> None:
    file = tmp_path / "config" / "triage-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(written)
    ended = ran(tmp_path, "--demo")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert ended.stderr.startswith("triage-tui: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            '[keys]\n"case.tak" = "t"',
            'triage-tui: [keys] There is no action "case.tak"; did you mean "case.take"?',
        ),
        (
            '[keys]\n"case.take" = "v"',
            'triage-tui: [keys] case.take cannot have "v": it belongs to case.move, '
            "which needs another key first.",
        ),
        ('[ui]\ntheme = "x"', 'triage-tui: "theme" in the configuration must be one of '),
    ],
)
def test_keys_and_themes_that_there_are_none_of(
    tmp_path: Path, written: str, sentence: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(written)
    with in_terminal(tmp_path, "--demo", "--config", str(file)) as terminal:
        assert terminal.exit_code() == 2
        assert terminal.output.decode().startswith(sentence)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "env", "code", "sentence"),
    [
        (
            [],
            {"DD_API_KEY": "c4nary"},
            3,
            "Not signed in: DD_API_KEY is set, but DD_APP_KEY is not. "
            "Set both, or DD_ACCESS_TOKEN.",
        ),
        (
            ["--site", "datadoghq.eu"],
            {},
            3,
            "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
        ),
        ([], {**KEYS, "DD_SITE": "x"}, 2, "There is no Datadog site 'x'. Did you mean "),
        (["--profile", "work"], KEYS, 2, 'There is no profile "work", because there is no configu'),
        (
            ["--url", "https://workspace.invalid"],
            {"TRIAGE_TUI_APP_KEY": "c4nary"},
            3,
            "Not signed in: TRIAGE_TUI_APP_KEY is set, but TRIAGE_TUI_API_KEY is not. Set both.",
        ),
        (
            ["--site", "datadoghq.eu"],
            {"TRIAGE_TUI_API_KEY": "c4nary", "TRIAGE_TUI_APP_KEY": "c4nary"},
            3,
            "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
        ),
        (
            ["--url", "https://api.datadoghq.eu"],
            {"TRIAGE_TUI_API_KEY": "c4nary", "TRIAGE_TUI_APP_KEY": "c4nary"},
            3,
            "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
        ),
        (["--url", "ftp://x"], {}, 2, "The server address must look like "),
        (["--url", "http://x.io"], KEYS, 2, "Plain http would send cases unprotected"),
    ],
)
def test_servers_that_nothing_is_sent_to(
    tmp_path: Path, arguments: list[str], env: dict[str, str], code: int, sentence: str
) -> None:
    with in_terminal(tmp_path, *arguments, env=env) as terminal:
        assert terminal.exit_code() == code
        assert terminal.output.decode().startswith(f"triage-tui: {sentence}")
        assert terminal.output.count(b"\n") == 1
        assert b"c4nary" not in terminal.output


def test_a_server_that_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    with in_terminal(tmp_path, "--url", f"http://127.0.0.1:{port}") as terminal:
        before = terminal.settings()
        assert terminal.exit_code() == 4
        assert said(terminal).startswith("Could not search the cases: 127.0.0.1 takes no conn")
        assert terminal.settings() == before


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    env = {**KEYS, "SSL_CERT_FILE": str(tmp_path / "missing.pem")}
    with in_terminal(tmp_path, "--url", "https://workspace.invalid", env=env) as terminal:
        assert terminal.exit_code() == 2
        assert said(terminal).startswith(
            "Cannot get ready to connect to workspace.invalid. Check SSL_"
        )


@contextmanager
def unauthorized() -> Iterator[tuple[str, list[str | None]]]:
    """The address of a server that takes nobody's keys, and the API keys it is shown."""
    shown: list[str | None] = []

    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers["DD-API-KEY"])
            body = json.dumps({"errors": ["Unauthorized"]}).encode()
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", shown
        finally:
            server.shutdown()
            thread.join()


OWN_KEYS = {"TRIAGE_TUI_API_KEY": "c4nary-own", "TRIAGE_TUI_APP_KEY": "c4nary-own-app"}


@pytest.mark.parametrize(
    ("trust", "env", "shown", "advice"),
    [
        ([], KEYS, None, "No keys were sent to 127.0.0.1: set TRIAGE_TUI_API_KEY and TRIAGE_TUI_A"),
        (["--trust-url"], KEYS, "c4nary-api", "Check that the keys are valid for 127.0.0.1."),
        ([], OWN_KEYS, "c4nary-own", "`triage-tui config` says where they come from."),
        ([], {**KEYS, **OWN_KEYS}, "c4nary-own", "Check that the keys are valid for 127.0.0.1."),
        (["--trust-url"], {**KEYS, **OWN_KEYS}, "c4nary-own", "Check that the keys are valid for"),
    ],
)
def test_a_server_that_does_not_take_the_keys(
    tmp_path: Path, trust: list[str], env: dict[str, str], shown: str | None, advice: str
) -> None:
    with (
        unauthorized() as (url, keys),
        in_terminal(tmp_path, "--url", url, *trust, env=env) as terminal,
    ):
        assert terminal.exit_code() == 3
        assert advice in said(terminal)
        assert b"c4nary" not in terminal.output
    assert set(keys) == {shown}


@pytest.mark.parametrize("command", [[], ["serve"]], ids=["dashboard", "serve"])
def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"milk\n")
    with in_terminal(tmp_path, *command, "--db", str(file)) as terminal:
        assert terminal.exit_code() == 1
        assert terminal.output.decode() == (
            f"triage-tui: {file} is not a workspace: it is no database at all. "
            "Name another file.\r\n"
        )
    assert file.read_bytes() == b"milk\n"
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"notes.txt", "state/triage-tui/tour-seen"}


def test_a_directory_is_no_workspace(tmp_path: Path) -> None:
    ended = ran(tmp_path, "serve", "--db", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"triage-tui: The workspace {tmp_path} cannot be opened: Is a directory. "
        "Name another file.\n"
    )


def test_what_a_path_holds_does_not_reach_the_terminal(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--config", "\x1b]0;pwned\x07")
    assert ended.returncode == 2
    assert "␛]0;pwned␇" in ended.stderr
    assert "\x1b" not in ended.stderr


# The dashboard


@pytest.mark.parametrize("arguments", [["--demo"], []], ids=["demo", "own workspace"])
def test_it_shows_cases_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, arguments: list[str]
) -> None:
    with in_terminal(tmp_path, *arguments) as terminal:
        before = terminal.settings()
        terminal.wait_for(FIRST_CASE)
        terminal.type(b"q")
        assert terminal.exit_code() == 0
        assert said(terminal) == ""
        assert terminal.settings() == before
    assert list((tmp_path / "tmp").iterdir()) == []
    kept = (tmp_path / "data" / "triage-tui" / "workspace.db").exists()
    assert kept == (not arguments)


def test_it_works_on_a_server_that_is_named(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--demo") as (_, url),
        in_terminal(tmp_path, "--url", url, "--query", "") as terminal,
    ):
        terminal.wait_for(FIRST_CASE)
        assert url.removeprefix("http://").encode() in terminal.output
        terminal.type(b"q")
        assert terminal.exit_code() == 0


def test_it_works_on_a_server_that_asks_for_keys(tmp_path: Path) -> None:
    asked = {"DD_API_KEY": "api-of-the-server", "DD_APP_KEY": "app-of-the-server"}
    shown = {f"TRIAGE_TUI{name.removeprefix('DD')}": key for name, key in asked.items()}
    with (
        serving(tmp_path, "--demo", env=asked) as (_, url),
        in_terminal(tmp_path, "--url", url, "--query", "", env=shown) as terminal,
    ):
        terminal.wait_for(FIRST_CASE)
        terminal.type(b"q")
        assert terminal.exit_code() == 0


def test_a_query_that_only_the_workspace_can_refuse_is_shown_by_the_app(tmp_path: Path) -> None:
    with in_terminal(tmp_path, "--demo", "--query", "status:elsewhere") as terminal:
        terminal.wait_for(b"elsewhere")
        terminal.type(b"q")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_nothing_is_left_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with in_terminal(tmp_path, "--demo") as terminal:
        before = terminal.settings()
        terminal.wait_for(FIRST_CASE)
        os.kill(terminal.pid, number)
        assert terminal.exit_code() == 128 + number
        assert b"Traceback" not in terminal.output
        assert said(terminal) == ""
        assert terminal.settings() == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_ends_when_its_window_is_closed(tmp_path: Path) -> None:
    with in_terminal(tmp_path, "--demo") as terminal:
        terminal.wait_for(FIRST_CASE)
        assert terminal.hang_up() != 0
    assert list((tmp_path / "tmp").iterdir()) == []


# What is configured, and what stands in the way


def test_every_setting_and_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[profile.work]\nsite = "datadoghq.eu"\nread_only = true\n')
    env = {**KEYS, "TRIAGE_TUI_CONFIG": str(file), "TRIAGE_TUI_PROFILE": "work"}
    ended = ran(tmp_path, "config", env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    assert lines[:4] == [
        f"# {file}",
        "# works on: https://api.datadoghq.eu",
        "# API key: set (DD_API_KEY in the environment)",
        "# application key: set (DD_APP_KEY in the environment)",
    ]
    assert f"read_only = true # {file}:3 [profile.work]" in lines
    assert 'profile = "work" # TRIAGE_TUI_PROFILE in the environment' in lines
    assert "c4nary" not in ended.stdout


def test_the_doctor_finds_nothing_to_do(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo") as (_, url):
        ended = ran(tmp_path, "doctor", "--json", "--url", url)
    assert (ended.returncode, ended.stderr) == (0, "")
    found = json.loads(ended.stdout)
    assert found["ok"]
    states = {one["topic"]: one["state"] for one in found["checks"]}
    assert states.pop("terminal") == "warning"
    assert states.pop("reach") in ("ok", "warning"), "a busy machine may be slow"
    assert set(states) >= {"configuration", "keys", "clock", "signed in", "reading", "writing"}
    assert set(states) >= {"letters", "database", "journal", "cache", "data"}
    assert set(states.values()) == {"ok"}


def test_the_doctor_looks_at_the_terminal(tmp_path: Path) -> None:
    with in_terminal(tmp_path, "doctor", env={"TERM": "xterm-256color"}) as terminal:
        assert terminal.exit_code() == 0
        told = " ".join(terminal.output.decode().split())
    assert "ok terminal 120 columns, 40 lines." in told
    assert "ok colours 256 at least (xterm-256color)." in told


def test_the_doctor_says_what_to_do(tmp_path: Path) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text("access_token = 'c4nary'")
    keys.chmod(0o644)
    file = tmp_path / "config.toml"
    file.write_text('[site]\nkeys = "file"\nkey_file = "keys.toml"\n')
    ended = ran(tmp_path, "doctor", "--config", str(file))
    assert (ended.returncode, ended.stderr) == (1, "")
    assert f"failed   keys           Not signed in: others may read the key file {keys}" in (
        ended.stdout
    )
    assert "c4nary" not in ended.stdout
    ended = ran(tmp_path, "doctor", "--config", str(tmp_path / "none.toml"))
    assert ended.returncode == 1
    assert ended.stdout.startswith("failed   configuration  There is no configuration file ")


# The server


def test_serve_offers_the_workspace_of_the_dashboard(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo") as (_, url):
        answer = httpx.get(f"{url}/api/v2/cases", params={"page[size]": 1}, trust_env=False)
        assert len(answer.json()["data"]) == 1
    assert (tmp_path / "data" / "triage-tui" / "workspace.db").exists()


def test_serve_makes_an_empty_workspace_unless_told_otherwise(tmp_path: Path) -> None:
    with serving(tmp_path, "--db", str(tmp_path / "new.db")) as (_, url):
        answer = httpx.get(f"{url}/api/v2/cases/projects", trust_env=False)
        assert answer.json()["data"] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_how_serve_ends(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with serving(tmp_path) as (process, _):
        process.send_signal(number)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == code


def test_serve_on_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = ran(tmp_path, "serve", "--port", str(port))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"triage-tui: The server cannot listen on port {port} of 127.0.0.1: another program is "
        "using it. Stop that program or choose another port.\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--port", "0"]], ids=" ".join)
def test_nobody_listens_to_what_it_says(tmp_path: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", source_of(*arguments)],
            cwd=ROOT,
            env=environment(tmp_path),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")
