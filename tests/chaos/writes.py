"""Writes at random while everything goes wrong, and whether server and journal agree in the end.

    python -m tests.chaos.writes 10000 [--cases 200] [--seed 1]

A person changes cases one by one and in bulk, comments, creates, undoes and redoes; a colleague
changes a quarter of the same cases; the app is killed every now and then, and started again. The
network harms a share of all requests. Time passes only when nothing else can happen.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx

from tests.chaos.agreement import disagreements
from tests.chaos.network import Network
from tests.factories import ANA, BEN, NOW
from tests.office import CYD, OPS, Office, client_over, many, office
from tests.timing import HandTime
from triage_tui.beside_changes import DeleteComment, EditComment
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.client import CaseClient
from triage_tui.edits import Edit
from triage_tui.entries import FAILED, Place, State
from triage_tui.field_changes import SetDueDate, SetTitle
from triage_tui.journal import Journal
from triage_tui.models import PRIORITIES, STANDARD_STATUSES, Case, CasePage, NewCase, TimelineCell
from triage_tui.outbox import Outbox
from triage_tui.pending import Pending
from triage_tui.session import Session

HOLD = 3.0
CRASHES = 500
"""Writes after which the app is killed, about."""


@dataclass
class Outcome:
    """What came of it all.

    Attributes:
        wrong: What must not have happened, in words.
    """

    writes: int = 0
    crashes: int = 0
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class _Desk:
    """A person, the app without its screen, and the network."""

    def __init__(self, at: Office, path: Path, cases: list[str], rng: Random, seed: int) -> None:
        self.at = at
        self.cases = cases
        self.shared = frozenset(cases[::4])
        self.rng = rng
        self.time = HandTime()
        self.news = asyncio.Event()
        self.told: set[int] = set()
        self.made = 0
        self.crashes = 0
        self._texts = 0
        self._path = path
        self._seed = seed
        self.net = Network(
            httpx.ASGITransport(app=at._server, raise_app_exceptions=False),
            self.time,
            seed=seed,
            news=self.news.set,
        )

    # What becomes of the edits, as `outbox.Watcher` has it

    def changed(self) -> None:
        self.news.set()

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        pass

    def refused(self, edit: Edit, why: str) -> None:
        self._tell(edit, why)

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        self._tell(edit, why)

    def _tell(self, edit: Edit, why: str) -> None:
        assert why
        assert "\n" not in why
        self.told.add(edit.number)

    def troubled(self, why: str) -> None:
        raise AssertionError(why)

    # The app

    def start(self) -> None:
        self.journal = Journal(self._path, now=self.at.clock.now)
        session = Session(now=NOW, me=ANA, writes=Pending(self.journal.last_number))
        session.projects = {OPS.id: OPS}
        truths = tuple(self.truth(case_id) for case_id in self.cases)
        session.page_loaded(session.refresh(), CasePage(truths, 1, len(truths), 1))
        self.session = session
        self.client: CaseClient = client_over(self.net)
        self.outbox = Outbox(
            session,
            self.journal,
            self,
            now=self.at.clock.now,
            hold=HOLD,
            timing=self.time,
            chance=Random(self._seed),
        )
        left = self.journal.left_behind()
        open_ones = {entry.edit.number for entry in left}
        done, undone = (
            [
                edits
                for step in self.journal.steps(place)
                if (edits := [edit for edit in step if edit.number not in open_ones])
            ]
            for place in (Place.DONE, Place.UNDONE)
        )
        session.writes.remember(done, undone)
        # A few are dropped, as a person may want it; the rest is sent.
        dropped = [entry for entry in left if self.rng.random() < 0.1]
        self.told |= {entry.edit.number for entry in dropped}
        self.outbox.abandon(dropped)
        self.outbox.resume([entry for entry in left if entry not in dropped])
        self._running = asyncio.create_task(self.outbox.run(self.client))

    async def end(self) -> None:
        """Kill the app; what the server has begun goes on."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        while self.net.at_server:
            self.news.clear()
            if self.net.at_server:
                await self.news.wait()
        await self.client.close()
        self.journal.close()

    async def crash(self) -> None:
        self.crashes += 1
        await self.end()
        self.start()

    async def settle(self) -> None:
        """Return when nothing can happen before time passes."""
        while True:
            if self._running.done():
                self._running.result()
            self.news.clear()
            if self.outbox.under_way <= self.net.delayed:
                return
            if self.net.at_server:
                await self.news.wait()
            else:
                await asyncio.sleep(0)

    async def down_to(self, pending: int) -> None:
        """Let time pass until no more edits than that are pending."""
        while len(self.session.writes) > pending:
            await self.settle()
            if len(self.session.writes) > pending and not self.time.to_next():
                raise AssertionError(f"nothing goes on: {list(self.session.writes)[:3]}")

    def truth(self, case_id: str) -> Case:
        case = self.at.store.case(case_id)
        assert case
        return case

    # The person

    async def act(self) -> None:
        rng = self.rng
        draw = rng.random()
        if draw < 0.55:
            self._put(self.session.edit(self._plan(3), [rng.choice(self.cases)]))
        elif draw < 0.63:
            some = rng.sample(self.cases, min(len(self.cases), rng.randint(2, 10)))
            self._put(self.session.edit(self._plan(2), some))
        elif draw < 0.65:
            self._change_comment()
        elif draw < 0.68:
            self._put([self.session.create(CreateCase(NewCase(self._text("Case"), OPS.id)))])
        elif draw < 0.78:
            if undone := self.session.undo():
                self.made += len(undone.edits)
                self.outbox.undone(undone.step, undone.dropped, undone.edits)
        elif draw < 0.84:
            if redone := self.session.redo():
                self.made += len(redone.edits)
                self.outbox.redone(redone)
        elif draw < 0.94:
            case_id = rng.choice(sorted(self.shared))
            change = next(iter(self._changes(1)))
            if not isinstance(change, AddComment):
                self.at.meanwhile(self.truth(case_id).key, change)
        elif draw < 0.97:
            self.outbox.flush()
        else:
            self.outbox.hurry()
        if rng.random() < 0.3:
            self.time.advance(rng.uniform(0, 2))
        if rng.random() < 0.3:
            await self.settle()
        if rng.random() < 0.1:
            await self.down_to(rng.randrange(60))

    def _put(self, edits: list[Edit]) -> None:
        self.made += len(edits)
        self.outbox.put(edits)

    def _plan(self, most: int) -> _Plan:
        return _Plan(list(self._changes(self.rng.randint(1, most))))

    def _changes(self, count: int) -> Iterator[Change]:
        for _ in range(count):
            draw = self.rng.random()
            if draw < 0.3:
                yield SetPriority(self.rng.choice(PRIORITIES))
            elif draw < 0.6:
                yield SetStatus(self.rng.choice(STANDARD_STATUSES))
            elif draw < 0.75:
                yield Assign(self.rng.choice((ANA, BEN, CYD, None)))
            elif draw < 0.8:
                yield SetArchived(self.rng.random() < 0.5)
            elif draw < 0.85:
                yield SetTitle(f"Title {self.rng.randrange(5)}")
            elif draw < 0.9:
                yield SetDueDate(self.rng.choice(("2026-03-05", "2026-03-06", None)))
            else:
                yield AddComment(self._text("Comment"))

    def _change_comment(self) -> None:
        """Edit or delete one of one's own comments, as it is on the server now."""
        case_id = self.rng.choice(self.cases)
        cells = self.at.store.timeline(case_id, size=100)
        own = [one for one in cells if one.author.id == ANA.id and one.deleted_at is None]
        if own:
            cell = self.rng.choice(own)
            change: Change = DeleteComment(cell.id, cell.message)
            if self.rng.random() < 0.7:
                change = EditComment(cell.id, self._text("Edited"), cell.message)
            self._put(self.session.edit(lambda _: [change], [case_id]))

    def _text(self, kind: str) -> str:
        # Now and then the same once more.
        self._texts += self.rng.random() < 0.9
        return f"{kind} {self._texts}"


