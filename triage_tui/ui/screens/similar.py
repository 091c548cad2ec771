"""Cases that may be about the same thing: one of them may be the original of this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from triage_tui.errors import TriageError
from triage_tui.likeness import Alike, asked, rank
from triage_tui.models import Case
from triage_tui.text import age, clean, plural
from triage_tui.ui.looks import STATUS_LOOKS, look
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_ROWS = 12
"""Height of the list: it does not change when more is found."""


class Wish(Enum):
    """What a person wants of a case that is like another."""

    ORIGINAL = "enter"
    OPEN = "o"
    COPY = "y"


@dataclass(frozen=True)
class Answer:
    """What was chosen."""

    wish: Wish
    case: Case


class SimilarScreen(Box[Answer]):
    """Lists similar cases, at first of those that are known, then of those that the server finds.

    Args:
        known: Cases that are there already.
        search: Asks the server for cases that match a query.
        now: The time, for ages.
    """

    def __init__(
        self,
        case: Case,
        known: Iterable[Case],
        search: Callable[[str], Awaitable[Sequence[Case]]],
        now: datetime,
    ) -> None:
        keys = "enter duplicate of it · o go there · y copy key · esc cancel"
        super().__init__(f"Like {clean(case.key, limit=40)} {case.title}", keys)
        self._case = case
        self._found = {one.id: one for one in known}
        self._search = search
        self._list = _Rows(now)
        self._told = Static(classes="pick--count")
        self._why = Static(classes="pick--count")

    def body(self) -> ComposeResult:
        yield self._told
        yield self._list
        yield self._why

    def on_mount(self) -> None:
        self._show("looking for more…")
        self._list.focus()
        self._look()

    @work(group="similar")
    async def _look(self) -> None:
        problem = "" if asked(self._case.title) else "its title has no words to look for"
        for closed in (False, True):
            query = asked(self._case.title, closed=closed)
            if not query:
                break
            try:
                found = await self._search(query)
            except TriageError as error:
                problem = str(error)
                break
            self._found.update((one.id, one) for one in found)
            self._show("looking for more…")
        self._show(problem)

    def _show(self, news: str) -> None:
        case = self._case
        ranked = rank(
            case.title,
            self._found.values(),
            attributes=case.attributes,
            type_id=case.type_id,
            without=case.id,
        )
        self._list.show(ranked)
        count = plural(len(ranked), "similar case") if ranked else "Nothing like it"
        told = f"{count} · {clean(news, limit=TITLE_LIMIT)}" if news else count
        self._told.update(Content(told))
        self._say_why()

    @on(LineList.Moved)
    def _say_why(self) -> None:
        one = self._list.chosen
        if one is None:
            self._why.update(Content(""))
            return
        shared = ", ".join((*one.words, *one.attributes))
        state = f"{one.case.status_name} · {one.case.key}"
        self._why.update(Content(clean(f"shares {shared} · {state}", limit=TITLE_LIMIT)))

    @on(LineList.Chosen)
    def _click(self) -> None:
        self._wish(Wish.ORIGINAL)

    def on_key(self, event: events.Key) -> None:
        wish = next((one for one in Wish if one.value == event.key), None)
        if event.key == "q":
            self.answer(None)
        elif wish:
            self._wish(wish)
        else:
            return
        event.stop()

    def _wish(self, wish: Wish) -> None:
        if one := self._list.chosen:
            self.answer(Answer(wish, one.case))


class _Rows(LineList):
    """The similar cases, the most alike first."""

    def __init__(self, now: datetime) -> None:
        super().__init__(classes="confirm--lines")
        self._now = now
        self._alike: list[Alike] = []

    @property
    def chosen(self) -> Alike | None:
        """The one under the cursor."""
        return self._alike[self.cursor] if self._alike else None

    def show(self, alike: list[Alike]) -> None:
        """Replace the rows; the cursor stays on its case once the person has moved it."""
        before = self.chosen.case.id if self.chosen and self.cursor else ""
        self._alike = alike
        at = next((n for n, one in enumerate(alike) if one.case.id == before), 0)
        self.rows_changed(len(alike), at)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(3, min(_ROWS, viewport.height - 10))

    def row(self, index: int, width: int) -> list[Cell]:
        one, base = self._alike[index], self.rich_style
        if index == self.cursor:
            base += look(self, "cursor")
        case = one.case
        glyph, status = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        room = width - 24
        return [
            (f"{round(100 * one.score):3} % ", base + look(self, "dim")),
            (glyph + " ", base + look(self, status)),
            (column(clean(case.key, limit=40), 10) + " ", base + look(self, "dim")),
            (column(fitted(clean(case.title, limit=300), room), room), base),
            (f"{age(case.created_at, self._now):>5}", base + look(self, "dim")),
        ]
