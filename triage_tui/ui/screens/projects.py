"""The projects: which there are, which one likes, and what is set in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from triage_tui.errors import ApiError
from triage_tui.models import Project
from triage_tui.query import Query
from triage_tui.text import clean, number, plural
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.choice_list import ChoiceList, Row
from triage_tui.ui.screens.name import NameScreen
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

if TYPE_CHECKING:
    from triage_tui.ui.screens.project_keys import ProjectActions

STAR = "★"

_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the projects.

    Attributes:
        favorites: Ids of the projects that the person likes.
        open_cases: How many open cases a project has, by its key or id in lower case.
    """

    favorites: frozenset[str] = frozenset()
    open_cases: Mapping[str, int] | None = None

    def in_order(self, projects: Sequence[Project]) -> list[Project]:
        """Favourites first, then by key."""
        return sorted(projects, key=lambda one: (one.id not in self.favorites, one.key))

    def label(self, project: Project, width: int = 10) -> str:
        """How to write a project in a list."""
        star = STAR if project.id in self.favorites else " "
        return f"{star} {project.key.ljust(width)}  {project.name}"

    def told(self, project: Project) -> str:
        """How many open cases it has, or "" as long as nobody knows."""
        if self.open_cases is None:
            return ""
        # Nobody says whether services count projects by their keys or by their ids.
        names = (project.key.casefold(), project.id.casefold())
        return f"{number(sum(self.open_cases.get(name, 0) for name in names))} open"


def settings_told(raw: object) -> list[str]:
    """What is set in a project, a line each, of the answer of the server."""
    data = raw.get("data") if isinstance(raw, dict) else None
    attributes = data.get("attributes") if isinstance(data, dict) else None
    lines = [*_told(attributes, 0)] if isinstance(attributes, dict) else []
    return lines or ["The server says nothing about it."]


def _told(values: Mapping[str, object], indent: int) -> list[str]:
    lines: list[str] = []
    for key, value in values.items():
        name = clean(str(key), limit=60).replace("_", " ")
        lead = "  " * indent + name[:1].upper() + name[1:]
        if isinstance(value, dict) and indent < 6:
            lines += [lead, *(_told(value, indent + 1) or ["  " * (indent + 1) + "nothing"])]
        elif isinstance(value, list):
            lines.append(f"{lead}: {', '.join(_word(one) for one in value[:20]) or 'none'}")
        else:
            lines.append(f"{lead}: {_word(value)}")
    return lines


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean("none" if value in (None, "") else str(value), limit=200)


