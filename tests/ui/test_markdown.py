"""Markdown as it is shown: what is marked stands out, nothing is obeyed, and it takes no time."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.style import Style

from triage_tui.ui.markdown import MOST_OF_A_TEXT, Markdown

CONSOLE = Console(width=200)


def named(look: str) -> Style:
    return Style(meta={"look": look})


def lines(source: str, width: int = 60) -> list[str]:
    shown = []
    for paragraph in Markdown(named).paragraphs(source):
        for line in paragraph.lines(width, CONSOLE, Style(), Style()):
            shown.append("".join(text for text, _ in line).rstrip())
    return shown


def looks_of(line: str) -> dict[str, str]:
    """The look of each piece of one line that has one."""
    text = Markdown(named).inline(line)
    return {
        text.plain[span.start : span.end]: span.style.meta["look"]
        for span in text.spans
        if isinstance(span.style, Style) and span.style.meta
    }


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("# Title #", ["Title"]),
        ("#channel", ["#channel"]),
        ("- a\n  * b\n3. c", ["• a", "  • b", "3. c"]),
        ("- [ ] open\n- [x] done", ["☐ open", "☑ done"]),
        ("> said\n> > before", ["│ said", "│ │ before"]),
        ("> ```\n> a   b\n> ```\nafter", ["│   a   b", "after"]),
        ("```py\nx  =  *1*\n# no title\n```\ny", ["  x  =  *1*", "  # no title", "y"]),
        ("~~~\n```\n~~~", ["  ```"]),
        ("| a | b |\n|---|---|", ["  | a | b |", "  |---|---|"]),
        ("a\n\n---\nb", ["a", "", "─" * 24, "b"]),
        ("[text](https://x.example/a)", ["text (https://x.example/a)"]),
        ("![](https://x.example/a.png)", ["https://x.example/a.png"]),
        ("<https://x.example>", ["https://x.example"]),
        (r"\*not\* a \[link\](x)", ["*not* a [link](x)"]),
        ("snake_case_name and __init__", ["snake_case_name and __init__"]),
        ("2 * 3 * 4", ["2 * 3 * 4"]),
    ],
)
def test_text_is_shown_without_its_marks(source: str, shown: list[str]) -> None:
    assert lines(source) == shown


def test_what_is_marked_stands_out() -> None:
    assert looks_of("**a** *b* _c_ `d` ~~e~~ https://f.example") == {
        "a": "strong",
        "b": "emphasis",
        "c": "emphasis",
        "d": "code",
        "e": "gone",
        "https://f.example": "link",
    }


def test_nothing_in_a_text_becomes_a_link_or_a_code_of_the_terminal() -> None:
    source = "[x](javascript:alert) \x1b]8;;https://evil.example\x07y\x1b]8;;\x07 [red]z[/red]"
    [paragraph] = Markdown(named).paragraphs(source)
    assert "\x1b" not in paragraph.body.plain
    assert "(javascript:alert)" in paragraph.body.plain
    assert "[red]z[/red]" in paragraph.body.plain
    assert all(span.style.link is None for span in paragraph.body.spans)  # type: ignore[union-attr]


def test_a_line_of_code_that_is_too_long_is_folded_with_a_sign_and_whole() -> None:
    assert lines("```\n" + "x" * 25 + "\n```", 14) == [
        "  " + "x" * 12,
        "  ↪ " + "x" * 10,
        "  ↪ xxx",
    ]
    wide = lines("```\n" + "漢" * 10 + "\n```", 14)
    assert "".join(wide).replace("↪", "").replace(" ", "") == "漢" * 10


def test_a_quote_keeps_its_bar_on_every_line() -> None:
    assert all(line.startswith("│ ") for line in lines("> " + "word " * 40, 30))


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "**",
        "`",
        "[",
        "[a](",
        "![",
        "<",
        "_a ",
        "*a ",
        "**a ",
        "~~a",
        "> ",
        "- ",
        "\\",
        "```\n",
        "[a](b",
        "| ",
        "#",
        "    - ",
        "a_b*c",
        "<https://",
        "[[]](",
        "(((",
        "\x1b[",
        "e\u0301",
    ],
)
def test_hostile_nesting_comes_to_an_end(piece: str) -> None:
    source = piece * (1_000_000 // len(piece))
    shown = lines(source, 80)
    assert "more characters" in shown[-1] or len(source) <= MOST_OF_A_TEXT
