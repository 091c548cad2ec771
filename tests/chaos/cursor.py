"""The cursor stays on its case, whatever else happens.

    python -m tests.chaos.cursor 5000 [--seed 1] [--after next] [--group priority]

Moves, decisions, snoozes, refreshes by hand and by themselves, colleagues who change, close and
create cases, a network that fails and answers late, in any order. The case that is painted under
the cursor never changes but by a key that moves it (an undo goes back to its case), or takes away
its case from the list on the person's own `r`.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.faults import Gate
from tests.office import CYD, OPS, many, office
from tests.ui.driver import Ui, opened
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import PRIORITIES, STANDARD_STATUSES, NewCase
from triage_tui.query import parse

MOVES = ("j", "k", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "x", "G")
DECISIONS = ("1", "2", "i", "d")
UNDO = "u"
SNOOZE = "snooze"
ASKED = ("r",)
EVERY = 60.0
SEARCH = "GET /api/v2/cases[?]*"


@dataclass
class Run:
    """What happened.

    Attributes:
        did: How often each thing was done.
        wrong: Each time that the cursor was on another case than before.
    """

    did: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


async def interleavings(
    count: int, seed: int, after_decision: str = "stay", group: str = ""
) -> Run:
    """Do so many things at random, and look at the cursor after each.

    Args:
        after_decision: With "next" a decision may move the cursor, too.
        group: What the rows are grouped by, if they are.
    """
    rng, run = Random(seed), Run()
    own = (*MOVES, *ASKED, SNOOZE, UNDO, *(DECISIONS if after_decision == "next" else ()))
    async with (
        office(many(150)) as at,
        opened(
            at,
            query="status:(open OR in_progress)",
            page_size=20,
            size=(100, 24),
            refresh=EVERY,
            after_decision=after_decision,
        ) as ui,
    ):
        ui.board.grouping.by(group)
        ui.board.paint()
        gate: Gate | None = None
        for number in range(count):
            before, what = ui.app.board.case_list.cursor_id, _draw(rng)
            if gate and (what == "r" or rng.random() < 0.5):
                gate.lift()
                gate = None
                await ui.settle()

            run.did[what] += 1
            if what in (*MOVES, *DECISIONS, *ASKED, UNDO):
                await ui.press(what)
            elif what == SNOOZE:
                await ui.press("Z", rng.choice("14t"))
            elif what == "late answers" and gate is None:
                gate = ui.net.hold(SEARCH)
                await ui.wait(EVERY * 1.2)
            else:
                await _happens(what, ui, rng)
            after = ui.app.board.case_list.cursor_id
            if what not in own and before != after:
                run.wrong.append(f"{number}: {before} -> {after} by {what}")
            if ui.app.session.case(after) and ui.app.session.cursor_id != after:
                run.wrong.append(f"{number}: painted is another case than acted on")
        if gate:
            gate.lift()
        ui.net.forget()
        await ui.settle()
    return run


def _draw(rng: Random) -> str:
    kinds = {
        "move": 30,
        "decision": 10,
        "refresh": 25,
        "r": 4,
        "change": 15,
        "create": 6,
        SNOOZE: 2,
        "an hour": 1,
        "reopen": 5,
        "late answers": 3,
        "outage": 2,
    }
    [kind] = rng.choices(list(kinds), list(kinds.values()))
    return rng.choice({"move": MOVES, "decision": (*DECISIONS, UNDO)}.get(kind, (kind,)))


async def _happens(what: str, ui: Ui, rng: Random) -> None:
    """Something that no key of the person does."""
    at = ui.at
    if what == "create":
        at.store.create_case(NewCase("Another one", OPS.id), by=CYD, now=at.clock.tick())
    elif what in ("change", "reopen"):
        query = "status:closed" if what == "reopen" else ""
        found = at.store.search(
            parse(query), number=rng.randint(1, 40), size=1, now=at.clock.now()
        ).cases
        statuses = STANDARD_STATUSES[:2] if what == "reopen" else STANDARD_STATUSES
        change = rng.choice((SetPriority(rng.choice(PRIORITIES)), SetStatus(rng.choice(statuses))))
        for case in found:
            at.store.change(case.id, change.apply, by=CYD, now=at.clock.tick())
    elif what == "an hour":
        at.clock.time += timedelta(minutes=61)
        await ui.wait(EVERY * 1.2)
    elif what == "outage":
        ui.net.refuse(times=rng.randint(1, 8))
        await ui.wait(EVERY * 1.2)
    else:
        await ui.wait(EVERY * 1.2)


def main() -> None:
    """Print what was done, and how often the cursor moved by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", choices=("next", "stay", "follow"), default="stay")
    parser.add_argument("--group", default="")
    arguments = parser.parse_args()
    start = time.monotonic()
    run = asyncio.run(
        interleavings(arguments.count, arguments.seed, arguments.after, arguments.group)
    )
    print(f"{run.did.total():,} things done in {time.monotonic() - start:.0f} s:")
    for what, times in run.did.most_common():
        print(f"{times:8,} {what}")
    print("\n".join(run.wrong[:20]))
    print(f"the cursor moved by itself {len(run.wrong)} times")
    raise SystemExit(bool(run.wrong))


if __name__ == "__main__":
    main()
