"""A client that nobody here wrote finds everything as it expects it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.official.client import APIS, OTHER_USERS_CALLS, Watched, calls_of, watched
from tests.official.exercise import exercised, missing
from tests.official.server import API_KEY, APPLICATION_KEY, served
from triage_tui.server.openapi import document


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with served(tmp_path_factory.mktemp("official")) as url:
        yield exercised(url, API_KEY, APPLICATION_KEY)


def test_every_call_is_made(client: Watched) -> None:
    assert missing(client) == set()


def test_every_answer_is_read_whole(client: Watched) -> None:
    assert client.unread == []
    assert client.types == {"SECURITY", "TUNKNOWN"}


def test_only_what_needs_another_service_is_refused(client: Watched) -> None:
    assert client.refusals.keys() - client.answers.keys() == {
        "create_case_jira_issue",
        "create_case_notebook",
        "create_case_service_now_ticket",
    }


def endpoints() -> Iterator[tuple[str, Any]]:
    for api in watched("http://127.0.0.1:1", "", "").apis:
        for name in calls_of(type(api)) - OTHER_USERS_CALLS:
            if not name.endswith("_with_pagination"):
                yield name, getattr(api, f"_{name}_endpoint")


def test_the_document_has_what_the_client_asks_for() -> None:
    """Methods, paths and query parameters, as the service's own description has them."""
    described = {
        (path, method.upper(), tuple(sorted(p["name"] for p in operation.get("parameters", []))))
        for path, methods in _paths().items()
        for method, operation in methods.items()
        if method != "parameters" and path.startswith("/api/")
    }
    asked = {
        (
            endpoint.settings["endpoint_path"],
            endpoint.settings["http_method"],
            tuple(
                sorted(
                    one["attribute"]
                    for one in endpoint.params_map.values()
                    if one["location"] == "query"
                )
            ),
        )
        for _, endpoint in endpoints()
    }
    assert described == asked


def _paths() -> dict[str, dict[str, Any]]:
    paths: Any = document()["paths"]
    return dict(paths)


def test_it_is_the_whole_client() -> None:
    assert len(APIS) == 4
    assert len(list(endpoints())) == 82
