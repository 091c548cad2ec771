"""Which request makes a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage_tui import wire
from triage_tui.beside_changes import DeleteComment, Duplicate, EditComment, Watch
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)
from triage_tui.models import STANDARD_STATUSES, User


@dataclass(frozen=True, slots=True)
class Request:
    """A request below the cases.

    Attributes:
        segments: Of the path after "cases".
        body: None for none.
    """

    method: str
    segments: tuple[str, ...]
    body: Mapping[str, Any] | None = None


def request_for(
    case_id: str,
    change: Change,
    attributes: Mapping[str, tuple[str, ...]] | None = None,
    link_id: str = "*",
) -> Request:
    """The request that makes a change to a case.

    Args:
        attributes: Those that the case has now; a change of one of them sends the others too.
        link_id: The link that is taken away.
    """
    if isinstance(change, CreateCase):
        return Request("POST", (), wire.new_case_body(change.new))
    if isinstance(change, SetCustomAttribute):
        segments = (case_id, "custom_attributes", change.key)
        if change.to is None:
            return Request("DELETE", segments)
        return Request("POST", segments, wire.case_body(wire.custom_value(change.to)))
    if isinstance(change, MoveToProject):
        body = {"data": {"type": "project", "id": change.project.id}}
        return Request("PATCH", (case_id, "relationships", "project"), body)
    if isinstance(change, EditComment):
        body = wire.case_body({"comment": change.text})
        return Request("PUT", (case_id, "comment", change.cell_id), body)
    if isinstance(change, DeleteComment):
        return Request("DELETE", (case_id, "comment", change.cell_id))
    if isinstance(change, Watch):
        return Request("POST" if change.on else "DELETE", (case_id, "watchers", change.user.id))
    if isinstance(change, Duplicate):
        if not change.on:
            return Request("DELETE", ("link", link_id))
        body = wire.link_body(case_id, "DUPLICATES", change.other_id)
        return Request("POST", ("link",), body)
    suffix, given = _field(change, attributes or {})
    return Request("POST", (case_id, suffix), wire.case_body(given))


def _field(
    change: Change, attributes: Mapping[str, tuple[str, ...]]
) -> tuple[str, dict[str, Any] | None]:
    """The last path segment and the attributes for a change to one field."""
    match change:
        case SetStatus(status):
            given = {"status_name": status.name}
            if status in STANDARD_STATUSES:
                # A service that does not know names yet requires the deprecated field. Other
                # statuses have no documented value for it: a guess would be refused.
                given["status"] = status.code
            return "status", given
        case SetPriority(priority):
            return "priority", {"priority": priority}
        case Assign(None):
            return "unassign", None
        case Assign(User(id=user_id)):
            return "assign", {"assignee_id": user_id}
        case SetArchived(archived):
            return ("archive" if archived else "unarchive"), None
        case AddComment(text):
            return "comment", {"comment": text}
        case SetTitle(title):
            return "title", {"title": title}
        case SetDescription(text):
            return "description", {"description": text}
        case SetDueDate(day):
            return "due_date", {"due_date": day}
        case SetAttribute(key, values):
            # Nobody has shown whether what is not given stays or goes. Given all, it stays.
            listed = {name: list(one) for name, one in attributes.items()}
            return "attributes", {"attributes": {**listed, key: list(values)}}
    raise TypeError(f"{type(change).__name__} is not a change to a case")
