"""What a person makes of the report of a shift before they hand it over, and how it is walked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from triage_tui.errors import ConfigError
from triage_tui.reports import windows
from triage_tui.reports.editing import edited
from triage_tui.reports.model import Line, Note, Part, Report, Section, Window
from triage_tui.text import clean, number, plural

SPANS = ("8h", "12h", "24h")
"""What is offered as a time for a report, beside shifts."""

_LONG = 8
"""Lines of a section that is folded to begin with, unless it asks for something to be done."""

TO_DO = ("action", "gaps")
"""Parts that ask for something to be done."""


# The time


@dataclass(frozen=True, slots=True)
class Choice:
    """The time that a person wants a report about.

    Attributes:
        kind: "since", "shift", or "typed".
        text: "8h", the name of a shift, or "22:00 to 06:00".
    """

    kind: str = "since"
    text: str = SPANS[0]

    def window(self, shifts: Mapping[str, str], now: datetime, zone: tzinfo) -> Window:
        """The time that is meant now.

        Raises:
            ConfigError: None is.
        """
        if self.kind == "shift":
            return windows.named(self.text, dict(shifts), now, zone)
        return typed_window(self.text, now, zone)

    def draft(self, window: Window) -> str:
        """Under what name the draft for this window is kept."""
        if self.kind == "shift":
            return f"shift {window.name} {window.start.timestamp():.0f}"
        return f"{self.kind} {self.text}"


def typed_window(text: str, now: datetime, zone: tzinfo) -> Window:
    """The time that is typed as "8h", "22:00", or "22:00 to 06:00".

    Raises:
        ConfigError: It is none.
    """
    begin, _, end = (part.strip() for part in text.partition(" to "))
    try:
        if not end and begin[-1:].isalpha():
            return windows.since(begin, now, zone)
        return windows.between(begin, end, now, zone)
    except ConfigError as error:
        words = str(error)
        for option, word in (("--since ", ""), ("--from ", ""), ("--to is", "The end is")):
            words = words.replace(option, word)
        words = words.replace("--to ", "").replace("--from", "The beginning")
        raise ConfigError(words) from None


def told(window: Window) -> str:
    """A window in few words: "22:00–08:00 Europe/Berlin", with its days unless it is of one."""
    start, end = (moment.astimezone(window.zone) for moment in (window.start, window.end))
    name = f"{clean(window.name, limit=40)} " if window.name else ""
    if start.date() == end.date():
        return f"{name}{start:%a %H:%M}–{end:%H:%M} {window.zone_name}"
    return f"{name}{start:%a} {start.day} {start:%b %H:%M} – {end:%a %H:%M} {window.zone_name}"


# The draft


@dataclass
class Draft:
    """What a person adds to a report, and takes out of it.

    Attributes:
        notes: By the ids of cases.
        free: Near misses, changes, maintenance, tips.
        left_out: Ids of cases and of sections.
        signed: Who signed it off, and when; "" for nobody.
        added: Keys of the cases to which it was added as a comment.
    """

    notes: dict[str, str] = field(default_factory=dict)
    free: str = ""
    left_out: set[str] = field(default_factory=set)
    redact: bool = False
    signed: str = ""
    added: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, value: object, window: Window) -> Draft:
        """What was kept, unless it is damaged, or was written before the window began."""
        draft = cls()
        if not isinstance(value, dict):
            return draft
        try:
            if float(value["at"]) < window.start.timestamp():
                return draft
            draft.notes = {str(one): str(text) for one, text in value["notes"].items()}
            draft.free, draft.redact = str(value["free"]), bool(value["redact"])
            draft.left_out = {str(one) for one in value["left_out"]}
            draft.signed = str(value["signed"])
            draft.added = [str(one) for one in value["added"]]
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()
        return draft

    def values(self, now: datetime) -> dict[str, Any]:
        """What is to be kept, as JSON has it."""
        return {
            "at": now.timestamp(),
            "notes": self.notes,
            "free": self.free,
            "left_out": sorted(self.left_out),
            "redact": self.redact,
            "signed": self.signed,
            "added": self.added,
        }

    def beside(self, before: Draft, there: Draft) -> Draft:
        """This draft together with what another app made of it meanwhile.

        Args:
            before: What both began with: what differs from it here is wanted here.
            there: What is kept now.
        """
        notes = {**there.notes}
        for one in before.notes.keys() | self.notes.keys():
            if self.notes.get(one) != before.notes.get(one):
                notes.pop(one, None)
                notes |= {one: self.notes[one]} if one in self.notes else {}
        return Draft(
            notes=notes,
            free=there.free if self.free == before.free else self.free,
            left_out=there.left_out - (before.left_out - self.left_out)
            | (self.left_out - before.left_out),
            redact=there.redact if self.redact == before.redact else self.redact,
            signed=there.signed if self.signed == before.signed else self.signed,
            added=[*dict.fromkeys((*there.added, *self.added))],
        )

    def note(self, case_id: str, text: str) -> None:
        """Note something on a case, or nothing any more."""
        self.notes.pop(case_id, None)
        if text.strip():
            self.notes[case_id] = text.strip()

    def toggle(self, id: str) -> bool:
        """Leave a case or a section out, or take it in again; True if it is left out now."""
        self.left_out ^= {id}
        return id in self.left_out

    def applied(self, report: Report) -> Report:
        """The report as it is handed over."""
        free = [Note("", self.free)] if self.free.strip() else []
        if self.signed:
            free.append(Note("Signed off", self.signed))
        return edited(
            report, notes=self.notes, free=free, left_out=self.left_out, redact=self.redact
        )


# The rows


class Kind(StrEnum):
    """What a row is."""

    FIGURE = "figure"
    PART = "part"
    SECTION = "section"
    LINE = "line"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the screen.

    Attributes:
        id: No other row has it; it stays with what the row is about.
        section: Id of the section that it belongs to, or of the part that it is; "" for figures.
        text: What it says, unless it is about a case.
        count: Cases in it, as words.
        settled: Cases that were in it and are not any more.
        folded: There is more under it.
        gone: The case does not belong there any more.
    """

    kind: Kind
    id: str
    section: str = ""
    text: str = ""
    count: str = ""
    settled: int = 0
    folded: bool | None = None
    line: Line | None = None
    gone: bool = False


