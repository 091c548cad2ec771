"""What changed on which case, by whom and when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from triage_tui.models import HistoryEntry, User
from triage_tui.server import rows

_READ = """SELECT c.id, c.key, h.at, h.by, h.field, h.old, h.new
    FROM history h JOIN cases c ON c.n = h.of_case"""


def record(
    db: sqlite3.Connection,
    case_id: str,
    changes: Iterable[tuple[str, Any, Any]],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Keep what changed on a case, as (field, old, new); the values are anything JSON can say."""
    db.executemany(
        "INSERT INTO history (of_case, at, by, field, old, new) VALUES "
        "((SELECT n FROM cases WHERE id = ?), ?, (SELECT n FROM users WHERE id = ?), ?, ?, ?)",
        [
            (case_id, rows.micros(at), by and by.id, field, rows.encode(old), rows.encode(new))
            for field, old, new in changes
        ],
    )


def of_case(db: sqlite3.Connection, case_id: str) -> list[HistoryEntry]:
    """Everything that happened to a case, oldest first."""
    return _read(db, "c.id = ? ORDER BY h.at, h.n", [case_id])


def between(
    db: sqlite3.Connection, start: datetime, end: datetime, *, number: int, size: int
) -> list[HistoryEntry]:
    """Page `number` (from 0) of what happened from `start` to before `end`, oldest first."""
    return _read(
        db,
        "h.at >= ? AND h.at < ? ORDER BY h.at, h.n LIMIT ? OFFSET ?",
        [rows.micros(start), rows.micros(end), size, number * size],
    )


def _read(db: sqlite3.Connection, where: str, values: list[Any]) -> list[HistoryEntry]:
    found = db.execute(f"{_READ} WHERE {where}", values).fetchall()
    people = rows.users_by_n(db, {row[3] for row in found if row[3] is not None})
    return [
        HistoryEntry(
            case_id, key, rows.moment(at), people.get(by), field, json.loads(old), json.loads(new)
        )
        for case_id, key, at, by, field, old, new in found
    ]
