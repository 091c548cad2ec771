"""Files that have all of a text, or what was there before."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from triage_tui.errors import TriageError
from triage_tui.text import clean


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
