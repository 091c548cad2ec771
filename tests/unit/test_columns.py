"""Columns fill every terminal exactly, and say what people look for first."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.factories import ANA, NOW, make_case
from triage_tui.columns import (
    AS_THERE_IS_ROOM,
    KINDS,
    LEAD,
    USUAL,
    Wish,
    heat,
    kind_of,
    laid_out,
    text_of,
)

FIT = {
    "priority": 4,
    "status": 13,
    "key": 7,
    "assignee": 14,
    "age": 3,
    "modified": 3,
    "attributes.team": 9,
    "attributes.service": 12,
}
EVERYTHING = Wish((*KINDS, "attributes.team", "attributes.a long one"))
WISHES = {
    "usual": Wish(),
    "usual, one wider": Wish(widths={"assignee": 30, "key": 3}),
    "few": Wish(("key", "title")),
    "title last": Wish(("due", "comments", "key", "title")),
    "all": EVERYTHING,
    "all, wide": Wish(EVERYTHING.columns, dict.fromkeys(EVERYTHING.columns, 60)),
}


@pytest.mark.parametrize("name", WISHES)
@pytest.mark.parametrize("fit", [{}, FIT, dict.fromkeys(EVERYTHING.columns, 100)])
def test_columns_fill_the_width_and_never_overlap(name: str, fit: dict[str, int]) -> None:
    for width in range(20, 301):
        slots = laid_out(width, WISHES[name], fit)
        assert slots[0].at == LEAD
        assert slots[-1].at + slots[-1].width == width
        assert all(one.at + one.width + 1 == next.at for one, next in pairwise(slots))
        widths = {slot.name: slot.width for slot in slots}
        assert len(widths) == len(slots)
        assert widths["title"] >= 8
        assert min(widths.values()) >= 1


def columns(width: int, wish: Wish = AS_THERE_IS_ROOM) -> dict[str, int]:
    return {slot.name: slot.width for slot in laid_out(width, wish, FIT)}


def test_more_room_shows_more_and_takes_nothing_away() -> None:
    shown: set[str] = set()
    for width in range(20, 301):
        now = set(columns(width))
        assert shown <= now, width
        shown = now
    assert list(columns(59)) == ["priority", "status", "key", "title", "age"]
    assert list(columns(79)) == list(USUAL)
    assert columns(79)["status"] == 1, "the sign alone"
    assert columns(92)["status"] == 13, "in words"
    assert {"modified", "attributes.team", "attributes.service"} <= set(columns(199))
    assert columns(299)["title"] > columns(199)["title"]


def test_a_column_nobody_has_a_value_for_does_not_come_by_itself() -> None:
    without = {name: cells for name, cells in FIT.items() if name != "attributes.team"}
    assert "attributes.team" not in {slot.name for slot in laid_out(299, Wish(), without)}
    own = Wish(("title", "attributes.team"))
    assert "attributes.team" in {slot.name for slot in laid_out(80, own, without)}


def test_where_there_is_no_room_for_all_that_was_chosen_the_first_are_shown() -> None:
    wish = Wish(("comments", "key", "title", "due", "source"))
    assert list(columns(200, wish)) == ["comments", "key", "title", "due", "source"]
    assert list(columns(30, wish)) == ["comments", "key", "title"]


def test_what_was_wished_for_is_remembered_and_what_is_damaged_is_not() -> None:
    wish = Wish(("key", "title", "attributes.team"), {"key": 9})
    assert Wish.from_plain(wish.plain()) == wish
    assert wish.wider("key", None).widths == {}
    assert Wish.from_plain({"columns": ["key", "key", 7, "nonsense"]}).columns == ("key", "title")
    assert Wish.from_plain({"widths": {"key": 9**9, "nonsense": 3, "due": "x"}}).widths == {
        "key": 60
    }
    damaged: object
    for damaged in (None, [], "x", {"columns": 7, "widths": []}):
        assert Wish.from_plain(damaged) == Wish()


def test_every_column_says_something() -> None:
    case = make_case(
        5,
        assignee=ANA,
        priority="P1",
        modified_at=NOW,
        closed_at=NOW,
        due_date="2026-03-01",
        comment_count=3,
        attributes={"team": ("a", "b")},
    )
    texts = {name: text_of(name, case, NOW, {}) for name in (*KINDS, "attributes.team")}
    assert all(texts.values())
    assert texts["attributes.team"] == "a, b"
    assert texts["due"] == "2026-03-01 !"
    assert texts["created"] == " 2 Mar 04:30"
    assert kind_of("attributes.on_call").heading == "On call"
    assert kind_of("attributes.a\x1b[31m\u202e").heading == "A␛[31m�"


def test_a_case_gets_hot_the_sooner_the_more_urgent_it_is() -> None:
    ages = [heat(make_case(1, priority=p, created_at=NOW - timedelta(hours=5)), NOW) for p in P]
    assert ages == [2, 1, 0, 0, 0, 0]
    old = make_case(1, priority="P1", created_at=NOW - timedelta(days=5), status_group="SG_CLOSED")
    assert heat(old, NOW) == 0


P = ("P1", "P2", "P3", "P4", "P5", "NOT_DEFINED")
