"""The counts that are kept agree with the cases, whatever happened to them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command import ROOT, environment
from tests.server.conftest import ANN, BOB, CHANGE, DISK, INVITED, LEAK, OPS, SEC, STANDARD
from tests.server.test_search import CASES, NOW, PROJECTS, QUERIES, TYPE_NAMES, TYPES, USERS
from triage_tui.changes import Assign, SetArchived, SetPriority, SetStatus
from triage_tui.models import PRIORITIES, Case, CustomValue, NewCase, Status, User
from triage_tui.query import And, Node, Not, Or, Query, parse, value_text
from triage_tui.server.database import Database
from triage_tui.server.importing import BATCH
from triage_tui.server.schema import MIGRATIONS, migrate
from triage_tui.server.store import Store, Workspace
from triage_tui.server.tables import cases
from triage_tui.server.workspace import add_cases
from triage_tui.transfer.importing import run

LATER = NOW + timedelta(hours=1)
_KNOWN = (
    *("status", "status_name", "status_group", "priority", "project", "project_id"),
    *("assignee", "assignee_id", "created_by", "type", "type_id", "creation_source", "archived"),
)
FIELDS = (*_KNOWN, "service", "Team", "cost", "note", "nosuchkey")

_RIGHT = {
    "facts": """SELECT c.n, p.archived, p.state, p.project, p.priority, p.assignee, p.kind,
            c.labels, ifnull(c.created_by, 0),
            iif(c.archived_at IS NOT NULL, 2, c.status_group = 2), c.created_at
        FROM cases c JOIN placed p ON p.n = c.n""",
    "cube": """SELECT archived, state, project, priority, assignee, kind, count(*)
        FROM placed GROUP BY 1, 2, 3, 4, 5, 6""",
    "tallies": """SELECT field, archived, state, project, value, count(*) FROM (
            SELECT 0 AS field, archived, state, project, 0 AS value FROM placed
            UNION ALL SELECT 1, archived, state, project, priority FROM placed
            UNION ALL SELECT 2, archived, state, project, assignee FROM placed
            UNION ALL SELECT 3, archived, state, project, kind FROM placed
            UNION ALL SELECT 4, archived, state, project, creator FROM placed
            UNION ALL SELECT 5, archived, state, project, pair FROM placed
                JOIN label_pairs l ON l.labels = placed.labels
        ) GROUP BY 1, 2, 3, 4, 5""",
    "labels": "SELECT DISTINCT labels FROM cases WHERE labels <> 0",
    "pairs": "SELECT DISTINCT pair FROM cases JOIN label_pairs USING (labels)",
}
_KEPT = {
    "facts": """SELECT f.n, archived, state, project, priority, assignee, kind, labels, creator,
        band, created_at FROM facts f JOIN cube k ON k.n = f.cell""",
    "cube": "SELECT archived, state, project, priority, assignee, kind, count FROM cube",
    "tallies": "SELECT field, archived, state, project, value, count FROM tallies",
    "labels": "SELECT n FROM labels",
    "pairs": "SELECT n FROM pairs",
}


def check_counts(path: Path) -> None:
    """Fail unless everything that is counted in the workspace is what counting again gives."""
    db = sqlite3.connect(path)
    try:
        db.execute(
            """CREATE TEMP VIEW placed AS SELECT c.n, c.archived_at IS NOT NULL AS archived,
            s.n AS state, c.project, c.priority, ifnull(c.assignee, 0) AS assignee, k.n AS kind,
            ifnull(c.created_by, 0) AS creator, c.labels
            FROM cases c JOIN states s USING (status_group, status_name, status)
            JOIN kinds k USING (type, type_id, creation_source)"""
        )
        for name, right in _RIGHT.items():
            assert set(db.execute(_KEPT[name])) == set(db.execute(right)), name
        in_order = "SELECT created_at FROM cases ORDER BY {}"
        if db.execute("SELECT in_order FROM workspace").fetchone()[0]:
            by_n, by_time = (
                db.execute(in_order.format(by)).fetchall() for by in ("n", "created_at")
            )
            assert by_n == by_time
    finally:
        db.close()


# What is kept


def _edits(rng: Random) -> list[Callable[[Case, datetime], Case]]:
    values = {key: (rng.choice("xyz"),) for key in rng.sample("abc", 2)}
    custom = {"c": CustomValue("NUMBER", False, (float(rng.randrange(3)),))}
    return [
        SetPriority(rng.choice(PRIORITIES)).apply,
        SetStatus(rng.choice((*CHANGE.statuses, Status("Odd", "SG_CLOSED")))).apply,
        SetArchived(rng.random() < 0.5).apply,
        Assign(rng.choice((None, ANN, BOB, INVITED))).apply,
        lambda case, now: replace(case, attributes=values, custom_attributes=custom),
        lambda case, now: replace(case, attributes={}, custom_attributes={}),
        lambda case, now: replace(case, project_id=rng.choice((OPS.id, SEC.id))),
        lambda case, now: replace(case, title="New words", created_at=now),
        lambda case, now: replace(case, type="BUG", creation_source="API", created_by=None),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_counts_follow_every_write(store: Store, tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    check_counts(tmp_path / "workspace.db")
    for round in range(60):
        found = store.search(parse("archived:*"), size=1000, now=NOW).cases
        case = rng.choice(found)
        store.change(case.id, rng.choice(_edits(rng)), by=BOB, now=NOW + timedelta(round))
        if rng.random() < 0.3:
            new = NewCase(f"Case {round}", case.project_id, rng.choice((STANDARD, CHANGE)).id)
            values = {"size": CustomValue("NUMBER", True, (float(round), 1.0))}
            store.create_case(new, by=ANN, now=NOW + timedelta(round), custom_attributes=values)
        store.add_comment(case.id, "Seen", by=ANN, now=LATER)
        check_counts(tmp_path / "workspace.db")
    store.delete_project(OPS.id, by=ANN, now=NOW)
    check_counts(tmp_path / "workspace.db")
    store.delete_project(SEC.id, by=ANN, now=NOW)
    check_counts(tmp_path / "workspace.db")
    assert store.total(parse("archived:*"), now=NOW) == 0


def test_a_write_that_fails_leaves_the_counts(store: Store, tmp_path: Path) -> None:

    def fail() -> None:
        with store.writing() as db:
            db.execute("UPDATE cases SET priority = 1, status_group = 2")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    check_counts(tmp_path / "workspace.db")
    with store.writing() as db:
        db.execute("UPDATE cases SET priority = 1 WHERE id IN (?, ?)", (DISK.id, LEAK.id))
    check_counts(tmp_path / "workspace.db")


def test_many_cases_at_once_are_counted_like_one_after_the_other(tmp_path: Path) -> None:
    together, single = (Store.open(tmp_path / name) for name in ("together.db", "single.db"))
    start = Workspace("u1", USERS, PROJECTS, TYPES)
    together.load(replace(start, cases=CASES))
    single.load(start)
    for case in CASES:
        with single.writing() as db:
            add_cases(db, [case])
    with together.writing() as db:
        add_cases(db, [replace(case, id=f"x{case.id}", key=f"X{case.key}") for case in CASES])
    assert together.total(Query(), now=NOW) == 2 * single.total(Query(), now=NOW)
    for name in ("together.db", "single.db"):
        check_counts(tmp_path / name)
    with together.writing() as db:
        add_cases(db, [replace(CASES[0], id="one", key="ONE-1")])
    check_counts(tmp_path / "together.db")
    together.close()
    single.close()


def test_a_bulk_change_is_counted(store: Store, tmp_path: Path) -> None:
    with store.writing() as db:
        seen = cases.find_all(db, [DISK.id, LEAK.id])

        def everything(case: Case) -> Case:
            moved = cases.moved(db, case, SEC.id)
            assert moved
            return replace(moved, priority="P1", attributes={"service": ("moved",)}, assignee=None)

        cases.change(db, seen, everything, by=BOB, at=LATER)
    check_counts(tmp_path / "workspace.db")
    query = parse("project:SEC priority:P1 service:moved -assignee:*")
    assert store.total(query, now=NOW) == 2


def test_an_import_is_counted(tmp_path: Path) -> None:
    path, document = tmp_path / "imported.db", tmp_path / "document.json"

    def load(numbers: range, **told: object) -> None:
        data = [
            {
                "id": f"50000000-0000-4000-8000-{number:012}",
                "type": "case",
                "attributes": {
                    "key": f"OPS-{number}",
                    "created_at": f"2026-01-05T09:{number % 60:02}:00Z",
                    "attributes": {"service": [f"s{number % 4}"]},
                    **told,
                },
            }
            for number in numbers
        ]
        document.write_text(json.dumps({"data": data}))
        run(document, path, dry_run=False)

    # More than one batch, then some that are known and some that are new in the same one.
    load(range(1, BATCH + 100))
    check_counts(path)
    later = "2026-01-06T09:00:00Z"
    load(range(40, BATCH + 200), priority="P1", attributes={"team": ["a"]}, modified_at=later)
    check_counts(path)
    with closing(Store.open(path)) as store:
        assert store.total(Query(), now=NOW) == BATCH + 199
        assert store.total(parse("priority:P1 team:a"), now=NOW) == BATCH + 160
        assert store.total(parse("service:*"), now=NOW) == 39


_KILLED = """
import os, sys
from pathlib import Path
from tests.server.conftest import DISK
from triage_tui.server.store import Store
from triage_tui.server.workspace import add_cases
from dataclasses import replace

