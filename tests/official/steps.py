"""The calls, in an order in which each has something to work on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.official.client import Watched

STANDARD = "00000000-0000-0000-0000-000000000001"
SECURITY = "00000000-0000-0000-0000-000000000003"
NOWHERE = "f0000000-0000-4000-8000-00000000dead"


def body(kind: str, attributes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The body of a request about such a resource."""
    given = {"attributes": attributes} if attributes is not None else {}
    return {"data": {"type": kind, **given, **more}}


def new_case(project: str, title: str, **attributes: Any) -> dict[str, Any]:
    related = {"project": {"data": {"type": "project", "id": project}}}
    attributes = {"title": title, "type_id": STANDARD} | attributes
    return body("case", attributes, relationships=related)


def run(client: Watched) -> None:
    """Make every call at least once."""
    me = client.call("get_current_user").data.id
    ann = users(client, me)
    project, other = projects(client)
    case = cases(client, project, other, me, ann)
    searches(client, project)
    conversation(client, case, ann)
    tickets(client, case)
    rules(client, project)
    types(client, project)
    windows(client)
    client.call("delete_project", other)
    client.refused(404, "get_project", other)
    assert other not in {found.id for found in client.call("get_projects").data}


def users(client: Watched, me: str) -> str:
    """Id of a new user."""
    email = f"ann-{uuid.uuid4().hex}@example.com"
    ann = client.call("create_user", body("users", {"email": email, "name": "Ann", "title": "SRE"}))
    id = str(ann.data.id)
    assert (ann.data.attributes.email, ann.data.attributes.name) == (email, "Ann")
    assert client.call("get_user", id).data.attributes.title == "SRE"
    client.call("update_user", id, body("users", {"name": "Ann Other"}, id=id))
    assert client.call("get_user", id).data.attributes.name == "Ann Other"
    found = client.call("list_users", filter=email, page_size=5, sort="name")
    assert [user.id for user in found.data] == [id]
    assert found.meta.page.total_filtered_count == 1
    assert me in {user.id for user in client.call("list_users_with_pagination", page_size=1)}
    names = {p.attributes.name for p in client.call("list_user_permissions", me).data}
    assert {"cases_read", "cases_write", "cases_shared_settings_write"} <= names
    gone = client.call("create_user", body("users", {"email": f"x{email}"})).data.id
    client.call("disable_user", gone)
    assert client.call("get_user", gone).data.attributes.disabled
    client.refused(404, "get_user", NOWHERE)
    return id


def projects(client: Watched) -> tuple[str, str]:
    """Ids of two new projects."""
    ids = []
    for name in ("First", "Second"):
        key = "K" + uuid.uuid4().hex[:8].upper()
        made = client.call("create_project", body("project", {"key": key, "name": name})).data
        assert (made.attributes.key, made.attributes.name) == (key, name)
        ids.append(str(made.id))
    first, second = ids
    settings = {"notification": {"enabled": False, "destinations": [1, 2]}}
    changed = client.call(
        "update_project", first, body("project", {"name": "Renamed", "settings": settings})
    ).data.attributes
    assert (changed.name, changed.settings.notification.enabled) == ("Renamed", False)
    assert client.call("get_project", first).data.attributes.name == "Renamed"
    assert set(ids) <= {project.id for project in client.call("get_projects").data}
    client.call("favorite_case_project", first)
    favorites = client.call("list_user_case_project_favorites").data
    assert [favorite.id for favorite in favorites] == [first]
    client.call("unfavorite_case_project", first)
    assert client.call("list_user_case_project_favorites").data == []
    return first, second


