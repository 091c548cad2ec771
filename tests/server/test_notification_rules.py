"""The contract of notification rules, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import (
    bad_request,
    check,
    not_found,
    not_one_of,
)
from tests.server.contract import check_declared
from tests.server.kept_rules import (
    TELL,
    TELL_ATTRIBUTES,
    TELLS,
    TRIGGER_TYPES,
    keep_rules,
    tell,
    tell_body,
)
from triage_tui.server.store import Store

PATH = "/api/v2/cases/projects/{project_id}/notification_rules"


@pytest.fixture(autouse=True)
def _kept(store: Store) -> None:
    keep_rules(store)


async def test_a_notification_rule_is_created_and_listed(http: httpx.AsyncClient) -> None:
    given = {"recipients": TELL_ATTRIBUTES["recipients"], "triggers": [{"type": "CASE_CREATED"}]}
    response = await http.post(TELLS, json=tell_body(**given, shoes=44))
    created = {
        "id": response.json()["data"]["id"],
        "type": "notification_rule",
        "attributes": {"is_enabled": True, **given},
    }
    check(response, 201, {"data": created})
    check(await http.get(TELLS), 200, {"data": [tell(), created]})
    attributes = (await http.get(TELLS)).json()["data"][0]["attributes"]
    assert list(attributes) == ["is_enabled", "query", "recipients", "triggers"]


@pytest.mark.parametrize(
    "recipient",
    [
        {"type": "EMAIL", "data": {"email": "\u202eann'--\U0001f9ef@example.com"}},
        {"type": "HTTP", "data": {"name": "hook\0 "}},
        {"type": "PAGERDUTY_SERVICE", "data": {"service_name": "web"}},
        {"type": "SLACK_CHANNEL", "data": {"channel": "#ops", "workspace": "acme"}},
        {"type": "SLACK_CHANNEL", "data": {"channel_id": "C1", "workspace_id": "T1"}},
        {"type": "SLACK_CHANNEL", "data": {"channel": "", "channel_id": "C1"}},
        {"type": "MS_TEAMS_CHANNEL", "data": {"connector_name": "ops"}},
        {
            "type": "MS_TEAMS_CHANNEL",
            "data": {
                "channel_id": "1",
                "channel_name": "ops",
                "team_id": "2",
                "team_name": "ops",
                "tenant_id": "3",
                "tenant_name": "acme",
            },
        },
    ],
)
async def test_whom_a_rule_tells(http: httpx.AsyncClient, recipient: dict[str, Any]) -> None:
    given = {**recipient, "data": {**recipient["data"], "shoes": "44"}}
    response = await http.put(f"{TELLS}/{TELL}", json=tell_body(recipients=[given]))
    assert (response.status_code, response.content) == (204, b"")
    check(listed := await http.get(TELLS), 200, {"data": [tell(recipients=[recipient])]})
    check_declared(listed, PATH, "GET")


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "CASE_CREATED", "data": {}},
        {"type": "STATUS_TRANSITIONED"},
        {"type": "STATUS_TRANSITIONED", "data": {"from_status": "1", "to_status": "2"}},
        {
            "type": "STATUS_TRANSITIONED",
            "data": {"from_status_name": "Open", "to_status_name": "Closed"},
        },
        {"type": "ATTRIBUTE_VALUE_CHANGED", "data": {"field": "team"}},
        {"type": "ATTRIBUTE_VALUE_CHANGED", "data": {"change_type": "added", "field": "team"}},
        {"type": "EVENT_CORRELATION_SIGNAL_CORRELATED"},
    ],
)
async def test_when_a_rule_tells(http: httpx.AsyncClient, trigger: dict[str, Any]) -> None:
    body = tell_body(triggers=[trigger, trigger])
    assert (await http.put(f"{TELLS}/{TELL}", json=body)).status_code == 204
    check(listed := await http.get(TELLS), 200, {"data": [tell(triggers=[trigger, trigger])]})
    check_declared(listed, PATH, "GET")


RECIPIENT_TYPES = "EMAIL, HTTP, MS_TEAMS_CHANNEL, PAGERDUTY_SERVICE, SLACK_CHANNEL"


@pytest.mark.parametrize(
    ("attributes", "answer"),
    [
        ({"recipients": []}, bad_request("give 1 to 100 recipients")),
        ({"triggers": []}, bad_request("give 1 to 100 triggers")),
        (
            {"triggers": [{"type": "CASE_CREATED"}] * 101},
            bad_request("give 1 to 100 triggers"),
        ),
        (
            {"recipients": {}},
            bad_request('error decoding attribute "recipients": invalid type object'),
        ),
        (
            {"triggers": ["x"]},
            bad_request('error decoding attribute "triggers": invalid type string'),
        ),
        (
            {"is_enabled": "yes"},
            bad_request('error decoding attribute "is_enabled": invalid type string'),
        ),
        ({"query": 1}, bad_request('error decoding attribute "query": invalid type number')),
        (
            {"recipients": [{"type": "PIGEON", "data": {}}]},
            not_one_of(f"recipient type PIGEON. Must be one of {RECIPIENT_TYPES}"),
        ),
        (
            {"recipients": [{"data": {"email": "ann@example.com"}}]},
            not_one_of(f"recipient type . Must be one of {RECIPIENT_TYPES}"),
        ),
        (
            {"recipients": [{"type": "EMAIL"}]},
            bad_request("recipient type EMAIL needs email in its data"),
        ),
        (
            {"recipients": [{"type": "EMAIL", "data": {"email": " "}}]},
            bad_request("recipient type EMAIL needs email in its data"),
        ),
        (
            {"recipients": [{"type": "EMAIL", "data": {"email": "ann"}}]},
            bad_request("ann is not an e-mail address"),
        ),
        (
            {"recipients": [{"type": "EMAIL", "data": {"email": ["a@b"]}}]},
            bad_request('error decoding attribute "email": invalid type array'),
        ),
        (
            {"recipients": [{"type": "EMAIL", "data": "a@b"}]},
            bad_request('error decoding attribute "data": invalid type string'),
        ),
        (
            {"recipients": [{"type": "HTTP", "data": {"email": "a@b"}}]},
            bad_request("recipient type HTTP needs name in its data"),
        ),
        (
            {"recipients": [{"type": "PAGERDUTY_SERVICE", "data": {}}]},
            bad_request("recipient type PAGERDUTY_SERVICE needs service_name in its data"),
        ),
        (
            {"recipients": [{"type": "SLACK_CHANNEL", "data": {"workspace": "acme"}}]},
            bad_request("recipient type SLACK_CHANNEL needs channel or channel_id in its data"),
        ),
        (
            {"recipients": [{"type": "MS_TEAMS_CHANNEL", "data": {"team_id": "2"}}]},
            bad_request(
                "recipient type MS_TEAMS_CHANNEL needs channel_id or channel_name or "
                "connector_name in its data"
            ),
        ),
        (
            {"triggers": [{"type": "COMMENT_ADDED"}]},
            not_one_of(f"trigger type COMMENT_ADDED. Must be one of {TRIGGER_TYPES}"),
        ),
        (
            {"triggers": [{"type": "ATTRIBUTE_VALUE_CHANGED", "data": {}}]},
            bad_request("trigger type ATTRIBUTE_VALUE_CHANGED needs field in its data"),
        ),
        (
            {
                "triggers": [
                    {
                        "type": "ATTRIBUTE_VALUE_CHANGED",
                        "data": {"field": "team", "change_type": "gone"},
                    }
                ]
            },
            not_one_of("change_type gone. Must be one of added, removed, changed"),
        ),
    ],
)
async def test_what_no_notification_rule_is_made_of(
    http: httpx.AsyncClient, attributes: dict[str, object], answer: object
) -> None:
    check(await http.post(TELLS, json=tell_body(**TELL_ATTRIBUTES | attributes)), 400, answer)
    check(await http.put(f"{TELLS}/{TELL}", json=tell_body(**attributes)), 400, answer)
    check(await http.get(TELLS), 200, {"data": [tell()]})


@pytest.mark.parametrize("missing", ["recipients", "triggers"])
async def test_a_notification_rule_needs(http: httpx.AsyncClient, missing: str) -> None:
    body = tell_body(**TELL_ATTRIBUTES | {missing: None})
    check(await http.post(TELLS, json=body), 400, bad_request(""))


@pytest.mark.parametrize("query", ["status:(open", "AND", "x" * 4097])
async def test_the_query_of_a_rule_has_to_be_one(http: httpx.AsyncClient, query: str) -> None:
    for response in (
        await http.post(TELLS, json=tell_body(**TELL_ATTRIBUTES | {"query": query})),
        await http.put(f"{TELLS}/{TELL}", json=tell_body(query=query)),
    ):
        [error] = response.json()["errors"]
        assert (response.status_code, error["title"]) == (400, "Bad Request")
        assert "character" in error["detail"]


@pytest.mark.parametrize(
    "attributes", [{}, {"is_enabled": False}, {"query": ""}, {"query": ' "a"  OR b '}]
)
async def test_an_update_of_a_notification_rule_leaves_the_rest(
    http: httpx.AsyncClient, attributes: dict[str, object]
) -> None:
    assert (await http.put(f"{TELLS}/{TELL}", json=tell_body(**attributes))).status_code == 204
    check(await http.get(TELLS), 200, {"data": [tell(**attributes)]})


async def test_a_notification_rule_is_deleted_once(http: httpx.AsyncClient) -> None:
    response = await http.delete(f"{TELLS}/{TELL}")
    assert (response.status_code, response.content) == (204, b"")
    check(await http.delete(f"{TELLS}/{TELL}"), 404, not_found("notification rule"))
    check(await http.get(TELLS), 200, {"data": []})
