"""Writing a comment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.fields import TextField


@dataclass(frozen=True, slots=True)
class Composed:
    """What was written.

    Attributes:
        send: False if it is a draft to be kept.
    """

    text: str
    send: bool


class ComposeScreen(Box[Composed]):
    """A text to write; always answers a `Composed`, so that nothing written is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "send", "Send", show=False),
    ]

    def __init__(
        self, title: str, text: str = "", *, hint: str = "ctrl+s send · esc keep as draft"
    ) -> None:
        """
        Args:
            text: What the field holds to begin with: a draft.
        """
        super().__init__(title, hint)
        self._text = TextField(text, placeholder="Markdown")
        self._problem = Static(classes="box--problem")

    def body(self) -> ComposeResult:
        yield self._text
        yield self._problem

    def on_mount(self) -> None:
        self.query_one(".box").add_class("compose")
        self._text.move_cursor(self._text.document.end)

    def on_text_area_changed(self) -> None:
        self._problem.update("")

    def action_send(self) -> None:
        if self._text.text.strip():
            self.answer(Composed(self._text.text.strip(), send=True))
        else:
            self._problem.update(Content("Nothing was sent, because there is no text yet."))

    def action_cancel(self) -> None:
        self.answer(Composed(self._text.text.strip(), send=False))
