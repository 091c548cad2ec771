"""What happened to the cases of the demo until now, as their times and people tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from random import Random

from triage_tui.models import Case, CaseType, HistoryEntry, TimelineCell, User
from triage_tui.server.tables import comments
from triage_tui.server.tables.history import Difference, person, started, status, ticket

_FIRST_THOUGHT = {"P1": "P2", "P2": "P3", "P3": "P2", "P4": "P3", "P5": "P4"}
"""The priority of a case before somebody had a closer look, by the one it has since."""

_Done = tuple[datetime, User | None, Difference]
"""When something was done, by whom, and what."""


def demo_history(
    seed: int,
    cases: Sequence[Case],
    cells: Mapping[str, Sequence[TimelineCell]],
    types: Sequence[CaseType],
) -> dict[str, tuple[HistoryEntry, ...]]:
    """Everything that was done to each case by its id, oldest first, its comments included.

    The last change of a case is the one that it says it was modified by. The same arguments always
    give the same history.
    """
    # Of its own, so that nothing else of the demo depends on how often it is asked.
    rng = Random(f"history {seed}")
    kinds = {kind.id: kind for kind in types}
    return {
        case.id: _entries(rng, case, cells.get(case.id, ()), kinds[case.type_id]) for case in cases
    }


def _entries(
    rng: Random, case: Case, cells: Sequence[TimelineCell], kind: CaseType
) -> tuple[HistoryEntry, ...]:
    done = [one for cell in cells for one in _said(cell)]
    began = started(case)
    if case.modified_at:
        steps = _steps(rng, case, kind)
        for field, old, _ in reversed(steps):
            if field in began:
                began[field] = old
        done += _timed(rng, case, case.modified_at, steps)
    done.sort(key=itemgetter(0))
    began = {name: value for name, value in began.items() if value is not None}
    done.insert(0, (case.created_at, case.created_by, ("created", None, began)))
    return tuple([HistoryEntry(case.id, case.key, at, by, *what) for at, by, what in done])


def _said(cell: TimelineCell) -> list[_Done]:
    """What was done about a comment: it was written, and whoever edited it added the last word."""
    final, author = comments.kept(cell), cell.author
    if cell.modified_at is None:
        return [(cell.created_at, author, ("comment", None, final))]
    draft = {**final, "message": cell.message.rpartition(" ")[0]}
    return [
        (cell.created_at, author, ("comment", None, draft)),
        (cell.modified_at, author, ("comment", draft, final)),
    ]


def _steps(rng: Random, case: Case, kind: CaseType) -> list[Difference]:
    """What led from the case as it was created to the case as it is, in order."""
    steps: list[Difference] = []
    if rng.random() < 0.15 and case.priority in _FIRST_THOUGHT:
        steps.append(("priority", _FIRST_THOUGHT[case.priority], case.priority))
    for name, made in (("jira", case.jira), ("service_now", case.service_now)):
        if made:
            steps.append((name, None, ticket(made)))
    if case.assignee:
        steps.append(("assignee", None, person(case.assignee)))
    if case.status_group != "SG_OPEN":
        route = [status(kind.defaults["SG_OPEN"], "SG_OPEN")]
        last = status(case.status_name, case.status_group)
        begun = status(kind.defaults["SG_IN_PROGRESS"], "SG_IN_PROGRESS")
        if begun != last and (not case.closed or rng.random() < 0.7):
            route.append(begun)
        steps += [("status", old, new) for old, new in pairwise([*route, last])]
    return steps


def _timed(
    rng: Random, case: Case, modified_at: datetime, steps: Sequence[Difference]
) -> list[_Done]:
    """When each step was taken and by whom, and the archiving if there was one."""
    *before, last = steps
    # These two have left their times on the case; everything else was done before, at any time.
    dated: list[_Done] = []
    if case.closed:
        dated.append((case.closed_at or modified_at, case.modified_by, last))
    elif not case.archived_at:
        dated.append((modified_at, case.modified_by, last))
    else:
        before.append(last)
    if case.archived_at:
        dated.append((case.archived_at, case.modified_by, ("archived", False, True)))
    span = dated[0][0] - case.created_at
    times = sorted([0.02 + 0.93 * rng.random() for _ in before])
    done = [
        (case.created_at + span * at, _doer(rng, case, step[0]), step)
        for at, step in zip(times, before, strict=True)
    ]
    return done + dated


def _doer(rng: Random, case: Case, field: str) -> User | None:
    """Who did something that was not the last change: at times a case is handed to somebody."""
    handed = field == "assignee" and case.creation_source == "MANUAL" and rng.random() < 0.4
    return case.created_by if handed else case.modified_by
