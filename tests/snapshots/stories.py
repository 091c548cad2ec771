"""What is worth a picture: a case with everything, an hour with every end of a write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.factories import ANA, BEN, NOW
from tests.office import CHANGE, CYD, IN_PROGRESS, SMALL, in_ops
from tests.ui.driver import Ui
from triage_tui.changes import AddComment, Assign, Change, SetPriority
from triage_tui.edits import Edit
from triage_tui.entries import Answer, State
from triage_tui.journal import Journal
from triage_tui.models import CustomValue, Insight, Ticket, TimelineCell

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


async def a_step_with_an_end_for_each_case(ui: Ui) -> None:
    """One case was so already, two are refused, somebody was faster at one."""
    await ui.press("j", "2")
    refused = {case.id for case in SMALL.cases if case.key in ("OPS-3", "PAY-1")}
    for case_id in refused:
        ui.net.answer(f"POST /api/v2/cases/{case_id}/*", 409, says="Not in this state")
    ui.at.meanwhile("OPS-4", SetPriority("P5"))
    await ui.press("X")
    await ui.press("2")
