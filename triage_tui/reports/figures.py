"""The figures of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.entries import UNSENT, Entry, State
from triage_tui.models import PRIORITIES, Case, Facet
from triage_tui.reports.facts import AGES, FIELDS, Facts, Snapshot
from triage_tui.reports.happened import Event, Step, Story, priority_word
from triage_tui.reports.model import (
    Actions,
    Delta,
    Figures,
    Flow,
    Known,
    Load,
    Slot,
    Spread,
    Tally,
    Versus,
    Window,
)

URGENT = ("P1", "P2")

HOURS = ("business", "off", "sleep")

_HOURLY = timedelta(hours=48)
"""A longer window is told by days."""

_VALUES = 10
"""Values of a field that are told one by one."""

_SAME_SHIFT = timedelta(hours=2)
"""By so much the same shift of another week may begin at another time."""

_WEEK = timedelta(days=7)


def figures_of(facts: Facts, story: Story) -> Figures:
    """All figures."""
    flow = story.flow()
    opened = [event for event in story.events if event.kind == "opened"]
    closed = [event for event in story.events if event.kind == "closed"]
    cases = {case.id: case for case in facts.touched}
    figures = Figures(
        flow=flow,
        by=tuple(_tally(facts, name, asked, title) for name, asked, title in FIELDS),
        backlog=_backlog(facts),
        buckets=tuple((name, n) for (name, *_), n in zip(AGES, facts.backlog.ages, strict=True)),
        to_close=_to_close(closed, cases, flow.known),
        to_first_touch=_to_first_touch(opened, cases, story, facts),
        slots=_slots(facts.window, opened, closed, cases),
        hours=_hours(facts.window.zone, opened, closed),
        load=_load(facts, opened, cases),
        actions=_actions(facts),
    )
    return figures


# What is open


def _tally(facts: Facts, name: str, asked: str, title: str) -> Tally:
    facet: Facet | None = next((one for one in facts.backlog.facets if one.field == asked), None)
    if facet is None or facet.values is None:
        return Tally(name, title, (), Known.UNKNOWN)
    people = _people(facts) if name == "assignee" else {}
    rows = [
        (people.get(one.value) or _value_word(name, one.value), one.count) for one in facet.values
    ]
    if name == "priority":
        order = [*map(priority_word, PRIORITIES)]
        rows.sort(key=lambda row: order.index(row[0]) if row[0] in order else len(order))
    else:
        rows.sort(key=lambda row: (-row[1], row[0]))
    left = rows[_VALUES:]
    told = tuple(rows[:_VALUES])
    if left:
        told += ((f"{len(left)} others", sum(count for _, count in left)),)
    return Tally(name, title, told)


def _people(facts: Facts) -> dict[str, str]:
    """What people are called, by the handles that a server counts them by."""
    found = (facts.urgent, facts.overdue, facts.stalled, facts.unranked, facts.mine, facts.older)
    cases = (*facts.touched, *(case for one in found for case in one.cases))
    return {case.assignee.handle: case.assignee.label for case in cases if case.assignee}


def _value_word(name: str, value: str) -> str:
    if name == "priority":
        return priority_word(value)
    if name == "assignee":
        return value or "nobody"
    return (value or "none") if name != "source" else value.replace("_", " ").lower() or "none"


def _backlog(facts: Facts) -> Spread:
    backlog, now = facts.backlog, facts.now
    if backlog.total is None:
        return Spread(0, known=Known.UNKNOWN)

    def age(then: datetime | None) -> timedelta | None:
        return None if then is None else now - then

    return Spread(backlog.total, age(backlog.median), age(backlog.p90), age(backlog.oldest))


# How long things took


def spread(durations: Iterable[timedelta], *, of: int | None = None, known: Known) -> Spread:
    """Some durations by rank: the smallest that at least half, or nine of ten, do not exceed."""
    ranked = sorted(durations)
    if not ranked:
        return Spread(0, of=of, known=known)
    return Spread(
        len(ranked),
        ranked[rank(len(ranked), 50)],
        ranked[rank(len(ranked), 90)],
        ranked[-1],
        of,
        known,
    )


def rank(count: int, percent: int) -> int:
    """The place from 0 among so many in order, which so many percent of them do not exceed."""
    return max(0, -(-count * percent // 100) - 1)


def _to_close(closed: Sequence[Event], cases: dict[str, Case], known: Known) -> Spread:
    took = (event.at - cases[event.case_id].created_at for event in closed)
    return spread(took, of=len(closed), known=known)


def _to_first_touch(
    opened: Sequence[Event], cases: dict[str, Case], story: Story, facts: Facts
) -> Spread:
    took: list[timedelta] = []
    for event in opened:
        case = cases[event.case_id]
        first = _first_touch(story.steps.get(case.id, ()), facts.window)
        if first is not None:
            took.append(first - case.created_at)
    return spread(took, of=len(opened), known=Known.OBSERVED)


def _first_touch(steps: Sequence[Step], window: Window) -> datetime | None:
    touches = (step.at for step in steps if step.by and step.field != "created")
    return next((at for at in touches if at < window.end), None)


# By the clock


def hour_kind(local: datetime) -> str:
    """Whether people work, are off or sleep at a time of their own clock."""
    if local.hour >= 22 or local.hour < 8:
        return "sleep"
    return "business" if local.hour < 18 and local.weekday() < 5 else "off"


def _hours(
    zone: tzinfo, opened: Iterable[Event], closed: Iterable[Event]
) -> tuple[tuple[str, int, int], ...]:
    came = Counter(hour_kind(event.at.astimezone(zone)) for event in opened)
    went = Counter(hour_kind(event.at.astimezone(zone)) for event in closed)
    return tuple((kind, came[kind], went[kind]) for kind in HOURS)


def _slots(
    window: Window, opened: Sequence[Event], closed: Sequence[Event], cases: dict[str, Case]
) -> tuple[Slot, ...]:
    by_day = window.end - window.start > _HOURLY
    starts = [_begun(window.start, window.zone, by_day)]
    while (following := _next(starts[-1], window.zone, by_day)) < window.end:
        starts.append(following)
    ends = [*starts[1:], _next(starts[-1], window.zone, by_day)]
    came = _placed(opened, starts)
    went = _placed(closed, starts)
    urgent = [event for event in opened if cases[event.case_id].priority in URGENT]
    pressing = _placed(urgent, starts)
    slots = []
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        local = start.astimezone(window.zone)
        label = f"{local:%a} {local.day} {local:%b}" if by_day else f"{local:%H:%M}"
        kind = "" if by_day else hour_kind(local)
        slots.append(Slot(start, end, label, came[at], went[at], pressing[at], kind))
    return tuple(slots)


def _begun(moment: datetime, zone: tzinfo, by_day: bool) -> datetime:
    """The beginning of the local hour or day that a time is in, in UTC."""
    local = moment.astimezone(zone)
    if by_day:
        return datetime.combine(local.date(), time(), zone).astimezone(UTC)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) - into


def _next(start: datetime, zone: tzinfo, by_day: bool) -> datetime:
    if not by_day:
        # An hour on every clock but those few that are set by half an hour.
        following = start + timedelta(hours=1)
        return max(_begun(following, zone, False), start + timedelta(minutes=30))
    day = start.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _placed(events: Iterable[Event], starts: Sequence[datetime]) -> Counter[int]:
    from bisect import bisect_right

    return Counter(bisect_right(starts, event.at) - 1 for event in events)


# Load, actions


def _load(facts: Facts, opened: Iterable[Event], cases: dict[str, Case]) -> Load:
    count = sum(cases[event.case_id].priority in URGENT for event in opened)
    known = Known.EXACT if facts.touched_known else Known.OBSERVED
    return Load(count, facts.window.hours, known=known)


def _actions(facts: Facts) -> Actions:
    if facts.entries is None:
        return Actions(known=Known.UNKNOWN)
    own = [entry for entry in facts.entries if entry.made_at in facts.window]
    done = [entry for entry in own if entry.state is State.DONE]
    verbs = Counter(_verb(entry) for entry in done if entry.edit.guard is None)
    return Actions(
        tuple(sorted(verbs.items(), key=lambda one: (-one[1], one[0]))),
        len({entry.edit.lane for entry in done}),
        sum(e.state in (State.REFUSED, State.CONFLICT, State.UNSURE) for e in own),
        sum(e.state is State.UNDONE or (e.edit.guard is not None) for e in own),
        sum(entry.state in UNSENT for entry in own),
    )


def _verb(entry: Entry) -> str:
    change: Change = entry.edit.change
    if isinstance(change, SetStatus):
        if change.status.group == "SG_CLOSED":
            return "closed"
        seen = entry.edit.seen
        return "reopened" if seen and seen.closed else f"set {change.status.name}"
    if isinstance(change, SetPriority):
        return "set a priority"
    if isinstance(change, Assign):
        return "assigned" if change.user else "unassigned"
    if isinstance(change, SetArchived):
        return "archived" if change.archived else "unarchived"
    if isinstance(change, AddComment):
        return "commented"
    if isinstance(change, CreateCase):
        return "created"
    return f"changed the {change.noun}"


# Beside earlier reports

NAMES = {
    "opened": "opened",
    "closed": "closed",
    "reopened": "reopened",
    "archived": "archived while open",
    "end": "open at the end",
    "urgent": "open P1 and P2",
    "load": "P1 and P2 in 12 h",
    "to_close": "median hours to close",
    "age": "median age of the backlog in days",
}
"""What the figures that are compared are called."""


def compared(facts: Facts, values: dict[str, float]) -> tuple[Versus, ...]:
    """This window beside the one before it, and beside the same one a week before."""
    window = facts.window
    start, long = window.start, window.end - window.start
    # A quick look at the last minutes is nothing to compare a night with.
    earlier = [
        one
        for one in facts.earlier
        if one.end <= start and long / 2 <= one.end - one.start <= long * 2
    ]
    found = []
    if earlier:
        last = max(earlier, key=lambda one: (one.end, one.start))
        found.append(_beside("the report before", last, values))
    ago = [
        one
        for one in earlier
        if abs(one.start + _WEEK - start) <= _SAME_SHIFT and one.name == window.name
    ]
    if ago:
        found.append(_beside("a week before", max(ago, key=lambda one: one.end), values))
    return tuple(found)


def _beside(title: str, other: Snapshot, values: dict[str, float]) -> Versus:
    rows = tuple(
        Delta(name, other.values.get(key), values.get(key))
        for key, name in NAMES.items()
        if key in values or key in other.values
    )
    return Versus(title, other.start, other.end, rows)


def values_of(figures: Figures, urgent: int | None) -> dict[str, float]:
    """The figures that are compared, as far as they are known."""
    flow: Flow = figures.flow
    found: dict[str, float | None] = {
        "opened": flow.opened,
        "closed": flow.closed,
        "reopened": flow.reopened,
        "archived": flow.archived,
        "end": flow.end,
        "urgent": urgent,
        "load": figures.load.per_half_day,
        "to_close": _in(figures.to_close.median, timedelta(hours=1)),
        "age": _in(figures.backlog.median, timedelta(days=1)),
    }
    return {key: value for key, value in found.items() if value is not None}


def _in(span: timedelta | None, unit: timedelta) -> float | None:
    return None if span is None else round(span / unit, 1)
