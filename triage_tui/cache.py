"""The last answers of a server, on disk for the next start: what is painted before it is reached.

One file for each place that is worked on, readable by this user alone, and never needed: what is
damaged, foreign or too old counts as not there, and no method ever raises an error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TypeVar

from triage_tui import plain
from triage_tui.models import Case, CasePage, Facet
from triage_tui.places import file_stem, make_private
from triage_tui.reading import Directory, Opened, Preview, Snapshot, Sort

KEPT_DAYS = 30
MOST_CASES = 2_000
MOST_BYTES = 20 << 20
"""Bytes of all that is kept for a place. The file is hardly larger."""

MOST_PAGES = 5
"""Pages of a list that are kept: what a person looks at first."""

SUFFIX = ".cache.db"

_APPLICATION_ID = 0x7474_6361
_VERSION = 1
_LOCK_WAIT = 0.25
"""Seconds to wait for another run that is writing."""

_SCHEMA = """
CREATE TABLE kept (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    part INTEGER NOT NULL,
    read_at REAL NOT NULL,
    cases INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name, part)
) STRICT
"""
_BEYOND_LIMITS = """
DELETE FROM kept WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, read_at,
            sum(bytes) OVER newest AS bytes,
            sum(cases) OVER newest AS cases
        FROM kept
        WINDOW newest AS (ORDER BY read_at DESC, kind, name, part ROWS UNBOUNDED PRECEDING)
    )
    WHERE bytes > ? OR cases > ? OR read_at < ?
)
"""

T = TypeVar("T")


class _Newer(Exception):
    """The file is that of a version of this program that knows more."""


def default_folder() -> Path:
    """Where the files of all places are kept. It need not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("triage-tui", appauthor=False)


def default_path(address: str, *more: str) -> Path:
    """The file of a place.

    Args:
        more: What else tells it from other places. Nothing of it can be read in the name.
    """
    return default_folder() / f"{file_stem(address, *more)}{SUFFIX}"


class Cache:
    """What is kept of one place. It may be used from any thread.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        self.path = path
        self._now = now
        self._lock = Lock()
        self._db = _opened(path)

    def close(self) -> None:
        with self._lock:
            if self._db:
                self._db.close()
            self._db = None

    # Reading

    def preview(self, query: str, sort: Sort, size: int) -> Preview | None:
        """The first page of a list as it was read last, with what belongs to it; None if unknown.

        Args:
            size: Cases on a page.
        """
        found = self._one(_Page, "page", _list_name(query, sort, size), 1)
        if found is None:
            return None
        (page, read_at), facets = found, self._one(_Facets, "facets", query)
        directory = self._one(Directory, "directory")
        first = self.opened(page.page.cases[0].id) if page.page.cases else None
        return Preview(
            page.page,
            facets[0].facets if facets else (),
            first.timeline if first else None,
            read_at,
            directory[0] if directory else None,
        )

    def rest(self, query: str, sort: Sort, size: int) -> list[CasePage]:
        """The pages of the same list after the first one, in order, as they were read with it."""
        name = _list_name(query, sort, size)
        first = self._one(_Page, "page", name, 1)
        pages: list[CasePage] = []
        while first and len(pages) < MOST_PAGES:
            found = self._one(_Page, "page", name, len(pages) + 2)
            if found is None or found[1] != first[1]:
                break
            pages.append(found[0].page)
        return pages

    def opened(self, case_id: str) -> Opened | None:
        """A case with its timeline as they were read last, or None."""
        found = self._one(Opened, "opened", case_id)
        return found[0] if found else None

    def directory(self) -> Directory | None:
        """Who and what there was beside cases, or None."""
        found = self._one(Directory, "directory")
        return found[0] if found else None

    def cases(self, most: int) -> list[Case]:
        """Cases that were listed or opened, each once; those that were read last come first."""
        found: dict[str, Case] = {}
        with self._using() as db:
            if db is None:
                return []
            rows = db.execute(
                "SELECT kind, body FROM kept WHERE kind IN ('page', 'opened')"
                " ORDER BY read_at DESC, kind, name, part",
            )
            for row, body in rows:
                if len(found) >= most:
                    break
                with suppress(plain.Unfit):
                    kept = plain.decode(_Page, body).page.cases if row == "page" else ()
                    if row == "opened":
                        kept = (plain.decode(Opened, body).case,)
                    for case in kept:
                        found.setdefault(case.id, case)
        return list(found.values())[:most]

    def _one(
        self, kind: type[T], row: str, name: str = "", part: int = 0
    ) -> tuple[T, datetime] | None:
        with self._using() as db:
            if db is None:
                return None
            now = self._now()
            found = db.execute(
                "SELECT body, read_at FROM kept WHERE (kind, name, part) = (?, ?, ?)"
                " AND read_at BETWEEN ? AND ?",
                (row, name, part, _oldest(now), now.timestamp()),
            ).fetchone()
            if found is None:
                return None
            try:
                return plain.decode(kind, found[0]), datetime.fromtimestamp(found[1], UTC)
            except (plain.Unfit, OverflowError, ValueError, OSError):
                db.execute(
                    "DELETE FROM kept WHERE (kind, name, part) = (?, ?, ?)", (row, name, part)
                )
        return None

    # Writing

    def keep(self, snapshot: Snapshot) -> None:
        """Keep what a session shows, and forget what is too old or too much."""
        rows = list(_rows(snapshot))
        name = _list_name(snapshot.query, snapshot.sort, snapshot.size)
        with self._using() as db:
            if db is None:
                return
            now = self._now()
            db.execute("BEGIN IMMEDIATE")
            try:
                if snapshot.pages:
                    db.execute("DELETE FROM kept WHERE kind = 'page' AND name = ?", (name,))
                db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                db.execute(_BEYOND_LIMITS, (MOST_BYTES, MOST_CASES, _oldest(now)))
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection | None]:
        """The database, or None; a file that turns out to be damaged is begun anew."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.OperationalError as error:
                # Busy or full is over some time; a table that is missing stays so.
                if "no such" in str(error):
                    self._begin_anew()
            except (sqlite3.DatabaseError, UnicodeError):
                self._begin_anew()

    def _begin_anew(self) -> None:
        if self._db:
            self._db.close()
        _remove(self.path)
        self._db = _opened(self.path)


