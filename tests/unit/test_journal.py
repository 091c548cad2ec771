"""What is kept of writes before they are sent, and what another run finds of it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import ANA, NOW, make_case
from tests.office import Clock
from triage_tui.changes import AddComment, Change, CreateCase, SetPriority
from triage_tui.edits import Edit
from triage_tui.entries import FAILED, Answer, Entry, Place, State
from triage_tui.errors import JournalError
from triage_tui.journal import KEPT_DAYS, Journal
from triage_tui.models import NewCase


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def journal(path: Path, clock: Clock) -> Iterator[Journal]:
    with closing(Journal(path, now=clock.now)) as journal:
        yield journal


@contextmanager
def another(path: Path, clock: Clock) -> Iterator[Journal]:
    with closing(Journal(path, now=clock.now)) as journal:
        yield journal


def edit(journal: Journal, n: int = 1, change: Change | None = None, *, step: int = 0) -> Edit:
    case = make_case(n)
    number = journal.last_number + n
    return Edit(number, step or number, case.id, case.key, change or SetPriority("P1"), case)


def states(journal: Journal) -> list[State]:
    """Of all entries, oldest first."""
    return [entry.state for entry in reversed(journal.entries())]


def only(journal: Journal) -> Entry:
    [entry] = journal.entries()
    return entry


# One entry


def test_an_edit_is_kept_as_it_was_made(journal: Journal) -> None:
    one = Edit(
        *(journal.last_number + 1, 5, make_case(1).id, "OPS-1", SetPriority("P1")),
        make_case(1, assignee=ANA),
        SetPriority("P3"),
    )
    journal.add([one], due_at=NOW)
    entry = only(journal)
    assert (entry.edit, entry.state, entry.made_at, entry.due_at) == (one, "queued", NOW, NOW)
    assert (entry.run, entry.tries, entry.sent_at, entry.settled_at) == (journal.run, 0, None, None)
    assert not entry.damaged
    assert not entry.read


def test_a_new_case_is_kept_too(journal: Journal) -> None:
    new = Edit(journal.last_number + 1, 1, "", "“Boom”", CreateCase(NewCase("Boom", "p")), None)
    journal.add([new], due_at=NOW)
    assert only(journal).edit == new


def test_what_is_due_later_is_held_until_then(journal: Journal) -> None:
    journal.add([edit(journal)], due_at=NOW + timedelta(seconds=3))
    assert only(journal).state == State.HELD
    journal.send_now([edit(journal)])
    assert (only(journal).state, only(journal).due_at) == (State.QUEUED, NOW)


def test_sending_is_on_disk_before_it_begins(journal: Journal, clock: Clock, path: Path) -> None:
    journal.add([edit(journal)], due_at=NOW)
    clock.time += timedelta(seconds=1)
    assert journal.take(edit(journal))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT state, tries FROM entries").fetchall() == [("sending", 1)]
    assert only(journal).sent_at == clock.time


def test_what_never_arrived_waits_again(journal: Journal) -> None:
    journal.add([edit(journal)], due_at=NOW)
    journal.take(edit(journal))
    journal.put_back(edit(journal))
    assert only(journal).state == State.QUEUED
    assert journal.take(edit(journal))
    assert only(journal).tries == 2


@pytest.mark.parametrize("end", [State.DONE, *FAILED])
def test_what_is_settled_is_not_sent_again(journal: Journal, end: State) -> None:
    journal.add([edit(journal)], due_at=NOW)
    journal.take(edit(journal))
    journal.settle(edit(journal), end)
    assert not journal.take(edit(journal))
    journal.drop([edit(journal)])
    journal.put_back(edit(journal))
    assert only(journal).state == end


def test_what_was_taken_back_is_not_sent(journal: Journal) -> None:
    journal.add([edit(journal)], due_at=NOW + timedelta(seconds=3))
    journal.drop([edit(journal)])
    assert not journal.take(edit(journal))
    assert only(journal).state == State.UNDONE


def test_the_answer_is_kept_in_full(journal: Journal, clock: Clock) -> None:
    answer = Answer("No. " * 500, 403, "req-1", 0.25, make_case(1, priority="P4"))
    journal.add([edit(journal)], due_at=NOW)
    journal.take(edit(journal))
    clock.time += timedelta(seconds=2)
    journal.settle(edit(journal), State.CONFLICT, answer)
    assert (only(journal).answer, only(journal).settled_at) == (answer, clock.time)


def test_what_was_seen_can_be_corrected(journal: Journal) -> None:
    journal.add([edit(journal)], due_at=NOW)
    corrected = Edit(
        *(journal.last_number + 1, journal.last_number + 1, make_case(1).id, "OPS-1"),
        SetPriority("P1"),
        make_case(1, priority="P5"),
        SetPriority("P5"),
    )
    journal.replace(corrected)
    assert only(journal).edit == corrected
    assert not only(journal).damaged


def test_failures_count_until_they_are_read(journal: Journal) -> None:
    for n, state in enumerate((State.DONE, *FAILED), 1):
        journal.add([edit(journal, n)], due_at=NOW)
        journal.settle(edit(journal, n), state)
    assert journal.unread() == 3
    assert journal.unread(besides={journal.last_number + 2, 99}) == 2
    journal.mark_read([journal.last_number + 2, journal.last_number + 3])
    assert journal.unread() == 1
    assert [entry.read for entry in journal.entries()] == [False, True, True, False]


def test_all_edits_of_a_key_are_kept_or_none(journal: Journal) -> None:
    journal.add([edit(journal, 1)], due_at=NOW)
    with pytest.raises(JournalError):
        journal.add([edit(journal, 2), edit(journal, 1)], due_at=NOW)
    assert states(journal) == [State.QUEUED]


def test_entries_are_read_in_pieces_and_by_time(journal: Journal, clock: Clock) -> None:
    for n in range(1, 6):
        journal.add([edit(journal, n)], due_at=NOW)
        clock.time += timedelta(minutes=1)
    newest = journal.entries(limit=2)
    assert [entry.edit.key for entry in newest] == ["OPS-5", "OPS-4"]
    more = journal.entries(limit=2, before=newest[-1].edit.number)
    assert [entry.edit.key for entry in more] == ["OPS-3", "OPS-2"]
    some = journal.between(NOW + timedelta(minutes=1), NOW + timedelta(minutes=3))
    assert [entry.edit.key for entry in some] == ["OPS-2", "OPS-3"]


# Runs


def test_a_running_app_keeps_its_entries(journal: Journal, path: Path, clock: Clock) -> None:
    journal.add([edit(journal)], due_at=NOW)
    with another(path, clock) as other:
        assert other.left_behind() == []
        assert not other.take(edit(journal))
        assert [entry.run for entry in other.entries()] == [journal.run]
    assert journal.take(edit(journal))


def test_what_a_run_left_unsent_goes_to_one_other(path: Path, clock: Clock) -> None:
    with another(path, clock) as first:
        for n in range(1, 6):
            journal_edit = edit(first, n)
            first.add([journal_edit], due_at=NOW + timedelta(seconds=3 * (n == 5)))
        first.take(edit(first, 2))
        first.settle(edit(first, 3), State.DONE)
        first.drop([edit(first, 4)])
        one, two, five = (edit(first, n) for n in (1, 2, 5))
    with another(path, clock) as second, another(path, clock) as third:
        found = second.left_behind()
        assert [(entry.edit, entry.state) for entry in found] == [
            (one, State.QUEUED),
            (two, State.SENDING),
            (five, State.HELD),
        ]
        assert third.left_behind() == []
        assert second.left_behind() == []
        assert not third.take(one)
        assert second.take(one)


def test_a_killed_run_is_noticed(path: Path, clock: Clock) -> None:
    child = os.fork()
    if not child:
        killed = Journal(path, now=clock.now)
        killed.add([edit(killed)], due_at=NOW)
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    with another(path, clock) as journal:
        assert [entry.edit.key for entry in journal.left_behind()] == ["OPS-1"]
        assert sorted(file.name for file in path.parent.glob("*.run-*")) == ["journal.db.run-2"]
    assert not list(path.parent.glob("*.run-*"))


def test_no_number_is_given_twice(path: Path, clock: Clock) -> None:
    with another(path, clock) as first, another(path, clock) as second:
        assert second.last_number - first.last_number == 2**32
        third_after = second.last_number
    with another(path, clock) as third:
        assert third.last_number > third_after


def test_old_entries_are_forgotten_but_not_unsent_ones(path: Path, clock: Clock) -> None:
    with another(path, clock) as journal:
        journal.add([edit(journal, 1), edit(journal, 2)], due_at=NOW)
        journal.settle(edit(journal, 1), State.DONE)
    clock.time += timedelta(days=KEPT_DAYS, seconds=1)
    with another(path, clock) as journal:
        assert [entry.edit.key for entry in journal.entries()] == ["OPS-2"]


# Undo


def test_steps_are_remembered_by_the_next_run(path: Path, clock: Clock) -> None:
    with another(path, clock) as journal:
        pairs = [[edit(journal, n, step=n), edit(journal, n + 1, step=n)] for n in (1, 3, 5, 7)]
        for n, pair in enumerate(pairs):
            journal.add(pair, due_at=NOW, place=Place.GONE if n == 3 else Place.DONE)
            for one in pair:
                journal.take(one)
                journal.settle(one, State.REFUSED if one is pairs[0][1] else State.DONE)
        journal.move(5, Place.UNDONE)
        assert journal.steps(Place.DONE) == [[pairs[0][0]], pairs[1]]
    with another(path, clock) as journal:
        assert journal.steps(Place.DONE) == []
        journal.left_behind()
        assert journal.steps(Place.DONE) == [[pairs[0][0]], pairs[1]]
        assert journal.steps(Place.DONE, limit=1) == [pairs[1]]
        assert journal.steps(Place.UNDONE) == [pairs[2]]
        journal.nothing_to_redo()
        assert journal.steps(Place.UNDONE) == []


def test_steps_come_in_the_order_in_which_they_moved(journal: Journal, clock: Clock) -> None:
    for n in (1, 2, 3):
        journal.add([edit(journal, n, step=n)], due_at=NOW)
    for n in (3, 1, 2):
        clock.time += timedelta(seconds=1)
        journal.move(n, Place.UNDONE)
    assert [step[0].key for step in journal.steps(Place.UNDONE)] == ["OPS-3", "OPS-1", "OPS-2"]


# The file


def test_it_is_for_this_user_alone(journal: Journal, path: Path) -> None:
    journal.add([edit(journal)], due_at=NOW)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert len(modes) >= 2


def test_a_power_cut_loses_nothing(journal: Journal) -> None:
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_one_that_is_thrown_away_does_not_wait_for_the_disk(path: Path, clock: Clock) -> None:
    with closing(Journal(path, now=clock.now, throwaway=True)) as journal:
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (0,)


@pytest.mark.parametrize("damage", [b"not a database at all, but longer", b"SQLite format 3\0junk"])
def test_a_damaged_file_is_put_aside_and_said(path: Path, clock: Clock, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with another(path, clock) as journal:
        assert "journal.db.damaged-20260302T" in journal.warning
        journal.add([edit(journal)], due_at=NOW)
    [aside] = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damage


def test_the_database_of_another_program_is_left_alone(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        Journal(path, now=clock.now)
    assert path.read_bytes() == before


def test_the_journal_of_a_newer_version_is_left_alone(path: Path, clock: Clock) -> None:
    Journal(path, now=clock.now).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="Update"):
        Journal(path, now=clock.now)


def test_without_a_place_there_is_a_sentence(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="Nothing is sent that is not in it"):
        Journal(tmp_path / "file" / "journal.db", now=clock.now)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE entries SET change = replace(change, 'P1', 'P2')",
        "UPDATE entries SET case_id = '00000000-0000-4000-8000-000000000009'",
        "UPDATE entries SET kind = 'archived'",
        "UPDATE entries SET kind = 'nothing'",
        "UPDATE entries SET seen = '{'",
    ],
)
def test_what_is_not_as_it_was_written_is_never_sent(path: Path, clock: Clock, harm: str) -> None:
    with another(path, clock) as journal:
        journal.add([edit(journal, 1), edit(journal, 2, AddComment("x"))], due_at=NOW)
    with closing(sqlite3.connect(path, isolation_level=None)) as harmed:
        harmed.execute(f"{harm} WHERE case_key = 'OPS-1'")
    with another(path, clock) as journal:
        assert [entry.edit.key for entry in journal.left_behind()] == ["OPS-2"]
        last, damaged = journal.entries()
        assert not last.damaged
        assert damaged.damaged
        assert (damaged.state, journal.unread()) == (State.REFUSED, 1)
        assert "damaged" in damaged.answer.said


# Looking at parts of it


def test_entries_are_read_by_state_and_by_step_and_between_numbers(journal: Journal) -> None:
    edits = [edit(journal, n, step=7 if n > 2 else 3) for n in range(1, 5)]
    journal.add(edits, due_at=NOW)
    journal.settle(edits[0], State.REFUSED, Answer("No"))
    journal.settle(edits[3], State.DONE)

    def numbers(**which: Any) -> list[int]:
        return [entry.edit.number - journal.last_number for entry in journal.entries(**which)]

    assert numbers(states=FAILED) == [1]
    assert numbers(states=(State.QUEUED, State.DONE)) == [4, 3, 2]
    assert numbers(step=7) == [4, 3]
    assert numbers(step=7, states=(State.DONE,)) == [4]
    assert numbers(after=edits[1].number) == [4, 3]
    assert numbers(before=edits[3].number, after=edits[0].number) == [3, 2]
    assert numbers(before=edits[3].number, limit=1) == [3]


def test_some_entries_are_read_by_their_numbers(journal: Journal) -> None:
    edits = [edit(journal, n) for n in range(1, 4)]
    journal.add(edits, due_at=NOW)
    found = journal.some([edits[2].number, edits[0].number, 17])
    assert {entry.edit.number for entry in found} == {edits[2].number, edits[0].number}
    assert journal.some([]) == []


def test_a_step_is_counted_by_cases_and_the_worst_of_a_case_counts(journal: Journal) -> None:
    edits = [replace(edit(journal, n, step=9), number=journal.last_number + n) for n in range(1, 5)]
    again = replace(edits[0], number=journal.last_number + 9, change=AddComment("On it"))
    journal.add([*edits, again], due_at=NOW)
    assert journal.tally(9) == {State.QUEUED: 4}
    for one, state in zip(edits, [State.DONE, State.DONE, State.REFUSED, State.DONE], strict=True):
        journal.settle(one, state)
    assert journal.tally(9) == {State.QUEUED: 1, State.DONE: 2, State.REFUSED: 1}
    journal.settle(again, State.CONFLICT)
    assert journal.tally(9) == {State.CONFLICT: 1, State.DONE: 2, State.REFUSED: 1}
    assert journal.tally(10) == {}
