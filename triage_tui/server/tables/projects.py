"""Projects with all that is kept about them besides key and name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage_tui.models import Project
from triage_tui.server import rows


@dataclass(frozen=True, slots=True)
class DetailedProject:
    """A project and its details.

    Attributes:
        details: The attributes `columns_config`, `enabled_custom_case_types` and `settings` as far
            as somebody has set them, and `team_uuid`.
    """

    project: Project
    details: Mapping[str, Any]


_READ = "SELECT id, key, name, restricted, document FROM projects"


def exists(db: sqlite3.Connection, id: str) -> bool:
    """True if there is a project with this id."""
    return db.execute("SELECT 1 FROM projects WHERE id = ?", (id,)).fetchone() is not None


def get(db: sqlite3.Connection, id: str) -> DetailedProject | None:
    """The project with this id, or None."""
    row = db.execute(f"{_READ} WHERE id = ?", (id,)).fetchone()
    return _detailed(row) if row else None


def all_of(db: sqlite3.Connection) -> list[DetailedProject]:
    """All projects by key."""
    return [_detailed(row) for row in db.execute(f"{_READ} ORDER BY key")]


def update(db: sqlite3.Connection, seen: DetailedProject) -> None:
    """Keep the name and the details of a project instead of what was kept."""
    db.execute(
        "UPDATE projects SET name = ?, document = ? WHERE id = ?",
        (seen.project.name, rows.encode(seen.details), seen.project.id),
    )


def _detailed(row: tuple[Any, ...]) -> DetailedProject:
    return DetailedProject(rows.read_project(row[:4]), json.loads(row[4]))
