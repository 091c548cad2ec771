"""Typing the value of a field, which is read and said in full before it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from triage_tui.changes import Change
from triage_tui.text import clean
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.screens.fields import LineField, TextField
from triage_tui.values import Unclear

C = TypeVar("C", bound=Change)


class ValueScreen(Box[C]):
    """One line, or one value a line; answers the change that it stands for, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "take", "Set", show=False),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        read: Callable[[str], C],
        *,
        many: bool = False,
        help: str = "",
    ) -> None:
        """
        Args:
            text: The value as it is.
            read: The change that a text stands for; raises `Unclear` if it stands for none.
            many: There is a line for each value.
            help: What can be typed, a line.
        """
        super().__init__(title, "ctrl+s set · esc cancel" if many else "enter set · esc cancel")
        self._read = read
        self._many = many
        self._field: TextField | LineField = (
            TextField(text, placeholder="One value a line")
            if many
            else LineField(text, keys={"enter": self.action_take})
        )
        self._help = Static(Content(clean(help, limit=TITLE_LIMIT)), classes="value--help")
        self._news = Static(classes="value--news")

    def body(self) -> ComposeResult:
        yield self._field
        yield self._news
        yield self._help

    def on_mount(self) -> None:
        self.query_one(".box").add_class("value-many" if self._many else "value-one")
        if isinstance(self._field, TextField):
            self._field.move_cursor(self._field.document.end)
        self._follow()

    def _typed(self) -> str:
        return self._field.text if isinstance(self._field, TextField) else self._field.value

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _follow(self) -> None:
        try:
            said, wrong = self._read(self._typed()).value, False
        except Unclear as why:
            said, wrong = str(why), True
        self._news.set_class(wrong, "-wrong")
        shown = clean(said, limit=TITLE_LIMIT)
        self._news.update(Content(shown if wrong else f"→ {shown}"))

    def action_take(self) -> None:
        # What is typed by now, which the field may not have reported yet.
        try:
            change = self._read(self._typed())
        except Unclear:
            self._follow()
        else:
            self.answer(change)
