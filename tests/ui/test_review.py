"""The review of a shift: its cases are worked on where the report tells them."""

from __future__ import annotations

from tests.office import IN_PROGRESS, in_ops, workspace
from tests.ui.driver import Ui, start
from triage_tui.ui.screens.review import ReviewScreen

TERMINAL = (80, 24)

SHIFT = workspace(
    in_ops(1, priority="P2", attributes={"team": ("storage",)}),
    in_ops(2, priority="P3", title="Broker lags", attributes={"team": ("streams",)}),
    in_ops(3, priority="P4", title="Rotate the keys", attributes={"team": ("storage",)}),
    in_ops(4, priority="P3", title="Disk full", **IN_PROGRESS),
)
GAPS = "P1 to P3 of nobody"


def review(ui: Ui) -> ReviewScreen:
    assert isinstance(ui.app.screen, ReviewScreen)
    return ui.app.screen


def rows(ui: Ui) -> list[str]:
    """The rows of the screen, with one space wherever there are more."""
    return [" ".join(line.split()) for line in ui.lines(review(ui).report_list) if line.strip()]


def heading(ui: Ui, title: str) -> str:
    return next(row for row in rows(ui) if title in row)


async def test_gaps_are_closed_where_they_are_told_and_the_report_follows() -> None:
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        assert heading(ui, GAPS) == f"▾ {GAPS} 3"
        while GAPS not in str(review(ui).row):
            await ui.press("}")
        await ui.press("j", "i")
        assert ui.at.truth("OPS-1").assignee
        assert heading(ui, GAPS) == f"▾ {GAPS} 2 · 1 settled"
