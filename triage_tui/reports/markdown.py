"""A report as Markdown that pastes well into chats and wikis."""

from __future__ import annotations

import re
from urllib.parse import quote

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

_MARKUP = re.compile(r"[\\`*_\[\]<>|~&]")
"""With these a title could become a link, a picture, code, HTML or a cell of a table."""

_SAFE_IN_URL = "/:?#@!$&'*+,;=%-._~"


def to_markdown(report: Report, *, lines: int = LINES) -> str:
    """The report in Markdown; the same bytes for the same report.

    Args:
        lines: As `outline` has it.
    """
    text: list[str] = []
    before: Block | None = None
    for block in outline(report, lines):
        if before is not None and not together(before, block):
            text.append("")
        text.append(_written(block))
        before = block
    return "\n".join(text) + "\n"


def _written(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {safe(text)}"
        case Sentence(text, strong):
            return f"**{safe(text)}**" if strong else safe(text)
        case Point(text, name):
            return f"- {safe(name)}: {safe(text)}" if name else f"- {safe(text)}"
        case Item():
            return _case(block)
        case Drawing(lines):
            return "\n".join(["```", *lines, "```"])


def _case(item: Item) -> str:
    line = item.line
    key = f"**{safe(line.key)}**"
    if line.url.startswith("https://"):
        key = f"[{safe(line.key)}]({quote(line.url, safe=_SAFE_IN_URL)})"
    facts = " · ".join(map(safe, item.facts))
    parts = [f"- {key} {safe(line.title)} ({facts})"]
    parts += [f"  - {name}: {safe(text)}" for name, text in item.more]
    return "\n".join(parts)


def safe(text: str) -> str:
    """A text as Markdown that says just this text: no link, no markup, nobody called."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", words.told(text))
