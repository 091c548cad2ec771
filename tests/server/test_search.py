"""The SQL of a query selects exactly the cases that the query itself says it matches."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_tui.errors import QueryError, StoreError
from triage_tui.models import (
    PRIORITIES,
    STANDARD_STATUSES,
    Case,
    CaseType,
    CustomValue,
    Project,
    Status,
    User,
)
from triage_tui.query import And, Node, Not, Or, Query, parse
from triage_tui.server.database import QueryTooSlow
from triage_tui.server.search import compile_query
from triage_tui.server.store import Store, Workspace

NOW = datetime(2026, 11, 21, 9, 30, 15, 250_000, UTC)

USERS = (
    User("u1", "Ann Larsson", "ann@example.com", "ann@example.com"),
    User("u2", "Jürgen Groß", "jurgen@example.com", "jg"),
    User("u3", "", "new@example.com", "new@example.com", active=False, status="Pending"),
    User("u4", active=False),
)
PROJECTS = (
    Project("p1", "OPS", "Operations"),
    Project("p2", "SEC", "Security"),
    Project("p3", "OPS2", "More operations"),
)
TYPES = (
    CaseType("t1", "Standard", internal=True),
    CaseType(
        "t2",
        "Change Request",
        internal=True,
        statuses=(
            Status("Open", "SG_OPEN"),
            Status("Pending Approval", "SG_IN_PROGRESS"),
            Status("Cancelled", "SG_CLOSED"),
        ),
    ),
    CaseType("t3", "Bug", statuses=(*STANDARD_STATUSES, Status("Won't-fix", "SG_CLOSED"))),
)
WORDS = [
    "disk",
    "db-3",
    "DB_3",
    "latency",
    "Latenz",
    "café",
    "CAFE",
    "naïve",
    "Straße",
    "100%",
    "a_b",
    "on",
    "db",
    "checkout-latency",
    "日本語",
    "web/api",
    "v1.2.3",
    "[PROD]",
    "O'Neil",
    '"quoted"',
    "back\\slash",
    "*star*",
    "error:500",
    "ΑΣ",
    "ας",
    "ǅ",
    "x²",
]


def _case(r: random.Random, n: int) -> Case:
    kind, project = r.choice(TYPES), r.choice(PROJECTS)
    status = r.choice(kind.statuses)
    created = NOW - timedelta(minutes=r.randrange(60 * 24 * 20), microseconds=r.randrange(10**6))
    values = [r.choice(WORDS) for _ in range(2)]
    return Case(
        id=f"c{n}",
        key=f"{project.key}-{n}",
        title=" ".join(r.choices(WORDS, k=r.randrange(1, 6))),
        description=" ".join(r.choices(WORDS, k=r.randrange(8))),
        created_at=created,
        modified_at=r.choice((None, created + timedelta(hours=1))),
        closed_at=created + timedelta(hours=2) if status.group == "SG_CLOSED" else None,
        archived_at=NOW if n % 10 == 0 else None,
        public_id=str(n),
        priority=r.choice(PRIORITIES),
        status=r.choice((status.code, "SUNKNOWN")),
        status_name=status.name,
        status_group=status.group,
        type={"t1": "STANDARD", "t2": "CHANGE_REQUEST", "t3": "TUNKNOWN"}[kind.id],
        type_id=kind.id,
        project_id=project.id,
        assignee=r.choice((None, *USERS)),
        created_by=r.choice((None, *USERS)),
        attributes=r.choice(
            ({}, {"service": tuple(values)}, {"service": (values[0],), "Team": ("a b", "")})
        ),
        custom_attributes=r.choice(
            (
                {},
                {"cost": CustomValue("NUMBER", True, (3.0, -2.5)), "note": _text(values[1])},
                {"cost": CustomValue("NUMBER", False, (10.0,)), "service": _text("Extra")},
                {"cost": _text("3")},
            )
        ),
        comment_count=r.randrange(4),
        creation_source=r.choice(("MANUAL", "Event Management", "EVENT_MANAGEMENT")),
        due_date=r.choice((None, "2026-11-20", "2026-11-21", "2026-12-01")),
    )


def _text(value: str) -> CustomValue:
    return CustomValue("TEXT", False, (value,))


CASES = tuple(_case(random.Random(n), n) for n in range(150))
TYPE_NAMES = {kind.id: kind.name for kind in TYPES}

QUERIES = (
    "status:open",
    "status:closed",
    "status:(open OR in_progress)",
    'status:"In Progress"',
    "status:in-progress",
    "status:pending_approval",
    'status:"won\'t fix"',
    "status:SUNKNOWN",
    "status:DECLINED",
    "status:p*",
    "status:in?progress",
    "status:*",
    'status:""',
    'status_name:"pending approval"',
    "status_name:*a*",
    "status_group:SG_closed",
    "priority:p1",
    "priority:(P2 OR P3)",
    "priority:p?",
    "priority:*",
    "-priority:NOT_DEFINED",
    "project:ops",
    "project:ops*",
    "project_id:P2",
    "key:ops-*",
    "key:SEC-7",
    "assignee:ann@example.com",
    'assignee:"jürgen gross"',
    "assignee:JG",
    "assignee:*",
    "-assignee:*",
    "-assignee:ann*",
    "assignee_id:u3",
    "-assignee_id:u3",
    "assignee_id:*",
    "created_by:*@example.com",
    "type:standard",
    'type:"change request"',
    "type:bug",
    "type:TUNKNOWN",
    "type_id:t2",
    'creation_source:"event management"',
    "creation_source:Event Management",
    "-creation_source:event-m*",
    "title:*db*",
    "title:café",
    'description:""',
    "description:*",
    "created_at:2026-11-20",
    "created_at:>2026-11-20",
    "created_at:<=2026-11-10",
    "created_at:[now-3d TO now-1d]",
    "created_at:{2026-11-05 TO 2026-11-07}",
    "modified_at:*",
    "-modified_at:*",
    "-modified_at:>now-5d",
    "closed_at:>=2026-11-18T12:00:00Z",
    "due_date:2026-11-21",
    "due_date:<now",
    "due_date:[2026-11-21 TO *]",
    "due_date:*",
    "comment_count:2",
    "comment_count:>1",
    "comment_count:*",
    "archived:true",
    "archived:false",
    "archived_at:*",
    "-archived_at:*",
    "archived:true OR priority:P1",
    "service:extra",
    "service:DISK",
    "service:straße",
    "service:STRASSE",
    "-service:disk",
    "service:*",
    "-service:*",
    'service:"*star*"',
    "service:100%",
    "service:a_b",
    "service:a?b",
    "service:*_*",
    "service:back\\\\slash",
    'Team:"A B"',
    "team:*",
    "Team:*",
    "cost:3",
    "cost:>2",
    "cost:[-3 TO 0]",
    "-cost:>2",
    "cost:[* TO *]",
    'cost:"-2.5"',
    "note:*",
    "disk",
    "db-3",
    '"db 3"',
    '"3 db"',
    "DB3",
    "cafe",
    "naive OR latenz",
    "lat*",
    "*tency",
    "d?sk",
    "strasse",
    '"%"',
    '"_"',
    '"---"',
    '"\\"quoted\\""',
    "日本語",
    "日*",
    "error\\:500",
    '"AND"',
    '"disk) OR words MATCH (db"',
    "NEAR(disk db)",
    "disk -latency",
    "-(disk OR latency) -service:*",
    "-(assignee:ann* project:ops)",
    "-(-assignee:ann*)",
    "(status:open priority:P1) OR (service:disk -assignee:*) OR key:SEC-*",
    "nosuchkey:x",
    "-nosuchkey:x",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(tmp_path_factory.mktemp("search") / "workspace.db")
    store.load(Workspace("u1", USERS, PROJECTS, TYPES, CASES))
    yield store
    store.close()


def selected(store: Store, query: Query) -> set[str]:
    return {case.id for case in store.search(query, size=len(CASES), now=NOW).cases}


def matching(query: Query) -> set[str]:
    return {case.id for case in CASES if query.matches(case, NOW, TYPE_NAMES)}


@pytest.mark.parametrize("text", ["", *QUERIES])
def test_sql_selects_what_the_query_matches(store: Store, text: str) -> None:
    query = parse(text)
    assert selected(store, query) == matching(query)
    assert store.total(query, now=NOW) == len(matching(query))


def test_the_samples_tell_cases_apart() -> None:
    """Queries that select all cases or none would agree by accident."""
    telling = [text for text in QUERIES if 0 < len(matching(parse(text))) < len(CASES) * 0.9]
    assert len(telling) > 85


_ATOMS = st.sampled_from([node for text in QUERIES if (node := parse(text).root) is not None])
_NODES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).map(lambda nodes: And(tuple(nodes))),
        st.lists(inner, min_size=2, max_size=4).map(lambda nodes: Or(tuple(nodes))),
    ),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_NODES)
def test_any_combination_selects_what_it_matches(store: Store, node: Node) -> None:
    query = Query(node)
    assert selected(store, query) == matching(query)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.sampled_from("ab db3 \"'*?%_\\:()-^{}+NEAR;\u00e9\u0301ßİ日.\x00"), max_size=12))
def test_no_text_breaks_the_search(store: Store, text: str) -> None:
    """Whatever can be read as a query can be answered."""
    try:
        query = parse(text)
    except QueryError:
        return
    try:
        found = selected(store, query)
    except QueryError:
        return
    assert found <= {case.id for case in CASES}


@pytest.mark.parametrize(
    "text",
    [
        " ".join("a" for _ in range(2000)),
        " OR ".join("a:b" for _ in range(580)),
        "-(a " * 50 + "b" + ")" * 50,
        "(a OR b (" * 25 + "c" + "))" * 25,
        "-(k:(a OR b OR c) d e f g h i j k l m n o p " * 49 + "z" + ")" * 49,
        "(" * 50 + "a" + " OR b) c" * 50,
        "-(a*b OR b:* c:>1 " * 50 + "z" + " OR *x* d)" * 50,
        "((a b) OR (c d)) " * 200,
    ],
    ids=["words", "terms", "not", "both", "wide", "left", "mixed", "pairs"],
)
def test_long_and_deep_queries_can_be_answered(store: Store, text: str) -> None:
    query = parse(text)
    assert selected(store, query) == matching(query)


def test_values_are_bound() -> None:
    """Nothing that a person wrote is in the SQL, except what stands for a known key."""
    query = parse("zq1 zq2* *zq3* zq4:zq5 zq6:*zq7 project:zq8 assignee:zq9 -title:zq0")
    selection = compile_query(query, NOW)
    for condition in (selection.cells, selection.rest):
        assert condition
        assert "zq" not in condition.sql
        assert condition.sql.count("?") == len(condition.values)
    assert selection.match == '"zq1" AND "zq2" *'


@pytest.mark.parametrize("word", ["nosuch", "openn", "in progres", "sg_open"])
def test_an_unknown_status_is_refused_where_it_stands(store: Store, word: str) -> None:
    with pytest.raises(QueryError, match="Unknown status") as error:
        store.search(parse(f'disk -status:(open OR "{word}")'), now=NOW)
    assert error.value.position == len("disk -status:(open OR ")


def test_a_status_that_only_a_case_has_is_known(tmp_path: Path) -> None:
    odd = Case("c1", "OPS-1", "t", NOW, status_name="On hold", project_id="p1")
    store = Store.open(tmp_path / "workspace.db")
    store.load(Workspace("u1", USERS, PROJECTS, TYPES, (odd,)))
    assert store.total(parse('status:"on hold"'), now=NOW) == 1
    store.close()


def test_a_search_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "workspace.db", patience=0.0)
    store.load(Workspace("u1", USERS, PROJECTS, TYPES, CASES))
    with pytest.raises(QueryTooSlow, match="Make the query narrower"):
        store.search(parse("*a*b*c*"), now=NOW)
    assert isinstance(QueryTooSlow(""), StoreError)
    assert store.case("c1")  # the connection is still good
    store.close()
