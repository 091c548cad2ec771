"""A server whose every text is one that somebody thought up to do harm, or never thought about."""

from __future__ import annotations

from typing import Any

import httpx

SAMPLES = {
    "markup": "[@click=app.quit]click[/] [/x]",
    "controls": "\x1b]52;c;aGk=\x1b\\"
    "\x1b[31m\x9b2J\0\u202egnirts\u2066one\r\ntwo\tthree\x0b\x0c\x85\u2028",
    "long": "A" * 10_000,
    "empty": "",
    "wide": "磁盘已满👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u0301\u0301\u0301\u0301\u0301👍🏽请立即处理磁盘",
    "query": '"a" OR -b:(c',
}

WHEN = "2026-03-02T08:30:00Z"
CASES = 12
"""More than are changed without a question."""


def answer(request: httpx.Request, text: str) -> httpx.Response:
    """The answer to any request, with `text` wherever there can be a text."""
    path, method = request.url.path.removeprefix("/api/v2/"), request.method
    last = path.rpartition("/")[2]
    if method == "POST" and last in ("priority", "archive"):
        return httpx.Response(403, json={"errors": [{"title": text, "detail": text}]})
    if method == "POST" and last == "assign":
        return httpx.Response(400, text=f"<html><title>{text}</title></html>")
    if last in ("timelines", "comment"):
        return _answer([_cell(text, text), _cell(text, "COMMENT")])
    if path == "current_user":
        return _answer(_user("u1", text))
    if path == "users":
        return _answer([_user("u1", text), _user("u2", text), _user(text, text)])
    if path == "cases/projects":
        return _answer([_project("p1", text), _project("p2", text)])
    if path == "cases/types":
        return _answer([_type("t1", text), _type(text, text)])
    if path == "cases/types/custom_attributes":
        return _answer([_definition("d1", text), _definition("d2", f"{text}2")])
    if path == "cases/views":
        return _answer([_view("v1", text), _view("v2", f"{text}2")])
    if path == "cases/projects/favorites":
        return _answer([{"id": "p1", "type": "project_favorite"}])
    if path == "cases/link":
        return _answer([_link("1", text), _link("far", "BLOCKS")])
    if path == "/local/history":
        fields = (text, "title", "attributes", "status")
        return _answer([_change(field, text) for field in fields], included=[_user("u2", text)])
    if last == "watchers":
        who = {"user": {"data": {"id": "u1", "type": "users"}}}
        return _answer(
            [{"id": text, "type": "watcher", "relationships": who}], included=[_user("u1", text)]
        )
    if path == "cases/aggregate":
        groups = [{"group": [text, text], "value": [3]}, {"group": [text, "P1"], "value": [1]}]
        return _answer({"id": "a", "type": "aggregate", "attributes": {"groups": groups}})
    if path == "cases/count":
        return _answer(_count(request.url.params["group_bys"].split(","), text))
    if path == "cases" and method == "GET":
        return _search(request, text)
    return _answer(_case("0", text), included=[_user("u1", text)])


def _answer(data: Any, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": data, **more})


def _search(request: httpx.Request, text: str) -> httpx.Response:
    if request.url.params.get("filter") == "fails":
        return httpx.Response(400, json={"errors": [text]})
    return _answer(
        [_case(str(number), text) for number in range(CASES)],
        included=[_user("u1", text), _user("u2", text)],
        meta={"page": {"total": 1}, "total_cases": CASES},
    )


def _case(id: str, text: str) -> dict[str, Any]:
    custom = {"type": text, "is_multi": False, "value": text}
    several = {"type": text, "is_multi": True, "value": [text, text]}
    return {
        "id": id,
        "type": "case",
        "attributes": {
            "key": text,
            "title": text,
            "description": f"{text}\n# {text}\n- {text}\n```\n{text}\n```\n| {text} |",
            "public_id": text,
            "priority": text,
            "status": text,
            "status_name": text,
            "status_group": text if id == "1" else "SG_OPEN",
            "type": text,
            "type_id": "t1" if id == "0" else text or "t1",
            "created_at": WHEN,
            "modified_at": WHEN,
            "attributes": {text: [text, text], "team": [text]},
            "custom_attributes": {text: custom, f"{text}2": several},
            "insights": [{"type": text, "ref": text, "resource_id": text}],
            "comment_count": 1,
            "creation_source": text,
            "merge_status": text,
            "created_by_author": {"content": {"ID": "u2", "name": text, "email": text}},
            "jira_issue": {"status": text, "result": {"issue_key": text, "issue_url": text}},
            "service_now_ticket": {"status": text, "result": {"sys_target_link": text}},
            "due_date": text,
        },
        "relationships": {
            "assignee": {"data": {"id": "u1", "type": "user"}},
            "modified_by": {"data": {"id": "u2", "type": "user"}},
            "project": {"data": {"id": "p1", "type": "project"}},
        },
    }


def _user(id: str, text: str) -> dict[str, Any]:
    attributes = {"name": text, "email": text, "handle": text, "title": text, "active": True}
    return {"id": id, "type": "users", "attributes": attributes}


def _project(id: str, text: str) -> dict[str, Any]:
    return {"id": id, "type": "project", "attributes": {"key": text, "name": text}}


def _type(id: str, text: str) -> dict[str, Any]:
    options = {"status_options": [{"name": text}, {"name": f"{text}!"}], "default": text}
    statuses = {"open": options, "in_progress": options, "closed": options}
    attributes = {"name": text, "description": text, "emoji": text, "statuses_config": statuses}
    return {"id": id, "type": "case_type", "attributes": attributes}


def _definition(id: str, text: str) -> dict[str, Any]:
    data = {"options": [{"value": text}, {"value": f"{text}2"}]}
    attributes = {
        "key": text,
        "display_name": text,
        "description": text,
        "type": "SELECT" if id == "d1" else "TEXT",
        "is_multi": False,
        "case_type_id": "t1",
        "type_data": data,
    }
    return {"id": id, "type": "custom_attribute", "attributes": attributes}


def _view(id: str, text: str) -> dict[str, Any]:
    return {"id": id, "type": "view", "attributes": {"name": text, "query": text}}


def _link(other: str, text: str) -> dict[str, Any]:
    attributes = {
        "parent_entity_type": "CASE",
        "parent_entity_id": "0",
        "child_entity_type": "CASE",
        "child_entity_id": other,
        "relationship": text,
    }
    return {"id": f"link {other}", "type": "link", "attributes": attributes}


def _change(field: str, text: str) -> dict[str, Any]:
    return {
        "id": f"change of {field}",
        "type": "case_history",
        "attributes": {"at": WHEN, "field": field, "case_key": text, "old": text, "new": [text]},
        "relationships": {"by": {"data": {"id": "u2", "type": "users"}}},
    }


def _count(fields: list[str], text: str) -> dict[str, Any]:
    values = [{"value": text, "count": 3}, {"value": f"{text}2", "count": 1}]
    groups = [{"group": field, "group_values": values} for field in fields]
    return {"id": "count", "type": "count", "attributes": {"groups": groups}}


def _cell(text: str, kind: str) -> dict[str, Any]:
    author = {"content": {"ID": "u1", "name": text, "email": text, "handle": text}}
    return {
        "id": text + kind,
        "type": "timeline_cell",
        "attributes": {
            "type": kind,
            "author": author,
            "cell_content": {"message": text},
            "created_at": WHEN,
            "modified_at": "2026-03-02T08:40:00Z",
        },
    }
