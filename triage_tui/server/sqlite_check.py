"""Whether the SQLite of this Python can hold a workspace."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from triage_tui.server.database import OLDEST_SQLITE


def sqlite_here() -> tuple[str, str]:
    """Its version, and a sentence on what it lacks, or ""."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(str(number) for number in OLDEST_SQLITE)
        return version, f"It is too old: use a Python that comes with SQLite {wanted} or newer."
    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
        except sqlite3.OperationalError:
            return version, "It has no full-text search: use a Python whose SQLite has FTS5."
    return version, ""