def clear(folder: Path) -> int:
    """Remove what is kept of all places, and return of how many there was something.

    Raises:
        OSError: Something cannot be removed.
    """
    files = list(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    for file in files:
        _remove(file, strict=True)
    return len(files)


def forget_old(folder: Path, now: datetime) -> None:
    """Remove the files of places where nobody has been for so long that all in them is too old."""
    with suppress(OSError):
        for file in folder.glob(f"*{SUFFIX}"):
            if file.stat().st_mtime < _oldest(now):
                _remove(file)


@dataclass(frozen=True, slots=True)
class _Page:
    page: CasePage


@dataclass(frozen=True, slots=True)
class _Facets:
    facets: tuple[Facet, ...]


_Row = tuple[str, str, int, float, int, int, str]


def _rows(snapshot: Snapshot) -> Iterator[_Row]:
    at, query = snapshot.read_at, snapshot.query
    name = _list_name(query, snapshot.sort, snapshot.size)
    for page in snapshot.pages[:MOST_PAGES]:
        yield _row("page", name, at, _Page(page), part=page.number, cases=len(page.cases))
    if snapshot.facets:
        yield _row("facets", query, at, _Facets(snapshot.facets))
    for opened in snapshot.opened:
        yield _row("opened", opened.case.id, opened.read_at, opened, cases=1)
    if snapshot.directory:
        yield _row("directory", "", at, snapshot.directory)


def _row(
    kind: str, name: str, at: datetime, value: object, *, part: int = 0, cases: int = 0
) -> _Row:
    body = plain.encode(value)
    # JSON of ours has no characters beyond ASCII.
    return kind, name, part, at.timestamp(), cases, len(body), body


def _list_name(query: str, sort: Sort, size: int) -> str:
    return f"{size} {sort.field} {'up' if sort.ascending else 'down'} {query}"


def _oldest(now: datetime) -> float:
    return (now - timedelta(days=KEPT_DAYS)).timestamp()


def _opened(path: Path) -> sqlite3.Connection | None:
    """A connection to the file, which is made if there is none that can be used; None if not."""
    for _ in range(2):
        try:
            make_private(path)
            return _connected(path)
        except (_Newer, OSError, sqlite3.OperationalError):
            return None
        except sqlite3.DatabaseError:
            _remove(path)
    return None


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None, check_same_thread=False)
    try:
        if not db.execute("PRAGMA application_id").fetchone()[0]:
            db.execute("BEGIN IMMEDIATE")
            if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                db.execute(_SCHEMA)
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_VERSION}")
            db.execute("COMMIT")
        if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise sqlite3.DatabaseError("the file of another program")
        if db.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise _Newer
        db.execute("PRAGMA journal_mode = WAL")
        # What was deleted must not stay readable in the file.
        db.execute("PRAGMA secure_delete = ON")
        # A power cut may take the last answers, but never damages the file.
        db.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        db.close()
        raise
    return db


def _remove(path: Path, *, strict: bool = False) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError) if strict else suppress(OSError):
            path.with_name(path.name + suffix).unlink()
