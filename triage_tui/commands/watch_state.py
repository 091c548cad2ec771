"""What `watch` has told, kept in a file so that another run goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from triage_tui import whole_file
from triage_tui.commands.output import as_json, timestamp
from triage_tui.errors import ConfigError
from triage_tui.text import clean
from triage_tui.watching import Watching

VERSION = 1


class State:
    """A file with what was told of the cases of one query.

    Args:
        place: The name of the server or workspace.
    """

    def __init__(self, file: Path, *, place: str, query: str) -> None:
        self._file = file
        self._head = {"version": VERSION, "place": place, "query": query}

    def watching(self, kinds: Iterable[str]) -> Watching:
        """Goes on from what the file says, or begins if there is none.

        Raises:
            ConfigError: It is the file of something else.
        """
        try:
            text = self._file.read_text("utf-8")
        except FileNotFoundError:
            return Watching(kinds)
        except (OSError, UnicodeError) as error:
            raise self._unusable(getattr(error, "strerror", None) or "no text") from None
        try:
            found = json.loads(text)
            if (version := found["version"]) != VERSION:
                raise self._unusable(f"version {version!r}")
            for name in ("place", "query"):
                if found[name] != self._head[name]:
                    raise self._unusable(f'{name} "{found[name]}"')
            floor = found["floor"]
            return Watching(
                kinds,
                {str(case["id"]): _checked(case) for case in found["cases"]},
                datetime.fromisoformat(floor) if floor else None,
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._unusable("something else in it") from None

    def _unusable(self, why: str) -> ConfigError:
        return ConfigError(
            f"{clean(str(self._file))} tells of no state to go on from ({clean(why)}): "
            "name another file, or delete it to begin anew."
        )

    def keep(self, watching: Watching) -> None:
        """Write what was told, in place of what the file says.

        Raises:
            TriageError: It cannot be written.
        """
        floor = timestamp(watching.floor) if watching.floor else None
        cases = list(watching.told.values())
        text = as_json({**self._head, "floor": floor, "cases": cases})
        whole_file.write(self._file, text)


def _checked(case: dict[str, Any]) -> dict[str, Any]:
    """The case, if its times can be compared."""
    for name in ("created_at", "modified_at"):
        if case[name] is not None or name == "created_at":
            datetime.fromisoformat(case[name])
    return case
