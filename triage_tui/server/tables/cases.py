"""Finding, creating and changing cases, with the history of every change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from triage_tui.errors import StoreError
from triage_tui.models import Case, CaseType, CustomValue, NewCase, Status, User
from triage_tui.server import rows
from triage_tui.server.tables import case_types, history
from triage_tui.server.workspace import add_cases, store_cases

Edit = Callable[[Case], Case]
"""What turns a case into what it shall be."""


class NoSuchCase(StoreError):
    """None of the cases has the id or key `named`."""

    def __init__(self, named: str) -> None:
        super().__init__(f"There is no case {named}.")
        self.named = named


def find(db: sqlite3.Connection, id_or_key: str) -> Case | None:
    """The case with this id or key, letter case ignored; None if there is none."""
    # Our choice: a key is known in small letters too, as people type it.
    n = _n(db, id_or_key)
    return None if n is None else rows.read_cases(db, [n])[0]


def find_all(db: sqlite3.Connection, ids_or_keys: Iterable[str]) -> tuple[Case, ...]:
    """The cases with these ids or keys, each once. Raises NoSuchCase for the first unknown one."""
    ns: dict[int, None] = {}
    for named in ids_or_keys:
        n = _n(db, named)
        if n is None:
            raise NoSuchCase(named)
        ns[n] = None
    return rows.read_cases(db, list(ns))


def create(
    db: sqlite3.Connection,
    new: NewCase,
    *,
    by: User,
    at: datetime,
    status: Status | None = None,
    custom_attributes: Mapping[str, CustomValue] | None = None,
    source: str = "MANUAL",
) -> Case:
    """A new case with the next key of its project, in the default open status unless told.

    Raises StoreError if the project or the case type is gone.
    """
    case_type = case_types.get(db, new.type_id)
    key = next_key(db, new.project_id)
    if case_type is None or key is None:
        gone = "case type" if case_type is None else "project"
        raise StoreError(f"The case was not created: its {gone} is gone.")
    (public_id,) = db.execute(
        "UPDATE workspace SET last_public_id = last_public_id + 1 RETURNING last_public_id"
    ).fetchone()
    status = status or _default_status(case_type)
    case = Case(
        id=str(uuid4()),
        key=key,
        public_id=str(public_id),
        title=new.title,
        description=new.description,
        priority=new.priority,
        status=status.code,
        status_name=status.name,
        status_group=status.group,
        type=case_types.type_code(case_type),
        type_id=new.type_id,
        created_at=at,
        closed_at=at if status.group == "SG_CLOSED" else None,
        project_id=new.project_id,
        assignee=new.assignee,
        created_by=by,
        custom_attributes=dict(custom_attributes or {}),
        creation_source=source,
    )
    add_cases(db, [case])
    history.record(db, case.id, [history.creation(case)], by=by, at=at)
    return case


def change(
    db: sqlite3.Connection,
    seen: Sequence[Case],
    edit: Edit,
    *,
    by: User,
    at: datetime,
    stamp_by: bool = True,
) -> list[Case]:
    """Cases as they are in the database, after `edit`: stored, and modified at `at` by `by`.

    An edit that changes nothing but the times it stamps leaves its case untouched. What the edit
    raises comes through before anything is changed.

    Args:
        stamp_by: False leaves alone who modified the cases last; history knows it all the same.
    """
    edited = [replace(edit(case), modified_at=case.modified_at) for case in seen]
    changed = [
        (
            replace(case, modified_at=at, modified_by=by if stamp_by else was.modified_by),
            was,
        )
        for case, was in zip(edited, seen, strict=True)
        if case != was
    ]
    store_cases(db, changed)
    for case, was in changed:
        history.record(db, case.id, history.differences(was, case), by=by, at=at)
    stored = {case.id: case for case, _ in changed}
    return [stored.get(case.id, case) for case in edited]


def moved(db: sqlite3.Connection, case: Case, project_id: str) -> Case | None:
    """The case with the next key of a project, or as it is if it belongs there already.

    None if there is no such project.
    """
    if case.project_id == project_id:
        return case
    key = next_key(db, project_id)
    return replace(case, project_id=project_id, key=key) if key else None


def next_key(db: sqlite3.Connection, project_id: str) -> str | None:
    """A key that no case of this project has had; None if there is no such project."""
    numbered = db.execute(
        "UPDATE projects SET last_number = last_number + 1 WHERE id = ? RETURNING key, last_number",
        (project_id,),
    ).fetchone()
    return f"{numbered[0]}-{numbered[1]}" if numbered else None


def _n(db: sqlite3.Connection, id_or_key: str) -> int | None:
    found = db.execute(
        "SELECT n FROM cases WHERE id = lower(?) OR key = ?", (id_or_key, id_or_key)
    ).fetchone()
    return found[0] if found else None


def _default_status(case_type: CaseType) -> Status:
    name = case_type.defaults.get("SG_OPEN")
    opening = [status for status in case_type.statuses if status.group == "SG_OPEN"]
    return next((status for status in opening if status.name == name), opening[0])
