"""Values of ours in files that only this program reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.factories import ANA, BEN, NOW, make_case
from triage_tui import plain
from triage_tui.beside_changes import DeleteComment, Duplicate, EditComment, Watch
from triage_tui.changes import AddComment, Assign, CreateCase, SetArchived, SetPriority, SetStatus
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)
from triage_tui.kinds import KINDS
from triage_tui.models import (
    Case,
    CasePage,
    CustomValue,
    Facet,
    FacetValue,
    Insight,
    NewCase,
    Project,
    Status,
    Ticket,
    TimelineCell,
    User,
)

FULL = make_case(
    7,
    title="Ünïcode \x1b[31m \ud83d \u202e",
    description="two\nlines",
    modified_at=NOW,
    closed_at=NOW + timedelta(microseconds=1),
    assignee=ANA,
    created_by=BEN,
    attributes={"team": ("storage", "core"), "none": ()},
    custom_attributes={
        "n": CustomValue("NUMBER", True, (1.5, 2.0)),
        "t": CustomValue("TEXT", False, ("x",)),
    },
    insights=(Insight("SECURITY_SIGNAL", "/x", "1"),),
    comment_count=3,
    jira=Ticket("COMPLETED", "PLAT-1", "https://example.com"),
    due_date="2026-03-03",
)

VALUES: list[object] = [
    FULL,
    make_case(1),
    CasePage((FULL, make_case(2)), 1, None, 3),
    Facet("team", (FacetValue("", 2),)),
    Facet("team", None),
    TimelineCell("1", "COMMENT", ANA, "hello", NOW),
    SetStatus(Status("Pending Approval", "SG_IN_PROGRESS")),
    SetPriority("P1"),
    Assign(None),
    Assign(BEN),
    SetArchived(False),
    AddComment("**x**"),
    CreateCase(NewCase("New", "p", assignee=ANA)),
    CreateCase(NewCase("New", "p", custom_attributes={"n": CustomValue("NUMBER", False, (2.0,))})),
    SetTitle("Disk"),
    SetDescription("two\nlines"),
    SetDueDate("2026-03-05"),
    SetDueDate(None),
    SetAttribute("team", ("a", "b")),
    SetAttribute("team", ()),
    SetCustomAttribute("n", CustomValue("NUMBER", True, (1.5,))),
    SetCustomAttribute("n", None),
    MoveToProject(Project("1", "PAY", "Payments")),
    EditComment("1", "new", "old"),
    DeleteComment("1", "old"),
    Watch(ANA, on=True),
    Duplicate("1", "OPS-2", on=True),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert plain.decode(type(value), plain.encode(value)) == value


def test_a_time_comes_back_in_utc() -> None:
    there = datetime(2026, 3, 2, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    back = plain.decode(Case, plain.encode(make_case(1, modified_at=there)))
    assert back.modified_at == there
    assert back.modified_at.tzinfo is UTC


def test_what_a_newer_version_adds_is_left_out_and_what_it_drops_has_its_default() -> None:
    kept = json.loads(plain.encode(ANA)) | {"shoe_size": 38}
    del kept["handle"]
    assert plain.decode(User, json.dumps(kept)) == User(ANA.id, ANA.name, ANA.email, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": 1, "key": "A-1", "title": "t", "created_at": "2026-03-02T08:30:00+00:00"}',
        '{"id": "1", "key": "A-1", "title": "t", "created_at": "2026-03-02T08:30:00"}',
        '{"id": "1", "key": "A-1", "title": "t", "created_at": "soon"}',
        '{"id": "1", "key": "A-1", "title": "t", "created_at": 5}',
        '{"id":"1","key":"A","title":"t","created_at":"2026-03-02T08:30:00Z","insights":{}}',
        '{"id":"1","key":"A","title":"t","created_at":"2026-03-02T08:30:00Z","attributes":[]}',
        '{"id":"1","key":"A","title":"t","created_at":"2026-03-02T08:30:00Z","assignee":"me"}',
        '{"id":"1","key":"A","title":"t","created_at":"2026-03-02T08:30:00Z","comment_count":true}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_such_value_is_refused(text: str) -> None:
    with pytest.raises(plain.Unfit):
        plain.decode(Case, text)


def test_every_kind_of_change_has_a_name_of_its_own() -> None:
    kinds: Mapping[str, type] = KINDS
    assert {type(value) for value in VALUES if type(value) in kinds.values()} == set(kinds.values())
    assert "lost" not in kinds
