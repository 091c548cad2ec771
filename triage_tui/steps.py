"""The steps of a place over several runs: what earlier runs left, and what a person calls off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from triage_tui.edits import Edit
from triage_tui.entries import Entry, Place
from triage_tui.session import Session

if TYPE_CHECKING:
    from triage_tui.journal import Journal
    from triage_tui.outbox import Outbox


class Earlier(NamedTuple):
    """What earlier runs left.

    Attributes:
        left: What they did not send.
        done: The steps that can be taken back, the last one last.
        undone: Those that can be done again.
    """

    left: list[Entry]
    done: list[list[Edit]]
    undone: list[list[Edit]]


def earlier(journal: Journal) -> Earlier:
    """Take over what runs that have ended left behind.

    Raises:
        JournalError: It cannot be read.
    """
    left = journal.left_behind()
    unsent = {entry.edit.number for entry in left}
    done, undone = (
        [
            edits
            for step in journal.steps(place)
            if (edits := [edit for edit in step if edit.number not in unsent])
        ]
        for place in (Place.DONE, Place.UNDONE)
    )
    return Earlier(left, done, undone)


def surely_unsent(session: Session, edits: Sequence[Edit]) -> list[Edit]:
    """Those of the edits that wait, and have surely not arrived."""
    writes = session.writes
    return [edit for edit in edits if edit in writes and edit.number not in writes.sending]


def call_off(session: Session, outbox: Outbox, journal: Journal, edits: Sequence[Edit]) -> None:
    """Never send edits that wait.

    Raises:
        JournalError: What that means for later edits cannot be kept.
    """
    dropped = [*edits]
    changed: list[Edit] = []
    for edit in edits:
        aftermath = session.edit_refused(edit)
        dropped += aftermath.dropped
        changed += aftermath.changed
    outbox.drop(dropped)
    for later in changed:
        journal.replace(later)
