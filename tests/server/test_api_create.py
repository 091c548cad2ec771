"""The contract of creating a case, by both ways in."""

from __future__ import annotations

import copy
from uuid import UUID

import httpx
import pytest

from tests.server.answers import (
    ANN_INCLUDED,
    BAD_REQUEST,
    DISK_ANSWER,
    INVITED_INCLUDED,
    NOW_TEXT,
    NOWHERE,
    TO_INVITED,
    bad_type,
    check,
    new_case,
)
from tests.server.conftest import ANN, CHANGE, INVITED, OPS, SEC


async def test_a_case_is_created_with_the_usual_defaults(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases", json=new_case())
    expected = copy.deepcopy(DISK_ANSWER)
    case_id = response.json()["data"]["id"]
    assert UUID(case_id).version == 4
    expected["data"]["id"] = case_id
    expected["data"]["attributes"] |= {
        "created_at": NOW_TEXT,
        "internal_id": case_id,
        "key": "OPS-3",
        "priority": "NOT_DEFINED",
        "public_id": "105",
        "title": "Slow checkout",
    }
    check(response, 201, expected)
    check(await http.get("/api/v2/cases/OPS-3"), 200, expected)


async def test_a_case_is_created_with_everything(http: httpx.AsyncClient) -> None:
    values = {
        "aws_region": {"type": "TEXT", "is_multi": True, "value": ["eu-west-1"]},
        "size": {"type": "NUMBER", "is_multi": False, "value": 2.5},
    }
    body = new_case(
        type_id=CHANGE.id.upper(),
        priority="P3",
        description="why\n",
        status_name="Approved",
        custom_attributes=values,
        assignee={"data": {"type": "user", "id": INVITED.id}},
        project={"data": {"type": "project", "id": SEC.id}},
    )
    answer = (await http.post("/api/v2/cases", json=body)).json()
    attributes = answer["data"]["attributes"]
    assert attributes["key"] == "SEC-3"
    assert attributes["custom_attributes"] == {
        "aws_region": {"is_multi": True, "type": "TEXT", "value": ["eu-west-1"]},
        "size": {"is_multi": False, "type": "NUMBER", "value": 2.5},
    }
    assert (attributes["priority"], attributes["description"]) == ("P3", "why\n")
    assert (attributes["status"], attributes["status_group"], attributes["status_name"]) == (
        "APPROVED",
        "SG_IN_PROGRESS",
        "Approved",
    )
    assert answer["data"]["relationships"]["assignee"] == TO_INVITED
    assert answer["included"] == [INVITED_INCLUDED, ANN_INCLUDED]


async def test_the_older_form_of_create_names_the_standard_type(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases", json=new_case(type_id=None, type="STANDARD"))
    assert response.status_code == 201
    type_id = response.json()["data"]["attributes"]["type_id"]
    assert type_id == "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        (new_case(title=""), 400, BAD_REQUEST),
        (new_case(title=" \n"), 400, BAD_REQUEST),
        (new_case(title=None), 400, BAD_REQUEST),
        (new_case(type_id=None), 400, BAD_REQUEST),
        (new_case(type_id="x"), 400, BAD_REQUEST),
        (new_case(project={"data": None}), 400, BAD_REQUEST),
        (
            new_case(project={"data": {"type": "team", "id": OPS.id}}),
            400,
            bad_type("team", "project"),
        ),
        (
            new_case(
                project={"data": {"type": "project", "id": NOWHERE}},
                assignee={"data": {"type": "users", "id": ANN.id}},
            ),
            400,
            bad_type("users", "user"),
        ),
        (
            new_case(
                project={"data": {"type": "project", "id": NOWHERE}},
                assignee={"data": {"type": "user", "id": NOWHERE}},
            ),
            404,
            {"errors": [{"code": "resource_not_found", "title": "project not found"}]},
        ),
        (
            new_case(assignee={"data": {"type": "user", "id": NOWHERE}}),
            404,
            {"errors": [{"code": "resource_not_found", "title": "user not found"}]},
        ),
        (
            new_case(type_id="d0000000-0000-4000-8000-000000000009"),
            404,
            {"errors": [{"code": "resource_not_found", "title": "case_type not found"}]},
        ),
        (
            new_case(priority="P9"),
            400,
            {
                "errors": [
                    {
                        "title": "Generic Error",
                        "detail": "invalid priority P9. "
                        "Must be one of P1, P2, P3, P4, P5, NOT_DEFINED",
                    }
                ]
            },
        ),
        (
            new_case(status_name="Approved"),
            400,
            {
                "errors": [
                    {
                        "title": "Generic Error",
                        "detail": "invalid status name Approved. "
                        "Must be one of Open, In Progress, Closed",
                    }
                ]
            },
        ),
        (
            new_case(custom_attributes={"x": {"type": "FLOAT", "is_multi": False, "value": 1}}),
            400,
            BAD_REQUEST,
        ),
    ],
)
async def test_a_case_is_not_created(
    http: httpx.AsyncClient, body: object, status: int, answer: object
) -> None:
    check(await http.post("/api/v2/cases", json=body), status, answer)
    assert (await http.get("/api/v2/cases")).json()["meta"]["total_cases"] == 3
