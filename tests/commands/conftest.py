"""Runs commands in this process, on a workspace in a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import Faults
from tests.filled import filled
from tests.office import SMALL
from triage_tui.cli import ended
from triage_tui.models import Case
from triage_tui.server.store import Store, Workspace

Rigging = Callable[[Faults], object]


class Stream(io.TextIOWrapper):
    """A standard stream, a terminal if it is said to be one."""

    def __init__(
        self,
        text: str = "",
        *,
        terminal: bool = False,
        answers: Callable[[], str] | None = None,
    ) -> None:
        self.answers = answers
        super().__init__(io.BytesIO(text.encode()), "utf-8", newline="", write_through=True)
        self._terminal = terminal

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        return self.answers() if callable(self.answers) else super().readline(size)

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@dataclass(frozen=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str


class Shell:
    """Runs commands on one workspace.

    Attributes:
        terminal: All streams are a terminal, of 80 columns.
        answers: What the person types there when something is asked.
    """

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.answers: str | Callable[[], str] = ""
        self.terminal = False
        self._monkeypatch = monkeypatch

    def truth(self, key: str) -> Case:
        """A case as the workspace has it."""
        with closing(self.store) as store:
            case = store.case(key)
        assert case
        return case

    def run(self, *words: str, given: str = "") -> Ended:
        """A command with these words on this workspace, and `given` to read."""
        return self.ran([words[0], "--db", str(self.path), *words[1:]], given)

    def ran(self, words: Sequence[str], given: str = "") -> Ended:
        asked = self.answers if callable(self.answers) else None
        typed = given or (self.answers if isinstance(self.answers, str) else "")
        streams = {
            "stdin": Stream(typed, terminal=self.terminal and not given, answers=asked),
            "stdout": Stream(terminal=self.terminal),
            "stderr": Stream(terminal=self.terminal),
        }
        with self._monkeypatch.context() as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            patch.setenv("COLUMNS", "80")
            code = ended(words)
        return Ended(code, streams["stdout"].text, streams["stderr"].text)

    @property
    def store(self) -> Store:
        """The workspace, to look what became of it; whoever asks closes it."""
        return Store.open(self.path)

    def fill(self, data: Workspace) -> None:
        """Other data in place of those that are there."""
        self.path.unlink()
        filled(self.path, data).close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    path = tmp_path / "workspace.db"
    filled(path, SMALL).close()
    return Shell(path, monkeypatch)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[Rigging]:
    """What is done to the network of each client that is made from now on."""
    rigging: list[Rigging] = []
    real = httpx.ASGITransport

    def rigged(**options: Any) -> Faults:
        faults = Faults(real(**options))
        for rig in rigging:
            rig(faults)
        return faults

    monkeypatch.setattr(httpx, "ASGITransport", rigged)
    return rigging
