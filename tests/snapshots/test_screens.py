"""What the screens look like: each test is one picture in `__snapshots__`.

After a change that is meant, look at `snapshot_report.html`, then run with `--snapshot-update`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.factories import ANA, BEN, NOW
from tests.faults import Faults
from tests.filled import filled
from tests.office import (
    CHANGE,
    CYD,
    IN_PROGRESS,
    SMALL,
    Office,
    client_over,
    demo,
    in_ops,
    many,
    workspace,
)
from tests.timing import HandTime
from tests.ui.driver import Ui
from triage_tui.changes import AddComment, Assign, Change, SetPriority
from triage_tui.edits import Edit
from triage_tui.entries import Answer, State
from triage_tui.journal import Journal
from triage_tui.models import CustomValue, Insight, Ticket, TimelineCell
from triage_tui.query import OPEN_WORK, parse
from triage_tui.reach import SHORTEST_WAIT
from triage_tui.server.workspace import Workspace
from triage_tui.ui.app import Backend, TriageApp

CASES = "GET /api/v2/cases[?]*"
WRITES = "POST /api/v2/cases/*"

Looks = Callable[..., bool]
Size = tuple[int, int]


async def nothing(ui: Ui) -> None:
    """Just look."""


def pressing(*keys: str) -> Callable[[Ui], Awaitable[None]]:
    async def press(ui: Ui) -> None:
        await ui.press(*keys)

    return press


@pytest.fixture
def looks(snap_compare: Callable[..., bool], tmp_path: Path) -> Iterator[Looks]:
    """Whether the app looks as it did, after a person did something."""
    with ExitStack() as stack:

        def compare(
            after: Callable[[Ui], Awaitable[None]] = nothing,
            *,
            data: Workspace = SMALL,
            size: tuple[int, int] = (100, 30),
            query: str = "",
            theme: str = "triage-dark",
            faults: Callable[[Faults], object] = lambda net: None,
            earlier: Callable[[Journal], None] | None = None,
            read_only: bool = False,
        ) -> bool:
            store = stack.enter_context(closing(filled(tmp_path / "workspace.db", data)))
            at = Office(store)
            net = at.network()
            faults(net)
            if earlier:
                with closing(Journal(tmp_path / "journal.db", now=at.clock.now)) as kept:
                    earlier(kept)
            journal = stack.enter_context(
                closing(Journal(tmp_path / "journal.db", now=at.clock.now))
            )
            app = TriageApp(
                Backend(
                    "local workspace",
                    "",
                    lambda: client_over(net),
                    lambda case: None,
                    read_only=read_only,
                ),
                journal,
                timing=(hand := HandTime()),
                moment=count().__next__,
                start=parse(query),
                theme=theme,
                now=at.clock.now,
            )

            async def arrange(pilot: Pilot[None]) -> None:
                ui = Ui(app, pilot, net, at, hand)
                await ui.settle()
                await after(ui)
                await ui.settle()

            return snap_compare(app, terminal_size=size, run_before=arrange)

        yield compare


# The main screen


@pytest.mark.parametrize(
    "size", [(60, 20), (80, 24), (120, 40), (200, 60)], ids=lambda size: "{}x{}".format(*size)
)
def test_size(looks: Looks, size: tuple[int, int]) -> None:
    """List, detail and facets share the terminal."""
    assert looks(pressing("j", "j"), data=demo(), query=str(OPEN_WORK), size=size)


def test_light_theme(looks: Looks) -> None:
    """Everything can be read on white."""
    assert looks(pressing("x", "h"), theme="triage-light", query="status:open")


def test_no_colour(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cursor, marks, statuses and chosen values can be told apart without colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(pressing("x", "j"), query="status:(open OR in_progress) -team:streams")


# Nothing to show, or not what was asked for


def test_empty_workspace(looks: Looks) -> None:
    """There are no cases at all."""
    assert looks(data=workspace())


def test_filtered_out(looks: Looks) -> None:
    """The query leaves nothing."""
    assert looks(query="priority:P5 team:storage")


def test_failed_read(looks: Looks) -> None:
    """The first read failed: why, and what to do."""
    assert looks(faults=lambda net: net.answer(CASES, 500, says="The index is being rebuilt"))


def test_loading(looks: Looks) -> None:
    """No answer has come yet."""
    assert looks(faults=Faults.hold)


def test_old_rows_while_another_query_is_read(looks: Looks) -> None:
    """They answer the query before, and look it."""

    async def search(ui: Ui) -> None:
        ui.net.hold()
        await ui.search("priority:P1")

    assert looks(search)


def test_query_error(looks: Looks) -> None:
    """A caret under the character in question, and the rows as they were."""

    async def search(ui: Ui) -> None:
        await ui.search("status:open priority:P1 ) team:storage")

    assert looks(search, query="status:open")


# Writes


def test_unsent_write(looks: Looks) -> None:
    """It is painted at once, and marked until the server has answered."""

    async def decide(ui: Ui) -> None:
        ui.net.hold(WRITES)
        await ui.press("j", "1", "j", "d")

    assert looks(decide)


def test_refused_write(looks: Looks) -> None:
    """The row shows the truth; a toast and the status line say what did not happen."""
    assert looks(
        pressing("j", "1"),
        faults=lambda net: net.answer(WRITES, 403, says="Not yours to change"),
    )


def test_offline(looks: Looks) -> None:
    """Writes wait, and say for what and how long."""
    assert looks(pressing("1", "j", "d"), faults=lambda net: net.refuse(WRITES))


# Choosing and deciding


def test_facets(looks: Looks) -> None:
    """Two values chosen, one excluded, the cursor in the panel."""

    async def choose(ui: Ui) -> None:
        await ui.search("priority:(P1 OR P2) -team:streams")
        await ui.press("h")

    assert looks(choose)


def test_marks(looks: Looks) -> None:
    """Marked rows, the cursor beside them, and their number."""
    assert looks(pressing("x", "x", "j", "x"))


def test_status_menu(looks: Looks) -> None:
    """One letter for each status of the case's own type."""
    assert looks(pressing(*"jjj", "s"))


