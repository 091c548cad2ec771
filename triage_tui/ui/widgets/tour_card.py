"""A card of the tour: a text in a frame, laid over the screen beside what it is about."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region, Size
from textual.widgets import Static

from triage_tui.ui.tour import KEY, WIDEST, Card, placed

_LEAST_BESIDE = 2
"""Cells of the screen that stay in sight beside a card."""


class TourCard(Static):
    """Never has the focus: the keys go where they went before."""

    DEFAULT_CSS = """
    TourCard {
        overlay: screen; position: absolute; padding: 0 1;
        background: $surface; color: $text; border: round $accent;
        border-title-color: $text-accent; border-title-style: bold;
        border-subtitle-color: $text;
    }
    """

    def show(self, card: Card, number: int, count: int, target: Region, screen: Size) -> None:
        """Show a card, and point at a part of the screen."""
        width = min(WIDEST, screen.width - _LEAST_BESIDE)
        lines = card.lines(width)
        offset, sign = placed(screen, target, Size(width, len(lines) + 2))
        self.styles.width, self.styles.height = width, len(lines) + 2
        self.styles.offset = offset
        sign = f"{sign} " if sign else ""
        self.border_title = Content(f"{sign}{number} of {count} · {card.title}")
        last = number == count
        back = "" if number == 1 else " · ← back"
        skip = "" if last else " · esc skip"
        self.border_subtitle = Content(f"→ {'done' if last else 'next'}{back}{skip}")
        parts = "\n".join(lines).split(KEY)
        self.update(
            Content.assemble(
                *((part, "$text-accent bold" if n % 2 else "") for n, part in enumerate(parts))
            )
        )
