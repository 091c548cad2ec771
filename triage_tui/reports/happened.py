"""What happened to cases, step by step, from the history of a server or from what else shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage_tui.changes import Assign, SetArchived, SetPriority, SetStatus
from triage_tui.entries import Entry, State
from triage_tui.models import PRIORITIES, Case, HistoryEntry
from triage_tui.reports.facts import Facts
from triage_tui.reports.model import Flow, Known

EVENTS = (
    "opened",
    "closed",
    "archived",
    "restored",
    "reopened",
    "raised",
    "lowered",
    "reassigned",
)
"""What can happen to a case, in the order in which a report tells it."""

SAME = timedelta(minutes=5)
"""Clocks of two machines differ by less: so far apart is what each says of one change."""

_AT_ONCE = timedelta(seconds=2)
"""By so much the times may differ that a server writes for one change."""

_OPEN = {"group": "SG_OPEN", "name": "open"}
_CLOSED = {"group": "SG_CLOSED", "name": "closed"}


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one case.

    Attributes:
        by: "" if nobody knows.
        field, old, new: As a history has them.
    """

    case_id: str
    at: datetime
    by: str
    field: str
    old: object
    new: object
    known: Known = Known.EXACT


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case.

    Attributes:
        kind: One of `EVENTS`.
        what: From what to what: "P3 → P1"; "" where the kind says it all.
        of_open: What it did to the number of open cases was not undone by the other reason not to
            be open: closing an archived case makes none less.
    """

    kind: str
    case_id: str
    at: datetime
    by: str
    what: str = ""
    of_open: bool = True
    known: Known = Known.EXACT


class Story:
    """What happened since the window began to each of the cases that were touched.

    Attributes:
        steps: By case, oldest first.
        events: Those in the window, oldest first.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._cases = {case.id: case for case in facts.touched}
        self.steps = _by_case(_steps(facts), self._cases)
        events = [
            event
            for case in facts.touched
            for event in self._events(case)
            if event.at in facts.window
        ]
        self.events = tuple(
            sorted(events, key=lambda one: (one.at, one.case_id, EVENTS.index(one.kind)))
        )

    def was_open(self, case: Case, at: datetime) -> bool:
        """True if a touched case was there at a time since the window began, and open."""
        if case.created_at >= at:
            return False
        return not (self._closed(case, at) or self._archived(case, at))

    def _closed(self, case: Case, at: datetime) -> bool:
        return self._value(case, "status", at) == "SG_CLOSED"

    def _archived(self, case: Case, at: datetime) -> bool:
        return self._value(case, "archived", at) is True

    def _value(self, case: Case, field: str, at: datetime) -> object:
        """What a field was just before a time: what the next step of it came from."""
        for step in self.steps.get(case.id, ()):
            if step.at >= at and step.field == field:
                return _told(field, step.old)
        return case.status_group if field == "status" else case.archived_at is not None

    def _events(self, case: Case) -> Iterator[Event]:
        start = self._facts.window.start
        steps = self.steps.get(case.id, ())
        began = max(start, case.created_at)
        closed, archived = self._closed(case, began), self._archived(case, began)
        if case.created_at >= start:
            yield self._opening(case, steps)
            if closed:
                by, known = _who(case), Known.OBSERVED
                yield Event("closed", case.id, case.created_at, by, known=known)
        for step in steps:
            for kind, what in _kinds(step):
                of_open = not (archived if step.field == "status" else closed)
                yield Event(kind, case.id, step.at, step.by, what, of_open, step.known)
            if step.field == "status":
                closed = _told("status", step.new) == "SG_CLOSED"
            elif step.field == "archived":
                archived = step.new is True

    @staticmethod
    def _opening(case: Case, steps: Iterable[Step]) -> Event:
        made = next((step for step in steps if step.field == "created"), None)
        by = made.by if made else _who(case)
        return Event("opened", case.id, case.created_at, by)

    def flow(self) -> Flow:
        """How the number of open cases changed over the window."""
        facts, window = self._facts, self._facts.window
        known = Known.EXACT
        if facts.history is None or not facts.touched_known:
            known = Known.OBSERVED
        counts = dict.fromkeys(EVENTS, 0)
        for event in self.events:
            counts[event.kind] += event.of_open
        start: int | None = None
        end: int | None = None
        if facts.backlog.total is not None:
            open_now = sum(not (c.closed or c.archived_at) for c in facts.touched)
            # Whatever nobody touched is as it was.
            others = facts.backlog.total - open_now
            start = others + sum(self.was_open(case, window.start) for case in facts.touched)
            end = others + sum(self.was_open(case, window.end) for case in facts.touched)
        return Flow(
            start,
            counts["opened"],
            counts["reopened"],
            counts["restored"],
            counts["closed"],
            counts["archived"],
            end,
            known,
        )


