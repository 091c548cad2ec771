"""What changed on which case, by whom and when.

The values are what JSON can say, None for nothing, by field:

- created: {"assignee", "key", "priority", "status", "title"}, as the case came into the world
- status: {"group", "name"}
- priority, title, description, due_date, resolved_reason: the text itself
- assignee: {"id", "name"}: what the person was called then
- archived: true or false
- project: {"key", "project_id"}, where `key` is that of the case
- attributes, custom_attributes: as the API shows them, but only the keys that changed
- insights: the list of those that were removed, the list of those that were added
- jira, service_now: {"key", "status", "url"}

What is recorded about comments, watchers and links is said where those are kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from math import inf
from typing import Any

from triage_tui.errors import StoreError
from triage_tui.models import Case, CustomValue, HistoryEntry, Insight, Ticket, User
from triage_tui.server import rows
from triage_tui.server.database import LAST_OFFSET

# In this order: the history leads to the few cases it names, never the other way round.
_READ = """SELECT h.n, c.id, c.key, h.at, h.by, h.field, h.old, h.new
    FROM history h CROSS JOIN cases c ON c.n = h.of_case"""

PAGE_SIZE_LIMIT = 16 * 2**20
"""Characters that the values on a page of several entries may have: each change of a text has it
twice."""


class PageTooLarge(StoreError):
    """So much of the history is not read at once."""


Difference = tuple[str, object, object]
"""A field, what it was and what it is now."""


def creation(case: Case) -> Difference:
    """What is recorded of a new case."""
    return "created", None, {k: value for k, value in started(case).items() if value is not None}


def started(case: Case) -> dict[str, object]:
    """A case as history says it was created, with None for what it lacks."""
    return {
        "assignee": person(case.assignee),
        "key": case.key,
        "priority": case.priority,
        "status": status(case.status_name, case.status_group),
        "title": case.title,
    }


def differences(seen: Case, case: Case) -> list[Difference]:
    """What is recorded when a case that was `seen` before has changed."""
    plain = ((field, said(seen), said(case)) for field, said in _SAID.items())
    found: list[Difference] = [(field, old, new) for field, old, new in plain if old != new]
    for field, old, new in (
        ("attributes", _shown(seen.attributes, list), _shown(case.attributes, list)),
        (
            "custom_attributes",
            _shown(seen.custom_attributes, _custom_value),
            _shown(case.custom_attributes, _custom_value),
        ),
    ):
        if old != new:
            found.append((field, _unlike(old, new), _unlike(new, old)))
    if set(seen.insights) != set(case.insights):
        found.append(
            (
                "insights",
                _insights(seen.insights, case.insights),
                _insights(case.insights, seen.insights),
            )
        )
    return found


def status(name: str, group: str) -> dict[str, str]:
    """A status as history says it."""
    return {"group": group, "name": name}


def person(user: User | None) -> dict[str, str] | None:
    """An assignee as history says it."""
    return {"id": user.id, "name": user.label} if user else None


def ticket(made: Ticket | None) -> dict[str, str] | None:
    """A ticket as history says it."""
    return None if made is None else {"key": made.key, "status": made.status, "url": made.url}


def record(
    db: sqlite3.Connection,
    case_id: str,
    changes: Iterable[Difference],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Keep what changed on a case; the values are anything JSON can say."""
    db.executemany(
        "INSERT INTO history (of_case, at, by, field, old, new) VALUES "
        "((SELECT n FROM cases WHERE id = ?), ?, (SELECT n FROM users WHERE id = ?), ?, ?, ?)",
        [
            (case_id, rows.micros(at), by and by.id, field, rows.encode(old), rows.encode(new))
            for field, old, new in changes
        ],
    )


def of_case(db: sqlite3.Connection, case_id: str) -> list[HistoryEntry]:
    """Everything that happened to a case, oldest first. Empty for an unknown case."""
    return page(db, case_id=case_id, size=LAST_OFFSET)


def page(
    db: sqlite3.Connection,
    *,
    case_id: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    number: int = 0,
    size: int = 100,
    limit: float = inf,
) -> list[HistoryEntry]:
    """Page `number` (from 0) of what happened from `start` to before `end`, oldest first.

    Args:
        case_id: Only what happened to this case; "" for all of them.
        start: None for the beginning.
        end: None for no end.
        limit: Characters that the values of several entries may have together.

    Raises PageTooLarge if they have more.
    """
    conditions: list[str] = []
    values: list[object] = []
    for condition, value in (
        ("h.of_case = (SELECT n FROM cases WHERE id = ?)", case_id or None),
        ("h.at >= ?", rows.optional_micros(start)),
        ("h.at < ?", rows.optional_micros(end)),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    found: list[tuple[Any, ...]] = []
    length = 0
    for row in db.execute(
        f"{_READ} WHERE {' AND '.join(conditions) or 'TRUE'} ORDER BY h.at, h.n LIMIT ? OFFSET ?",
        [*values, size, min(number * size, LAST_OFFSET)],
    ):
        length += len(row[6]) + len(row[7])
        if found and length > limit:
            raise PageTooLarge(f"the values on this page have more than {limit} characters")
        found.append(row)
    people = rows.users_by_n(db, {row[4] for row in found if row[4] is not None})
    return [
        HistoryEntry(
            case_id=id_,
            case_key=key,
            at=rows.moment(at),
            by=people.get(by),
            field=field,
            old=json.loads(old),
            new=json.loads(new),
            id=str(n),
        )
        for n, id_, key, at, by, field, old, new in found
    ]


def _shown(values: Mapping[str, Any], said: Callable[[Any], object]) -> dict[str, object]:
    return {key: said(value) for key, value in sorted(values.items())}


def _unlike(ours: dict[str, object], others: dict[str, object]) -> dict[str, object] | None:
    """What is in `ours` and not the same in `others`; None for nothing."""
    return {key: v for key, v in ours.items() if others.get(key) != v} or None


def _custom_value(value: CustomValue) -> dict[str, object]:
    given: object = list(value.values)
    if not value.is_multi:
        given = value.values[0] if value.values else None
    return {"is_multi": value.is_multi, "type": value.type, "value": given}


def _insights(ours: Iterable[Insight], others: Iterable[Insight]) -> list[dict[str, str]] | None:
    """The insights that are in `ours` only; None for nothing."""
    known = set(others)
    return [
        {"ref": one.ref, "resource_id": one.resource_id, "type": one.type}
        for one in ours
        if one not in known
    ] or None


_SAID: dict[str, Callable[[Case], object]] = {
    "status": lambda case: status(case.status_name, case.status_group),
    "priority": lambda case: case.priority,
    "assignee": lambda case: person(case.assignee),
    "archived": lambda case: case.archived_at is not None,
    "title": lambda case: case.title,
    "description": lambda case: case.description,
    "due_date": lambda case: case.due_date,
    "resolved_reason": lambda case: case.resolved_reason or None,
    "project": lambda case: {"key": case.key, "project_id": case.project_id},
    "jira": lambda case: ticket(case.jira),
    "service_now": lambda case: ticket(case.service_now),
}
"""How each field that has one value is said."""
