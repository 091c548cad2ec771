"""Cases, users, types and timeline cells as rows of the workspace database, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from triage_tui.models import (
    PRIORITIES,
    STATUS_GROUPS,
    Case,
    CaseType,
    CustomValue,
    Insight,
    Project,
    Status,
    Ticket,
    TimelineCell,
    User,
)
from triage_tui.query_fields import value_text

STATUS_WORDS = ("open", "in_progress", "closed")
"""What `status:` calls each group, in the order of `STATUS_GROUPS`."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PRIORITY_RANKS = {priority: rank for rank, priority in enumerate(PRIORITIES)}
_GROUP_RANKS = {group: rank for rank, group in enumerate(STATUS_GROUPS)}
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as short JSON."""

USER_COLUMNS = "id, name, email, handle, active, title, status"

_CASE_COLUMNS = (
    "id, key, public_id, project, type, type_id, priority, status, status_name, status_group, "
    "assignee, created_by, modified_by, created_at, modified_at, closed_at, archived_at, "
    "due_date, comment_count, creation_source, merge_status"
)

_SAVED_COLUMNS = [*_CASE_COLUMNS.split(", "), "labels"]

SAVE_CASE = f"""INSERT INTO cases (n, {", ".join(_SAVED_COLUMNS)})
    VALUES (:n{"".join(f", :{column}" for column in _SAVED_COLUMNS)})
    ON CONFLICT (n) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _SAVED_COLUMNS)}"""
"""Takes what `case_row` returns."""

_READ_CASES = f"""SELECT c.n, {", ".join(f"c.{column}" for column in _CASE_COLUMNS.split(", "))},
    p.id, t.title, t.description, t.document
    FROM cases c JOIN projects p ON p.n = c.project JOIN case_texts t ON t.n = c.n
    WHERE c.n IN (SELECT value FROM json_each(?))"""


def micros(at: datetime) -> int:
    """A time as the database keeps it: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def optional_micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def moment(at: int) -> datetime:
    """The time that `micros` turned into `at`."""
    return _EPOCH + timedelta(microseconds=at)


def optional_moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)


def user_row(user: User) -> tuple[object, ...]:
    """The values of `USER_COLUMNS`."""
    return (
        user.id,
        user.name,
        user.email,
        user.handle,
        int(user.active),
        user.title,
        user.status,
    )


def read_user(row: tuple[Any, ...]) -> User:
    """The user in a row of `USER_COLUMNS`."""
    id_, name, email, handle, active, title, status = row
    return User(id_, name, email, handle, bool(active), title, status)


def users_by_n(connection: sqlite3.Connection, ns: Iterable[int]) -> dict[int, User]:
    """The users with these rowids."""
    rows = connection.execute(
        f"SELECT n, {USER_COLUMNS} FROM users WHERE n IN (SELECT value FROM json_each(?))",
        (encode(sorted(set(ns))),),
    )
    return {row[0]: read_user(row[1:]) for row in rows}


def read_project(row: tuple[Any, ...]) -> Project:
    """The project in a row of id, key, name, restricted."""
    id_, key, name, restricted = row
    return Project(id_, key, name, bool(restricted))


def status_row(code: str, name: str, group: str) -> tuple[int, str, str, str]:
    """The row of a status: group, name, code, and the word for the group."""
    rank = _GROUP_RANKS[group]
    return rank, name, code, STATUS_WORDS[rank]


def group_ranked(rank: int) -> str:
    """The status group that is kept as this number."""
    return STATUS_GROUPS[rank]


def add_statuses(connection: sqlite3.Connection, statuses: Iterable[tuple[str, str, str]]) -> None:
    """Remember statuses, each a code, a name and a group: what a query may name."""
    connection.executemany(
        "INSERT OR IGNORE INTO statuses (status_group, name, code, word) VALUES (?, ?, ?, ?)",
        [status_row(*status) for status in set(statuses)],
    )


def type_document(kind: CaseType) -> str:
    """What a case type is besides its id and its name."""
    return encode(
        {
            "description": kind.description,
            "emoji": kind.emoji,
            "internal": kind.internal,
            "deleted_at": optional_micros(kind.deleted_at),
            "statuses": [[status.name, status.group] for status in kind.statuses],
            "defaults": dict(kind.defaults),
        }
    )


def read_type(row: tuple[Any, ...]) -> CaseType:
    """The case type in a row of id, name, document."""
    id_, name, document = row
    fields = json.loads(document)
    fields["deleted_at"] = optional_moment(fields["deleted_at"])
    fields["statuses"] = tuple(Status(*status) for status in fields["statuses"])
    return CaseType(id_, name, **fields)


