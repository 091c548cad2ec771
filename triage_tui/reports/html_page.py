"""A report as one HTML file that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from triage_tui.reports import html_charts, words
from triage_tui.reports.html_cases import part_html
from triage_tui.reports.html_figures import figures_html
from triage_tui.reports.html_style import STYLE
from triage_tui.reports.html_text import doubt, safe, safe_lines
from triage_tui.reports.model import Flow, Known, Part, Report
from triage_tui.text import number


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
        f"<title>{safe(_name(report))}, {safe(_days(report))}</title>",
        f"<style>{STYLE}</style>",
    )
    body = (*_header(report), *_glance(report), *(part_html(part, report) for part in report.parts))
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>',
            *head,
            '</head>\n<body>\n<div class="page">',
            *body,
            *figures_html(report.figures),
            *_notes(report),
            *_footer(report),
            "</div>\n</body>\n</html>\n",
        )
    )


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
    yield f'<p class="eyebrow">{safe(_name(report))}</p>'
    yield f"<h1>{safe(_days(report))}</h1>"
    yield (
        f'<p class="when">{safe(window.zone_name)} · {length} · '
        f'<span class="utc">{start:%Y-%m-%d %H:%M} – {until} UTC</span></p>'
    )
    people = (("Outgoing", report.outgoing), ("Incoming", report.incoming))
    about = (("Cases of", report.place), ("Query", report.query or "all"))
    told = [(name, text) for name, text in (*people, *about) if text]
    if report.redacted:
        told.append(("Redacted", "titles, comments and addresses"))
    rows = "".join(f"<div><dt>{name}</dt><dd>{safe(text)}</dd></div>" for name, text in told)
    yield f'<dl class="people">{rows}</dl>'
    look, sign = _urgency(report.part("action"))
    yield (
        f'<p class="verdict {look}"><span aria-hidden="true">{sign}</span>'
        f"{safe(report.verdict)}</p>"
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
    more = "there may have been more" if flow.known is Known.OBSERVED else "nobody counted it"
    told = "" if flow.known is Known.EXACT else f'<p class="doubt">{doubt(flow.known)} {more}</p>'
    return f'<dl class="flow">{"".join(cells)}</dl>{told}'


def _step(look: str, name: str, sign: str, count: int | None, more: str = "") -> str:
    look = look if count or look else "none"
    said = doubt(Known.UNKNOWN) if count is None else f"{sign if count else ''}{number(count)}"
    kind = f' class="{look}"' if look else ""
    return f"<div{kind}><dt>{name}</dt><dd>{said}{more}</dd></div>"


def _contents(report: Report) -> str:
    links = [(part.id, part.title, number(part.count)) for part in report.parts]
    links.append(("figures", "Figures", ""))
    if report.notes:
        links.append(("notes", "Notes", number(len(report.notes))))
    items = "".join(
        f'<li><a href="#{safe(id)}">{safe(title)}{f" <b>{count}</b>" if count else ""}</a></li>'
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
        f'<figure class="card"><h3>Load: {verdict} {doubt(load.known)}</h3>'
        f'<p class="big">{words.plain(load.per_half_day)} <small>P1 and P2 in 12 h</small></p>'
        f"{html_charts.gauge(load, 'Load against what can be borne')}"
        f'<p class="remark">The line is at {words.plain(load.ceiling)}, which people can bear: '
        "dealing with an incident takes six hours. "
        f"{number(load.count)} came in {words.plain(round(load.hours, 1))} h.</p></figure>"
    )
    yield "</section>"


# The end


def _notes(report: Report) -> Iterator[str]:
    if not report.notes:
        return
    yield '<section class="part" id="notes"><h2>Notes</h2>'
    for note in report.notes:
        yield (
            '<div class="card notes">'
            + (f"<h3>{safe(note.title)}</h3>" if note.title else "")
            + f"<p>{safe_lines(note.text)}</p></div>"
        )
    yield "</section>"


def _footer(report: Report) -> Iterator[str]:
    made = safe(words.full(report.generated_at, report.window))
    told = "".join(f"<li>{safe(sentence)}</li>" for sentence in report.coverage)
    yield '<div class="signed"><p>Handed over by</p><p>Read by</p></div>'
    yield f"<footer><h2>Made {made}</h2><ul>{told}</ul></footer>"
