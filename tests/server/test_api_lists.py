"""The contract of counts and case types, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import check

# Counting


async def test_counts_by_several_fields(http: httpx.AsyncClient) -> None:
    response = await http.get(
        "/api/v2/cases/count",
        params={"query_filter": "project:OPS", "group_bys": "status,priority", "limit": "5"},
    )
    answer = response.json()
    for group in answer["data"]["attributes"]["groups"]:
        group["group_values"].sort(key=lambda value: value["value"])
    assert answer == {
        "data": {
            "id": "count",
            "type": "count",
            "attributes": {
                "groups": [
                    {
                        "group": "status",
                        "group_values": [
                            {"count": 1, "value": "IN_PROGRESS"},
                            {"count": 1, "value": "OPEN"},
                        ],
                    },
                    {
                        "group": "priority",
                        "group_values": [
                            {"count": 1, "value": "P2"},
                            {"count": 1, "value": "P4"},
                        ],
                    },
                ],
                "total": 2,
            },
        }
    }


async def test_a_count_without_fields_is_the_total(http: httpx.AsyncClient) -> None:
    check(
        await http.get("/api/v2/cases/count"),
        200,
        {"data": {"id": "count", "type": "count", "attributes": {"groups": [], "total": 3}}},
    )


def aggregation(groups: object, limit: object = 10, query: object = "") -> dict[str, Any]:
    group_by = {"groups": groups, "limit": limit}
    attributes = {"query_filter": query, "group_by": group_by}
    return {"data": {"type": "aggregate", "attributes": attributes}}


async def test_aggregates_name_the_values(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/aggregate", json=aggregation(["project"]))
    check(
        response,
        200,
        {
            "data": {
                "id": "aggregate",
                "type": "aggregate",
                "attributes": {
                    "groups": [{"group": "OPS", "value": [2]}, {"group": "SEC", "value": [1]}],
                    "total": 3,
                },
            }
        },
    )


async def test_a_combination_of_fields_is_joined_with_commas(http: httpx.AsyncClient) -> None:
    body = aggregation(["project", "priority"], query="project:SEC")
    response = await http.post("/api/v2/cases/aggregate", json=body)
    groups = response.json()["data"]["attributes"]["groups"]
    assert groups == [{"group": "SEC,P1", "value": [1]}]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (aggregation([]), "group by 1 to 20 fields"),
        (aggregation([""]), "group by 1 to 20 fields"),
        (aggregation(["status"], 0), '"limit" must be from 1 to 1000'),
        (aggregation(["status"], 1001), '"limit" must be from 1 to 1000'),
        (aggregation(["status"], None), 'error decoding attribute "limit": invalid type null'),
        (aggregation(["status"], True), 'error decoding attribute "limit": invalid type bool'),
        (aggregation([1]), 'error decoding attribute "groups": invalid type number'),
    ],
)
async def test_aggregations_that_cannot_be_used(
    http: httpx.AsyncClient, body: object, detail: str
) -> None:
    response = await http.post("/api/v2/cases/aggregate", json=body)
    check(response, 400, {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]})


# Case types


async def test_case_types_are_listed_with_their_statuses(http: httpx.AsyncClient) -> None:
    def part(default: str, *names: str) -> dict[str, Any]:
        return {"default": default, "status_options": [{"name": name} for name in names]}

    usual = {
        "closed": part("Closed", "Closed"),
        "in_progress": part("In Progress", "In Progress"),
        "open": part("Open", "Open"),
    }
    standard = {
        "id": "00000000-0000-0000-0000-000000000001",
        "type": "case_type",
        "attributes": {
            "description": "",
            "emoji": "",
            "internal": True,
            "name": "Standard",
            "statuses_config": usual,
        },
    }
    change = {
        "id": "00000000-0000-0000-0000-000000000004",
        "type": "case_type",
        "attributes": {
            "description": "A planned change",
            "emoji": "",
            "internal": True,
            "name": "Change Request",
            "statuses_config": {
                "closed": part("Completed", "Completed", "Declined"),
                "in_progress": part("Pending Approval", "Pending Approval", "Approved"),
                "open": part("Open", "Open"),
            },
        },
    }
    retired = {
        "id": "d0000000-0000-4000-8000-000000000009",
        "type": "case_type",
        "attributes": {
            "deleted_at": "2026-10-01T00:00:00Z",
            "description": "",
            "emoji": "🧯",
            "internal": False,
            "name": "Retired",
            "statuses_config": usual,
        },
    }
    response = await http.get("/api/v2/cases/types")
    check(response, 200, {"data": [standard, change, retired]})
