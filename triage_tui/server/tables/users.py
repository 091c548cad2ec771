"""The people of a workspace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage_tui.models import User
from triage_tui.server import rows
from triage_tui.server.database import LAST_OFFSET

SORTS = {
    "name": "fold(name)",
    "modified_at": "coalesce(modified_at, created_at)",
    # Nobody says what this means of a user; it is the order in which they came.
    "user_count": "n",
}

STATUSES = ("Active", "Pending", "Disabled")


@dataclass(frozen=True, slots=True)
class Account:
    """A user, with what only the Users API tells.

    Attributes:
        created_at: When the workspace came to know the user.
        modified_at: The same until the first change.
    """

    user: User
    created_at: datetime
    modified_at: datetime
    service_account: bool = False


SOMEBODY = User(
    "00000000-0000-4000-8000-000000000001", "Me", "me@workspace.invalid", "me@workspace.invalid"
)
"""Who uses a workspace that names nobody; no mail can ever reach the address."""

_READ = f"""SELECT {rows.USER_COLUMNS}, created_at, coalesce(modified_at, created_at),
    service_account FROM users"""

# Users come along with the cases that name them, without a time: then it is now.
_ADD = f"""INSERT INTO users ({rows.USER_COLUMNS}, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)
    ON CONFLICT (id) DO"""


def add_missing(db: sqlite3.Connection, user: User) -> int:
    """Add a user unless there is one with this id; the rowid of that user."""
    db.execute(f"{_ADD} NOTHING", rows.user_row(user))
    n: int = db.execute("SELECT n FROM users WHERE id = ?", (user.id,)).fetchone()[0]
    return n


def save(db: sqlite3.Connection, *users: User) -> None:
    """Keep users, new or instead of what was kept."""
    db.executemany(
        f"{_ADD} UPDATE SET "
        "name = excluded.name, email = excluded.email, handle = excluded.handle, "
        "active = excluded.active, title = excluded.title, status = excluded.status",
        map(rows.user_row, users),
    )


def keep(db: sqlite3.Connection, *accounts: Account) -> None:
    """Keep accounts, new or instead of what was kept."""
    save(db, *(account.user for account in accounts))
    db.executemany(
        "UPDATE users SET created_at = ?, modified_at = ?, service_account = ? WHERE id = ?",
        [
            (
                rows.micros(account.created_at),
                rows.micros(account.modified_at),
                int(account.service_account),
                account.user.id,
            )
            for account in accounts
        ],
    )


def set_me(db: sqlite3.Connection, user_id: str) -> None:
    """Let this user be who makes the changes from now on."""
    db.execute("UPDATE workspace SET me = ?", (user_id,))
    if user_id != SOMEBODY.id:
        # Nobody needs a stand-in who has left no trace; who has left one has to stay.
        with suppress(sqlite3.IntegrityError):
            db.execute("DELETE FROM users WHERE id = ?", (SOMEBODY.id,))


def get(db: sqlite3.Connection, user_id: str) -> Account | None:
    """The account of the user with this id, or None."""
    row = db.execute(f"{_READ} WHERE id = ?", (user_id,)).fetchone()
    return _account(row) if row else None


def with_ids(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Account]:
    """The accounts of the users with these ids, by id; unknown ids are left out."""
    found = db.execute(
        f"{_READ} WHERE id IN (SELECT value FROM json_each(?))", (rows.encode(sorted(ids)),)
    )
    return {account.user.id: account for account in map(_account, found)}


def with_email(db: sqlite3.Connection, email: str) -> User | None:
    """The user with this e-mail address, letter case ignored, or None."""
    row = db.execute(
        f"SELECT {rows.USER_COLUMNS} FROM users WHERE fold(email) = ?", (email.casefold(),)
    ).fetchone()
    return rows.read_user(row) if row else None


def listing(
    db: sqlite3.Connection,
    *,
    text: str = "",
    statuses: Sequence[str] = (),
    sort: str = "name",
    descending: bool = False,
    number: int = 0,
    size: int = 10,
) -> tuple[list[Account], int, int]:
    """Page `number` (from 0) of users, how many users there are, and how many are selected.

    `text` is looked for in name, e-mail and handle, letter case ignored; `statuses` are those
    to select, none meaning all; `sort` is one of `SORTS`.
    """
    chosen = rows.encode(list(statuses))
    selection = """WHERE (? = '[]' OR status IN (SELECT value FROM json_each(?)))
        AND (instr(fold(name), ?) OR instr(fold(email), ?) OR instr(fold(handle), ?))"""
    values: list[object] = [chosen, chosen, *[text.casefold()] * 3]
    direction = "DESC" if descending else "ASC"
    total = db.execute("SELECT count(*) FROM users").fetchone()[0]
    selected = db.execute(f"SELECT count(*) FROM users {selection}", values).fetchone()[0]
    page = db.execute(
        f"{_READ} {selection} ORDER BY {SORTS[sort]} {direction}, n {direction} LIMIT ? OFFSET ?",
        [*values, size, min(number * size, LAST_OFFSET)],
    )
    return [_account(row) for row in page], total, selected


def _account(row: tuple[Any, ...]) -> Account:
    *user, created, modified, service_account = row
    return Account(
        rows.read_user(tuple(user)),
        rows.moment(created),
        rows.moment(modified),
        bool(service_account),
    )
