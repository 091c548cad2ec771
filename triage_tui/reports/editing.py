"""What a person does to a report before it is handed over. The report itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from triage_tui.reports.model import Line, Note, Part, Report, Section

HIDDEN = "[hidden]"
"""Stands for a text that is not to be handed over."""

_EMAIL = re.compile(r"(\S)\S*@\S+")


def edited(
    report: Report,
    *,
    notes: Mapping[str, str] | None = None,
    free: Sequence[Note] = (),
    left_out: Collection[str] = (),
    redact: bool = False,
) -> Report:
    """The report with what a person added and without what they took out.

    Args:
        notes: A text for cases by their ids: "pages storage if the lag grows". It is on every line
            of the case.
        free: Texts of the person's own, at the end.
        left_out: Ids of cases and of sections that are not handed over. The totals stay: they say
            how many there are, not how many are shown.
        redact: Hide titles, comments, the query, and addresses of people. Notes are kept: whoever
            writes them knows who reads them.
    """
    told = notes or {}

    def lines(section: Section) -> tuple[Line, ...]:
        return tuple(
            replace(one, note=told.get(one.case_id, one.note))
            for one in section.lines
            if one.case_id not in left_out
        )

    changed = replace(
        _each_section(
            report,
            lambda section: (
                None if section.id in left_out else replace(section, lines=lines(section))
            ),
        ),
        notes=(*report.notes, *free),
    )
    return redacted(changed) if redact else changed


def redacted(report: Report) -> Report:
    """The report without what people and machines wrote into cases. Doing it twice is the same."""

    def hidden(section: Section) -> Section:
        lines = tuple(
            replace(
                one,
                title=HIDDEN,
                last=HIDDEN if one.last else "",
                why=_without_address(one.why),
                assignee=_without_address(one.assignee),
                by=_without_address(one.by),
            )
            for one in section.lines
        )
        title = _without_address(section.title)
        if section.id.startswith("noise."):
            title = f"{section.total or len(lines)} alike"
        return replace(section, title=title, lines=lines)

    figures = replace(
        report.figures,
        by=tuple(
            replace(one, rows=tuple((_without_address(name), n) for name, n in one.rows))
            for one in report.figures.by
        ),
    )
    return replace(
        _each_section(report, hidden),
        query=HIDDEN if report.query else "",
        outgoing=_without_address(report.outgoing),
        incoming=_without_address(report.incoming),
        figures=figures,
        redacted=True,
    )


def _without_address(person: str) -> str:
    """A name as it is; of an address, its first letter."""
    return _EMAIL.sub(r"\1…", person)


def _each_section(report: Report, change: Callable[[Section], Section | None]) -> Report:
    parts: list[Part] = []
    for part in report.parts:
        kept = tuple(one for section in part.sections if (one := change(section)) is not None)
        parts.append(replace(part, sections=kept))
    return replace(report, parts=tuple(parts))
