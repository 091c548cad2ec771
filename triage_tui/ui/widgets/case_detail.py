"""Everything about one case, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.style import Style
from rich.text import Text

from triage_tui.models import Case, CustomValue, Project, Ticket, TimelineCell, User
from triage_tui.text import absolute, ago, clean
from triage_tui.ui.looks import PRIORITY_LOOKS, STATUS_LOOKS, look
from triage_tui.ui.widgets.line_list import Cell, LineList

LABEL_WIDTH = 12
MOST_OF_A_TEXT = 40_000
"""Characters of a description or comment that are laid out; the rest is announced."""


class CaseDetail(LineList):
    """Paints one case; scrolls, has no cursor."""

    has_cursor = False
    header_height = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._case: Case | None = None
        self._cells: Sequence[TimelineCell] | None = None
        self._problem: str | None = None
        self._project: Project | None = None
        self._type_name = ""
        self._now: datetime | None = None
        self._lines: list[list[Cell]] = []
        self._laid_out: tuple[object, ...] = ()

    @property
    def case_id(self) -> str | None:
        """Id of the case that is painted."""
        return self._case.id if self._case else None

    def show(
        self,
        case: Case | None,
        timeline: Sequence[TimelineCell] | None,
        *,
        problem: str | None,
        project: Project | None,
        type_name: str,
        now: datetime,
    ) -> None:
        """Paint a case.

        Args:
            timeline: Newest first; None while it is not known.
            problem: Why the timeline could not be read.
        """
        same = case is not None and self._case is not None and case.id == self._case.id
        self._case, self._cells, self._problem = case, timeline, problem
        self._project, self._type_name, self._now = project, type_name, now
        self._lay_out()
        if not same:
            self._scroll_rows(0)

    def _lay_out(self) -> None:
        minute = self._now.replace(second=0, microsecond=0) if self._now else None
        inputs = (
            *(self._case, self._cells, self._problem, self._project, self._type_name),
            *(minute, self.width, self.app.theme),
        )
        if inputs == self._laid_out:
            return
        self._laid_out = inputs
        self._lines = list(self._wrapped()) if self._case and self.width > 4 else []
        self.rows_changed(len(self._lines), 0)

    def on_resize(self) -> None:
        self._lay_out()

    # Text

    def _text(self, text: str, name: str) -> Text:
        # Appended, not given: Rich leaves out the style of a whole text that has no parts.
        return Text().append(text, look(self, name))

    def _wrapped(self) -> Iterator[list[Cell]]:
        width, base = self.width - 2, self.rich_style
        console = self.app.console
        for text, indent in self._paragraphs():
            if not text.plain:
                yield []
                continue
            room = max(8, width - indent)
            for number, line in enumerate(text.wrap(console, room, overflow="fold")):
                pad = " " * (1 + (indent if number else 0))
                segments = line.render(console)
                styled = [(s.text, base + (s.style or Style.null())) for s in segments]
                yield [(pad, base), *(cell for cell in styled if cell[0])]

    def _paragraphs(self) -> Iterator[tuple[Text, int]]:
        """The whole case as (text, indent of wrapped lines)."""
        case = self._case
        assert case is not None
        yield self._text(clean(case.title) or "(no title)", "strong"), 0
        yield self._summary(case), 0
        if case.attributes:
            yield self._attributes_in_short(case), 0
        yield from self._heading("Description")
        if case.description:
            yield from self._markdown(case.description)
        else:
            yield self._text("None", "dim"), 0
        yield from self._timeline(case)
        if case.insights:
            yield from self._heading(f"Insights ({len(case.insights)})")
            for insight in case.insights:
                kind = insight.type.replace("_", " ").lower()
                yield self._fact(kind, insight.ref or insight.resource_id), LABEL_WIDTH
        yield from self._heading("Fields")
        yield from self._facts(case)
        yield from self._attributes(case)

    def _summary(self, case: Case) -> Text:
        """What decides what to do with a case, in one line."""
        assert self._now is not None
        glyph, name = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        text = self._text(f"{glyph} {clean(case.status_name, limit=80)}", name)
        priority = "no priority" if case.priority == "NOT_DEFINED" else clean(case.priority)
        text.append(" · ").append(priority, look(self, PRIORITY_LOOKS.get(case.priority, "plain")))
        who = case.assignee.label if case.assignee else "nobody"
        parts = [clean(who, limit=80), f"created {ago(case.created_at, self._now)}"]
        if case.modified_at:
            parts.append(f"changed {ago(case.modified_at, self._now)}")
        if case.due_date:
            parts.append(f"due {clean(case.due_date, limit=40)}")
        if case.archived_at:
            parts.append("archived")
        return text.append(" · " + " · ".join(parts))

    def _attributes_in_short(self, case: Case) -> Text:
        text = Text()
        for key, values in sorted(case.attributes.items()):
            text.append("  " if text.plain else "")
            text.append(clean(key, limit=80) + " ", look(self, "dim"))
            text.append(clean(", ".join(values), limit=200))
        return text

    def _fact(self, label: str, value: str, aside: str = "") -> Text:
        name = clean(label, limit=80)
        text = self._text(name.ljust(LABEL_WIDTH - 1) + " ", "dim")
        text.append(clean(value, limit=4000) or "–")
        if aside:
            text.append("  " + clean(aside, limit=200), look(self, "faint"))
        return text

    def _facts(self, case: Case) -> Iterator[tuple[Text, int]]:
        priority = "not set" if case.priority == "NOT_DEFINED" else case.priority
        archived = ", archived" if case.archived_at else ""
        yield self._fact("Status", case.status_name + archived), LABEL_WIDTH
        yield self._fact("Priority", priority), LABEL_WIDTH
        yield self._fact("Assignee", *self._person(case.assignee, "nobody")), LABEL_WIDTH
        project = self._project
        name = f"{project.name} ({project.key})" if project else case.project_key
        yield self._fact("Project", name), LABEL_WIDTH
        yield self._fact("Type", self._type_name or case.type), LABEL_WIDTH
        if case.due_date:
            yield self._fact("Due", case.due_date), LABEL_WIDTH
        yield self._when("Created", case.created_at, case.created_by), LABEL_WIDTH
        if case.modified_at:
            yield self._when("Changed", case.modified_at, case.modified_by), LABEL_WIDTH
        if case.closed_at:
            yield self._when("Closed", case.closed_at, None), LABEL_WIDTH
        if case.archived_at:
            yield self._when("Archived", case.archived_at, None), LABEL_WIDTH
        yield self._fact("Source", case.creation_source.replace("_", " ").lower()), LABEL_WIDTH
        for label, ticket in (("Jira", case.jira), ("ServiceNow", case.service_now)):
            if ticket:
                yield self._fact(label, *_ticket(ticket)), LABEL_WIDTH
        if case.merge_status != "NOT_MERGED":
            yield self._fact("Merge", case.merge_status.replace("_", " ").lower()), LABEL_WIDTH
        if case.public_id:
            yield self._fact("Public id", case.public_id), LABEL_WIDTH
        yield self._fact("Id", case.id), LABEL_WIDTH

    def _person(self, user: User | None, nobody: str) -> tuple[str, str]:
        if user is None:
            return nobody, ""
        mail = user.email if user.email != user.label else ""
        return user.label, mail if user.active else f"{mail} inactive".strip()

    def _when(self, label: str, at: datetime, by: User | None) -> Text:
        assert self._now is not None
        who = f" by {by.label}" if by else ""
        return self._fact(label, ago(at, self._now) + who, absolute(at))

    def _attributes(self, case: Case) -> Iterator[tuple[Text, int]]:
        if case.attributes:
            yield from self._heading("Attributes")
            for key, values in sorted(case.attributes.items()):
                yield self._fact(key, ", ".join(values)), LABEL_WIDTH
        if case.custom_attributes:
            yield from self._heading("Custom attributes")
            for key, value in sorted(case.custom_attributes.items()):
                yield self._fact(key, _custom(value), value.type.lower()), LABEL_WIDTH

    def _heading(self, text: str) -> Iterator[tuple[Text, int]]:
        yield Text(), 0
        yield self._text(text, "heading"), 0

    def _markdown(self, source: str) -> Iterator[tuple[Text, int]]:
        """Markdown with light styling: headings and code stand out, nothing is obeyed."""
        in_code = False
        for line in clean(source[:MOST_OF_A_TEXT], lines=True).split("\n"):
            bare = line.lstrip()
            if bare.startswith("```"):
                in_code = not in_code
                continue
            indent = len(line) - len(bare)
            if in_code:
                yield self._text("  " + line, "code"), 2
            elif bare.startswith("#"):
                yield self._text(bare.lstrip("#").strip(), "heading"), 0
            elif bare.startswith(("- ", "* ", "+ ")):
                yield Text(" " * indent + "• " + bare[2:]), indent + 2
            elif bare.startswith("|"):
                yield self._text(line, "code"), 2
            else:
                yield Text(line), indent
        if len(source) > MOST_OF_A_TEXT:
            rest = f"… {len(source) - MOST_OF_A_TEXT:,} more characters"
            yield self._text(rest, "dim"), 0

    def _timeline(self, case: Case) -> Iterator[tuple[Text, int]]:
        count = len(self._cells) if self._cells is not None else case.comment_count
        yield from self._heading(f"Comments ({count})")
        if self._problem:
            yield self._text(clean(self._problem, limit=400), "bad"), 0
        elif self._cells is None:
            yield self._text("Reading…" if case.comment_count else "None", "dim"), 0
        elif not self._cells:
            yield self._text("None", "dim"), 0
        assert self._now is not None
        for cell in self._cells or ():
            head = self._text(clean(cell.author.label, limit=80), "dim")
            if cell.type != "COMMENT":
                head.append(f"  {clean(cell.type, limit=40).replace('_', ' ').lower()}")
            when = f"  {ago(cell.created_at, self._now)} · {absolute(cell.created_at)}"
            head.append(when, look(self, "dim"))
            if cell.modified_at and cell.modified_at != cell.created_at:
                head.append("  edited", look(self, "dim"))
            yield Text(), 0
            yield head, 0
            yield from self._markdown(cell.message)

    # Painting

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        case = self._case
        if case is None:
            return [(" Detail".ljust(width), style)]
        more = self.count - self.height_in_rows
        place = f"{min(100, round(100 * self.scroll_y / more))}%" if more > 0 else ""
        text = f" {clean(case.key, limit=40)}"
        return [(text + place.rjust(max(0, width - len(text) - 1)) + " ", style)]

    def row_state(self, index: int) -> int:
        return index

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index] or [("", self.rich_style)]

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()


def _ticket(ticket: Ticket) -> tuple[str, str]:
    state = {"IN_PROGRESS": "being created", "FAILED": "could not be created"}
    return (
        " ".join(part for part in (ticket.key, ticket.url) if part)
        or state.get(ticket.status, "–"),
        state.get(ticket.status, ""),
    )


def _custom(value: CustomValue) -> str:
    return ", ".join(map(_number, value.values))


def _number(value: str | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
