"""The workspace database file: opening it safely, and its connections."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import LifoQueue
from time import monotonic

from triage_tui.errors import StoreError
from triage_tui.server.schema import APPLICATION_ID, MIGRATIONS, migrate

LAST_OFFSET = 2**62
"""Beyond any row, and small enough for SQLite to count with."""

_OLDEST_SQLITE = (3, 37, 0)
_READERS = 4
_CACHE = 32 * 1024
_HEADER = b"SQLite format 3\0"


class QueryTooSlow(StoreError):
    """A read was given up because it took too long."""


class Database:
    """One open workspace file: a writing connection and a few reading ones, for any thread."""

    def __init__(self, path: Path, *, patience: float, lock_wait: float) -> None:
        """Open `path`, creating it if there is none.

        `patience` is the number of seconds a read may take, `lock_wait` how many to wait for
        another program that is writing.
        Raises StoreError, leaving the file as it was, if it is not a usable workspace.
        """
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise StoreError(
                f"The workspace cannot be opened: SQLite {sqlite3.sqlite_version} is too old. "
                "Use a Python that comes with SQLite 3.37 or newer."
            )
        self._path = path.absolute()
        self._patience = patience
        self._lock_wait = lock_wait
        self._lock = threading.Lock()
        self._closed = False
        self._idle: LifoQueue[sqlite3.Connection | None] = LifoQueue()
        try:
            _prepare(self._path)
            self._writer = self._connect()
            try:
                self._claim()
            except BaseException:
                self._writer.close()
                raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"The workspace {self._path} cannot be opened: {reason}. Name another file."
            ) from None
        except sqlite3.Error as error:
            raise StoreError(self._sentence("opened", error)) from None
        for _ in range(_READERS):
            self._idle.put(None)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the database throughout.

        Raises QueryTooSlow after `patience` seconds, and StoreError if the file cannot be read.
        """
        connection = self._idle.get()
        try:
            if self._closed:
                raise StoreError("The workspace is closed.")
            try:
                if connection is None:
                    connection = self._connect()
                    connection.execute("PRAGMA query_only = ON")
                deadline = monotonic() + self._patience
                connection.set_progress_handler(lambda: monotonic() > deadline, 1000)
                connection.execute("BEGIN")
                try:
                    yield connection
                finally:
                    connection.set_progress_handler(None, 0)
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise QueryTooSlow(
                        f"The search was given up after {self._patience:g} seconds. "
                        "Make the query narrower."
                    ) from None
                raise StoreError(self._sentence("read", error)) from None
            except sqlite3.DatabaseError as error:
                raise StoreError(self._sentence("read", error)) from None
        finally:
            self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writing connection, in a transaction that is kept unless the block raises.

        Raises StoreError if the file cannot be written.
        """
        with self._lock:
            if self._closed:
                raise StoreError("The workspace is closed.")
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    # SQLite ends the transaction itself after some errors (disk full, for one).
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(self._sentence("written", error)) from None

    def close(self) -> None:
        """Wait for the reads and the write under way, and let go of the file. Twice is fine."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for connection in [self._idle.get() for _ in range(_READERS)]:
                if connection is not None:
                    connection.close()
            for _ in range(_READERS):
                self._idle.put(None)
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",  # rw: never creates what somebody just deleted
            uri=True,
            timeout=self._lock_wait,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # A write that was answered must outlive a power cut; a commit costs about 1 ms for it.
            connection.execute("PRAGMA synchronous = FULL")
            # In KiB: enough for the counts and indexes of a million cases to stay in memory.
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            connection.create_function("fold", 1, _fold, deterministic=True)
        except BaseException:
            connection.close()
            raise
        return connection

    def _claim(self) -> None:
        """Make sure that the file is a workspace of a known version, and bring it up to date."""
        writer = self._writer
        with _immediate(writer):
            owner = writer.execute("PRAGMA application_id").fetchone()[0]
            tables = writer.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if owner != APPLICATION_ID:
                if owner or tables:
                    raise StoreError(_foreign(self._path))
                # In the file before anything else is: from here on a crash leaves a workspace
                # without tables, which the next start completes.
                writer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        version = writer.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise StoreError(_newer(self._path))
        if writer.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            # No shared memory here (a network home, for one): readers wait for writers instead.
            writer.execute("PRAGMA journal_mode = TRUNCATE")
        migrate(writer)

    def _sentence(self, deed: str, error: sqlite3.Error) -> str:
        name = getattr(error, "sqlite_errorname", "")
        start = f"The workspace {self._path} cannot be {deed}"
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return f"{start}: the file is damaged. Move it away, or put a copy in its place."
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return f"{start}: another program is holding it. Close that program and try again."
        if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
            return f"{start}: it is missing, or you may not write there. Check its permissions."
        if name.startswith("SQLITE_FULL"):
            return f"{start}: the disk is full. Free some space and try again."
        return f"{start}: {error}."


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(path: Path) -> None:
    """Create a missing file, and look at an existing one before SQLite touches it.

    SQLite may write to a file just by opening it (to finish what another program left undone), so
    whose file it is has to be known earlier.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            # Reading a pipe would wait until somebody writes to it.
            raise StoreError(
                f"{path} is not a workspace: it is no regular file. Name another file."
            )
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        for parent in reversed([path.parent, *path.parent.parents]):
            if not parent.exists():
                parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):  # another program that has just made it
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        return
    if not head:
        # Nothing in it that could be lost; a start that was interrupted leaves this. With a log
        # beside it, it was a database once.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"The workspace {path} cannot be opened: the file is damaged. "
                "Move it away, or put a copy in its place."
            )
        return
    if len(head) < 100 or not head.startswith(_HEADER):
        raise StoreError(f"{path} is not a workspace: it is no database at all. Name another file.")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise StoreError(_foreign(path))
    if int.from_bytes(head[60:64], "big") > len(MIGRATIONS):
        raise StoreError(_newer(path))


def _foreign(path: Path) -> str:
    return f"{path} is not a workspace: it is the database of another program. Name another file."


def _newer(path: Path) -> str:
    return (
        f"The workspace {path} was written by a newer triage-tui. "
        "Update triage-tui, or name another file."
    )


def _fold(text: str | None) -> str | None:
    return text.casefold() if text is not None else None
