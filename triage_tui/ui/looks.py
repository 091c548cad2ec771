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
    # name: colour of the text, of the background ("" leaves what is there), and attributes
    "plain": ("", "", ""),
    "strong": ("", "", "bold"),
    "dim": ("foreground-muted", "", ""),
    "faint": ("foreground-disabled", "", ""),
    "key": ("accent", "", "bold"),
    "good": ("text-success", "", ""),
    "warn": ("text-warning", "", "bold"),
    "bad": ("text-error", "", "bold"),
    "header": ("foreground-muted", "panel", ""),
    "header-focus": ("foreground", "primary", "bold"),
    "cursor": ("foreground", "primary-muted", "bold"),
    "cursor-blur": ("foreground", "panel-lighten-1", ""),
    "marked": ("", "secondary-muted", ""),
    "faded": ("foreground-disabled", "", "italic"),
    "flag": ("accent", "", "bold"),
    "p1": ("text-error", "", "bold"),
    "p2": ("text-warning", "", "bold"),
    "p3": ("", "", ""),
    "p4": ("foreground-muted", "", ""),
    "open": ("", "", ""),
    "in-progress": ("text-primary", "", ""),
    "closed": ("text-success", "", ""),
    "mine": ("text-accent", "", "bold"),
    "heading": ("text-accent", "", "bold"),
    "group": ("text-accent", "", "bold"),
    "chosen": ("text-success", "", "bold"),
    "excluded": ("text-error", "", "bold"),
    "code": ("text-success", "", ""),
}

STATUS_LOOKS = {
    "SG_OPEN": ("○", "open"),
    "SG_IN_PROGRESS": ("◐", "in-progress"),
    "SG_CLOSED": ("●", "closed"),
}
"""Glyph and look of each status group: colour is never the only sign."""

PRIORITY_LOOKS = {"P1": "p1", "P2": "p2", "P3": "p3", "P4": "p4", "P5": "p4", "NOT_DEFINED": "p4"}


def look(widget: Widget, name: str) -> Style:
    """The style of a look in the theme in force; to be added to a style with a background."""
    colour, background, attributes = LOOKS[name]
    variables = widget.app.theme_variables
    return _style(
        variables.get(colour, ""),
        variables.get(background, ""),
        variables.get("background", ""),
        attributes,
    )


@lru_cache(maxsize=256)
def _style(colour: str, background: str, behind: str, attributes: str) -> Style:
    under = background or behind
    style = Style.parse(attributes)
    if colour:
        front = Color.parse(colour)
        if front.a < 1 and front.ansi is None:
            front = Color.parse(under) + front
        style += Style(color=front.rich_color)
    if background:
        style += Style(bgcolor=Color.parse(background).rich_color)
    return style
