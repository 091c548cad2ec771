"""What may be set for a project: its settings and the columns of its board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage_tui.server.bodies import Fields
from triage_tui.server.refusals import bad_request

NESTING_LIMIT = 20
"""Levels that a value of any shape may have."""


@dataclass(frozen=True, slots=True)
class _Number:
    low: int
    high: int = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _ListOf:
    shape: _Shape


@dataclass(frozen=True, slots=True)
class _MapOf:
    """An object whose members may have any name."""

    shape: _Shape


class _Anything:
    pass


# `str` and `bool` stand for themselves, a mapping for an object with these members.
_Shape = type[str] | type[bool] | _Number | _ListOf | _MapOf | _Anything | Mapping[str, "_Shape"]

_SYNC: _Shape = {"sync_type": str}
_MAPPED_SYNC: _Shape = {
    "mapping": _MapOf(str),
    "name_mapping": _MapOf(str),
    "sync_type": str,
}

_SETTINGS: Mapping[str, _Shape] = {
    "auto_close_inactive_cases": {"enabled": bool, "max_inactive_time_in_secs": _Number(1)},
    "auto_transition_assigned_cases": {"auto_transition_assigned_cases_on_self_assigned": bool},
    "integration_incident": {
        "auto_escalation_query": str,
        "default_incident_commander": str,
        "enabled": bool,
        "field_mappings": _ListOf({"case_field": str, "incident_user_defined_field_id": str}),
        "incident_type": str,
        "severity_config": {"priority_mapping": _MapOf(str)},
    },
    "integration_jira": {
        "auto_creation": {"enabled": bool},
        "enabled": bool,
        "metadata": {"account_id": str, "issue_type_id": str, "project_id": str},
        "sync": {
            "enabled": bool,
            "properties": {
                "assignee": _SYNC,
                "comments": _SYNC,
                "custom_fields": _MapOf({"sync_type": str, "value": _Anything()}),
                "description": _SYNC,
                "due_date": {"jira_field_id": str, "sync_type": str},
                "priority": _MAPPED_SYNC,
                "status": _MAPPED_SYNC,
                "title": _SYNC,
            },
        },
    },
    "integration_monitor": {
        "auto_resolve_enabled": bool,
        "case_type_id": str,
        "enabled": bool,
        "handle": str,
    },
    "integration_on_call": {
        "auto_assign_on_call": bool,
        "enabled": bool,
        "escalation_queries": _ListOf(
            {
                "enabled": bool,
                "id": str,
                "query": str,
                "target": {"dynamic_team_paging": bool, "team_id": str, "user_id": str},
            }
        ),
    },
    "integration_service_now": {
        "assignment_group": str,
        "auto_creation": {"enabled": bool},
        "enabled": bool,
        "instance_name": str,
        "sync_config": {
            "enabled": bool,
            "properties": {
                "comments": _SYNC,
                "priority": {
                    "impact_mapping": _MapOf(str),
                    "sync_type": str,
                    "urgency_mapping": _MapOf(str),
                },
                "status": _MAPPED_SYNC,
            },
        },
    },
    "notification": {
        # 1 is e-mail, 2 Slack, 3 in the app.
        "destinations": _ListOf(_Number(1, 3)),
        "enabled": bool,
        "notify_on_case_assignment": bool,
        "notify_on_case_closed": bool,
        "notify_on_case_comment": bool,
        "notify_on_case_comment_mention": bool,
        "notify_on_case_priority_change": bool,
        "notify_on_case_status_change": bool,
        "notify_on_case_unassignment": bool,
    },
}

_COLUMNS: Mapping[str, _Shape] = {
    "columns": _ListOf(
        {
            "sort": {"ascending": bool, "priority": _Number(-(2**31))},
            "sort_field": str,
            "type": str,
        }
    )
}

DEFAULT_SETTINGS: Mapping[str, Any] = {
    "notification": {
        "destinations": [1],
        "enabled": True,
        "notify_on_case_assignment": True,
        "notify_on_case_closed": True,
        "notify_on_case_comment": True,
        "notify_on_case_comment_mention": True,
        "notify_on_case_priority_change": True,
        "notify_on_case_status_change": True,
        "notify_on_case_unassignment": True,
    }
}
"""What holds for a project until somebody says otherwise."""


def settings(attributes: Fields) -> dict[str, Any]:
    """The settings that a request names, checked; unknown ones are left out."""
    return _members(attributes.object("settings"), _SETTINGS)


def columns(attributes: Fields) -> dict[str, Any]:
    """The columns of the board that a request names, checked; empty if it names none."""
    return _members(attributes.object("columns_config"), _COLUMNS)


def merged(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings `kept` with those `given` laid over, member by member; a list counts as one."""
    result = dict(kept)
    for name, value in given.items():
        old = result.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = merged(old, value)
        result[name] = value
    return dict(sorted(result.items()))


def _members(fields: Fields, shapes: Mapping[str, _Shape]) -> dict[str, Any]:
    return {name: _read(fields, name, shapes[name]) for name in shapes if fields.has(name)}


def _read(fields: Fields, name: str, shape: _Shape) -> Any:
    """The member `name`, which is there, as `shape` has it."""
    match shape:
        case _Number():
            return fields.integer(name, low=shape.low, high=shape.high)
        case _ListOf():
            # Each item is read as a member of its own, so that what is wrong with it is told with
            # the name of the list.
            items = fields.items(name)
            return [_read(Fields({name: item}), name, shape.shape) for item in items]
        case _MapOf():
            found = fields.object(name)
            return {key: _read(found, key, shape.shape) for key in found.members if found.has(key)}
        case _Anything():
            return _shallow(fields.members[name])
        case Mapping():
            return _members(fields.object(name), shape)
        case _:
            return fields.flag(name) if shape is bool else fields.text(name)


def _shallow(value: object, levels: int = NESTING_LIMIT) -> object:
    """The value; it must not be nested so deep that it could not be written again."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and not levels:
        raise bad_request(f"a value may have {NESTING_LIMIT} levels at most")
    for item in inner:
        _shallow(item, levels - 1)
    return value
