"""Sends the edits: those of a case in order, several cases at once, nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from triage_tui import beside, conflicts, lookup
from triage_tui.beside_changes import BesideChange
from triage_tui.changes import CreateCase
from triage_tui.edits import Edit, Redone
from triage_tui.entries import SUCCESS, Answer, Entry, Place, State
from triage_tui.errors import MAYBE_DONE, ApiError, Failure, JournalError
from triage_tui.gate import Gate
from triage_tui.models import Case, TimelineCell
from triage_tui.parties import Sender, Watcher
from triage_tui.recent import Recent
from triage_tui.session import Session
from triage_tui.timing import Timing

if TYPE_CHECKING:
    from triage_tui.journal import Journal

MOST_AT_ONCE = 8
"""Cases that are written to at the same time."""

TRIES_OF_LOST_ANSWERS = 4
"""Times an edit is sent whose answers are lost, before it is given up with a sentence."""

_NO_CONNECTION = (Failure.UNREACHABLE, Failure.TIMED_OUT)

_ALREADY = Answer("It was so already.")


@dataclass(frozen=True, slots=True)
class _Lost:
    """An edit that may have reached the server.

    Attributes:
        since: When it was sent first.
        why: What the last loss was like, or "".
    """

    tries: int
    since: datetime
    why: str = ""


class Outbox:
    """The one place that writes to the server. What it sends is in the journal before.

    An edit that surely never arrived is sent again for as long as it takes. One whose answer was
    lost is settled by reading: a value that is set holds, or it does not; a comment or a new case
    is there, or nobody can tell, and it is never sent again by itself.

    Args:
        hold: Seconds for which an edit may be taken back before it is sent.
        now: The clock.
        timing: How waiting is done; the running event loop if None.
        chance: By which tries are spread.
    """

    def __init__(
        self,
        session: Session,
        journal: Journal,
        watcher: Watcher,
        *,
        now: Callable[[], datetime],
        hold: float = 0.0,
        timing: Timing | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._session = session
        self._writes = session.writes
        self._journal = journal
        self._watcher = watcher
        self._now = now
        self._hold = hold
        self._gate = Gate(timing=timing, chance=chance)
        self._wake = asyncio.Event()
        self._held: dict[int, float] = {}
        """When edits that may still be taken back are due."""
        self._failed_reads: dict[int, int] = {}
        self._lost: dict[int, _Lost] = {}
        self._recent = Recent()
        self._busy: set[str] = set()
        self._running = False

    # What is asked of it

    @property
    def held(self) -> int:
        """How many edits wait in case they are taken back."""
        now = self._timing.time()
        return sum(due > now for due in self._held.values())

    @property
    def under_way(self) -> int:
        """How much is being done now, or would be if it could begin; 0 while only time can help."""
        return len(self._busy) + (not self._running or self._wake.is_set())

    def put(self, edits: Sequence[Edit], *, anew: bool = True) -> None:
        """Keep edits and send them when they have been held long enough.

        Args:
            anew: False for edits that take others back or do them again.

        Raises:
            JournalError: They are not kept, and will not be sent.
        """
        self._keep(edits, Place.DONE, self._hold)
        if anew:
            self._note(self._journal.nothing_to_redo)

    def _keep(self, edits: Sequence[Edit], place: Place, hold: float) -> None:
        if not edits:
            return
        self._journal.add(edits, due_at=self._now() + timedelta(seconds=hold), place=place)
        if hold > 0:
            due = self._timing.time() + hold
            self._held.update((edit.number, due) for edit in edits)
        self._wake.set()

    def undone(self, step: int, dropped: Sequence[Edit], edits: Sequence[Edit]) -> None:
        """A step was taken back: by dropping edits, and by sending others that turn them around.

        Raises:
            JournalError: The others are not kept, and will not be sent.
        """
        self.drop(dropped)
        self._note(lambda: self._journal.move(step, Place.UNDONE))
        self._keep(edits, Place.GONE, self._hold)

    def redone(self, redone: Redone) -> None:
        """A step is done again, or stays done because its undo was not sent yet.

        Raises:
            JournalError: The edits are not kept, and will not be sent.
        """
        if redone.dropped:
            self.drop(redone.dropped)
        place = Place.DONE if redone.restored else Place.GONE
        self._note(lambda: self._journal.move(redone.step, place))
        self.put(redone.edits, anew=False)

    def drop(self, edits: Sequence[Edit]) -> None:
        """Edits that the session has forgotten are never sent."""
        self._note(lambda: self._journal.drop(edits))
        for edit in edits:
            self._forget(edit)
        if not self._writes:
            self.hurry()

    def flush(self) -> None:
        """What is held is due now."""
        held = [edit for edit in self._writes if edit.number in self._held]
        self._held.clear()
        if held:
            self._note(lambda: self._journal.send_now(held))
        self._wake.set()

    def resume(self, entries: Iterable[Entry]) -> None:
        """Send what an earlier run left behind; look up what may have been done already."""
        entries = list(entries)
        for entry in entries:
            if entry.state is State.SENDING:
                since = entry.sent_at or entry.made_at
                self._lost[entry.edit.number] = _Lost(entry.tries, since)
                self._writes.sending.add(entry.edit.number)
        self._session.resume([entry.edit for entry in entries])
        self._wake.set()

    def abandon(self, entries: Iterable[Entry]) -> None:
        """Never send what an earlier run left behind."""
        entries = list(entries)
        for entry in entries:
            if entry.state is State.SENDING:
                answer = Answer(f"It was dropped before its answer was known. {MAYBE_DONE}")
                self._note(partial(self._journal.settle, entry.edit, State.UNSURE, answer))
        self._note(lambda: self._journal.drop([entry.edit for entry in entries]))
        for step in {entry.edit.step for entry in entries}:
            self._note(partial(self._journal.move, step, Place.UNDONE))

    def hurry(self) -> None:
        """Try now what was planned for later."""
        self._gate.open()
        self._wake.set()

    # The rounds

    async def run(self, client: Sender) -> None:
        """Send what is pending, for ever."""
        self._client = client
        self._wake.set()
        self._running = True
        try:
            async with asyncio.TaskGroup() as lanes:
                while True:
                    self._wake.clear()
                    wait = self._begin(lanes)
                    self._say_why()
                    await self._rest(wait)
        finally:
            self._running = False

    def _begin(self, lanes: asyncio.TaskGroup) -> float | None:
        """Begin what can be sent now; seconds until more can, or None if nothing waits for that."""
        if wait := self._gate.wait:
            return wait
        now = self._timing.time()
        # After a failure one goes ahead to see whether the way is free.
        room = 1 if self._gate.failures else MOST_AT_ONCE
        due: list[float] = []
        for edit in self._writes.firsts():
            if len(self._busy) >= room:
                break
            if edit.lane in self._busy:
                continue
            at = max(self._held.get(edit.number, now), self._gate.due(edit.number))
            if at > now:
                due.append(at)
                continue
            self._held.pop(edit.number, None)
            self._gate.forget(edit.number)
            self._busy.add(edit.lane)
            lanes.create_task(self._one(edit))
        return min(due) - now if due else None

    def _say_why(self) -> None:
        """Why nothing goes on, for the status line."""
        why = self._gate.told(busy=bool(self._busy))
        if why != self._session.waiting:
            self._session.waiting = why
            self._watcher.changed()

    async def _rest(self, seconds: float | None) -> None:
        """Return when there is something new, or when the seconds are over."""
        timer = None
        if seconds is not None:
            timer = self._timing.call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer:
                timer.cancel()

    @property
    def _timing(self) -> Timing:
        return self._gate.timing

    # One edit

    async def _one(self, edit: Edit) -> None:
        try:
            await self._try(edit)
        except JournalError as error:
            # Nothing may be sent that is not on disk.
            self._gate.close(str(error))
        self._busy.discard(edit.lane)
        self._wake.set()
        self._watcher.changed()

    async def _try(self, edit: Edit) -> None:
        lost = self._lost.get(edit.number)
        try:
            if await self._is_settled(edit, lost):
                return
            # Until then it is not begun: it can be taken back, and a kill leaves no doubt about it.
            waited = await self._client.may_send(edit.case_id, edit.change)
            if waited and await self._is_settled(edit, lost):
                return
        except ApiError as error:
            self._unread(edit, error)
            return
        edit = self._writes.get(edit.number) or edit
        if edit not in self._writes:
            return  # It was taken back meanwhile.
        if not self._journal.take(edit):
            self._session.edit_refused(edit)
            self._forget(edit)
            return
        self._writes.sending.add(edit.number)
        self._watcher.changed()
        began, since = self._timing.time(), self._now()
        try:
            answer = await self._client.send(edit.case_id, edit.change)
        except ApiError as error:
            self._unsent(edit, error, since, self._timing.time() - began)
        else:
            self._done(edit, answer, Answer(took=self._timing.time() - began))

    async def _is_settled(self, edit: Edit, lost: _Lost | None) -> bool:
        """Compare the case with what the person saw; True if there is nothing to be sent."""
        if not edit.change.repeatable:
            if lost:
                await self._look_up(edit, lost)
            return lost is not None
        if isinstance(edit.change, BesideChange):
            return await self._is_settled_beside(edit, lost)
        theirs = await self._theirs(edit, lost)
        edit = self._writes.get(edit.number) or edit
        if edit not in self._writes:
            return True
        if edit.change.holds(theirs):
            self._done(edit, theirs, SUCCESS if lost else _ALREADY)
        elif conflicts.in_the_way(edit, theirs):
            me, was_sent = self._session.me, lost is not None
            why = conflicts.told(edit, theirs, me, was_sent=was_sent)
            self._session.case_loaded(theirs)
            self._end(edit, State.CONFLICT, Answer(why, theirs=theirs))
            self._watcher.disputed(edit, theirs, why)
        elif lost and lost.tries >= TRIES_OF_LOST_ANSWERS:
            self._give_up(edit, State.UNSURE, lost.why)
        else:
            return False
        return True

    async def _is_settled_beside(self, edit: Edit, lost: _Lost | None) -> bool:
        """The same for what is not seen on the case."""
        found = await beside.look(edit.change, edit.case_id, self._client, again=lost is not None)
        self._gate.failures = 0
        if edit not in self._writes:
            return True
        if found.wanted:
            self._done(edit, None, SUCCESS if lost else _ALREADY)
        elif found.why:
            self._give_up(edit, State.UNSURE if lost else State.REFUSED, found.why)
        elif lost and lost.tries >= TRIES_OF_LOST_ANSWERS:
            self._give_up(edit, State.UNSURE, lost.why)
        else:
            return False
        return True

    async def _theirs(self, edit: Edit, lost: _Lost | None) -> Case:
        """The case as the server has it."""
        known = self._recent.case(edit.case_id, self._timing.time())
        # The list may have been read since: only what lets the edit be sent is believed.
        stops = known and (edit.change.holds(known) or conflicts.in_the_way(edit, known))
        if known and not (lost or edit.guard or stops):
            return known
        theirs = await self._client.case(edit.case_id)
        self.heard(theirs)
        return theirs

    def heard(self, case: Case) -> None:
        """The server said just now that a case is so."""
        self._gate.failures = 0
        self._recent.heard(case, self._timing.time())

    async def _look_up(self, edit: Edit, lost: _Lost) -> None:
        """Settle a comment or a creation whose answer was lost."""
        me = self._session.me or await self._client.me()
        project = ""
        if isinstance(edit.change, CreateCase):
            known = self._session.projects.get(edit.change.new.project_id)
            project = known.key if known else ""
        answer = await lookup.found(edit, lost.since, me, self._client, self._journal, project)
        self._gate.failures = 0
        if answer is None:
            self._give_up(edit, State.UNSURE, lost.why)
        else:
            self._done(edit, answer, SUCCESS)

    # What became of it

    def _done(self, edit: Edit, answer: Case | TimelineCell | None, said: Answer) -> None:
        self._gate.failures = 0
        self._note(lambda: self._journal.settle(edit, State.DONE, said))
        self._forget(edit)
        if isinstance(answer, TimelineCell):
            self._session.commented(edit, answer)
        else:
            if answer is not None:
                self.heard(answer)
            self._session.edit_confirmed(edit, answer)
        self._watcher.confirmed(edit, answer)

    def _give_up(
        self, edit: Edit, state: State, why: str, error: ApiError | None = None, took: float = 0.0
    ) -> None:
        if state is State.UNSURE and MAYBE_DONE not in why:
            why = f"{why} {MAYBE_DONE}".strip()
        answer = Answer(why)
        if error:
            answer = Answer(why, error.status, error.request_id, took or None)
        self._end(edit, state, answer)
        self._watcher.refused(edit, why)

    def _end(self, edit: Edit, state: State, answer: Answer) -> None:
        """It was not carried out, as far as anybody knows."""
        self._note(lambda: self._journal.settle(edit, state, answer))
        self._forget(edit)
        aftermath = self._session.edit_refused(edit)
        self.drop(aftermath.dropped)
        for later in aftermath.changed:
            self._note(partial(self._journal.replace, later))

    def _forget(self, edit: Edit) -> None:
        self._gate.forget(edit.number)
        for memory in (self._held, self._failed_reads, self._lost):
            memory.pop(edit.number, None)

    def _unread(self, edit: Edit, error: ApiError) -> None:
        """What had to be read before sending could not be: nothing was sent now."""
        number, lost = edit.number, self._lost.get(edit.number)
        if error.status is not None:
            self._gate.failures = 0
        if edit not in self._writes:
            return
        if error.failure in _NO_CONNECTION:
            self._gate.close(str(error))
        elif error.failure is Failure.RATE_LIMITED:
            pass  # The client lets nothing through until then, and tells of it.
        elif error.retry_after is not None:
            self._gate.close(str(error), error.retry_after)
        elif error.applied is None and self._failed_reads.get(number, 0) < TRIES_OF_LOST_ANSWERS:
            self._failed_reads[number] = self._failed_reads.get(number, 0) + 1
            self._gate.later(number, self._failed_reads[number], str(error), error.retry_after)
        else:
            state = State.UNSURE if lost else State.REFUSED
            self._give_up(edit, state, lost.why if lost and lost.why else str(error), error)

    def _unsent(self, edit: Edit, error: ApiError, since: datetime, took: float) -> None:
        """The request failed, and it may or may not have arrived."""
        if error.status is not None:
            self._gate.failures = 0  # The server can be reached.
        number, lost = edit.number, self._lost.get(edit.number)
        if error.applied is None:
            tries = lost.tries + 1 if lost else 1
            self._lost[number] = _Lost(tries, lost.since if lost else since, str(error))
            self._gate.later(number, tries, str(error), error.retry_after)
        elif error.failure in _NO_CONNECTION or error.retry_after is not None:
            if not lost:
                # An undo may still drop it while we wait.
                self._writes.sending.discard(number)
                self._journal.put_back(edit)
            if error.failure is not Failure.RATE_LIMITED:
                self._gate.close(str(error), error.retry_after)
        elif lost:
            self._give_up(edit, State.UNSURE, str(error), error, took)
        else:
            self._give_up(edit, State.REFUSED, str(error), error, took)

    def _note(self, write: Callable[[], object]) -> None:
        """Write to the journal what has happened already: not being able to does not undo it."""
        try:
            write()
        except JournalError as error:
            self._watcher.troubled(str(error))
