"""The cases of a report as tables of its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape

from triage_tui.reports.html_text import PRIORITY_LOOKS, doubt, safe, safe_lines
from triage_tui.reports.model import Known, Line, Part, Report, Section
from triage_tui.text import clean, number

SHOWN = 10
"""Cases of a section that are seen at once; those that need action now are seen all."""

_ALL_SEEN = "action"


def part_html(part: Part, report: Report) -> str:
    """A part with a table for each of its sections."""
    told = [one for one in part.sections if one.lines or one.left_out]
    empty = [one for one in part.sections if one not in told]
    rest = "".join(map(_empty, empty))
    parts = (
        f'<section class="part" id="{safe(part.id)}">',
        f'<h2>{safe(part.title)} <span class="count">{number(part.count)}</span></h2>',
        f"<p>{safe(part.remark)}</p>" if part.remark else "",
        "" if part.sections else "<p>None.</p>",
        *(_section(one, report, whole=part.id == _ALL_SEEN) for one in told),
        f'<div class="empty">{rest}</div>' if rest else "",
        "</section>",
    )
    return "\n".join(filter(None, parts))


def _empty(section: Section) -> str:
    said = doubt(Known.UNKNOWN) if section.total is None else f"none {doubt(section.known)}"
    remark = f'<p class="remark">{safe(section.remark)}</p>' if section.remark else ""
    return f"<div><h3>{safe(section.title)}</h3>: <p>{said}</p>{remark}</div>"


def _section(section: Section, report: Report, *, whole: bool) -> str:
    total = "" if section.total is None else number(section.total)
    timed = any(line.at for line in section.lines)
    first = section.lines if whole else section.lines[:SHOWN]
    rest = section.lines[len(first) :]
    # One more row takes no more room than the offer to show it.
    if len(rest) == 1:
        first, rest = section.lines, ()
    parts = [
        f'<div class="card"><h3>{safe(section.title)} <span class="count">{total}</span>'
        f" {doubt(section.known)}</h3>",
        f'<p class="remark">{safe(section.remark)}</p>' if section.remark else "",
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
        f'<table class="cases" aria-label="{safe(section.title)}">'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    )


def _row(line: Line, report: Report, *, timed: bool) -> str:
    at = line.at if timed else line.created_at
    by = f'<span class="by"> by {safe(line.by)}</span>' if line.by else ""
    when = f"{_time(at, report)}{by}" if at else by
    look = "" if line.status_group == "SG_CLOSED" else ' class="nobody"'
    whose = safe(line.assignee) or f"<span{look}>nobody</span>"
    told = [safe(text) for text in (line.why, line.last) if text]
    told += [doubt(line.known)] if line.known is not Known.EXACT else []
    why = f'<div class="why">{" · ".join(told)}</div>' if told else ""
    note = f'<div class="note"><b>Note</b> {safe_lines(line.note)}</div>' if line.note else ""
    return (
        f'<tr><td class="p">{_chip(line.priority)}</td>'
        f'<th scope="row" class="c">{_key(line)}<span class="title">{safe(line.title)}</span>'
        f"{why}{note}</th>"
        f'<td class="s">{safe(line.status)}</td><td class="a">{whose}</td>'
        f'<td class="w">{when}</td></tr>'
    )


def _key(line: Line) -> str:
    key = safe(line.key)
    if line.url.startswith(("https://", "http://")):
        key = f'<a href="{escape(clean(line.url))}" rel="noreferrer noopener">{key}</a>'
    return f'<span class="key">{key}</span>'


def _chip(priority: str) -> str:
    known = priority != "NOT_DEFINED"
    look = PRIORITY_LOOKS.get(priority, "low")
    return f'<span class="chip {look}">{safe(priority) if known else "none"}</span>'


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
