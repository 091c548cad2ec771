"""The report as headings, sentences and cases in a row, for writers that know how these look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage_tui.reports import words
from triage_tui.reports.model import Figures, Known, Line, Part, Report, Section, Slot, Versus
from triage_tui.text import clean, number, plural

LINES = 15
"""Cases that are told of a section which does not need action now: the rest is a number."""

_BAR = 20
"""Characters of the longest bar."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is that of the whole report."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph.

    Attributes:
        strong: It is what one reads if one reads nothing else.
    """

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One of several things that are told below each other, perhaps with a name before it."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A case.

    Attributes:
        facts: Short texts about it.
        more: Longer ones: what was said last, what was noted.
    """

    line: Line
    facts: tuple[str, ...]
    more: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines of characters that stand below each other."""

    lines: tuple[str, ...]


Block = Heading | Sentence | Point | Item | Drawing


def together(before: Block, block: Block) -> bool:
    """True if both are of one row of points, or of cases: no empty line stands between them."""
    return isinstance(block, (Point, Item)) and type(block) is type(before)


def outline(report: Report, lines: int = LINES) -> Iterator[Block]:
    """The report in reading order. Its texts are clean, but not yet safe for any other medium.

    Args:
        lines: Cases that are told of each section. What needs action now, and what was noted,
            is told in full.
    """
    window = report.window
    name = f"“{words.told(window.name)}”" if window.name else "Report"
    yield Heading(1, f"{'Shift ' if window.name else ''}{name}, {_times(report)}")
    yield Sentence(words.told(report.verdict), strong=True)
    yield from _header(report)
    for part in report.parts:
        yield Heading(2, f"{part.title} ({number(part.count)})")
        yield from _part(part, report, lines)
    yield Heading(2, "Figures")
    yield from _figures(report.figures, report)
    if report.notes:
        yield Heading(2, "Notes")
        for note in report.notes:
            for line in filter(None, map(str.strip, clean(note.text, lines=True).split("\n"))):
                yield Point(words.told(line.removeprefix("- ")), words.told(note.title))
    yield Heading(2, "Made from")
    for sentence in report.coverage:
        yield Point(words.told(sentence))


def _times(report: Report) -> str:
    window = report.window
    start, end = words.full(window.start, window), words.full(window.end, window)
    return f"{start} to {end}"


def _header(report: Report) -> Iterator[Block]:
    window = report.window
    going = ", still running" if window.running else ""
    yield Point(f"{words.span(window.end - window.start)}{going}, {window.zone_name}", "Shift")
    if report.outgoing:
        yield Point(words.told(report.outgoing), "Outgoing")
    if report.incoming:
        yield Point(words.told(report.incoming), "Incoming")
    yield Point(words.told(report.place) or "not said", "Cases of")
    yield Point(words.told(report.query) or "all", "Query")
    yield Point(words.full(report.generated_at, window), "Made")
    if report.redacted:
        yield Point("titles, comments and addresses are hidden", "Redacted")


def _part(part: Part, report: Report, lines: int) -> Iterator[Block]:
    if part.remark:
        yield Sentence(words.told(part.remark))
    if not part.sections:
        yield Sentence("None.")
    for section in part.sections:
        all_of_it = part.id == "action" or len(section.lines) <= lines
        yield from _section(section, report, len(section.lines) if all_of_it else lines)


def _section(section: Section, report: Report, lines: int) -> Iterator[Block]:
    count = "not known" if section.total is None else number(section.total)
    doubt = words.doubt(section.known) if section.known is Known.OBSERVED else ""
    noise = section.id.startswith("noise.")
    yield Heading(3, words.told(section.title) + ("" if noise else f": {count}{doubt}"))
    if section.remark:
        yield Sentence(words.told(section.remark))
    if not section.lines and section.total == 0:
        yield Sentence("None.")
    shown = [line for place, line in enumerate(section.lines) if place < lines or line.note]
    for line in shown:
        yield _item(line, report)
    if left := section.left_out + len(section.lines) - len(shown):
        yield Sentence(f"And {plural(left, 'more case')}.")


def _item(line: Line, report: Report) -> Item:
    priority = "" if line.priority == "NOT_DEFINED" else line.priority
    facts = [priority, line.status, line.assignee or "nobody", line.why]
    if line.at:
        facts.append(words.clock(line.at, report.window))
    if line.by:
        facts.append(f"by {line.by}")
    if line.known is not Known.EXACT:
        facts.append(line.known.value)
    more = (("Last", line.last), ("Note", line.note))
    return Item(
        line,
        tuple(words.told(one) for one in facts if one),
        tuple((name, words.told(text)) for name, text in more if text),
    )


# Figures


def _figures(figures: Figures, report: Report) -> Iterator[Block]:
    flow = figures.flow
    yield Point(words.balance(flow) + words.doubt(flow.known), "Flow")
    for tally in figures.by:
        rows = [(words.told(name), count) for name, count in tally.rows]
        said = "not known" if tally.known is Known.UNKNOWN else words.counted(rows)
        yield Point(said, f"Open {tally.title[0].lower()}{tally.title[1:]}")
    age = figures.backlog
    known = age.known is not Known.UNKNOWN
    yield Point(words.ranked(age) if known else "not known", "Age of the backlog")
    yield Point(words.counted(figures.buckets), "Open by age")
    yield Point(words.ranked(figures.to_close) + words.doubt(figures.to_close.known), "To close")
    touch = figures.to_first_touch
    yield Point(words.ranked(touch) + words.doubt(touch.known), "To first touch")
    load = figures.load
    verdict = "too much" if load.too_much else "bearable"
    yield Point(
        f"{number(load.count)} P1 and P2 in {words.plain(round(load.hours, 1))} h, which is"
        f" {words.plain(load.per_half_day)} in 12 h against {words.plain(load.ceiling)}: {verdict}"
        + words.doubt(load.known),
        "Load",
    )
    hours = ", ".join(f"{name} {came} opened, {went} closed" for name, came, went in figures.hours)
    yield Point(hours, "By hours")
    yield Point(words.told(words.done(figures.actions)), "My actions")
    for versus in figures.versus:
        when = words.full(versus.start, report.window)
        yield Point(_compared(versus), f"Versus {versus.title}, from {when}")
    yield Heading(3, "Opened and closed by " + ("hour" if _hourly(figures.slots) else "day"))
    yield Drawing(tuple(_bars(figures.slots)))


def _hourly(slots: tuple[Slot, ...]) -> bool:
    return bool(slots and slots[0].kind)


def _compared(versus: Versus) -> str:
    return ", ".join(
        f"{row.name} {words.plain(row.before)} → {words.plain(row.now)}"
        f" ({words.signed(row.change)})"
        for row in versus.rows
    )


def _bars(slots: tuple[Slot, ...]) -> Iterator[str]:
    most = max((max(slot.opened, slot.closed) for slot in slots), default=0)
    wide = len(str(most))
    room = max((len(slot.label) for slot in slots), default=0)
    for slot in slots:
        came, went = (_bar(count, most) for count in (slot.opened, slot.closed))
        line = f"{slot.label:>{room}}  +{slot.opened:<{wide}} {came:{_BAR}}"
        yield f"{line}  -{slot.closed:<{wide}} {went}".rstrip()


def _bar(count: int, most: int) -> str:
    """As long as the count is large, and never nothing for something."""
    return "#" * -(-count * _BAR // most) if most else ""
