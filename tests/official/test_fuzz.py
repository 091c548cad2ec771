"""Requests that nobody thought of are answered as the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.official.fuzz import Found, fuzz
from tests.official.server import served


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    with served(tmp_path_factory.mktemp("fuzz"), "--demo") as url:
        yield fuzz(url, examples=3)


def test_every_answer_is_declared(found: Found) -> None:
    assert found.undeclared == {}


def test_the_server_never_fails(found: Found) -> None:
    assert {status for status in found.statuses if status >= 500} == set()


def test_most_of_it_is_about_something(found: Found) -> None:
    assert found.requests > 200
    assert found.statuses[200] + found.statuses[201] + found.statuses[204] > found.requests / 4
