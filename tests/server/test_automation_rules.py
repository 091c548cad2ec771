"""The contract of automation rules, and of what all rules have in common, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import (
    BY_ANN,
    NOW_TEXT,
    NOWHERE,
    bad_request,
    bad_type,
    check,
    not_a_uuid,
    not_found,
    not_one_of,
)
from tests.server.conftest import OPS
from tests.server.kept_rules import (
    OF_SEC,
    RUN,
    RUN_ATTRIBUTES,
    RUNS,
    TELL,
    TELL_ATTRIBUTES,
    TELLS,
    TRIGGER_TYPES,
    keep_rules,
    run,
    run_body,
    tell_body,
)
from triage_tui.server.store import Store
from triage_tui.server.tables import records
from triage_tui.server.tables.records import AUTOMATION_RULE, NOTIFICATION_RULE


@pytest.fixture(autouse=True)
def _kept(store: Store) -> None:
    keep_rules(store)


async def test_an_automation_rule_is_created_and_found(http: httpx.AsyncClient) -> None:
    given = {
        "action": {
            "data": {"agent_type": "triage", "assigned_agent_id": "7'"},
            "type": "ASSIGN_AGENT",
        },
        "name": "\u202eAsk \U0001f9ef\0 ",
        "trigger": {"type": "COMMENT_ADDED"},
    }
    response = await http.post(RUNS, json=run_body(**given, created_at="x"))
    rule_id = response.json()["data"]["id"]
    created = {
        "id": rule_id,
        "type": "rule",
        "attributes": {"created_at": NOW_TEXT, "state": "ENABLED", **given},
        "relationships": {"created_by": BY_ANN},
    }
    check(response, 201, {"data": created})
    check(await http.get(f"{RUNS}/{rule_id.upper()}"), 200, {"data": created})
    check(await http.get(RUNS), 200, {"data": [run(), created]})
    assert list(response.json()["data"]["attributes"]) == [
        "action",
        "created_at",
        "name",
        "state",
        "trigger",
    ]


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "CASE_CREATED", "data": {}},
        {"type": "STATUS_TRANSITIONED", "data": {"to_status_name": "Closed"}},
        {
            "type": "ATTRIBUTE_VALUE_CHANGED",
            "data": {"change_type": "ANY_CHANGES", "field": "team"},
        },
        {"type": "EVENT_CORRELATION_SIGNAL_CORRELATED"},
        {"type": "CASE_REVIEW_APPROVED", "data": {"approval_type": "APPROVED"}},
        {"type": "COMMENT_ADDED"},
    ],
)
async def test_when_a_rule_runs(http: httpx.AsyncClient, trigger: dict[str, Any]) -> None:
    body = run_body(**RUN_ATTRIBUTES | {"state": "DISABLED", "trigger": trigger})
    response = await http.post(RUNS, json=body)
    attributes = response.json()["data"]["attributes"]
    assert (response.status_code, attributes["trigger"]) == (201, trigger)
    assert attributes["state"] == "DISABLED"


@pytest.mark.parametrize(
    ("attributes", "answer"),
    [
        ({"name": None}, bad_request("")),
        ({"name": " "}, bad_request("")),
        ({"trigger": None}, bad_request("")),
        ({"action": None}, bad_request("")),
        ({"action": {"type": "EXECUTE_WORKFLOW"}}, bad_request("")),
        ({"name": 7}, bad_request('error decoding attribute "name": invalid type number')),
        ({"trigger": "x"}, bad_request('error decoding attribute "trigger": invalid type string')),
        ({"action": []}, bad_request('error decoding attribute "action": invalid type array')),
        ({"state": 1}, bad_request('error decoding attribute "state": invalid type number')),
        ({"state": "enabled"}, not_one_of("state enabled. Must be one of ENABLED, DISABLED")),
        (
            {"trigger": {"type": "case_created"}},
            not_one_of(
                f"trigger type case_created. Must be one of {TRIGGER_TYPES}, "
                "CASE_REVIEW_APPROVED, COMMENT_ADDED"
            ),
        ),
        (
            {"trigger": {"type": "ATTRIBUTE_VALUE_CHANGED"}},
            bad_request("trigger type ATTRIBUTE_VALUE_CHANGED needs field in its data"),
        ),
        (
            {
                "trigger": {
                    "type": "ATTRIBUTE_VALUE_CHANGED",
                    "data": {"field": "team", "change_type": "added"},
                }
            },
            not_one_of("change_type added. Must be one of VALUE_ADDED, VALUE_DELETED, ANY_CHANGES"),
        ),
        (
            {"action": {"type": "PANIC", "data": {}}},
            not_one_of("action type PANIC. Must be one of EXECUTE_WORKFLOW, ASSIGN_AGENT"),
        ),
        (
            {"action": {"type": "EXECUTE_WORKFLOW", "data": {"agent_type": "x"}}},
            bad_request("action type EXECUTE_WORKFLOW needs handle in its data"),
        ),
        (
            {"action": {"type": "ASSIGN_AGENT", "data": {"agent_type": "x"}}},
            bad_request("action type ASSIGN_AGENT needs assigned_agent_id in its data"),
        ),
    ],
)
async def test_what_no_automation_rule_is_made_of(
    http: httpx.AsyncClient, attributes: dict[str, object], answer: object
) -> None:
    body = run_body(**RUN_ATTRIBUTES | attributes)
    check(await http.post(RUNS, json=body), 400, answer)
    check(await http.put(f"{RUNS}/{RUN}", json=body), 400, answer)
    check(await http.get(RUNS), 200, {"data": [run()]})


async def test_an_automation_rule_is_replaced_but_for_its_state(http: httpx.AsyncClient) -> None:
    given = {
        "action": {"data": {"handle": "stop"}, "type": "EXECUTE_WORKFLOW"},
        "name": "Stop",
        "trigger": {"data": {"field": "team"}, "type": "ATTRIBUTE_VALUE_CHANGED"},
    }
    answer = {"data": run(**given, modified_at=NOW_TEXT)}
    check(await http.put(f"{RUNS}/{RUN}", json=run_body(**given)), 200, answer)
    check(await http.get(f"{RUNS}/{RUN}"), 200, answer)
    answer = {"data": run(**given, modified_at=NOW_TEXT, state="DISABLED")}
    response = await http.put(f"{RUNS}/{RUN}", json=run_body(**given, state="DISABLED"))
    check(response, 200, answer)


@pytest.mark.parametrize(
    "data",
    [
        {"type": "rule"},
        {"type": "rule", "attributes": RUN_ATTRIBUTES},
        {"type": "rule", "attributes": RUN_ATTRIBUTES | {"state": None}},
    ],
)
async def test_an_update_of_an_automation_rule_that_changes_nothing(
    http: httpx.AsyncClient, data: dict[str, object]
) -> None:
    check(await http.put(f"{RUNS}/{RUN}", json={"data": data}), 200, {"data": run()})


async def test_an_automation_rule_is_turned_off_and_on(http: httpx.AsyncClient) -> None:
    check(await http.post(f"{RUNS}/{RUN}/enable"), 200, {"data": run()})
    off = {"data": run(state="DISABLED", modified_at=NOW_TEXT)}
    for _ in range(2):
        check(await http.post(f"{RUNS}/{RUN}/disable"), 200, off)
    on = {"data": run(modified_at=NOW_TEXT)}
    check(await http.post(f"{RUNS}/{RUN}/enable"), 200, on)
    check(await http.get(f"{RUNS}/{RUN}"), 200, on)


async def test_an_automation_rule_is_deleted_once(http: httpx.AsyncClient) -> None:
    response = await http.delete(f"{RUNS}/{RUN}")
    assert (response.status_code, response.content) == (204, b"")
    check(await http.delete(f"{RUNS}/{RUN}"), 404, not_found("rule"))
    check(await http.get(RUNS), 200, {"data": []})


# Rules of both kinds


async def test_the_types_of_rules(http: httpx.AsyncClient) -> None:
    wrong = bad_type("rule", "notification_rule")
    check(await http.post(TELLS, json=run_body()), 400, wrong)
    check(await http.put(f"{TELLS}/{NOWHERE}", json=run_body()), 400, wrong)
    wrong = bad_type("notification_rule", "rule")
    check(await http.post(RUNS, json=tell_body()), 400, wrong)
    check(await http.put(f"{RUNS}/{NOWHERE}", json=tell_body()), 400, wrong)


ONE_RULE = [
    ("PUT", "notification_rules", ""),
    ("DELETE", "notification_rules", ""),
    ("GET", "rules", ""),
    ("PUT", "rules", ""),
    ("DELETE", "rules", ""),
    ("POST", "rules", "/enable"),
    ("POST", "rules", "/disable"),
]


@pytest.mark.parametrize(("method", "kind", "rest"), ONE_RULE)
async def test_rules_that_there_are_not(
    http: httpx.AsyncClient, method: str, kind: str, rest: str
) -> None:
    body, what, name, others = (
        (tell_body(), "notification rule", "NotificationRuleID", RUN)
        if kind == "notification_rules"
        else (run_body(**RUN_ATTRIBUTES), "rule", "RuleID", TELL)
    )
    projects = "/api/v2/cases/projects"

    async def asked(project_id: str, rule_id: str) -> httpx.Response:
        path = f"{projects}/{project_id}/{kind}/{rule_id}{rest}"
        return await http.request(method, path, json=body)

    for rule_id in (NOWHERE, others, OF_SEC):
        check(await asked(OPS.id, rule_id), 404, not_found(what))
    check(await asked(NOWHERE, TELL), 404, not_found("project"))
    for text in ("OPS", "%00", "'", "x" * 3000):
        check(await asked(OPS.id, text), 400, not_a_uuid(name))
        check(await asked(text, RUN), 400, not_a_uuid("ProjectID"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [("notification_rules", tell_body(**TELL_ATTRIBUTES)), ("rules", run_body(**RUN_ATTRIBUTES))],
)
async def test_rules_of_an_unknown_project(
    http: httpx.AsyncClient, kind: str, body: object
) -> None:
    for project_id, status, answer in (
        (NOWHERE, 404, not_found("project")),
        ("OPS", 400, not_a_uuid("ProjectID")),
    ):
        path = f"/api/v2/cases/projects/{project_id}/{kind}"
        check(await http.get(path), status, answer)
        check(await http.post(path, json=body), status, answer)


async def test_rules_go_with_their_project(http: httpx.AsyncClient, store: Store) -> None:
    await http.delete(f"/api/v2/cases/projects/{OPS.id}")
    with store.reading() as db:
        assert records.all_of(db, NOTIFICATION_RULE) == []
        assert [rule.id for rule in records.all_of(db, AUTOMATION_RULE)] == [OF_SEC]
