"""Sets of keys for people who come with habits; what a set leaves out has its usual keys."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.actions import ACTIONS

PRESETS: Mapping[str, Mapping[str, str]] = {
    "default": {},
    # The usual keys are Datadog's already, but for those that open a case.
    "datadog": {
        "case.open": "enter,o",
        "case.browse": "O",
        "mark.toggle": "x",
    },
    # Vim's own keys, and none that tmux or its plugins for vim take.
    "vim-tmux": {
        "list.page_down": "ctrl+f,pagedown",
        "detail.down": "J,ctrl+e",
        "detail.up": "K,ctrl+y",
        "pane.next": "l,right,tab,ctrl+w",
        "query.previous": "minus,ctrl+o",
        "list.pause_refresh": "f8",
        "app.palette": "colon",
    },
}


def default_keys(preset: str) -> dict[str, str]:
    """The keys of every action in a preset, comma separated, by action ids."""
    own = PRESETS[preset]
    return {action.id: own.get(action.id, action.keys) for action in ACTIONS}
