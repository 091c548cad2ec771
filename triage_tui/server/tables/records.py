"""Things that the workspace only keeps and gives back: views, rules, maintenance windows ..."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from triage_tui.models import User
from triage_tui.server import rows

AUTOMATION_RULE = "rule"
MAINTENANCE_WINDOW = "maintenance_window"
NOTIFICATION_RULE = "notification_rule"
VIEW = "view"


@dataclass(frozen=True, slots=True)
class Record:
    """One kept thing.

    Attributes:
        kind: Its JSON:API type: "view", "rule" ...
        document: Its attributes.
        project_id: The project it belongs to; "" if to none. It is deleted with its project.
        parent: Id of the case type it belongs to; "" if to none.
        created_by: None if whoever created it is not known.
        modified_at: None until the first change.
    """

    id: str
    kind: str
    document: Mapping[str, Any]
    created_at: datetime
    project_id: str = ""
    parent: str = ""
    created_by: User | None = None
    modified_at: datetime | None = None
    modified_by: User | None = None


_READ = """SELECT r.n, r.id, r.kind, p.id, r.parent, r.document, r.created_at, r.created_by,
    r.modified_at, r.modified_by FROM records r LEFT JOIN projects p ON p.n = r.project"""


def add(db: sqlite3.Connection, record: Record) -> bool:
    """Keep a new record. False, and nothing is kept, if there is no such project."""
    project = None
    if record.project_id:
        found = db.execute("SELECT n FROM projects WHERE id = ?", (record.project_id,)).fetchone()
        if found is None:
            return False
        (project,) = found
    db.execute(
        "INSERT INTO records (id, kind, project, parent, document, created_at, created_by, "
        "modified_at, modified_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.id,
            record.kind,
            project,
            record.parent,
            rows.encode(record.document),
            rows.micros(record.created_at),
            _user_n(db, record.created_by),
            rows.optional_micros(record.modified_at),
            _user_n(db, record.modified_by),
        ),
    )
    return True


def get(db: sqlite3.Connection, kind: str, id: str) -> Record | None:
    """The record of this kind with this id, or None."""
    found = _read(db, "r.kind = ? AND r.id = ?", kind, id)
    return found[0] if found else None


def in_project(db: sqlite3.Connection, kind: str, id: str, project_id: str) -> Record | None:
    """The record of this kind with this id, or None if there is none in this project."""
    found = _read(db, "r.kind = ? AND r.id = ? AND p.id = ?", kind, id, project_id)
    return found[0] if found else None


def of_project(db: sqlite3.Connection, kind: str, project_id: str) -> list[Record]:
    """All records of this kind that belong to a project, in the order in which they came."""
    return _read(db, "r.kind = ? AND p.id = ?", kind, project_id)


def of_parent(db: sqlite3.Connection, kind: str, parent: str) -> list[Record]:
    """All records of this kind that belong to a case type, in the order in which they came."""
    return _read(db, "r.kind = ? AND r.parent = ?", kind, parent)


def all_of(db: sqlite3.Connection, kind: str) -> list[Record]:
    """All records of this kind, in the order in which they came."""
    return _read(db, "r.kind = ?", kind)


def update(db: sqlite3.Connection, record: Record) -> None:
    """Keep the document of a record, and who modified it when, instead of what was kept."""
    db.execute(
        "UPDATE records SET document = ?, modified_at = ?, modified_by = ? WHERE id = ?",
        (
            rows.encode(record.document),
            rows.optional_micros(record.modified_at),
            _user_n(db, record.modified_by),
            record.id,
        ),
    )


def revise(
    db: sqlite3.Connection, record: Record, document: Mapping[str, Any], *, by: User, now: datetime
) -> Record:
    """The record with another document, kept as modified now by `by`.

    A record that says the same already is left as it is, times included.
    """
    if document == record.document:
        return record
    revised = replace(record, document=document, modified_at=now, modified_by=by)
    update(db, revised)
    return revised


def delete(db: sqlite3.Connection, kind: str, id: str) -> bool:
    """Forget a record. False if there is none."""
    return db.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, id)).rowcount > 0


def _read(db: sqlite3.Connection, where: str, *values: str) -> list[Record]:
    found = db.execute(f"{_READ} WHERE {where} ORDER BY r.n", values).fetchall()
    people = rows.users_by_n(db, _people(found))
    return [
        Record(
            id=row[1],
            kind=row[2],
            document=json.loads(row[5]),
            created_at=rows.moment(row[6]),
            project_id=row[3] or "",
            parent=row[4],
            created_by=people.get(row[7]),
            modified_at=rows.optional_moment(row[8]),
            modified_by=people.get(row[9]),
        )
        for row in found
    ]


def _people(found: Iterable[tuple[Any, ...]]) -> set[int]:
    return {n for row in found for n in (row[7], row[9]) if n is not None}


def _user_n(db: sqlite3.Connection, user: User | None) -> int | None:
    if user is None:
        return None
    row = db.execute("SELECT n FROM users WHERE id = ?", (user.id,)).fetchone()
    return row[0] if row else None
