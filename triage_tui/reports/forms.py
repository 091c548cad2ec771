"""The forms in which a report is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from triage_tui.reports.model import Report

FORMATS = ("md", "txt", "json", "html")


SHORT = ("md", "txt")
"""Those that do not tell all cases."""


def writer(form: str, lines: int | None = None) -> Callable[[Report], str]:
    """What writes a report in one of `FORMATS`.

    Args:
        lines: Cases that one of `SHORT` tells of a section; None for the usual few.
    """
    if lines is not None and form in SHORT:
        return partial(cast("Any", writer(form)), lines=lines)
    if form == "txt":
        from triage_tui.reports.plain_text import to_text

        return to_text
    if form == "json":
        from triage_tui.reports.json_form import to_json

        return to_json
    if form == "html":
        from triage_tui.reports.html_page import to_html

        return to_html
    from triage_tui.reports.markdown import to_markdown

    return to_markdown
