"""Markdown with light styling: what is marked stands out, and nothing in it is obeyed.

Every line is read by itself and once, so the time is that of the text's length, whatever it nests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from rich.style import Style
from rich.text import Text

from triage_tui.text import clean
from triage_tui.ui.paragraphs import Paragraph

MOST_OF_A_TEXT = 40_000
"""Characters of a description or comment that are laid out; the rest is announced."""

_DEEPEST = 5
"""Quotes within quotes and styles within styles that are told apart."""

_LONGEST_LINE = 2_000
"""Characters of a line; a longer one is taken for several."""

_DEEPEST_ITEM = 12
"""Cells by which an item of a list is indented, at most."""

_FENCE = re.compile(r"\s{0,3}(```+|~~~+)\s*([\w+#.-]{0,20}).*")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*+]|(?P<number>\d{1,3}[.)]))\s+(?P<text>.*)")
_TASK = re.compile(r"\[(?P<done>[ xX])\]\s+(?P<text>.*)")
_RULE = re.compile(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*|\s{0,3}={3,}\s*")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+.!~|<>-])"
    r"|`(?P<code>[^`]+)`"
    r"|!?\[(?P<label>[^\[\]]{0,500})\]\((?P<url>[^()\s<>]{1,2000})(?:\s+\"[^\"]{0,200}\")?\)"
    r"|<(?P<auto>https?://[^\s<>]{1,2000})>"
    r"|\*\*(?P<bold>[^*]+)\*\*"
    r"|~~(?P<gone>[^~]+)~~"
    r"|(?<![\w*])\*(?P<star>[^*\s][^*]*)\*(?![\w*])"
    r"|(?<!\w)_(?P<line>[^_\s][^_]*)_(?!\w)"
    r"|(?P<bare>https?://[^\s<>]{1,2000})"
)


class Markdown:
    """Reads Markdown.

    Args:
        look: The style of a look by its name (see `looks`).
    """

    def __init__(self, look: Callable[[str], Style]) -> None:
        self._look = look

    def paragraphs(self, source: str, most: int = MOST_OF_A_TEXT) -> Iterator[Paragraph]:
        """The text as paragraphs; an empty one is an empty line.

        Args:
            most: Characters that are laid out; how many more there are is said.
        """
        fence, fence_quotes = "", 0
        for line in _short(clean(source[:most], lines=True).rstrip().split("\n")):
            line, quotes = _unquoted(line, fence_quotes if fence else _DEEPEST)
            found = _FENCE.fullmatch(line)
            if found and (not fence or (found[1].startswith(fence) and not found[2])):
                # The language beside a fence is no text: it opens a block, and is not shown.
                fence, fence_quotes = "" if fence else found[1], quotes
                continue
            if fence:
                code = Paragraph(Text("  "), self._styled(line, "code"), literal=True)
                yield self._quoted(code, quotes)
            else:
                yield self._quoted(self._paragraph(line), quotes)
        if len(source) > most:
            yield Paragraph(
                Text(), self._styled(f"… {len(source) - most:,} more characters", "dim")
            )

    def _paragraph(self, line: str) -> Paragraph:
        bare = line.lstrip()
        if bare.startswith("|"):
            return Paragraph(Text("  "), self._styled(line, "code"), literal=True)
        if found := _HEADING.fullmatch(line):
            look = "heading" if len(found[1]) <= 2 else "strong"
            return Paragraph(Text(), self.inline(found[2], self._look(look)))
        if _RULE.fullmatch(line):
            return Paragraph(Text(), self._styled("─" * 24, "faint"))
        if item := _ITEM.fullmatch(line):
            text, mark = item["text"], item["number"] or "•"
            if task := _TASK.fullmatch(text):
                text, mark = task["text"], "☐" if task["done"] == " " else "☑"
            indent = min(len(item["indent"]), _DEEPEST_ITEM)
            return Paragraph(Text(" " * indent + mark + " "), self.inline(text))
        return Paragraph(Text(" " * min(len(line) - len(bare), _DEEPEST_ITEM)), self.inline(bare))

    def _quoted(self, inner: Paragraph, quotes: int) -> Paragraph:
        if not quotes:
            return inner
        bars = self._styled("│ " * quotes, "dim")
        spaces = " " * inner.lead.cell_len
        if not inner.literal:
            inner.body.stylize_before(self._look("quote"))
        return Paragraph(bars + inner.lead, inner.body, bars + Text(spaces), inner.literal)

    def inline(self, line: str, style: Style | None = None, depth: int = 0) -> Text:
        """One line, cleaned, with what is marked in it styled and the marks gone."""
        own = style or Style.null()
        text, at = Text(), 0
        for found in _INLINE.finditer(line):
            text.append(line[at : found.start()], own)
            text.append_text(self._marked(found, own, depth))
            at = found.end()
        return text.append(line[at:], own)

    def _marked(self, found: re.Match[str], own: Style, depth: int) -> Text:
        kind = found.lastgroup if found.lastgroup != "url" else "label"
        inner = found[kind or 0]
        if kind == "escaped":
            return Text().append(inner, own)
        if kind == "code":
            return Text().append(inner, own + self._look("code"))
        if kind in ("auto", "bare"):
            return Text().append(inner, own + self._look("link"))
        if kind == "label":
            address = found["url"]
            label = self._deeper(inner, own + self._look("link"), depth)
            if inner.strip() in ("", address):
                return Text().append(address, own + self._look("link"))
            # Whoever reads the text must see where it says it leads.
            return label.append(f" ({address})", own + self._look("dim"))
        look = {"bold": "strong", "gone": "gone"}.get(kind or "", "emphasis")
        return self._deeper(inner, own + self._look(look), depth)

    def _deeper(self, inner: str, style: Style, depth: int) -> Text:
        if depth >= _DEEPEST:
            return Text().append(inner, style)
        return self.inline(inner, style, depth + 1)

    def _styled(self, text: str, look: str) -> Text:
        # Appended, not given: Rich leaves out the style of a whole text that has no parts.
        return Text().append(text, self._look(look))


def _short(lines: Iterable[str]) -> Iterator[str]:
    """The lines, the longest of them in pieces: each is laid out between two keys."""
    for line in lines:
        for start in range(0, max(1, len(line)), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]


def _unquoted(line: str, most: int) -> tuple[str, int]:
    """The line without its signs of a quote, and how many there were, up to a limit."""
    depth = 0
    while depth < most and (bare := line.lstrip()).startswith(">"):
        line, depth = bare[1:].removeprefix(" "), depth + 1
    return line, depth
