"""A shift played on the embedded server, and what happened in it reckoned in the simplest way.

Nothing here shares a line with what makes reports: each change is written into a ledger when it is
made, and every figure is counted from the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.factories import ANA, BEN
from tests.filled import filled
from tests.office import CLOSED, CYD, IN_PROGRESS, OPS, in_ops, workspace
from triage_tui.changes import Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.models import PRIORITIES, STANDARD_STATUSES, Case, NewCase, User
from triage_tui.query import parse
from triage_tui.server.store import Store

OPEN, PROGRESS, SHUT = STANDARD_STATUSES
PEOPLE = (ANA, BEN, CYD)
ZERO = datetime(2026, 1, 1, tzinfo=UTC)

OLD = tuple(
    in_ops(
        number,
        title=f"Disk {number} on db is full",
        priority=PRIORITIES[number % 6],
        assignee=(None, BEN, ANA)[number % 3],
        attributes={"team": ("storage",), "service": ("db",)} if number % 4 else {},
        **(CLOSED if number % 5 == 0 else IN_PROGRESS if number % 5 == 1 else {}),
    )
    for number in range(1, 31)
)
"""What is there before anything is played; created long before."""


@dataclass
class Row:
    """One thing that happened."""

    at: datetime
    key: str
    what: str
    old: object
    new: object
    by: User | None


@dataclass
class Now:
    """A case as the ledger has it."""

    created: datetime
    closed: bool
    archived: bool
    priority: str
    assignee: User | None
    status: str = "Open"


@dataclass
class Played:
    """What was played, and a store in which it happened; `me` goes off shift."""

    store: Store
    me: User = ANA
    rows: list[Row] = field(default_factory=list)
    cases: dict[str, Now] = field(default_factory=dict)

    def before(self, at: datetime) -> dict[str, Now]:
        """All cases as they were just before a time: everything since then taken back."""
        cases = {key: Now(**vars(now)) for key, now in self.cases.items() if now.created < at}
        for row in reversed(self.rows):
            if row.at >= at and row.key in cases and row.what in vars(cases[row.key]):
                setattr(cases[row.key], row.what, row.old)
        return cases

    def open_before(self, at: datetime) -> set[str]:
        return {k for k, now in self.before(at).items() if not (now.closed or now.archived)}

    def between(self, start: datetime, end: datetime, test: Callable[[Row], bool]) -> list[Row]:
        return [row for row in self.rows if start <= row.at < end and test(row)]


def played(path: Path, seed: int, start: datetime, end: datetime, *, steps: int = 70) -> Played:
    """A shift of random events, some of them before `start` and some after `end`."""
    rng = Random(seed)
    began = start - timedelta(hours=3)
    old = _dated(start)
    store = filled(path, workspace(*old))
    shift = Played(store)
    for case in old:
        shift.cases[case.key] = Now(
            case.created_at, case.closed, False, case.priority, case.assignee, case.status_name
        )
    span = end + timedelta(hours=1) - began
    times = sorted(began + span * rng.random() for _ in range(steps))
    # What happens in the very moment in which a shift begins or ends.
    times = sorted([*times, start, end])
    for at in times:
        _step(rng, shift, at.replace(microsecond=0))
    return shift


_dated_cases: dict[datetime, tuple[Case, ...]] = {}


def _dated(start: datetime) -> tuple[Case, ...]:
    """The old cases, created days before."""
    if start not in _dated_cases:
        _dated_cases[start] = tuple(
            replace(
                case,
                created_at=start - timedelta(hours=5 + 7 * place),
                closed_at=start - timedelta(hours=4) if case.closed else None,
                modified_at=start - timedelta(hours=4) if case.closed else None,
            )
            for place, case in enumerate(OLD)
        )
    return _dated_cases[start]


def _step(rng: Random, shift: Played, at: datetime) -> None:
    by = rng.choice(PEOPLE)
    if rng.random() < 0.25:
        priority = rng.choice(PRIORITIES)
        new = NewCase(f"Queue {len(shift.rows)} is long", OPS.id, priority=priority)
        case = shift.store.create_case(new, by=by, now=at)
        shift.cases[case.key] = Now(at, False, False, priority, None)
        shift.rows.append(Row(at, case.key, "opened", None, None, by))
        return
    key = rng.choice(sorted(shift.cases))
    now = shift.cases[key]
    if rng.random() < 0.1:
        shift.store.add_comment(_id(shift, key), "Looking.", by=by, now=at)
        shift.rows.append(Row(at, key, "comment", None, "Looking.", by))
        return
    change: Change
    match rng.choice(("status", "status", "archived", "priority", "assignee")):
        case "status":
            status = rng.choice(STANDARD_STATUSES)
            change = SetStatus(status)
            # Between the other two nothing happens that a report tells, but somebody was there.
            what = "closed" if now.closed != (status is SHUT) else "status"
            row = Row(at, key, "status", now.status, status.name, by)
            if what == "closed":
                now.status = status.name
                row = Row(at, key, "closed", now.closed, status is SHUT, by)
            _write(shift, row)
        case "archived":
            change = SetArchived(not now.archived)
            _write(shift, Row(at, key, "archived", now.archived, not now.archived, by))
        case "priority":
            priority = rng.choice(PRIORITIES)
            change = SetPriority(priority)
            _write(shift, Row(at, key, "priority", now.priority, priority, by))
        case _:
            user = rng.choice((None, *PEOPLE))
            change = Assign(user)
            _write(shift, Row(at, key, "assignee", now.assignee, user, by))
    shift.store.change(_id(shift, key), change.apply, by=by, now=at)


def recorded(store: Store) -> Played:
    """What the history of a store says has happened since there is anything in it."""
    shift = Played(store, store.me())
    everybody = {user.id: user for case in _all(store) if (user := case.assignee)}
    number = 0
    while page := store.history_between(None, None, number=number, size=1000):
        number += 1
        for entry in page:
            old, new, field_ = entry.old, entry.new, entry.field
            if field_ == "created":
                assert isinstance(new, dict)
                shift.cases[entry.case_key] = Now(
                    entry.at,
                    new["status"]["group"] == "SG_CLOSED",
                    False,
                    new["priority"],
                    everybody[new["assignee"]["id"]] if new.get("assignee") else None,
                )
                shift.rows.append(Row(entry.at, entry.case_key, "opened", None, None, entry.by))
                continue
            if field_ == "status":
                assert isinstance(old, dict)
                assert isinstance(new, dict)
                was, now = (value["group"] == "SG_CLOSED" for value in (old, new))
                row = Row(entry.at, entry.case_key, "closed", was, now, entry.by)
                if was == now:
                    row = Row(entry.at, entry.case_key, "touch", None, field_, entry.by)
            elif field_ == "assignee":
                was, now = (
                    everybody.get(v["id"]) if isinstance(v, dict) else None for v in (old, new)
                )
                row = Row(entry.at, entry.case_key, field_, was, now, entry.by)
            elif field_ in ("priority", "archived"):
                row = Row(entry.at, entry.case_key, field_, old, new, entry.by)
            else:
                row = Row(entry.at, entry.case_key, "touch", None, field_, entry.by)
            shift.rows.append(row)
            if hasattr(shift.cases[row.key], row.what):
                setattr(shift.cases[row.key], row.what, row.new)
    return shift


def _all(store: Store) -> list[Case]:
    found: list[Case] = []
    for query in ("", "archived:true"):
        number = 1
        while page := store.search(parse(query), number=number, size=100, now=ZERO).cases:
            found += page
            number += 1
    return found


def _write(shift: Played, row: Row) -> None:
    if row.old != row.new:
        setattr(shift.cases[row.key], row.what, row.new)
        shift.rows.append(row)


def _id(shift: Played, key: str) -> str:
    case = shift.store.case(key)
    assert case
    return case.id
