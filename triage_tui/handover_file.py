"""Where a report is written to: a file that has all of it, or what it had before."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from triage_tui.errors import TriageError
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


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Put a text into a file, in place of what was there.

    Args:
        mode: Who may read and write the file, less what the umask takes; its owner, if not given.

    Raises:
        TriageError: It cannot be written; what was there is still there.
    """
    there = Path(os.path.realpath(path))  # The file that a link leads to, not the link.
    part = there.with_name(f".{there.name}.{token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.replace(part, there)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        shown = clean(str(path), limit=200)
        raise TriageError(f"{shown} cannot be written: {reason}. Name another file.") from None
