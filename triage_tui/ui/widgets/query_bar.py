"""The query, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Label

from triage_tui.text import clean
from triage_tui.ui.widgets.line import Line


class QueryInput(Input):
    """The text field of the query."""

    cursor_blink = False


class QueryBar(Vertical):
    """Holds the text being typed; the query in force is the session's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "abandon", "Keep the query as it was", show=False),
        # Whoever expects completion must not find that what is typed next are commands.
        Binding("tab,shift+tab", "stay", "Stay in the query", show=False),
    ]
    input = query_one(QueryInput)
    _problem = query_one(Line)

    @dataclass
    class Submitted(Message):
        """The person wants to search for this."""

        text: str

    class Abandoned(Message):
        """The person wants the query as it was."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("/ ", id="query-sign", markup=False)
            yield QueryInput(
                placeholder="all cases; for example status:open priority:(P1 OR P2)",
                compact=True,
                select_on_focus=False,
            )
        yield Line(id="query-problem")

    def show(self, text: str) -> None:
        """Show the query in force, unless a person is typing."""
        if not self.input.has_focus:
            self.put_back(text)

    def put_back(self, text: str) -> None:
        """Show the query in force in place of what was typed."""
        if self.input.value != text:
            self.input.value = clean(text)

    def edit(self, text: str) -> None:
        """Let the person type, beginning with the query in force."""
        self.input.value = clean(text + " ") if text else ""
        self.input.focus()
        self.input.action_end()

    def show_problem(self, sentence: str, position: int) -> None:
        """Point at a character of the text and say what is wrong there."""
        value = self.input.value
        left = self.input.region.x - self.region.x
        left += cell_len(value[:position]) - round(self.input.scroll_x)
        room = self.size.width - cell_len(sentence) - 3
        caret = " " * max(0, left) + "▲ "
        if left > room:
            caret = " " * max(0, room) if room > 0 else ""
        self._problem.show([(caret + clean(sentence, limit=400), "bad")])
        self.add_class("-problem")
        self.input.focus()

    def clear_problem(self) -> None:
        """Take the sentence away."""
        self.remove_class("-problem")

    @on(Input.Changed)
    def _forget_problem(self, event: Input.Changed) -> None:
        event.stop()
        self.clear_problem()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted(event.value))

    def action_stay(self) -> None:
        """Do nothing."""

    def on_descendant_blur(self) -> None:
        # A text that was not run must not look like the query in force. Without any focus it is the
        # terminal's window that lost it, and the person comes back to go on typing.
        if self.screen.focused is not None:
            self.post_message(self.Abandoned())

    def action_abandon(self) -> None:
        self.clear_problem()
        self.post_message(self.Abandoned())
