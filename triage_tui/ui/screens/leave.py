"""Asking before the app is left while writes are under way."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.ui.screens.confirm import ConfirmScreen


class LeaveScreen(ConfirmScreen):
    """Whether to leave now; the app leaves by itself when all is sent while the question stands."""

    def __init__(self, question: str, lines: Sequence[str]) -> None:
        super().__init__(question, lines, yes="Quit", no="Stay")
        self.add_class("-leaving")
