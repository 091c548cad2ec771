"""Text that is wrapped to the width of a pane, a line at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import chop_cells
from rich.console import Console
from rich.style import Style
from rich.text import Text

Cells = list[tuple[str, Style]]
"""A line: pieces of text that was cleaned, each with its style."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text, and what stands before its lines.

    Attributes:
        lead: Before the first line.
        again: Before its other lines; None for as many spaces as the lead is wide.
        literal: Every space counts: it is cut where the line is full, and a sign says so.
        target: Id of the case that a click on it leads to; "" for none.
    """

    lead: Text
    body: Text
    again: Text | None = None
    literal: bool = False
    target: str = ""

    def lines(self, width: int, console: Console, base: Style, sign: Style) -> Iterator[Cells]:
        """The lines, each at most `width` cells wide.

        Args:
            sign: Style of the sign before a line that goes on with the one above.
        """
        indent = min(self.lead.cell_len, width // 2)
        lead = self.lead.copy()
        lead.truncate(indent)
        again = self.again.copy() if self.again else Text(" " * indent)
        again.truncate(indent)
        room = max(8, width - indent)
        if self.literal:
            yield from _chopped(lead, again, self.body, room, console, base, sign)
            return
        for number, line in enumerate(self.body.wrap(console, room, overflow="fold")):
            yield _cells(console, base, again if number else lead, line)


def _cells(console: Console, base: Style, *texts: Text) -> Cells:
    segments = [segment for text in texts for segment in text.render(console)]
    return [(one.text, base + (one.style or Style.null())) for one in segments if one.text]


def _chopped(
    lead: Text, again: Text, body: Text, room: int, console: Console, base: Style, sign: Style
) -> Iterator[Cells]:
    # The sign takes two cells of every line but the first.
    sizes = _sizes(body.plain, room, room - 2)
    ends = list(accumulate(sizes))
    for number, piece in enumerate(body.divide(ends[:-1])):
        if number:
            yield _cells(console, base, again, Text().append("↪ ", sign), piece)
        else:
            yield _cells(console, base, lead, piece)


def _sizes(text: str, first: int, rest: int) -> list[int]:
    """How many characters of a text there are on each line."""
    if text.isascii():
        more = max(0, len(text) - first)
        return [
            min(first, len(text)),
            *[rest] * (more // rest),
            *([more % rest] * (more % rest > 0)),
        ]
    begin = chop_cells(text[:first], first)[:1] or [""]
    return [len(begin[0]), *(len(piece) for piece in chop_cells(text[len(begin[0]) :], rest))]
