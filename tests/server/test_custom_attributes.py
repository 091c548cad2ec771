"""Which custom attributes the cases of a type may have: listed, made, changed, deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import BAD_REQUEST, NOWHERE, bad_type, check
from tests.server.conftest import CHANGE, RETIRED, STANDARD

TYPES = "/api/v2/cases/types"
EVERY = f"{TYPES}/custom_attributes"
TYPE_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "case_type not found"}]}
NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "custom_attribute not found"}]}


def body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "custom_attribute", "attributes": attributes}}


def region(**changes: object) -> dict[str, Any]:
    """The smallest body with which an attribute is created; None leaves a member out."""
    usual = {"key": "aws_region", "display_name": "AWS region", "type": "TEXT", "is_multi": True}
    return body(**{k: v for k, v in (usual | changes).items() if v is not None})


def bad_id(name: str) -> dict[str, Any]:
    detail = f'invalid parameter "{name}" in "path"; expected type "uuid"'
    return {"errors": [{"status": "400", "title": "Invalid Parameter", "detail": detail}]}


def refusal(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


@pytest.fixture
async def of_repairs(http: httpx.AsyncClient) -> str:
    """The path of the custom attributes of a type that an organisation made."""
    given = {"data": {"type": "case_type", "attributes": {"name": "Repair"}}}
    type_id = (await http.post(TYPES, json=given)).json()["data"]["id"]
    return f"{TYPES}/{type_id}/custom_attributes"


async def made(http: httpx.AsyncClient, path: str, **changes: object) -> dict[str, Any]:
    response = await http.post(path, json=region(**changes))
    assert response.status_code == 201, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


async def test_an_attribute_is_created_and_listed(http: httpx.AsyncClient, of_repairs: str) -> None:
    response = await http.post(of_repairs, json=region(description="Where it runs"))
    answer = {
        "id": response.json()["data"]["id"],
        "type": "custom_attribute",
        "attributes": {
            "case_type": "TUNKNOWN",
            "case_type_id": of_repairs.split("/")[-2],
            "description": "Where it runs",
            "display_name": "AWS region",
            "is_multi": True,
            "key": "aws_region",
            "type": "TEXT",
        },
    }
    check(response, 201, {"data": answer})
    standard = await made(http, f"{TYPES}/{STANDARD.id}/custom_attributes")
    assert standard["attributes"]["case_type"] == "STANDARD"
    assert "description" not in standard["attributes"]
    check(await http.get(of_repairs), 200, {"data": [answer]})
    check(await http.get(EVERY), 200, {"data": [answer, standard]})
    check(await http.get(f"{TYPES}/{CHANGE.id}/custom_attributes"), 200, {"data": []})


async def test_attributes_of_a_deleted_type_stay_listed(
    http: httpx.AsyncClient, of_repairs: str
) -> None:
    attribute = await made(http, of_repairs)
    await http.delete(of_repairs.removesuffix("/custom_attributes"))
    check(await http.get(EVERY), 200, {"data": [attribute]})
    check(await http.get(of_repairs), 200, {"data": [attribute]})
    check(await http.post(of_repairs, json=region(key="other")), 404, TYPE_NOT_FOUND)


async def test_options_to_choose_from(http: httpx.AsyncClient, of_repairs: str) -> None:
    options = {"options": [{"value": "small"}, {"value": "large"}]}
    size = await made(http, of_repairs, key="size", type="SELECT", type_data=options)
    assert size["attributes"]["type_data"] == options
    path = f"{of_repairs}/{size['id']}"
    fewer = {"options": [{"value": "small"}]}
    response = await http.put(path, json=body(type_data=fewer))
    assert response.json()["data"]["attributes"]["type_data"] == fewer
    # Another type has nothing to choose from.
    response = await http.put(path, json=body(type="TEXT"))
    assert "type_data" not in response.json()["data"]["attributes"]
    answer = refusal('only the type SELECT has "type_data"')
    check(await http.put(path, json=body(type_data=fewer)), 400, answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ""},
        {"key": None},
        {"display_name": None},
        {"display_name": " "},
        {"type": None},
        {"type": "FLOAT"},
        {"type": "text"},
        {"is_multi": None},
        {"type": "SELECT", "type_data": {"options": [{"value": ""}]}},
        {"type": "SELECT", "type_data": {"options": [{}]}},
    ],
)
async def test_an_attribute_that_cannot_be_created(
    http: httpx.AsyncClient, of_repairs: str, changes: dict[str, object]
) -> None:
    check(await http.post(of_repairs, json=region(**changes)), 400, BAD_REQUEST)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"is_multi": "yes"}, 'error decoding attribute "is_multi": invalid type string'),
        ({"key": 7}, 'error decoding attribute "key": invalid type number'),
        ({"type": []}, 'error decoding attribute "type": invalid type array'),
        ({"description": {}}, 'error decoding attribute "description": invalid type object'),
        ({"type_data": {"options": [{"value": "x"}]}}, 'only the type SELECT has "type_data"'),
        (
            {"type": "SELECT", "type_data": {"options": [{"value": "x"}, {"value": "x"}]}},
            '"options" has a value twice',
        ),
        (
            {"type": "SELECT", "type_data": {"options": ["x"]}},
            'error decoding attribute "options": invalid type string',
        ),
        (
            {"type": "SELECT", "type_data": []},
            'error decoding attribute "type_data": invalid type array',
        ),
    ],
)
async def test_what_is_wrong_is_said(
    http: httpx.AsyncClient, of_repairs: str, changes: dict[str, object], detail: str
) -> None:
    check(await http.post(of_repairs, json=region(**changes)), 400, refusal(detail))


@pytest.mark.parametrize("key", ["a b", "é", "a:b", "-a", ".", "a\n", "a/b", "x" * 101])
async def test_a_key_that_cannot_be_used(
    http: httpx.AsyncClient, of_repairs: str, key: str
) -> None:
    response = await http.post(of_repairs, json=region(key=key))
    detail = (
        f'invalid key "{key}"; expected 1 to 100 of A-Z, a-z, 0-9, "_", "." and "-", '
        'neither "." nor "-" first'
    )
    check(response, 400, refusal(detail))


async def test_a_key_in_use_is_a_conflict(http: httpx.AsyncClient, of_repairs: str) -> None:
    await made(http, of_repairs)
    detail = "the case type has a custom attribute aws_region already"
    answer = {"errors": [{"status": "409", "title": "Conflict", "detail": detail}]}
    check(await http.post(of_repairs, json=region()), 409, answer)
    await made(http, of_repairs, key="AWS_REGION")
    await made(http, f"{TYPES}/{CHANGE.id}/custom_attributes")


async def test_an_attribute_is_updated(http: httpx.AsyncClient, of_repairs: str) -> None:
    attribute = await made(http, of_repairs, description="Where it runs")
    path = f"{of_repairs}/{attribute['id']}"
    changes = {"display_name": "Region", "type": "URL", "map_from": "service"}
    changed = attribute["attributes"] | changes
    del changed["description"]
    answer = {"data": attribute | {"attributes": dict(sorted(changed.items()))}}
    check(await http.put(path, json=body(**changes, description="")), 200, answer)
    # Neither the key nor the number of values can change.
    check(await http.put(path, json=body(key="other", is_multi=False)), 200, answer)
    check(await http.put(path, json=body()), 200, answer)
    check(await http.get(of_repairs), 200, {"data": [answer["data"]]})
    check(await http.put(path, json=body(display_name="")), 400, BAD_REQUEST)
    check(await http.put(path, json=body(type="FLOAT")), 400, BAD_REQUEST)


async def test_an_attribute_is_deleted(http: httpx.AsyncClient, of_repairs: str) -> None:
    attribute = await made(http, of_repairs)
    elsewhere = f"{TYPES}/{CHANGE.id}/custom_attributes/{attribute['id']}"
    assert (await http.delete(elsewhere)).status_code == 204
    check(await http.get(of_repairs), 200, {"data": [attribute]})
    for _ in range(2):
        response = await http.delete(f"{of_repairs}/{attribute['id']}")
        assert (response.status_code, response.content) == (204, b"")
    check(await http.get(of_repairs), 200, {"data": []})
    await made(http, of_repairs)


async def test_what_is_not_there(http: httpx.AsyncClient, of_repairs: str) -> None:
    attribute = await made(http, of_repairs)
    nowhere = f"{TYPES}/{NOWHERE}/custom_attributes"
    check(await http.get(nowhere), 404, TYPE_NOT_FOUND)
    check(await http.post(nowhere, json=region()), 404, TYPE_NOT_FOUND)
    check(await http.put(f"{nowhere}/{NOWHERE}", json=body()), 404, TYPE_NOT_FOUND)
    check(await http.put(f"{of_repairs}/{NOWHERE}", json=body()), 404, NOT_FOUND)
    other = f"{TYPES}/{RETIRED.id}/custom_attributes/{attribute['id']}"
    check(await http.put(other, json=body()), 404, NOT_FOUND)
    assert (await http.delete(f"{nowhere}/{NOWHERE}")).status_code == 204
    assert (await http.delete(f"{of_repairs}/{NOWHERE}")).status_code == 204
    # What is wrong with the body is told first.
    check(await http.post(nowhere, json=region(key=None)), 400, BAD_REQUEST)
    given = {"data": {"type": "case_type"}}
    check(await http.post(nowhere, json=given), 400, bad_type("case_type", "custom_attribute"))


async def test_ids_that_are_none(http: httpx.AsyncClient, of_repairs: str) -> None:
    check(await http.delete(f"{of_repairs}/aws_region"), 400, bad_id("CustomAttributeId"))
    check(await http.put(f"{of_repairs}/x", json=body()), 400, bad_id("CustomAttributeId"))
    check(await http.get(f"{TYPES}/x/custom_attributes"), 400, bad_id("CaseTypeId"))
    check(await http.post(f"{TYPES}/x/custom_attributes", json=region()), 400, bad_id("CaseTypeId"))
