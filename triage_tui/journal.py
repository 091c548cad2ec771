"""The journal: every write is on disk here before it is sent, and stays with what came of it.

One file for each place that is worked on. Several running apps share it: each has a run of its
own, whose entries nobody else sends while it lives, and a lock file by which others see that it
does. What a dead run left unsent is taken over by asking for it.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from triage_tui import plain
from triage_tui.edits import Edit
from triage_tui.entries import (
    COLUMNS,
    SUCCESS,
    WORST_FIRST,
    Answer,
    Entry,
    Place,
    State,
    micros,
    moment,
    read_entry,
    written,
)
from triage_tui.errors import JournalError
from triage_tui.places import make_private

KEPT_DAYS = 90
"""Days after which what was settled is forgotten."""

_APPLICATION_ID = 0x7474_6A6C
_VERSION = 1
_LOCK_WAIT = 5.0
"""Seconds to wait for another run that is writing, which takes it a millisecond."""

_RUN_BITS = 32
"""Of a number of an edit, the lower bits count within a run."""

_SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE TABLE steps (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    place TEXT NOT NULL,
    moved INTEGER NOT NULL
) STRICT;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL,
    run INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    case_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    change TEXT NOT NULL,
    seen TEXT,
    guard_kind TEXT,
    guard TEXT,
    digest INTEGER NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    sent_at INTEGER,
    settled_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT '',
    status INTEGER,
    request_id TEXT NOT NULL DEFAULT '',
    took INTEGER,
    theirs TEXT,
    is_read INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entries_unsettled ON entries (run, id) WHERE state IN ('held', 'queued', 'sending');
CREATE INDEX entries_unread ON entries (id)
    WHERE is_read = 0 AND state IN ('refused', 'conflict', 'unsure');
CREATE INDEX entries_of_step ON entries (step);
"""
_DAMAGED = "The journal is damaged here: nobody can tell any more what was to be sent."

_IS_UNSENT = "state IN ('held', 'queued', 'sending')"
_IS_UNREAD = "is_read = 0 AND state IN ('refused', 'conflict', 'unsure')"


