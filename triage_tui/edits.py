"""What a person asked for and the server has not answered yet, and what an undo made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        guard: What must still hold on the server for the edit to be made: an undo takes back what
            was done, and nothing that somebody else did since.
    """

    number: int
    step: int
    case_id: str
    key: str
    change: Change
    seen: Case | None
    guard: Change | None = None

    @property
    def phrase(self) -> str:
        """What the edit does: "set P1 on OPS-12"."""
        return f"{self.change.phrase} {self.key}"

    @property
    def lane(self) -> str:
        """Edits in one lane are sent in order: those of a case; a creation is alone in its own."""
        return self.case_id or f"creation {self.number}"


def told(phrases: Iterable[str], keys: Iterable[str]) -> str:
    """What is done to cases: "assign Ana to OPS-12 and set In Progress on it"."""
    first, *more = dict.fromkeys(phrases)
    names = list(dict.fromkeys(keys))
    target, again = (names[0], "it") if len(names) == 1 else (plural(len(names), "case"), "them")
    return f"{first} {target}" + "".join(f" and {phrase} {again}" for phrase in more)


def done(edits: Sequence[Edit]) -> str:
    """What the edits of one key press did: "assigned Ana to OPS-12"."""
    return told((edit.change.past for edit in edits), (edit.key for edit in edits))


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did.

    Attributes:
        step: The step that was taken back.
        dropped: Edits taken back before they were sent.
        turned: Edits that were sent, and are turned around.
        edits: The edits that turn them around; they have to be sent.
        kept: Why others were left alone, a sentence each.
    """

    step: int
    dropped: tuple[Edit, ...] = ()
    turned: tuple[Edit, ...] = ()
    edits: tuple[Edit, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redone:
    """What a redo did.

    Attributes:
        step: The step that had been taken back, and is done again by another one.
        edits: The edits that do it; they have to be sent.
        kept: Why others were left alone, a sentence each.
        dropped: Edits of the undo that were not sent yet, and need not be.
        restored: Edits that stay done thereby; they are the step again.
    """

    step: int
    edits: tuple[Edit, ...] = ()
    kept: tuple[str, ...] = ()
    dropped: tuple[Edit, ...] = ()
    restored: tuple[Edit, ...] = ()

    @property
    def again(self) -> tuple[Edit, ...]:
        """All that is done again; the last of them will be undone first."""
        return (*self.restored, *self.edits)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What becomes of other edits when one is not carried out.

    Attributes:
        dropped: Edits that were to take it back, which there is no need for.
        changed: Later edits of the same field, as they would have been without it.
    """

    dropped: tuple[Edit, ...] = ()
    changed: tuple[Edit, ...] = ()