class Shown:
    """What is shown of a report: what was read stays in its place until it is read again."""

    def __init__(self) -> None:
        self.report: Report | None = None
        self.folded: dict[str, bool] = {}
        """By ids of parts and sections, as far as the person has said so."""
        self._lines: dict[str, list[Line]] = {}

    def read(self, report: Report) -> None:
        """Show a report that was read anew."""
        self._lines = {}
        self.bring_up(report)

    def bring_up(self, report: Report) -> None:
        """Show what the same report says by now; nothing that is shown changes its place."""
        self.report = report
        for section in report.sections():
            now = {line.case_id: line for line in section.lines}
            kept = self._lines.get(section.id, [])
            lines = [now.pop(line.case_id, line) for line in kept]
            self._lines[section.id] = [*lines, *now.values()]

    def is_folded(self, id: str, lines: int, part: str) -> bool:
        """True if what is under a heading is not shown."""
        return self.folded.get(id, lines > _LONG and part not in TO_DO)

    def fold_all(self, rows: Sequence[Row]) -> None:
        """Fold all sections, or unfold them if they are."""
        fold = any(row.folded is False for row in rows if row.kind is Kind.SECTION)
        if self.report:
            self.folded |= {section.id: fold for section in self.report.sections()}
            self.folded |= {part.id: False for part in self.report.parts}

    def rows(self) -> list[Row]:
        """All rows in reading order."""
        report = self.report
        if report is None:
            return []
        folded = self.folded.get("figures", False)
        rows = [Row(Kind.PART, "figures", "figures", report.verdict, folded=folded)]
        if not folded:
            rows += [Row(Kind.FIGURE, f"figure {name}") for name in self._figures(report)]
        for part in report.parts:
            rows += self._part(part)
        return rows

    @staticmethod
    def _figures(report: Report) -> Iterator[str]:
        yield from ("flow", "opened", "closed", "hours", "load", "age")
        yield from (f"versus {at}" for at in range(len(report.figures.versus)))
        yield "actions"

    def _part(self, part: Part) -> Iterator[Row]:
        filled = [one for one in part.sections if self._lines.get(one.id) or one.total != 0]
        total = number(part.count) if filled else "none"
        folded = self.folded.get(part.id, False) if filled else None
        yield Row(Kind.PART, part.id, part.id, part.title, total, folded=folded)
        if folded or not filled:
            return
        if part.remark:
            yield Row(Kind.SAID, f"{part.id} remark", part.id, clean(part.remark, limit=300))
        for section in part.sections:
            yield from self._section(section, part)

    def _section(self, section: Section, part: Part) -> Iterator[Row]:
        report = self.report
        assert report is not None
        lines = self._lines[section.id]
        there = {line.case_id for line in section.lines}
        settled = sum(line.case_id not in there for line in lines)
        count = "not known" if section.total is None else number(section.total) or "none"
        if section.total == 0:
            count = "none"
        folded = self.is_folded(section.id, len(lines), part.id) if lines else None
        title = clean(section.title, limit=200)
        yield Row(Kind.SECTION, section.id, section.id, title, count, settled, folded)
        if folded or not lines:
            return
        for line in lines:
            gone = line.case_id not in there
            yield Row(Kind.LINE, f"{section.id} {line.case_id}", section.id, line=line, gone=gone)
        if section.left_out:
            more = f"and {number(section.left_out)} more, which are only counted"
            yield Row(Kind.SAID, f"{section.id} more", section.id, more)

    def case_ids(self) -> Collection[str]:
        """Ids of all cases that are shown."""
        return {line.case_id for lines in self._lines.values() for line in lines}


def open_gaps(report: Report) -> Section:
    """P1 to P3 that nobody has taken: what one warns of before a sign-off."""
    return report.section("gaps.unassigned")


def gaps_told(gaps: Section) -> str:
    """How many cases are in `open_gaps`: "3 cases of P1 to P3 have nobody"; "" if none is known."""
    if not gaps.lines:
        return ""
    count = gaps.total or len(gaps.lines)
    least = "" if gaps.total else "At least "
    return f"{least}{plural(count, 'case')} of P1 to P3 {'has' if count == 1 else 'have'} nobody"
