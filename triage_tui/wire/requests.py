"""What goes into requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage_tui.models import CustomValue, Insight, NewCase


def case_body(attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The body of a write to a case; some writes have no attributes but need the body."""
    data: dict[str, Any] = {"type": "case"}
    if attributes is not None:
        data["attributes"] = dict(attributes)
    return {"data": data}


def new_case_body(new: NewCase) -> dict[str, Any]:
    """The body that creates a case."""
    attributes: dict[str, Any] = {
        "title": new.title,
        "type_id": new.type_id,
        "priority": new.priority,
    }
    if new.description:
        attributes["description"] = new.description
    if new.status_name:
        attributes["status_name"] = new.status_name
    if new.custom_attributes:
        attributes["custom_attributes"] = {
            key: custom_value(value) for key, value in new.custom_attributes.items()
        }
    relationships = {"project": {"data": {"type": "project", "id": new.project_id}}}
    if new.assignee:
        relationships["assignee"] = {"data": {"type": "user", "id": new.assignee.id}}
    body = case_body(attributes)
    body["data"]["relationships"] = relationships
    return body


def custom_value(value: CustomValue) -> dict[str, Any]:
    """The value of a custom attribute: a list only where there may be several."""
    values: list[str | float] = [
        int(one) if isinstance(one, float) and one.is_integer() else one for one in value.values
    ]
    given: Any = values if value.is_multi else values[0]
    return {"type": value.type, "is_multi": value.is_multi, "value": given}


def insights_body(insights: Iterable[Insight]) -> dict[str, Any]:
    """The body that adds insights to a case."""
    return case_body(
        {
            "insights": [
                {"type": one.type, "ref": one.ref, "resource_id": one.resource_id}
                for one in insights
            ]
        }
    )


def link_body(parent_id: str, relationship: str, child_id: str) -> dict[str, Any]:
    """The body that links two cases."""
    attributes = {
        "parent_entity_type": "CASE",
        "parent_entity_id": parent_id,
        "child_entity_type": "CASE",
        "child_entity_id": child_id,
        "relationship": relationship,
    }
    return {"data": {"type": "link", "attributes": attributes}}


def aggregate_body(query: str, fields: Sequence[str], limit: int) -> dict[str, Any]:
    """The body that asks for counts."""
    group_by = {"groups": list(fields), "limit": limit}
    attributes = {"query_filter": query, "group_by": group_by}
    return {"data": {"type": "aggregate", "attributes": attributes}}


def project_body(key: str, name: str) -> dict[str, Any]:
    """The body that creates a project."""
    return {"data": {"type": "project", "attributes": {"key": key, "name": name}}}


def view_body(name: str, query: str, project_id: str = "") -> dict[str, Any]:
    """The body that creates a view in a project; without one, the body that changes a view."""
    attributes = {"name": name, "query": query}
    if project_id:
        attributes["project_id"] = project_id
    return {"data": {"type": "view", "attributes": attributes}}
