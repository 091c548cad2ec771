"""The line that tells which keys are of use here; a click on one of them presses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from triage_tui.ui.widgets.line import Line, Part


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as people write it, a word for what it does, and what a click on it runs."""

    key: str
    word: str
    does: str

    @property
    def cells(self) -> int:
        """Width with the spaces around it."""
        return cell_len(self.key) + cell_len(self.word) + 3


class HintLine(Line):
    """Shows as many hints as there is room for, each of them whole."""

    @dataclass
    class Clicked(Message):
        """The person clicked on a hint; `does` is the action that it is about."""

        does: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []

    def offer(self, hints: Sequence[Hint], last: Sequence[Hint]) -> None:
        """Show these, the first ones first, and `last` at the right end."""
        width = self.size.width
        room = width - sum(hint.cells for hint in last)
        shown: list[Hint] = []
        for hint in hints:
            if hint.cells <= room:
                shown.append(hint)
                room -= hint.cells
        self._places = []
        for at, group in ((0, shown), (width - sum(hint.cells for hint in last), last)):
            for hint in group:
                self._places.append((at, at + hint.cells, hint.does))
                at += hint.cells
        super().show(_parts(shown), _parts(last))

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        self._places = []
        super().show(left, right)

    def on_click(self, event: events.Click) -> None:
        for start, end, does in self._places:
            if start <= event.x < end and does:
                self.post_message(self.Clicked(does))


def _parts(hints: Sequence[Hint]) -> list[Part]:
    return [part for one in hints for part in ((f" {one.key}", "key"), (f" {one.word} ", "dim"))]
