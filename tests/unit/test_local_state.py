"""What this machine remembers, and that nothing depends on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.office import Clock
from triage_tui import local_state
from triage_tui.local_state import LocalState


@contextmanager
def opened(path: Path | None, clock: Clock | None = None) -> Iterator[LocalState]:
    with closing(LocalState(path, now=(clock or Clock()).now)) as state:
        yield state


def test_what_was_put_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.db"
    with opened(path) as state:
        state.put("columns", ["key", "title"])
        state.put_all("seen", {"one": 1, "two": {"deep": [None, "\u202e"]}})
    with opened(path) as state:
        assert state.get("columns") == ["key", "title"]
        assert state.some("seen", ["two", "three"]) == {"two": {"deep": [None, "\u202e"]}}
        assert state.get("seen") is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_last_put_comes_first_and_takes_the_place_of_the_one_before() -> None:
    clock = Clock()
    with opened(None, clock) as state:
        for name in ("a", "b", "a"):
            clock.time += timedelta(seconds=1)
            state.put("query", name.upper() * 2, name)
        assert list(state.all("query").items()) == [("a", "AA"), ("b", "BB")]


def test_what_is_forgotten_is_gone() -> None:
    with opened(None) as state:
        state.put_all("draft", {"a": 1, "b": 2})
        state.forget("draft", ["a", "not there"])
        assert state.all("draft") == {"b": 2}


def test_more_names_than_a_statement_takes() -> None:
    many = {str(number): number for number in range(1_234)}
    with opened(None) as state:
        state.put_all("seen", many)
        assert state.some("seen", many) == many


def test_old_and_surplus_things_are_forgotten_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_state, "MOST_OF_A_KIND", 2)
    path, clock = tmp_path / "state.db", Clock()
    with opened(path, clock) as state:
        state.put("view", "old")
        clock.time += timedelta(days=local_state.KEPT_DAYS + 1)
        for name in "abc":
            clock.time += timedelta(seconds=1)
            state.put("seen", name, name)
    with opened(path, clock) as state:
        assert state.get("view") is None
        assert state.all("seen") == {"c": "c", "b": "b"}


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_file_is_put_aside_and_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    with opened(path) as state:
        state.put("a", 1)
    with opened(path) as state:
        assert state.get("a") == 1
    assert (tmp_path / "state.db.damaged").read_bytes() == content


def test_the_file_of_a_newer_version_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with opened(path) as state:
        state.put("a", 1)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with opened(path) as state:
        assert state.get("a") is None
        state.put("a", 2)
        assert state.get("a") == 2  # until it is closed
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT value FROM remembered").fetchall() == [("1",)]


def test_where_nothing_can_be_written_it_is_remembered_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with opened(tmp_path / "file" / "state.db") as state:
        state.put("a", 1)
        assert state.get("a") == 1


def test_names_and_values_that_are_no_text_are_not_remembered() -> None:
    with opened(None) as state:
        state.put("a", 1, "\ud800")
        assert state.get("a", "\ud800") is None
        state.put("a", "\ud800")
        assert state.get("a") == "\ud800"