def case_row(
    case: Case,
    n: int,
    project: int,
    assignee: int | None,
    created_by: int | None,
    modified_by: int | None,
    labels: int,
) -> dict[str, object]:
    """The narrow row of a case; the arguments after it are rowids."""
    return {
        "n": n,
        "id": case.id,
        "key": case.key,
        "public_id": case.public_id,
        "project": project,
        "type": case.type,
        "type_id": case.type_id,
        "priority": _PRIORITY_RANKS[case.priority],
        "status": case.status,
        "status_name": case.status_name,
        "status_group": _GROUP_RANKS[case.status_group],
        "assignee": assignee,
        "created_by": created_by,
        "modified_by": modified_by,
        "created_at": micros(case.created_at),
        "modified_at": optional_micros(case.modified_at),
        "closed_at": optional_micros(case.closed_at),
        "archived_at": optional_micros(case.archived_at),
        "due_date": case.due_date,
        "comment_count": case.comment_count,
        "creation_source": case.creation_source,
        "merge_status": case.merge_status,
        "labels": labels,
    }


def text_row(case: Case, n: int) -> tuple[int, str, str, str]:
    """The wide row of a case: n, title, description, and all else it has as JSON."""
    document: dict[str, object] = {}
    if case.attributes:
        document["attributes"] = {key: list(values) for key, values in case.attributes.items()}
    if case.custom_attributes:
        document["custom"] = {
            key: [custom.type, custom.is_multi, list(custom.values)]
            for key, custom in case.custom_attributes.items()
        }
    if case.insights:
        document["insights"] = [[one.type, one.ref, one.resource_id] for one in case.insights]
    if case.jira:
        document["jira"] = [case.jira.status, case.jira.key, case.jira.url]
    if case.service_now:
        ticket = case.service_now
        document["service_now"] = [ticket.status, ticket.key, ticket.url]
    if case.resolved_reason:
        document["resolved_reason"] = case.resolved_reason
    return n, case.title, case.description, encode(document)


def pair_rows(case: Case) -> list[tuple[str, str, str, float | None]]:
    """Key, value, folded value and number of each attribute and custom attribute.

    A value that a case has twice under one key, as attribute and as custom attribute, counts once.
    """
    pairs: dict[tuple[str, str], float | None] = {}
    for key, values in case.attributes.items():
        pairs.update(((key, value), None) for value in values)
    for key, custom in case.custom_attributes.items():
        for given in custom.values:
            if isinstance(given, str):
                pairs[key, given] = None
            else:
                pairs[key, value_text(given)] = float(given)
    return [(key, value, value.casefold(), number) for (key, value), number in pairs.items()]


def read_cases(connection: sqlite3.Connection, ns: list[int]) -> tuple[Case, ...]:
    """The cases with these rowids, in this order; those that are gone are left out."""
    rows = {row[0]: row for row in connection.execute(_READ_CASES, (encode(ns),))}
    people = users_by_n(
        connection, {n for row in rows.values() for n in row[11:14] if n is not None}
    )
    return tuple(_read_case(rows[n], people) for n in ns if n in rows)


def _read_case(row: tuple[Any, ...], people: dict[int, User]) -> Case:
    document = json.loads(row[25])
    return Case(
        id=row[1],
        key=row[2],
        public_id=row[3],
        type=row[5],
        type_id=row[6],
        priority=PRIORITIES[row[7]],
        status=row[8],
        status_name=row[9],
        status_group=STATUS_GROUPS[row[10]],
        assignee=people.get(row[11]),
        created_by=people.get(row[12]),
        modified_by=people.get(row[13]),
        created_at=moment(row[14]),
        modified_at=optional_moment(row[15]),
        closed_at=optional_moment(row[16]),
        archived_at=optional_moment(row[17]),
        due_date=row[18],
        comment_count=row[19],
        creation_source=row[20],
        merge_status=row[21],
        project_id=row[22],
        title=row[23],
        description=row[24],
        attributes={k: tuple(v) for k, v in document.get("attributes", {}).items()},
        custom_attributes={
            key: CustomValue(kind, is_multi, tuple(values))
            for key, (kind, is_multi, values) in document.get("custom", {}).items()
        },
        insights=tuple(Insight(*one) for one in document.get("insights", ())),
        jira=Ticket(*document["jira"]) if "jira" in document else None,
        service_now=Ticket(*document["service_now"]) if "service_now" in document else None,
        resolved_reason=document.get("resolved_reason", ""),
    )


CELL_COLUMNS = "id, type, author, message, created_at, modified_at, deleted_at"


def cell_row(cell: TimelineCell, author: int) -> tuple[object, ...]:
    """The values of `CELL_COLUMNS`."""
    return (
        cell.id,
        cell.type,
        author,
        cell.message,
        micros(cell.created_at),
        optional_micros(cell.modified_at),
        optional_micros(cell.deleted_at),
    )


def read_cells(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[TimelineCell]:
    """The cells in rows of `CELL_COLUMNS`."""
    people = users_by_n(connection, {row[2] for row in rows})
    return [
        TimelineCell(
            id_,
            kind,
            people[author],
            message,
            moment(created),
            optional_moment(modified),
            optional_moment(deleted),
        )
        for id_, kind, author, message, created, modified, deleted in rows
    ]
