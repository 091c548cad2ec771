"""Places to type in that take in no control characters, also not by pasting."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events
from textual.widgets import Input, TextArea
from textual.widgets.text_area import Selection

from triage_tui.text import clean


class LineField(Input):
    """One line to type in."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        keys: Mapping[str, Callable[[], object]] | None = None,
        id: str | None = None,
    ) -> None:
        """
        Args:
            keys: What to call for keys that do not belong to the line. Unlike bindings they are
                obeyed in the order typed, also when many keys arrive at once.
        """
        super().__init__(
            clean(value), placeholder=placeholder, compact=True, select_on_focus=False, id=id
        )
        self.cursor_blink = False
        self._calls = keys or {}

    def on_key(self, event: events.Key) -> None:
        call = self._calls.get(event.key)
        if call:
            event.stop()
            call()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(clean(event.text).strip())


class TextField(TextArea):
    """Many lines to type in, wrapped where the field ends."""

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(
            clean(text, lines=True), soft_wrap=True, compact=True, placeholder=placeholder, id=id
        )
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        pasted = clean(event.text, lines=True)
        pasting = self.replace(pasted, *self.selection, maintain_selection_offset=False)
        self.move_cursor(pasting.end_location)

    def undo(self) -> None:
        if self.history.undo_stack:
            self._leave_what_goes()
            super().undo()

    def redo(self) -> None:
        if self.history.redo_stack:
            self._leave_what_goes()
            super().redo()

    def _leave_what_goes(self) -> None:
        # Textual asks where the cursor is before it has moved it off the lines that it removed.
        # The edits know where it belongs, and put it there.
        self.selection = Selection.cursor((0, 0))
