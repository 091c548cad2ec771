"""What could grow without end, or take without end, does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import DISK, NOW, OPS, STANDARD, workspace
from triage_tui.errors import QueryError
from triage_tui.query import parse
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.database import QueryTooSlow
from triage_tui.server.effort import COMPARISONS_LIMIT, PATTERN_LIMIT, REPEATS_LIMIT
from triage_tui.server.operations.case_attributes import VALUES_LIMIT
from triage_tui.server.operations.insights import KEPT_LIMIT
from triage_tui.server.store import Store
from triage_tui.server.tables import history


def _body(kind: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": kind, "attributes": attributes}}


async def _detail(http: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]) -> str:
    """What the refusal of a request says."""
    response = await http.request(method, f"/api/v2/cases{path}", json=body)
    assert response.status_code == 400, response.text[:200]
    [error] = response.json()["errors"]
    return str(error.get("detail", ""))


def _grouped(*fields: str) -> dict[str, Any]:
    return _body("aggregate", query_filter="", group_by={"groups": fields, "limit": 1})


async def test_combinations_of_many_values_are_not_made(http: httpx.AsyncClient) -> None:
    keys = [f"k{number}" for number in range(20)]
    values = {key: [f"v{number}" for number in range(10)] for key in keys}
    set_ = await http.post("/api/v2/cases/OPS-1/attributes", json=_body("case", attributes=values))
    assert set_.status_code == 200
    some = await http.post("/api/v2/cases/aggregate", json=_grouped("k0", "k1"))
    assert some.json()["data"]["attributes"]["groups"] == [{"group": "v0,v0", "value": [1]}]
    assert "Group by fewer" in await _detail(http, "POST", "/aggregate", _grouped(*keys))
    without_any = await http.post("/api/v2/cases/aggregate", json=_grouped("nosuchkey", *keys[1:]))
    assert without_any.json()["data"]["attributes"]["groups"] == []


async def test_a_case_has_only_so_many_values_of_attributes(http: httpx.AsyncClient) -> None:
    values = {f"k{number}": ["v"] for number in range(VALUES_LIMIT)}
    most = _body("case", attributes=values)
    assert (await http.post("/api/v2/cases/OPS-1/attributes", json=most)).status_code == 200
    more = _body("case", attributes={"k": ["v"]})
    said = await _detail(http, "POST", "/OPS-1/attributes", more)
    assert said == "a case may have 1000 values of attributes at most"
    others = _body("case", attributes={"k": ["v"], "k1": []})
    assert (await http.post("/api/v2/cases/OPS-1/attributes", json=others)).status_code == 200


async def test_custom_attributes_count_as_well(http: httpx.AsyncClient) -> None:
    many = ["v"] * (VALUES_LIMIT + 1)
    value = {"type": "TEXT", "is_multi": True, "value": many}
    said = await _detail(http, "POST", "/OPS-2/custom_attributes/bands", _body("case", **value))
    assert "1000 values" in said
    new = _body("case", title="x", type_id=STANDARD.id, custom_attributes={"bands": value})
    new["data"]["relationships"] = {"project": {"data": {"type": "project", "id": OPS.id}}}
    assert "1000 values" in await _detail(http, "POST", "", new)


async def test_a_case_that_came_with_more_values_can_lose_some(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "w.db")
    tags = tuple(f"v{number}" for number in range(VALUES_LIMIT + 9))
    store.load(replace(workspace(), cases=(replace(DISK, attributes={"tags": tags}),), cells={}))
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        path = "/api/v2/cases/OPS-1/attributes"
        fewer = _body("case", attributes={"tags": tags[:-3], "k": ["v"]})
        assert (await http.post(path, json=fewer)).status_code == 200
        more = _body("case", attributes={"l": ["v"]})
        assert (await http.post(path, json=more)).status_code == 400
    store.close()


async def test_a_case_has_only_so_many_insights(http: httpx.AsyncClient) -> None:
    def body(start: int, count: int) -> dict[str, Any]:
        numbers = range(start, start + count)
        kind = {"type": "MONITOR", "ref": "/m"}
        return _body("case", insights=[{**kind, "resource_id": str(n)} for n in numbers])

    for start in range(0, KEPT_LIMIT, 100):
        added = await http.put("/api/v2/cases/OPS-1/insights", json=body(start, 100))
        assert added.status_code == 200
    said = await _detail(http, "PUT", "/OPS-1/insights", body(KEPT_LIMIT, 1))
    assert said == "a case may have 1000 insights at most"
    assert (await http.put("/api/v2/cases/OPS-1/insights", json=body(7, 2))).status_code == 200


async def test_a_page_of_the_history_holds_only_so_much(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE_LIMIT", 10_000)
    for text in ("a" * 4_000, "b" * 4_000, "c" * 4_000):
        path = "/api/v2/cases/OPS-1/description"
        assert (await http.post(path, json=_body("case", description=text))).status_code == 200
    response = await http.get("/local/history", params={"case_id": "OPS-1"})
    [error] = response.json()["errors"]
    assert response.status_code == 400
    assert error["detail"] == (
        "the values on this page have more than 10000 characters; ask for a smaller page[size]"
    )
    pages = [
        await http.get("/local/history", params={"page[size]": 1, "page[number]": number})
        for number in range(4)
    ]
    new = [[one["attributes"]["new"][:1] for one in page.json()["data"]] for page in pages]
    assert new == [["a"], ["b"], ["c"], []]


@pytest.mark.parametrize(
    ("refused", "taken"),
    [
        (f"{'a' * PATTERN_LIMIT}*b", f"{'a' * (PATTERN_LIMIT - 2)}*b"),
        (f"title:{'a' * PATTERN_LIMIT}*", f"title:{'a' * (PATTERN_LIMIT - 1)}*"),
        (f"team:{'?' * (PATTERN_LIMIT + 1)}", f"team:{'?' * PATTERN_LIMIT}"),
        ("!" * (PATTERN_LIMIT + 1), "!" * PATTERN_LIMIT),
        ("?a " * (COMPARISONS_LIMIT + 1), "?a " * COMPARISONS_LIMIT),
        ("title:a " * 99 + "k:a* description:b", "title:a " * 99 + f"k:a title:{'b' * 999}"),
        (f'"{"a " * (REPEATS_LIMIT + 1)}"', f'"{"a " * REPEATS_LIMIT}"'),
        (f'x -"A{"-a" * 30}" OR "b{" á" * 30}"', f'x -"A{"-a" * 20}" OR "b{" á" * 20}"'),
        (f'"{"a b " * 60}"', " ".join(f'"a{n} b{n}"' for n in range(200))),
    ],
)
async def test_a_step_of_a_search_takes_no_longer_than_it_may(
    http: httpx.AsyncClient, refused: str, taken: str
) -> None:
    found = await http.get("/api/v2/cases", params={"filter": taken})
    assert found.status_code == 200, found.text
    for path, name in (("/api/v2/cases", "filter"), ("/api/v2/cases/count", "query_filter")):
        response = await http.get(path, params={name: refused})
        [error] = response.json()["errors"]
        assert (response.status_code, "(at character" in error["detail"]) == (400, True)


def test_many_words_can_be_looked_for(store: Store) -> None:
    assert store.total(parse("disk " * 800), now=NOW) == 1
    with pytest.raises(QueryError, match="`disk` stands in phrases more than 50 times"):
        store.total(parse(f'"{"disk " * 800}"'), now=NOW)


def test_comparing_is_given_up_between_two_texts(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "w.db", patience=-1.0)
    store.load(workspace())
    # So little work that the clock is looked at for no other reason.
    with pytest.raises(QueryTooSlow):
        store.total(parse("*disk*"), now=NOW)
    assert store.case("OPS-1")
    store.close()
