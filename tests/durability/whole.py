"""Whether a workspace file is whole, and all that is kept twice in it agrees."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.server.test_counts import check_counts
from triage_tui.models import PRIORITIES

_NONE_OF = {
    "a case without its texts": "SELECT n FROM cases WHERE n NOT IN (SELECT n FROM case_texts)",
    "texts without their case": "SELECT n FROM case_texts WHERE n NOT IN (SELECT n FROM cases)",
    "a wrong number of comments": """SELECT n FROM cases WHERE comment_count <> (
        SELECT count(*) FROM cells WHERE of_case = cases.n AND deleted_at IS NULL)""",
    "a case that nobody made": """SELECT n FROM cases WHERE 1 <> (
        SELECT count(*) FROM history WHERE of_case = cases.n AND field = 'created')""",
    "a key beyond the last": """SELECT cases.n FROM cases JOIN projects ON projects.n = project
        WHERE cases.key <> projects.key || '-' || substr(cases.key, length(projects.key) + 2)
        OR CAST(substr(cases.key, length(projects.key) + 2) AS INTEGER) > last_number""",
    "a public id beyond the last": """SELECT n FROM cases
        WHERE CAST(public_id AS INTEGER) > (SELECT last_public_id FROM workspace)""",
    "a status that no query may name": """SELECT n FROM cases
        WHERE (status_group, status_name, status) NOT IN
        (SELECT status_group, name, code FROM statuses)""",
}

_LAST = """SELECT new FROM history WHERE of_case = ? AND field = ? ORDER BY n DESC LIMIT 1"""


def check_sound(path: Path) -> None:
    """Fail unless the file is one that SQLite is content with, and its words and counts agree."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        try:
            db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            raise AssertionError("the words are not those of the texts") from error
        db.rollback()
    check_counts(path)


def check_whole(path: Path) -> None:
    """Fail unless everything fits together. All cases must have been made through the API."""
    check_sound(path)
    with closing(sqlite3.connect(path)) as db:
        for what, sql in _NONE_OF.items():
            assert db.execute(sql).fetchall() == [], what
        for n, *state in db.execute(
            """SELECT n, title, description, priority, status_name, archived_at IS NOT NULL
            FROM cases JOIN case_texts USING (n)"""
        ).fetchall():
            title, description, priority, status, archived = state
            (made,) = db.execute(_LAST, (n, "created")).fetchone()
            made = {"description": description, "archived": False, **json.loads(made)}
            for name, value in (
                ("title", title),
                ("description", description),
                ("priority", PRIORITIES[priority]),
                ("status", status),
                ("archived", bool(archived)),
            ):
                changed = db.execute(_LAST, (n, name)).fetchone()
                last = json.loads(changed[0]) if changed else made[name]
                assert (last["name"] if name == "status" else last) == value, (n, name)
