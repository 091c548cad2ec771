"""The comments of a case, which are what its timeline shows.

What is done to them is kept in the history of the case as `{"id", "message"}`; the times of the
case stay.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from triage_tui.models import TimelineCell, User
from triage_tui.server import rows
from triage_tui.server.database import LAST_OFFSET
from triage_tui.server.tables import history
from triage_tui.server.workspace import add_cells


def page(
    db: sqlite3.Connection, case_id: str, *, number: int, size: int, ascending: bool
) -> list[TimelineCell]:
    """Page `number` (from 0) of a timeline, newest first unless `ascending`.

    Deleted comments are left out. Empty for an unknown case.
    """
    direction = "ASC" if ascending else "DESC"
    found = db.execute(
        f"SELECT {rows.CELL_COLUMNS} FROM cells "
        "WHERE of_case = (SELECT n FROM cases WHERE id = ?) AND deleted_at IS NULL "
        f"ORDER BY created_at {direction}, n {direction} LIMIT ? OFFSET ?",
        (case_id, size, min(number * size, LAST_OFFSET)),
    ).fetchall()
    return rows.read_cells(db, found)


def get(db: sqlite3.Connection, case_id: str, cell_id: str) -> TimelineCell | None:
    """The comment of this case with this id; None if there is none, or none any more."""
    found = db.execute(
        f"SELECT {rows.CELL_COLUMNS} FROM cells WHERE id = ? AND type = 'COMMENT' "
        "AND of_case = (SELECT n FROM cases WHERE id = ?) AND deleted_at IS NULL",
        (cell_id, case_id),
    ).fetchall()
    cells = rows.read_cells(db, found)
    return cells[0] if cells else None


def add(
    db: sqlite3.Connection, case_id: str, text: str, *, by: User, at: datetime
) -> TimelineCell | None:
    """The new comment, counted on its case. None if there is no such case."""
    counted = db.execute(
        "UPDATE cases SET comment_count = comment_count + 1 WHERE id = ? RETURNING n", (case_id,)
    ).fetchone()
    if counted is None:
        return None
    cell = TimelineCell(str(uuid4()), "COMMENT", by, text, at)
    add_cells(db, [(counted[0], cell)])
    history.record(db, case_id, [("comment", None, kept(cell))], by=by, at=at)
    return cell


def edit(
    db: sqlite3.Connection, case_id: str, cell_id: str, text: str, *, by: User, at: datetime
) -> TimelineCell | None:
    """The comment with this text, modified at `at` unless it says so already.

    None if the case has no such comment.
    """
    seen = get(db, case_id, cell_id)
    if seen is None or seen.message == text:
        return seen
    cell = replace(seen, message=text, modified_at=at)
    db.execute(
        "UPDATE cells SET message = ?, modified_at = ? WHERE id = ?",
        (text, rows.micros(at), cell_id),
    )
    history.record(db, case_id, [("comment", kept(seen), kept(cell))], by=by, at=at)
    return cell


def delete(db: sqlite3.Connection, case_id: str, cell_id: str, *, by: User, at: datetime) -> bool:
    """Take a comment off the timeline and out of the count; its row stays, marked as deleted.

    False if the case has no such comment.
    """
    seen = get(db, case_id, cell_id)
    if seen is None:
        return False
    db.execute("UPDATE cells SET deleted_at = ? WHERE id = ?", (rows.micros(at), cell_id))
    # A workspace may have been filled with fewer counted than there are.
    db.execute(
        "UPDATE cases SET comment_count = max(0, comment_count - 1) WHERE id = ?", (case_id,)
    )
    history.record(db, case_id, [("comment", kept(seen), None)], by=by, at=at)
    return True


def kept(cell: TimelineCell) -> dict[str, str]:
    """A comment as history says it."""
    return {"id": cell.id, "message": cell.message}
