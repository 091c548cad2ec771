"""Texts of a report as parts of its page."""

from __future__ import annotations

from html import escape

from triage_tui.reports.model import Known
from triage_tui.text import clean

_LONGEST, _LONGEST_NOTE = 500, 5000
"""Characters of a text: nobody reads more in a list, and a page of endless words takes minutes."""

PRIORITY_LOOKS = {"P1": "p1", "P2": "p2", "P3": "", "P4": "low", "P5": "low"}


def safe(text: str) -> str:
    """A text from outside as text: nothing in it is markup, and nothing turns around."""
    return escape(clean(text, limit=_LONGEST))


def safe_lines(text: str) -> str:
    """The same for a text of several lines."""
    return escape(clean(text, lines=True, limit=_LONGEST_NOTE))


def doubt(known: Known) -> str:
    """A mark for what is not certain; "" for what is."""
    return "" if known is Known.EXACT else f'<span class="known">{known.value}</span>'