def cases(client: Watched, project: str, other: str, me: str, ann: str) -> str:
    """Id of a case that every change of a case has been made on."""
    made = client.call("create_case", new_case(project, "Disk full", priority="P2")).data
    id = str(made.id)
    shown = made.attributes
    assert (shown.title, str(shown.priority), str(shown.status)) == ("Disk full", "P2", "OPEN")
    assert made.relationships.created_by.data.id == me

    def change(name: str, attributes: dict[str, Any] | None = None) -> Any:
        return client.call(name, id, body=body("case", attributes)).data

    assert str(change("update_status", {"status": "IN_PROGRESS"}).attributes.status_name) == (
        "In Progress"
    )
    assert str(change("update_status", {"status_name": "Closed"}).attributes.status) == "CLOSED"
    assert change("update_status", {"status": "OPEN"}).attributes.get("closed_at") is None
    assert str(change("update_priority", {"priority": "P1"}).attributes.priority) == "P1"
    assert change("assign_case", {"assignee_id": ann}).relationships.assignee.data.id == ann
    assert change("unassign_case").relationships.get("assignee") is None
    assert change("archive_case").attributes.archived_at is not None
    assert change("unarchive_case").attributes.get("archived_at") is None
    assert change("update_case_title", {"title": "Disk ünder 1 %"}).attributes.title == (
        "Disk ünder 1 %"
    )
    described = change("update_case_description", {"description": "Two\nlines"})
    assert described.attributes.description == "Two\nlines"
    tagged = change("update_attributes", {"attributes": {"service": ["web", "api"]}})
    assert tagged.attributes.attributes["service"] == ["web", "api"]
    due = change("update_case_due_date", {"due_date": "2026-12-31"})
    assert str(due.attributes["due_date"]) == "2026-12-31"
    insight = {"type": "MONITOR", "ref": "/monitors/1", "resource_id": "1"}
    assert change("add_case_insights", {"insights": [insight]}).attributes["insights"] == [insight]
    assert change("remove_case_insights", {"insights": [insight]}).attributes["insights"] == []
    target = {"data": {"type": "project", "id": other}}
    key = client.call("get_case", id).data.attributes.key
    moved = client.call("move_case_to_project", id, target).data
    assert moved.relationships.project.data.id == other
    assert moved.attributes.key != key
    assert client.call("get_case", moved.attributes.key).data.id == id
    client.refused(404, "get_case", key)
    client.call("move_case_to_project", id, {"data": {"type": "project", "id": project}})
    leak = new_case(project, "Leak", type_id=SECURITY)
    client.refused(400, "update_case_resolved_reason", id, reason())
    made = client.call("create_case", leak).data
    resolved = client.call("update_case_resolved_reason", made.id, reason()).data
    assert resolved.attributes["security_resolved_reason"] == "FALSE_POSITIVE"
    return id


def reason() -> dict[str, Any]:
    return body("case", {"security_resolved_reason": "FALSE_POSITIVE"})


def searches(client: Watched, project: str) -> None:
    key = client.call("get_project", project).data.attributes.key
    ids = [
        str(client.call("create_case", new_case(project, f"Batch {n}")).data.id) for n in range(23)
    ]
    query = f"project:{key} Batch"
    page = client.call("search_cases", filter=query, page_size=10, sort_field="priority")
    assert (len(page.data), page.meta.page.total, page.meta.page.current) == (10, 3, 1)
    found = client.call("search_cases_with_pagination", filter=query, page_size=10, sort_asc=True)
    assert [case.id for case in found] == ids
    client.call("bulk_update_cases", bulk("priority", ids, priority="P3"))
    counted = client.call("count_cases", query_filter=query, group_bys="priority,status", limit=5)
    [priorities, statuses] = counted.data.attributes.groups
    assert [(v.value, v.count) for v in priorities.group_values if v.count] == [("P3", 23)]
    assert sum(v.count for v in statuses.group_values) == 23
    asked = {"query_filter": query, "group_by": {"groups": ["priority"], "limit": 10}}
    totals = client.call("aggregate_cases", body("aggregate", asked)).data.attributes
    assert (totals.total, [(g.group, g.value) for g in totals.groups]) == (23, [("P3", [23])])
    for action in ("archive", "unarchive", "unassign"):
        client.call("bulk_update_cases", bulk(action, ids))
    client.call("bulk_update_cases", bulk("status", ids, status="CLOSED"))
    closed = client.call("search_cases", filter=f"project:{key} status:closed")
    assert closed.meta.page.size == 10


def bulk(action: str, ids: list[str], **payload: str) -> dict[str, Any]:
    return body("bulk", {"type": action, "case_ids": ids, "payload": payload})


