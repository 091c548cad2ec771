"""From facts to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from triage_tui.models import Case
from triage_tui.reports.alike import clusters
from triage_tui.reports.facts import NOT_KNOWN, STALLED, Facts, Found, Snapshot
from triage_tui.reports.figures import compared, figures_of, values_of
from triage_tui.reports.happened import Event, Story
from triage_tui.reports.model import Figures, Flow, Known, Line, Part, Report, Section
from triage_tui.text import ago, number, plural

MOST_LINES = 200
"""Cases that a section tells one by one."""

MOST_CLUSTERS = 10

_LAST = 200
"""Characters of the last comment."""

_HAPPENED = (
    ("opened", "Opened"),
    ("closed", "Closed"),
    ("archived", "Archived"),
    ("restored", "Brought back from the archive"),
    ("reopened", "Opened again"),
    ("raised", "Priority raised"),
    ("lowered", "Priority lowered"),
    ("reassigned", "Given to somebody else"),
)

_ONLY_OURS = "The server keeps no history: only what this machine did is told."
_LAST_ONLY = "The server keeps no history: what was turned around since is missing."

_CHANGING = ("status", "status_name", "status_group", "priority", "assignee", "assignee_id")
"""Keys of a query that select other cases after a shift than before."""


def report_of(facts: Facts, *, outgoing: str = "", most: int = MOST_LINES) -> Report:
    """The report. The same facts give the same one.

    Args:
        outgoing: Whose shift it was; whoever the keys belong to, if nobody says.
        most: Lines that a section may have; its total says how many there are.
    """
    story = Story(facts)
    figures = figures_of(facts, story)
    lines = _Lines(facts, story, most)
    action = _action(facts, lines)
    values = values_of(figures, facts.urgent.total)
    figures = replace(figures, versus=compared(facts, values))
    parts = (
        action,
        _gaps(facts, lines),
        _happened(facts, story, lines),
        _carried(facts, story, lines),
        _deferred(facts, lines),
        _noise(story, lines),
    )
    return Report(
        window=facts.window,
        generated_at=facts.now,
        place=facts.place,
        query=facts.query,
        outgoing=outgoing or (facts.me.label if facts.me else ""),
        incoming=facts.incoming,
        verdict=_verdict(parts, figures),
        coverage=tuple(_coverage(facts, figures)),
        parts=parts,
        figures=figures,
    )


def snapshot_of(report: Report) -> Snapshot:
    """The figures that a later report is compared with."""
    urgent = report.section("action.urgent").total
    window = report.window
    return Snapshot(window.start, window.end, window.name, values_of(report.figures, urgent))


class _Lines:
    """Makes the lines of cases."""

    def __init__(self, facts: Facts, story: Story, most: int) -> None:
        self._facts = facts
        self._story = story
        self._most = most
        self.cases = {case.id: case for case in facts.touched}

    def section(
        self,
        id: str,
        title: str,
        found: Found,
        why: Callable[[Case], str],
        *,
        remark: str = "",
        last: bool = False,
    ) -> Section:
        """Cases that are as they are now.

        Args:
            last: Tell what was said or done last.
        """
        lines = tuple(
            self.line(case, why(case), last=self.last(case) if last else "")
            for case in found.cases[: self._most]
        )
        if found.total is None:
            known = Known.OBSERVED if found.cases else Known.UNKNOWN
            return Section(id, title, lines, len(lines) if lines else None, known, remark)
        return Section(id, title, lines, max(found.total, len(lines)), remark=remark)

    def line(
        self,
        case: Case,
        why: str,
        *,
        at: datetime | None = None,
        by: str = "",
        last: str = "",
        known: Known = Known.EXACT,
    ) -> Line:
        web = self._facts.web
        return Line(
            case_id=case.id,
            key=case.key,
            title=case.title,
            priority=case.priority,
            status=case.status_name,
            status_group=case.status_group,
            assignee=case.assignee.label if case.assignee else "",
            created_at=case.created_at,
            why=why,
            at=at,
            by=by,
            last=last,
            url=f"{web}/cases/{_in_path(case.key)}" if web else "",
            known=known,
        )

    def events(self, id: str, title: str, events: Sequence[Event], known: Known) -> Section:
        """Cases that something happened to, in the order in which it last did."""
        by_case: dict[str, list[Event]] = {}
        for event in reversed(events):
            by_case.setdefault(event.case_id, []).insert(0, event)
        lines = []
        for case_id, own in reversed(list(by_case.items())[-self._most :]):
            people = ", ".join(dict.fromkeys(event.by for event in own if event.by))
            whats = [event.what for event in own if event.what]
            why = ", ".join(whats) or (f"{len(own)} times" if len(own) > 1 else "")
            case = self.cases[case_id]
            sure = min((event.known for event in own), key=list(Known).index)
            lines.append(self.line(case, why, at=own[-1].at, by=people, known=sure))
        total = len(by_case) if lines or known is not Known.UNKNOWN else None
        return Section(id, title, tuple(lines), total, known)

    def last(self, case: Case) -> str:
        """What was said or done last: "Ben 5 min ago: It is the log volume."."""
        now = self._facts.now
        comment = self._facts.comments.get(case.id)
        steps = [s for s in self._story.steps.get(case.id, ()) if s.field != "comment"]
        step = steps[-1] if steps else None
        if comment and (step is None or comment.created_at >= step.at):
            said = " ".join(comment.message.split())
            said = said if len(said) <= _LAST else said[: _LAST - 1] + "…"
            return f"{comment.author.label} {ago(comment.created_at, now)}: {said}"
        if step and step.field != "created":
            who = f" by {step.by}" if step.by else ""
            what = step.field.replace("_", " ")
            return f"{what} changed{who} {ago(step.at, now)}"
        if case.modified_at:
            who = f" by {case.modified_by.label}" if case.modified_by else ""
            return f"changed{who} {ago(case.modified_at, now)}"
        return "not changed since it was opened"

    def age(self, case: Case) -> str:
        return ago(case.created_at, self._facts.now)


def _in_path(key: str) -> str:
    from urllib.parse import quote

    return quote(key, safe="")


# The parts


def _action(facts: Facts, lines: _Lines) -> Part:
    def pressing(case: Case) -> str:
        due = f", due {case.due_date}" if case.due_date else ""
        return f"opened {lines.age(case)}{due}"

    def overdue(case: Case) -> str:
        return f"due {case.due_date}"

    return Part(
        "action",
        "Needs action now",
        (
            lines.section(
                "action.urgent",
                "Open P1 and P2",
                facts.urgent,
                pressing,
                last=True,
            ),
            lines.section(
                "action.overdue", "Others past their due date", facts.overdue, overdue, last=True
            ),
        ),
    )


def _gaps(facts: Facts, lines: _Lines) -> Part:
    hours = f"{STALLED.total_seconds() / 3600:.0f} h"

    def opened(case: Case) -> str:
        return f"opened {lines.age(case)}"

    def changed(case: Case) -> str:
        return f"last changed {ago(case.modified_at or case.created_at, facts.now)}"

    mine = facts.mine if facts.me else NOT_KNOWN
    whose = f"Assigned to {facts.me.label}" if facts.me else "Assigned to whoever goes"
    return Part(
        "gaps",
        "Ownership gaps",
        (
            lines.section("gaps.unassigned", "P1 to P3 of nobody", facts.unassigned, opened),
            lines.section("gaps.leaving", f"{whose}, going off shift", mine, opened),
            lines.section(
                "gaps.stalled", f"In progress, unchanged for {hours}", facts.stalled, changed
            ),
            lines.section("gaps.unranked", "Without a priority", facts.unranked, opened),
            lines.section("gaps.unsorted", "Without a team", facts.unsorted, opened),
        ),
    )


def _happened(facts: Facts, story: Story, lines: _Lines) -> Part:
    recorded = facts.history is not None
    sections = []
    for kind, title in _HAPPENED:
        known, remark = Known.EXACT, ""
        if not facts.touched_known:
            known = Known.OBSERVED
        if not recorded and kind in ("closed", "archived"):
            known, remark = Known.OBSERVED, _LAST_ONLY
        elif not recorded and kind != "opened":
            known = Known.UNKNOWN if facts.entries is None else Known.OBSERVED
            remark = "The server keeps no history." if facts.entries is None else _ONLY_OURS
        own = [event for event in story.events if event.kind == kind]
        section = lines.events(f"happened.{kind}", title, own, known)
        sections.append(replace(section, remark=remark))
    return Part("happened", "What happened", tuple(sections))


def _carried(facts: Facts, story: Story, lines: _Lines) -> Part:
    start = facts.window.start
    shut = {
        case.id
        for case in facts.touched
        if case.created_at < start
        and not (case.closed or case.archived_at)
        and not story.was_open(case, start)
    }
    found = facts.older
    if found.total is not None:
        kept = tuple(case for case in found.cases if case.id not in shut)
        found = Found(kept, found.total - len(shut))
    section = lines.section(
        "carried.over",
        "Open at the start and still",
        found,
        lambda case: f"opened {lines.age(case)}",
        remark="The oldest come first." if found.cases else "",
    )
    return Part("carried", "Carried over", (section,))


def _deferred(facts: Facts, lines: _Lines) -> Part:
    waiting = sorted(
        (
            (until, facts.named[id_])
            for id_, until in facts.deferred.items()
            if until > facts.now and id_ in facts.named
        ),
        key=lambda one: (one[0], one[1].created_at, one[1].key),
    )
    told = tuple(lines.line(case, "put off on this machine", at=until) for until, case in waiting)
    missing = sum(
        until > facts.now and id_ not in facts.named for id_, until in facts.deferred.items()
    )
    remark = f"{plural(missing, 'more case')} could not be read." if missing else ""
    section = Section(
        "deferred.snoozed", "Until the time beside them", told, len(told) + missing, remark=remark
    )
    return Part("deferred", "Deferred", (section,))


def _noise(story: Story, lines: _Lines) -> Part:
    opened = [lines.cases[event.case_id] for event in story.events if event.kind == "opened"]
    found = clusters(opened)
    sections = []
    for place, cluster in enumerate(found[:MOST_CLUSTERS], 1):
        first = cluster.cases[0]
        about = f" ({cluster.service})" if cluster.service else ""
        title = f"{len(cluster.cases)} like “{first.title}”{about}"
        told = Found(tuple(cluster.cases), len(cluster.cases))
        sections.append(
            lines.section(f"noise.{place}", title, told, lambda case: f"opened {lines.age(case)}")
        )
    rest = len(found) - len(sections)
    remark = f"There are {plural(rest, 'smaller group')} more." if rest else ""
    return Part("noise", "Noise and repeats", tuple(sections), remark)


# In words


def _verdict(parts: Sequence[Part], figures: Figures) -> str:
    action, gaps = parts[0], parts[1]
    flow, need, nobody = figures.flow, action.count, gaps.sections[0].total or 0
    said = [
        f"{number(need)} need{'s' if need == 1 else ''} action now" if need else "nothing is urgent"
    ]
    if any(section.known is not Known.EXACT for section in action.sections):
        said[0] += " as far as is known"
    if nobody:
        said.append(f"{number(nobody)} of P1 to P3 unassigned")
    said.append(f"{number(flow.opened or 0)} opened")
    said.append(f"{number(flow.closed or 0)} closed")
    if flow.end is not None:
        said.append(f"{number(flow.end)} open at the end")
    text = ", ".join(said)
    return text[0].upper() + text[1:] + "."


def _coverage(facts: Facts, figures: Figures) -> Iterable[str]:
    flow: Flow = figures.flow
    yield f"Made from {plural(len(facts.touched), 'case')} that were touched since the start" + (
        f" and {number(facts.backlog.total)} open ones."
        if facts.backlog.total is not None
        else "; how many are open is not known."
    )
    read = sum(comment is not None for comment in facts.comments.values())
    asked = plural(len(facts.comments), "case")
    yield f"Comments read for {asked}, of which {number(read)} had any."
    if facts.history is None:
        yield "The server keeps no history: what is marked as observed may be incomplete."
    else:
        yield "What happened is from the history of the server."
    if not facts.touched_known:
        yield "The server could not be asked for all that changed; figures may be too low."
    if facts.entries is None:
        yield "There is no journal of this machine."
    if flow.residue:
        yield (
            f"{number(abs(flow.residue))} open {'more' if flow.residue > 0 else 'fewer'} at the end"
            " than what happened accounts for."
        )
    if any(f"{key}:" in facts.query for key in _CHANGING):
        yield (
            "The query asks for what changes during a shift: cases that it does not find any more"
            " are not in the figures."
        )
    if facts.now > facts.window.end:
        yield "What needs action, gaps and the backlog are as they were when the report was made."
    yield from facts.problems
