"""Carries a step out without a screen: by the same journal, outbox and checks as the dashboard."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from triage_tui import steps
from triage_tui.bulk import Bulk
from triage_tui.commands import say
from triage_tui.edits import Edit
from triage_tui.entries import Answer, State
from triage_tui.errors import ApiError, ConfigError, Failure, JournalError
from triage_tui.models import Case, TimelineCell
from triage_tui.outbox import Outbox
from triage_tui.pending import Pending
from triage_tui.session import Session
from triage_tui.text import clean, plural
from triage_tui.timing import utc_now

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from triage_tui.client import CaseClient
    from triage_tui.commands.place import Place
    from triage_tui.journal import Journal

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds without an answer after which what is not sent is given up: nobody watches a script."""

_LAST_ANSWERS = 10.0
"""Seconds for which the last answers are waited for after that."""

_REDRAW = 0.1
_BAR = 20


@dataclass
class Work:
    """A client, a session without a screen, and where writes are kept before they are sent.

    Attributes:
        journal: None while only looking.
        left: How much earlier runs left unsent, which is the dashboard's to ask about.
    """

    runner: asyncio.Runner
    client: CaseClient
    session: Session
    journal: Journal | None
    earlier: steps.Earlier | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What some reading or writing comes to."""
        return self.runner.run(work)


@contextmanager
def working(where: Place, *, dry_run: bool) -> Iterator[Work]:
    """What is needed to change cases.

    Args:
        dry_run: Nothing is changed, here or elsewhere.

    Raises:
        TriageError: Nothing may be changed, or there can be no journal.
    """
    if where.read_only and not dry_run:
        raise ConfigError("Read-only: nothing was changed.")
    with asyncio.Runner() as runner:
        client = where.connect()
        try:
            if dry_run:
                yield Work(runner, client, Session(now=utc_now()), None)
                return
            from triage_tui.records import records

            with records(where.journal) as (journal, _):
                if journal.warning:
                    say(journal.warning)
                earlier = steps.earlier(journal)
                if earlier.left:
                    count = plural(len(earlier.left), "change")
                    say(f"Not sent by an earlier run: {count}. The dashboard asks about that.")
                writes = Pending(journal.last_number)
                session = Session(now=utc_now(), writes=writes)
                yield Work(runner, client, session, journal, earlier)
        finally:
            runner.run(client.close())


@dataclass
class Outcome:
    """What became of the edits of a step.

    Attributes:
        answers: By the number of the edit.
        created: The cases that there are now.
        interrupted: The person called the rest off.
        away: Why the rest was given up: the server could not be reached. "" if it was not.
    """

    answers: dict[int, tuple[State, Answer]] = field(default_factory=dict)
    created: dict[int, Case] = field(default_factory=dict)
    interrupted: bool = False
    away: str = ""


def carry_out(
    work: Work, edits: Sequence[Edit], keep: Callable[[Outbox], None], *, asked: Sequence[str]
) -> Outcome:
    """Send edits that the session holds, and wait until it is known what became of each.

    Args:
        keep: Gives them to the outbox.
        asked: Ids of all cases that the step is about.

    Raises:
        JournalError: They could not be kept: nothing was sent.
    """
    carrier = _Carrier(work, edits, asked)
    try:
        return work.run(carrier.carry(keep))
    finally:
        carrier.progress.clear()


class _Carrier:
    """The outbox's watcher, and the person's hand on it."""

    def __init__(self, work: Work, edits: Sequence[Edit], asked: Sequence[str]) -> None:
        assert work.journal
        self._work = work
        self._edits = edits
        self._journal = work.journal
        self._over = asyncio.Event()
        self._outcome = Outcome()
        self.progress = _Progress(work, edits, asked)
        self._outbox = Outbox(work.session, self._journal, self, now=utc_now)

    async def carry(self, keep: Callable[[Outbox], None]) -> Outcome:
        try:
            keep(self._outbox)
        except JournalError:
            self._work.session.never_made(self._edits)
            raise
        line = _Line(self._work.client, self._give_up)
        with _interrupts(self._interrupt):
            sending = asyncio.create_task(self._outbox.run(line))
            over = asyncio.create_task(self._over.wait())
            self._look()
            await asyncio.wait((sending, over), return_when=asyncio.FIRST_COMPLETED)
            for task in (sending, over):
                task.cancel()
            failed, _ = await asyncio.gather(sending, over, return_exceptions=True)
        if isinstance(failed, Exception):
            raise failed
        return self._told()

    def _told(self) -> Outcome:
        numbers = [edit.number for edit in self._edits]
        for start in range(0, len(numbers), 500):
            for entry in self._journal.some(numbers[start : start + 500]):
                self._outcome.answers[entry.edit.number] = entry.state, entry.answer
        return self._outcome

    def _look(self) -> None:
        writes = self._work.session.writes
        if not any(edit in writes for edit in self._edits):
            self._over.set()

    def _call_off(self) -> None:
        session = self._work.session
        waiting = steps.surely_unsent(session, self._edits)
        try:
            steps.call_off(session, self._outbox, self._journal, waiting)
        except JournalError as error:
            self.troubled(str(error))
        self._look()

    def _interrupt(self) -> None:
        if self._outcome.interrupted:
            self._over.set()  # Whoever asks twice does not wait for the last answers.
            return
        self._outcome.interrupted = True
        self._call_off()
        if not self._over.is_set():
            self.progress.clear()
            say("The rest is called off; waiting for what was sent. Ctrl-C again does not wait.")

    def _give_up(self, why: str) -> None:
        if not self._outcome.away:
            self._outcome.away = why
            loop = asyncio.get_running_loop()
            # When the outbox has noted that this one did not arrive.
            loop.call_soon(self._call_off)
            # What may have arrived cannot be looked up now: the next start of the dashboard does.
            loop.call_later(_LAST_ANSWERS, self._over.set)

    # As `parties.Watcher` has it

    def changed(self) -> None:
        self.progress.draw()
        if self._outcome.away:
            self._call_off()
        self._look()

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        if not edit.case_id and isinstance(answer, Case):
            self._outcome.created[edit.number] = answer

    def refused(self, edit: Edit, why: str) -> None:
        self.progress.failed(edit)

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        self.progress.failed(edit)

    def troubled(self, why: str) -> None:
        self.progress.clear()
        say(f"triage-tui: {why}")


class _Line:
    """The client, listened to: for how long nothing could be sent for want of a connection."""

    def __init__(self, client: CaseClient, give_up: Callable[[str], None]) -> None:
        self._client = client
        self._give_up = give_up
        self._away_since: float | None = None

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        async def listened(*args: Any, **more: Any) -> Any:
            try:
                answer = await call(*args, **more)
            except ApiError as error:
                self._heard(error)
                raise
            if name == "send":
                self._away_since = None
            return answer

        return listened

    def _heard(self, error: ApiError) -> None:
        if error.failure not in (Failure.UNREACHABLE, Failure.TIMED_OUT):
            return
        if self._away_since is None:
            self._away_since = time.monotonic()
        elif time.monotonic() - self._away_since > PATIENCE:
            self._give_up(str(error))


@contextmanager
def _interrupts(act: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C acts, and ends nothing by itself."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, act)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # Where the loop takes no signals, Ctrl-C ends the process; the journal knows.
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        with suppress(TypeError, ValueError):
            signal.signal(signal.SIGINT, before)


class _Progress:
    """A line at the bottom of the terminal that says how far a step is; nothing elsewhere."""

    def __init__(self, work: Work, edits: Sequence[Edit], asked: Sequence[str]) -> None:
        self._work = work
        self._step = edits[0].step if edits else 0
        self._total = len({edit.case_id for edit in edits})
        self._shows = sys.stderr.isatty() and self._total > 1
        self._bulk = Bulk.of(edits, asked) if self._shows else None
        self._drawn_at = 0.0

    def failed(self, edit: Edit) -> None:
        if self._bulk:
            self._bulk.failed.add(edit.case_id)

    def draw(self) -> None:
        now = time.monotonic()
        if self._bulk is None:
            return
        left = self._work.session.writes.cases_left(self._step)
        self._bulk.note(left, now)
        if now - self._drawn_at < _REDRAW:
            return
        self._drawn_at = now
        waiting = self._work.session.waiting or self._work.client.budget.notice or None
        done = _BAR * (self._total - left) // self._total
        line = f"[{'#' * done}{'-' * (_BAR - done)}] {self._bulk.progress(left, now, waiting)}"
        sys.stderr.write(f"\r\x1b[K{clean(line, limit=_columns() - 1)}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._drawn_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn_at = 0.0


def _columns() -> int:
    import shutil

    return max(20, shutil.get_terminal_size().columns)
