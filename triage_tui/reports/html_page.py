"""A report as one HTML file that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import escape

from triage_tui.reports import html_charts, words
from triage_tui.reports.html_style import STYLE
from triage_tui.reports.model import (
    Actions,
    Flow,
    Known,
    Line,
    Part,
    Report,
    Section,
    Spread,
    Versus,
)
from triage_tui.text import clean, number

SHOWN = 10
"""Cases of a section that are seen at once; those that need action now are seen all."""

_ALL_SEEN = "action"

_LONGEST, _LONGEST_NOTE = 500, 5000
"""Characters of a text: nobody reads more in a list, and a page of endless words takes minutes."""

_PRIORITY_LOOKS = {"P1": "p1", "P2": "p2", "P3": "", "P4": "low", "P5": "low"}


def to_html(report: Report) -> str:
    """The report as a page; the same bytes for the same report."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = (
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="robots" content="noindex">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{_safe(_name(report))}, {_safe(_days(report))}</title>",
        f"<style>{STYLE}</style>",
    )
    body = (*_header(report), *_glance(report), *(_part(part, report) for part in report.parts))
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>',
            *head,
            '</head>\n<body>\n<div class="page">',
            *body,
            *_figures(report),
            *_notes(report),
            *_footer(report),
            "</div>\n</body>\n</html>\n",
        )
    )


def _safe(text: str) -> str:
    """A text from outside as text: nothing in it is markup, and nothing turns around."""
    return escape(clean(text, limit=_LONGEST))


def _lines_of(text: str) -> str:
    return escape(clean(text, lines=True, limit=_LONGEST_NOTE))


# The beginning


def _name(report: Report) -> str:
    return f"Hand-over: {report.window.name}" if report.window.name else "Shift report"


def _days(report: Report) -> str:
    """The window by the clocks of its zone."""
    window = report.window
    start, end = window.start.astimezone(window.zone), window.end.astimezone(window.zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end)}, {end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M} – {until}"


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def _header(report: Report) -> Iterator[str]:
    window = report.window
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    length = words.span(window.end - window.start) + (" so far" if window.running else "")
    yield "<header>"
    yield f'<p class="eyebrow">{_safe(_name(report))}</p>'
    yield f"<h1>{_safe(_days(report))}</h1>"
    yield (
        f'<p class="when">{_safe(window.zone_name)} · {length} · '
        f'<span class="utc">{start:%Y-%m-%d %H:%M} – {until} UTC</span></p>'
    )
    people = (("Outgoing", report.outgoing), ("Incoming", report.incoming))
    about = (("Cases of", report.place), ("Query", report.query or "all"))
    told = [(name, text) for name, text in (*people, *about) if text]
    if report.redacted:
        told.append(("Redacted", "titles, comments and addresses"))
    rows = "".join(f"<div><dt>{name}</dt><dd>{_safe(text)}</dd></div>" for name, text in told)
    yield f'<dl class="people">{rows}</dl>'
    look, sign = _urgency(report.part("action"))
    yield (
        f'<p class="verdict {look}"><span aria-hidden="true">{sign}</span>'
        f"{_safe(report.verdict)}</p>"
    )
    yield _flow(report.figures.flow)
    yield "</header>"
    yield _contents(report)


def _urgency(action: Part) -> tuple[str, str]:
    """How the verdict looks, and the sign before it."""
    if action.count:
        return "urgent", "▲"
    if all(one.total == 0 and one.known is Known.EXACT for one in action.sections):
        return "calm", "✓"
    return "unsure", "?"


def _flow(flow: Flow) -> str:
    """How the number of open cases came to be, from left to right."""
    net = flow.net
    change = f" <small>{words.signed(net)}</small>" if net is not None else ""
    cells = [
        _step("ends", "Open at the start", "", flow.start),
        _step("", "Opened", "+", flow.opened),
        _step("", "Opened again", "+", flow.reopened),
        _step("", "Brought back", "+", flow.restored),
        _step("", "Closed", "−", flow.closed),
        _step("", "Archived while open", "−", flow.archived),
    ]
    if flow.residue:
        sign = "+" if flow.residue > 0 else "−"
        cells.append(_step("", "Not accounted for", sign, abs(flow.residue)))
    cells.append(_step("ends", "Open at the end", "", flow.end, change))
    said = "there may have been more" if flow.known is Known.OBSERVED else "nobody counted it"
    doubt = (
        f'<p class="doubt">{_known(flow.known)} {said}</p>' if flow.known is not Known.EXACT else ""
    )
    return f'<dl class="flow">{"".join(cells)}</dl>{doubt}'


def _step(look: str, name: str, sign: str, count: int | None, more: str = "") -> str:
    look = look if count or look else "none"
    said = _known(Known.UNKNOWN) if count is None else f"{sign if count else ''}{number(count)}"
    kind = f' class="{look}"' if look else ""
    return f"<div{kind}><dt>{name}</dt><dd>{said}{more}</dd></div>"


