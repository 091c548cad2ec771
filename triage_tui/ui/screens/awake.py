"""The rows that are at hand: without the cases that are snoozed, until these come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from triage_tui.models import Case
from triage_tui.seen import News
from triage_tui.snoozes import Snooze, Snoozes, snooze, told
from triage_tui.text import clean, plural, some
from triage_tui.ui.screens.looking import LookActions

_NAMED = 3
"""Cases that are named in a sentence about several."""


class AwakeRows(LookActions):
    """Part of the main screen.

    Attributes:
        snoozed_shown: Snoozed cases stand in the list, with a sign.
    """

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.snoozed_shown = False
        self._parted_of: tuple[object, int] = None, 0
        self._parts: tuple[Sequence[Case], frozenset[str]] = (), frozenset()
        self._over: dict[str, str] = {}
        """Why cases will be back with the next `r`, by id."""
        self._returned: set[str] = set()
        """Cases that are back, and were not looked at since."""
        self._notes: dict[str, str] = {}
        """Why cases are back, to be said in their detail."""

    @cached_property
    def snoozes(self) -> Snoozes:
        """What is snoozed in this place."""
        return Snoozes(self.triage.local, self.triage.now())

    def awake(self) -> Sequence[Case]:
        """The loaded rows that are shown."""
        return self._parted()[0]

    @property
    def put_away(self) -> frozenset[str]:
        """Ids of the loaded cases that are not shown because they are snoozed."""
        return self._parted()[1]

    def _parted(self) -> tuple[Sequence[Case], frozenset[str]]:
        rows, snoozes = self.session.rows, self.snoozes
        if self.snoozed_shown or not len(snoozes):
            return rows, frozenset()
        asked_for = self.session.query.keys()
        if "key" in asked_for:
            # Whoever asks for a case by its key wants to see it.
            return rows, frozenset()
        if self._parted_of[0] is not rows or self._parted_of[1] != snoozes.version:
            self._parted_of = rows, snoozes.version
            away = frozenset(case.id for case in rows if case.id in snoozes)
            left = [case for case in rows if case.id not in away] if away else rows
            self._parts = left, away
        return self._parts

    def targets(self) -> tuple[str, ...]:
        """Ids of the cases a key acts on, without those that are snoozed."""
        targets, away = super().targets(), self.put_away
        return tuple(one for one in targets if one not in away) if away else targets

    # What is said

    @property
    def way_back(self) -> str:
        """How snoozed cases are shown."""
        return "Show snoozed cases: in the palette, under :"

    def snoozed_told(self) -> str:
        """How many rows are not shown; "" if all are."""
        if self.snoozed_shown:
            return "snoozed shown"
        return f"{len(away):,} snoozed" if (away := self.put_away) else ""

    def news(self, case: Case) -> News:
        if case.id in self.snoozes:
            return News.SNOOZED
        return News.BACK if case.id in self._returned else super().news(case)

    def look_at(self, case: Case | None) -> None:
        super().look_at(case)
        if case is None:
            return
        note, one = self._notes.get(case.id, ""), self.snoozes.get(case.id)
        if one:
            note = f"snoozed until {told(one.until, self.triage.now())}, only here"
        if note:
            self.detail.since = " · ".join(filter(None, (note, self.detail.since)))

    def _saw(self, case: Case) -> bool:
        back = case.id in self._returned
        self._returned.discard(case.id)
        return super()._saw(case) or back

    # Coming back

    def decide_snoozes(self, wanted: Mapping[str, Snooze | None]) -> dict[str, Snooze | None]:
        """Put cases off, or call them back (None); what was in force before, to go back to."""
        for one in wanted:
            # What was decided about it before is no reason for anything any more.
            self._over.pop(one, None)
            self._returned.discard(one)
            self._notes.pop(one, None)
        return self.snoozes.set(wanted)

    def note_seen(self) -> None:
        super().note_seen()
        if len(self.snoozes):
            self._look_for_returns()

    def _look_for_returns(self) -> None:
        session, now = self.session, self.triage.now()
        me_id = session.me.id if session.me else ""
        found = {}
        for one in tuple(self.snoozes):
            case = session.case(one.case_id)
            if case and case.id in session.unsent:
                # Not every server tells of a row in a list whose change it was.
                if (case.priority, case.closed) != (one.priority, one.closed):
                    self.snoozes.set({case.id: snooze(case, one.since, one.until)})
                continue
            why = one.back(case, now, me_id)
            if why and one.case_id not in self._over:
                found[one.case_id] = f"{clean(one.key, limit=40)} is {why}"
        if not found:
            return
        self._over |= found
        sentences = [*found.values()]
        keys = [sentence.partition(" ")[0] for sentence in sentences]
        named = some(keys, _NAMED)
        said = (
            sentences[0] if len(found) == 1 else f"{plural(len(found), 'case')} are back: {named}"
        )
        if self.snoozed_shown or not self.awake():
            self.bring_back()
        it = "it" if len(found) == 1 else "them"
        waits = f" · {self.key_of('list.refresh')} shows {it}" if self.coming_back() else ""
        self.say(f"{said}{waits}.", look="warn")

    def coming_back(self) -> int:
        """How many rows wait to be shown again."""
        return sum(self.session.listed(one) for one in self._over)

    def bring_back(self) -> bool:
        """Show what is not snoozed any more; False if there is nothing."""
        if not len(self.snoozes):
            return False
        self._look_for_returns()
        over, self._over = self._over, {}
        if not over:
            return False
        self.snoozes.set(dict.fromkeys(over))
        self._returned |= over.keys()
        self._notes |= {one: sentence.partition(" is ")[2] for one, sentence in over.items()}
        return True
