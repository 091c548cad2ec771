"""The tables of the workspace database, as an ordered list of migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from triage_tui.server.schema_counts import COUNTS

APPLICATION_ID = 0x54524941
"""What SQLite keeps in the header of a file to say whose it is: "TRIA"."""


@dataclass(frozen=True)
class Migration:
    """One step from a schema to the next; `name` says what it brings."""

    name: str
    statements: tuple[str, ...]


# Times are microseconds since 1970 in UTC. `n` is the rowid: short to store in every index and in
# every row that points here; `id` is what the outside world knows.
_WORKSPACE = Migration(
    "projects, cases, comments and full text",
    (
        """CREATE TABLE workspace (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            me TEXT NOT NULL DEFAULT '',
            last_public_id INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "INSERT INTO workspace (only_row) VALUES (1)",
        """CREATE TABLE users (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            email TEXT NOT NULL,
            handle TEXT NOT NULL,
            active INTEGER NOT NULL,
            title TEXT NOT NULL,
            status TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE projects (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL UNIQUE COLLATE NOCASE,
            name TEXT NOT NULL,
            restricted INTEGER NOT NULL DEFAULT 0,
            last_number INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        """CREATE TABLE case_types (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        # Every status a case has or may have: what a query may name. `word` stands for the group.
        """CREATE TABLE statuses (
            status_group INTEGER NOT NULL,
            name TEXT NOT NULL,
            code TEXT NOT NULL,
            word TEXT NOT NULL,
            PRIMARY KEY (status_group, name, code)
        ) STRICT, WITHOUT ROWID""",
        # Narrow, so that counting many cases reads few pages; the long texts are in case_texts.
        """CREATE TABLE cases (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL UNIQUE COLLATE NOCASE,
            public_id TEXT NOT NULL,
            project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
            type TEXT NOT NULL,
            type_id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            status TEXT NOT NULL,
            status_name TEXT NOT NULL,
            status_group INTEGER NOT NULL,
            assignee INTEGER REFERENCES users,
            created_by INTEGER REFERENCES users,
            modified_by INTEGER REFERENCES users,
            created_at INTEGER NOT NULL,
            modified_at INTEGER,
            closed_at INTEGER,
            archived_at INTEGER,
            due_date TEXT,
            comment_count INTEGER NOT NULL,
            creation_source TEXT NOT NULL,
            merge_status TEXT NOT NULL
        ) STRICT""",
        # The rowid ends every index: each of these serves its sort, ties included.
        "CREATE INDEX cases_created_at ON cases (created_at) WHERE archived_at IS NULL",
        "CREATE INDEX cases_priority ON cases (priority) WHERE archived_at IS NULL",
        "CREATE INDEX cases_status ON cases (status_group, status_name) WHERE archived_at IS NULL",
        "CREATE INDEX cases_assignee ON cases (assignee, status_group)",
        "CREATE INDEX cases_project ON cases (project, status_group)",
        """CREATE TABLE case_texts (
            n INTEGER PRIMARY KEY REFERENCES cases ON DELETE CASCADE,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        # Attributes and custom attributes, one row for each value. `folded` is the value as
        # searches compare it; `number` is set for numbers only.
        """CREATE TABLE case_values (
            n INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            folded TEXT NOT NULL,
            number REAL,
            PRIMARY KEY (n, key, value)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX case_values_key ON case_values (key, folded)",
        """CREATE TABLE cells (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            of_case INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
            type TEXT NOT NULL,
            author INTEGER NOT NULL REFERENCES users,
            message TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            modified_at INTEGER,
            deleted_at INTEGER
        ) STRICT""",
        "CREATE INDEX cells_of_case ON cells (of_case, created_at)",
        """CREATE VIRTUAL TABLE words USING fts5 (
            title, description, content = 'case_texts', content_rowid = 'n',
            tokenize = 'unicode61 remove_diacritics 2'
        )""",
        # Whoever adds texts adds their words as well: from a trigger, FTS5 would write out what it
        # has gathered after every single row, and many rows would take five times as long.
        """CREATE TRIGGER words_changed AFTER UPDATE OF title, description ON case_texts BEGIN
            INSERT INTO words (words, rowid, title, description)
            VALUES ('delete', old.n, old.title, old.description);
            INSERT INTO words (rowid, title, description)
            VALUES (new.n, new.title, new.description);
        END""",
        """CREATE TRIGGER words_removed AFTER DELETE ON case_texts BEGIN
            INSERT INTO words (words, rowid, title, description)
            VALUES ('delete', old.n, old.title, old.description);
        END""",
    ),
)

_WHOLE_API = Migration(
    "history, watchers, links, views, rules, windows, attribute configs and favourites",
    (
        # All that a project has besides its name: settings, columns, case types, team.
        "ALTER TABLE projects ADD COLUMN document TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE users ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0",
        "UPDATE users SET created_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
        "ALTER TABLE users ADD COLUMN modified_at INTEGER",
        "ALTER TABLE users ADD COLUMN service_account INTEGER NOT NULL DEFAULT 0",
        # What changed, one row for each field of a case: `old` and `new` are JSON.
        """CREATE TABLE history (
            n INTEGER PRIMARY KEY,
            of_case INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
            at INTEGER NOT NULL,
            by INTEGER REFERENCES users,
            field TEXT NOT NULL,
            old TEXT NOT NULL,
            new TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX history_of_case ON history (of_case, at)",
        "CREATE INDEX history_at ON history (at)",
        # Views, rules, maintenance windows and attribute configs: what is only kept and given
        # back. `parent` is the id of the case type that a config belongs to.
        """CREATE TABLE records (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            project INTEGER REFERENCES projects ON DELETE CASCADE,
            parent TEXT NOT NULL,
            document TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            created_by INTEGER REFERENCES users,
            modified_at INTEGER,
            modified_by INTEGER REFERENCES users
        ) STRICT""",
        "CREATE INDEX records_kind ON records (kind, project)",
        "CREATE INDEX records_project ON records (project)",
        # Either end may be something that is kept elsewhere, so both are plain ids.
        """CREATE TABLE links (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            parent_type TEXT NOT NULL,
            parent_id TEXT NOT NULL,
            child_type TEXT NOT NULL,
            child_id TEXT NOT NULL,
            relationship TEXT NOT NULL,
            UNIQUE (parent_type, parent_id, child_type, child_id, relationship)
        ) STRICT""",
        "CREATE INDEX links_child ON links (child_type, child_id)",
        """CREATE TABLE watchers (
            of_case INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
            user INTEGER NOT NULL REFERENCES users,
            id TEXT NOT NULL,
            PRIMARY KEY (of_case, user)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE favorites (
            user INTEGER NOT NULL REFERENCES users,
            project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
            PRIMARY KEY (user, project)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX favorites_project ON favorites (project)",
        # Whoever reads the file learns no key from it.
        """CREATE TABLE api_keys (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            salt BLOB NOT NULL,
            api_key BLOB NOT NULL,
            app_key BLOB NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT""",
    ),
)

MIGRATIONS = (_WORKSPACE, _WHOLE_API, Migration("counts kept up to date", COUNTS))


def version_of(connection: sqlite3.Connection) -> int:
    """How many of the migrations the database has seen."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(
    connection: sqlite3.Connection,
    migrations: tuple[Migration, ...] = MIGRATIONS,
    *,
    before: Callable[[int], None] = lambda version: None,
) -> None:
    """Bring the database up to the newest schema: all the steps that are missing, or none.

    Args:
        before: Told the version there is, when nobody else can write any more and nothing has been
            changed yet. What it raises comes through, and nothing is changed.
    """
    if version_of(connection) >= len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another process may have just done the same.
        version = version_of(connection)
        if version < len(migrations):
            before(version)
            for migration in migrations[version:]:
                for statement in migration.statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        # SQLite ends the transaction itself after some errors (disk full, for one).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
