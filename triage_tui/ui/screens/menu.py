"""Choosing one of a few by its letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Generic, TypeVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult

from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.choice_list import ChoiceList, Row

T = TypeVar("T")

_TAKEN = "jkq"
"""Letters that move in a menu or close it."""

_FRAME = 16
"""Columns of a menu that are not texts: frame, margin, cursor, letter, mark and the gap."""


@dataclass(frozen=True, slots=True)
class MenuItem(Generic[T]):
    """One line of a menu; the texts may come from outside.

    Attributes:
        letter: The key that chooses it at once, or "".
        detail: Shown dimmed at the right.
    """

    letter: str
    value: T
    label: str
    detail: str = ""


class MenuScreen(Box[T]):
    """A small list; a letter chooses at once. Answers the value chosen, or None."""

    def __init__(
        self, title: str, items: Sequence[MenuItem[T]], *, current: T | None = None
    ) -> None:
        """
        Args:
            current: The value in force: it carries a mark, and the cursor starts there.
        """
        super().__init__(title, "letter choose · ↑↓ move · esc cancel")
        self._items = items
        self._rows = [
            Row(
                clean(item.label, limit=TITLE_LIMIT) or "—",
                clean(item.detail, limit=TITLE_LIMIT),
                clean(item.letter, limit=1),
                current=current is not None and item.value == current,
            )
            for item in items
        ]
        marked = [index for index, row in enumerate(self._rows) if row.current]
        self._start = marked[0] if marked else 0
        self._list = ChoiceList(
            self._rows.__getitem__,
            rows=len(items),
            around=4,
            letters=True,
            marks=bool(marked),
            nothing="Nothing to choose",
        )
        self._keys_doing = {
            "j": lambda: self._list.action_step(1),
            "down": lambda: self._list.action_step(1),
            "k": lambda: self._list.action_step(-1),
            "up": lambda: self._list.action_step(-1),
            "pagedown": lambda: self._list.action_page(1),
            "pageup": lambda: self._list.action_page(-1),
            "home": self._list.action_top,
            "end": self._list.action_bottom,
            "enter": lambda: self._choose(self._list.cursor),
            "q": self.action_cancel,
        }

    def body(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        texts = [cell_len(f"{row.label}{row.detail}") for row in self._rows]
        self.query_one(".box").styles.width = max([cell_len(self._heading), 28, *texts]) + _FRAME
        self._list.show(len(self._rows), self._start)

    def on_key(self, event: events.Key) -> None:
        for index, item in enumerate(self._items):
            if event.character and item.letter == event.character:
                event.stop()
                self._choose(index)
                return
        if event.key in self._keys_doing:
            event.stop()
            self._keys_doing[event.key]()

    @on(ChoiceList.Chosen)
    def _choose_clicked(self, event: ChoiceList.Chosen) -> None:
        self._choose(event.index)

    def _choose(self, index: int) -> None:
        if index < len(self._items):
            self.answer(self._items[index].value)


def letters_for(labels: Sequence[str]) -> list[str]:
    """A letter for each label, all different, the same ones whenever the labels are the same.

    Each label in its turn gets the first of its own letters or digits that is free, or else the
    first free key there is; labels beyond the 59th get "".
    """
    free = [key for key in ascii_lowercase + digits + ascii_uppercase if key not in _TAKEN]
    letters: list[str] = []
    for label in labels:
        own = (char for char in label.lower() if char in free)
        letter = next(own, free[0] if free else "")
        if letter:
            free.remove(letter)
        letters.append(letter)
    return letters
