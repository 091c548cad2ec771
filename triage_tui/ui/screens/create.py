"""The form for a new case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from triage_tui.changes import Assign
from triage_tui.models import PRIORITIES, STANDARD_TYPE, CaseType, NewCase, Project, User
from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.fields import LineField, TextField
from triage_tui.ui.screens.menu import MenuItem, MenuScreen
from triage_tui.ui.screens.pick import Choice, PickScreen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Created:
    """What was filled in.

    Attributes:
        new: In a draft, title and project may be "".
        send: False if it is a draft to be kept.
    """

    new: NewCase
    send: bool


class CreateScreen(Box[Created]):
    """The form for a new case; always answers a `Created`, so that nothing written is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "create", "Create", show=False),
    ]

    def __init__(
        self,
        projects: Sequence[Project],
        types: Sequence[CaseType],
        users: Sequence[User],
        *,
        draft: NewCase | None = None,
        me: User | None = None,
        search: Callable[[str], Awaitable[Sequence[Choice[User]]]] | None = None,
    ) -> None:
        """
        Args:
            draft: What the fields hold to begin with.
            me: Listed first among the people.
            search: Looks for more people on the server, see `PickScreen`.
        """
        super().__init__("New case", "ctrl+s create · enter choose · esc keep as draft")
        draft = draft or NewCase(title="", project_id="")
        self._projects = {project.id: project for project in projects}
        self._types = {kind.id: kind for kind in types if kind.deleted_at is None}
        self._people = people(users, me)
        self._search = search

        # A project that is not on offer could not be seen to be the wrong one.
        self._project_id = draft.project_id if draft.project_id in self._projects else ""
        if not self._project_id and len(self._projects) == 1:
            self._project_id = next(iter(self._projects))
        self._type_id = draft.type_id
        if self._types and self._type_id not in self._types:
            self._type_id = (
                STANDARD_TYPE if STANDARD_TYPE in self._types else next(iter(self._types))
            )
        self._priority = draft.priority
        self._assignee = draft.assignee

        self._title_field = LineField(
            draft.title,
            placeholder="What is wrong, in one line",
            keys={
                "enter": self.focus_next,
                "down": self.focus_next,
                "up": self.focus_previous,
            },
        )
        self._project_field = ValueField(self._pick_project)
        self._type_field = ValueField(self._pick_type)
        self._priority_field = ValueField(self._pick_priority)
        self._assignee_field = ValueField(self._pick_assignee)
        self._description = TextField(draft.description, placeholder="Markdown")
        self._problem = Static(classes="box--problem")

    def body(self) -> ComposeResult:
        yield from _labelled("Title", self._title_field)
        yield from _labelled("Project", self._project_field)
        yield from _labelled("Type", self._type_field)
        yield from _labelled("Priority", self._priority_field)
        yield from _labelled("Assignee", self._assignee_field)
        yield from _labelled("Description", self._description)
        yield self._problem

    def on_mount(self) -> None:
        self.query_one(".box").add_class("create")
        self._show_values()

    def _show_values(self) -> None:
        project = self._projects.get(self._project_id)
        kind = self._types.get(self._type_id)
        self._project_field.show(f"{project.key}  {project.name}" if project else "")
        self._type_field.show(kind.name if kind else "Standard")
        self._priority_field.show(_priority_name(self._priority))
        self._assignee_field.show(self._assignee.label if self._assignee else "Nobody")

    # Choosing values

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _forget_problem(self) -> None:
        self._problem.update("")

    def _ask(self, screen: ModalScreen[T], take: Callable[[T], None]) -> None:
        """Put a question on top of the form and take its answer over."""

        def answered(value: T | None) -> None:
            if value is not None:
                take(value)
                self._problem.update("")
                self._show_values()

        # A second enter of the same burst asks nothing more.
        if self.app.screen is self:
            self.app.push_screen(screen, answered)

    def _pick_project(self) -> None:
        def take(project: Project) -> None:
            self._project_id = project.id

        choices = [Choice(p, f"{p.key} {p.name}") for p in self._projects.values()]
        self._ask(PickScreen("Project", choices, nothing="No such project"), take)

    def _pick_type(self) -> None:
        def take(kind: CaseType) -> None:
            self._type_id = kind.id

        kinds = list(self._types.values())
        choices = [Choice(kind, kind.name, kind.description) for kind in kinds]
        self._ask(PickScreen("Type", choices, nothing="No such type"), take)

    def _pick_priority(self) -> None:
        def take(priority: str) -> None:
            self._priority = priority

        items = [
            MenuItem(letter, priority, _priority_name(priority))
            for letter, priority in zip("123450", PRIORITIES, strict=True)
        ]
        self._ask(MenuScreen("Priority", items, current=self._priority), take)

    def _pick_assignee(self) -> None:
        def take(change: Assign) -> None:
            self._assignee = change.user

        search = self._search

        async def more(typed: str) -> list[Choice[Assign]]:
            found = await search(typed) if search else []
            return [Choice(Assign(one.value), one.label, one.detail, one.words) for one in found]

        self._ask(
            PickScreen(
                "Assignee", self._people, search=more if search else None, nothing="Nobody matches"
            ),
            take,
        )

    # Answering

    def _filled_in(self) -> NewCase:
        return NewCase(
            title=self._title_field.value.strip(),
            project_id=self._project_id,
            type_id=self._type_id,
            priority=self._priority,
            description=self._description.text.strip(),
            assignee=self._assignee,
        )

    def action_create(self) -> None:
        new = self._filled_in()
        if not new.title:
            self._miss("Nothing was created yet: give the case a title.", self._title_field)
        elif not new.project_id:
            self._miss("Nothing was created yet: choose a project.", self._project_field)
        else:
            self.answer(Created(new, send=True))

    def _miss(self, sentence: str, field: Widget) -> None:
        self._problem.update(Content(sentence))
        field.focus()

    def action_cancel(self) -> None:
        self.answer(Created(self._filled_in(), send=False))


class ValueField(Static, can_focus=True):
    """A value that is chosen, not typed: enter, space or a click asks for another."""

    def __init__(self, ask: Callable[[], None]) -> None:
        super().__init__(classes="value-field")
        self._ask = ask

    def show(self, value: str) -> None:
        """Show the value; "" is none yet."""
        value = clean(value, limit=TITLE_LIMIT)
        self.update(Content.assemble(value if value else ("Choose …", "$text-muted")))

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "space"):
            event.stop()
            self._ask()
        elif event.key in ("down", "up"):
            event.stop()
            (self.screen.focus_next if event.key == "down" else self.screen.focus_previous)()

    def on_click(self) -> None:
        self._ask()


def people(users: Sequence[User], me: User | None) -> list[Choice[Assign]]:
    """Nobody, me, then the active users in their order, to choose an assignee from."""
    listed = [me] if me else []
    listed += [user for user in users if user.active and not (me and user.id == me.id)]
    return [Choice(Assign(None), "Nobody", "unassigned")] + [
        Choice(
            Assign(user),
            f"{user.label} (me)" if me and user.id == me.id else user.label,
            user.email if user.email != user.label else "",
            user.handle,
        )
        for user in listed
    ]


def _priority_name(priority: str) -> str:
    return "No priority" if priority == "NOT_DEFINED" else priority


def _labelled(label: str, field: Widget) -> ComposeResult:
    with Horizontal(classes="field"):
        yield Static(label, classes="field--label", markup=False)
        yield field
