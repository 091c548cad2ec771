"""A workspace of an older triage-tui: what becomes of it, and the copy that is kept of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.server.conftest import ANN, DISK, NOW
from triage_tui.errors import StoreError
from triage_tui.query import parse
from triage_tui.server import database, schema
from triage_tui.server.schema import APPLICATION_ID, MIGRATIONS, Migration, migrate
from triage_tui.server.store import Store

# What the first release would have written.
_FIRST_ROWS = """
    INSERT INTO users VALUES (1, 'a0000000-0000-4000-8000-000000000001', 'Ann', 'ann@example.com',
        'ann@example.com', 1, '', '');
    UPDATE workspace SET me = (SELECT id FROM users), last_public_id = 101;
    INSERT INTO projects
        VALUES (1, 'b0000000-0000-4000-8000-000000000001', 'OPS', 'Operations', 0, 1);
    INSERT INTO statuses VALUES (0, 'Open', 'OPEN', 'open');
    INSERT INTO cases VALUES (1, 'c0000000-0000-4000-8000-000000000001', 'OPS-1', '101', 1,
        'STANDARD', '00000000-0000-0000-0000-000000000001', 1, 'OPEN', 'Open', 0, NULL, 1, NULL,
        1763625600500000, NULL, NULL, NULL, NULL, 1, 'MANUAL', 'NOT_MERGED');
    INSERT INTO case_texts VALUES (1, 'Disk full on db-3', '', '{}');
    INSERT INTO words (rowid, title, description) VALUES (1, 'Disk full on db-3', '');
    INSERT INTO case_values VALUES (1, 'team', 'Storage', 'storage', NULL);
    INSERT INTO cells VALUES (1, 'e0000000-0000-4000-8000-000000000001', 1, 'COMMENT', 1, 'hello',
        1763627400000000, NULL, NULL);
"""


def first_version(path: Path) -> sqlite3.Connection:
    """A workspace as the first release left it. As long as it is open, all is in its log."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.create_function("fold", 1, lambda text: text and text.casefold())
    migrate(connection, MIGRATIONS[:1])
    connection.executescript(f"BEGIN; {_FIRST_ROWS} COMMIT")
    return connection


def dumped(path: Path) -> list[str]:
    """All that is in a database, as statements."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "old file?.db"
    first_version(path).close()
    return path


def check_brought_up_to_date(path: Path) -> None:
    store = Store.open(path)
    case = store.case("OPS-1")
    assert case
    assert (case.title, case.priority, case.comment_count) == ("Disk full on db-3", "P2", 1)
    for query in ("full", "priority:P2", "project:OPS status:open"):
        assert store.search(parse(query), now=NOW).cases == (case,)
    assert [cell.message for cell in store.timeline(DISK.id)] == ["hello"]
    assert store.add_comment(DISK.id, "more", by=ANN, now=NOW)
    store.close()


def test_a_copy_is_kept(path: Path) -> None:
    before = dumped(path)
    check_brought_up_to_date(path)
    copy = path.with_name("old file?.db.v1.bak")
    assert names(path.parent) == [path.name, copy.name]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert dumped(copy) == before
    # The copy is a workspace like any other.
    check_brought_up_to_date(copy)


def test_a_new_workspace_and_one_of_this_version_are_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        Store.open(tmp_path / "workspace.db").close()
        assert names(tmp_path) == ["workspace.db"]


def test_what_is_only_in_the_log_is_copied_too(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    with closing(first_version(path)) as holder:
        holder.execute("UPDATE projects SET name = 'Late'")
        check_brought_up_to_date(path)
    assert any("'Late'" in line for line in dumped(tmp_path / "workspace.db.v1.bak"))


def test_an_older_copy_stays(path: Path) -> None:
    for name in ("old file?.db.v1.bak", "old file?.db.v1.2.bak"):
        path.with_name(name).write_text(name)
    check_brought_up_to_date(path)
    assert path.with_name("old file?.db.v1.bak").read_text() == "old file?.db.v1.bak"
    assert path.with_name("old file?.db.v1.2.bak").read_text() == "old file?.db.v1.2.bak"
    check_brought_up_to_date(path.with_name("old file?.db.v1.3.bak"))


def test_the_same_copy_is_not_made_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a failure, or a kill, between the copy and the end of what it was made for."""
    before = dumped(path)
    broken = (*MIGRATIONS, Migration("cannot be done", ("no SQL",)))
    with monkeypatch.context() as patch:
        patch.setattr(schema.migrate, "__defaults__", (broken,))
        for _ in range(2):
            with pytest.raises(StoreError, match="cannot be opened"):
                Store.open(path)
            assert names(path.parent) == [path.name, f"{path.name}.v1.bak"]
            assert dumped(path) == before
    path.with_name(f"{path.name}.v1.bak.part").write_text("of a copy that was interrupted")
    check_brought_up_to_date(path)
    assert names(path.parent) == [path.name, f"{path.name}.v1.bak"]


def test_without_a_copy_nothing_is_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(path: Path, version: int) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "keep_copy", full)
    with pytest.raises(StoreError) as error:
        Store.open(path)
    assert str(error.value) == (
        f"The workspace {path} was not opened: it has to be changed for this triage-tui, and no "
        "copy of it could be kept beside it: No space left on device. Make room for one there."
    )
    assert path.read_bytes() == before
    assert names(path.parent) == [path.name]
