"""Copies of the workspace file as it was before a newer triage-tui changed its tables."""

from __future__ import annotations

import filecmp
import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path


def keep_copy(path: Path, version: int) -> Path:
    """Copy a workspace beside itself, with all that its log holds; the copy, safely on the disk.

    It is called `workspace.db.v1.bak`, the number being the `version` of its tables, and
    `workspace.db.v1.2.bak` if there is another one already: no copy is ever overwritten. One that
    is the same to the byte is taken instead of making a second.

    The caller holds the write lock, so that nobody changes the file meanwhile or copies it as well.
    Raises OSError or sqlite3.Error if there can be no copy.
    """
    part = path.with_name(f"{path.name}.v{version}.bak.part")
    # Left by a copy that was interrupted: nobody else is making one now.
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(path, part)
        for number in count(1):
            again = "" if number == 1 else f".{number}"
            kept = path.with_name(f"{path.name}.v{version}{again}.bak")
            if not os.path.lexists(kept):
                part.rename(kept)
                sync_folder(path.parent)
                return kept
            if kept.is_file() and filecmp.cmp(part, kept, shallow=False):
                part.unlink()
                return kept
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    raise AssertionError("numbers do not end")


def sync_folder(path: Path) -> None:
    """Have the names in a folder written to the disk, where the system lets one ask for it."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _copy(path: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(f"{target.as_uri()}?mode=rw", uri=True)) as copy,
    ):
        source.backup(copy)
        # One file is all of it, so that it can be moved about like any other.
        copy.execute("PRAGMA journal_mode = DELETE")
    with target.open("rb+") as file:
        os.fsync(file.fileno())