def test_assign_picker(looks: Looks) -> None:
    """Who fits what was typed, and why."""
    assert looks(pressing("a", *"en"))


def test_confirm_many(looks: Looks) -> None:
    """Deciding about many cases is asked about."""
    assert looks(pressing("X", "d"), data=many(12))


def test_comment(looks: Looks) -> None:
    """A text being written."""
    assert looks(pressing("m", *"Swapped the disk,", "enter", *"watching it"))


def test_create(looks: Looks) -> None:
    """A case being filled in, with what is missing."""
    assert looks(pressing("c", "ctrl+s"))


def test_help(looks: Looks) -> None:
    """Keys, what they do, and the names for the configuration."""
    assert looks(pressing("question_mark"))


# What was sent, waits, and failed


def an_eventful_hour(journal: Journal) -> None:
    """Something of every kind, of an earlier start."""
    number = journal.last_number
    cases = [SMALL.cases[n % 5] for n in range(9)]
    changes: list[Change] = [SetPriority("P1")] * 7
    changes += [AddComment("Swapped the disk,\nwatching it"), Assign(BEN)]
    edits = [
        Edit(number + n, number + n // 3 * 3, case.id, case.key, change, case)
        for n, (case, change) in enumerate(zip(cases, changes, strict=True), 1)
    ]
    journal.add(edits, due_at=NOW)
    for edit in edits[:-1]:
        journal.take(edit)
    journal.settle(edits[0], State.DONE, Answer(took=0.124))
    journal.settle(edits[1], State.DONE, Answer("It was so already."))
    theirs = replace(cases[2], priority="P4", modified_by=BEN, modified_at=NOW)
    words = "Ben Ode set P4 on OPS-3 just now (you saw no priority): yours was not sent."
    journal.settle(edits[2], State.CONFLICT, Answer(words, theirs=theirs))
    refused = "Could not set P1 on the case: Not in this state. Ask the people of Operations."
    journal.settle(edits[3], State.REFUSED, Answer(refused, 409, "7f3c-55aa", 0.31))
    journal.settle(edits[4], State.DONE, Answer(took=12.2))
    journal.drop(edits[5:7])
    lost = "Could not comment on the case: the connection broke. Look before you try again."
    journal.settle(edits[7], State.UNSURE, Answer(lost))
    journal.drop(edits[8:])


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (160, 30)], ids=lambda size: "{}x{}".format(*size)
)
def test_activity(looks: Looks, size: tuple[int, int]) -> None:
    """What became of every write, and all that is known of one that failed."""
    assert looks(pressing("at", *"Gkkk"), earlier=an_eventful_hour, size=size)