class Journal:
    """One open journal, for one thread. What a method wrote is on disk when it returns.

    Every method raises JournalError if the file cannot be written or read any more.

    Attributes:
        path: The file.
        run: The number of this run.
        warning: What the person has to know about the file, or "".
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime], throwaway: bool = False) -> None:
        """Open the journal in a file, which is made if there is none, for this user alone.

        A file that is damaged is put aside beside it and never deleted; `warning` says so.

        Args:
            throwaway: The file goes when the run ends, and need not outlive a power cut.

        Raises:
            JournalError: There can be no journal there.
        """
        self.path = path.absolute()
        self.run = 0
        self.warning = ""
        self._now = now
        # What a person was shown must outlive a power cut; it costs a commit about 0.2 ms, and the
        # making of a new file some hundred times that.
        self._synchronous = "OFF" if throwaway else "FULL"
        try:
            try:
                self._open()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                aside = self._put_aside()
                self._open()
                self.warning = (
                    f"The journal of writes was damaged, and is now {aside}."
                    " What had not been sent is in it, and is not sent."
                )
        except (OSError, sqlite3.Error) as error:
            raise self._explained(error) from None

    def _open(self) -> None:
        make_private(self.path)
        self._db = sqlite3.connect(self.path, timeout=_LOCK_WAIT, isolation_level=None)
        try:
            self._db.execute(f"PRAGMA synchronous = {self._synchronous}")
            self._db.execute("PRAGMA fullfsync = ON")
            with self._writing() as db:
                self._claim(db)
            if self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                # No shared memory here: a network home, for one.
                self._db.execute("PRAGMA journal_mode = TRUNCATE")
            with self._writing() as db:
                self._begin_run(db)
        except BaseException:
            self._db.close()
            raise

    def _claim(self, db: sqlite3.Connection) -> None:
        owner = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if not owner and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif owner != _APPLICATION_ID:
            raise JournalError(
                f"{self.path} is no journal of writes, but the database of another program."
                " Move it away."
            )
        elif version > _VERSION:
            raise JournalError(
                f"The journal of writes {self.path} is that of a newer triage-tui."
                " Update triage-tui."
            )

    def _begin_run(self, db: sqlite3.Connection) -> None:
        now = self._now()
        (self.run,) = db.execute(
            "INSERT INTO runs (pid, started_at) VALUES (?, ?) RETURNING id",
            (os.getpid(), micros(now)),
        ).fetchone()
        grip = _grip(self._sign_of_life(self.run))
        assert grip, "no other run has this number"
        self._alive = grip
        before = micros(now - timedelta(days=KEPT_DAYS))
        db.execute("DELETE FROM entries WHERE settled_at < ?", (before,))
        db.execute("DELETE FROM steps WHERE id NOT IN (SELECT step FROM entries)")

    def close(self) -> None:
        """Let go of the file, and of what was not sent: another run may take it over."""
        self._db.close()
        self._alive.close()
        self._sign_of_life(self.run).unlink(missing_ok=True)

    @property
    def last_number(self) -> int:
        """The edits of this run have higher numbers than this, and no other run gives them."""
        return self.run << _RUN_BITS

    # What is to be sent

    def add(self, edits: Sequence[Edit], *, due_at: datetime, place: Place = Place.DONE) -> None:
        """Keep edits that are to be sent when they are due: all of them, or none."""
        now = self._now()
        state = State.HELD if due_at > now else State.QUEUED
        with self._writing() as db:
            db.executemany(
                "INSERT OR IGNORE INTO steps (id, run, place, moved) VALUES (?, ?, ?, ?)",
                [(edit.step, self.run, place, micros(now)) for edit in edits],
            )
            db.executemany(
                f"INSERT INTO entries ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                " ?, ?, ?, NULL, NULL, 0, '', NULL, '', NULL, NULL, 0)",
                [(*written(edit, self.run), state, micros(now), micros(due_at)) for edit in edits],
            )

    def take(self, edit: Edit) -> bool:
        """Begin to send an edit: False if it must not be, because it is not ours or not waiting."""
        return self._moved(
            "state = 'sending', sent_at = ?, tries = tries + 1", (micros(self._now()),), [edit]
        )

    def put_back(self, edit: Edit) -> None:
        """It surely never arrived: it waits again, and may be taken back."""
        self._moved("state = 'queued'", (), [edit])

    def drop(self, edits: Iterable[Edit]) -> None:
        """They were taken back before they were sent."""
        self._moved("state = 'undone', settled_at = ?", (micros(self._now()),), edits)

    def send_now(self, edits: Iterable[Edit]) -> None:
        """What is held is due now."""
        now = micros(self._now())
        self._moved("state = iif(state = 'held', 'queued', state), due_at = ?", (now,), edits)

    def replace(self, edit: Edit) -> None:
        """Keep what is new about an edit that was not sent: what was seen, or its guard."""
        *_, seen, guard_kind, guard, digest = written(edit, self.run)
        self._moved(
            "seen = ?, guard_kind = ?, guard = ?, digest = ?",
            (seen, guard_kind, guard, digest),
            [edit],
        )

    def settle(self, edit: Edit, state: State, answer: Answer = SUCCESS) -> None:
        """What became of an edit in the end. A success needs nobody to read it."""
        self._moved(
            "state = ?, settled_at = ?, said = ?, status = ?, request_id = ?, took = ?, theirs = ?",
            (
                state,
                micros(self._now()),
                answer.said,
                answer.status,
                answer.request_id,
                None if answer.took is None else round(answer.took * 1_000_000),
                None if answer.theirs is None else plain.encode(answer.theirs),
            ),
            [edit],
        )

    def _moved(self, change: str, values: tuple[object, ...], edits: Iterable[Edit]) -> bool:
        """Change entries of ours that are not settled; False if there was none."""
        statement = f"UPDATE entries SET {change} WHERE id = ? AND run = ? AND {_IS_UNSENT}"
        with self._writing() as db:
            rows = [(*values, edit.number, self.run) for edit in edits]
            return db.executemany(statement, rows).rowcount > 0

    def left_behind(self) -> list[Entry]:
        """Take over what runs that have ended did not send, and return it, oldest first."""
        with self._writing() as db:
            others = db.execute("SELECT id FROM runs WHERE id <> ?", (self.run,)).fetchall()
            dead = [run for (run,) in others if self._has_ended(run)]
            taken: set[int] = set()
            for run in dead:
                taken.update(
                    number
                    for (number,) in db.execute(
                        f"UPDATE entries SET run = ? WHERE run = ? AND {_IS_UNSENT} RETURNING id",
                        (self.run, run),
                    ).fetchall()
                )
                db.execute("UPDATE steps SET run = ? WHERE run = ?", (self.run, run))
                db.execute("DELETE FROM runs WHERE id = ?", (run,))
        found = []
        for entry in self._entries(f"run = ? AND {_IS_UNSENT} ORDER BY id", self.run):
            if entry.damaged:
                self.settle(entry.edit, State.REFUSED, Answer(_DAMAGED))
            elif entry.edit.number in taken:
                found.append(entry)
        return found

    def _has_ended(self, run: int) -> bool:
        sign = self._sign_of_life(run)
        grip = _grip(sign)
        if grip is None:
            return False
        grip.close()
        sign.unlink(missing_ok=True)
        return True

    def _sign_of_life(self, run: int) -> Path:
        """A file that the run holds as long as it lives, whatever ends it."""
        return self.path.with_name(f"{self.path.name}.run-{run}")

    # Undo

    def move(self, step: int, place: Place) -> None:
        """Say where a step is now."""
        with self._writing() as db:
            db.execute(
                "UPDATE steps SET place = ?, moved = ? WHERE id = ?",
                (place, micros(self._now()), step),
            )

    def nothing_to_redo(self) -> None:
        """Something new was done: what had been undone cannot be done again."""
        with self._writing() as db:
            db.execute(
                "UPDATE steps SET place = ? WHERE place = ? AND run = ?",
                (Place.GONE, Place.UNDONE, self.run),
            )

    def steps(self, place: Place, *, limit: int = 200) -> list[list[Edit]]:
        """The edits of the last steps of this run and of those it took over, oldest step first.

        Edits that were refused are not among them, nor among what was done those that were called
        off.
        """
        left_out = "'refused', 'conflict', 'unsure'" + (", 'undone'" if place is Place.DONE else "")
        with self._reading() as db:
            found = db.execute(
                "SELECT id FROM steps WHERE place = ? AND run = ? ORDER BY moved DESC, id DESC"
                " LIMIT ?",
                (place, self.run, limit),
            ).fetchall()
        steps = [
            self._entries(f"step = ? AND state NOT IN ({left_out}) ORDER BY id", step)
            for (step,) in reversed(found)
        ]
        return [[entry.edit for entry in step] for step in steps if step]

    def last_elsewhere(self) -> datetime | None:
        """When another run did the last step that it could take back; None if none did any."""
        with self._reading() as db:
            (moved,) = db.execute(
                "SELECT max(moved) FROM steps WHERE place = ? AND run <> ? AND id IN (SELECT step"
                " FROM entries WHERE state NOT IN ('refused', 'conflict', 'unsure', 'undone'))",
                (Place.DONE, self.run),
            ).fetchone()
        return None if moved is None else moment(moved)

    def moved_at(self, step: int) -> datetime | None:
        """When a step came to where it is; None if there is none."""
        with self._reading() as db:
            row = db.execute("SELECT moved FROM steps WHERE id = ?", (step,)).fetchone()
        return moment(row[0]) if row else None

    # What was sent

    def entries(
        self,
        *,
        limit: int = 1000,
        before: int | None = None,
        after: int | None = None,
        states: Iterable[State] = (),
        step: int | None = None,
    ) -> list[Entry]:
        """The last entries of all runs, newest first.

        Args:
            before: Only those with lower numbers than this.
            after: Only those with higher numbers than this.
            states: Only those in one of these states; in any if there is none here.
            step: Only those of this step.
        """
        conditions, values = ["id < ?", "id > ?"], [before or 1 << 62, after or 0]
        if named := ", ".join(f"'{State(state)}'" for state in states):
            conditions.append(f"state IN ({named})")
        if step is not None:
            conditions.append("step = ?")
            values.append(step)
        where = " AND ".join(conditions)
        return self._entries(f"{where} ORDER BY id DESC LIMIT ?", *values, limit)

    def version(self) -> int:
        """A number that is another one whenever somebody else wrote to the file."""
        with self._reading() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0])

    def some(self, numbers: Sequence[int]) -> list[Entry]:
        """The entries with these numbers, as far as they are still there; a few hundred at most."""
        places = ", ".join("?" * len(numbers))
        return self._entries(f"id IN ({places})", *numbers)

    def tally(self, step: int) -> dict[State, int]:
        """How many cases of a step are in each state; the worst one if a case has several."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT case_id, group_concat(state) FROM entries WHERE step = ? GROUP BY case_id",
                (step,),
            ).fetchall()
        counts: dict[State, int] = {}
        for _, states in rows:
            worst = min(map(State, states.split(",")), key=WORST_FIRST.index)
            counts[worst] = counts.get(worst, 0) + 1
        return counts

    def between(self, start: datetime, end: datetime) -> list[Entry]:
        """What was asked for from `start` until before `end`, oldest first."""
        return self._entries("made_at >= ? AND made_at < ? ORDER BY id", micros(start), micros(end))

    def unread(self, *, besides: Collection[int] = ()) -> int:
        """How many failures nobody has read yet; those with the numbers `besides` do not count."""
        with self._reading() as db:
            if not besides:
                found = db.execute(f"SELECT count(*) FROM entries WHERE {_IS_UNREAD}").fetchone()
                return int(found[0])
            numbers = db.execute(f"SELECT id FROM entries WHERE {_IS_UNREAD}").fetchall()
        return sum(number not in besides for (number,) in numbers)

    def mark_read(self, numbers: Iterable[int]) -> None:
        """A person has seen what became of these."""
        with self._writing() as db:
            db.executemany(
                "UPDATE entries SET is_read = 1 WHERE id = ?", [(number,) for number in numbers]
            )

    def _entries(self, where: str, *values: object) -> list[Entry]:
        with self._reading() as db:
            rows = db.execute(f"SELECT {COLUMNS} FROM entries WHERE {where}", values).fetchall()
        return [read_entry(row) for row in rows]

    # The file

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._db
        except sqlite3.Error as error:
            raise self._explained(error) from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, kept unless the block raises."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            if not self.run:
                raise  # It is being opened.
            raise self._explained(error) from None

    def _explained(self, error: OSError | sqlite3.Error) -> JournalError:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            reason = "it is a link"
        # The reason comes first: of a long path there may be no more to see.
        return JournalError(
            f"The journal of writes cannot be used: {reason}. Nothing is sent that is not in it:"
            f" put that right in {self.path}, or name another place in XDG_STATE_HOME."
        )

    def _put_aside(self) -> str:
        """Give a damaged file, and what SQLite keeps beside it, another name."""
        aside = self.path.with_name(f"{self.path.name}.damaged-{self._now():%Y%m%dT%H%M%S}")
        for end in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + end).replace(f"{aside}{end}")
        return aside.name


def _grip(sign: Path) -> sqlite3.Connection | None:
    """Hold a file until the connection is closed or the process ends; None if somebody does.

    The locks of SQLite are those of the system, wherever it runs.
    """
    make_private(sign)
    connection = sqlite3.connect(sign, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")  # no second file
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        connection.close()
        return None
    return connection
