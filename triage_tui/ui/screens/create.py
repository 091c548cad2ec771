"""The form for a new case."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from triage_tui.changes import Assign
from triage_tui.errors import TriageError
from triage_tui.field_changes import SetCustomAttribute
from triage_tui.models import (
    PRIORITIES,
    STANDARD_STATUSES,
    STANDARD_TYPE,
    Case,
    CaseType,
    Definition,
    NewCase,
    Project,
    Status,
    User,
)
from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.custom import ask_custom
from triage_tui.ui.screens.fields import LineField, TextField
from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for
from triage_tui.ui.screens.pick import Choice, PickScreen
from triage_tui.ui.workarounds import SafeApp

T = TypeVar("T")

_MOST_ALIKE = 5
"""Lines about cases that may be the same."""


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

    alike_delay: ClassVar[float] = 0.5
    """Seconds without a key press before cases alike are looked for."""

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
        definitions: Sequence[Definition] = (),
        keep: Callable[[NewCase], object] | None = None,
        alike: Callable[[NewCase], Awaitable[Sequence[Case]]] | None = None,
        refusal: Callable[[], str] = lambda: "",
    ) -> None:
        """
        Args:
            draft: What the fields hold to begin with.
            me: Listed first among the people.
            search: Looks for more people on the server, see `PickScreen`.
            definitions: What custom attributes the types have.
            keep: Called with what is filled in as it is typed, so that nothing takes it away.
            alike: Looks for open cases that may be about the same, the most alike first.
            refusal: Why nothing can be sent now, a sentence; then the form stays.
        """
        super().__init__(
            "New case", "ctrl+s create · tab next field · enter choose · esc keep as draft"
        )
        draft = draft or NewCase(title="", project_id="")
        self._projects = {project.id: project for project in projects}
        self._types = {kind.id: kind for kind in types if kind.deleted_at is None}
        self._people = people(users, me)
        self._search = search
        self._definitions = definitions
        self._keep = keep
        self._look_for_alike = alike
        self._refusal = refusal

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
        self._status_name = draft.status_name
        self._values = dict(draft.custom_attributes)

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
        self._status_field = ValueField(self._pick_status)
        self._values_field = ValueField(self._pick_value)
        self._alike = Static(classes="create--alike")
        self._alike_count = 0
        self._description = TextField(draft.description, placeholder="Markdown")
        self._problem = Static(classes="box--problem")

    def body(self) -> ComposeResult:
        yield from _labelled("Title", self._title_field)
        yield self._alike
        yield from _labelled("Project", self._project_field)
        yield from _labelled("Type", self._type_field)
        yield from _labelled("Priority", self._priority_field)
        yield from _labelled("Assignee", self._assignee_field)
        yield from _labelled("Status", self._status_field)
        yield from _labelled("Attributes", self._values_field)
        yield from _labelled("Description", self._description)
        yield self._problem

    def on_mount(self) -> None:
        self.query_one(".box").add_class("create")
        self._alike.display = False
        self._show_values()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Leave the description what the other fields and the cases alike do not need."""
        others = 14 + self._alike_count + bool(self._defined)
        self._description.styles.height = max(3, min(8, self.size.height - others))

    def _show_values(self) -> None:
        project = self._projects.get(self._project_id)
        kind = self._types.get(self._type_id)
        self._project_field.show(f"{project.key}  {project.name}" if project else "")
        self._type_field.show(kind.name if kind else "Standard")
        self._priority_field.show(_priority_name(self._priority))
        self._assignee_field.show(self._assignee.label if self._assignee else "Nobody")
        self._status_field.show(self._status_name or f"{self._default_status} (as usual)")
        defined = self._defined
        row = self._values_field.parent
        assert isinstance(row, Widget)
        row.display = bool(defined)
        said = [
            SetCustomAttribute(one.key, self._values[one.key]).value
            for one in defined
            if one.key in self._values
        ]
        names = ", ".join(one.label for one in defined)
        self._values_field.show(f"{', '.join(said)}" if said else f"none of {names}")
        self._fit()

    @property
    def _defined(self) -> list[Definition]:
        """The custom attributes of the type that is chosen."""
        return [one for one in self._definitions if one.type_id == self._type_id]

    @property
    def _statuses(self) -> tuple[Status, ...]:
        kind = self._types.get(self._type_id)
        return kind.statuses if kind else STANDARD_STATUSES

    @property
    def _default_status(self) -> str:
        kind = self._types.get(self._type_id)
        return (kind.defaults.get("SG_OPEN", "") if kind else "") or "Open"

    # Choosing values

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._problem.update("")
        self._keep_now()

    def _keep_now(self) -> None:
        if self._keep:
            self._keep(self._filled_in())

    def define(self, definitions: Sequence[Definition]) -> None:
        """Take in what custom attributes the types have."""
        self._definitions = definitions
        if self.is_mounted:
            self._show_values()

    # What may be there already

    @on(Input.Changed)
    def _follow_title(self) -> None:
        if self._look_for_alike:
            self._show_alike_soon()

    @work(group="alike", exclusive=True)
    async def _show_alike_soon(self) -> None:
        assert self._look_for_alike
        await asyncio.sleep(self.alike_delay)
        try:
            cases = await self._look_for_alike(self._filled_in())
        except TriageError:
            return  # It is an offer; whoever writes a case is not to be held up by it.
        self._show_alike(cases[:_MOST_ALIKE])

    def _show_alike(self, cases: Sequence[Case]) -> None:
        width = max(20, self._title_field.size.width)
        lines = [
            clean(f"≈ {clean(case.key, limit=20)}  {case.title}", limit=width) for case in cases
        ]
        self._alike_count = len(lines)
        self._alike.display = bool(lines)
        self._alike.update(Content("\n".join(lines)))
        self._fit()

    def _ask(self, screen: ModalScreen[T], take: Callable[[T], None]) -> None:
        """Put a question on top of the form and take its answer over."""

        def answered(value: T | None) -> None:
            if value is not None:
                take(value)
                self._problem.update("")
                self._show_values()
                self._keep_now()

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
            # What another type has, this one need not know.
            if self._status_name not in {status.name for status in kind.statuses}:
                self._status_name = ""
            kept = {one.key for one in self._defined}
            self._values = {key: one for key, one in self._values.items() if key in kept}

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

    def _pick_status(self) -> None:
        def take(status: Status) -> None:
            self._status_name = "" if status.name == self._default_status else status.name

        statuses = self._statuses
        letters = letters_for([status.name for status in statuses])
        items = [
            MenuItem(letter, status, clean(status.name, limit=TITLE_LIMIT))
            for letter, status in zip(letters, statuses, strict=True)
        ]
        now = self._status_name or self._default_status
        current = next((status for status in statuses if status.name == now), None)
        self._ask(MenuScreen("Status", items, current=current), take)

    def _pick_value(self) -> None:
        defined = self._defined
        labels = [clean(one.label, limit=40) for one in defined]
        items = [
            MenuItem(
                letter,
                one,
                label,
                clean(SetCustomAttribute(one.key, self._values.get(one.key)).value, limit=30),
            )
            for letter, label, one in zip(letters_for(labels), labels, defined, strict=True)
        ]

        def chosen(one: Definition) -> None:
            def take(change: SetCustomAttribute) -> None:
                self._values.pop(one.key, None)
                if change.to:
                    self._values[one.key] = change.to

            title = clean(one.label, limit=40)
            self._ask(ask_custom(title, one, self._values.get(one.key)), take)

        if len(defined) == 1:
            chosen(defined[0])
        else:
            self._ask(MenuScreen("Custom attributes", items), chosen)

    # Answering

    def _filled_in(self) -> NewCase:
        return NewCase(
            title=self._title_field.value.strip(),
            project_id=self._project_id,
            type_id=self._type_id,
            priority=self._priority,
            description=self._description.text.strip(),
            assignee=self._assignee,
            status_name=self._status_name,
            custom_attributes=dict(self._values),
        )

    def action_create(self) -> None:
        new = self._filled_in()
        if not new.title:
            self._miss("Nothing was created yet: give the case a title.", self._title_field)
        elif not new.project_id:
            self._miss("Nothing was created yet: choose a project.", self._project_field)
        elif why := self._refusal():
            self._keep_now()
            self._problem.update(Content(f"{why} What is filled in stays here."))
        else:
            self.answer(Created(new, send=True))

    def _miss(self, sentence: str, field: Widget) -> None:
        self._problem.update(Content(sentence))
        field.focus()

    def action_cancel(self) -> None:
        self.answer(Created(self._filled_in(), send=False))


class ValueField(Static, can_focus=True):
    """A value that is chosen: enter, space, a letter or a click asks for another."""

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
        elif event.is_printable and isinstance(self.app, SafeApp):
            # Whoever types what they want here has it typed into the list to choose from.
            event.stop()
            self.app.press_again(event)
            self._ask()

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
