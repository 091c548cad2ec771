"""What a person asked for and the server has not answered yet, and what an undo made of it."""

from __future__ import annotations

from dataclasses import dataclass

from triage_tui.changes import Change
from triage_tui.models import Case


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


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did.

    Attributes:
        dropped: Edits taken back before they were sent.
        edits: Edits that turn sent ones around; they have to be sent.
        kept: Why others were left alone, a sentence each.
    """

    dropped: tuple[Edit, ...] = ()
    edits: tuple[Edit, ...] = ()
    kept: tuple[str, ...] = ()
