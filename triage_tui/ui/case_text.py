"""A case as text: what decides it first, every field of it at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from triage_tui.models import Case, CustomValue, Project, Ticket, TimelineCell, User
from triage_tui.text import absolute, ago, clean
from triage_tui.ui.looks import PRIORITY_LOOKS, STATUS_LOOKS

MOST_OF_A_TEXT = 40_000
"""Characters of a description or comment that are laid out; the rest is announced."""

WIDEST_LABEL = 24
"""Cells of a label before a value, at most."""

Paragraph = tuple[Text, Text]
"""What stands before the first line (the other lines are indented by as much), and the text."""

_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")
_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*+]|(?P<number>\d{1,3}[.)])) +(?P<text>.*)")


@dataclass(frozen=True)
class CaseText:
    """Writes cases.

    Attributes:
        look: The style of a look by its name (see `looks`).
    """

    look: Callable[[str], Style]
    now: datetime

    def paragraphs(
        self,
        case: Case,
        timeline: Sequence[TimelineCell] | None,
        problem: str | None,
        project: Project | None,
        type_name: str,
    ) -> Iterator[Paragraph]:
        """The whole case; an empty paragraph is an empty line.

        Args:
            timeline: Newest first; None while it is not known.
            problem: Why the timeline could not be read.
        """
        yield self._plain(clean(case.title) or "(no title)", "strong")
        yield Text(), self._summary(case)
        if case.attributes:
            yield Text(), self._attributes_in_short(case)
        yield from self._heading("Description")
        yield from self._markdown(case.description)
        yield from self._timeline(case, timeline, problem)
        if case.insights:
            yield from self._heading(f"Insights ({len(case.insights)})")
            yield from self._facts(
                (insight.type.replace("_", " ").lower(), insight.ref or insight.resource_id, "")
                for insight in case.insights
            )
        yield from self._heading("Fields")
        yield from self._facts(self._fields(case, project, type_name))
        if case.attributes:
            yield from self._heading("Attributes")
            yield from self._facts(
                (key, ", ".join(values), "") for key, values in sorted(case.attributes.items())
            )
        if case.custom_attributes:
            yield from self._heading("Custom attributes")
            yield from self._facts(
                (key, _custom(value), value.type.lower())
                for key, value in sorted(case.custom_attributes.items())
            )

    # Parts

    def _text(self, text: str, look: str) -> Text:
        # Appended, not given: Rich leaves out the style of a whole text that has no parts.
        return Text().append(text, self.look(look))

    def _plain(self, text: str, look: str) -> Paragraph:
        return Text(), self._text(text, look)

    def _heading(self, text: str) -> Iterator[Paragraph]:
        yield Text(), Text()
        yield self._plain(text, "heading")

    def _summary(self, case: Case) -> Text:
        """What decides what to do with a case, in one line."""
        glyph, look = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        text = self._text(f"{glyph} {clean(case.status_name, limit=80)}", look)
        unset = case.priority == "NOT_DEFINED"
        priority = "no priority" if unset else clean(case.priority, limit=80)
        text.append(" · ")
        text.append(priority, self.look(PRIORITY_LOOKS.get(case.priority, "plain")))
        who = case.assignee.label if case.assignee else "nobody"
        parts = [clean(who, limit=80), f"created {ago(case.created_at, self.now)}"]
        if case.modified_at:
            parts.append(f"changed {ago(case.modified_at, self.now)}")
        if case.due_date:
            parts.append(f"due {clean(case.due_date, limit=40)}")
        if case.archived_at:
            parts.append("archived")
        return text.append(" · " + " · ".join(parts))

    def _attributes_in_short(self, case: Case) -> Text:
        text = Text()
        for key, values in sorted(case.attributes.items()):
            text.append("  " if text.plain else "")
            text.append(clean(key, limit=80) + " ", self.look("dim"))
            text.append(clean(", ".join(values), limit=200))
        return text

    def _facts(self, facts: Iterator[tuple[str, str, str]]) -> Iterator[Paragraph]:
        """Labels in a column of their own, then values, then what is said by the way."""
        cleaned = [
            (clean(label, limit=WIDEST_LABEL), clean(value, limit=4000), clean(aside, limit=200))
            for label, value, aside in facts
        ]
        width = max(12, *(cell_len(label) + 2 for label, _, _ in cleaned)) if cleaned else 0
        for label, value, aside in cleaned:
            text = Text(value or "–")
            if aside:
                text.append("  " + aside, self.look("faint"))
            yield self._text(label + " " * (width - cell_len(label)), "dim"), text

    def _fields(
        self, case: Case, project: Project | None, type_name: str
    ) -> Iterator[tuple[str, str, str]]:
        priority = "not set" if case.priority == "NOT_DEFINED" else case.priority
        yield "Status", case.status_name + (", archived" if case.archived_at else ""), ""
        yield "Priority", priority, ""
        yield "Assignee", *_person(case.assignee)
        yield "Project", f"{project.name} ({project.key})" if project else case.project_key, ""
        yield "Type", type_name or case.type, ""
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
        yield "Source", case.creation_source.replace("_", " ").lower(), ""
        for label, ticket in (("Jira", case.jira), ("ServiceNow", case.service_now)):
            if ticket:
                yield label, *_ticket(ticket)
        if case.merge_status != "NOT_MERGED":
            yield "Merge", case.merge_status.replace("_", " ").lower(), ""
        if case.public_id:
            yield "Public id", case.public_id, ""
        yield "Id", case.id, ""

    def _timeline(
        self, case: Case, cells: Sequence[TimelineCell] | None, problem: str | None
    ) -> Iterator[Paragraph]:
        yield from self._heading(
            f"Comments ({case.comment_count if cells is None else len(cells)})"
        )
        if problem:
            yield self._plain(clean(problem, limit=400), "bad")
        elif not cells:
            reading = cells is None and case.comment_count
            yield self._plain("Reading…" if reading else "None", "dim")
        for number, cell in enumerate(cells or ()):
            if number:
                yield Text(), Text()
            head = self._text(clean(cell.author.label, limit=80), "strong")
            if cell.type != "COMMENT":
                head.append(f"  {clean(cell.type, limit=40).replace('_', ' ').lower()}")
            when = f"  {ago(cell.created_at, self.now)} · {absolute(cell.created_at)}"
            edited = cell.modified_at and cell.modified_at != cell.created_at
            yield Text(), head.append(when + ("  edited" if edited else ""), self.look("dim"))
            yield from self._markdown(cell.message)

    def _markdown(self, source: str) -> Iterator[Paragraph]:
        """Markdown with light styling: headings and code stand out, nothing is obeyed."""
        if not source.strip():
            yield self._plain("None", "dim")
            return
        in_code = False
        for line in clean(source[:MOST_OF_A_TEXT], lines=True).rstrip().split("\n"):
            bare = line.lstrip()
            if bare.startswith("```"):
                in_code = not in_code
            elif in_code or bare.startswith("|"):
                yield Text("  "), self._text(line, "code")
            elif bare.startswith("#"):
                yield self._plain(bare.lstrip("#").strip(), "strong")
            elif item := _ITEM.fullmatch(line):
                mark = f"{item['number'] or '•'} "
                yield Text(item["indent"] + mark), self._inline(item["text"])
            else:
                yield Text(" " * (len(line) - len(bare))), self._inline(bare)
        if len(source) > MOST_OF_A_TEXT:
            yield self._plain(f"… {len(source) - MOST_OF_A_TEXT:,} more characters", "dim")

    def _inline(self, line: str) -> Text:
        text, at = Text(), 0
        for found in _INLINE.finditer(line):
            text.append(line[at : found.start()])
            look = "strong" if found["bold"] else "code"
            text.append(found["bold"] or found["code"], self.look(look))
            at = found.end()
        return text.append(line[at:])


def _person(user: User | None) -> tuple[str, str]:
    if user is None:
        return "nobody", ""
    mail = user.email if user.email != user.label else ""
    return user.label, mail if user.active else f"{mail} inactive".strip()


def _ticket(ticket: Ticket) -> tuple[str, str]:
    state = {"IN_PROGRESS": "being created", "FAILED": "could not be created"}
    shown = " ".join(part for part in (ticket.key, ticket.url) if part)
    return shown or state.get(ticket.status, ""), state.get(ticket.status, "") if shown else ""


def _custom(value: CustomValue) -> str:
    return ", ".join(map(_number, value.values))


def _number(value: str | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
