"""What this machine remembers for a person about one place: what they saw, put off, and prefer.

One small file beside the journal of the place, readable by this user alone. Nothing in it is ever
sent, and nothing depends on it: what is damaged, foreign or cannot be written counts as not there,
and no method raises an error.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triage_tui.places import make_private

MOST_OF_A_KIND = 20_000
"""Things of one kind that are remembered; the oldest are forgotten first."""

KEPT_DAYS = 180
"""Days after which what nobody touched is forgotten."""

_APPLICATION_ID = 0x7474_6C73
_VERSION = 1
_LOCK_WAIT = 0.1
"""Seconds to wait for another run that is writing: a key press waits for it."""

_MOST_ASKED = 500
"""Names in one statement."""

_TOO_MUCH = """
DELETE FROM remembered WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, row_number() OVER (PARTITION BY kind ORDER BY at DESC) AS place
        FROM remembered
    )
    WHERE place > ?
)
"""

_SCHEMA = """
CREATE TABLE remembered (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at REAL NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT
"""


class LocalState:
    """JSON values by kind and name, for one thread.

    Kinds are the business of whoever uses them: "draft", "seen" and so on.

    Args:
        path: The file, which is made if there is none; None remembers nothing after `close`.

    Attributes:
        trouble: Why the file cannot be used, and nothing is remembered after `close`; "" if it can.
        on_loss: Called with the kind and the reason when something could not be put.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self.trouble = ""
        self.on_loss: Callable[[str, str], object] = lambda kind, why: None
        db = None
        try:
            db = _opened(path) if path else None
        except (OSError, sqlite3.Error) as error:
            self.trouble = getattr(error, "strerror", None) or str(error)
        self._db = db or _connected(":memory:")

    def close(self) -> None:
        """Forget what is too old or too much, and let go of the file."""
        oldest = (self._now() - timedelta(days=KEPT_DAYS)).timestamp()
        self._write("DELETE FROM remembered WHERE at < ?", [(oldest,)])
        self._write(_TOO_MUCH, [(MOST_OF_A_KIND,)])
        self._db.close()

    def get(self, kind: str, name: str = "") -> Any:
        """What is remembered under a name, as JSON has it; None if nothing is."""
        return self.some(kind, (name,)).get(name)

    def some(self, kind: str, names: Iterable[str]) -> dict[str, Any]:
        """What is remembered under these names, as far as anything is."""
        wanted = list(dict.fromkeys(names))
        found: dict[str, Any] = {}
        for start in range(0, len(wanted), _MOST_ASKED):
            asked = wanted[start : start + _MOST_ASKED]
            found |= self._read(f"AND name IN ({','.join('?' * len(asked))})", kind, *asked)
        return found

    def all(self, kind: str) -> dict[str, Any]:
        """All of a kind by name; what was put last comes first."""
        return self._read("", kind)

    def put(self, kind: str, value: Any, name: str = "") -> None:
        """Remember a value, in place of the one under the same name."""
        self.put_all(kind, {name: value})

    def put_all(self, kind: str, values: Mapping[str, Any]) -> None:
        """Remember values by their names, all of them or none."""
        at = self._now().timestamp()
        why = self._write(
            "INSERT OR REPLACE INTO remembered (kind, name, at, value) VALUES (?, ?, ?, ?)",
            [(kind, name, at, json.dumps(value)) for name, value in values.items()],
        )
        if why:
            self.on_loss(kind, why)

    def forget(self, kind: str, names: Iterable[str] = ("",)) -> None:
        """Remember nothing under these names any more."""
        self._write(
            "DELETE FROM remembered WHERE kind = ? AND name = ?", [(kind, name) for name in names]
        )

    def _read(self, more: str, kind: str, *names: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        sql = f"SELECT name, value FROM remembered WHERE kind = ? {more}"  # noqa: S608 - ours alone
        with suppress(sqlite3.Error, UnicodeError):
            for name, value in self._db.execute(
                f"{sql} ORDER BY at DESC, rowid DESC", (kind, *names)
            ):
                with suppress(ValueError, RecursionError):
                    found[name] = json.loads(value)
        return found

    def _write(self, sql: str, rows: Sequence[tuple[object, ...]]) -> str:
        """Do all of it or nothing; why it cannot be written, "" if it was."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(sql, rows)
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # A full disk has rolled it back already.
                    self._db.execute("ROLLBACK")
                raise
        except (sqlite3.Error, UnicodeError) as error:
            return str(error)
        return ""


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file, put aside and begun anew if it is damaged.

    Raises:
        OSError, sqlite3.Error: There can be none.
    """
    for _ in range(2):
        try:
            make_private(path)
            return _connected(str(path))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # What a person saw and likes is no reason to trouble them at the start.
            with suppress(OSError):
                for end in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        path.with_name(path.name + end).replace(f"{path}.damaged{end}")
    return None


def _connected(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
    try:
        db.execute("BEGIN IMMEDIATE")
        owner = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if not owner and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            db.execute(_SCHEMA)
            db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif owner != _APPLICATION_ID:
            raise sqlite3.DatabaseError("the file of another program")
        elif version > _VERSION:
            raise sqlite3.OperationalError("the file of a newer version")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
        # What was deleted must not stay readable in the file.
        db.execute("PRAGMA secure_delete = ON")
        # A power cut may take what was remembered last, but never damages the file.
        db.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        db.close()
        raise
    return db