def _by_case(steps: Iterable[Step], cases: Mapping[str, Case]) -> Mapping[str, tuple[Step, ...]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        if step.case_id in cases:
            found.setdefault(step.case_id, []).append(step)
    return {id_: tuple(sorted(own, key=lambda step: step.at)) for id_, own in found.items()}


def _kinds(step: Step) -> Iterator[tuple[str, str]]:
    """What a step is to a person who reads a report."""
    if step.field == "status":
        was, now = (_told("status", value) == "SG_CLOSED" for value in (step.old, step.new))
        if now and not was:
            yield "closed", ""
        elif was and not now:
            yield "reopened", ""
    elif step.field == "archived":
        yield ("archived" if step.new is True else "restored"), ""
    elif step.field == "priority":
        what = f"{priority_word(str(step.old))} → {priority_word(str(step.new))}"
        yield ("raised" if _rank(step.new) < _rank(step.old) else "lowered"), what
    elif step.field == "assignee":
        yield "reassigned", f"{_person(step.old)} → {_person(step.new)}"


def priority_word(priority: str) -> str:
    """A priority as people say it."""
    return "none" if priority == "NOT_DEFINED" else priority


def _rank(priority: object) -> int:
    known = str(priority)
    return PRIORITIES.index(known) if known in PRIORITIES else len(PRIORITIES)


def _told(field: str, value: object) -> object:
    """The part of a value that decides whether a case is open."""
    return value.get("group") if field == "status" and isinstance(value, Mapping) else value


def _person(value: object) -> str:
    return str(value.get("name") or "somebody") if isinstance(value, Mapping) else "nobody"


def _who(case: Case) -> str:
    return case.created_by.label if case.created_by else ""


# Where steps come from


def _steps(facts: Facts) -> Iterator[Step]:
    if facts.history is not None:
        yield from (_recorded(entry) for entry in facts.history)
        return
    ours = [step for entry in facts.entries or () for step in journalled(entry, facts)]
    yield from ours
    closings = [step for step in ours if _told("status", step.new) == "SG_CLOSED"]
    for case in facts.touched:
        yield from _shown(case, facts, closings)


def _recorded(entry: HistoryEntry) -> Step:
    by = entry.by.label if entry.by else ""
    return Step(entry.case_id, entry.at, by, entry.field, entry.old, entry.new)


def journalled(entry: Entry, facts: Facts) -> Iterator[Step]:
    """What was done on this machine, as a history would have it."""
    edit, at = entry.edit, entry.sent_at or entry.made_at
    if entry.state is not State.DONE or edit.seen is None:
        return
    seen, change = edit.seen, edit.change
    by = facts.me.label if facts.me else ""
    old: object
    new: object
    if isinstance(change, SetStatus):
        old = {"group": seen.status_group, "name": seen.status_name}
        new = {"group": change.status.group, "name": change.status.name}
    elif isinstance(change, SetPriority):
        old, new = seen.priority, change.priority
    elif isinstance(change, Assign):
        old = {"name": seen.assignee.label} if seen.assignee else None
        new = {"name": change.user.label} if change.user else None
    elif isinstance(change, SetArchived):
        old, new = seen.archived_at is not None, change.archived
    else:
        old, new = None, change.phrase
    if old != new:
        yield Step(edit.case_id, at, by, change.field, old, new, Known.OBSERVED)


def _shown(case: Case, facts: Facts, closings: Iterable[Step]) -> Iterator[Step]:
    """What the times on a case show: that it was closed, or archived."""
    start = facts.window.start
    if case.closed and case.closed_at and case.closed_at >= start:
        at = case.closed_at
        known_already = any(
            step.case_id == case.id and abs(step.at - at) < SAME for step in closings
        )
        if not known_already:
            yield Step(case.id, at, _changer(case, at), "status", _OPEN, _CLOSED, Known.OBSERVED)
    if case.archived_at and case.archived_at >= start:
        at = case.archived_at
        if not any(
            entry.edit.case_id == case.id and isinstance(entry.edit.change, SetArchived)
            for entry in facts.entries or ()
            if entry.state is State.DONE
        ):
            yield Step(case.id, at, _changer(case, at), "archived", False, True, Known.OBSERVED)


def _changer(case: Case, at: datetime) -> str:
    """Who did what the case shows, if it was the last thing that was done to it."""
    if case.modified_by is None or case.modified_at is None:
        return ""
    return case.modified_by.label if abs(case.modified_at - at) <= _AT_ONCE else ""
