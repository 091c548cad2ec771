"""Every operation answers as the kept table says, and as the OpenAPI document declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.server.contract import document
from tests.server.operations_table import FILE, Row, operations, rows, table

NOT_HERE = {
    "CreateCaseJiraIssue",
    "CreateCaseNotebook",
    "CreateCaseServiceNowTicket",
}
"""What a local workspace cannot do."""

NOTHING_MISSING = {
    "AggregateCases",
    "CountCases",
    "CreateCaseType",
    "CreateMaintenanceWindow",
    "CreateUser",
    "DeleteCaseType",
    "DeleteCustomAttributeConfig",
    "GetAllCaseTypes",
    "GetAllCustomAttributes",
    "GetCurrentUser",
    "GetProjects",
    "ListMaintenanceWindows",
    "ListUserCaseProjectFavorites",
    "ListUsers",
    "SearchCases",
}
"""What names nothing that could be missing, or takes it for deleted already."""


@pytest.fixture(scope="module")
def answered() -> list[Row]:
    return rows()


def test_the_table_is_that_of_the_code(answered: list[Row]) -> None:
    # `python -m tests.tables` writes it.
    assert FILE.read_text("utf-8") == table(answered)


def test_every_operation_is_asked(answered: list[Row]) -> None:
    assert [row.name for row in answered] == [operation.name for _, _, operation in operations()]
    users = [row for row in answered if row.path.startswith(("/api/v2/users", "/api/v2/current_"))]
    local = [row for row in answered if row.path.startswith("/local/")]
    assert (len(answered) - len(users) - len(local), len(users), len(local)) == (75, 7, 1)


def test_success_has_the_status_of_the_documents(answered: list[Row]) -> None:
    statuses = {operation.name: operation.status for _, _, operation in operations()}
    found = {row.name: row.success.status_code for row in answered}
    assert found == {**statuses, **dict.fromkeys(NOT_HERE, 400)}


def test_what_is_wrong_is_refused(answered: list[Row]) -> None:
    assert {row.name for row in answered if row.wrong.status_code != 400} == set()


def test_what_is_missing_is_not_found(answered: list[Row]) -> None:
    found = {row.name: row.missing.status_code for row in answered if row.missing is not None}
    assert {name for name, status in found.items() if status != 404} == set()
    assert {row.name for row in answered if row.missing is None} == NOTHING_MISSING
    assert found.keys() == declaring("404")


def declaring(status: str) -> set[str]:
    """The operations that the OpenAPI document has this status for."""
    return {
        described["operationId"]
        for methods in document()["paths"].values()
        for described in methods.values()
        if "responses" in described and status in described["responses"]
    }


def test_what_is_not_set_is_absent_and_attributes_are_sorted(answered: list[Row]) -> None:
    for row in answered:
        if row.path.startswith("/api/v2/cases") or "maintenance" in row.path:
            for part in parts(row.success):
                assert None not in part.values(), row.name
                if "id" in part and "attributes" in part:
                    order = [n for n in ("id", "type", "attributes", "relationships") if n in part]
                    assert (row.name, list(part)) == (row.name, order)
                    names = list(part["attributes"])
                    assert (row.name, names) == (row.name, sorted(names))


def parts(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """All objects in an answer."""
    found = [answer.json()] if answer.content else []
    while found:
        part = found.pop()
        if isinstance(part, dict):
            yield part
            found += part.values()
        elif isinstance(part, list):
            found += part


def test_keys_are_needed_everywhere(answered: list[Row]) -> None:
    for row in answered:
        assert (row.without_keys.status_code, row.with_wrong_keys.status_code) == (401, 403)
        assert row.without_keys.json() == {"errors": ["Unauthorized"]}
        assert row.with_wrong_keys.json() == {"errors": ["Forbidden"]}