with Store.open(Path(sys.argv[1])).writing() as db:
    db.execute("PRAGMA cache_size = 1")  # So that some of it is in the file already.
    add_cases(
        db, [replace(DISK, id=f"k{n}", key=f"K-{n}", public_id="9") for n in range(300)]
    )
    db.execute("UPDATE cases SET priority = 4, archived_at = NULL")
    os._exit(9)
"""


def test_a_process_that_is_killed_half_way_leaves_the_counts(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    before = store.count(parse("archived:*"), FIELDS, now=NOW)
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, path], cwd=ROOT, env=environment(tmp_path), timeout=60
    )
    assert ended.returncode == 9
    assert store.count(parse("archived:*"), FIELDS, now=NOW) == before
    check_counts(path)
    store.change(DISK.id, SetPriority("P5").apply, by=BOB, now=LATER)
    check_counts(path)


# What is answered


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(tmp_path_factory.mktemp("counts") / "workspace.db")
    store.load(Workspace("u1", USERS, PROJECTS, TYPES, CASES))
    yield store
    store.close()


def _texts(case: Case, field: str) -> list[str]:
    """The values that a case counts for."""

    def of(user: User | None, name: str) -> str:
        return getattr(user, name) if user else ""

    match field:
        case "status":
            return [case.status_group.removeprefix("SG_")]
        case "project":
            return [case.project_key]
        case "assignee":
            return [of(case.assignee, "handle")]
        case "assignee_id":
            return [of(case.assignee, "id")]
        case "created_by":
            return [of(case.created_by, "handle")]
        case "type":
            return [TYPE_NAMES.get(case.type_id, "")]
        case "archived":
            return ["true" if case.archived_at else "false"]
    if field in _KNOWN:
        return [getattr(case, field)]
    custom = case.custom_attributes.get(field)
    own = [value_text(value) for value in custom.values] if custom else []
    return list({*case.attributes.get(field, ()), *own})


def _check(store: Store, query: Query, pairs: list[tuple[str, str]]) -> None:
    found = [case for case in CASES if query.matches(case, NOW, TYPE_NAMES)]
    assert store.total(query, now=NOW) == len(found)
    for facet in store.count(query, FIELDS, now=NOW):
        counted = Counter(text for case in found for text in _texts(case, facet.field))
        assert {value.value: value.count for value in facet.values or ()} == counted, facet.field
    for pair in pairs:
        total, groups = store.aggregate(query, pair, limit=1000, now=NOW)
        combined = Counter(
            (one, other)
            for case in found
            for one in _texts(case, pair[0])
            for other in _texts(case, pair[1])
        )
        assert (total, dict(groups)) == (len(found), combined), pair


_PAIRS = [
    ("status", "project"),
    ("archived", "assignee"),
    ("priority", "type"),
    ("service", "status_name"),
    ("service", "Team"),
    ("created_by", "service"),
    ("created_by", "priority"),
    ("project", "project_id"),
]


@pytest.mark.parametrize("text", ["", "status:(open OR in_progress)", *QUERIES])
def test_every_way_to_count_gives_the_same(filled: Store, text: str) -> None:
    _check(filled, parse(text), _PAIRS if text in QUERIES[::5] else _PAIRS[:2])


_ATOMS = st.sampled_from([node for text in QUERIES if (node := parse(text).root) is not None])
_NODES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: And(tuple(nodes))),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: Or(tuple(nodes))),
    ),
    max_leaves=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_NODES, st.sampled_from(_PAIRS))
def test_any_query_is_counted_right(filled: Store, node: Node, pair: tuple[str, str]) -> None:
    _check(filled, Query(node), [pair])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(st.just(None), _NODES),
    st.sampled_from(["created_at", "priority", "status"]),
    st.booleans(),
    st.integers(1, 9),
)
def test_pages_are_pieces_of_one_order(
    filled: Store, node: Node | None, sort: str, ascending: bool, size: int
) -> None:
    """Pages are found by different ways, near the start and far from it."""
    query = Query(node)
    whole = filled.search(query, size=1000, sort=sort, ascending=ascending, now=NOW)
    assert len(whole.cases) == whole.total
    pages = [
        filled.search(query, number=n, size=size, sort=sort, ascending=ascending, now=NOW)
        for n in {1, 2, max(1, -(-len(whole.cases) // size))}
    ]
    for page in pages:
        first = (page.number - 1) * size
        assert page.cases == whole.cases[first : first + size]


# What was there before there were counts


def test_an_older_workspace_is_counted_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, MIGRATIONS[:2])
    db.execute("PRAGMA application_id = 0x54524941")
    db.execute("INSERT INTO projects (n, id, key, name) VALUES (1, 'p1', 'OPS', 'Operations')")
    for n in (1, 2, 3):
        db.execute(
            "INSERT INTO cases VALUES (?, ?, ?, '1', 1, 'STANDARD', 't1', 2, 'OPEN', 'Open', 0, "
            "NULL, NULL, NULL, ?, NULL, NULL, NULL, NULL, 0, 'MANUAL', 'NOT_MERGED')",
            (n, f"c{n}", f"OPS-{n}", 1_000_000 * n),
        )
        db.execute("INSERT INTO case_texts VALUES (?, 'Title', '', '{}')", (n,))
    db.executemany(
        "INSERT INTO case_values VALUES (?, ?, ?, ?, ?)",
        [
            (1, "team", "Web", "web", None),
            (1, "cost", "3", "3", 3.0),
            (2, "team", "Web", "web", None),
            (2, "cost", "3", "3", None),
        ],
    )
    db.close()
    store = Store.open(path)
    check_counts(path)
    assert store.total(parse("team:web"), now=NOW) == 2
    assert store.total(parse("cost:>1"), now=NOW) == 1
    assert store.total(Query(), now=NOW) == 3
    store.close()


def test_the_cache_of_each_connection_is_bounded(tmp_path: Path) -> None:
    database = Database(tmp_path / "w.db", patience=1.0, lock_wait=1.0)
    with database.reading() as db:
        assert db.execute("PRAGMA cache_size").fetchone()[0] == -32 * 1024
    database.close()


def test_a_key_with_a_nul_is_counted_like_any_other(store: Store) -> None:
    key = "a\0b"
    with store.writing() as db:
        [case] = cases.find_all(db, ["OPS-1"])
        tagged = {key: ("x\0y", "x"), "a": ("z",)}
        cases.change(db, [case], lambda c: replace(c, attributes=tagged), by=ANN, at=NOW)
    counts = {"x": 1, "x\0y": 1}
    for query in (parse(""), parse("key:OPS-1")):
        [facet] = store.count(query, [key], now=NOW)
        assert {value.value: value.count for value in facet.values or ()} == counts
        _, groups = store.aggregate(query, [key, "priority"], limit=9, now=NOW)
        assert {values[0]: count for values, count in groups} == counts
