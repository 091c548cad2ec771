"""A report with something in every place, made up by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from triage_tui.models import PRIORITIES
from triage_tui.reports.model import (
    Actions,
    Delta,
    Figures,
    Flow,
    Known,
    Line,
    Load,
    Note,
    Part,
    Report,
    Section,
    Slot,
    Spread,
    Tally,
    Versus,
    Window,
)

START = datetime(2026, 3, 1, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
PARTS = ("action", "gaps", "happened", "carried", "deferred", "noise")

_EMPTY = Spread(0, known=Known.UNKNOWN)


def report(texts: Sequence[str], urls: Sequence[str] = ("",), *, hours: int = 10) -> Report:
    """A report in which these stand for all that comes from outside, each of them somewhere."""
    text, url = cycle(texts), cycle(urls)

    def lines(part: str) -> Iterator[Line]:
        many = PRIORITIES if part in ("action", "gaps") else ()
        for number, priority in enumerate((*PRIORITIES, *many, next(text))):
            yield Line(
                *(f"{part}-{number}", next(text), next(text), priority, next(text)),
                *(("SG_OPEN", "SG_CLOSED")[number % 2], next(text), START - number * 9 * HOUR),
                why=next(text),
                at=START + number * HOUR if part == "happened" else None,
                by=next(text),
                last=next(text),
                url=next(url),
                note=next(text) if number % 3 == 0 else "",
                known=tuple(Known)[number % 3],
            )

    parts = [
        Part(
            part,
            part.title(),
            (
                Section(f"{part}.some", next(text), tuple(lines(part)), 20, remark=next(text)),
                Section(f"{part}.none", next(text)),
                Section(f"{part}.unknown", next(text), total=None, known=Known.UNKNOWN),
            ),
            next(text),
        )
        for part in PARTS
    ]
    slots = tuple(
        Slot(
            *(START + n * HOUR, START + (n + 1) * HOUR, f"{(22 + n) % 24:02}:00"),
            *(n * 7 % 40, n * 3 % 10, n % 5),
            "sleep" if n < 10 else "business",
        )
        for n in range(hours)
    )
    minutes = timedelta(minutes=50)
    figures = Figures(
        flow=Flow(10, 7, 1, 0, 5, None, 15, Known.OBSERVED),
        by=(
            Tally("priority", "By priority", (("P1", 1), (next(text), 4))),
            Tally("team", next(text), ((next(text), 4), (next(text), 0))),
            Tally("source", "By source", (), Known.UNKNOWN),
        ),
        backlog=Spread(15, minutes, 9 * minutes, 99 * minutes),
        buckets=(("under 1 h", 3), ("older", None)),
        to_close=_EMPTY,
        to_first_touch=Spread(3, minutes, minutes, minutes, of=7, known=Known.OBSERVED),
        slots=slots,
        hours=(("business", 3, 1), ("off", 0, 0), ("sleep", 5, 2)),
        load=Load(9, float(hours)),
        actions=Actions(((next(text), 3), ("closed", 2)), 4, failed=1),
        versus=(Versus(next(text), START - 24 * HOUR, START, (Delta(next(text), 3, 1.5),)),),
    )
    window = Window(START, START + hours * HOUR, ZoneInfo("Europe/Berlin"), next(text))
    made = window.end + minutes
    return Report(
        *(window, made, next(text), next(text), next(text), next(text), next(text)),
        coverage=(next(text), next(text)),
        parts=tuple(parts),
        figures=figures,
        notes=(Note(next(text), next(text)),),
    )


def nothing() -> Report:
    """A report of a quiet night of which nothing is known."""
    some = report(["x"])
    flow = Flow(*(None,) * 7, Known.UNKNOWN)
    figures = replace(
        some.figures,
        flow=flow,
        by=(),
        backlog=_EMPTY,
        buckets=(("older", None),),
        to_first_touch=_EMPTY,
        slots=(),
        load=Load(0, 0.0),
        actions=Actions(),
        versus=(),
    )
    parts = tuple(replace(part, sections=(), remark="") for part in some.parts)
    return replace(some, parts=parts, figures=figures, coverage=(), notes=())