@dataclass
class _Plan:
    """The same changes for every case."""

    changes: list[Change]

    def __call__(self, case: Case) -> list[Change]:
        return self.changes


async def chaos(writes: int, cases: int, seed: int) -> Outcome:
    """Make so many writes to so many cases."""
    rng = Random(seed)
    with TemporaryDirectory(prefix="triage-tui-chaos-") as folder:
        async with office(many(cases)) as at:
            ids = [at.truth(f"OPS-{number}").id for number in range(1, cases + 1)]
            desk = _Desk(at, Path(folder) / "journal.db", ids, rng, seed)
            desk.start()
            while desk.made < writes:
                await desk.act()
                if rng.random() < 1 / CRASHES:
                    await desk.crash()
            await desk.crash()
            await desk.down_to(0)
            outcome = _looked_at(desk)
            await desk.end()
    return outcome


def _looked_at(desk: _Desk) -> Outcome:
    entries = desk.journal.entries(limit=1 << 30)[::-1]
    outcome = Outcome(len(entries), desk.crashes, met=desk.net.met)
    wrong = disagreements(entries, desk.at.store, ANA, desk.shared)
    in_doubt = set(desk.shared)
    for entry in entries:
        outcome.states[entry.state] += 1
        outcome.kinds[entry.edit.change.field] += 1
        if entry.state in FAILED and entry.edit.number not in desk.told:
            wrong.append(f"{entry.edit.phrase}: {entry.state}, and nobody was told")
        if entry.state is State.UNSURE:
            in_doubt.add(entry.edit.case_id)
    for case_id in desk.cases:
        shown, truth = desk.session.case(case_id), desk.truth(case_id)
        if case_id not in in_doubt and shown and _told(shown) != _told(truth):
            wrong.append(f"{truth.key} is shown as {_told(shown)} and is {_told(truth)}")
    outcome.wrong = wrong
    return outcome


def _told(case: Case) -> tuple[object, ...]:
    archived = case.archived_at is not None
    return (case.status_name, case.priority, case.assignee, archived, case.title, case.due_date)


def main() -> None:
    """Print what became of the writes; exit code 1 if anything does not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("writes", type=int, nargs="?", default=10_000)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    outcome = asyncio.run(chaos(arguments.writes, arguments.cases, arguments.seed))
    took = time.monotonic() - start
    print(f"{outcome.writes:,} writes to {arguments.cases} cases, {outcome.crashes} crashes,")
    print(f"{outcome.met.total():,} requests, {took:.0f} s, seed {arguments.seed}")
    for title, counts in (
        ("writes by kind", outcome.kinds),
        ("writes by outcome", outcome.states),
        ("requests by what happened to them", outcome.met),
    ):
        print(f"{title}:")
        for what, count in counts.most_common():
            print(f"{count:8,} {what}")
    print(f"wrong: {len(outcome.wrong)}")
    for one in outcome.wrong[:20]:
        print(f"- {one}")
    raise SystemExit(bool(outcome.wrong))


if __name__ == "__main__":
    main()
