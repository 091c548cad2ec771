"""What is written to a terminal so that it calls the person."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.text import clean

BELL = "\a"
_LONGEST = 120
"""Characters of a notification: desktops cut longer ones."""


def call(how: str, text: str, env: Mapping[str, str]) -> str:
    """The bell, or a notification of the desktop, as the terminal understands it.

    Args:
        how: "bell"; "notify"; or "notify-tmux", which tmux hands on if `allow-passthrough` is on
            there. Where tmux would swallow a notification the bell rings.
        text: May come from outside.
    """
    inside_tmux = bool(env.get("TMUX"))
    if how == "bell" or (inside_tmux and how != "notify-tmux"):
        return BELL
    # A semicolon separates fields.
    said = clean(text, limit=_LONGEST).replace(";", ",")
    if env.get("VTE_VERSION") or env.get("TERM", "").startswith(("foot", "rxvt")):
        sequence = f"\x1b]777;notify;triage-tui;{said}{BELL}"
    else:
        sequence = f"\x1b]9;{said}{BELL}"
    if inside_tmux:
        escaped = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{escaped}\x1b\\"
    return sequence
