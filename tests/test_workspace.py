"""The local workspace: made once, by whoever comes first, and gone when it was for trying."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.command import ROOT
from triage_tui.errors import StoreError
from triage_tui.query import Query
from triage_tui.server.demo import demo_workspace
from triage_tui.server.store import Store, Workspace
from triage_tui.workspace import opened, throwaway


def total(store: Store) -> int | None:
    return store.search(Query(), size=1, now=datetime.now(UTC)).total


def _nothing() -> None:
    pass


def test_a_new_workspace_is_filled_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "workspace.db"
    with opened(path, demo=True, meanwhile=_nothing) as store:
        first = total(store)
    assert first
    with opened(path, demo=True, meanwhile=_nothing) as store:
        assert total(store) == first


def test_it_is_filled_in_this_process_where_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    with opened(tmp_path / "workspace.db", demo=True, meanwhile=_nothing) as store:
        assert total(store)


def test_it_is_filled_in_this_process_when_no_other_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    with opened(tmp_path / "workspace.db", demo=True, meanwhile=_nothing) as store:
        assert total(store)


def test_nothing_is_put_into_a_workspace_unasked(tmp_path: Path) -> None:
    with opened(tmp_path / "workspace.db", demo=False) as store:
        assert store.empty


def test_what_the_child_cannot_do_is_told_once_by_the_parent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way of a directory")
    path = tmp_path / "file" / "workspace.db"
    with pytest.raises(StoreError), opened(path, demo=True, meanwhile=_nothing):
        pass
    assert capfd.readouterr() == ("", "")


STARTING = """
import sys
from pathlib import Path
from triage_tui.workspace import opened
meanwhile = None if sys.argv[2] == "none" else lambda: None
print("ready", flush=True)
sys.stdin.readline()
with opened(Path(sys.argv[1]), demo=True, meanwhile=meanwhile):
    print("open")
"""


def test_two_that_start_at_once_share_one_workspace(tmp_path: Path) -> None:
    path = tmp_path / "shared" / "workspace.db"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", STARTING, str(path), meanwhile],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for meanwhile in ("some", "some", "none")
    ]
    try:
        for process in both:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        assert [process.communicate("\n", timeout=60) for process in both] == [("open\n", "")] * 3
    finally:
        for process in both:
            process.kill()
    # Once: what was made twice would be there twice, or not at all.
    with sqlite3.connect(path) as db:
        projects = db.execute("SELECT count(*), count(DISTINCT key) FROM projects").fetchone()
    db.close()
    assert projects[0] == projects[1] > 0


def test_a_workspace_that_another_program_fills_meanwhile_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "workspace.db"

    def overtaken(now: datetime) -> Workspace:
        made = demo_workspace(now)
        with closing(Store.open(path)) as other:
            other.load(made)
        return made

    monkeypatch.setattr("triage_tui.server.demo.demo_workspace", overtaken)
    with opened(path, demo=True) as store:
        assert total(store)


def test_a_file_that_another_program_makes_meanwhile_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "workspace.db"
    open_file = os.open

    def overtaken(name: Path, *rest: int) -> int:
        name.write_bytes(b"")
        return open_file(name, *rest)

    monkeypatch.setattr("triage_tui.server.database.os.open", overtaken)
    with opened(path, demo=False) as store:
        assert store.empty


def test_an_interruption_takes_the_child_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "workspace.db"
    children: list[int] = []
    fork = os.fork

    def noted() -> int:
        children.append(fork())
        return children[0]

    monkeypatch.setattr(os, "fork", noted)

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opened(path, demo=True, meanwhile=interrupted):
        pass
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)
    # What it has left, if anything, can be completed.
    with opened(path, demo=True) as store:
        assert total(store)


def test_whoever_ignores_the_end_of_children_gets_a_workspace_too(tmp_path: Path) -> None:
    found = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with opened(tmp_path / "workspace.db", demo=True, meanwhile=_nothing) as store:
            assert total(store)
    finally:
        signal.signal(signal.SIGCHLD, found)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("early", [True, False], ids=["while it is made", "while it is used"])
def test_a_throwaway_workspace_is_gone_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], early: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders: list[Path] = []

    def crash(*, wanted: bool) -> None:
        if wanted:
            folders.extend(tmp_path.iterdir())
            raise error

    with pytest.raises(error), throwaway(meanwhile=lambda: crash(wanted=early)):
        crash(wanted=not early)
    assert len(folders) == 1
    assert list(tmp_path.iterdir()) == []


def test_nowhere_to_put_a_throwaway_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    sentence = "There is no place for the demo data: No such file"
    with pytest.raises(StoreError, match=sentence), throwaway():
        pass
