"""Sends the edits, one at a time, in the order in which they were made."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

from triage_tui.changes import Change, CreateCase
from triage_tui.edits import Edit
from triage_tui.errors import MAYBE_DONE, ApiError, Failure
from triage_tui.models import Case, NewCase, TimelineCell
from triage_tui.session import Session

LONGEST_WAIT = 30.0
TRIES_OF_LOST_ANSWERS = 4
"""Times an edit is sent whose answers are lost, before it is given up with a sentence."""


_NO_CONNECTION = (Failure.UNREACHABLE, Failure.TIMED_OUT)


class Sender(Protocol):
    """What the outbox needs of a client."""

    async def send(self, case_id: str, change: Change) -> Case | TimelineCell: ...

    async def create(self, new: NewCase) -> Case: ...

    async def case(self, id_or_key: str) -> Case: ...


class Outbox:
    """The one place that writes to the server.

    An edit that surely never arrived is sent again for as long as it takes. One whose answer was
    lost is settled by reading the case; comments and new cases, which cannot be told apart from
    their doubles, are never repeated.

    Args:
        changed: Called whenever the session changed.
        confirmed: Called with an edit that the server carried out and its answer.
        refused: Called with an edit that was not carried out, and a sentence why.
    """

    def __init__(
        self,
        session: Session,
        client: Sender,
        *,
        changed: Callable[[], None],
        confirmed: Callable[[Edit, Case | TimelineCell], None],
        refused: Callable[[Edit, str], None],
    ) -> None:
        self._session = session
        self._client = client
        self._changed = changed
        self._confirmed = confirmed
        self._refused = refused
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._failures = 0
        self._lost = 0

    def wake(self) -> None:
        """There are new edits. If a try is planned for later, they wait for it like the rest."""
        self._wake.set()

    def hurry(self) -> None:
        """Try now what was planned for later."""
        self._hurry.set()

    async def run(self) -> None:
        """Send what is pending, for ever."""
        while True:
            self._wake.clear()
            if not self._session.pending:
                await self._wake.wait()
                continue
            edit = self._session.pending[0]
            self._session.sending = edit
            self._changed()
            try:
                if self._lost:
                    await self._settle(edit)
                else:
                    await self._send(edit)
            except ApiError as error:
                await self._failed(edit, error)
            else:
                self._failures = 0
            self._changed()

    async def _send(self, edit: Edit) -> None:
        if isinstance(edit.change, CreateCase):
            self._done(edit, await self._client.create(edit.change.new))
            return
        if edit.guard is not None:
            case = await self._client.case(edit.case_id)
            if not edit.guard.holds(case):
                self._session.case_loaded(case)
                self._give_up(edit, f"{edit.key} was changed since: it was not undone.")
                return
        self._done(edit, await self._client.send(edit.case_id, edit.change))

    async def _settle(self, edit: Edit) -> None:
        """Find out whether an edit whose answer was lost was carried out; send it again if not."""
        case = await self._client.case(edit.case_id)
        if edit.change.holds(case):
            self._done(edit, case)
        else:
            await self._send(edit)

    def _done(self, edit: Edit, answer: Case | TimelineCell) -> None:
        self._lost, self._session.waiting = 0, None
        if isinstance(answer, TimelineCell):
            self._session.commented(edit, answer)
        else:
            self._session.edit_confirmed(edit, answer)
        self._confirmed(edit, answer)

    def _give_up(self, edit: Edit, why: str) -> None:
        self._lost, self._session.waiting = 0, None
        self._session.edit_refused(edit)
        self._refused(edit, why)

    async def _failed(self, edit: Edit, error: ApiError) -> None:
        if error.applied is None:
            self._lost += 1
        hopeless = error.applied is not None and not _worth_waiting(error)
        if self._lost and (
            hopeless or not edit.change.repeatable or self._lost >= TRIES_OF_LOST_ANSWERS
        ):
            why = str(error)
            if MAYBE_DONE not in why:
                why += f" {MAYBE_DONE}"
            self._give_up(edit, why)
            return
        if hopeless:
            self._give_up(edit, str(error))
            return
        if not self._lost:
            # It never arrived, so an undo may still drop it while we wait.
            self._session.sending = None
        self._failures += 1
        wait = error.retry_after
        if wait is None:
            wait = min(LONGEST_WAIT, 0.5 * 2**self._failures) * random.uniform(0.5, 1.0)
        self._session.waiting = f"trying again in {max(1, round(wait))} s · {error}"
        self._changed()
        self._hurry.clear()
        try:
            async with asyncio.timeout(wait):
                await self._hurry.wait()
        except TimeoutError:
            pass
        self._session.waiting = None


def _worth_waiting(error: ApiError) -> bool:
    return error.failure in _NO_CONNECTION or error.retry_after is not None
