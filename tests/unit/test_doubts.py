"""Why a query finds nothing, what a server makes of its keys, and tables of two fields."""

from __future__ import annotations

from typing import Any

import pytest

from triage_tui.crosstab import shortened, tabled
from triage_tui.doubts import Verdict, doubtful, questions, suspects, verdict, why_empty
from triage_tui.models import Facet, FacetValue
from triage_tui.query import parse
from triage_tui.ui.widgets.facet_rows import Layout, Wishes, bar, rows_of


def test_the_terms_that_may_be_why_are_those_written_last() -> None:
    found = suspects(parse("status:open archived:false team:a priority:(P1 OR P2) disk"))
    assert [(one.term, str(one.rest)) for one in found] == [
        ("disk", "status:open archived:false team:a priority:(P1 OR P2)"),
        ("priority:(P1 OR P2)", "status:open archived:false team:a disk"),
        ("team:a", "status:open archived:false priority:(P1 OR P2) disk"),
    ]
    assert [str(one.rest) for one in suspects(parse("priority:P1"))] == [""]
    assert suspects(parse("")) == ()


def test_why_there_is_nothing() -> None:
    assert why_empty([("a:1", 0), ("priority:P1", 61)]) == "Without priority:P1 there are 61 cases."
    both = why_empty([("a:1", 1), ("b:2", 9)])
    assert both == "Without b:2 there are 9 cases. Without a:1 there is 1 case."
    assert (
        why_empty([("a:1", 0), ("b:2", 0)]) == "Leaving out one of its terms would not be enough."
    )
    assert why_empty([("a:1", 0)]) == "There are no cases at all."


@pytest.mark.parametrize(
    ("key", "counts", "seen", "what"),
    [
        ("assignee", (10, 4, 6), False, Verdict.UNDERSTOOD),
        ("assignee", (10, 10, 10), False, Verdict.IGNORED),
        ("assignee", (10, 0, 10), True, Verdict.FINDS_NOTHING),
        ("assignee", (10, 0, 10), False, Verdict.UNDERSTOOD),
        ("created_at", (10, 0, 10), False, Verdict.FINDS_NOTHING),
        ("created_at", (0, 0, 0), False, Verdict.UNDERSTOOD),
    ],
)
def test_what_a_server_makes_of_a_key(
    key: str, counts: tuple[int, int, int], seen: bool, what: Verdict
) -> None:
    assert verdict(key, *counts, seen=seen) is what


def test_only_keys_that_nobody_promised_are_tried_out() -> None:
    assert doubtful(parse("status:open assignee:x created_at:>now-1d")) == [
        "assignee",
        "created_at",
    ]
    assert [str(one) for one in questions("assignee")] == ["assignee:*", "-assignee:*"]


GROUPS = [FacetValue("OPEN,P3", 40), FacetValue("OPEN,P1", 4), FacetValue("CLOSED,P1", 1)]


def test_a_table_of_two_fields() -> None:
    table = tabled("status", "priority", GROUPS, {})
    assert table
    assert (table.rows, table.columns) == (("OPEN", "CLOSED"), ("P1", "P3"))
    assert [table.shade(count) for count in (0, 1, 4, 40)] == [0, 1, 1, 4]
    assert table.counts.get(("CLOSED", "P3")) is None


def test_values_with_commas_are_told_by_what_is_known_and_what_is_too_much_is_counted() -> None:
    table = tabled("team", "env", [FacetValue("a,b,prod", 3)], {"team": ["a,b"], "env": ["prod"]})
    assert table
    assert table.counts == {("a,b", "prod"): 3}
    many = tabled("team", "env", [FacetValue(f"t{n:02},prod", 1) for n in range(20)], {})
    assert many
    assert (len(many.rows), many.left_out) == (12, 8)
    assert tabled("team", "env", [FacetValue("alone", 3)], {}) is None
    assert [shortened(n) for n in (9_999, 12_345, 3_000_000)] == ["9999", "12k", "3M"]


def test_bars_are_in_proportion_and_never_nothing_for_something() -> None:
    assert [bar(share, 3) for share in (0, 0.001, 0.5, 1)] == ["   ", "▏  ", "█▌ ", "███"]
    assert [bar(share, 3, ascii=True) for share in (0, 0.001, 0.5, 1)] == [
        "   ",
        "=  ",
        "== ",
        "===",
    ]


def test_how_facets_are_wanted_is_kept_and_nonsense_is_no_wish() -> None:
    wanted = Layout(("team", "status"), frozenset({"type"}), frozenset()).fold("team")
    assert Layout.from_plain(wanted.plain()) == wanted
    assert wanted.of(["status", "type", "env", "team"]) == ["team", "status", "env"]
    assert wanted.fold("team").folded == frozenset()
    much: tuple[Any, ...] = (None, 3, [], {"order": 3, "hidden": [1], "folded": "x"})
    for nonsense in much:
        assert Layout.from_plain(nonsense) == Layout()


def test_a_folded_facet_shows_what_is_chosen_and_how_much_it_hides() -> None:
    facet = Facet("team", (FacetValue("a", 3), FacetValue("b", 1)))
    rows = rows_of(facet, Wishes(chosen=frozenset({"b"}), folded=True))
    assert [(row.value, row.folded) for row in rows] == [(None, 1), ("b", 0)]
    found = rows_of(facet, Wishes(found={"zz": 7}))
    assert [row.value for row in found] == [None, "a", "b", "zz"]
