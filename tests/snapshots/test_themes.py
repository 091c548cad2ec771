"""The app can be read in every theme, and in our own ones by everybody."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.ui.driver import Ui, start
from triage_tui.ui.looks import LOOKS, REVERSED, brightness, contrast, look
from triage_tui.ui.themes import OWN_THEMES, fitting, theme_names

QUIET = {"dim", "faint", "header", "faded", "p4"}
"""Looks that stand back on purpose."""


def colors(style: Style, behind: Color) -> tuple[Color | None, Color]:
    """Colours of text and background."""
    front = Color.from_rich_color(style.color) if style.color else None
    return front, Color.from_rich_color(style.bgcolor) if style.bgcolor else behind


GROUNDS = ("cursor", "cursor-blur", "marked", "header", "title", "tab")
"""Looks whose background other looks are painted on."""


def with_256_colours(color: Color) -> Color:
    """What becomes of a colour on a terminal that does not have it."""
    return Color(*color.rich_color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


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


async def test_every_look_of_our_themes_can_be_read_on_all_that_it_is_painted_on() -> None:
    pairs = 0
    async with start(query="status:open") as ui:
        for theme in OWN_THEMES:
            ui.app.theme = theme.name
            variables = ui.app.theme_variables
            grounds = [Color.parse(variables[name]) for name in ("background", "surface", "panel")]
            plain = Color.parse(variables["foreground"])
            for name in GROUNDS:
                _, ground = colors(look(ui.board, name), grounds[0])
                for become in (lambda color: color, with_256_colours):
                    assert contrast(become(ground), become(grounds[0])) >= 1.2, (theme.name, name)
                grounds.append(ground)
            for name in LOOKS:
                style = look(ui.board, name)
                for behind in [grounds[0]] if style.bgcolor else grounds:
                    front, back = colors(style, behind)
                    pair = (theme.name, name, back)
                    least = (
                        3 if name == "bar" else 4.5
                    )  # It is no text, and has a number beside it.
                    assert contrast(front or plain, back) >= least, pair
                    fewer = map(with_256_colours, (front or plain, back))
                    assert contrast(*fewer) >= least - 1.5, pair
                    pairs += 1
    assert pairs > 500


@pytest.mark.parametrize(
    ("name", "behind", "colours", "theme"),
    [
        ("auto", "", "truecolor", "triage-dark"),
        ("auto", "15;0", "256", "triage-dark"),
        ("auto", "0;15", "truecolor", "triage-light"),
        ("auto", "0;default;7", "256", "triage-light"),
        ("auto", "", "standard", "ansi-dark"),
        ("auto", "0;15", "standard", "ansi-light"),
        ("auto", "?", None, "triage-dark"),
        ("nord", "0;15", "standard", "nord"),
    ],
)
def test_the_theme_fits_the_terminal_unless_one_is_named(
    name: str, behind: str, colours: str | None, theme: str
) -> None:
    assert fitting(name, {"COLORFGBG": behind}, colours) == theme
    assert theme in theme_names()


async def test_another_theme_is_chosen_while_the_app_runs() -> None:
    async with start(query="status:open") as ui:
        ground = [widget.styles.background for widget in (ui.board, ui.board.status)]
        await ui.press(":", *"theme", "enter", *"triage-l", "enter")
        assert ui.app.theme == "triage-light"
        light = [widget.styles.background for widget in (ui.board, ui.board.status)]
        assert all(contrast(one, other) > 10 for one, other in zip(ground, light, strict=True))
        assert "triage-light from now on, here." in ui.status()
        styles = [segment.style for strip in ui._strips for segment in strip]
        painted = {style.bgcolor for style in styles if style and style.bgcolor}
        assert all(brightness(Color.from_rich_color(ground)) > 0.1 for ground in painted)
        assert ui.cursor() == "OPS-1"
