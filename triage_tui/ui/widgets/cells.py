"""Texts in as many terminal cells as there are."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int) -> str:
    """The text, which was cleaned, in at most `width` cells; "…" is the last if some is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def column(text: str, width: int) -> str:
    """The same in exactly `width` cells."""
    return set_cell_size(fitted(text, width), width)
