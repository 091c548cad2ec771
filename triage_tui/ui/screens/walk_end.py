"""What came of going through a list, and what there is left to go through."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from triage_tui.text import clean
from triage_tui.ui.screens.box import Box


class WalkEndScreen(Box[str]):
    """Answers "new" or "skipped" to go on with those, or None to leave.

    Args:
        lines: What came of it.
        new: Cases that came since it began.
        skipped: Cases that were left without a decision.
    """

    def __init__(self, lines: Sequence[str], new: int, skipped: int) -> None:
        self._answers: dict[str, str] = {}
        hints = []
        if new:
            self._answers |= {"enter": "new", "n": "new"}
            hints.append(f"enter the {new:,} new")
        if skipped:
            self._answers |= {"s": "skipped"} | ({} if new else {"enter": "skipped"})
            hints.append(f"{'s' if new else 'enter'} the {skipped:,} skipped")
        hints.append("esc leave" if self._answers else "enter leave")
        super().__init__("Nothing further to decide below", " · ".join(hints))
        since = [f"New since you began: {new:,}"] if new else ["Nothing new since you began"]
        self._lines = [clean(line, limit=200) for line in (*lines, "", *since)]

    def body(self) -> ComposeResult:
        yield Static(Content("\n".join(self._lines)), classes="confirm--question")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "q", *self._answers):
            event.stop()
            self.answer(self._answers.get(event.key))
