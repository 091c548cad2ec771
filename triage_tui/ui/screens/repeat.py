"""What follows a decision: the cursor goes on, and `.` does the same again.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage_tui.changes import AddComment, SetStatus
from triage_tui.edits import Edit, Redone, Undone, told
from triage_tui.entries import State
from triage_tui.text import clean, plural
from triage_tui.ui.screens.bottom_lines import BottomLines
from triage_tui.ui.screens.decide import CONFIRM_ABOVE, Plan
from triage_tui.walk import kind_of, settles


@dataclass(frozen=True, slots=True)
class Last:
    """The last decision.

    Attributes:
        phrase: What it does: "set P2 on".
        text: The comment that it adds, or "".
        again: How it is done again, where that is more than carrying out the plan.
    """

    plan: Plan
    phrase: str
    text: str = ""
    again: Callable[[Sequence[str]], object] | None = None


class RepeatActions(BottomLines):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._last: Last | None = None
        self._retries = False
        """Something was refused after the last decision: `.` is about that."""
        self._settled: set[str] = set()
        """Cases that the person settled, as long as nothing else became of it."""
        self._left_by_deciding: set[str] = set()
        """Cases that the cursor left because they were settled."""

    # The cursor goes on

    def after_decision(self, edits: Sequence[Edit], asked: Sequence[str], plan: Plan) -> None:
        self._retries = False
        self._note_last(edits, plan)
        kind = settles((edit.change for edit in edits), self.triage.advance_on)
        if not kind:
            return
        cases = list(dict.fromkeys(edit.case_id for edit in edits))
        self._settled.update(cases)
        self.settled(cases, kind)
        alone = len(asked) == 1 and not self.session.marked
        if self.triage.after_decision == "next" and alone and asked[0] == self.case_list.cursor_id:
            self._go_on(asked[0])

    def settled(self, case_ids: Sequence[str], kind: str) -> None:
        """Take note that the person settled these cases."""

    def reopened(self, case_ids: Sequence[str]) -> None:
        """Take note that these cases are not settled after all."""
        self._settled.difference_update(case_ids)

    def next_to_decide(self, case_id: str) -> str | None:
        """The next case below that needs a decision; None if there is none."""
        ids = [case.id for case in self.case_list.cases]
        below = ids[ids.index(case_id) + 1 :] if case_id in ids else []
        return next((one for one in below if self.needs_decision(one)), None)

    def needs_decision(self, case_id: str) -> bool:
        """False for a case that the person is done with, and for one that left the list."""
        gone = self.session.faded | self.triage.arrivals.gone
        return case_id not in self._settled and case_id not in gone

    def _go_on(self, case_id: str) -> None:
        found = self.next_to_decide(case_id)
        if found is None:
            self.nothing_follows()
        elif self.case_list.go_to(found):
            self._left_by_deciding.add(case_id)
            # It is painted with the next frame, and the next key acts on it.
            self.take_cursor()

    def nothing_follows(self) -> None:
        """There is no case below that needs a decision."""

    def after_undo(self, undone: Undone) -> None:
        """Go back to the case that the cursor left because of what is taken back now."""
        cases = {edit.case_id for edit in (*undone.dropped, *undone.turned)}
        self.reopened(tuple(cases))
        back = cases & self._left_by_deciding
        if len(cases) == 1 and back and not self.session.marked:
            self._left_by_deciding -= back
            if self.case_list.go_to(*back):
                self.take_cursor()

    def after_redo(self, redone: Redone) -> None:
        kind = settles((edit.change for edit in redone.again), self.triage.advance_on)
        if kind:
            cases = list(dict.fromkeys(edit.case_id for edit in redone.again))
            self._settled.update(cases)
            self.settled(cases, kind)

    def failed(self, edit: Edit, state: State) -> bool:
        self.reopened([edit.case_id])
        self._retries = self._retries or state is State.REFUSED
        return super().failed(edit, state)

    def action_refresh(self) -> None:
        """Leave a case that is about to go elsewhere, where it is not to be followed."""
        self.take_cursor()
        at = self.session.cursor_id or ""
        moves = at in self._settled and self.session.sort.field in ("priority", "status")
        if moves and self.triage.after_decision != "follow" and (found := self.next_to_decide(at)):
            self.case_list.go_to(found)
            self.take_cursor()
        super().action_refresh()

    # The same again

    def remember_last(
        self, phrase: str, plan: Plan, again: Callable[[Sequence[str]], object]
    ) -> None:
        """From now on `.` does this again."""
        self._retries = False
        self._last = Last(plan, phrase, again=again)

    def _note_last(self, edits: Sequence[Edit], plan: Plan) -> None:
        if plan == self.as_refused:
            # Whoever presses the key once more must not decide about other cases by it.
            self._last = None
            return
        # A title or an attribute belongs to one case, and is not what another one needs.
        if not all(kind_of(edit.change) or edit.change.field in _REPEATED for edit in edits):
            return
        first = edits[0].case_id
        changes = [edit.change for edit in edits if edit.case_id == first]
        texts = [one.text for one in changes if isinstance(one, AddComment)]
        phrase = " and ".join(dict.fromkeys(change.phrase for change in changes))
        self._last = Last(plan, phrase, texts[0] if texts else "")

    def again_told(self) -> str:
        """What `.` does now, in few words; "" if it does nothing."""
        if self._retries and self.refused_last:
            return f"retry {plural(len(self.refused_last), 'refused', 'refused')}"
        return clean(_BEFORE_KEY.sub("", self._last.phrase), limit=40) if self._last else ""

    def action_repeat(self) -> None:
        """Do again what was refused, or the last decision on what is meant now."""
        if self._last is None or (self._retries and self.refused_last):
            self.retry_refused()
            return
        case_ids = self.writable()
        if not case_ids:
            return
        last = self._last
        if last.again:
            last.again(case_ids)
            return
        fits = [one for one in case_ids if self._fits(one, last)]
        if not fits:
            self.say(f"{self._named(case_ids)} cannot have that status.", look="warn")
        elif last.text and len(fits) <= CONFIRM_ABOVE:
            self._ask_to_comment(fits, last)
        else:
            self.decide(fits, last.plan)

    def _fits(self, case_id: str, last: Last) -> bool:
        case = self.session.case(case_id)
        return case is not None and all(
            not isinstance(change, SetStatus) or change.status in self._statuses([case_id])
            for change in last.plan(case)
        )

    def _ask_to_comment(self, case_ids: Sequence[str], last: Last) -> None:
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self.decide(case_ids, last.plan)

        lines = clean(last.text, lines=True, limit=2_000).split("\n")[:12]
        question = told([last.phrase], [self._named(case_ids)])
        self.app.push_screen(
            ConfirmScreen(f"{question[:1].upper()}{question[1:]}?", lines, yes="Do it again"),
            answered,
        )


_BEFORE_KEY = re.compile(" (?:on|to)(?= and |$)")
"""What only leads over to the key of a case."""

_REPEATED = {"status", "priority", "assignee", "archived", "comment", "project"}
"""Fields whose change makes sense on any case."""