def _contents(report: Report) -> str:
    links = [(part.id, part.title, number(part.count)) for part in report.parts]
    links.append(("figures", "Figures", ""))
    if report.notes:
        links.append(("notes", "Notes", number(len(report.notes))))
    items = "".join(
        f'<li><a href="#{_safe(id)}">{_safe(title)}{f" <b>{count}</b>" if count else ""}</a></li>'
        for id, title, count in links
    )
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def _glance(report: Report) -> Iterator[str]:
    """What came in, and whether that was too much."""
    figures, load = report.figures, report.figures.load
    hourly = bool(figures.slots and figures.slots[0].kind)
    title = f"Opened and closed by {'hour' if hourly else 'day'}"
    night = '<li class="night">22 to 8 h</li>' if hourly else ""
    yield '<section class="charts glance" aria-label="At a glance">'
    chart = (
        f"{html_charts.arrivals(figures.slots, title)}"
        '<ul class="legend"><li>opened</li><li class="urgent">of them P1 and P2</li>'
        f'<li class="went">closed</li>{night}</ul>'
    )
    if not any(slot.opened or slot.closed for slot in figures.slots):
        chart = '<p class="remark">Nothing was opened or closed.</p>'
    yield f'<figure class="card wide"><h3>{title}</h3>{chart}</figure>'
    verdict = "too much" if load.too_much else "bearable"
    yield (
        f'<figure class="card"><h3>Load: {verdict} {_known(load.known)}</h3>'
        f'<p class="big">{words.plain(load.per_half_day)} <small>P1 and P2 in 12 h</small></p>'
        f"{html_charts.gauge(load, 'Load against what can be borne')}"
        f'<p class="remark">The line is at {words.plain(load.ceiling)}, which people can bear: '
        "dealing with an incident takes six hours. "
        f"{number(load.count)} came in {words.plain(round(load.hours, 1))} h.</p></figure>"
    )
    yield "</section>"


# Cases


def _part(part: Part, report: Report) -> str:
    told = [one for one in part.sections if one.lines or one.left_out]
    empty = [one for one in part.sections if one not in told]
    rest = "".join(map(_empty, empty))
    parts = (
        f'<section class="part" id="{_safe(part.id)}">',
        f'<h2>{_safe(part.title)} <span class="count">{number(part.count)}</span></h2>',
        f"<p>{_safe(part.remark)}</p>" if part.remark else "",
        "" if part.sections else "<p>None.</p>",
        *(_section(one, report, whole=part.id == _ALL_SEEN) for one in told),
        f'<div class="empty">{rest}</div>' if rest else "",
        "</section>",
    )
    return "\n".join(filter(None, parts))


def _empty(section: Section) -> str:
    said = _known(Known.UNKNOWN) if section.total is None else f"none {_known(section.known)}"
    remark = f'<p class="remark">{_safe(section.remark)}</p>' if section.remark else ""
    return f"<div><h3>{_safe(section.title)}</h3>: <p>{said}</p>{remark}</div>"


def _section(section: Section, report: Report, *, whole: bool) -> str:
    total = "" if section.total is None else number(section.total)
    timed = any(line.at for line in section.lines)
    first = section.lines if whole else section.lines[:SHOWN]
    rest = section.lines[len(first) :]
    # One more row takes no more room than the offer to show it.
    if len(rest) == 1:
        first, rest = section.lines, ()
    parts = [
        f'<div class="card"><h3>{_safe(section.title)} <span class="count">{total}</span>'
        f" {_known(section.known)}</h3>",
        f'<p class="remark">{_safe(section.remark)}</p>' if section.remark else "",
        _table(section, first, report, timed=timed),
    ]
    if rest:
        parts.append(f"<details><summary>{number(len(rest))} more</summary>")
        parts.append(_table(section, rest, report, timed=timed) + "</details>")
    if section.left_out:
        parts.append(
            f'<p class="left">And {number(section.left_out)} that are not listed here.</p>'
        )
    return "\n".join(filter(None, parts)) + "</div>"


def _table(section: Section, lines: Iterable[Line], report: Report, *, timed: bool) -> str:
    heads = (
        *(("p", "Priority"), ("c", "Case"), ("s", "Status"), ("a", "Assignee")),
        ("w", "When" if timed else "Opened"),
    )
    head = "".join(f'<th scope="col" class="{look}">{name}</th>' for look, name in heads)
    rows = "\n".join(_row(line, report, timed=timed) for line in lines)
    return (
        f'<table class="cases" aria-label="{_safe(section.title)}">'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    )