def conversation(client: Watched, case: str, ann: str) -> None:
    written = client.call("comment_case", case, body("case", {"comment": "**On** it"})).data
    assert message(written[0]) == "**On** it"
    cell = written[0].id
    client.call("update_case_comment", case, cell, body("case", {"comment": "Done"}))
    client.call("comment_case", case, body("case", {"comment": "Second"}))
    listed = client.call("list_case_timeline", case, page_size=1, page_number=1).data
    assert [message(one) for one in listed] == ["Done"]
    listed = client.call("list_case_timeline", case, sort_ascending=True).data
    assert [message(one) for one in listed] == ["Done", "Second"]
    client.call("delete_case_comment", case, cell)
    client.refused(404, "delete_case_comment", case, cell)
    client.call("watch_case", case, ann)
    watching = client.call("list_case_watchers", case).data
    assert ann in {watcher.relationships.user.data.id for watcher in watching}
    client.call("unwatch_case", case, ann)
    other = client.call("search_cases", filter="Batch", page_size=1).data[0].id
    ends = {
        "parent_entity_type": "CASE",
        "parent_entity_id": case,
        "child_entity_type": "CASE",
        "child_entity_id": other,
        "relationship": "BLOCKS",
    }
    link = client.call("create_case_link", body("link", ends)).data
    assert link.attributes.to_dict() == ends
    for end in (case, other):
        found = client.call("list_case_links", "CASE", end, relationship="BLOCKS").data
        assert [one.id for one in found] == [link.id]
    client.call("delete_case_link", link.id)
    assert client.call("list_case_links", entity_type="CASE", entity_id=case).data == []


def message(cell: Any) -> str:
    return str(cell.attributes.cell_content.message)


def tickets(client: Watched, case: str) -> None:
    url = "https://jira.example.com/browse/OPS-12"
    client.call("link_jira_issue_to_case", case, body("issues", {"jira_issue_url": url}))
    issue = client.call("get_case", case).data.attributes.jira_issue
    assert (issue.result.issue_key, issue.result.issue_url) == ("OPS-12", url)
    client.call("unlink_jira_issue", case)
    assert client.call("get_case", case).data.attributes.get("jira_issue") is None
    incident = {"data": {"type": "incidents", "id": str(uuid.uuid4())}}
    assert client.call("link_incident", case, incident).data.id == case
    wanted = {"jira_account_id": "1", "project_id": "2", "issue_type_id": "3"}
    client.refused(400, "create_case_jira_issue", case, body("issues", wanted))
    ticket = body("tickets", {"instance_name": "acme"})
    client.refused(400, "create_case_service_now_ticket", case, ticket)
    client.refused(400, "create_case_notebook", case, body("notebook"))


def rules(client: Watched, project: str) -> None:
    recipient = {"type": "EMAIL", "data": {"email": "ops@example.com"}}
    told = {"recipients": [recipient], "triggers": [{"type": "CASE_CREATED", "data": {}}]}
    rule = client.call(
        "create_project_notification_rule",
        project,
        body("notification_rule", {**told, "is_enabled": True, "query": "priority:P1"}),
    ).data
    assert rule.attributes.recipients[0].data.email == "ops@example.com"
    update = body("notification_rule", {**told, "is_enabled": False})
    client.call("update_project_notification_rule", project, rule.id, update)
    [found] = client.call("get_project_notification_rules", project).data
    assert (found.id, found.attributes.is_enabled) == (rule.id, False)
    views(client, project, rule.id)
    client.call("delete_project_notification_rule", project, rule.id)
    assert client.call("get_project_notification_rules", project).data == []

    wanted = {
        "name": "Page",
        "trigger": {"type": "STATUS_TRANSITIONED", "data": {"to_status_name": "Closed"}},
        "action": {"type": "EXECUTE_WORKFLOW", "data": {"handle": "page"}},
    }
    made = client.call("create_case_automation_rule", project, body("rule", wanted)).data
    assert made.attributes.trigger.data.to_status_name == "Closed"
    assert client.call("get_case_automation_rule", project, made.id).data.attributes.name == "Page"
    changed = client.call(
        "update_case_automation_rule", project, made.id, body("rule", {**wanted, "name": "Call"})
    ).data
    assert changed.attributes.name == "Call"
    for name, state in (("disable", "DISABLED"), ("enable", "ENABLED")):
        after = client.call(f"{name}_case_automation_rule", project, made.id).data
        assert str(after.attributes.state) == state
    assert [r.id for r in client.call("list_case_automation_rules", project).data] == [made.id]
    client.call("delete_case_automation_rule", project, made.id)
    client.refused(404, "get_case_automation_rule", project, made.id)


