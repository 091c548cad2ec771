"""What is shown below the query while it is typed: what it selects, and what may come next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.message import Message

from triage_tui.completion import Candidate
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

ROWS = 8
"""Candidates that are seen at once."""

_KEYS = "tab takes · ↓ chooses · ↑ earlier queries · enter searches"
_LABELS_AT_LEAST = 12
_LONGEST = 400


class QueryHints(LineList, can_focus=False):
    """One line in words, and the candidates; the keys belong to the bar."""

    header_height = 1

    class Taken(Message):
        """The person clicked on a candidate."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__(id="query-hints")
        self._candidates: Sequence[Candidate] = ()
        self._words = ""
        self._news = ""
        self._widest = 0
        self.picked: int | None = None
        """The candidate that the person moved to."""

    def show(self, candidates: Sequence[Candidate], words: str, news: str = "") -> None:
        """Show these candidates, with none picked.

        Args:
            words: What the query selects, cleaned; "" if that cannot be said.
            news: Said at the right: that the server is asked for more.
        """
        self._candidates, self._words, self._news = candidates, words, news
        self.picked = None
        labels = (clean(one.label, limit=_LONGEST) for one in candidates)
        self._widest = max(map(cell_len, labels), default=0)
        # The same height for few and for many: another one would paint the panes below anew.
        height = 1 + ROWS if candidates else 1
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.rows_changed(len(candidates), 0)

    def pick(self, by: int) -> bool:
        """Move; False if that leaves the list at its top."""
        at = -1 if self.picked is None else self.picked
        if at + by < 0:
            self.picked = None
            self.repaint()
            return False
        self.picked = min(at + by, len(self._candidates) - 1)
        self.move_to(self.picked)
        self.repaint()
        return True

    def header(self, width: int) -> list[Cell]:
        dim = self.rich_style + look(self, "dim")
        news = f" {self._news} " if self._news else ""
        text = f" Selects {self._words}" if self._words else f" {_KEYS}"
        return [(column(text, max(0, width - cell_len(news))), dim), (news, dim)]

    def row(self, index: int, width: int) -> list[Cell]:
        one = self._candidates[index]
        here = index == self.picked
        base = self.rich_style + (look(self, "cursor") if here else look(self, "plain"))
        dim = base if here else base + look(self, "dim")
        hint = " tab " if index == (self.picked or 0) else ""
        room = width - 2 - cell_len(hint)
        for_label = (
            max(_LABELS_AT_LEAST, min(self._widest, room * 3 // 5 if one.detail else room)) + 2
        )
        label = column(clean(one.label, limit=_LONGEST), min(for_label, room))
        detail = fitted(clean(one.detail, limit=_LONGEST), max(0, room - cell_len(label)))
        gap = " " * (room - cell_len(label) - cell_len(detail))
        return [("› " if here else "  ", base), (label, base), (detail + gap + hint, dim)]

    def on_click(self, event: object) -> None:
        """A click takes a candidate; nothing else here can be clicked."""
        from textual import events

        assert isinstance(event, events.Click)
        event.prevent_default()
        index = self.index_at(event.y)
        if index is not None:
            self.post_message(self.Taken(index))
