"""The OpenAPI document says what the server does, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from triage_tui.server.openapi import document, encoded
from triage_tui.server.routes import ROUTES

DOCUMENT: dict[str, Any] = json.loads(encoded())
LOCAL = {"/healthz", "/local/history", "/openapi.json"}
"""Paths that are not those of the service."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, described in methods.items():
            if method != "parameters":
                yield path, method.upper(), described


def success(described: dict[str, Any]) -> int:
    [status] = [int(code) for code in described["responses"] if code < "300"]
    return status


def shape(path: str) -> str:
    """The path without the names of its variables."""
    return re.sub(r"{\w+}", "{}", path)


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_it_describes_the_routes_and_no_others() -> None:
    described = {
        (shape(path), method, operation["operationId"], success(operation))
        for path, method, operation in operations()
        if path not in LOCAL
    }
    routed = {
        (shape(path), method, operation.name, operation.status)
        for path, methods in ROUTES.items()
        for method, operation in methods.items()
        if path not in LOCAL
    }
    assert described == routed


def test_it_has_the_operations_of_the_service() -> None:
    served = [path for path, _, _ in operations() if path not in LOCAL]
    users = [path for path in served if re.match("/api/v2/(users|current_user)", path)]
    assert (len(served) - len(users), len(users)) == (75, 7)


def test_every_name_is_given_once() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere_and_every_part_is_used() -> None:
    used = set(references(DOCUMENT))
    parts = {
        f"#/components/{kind}/{name}"
        for kind, members in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert used == parts


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    )


def test_every_operation_tells_how_it_is_refused() -> None:
    for _, _, operation in operations():
        codes = operation["responses"].keys()
        assert {"400", "408", "413", "414", "431", "500", "503"} <= codes
        # No security of its own means that of the whole document.
        assert ({"401", "403", "429"} <= codes) is ("security" not in operation)
        assert ("415" in codes) is ("requestBody" in operation)


def test_it_is_made_once() -> None:
    assert document() is document()
    assert encoded() is encoded()
