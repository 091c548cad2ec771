"""Which of the lists of a report an open case is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from triage_tui.models import PRIORITIES, Case, User
from triage_tui.reports.facts import STALLED
from triage_tui.reports.figures import URGENT
from triage_tui.reports.model import Window

LISTS = ("urgent", "overdue", "unassigned", "mine", "stalled", "unranked", "unsorted", "older")
"""As `Facts` calls them."""


def is_open(case: Case) -> bool:
    """True for what is neither closed nor archived."""
    return not (case.closed or case.archived_at)


def tests(window: Window, now: datetime, me: User | None) -> dict[str, Callable[[Case], bool]]:
    """For each of `LISTS`, whether an open case belongs there."""
    long_ago, day = now - STALLED, today(window, now)
    return {
        "urgent": lambda case: case.priority in URGENT,
        "overdue": lambda case: (
            case.priority not in URGENT and bool(case.due_date and case.due_date < day)
        ),
        "unassigned": lambda case: case.assignee is None and case.priority in PRIORITIES[:3],
        "mine": lambda case: bool(me and case.assignee and case.assignee.id == me.id),
        "stalled": lambda case: (
            case.status_group == "SG_IN_PROGRESS"
            and (case.modified_at or case.created_at) < long_ago
        ),
        "unranked": lambda case: case.priority == "NOT_DEFINED",
        "unsorted": lambda case: not case.attributes.get("team"),
        "older": lambda case: case.created_at < window.start,
    }


def today(window: Window, now: datetime) -> str:
    """The day, where the people of the window are: "2026-11-21"."""
    return now.astimezone(window.zone).date().isoformat()


def is_aged(age: timedelta, youngest: timedelta, oldest: timedelta | None) -> bool:
    """True if an age is in one of `AGES`; what seems to come from the future is of the first."""
    if youngest and age < youngest:
        return False
    return oldest is None or age < oldest


def in_order(name: str, case: Case) -> tuple[int, datetime, str]:
    """By what a list is sorted."""
    rank = 0 if name == "older" else _rank(case)
    return rank, case.created_at, case.id


def _rank(case: Case) -> int:
    return PRIORITIES.index(case.priority) if case.priority in PRIORITIES else len(PRIORITIES)
