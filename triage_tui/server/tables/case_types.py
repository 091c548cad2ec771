"""Kinds of cases: which there are, which are built in, and which statuses are in use."""

from __future__ import annotations

import sqlite3

from triage_tui.models import STANDARD_TYPE, CaseType, Status
from triage_tui.server import rows

_CHANGE_STATUSES = (
    Status("Open", "SG_OPEN"),
    Status("Pending Approval", "SG_IN_PROGRESS"),
    Status("Approved", "SG_IN_PROGRESS"),
    Status("Implementing", "SG_IN_PROGRESS"),
    Status("Completed", "SG_CLOSED"),
    Status("Cancelled", "SG_CLOSED"),
    Status("Declined", "SG_CLOSED"),
)


def first_of_each_group(statuses: tuple[Status, ...]) -> dict[str, str]:
    """The name of the first status of each group: the usual defaults."""
    return {status.group: status.name for status in reversed(statuses)}


BUILT_IN = (
    CaseType(STANDARD_TYPE, "Standard", internal=True),
    CaseType("00000000-0000-0000-0000-000000000002", "Event Management", internal=True),
    CaseType("00000000-0000-0000-0000-000000000003", "Security", internal=True),
    CaseType(
        "00000000-0000-0000-0000-000000000004",
        "Change Request",
        internal=True,
        statuses=_CHANGE_STATUSES,
        defaults=first_of_each_group(_CHANGE_STATUSES),
    ),
    CaseType("00000000-0000-0000-0000-000000000005", "Error Tracking", internal=True),
    CaseType("00000000-0000-0000-0000-000000000007", "Logs Optimization Insights", internal=True),
)
"""The types that every workspace has; nobody has ever seen a sixth between the last two."""

_CODES = {
    "Standard": "STANDARD",
    "Security": "SECURITY",
    "Error Tracking": "ERROR_TRACKING_ISSUE",
}


def type_code(case_type: CaseType) -> str:
    """The deprecated `type` of the cases of a type."""
    if not case_type.internal:
        return "TUNKNOWN"
    # Three codes are known; the others are taken to follow the name.
    return _CODES.get(case_type.name, case_type.name.upper().replace(" ", "_"))


def get(db: sqlite3.Connection, type_id: str) -> CaseType | None:
    """The type with this id, a deleted one too; None if there is none."""
    row = db.execute(
        "SELECT id, name, document FROM case_types WHERE id = ?", (type_id,)
    ).fetchone()
    return rows.read_type(row) if row else None


def everything(db: sqlite3.Connection) -> list[CaseType]:
    """All types, deleted ones too: built-in ones first, the others in the order they came."""
    found = db.execute(
        "SELECT id, name, document FROM case_types ORDER BY json_extract(document, '$.internal') "
        "DESC, CASE WHEN json_extract(document, '$.internal') THEN id END, n"
    )
    return [rows.read_type(row) for row in found]


def save(db: sqlite3.Connection, *types: CaseType) -> None:
    """Keep types, new or instead of what was kept. Their statuses can be searched for."""
    db.executemany(
        "INSERT INTO case_types (id, name, document) VALUES (?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document",
        [(kind.id, kind.name, rows.type_document(kind)) for kind in types],
    )
    rows.add_statuses(db, ((s.code, s.name, s.group) for t in types for s in t.statuses))


def missing(db: sqlite3.Connection) -> list[CaseType]:
    """The built-in types that are not there."""
    return [case_type for case_type in BUILT_IN if get(db, case_type.id) is None]


def statuses_in_use(db: sqlite3.Connection, type_id: str) -> set[Status]:
    """The statuses that cases of the type have, archived cases too."""
    found = db.execute(
        "SELECT DISTINCT status_name, status_group FROM cases WHERE type_id = ?", (type_id,)
    )
    return {Status(name, rows.group_ranked(rank)) for name, rank in found}
