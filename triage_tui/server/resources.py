"""Models as the JSON:API resources of the Case Management API.

A value that is not set is absent, never null, and attribute keys are in alphabetical order, as the
real service answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from triage_tui.models import (
    Case,
    CasePage,
    CaseType,
    CustomValue,
    Facet,
    HistoryEntry,
    Ticket,
    TimelineCell,
    User,
)

Json = dict[str, object]


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`, up to six digits of a second, trailing zeros cut."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def case_document(case: Case) -> Json:
    """The answer to everything that returns one case."""
    people = (case.assignee, case.created_by, case.modified_by)
    # The real service counts comments in searches only; everywhere else it says 0.
    return {
        "data": _resource(
            case,
            _case_attributes(case, comments=0),
            assignee=case.assignee,
            created_by=case.created_by,
            modified_by=case.modified_by,
        ),
        "included": _included(people),
    }


def search_document(page: CasePage) -> Json:
    """The answer to a search.

    Unlike an answer with one case it names the author in the attributes, counts the comments and
    keeps quiet about who changed a case last.
    """
    data = []
    people: list[User | None] = []
    for case in page.cases:
        attributes = _case_attributes(case, comments=case.comment_count)
        if case.created_by:
            attributes["created_by_author"] = _author(case.created_by)
        data.append(_resource(case, attributes, assignee=case.assignee, created_by=case.created_by))
        people += (case.assignee, case.created_by)
    return {
        "data": data,
        "included": _included(people),
        "meta": {
            # `size` is what is on this page and `total` counts pages: names of the real service.
            "page": {"current": page.number, "size": len(page.cases), "total": page.pages},
            "total_cases": page.total,
        },
    }


def case_type_document(case_type: CaseType) -> Json:
    """The answer to everything that returns one case type."""
    return {"data": _case_type(case_type)}


def case_types_document(types: Iterable[CaseType]) -> Json:
    """The answer to listing case types, deleted ones included."""
    return {"data": [_case_type(case_type) for case_type in types]}


def timeline_document(cells: Iterable[TimelineCell]) -> Json:
    """The answer to listing a timeline and, with one cell, to a comment."""
    return {"data": [_cell(cell) for cell in cells]}


def watchers_document(watchers: Iterable[tuple[str, User]]) -> Json:
    """The answer to listing the watchers of a case, each an id and the user."""
    shown = list(watchers)
    return {
        "data": [
            {"id": id_, "type": "watcher", "relationships": {"user": pointer("user", user.id)}}
            for id_, user in shown
        ],
        # Our choice: the users come along, as they do with a case.
        "included": _included(user for _, user in shown),
    }


def count_document(facets: Iterable[Facet], total: int) -> Json:
    """The answer to counting: for each field its values, each with its number of cases."""
    groups: list[Json] = [
        {
            "group": facet.field,
            "group_values": [{"count": v.count, "value": v.value} for v in facet.values or ()],
        }
        for facet in facets
    ]
    # Our choice: the documents promise a total and their schema has none; it is given.
    return {"data": _numbers("count", groups, total)}


def aggregate_document(groups: Iterable[tuple[Sequence[str], int]], total: int) -> Json:
    """The answer to an aggregation: `group` is a value, not a field as it is when counting."""
    # Our choice: the values of a combination of fields are joined with commas.
    found: list[Json] = [{"group": ",".join(values), "value": [count]} for values, count in groups]
    return {"data": _numbers("aggregate", found, total)}


def history_document(entries: Sequence[HistoryEntry]) -> Json:
    """A page of what changed; `old` and `new` are null for nothing."""
    return {
        "data": [_history_entry(entry) for entry in entries],
        "included": _included(entry.by for entry in entries),
    }


def pointer(kind: str, id: str) -> Json:
    """A relationship to one thing of type `kind`."""
    return {"data": {"id": id, "type": kind}}


def _resource(case: Case, attributes: Json, **people: User | None) -> Json:
    relationships: Json = {
        name: pointer("user", person.id) for name, person in people.items() if person
    }
    if case.project_id:
        relationships["project"] = pointer("project", case.project_id)
    return {
        "id": case.id,
        "type": "case",
        "attributes": dict(sorted(attributes.items())),
        "relationships": relationships,
    }


def _case_attributes(case: Case, *, comments: int) -> Json:
    attributes: Json = {
        "attributes": {key: list(case.attributes[key]) for key in sorted(case.attributes)},
        "comment_count": comments,
        "created_at": timestamp(case.created_at),
        "creation_source": case.creation_source,
        "custom_attributes": _custom_attributes(case.custom_attributes),
        "description": case.description,
        "insights": [
            {"ref": i.ref, "resource_id": i.resource_id, "type": i.type} for i in case.insights
        ],
        "internal_id": case.id,
        "key": case.key,
        "merge_status": case.merge_status,
        "priority": case.priority,
        "public_id": case.public_id,
        "status": case.status,
        "status_group": case.status_group,
        "status_name": case.status_name,
        "title": case.title,
        "type": case.type,
        "type_id": case.type_id,
    }
    for name, moment in (
        ("archived_at", case.archived_at),
        ("closed_at", case.closed_at),
        ("modified_at", case.modified_at),
    ):
        if moment:
            attributes[name] = timestamp(moment)
    if case.due_date:
        attributes["due_date"] = case.due_date
    if case.resolved_reason:
        # Our choice: nobody has recorded where the answer has it; it is called as it was sent.
        attributes["security_resolved_reason"] = case.resolved_reason
    if case.jira:
        attributes["jira_issue"] = _ticket(
            case.jira, issue_key=case.jira.key, issue_url=case.jira.url
        )
    if case.service_now:
        attributes["service_now_ticket"] = _ticket(
            case.service_now, sys_target_link=case.service_now.url
        )
    return attributes


def _custom_attributes(values: Mapping[str, CustomValue]) -> Json:
    shown: Json = {}
    for key in sorted(values):
        value = values[key]
        plain = [_number(v) if isinstance(v, float) else v for v in value.values]
        if plain or value.is_multi:
            shown[key] = {
                "is_multi": value.is_multi,
                "type": value.type,
                "value": plain if value.is_multi else plain[0],
            }
    return shown


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _ticket(ticket: Ticket, **result: str) -> Json:
    known = {name: value for name, value in result.items() if value}
    return {"result": known, "status": ticket.status} if known else {"status": ticket.status}


def _included(people: Iterable[User | None]) -> list[Json]:
    return [
        {
            "id": person.id,
            "type": "user",
            "attributes": {
                "active": person.active,
                "email": person.email,
                "handle": person.handle,
                "name": person.name,
            },
        }
        for person in {person.id: person for person in people if person}.values()
    ]


def _author(user: User) -> Json:
    return {
        "content": {
            "ID": user.id,
            "active": user.active,
            "email": user.email,
            "handle": user.handle,
            "name": user.name,
        },
        "type": "USER",
    }


def _case_type(case_type: CaseType) -> Json:
    attributes: Json = {}
    if case_type.deleted_at:
        attributes["deleted_at"] = timestamp(case_type.deleted_at)
    attributes |= {
        "description": case_type.description,
        "emoji": case_type.emoji,
        "internal": case_type.internal,
        "name": case_type.name,
        "statuses_config": {
            part: {
                "default": case_type.defaults.get(group, ""),
                "status_options": [
                    {"name": status.name} for status in case_type.statuses if status.group == group
                ],
            }
            for part, group in (
                ("closed", "SG_CLOSED"),
                ("in_progress", "SG_IN_PROGRESS"),
                ("open", "SG_OPEN"),
            )
        },
    }
    return {"id": case_type.id, "type": "case_type", "attributes": attributes}


def _cell(cell: TimelineCell) -> Json:
    content = {"message": cell.message}
    attributes: Json = {
        "author": _author(cell.author),
        "cell_content": content,
        # The same once more as text: the real service sends both.
        "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        "created_at": timestamp(cell.created_at),
    }
    if cell.deleted_at:
        attributes["deleted_at"] = timestamp(cell.deleted_at)
    if cell.modified_at:
        attributes["modified_at"] = timestamp(cell.modified_at)
    attributes["type"] = cell.type
    return {"id": cell.id, "type": "timeline_cell", "attributes": attributes}


def _history_entry(entry: HistoryEntry) -> Json:
    relationships: Json = {"case": pointer("case", entry.case_id)}
    if entry.by:
        relationships["by"] = pointer("user", entry.by.id)
    return {
        "id": entry.id,
        "type": "history_entry",
        "attributes": {
            "at": timestamp(entry.at),
            "case_key": entry.case_key,
            "field": entry.field,
            "new": entry.new,
            "old": entry.old,
        },
        "relationships": relationships,
    }


def _numbers(kind: str, groups: Sequence[Json], total: int) -> Json:
    # Our choice: nobody says what the id of a computed answer is; it is named for what it is.
    return {"id": kind, "type": kind, "attributes": {"groups": groups, "total": total}}
