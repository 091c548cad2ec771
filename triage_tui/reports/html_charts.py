"""The charts of a report as SVG that is part of its page, with all that they show in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from triage_tui.reports import words
from triage_tui.reports.model import Load, Slot
from triage_tui.text import clean, number, plural

WIDE = 720
"""Units across a chart with texts in it. On a phone one is half a pixel, on a desk about one."""

_HALF = 110
"""Units for the highest bar above the line."""

_EDGE = 28
"""Units for the text at the end of a bar, and for that of the axis."""

_HOURS, _DAYS = 8, 6
"""Times below a chart at most, so that they have room on a phone too."""

_ROOMY = 24
_DENSE = 40
"""Units for an hour or day above which a figure fits, and above which it fits on a phone too."""


def arrivals(slots: Sequence[Slot], title: str) -> str:
    """What was opened, above a line, beside what was closed, below it."""
    most = max((max(slot.opened, slot.closed) for slot in slots), default=0) or 1
    step = WIDE / max(1, len(slots))
    gap = min(8.0, step * 0.25)
    line = float(_HALF + _EDGE)
    depth = _HALF * max((slot.closed for slot in slots), default=0) / most
    below = line + depth + (_EDGE if depth else 8)
    parts = [
        _rect("night", start * step, 0, count * step, below)
        for kind, start, count in _runs(slots)
        if kind == "sleep"
    ]
    for at, slot in enumerate(slots):
        left, wide = at * step + gap / 2, step - gap
        came, went, urgent = (
            _HALF * count / most for count in (slot.opened, slot.closed, slot.urgent)
        )
        parts.append(_rect("came", left, line - came, wide, came))
        parts.append(_rect("urgent", left, line - urgent, wide, urgent))
        parts.append(_rect("went", left, line + 1, wide, went))
        if step >= _ROOMY:
            above, under = line - came - 6, line + went + 6
            parts.append(_text("mid", left + wide / 2, above, slot.opened or ""))
            parts.append(_text("mid hangs", left + wide / 2, under, slot.closed or ""))
    parts.append(f'<line class="rule" x1="0" x2="{WIDE}" y1="{line:g}" y2="{line:g}"/>')
    labels = _HOURS if slots and slots[0].kind else _DAYS
    every = max(1, -(-len(slots) // labels))
    for at in range(0, len(slots), every):
        slot = slots[at]
        label = slot.label if slot.kind else slot.label.partition(" ")[2]
        parts.append(_text("axis hangs", at * step + gap / 2, below + 6, label))
    told = "; ".join(map(_in_words, filter(_any, slots))) or "Nothing was opened or closed."
    look = "arrivals" if step >= _DENSE else "arrivals dense"
    return _svg(look, f"0 0 {WIDE} {below + _EDGE:.0f}", title, told, parts)


def _runs(slots: Sequence[Slot]) -> Iterable[tuple[str, int, int]]:
    """Of hours of the same kind beside each other: the kind, the first, and how many."""
    at = 0
    for kind, run in groupby(slots, key=lambda slot: slot.kind):
        count = len(list(run))
        yield kind, at, count
        at += count


def _any(slot: Slot) -> bool:
    return bool(slot.opened or slot.closed)


def _in_words(slot: Slot) -> str:
    urgent = f" ({number(slot.urgent)} P1 or P2)" if slot.urgent else ""
    return f"{slot.label}: {number(slot.opened)} opened{urgent}, {number(slot.closed)} closed"


def bar(look: str, count: int | None, most: int) -> str:
    """A bar as long as a count is large; the count itself stands beside it."""
    length = 100 * (count or 0) / most if most else 0.0
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        + _rect("track", 0, 0, 100, 10)
        + _rect(f"bar {look}".strip(), 0, 0, max(length, 1.0) if count else 0, 10)
        + "</svg>"
    )


def gauge(load: Load, title: str) -> str:
    """P1 and P2 in twelve hours, and a line where they are as many as people can bear."""
    value, ceiling = load.per_half_day, load.ceiling
    most = max(value * 1.05, ceiling * 2, 1.0)
    mark = 100 * ceiling / most
    parts = [
        _rect("track", 0, 5, 100, 24),
        _rect("over" if load.too_much else "calm", 0, 5, 100 * value / most, 24),
        _rect("mark", mark - 0.4, 0, 0.8, 34),
    ]
    told = (
        f"{plural(load.count, 'P1 or P2', 'P1 and P2')} in {words.plain(round(load.hours, 1))} h: "
        f"{words.plain(value)} in 12 h, against {words.plain(ceiling)} that can be borne."
    )
    return _svg("gauge", "0 0 100 34", title, told, parts, stretched=True)


def _svg(
    look: str, box: str, title: str, told: str, parts: Iterable[str], *, stretched: bool = False
) -> str:
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    return (
        f'<svg class="{look}" viewBox="{box}"{ratio} role="img">'
        f"<title>{escape(clean(title))}</title><desc>{escape(clean(told))}</desc>"
        f"{''.join(parts)}</svg>"
    )


def _rect(look: str, left: float, top: float, wide: float, high: float) -> str:
    if high <= 0 or wide <= 0:
        return ""
    return (
        f'<rect class="{look}" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}"'
        f' height="{high:.1f}"/>'
    )


def _text(look: str, left: float, top: float, text: object) -> str:
    told = escape(clean(str(text)))
    return f'<text class="{look}" x="{left:.1f}" y="{top:.1f}">{told}</text>' if told else ""
