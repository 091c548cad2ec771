"""Themes of our own, beside those that come with Textual, and which one a terminal gets.

Every text of them has a contrast of at least 4.5 to 1 on everything that it is painted on, and they
keep their differences on terminals with 256 colours.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

AUTO = "auto"
"""The name that stands for the theme that fits the terminal."""

_DARK = {
    # Quiet text, which has to be read on the row under the cursor too.
    "foreground-muted": "#a8b0be",
    "foreground-disabled": "#9ba3b1",
    "text": "#dfe3ea",
    "text-muted": "#a8b0be",
    "text-disabled": "#9ba3b1",
    "text-primary": "#7cb7ff",
    "text-secondary": "#9db4d0",
    "text-accent": "#c4a7ff",
    "text-success": "#7ddb96",
    "text-warning": "#ffc069",
    "text-error": "#ff8593",
    # The rows under the cursor, and those that are marked.
    "primary-muted": "#2c313b",
    "secondary-muted": "#332b1e",
    "block-cursor-background": "#2c313b",
    "block-cursor-foreground": "#ffffff",
    "border": "#5a9cf2",
    "border-blurred": "#3a4150",
    "input-selection-background": "#33507c",
    "scrollbar": "#3a4150",
    "footer-key-foreground": "#c4a7ff",
}

_LIGHT = {
    "foreground-muted": "#4b5360",
    "foreground-disabled": "#535b69",
    "text": "#1c212b",
    "text-muted": "#4b5360",
    "text-disabled": "#535b69",
    "text-primary": "#0a51a8",
    "text-secondary": "#3f5876",
    "text-accent": "#6333b4",
    "text-success": "#12632f",
    "text-warning": "#7d4700",
    "text-error": "#ab1230",
    "primary-muted": "#d3e0f5",
    "secondary-muted": "#f4e4c4",
    "block-cursor-background": "#d3e0f5",
    "block-cursor-foreground": "#000000",
    "border": "#2f6fc4",
    "border-blurred": "#c3c9d3",
    "input-selection-background": "#b5d0f5",
    "scrollbar": "#c3c9d3",
    "footer-key-foreground": "#6333b4",
}

OWN_THEMES = (
    Theme(
        name="triage-dark",
        primary="#5a9cf2",
        secondary="#c08a3e",
        accent="#b592ff",
        warning="#ffb454",
        error="#ff6b7d",
        success="#5fcf80",
        foreground="#dfe3ea",
        background="#0f1217",
        surface="#161a21",
        panel="#20242b",
        boost="#20242b",
        variables=_DARK,
    ),
    Theme(
        name="triage-light",
        primary="#2f6fc4",
        secondary="#b98a2e",
        accent="#7f4fd0",
        warning="#d98a1f",
        error="#c9274a",
        success="#1f8a46",
        foreground="#1c212b",
        background="#fbfcfd",
        surface="#f1f3f6",
        panel="#e3e7ee",
        boost="#e3e7ee",
        dark=False,
        variables=_LIGHT,
    ),
)


def theme_names() -> list[str]:
    """All that a theme can be called, ours first."""
    return [AUTO, *(theme.name for theme in OWN_THEMES), *sorted(BUILTIN_THEMES)]


def chosen_theme(kept: object, configured: str) -> str:
    """The theme to begin with.

    Args:
        kept: What is remembered of a choice in the app. The configuration that it was made
            under counts for less than the choice, one that was written since for more.
        configured: What the configuration says now.
    """
    if not isinstance(kept, Mapping) or kept.get("instead of") != configured:
        return configured
    name = kept.get("chosen")
    return name if isinstance(name, str) and name in theme_names() else configured


def fitting(name: str, env: Mapping[str, str], colours: str | None) -> str:
    """The theme that a name of the configuration stands for in this terminal.

    A terminal says in `COLORFGBG` whether it is light, if it says so at all. It is not asked: an
    answer that comes late would be taken for keys.

    Args:
        name: One of `theme_names`.
        colours: Which colours the terminal has, as Rich calls them; None if it has none.
    """
    if name != AUTO:
        return name
    _, _, behind = env.get("COLORFGBG", "").rpartition(";")
    light = behind in ("7", "15")
    if colours == "standard":
        # Shades would become the nearest of sixteen colours, which may be the same one.
        return "ansi-light" if light else "ansi-dark"
    return "triage-light" if light else "triage-dark"
