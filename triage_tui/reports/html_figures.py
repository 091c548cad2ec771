"""The figures of a report as charts and tables of its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from triage_tui.reports import html_charts, words
from triage_tui.reports.html_text import PRIORITY_LOOKS, doubt, safe
from triage_tui.reports.model import Actions, Figures, Known, Spread, Versus
from triage_tui.text import number


def figures_html(figures: Figures) -> Iterator[str]:
    """All but what is seen at a glance at the top of the page."""
    age, close, touch = figures.backlog, figures.to_close, figures.to_first_touch
    yield '<section class="part" id="figures"><h2>Figures</h2>\n<div class="charts">'
    ages = _bars("Open cases by age", figures.buckets, short=True)
    yield _card("half", "Age of the open cases", age.known, _spread(age) + ages)
    closed = f"<h3>Time to close {doubt(close.known)}</h3>{_spread(close)}"
    touched = f"<h3>Time to the first touch {doubt(touch.known)}</h3>{_spread(touch)}"
    yield f'<div class="card half">{closed}{touched}</div>'
    for tally in figures.by:
        title, short = f"Open {_lower(tally.title)}", tally.field == "priority"
        unknown = tally.known is Known.UNKNOWN
        chart = "" if unknown else _bars(title, tally.rows, short=short)
        yield _card("", title, tally.known, chart)
    rows = ((name, (number(came), number(went))) for name, came, went in figures.hours)
    hours = _plain("Hours", ("opened", "closed"), rows)
    yield _card("half", "By hours of the day", Known.EXACT, hours)
    beside = [*map(_versus, figures.versus)]
    yield from beside[:1]
    yield _actions(figures.actions)
    yield from beside[1:]
    yield "</div></section>"


def _card(look: str, title: str, known: Known, inside: str) -> str:
    return f'<figure class="card {look}"><h3>{safe(title)} {doubt(known)}</h3>{inside}</figure>'


def _actions(actions: Actions) -> str:
    if not actions.verbs:
        said = f'<p class="remark">{safe(words.done(actions))}</p>'
        return _card("half", "Done from here", Known.EXACT, said)
    verbs = ((name, (number(count),)) for name, count in actions.verbs)
    rest = (
        (actions.cases, "different cases"),
        (actions.failed, "failed"),
        (actions.undone, "taken back"),
        (actions.waiting, "not sent yet"),
    )
    more = ", ".join(f"{number(count)} {what}" for count, what in rest if count)
    table = _plain("What was done", ("times",), verbs)
    remark = f'<p class="remark">{more}</p>' if more else ""
    return _card("half", "Done from here", actions.known, table + remark)


def _lower(title: str) -> str:
    return safe(title[:1].lower() + title[1:])


def _bars(title: str, rows: Sequence[tuple[str, int | None]], *, short: bool = False) -> str:
    """A table of counts with a bar beside each."""
    if not rows:
        return '<p class="remark">none</p>'
    most = max((count or 0 for _, count in rows), default=0)
    body = "\n".join(
        f'<tr><th scope="row">{safe(name)}</th>'
        f"<td>{html_charts.bar(PRIORITY_LOOKS.get(name, ''), count, most)}</td>"
        f'<td class="n">{"?" if count is None else number(count)}</td></tr>'
        for name, count in rows
    )
    look = "bars short" if short else "bars"
    return f'<table class="{look}" aria-label="{safe(title)}"><tbody>\n{body}\n</tbody></table>'


def _spread(spread: Spread) -> str:
    """Durations by rank."""
    if spread.median is None:
        return '<p class="remark">none</p>' if spread.known is not Known.UNKNOWN else ""
    cells = [("median", spread.median), ("90 % within", spread.p90), ("longest", spread.longest)]
    told = [(name, words.span(duration)) for name, duration in cells]
    if spread.of is not None and spread.of != spread.count:
        told.append(("known of", f"{number(spread.count)} of {number(spread.of)}"))
    stats = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in told)
    return f'<dl class="stats">{stats}</dl>'


def _versus(versus: Versus) -> str:
    rows = (
        (row.name, (words.plain(row.before), words.plain(row.now), _change(row.change)))
        for row in versus.rows
    )
    title = f"Beside {versus.title}"
    table = _plain("Figure", ("then", "now", "change"), rows)
    return _card("half tall", title, Known.EXACT, table)


def _change(change: float | None) -> str:
    arrow = "" if not change else "▲ " if change > 0 else "▼ "
    return arrow + words.signed(change)


def _plain(first: str, heads: Iterable[str], rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A table of figures with names."""
    head = "".join(f'<th scope="col" class="n">{one}</th>' for one in heads)
    body = "\n".join(
        f'<tr><th scope="row">{safe(name)}</th>'
        + "".join(f'<td class="n">{safe(one)}</td>' for one in cells)
        + "</tr>"
        for name, cells in rows
    )
    return (
        f'<table class="plain"><thead><tr><th scope="col">{first}</th>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>"
    )
