"""The key that snoozes: a case is hidden here until a time, and nobody else is told.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage_tui import snoozes
from triage_tui.edits import Edit, Redone, Undone
from triage_tui.snoozes import NoTime, Snooze
from triage_tui.text import ago, clean, plural, some
from triage_tui.ui.screens.decide import CONFIRM_ABOVE, Plan, lines_of
from triage_tui.ui.screens.walking import WalkActions
from triage_tui.ui.widgets.line_list import LineList

_NAMED = 5
"""Cases that are named in a sentence."""

_TYPED = "until"
"""Stands in the menu for a time that is typed."""

_OVER = "That time is over by now: nothing was snoozed."


@dataclass(frozen=True, slots=True)
class Step:
    """Cases that were snoozed or woken by one key.

    Attributes:
        number: Among those of the writes: the later step is taken back first.
        before, after: What was decided about each case.
    """

    number: int
    before: Mapping[str, Snooze | None]
    after: Mapping[str, Snooze | None]


class SnoozeActions(WalkActions):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._steps: list[Step] = []
        self._steps_back: list[tuple[Step, int]] = []
        """Steps that were taken back, and which step of the writes was undone last by then."""
        self._undone_with: dict[int, tuple[Step, frozenset[str]]] = {}
        """Steps that were taken back with one of the writes, by its number; and whose writes."""

    # Putting off

    def action_snooze(self) -> None:
        case_ids = self.writable()
        if not case_ids:
            return
        if all(one in self.snoozes for one in case_ids):
            self.wake(case_ids)
            return
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen

        now = self.triage.now()
        items: list[MenuItem[datetime | str]] = [
            MenuItem(letter, when, words, snoozes.told(when, now))
            for letter, words, when in snoozes.offered(now)
        ]
        items.append(MenuItem("u", _TYPED, "Until…", "2h, 17:30, fri 14:00"))

        def chosen(answer: datetime | str | None) -> None:
            if isinstance(answer, datetime):
                self.ask_to_put_off(case_ids, answer)
            elif answer:
                self._ask_until(case_ids)

        title = f"Snooze {self._named(case_ids)}, only here, for"
        self.app.push_screen(MenuScreen(title, items), chosen)

    def _ask_until(self, case_ids: Sequence[str]) -> None:
        from triage_tui.ui.screens.name import NameScreen

        def objection(text: str) -> str:
            try:
                snoozes.until(text, self.triage.now())
            except NoTime as why:
                return str(why)
            return ""

        def meaning(text: str) -> str:
            now = self.triage.now()
            when = snoozes.until(text, now)
            return f"{snoozes.told(when, now)}, {ago(when, now)}"

        def typed(text: str | None) -> None:
            if text:
                self.ask_to_put_off(case_ids, snoozes.until(text, self.triage.now()))

        self.app.push_screen(
            NameScreen(
                f"Snooze {self._named(case_ids)} until",
                enter="snooze",
                objection=objection,
                meaning=meaning,
                lines=[snoozes.UNTIL_HELP],
            ),
            typed,
        )

    def ask_to_put_off(self, case_ids: Sequence[str], until: datetime) -> None:
        """Many only after a yes."""
        if len(case_ids) <= CONFIRM_ABOVE:
            self.put_off(case_ids, until)
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self.put_off(case_ids, until)

        when = snoozes.told(until, self.triage.now())
        question = f"Snooze {plural(len(case_ids), 'case')} until {when}, only here?"
        lines = lines_of([case for one in case_ids if (case := self.session.case(one))])
        self.app.push_screen(ConfirmScreen(question, lines, yes="Snooze them"), answered)

    def put_off(self, case_ids: Sequence[str], until: datetime, with_step: int = 0) -> None:
        """Hide these cases until a time; the cursor goes on.

        Args:
            with_step: The step of writes that this belongs to, if it is part of one.
        """
        now = self.triage.now()
        if until <= now:
            self.say(_OVER, look="warn")
            return
        cases = [case for one in case_ids if (case := self.session.case(one))]
        at = self.case_list.cursor_id or ""
        if at in case_ids and not self.session.marked:
            self._leave(at)
        self._do({case.id: snoozes.snooze(case, now, until) for case in cases}, with_step)
        for one in case_ids:
            self.session.marked.pop(one, None)
        if not with_step:
            when = snoozes.told(until, now)
            self.remember_last(
                f"snooze until {when}",
                lambda _: [],
                lambda ids: self.ask_to_put_off(tuple(ids), until),
            )
            self.say(f"Snoozed {self._named(case_ids)} until {when}, only here · u undoes")
        self._after(case_ids)

    def wake(self, case_ids: Sequence[str]) -> None:
        """These cases are not snoozed any more."""
        self._do(dict.fromkeys(case_ids))
        self.say(f"Not snoozed any more: {self._named(case_ids)} · u undoes")
        self.reopened(case_ids)
        self._repaint()

    def _leave(self, case_id: str) -> None:
        """Put the cursor on what is next, before its row goes away."""
        if self.walk:
            return
        ids = [case.id for case in self.case_list.cases]
        if case_id in ids and not self.snoozed_shown:
            at = ids.index(case_id)
            near = self.next_to_decide(case_id) if self.triage.after_decision == "next" else None
            near = near or next(iter((*ids[at + 1 :], *reversed(ids[:at]))), None)
            if near and self.case_list.go_to(near):
                self._left_by_deciding.add(case_id)
                self.take_cursor()

    def _do(self, wanted: Mapping[str, Snooze | None], with_step: int = 0) -> None:
        number = with_step or self.session.writes.next_number()
        self._steps.append(Step(number, self.decide_snoozes(wanted), wanted))
        self._steps_back.clear()

    def _after(self, case_ids: Sequence[str]) -> None:
        """Take note that these cases are settled, and go on in triage mode."""
        self._settled.update(case_ids)
        self.settled(case_ids, "snooze")
        at = self.case_list.cursor_id or ""
        if self.walk and at in case_ids and len(case_ids) == 1 and not self.session.marked:
            self._go_on(at)
        self._repaint()

    def _repaint(self) -> None:
        before = self.session.cursor_id
        self.paint()
        self.take_cursor()
        if self.session.cursor_id != before:
            # The detail follows as it does when a key moved the cursor.
            self.case_list.post_message(LineList.Moved(self.case_list, self.case_list.cursor))

    # Showing

    def action_show_snoozed(self) -> None:
        self.take_cursor()
        if not self.snoozed_shown and not self.put_away:
            keys = [clean(one.key, limit=40) for one in self.snoozes]
            named = some(keys, _NAMED)
            elsewhere = f" in this list; elsewhere: {named}" if keys else ""
            self.say(f"No case is snoozed{elsewhere}.", look="warn")
            return
        self.snoozed_shown = not self.snoozed_shown
        if self.snoozed_shown:
            self.say(f"Snoozed cases are shown, with a z: {self.key_of('case.snooze')} wakes one.")
        else:
            self.say("Snoozed cases are hidden again.")
        self._repaint()

    def go_to(self, case_id: str, key: str) -> None:
        if case_id in self.put_away:
            self.snoozed_shown = True
            self.paint()
        super().go_to(case_id, key)

    def needs_decision(self, case_id: str) -> bool:
        return case_id not in self.snoozes and super().needs_decision(case_id)

    # Going back, going on

    def why_not_run(self, does: str) -> str:
        # No server is asked for it.
        own = (does == "undo" and self._own_undo()) or (does == "redo" and self._own_redo())
        return "" if own else super().why_not_run(does)

    def _own_undo(self) -> bool:
        return bool(self._steps) and self._steps[-1].number > self.session.writes.last_done

    def _own_redo(self) -> bool:
        back = self._steps_back
        return bool(back) and back[-1][1] == self.session.writes.last_undone

    def action_undo(self) -> None:
        beside = ""
        if not self._own_undo():
            number = self.session.writes.last_done
            super().action_undo()
            if not number or not self._steps or self._steps[-1].number != number:
                return
            # None of its writes could be taken back, but the snooze can.
            beside = f" {self.said[0].strip()}" if self.said else ""
        step = self._steps.pop()
        self._steps_back.append((step, self.session.writes.last_undone))
        self._turn(step.before)
        ids = tuple(step.before)
        woken = not any(step.before.values())
        told = "Undone: not snoozed" if woken else "Undone: snoozed as before"
        self.say(f"{told}, {self._named(ids)}.{beside}")
        if woken and len(ids) == 1 and ids[0] in self._left_by_deciding:
            self._left_by_deciding.discard(ids[0])
            if not self.session.marked and self.case_list.go_to(ids[0]):
                self.take_cursor()
                self.paint()

    def action_redo(self) -> None:
        if not self._own_redo():
            super().action_redo()
            return
        step, _ = self._steps_back.pop()
        self._turn(step.after)
        if not self._in_force(step):
            self.say(_OVER, look="warn")
            return
        self._steps.append(step)
        self.say(f"Done again: {self._named(tuple(step.after))}, snoozed only here.")

    def bring_back(self) -> bool:
        back = super().bring_back()
        if back:
            # What is over by itself is no step any more that could be taken back.
            self._steps = [step for step in self._steps if self._in_force(step)]
        return back

    def _in_force(self, step: Step) -> bool:
        return any(not snooze or one in self.snoozes for one, snooze in step.after.items())

    def _turn(self, wanted: Mapping[str, Snooze | None]) -> None:
        now = self.triage.now()
        there = {one: snooze for one, snooze in wanted.items() if snooze and snooze.until > now}
        self.decide_snoozes({one: there.get(one) for one in wanted})
        off = [*there]
        back = [one for one in wanted if one not in off]
        self.reopened(back)
        if off:
            self._settled.update(off)
            self.settled(off, "snooze")
        self._repaint()

    def after_undo(self, undone: Undone) -> None:
        if self._steps and self._steps[-1].number == undone.step:
            step = self._steps.pop()
            written = frozenset(edit.case_id for edit in (*undone.dropped, *undone.turned))
            self._undone_with[undone.step] = step, written
            self._turn(step.before)
        super().after_undo(undone)

    def after_redo(self, redone: Redone) -> None:
        step, written = self._undone_with.pop(redone.step, (None, frozenset()))
        if step:
            # What somebody changed since is not done again, nor hidden.
            left = written - {edit.case_id for edit in redone.again}
            after = {one: snooze for one, snooze in step.after.items() if one not in left}
            self._steps.append(replace(step, number=redone.again[-1].step, after=after))
            self._turn(after)
        super().after_redo(redone)

    def after_decision(self, edits: Sequence[Edit], asked: Sequence[str], plan: Plan) -> None:
        self._steps_back.clear()
        self._undone_with.clear()
        super().after_decision(edits, asked, plan)
