"""The app can be read in every theme that comes with Textual."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.ui.driver import Ui, start
from triage_tui.ui.looks import LOOKS, REVERSED, look

QUIET = {"dim", "faint", "header", "faded", "p4"}
"""Looks that stand back on purpose."""


def brightness(color: Color) -> float:
    """Relative luminance as the accessibility guidelines of the web define it, 0 to 1."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    """1 for equal colours to 21 for black on white."""
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def colors(style: Style, behind: Color) -> tuple[Color | None, Color]:
    """Colours of text and background."""
    front = Color.from_rich_color(style.color) if style.color else None
    return front, Color.from_rich_color(style.bgcolor) if style.bgcolor else behind


async def every_screen(ui: Ui) -> None:
    """Paint what is painted in another manner than the rest."""
    for key in ("x", "h", "l", "l", "s", "a", "question_mark", "m", "c"):
        await ui.press(key)
        assert ui.painted()
        await ui.press("escape")


async def test_all_looks_can_be_read_in_all_themes() -> None:
    shown = 0
    async with start(query="status:open") as ui:
        for theme in BUILTIN_THEMES:
            ui.app.theme = theme
            behind = Color.parse(ui.app.theme_variables["background"])
            if behind.ansi is not None:
                continue
            for name in LOOKS:
                front, back = colors(look(ui.board, name), behind)
                least = 1.6 if name in QUIET else 3
                assert front is None or contrast(front, back) >= least, (theme, name)
                assert name not in REVERSED or contrast(back, behind) >= 1.2, (theme, name)
                shown += 1
    assert shown > 100


async def test_the_terminals_own_colours_have_no_shades() -> None:
    for theme in ("ansi-dark", "ansi-light"):
        async with start(query="status:open") as ui:
            ui.app.theme = theme
            await every_screen(ui)
            for name in LOOKS:
                style = look(ui.board, name)
                assert style.bgcolor is None
                assert bool(style.reverse) == (name in REVERSED)
