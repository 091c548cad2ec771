"""The OpenAPI document of what the server implements.

Written from what is known about the real service, beside the code that implements it, so that each
checks the other.
"""

from __future__ import annotations

import json
import re
from functools import cache

from triage_tui import __version__
from triage_tui.server.openapi import (
    case_types,
    cases,
    conversation,
    errors,
    projects,
    rules,
    users,
    workspace,
)
from triage_tui.server.openapi.shapes import Schema, text

_PARTS = (cases, conversation, projects, rules, case_types, users, workspace)

_ABOUT = """Datadog's Case Management API on a local workspace.

Every answer of the Case Management operations is `application/vnd.api+json`; a value that is not
set is absent, never null. A query parameter without a value counts as not given.
A server on a loopback address may have been told to ask for no keys."""

_KEYS: list[Schema] = [{"apiKeyAuth": [], "appKeyAuth": []}, {"bearerAuth": []}]
_SCHEMES: dict[str, Schema] = {
    "apiKeyAuth": {"type": "apiKey", "in": "header", "name": "DD-API-KEY"},
    "appKeyAuth": {"type": "apiKey", "in": "header", "name": "DD-APPLICATION-KEY"},
    "bearerAuth": {"type": "http", "scheme": "bearer", "description": "The application key."},
}

_VARIABLES: dict[str, Schema] = {
    "case_id": text("Id or key of the case.", minLength=1),
    "custom_attribute_key": text("Key of the custom attribute.", minLength=1),
}


@cache
def document() -> Schema:
    """The document. It is made once; whoever changes it changes it for all."""
    paths = {path: methods for part in _PARTS for path, methods in part.PATHS.items()}
    names = sorted({name for path in paths for name in _variables(path)})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "triage-tui workspace server",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": _KEYS,
        "paths": {path: _path(path, methods) for path, methods in sorted(paths.items())},
        "components": {
            "schemas": errors.SCHEMAS | {k: v for part in _PARTS for k, v in part.SCHEMAS.items()},
            "responses": errors.RESPONSES,
            "headers": errors.HEADERS,
            "parameters": {name: _parameter(name) for name in names},
            "securitySchemes": _SCHEMES,
        },
    }


@cache
def encoded() -> bytes:
    """The document as JSON."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


def _path(path: str, methods: dict[str, Schema]) -> Schema:
    names = _variables(path)
    if not names:
        return dict(methods)
    return {
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        **methods,
    }


def _parameter(name: str) -> Schema:
    schema = _VARIABLES.get(name) or text(format="uuid")
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _variables(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)
