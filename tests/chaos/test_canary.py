"""Known keys, and a server that repeats them whenever it can: where do they end up?"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.command import environment, in_terminal, source_of
from tests.office import SMALL
from tests.ui.pty_run import running
from triage_tui.server.app import create_app
from triage_tui.server.serving import http_server
from triage_tui.server.store import Store

CANARY = b"c4nary"
ROOT = Path(__file__).parents[2]
LIKE_A_KEY = re.compile(rb"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|dd[ps]at_\w+)\b")
"""API keys have 32 digits, application keys 40 or a prefix."""

KEYS = {
    "DD_API_KEY": "c4nary-0123456789abcdef0123456789",
    "DD_APP_KEY": "c4nary-fedcba9876543210fedcba9876543210",
}

CRASHING = """
import os
from triage_tui.ui.app import TriageApp
from triage_tui.ui.screens.triage import TriageScreen

def photograph(screen):
    screen.app.save_screenshot(path=os.environ["HOME"], filename="screen.svg")

def crash(screen):
    key = screen.app.client._calls._http.auth._credentials.api_key.reveal()
    raise RuntimeError("Boom")

TriageScreen.action_sort, TriageScreen.action_help = photograph, crash
"""
"""`S` takes a picture of the screen, `?` crashes where a key is at hand."""


class Indiscreet:
    """A server that refuses all writes, and says what it was sent with them.

    Attributes:
        open: It lets people in; else it refuses everything in the same way.
    """

    def __init__(self, store: Store) -> None:
        self.open = True
        self.shown: set[str] = set()
        self._app = create_app(store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self.shown |= set(headers.values())
            if not self.open or scope["method"] == "POST":
                said = {"errors": [{"detail": f"No: {headers}"}]}
                id = {"X-Request-Id": headers.get("dd-api-key", "")}
                answer = JSONResponse(said, 400 if self.open else 401, id)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


@contextmanager
def served(server: Indiscreet) -> Iterator[str]:
    """The address of a server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = threading.Event()
        http = http_server(server, started=started.set)
        thread = threading.Thread(target=http.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert started.wait(10)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            http.should_exit = True
            thread.join(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Indiscreet, str]]:
    with closing(Store.open(tmp_path / "workspace.db")) as store:
        store.load(SMALL)
        indiscreet = Indiscreet(store)
        with served(indiscreet) as url:
            yield indiscreet, url


def test_keys_are_nowhere_after_refusals_a_picture_a_crash_and_a_failed_login(
    tmp_path: Path, server: tuple[Indiscreet, str]
) -> None:
    indiscreet, url = server
    home = tmp_path / "home"
    config = home / "config" / "triage-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[ui]\nhold = 0\n")
    env = {**KEYS, "TEXTUAL_LOG": str(home / "textual.log")}
    arguments = ["--url", url, "--trust-url", "--query", ""]

    source = f"{CRASHING}\n{source_of(*arguments)}"
    with running(source, {**environment(home), **env}) as terminal:
        terminal.wait_for(b"OPS-1")
        terminal.type(b"1")
        terminal.wait_for(b"(hidden)")
        terminal.type(b"S?")
        assert terminal.exit_code() == 1
        crashed = terminal.output
    assert b"Boom" in crashed

    indiscreet.open = False
    with in_terminal(home, *arguments, env=env) as terminal:
        assert terminal.exit_code() == 3
        refused = terminal.output
    assert b"(hidden)" in refused

    assert set(KEYS.values()) <= indiscreet.shown
    written = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(b"OPS-1" in content for path, content in written.items() if path.suffix == ".svg")
    assert any(
        b"(hidden)" in content for path, content in written.items() if "journal" in path.name
    )
    assert any(path.name.endswith(".state.db") for path in written)
    assert [path for path, content in written.items() if CANARY in content] == []
    assert CANARY not in crashed + refused


def test_no_key_is_in_the_committed_pictures() -> None:
    folders = (ROOT / "tests" / "snapshots" / "__snapshots__", ROOT / "screenshots")
    kinds = (".png", ".svg", ".txt")
    pictures = [path for one in folders for path in one.rglob("*.*") if path.suffix in kinds]
    assert {path.suffix for path in pictures} == set(kinds)
    assert LIKE_A_KEY.search(b">%s<" % (b"0a" * 16))
    shown = {path: path.read_bytes() for path in pictures}
    assert [path for path, content in shown.items() if CANARY in content] == []
    texts = {path: content for path, content in shown.items() if path.suffix != ".png"}
    assert [path for path, content in texts.items() if LIKE_A_KEY.search(content)] == []
