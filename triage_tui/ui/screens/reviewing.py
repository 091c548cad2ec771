"""What the main screen does for the review of a shift: its keys work on the cases there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage_tui.actions import ACTIONS
from triage_tui.at_hand import Situation
from triage_tui.ui.screens.bottom_lines import BottomLines

if TYPE_CHECKING:
    from triage_tui.reports.facts import Facts
    from triage_tui.reports.model import Report
    from triage_tui.review import Choice
    from triage_tui.ui.screens.review import ReviewScreen


class ReviewActions(BottomLines):
    """Part of the main screen.

    Attributes:
        review: The review, while it is open.
        reviewed: What the last review was made from; None before the first.
    """

    review: ReviewScreen | None = None
    reviewed: tuple[Choice, Facts, Report] | None = None
    _aimed: str = ""
    """The case of another screen that the key is about which is being obeyed."""

    def action_review(self) -> None:
        from triage_tui.ui.screens.review import ReviewScreen

        self.app.push_screen(ReviewScreen(self))

    async def act_on(self, case_id: str, does: str) -> None:
        """Do what a key of the main screen does, on a case that need not be in its list."""
        self._aimed = case_id
        try:
            await self.app.run_action(does, self)
        finally:
            self._aimed = ""

    # While it is obeyed

    @property
    def subject(self) -> str | None:
        return self._aimed or super().subject

    def targets(self) -> tuple[str, ...]:
        return (self._aimed,) if self._aimed else super().targets()

    def writable(self) -> tuple[str, ...]:
        return (self._aimed,) if self._aimed else super().writable()

    @property
    def situation(self) -> Situation:
        if self._aimed:
            return Situation(no_writes=self.triage.no_writes)
        return super().situation

    def why_not_run(self, does: str) -> str:
        if not self._aimed:
            return super().why_not_run(does)
        actions = (*ACTIONS, *self.own_actions)
        writes = any(one.writes and one.does == does for one in actions)
        return self.triage.no_writes if writes else ""

    @property
    def in_sight(self) -> bool:
        return self.app.screen is self.review or super().in_sight

    # What is shown there too

    def say(self, sentence: str, look: str = "good") -> None:
        super().say(sentence, look)
        if screen := self.review:
            screen.paint_status()

    def paint_detail(self) -> None:
        super().paint_detail()
        if screen := self.review:
            screen.paint_case()

    def go_to(self, case_id: str, key: str) -> None:
        """Also from the review, which then is left."""
        if screen := self.review:
            screen.leave()
        super().go_to(case_id, key)
