"""Typing one line that has to be right before it counts: a name, a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.fields import LineField


class NameScreen(Box[str]):
    """One line; answers what was typed, without the spaces around it, or None."""

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        enter: str,
        objection: Callable[[str], str],
        meaning: Callable[[str], str] | None = None,
        lines: Sequence[str] = (),
    ) -> None:
        """
        Args:
            enter: What enter does: "share it".
            objection: Why a text cannot be taken, as a sentence; "" if it can.
            meaning: What a text that can be taken stands for.
            lines: What to know beforehand, one below the other.
        """
        super().__init__(title, f"enter {enter} · esc cancel")
        self._objection = objection
        self._meaning = meaning
        self._lines = [clean(line, limit=400) for line in lines]
        self._field = LineField(text, keys={"enter": self.action_take})
        self._news = Static(classes="value--news")

    def body(self) -> ComposeResult:
        for line in self._lines:
            yield Static(Content(line), classes="value--help")
        yield self._field
        yield self._news

    def on_mount(self) -> None:
        self._field.cursor_position = len(self._field.value)

    @on(Input.Changed)
    def _follow(self) -> None:
        typed = self._field.value.strip()
        wrong = self._objection(typed) if typed else ""
        self._tell(wrong)
        if typed and not wrong and self._meaning:
            self._news.update(Content(clean(f"→ {self._meaning(typed)}", limit=TITLE_LIMIT)))

    def _tell(self, wrong: str) -> None:
        self._news.set_class(bool(wrong), "-wrong")
        self._news.update(Content(clean(wrong, limit=TITLE_LIMIT)))

    def action_take(self) -> None:
        # What is typed by now, which the field may not have reported yet.
        typed = self._field.value.strip()
        if wrong := self._objection(typed):
            self._tell(wrong)
        else:
            self.answer(typed)