def _row(line: Line, report: Report, *, timed: bool) -> str:
    at = line.at if timed else line.created_at
    by = f'<span class="by"> by {_safe(line.by)}</span>' if line.by else ""
    when = f"{_time(at, report)}{by}" if at else by
    look = "" if line.status_group == "SG_CLOSED" else ' class="nobody"'
    whose = _safe(line.assignee) or f"<span{look}>nobody</span>"
    told = [_safe(text) for text in (line.why, line.last) if text]
    told += [_known(line.known)] if line.known is not Known.EXACT else []
    why = f'<div class="why">{" · ".join(told)}</div>' if told else ""
    note = f'<div class="note"><b>Note</b> {_lines_of(line.note)}</div>' if line.note else ""
    return (
        f'<tr><td class="p">{_chip(line.priority)}</td>'
        f'<th scope="row" class="c">{_key(line)}<span class="title">{_safe(line.title)}</span>'
        f"{why}{note}</th>"
        f'<td class="s">{_safe(line.status)}</td><td class="a">{whose}</td>'
        f'<td class="w">{when}</td></tr>'
    )


def _key(line: Line) -> str:
    key = _safe(line.key)
    if line.url.startswith(("https://", "http://")):
        key = f'<a href="{escape(clean(line.url))}" rel="noreferrer noopener">{key}</a>'
    return f'<span class="key">{key}</span>'


def _chip(priority: str) -> str:
    known = priority != "NOT_DEFINED"
    look = _PRIORITY_LOOKS.get(priority, "low")
    return f'<span class="chip {look}">{_safe(priority) if known else "none"}</span>'


def _time(moment: datetime, report: Report) -> str:
    """A time by the clocks of the zone, and in UTC where that is another."""
    window = report.window
    local, utc = moment.astimezone(window.zone), moment.astimezone(UTC)
    near = window.start - timedelta(days=2) < moment < window.end + timedelta(days=2)
    day = f"{local:%a} " if near else f"{local.day} {local:%b} "
    if local.year != window.end.astimezone(window.zone).year:
        day = f"{local.day} {local:%b %Y} "
    stamp = f"{utc:%Y-%m-%dT%H:%M:%SZ}"
    shown = f'<time datetime="{stamp}">{day}{local:%H:%M}</time>'
    if local.utcoffset() == timedelta(0):
        return f'{shown} <span class="utc">UTC</span>'
    return f'{shown} <span class="utc">{utc:%H:%M} UTC</span>'


def _known(known: Known) -> str:
    return "" if known is Known.EXACT else f'<span class="known">{known.value}</span>'


# Figures


def _figures(report: Report) -> Iterator[str]:
    figures = report.figures
    age, close, touch = figures.backlog, figures.to_close, figures.to_first_touch
    yield '<section class="part" id="figures"><h2>Figures</h2>\n<div class="charts">'
    ages = _bars("Open cases by age", figures.buckets, short=True)
    yield _card("half", "Age of the open cases", age.known, _spread(age) + ages)
    closed = f"<h3>Time to close {_known(close.known)}</h3>{_spread(close)}"
    touched = f"<h3>Time to the first touch {_known(touch.known)}</h3>{_spread(touch)}"
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
    return f'<figure class="card {look}"><h3>{_safe(title)} {_known(known)}</h3>{inside}</figure>'


def _actions(actions: Actions) -> str:
    if not actions.verbs:
        said = f'<p class="remark">{_safe(words.done(actions))}</p>'
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
    return _safe(title[:1].lower() + title[1:])


def _bars(title: str, rows: Sequence[tuple[str, int | None]], *, short: bool = False) -> str:
    """A table of counts with a bar beside each."""
    if not rows:
        return '<p class="remark">none</p>'
    most = max((count or 0 for _, count in rows), default=0)
    body = "\n".join(
        f'<tr><th scope="row">{_safe(name)}</th>'
        f"<td>{html_charts.bar(_PRIORITY_LOOKS.get(name, ''), count, most)}</td>"
        f'<td class="n">{"?" if count is None else number(count)}</td></tr>'
        for name, count in rows
    )
    look = "bars short" if short else "bars"
    return f'<table class="{look}" aria-label="{_safe(title)}"><tbody>\n{body}\n</tbody></table>'


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
        f'<tr><th scope="row">{_safe(name)}</th>'
        + "".join(f'<td class="n">{_safe(one)}</td>' for one in cells)
        + "</tr>"
        for name, cells in rows
    )
    return (
        f'<table class="plain"><thead><tr><th scope="col">{first}</th>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>"
    )


# The end


def _notes(report: Report) -> Iterator[str]:
    if not report.notes:
        return
    yield '<section class="part" id="notes"><h2>Notes</h2>'
    for note in report.notes:
        yield (
            '<div class="card notes">'
            + (f"<h3>{_safe(note.title)}</h3>" if note.title else "")
            + f"<p>{_lines_of(note.text)}</p></div>"
        )
    yield "</section>"


def _footer(report: Report) -> Iterator[str]:
    made = _safe(words.full(report.generated_at, report.window))
    told = "".join(f"<li>{_safe(sentence)}</li>" for sentence in report.coverage)
    yield '<div class="signed"><p>Handed over by</p><p>Read by</p></div>'
    yield f"<footer><h2>Made {made}</h2><ul>{told}</ul></footer>"
