"""What was asked for: the edits that are not answered yet, and the steps that `u` and `U` go.

Nothing here knows the cases themselves: whoever asks says how a case is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from triage_tui.changes import Change
from triage_tui.edits import Aftermath, Edit, Redone, Undone
from triage_tui.models import Case

Shown = Callable[[str], Case | None]
"""How a case is shown now, pending edits laid over; None if it is not known."""

MOST_STEPS = 200
"""Steps that can be taken back."""


class Pending:
    """The edits in the order in which they were made, and the steps that they were made in.

    Args:
        last_number: Edits and steps get higher numbers than this.

    Attributes:
        sending: Numbers of the edits that may have reached the server: they are not just dropped.
    """

    def __init__(self, last_number: int = 0) -> None:
        self.sending: set[int] = set()
        self._numbers = last_number
        self._edits: dict[int, Edit] = {}
        self._lanes: dict[str, dict[int, Edit]] = {}
        self._left: dict[int, Counter[str]] = {}
        """Of each step that is under way, how many edits of which cases wait."""
        self._done: dict[int, dict[int, Edit]] = {}
        self._undone: dict[int, dict[int, Edit]] = {}

    def __len__(self) -> int:
        return len(self._edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits.values())

    def __contains__(self, edit: Edit) -> bool:
        return edit.number in self._edits

    def get(self, number: int) -> Edit | None:
        """The edit with this number as it is now, or None if it does not wait any more."""
        return self._edits.get(number)

    def next_number(self) -> int:
        """A number for another edit or step."""
        self._numbers += 1
        return self._numbers

    def firsts(self) -> Iterator[Edit]:
        """Of each lane the edit that has to be sent before all others in it."""
        for lane in self._lanes.values():
            yield next(iter(lane.values()))

    def of_case(self, case_id: str) -> Iterable[Edit]:
        """The edits of a case, in order."""
        return self._lanes.get(case_id, {}).values()

    @property
    def case_ids(self) -> frozenset[str]:
        """The cases that have edits."""
        return frozenset(edit.case_id for edit in self.firsts() if edit.case_id)

    @property
    def last_done(self) -> int:
        """Number of the step that would be taken back now; 0 if there is none."""
        return next(reversed(self._done), 0)

    @property
    def last_undone(self) -> int:
        """Number of the step that would be done again now; 0 if there is none."""
        return next(reversed(self._undone), 0)

    def cases_left(self, step: int) -> int:
        """How many cases of a step have edits that wait."""
        return len(self._left.get(step, ()))

    # Making

    def step(
        self,
        plan: Callable[[Case], Sequence[Change]],
        case_ids: Iterable[str],
        shown: Shown,
    ) -> list[Edit]:
        """Add the edits of one key press; a change that a case already shows is left out."""
        number = self.next_number()
        edits: list[Edit] = []
        for case_id in case_ids:
            first = shown(case_id)
            for change in plan(first) if first else ():
                case = shown(case_id)
                if case is None or change.holds(case):
                    continue
                edit = Edit(self.next_number(), number, case_id, case.key, change, case)
                edits.append(self.add(edit))
        self._did(edits)
        return edits

    def alone(
        self, case_id: str, key: str, change: Change, seen: Case | None, guard: Change | None = None
    ) -> Edit:
        """Add an edit that is a step by itself."""
        edit = Edit(self.next_number(), self.next_number(), case_id, key, change, seen, guard)
        self._did([self.add(edit)])
        return edit

    def _did(self, edits: Sequence[Edit]) -> None:
        if edits:
            self._done[edits[0].step] = {edit.number: edit for edit in edits}
            self._undone.clear()
            while len(self._done) > MOST_STEPS:
                del self._done[next(iter(self._done))]

    def add(self, edit: Edit) -> Edit:
        """Add an edit behind all others."""
        self._edits[edit.number] = edit
        self._lanes.setdefault(edit.lane, {})[edit.number] = edit
        self._left.setdefault(edit.step, Counter())[edit.case_id] += 1
        return edit

    def forget(self, edit: Edit) -> None:
        """It does not wait any more."""
        self.sending.discard(edit.number)
        if self._edits.pop(edit.number, None):
            lane = self._lanes[edit.lane]
            del lane[edit.number]
            if not lane:
                del self._lanes[edit.lane]
            left = self._left[edit.step]
            left[edit.case_id] -= 1
            if not left[edit.case_id]:
                del left[edit.case_id]
            if not left:
                del self._left[edit.step]

    def refused(self, edit: Edit) -> Aftermath:
        """It was not carried out: there is nothing to take back, and later edits never saw it."""
        self.forget(edit)
        self._out_of_steps(edit)
        old = edit.change.inverse(edit.seen) if edit.seen else None
        dropped: list[Edit] = []
        changed: list[Edit] = []
        for later in list(self.of_case(edit.case_id)):
            if later.change.field != edit.change.field or old is None:
                continue
            if later.guard == edit.change and later.change == old and later.number > edit.number:
                self.forget(later)
                dropped.append(later)
            elif later.seen is not None and edit.change.holds(later.seen):
                seen = old.apply(later.seen, later.seen.created_at)
                changed.append(self._replace(replace(later, seen=seen)))
        return Aftermath(tuple(dropped), tuple(changed))

    def _out_of_steps(self, edit: Edit) -> None:
        for steps in (self._done, self._undone):
            step = steps.get(edit.step, {})
            if step.pop(edit.number, None) and not step:
                del steps[edit.step]

    def _replace(self, edit: Edit) -> Edit:
        self._edits[edit.number] = edit
        self._lanes[edit.lane][edit.number] = edit
        for steps in (self._done, self._undone):
            if edit.number in steps.get(edit.step, {}):
                steps[edit.step][edit.number] = edit
        return edit

    def never_made(self, edits: Iterable[Edit]) -> None:
        """They could not be kept: it is as if they had never been asked for."""
        for edit in edits:
            self.forget(edit)
            self._out_of_steps(edit)

    # Going back, going on

    def remember(self, done: Iterable[Sequence[Edit]], undone: Iterable[Sequence[Edit]]) -> None:
        """Put the steps of earlier runs below those of this one; the last is gone back first."""
        for steps, earlier in ((self._done, done), (self._undone, undone)):
            later = dict(steps)
            steps.clear()
            steps.update({step[0].step: {one.number: one for one in step} for step in earlier})
            steps.update(later)

    def undo(self, shown: Shown) -> Undone | None:
        """Take the last step back; None if there is none.

        What may have reached the server is turned around, unless somebody changed the same field
        of the case since. The rest is dropped.
        """
        if not self._done:
            return None
        step, made = self._done.popitem()
        own = self.next_number()
        dropped: list[Edit] = []
        turned: list[Edit] = []
        edits: list[Edit] = []
        kept: list[str] = []
        for edit in reversed(made.values()):
            if edit in self and edit.number not in self.sending:
                self.forget(edit)
                dropped.append(edit)
                continue
            inverse = edit.change.inverse(edit.seen) if edit.seen else None
            # A closed case left the list: it counts as we left it until the guard tells.
            case = shown(edit.case_id)
            if inverse is None:
                kept.append(f"A {edit.change.noun} cannot be undone here.")
            elif case and edit.change.gone_from(case):
                kept.append(f"{edit.key} was changed since: it was not undone.")
            else:
                back = Edit(
                    *(self.next_number(), own, edit.case_id, edit.key, inverse, case),
                    guard=edit.change,
                )
                edits.append(self.add(back))
                turned.insert(0, edit)
        if gone := {edit.number for edit in (*dropped, *turned)}:
            self._undone[step] = {number: made[number] for number in made if number in gone}
        return Undone(step, tuple(dropped[::-1]), tuple(turned), tuple(edits), _once(kept))

    def redo(self, shown: Shown) -> Redone | None:
        """Do the step again that was taken back last; None if there is none.

        What the undo has not sent yet is dropped; nothing has to be sent for that.
        """
        if not self._undone:
            return None
        step, made = self._undone.popitem()
        number = self.next_number()
        edits: list[Edit] = []
        kept: list[str] = []
        dropped: list[Edit] = []
        restored: list[Edit] = []
        for edit in made.values():
            if back := self._turning_back(edit):
                self.forget(back)
                dropped.append(back)
                restored.append(edit)
                continue
            case = shown(edit.case_id)
            before = edit.change.inverse(edit.seen) if edit.seen else None
            if case and edit.change.holds(case):
                kept.append(f"{edit.key} is so already.")
            elif case and before and before.gone_from(case):
                kept.append(f"{edit.key} was changed since: it was not done again.")
            else:
                again = replace(
                    edit, number=self.next_number(), step=number, seen=case or edit.seen, guard=None
                )
                edits.append(self.add(again))
        if restored:
            self._done[step] = {edit.number: edit for edit in restored}
        if edits:
            self._done[number] = {edit.number: edit for edit in edits}
        return Redone(step, tuple(edits), _once(kept), tuple(dropped), tuple(restored))

    def _turning_back(self, edit: Edit) -> Edit | None:
        """The edit that undoes another one, if it surely has not reached the server."""
        same = [one for one in self.of_case(edit.case_id) if one.change.field == edit.change.field]
        if not same or same[-1].number in self.sending or edit.seen is None:
            return None
        back = same[-1]
        undoes = back.guard == edit.change and back.change == edit.change.inverse(edit.seen)
        return back if undoes else None


def _once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
