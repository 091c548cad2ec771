"""Stores with a workspace in them, as often as tests want the same one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from triage_tui.server.store import Store, Workspace

_files: dict[int, tuple[Workspace, bytes]] = {}
"""By the id of a workspace: what it was, and the file that it makes.

Making the tables and filling them takes six times as long as opening a copy.
"""


def filled(path: Path, data: Workspace) -> Store:
    """A store in a new file with these data, which are the same object whenever they are equal."""
    if id(data) not in _files:
        _files[id(data)] = data, _made(data)
    path.write_bytes(_files[id(data)][1])
    return Store.open(path)


def _made(data: Workspace) -> bytes:
    with TemporaryDirectory(prefix="triage-tui-test-") as folder:
        path = Path(folder) / "workspace.db"
        with closing(Store.open(path)) as store:
            store.load(data)
        return path.read_bytes()
