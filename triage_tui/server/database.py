"""The workspace database file: opening it safely, and its connections.

A write that has been answered is on the disk, whatever happens to the program or to the machine:

- `journal_mode = WAL`: a transaction counts once the last of its pages is in the log, and not at
  all before. After a crash, whoever opens the file next goes on from the last whole transaction.
  Readers and the writer never wait for each other.
- `synchronous = FULL`: a commit waits until the disk says that it has the log. With NORMAL, which
  is usual beside WAL, a power cut takes the last transactions away, though it tears none.
- `fullfsync` and `checkpoint_fullfsync`: on macOS the disk has to be told to empty its own cache.
- `foreign_keys = ON`: nothing is left behind by what is deleted.
- Every write begins with BEGIN IMMEDIATE: what it reads is still so when it writes. It waits for
  other programs, `lock_wait` seconds at most, and is Busy then; nothing has been done.
- The log is emptied into the file every thousand pages. If it grows long all the same, because
  there was never a moment without a reader, a write waits for the readers once and empties it.

Where programs cannot share memory (a file on a network), WAL cannot be had: `journal_mode =
TRUNCATE` is as safe, but readers and the writer wait for each other.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from json import JSONDecodeError
from math import inf
from pathlib import Path
from queue import LifoQueue
from random import uniform
from time import monotonic, sleep

from triage_tui.errors import StoreError
from triage_tui.server.backup import keep_copy, sync_folder
from triage_tui.server.schema import APPLICATION_ID, MIGRATIONS, migrate, version_of

LAST_OFFSET = 2**62
"""Beyond any row, and small enough for SQLite to count with."""

OLDEST_SQLITE = (3, 37, 0)
_READERS = 4
_CACHE = 32 * 1024
_HEADER = b"SQLite format 3\0"

_KEPT_LOG = 16 * 2**20
"""Bytes of the log that stay allocated when it is empty."""

_LONG_LOG = 64 * 2**20
"""Bytes of the log after which a write waits until it can be emptied."""

_SURPRISES = (AttributeError, LookupError, TypeError, ValueError)
"""What rows lead to that nobody can have written, a text that is no UTF-8 among them."""

_QUEUE = 16
"""Threads that may wait to write while another program does not let them: fewer than a server has,
so that some are left to read."""

_STUCK = 1.0
"""Seconds of waiting after which another program is known to take long."""

_LOG_PATIENCE = 1.0
"""Seconds to wait for the readers of a long log."""


class QueryTooSlow(StoreError):
    """A read was given up because it took too long."""


class Busy(StoreError):
    """Another program is writing, and has been for as long as one may wait. Nothing was done.

    Attributes:
        retry_after: Seconds after which it may be worth trying again.
    """

    retry_after = 2


class Database:
    """One open workspace file: a writing connection and a few reading ones, for any thread."""

    def __init__(self, path: Path, *, patience: float, lock_wait: float) -> None:
        """Open `path`, creating it if there is none.

        `patience` is the number of seconds a read may take, `lock_wait` how many to wait for
        another program that is writing.
        Raises StoreError, leaving the file as it was, if it is not a usable workspace.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreError(
                f"The workspace cannot be opened: SQLite {sqlite3.sqlite_version} is too old. "
                "Use a Python that comes with SQLite 3.37 or newer."
            )
        # SQLite keeps the log beside the file itself, not beside a link to it.
        self.path = Path(os.path.realpath(path))
        self._log = self.path.with_name(self.path.name + "-wal")
        self._long_log = _LONG_LOG
        self._patience = patience
        self._lock_wait = lock_wait
        self._lock = threading.Lock()
        self._queue = threading.Semaphore(_QUEUE)
        self._stuck = False
        self._closed = False
        self._idle: LifoQueue[_Connection | None] = LifoQueue()
        try:
            _prepare(self.path)
            self._writer = self._connect()
            try:
                self._claim()
                self._identity = _identity(self.path)
            except BaseException:
                self._writer.close()
                raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"The workspace {self.path} cannot be opened: {reason}. Name another file."
            ) from None
        except sqlite3.Error as error:
            raise self._explained("opened", error) from None
        except UnicodeDecodeError:
            # SQLite quotes what it found in the place of a table.
            raise StoreError(self._damaged("opened")) from None
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
                deadline = connection.deadline = monotonic() + self._patience
                connection.set_progress_handler(lambda: monotonic() > deadline, 1000)
                connection.execute("BEGIN")
                try:
                    yield connection
                finally:
                    connection.set_progress_handler(None, 0)
                    connection.deadline = inf
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                # What `fold` raises arrives as this.
                if "interrupted" in str(error) or "user-defined function" in str(error):
                    raise QueryTooSlow(
                        f"The search was given up after {self._patience:g} seconds. "
                        "Make the query narrower."
                    ) from None
                raise self._explained("read", error) from None
            except sqlite3.DatabaseError as error:
                raise self._explained("read", error) from None
            except _SURPRISES as error:
                if connection and self._comes_of_damage(connection, error):
                    raise StoreError(self._damaged("read")) from error
                raise
        finally:
            self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writing connection, in a transaction that is kept unless the block raises.

        Raises Busy if it has to wait too long for its turn, and StoreError if the file cannot be
        written.
        """
        deadline = monotonic() + self._lock_wait
        with self._turn(deadline):
            if self._closed:
                raise StoreError("The workspace is closed.")
            try:
                self._insist("BEGIN IMMEDIATE", deadline)
                try:
                    self._check_still_there()
                    yield self._writer
                    self._insist("COMMIT", monotonic() + self._lock_wait)
                except BaseException:
                    # SQLite ends the transaction itself after some errors (disk full, for one).
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._explained("written", error) from None
            except _SURPRISES as error:
                if self._comes_of_damage(self._writer, error):
                    raise StoreError(self._damaged("written")) from error
                raise
            self._shorten_log()

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

    def _connect(self) -> _Connection:
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode=rw",  # rw: never creates what somebody just deleted
            uri=True,
            timeout=self._lock_wait,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # A write that was answered must outlive a power cut; a commit costs about 1 ms for it.
            connection.execute("PRAGMA synchronous = FULL")
            # In KiB: enough for the counts and indexes of a million cases to stay in memory.
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA checkpoint_fullfsync = ON")
            connection.execute(f"PRAGMA journal_size_limit = {_KEPT_LOG}")
            connection.create_function("fold", 1, connection.fold, deterministic=True)
        except BaseException:
            connection.close()
            raise
        return connection

    def _claim(self) -> None:
        """Make sure that the file is a workspace of a known version, and bring it up to date."""
        writer = self._writer
        if not self._is_ours():
            with _immediate(writer):
                if not self._is_ours():
                    # In the file before anything else is: from here on a crash leaves a workspace
                    # without tables, which the next start completes.
                    writer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if version_of(writer) > len(MIGRATIONS):
            raise StoreError(_newer(self.path))
        if writer.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            # No shared memory here (a network home, for one): readers wait for writers instead.
            writer.execute("PRAGMA journal_mode = TRUNCATE")
        migrate(writer, before=self._keep_copy)
        # From here on `_insist` does the waiting.
        writer.execute("PRAGMA busy_timeout = 0")

    def _is_ours(self) -> bool:
        """False if it is nobody's: there is nothing in it yet."""
        owner = self._writer.execute("PRAGMA application_id").fetchone()[0]
        if owner == APPLICATION_ID:
            return True
        tables = self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner or tables:
            raise StoreError(_foreign(self.path))
        return False

    def _keep_copy(self, version: int) -> None:
        if not version:
            return  # There is nothing in it yet.
        try:
            keep_copy(self.path, version)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(
                f"The workspace {self.path} was not opened: it has to be changed for this "
                f"triage-tui, and no copy of it could be kept beside it: {reason}. "
                "Make room for one there."
            ) from None

    @contextmanager
    def _turn(self, deadline: float) -> Iterator[None]:
        """Nobody else in this program writes meanwhile. Raises Busy if that takes too long."""
        if not self._queue.acquire(timeout=0.0 if self._stuck else self._lock_wait):
            raise Busy(self._held("written"))
        try:
            if not self._lock.acquire(timeout=max(deadline - monotonic(), 0.0)):
                raise Busy(self._held("written"))
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._queue.release()

    def _insist(self, statement: str, deadline: float) -> None:
        """Try again until no other program is in the way, or it is too late."""
        start = monotonic()
        while True:
            try:
                self._writer.execute(statement)
                self._stuck = False
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or monotonic() >= deadline:
                    raise
            # SQLite would look less and less often, and always find another writer that does not
            # have to wait between two writes.
            sleep(uniform(0.0005, 0.004))
            self._stuck = self._stuck or monotonic() - start > _STUCK

    def _check_still_there(self) -> None:
        """Nothing shall be answered that went into a file which nobody will find again."""
        try:
            found = _identity(self.path)
        except OSError:
            found = None
        if found != self._identity:
            raise StoreError(
                f"The workspace {self.path} cannot be written: somebody has moved, deleted or "
                "replaced the file. Start triage-tui again."
            )

    def _shorten_log(self) -> None:
        try:
            size = self._log.stat().st_size
        except OSError:
            return
        if size < self._long_log:
            return
        # What was written is safe already: whatever goes wrong here, the next write says.
        with suppress(sqlite3.Error):
            self._writer.execute(f"PRAGMA busy_timeout = {round(_LOG_PATIENCE * 1000)}")
            blocked = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            # Another program may read on for hours, and not every write can wait for it.
            self._long_log = size + _LONG_LOG if blocked else _LONG_LOG
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA busy_timeout = 0")

    def _explained(self, deed: str, error: sqlite3.Error) -> StoreError:
        name = getattr(error, "sqlite_errorname", "")
        start = f"The workspace {self.path} cannot be {deed}"
        if _is_busy(error):
            return Busy(self._held(deed))
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return StoreError(self._damaged(deed))
        if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
            why = "it is missing, or you may not write there. Check its permissions."
        elif name.startswith("SQLITE_FULL"):
            why = "the disk is full. Free some space and try again."
        else:
            why = f"{error}."
        return StoreError(f"{start}: {why}")

    def _comes_of_damage(self, connection: sqlite3.Connection, error: Exception) -> bool:
        """False if it is a mistake of this program, or nobody can tell in time."""
        if isinstance(error, UnicodeDecodeError | JSONDecodeError):
            return True  # Only texts that are read here have to be decoded.
        deadline = monotonic() + self._patience
        connection.set_progress_handler(lambda: monotonic() > deadline, 1000)
        try:
            found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return True
        finally:
            connection.set_progress_handler(None, 0)
        return found != "ok"

    def _damaged(self, deed: str) -> str:
        return (
            f"The workspace {self.path} cannot be {deed}: the file is damaged. "
            "Move it away, or put a copy in its place."
        )

    def _held(self, deed: str) -> str:
        return (
            f"The workspace {self.path} cannot be {deed}: another program is holding it. "
            "Try again when it is done, or close it."
        )


def _is_busy(error: sqlite3.Error) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    # PROTOCOL: it was kept from reading too often by what others did to the log.
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"))


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


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
        # SQLite would open a file that may not be written all the same, and leave a log beside it.
        with path.open("r+b") as file:
            head = file.read(100)
    except FileNotFoundError:
        for parent in reversed([path.parent, *path.parent.parents]):
            if not parent.exists():
                parent.mkdir(mode=0o700, exist_ok=True)
                sync_folder(parent.parent)
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


class _Connection(sqlite3.Connection):
    """A connection with the function `fold`.

    Attributes:
        deadline: When its reads are given up, on the clock of `monotonic`.
    """

    deadline = inf

    def fold(self, text: str | None) -> str | None:
        # Few steps of the database are between two looks at the clock, but each may compare a
        # long text.
        if monotonic() > self.deadline:
            raise TimeoutError
        return text.casefold() if text is not None else None
