"""One write and what became of it, and how the journal keeps both in a row.

States of an entry::

    held ──> queued ──> sending ──> done
      │        │          │ ├─────> refused    the server said no, or it is given up
      └────────┴─> undone │ ├─────> conflict   somebody else changed the field since
                          │ └─────> unsure     the answer was lost, and looking did not help
                          └─> queued           it surely never arrived
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from triage_tui import plain
from triage_tui.changes import Lost
from triage_tui.edits import Edit
from triage_tui.kinds import KINDS
from triage_tui.models import Case

COLUMNS = (
    "id, step, run, case_id, case_key, kind, change, seen, guard_kind, guard, digest, state,"
    " made_at, due_at, sent_at, settled_at, tries, said, status, request_id, took, theirs, is_read"
)
"""Of a row, in order. Times are microseconds since 1970, durations microseconds."""


class State(StrEnum):
    """What has become of an entry."""

    HELD = "held"
    """It may still be taken back without asking the server for anything."""
    QUEUED = "queued"
    SENDING = "sending"
    """A request was begun, and its answer has not been seen."""
    DONE = "done"
    REFUSED = "refused"
    CONFLICT = "conflict"
    UNSURE = "unsure"
    """Nobody knows whether the server did it."""
    UNDONE = "undone"
    """It was taken back before it was sent."""


UNSENT = (State.HELD, State.QUEUED, State.SENDING)
"""What is still to be sent, or to be looked up."""

FAILED = (State.REFUSED, State.CONFLICT, State.UNSURE)
"""What a person has to read."""

WORST_FIRST = (*UNSENT, State.UNSURE, State.CONFLICT, State.REFUSED, State.UNDONE, State.DONE)
"""What is told of a case with several entries: what is not over yet, then what went wrong."""


class Place(StrEnum):
    """Where a step is: what `u` takes back next, what `U` does again, or neither."""

    DONE = "done"
    UNDONE = "undone"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to an entry, or what kept it from answering.

    Attributes:
        said: A sentence, in full; "" for a success.
        status: HTTP status code, or None.
        request_id: By which the server's people find the request; "" if it gave none.
        took: Seconds from sending to answer, or None if nothing was sent.
        theirs: The case as the server has it, where that kept the entry from being sent.
    """

    said: str = ""
    status: int | None = None
    request_id: str = ""
    took: float | None = None
    theirs: Case | None = None


SUCCESS = Answer()
"""An answer that needs no words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write and what became of it.

    Attributes:
        run: The run of the app that it belongs to.
        due_at: When it is sent at the earliest.
        sent_at: When it was last begun to be sent.
        tries: Times it was begun to be sent.
        read: A person has seen what became of it.
        damaged: It cannot be trusted any more, and must not be sent.
    """

    edit: Edit
    run: int
    state: State
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    tries: int
    answer: Answer
    read: bool
    damaged: bool = False


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """The time so many microseconds after 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def written(edit: Edit, run: int) -> tuple[object, ...]:
    """The first of `COLUMNS`, up to the digest."""
    change = plain.encode(edit.change)
    guard_kind = None if edit.guard is None else edit.guard.field
    guard = None if edit.guard is None else plain.encode(edit.guard)
    seen = None if edit.seen is None else plain.encode(edit.seen)
    kind = edit.change.field
    digest = _digest(edit.case_id, edit.key, kind, change, seen, guard_kind, guard)
    where = (edit.number, edit.step, run, edit.case_id, edit.key)
    return (*where, kind, change, seen, guard_kind, guard, digest)


def _digest(*texts: str | None) -> int:
    """By which a flipped bit is noticed: what it would do to a case must not be sent."""
    return zlib.crc32("\0".join(text or "" for text in texts).encode("utf-8", "surrogatepass"))


def read_entry(row: tuple[Any, ...]) -> Entry:
    """The entry of a row of `COLUMNS`; `damaged` if it is not what was once written."""
    number, step, run, case_id, key, kind, change, seen, guard_kind, guard, digest = row[:11]
    state, made_at, due_at, sent_at, settled_at, tries, said, status, request_id = row[11:20]
    took, theirs, is_read = row[20:]
    whole = digest == _digest(case_id, key, kind, change, seen, guard_kind, guard)
    try:
        edit = Edit(
            *(number, step, case_id, key),
            plain.decode(KINDS[kind], change),
            None if seen is None else plain.decode(Case, seen),
            None if guard is None else plain.decode(KINDS[guard_kind], guard),
        )
        their_case = None if theirs is None else plain.decode(Case, theirs)
    except (KeyError, plain.Unfit):
        edit, their_case, whole = Edit(number, step, case_id, key, Lost(), None), None, False
    return Entry(
        edit,
        run,
        State(state),
        moment(made_at),
        moment(due_at),
        None if sent_at is None else moment(sent_at),
        None if settled_at is None else moment(settled_at),
        tries,
        Answer(said, status, request_id, None if took is None else took / 1_000_000, their_case),
        bool(is_read),
        damaged=not whole,
    )
