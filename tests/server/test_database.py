"""Which files become a workspace, which are refused, and how threads share one."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server.conftest import ANN, BOB, DISK, NOW, OPS
from triage_tui.changes import SetPriority
from triage_tui.errors import StoreError
from triage_tui.models import PRIORITIES, NewCase
from triage_tui.query import Query, parse
from triage_tui.server.database import Busy
from triage_tui.server.schema import APPLICATION_ID, MIGRATIONS, Migration, migrate
from triage_tui.server.store import Store, Workspace


def write_database(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def make_foreign(path: Path) -> None:
    write_database(path, "PRAGMA application_id = 252006674", "CREATE TABLE theirs (x)")


def make_anonymous(path: Path) -> None:
    write_database(path, "CREATE TABLE theirs (x)")


def make_newer(path: Path) -> None:
    write_database(
        path,
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {len(MIGRATIONS) + 1}",
        "CREATE TABLE future (x)",
    )


def make_text(path: Path) -> None:
    path.write_text("[site]\nname = 'example'\n" * 20)


def make_short(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def make_damaged(path: Path) -> None:
    """A workspace of which only the first hundred bytes are left as they were."""
    Store.open(path).close()
    path.write_bytes(path.read_bytes()[:100] + b"\xa5" * 20_000)


def make_emptied(path: Path) -> None:
    """Cut to nothing, while a log of what was in it still lies there."""
    path.write_bytes(b"")
    path.with_name(path.name + "-wal").write_bytes(b"\x37\x7f\x06\x82" * 20)


class TestOpen:
    def test_a_new_file_is_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "state" / "triage" / "workspace.db"
        old = os.umask(0)
        try:
            store = Store.open(path)
        finally:
            os.umask(old)
        assert store.empty
        store.load(Workspace(ANN.id, (ANN,), (OPS,)))
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.parent.parent.stat().st_mode & 0o777 == 0o700
        store.close()

    @pytest.mark.parametrize(
        ("make", "sentence"),
        [
            (make_foreign, "database of another program"),
            (make_anonymous, "database of another program"),
            (make_newer, "newer triage-tui"),
            (make_text, "no database at all"),
            (make_short, "no database at all"),
            (make_damaged, "damaged"),
            (make_emptied, "damaged"),
        ],
    )
    def test_what_is_no_workspace_is_left_as_it_was(
        self, tmp_path: Path, make: Callable[[Path], None], sentence: str
    ) -> None:
        path = tmp_path / "workspace.db"
        make(path)
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        with pytest.raises(StoreError, match=sentence) as error:
            Store.open(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)
        assert {name: (tmp_path / name).read_bytes() for name in before} == before

    def test_an_empty_file_counts_as_new(self, tmp_path: Path) -> None:
        path = tmp_path / "workspace.db"
        path.touch()
        store = Store.open(path)
        assert store.empty
        store.close()

    def test_a_start_that_stopped_half_way_is_completed(self, tmp_path: Path) -> None:
        path = tmp_path / "workspace.db"
        write_database(path, f"PRAGMA application_id = {APPLICATION_ID}")
        store = Store.open(path)
        assert store.empty
        store.close()

    def test_damage_found_later_is_a_sentence_too(self, tmp_path: Path, store: Store) -> None:
        store.close()
        path = tmp_path / "workspace.db"
        connection = sqlite3.connect(path)
        root = "SELECT rootpage FROM sqlite_schema WHERE name IN ('cases', 'projects')"
        wiped = [n for (n,) in connection.execute(root)]
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        with path.open("r+b") as file:
            for n in wiped:
                file.seek((n - 1) * size)
                file.write(b"\xa5" * size)
        store = Store.open(path)
        with pytest.raises(StoreError, match="damaged"):
            store.search(Query(), now=NOW)
        with pytest.raises(StoreError, match="damaged"):
            store.delete_project(OPS.id, by=ANN, now=NOW)
        store.close()

    def test_a_directory(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be opened"):
            Store.open(tmp_path)

    def test_what_is_no_regular_file(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for odd in (pipe, Path("/dev/null")):
            with pytest.raises(StoreError) as error:
                Store.open(odd)
            assert str(error.value) == (
                f"{odd} is not a workspace: it is no regular file. Name another file."
            )
        assert [file.name for file in tmp_path.iterdir()] == ["pipe"]

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="cannot be opened"):
            Store.open(tmp_path / "file" / "workspace.db")

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
    def test_a_directory_that_cannot_be_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(StoreError, match="cannot be opened"):
            Store.open(tmp_path / "workspace.db")

    def test_a_file_that_another_program_holds(self, tmp_path: Path, store: Store) -> None:
        holder = sqlite3.connect(tmp_path / "workspace.db")
        holder.execute("BEGIN IMMEDIATE")
        try:
            other = Store.open(tmp_path / "workspace.db", lock_wait=0.0)
            with pytest.raises(Busy, match="another program is holding it"):
                other.delete_project(OPS.id, by=ANN, now=NOW)
            assert other.case(DISK.id) == DISK  # reading goes on
        finally:
            holder.close()
        assert other.delete_project(OPS.id, by=ANN, now=NOW)
        other.close()

    def test_migrations_are_applied_in_order_and_once(self) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        first = Migration("a table", ("CREATE TABLE t (x)",))
        second = Migration("a row", ("INSERT INTO t VALUES (1)",))
        broken = Migration("too much", ("INSERT INTO t VALUES (2)", "no SQL"))
        migrate(connection, (first,))
        migrate(connection, (first, second))
        migrate(connection, (first, second))
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, (first, second, broken))
        assert connection.execute("SELECT x FROM t").fetchall() == [(1,)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        connection.close()


class TestThreads:
    def test_readers_see_whole_states_while_a_writer_writes(self, store: Store) -> None:
        rounds, readers = 60, 4
        start = threading.Barrier(readers + 1)
        written = threading.Event()
        wrong: list[object] = []

        def guarded(work: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                try:
                    start.wait()
                    work()
                except Exception as error:
                    wrong.append(error)

            return run

        def write() -> None:
            try:
                for n in range(rounds):
                    priority = PRIORITIES[n % 2]
                    store.change(DISK.id, SetPriority(priority).apply, by=BOB, now=NOW)
                    store.create_case(NewCase(f"Case {n}", OPS.id), by=BOB, now=NOW)
            finally:
                written.set()

        def read() -> None:
            last = 0
            while True:
                done = written.is_set()
                page = store.search(parse("project:OPS"), size=1000, now=NOW)
                if page.total != len(page.cases) or page.total < last:
                    wrong.append((page.total, len(page.cases), last))
                last = page.total or 0
                if done:
                    break
            if last != rounds + 2:
                wrong.append(last)

        threads = [threading.Thread(target=guarded(write))]
        threads += [threading.Thread(target=guarded(read)) for _ in range(readers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []

    def test_writers_do_not_lose_each_others_work(self, store: Store) -> None:
        def comment() -> None:
            for _ in range(20):
                store.add_comment(DISK.id, "x", by=ANN, now=NOW)

        threads = [threading.Thread(target=comment) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        case = store.case(DISK.id)
        assert case
        assert case.comment_count == DISK.comment_count + 80
        assert len(store.timeline(DISK.id)) == 81

    def test_two_stores_on_one_file_see_each_other(self, store: Store, tmp_path: Path) -> None:
        other = Store.open(tmp_path / "workspace.db")
        other.create_case(NewCase("From there", OPS.id), by=ANN, now=NOW)
        made = store.create_case(NewCase("From here", OPS.id), by=ANN, now=NOW)
        assert made.key == "OPS-4"
        assert other.case("OPS-4") == made
        other.close()

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.me()
        with pytest.raises(StoreError, match="closed"):
            store.delete_project(OPS.id, by=ANN, now=NOW)
