"""What this machine has to offer: a terminal, folders to keep things in, a database."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from triage_tui.doctor.findings import Finding, failed, ok, warning

LEAST_SIZE = (80, 24)
"""Columns and lines for which the screens are made."""


def terminal(env: Mapping[str, str], streams: Sequence[TextIO | None]) -> Iterator[Finding]:
    """Whether the dashboard can be drawn.

    Args:
        streams: Input, output and error output.
    """
    missing = [stream for stream in streams if stream is None or not stream.isatty()]
    if missing:
        yield warning(
            "terminal",
            "Nothing can be said about its size, because input or output is none.",
            "Run `triage-tui doctor` without pipes and redirections.",
        )
    else:
        assert streams[1]
        columns, lines = os.get_terminal_size(streams[1].fileno())
        size = f"{columns} columns, {lines} lines"
        if columns < LEAST_SIZE[0] or lines < LEAST_SIZE[1]:
            least = f"{LEAST_SIZE[0]} by {LEAST_SIZE[1]}"
            yield warning("terminal", f"It is small: {size}.", f"Make it at least {least}.")
        else:
            yield ok("terminal", f"{size}.")
        yield colours(env)
    yield letters((streams[1].encoding if streams[1] else "") or "ascii")


def colours(env: Mapping[str, str]) -> Finding:
    """How many colours the terminal says it has."""
    kind = env.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        said = f"TERM is {kind}." if kind else "TERM is not set."
        return failed("colours", said, "Set it to what your terminal is, such as xterm-256color.")
    if env.get("NO_COLOR"):
        return ok("colours", "None, as NO_COLOR asks for.")
    if env.get("COLORTERM", "") in ("truecolor", "24bit"):
        return ok("colours", f"All of them ({kind}).")
    if "256" in kind or "direct" in kind or "kitty" in kind:
        return ok("colours", f"256 at least ({kind}).")
    return warning(
        "colours",
        f"Few, as far as {kind} says.",
        "Set TERM to xterm-256color, or COLORTERM to truecolor, if your terminal can.",
    )


def letters(coding: str) -> Finding:
    """Whether every character can be shown in this encoding."""
    if coding.lower().replace("-", "").replace("_", "") == "utf8":
        return ok("letters", "UTF-8.")
    return warning(
        "letters",
        f"The output is {coding}, so many characters cannot be shown.",
        "Set LANG to a UTF-8 locale, such as C.UTF-8.",
    )


def folders(named: Mapping[str, Path]) -> Iterator[Finding]:
    """Whether things can be kept, and whether they stay private.

    Args:
        named: From what is kept there to the folder, which need not exist.
    """
    for what, folder in named.items():
        yield _folder(what, folder)


def _folder(what: str, folder: Path) -> Finding:
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not there.is_dir():
        return failed(what, f"{there} is no directory.", "Move that file away.")
    if not os.access(there, os.W_OK | os.X_OK):
        return failed(what, f"{there} may not be written to.", "Change who may write to it.")
    if there != folder:
        return ok(what, f"{folder} is made when it is needed.")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022 and os.name == "posix":
        return warning(
            what, f"Others may write to {folder} (mode {mode:04o}).", f"`chmod go-w {folder}`"
        )
    return ok(what, f"{folder}.")


def private_files(what: str, folder: Path, pattern: str) -> Iterator[Finding]:
    """A finding for each file that others may read although it is for its owner only."""
    if os.name != "posix" or not folder.is_dir():
        return
    for file in sorted(folder.glob(pattern)):
        mode = stat.S_IMODE(file.lstat().st_mode)
        if stat.S_ISREG(file.lstat().st_mode) and mode & 0o077:
            yield warning(what, f"Others may read {file} (mode {mode:04o}).", f"`chmod 600 {file}`")


def database() -> Finding:
    """Whether a workspace and a journal can be kept."""
    from triage_tui.server.sqlite_check import sqlite_here

    version, lack = sqlite_here()
    if lack:
        return failed("database", f"SQLite {version}.", lack)
    return ok("database", f"SQLite {version} with full-text search.")


def workspace(path: Path) -> Finding:
    """Whether the local workspace can be opened; it is not."""
    if not path.exists():
        return ok("workspace", f"{path} is made when it is needed.")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        return failed("workspace", f"{path} cannot be read: {error.strerror}.", _OTHER_FILE)
    if start not in (b"", b"SQLite format 3\0"):
        return failed("workspace", f"{path} is no database.", _OTHER_FILE)
    if not os.access(path, os.W_OK):
        return failed("workspace", f"{path} may not be written to.", _OTHER_FILE)
    return ok("workspace", f"{path}.")


_OTHER_FILE = "Change who may use it, or name another file with --db."
