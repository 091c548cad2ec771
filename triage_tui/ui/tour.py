"""What a person is shown who is here for the first time: a few cards that point at the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.geometry import Offset, Region, Size

LEFT, RIGHT, UP, DOWN = "◀", "▶", "▲", "▼"

KEY = "\0"

WIDEST = 58
"""Cells of a card with its frame."""

_FRAME = 4
"""Cells of its frame and margins; two lines of it are the frame too."""


@dataclass(frozen=True, slots=True)
class Card:
    """One of them.

    Attributes:
        at: Id of the widget that it points at.
    """

    at: str
    title: str
    text: str

    def lines(self, width: int) -> list[str]:
        """The text in a card that is so wide, with `KEY` before and after every key."""
        lines = [""]
        for word in self.text.split():
            longer = f"{lines[-1]} {word}".strip()
            if cell_len(longer.replace(KEY, "")) <= width - _FRAME:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def cards(name: Callable[[str], str], *, demo: bool, no_writes: bool) -> tuple[Card, ...]:
    """The tour.

    Args:
        name: The key of an action, as it is written for people.
        demo: What is decided is thrown away.
        no_writes: Nothing may be changed here.
    """

    def key(id: str) -> str:
        return f"{KEY}{name(id)}{KEY}"

    try_it = (
        "It is demo data: try everything."
        if demo
        else "Nothing may be changed here."
        if no_writes
        else "It waits some seconds before it is sent."
    )
    return (
        Card(
            "cases",
            "The list",
            f"A row is a case. {key('list.down')} and {key('list.up')} or the arrows move, and"
            f" every key acts on the row of the cursor, or on all that {key('mark.toggle')} marked."
            " All keys work while this card is here.",
        ),
        Card(
            "detail",
            "The case",
            f"What is known of the case under the cursor. {key('detail.down')} and"
            f" {key('detail.up')} scroll it, {key('detail.next')} turns to its timeline and fields,"
            f" {key('pane.zoom')} gives it the whole screen.",
        ),
        Card(
            "facets",
            "The facets",
            f"How many cases there are of what. {key('pane.previous')} leads to them,"
            f" {key('facets.toggle')} shows and hides them. There,"
            f" {key('facets.only')} shows only such cases, {key('facets.exclude')} all but these.",
        ),
        Card(
            "query",
            "The query",
            f"What is shown, in words. {key('query.edit')} edits it and offers keys and values,"
            f" {key('query.previous')} goes back to the one before,"
            f" {key('view.next')} turns to the next of the views above it.",
        ),
        Card(
            "hints",
            "Deciding",
            f"One key decides: {key('case.done')} done, {key('case.take')} take,"
            f" {key('case.assign')} assign, {key('priority.p1')} to {key('priority.p5')} priority,"
            f" {key('case.comment')} comment, {key('case.snooze')} snooze."
            f" {key('edit.undo')} takes it back. {try_it}",
        ),
        Card(
            "hints",
            "The rest",
            f"{key('app.help')} tells what every key does here, {key('app.palette')} finds anything"
            f" by its name, this tour too. {key('list.walk')} goes through the list case by case."
            f" {key('app.quit')} quits.",
        ),
    )


def placed(screen: Size, target: Region, card: Size) -> tuple[Offset, str]:
    """Where a card has room beside what it points at, and the sign that points there."""
    x = max(0, min(target.x + 2, screen.width - card.width))
    y = max(0, min(target.y + 1, screen.height - card.height))
    if not target.area:
        middle = (screen.width - card.width) // 2, (screen.height - card.height) // 2
        return Offset(*(max(0, one) for one in middle)), ""
    if screen.width - target.right >= card.width:
        return Offset(target.right, y), LEFT
    if screen.height - target.bottom >= card.height:
        return Offset(x, target.bottom), UP
    if target.y >= card.height:
        return Offset(x, target.y - card.height), DOWN
    if target.x >= card.width:
        return Offset(target.x - card.width, y), RIGHT
    # In its lower part: what is above is seen.
    return Offset(x, max(0, min(target.bottom, screen.height) - card.height)), UP