def views(client: Watched, project: str, rule: str) -> None:
    wanted = {"name": "Mine", "query": "status:open", "project_id": project, "np_rule_id": rule}
    view = client.call("create_case_view", body("view", wanted)).data
    assert (view.attributes.name, view.attributes.np_rule_id) == ("Mine", rule)
    assert view.relationships.project.data.id == project
    client.call("update_case_view", view.id, body("view", {"name": "Ours"}))
    shown = client.call("get_case_view", view.id).data.attributes
    assert (shown.name, shown.query) == ("Ours", "status:open")
    assert [one.id for one in client.call("list_case_views", project).data] == [view.id]
    client.call("delete_case_view", view.id)
    client.refused(404, "get_case_view", view.id)


def types(client: Watched, project: str) -> None:
    made = client.call(
        "create_case_type",
        body("case_type", {"name": "Bug", "description": "A defect", "emoji": "🐛"}),
    ).data
    assert (made.attributes.name, made.attributes.emoji) == ("Bug", "🐛")
    changed = client.call(
        "update_case_type", made.id, body("case_type", {"name": "Defect", "emoji": "🐞"})
    ).data
    assert changed.attributes.name == "Defect"
    assert made.id in {one.id for one in client.call("get_all_case_types").data}
    custom_attributes(client, made.id, project)
    client.call("delete_case_type", made.id)
    client.call("delete_case_type", made.id)
    [gone] = [one for one in client.call("get_all_case_types").data if one.id == made.id]
    assert gone.attributes.deleted_at is not None


def custom_attributes(client: Watched, type_id: str, project: str) -> None:
    ids = {}
    for kind, is_multi in (("TEXT", True), ("NUMBER", False), ("NUMBER", True), ("URL", False)):
        key = f"{kind.lower()}_{'many' if is_multi else 'one'}_{uuid.uuid4().hex[:6]}"
        wanted = {"key": key, "display_name": "Shown", "type": kind, "is_multi": is_multi}
        made = client.call(
            "create_custom_attribute_config", type_id, body("custom_attribute", wanted)
        ).data
        assert (made.attributes.key, made.attributes.case_type_id) == (key, type_id)
        ids[key] = str(made.id)
    listed = client.call("get_all_custom_attribute_configs_by_case_type", type_id).data
    assert {one.id for one in listed} == set(ids.values())
    every = client.call("get_all_custom_attributes").data
    assert set(ids.values()) <= {one.id for one in every}
    first = next(iter(ids))
    renamed = client.call(
        "update_custom_attribute_config",
        type_id,
        ids[first],
        body("custom_attribute", {"display_name": "Renamed"}),
    ).data
    assert renamed.attributes.display_name == "Renamed"
    values(client, type_id, project, list(ids))
    for id in ids.values():
        client.call("delete_custom_attribute_config", type_id, id)


def values(client: Watched, type_id: str, project: str, keys: list[str]) -> None:
    """Custom attributes of a case."""
    case = client.call("create_case", new_case(project, "Custom", type_id=type_id)).data
    sent: dict[str, Any] = {}
    for key, (kind, is_multi, value) in zip(
        keys,
        (
            ("TEXT", True, ["Abba", "The Cure"]),
            ("NUMBER", False, 90.5),
            ("NUMBER", True, [1.5, 2.0]),
            ("URL", False, "https://example.com/a"),
        ),
        strict=True,
    ):
        wanted = {"type": kind, "is_multi": is_multi, "value": value}
        sent[key] = wanted
        client.call("update_case_custom_attribute", case.id, key, body("case", wanted))
    shown = client.call("get_case", case.id).data.attributes
    assert {key: one.to_dict() for key, one in shown.custom_attributes.items()} == sent
    client.call("delete_case_custom_attribute", case.id, keys[0])
    assert keys[0] not in client.call("get_case", case.id).data.attributes.custom_attributes


def windows(client: Watched) -> None:
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    wanted = {
        "name": "Upgrade",
        "query": "project:SEC",
        "start_at": start,
        "end_at": start.replace(hour=10),
    }
    made = client.call("create_maintenance_window", body("maintenance_window", wanted)).data
    assert (made.attributes.start_at, made.attributes.query) == (start, "project:SEC")
    changed = client.call(
        "update_maintenance_window", made.id, body("maintenance_window", {"name": "Later"})
    ).data
    assert (changed.attributes.name, changed.attributes.start_at) == ("Later", start)
    assert made.id in {one.id for one in client.call("list_maintenance_windows").data}
    client.call("delete_maintenance_window", made.id)
    assert made.id not in {one.id for one in client.call("list_maintenance_windows").data}
