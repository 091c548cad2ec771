"""Asking before something that cannot be taken back, or happens to many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_AROUND = 13
"""Lines of the terminal that the lines to read leave to the question and the answers."""


class ConfirmScreen(Box[bool]):
    """A question that is answered with no unless yes is meant; escape is no."""

    def __init__(
        self,
        question: str,
        lines: Sequence[str] = (),
        *,
        yes: str = "Yes",
        no: str = "No",
        title: str = "Are you sure?",
        can_wait: bool = False,
    ) -> None:
        """
        Args:
            lines: What it is about, one below the other; they scroll if there are many.
            yes, no: The two answers, best as verbs: "Close 14 cases", "Keep them".
            can_wait: Escape gives no answer at all.
        """
        super().__init__(title, f"←→ choose · enter answer · esc {'later' if can_wait else 'no'}")
        self._escaped = None if can_wait else False
        self._question = clean(question, lines=True, limit=300)
        self._lines = _Lines(lines)
        self._yes = _Answer("y", yes, lambda: self.answer(True))
        self._no = _Answer("n", no, lambda: self.answer(False))
        self._agreed = False
        self._keys_doing: dict[str, Callable[[], None]] = {
            "y": lambda: self.answer(True),
            "n": lambda: self.answer(False),
            "q": self.action_cancel,
            "enter": lambda: self.answer(self._agreed),
            "left": lambda: self._lean(True),
            "right": lambda: self._lean(False),
            "h": lambda: self._lean(True),
            "l": lambda: self._lean(False),
            "tab": lambda: self._lean(not self._agreed),
            "shift+tab": lambda: self._lean(not self._agreed),
            "up": lambda: self._lines.action_step(-1),
            "down": lambda: self._lines.action_step(1),
            "k": lambda: self._lines.action_step(-1),
            "j": lambda: self._lines.action_step(1),
            "pageup": lambda: self._lines.action_page(-1),
            "pagedown": lambda: self._lines.action_page(1),
        }

    def body(self) -> ComposeResult:
        yield Static(Content(self._question), classes="confirm--question")
        if self._lines.texts:
            yield self._lines
        with Horizontal(classes="confirm--answers"):
            yield self._yes
            yield self._no

    def on_mount(self) -> None:
        self._lines.rows_changed(len(self._lines.texts), 0)
        self._lean(False)

    def on_key(self, event: events.Key) -> None:
        if event.key in self._keys_doing:
            event.stop()
            self._keys_doing[event.key]()

    def _lean(self, agreed: bool) -> None:
        self._agreed = agreed
        self._yes.mark(agreed)
        self._no.mark(not agreed)

    def action_cancel(self) -> None:
        self.answer(self._escaped)


class _Answer(Static):
    """One of the two answers, which a click gives."""

    def __init__(self, letter: str, label: str, give: Callable[[], None]) -> None:
        super().__init__(classes="confirm--answer")
        self._letter = letter
        self._give = give
        self._label = clean(label, limit=TITLE_LIMIT)

    def mark(self, marked: bool) -> None:
        """Show whether enter gives this answer."""
        self.set_class(marked, "-marked")
        cursor = "› " if marked else "  "
        self.update(Content.assemble(cursor, (self._letter, "bold"), "  ", self._label))

    def on_click(self) -> None:
        self._give()


class _Lines(LineList, can_focus=False):
    """Lines to read."""

    has_cursor: ClassVar[bool] = False

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(classes="confirm--lines")
        self.texts = [clean(text, limit=TITLE_LIMIT) for text in texts]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, min(len(self.texts), viewport.height - _AROUND))

    def row(self, index: int, width: int) -> list[Cell]:
        return [(fitted(self.texts[index], width), self.rich_style)]
