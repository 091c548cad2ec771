"""Everything that a workspace database can be filled with, and how it gets in."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from triage_tui.models import Case, CaseType, HistoryEntry, Project, TimelineCell, User
from triage_tui.server import rows
from triage_tui.server.tables import case_types, labels, tallies, users


@dataclass(frozen=True)
class Workspace:
    """Everything that a database can be filled with.

    Attributes:
        me_id: The user who makes the changes; one of `users`.
        cells: Timelines by case id.
        history: What was done to cases by their id, oldest first.
    """

    me_id: str
    users: tuple[User, ...]
    projects: tuple[Project, ...] = ()
    types: tuple[CaseType, ...] = ()
    cases: tuple[Case, ...] = ()
    cells: Mapping[str, tuple[TimelineCell, ...]] = field(default_factory=dict)
    history: Mapping[str, tuple[HistoryEntry, ...]] = field(default_factory=dict)


_MANY = 50
"""Cases from which on it is quicker to count them all at once."""


class _People(dict[str, int]):
    """Rowids of users by id; a user who is not in the database is added."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__()
        self._db = db

    def n(self, user: User | None) -> int | None:
        return None if user is None else self.n_of(user)

    def n_of(self, user: User) -> int:
        if user.id not in self:
            self[user.id] = users.add_missing(self._db, user)
        return self[user.id]


def fill(db: sqlite3.Connection, workspace: Workspace) -> None:
    """Add everything; users and case types that are there are replaced."""
    users.save(db, *workspace.users)
    users.set_me(db, workspace.me_id)
    case_types.save(db, *workspace.types)
    # New cases are numbered after the ones that come with the workspace.
    last_numbers: defaultdict[str, int] = defaultdict(int)
    for case in workspace.cases:
        last = last_numbers[case.project_id]
        last_numbers[case.project_id] = max(last, _digits(case.key.rpartition("-")[2]))
    for project in workspace.projects:
        add_project(db, project, last_numbers[project.id])
    db.execute(
        "UPDATE workspace SET last_public_id = max(last_public_id, ?)",
        (max((_digits(case.public_id) for case in workspace.cases), default=0),),
    )
    ns = add_cases(db, workspace.cases)
    add_cells(db, [(ns[id], cell) for id, cells in workspace.cells.items() for cell in cells])
    add_history(db, [(ns[id], one) for id, found in workspace.history.items() for one in found])


def add_project(
    db: sqlite3.Connection,
    project: Project,
    last_number: int = 0,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add a project; its next case is numbered after `last_number`.

    `details` is what `tables.projects` keeps about it.
    """
    db.execute(
        "INSERT INTO projects (id, key, name, restricted, last_number, document) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            project.id,
            project.key,
            project.name,
            int(project.restricted),
            last_number,
            rows.encode(details or {}),
        ),
    )


def add_cases(db: sqlite3.Connection, cases: Sequence[Case]) -> dict[str, int]:
    """Add cases, and return their rowids by id."""
    (last,) = db.execute("SELECT coalesce(max(n), 0) FROM cases").fetchone()
    ns = {case.id: n for n, case in enumerate(cases, last + 1)}
    with tallies.counted_together(db) if len(cases) > _MANY else nullcontext():
        _save_rows(db, cases, ns)
    texts = [rows.text_row(case, ns[case.id]) for case in cases]
    db.executemany(
        "INSERT INTO case_texts (n, title, description, document) VALUES (?, ?, ?, ?)", texts
    )
    db.executemany(
        "INSERT INTO words (rowid, title, description) VALUES (?, ?, ?)",
        [text[:3] for text in texts],
    )
    return ns


def store_cases(db: sqlite3.Connection, changed: Sequence[tuple[Case, Case]]) -> None:
    """Store cases that are in the database, each with what it was seen as before."""
    ns: dict[str, int] = {}
    for case, _ in changed:
        (ns[case.id],) = db.execute("SELECT n FROM cases WHERE id = ?", (case.id,)).fetchone()
    before = labels.of_cases(db, ns.values())
    _save_rows(db, [case for case, _ in changed], ns)
    # Only what changed: touching a title or a description makes its words be indexed again.
    for case, seen in changed:
        n, title, description, document = rows.text_row(case, ns[case.id])
        if (title, description) != (seen.title, seen.description):
            db.execute(
                "UPDATE case_texts SET title = ?, description = ? WHERE n = ?",
                (title, description, n),
            )
        if document != rows.text_row(seen, n)[3]:
            db.execute("UPDATE case_texts SET document = ? WHERE n = ?", (document, n))
    labels.forget_unused(db, before)


def add_cells(db: sqlite3.Connection, cells: Iterable[tuple[int, TimelineCell]]) -> None:
    """Add timeline cells, each to the case with the rowid in front of it."""
    people = _People(db)
    db.executemany(
        f"INSERT INTO cells (of_case, {rows.CELL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(n, *rows.cell_row(cell, people.n_of(cell.author))) for n, cell in cells],
    )


def add_history(db: sqlite3.Connection, entries: Iterable[tuple[int, HistoryEntry]]) -> None:
    """Add entries of the history, each to the case with the rowid in front of it."""
    people = _People(db)
    db.executemany(
        "INSERT INTO history (of_case, at, by, field, old, new) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                n,
                rows.micros(entry.at),
                people.n(entry.by),
                entry.field,
                # Most was nothing before.
                "null" if entry.old is None else rows.encode(entry.old),
                rows.encode(entry.new),
            )
            for n, entry in entries
        ],
    )


def _save_rows(db: sqlite3.Connection, cases: Sequence[Case], ns: Mapping[str, int]) -> None:
    people = _People(db)
    sets = labels.numbered(db, [rows.pair_rows(case) for case in cases])
    projects: dict[str, int] = dict(db.execute("SELECT id, n FROM projects").fetchall())
    rows.add_statuses(db, ((c.status, c.status_name, c.status_group) for c in cases))
    db.executemany(
        rows.SAVE_CASE,
        [
            rows.case_row(
                case,
                ns[case.id],
                projects[case.project_id],
                people.n(case.assignee),
                people.n(case.created_by),
                people.n(case.modified_by),
                set_,
            )
            for case, set_ in zip(cases, sets, strict=True)
        ],
    )


def _digits(text: str) -> int:
    return int(text) if text.isdecimal() else 0
