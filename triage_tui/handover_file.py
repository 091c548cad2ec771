"""Where a report of a shift can be written to."""

from __future__ import annotations

import os
from pathlib import Path

from triage_tui.reports.forms import FORMATS
from triage_tui.text import clean


def path_of(text: str) -> Path:
    """The file that is meant by what is typed.

    Raises:
        OSError: It cannot be told, because the folder in which this was started is gone.
    """
    # A `~` of nobody stays what it is: a name like others.
    return Path(os.path.expanduser(text)).absolute()


def objection(text: str) -> str:
    """Why no report can be written to what is typed, as a sentence; "" if one can."""
    if "\0" in text:
        return "No file has such a name."
    try:
        path = path_of(text)
    except OSError as error:
        return f"The folder in which triage-tui was started is gone: {error.strerror}."
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
