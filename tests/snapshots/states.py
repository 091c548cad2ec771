"""What the app can be in the middle of: a table of screens and states, and how to get there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.factories import NOW
from tests.faults import Faults
from tests.office import SMALL, demo, in_ops, many, workspace
from tests.snapshots.stories import (
    COMMENTS,
    FULL_CASE,
    a_step_with_an_end_for_each_case,
    an_eventful_hour,
)
from tests.ui.driver import Ui, start
from triage_tui.beside_changes import Duplicate
from triage_tui.changes import SetPriority
from triage_tui.journal import Journal
from triage_tui.reach import SHORTEST_WAIT
from triage_tui.server.workspace import Workspace

CASES = "GET /api/v2/cases[?]*"
WRITES = "POST /api/v2/cases/*"

Doing = Callable[[Ui], Awaitable[None]]
Size = tuple[int, int]

SIZES: tuple[Size, ...] = ((120, 40), (80, 24))


async def nothing(ui: Ui) -> None:
    """Just look."""


def pressing(*keys: str) -> Doing:
    async def press(ui: Ui) -> None:
        await ui.press(*keys)

    return press


@dataclass(frozen=True)
class State:
    """How to get to a state.

    Attributes:
        after: What a person does, at the first size.
        earlier: What an earlier start left in the journal.
        options: For `start`.
        sizes: Of the terminal.
    """

    after: Doing = nothing
    data: Workspace = SMALL
    query: str = ""
    faults: Callable[[Faults], object] | None = None
    earlier: Callable[[Journal], None] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    sizes: tuple[Size, ...] = SIZES


@asynccontextmanager
async def reached(state: State) -> AsyncIterator[Ui]:
    """The app in a state, at the first of its sizes."""
    with TemporaryDirectory(prefix="triage-tui-test-") as folder:
        journal = Path(folder) / "journal.db"
        if state.earlier:
            with closing(Journal(journal, now=lambda: NOW)) as kept:
                state.earlier(kept)
        async with start(
            state.data,
            query=state.query,
            size=state.sizes[0],
            faults=state.faults,
            journal=journal,
            **state.options,
        ) as ui:
            await state.after(ui)
            await ui.settle()
            yield ui


def searching(query: str, *keys: str) -> Doing:
    async def search(ui: Ui) -> None:
        await ui.search(query)
        await ui.press(*keys)

    return search


async def _unsent(ui: Ui) -> None:
    ui.net.hold(WRITES)
    await ui.press("j", "1", "j", "d")


async def _old_rows(ui: Ui) -> None:
    ui.net.hold()
    await ui.search("priority:P1")


async def _many_at_once(ui: Ui) -> None:
    ui.net.hold(WRITES)
    await ui.press("X", "1", "y")


async def _step(ui: Ui) -> None:
    await a_step_with_an_end_for_each_case(ui)
    await ui.press("at", "s")


async def _conflict(ui: Ui) -> None:
    ui.at.meanwhile("OPS-1", SetPriority("P5"))
    await ui.press("1")
    await ui.press("exclamation_mark")


async def _lost(ui: Ui) -> None:
    ui.net.refuse()
    await ui.press("r")
    await ui.press("j", "1")


async def _written(ui: Ui) -> None:
    await ui.press("slash", "ctrl+u", *"status:open pri")


def reviewing(*keys: str) -> Doing:
    """The review, with the cursor on its first case, after these keys."""

    async def review(ui: Ui) -> None:
        await ui.press("H")
        await ui.press("}", "}", "j")
        await ui.press(*keys)

    return review


async def _noted(ui: Ui) -> None:
    await reviewing("i")(ui)
    await ui.press("n", *"Rolls back at 14:00 if the lag grows", "ctrl+s")
    await ui.press("j", "space", "X")


OTHER = in_ops(2, title="Log volume grows by 4 GB an hour")


async def _linked(ui: Ui) -> None:
    assert ui.app.client
    await ui.app.client.send(FULL_CASE.id, Duplicate(OTHER.id, OTHER.key, on=True))
    await ui.press("2")
    await ui.press("enter", "}}}")


OPEN = "status:(open OR in_progress)"
ONE = workspace(FULL_CASE, cells={FULL_CASE.id: COMMENTS})

STATES: Mapping[str, State] = {
    # The main screen and its panes
    "main": State(pressing("j", "j"), demo(), OPEN, sizes=(*SIZES, (60, 20), (200, 60))),
    "marks": State(pressing("x", "x", "j", "x"), query=OPEN),
    "facets": State(searching("priority:(P1 OR P2) -team:streams", "h")),
    "triage-mode": State(pressing("L", "2"), demo(), "status:open priority:(P1 OR P2)"),
    "query": State(_written),
    "filter": State(pressing("f", *"en")),
    "overview": State(pressing("enter", "z"), ONE, sizes=(*SIZES, (100, 66))),
    "timeline": State(pressing("enter", "}"), ONE),
    "insights": State(pressing("enter", "}}"), ONE),
    "fields": State(_linked, workspace(FULL_CASE, OTHER, cells={FULL_CASE.id: COMMENTS})),
    "raw": State(pressing("enter", "{"), ONE),
    # Nothing to show, or not what was asked for
    "empty": State(data=workspace()),
    "filtered-out": State(query="priority:P5 team:storage"),
    "failed": State(faults=lambda net: net.answer(CASES, 500, says="The index is being rebuilt")),
    "loading": State(faults=Faults.hold),
    "old-rows": State(_old_rows),
    "query-error": State(searching("status:open priority:P1 ) team:storage")),
    # Writes
    "unsent": State(_unsent),
    "waiting": State(pressing("1", "j", "d"), faults=lambda net: net.refuse(WRITES)),
    "refused": State(
        pressing("j", "1"),
        faults=lambda net: net.answer(WRITES, 403, says="Not yours to change"),
    ),
    "many-at-once": State(_many_at_once, many(12)),
    "ledger": State(a_step_with_an_end_for_each_case),
    "step": State(_step),
    "activity": State(
        pressing("at", *"Gkkk"), earlier=an_eventful_hour, sizes=(*SIZES, (160, 30), (60, 20))
    ),
    "conflict": State(_conflict),
    "lost-connection": State(_lost),
    "read-only": State(pressing("1"), options={"read_only": True}),
    # Handing over
    "review": State(reviewing(), sizes=(*SIZES, (160, 48), (60, 20))),
    "review-note": State(_noted),
    "review-preview": State(reviewing("P")),
    "review-failed": State(
        pressing("H"), faults=lambda net: net.answer("GET /local/history[?]*", 500, says="Busy")
    ),
    # Boxes
    "status": State(pressing(*"jjj", "s")),
    "assign": State(pressing("a", *"en")),
    "confirm": State(pressing("X", "d"), many(12)),
    "comment": State(pressing("m", *"Swapped the **disk**,", "enter", *"watching it")),
    "create": State(pressing("c", "ctrl+s")),
    "edit": State(pressing("="), ONE),
    "columns": State(pressing("C")),
    "view": State(pressing("w")),
    "sort": State(pressing("S")),
    "by-case": State(pressing("F"), ONE),
    "similar": State(pressing("j", "j", "D"), demo(), "status:open"),
    "cross": State(pressing("T"), demo(), OPEN),
    "arrange": State(pressing("h", "C")),
    "palette": State(pressing(":", *"pri")),
    "theme": State(pressing(":", *"theme", "enter")),
    "help": State(pressing("question_mark")),
}


TRIES_ARE_SPREAD_UP_TO = "triage_tui.reach.LONGEST_WAIT", SHORTEST_WAIT
"""What to patch, so that chance has no part in a picture."""
