"""Finding out whether a comment or a new case is there whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage_tui.changes import AddComment, CreateCase
from triage_tui.edits import Edit
from triage_tui.entries import Entry, State
from triage_tui.models import Case, CasePage, TimelineCell, User

CLOCKS_APART = timedelta(seconds=60)
"""By how much the server's clock may be behind this machine's."""

_NEIGHBOURHOOD = timedelta(hours=1)
"""Around a sending: how far away the same text counts as one that could be taken for it."""


class Reader(Protocol):
    """What a look-up needs of a client."""

    async def search(self, query: str, *, size: int = 50) -> CasePage: ...

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> Sequence[TimelineCell]: ...


class Past(Protocol):
    """What a look-up needs of the journal."""

    def between(self, start: datetime, end: datetime) -> list[Entry]: ...


async def found(
    edit: Edit, sent_at: datetime, me: User, client: Reader, past: Past, project_key: str
) -> Case | TimelineCell | None:
    """The comment or the case that an edit made, or None if none of those there is surely its own.

    Args:
        sent_at: When it was sent for the first time, by this machine's clock.
        project_key: Of the project of a new case; "" if it is not known.

    Raises:
        ApiError: It could not be looked for.
    """
    answers = await _alike(edit, sent_at - CLOCKS_APART, me, client, project_key)
    return answers[0] if len(answers) > _accounted_for(edit, sent_at, past) else None


async def _alike(
    edit: Edit, since: datetime, me: User, client: Reader, project_key: str
) -> Sequence[Case | TimelineCell]:
    """What is there that the edit could have made, newest first."""
    if isinstance(edit.change, AddComment):
        text = edit.change.text.strip()
        return [
            cell
            for cell in await client.timeline(edit.case_id, size=100)
            if cell.author.id == me.id
            and cell.message.strip() == text
            and cell.created_at >= since
            and cell.deleted_at is None
        ]
    if isinstance(edit.change, CreateCase):
        new = edit.change.new
        page = await client.search(f"project:{project_key}" if project_key else "", size=100)
        return [
            case
            for case in page.cases
            if case.title.strip() == new.title.strip()
            and case.project_id == new.project_id
            and case.created_by is not None
            and case.created_by.id == me.id
            and case.created_at >= since
        ]
    return ()


def _accounted_for(edit: Edit, sent_at: datetime, past: Past) -> int:
    """How many edits like this one are known to have been carried out around the same time.

    A person may well say the same twice; the first must not be taken for the second.
    """
    return sum(
        entry.edit.change == edit.change
        and entry.edit.case_id == edit.case_id
        and entry.edit.number != edit.number
        and entry.state in (State.DONE, State.UNSURE, State.SENDING)
        for entry in past.between(sent_at - _NEIGHBOURHOOD, sent_at + _NEIGHBOURHOOD)
    )
