"""The workspace behind the embedded server: cases and all they refer to, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from triage_tui.errors import StoreError
from triage_tui.models import (
    Case,
    CasePage,
    CaseType,
    CustomValue,
    Facet,
    HistoryEntry,
    NewCase,
    Project,
    Status,
    TimelineCell,
    User,
)
from triage_tui.query import Query
from triage_tui.server import rows
from triage_tui.server.database import LAST_OFFSET, Database
from triage_tui.server.effort import check_effort
from triage_tui.server.facets import count_by_field, count_by_fields
from triage_tui.server.hits import Hits
from triage_tui.server.search import Selection, check_statuses, compile_query
from triage_tui.server.tables import case_types, cases, comments, history, links, users
from triage_tui.server.workspace import Workspace, add_project, fill

__all__ = ["KeyTaken", "Store", "Workspace"]


class KeyTaken(StoreError):
    """Another project has the key."""


class Store:
    """One open workspace, for any number of threads. What is answered is on the disk.

    Every method raises StoreError if the file cannot be used, and those that take a query raise
    QueryError if it names a status that there is none of, and QueryTooSlow if the answer takes
    longer than the patience the store was opened with.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path, *, patience: float = 2.0, lock_wait: float = 5.0) -> Store:
        """The workspace in `path`, which is created (for its owner only) if there is no file.

        A file of length zero counts as new: there is nothing in it to lose. `patience` is the
        number of seconds a read may take, `lock_wait` how many to wait for another program that
        is writing.
        Raises StoreError if the file is not a workspace, or one of a newer version, or cannot be
        used; it is left as it was.
        """
        return cls(Database(path, patience=patience, lock_wait=lock_wait))

    def close(self) -> None:
        """Let go of the file, after the reads and the write under way. Twice is fine."""
        self._database.close()

    @property
    def path(self) -> Path:
        """The file, absolute and without links."""
        return self._database.path

    @property
    def empty(self) -> bool:
        """True while there is no project."""
        with self.reading() as db:
            return not db.execute("SELECT EXISTS (SELECT 1 FROM projects)").fetchone()[0]

    def load(self, workspace: Workspace) -> None:
        """Fill an empty workspace, all or nothing. Users and types that are there are replaced.

        Raises StoreError if there are projects already.
        """
        with self.writing() as db:
            if db.execute("SELECT EXISTS (SELECT 1 FROM projects)").fetchone()[0]:
                raise StoreError("The workspace was not filled: there are projects in it already.")
            fill(db, workspace)

    def furnish(self) -> None:
        """Add what every workspace has and this one lacks: built-in types, and somebody to be.

        Nothing is written if nothing is missing.
        """
        with self.reading() as db:
            if not case_types.missing(db) and _me(db):
                return
        with self.writing() as db:
            case_types.save(db, *case_types.missing(db))
            if _me(db) is None:
                users.save(db, users.SOMEBODY)
                users.set_me(db, users.SOMEBODY.id)

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection that sees one state of the workspace throughout, for `server.tables`."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection whose changes are kept together, or not at all if the block raises."""
        return self._database.writing()

    # Reads

    def search(
        self,
        query: Query,
        *,
        number: int = 1,
        size: int = 10,
        sort: str = "created_at",
        ascending: bool = False,
        now: datetime,
    ) -> CasePage:
        """Page `number` (from 1) of the matching cases, in an order that is the same each time.

        Ascending is oldest first, most urgent first (P1 to P5, then NOT_DEFINED), or open before
        in progress before closed and then by name; descending the reverse. Ties are ordered by
        when the cases were added. A page beyond the end is empty.
        """
        with self.reading() as db:
            hits = Hits(db, _compiled(db, query, now))
            offset = min((number - 1) * size, LAST_OFFSET)
            found = rows.read_cases(db, hits.page(sort, ascending, offset, size))
            return CasePage(found, number, hits.total, -(-hits.total // size))

    def total(self, query: Query, *, now: datetime) -> int:
        """How many cases match."""
        with self.reading() as db:
            return Hits(db, _compiled(db, query, now)).total

    def count(
        self, query: Query, fields: Sequence[str], *, limit: int = 1000, now: datetime
    ) -> tuple[Facet, ...]:
        """For each of `fields` its values among the matching cases, at most `limit` each.

        A field is status (the code), status_name, status_group, priority, project (its key),
        project_id, assignee and created_by (handles), assignee_id, type (its name), type_id,
        creation_source, archived ("true" or "false"), or the key of an attribute or custom
        attribute. "" counts the cases without an assignee; a case without an attribute is not
        counted, one with several values is counted for each.
        """
        return self.total_and_count(query, fields, limit=limit, now=now)[1]

    def total_and_count(
        self, query: Query, fields: Sequence[str], *, limit: int, now: datetime
    ) -> tuple[int, tuple[Facet, ...]]:
        """How many cases match, and what `count` says about them."""
        with self.reading() as db:
            return count_by_field(db, _compiled(db, query, now), fields, limit)

    def aggregate(
        self, query: Query, fields: Sequence[str], *, limit: int, now: datetime
    ) -> tuple[int, list[tuple[tuple[str, ...], int]]]:
        """How many cases match, and how many of them have each combination of values.

        The fields are those of `count`; the `limit` largest combinations come, largest first.
        """
        with self.reading() as db:
            selection = _compiled(db, query, now)
            return Hits(db, selection).total, count_by_fields(db, selection, fields, limit)

    def case(self, id_or_key: str) -> Case | None:
        """The case with this id or key, letter case ignored; None if there is none."""
        with self.reading() as db:
            return cases.find(db, id_or_key)

    def projects(self) -> list[Project]:
        """All projects by key."""
        with self.reading() as db:
            found = db.execute("SELECT id, key, name, restricted FROM projects ORDER BY key")
            return [rows.read_project(row) for row in found]

    def project(self, id: str) -> Project | None:
        """The project with this id, or None."""
        with self.reading() as db:
            row = db.execute(
                "SELECT id, key, name, restricted FROM projects WHERE id = ?", (id,)
            ).fetchone()
            return rows.read_project(row) if row else None

    def case_types(self) -> list[CaseType]:
        """All case types, deleted ones too: built-in ones first, the others as they came."""
        with self.reading() as db:
            return case_types.everything(db)

    def user(self, id: str) -> User | None:
        """The user with this id, or None."""
        with self.reading() as db:
            return _user(db, id)

    def me(self) -> User:
        """The user who makes the changes. Raises StoreError if the workspace names none."""
        with self.reading() as db:
            user = _me(db)
        if user is None:
            raise StoreError("The workspace does not say who uses it. Fill it before using it.")
        return user

    def timeline(
        self, case_id: str, *, number: int = 0, size: int = 100, ascending: bool = False
    ) -> list[TimelineCell]:
        """Page `number` (from 0) of the comments on a case, newest first unless `ascending`.

        Deleted ones are left out. Empty for an unknown case.
        """
        with self.reading() as db:
            return comments.page(db, case_id, number=number, size=size, ascending=ascending)

    def history(self, case_id: str) -> list[HistoryEntry]:
        """Everything that has changed on a case, oldest first. Empty for an unknown case."""
        with self.reading() as db:
            return history.of_case(db, case_id)

    def history_between(
        self,
        start: datetime | None,
        end: datetime | None,
        *,
        case_id: str = "",
        number: int = 0,
        size: int = 100,
    ) -> list[HistoryEntry]:
        """Page `number` (from 0) of what changed from `start` to before `end`, oldest first.

        Args:
            start: None for the beginning.
            end: None for no end.
            case_id: Only what changed on this case; "" for all of them.

        Raises PageTooLarge if the texts that were changed are too long for one page.
        """
        with self.reading() as db:
            return history.page(
                db,
                case_id=case_id,
                start=start,
                end=end,
                number=number,
                size=size,
                limit=history.PAGE_SIZE_LIMIT,
            )

    # Writes

    def create_project(
        self,
        key: str,
        name: str,
        *,
        by: User,
        now: datetime,
        details: Mapping[str, object] | None = None,
    ) -> Project:
        """A new project. `key` is taken as it is. Raises KeyTaken if another project has it.

        `details` is what `tables.projects` keeps about it.
        """
        project = Project(str(uuid4()), key, name)
        with self.writing() as db:
            if db.execute("SELECT 1 FROM projects WHERE key = ?", (key,)).fetchone():
                raise KeyTaken(f"The project was not created: the key {key} is in use.")
            add_project(db, project, details=details)
        return project

    def delete_project(self, id: str, *, by: User, now: datetime) -> bool:
        """Delete a project with all its cases, for good. False if there is no such project."""
        with self.writing() as db:
            links.forget_project(db, id, by=by, at=now)
            return db.execute("DELETE FROM projects WHERE id = ?", (id,)).rowcount > 0

    def create_case(
        self,
        new: NewCase,
        *,
        by: User,
        now: datetime,
        status: Status | None = None,
        custom_attributes: Mapping[str, CustomValue] | None = None,
        source: str = "MANUAL",
    ) -> Case:
        """A new case with the next key of its project, in the default open status unless told.

        Raises StoreError if the project or the case type is gone.
        """
        with self.writing() as db:
            return cases.create(
                db,
                new,
                by=by,
                at=now,
                status=status,
                custom_attributes=custom_attributes,
                source=source,
            )

    def change(
        self,
        case_id: str,
        edit: Callable[[Case, datetime], Case],
        *,
        by: User,
        now: datetime,
        stamp_by: bool = True,
    ) -> Case | None:
        """The case after `edit`, stored, modified now and (unless not `stamp_by`) by `by`.

        An edit that changes nothing but the times it stamps leaves the case untouched. What the
        edit raises comes through, and nothing is changed. None if there is no such case.
        """
        with self.writing() as db:
            seen = cases.find(db, case_id)
            if seen is None:
                return None
            [edited] = cases.change(
                db, [seen], lambda case: edit(case, now), by=by, at=now, stamp_by=stamp_by
            )
            return edited

    def add_comment(
        self, case_id: str, text: str, *, by: User, now: datetime
    ) -> TimelineCell | None:
        """The new comment, counted on its case, whose times stay. None if there is no such case."""
        with self.writing() as db:
            return comments.add(db, case_id, text, by=by, at=now)


# What the methods share. Each works inside the transaction of its connection.


def _compiled(db: sqlite3.Connection, query: Query, now: datetime) -> Selection:
    known = db.execute("SELECT code FROM statuses UNION SELECT name FROM statuses")
    check_statuses(query, [text for (text,) in known])
    check_effort(query)
    return compile_query(query, now)


def _me(db: sqlite3.Connection) -> User | None:
    return _user(db, db.execute("SELECT me FROM workspace").fetchone()[0])


def _user(db: sqlite3.Connection, id: str) -> User | None:
    row = db.execute(f"SELECT {rows.USER_COLUMNS} FROM users WHERE id = ?", (id,)).fetchone()
    return rows.read_user(row) if row else None
