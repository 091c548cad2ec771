"""Checks answers against the OpenAPI document, more strictly than a client would."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from triage_tui.server.openapi import encoded


@cache
def document() -> dict[str, Any]:
    """The document as a client gets it."""
    found: dict[str, Any] = json.loads(encoded())
    return found


def check_declared(response: httpx.Response, path: str, method: str) -> None:
    """Fail if the document does not tell of such an answer, or of a member that is in it."""
    described = document()["paths"][path][method.lower()]
    status = str(response.status_code)
    assert status in described["responses"], f"{method} {path} answered an undeclared {status}"
    declared = _resolved(described["responses"][status])
    content = declared.get("content", {})
    if not content:
        assert response.content == b""
        return
    media_type = response.headers["content-type"]
    assert media_type in content
    _validator(json.dumps(content[media_type]["schema"])).validate(response.json())


@cache
def _validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": _strict()}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


@cache
def _strict() -> Any:
    """The components; nothing may be in an object that is not described."""
    components = copy.deepcopy(document()["components"])
    _close(components["schemas"])
    return components


def _close(part: Any) -> None:
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part["additionalProperties"] = False
        for value in part.values():
            _close(value)
    elif isinstance(part, list):
        for value in part:
            _close(value)


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)
