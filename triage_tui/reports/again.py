"""Facts that are brought up to what became of cases since they were read, without asking again."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from triage_tui.changes import AddComment
from triage_tui.entries import Entry, State
from triage_tui.models import Case, Facet, FacetValue, HistoryEntry, TimelineCell
from triage_tui.reports.facts import AGES, Backlog, Facts, Found
from triage_tui.reports.happened import SAME, journalled
from triage_tui.reports.lists import LISTS, in_order, is_aged, is_open, tests


def known_cases(facts: Facts) -> dict[str, Case]:
    """All cases that the facts hold, by their ids."""
    lists = (case for name in LISTS for case in getattr(facts, name).cases)
    return {case.id: case for case in (*facts.named.values(), *facts.touched, *lists)}


def brought_up(
    facts: Facts,
    cases: Mapping[str, Case],
    entries: Sequence[Entry] | None,
    now: datetime,
    deferred: Mapping[str, datetime] | None = None,
) -> Facts:
    """The facts as they would be if these cases were read now.

    A window that went up to when the facts were read goes up to now. The median age of the backlog
    stays as it was read.

    Args:
        cases: Those that look otherwise than in the facts, by their ids.
        entries: What was asked for on this machine by now; None to leave what is known.
        deferred: Until when cases are put off by now; None to leave what is known.
    """
    before = known_cases(facts)
    for entry in entries or ():
        if entry.edit.seen and entry.edit.case_id in cases:
            before.setdefault(entry.edit.case_id, entry.edit.seen)
    pairs = [(before[id_], case) for id_, case in cases.items() if id_ in before]
    window = facts.window
    if window.end >= facts.now:
        window = replace(window, end=now + timedelta(microseconds=1))
    kept = facts.entries if entries is None else tuple(entries)
    changed = replace(facts, window=window, entries=kept)
    own = _own_steps(changed, facts) if entries else ()
    history = facts.history
    if history is not None and own:
        history = tuple(sorted((*history, *own), key=lambda step: step.at))
    lists: dict[str, Any] = {name: _listed(name, facts, pairs) for name in LISTS}
    named = {id_: cases.get(id_, case) for id_, case in facts.named.items()}
    if deferred is not None:
        named |= {id_: one for id_ in deferred if (one := cases.get(id_) or before.get(id_))}
    return replace(
        changed,
        now=now,
        touched=_touched(facts, cases),
        history=history,
        backlog=_backlog(facts, pairs),
        comments=_comments(facts, entries or ()),
        named=named,
        deferred=facts.deferred if deferred is None else deferred,
        **lists,
    )


def _listed(name: str, facts: Facts, pairs: Iterable[tuple[Case, Case]]) -> Found:
    found: Found = getattr(facts, name)
    if found.total is None and not found.cases:
        return found
    test = tests(facts.window, facts.now, facts.me)[name]
    rows = {case.id: case for case in found.cases}
    total = found.total
    for was, case in pairs:
        here, there = is_open(was) and test(was), is_open(case) and test(case)
        if there and (case.id in rows or not here):
            rows[case.id] = case
        else:
            rows.pop(case.id, None)
        if total is not None:
            total += there - here
    ordered = sorted(rows.values(), key=partial(in_order, name))
    return Found(tuple(ordered), None if total is None else max(0, total))


def _touched(facts: Facts, cases: Mapping[str, Case]) -> tuple[Case, ...]:
    touched = [cases.get(case.id, case) for case in facts.touched]
    there = {case.id for case in touched}
    start = facts.window.start
    for case in cases.values():
        times = (case.created_at, case.modified_at, case.closed_at, case.archived_at)
        if case.id not in there and any(at and at >= start for at in times):
            insort(touched, case, key=lambda one: (one.created_at, one.id))
    return tuple(touched)


def _own_steps(facts: Facts, before: Facts) -> list[HistoryEntry]:
    """What was done here since the history was read, as the history would have it."""
    recorded = {
        (step.case_id, step.field, repr(step.new))
        for step in facts.history or ()
        if step.at >= before.now - SAME
    }
    steps = []
    for entry in facts.entries or ():
        over = entry.settled_at or entry.made_at
        if entry.state is not State.DONE or over < before.now:
            continue
        for step in journalled(entry, facts):
            if (step.case_id, step.field, repr(step.new)) not in recorded:
                steps.append(
                    HistoryEntry(
                        step.case_id,
                        entry.edit.key,
                        step.at,
                        facts.me,
                        step.field,
                        step.old,
                        step.new,
                    )
                )
    return steps


def _comments(facts: Facts, entries: Iterable[Entry]) -> Mapping[str, TimelineCell | None]:
    found = dict(facts.comments)
    for entry in entries:
        change, at = entry.edit.change, entry.settled_at or entry.made_at
        done = entry.state is State.DONE and at >= facts.now
        if isinstance(change, AddComment) and done and facts.me and entry.edit.case_id in found:
            found[entry.edit.case_id] = TimelineCell("", "COMMENT", facts.me, change.text, at)
    return found


def _backlog(facts: Facts, pairs: Sequence[tuple[Case, Case]]) -> Backlog:
    backlog = facts.backlog
    total, older, ages = backlog.total, backlog.older, list(backlog.ages)
    for was, case in pairs:
        more = is_open(case) - is_open(was)
        if not more:
            continue
        total = None if total is None else total + more
        if older is not None and case.created_at < facts.window.start:
            older += more
        for place, (_, youngest, oldest) in enumerate(AGES):
            count = ages[place]
            if count is not None and is_aged(facts.now - case.created_at, youngest, oldest):
                ages[place] = count + more
                break
    facets = tuple(_counted(facet, pairs) for facet in backlog.facets)
    return replace(backlog, total=total, older=older, ages=tuple(ages), facets=facets)


def _counted(facet: Facet, pairs: Iterable[tuple[Case, Case]]) -> Facet:
    if facet.values is None:
        return facet
    counts = {one.value: one.count for one in facet.values}
    for was, case in pairs:
        for one, by in ((was, -1), (case, 1)):
            for value in _values(facet.field, one) if is_open(one) else ():
                counts[value] = counts.get(value, 0) + by
    kept = tuple(FacetValue(value, count) for value, count in counts.items() if count > 0)
    return replace(facet, values=kept)


def _values(field: str, case: Case) -> tuple[str, ...]:
    """The values by which a server counts a case."""
    if field == "priority":
        return (case.priority,)
    if field == "status_name":
        return (case.status_name,)
    if field == "assignee":
        return (case.assignee.handle if case.assignee else "",)
    if field in ("team", "service"):
        return tuple(case.attributes.get(field, ())) or ("",)
    return (case.creation_source,)
