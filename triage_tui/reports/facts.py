"""What a report is made from, whoever read it from wherever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage_tui.entries import Entry
from triage_tui.models import Case, Facet, HistoryEntry, TimelineCell, User
from triage_tui.reports.model import Window

STALLED = timedelta(hours=8)
"""In progress for so long without a change, a case may have been dropped."""

AGES = (
    ("under 1 h", timedelta(0), timedelta(hours=1)),
    ("1 to 8 h", timedelta(hours=1), timedelta(hours=8)),
    ("8 to 24 h", timedelta(hours=8), timedelta(days=1)),
    ("1 to 7 days", timedelta(days=1), timedelta(days=7)),
    ("older", timedelta(days=7), None),
)
"""Ages by which open cases are counted: from, and to but not with."""


@dataclass(frozen=True, slots=True)
class Found:
    """Cases that a question found.

    Attributes:
        cases: The first of them, in the order asked for.
        total: How many there are; None if the server cannot be asked that.
    """

    cases: tuple[Case, ...] = ()
    total: int | None = 0


NOT_KNOWN = Found(total=None)


@dataclass(frozen=True, slots=True)
class Backlog:
    """The cases that are open when the report is made.

    Attributes:
        total: How many; None if the server does not say.
        older: Of them, those created before the window began.
        facets: How many have which value, by the fields of `FIELDS`.
        ages: How many are of which of `AGES`; None where the server does not say.
        median, p90, oldest: When those were created that are so old, by rank.
    """

    total: int | None = None
    older: int | None = None
    facets: tuple[Facet, ...] = ()
    ages: tuple[int | None, ...] = (None,) * len(AGES)
    median: datetime | None = None
    p90: datetime | None = None
    oldest: datetime | None = None


FIELDS = (
    ("priority", "priority", "By priority"),
    ("status", "status_name", "By status"),
    ("team", "team", "By team"),
    ("service", "service", "By service"),
    ("assignee", "assignee", "By assignee"),
    ("source", "creation_source", "By source"),
)
"""What open cases are counted by: in the report, for the server, and as a title."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of an earlier report.

    Attributes:
        values: By the names that `compose.snapshot_of` gives them.
    """

    start: datetime
    end: datetime
    name: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a report is made from.

    Attributes:
        now: When it was read; the end of the window is not later.
        touched: All cases of the query, archived ones too, that were created, changed, closed or
            archived since the window began, as they are now. `touched_known` is False if the
            server could not be asked for all of them.
        history: Every change since the window began, oldest first; None if the server keeps none.
        entries: What was asked for on this machine since then, oldest first; None if unknown.
        urgent: Open P1 and P2.
        overdue: Open, neither P1 nor P2, and due before today, where the person is.
        unassigned: Open P1 to P3 of nobody.
        mine: Open, and of whoever goes off shift; `me`.
        stalled: In progress, and not changed for `STALLED`.
        unranked: Open, without a priority.
        unsorted: Open, without a team.
        older: Open, and created before the window began; the oldest first.
        comments: The newest comment of cases that were asked for theirs, by id; None for none.
        named: Cases by id that other facts speak of.
        deferred: Until when a case was put off on this machine, by id.
        earlier: Earlier reports of the same query, any order.
        web: The web application, "https://app.datadoghq.com"; "" if there is none.
        problems: Sentences about what could not be read.
    """

    window: Window
    now: datetime
    place: str = ""
    query: str = ""
    me: User | None = None
    incoming: str = ""
    touched: tuple[Case, ...] = ()
    touched_known: bool = True
    history: tuple[HistoryEntry, ...] | None = None
    entries: tuple[Entry, ...] | None = None
    backlog: Backlog = field(default_factory=Backlog)
    urgent: Found = NOT_KNOWN
    overdue: Found = NOT_KNOWN
    unassigned: Found = NOT_KNOWN
    mine: Found = NOT_KNOWN
    stalled: Found = NOT_KNOWN
    unranked: Found = NOT_KNOWN
    unsorted: Found = NOT_KNOWN
    older: Found = NOT_KNOWN
    comments: Mapping[str, TimelineCell | None] = field(default_factory=dict)
    named: Mapping[str, Case] = field(default_factory=dict)
    deferred: Mapping[str, datetime] = field(default_factory=dict)
    earlier: tuple[Snapshot, ...] = ()
    web: str = ""
    problems: tuple[str, ...] = ()
