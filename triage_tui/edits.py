"""What a person asked for and the server has not answered yet, and what an undo made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage_tui.changes import Change
from triage_tui.models import Case
from triage_tui.text import plural


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a person asked for on one case.

    Attributes:
        number: Rises by one with every edit of the session.
        step: Edits made by one key press share it; they are undone together.
        case_id: "" for the creation of a case.
        seen: The case as it was painted when the key was pressed.
    """

    number: int
    step: int
    case_id: str
    key: str
    change: Change
    seen: Case | None

    @property
    def phrase(self) -> str:
        """What the edit does: "set P1 on OPS-12"."""
        return f"{self.change.phrase} {self.key}"


def told(edits: Sequence[Edit]) -> str:
    """What the edits of one key press do: "assign Ana to OPS-12 and set In Progress on it"."""
    phrases = list(dict.fromkeys(edit.change.phrase for edit in edits))
    keys = list(dict.fromkeys(edit.key for edit in edits))
    target, again = (keys[0], "it") if len(keys) == 1 else (plural(len(keys), "case"), "them")
    rest = "".join(f" and {phrase} {again}" for phrase in phrases[1:])
    return f"{phrases[0]} {target}{rest}"


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did.

    Attributes:
        dropped: Edits taken back before they were sent.
        turned: Edits that were sent, and are turned around.
        edits: The edits that turn them around; they have to be sent.
        kept: Why others were left alone, a sentence each.
    """

    dropped: tuple[Edit, ...] = ()
    turned: tuple[Edit, ...] = ()
    edits: tuple[Edit, ...] = ()
    kept: tuple[str, ...] = ()
