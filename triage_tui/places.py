"""The files that belong to a place, a server or a workspace: their names, and whose they are."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from contextlib import closing
from pathlib import Path


def file_stem(place: str, *more: str) -> str:
    """The first part of a file name: the same for the same place, another for every other.

    Args:
        place: An address or a path; its last part can be read in the name.
        more: What else tells this place from others. Nothing of it can be read in the name.
    """
    shown = re.sub(r"[^a-z0-9]+", "-", place.rpartition("/")[2].lower()).strip("-")[:40]
    whole = "\0".join((place, *more)).encode("utf-8", "surrogateescape")
    return f"{shown}-{hashlib.sha256(whole).hexdigest()[:12]}"


def make_private(path: Path) -> None:
    """Make a file that is not there, and its folder, and keep both from everybody else.

    Raises:
        OSError: It cannot be made, or is no regular file.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with closing(os.fdopen(handle, "rb")) as file:
        found = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(found):
            raise OSError("no regular file")
        if stat.S_IMODE(found) != 0o600 and hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), 0o600)
