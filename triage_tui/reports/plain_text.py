"""A report as plain text for a terminal or a mail: at most 80 columns."""

from __future__ import annotations

from triage_tui.reports import words
from triage_tui.reports.model import Report
from triage_tui.reports.outline import (
    LINES,
    Block,
    Drawing,
    Heading,
    Item,
    Point,
    Sentence,
    outline,
    together,
)
from triage_tui.text import cut, width

COLUMNS = 80


def to_text(report: Report, *, lines: int = LINES) -> str:
    """The report as lines of at most 80 columns; the same bytes for the same report.

    Args:
        lines: As `outline` has it.
    """
    text: list[str] = []
    before: Block | None = None
    for block in outline(report, lines):
        if before is not None and not together(before, block) and not _heads(before, block):
            text.append("")
        text += _written(block)
        before = block
    return "\n".join(text) + "\n"


def _heads(before: Block, block: Block) -> bool:
    """True if a block stands right below the heading before it."""
    return isinstance(before, Heading) and not isinstance(block, Heading)


def _written(block: Block) -> list[str]:
    match block:
        case Heading(level, text):
            lines = wrapped(text.upper() if level == 2 else text)
            under = {1: "=", 2: "-"}.get(level)
            longest = max(map(width, lines), default=0)
            return [*lines, under * longest] if under else lines
        case Sentence(text):
            return wrapped(text)
        case Point(text, name):
            return wrapped(f"{name}: {text}" if name else text, "- ", "  ")
        case Item():
            return _case(block)
        case Drawing(lines):
            return [cut(line, COLUMNS) for line in lines]


def _case(item: Item) -> list[str]:
    line = item.line
    lines = wrapped(f"{words.told(line.key)}  {words.told(line.title)}", "* ", "  ")
    lines += wrapped(", ".join(item.facts), "  ", "  ")
    for name, text in item.more:
        lines += wrapped(f"{name}: {text}", "  ", "    ")
    if line.url:
        # An address that is cut leads nowhere: it may be longer.
        lines.append(f"  {words.told(line.url)}")
    return lines


def wrapped(text: str, first: str = "", others: str = "") -> list[str]:
    """The words of a text in lines that fit; a word that does not is parted.

    Args:
        first, others: What the first line and the others begin with.
    """
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        while True:
            gap = "" if empty else " "
            if width(line) + len(gap) + width(word) <= COLUMNS:
                line, empty = line + gap + word, False
                break
            if not empty:
                lines.append(line)
                line, empty = others, True
                continue
            piece = _fitting(word, COLUMNS - width(line))
            lines.append(line + piece)
            line, word = others, word[len(piece) :]
    return [*lines, line] if not empty or not lines else lines


def _fitting(word: str, room: int) -> str:
    """As much of the beginning of a word as fits, and at least one character."""
    end = 1
    while end < len(word) and width(word[: end + 1]) <= room:
        end += 1
    return word[:end]
