"""Editing a text in the person's own editor, which takes over the terminal for that time."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

MOST = 2_000_000
"""Bytes that are read back: no title and description are longer."""

_SECRET = ("DD_", "DATADOG_", "TRIAGE_TUI_")
"""How the names of variables begin that may hold keys, or say where they are."""


class EditorError(Exception):
    """The text could not be edited; the text of the error is a sentence that says why."""


def command(env: Mapping[str, str]) -> list[str]:
    """The editor that `VISUAL` or else `EDITOR` names, with its own arguments.

    Raises:
        EditorError: There is none, or it cannot be run.
    """
    for name in ("VISUAL", "EDITOR"):
        said = env.get(name, "").strip()
        if not said:
            continue
        try:
            words = shlex.split(said)
        except ValueError:
            words = []
        if not words:
            raise EditorError(f"${name} cannot be read as a command: check its quotes.")
        if shutil.which(words[0], path=env.get("PATH")) is None:
            raise EditorError(f"${name} names {words[0][:60]!r}, and there is no such program.")
        return words
    raise EditorError("There is no editor: set VISUAL or EDITOR, or press = to edit it here.")


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """What of the environment an editor and its plugins are given: no keys."""
    return {name: value for name, value in env.items() if not name.startswith(_SECRET)}


def document(title: str, description: str) -> str:
    """A title and a description as one text: the title, an empty line, the description."""
    return f"{' '.join(title.split())}\n\n{description}".rstrip("\n") + "\n"


def parted(text: str) -> tuple[str, str]:
    """The title and the description that a text of `document` says now; the title may be ""."""
    title, _, rest = text.replace("\r\n", "\n").partition("\n")
    return title.strip(), rest.strip("\n").rstrip()


def edited(text: str, words: list[str], env: Mapping[str, str]) -> str:
    """The text as it is when the editor has ended; waits for that.

    The file is in a folder of its own which only this user can look into, and has a name that
    nothing from outside has a part in. Both are gone afterwards, with what the editor left there.

    Raises:
        EditorError: The editor failed, or what it left cannot be read.
    """
    folder = Path(tempfile.mkdtemp(prefix="triage-tui-"))
    try:
        file = folder / "case.md"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", errors="replace", newline="\n") as opened:
            opened.write(text)
        try:
            done = subprocess.run([*words, str(file)], env=environment(env), check=False)
        except OSError as error:
            raise EditorError(f"The editor could not be run: {error.strerror or error}.") from None
        if done.returncode:
            raise EditorError(f"The editor ended with code {done.returncode}: nothing was changed.")
        try:
            with file.open("rb") as opened_again:
                content = opened_again.read(MOST + 1)
        except OSError:
            raise EditorError("The editor left no file: nothing was changed.") from None
        if len(content) > MOST:
            raise EditorError("The text is longer than 2 MB: nothing was changed.")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise EditorError("The editor did not save UTF-8: nothing was changed.") from None
    except OSError as error:
        raise EditorError(f"There is no place for the text: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
