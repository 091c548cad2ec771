"""What is offered while a query is typed, its pieces, and what it says in words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from triage_tui.completion import Known, Value, complete
from triage_tui.query import parse
from triage_tui.query_text import pieces
from triage_tui.query_words import in_words

VALUES = {
    "status": [Value("open", count=40), Value("In Review", count=2)],
    "priority": [Value("P3", count=61), Value("P1", count=2)],
    "assignee": [
        Value("ana@example.com", "Ana Lind", 4, "Ana Lind ana@example.com"),
        Value("ben@example.com", "Ben Ode", 1, "Ben Ode ben@example.com"),
        Value("", count=9),
    ],
    "team": [Value("storage", count=3), Value("say x", count=1)],
}
KNOWN = Known(
    ("team", "service"), lambda key: VALUES.get(key, ()), ("status:open team:storage", "old news")
)


def taken(text: str, which: int = 0, at: int | None = None) -> str:
    """The text after a candidate was taken; "‸" stands where the cursor was if not at the end."""
    cursor = len(text) if at is None else at
    completion = complete(text, cursor, KNOWN)
    one = completion.candidates[which]
    start = completion.start if one.start is None else one.start
    return text[:start] + one.text + text[completion.end :]


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("prio", "priority:"),
        ("-tea", "-team:"),
        ("status:open se", "status:open service:"),
        ("(as", "(assignee:"),
        ("priority:", "priority:P3 "),
        ("priority:p1", "priority:P1 "),
        ("priority:(P", "priority:(P3"),
        ("priority:(P1 OR P3", "priority:(P1 OR P3"),
        ("priority:(P1 ", "priority:(P1 OR "),
        ("priority:P1 O", "priority:P1 OR "),
        ("assignee:lind", "assignee:ana@example.com "),
        ("assignee:non", "-assignee:* "),
        ("status:rev", 'status:"In Review" '),
        ("team:sa", 'team:"say x" '),
        ('team:"sa', 'team:"say x" '),
        ("created_at:>", "created_at:>now-1h "),
        ("created_at:>now-1w", "created_at:>now-1w "),
        ("archived:", "archived:true "),
        ("comment_count:", "comment_count:0 "),
        ("old", "old news"),
    ],
)
def test_the_best_that_is_offered_takes_the_place_of_what_was_typed(
    typed: str, becomes: str
) -> None:
    if typed == becomes or typed.strip() == becomes.strip():
        assert complete(typed, len(typed), KNOWN).candidates == ()
    else:
        assert taken(typed) == becomes


def test_what_stands_behind_the_cursor_stays() -> None:
    assert taken("pri status:open", at=3) == "priority: status:open"


def test_counts_and_meanings_are_told_and_the_queries_before_come_first() -> None:
    details = {one.label: one.detail for one in complete("assignee:", 9, KNOWN).candidates}
    assert details == {
        "Ana Lind": "ana@example.com  4",
        "Ben Ode": "ben@example.com  1",
        "none": "9",
    }
    first = complete("", 0, KNOWN).candidates
    assert [one.label for one in first[:3]] == ["status:open team:storage", "old news", "status"]
    assert first[3].detail == "priority, P1 is most urgent"


@pytest.mark.parametrize("text", ["priority:(P1)", '"disk full"', "team:[a", "key:OPS-1", "zzzz"])
def test_nothing_is_offered_where_nothing_fits(text: str) -> None:
    assert complete(text, len(text), KNOWN).candidates == ()


def test_the_server_is_wanted_for_values_that_nobody_here_knows() -> None:
    assert complete("assignee:zoe", 12, KNOWN).wanted == ("assignee", "zoe")
    assert complete('team:"zo', 8, KNOWN).wanted == ("team", "zo")
    for known in ("assignee:an", "assignee:z", "created_at:zz", "title:zz", "priority:zz", "zz"):
        assert complete(known, len(known), KNOWN).wanted is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "all cases that are not archived"),
        (
            "status:(open OR in_progress) priority:(P1 OR P2) -assignee:* created_at:>now-8h",
            "open or in progress, P1 or P2, not assigned, created in the last 8 hours",
        ),
        ('"disk full" team:pay*', "with “disk full” in title or description, team like pay*"),
        ("assignee:ana@example.com", "assigned to Ana Lind"),
        ("-project:(OPS OR PAY)", "not in project OPS or PAY"),
        ("priority:P1 OR (team:x env:y)", "P1 or (team x, env y)"),
        ("-(status:closed team:x)", "not (closed, team x)"),
        ("-priority:NOT_DEFINED priority:NOT_DEFINED", "with a priority, without priority"),
        ('status:"In Review" -team:*', "in status In Review, without a team"),
        ("due_date:<now archived:true", "due before now, archived"),
        ("created_at:[2026-01-01 TO now-1d]", "created from 2026-01-01 to a day ago"),
        (
            "modified_at:<now-1h closed_at:2026-01-01",
            "changed more than an hour ago, closed on 2026-01-01",
        ),
        ("created_at:>=2026-01-01T10:00:00Z", "created since 2026-01-01 10:00:00Z"),
        ("comment_count:>3 size:[1 TO 5}", "comments over 3, size 1 to under 5"),
        ("creation_source:Event Management key:OPS-1", "from event management, case OPS-1"),
        ("assignee:* created_by:ben type:Standard", "assigned, created by ben, of type Standard"),
    ],
)
def test_a_query_in_words(query: str, words: str) -> None:
    assert in_words(parse(query), {("assignee", "ana@example.com"): "Ana Lind"}) == words


def test_the_pieces_of_a_query() -> None:
    text = 'status:(open OR x) -"a b" size:[1 TO 5] at:>=now'
    assert [(text[one.start : one.end], one.kind) for one in pieces(text)] == [
        ("status:", "key"),
        ("(", "bracket"),
        ("open", "value"),
        ("OR", "operator"),
        ("x", "value"),
        (")", "bracket"),
        ("-", "operator"),
        ('"a b"', "text"),
        ("size:", "key"),
        ("[", "operator"),
        ("1", "value"),
        ("TO", "operator"),
        ("5", "value"),
        ("]", "operator"),
        ("at:", "key"),
        (">=", "operator"),
        ("now", "value"),
    ]


@pytest.mark.parametrize(
    "text", ['a:"', "((", "))", "\\", "a:\\", "-", ":", "a::b", "[{]}", '"\\', "a:(" * 60]
)
def test_anything_can_be_typed(text: str) -> None:
    for cursor in range(len(text) + 1):
        complete(text, cursor, KNOWN)
    found = pieces(text)
    assert all(one.end <= two.start for one, two in pairwise(found))
