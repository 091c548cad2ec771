"""The projects that people have starred."""

from __future__ import annotations

import sqlite3


def of_user(db: sqlite3.Connection, user_id: str) -> list[str]:
    """Ids of the favourite projects of a user, by project key."""
    found = db.execute(
        "SELECT p.id FROM favorites f JOIN projects p ON p.n = f.project "
        "WHERE f.user = (SELECT n FROM users WHERE id = ?) ORDER BY p.key",
        (user_id,),
    )
    return [id for (id,) in found]


def add(db: sqlite3.Connection, user_id: str, project_id: str) -> None:
    """Make a project a favourite of a user; once more changes nothing."""
    db.execute(
        "INSERT OR IGNORE INTO favorites (user, project) "
        "SELECT u.n, p.n FROM users u, projects p WHERE u.id = ? AND p.id = ?",
        (user_id, project_id),
    )


def remove(db: sqlite3.Connection, user_id: str, project_id: str) -> None:
    """Make a project no favourite of a user; nothing happens if it is none."""
    db.execute(
        "DELETE FROM favorites WHERE user = (SELECT n FROM users WHERE id = ?) "
        "AND project = (SELECT n FROM projects WHERE id = ?)",
        (user_id, project_id),
    )
