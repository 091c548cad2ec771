"""Figures, times and durations of a report in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from triage_tui.reports.model import Actions, Flow, Known, Spread, Window
from triage_tui.text import clean, number

_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)")
_SHORT = timedelta(hours=24)


def told(text: str) -> str:
    """A text from outside on one line, that no terminal obeys and that calls nobody in a chat."""
    return _MENTION.sub("＠", clean(text))


def span(duration: timedelta | None) -> str:
    """A duration in its two largest units: "3 h 20 min", "2 d 4 h", "40 s"; "none" for None."""
    if duration is None:
        return "none"
    seconds = int(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 14 else f"{days} d"


def full(moment: datetime, window: Window) -> str:
    """A time with its day by the clocks of the zone and in UTC."""
    local = moment.astimezone(window.zone)
    utc = moment.astimezone(UTC)
    if local.utcoffset() == timedelta(0):
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    day = "" if local.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{local:%Y-%m-%d %H:%M} {local:%Z} ({day}{utc:%H:%M} UTC)"


def clock(moment: datetime, window: Window) -> str:
    """A time for a line: without its day where the window leaves no doubt about it."""
    if window.end - window.start > _SHORT or moment not in window:
        return full(moment, window)
    local, utc = moment.astimezone(window.zone), moment.astimezone(UTC)
    if local.utcoffset() == timedelta(0):
        return f"{utc:%H:%M} UTC"
    return f"{local:%H:%M} {local:%Z} ({utc:%H:%M} UTC)"


def balance(flow: Flow) -> str:
    """The flow as a sum: "120 open + 73 opened + 0 opened again − 9 closed = 184 open"."""

    def said(count: int | None) -> str:
        return "?" if count is None else number(count)

    terms = [f"{said(flow.start)} open at the start", f"+ {said(flow.opened)} opened"]
    terms.append(f"+ {said(flow.reopened)} opened again")
    if flow.restored:
        terms.append(f"+ {said(flow.restored)} brought back")
    terms.append(f"− {said(flow.closed)} closed")
    if flow.archived:
        terms.append(f"− {said(flow.archived)} archived while open")
    if flow.residue:
        sign = "+" if flow.residue > 0 else "−"
        terms.append(f"{sign} {number(abs(flow.residue))} that nothing accounts for")
    terms.append(f"= {said(flow.end)} open at the end")
    return " ".join(terms)


def ranked(spread: Spread) -> str:
    """Durations: "median 3 h, 90 % within 2 d 4 h, longest 9 d"."""
    if spread.median is None:
        return "none"
    said = f"median {span(spread.median)}, 90 % within {span(spread.p90)}"
    said += f", longest {span(spread.longest)}"
    if spread.of is not None and spread.of != spread.count:
        said += f" ({number(spread.count)} of {number(spread.of)})"
    return said


def counted(rows: Iterable[tuple[str, int | None]]) -> str:
    """Names with their counts: "P1 3, P2 25"."""
    told = (f"{name} {'?' if count is None else number(count)}" for name, count in rows)
    return ", ".join(told) or "none"


def done(actions: Actions) -> str:
    """What was done on this machine: "closed 12, commented 3 (11 cases); 1 failed"."""
    if actions.known is Known.UNKNOWN:
        return "not known"
    said = counted(actions.verbs)
    if actions.cases:
        said += f" (on {number(actions.cases)} {'case' if actions.cases == 1 else 'cases'})"
    rest = (
        (actions.failed, "failed"),
        (actions.undone, "taken back"),
        (actions.waiting, "not sent yet"),
    )
    return "; ".join([said, *(f"{number(count)} {what}" for count, what in rest if count)])


def signed(change: float | None) -> str:
    """A difference with its sign: "+3", "−0.5", "0"; "?" if nobody knows."""
    if change is None:
        return "?"
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{plain(abs(change))}"


def plain(value: float | None) -> str:
    """A figure without a needless ".0"; "?" for None."""
    if value is None:
        return "?"
    return number(int(value)) if value == int(value) else f"{value:,.1f}"


def doubt(known: Known) -> str:
    """What stands behind a figure that is not certain: " (observed)"; "" for one that is."""
    return "" if known is Known.EXACT else f" ({known.value})"
