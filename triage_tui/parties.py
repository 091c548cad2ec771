"""Whom the outbox deals with: who sends for it, and who is told."""

from __future__ import annotations

from typing import Protocol

from triage_tui import beside, lookup
from triage_tui.changes import Change
from triage_tui.edits import Edit
from triage_tui.models import Case, TimelineCell, User


class Sender(lookup.Reader, beside.Reader, Protocol):
    """What the outbox needs of a client."""

    async def may_send(self, case_id: str, change: Change) -> bool: ...

    async def send(self, case_id: str, change: Change) -> Case | TimelineCell | None: ...

    async def case(self, id_or_key: str) -> Case: ...

    async def me(self) -> User: ...


class Watcher(Protocol):
    """Who is told what becomes of the edits."""

    def changed(self) -> None:
        """The session changed."""

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        """The server carried an edit out."""

    def refused(self, edit: Edit, why: str) -> None:
        """An edit was not carried out, or nobody knows; `why` is a sentence."""

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        """Somebody else changed the field since, so nothing was sent."""

    def troubled(self, why: str) -> None:
        """The journal cannot be written."""