class ReadScreen(Box[None]):
    """Lines to read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter", "cancel", "Close", show=False),
        Binding("j,down", "scroll_by(1)", "Down", show=False),
        Binding("k,up", "scroll_by(-1)", "Up", show=False),
        Binding("pagedown,space", "turn(1)", "A page down", show=False),
        Binding("pageup", "turn(-1)", "A page up", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title, "↑↓ scroll · esc close")
        self._lines = _Lines(lines)

    def body(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self._lines.rows_changed(len(self._lines.texts), 0)

    def action_scroll_by(self, by: int) -> None:
        self._lines.action_step(by)

    def action_turn(self, by: int) -> None:
        self._lines.action_page(by)


class _Lines(LineList, can_focus=False):
    has_cursor: ClassVar[bool] = False

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(classes="confirm--lines")
        self.texts = texts

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, min(len(self.texts), viewport.height - 6))

    def row(self, index: int, width: int) -> list[Cell]:
        return [(fitted(self.texts[index], width), self.rich_style)]


class ProjectsScreen(Box[Project]):
    """The list of projects; answers the one to work on, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", show=False),
        Binding("k,up", "move(-1)", "Previous", show=False),
        Binding("enter", "take", "Work on it", show=False),
        Binding("i,space", "look", "Look at it", show=False),
        Binding("f,s", "like", "Favourite, or not", show=False),
        Binding("c", "create", "Create one", show=False),
        Binding("D", "delete", "Delete it", show=False),
        Binding("q", "cancel", "Close", show=False),
    ]

    def __init__(self, board: ProjectActions) -> None:
        super().__init__(
            "Projects", "enter work on it · i look · f favourite · c create · D delete · esc close"
        )
        self._board = board
        self._projects: list[Project] = []
        self._list = ChoiceList(self._row, rows=16, around=8, nothing="There is no project yet")
        self._news = Static(classes="value--news")
        self._typed = "", ""
        """Key and name of the project that could not be created."""

    def body(self) -> ComposeResult:
        yield self._list
        yield self._news

    def on_mount(self) -> None:
        self.show()
        self._read()

    def show(self, at: str = "") -> None:
        """Show what is known now, with the cursor on the project with an id, or where it was."""
        at = at or (self._here.id if self._here else "")
        self._projects = self._board.known.in_order([*self._board.session.projects.values()])
        ids = [one.id for one in self._projects]
        self._list.show(len(ids), ids.index(at) if at in ids else 0)

    @property
    def _here(self) -> Project | None:
        at = self._list.cursor
        return self._projects[at] if at < len(self._projects) else None

    def _row(self, index: int) -> Row:
        one, known = self._projects[index], self._board.known
        return Row(clean(known.label(one), limit=TITLE_LIMIT), known.told(one))

    def _tell(self, sentence: str, *, wrong: bool = False) -> None:
        self._news.set_class(wrong, "-wrong")
        self._news.update(Content(clean(sentence, limit=400)))

    def _may_write(self) -> bool:
        why = self._board.triage.no_writes
        self._tell(why, wrong=bool(why))
        return not why

    @work(group="projects")
    async def _read(self) -> None:
        if why := await self._board.read_known():
            self._tell(why, wrong=True)
        self.show()

    # Keys

    def action_move(self, by: int) -> None:
        self._list.action_step(by)

    @on(ChoiceList.Chosen)
    def _move_to(self, event: ChoiceList.Chosen) -> None:
        self._list.move_to(event.index)

    def action_take(self) -> None:
        self.answer(self._here)

    @work(group="look", exclusive=True)
    async def action_look(self) -> None:
        project, client = self._here, self._board.triage.client
        if project is None or client is None:
            return
        self._tell("Reading…")
        try:
            lines = settings_told(await client.raw_project(project.id))
        except ApiError as error:
            self._tell(str(error), wrong=True)
            return
        self._tell("")
        if self.app.screen is self:
            self.app.push_screen(ReadScreen(f"Project {project.key}", lines))

    @work(group="like")
    async def action_like(self) -> None:
        project, client, board = self._here, self._board.triage.client, self._board
        if project is None or client is None or not self._may_write():
            return
        wanted = project.id not in board.known.favorites
        try:
            await client.set_favorite(project.id, wanted=wanted)
        except ApiError as error:
            self._tell(str(error), wrong=True)
            return
        board.liked(project, wanted)
        self._tell(
            f"{project.key} is {'a' if wanted else 'no'} favourite{'' if wanted else ' any more'}."
        )
        self.show(project.id)

    # Creating

    def action_create(self) -> None:
        if not self._may_write():
            return
        taken = {one.key.upper() for one in self._projects}
        key, name = self._typed

        def objection(typed: str) -> str:
            if not _KEY.fullmatch(typed.upper()) or typed.upper() == "CASE":
                return "A key has 1 to 10 of A to Z and 0 to 9, a letter first, and is not CASE."
            return f"{typed.upper()} is taken." if typed.upper() in taken else ""

        def named(new_key: str, new_name: str | None) -> None:
            if new_name:
                self._typed = new_key, new_name
                self._create(new_key, new_name)

        def keyed(new_key: str | None) -> None:
            if new_key:
                new_key = new_key.upper()
                self._ask(
                    f"Name of the project {new_key}",
                    name,
                    "create it",
                    lambda typed: "" if typed else "Type a name.",
                    lambda typed: named(new_key, typed),
                )

        lines = ["OPS is the key of OPS-17. It can never be changed."]
        self._ask("Key of the new project", key, "go on", objection, keyed, lines)

    def _ask(
        self,
        title: str,
        text: str,
        enter: str,
        objection: Callable[[str], str],
        then: Callable[[str | None], None],
        lines: Sequence[str] = (),
    ) -> None:
        screen = NameScreen(title, text, enter=enter, objection=objection, lines=lines)
        self.app.push_screen(screen, then)

    @work(group="write project")
    async def _create(self, key: str, name: str) -> None:
        client = self._board.triage.client
        if client is None:
            return
        self._tell(f"Creating {key}…")
        try:
            made = await client.create_project(key, name)
        except ApiError as error:
            self._tell(f"{error} What you typed is kept: c.", wrong=True)
            return
        self._typed = "", ""
        self._board.took_project(made)
        self._tell(f"{made.key} is created.")
        self.show(made.id)

    # Deleting

    @work(group="delete", exclusive=True)
    async def action_delete(self) -> None:
        project, client = self._here, self._board.triage.client
        if project is None or client is None or not self._may_write():
            return
        key = clean(project.key, limit=40)
        self._tell(f"Counting the cases of {key}…")
        try:
            own = Query().with_term("project", project.key)
            many = [
                sum(one.count for one in await client.by_project(str(query)))
                for query in (own, own.with_term("archived", "true"))
            ]
        except ApiError as error:
            self._tell(f"Nobody knows what would be deleted. {error}", wrong=True)
            return
        self._tell("")
        if self.app.screen is not self:
            return
        lines = [
            f"{project.name}: {plural(many[0], 'case')} and {number(many[1])} archived.",
            "All of them are deleted for good, for everybody. Nothing brings them back.",
            f"Type {key} to delete it.",
        ]

        def typed(text: str | None) -> None:
            if text == project.key:
                self._delete(project)

        def objection(text: str) -> str:
            return "" if text == project.key else f"That is not {key}."

        self._ask(f"Delete the project {key}", "", "delete it", objection, typed, lines)

    @work(group="write project")
    async def _delete(self, project: Project) -> None:
        client = self._board.triage.client
        if client is None:
            return
        self._tell(f"Deleting {project.key}…")
        try:
            await client.delete_project(project.id)
        except ApiError as error:
            self._tell(str(error), wrong=True)
            return
        self._board.lost_project(project)
        self._tell(f"{project.key} and its cases are deleted.")
        self.show()
