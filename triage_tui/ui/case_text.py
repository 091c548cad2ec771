"""A case as text, a section at a time: what decides it first, every field of it in its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from triage_tui.dossiers import Dossier, Part, Section
from triage_tui.models import (
    Case,
    CaseLink,
    CustomValue,
    Insight,
    Project,
    Ticket,
    TimelineCell,
    User,
)
from triage_tui.text import absolute, ago, clean
from triage_tui.ui.case_timeline import Timeline
from triage_tui.ui.looks import PRIORITY_LOOKS, STATUS_LOOKS
from triage_tui.ui.markdown import MOST_OF_A_TEXT, Markdown
from triage_tui.ui.paragraphs import Paragraph

WIDEST_LABEL = 24
"""Cells of a label before a value, at most."""

LATEST = 3
"""Comments that the overview shows."""

_MOST_OF_A_VALUE = 4_000

_KEY = re.compile(r'( *)("(?:[^"\\]|\\.)*": )?(.*)', re.DOTALL)

RELATIONS = {
    "RELATES_TO": ("relates to", "relates to"),
    "CAUSES": ("causes", "caused by"),
    "BLOCKS": ("blocks", "blocked by"),
    "DUPLICATES": ("duplicates", "duplicated by"),
    "PARENT_OF": ("parent of", "child of"),
    "SUCCESSOR_OF": ("successor of", "succeeded by"),
    "ESCALATES_TO": ("escalates to", "escalated from"),
}
"""What the parent of a link does to the child, and what the child is to the parent."""


@dataclass(frozen=True)
class CaseView:
    """All there is to show of one case.

    Attributes:
        timeline: Newest first; None while it is not known.
        problem: Why the timeline could not be read.
        others: The cases at the other ends of its links, as far as they are known.
        people: Users by their ids, for answers that do not name them.
        left_out: What the server cannot tell of the section, as a sentence.
        web: Where addresses begin that the server gives without their host; "" for nowhere.
    """

    case: Case
    timeline: tuple[TimelineCell, ...] | None = None
    problem: str | None = None
    dossier: Dossier = field(default_factory=Dossier)
    others: Mapping[str, Case] = field(default_factory=dict)
    people: Mapping[str, User] = field(default_factory=dict)
    project: Project | None = None
    type_name: str = ""
    left_out: str = ""
    web: str = ""


@dataclass(frozen=True)
class CaseText:
    """Writes cases.

    Attributes:
        look: The style of a look by its name (see `looks`).
    """

    look: Callable[[str], Style]
    now: datetime

    def section(self, section: Section, view: CaseView) -> Iterator[Paragraph]:
        """A section of a case; an empty paragraph is an empty line."""
        write = {
            Section.OVERVIEW: self._overview,
            Section.TIMELINE: self._timeline,
            Section.INSIGHTS: self._insights,
            Section.FIELDS: self._fields,
            Section.RAW: self._raw,
        }
        return write[section](view)

    def summary(self, case: Case, since: str = "") -> Text:
        """What decides what to do with a case, in one line.

        Args:
            since: What changed since it was looked at before; cleaned.
        """
        glyph, look = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        text = self._text(f"{glyph} {clean(case.status_name, limit=80)}", look)
        unset = case.priority == "NOT_DEFINED"
        priority = "no priority" if unset else clean(case.priority, limit=80)
        text.append(" · ")
        text.append(priority, self.look(PRIORITY_LOOKS.get(case.priority, "plain")))
        who = case.assignee.label if case.assignee else "nobody"
        text.append(f" · {clean(who, limit=80)}")
        if since:
            text.append(" · ").append(f"Δ {since}", self.look("flag"))
        parts = []
        if case.archived_at:
            parts.append("archived")
        if case.due_date:
            parts.append(f"due {clean(case.due_date, limit=40)}")
        parts.append(f"created {ago(case.created_at, self.now)}")
        if case.modified_at:
            parts.append(f"changed {ago(case.modified_at, self.now)}")
        return text.append(" · " + " · ".join(parts))

    # Sections

    def _overview(self, view: CaseView) -> Iterator[Paragraph]:
        case, markdown = view.case, Markdown(self.look)
        yield self._plain(clean(case.title) or "(no title)", "strong")
        if case.attributes:
            yield Paragraph(Text(), self._attributes_in_short(case))
            yield _EMPTY
        if case.description.strip():
            yield from markdown.paragraphs(case.description)
        else:
            yield self._plain("No description", "dim")
        cells = view.timeline
        count = case.comment_count if cells is None else len(cells)
        yield from self._heading(f"Comments ({count})")
        yield from Timeline(self.look, self.now).latest(
            cells, LATEST, count=count, problem=view.problem
        )

    def _timeline(self, view: CaseView) -> Iterator[Paragraph]:
        yield from Timeline(self.look, self.now).merged(
            view.timeline,
            view.dossier.history,
            count=view.case.comment_count,
            problem=view.problem,
            history_problem=view.dossier.problems.get(Part.HISTORY, ""),
            left_out=view.left_out,
        )

    def _insights(self, view: CaseView) -> Iterator[Paragraph]:
        insights = view.case.insights
        if not insights:
            yield self._plain("Nothing that explains this case is tied to it.", "dim")
        by_type: dict[str, list[Insight]] = {}
        for insight in insights:
            by_type.setdefault(_lowered(insight.type) or "of no type", []).append(insight)
        for number, (kind, ones) in enumerate(by_type.items()):
            if number:
                yield _EMPTY
            yield self._plain(f"{clean(kind, limit=80).capitalize()} ({len(ones)})", "heading")
            for one in ones:
                address = address_of(one, view.web)
                shown = clean(address or one.ref or one.resource_id, limit=_MOST_OF_A_VALUE)
                text = self._text(shown, "link" if address else "plain")
                if one.resource_id and one.resource_id not in shown:
                    text.append(f"  {clean(one.resource_id, limit=200)}", self.look("faint"))
                yield Paragraph(Text("• "), text)

    def _fields(self, view: CaseView) -> Iterator[Paragraph]:
        case = view.case
        yield from self._facts(self._all_fields(view))
        yield from self._links(view)
        if case.attributes:
            yield from self._heading("Attributes")
            yield from self._facts(
                (key, ", ".join(values), "") for key, values in sorted(case.attributes.items())
            )
        if case.custom_attributes:
            yield from self._heading("Custom attributes")
            custom = [
                (clean(key, limit=WIDEST_LABEL), value)
                for key, value in sorted(case.custom_attributes.items())
            ]
            width = max(12, *(cell_len(label) + 2 for label, _ in custom))
            for label, value in custom:
                lead = self._text(label + " " * (width - cell_len(label)), "dim")
                yield Paragraph(lead, self._custom_value(value))
        for label, ticket in (("Jira", case.jira), ("ServiceNow", case.service_now)):
            if ticket:
                yield from self._heading(f"{label} ticket")
                yield from self._facts(_ticket(ticket))
        yield from self._watchers(view)

    def _raw(self, view: CaseView) -> Iterator[Paragraph]:
        if problem := view.dossier.problems.get(Part.RAW):
            yield self._plain(clean(problem, limit=400), "bad")
        raw = view.dossier.raw
        if raw is None:
            if not problem:
                yield self._plain("Reading…", "dim")
            return
        for line in raw.split("\n"):
            indent, key, value = _KEY.fullmatch(clean(line[:MOST_OF_A_TEXT])).groups()  # type: ignore[union-attr]
            text = self._text(key or "", "dim").append(value)
            if len(line) > MOST_OF_A_TEXT:
                more = f"… {len(line) - MOST_OF_A_TEXT:,} more characters"
                text.append(more, self.look("dim"))
            yield Paragraph(Text(indent), text, literal=True)

    # Parts

    def _text(self, text: str, look: str) -> Text:
        # Appended, not given: Rich leaves out the style of a whole text that has no parts.
        return Text().append(text, self.look(look))

    def _plain(self, text: str, look: str) -> Paragraph:
        return Paragraph(Text(), self._text(text, look))

    def _heading(self, text: str) -> Iterator[Paragraph]:
        yield _EMPTY
        yield self._plain(text, "heading")

    def _attributes_in_short(self, case: Case) -> Text:
        text = Text()
        for key, values in sorted(case.attributes.items()):
            text.append("  " if text.plain else "")
            text.append(clean(key, limit=80) + " ", self.look("dim"))
            text.append(clean(", ".join(values), limit=200))
        return text

    def _facts(self, facts: Iterable[tuple[str, str, str]]) -> Iterator[Paragraph]:
        """Labels in a column of their own, then values, then what is said by the way."""
        cleaned = [
            (
                clean(label, limit=WIDEST_LABEL),
                clean(value, limit=_MOST_OF_A_VALUE),
                clean(aside, limit=200),
            )
            for label, value, aside in facts
        ]
        width = max(12, *(cell_len(label) + 2 for label, _, _ in cleaned)) if cleaned else 0
        for label, value, aside in cleaned:
            text = Text(value or "–")
            if aside:
                text.append("  " + aside, self.look("faint"))
            yield Paragraph(self._text(label + " " * (width - cell_len(label)), "dim"), text)

    def _all_fields(self, view: CaseView) -> Iterator[tuple[str, str, str]]:
        case, project = view.case, view.project
        priority = "not set" if case.priority == "NOT_DEFINED" else case.priority
        yield "Status", case.status_name + (", archived" if case.archived_at else ""), ""
        yield "Priority", priority, ""
        yield "Assignee", *_person(case.assignee)
        yield "Project", f"{project.name} ({project.key})" if project else case.project_key, ""
        yield "Type", view.type_name or case.type, ""
        if case.due_date:
            yield "Due", case.due_date, ""
        for label, at, by in (
            ("Created", case.created_at, case.created_by),
            ("Changed", case.modified_at, case.modified_by),
            ("Closed", case.closed_at, None),
            ("Archived", case.archived_at, None),
        ):
            if at:
                yield label, ago(at, self.now) + (f" by {by.label}" if by else ""), absolute(at)
        if case.resolved_reason:
            yield "Resolved as", _lowered(case.resolved_reason), ""
        yield "Source", _lowered(case.creation_source), ""
        if case.merge_status != "NOT_MERGED":
            yield "Merge", _lowered(case.merge_status), ""
        if case.public_id:
            yield "Public id", case.public_id, ""
        yield "Id", case.id, ""

    def _custom_value(self, value: CustomValue) -> Text:
        """Typed: an address is told from a text, a figure is not rounded, several stand apart."""
        kind = value.type.lower()
        shown = [clean(_number(one), limit=_MOST_OF_A_VALUE) for one in value.values]
        text = Text()
        for number, one in enumerate(shown or ["–"]):
            text.append(", " if number else "")
            text.append(one, self.look("link" if kind == "url" and shown else "plain"))
        aside = f"{clean(kind, limit=40)}, several" if value.is_multi else clean(kind, limit=40)
        return text.append("  " + aside, self.look("faint"))

    def _links(self, view: CaseView) -> Iterator[Paragraph]:
        links, problem = view.dossier.links, view.dossier.problems.get(Part.LINKS)
        yield from self._heading("Links" if links is None else f"Links ({len(links)})")
        if problem:
            yield self._plain(clean(problem, limit=400), "bad")
        elif not links:
            yield self._plain("Reading…" if links is None else "None", "dim")
        told = sorted((relation(view.case.id, link), link.id) for link in links or ())
        width = max((cell_len(words) for (words, _, _), _ in told), default=0)
        for number, ((words, kind, end), _) in enumerate(told):
            again = number and told[number - 1][0][0] == words
            lead = self._text(("" if again else words).ljust(width) + "  ", "dim")
            if kind == "CASE":
                yield Paragraph(lead, self._other(end, view.others.get(end)), target=end)
            else:
                text = f"{_lowered(kind)} {end}"
                yield Paragraph(lead, Text(clean(text, limit=300)))

    def _other(self, case_id: str, case: Case | None) -> Text:
        """A case at the other end of a link, in one line."""
        if case is None:
            return self._text(clean(case_id, limit=80), "dim")
        glyph, look = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        text = self._text(glyph + " ", look)
        text.append(clean(case.key, limit=40), self.look("link"))
        text.append(f"  {clean(case.title, limit=200)}")
        return text.append(f"  {clean(case.status_name, limit=40)}", self.look("faint"))

    def _watchers(self, view: CaseView) -> Iterator[Paragraph]:
        watchers, problem = view.dossier.watchers, view.dossier.problems.get(Part.WATCHERS)
        yield from self._heading("Watchers" if watchers is None else f"Watchers ({len(watchers)})")
        if problem:
            yield self._plain(clean(problem, limit=400), "bad")
        elif not watchers:
            yield self._plain("Reading…" if watchers is None else "Nobody", "dim")
        else:
            people = (view.people.get(one.id, one) if not one.name else one for one in watchers)
            yield Paragraph(Text(), Text(clean(", ".join(one.label for one in people), limit=2000)))


_EMPTY = Paragraph(Text(), Text())


def relation(case_id: str, link: CaseLink) -> tuple[str, str, str]:
    """What a case is to the other end of a link, in words; the type and the id of that end."""
    parent, child = RELATIONS.get(link.relationship, (_lowered(link.relationship),) * 2)
    words = clean(parent if link.parent_id == case_id else child, limit=WIDEST_LABEL)
    if link.parent_id == case_id:
        return words, link.child_type, link.child_id
    return words, link.parent_type, link.parent_id


def counts(view: CaseView) -> Counter[Section]:
    """How much there is in each section, as far as that is known."""
    case, cells = view.case, view.timeline
    return Counter(
        {
            Section.TIMELINE: (case.comment_count if cells is None else len(cells))
            + sum(one.field != "comment" for one in view.dossier.history or ()),
            Section.INSIGHTS: len(case.insights),
            Section.FIELDS: len(case.attributes)
            + len(case.custom_attributes)
            + len(view.dossier.links or ()),
        }
    )


def address_of(insight: Insight, web: str) -> str:
    """Where an insight can be looked at; "" if nobody knows."""
    if re.fullmatch(r"https?://\S+", insight.ref):
        return insight.ref
    return web + insight.ref if web and insight.ref.startswith("/") else ""


def as_json(value: Any) -> str:
    """An answer as JSON that can be read: its keys in order."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def _lowered(word: str) -> str:
    return word.replace("_", " ").lower()


def _person(user: User | None) -> tuple[str, str]:
    if user is None:
        return "nobody", ""
    mail = user.email if user.email != user.label else ""
    return user.label, mail if user.active else f"{mail} inactive".strip()


def _ticket(ticket: Ticket) -> Iterator[tuple[str, str, str]]:
    state = {"IN_PROGRESS": "being created", "FAILED": "could not be created"}
    if ticket.key:
        yield "Key", ticket.key, ""
    if ticket.url:
        yield "Address", ticket.url, ""
    if ticket.status in state:
        yield "State", state[ticket.status], ""


def _number(value: str | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
