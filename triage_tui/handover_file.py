"""Where a report of a shift can be written to."""

from __future__ import annotations

from pathlib import Path

from triage_tui.reports.forms import FORMATS
from triage_tui.text import clean


def objection(text: str) -> str:
    """Why no report can be written to what is typed, as a sentence; "" if one can."""
    path = Path(text).expanduser()
    if path.suffix.removeprefix(".") not in FORMATS:
        return f"The name ends in {', '.join(f'.{form}' for form in FORMATS)}."
    try:
        if path.is_dir():
            return "That is a folder."
        if path.exists() and not path.is_file():
            return "That is no regular file."
        if not path.parent.is_dir():
            return f"There is no folder {clean(str(path.parent), limit=100)}."
    except OSError as error:
        return f"It cannot be looked at: {error.strerror}."
    return ""
