"""Who watches which case. What changes is kept in the history of the case as an assignee is."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from uuid import uuid4

from triage_tui.models import User
from triage_tui.server import rows
from triage_tui.server.tables import history


def of_case(db: sqlite3.Connection, case_id: str) -> list[tuple[str, User]]:
    """The watchers of a case, each an id and the user, in the order in which users came."""
    found = db.execute(
        "SELECT id, user FROM watchers WHERE of_case = (SELECT n FROM cases WHERE id = ?) "
        "ORDER BY user",
        (case_id,),
    ).fetchall()
    people = rows.users_by_n(db, {user for _, user in found})
    return [(id_, people[user]) for id_, user in found]


def add(db: sqlite3.Connection, case_id: str, user: User, *, by: User, at: datetime) -> None:
    """Let a user watch a case. Whoever does already, goes on; an unknown case is left alone."""
    added = db.execute(
        "INSERT OR IGNORE INTO watchers (of_case, user, id) "
        "SELECT c.n, u.n, ? FROM cases c, users u WHERE c.id = ? AND u.id = ?",
        (str(uuid4()), case_id, user.id),
    )
    if added.rowcount:
        history.record(db, case_id, [("watcher", None, history.person(user))], by=by, at=at)


def remove(db: sqlite3.Connection, case_id: str, user: User, *, by: User, at: datetime) -> None:
    """Let a user watch a case no longer. Nothing changes if they did not."""
    removed = db.execute(
        "DELETE FROM watchers WHERE of_case = (SELECT n FROM cases WHERE id = ?) "
        "AND user = (SELECT n FROM users WHERE id = ?)",
        (case_id, user.id),
    )
    if removed.rowcount:
        history.record(db, case_id, [("watcher", history.person(user), None)], by=by, at=at)
