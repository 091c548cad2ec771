"""How pieces of text look: a name for each look, and the theme's colours behind it.

They are no CSS component classes, because Textual works out each of those for every widget that has
it before anything is painted: with some sixty of them the first frame came 50 ms later.
"""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

LOOKS: dict[str, tuple[str, str, str]] = {
    # name: colour of the text, of the background ("" leaves what is there), and attributes;
    # "contrast" is black or white, whichever can be read on the background, and "16%" lets the rest
    # of what is behind shine through
    "plain": ("", "", ""),
    "strong": ("", "", "bold"),
    "dim": ("foreground-muted", "", ""),
    "faint": ("foreground-disabled", "", ""),
    "key": ("text-accent", "", "bold"),
    "good": ("text-success", "", ""),
    "warn": ("text-warning", "", "bold"),
    "bad": ("text-error", "", "bold"),
    "header": ("foreground-muted", "panel", ""),
    "header-focus": ("contrast", "primary", "bold"),
    "cursor": ("foreground", "primary-muted", "bold"),
    "cursor-blur": ("foreground", "foreground 16%", ""),
    "marked": ("", "secondary-muted", ""),
    "flash": ("contrast", "warning", "bold"),
    "match": ("", "", "bold underline"),
    "pill": ("contrast", "accent", "bold"),
    "faded": ("foreground-disabled", "", "italic"),
    "flag": ("text-accent", "", "bold"),
    "p1": ("text-error", "", "bold"),
    "p2": ("text-warning", "", "bold"),
    "p3": ("", "", ""),
    "p4": ("foreground-muted", "", ""),
    "age-1": ("text-warning", "", ""),
    "age-2": ("text-error", "", "bold"),
    "open": ("", "", ""),
    "in-progress": ("text-primary", "", ""),
    "closed": ("text-success", "", ""),
    "mine": ("text-accent", "", "bold"),
    "heading": ("text-accent", "", "bold"),
    "group": ("text-accent", "", "bold"),
    "chosen": ("text-success", "", "bold"),
    "excluded": ("text-error", "", "bold"),
    "code": ("text-success", "", ""),
    "emphasis": ("", "", "italic"),
    "gone": ("foreground-muted", "", "strike"),
    "link": ("text-primary", "", "underline"),
    "quote": ("foreground-muted", "", ""),
    "title": ("foreground", "panel", "bold"),
    "tab": ("foreground", "primary-muted", "bold"),
    "bar": ("primary 80%", "", ""),
    "heat-1": ("contrast", "primary 20%", ""),
    "heat-2": ("contrast", "primary 40%", ""),
    "heat-3": ("contrast", "primary 65%", "bold"),
    "heat-4": ("contrast", "primary 90%", "bold"),
}

STATUS_LOOKS = {
    "SG_OPEN": ("○", "open"),
    "SG_IN_PROGRESS": ("◐", "in-progress"),
    "SG_CLOSED": ("●", "closed"),
}
"""Glyph and look of each status group: colour is never the only sign."""

PRIORITY_GLYPHS = {"P1": "█", "P2": "▆", "P3": "▄", "P4": "▂", "P5": "▁"}
"""The higher, the more urgent."""

PRIORITY_LOOKS = {"P1": "p1", "P2": "p2", "P3": "p3", "P4": "p4", "P5": "p4", "NOT_DEFINED": "p4"}


REVERSED = {"header-focus", "cursor", "cursor-blur", "flash", "pill", "tab"}
"""Looks that swap colours in a theme of the terminal's own colours, which has no shades."""


def look(widget: Widget, name: str) -> Style:
    """The style of a look in the theme in force; to be added to a style with a background."""
    colour, background, attributes = LOOKS[name]
    variables = widget.app.theme_variables
    behind = variables["background"]
    if behind.startswith("ansi_"):
        own = variables.get(colour.partition(" ")[0], "")
        return _terminal_style(own, attributes, name in REVERSED)
    front, _, part = colour.partition(" ")
    back, _, share = background.partition(" ")
    shades = variables.get(front, front), part, variables.get(back, ""), share
    return _style(*shades, behind, attributes)


@lru_cache(maxsize=256)
def _style(
    colour: str, part: str, background: str, share: str, behind: str, attributes: str
) -> Style:
    under = Color.parse(behind)
    style = Style.parse(attributes)
    if background:
        under += Color.parse(background).multiply_alpha(_opacity(share))
        style += Style(bgcolor=under.rich_color)
    if colour:
        front = _readable_on(under) if colour == "contrast" else Color.parse(colour)
        style += Style(color=(under + front.multiply_alpha(_opacity(part))).rich_color)
    return style


def _opacity(share: str) -> float:
    return float(share.rstrip("%")) / 100 if share else 1


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


def _readable_on(behind: Color) -> Color:
    return max(Color(0, 0, 0), Color(255, 255, 255), key=lambda front: contrast(front, behind))


@lru_cache(maxsize=256)
def _terminal_style(colour: str, attributes: str, reverse: bool) -> Style:
    # A shade is written "ansi_default 50%": which colour that is, only the terminal knows.
    name, _, shade = colour.partition(" ")
    style = Style.parse(attributes) + Style(dim=bool(shade) or None, reverse=reverse or None)
    return style + Style(color=Color.parse(name).rich_color) if name else style
