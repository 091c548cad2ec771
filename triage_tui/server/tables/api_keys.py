"""The keys of a served workspace: a salt and two digests, never the keys themselves."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from triage_tui.server import rows


def kept(db: sqlite3.Connection) -> tuple[bytes, bytes, bytes] | None:
    """Salt, digest of the API key and digest of the application key; None if there are none."""
    row: tuple[bytes, bytes, bytes] | None = db.execute(
        "SELECT salt, api_key, app_key FROM api_keys"
    ).fetchone()
    return row


def keep(db: sqlite3.Connection, salt: bytes, api_key: bytes, app_key: bytes, at: datetime) -> None:
    """Keep these in place of what was kept before."""
    db.execute(
        "INSERT OR REPLACE INTO api_keys (only_row, salt, api_key, app_key, created_at) "
        "VALUES (1, ?, ?, ?, ?)",
        (salt, api_key, app_key, rows.micros(at)),
    )
