"""Triage mode: one case after the other, its detail large, and how far one is.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.getters import query_one

from triage_tui.at_hand import Situation
from triage_tui.models import Case
from triage_tui.query import Query
from triage_tui.text import plural
from triage_tui.timing import Timer
from triage_tui.ui.screens.repeat import RepeatActions
from triage_tui.ui.widgets.line import Line, Part
from triage_tui.walk import Walk

KEPT_AFTER = 1.0
"""Seconds in which more is decided, to be written together."""

_IDS, _STATE = "walk-ids", "walk"


class WalkActions(RepeatActions):
    """Part of the main screen.

    Attributes:
        walk: The way through the list that the person is on; None outside of triage mode.
    """

    walk_line = query_one("#walk", Line)

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.walk: Walk | None = None
        self._walk_query: Query | None = None
        self._walk_resumed = False
        self._walk_rows: tuple[object, list[str], Sequence[Case]] = None, [], ()
        self._walk_kept: Timer | None = None
        self._walk_painted = False
        """The cursor that the list shows is the one of the walk."""

    def on_unmount(self) -> None:
        if self._walk_kept:
            self._walk_kept.cancel()
        self._keep_walk()

    # Beginning, leaving

    def action_walk(self) -> None:
        """Begin, go on where one left, or leave."""
        self.take_cursor()
        if self.walk:
            self.leave_walk()
            self.paint()
            return
        session = self.session
        if not session.rows or session.stale:
            self.say("There is no case here to go through.", look="warn")
            return
        shown = [case.id for case in self.case_list.cases]
        all_shown = not self.narrowing.words
        kept = self._kept_walk() if all_shown else None
        if kept:
            walk, whole = kept, False
        else:
            walk, whole = Walk(shown, session.cursor_id or shown[0]), not all_shown
        walk.whole = whole
        walk.came = self.triage.now().timestamp()
        if not all_shown:
            self.lift_filter()
        self._walk_query, self._walk_resumed = session.query, kept is not None
        self._walk_painted = False
        self.walk = walk
        self.remove_class("-facets", "-zoom", "-zoom-facets", "-zoom-cases", "-zoom-detail")
        self.add_class("-walk")
        self.fit_panes()
        self.case_list.focus()
        if kept:
            self.say(f"Going on where you left: {', '.join(walk.counts()) or 'at the beginning'}.")
        elif key := self.key_of("list.down"):
            self.remark(f"What settles a case leads to the next one; {key} skips it.")
        self.walk_on()
        if self.walk:
            self.triage.local.put(_IDS, walk.ids, self._walk_name)
            self._keep_walk_soon()
        self.paint()
        self.look_at_case()

    @property
    def _walk_name(self) -> str:
        return f"{self.triage.backend.project} {self._walk_query}"

    def _kept_walk(self) -> Walk | None:
        """What is left of the way through this list that the person was on before."""
        name = f"{self.triage.backend.project} {self.session.query}"
        local = self.triage.local
        walk = Walk.read(local.get(_IDS, name), local.get(_STATE, name))
        return walk if walk and any(one not in walk.decided for one in walk.ids) else None

    def walk_on(self) -> None:
        """Take in the cases that were read of the list, and read those that are missing."""
        walk, session = self.walk, self.session
        if walk is None or walk.whole or session.problem:
            return
        if not self._walk_resumed:
            before = len(walk.ids)
            walk.extend(case.id for case in self.awake())
            if len(walk.ids) != before:
                self.triage.local.put(_IDS, walk.ids, self._walk_name)
        if not session.complete:
            self.triage.read(session.next_pages(all=True))
            return
        walk.whole = True
        if self._walk_resumed:
            self._check_again(walk)
        self.paint()

    def _check_again(self, walk: Walk) -> None:
        """Look which of the cases of an earlier start are still there."""
        gone = walk.lose(lambda one: self.session.listed(one))
        self.triage.local.put(_IDS, walk.ids, self._walk_name)
        if not any(one not in walk.decided for one in walk.ids):
            self._end_walk()
            self.say("Nothing is left of the cases that you went through.", look="warn")
        elif gone:
            are = "is" if gone == 1 else "are"
            self.say(f"{plural(gone, 'case')} {are} gone since you left.", look="warn")

    def leave_walk(self) -> None:
        """Back to the list; the same key goes on at the same case."""
        walk = self.walk
        if walk is None:
            return
        self._keep_walk()
        done = not any(one not in walk.decided for one in walk.ids)
        told = ", ".join(walk.counts()) or "nothing decided"
        if done:
            self.triage.local.forget(_STATE, [self._walk_name])
            self.triage.local.forget(_IDS, [self._walk_name])
        self._end_walk()
        key = self.key_of("list.walk")
        self.say(f"Triage mode left: {told}." + ("" if done or not key else f" {key} goes on."))

    def _end_walk(self) -> None:
        self.walk = None
        self._walk_rows = None, [], ()
        self.remove_class("-walk")
        self.fit_panes()

    def _keep_walk_soon(self) -> None:
        if self._walk_kept is None:
            self._walk_kept = self.triage.later(KEPT_AFTER, self._keep_walk)

    def _keep_walk(self) -> None:
        self._walk_kept = None
        if self.walk:
            self.triage.local.put(_STATE, self.walk.values(), self._walk_name)

    # What is shown

    @property
    def situation(self) -> Situation:
        now = super().situation
        on_case = self.walk is not None and self.session.case(self.case_list.cursor_id)
        return replace(now, has_case=True) if on_case else now

    @property
    def walked(self) -> frozenset[str]:
        """Cases that were decided on the way."""
        return frozenset(self.walk.decided) if self.walk else frozenset()

    def shown_rows(self) -> tuple[Sequence[Case], int]:
        """The cases in the order in which they were found, whatever the list is by now."""
        walk, session = self.walk, self.session
        if walk and session.query != self._walk_query:
            self.leave_walk()
        if self.walk is None or walk is None:
            self._paint_walk()
            return super().shown_rows()
        if not walk.whole and not self._walk_resumed:
            walk.extend(case.id for case in self.awake())
        rows, ids, found = self._walk_rows
        if rows is not session.rows or ids != walk.ids:
            listed = {case.id: case for case in session.rows}
            cases = (listed.get(one) or session.case(one) for one in walk.ids)
            found = [case for case in cases if case]
            self._walk_rows = session.rows, list(walk.ids), found
        place = next((n for n, case in enumerate(found) if case.id == walk.at), None)
        self._paint_walk()
        if place is None:
            return ((), 0) if not walk.whole else (found, 0)
        session.cursor_id, self._walk_painted = walk.at, True
        return found, place

    def come_to_case(self) -> None:
        """The cursor is on a case."""
        walk = self.walk
        if walk is None or not self._walk_painted:
            return
        if (at := self.session.cursor_id) and at != walk.at and at in walk.ids:
            walk.go_to(at, self.triage.now().timestamp())
            self._keep_walk_soon()
            self._paint_walk()

    def _paint_walk(self) -> None:
        walk = self.walk
        if walk is None:
            self.walk_line.show([])
            return
        more = "" if walk.whole else "+"
        parts: list[Part] = [
            (" triage ", "pill"),
            (f" {walk.place:,} of {walk.total:,}{more} ", "key"),
        ]
        told = [*([walk.left()] if walk.left() else []), *walk.counts()]
        right = (
            [f"{self.key_of('edit.retry')} again: {again}"] if (again := self.again_told()) else []
        )
        room = self.size.width - 24
        while told and len(" · ".join(told)) > room:
            told.pop()
        right = [*right, "esc leaves"]
        while right and len(" · ".join([*told, *right])) > room:
            right.pop(0)
        parts.append((f"· {' · '.join(told)}" if told else "", "dim"))
        self.walk_line.show(parts, [(" · ".join(right) + " ", "dim")])

    def targets(self) -> tuple[str, ...]:
        """Ids of the cases a key acts on: here also one that left the list meanwhile."""
        if self.walk is None or self.session.marked:
            return super().targets()
        self.take_cursor()
        at = self.case_list.cursor_id
        if at and self.session.case(at):
            return (at,)
        self.say("No case here.", look="warn")
        return ()

    def go_to(self, case_id: str, key: str) -> None:
        if self.walk and case_id not in self.walk.ids:
            self.leave_walk()
            self.paint()
        super().go_to(case_id, key)

    # Deciding

    def settled(self, case_ids: Sequence[str], kind: str) -> None:
        super().settled(case_ids, kind)
        if self.walk:
            for one in case_ids:
                self.walk.decide(one, kind, self.triage.now().timestamp())
            self._keep_walk_soon()

    def reopened(self, case_ids: Sequence[str]) -> None:
        super().reopened(case_ids)
        if self.walk:
            for one in case_ids:
                self.walk.reopen(one)
            self._keep_walk_soon()

    def next_to_decide(self, case_id: str) -> str | None:
        if self.walk:
            return self.walk.after(case_id, self.needs_decision)
        return super().next_to_decide(case_id)

    def nothing_follows(self) -> None:
        if self.walk and self.walk.whole:
            self._tell_end_of_walk(self.walk)

    def _new_since(self) -> int:
        """Cases that came into the list since it began."""
        assert self.walk
        known = {*self.walk.ids, *self.walk.decided, *self.walk.gone}
        listed = sum(case.id not in known for case in self.awake())
        return listed + self.triage.arrivals.new(self.session)

    def _tell_end_of_walk(self, walk: Walk) -> None:
        from triage_tui.ui.screens.walk_end import WalkEndScreen

        new, passed = self._new_since(), [one for one in walk.ids if one in walk.passed]

        def chosen(answer: str | None) -> None:
            now = self.triage.now().timestamp()
            self._walk_painted = False
            if answer == "new":
                self.triage.arrivals.merge(self.session)
                known = {*walk.ids, *walk.decided, *walk.gone}
                fresh = [case.id for case in self.awake() if case.id not in known]
                walk.extend(fresh)
                self.triage.local.put(_IDS, walk.ids, self._walk_name)
                if fresh:
                    walk.go_to(fresh[0], now)
            elif answer == "skipped":
                walk.go_to(passed[0], now)
            else:
                self.leave_walk()
            self.paint()
            self.look_at_case()

        self.app.push_screen(WalkEndScreen(walk.summary(), new, len(passed)), chosen)
