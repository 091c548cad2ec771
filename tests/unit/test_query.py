"""The query language: reading, writing, editing, and which cases a query means."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from triage_tui.errors import QueryError
from triage_tui.models import Case, CustomValue, User
from triage_tui.query import (
    FIELDS,
    OPEN_WORK,
    And,
    Kind,
    Node,
    Not,
    Or,
    Pattern,
    Query,
    Range,
    Term,
    Text,
    parse,
    tokens,
    value_text,
    when,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def term(key: str, value: str) -> Term:
    return Term(key, Pattern(value))


def wild(key: str, value: str) -> Term:
    return Term(key, Pattern(value, wild=True))


def text(value: str) -> Text:
    return Text(Pattern(value))


READ: list[tuple[str, Node]] = [
    (
        "status:open (team:case-management OR team:event-management)",
        And(
            (
                term("status", "open"),
                Or((term("team", "case-management"), term("team", "event-management"))),
            )
        ),
    ),
    ("status:closed", term("status", "closed")),
    ("status:open type:bug", And((term("status", "open"), term("type", "bug")))),
    ("priority:(P2 OR P3)", Or((term("priority", "P2"), term("priority", "P3")))),
    ("priority:P1 OR priority:P2", Or((term("priority", "P1"), term("priority", "P2")))),
    ("creation_source:Event Management", term("creation_source", "Event Management")),
    (
        "disk (CREATION_source:event  management)",
        And((text("disk"), term("creation_source", "event management"))),
    ),
    (
        "creation_source:Event Managements",
        And((term("creation_source", "Event"), text("Managements"))),
    ),
    (
        "creation_source:Event Management:x",
        And((term("creation_source", "Event"), term("Management", "x"))),
    ),
    (
        "creation_source:Event AND Management",
        And((term("creation_source", "Event"), text("Management"))),
    ),
    (
        "xcreation_source:Event Management",
        And((term("xcreation_source", "Event"), text("Management"))),
    ),
    ('creation_source:"Event Management"', term("creation_source", "Event Management")),
    ('"kubernetes pods"', text("kubernetes pods")),
    ("service:case-api", term("service", "case-api")),
    ("project:SEC", term("project", "SEC")),
    (
        "project_id:9f2c1b1e-0d55-4c6e-8a58-9a3f2f1d7c10",
        term("project_id", "9f2c1b1e-0d55-4c6e-8a58-9a3f2f1d7c10"),
    ),
    ("status:in_progress", term("status", "in_progress")),
    ("a b OR c", Or((And((text("a"), text("b"))), text("c")))),
    ("a AND b AND c", And((text("a"), text("b"), text("c")))),
    ("(a b) c", And((And((text("a"), text("b"))), text("c")))),
    ("((a))", text("a")),
    ("and or not", And((text("and"), text("or"), text("not")))),
    ("ANDROID ORACLE", And((text("ANDROID"), text("ORACLE")))),
    ("a AND(b)", And((text("a"), text("b")))),
    ("-team:web -x", And((Not(term("team", "web")), Not(text("x"))))),
    ("NOT (a OR b)", Not(Or((text("a"), text("b"))))),
    (
        "web/api db-3 @ana #7 a+b it's R&D",
        And(tuple(map(text, ["web/api", "db-3", "@ana", "#7", "a+b", "it's", "R&D"]))),
    ),
    ("assignee:ana.lee+x@example.com", term("assignee", "ana.lee+x@example.com")),
    ("team:Zahlungsverkehr-Köln", term("team", "Zahlungsverkehr-Köln")),
    ("runbook:https://a.example:8080/x#y", term("runbook", "https://a.example:8080/x#y")),
    (
        "team:(a* AND -b (c OR d))",
        And(
            (
                wild("team", "a*"),
                Not(term("team", "b")),
                Or((term("team", "c"), term("team", "d"))),
            )
        ),
    ),
    ("-team:*", Not(wild("team", "*"))),
    (r"a\*b c\ d \-e f\:g", And((text("a*b"), text("c d"), text("-e"), text("f:g")))),
    (r"a\*b*", Text(Pattern(r"a\*b*", wild=True))),
    (r'"a*\"\\"', text('a*"\\')),
    (r"my\ key:x", term("my key", "x")),
    ('team:""', term("team", "")),
    ("[PROD] down", And((text("[PROD]"), text("down")))),
    ("STATUS:Open Team:X", And((term("status", "Open"), term("Team", "X")))),
    ("created_at:[now-2d TO now]", Range("created_at", "now-2d", "now")),
    ("created_at:{now-2d TO *}", Range("created_at", "now-2d", None, low_included=False)),
    (
        "closed_at:>=2026-11-21T10:00:00Z",
        Range("closed_at", "2026-11-21T10:00:00Z", None),
    ),
    ('created_at:<"2026-11-20"', Range("created_at", None, "2026-11-20", high_included=False)),
    ("latency:[-5 TO 2.5}", Range("latency", "-5", "2.5", high_included=False)),
    (
        "latency:(>5 OR <=-5)",
        Or((Range("latency", "5", None, low_included=False), Range("latency", None, "-5"))),
    ),
    ("comment_count:3 archived:true", And((term("comment_count", "3"), term("archived", "true")))),
]


@pytest.mark.parametrize(("query", "node"), READ, ids=[query for query, _ in READ])
def test_reading(query: str, node: Node) -> None:
    assert parse(query) == Query(node)
    assert parse(str(parse(query))) == Query(node)


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
def test_blank_text_selects_everything(blank: str) -> None:
    assert parse(blank) == Query()
    assert str(parse(blank)) == ""


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        ("status:", 7, "Expected a value after `status:`"),
        ("a status: b", 9, "Expected a value after `status:`"),
        ("(status:)", 8, "Expected a value after `status:`"),
        ('error "abc', 6, "The quote opened at character 7 is not closed"),
        ("(a (b)", 0, "The `(` opened at character 1 is not closed"),
        ("a ) b", 2, "Nothing opened the `)` at character 3"),
        ("a OR", 4, "Expected something to look for after `OR`"),
        ("(a AND)", 6, "Expected something to look for after `AND`"),
        ("OR a", 0, "Expected something to look for before `OR`"),
        ("a AND OR b", 6, "Expected something to look for after `AND`"),
        ("a ()", 3, "Expected something to look for between `(` and `)`"),
        ("a - b", 3, "Expected something to exclude right after `-`"),
        ("k:-5", 2, "Put the `-` in front of the key to exclude, or quote the value"),
        (":x", 0, "Expected a key before `:`; put quotes around text with a colon"),
        ("x* :y", 3, "Expected a key before `:`; put quotes around text with a colon"),
        ("a\\", 2, "Expected a character after the backslash"),
        ("n:[1 2]", 5, "Expected a range such as [1 TO 5], {1 TO 5} or >=5"),
        ("n:[1 TO 2", 9, "Expected a range such as [1 TO 5], {1 TO 5} or >=5"),
        ("n:>*", 2, "Expected a value after `>`, not `*`"),
        ("n:[1* TO 2]", 3, "A bound cannot hold wildcards, as `1*` does"),
        ("n:>abc", 3, "Cannot read `abc` as a number: use digits such as 12 or 2.5"),
        ("title:>4", 6, "`title` has no order, so no range of it can be asked for"),
        ("a priority:P9", 11, "Unknown priority P9: use P1 to P5 or NOT_DEFINED"),
        ("priority:(P1 OR x)", 16, "Unknown priority x: use P1 to P5 or NOT_DEFINED"),
        (
            "status_group:open",
            13,
            "Unknown status_group open: use SG_OPEN, SG_IN_PROGRESS or SG_CLOSED",
        ),
        ("archived:maybe", 9, "Unknown archived maybe: use true or false"),
        (
            "created_at:yesterday",
            11,
            "Cannot read `yesterday` as a date:"
            " use a date such as 2026-11-21, 2026-11-21T10:00:00Z, now or now-2d",
        ),
        (
            "due_date:[2026-02-30 TO now]",
            10,
            "Cannot read `2026-02-30` as a date:"
            " use a date such as 2026-11-21, 2026-11-21T10:00:00Z, now or now-2d",
        ),
        ("comment_count:1*", 14, "`comment_count` takes no wildcards: use a number"),
        ("x" * 4097, 4096, "The query has 4097 characters and can have 4096: shorten it"),
        ("(" * 51 + "a" + ")" * 51, 50, "More than 50 parentheses are open here"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(
    query: str, position: int, message: str
) -> None:
    with pytest.raises(QueryError) as raised:
        parse(query)
    assert (str(raised.value), raised.value.position) == (message, position)


def test_the_limits_themselves_are_allowed() -> None:
    assert parse("x" * 4096) == Query(text("x" * 4096))
    assert parse("-(" * 50 + "a b" + ")" * 50).keys() == frozenset()
    assert len(str(parse("a " * 2048))) == 4095


@pytest.mark.parametrize(
    "query", ["-" * 4096, "(" * 4096, "NOT " * 1024, "k:(" * 1365, "a:" * 2048]
)
def test_repetition_never_exhausts_the_stack(query: str) -> None:
    try:
        parsed = parse(query)
    except QueryError:
        return
    assert parse(str(parsed)) == parsed


NASTY = [
    "", " ", "a b", 'say "hi"', "a:b", ":", "OR", "AND", "NOT", "TO", "\\", "a\\", "*", "a*", "?",
    "(", ")", "(a OR b)", "[a TO b]", "{", "<5", ">=1", "-x", "-", "+", "ü", "日本", "\u202e",
    "\u3000", "\u00a0", "\n", "\x00", "\x1b[31m", "--", "'", "a&&b", "#1", "@x", "x" * 500,
    "👩‍💻",
]  # fmt: skip

outside = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
attribute_keys = st.one_of(
    st.sampled_from(["team", "service", "Region", "OR", "my key", "a:b", "-k", "k*", "\\", "é"]),
    st.text(min_size=1, max_size=6),
).filter(lambda key: key.lower() not in FIELDS)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    if draw(st.booleans()):
        return Pattern(draw(outside))
    pieces = draw(st.lists(st.one_of(st.just("*"), st.just("?"), outside.map(_without_wildcards))))
    joined = "".join(pieces)
    assume("*" in pieces or "?" in pieces)
    return Pattern(joined, wild=True)


def _without_wildcards(value: str) -> str:
    return "".join(f"\\{char}" if char in "*?\\" else char for char in value)


numbers = st.one_of(st.none(), st.integers(-99, 99).map(str), st.sampled_from(["0.5", "-2.25"]))
dates = st.sampled_from(["now", "now-2d", "now+1w", "2026-11-20", "2026-11-21T10:00:00+02:00"])
known_terms = st.one_of(
    st.builds(term, st.just("priority"), st.sampled_from(["P1", "p5", "NOT_DEFINED", ""])),
    st.builds(term, st.just("archived"), st.sampled_from(["true", "FALSE"])),
    st.builds(term, st.sampled_from(["created_at", "due_date"]), dates),
    st.builds(Term, st.sampled_from(["status", "assignee", "title", "key"]), patterns()),
)


def ranges(
    keys: st.SearchStrategy[str], bounds: st.SearchStrategy[str | None]
) -> st.SearchStrategy[Range]:
    return st.builds(
        lambda key, low, high, left, right: Range(
            key, low, high, low is None or left, high is None or right
        ),
        keys,
        bounds,
        bounds,
        st.booleans(),
        st.booleans(),
    )


leaf_nodes: st.SearchStrategy[Node] = st.one_of(
    st.builds(Text, patterns(), st.just(False)),
    st.builds(lambda value: Text(Pattern(value), quoted=True), outside),
    st.builds(Term, attribute_keys, patterns()),
    known_terms,
    ranges(st.one_of(attribute_keys, st.just("comment_count")), numbers),
    ranges(st.sampled_from(["created_at", "due_date"]), st.one_of(st.none(), dates)),
)


def _inner(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=4).map(tuple)
    one_key = st.lists(st.builds(Term, st.just("team"), patterns()), min_size=2, max_size=3)
    return st.one_of(
        st.builds(Not, nodes),
        st.builds(And, several),
        st.builds(Or, several),
        one_key.map(lambda terms: Or(tuple(terms))),
    )


queries = st.builds(Query, st.one_of(st.none(), st.recursive(leaf_nodes, _inner, max_leaves=12)))


@settings(max_examples=400, deadline=None)
@given(queries)
def test_what_is_written_reads_back_the_same(query: Query) -> None:
    written = str(query)
    assume(len(written) <= 4096)
    assert parse(written) == query
    assert str(parse(written)) == written


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet='ab:*?"\\()[]{}<>=- \tANDORTO9', max_size=40),
        st.lists(
            st.sampled_from(
                [
                    "status:",
                    "(",
                    ")",
                    "OR",
                    "AND",
                    "NOT",
                    "-",
                    "a",
                    "[1 TO 2]",
                    ">=",
                    '"',
                    "\\",
                    " ",
                ]
            ),
            max_size=25,
        ).map("".join),
    )
)
@example("\ud800")
@example("created_at:0001-01-01T00:00:00+14:00")
@example("created_at:>now-9999w")
@example("n:>" + "9" * 400)
def test_any_text_is_a_query_or_a_query_error(anything: str) -> None:
    try:
        query = parse(anything)
    except QueryError as error:
        message, position = str(error), error.position
    else:
        assert parse(str(query)) == query
        if query.root is not None:
            assert query.matches(CASE, NOW) is not Query(Not(query.root)).matches(CASE, NOW)
        return
    assert message
    assert 0 <= position <= len(anything)


@given(queries, attribute_keys, outside)
@example(parse("-(-team:*)"), "team", " ")
@settings(deadline=None)
def test_a_value_can_be_demanded_ruled_out_and_let_go(query: Query, key: str, value: str) -> None:
    demanded = query.with_term(key, value)
    assert demanded.chosen(key) == {value}
    assert value not in demanded.excluded(key)
    ruled_out = demanded.excluding(key, value)
    assert value in ruled_out.excluded(key)
    assert value not in ruled_out.chosen(key)
    both = demanded.or_term(key, "another")
    assert both.chosen(key) == {value, "another"}
    let_go = both.without_value(key, value)
    assert let_go.chosen(key) == {"another"} - {value}
    gone = ruled_out.without_key(key)
    assert not gone.chosen(key)
    assert not gone.excluded(key)
    for edited in (demanded, ruled_out, both, let_go, gone):
        written = str(edited)
        assume(len(written) <= 4096)
        assert parse(written) == edited


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("", ("with_term", "team", "web"), "team:web"),
        ("a team:(x OR y) b", ("with_term", "team", "web"), "a team:web b"),
        ("a OR b", ("with_term", "team", "web"), "(a OR b) team:web"),
        ("team:x -team:y -team:web", ("with_term", "team", "web"), "team:web -team:y"),
        ("team:x", ("with_term", "team", ""), "-team:*"),
        ("-team:*", ("with_term", "team", "web"), "team:web"),
        ("team:* a", ("with_term", "team", "web"), "team:web a"),
        ("created_at:>now-2d a", ("with_term", "created_at", "now"), "created_at:now a"),
        ("TEAM:x", ("with_term", "team", "web"), "TEAM:x team:web"),
        ("status:open", ("with_term", "Status", "closed"), "status:closed"),
        ("(team:x OR a)", ("with_term", "team", "web"), "(team:x OR a) team:web"),
        ("team:a b", ("or_term", "team", "web"), "team:(a OR web) b"),
        ("b", ("or_term", "team", "web"), "b team:web"),
        ("team:(a OR B) c", ("or_term", "team", "b"), "team:(a OR B) c"),
        ("team:pay*", ("or_term", "team", "web"), "team:(pay* OR web)"),
        ("team:a", ("or_term", "team", ""), "team:a OR -team:*"),
        ("team:a OR -team:*", ("or_term", "team", "b"), "team:a OR -team:* OR team:b"),
        ("team:*", ("or_term", "team", "web"), "team:web"),
        ("-team:Web", ("or_term", "team", "web"), "team:web"),
        ("team:(a OR b) c", ("without_value", "team", "A"), "team:b c"),
        ("team:a", ("without_value", "team", "a"), ""),
        ("-team:a b", ("without_value", "team", "a"), "b"),
        ("-team:(a OR b)", ("without_value", "team", "a"), "-team:b"),
        ("team:a OR -team:*", ("without_value", "team", ""), "team:a"),
        ("team:* b", ("without_value", "team", ""), "b"),
        ("team:a*", ("without_value", "team", "a*"), "team:a*"),
        ('status:"In Progress"', ("without_value", "status", "IN_PROGRESS"), ""),
        ("team:(a OR b)", ("excluding", "team", "a"), "team:b -team:a"),
        ("a -team:x", ("excluding", "team", "y"), "a -team:x -team:y"),
        ("-team:*", ("excluding", "team", ""), "team:*"),
        ("a", ("excluding", "team", "x y"), 'a -team:"x y"'),
        ("a team:x -team:y -team:* team:>5 service:z", ("without_key", "team"), "a service:z"),
    ],
)
def test_editing_leaves_the_rest_as_it_was(before: str, edit: tuple[str, ...], after: str) -> None:
    method, *arguments = edit
    assert str(getattr(parse(before), method)(*arguments)) == after


@pytest.mark.parametrize(
    ("query", "chosen", "excluded"),
    [
        ("team:a -team:b", {"a"}, {"b"}),
        ("team:(a OR b*) x", {"a"}, set()),
        ("-team:*", {""}, set()),
        ("team:*", set(), {""}),
        ("-team:(a OR b)", set(), {"a", "b"}),
        ("team:a OR service:b", set(), set()),
        ("team:a OR -team:*", {"a", ""}, set()),
        ("-(team:a team:b)", set(), set()),
        ("", set(), set()),
    ],
)
def test_what_is_chosen_and_excluded(query: str, chosen: set[str], excluded: set[str]) -> None:
    assert parse(query).chosen("team") == chosen
    assert parse(query).excluded("team") == excluded


def test_open_work_is_what_its_text_says() -> None:
    assert parse(str(OPEN_WORK)) == OPEN_WORK == parse("status:(open OR in_progress)")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("a", False),
        ("a OR -(b archived:true)", True),
        ("archived_at:*", True),
        ("is:archived", False),
    ],
)
def test_archived_cases_are_asked_for_by_name(query: str, names: bool) -> None:
    assert parse(query).names_archived is names


ANA = User("u-ana", name="Ana Lee", email="ana@example.com", handle="ana.lee")
CASE = Case(
    id="c-1",
    key="WEB-SHOP-17",
    title="Checkout latency on db-3 (Zürich) 🔥",
    description="p99 above 2s since 09:00\nsee runbook 100%_done",
    created_at=datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=UTC),
    priority="P2",
    status="IN_PROGRESS",
    status_name="In Progress",
    status_group="SG_IN_PROGRESS",
    type="TUNKNOWN",
    type_id="t-1",
    project_id="p-1",
    assignee=ANA,
    attributes={"team": ("Payments", "core-web"), "empty": ()},
    custom_attributes={
        "latency": CustomValue("NUMBER", False, (250.0,)),
        "Region": CustomValue("TEXT", True, ("eu-west-1", "us-east-1")),
    },
    comment_count=3,
    creation_source="EVENT_MANAGEMENT",
    due_date="2026-11-21",
)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "latency",
        "LATENCY checkout",
        '"latency on DB-3"',
        "zurich",
        "db*",
        "lat*",
        "db-3",
        "*tency?on*",
        "🔥",
        '"100%_"',
        "1?0*done",
        '""',
        "status:in_progress",
        "status:In-Progress",
        'status:"in progress"',
        "status:in*",
        "status_name:in\\ progress",
        "status_group:sg_in_progress",
        "-status:open",
        "priority:p2",
        "priority:P?",
        "project:web-shop",
        "key:WEB-SHOP-*",
        "assignee:ana.lee",
        "assignee:ANA@example.com",
        'assignee:"ana lee"',
        "assignee_id:u-ana",
        "-created_by:*",
        'created_by:""',
        "type:outage",
        "type:tunknown",
        "team:payments",
        "team:(payments AND core-web)",
        "team:*web",
        "-empty:*",
        "-nothing:x",
        "Region:eu-*",
        "latency:250",
        "latency:>200",
        "latency:[250 TO *]",
        "-latency:{250 TO 300]",
        "latency:[* TO *]",
        "-team:>0",
        "comment_count:3",
        "comment_count:3.0",
        "comment_count:[1 TO 3]",
        "created_at:2026-11-20",
        "created_at:<2026-11-21",
        "created_at:<=2026-11-20",
        "-created_at:>2026-11-20",
        "created_at:>now-10h",
        "created_at:[2026-11-20T23:00:00Z TO now]",
        "-closed_at:*",
        "-closed_at:<now",
        "due_date:now",
        "-due_date:<now",
        "due_date:<now+1d",
        "due_date:[2026-11-20 TO 2026-11-21]",
        "archived:false",
        "title:checkout* -title:checkout",
        "creation_source:event_management",
        "creation_source:Event Management",
        'creation_source:"event-management"',
        "creation_source:event\\ m*",
    ],
)
def test_the_case_is_selected(query: str) -> None:
    assert parse(query).matches(CASE, NOW, {"t-1": "Outage"})
    excluded = Query(Not(parse(query).root or Text(Pattern(""))))
    assert not excluded.matches(CASE, NOW, {"t-1": "Outage"})


@pytest.mark.parametrize(
    "query",
    [
        "check",
        '"on latency"',
        '"zurich p99"',
        "d?-4",
        '"100%_d?ne"',
        "status:open",
        "status_name:in_progress",
        "project:WEB",
        "team:pay",
        "Team:payments",
        "region:eu-*",
        "latency:<250",
        "latency:{250 TO *]",
        "created_at:>2026-11-20",
        "created_at:<2026-11-20",
        "closed_at:<now",
        "-closed_at:<now closed_at:*",
        "due_date:<now",
        "due_date:>now",
        "archived:true",
        "assignee:u-ana",
        "type:t-1",
    ],
)
def test_the_case_is_not_selected(query: str) -> None:
    assert not parse(query).matches(CASE, NOW, {"t-1": "Outage"})


def test_open_selects_every_status_of_its_group() -> None:
    case = Case(
        "c", "A-1", "t", NOW, status="PENDING", status_name="Pending", status_group="SG_OPEN"
    )
    assert parse("status:open status:pending").matches(case, NOW)
    assert not parse("status_name:open").matches(case, NOW)


def test_an_archived_case_has_to_be_asked_for() -> None:
    case = Case("c", "A-1", "t", NOW, archived_at=NOW - timedelta(days=1))
    assert not Query().matches(case, NOW)
    assert not parse("archived:false").matches(case, NOW)
    assert parse("archived:true").matches(case, NOW)
    assert parse("archived_at:>now-2d").matches(case, NOW)


def test_many_wildcards_do_not_stop_the_clock() -> None:
    """A backtracking matcher would not come back from this within a lifetime."""
    case = Case("c", "A-1", "a" * 5000, NOW)
    assert not parse("*" + "a*" * 500 + "b").matches(case, NOW)
    assert parse("*" + "a*" * 500).matches(case, NOW)


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2026-11-20", "2026-11-20T00:00:00", "2026-11-20T23:59:59.999999"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00", "2026-11-20T10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("now", "2026-11-21T09:30:00", "2026-11-21T09:30:00"),
        ("now-30m", "2026-11-21T09:00:00", "2026-11-21T09:00:00"),
        ("now-8h", "2026-11-21T01:30:00", "2026-11-21T01:30:00"),
        ("now+1d", "2026-11-22T09:30:00", "2026-11-22T09:30:00"),
        ("now-1w", "2026-11-14T09:30:00", "2026-11-14T09:30:00"),
    ],
)
def test_dates(date: str, first: str, last: str) -> None:
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    assert when(date, NOW) == (begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "date", ["", "today", "2026-13-01", "20261120", "2026-W47-5", "now-2y", "NOW", "now-1"]
)
def test_what_is_no_date(date: str) -> None:
    with pytest.raises(QueryError):
        when(date, NOW)


@pytest.mark.parametrize(
    ("pattern", "like"),
    [
        (Pattern("100%_\\*"), r"100\%\_\\*"),
        (Pattern("a*b?", wild=True), "a%b_"),
        (Pattern(r"a\*b\?\\%*", wild=True), r"a*b?\\\%%"),
    ],
)
def test_patterns_for_sql(pattern: Pattern, like: str) -> None:
    assert pattern.like() == like


def test_words_or_a_pattern_for_free_text() -> None:
    assert text("DB-3 Zürich").words == (["db", "3", "zurich"], False)
    assert Text(Pattern("web-a*", wild=True)).words == (["web", "a"], True)
    assert Text(Pattern("*a", wild=True)).words is None
    assert Text(Pattern("a?b", wild=True)).like() == "%a_b%"
    assert text("🔥").words is None
    assert text("🔥").like() == "%🔥%"


def test_tokens_are_those_of_the_full_text_index() -> None:
    """Letters, digits and accents of the scripts in use, and what separates them."""
    blocks = [(0x20, 0x1E0), (0x1E2, 0x37F), (0x384, 0x528), (0x3041, 0x30FF), (0x4E00, 0x4F00)]
    chars = [chr(code) for start, stop in blocks for code in range(start, stop)]
    chars = [char for char in [*chars, "🔥", "—", "…"] if unicodedata.category(char) != "Cn"]
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 2')")
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
        rows = ((at, f"a{char}b") for at, char in enumerate(chars))
        db.executemany("INSERT INTO t(rowid, x) VALUES (?, ?)", rows)
        found: dict[int, list[str]] = {}
        for word, row in db.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
            found.setdefault(row, []).append(word)
    db.close()
    assert {chars[at]: words for at, words in found.items()} == {
        char: tokens(f"a{char}b") for char in chars
    }


def test_numbers_are_compared_as_people_write_them() -> None:
    assert [value_text(value) for value in (5.0, 2.5, -3, "5.0")] == ["5", "2.5", "-3", "5.0"]


def test_every_field_says_what_it_is() -> None:
    for key, field in FIELDS.items():
        assert key == key.lower()
        assert field.about
        assert field.kind is not Kind.ATTRIBUTE
        for value in field.values:
            assert parse(f"{key}:{value}").chosen(key) == {value}


def test_importing_the_language_does_not_load_the_parser() -> None:
    code = "import sys, triage_tui.query as q; q.parse(''); print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
