"""The figures of a report as lines of a terminal: words, and bars of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil

from rich.cells import cell_len
from rich.style import Style

from triage_tui.reports import words
from triage_tui.reports.model import Figures, Known, Load, Report, Slot
from triage_tui.text import clean, number
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell

_LEVELS = "▁▂▃▄▅▆▇█"
_LABEL = 9
"""Cells of the name of a figure."""

_ROOM_FOR_SUM = 76
"""Cells from which the flow is told as a whole sum."""

_BAR = 16

Look = Callable[[str], Style]


def figure(name: str, report: Report, width: int, base: Style, look: Look) -> list[Cell]:
    """One figure, by the name that `review.Shown` has for it."""
    paint = _Painter(report, width, base, look)
    kind, _, at = name.partition(" ")
    return paint.versus(int(at)) if kind == "versus" else getattr(paint, kind)()


def levels(counts: Sequence[int], most: int) -> str:
    """Counts as blocks of a height each, and a dot for none."""
    return "".join(
        _LEVELS[min(len(_LEVELS), ceil(count * len(_LEVELS) / most)) - 1] if count else "·"
        for count in counts
    )


class _Painter:
    def __init__(self, report: Report, width: int, base: Style, look: Look) -> None:
        self._report = report
        self._figures: Figures = report.figures
        self._width = width
        self._base = base
        self._look = look

    def _cells(self, name: str, *parts: tuple[str, str]) -> list[Cell]:
        cells = [(f"   {name:<{_LABEL}} ", self._base + self._look("dim"))]
        return [*cells, *((text, self._base + self._look(kind)) for text, kind in parts)]

    def flow(self) -> list[Cell]:
        flow = self._figures.flow
        doubt = (words.doubt(flow.known), "warn")
        if self._width >= _ROOM_FOR_SUM + 24:
            return self._cells("Flow", (words.balance(flow), "plain"), doubt)

        def said(count: int | None) -> str:
            return "?" if count is None else number(count)

        came = (flow.reopened or 0) + (flow.restored or 0)
        text = f"{said(flow.start)} open +{said(flow.opened)} opened"
        text += f" +{came} again" if came else ""
        text += f" −{said(flow.closed)} closed"
        text += f" −{flow.archived} archived" if flow.archived else ""
        text += f" {flow.residue:+} unaccounted" if flow.residue else ""
        return self._cells("Flow", (f"{text} = {said(flow.end)} open", "plain"), doubt)

    # By the hour

    def _grouped(self) -> tuple[list[Slot], int]:
        """The slots, and how many cells each has."""
        slots = list(self._figures.slots)
        room = max(1, self._width - _LABEL - 24)
        cells = max(1, min(3, room // max(1, len(slots))))
        return slots[-room:], cells

    def _bars(self, name: str, counts: list[int], kind: str, tail: str) -> list[Cell]:
        slots, cells = self._grouped()
        most = max([1, *(max(slot.opened, slot.closed) for slot in slots)])
        blocks = "".join(block * cells for block in levels(counts, most))
        return self._cells(name, (blocks, kind), (f"  {tail}", "dim"))

    def opened(self) -> list[Cell]:
        counts = [slot.opened for slot in self._grouped()[0]]
        return self._bars("Opened", counts, "age-1", _peak(sum(counts), counts))

    def closed(self) -> list[Cell]:
        counts = [slot.closed for slot in self._grouped()[0]]
        return self._bars("Closed", counts, "good", _peak(sum(counts), counts))

    def hours(self) -> list[Cell]:
        """The clock below the bars."""
        slots, cells = self._grouped()
        text = ""
        for at, slot in enumerate(slots):
            label = slot.label.removesuffix(":00") if slot.kind else slot.label.split()[1]
            if len(text) <= at * cells - bool(text):
                text = text.ljust(at * cells) + label
        came = " · ".join(f"{kind} {n}" for kind, n, _ in self._figures.hours if n)
        room = len(slots) * cells
        return self._cells(
            "",
            (text[: max(room, len(text.rstrip()))].ljust(room), "dim"),
            (f"  opened: {came}" if came else "", "dim"),
        )

    # Load, age

    def load(self) -> list[Cell]:
        load: Load = self._figures.load
        per, most = load.per_half_day, max(load.ceiling * 2, load.per_half_day)
        long = _BAR if self._width >= _ROOM_FOR_SUM else _BAR // 2
        filled, mark = min(long, ceil(long * per / most)), round(long * load.ceiling / most)
        bar = "█" * filled + "░" * (long - filled)
        kind = "bad" if load.too_much else "good"
        verdict = "too much" if load.too_much else "bearable"
        says = f"{words.plain(per)} in 12 h, at most {words.plain(load.ceiling)}"
        return self._cells(
            "P1 and P2",
            (bar[:mark], kind),
            ("│", "strong"),
            (bar[mark:], kind),
            (f" {says}: ", "plain"),
            (verdict + words.doubt(load.known), kind),
        )

    def age(self) -> list[Cell]:
        backlog, buckets = self._figures.backlog, self._figures.buckets
        if backlog.known is Known.UNKNOWN:
            return self._cells("Backlog", ("not known", "warn"))
        most = max([1, *(count or 0 for _, count in buckets)])
        parts: list[tuple[str, str]] = []
        for name, count in buckets:
            block = "?" if count is None else levels([count], most)
            told = "?" if count is None else number(count)
            parts += [(f"{_short(name)} ", "dim"), (block, "age-1"), (f" {told}  ", "plain")]
        return self._cells("Backlog", *parts, (words.ranked(backlog), "dim"))

    # Beside others, and one's own

    def versus(self, at: int) -> list[Cell]:
        versus = self._figures.versus[at]
        parts: list[tuple[str, str]] = []
        for row in versus.rows:
            if row.change:
                arrow = "▲" if row.change > 0 else "▼"
                parts.append((f"{row.name} {words.signed(row.change)}{arrow}  ", "plain"))
        beside = f"{'than' if parts else 'as'} {versus.title}"
        label = "Week ago" if at else "Before"
        return self._cells(label, *(parts or [("the same ", "plain")]), (beside, "dim"))

    def actions(self) -> list[Cell]:
        text = clean(words.done(self._figures.actions), limit=400)
        return self._cells("My part", (text, "plain"))


def _peak(total: int, counts: Sequence[int]) -> str:
    return f"{number(total)}, at most {max(counts)} at once" if total else "none"


def _short(age: str) -> str:
    """The name of an age in few cells: "under 1 h" is "<1h"."""
    return age.replace("under ", "<").replace(" to ", "–").replace(" days", "d").replace(" h", "h")


def wrapped(text: str, width: int) -> Iterator[str]:
    """A text in lines of so many cells."""
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else fitted(word, width)
    yield line
