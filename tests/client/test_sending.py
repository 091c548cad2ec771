"""The requests that edit a case."""

from __future__ import annotations

import httpx
import pytest

from tests.factories import ANA, BEN, make_case
from tests.office import OPS, PAY, in_ops, office, workspace
from tests.office import client_over as over
from triage_tui.beside_changes import DeleteComment, EditComment, Watch
from triage_tui.changes import Change, CreateCase
from triage_tui.errors import ApiError
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)
from triage_tui.models import CustomValue, Definition, NewCase
from triage_tui.sending import Request, request_for
from triage_tui.wire import definitions

OF_CASE = {"team": ("a",), "env": ("x", "y")}


@pytest.mark.parametrize(
    ("change", "request_"),
    [
        (SetTitle("T"), ("POST", ("7", "title"), {"title": "T"})),
        (SetDescription(""), ("POST", ("7", "description"), {"description": ""})),
        (SetDueDate("2026-03-05"), ("POST", ("7", "due_date"), {"due_date": "2026-03-05"})),
        (SetDueDate(None), ("POST", ("7", "due_date"), {"due_date": None})),
        (SetAttribute("team", ("b", "c")), ("POST", ("7", "attributes"),
         {"attributes": {"team": ["b", "c"], "env": ["x", "y"]}})),
        (SetAttribute("env", ()), ("POST", ("7", "attributes"),
         {"attributes": {"team": ["a"], "env": []}})),
        (SetCustomAttribute("n", CustomValue("NUMBER", False, (3.0,))),
         ("POST", ("7", "custom_attributes", "n"),
          {"type": "NUMBER", "is_multi": False, "value": 3})),
        (SetCustomAttribute("t", CustomValue("TEXT", True, ("a",))),
         ("POST", ("7", "custom_attributes", "t"),
          {"type": "TEXT", "is_multi": True, "value": ["a"]})),
        (EditComment("c", "new", "old"), ("PUT", ("7", "comment", "c"), {"comment": "new"})),
    ],
)  # fmt: skip
def test_edits_with_attributes(
    change: Change, request_: tuple[str, tuple[str, ...], dict[str, object]]
) -> None:
    method, segments, attributes = request_
    body = {"data": {"type": "case", "attributes": attributes}}
    assert request_for("7", change, OF_CASE) == Request(method, segments, body)


@pytest.mark.parametrize(
    ("change", "request_"),
    [
        (SetCustomAttribute("n", None), Request("DELETE", ("7", "custom_attributes", "n"))),
        (DeleteComment("c", "old"), Request("DELETE", ("7", "comment", "c"))),
        (Watch(ANA, on=True), Request("POST", ("7", "watchers", ANA.id))),
        (Watch(ANA, on=False), Request("DELETE", ("7", "watchers", ANA.id))),
        (MoveToProject(PAY), Request("PATCH", ("7", "relationships", "project"),
         {"data": {"type": "project", "id": PAY.id}})),
    ],
)  # fmt: skip
def test_edits_without_attributes(change: Change, request_: Request) -> None:
    assert request_for("7", change) == request_


async def test_what_the_server_says_to_edits() -> None:
    value = CustomValue("TEXT", True, ("a", "b"))
    case = in_ops(1, custom_attributes={"tags": CustomValue("TEXT", True, ("a",))})
    async with office(workspace(case)) as at:
        client = over(at.network())
        for change in (
            SetTitle("Other"),
            SetDescription("Words"),
            SetDueDate("2026-03-05"),
            SetAttribute("team", ("b",)),
            SetCustomAttribute("tags", value),
            SetCustomAttribute("tags", None),
            MoveToProject(PAY),
        ):
            there = await client.send(case.id, change)
            assert change.holds(there)  # type: ignore[arg-type]
        assert at.truth("PAY-1").title == "Other"
        for watch in (Watch(ANA, on=True), Watch(ANA, on=True), Watch(BEN, on=True)):
            assert await client.send(case.id, watch) is None
        assert [user.label for user in await client.watchers(case.id)] == ["Ana Lind", "Ben Ode"]
        await client.send(case.id, Watch(ANA, on=False))
        assert await client.watchers(case.id) == (BEN,)
        with pytest.raises(ApiError, match="Could not take the due date off the case"):
            await client.send(make_case(99).id, SetDueDate(None))
        assert await client.definitions() == ()
        await client.close()


async def test_a_new_case_with_a_status_and_custom_attributes() -> None:
    async with office(workspace()) as at:
        client = over(at.network())
        tags = {"tags": CustomValue("TEXT", True, ("a",))}
        new = NewCase("Disk", OPS.id, status_name="In Progress", custom_attributes=tags)
        await client.send("", CreateCase(new))
        case = at.truth("OPS-1")
        assert (case.status_group, case.custom_attributes) == ("SG_IN_PROGRESS", tags)
        await client.close()


def test_definitions_are_read_leniently() -> None:
    content = b"""{"data": [
        {"id": "1", "type": "custom_attribute", "attributes": {"key": "sev", "case_type_id": "t",
         "display_name": "Severity", "type": "SELECT", "is_multi": true,
         "type_data": {"options": [{"value": "low"}, {}, {"value": "high"}]}}},
        {"id": "2", "attributes": {"key": "bare", "type_data": 5}},
        {"id": "3", "attributes": {}}]}"""
    assert definitions(content) == (
        Definition("sev", "t", "Severity", type="SELECT", is_multi=True, options=("low", "high")),
        Definition("bare", ""),
    )
    assert [one.label for one in definitions(content)] == ["Severity", "bare"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("cases/OPS-1/comment/abc", "cases/*/comment/*"),
        ("cases/OPS-1/watchers/abc", "cases/*/watchers/*"),
        ("cases/0a-f/custom_attributes/sev", "cases/*/custom_attributes/*"),
        ("cases/OPS-1/comment", "cases/*/comment"),
        ("cases/types/custom_attributes", "cases/types/custom_attributes"),
    ],
)
def test_limits_are_those_of_the_kind_of_request(path: str, route: str) -> None:
    from triage_tui.calls import Call

    assert httpx.URL(Call("", "PUT", f"/api/v2/{path}").route.split()[1]).path == f"/api/v2/{route}"