def test_activity_without_colour(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases of one key press; states can be told apart without colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(pressing("at", *"Gks"), earlier=an_eventful_hour, size=(60, 20))


def test_step_on_many_cases(looks: Looks) -> None:
    """How far it is, and which cases are still to come."""

    async def decide(ui: Ui) -> None:
        ui.net.hold(WRITES)
        await ui.press("X", "1", "y")

    assert looks(decide, data=many(12))


async def a_step_with_an_end_for_each_case(ui: Ui) -> None:
    """One case was so already, two are refused, somebody was faster at one."""
    await ui.press("j", "2")
    refused = {case.id for case in SMALL.cases if case.key in ("OPS-3", "PAY-1")}
    for case_id in refused:
        ui.net.answer(f"POST /api/v2/cases/{case_id}/*", 409, says="Not in this state")
    ui.at.meanwhile("OPS-4", SetPriority("P5"))
    await ui.press("X")
    await ui.press("2")


def test_ledger(looks: Looks) -> None:
    """A step is over: the count of each end, and what was not done stays marked."""
    assert looks(a_step_with_an_end_for_each_case, size=(80, 24))


def test_ledger_case_by_case(looks: Looks) -> None:
    """What became of each case of a step, and why."""

    async def look(ui: Ui) -> None:
        await a_step_with_an_end_for_each_case(ui)
        await ui.press("at")
        await ui.press("s")

    assert looks(look, size=(120, 30))


def test_conflict(looks: Looks) -> None:
    """Who was faster, the three values, and an answer that can wait."""

    async def decide(ui: Ui) -> None:
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("1")
        await ui.press("exclamation_mark")

    assert looks(decide, size=(80, 24))


@pytest.fixture
def clock_on_the_wall() -> Iterator[None]:
    """It shows UTC, wherever this runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("clock_on_the_wall")
@pytest.mark.parametrize("size", [(80, 24), (160, 30)], ids=lambda size: "{}x{}".format(*size))
def test_lost_connection(looks: Looks, monkeypatch: pytest.MonkeyPatch, size: Size) -> None:
    """The list stays, dimmed; one line says since when, and what is not sent."""
    # Tries are spread by chance, up to this.
    monkeypatch.setattr("triage_tui.reach.LONGEST_WAIT", SHORTEST_WAIT)

    async def decide(ui: Ui) -> None:
        ui.net.refuse()
        await ui.press("r")
        await ui.press("j", "1")

    assert looks(decide, size=size)


def test_read_only(looks: Looks) -> None:
    """The title says so, keys that would change something are not offered."""
    assert looks(pressing("1"), read_only=True, size=(80, 24))


# One case


DESCRIPTION = """\
## What happens

Writes to `/var/log` fail on *three* hosts:

- `log-01` since **09:12**
- `log-02`, which is a long line that has to be wrapped because it tells more than fits into it
  - and rotates
1. Look at the [runbook](https://example.com/disk).

```
df -h /var/log
```

| host | free |
| --- | --- |
| log-01 | 0 |
"""

FULL_CASE = in_ops(
    1,
    description=DESCRIPTION,
    priority="P1",
    type="TUNKNOWN",
    type_id=CHANGE.id,
    assignee=ANA,
    modified_by=BEN,
    modified_at=NOW - timedelta(minutes=5),
    due_date="2026-03-04",
    comment_count=2,
    attributes={"team": ("storage", "sre"), "service": ("log-writer",)},
    custom_attributes={
        "customer_impact": CustomValue("SELECT", False, ("High",)),
        "hosts": CustomValue("NUMBER", False, (3.0,)),
    },
    insights=(Insight("SECURITY_SIGNAL", "/security?event=17", "17"),),
    jira=Ticket("COMPLETED", "PLAT-118", "https://example.com/browse/PLAT-118"),
    **IN_PROGRESS,
)

COMMENTS = (
    TimelineCell(
        "40000000-0000-4000-8000-000000000001",
        "COMMENT",
        BEN,
        "It is the **log** volume:\n- grows by 4 GB an hour",
        NOW - timedelta(minutes=30),
        NOW - timedelta(minutes=20),
    ),
    TimelineCell(
        "40000000-0000-4000-8000-000000000002",
        "COMMENT",
        CYD,
        "I can see it too.",
        NOW - timedelta(minutes=10),
    ),
)


def test_whole_case(looks: Looks) -> None:
    """The detail alone: Markdown, comments, insights, fields."""
    data = workspace(FULL_CASE, cells={FULL_CASE.id: COMMENTS})
    assert looks(pressing("enter", "z"), data=data, size=(100, 66))
