"""A text to read before it is used."""

from __future__ import annotations

from collections.abc import Collection

from textual import events
from textual.app import ComposeResult

from triage_tui.ui.screens.box import Box
from triage_tui.ui.widgets.preview import Preview


class TextScreen(Box[str]):
    """Markdown as it will look; answers the key that says what is to be done with it, or None."""

    def __init__(self, title: str, text: str, keys: str, wishes: Collection[str]) -> None:
        """
        Args:
            keys: What the keys of `wishes` do: "c copy · w file".
            wishes: The keys that close the box.
        """
        super().__init__(title, f"{keys} · ↑↓ scroll · esc close")
        self._source = text
        self._wishes = wishes
        self._preview = Preview()

    def body(self) -> ComposeResult:
        yield self._preview

    def on_mount(self) -> None:
        self.query_one(".box").add_class("read")
        self._preview.show(self._source)
        self._preview.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in self._wishes:
            event.stop()
            self.answer(event.key)
        elif event.key in ("q", "P", "enter"):
            event.stop()
            self.answer(None)
