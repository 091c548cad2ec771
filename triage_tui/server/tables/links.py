"""How cases, incidents and pages relate to each other.

What changes is kept in the history of every case at an end, as the link's attributes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from triage_tui.models import User
from triage_tui.server.tables import history

_COLUMNS = "id, parent_type, parent_id, child_type, child_id, relationship"


@dataclass(frozen=True, slots=True)
class End:
    """What a link leads from or to.

    Attributes:
        type: CASE, INCIDENT, PAGE or AGENT_CONVERSATION.
    """

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Link:
    """One relationship, read from parent to child: the parent BLOCKS the child."""

    id: str
    parent: End
    child: End
    relationship: str

    @property
    def attributes(self) -> dict[str, str]:
        """The link in the words of the API."""
        return {
            "child_entity_id": self.child.id,
            "child_entity_type": self.child.type,
            "parent_entity_id": self.parent.id,
            "parent_entity_type": self.parent.type,
            "relationship": self.relationship,
        }


def of_entity(db: sqlite3.Connection, end: End, relationship: str = "") -> list[Link]:
    """The links at either end of which this is, in the order in which they came.

    Args:
        relationship: Only links of this kind; "" for all.
    """
    return _read(
        db,
        "((parent_type = ? AND parent_id = ?) OR (child_type = ? AND child_id = ?)) "
        "AND ? IN ('', relationship)",
        *(end.type, end.id, end.type, end.id, relationship),
    )


def resolve(db: sqlite3.Connection, end: End) -> End | None:
    """The end by its id: a case may be named by its key. None if it is a case that is not there."""
    if end.type != "CASE":
        return end
    found = db.execute(
        "SELECT id FROM cases WHERE id = lower(?) OR key = ?", (end.id, end.id)
    ).fetchone()
    return End("CASE", found[0]) if found else None


def add(db: sqlite3.Connection, link: Link, *, by: User, at: datetime) -> Link:
    """The link as it is kept: what is linked in this way already keeps the link that it has."""
    # A relationship without a direction is the same from either end.
    ways = [(link.parent, link.child)]
    if link.relationship == "RELATES_TO":
        ways.append((link.child, link.parent))
    for parent, child in ways:
        known = _read(
            db,
            "parent_type = ? AND parent_id = ? AND child_type = ? AND child_id = ? "
            "AND relationship = ?",
            *(parent.type, parent.id, child.type, child.id, link.relationship),
        )
        if known:
            return known[0]
    parent, child = link.parent, link.child
    db.execute(
        f"INSERT INTO links ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (link.id, parent.type, parent.id, child.type, child.id, link.relationship),
    )
    for case_id in _cases(link):
        history.record(db, case_id, [("link", None, link.attributes)], by=by, at=at)
    return link


def remove(db: sqlite3.Connection, id: str, *, by: User, at: datetime) -> bool:
    """Remove a link. False if there is none."""
    found = _read(db, "id = ?", id)
    for link in found:
        db.execute("DELETE FROM links WHERE id = ?", (id,))
        for case_id in _cases(link):
            history.record(db, case_id, [("link", link.attributes, None)], by=by, at=at)
    return bool(found)


def forget_project(db: sqlite3.Connection, project_id: str, *, by: User, at: datetime) -> None:
    """Remove the links of all cases of a project, which is about to be deleted."""
    theirs = "SELECT id FROM cases WHERE project = (SELECT n FROM projects WHERE id = ?)"
    found = _read(
        db,
        f"(parent_type = 'CASE' AND parent_id IN ({theirs})) "
        f"OR (child_type = 'CASE' AND child_id IN ({theirs}))",
        *(project_id, project_id),
    )
    # The cases at their other ends stay, and so does what they remember.
    for link in found:
        remove(db, link.id, by=by, at=at)


def _cases(link: Link) -> list[str]:
    """The ids of the cases at the ends of a link."""
    return [end.id for end in (link.parent, link.child) if end.type == "CASE"]


def _read(db: sqlite3.Connection, where: str, *values: str) -> list[Link]:
    found = db.execute(f"SELECT {_COLUMNS} FROM links WHERE {where} ORDER BY n", values)
    return [
        Link(id_, End(parent_type, parent), End(child_type, child), relationship)
        for id_, parent_type, parent, child_type, child, relationship in found
    ]
