"""Choosing one of many by typing a part of its name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from triage_tui.errors import TriageError
from triage_tui.text import clean, number
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.choice_list import ChoiceList, Row
from triage_tui.ui.screens.fields import LineField
from triage_tui.ui.screens.ranking import Ranking, lowered

T = TypeVar("T")

_ROWS = 14
"""Height of a list that can become longer while it is looked at."""
_ROWS_AT_MOST = 24

_OFF = 0.5
"""What a choice counts that cannot be used now."""

_MOST_OF_WHAT_IS_TYPED = 200
"""Characters that a search is given: no name is longer, and addresses have an end."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """Something that can be chosen; the texts may come from outside.

    Attributes:
        detail: Shown dimmed at the right.
        words: More text by which it is found.
        off: It cannot be used now: it comes after others that fit as well, and is dimmed.
    """

    value: T
    label: str
    detail: str = ""
    words: str = ""
    off: bool = False


class PickScreen(Box[T]):
    """A list that narrows while one types; answers the value chosen, or None."""

    search_delay: ClassVar[float] = 0.2
    """Seconds without a key press before the server is asked."""

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[T]],
        *,
        search: Callable[[str], Awaitable[Sequence[Choice[T]]]] | None = None,
        typed: Callable[[str], Choice[T] | None] | None = None,
        further: Callable[[str], Sequence[Choice[T]]] | None = None,
        nothing: str = "Nothing matches",
        placeholder: str = "Type to narrow",
    ) -> None:
        """
        Args:
            search: Looks for more choices that fit what was typed, of which it is given at most
                200 characters; a `TriageError` from it is shown, and the choices that are there
                stay.
            typed: Makes a choice, the first of all, of what was typed, if it means something.
            further: Makes choices, the last of all, that fit what was typed; at once.
            nothing: What to say when no choice fits.
        """
        super().__init__(title, "enter choose · ↑↓ move · esc cancel")
        self._entries = [_Entry(choice) for choice in choices]
        self._search = search
        self._of_typed = typed
        self._further = further
        self._found: Sequence[_Entry[T]] = ()
        self._news = ""
        self._typed: str | None = None
        self._shown: list[tuple[_Entry[T], frozenset[int]]] = []
        self._input = LineField(
            placeholder=placeholder,
            keys={
                "up": lambda: self._move(-1),
                "ctrl+p": lambda: self._move(-1),
                "down": lambda: self._move(1),
                "ctrl+n": lambda: self._move(1),
                "pageup": lambda: self._page(-1),
                "pagedown": lambda: self._page(1),
                "enter": self._choose,
            },
        )
        self._count = Static(classes="pick--count")
        self._list = ChoiceList(
            self._row,
            rows=max(_ROWS if search else 3, min(len(choices), _ROWS_AT_MOST)),
            around=10,
            nothing=clean(nothing, limit=TITLE_LIMIT),
        )

    def body(self) -> ComposeResult:
        yield self._input
        yield self._count
        yield self._list

    def on_mount(self) -> None:
        self._rank()

    def offer(self, choices: Sequence[Choice[T]]) -> None:
        """Offer these choices from now on; the cursor stays on what it is on."""
        before = self._shown[self._list.cursor][0] if self._shown else None
        self._entries = [_Entry(choice) for choice in choices]
        at = [one for one in self._entries if before and one.choice.value == before.choice.value]
        self._show(at[0] if at else None)

    # The list

    def _row(self, index: int) -> Row:
        entry, lit = self._shown[index]
        return Row(entry.label, entry.detail, lit=lit, off=entry.choice.off)

    def _rank(self) -> None:
        """Make the list fit what is typed by now, which the line may not have reported yet."""
        if self._typed != self._input.value:
            self._typed = self._input.value
            self._found = ()
            self._news = ""
            self._show(None)

    def _show(self, at_cursor: _Entry[T] | None) -> None:
        ranking = Ranking(self._typed or "")
        ranked: list[tuple[float, _Entry[T], frozenset[int]]] = []
        for entry in self._entries:
            match = ranking.match(entry.lowered, entry.more)
            if match:
                score = match.score * (_OFF if entry.choice.off else 1.0)
                ranked.append((score, entry, match.places))
            elif entry in self._found:
                # The server knows why it fits.
                ranked.append((0.0, entry, frozenset()))
        ranked.sort(key=lambda triple: -triple[0])
        self._shown = [(entry, lit) for _, entry, lit in ranked]
        if self._of_typed and (own := self._of_typed(self._typed or "")):
            self._shown.insert(0, (_Entry(own), frozenset()))
        if self._further:
            others = self._further((self._typed or "")[:_MOST_OF_WHAT_IS_TYPED])
            self._shown += [(_Entry(one), frozenset()) for one in others]
        cursor = next((n for n, (entry, _) in enumerate(self._shown) if entry is at_cursor), 0)
        self._list.show(len(self._shown), cursor)
        self._show_count()

    def _show_count(self) -> None:
        count = f"{number(len(self._shown))} of {number(len(self._entries))}"
        self._count.update(Content(f"{count} · {self._news}" if self._news else count))

    def _move(self, by: int) -> None:
        self._rank()
        self._list.action_step(by)

    def _page(self, direction: int) -> None:
        self._rank()
        self._list.action_page(direction)

    def _choose(self) -> None:
        self._rank()
        if self._shown:
            self.answer(self._shown[self._list.cursor][0].choice.value)

    @on(ChoiceList.Chosen)
    def _choose_clicked(self, event: ChoiceList.Chosen) -> None:
        if event.index < len(self._shown):
            self.answer(self._shown[event.index][0].choice.value)

    # The server

    @on(Input.Changed)
    def _follow_typing(self) -> None:
        self._rank()
        if self._search is None:
            return
        if self._input.value.strip():
            self._look_up(self._input.value)
        else:
            self.workers.cancel_group(self, "search")

    @work(group="search", exclusive=True)
    async def _look_up(self, typed: str) -> None:
        assert self._search is not None
        await asyncio.sleep(self.search_delay)
        self._tell("searching…")
        try:
            found = await self._search(typed[:_MOST_OF_WHAT_IS_TYPED])
        except TriageError as error:
            self._tell(clean(str(error), limit=TITLE_LIMIT))
        else:
            if typed == self._typed:
                self._news = ""
                self._merge(found)

    def _tell(self, news: str) -> None:
        self._news = news
        self._show_count()

    def _merge(self, found: Sequence[Choice[T]]) -> None:
        entries: list[_Entry[T]] = []
        for choice in found:
            entry = next((e for e in self._entries if e.choice.value == choice.value), None)
            if entry is None:
                entry = _Entry(choice)
                self._entries.append(entry)
            entries.append(entry)
        self._found = entries
        # What the cursor is on stays under it: enter may be on its way.
        self._show(self._shown[self._list.cursor][0] if self._shown else None)


class _Entry(Generic[T]):
    """A choice with its texts made ready to be painted and to be compared."""

    def __init__(self, choice: Choice[T]) -> None:
        self.choice = choice
        self.label = clean(choice.label, limit=TITLE_LIMIT) or "—"
        self.detail = clean(choice.detail, limit=TITLE_LIMIT)
        self.lowered = lowered(self.label)
        self.more = f"{self.detail} {clean(choice.words, limit=TITLE_LIMIT)}".lower()
