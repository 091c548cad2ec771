"""What becomes of writes: how far a step on many cases is, and what is done about failures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import work

from triage_tui.bulk import Bulk, counted
from triage_tui.changes import Change, CreateCase, Lost
from triage_tui.edits import Edit, done
from triage_tui.entries import Entry, State
from triage_tui.errors import MAYBE_DONE, ApiError, JournalError, QueryError
from triage_tui.models import Case
from triage_tui.query import parse
from triage_tui.text import clean, plural, some
from triage_tui.ui.screens.edit import EditActions

if TYPE_CHECKING:
    from triage_tui.ui.screens.activity import ActivityScreen

ROOM_FOR_REASONS = 120
"""Cells of a status line in which there is room for more than the most important."""

_NAMED = 3
"""Cases that are named in a sentence about several."""

_SLOW = 2.0
"""Seconds after which the end of a step is told, because its beginning was long ago."""


class AgainActions(EditActions):
    """Part of the main screen.

    Attributes:
        bulks: The steps on several cases that are under way, oldest first.
        refused_last: What was refused of the last step of which anything was, by number.
    """

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.bulks: list[Bulk] = []
        self._unread = 0
        self._told: dict[int, Bulk] = {}
        self.refused_last: dict[int, Edit] = {}
        self._to_retry: dict[str, list[Change]] = {}

    @property
    def unread(self) -> int:
        """How many failures nobody has read yet, without the conflicts: those are told apart."""
        with suppress(JournalError):  # Whoever writes to it says so.
            self._unread = self.triage.journal.unread(besides=self.triage.disputes)
        return self._unread

    # A step on several cases

    def keep_count(self, edits: Sequence[Edit], asked: Sequence[str] = ()) -> None:
        """Say how far these edits of one step are, if they are for several cases."""
        if edits and len({edit.case_id for edit in edits}) > 1:
            bulk = Bulk.of(edits, asked)
            self.bulks.append(bulk)
            self._told = {**dict(list(self._told.items())[-50:]), bulk.step: bulk}

    def progress(self) -> str:
        """How far the steps on several cases are; "" if there is none under way."""
        if not self.bulks:
            return ""
        bulk = self.bulks[0]
        at = self.triage.now().timestamp()
        left = self.session.writes.cases_left(bulk.step)
        if not self.triage.outbox.held:
            bulk.note(left, at)
        more = f" · then {plural(len(self.bulks) - 1, 'more step')}" if self.bulks[1:] else ""
        waiting = "unsent" if self.triage.reach.lost_at else self.session.waiting
        if waiting and self.size.width < ROOM_FOR_REASONS:
            waiting = waiting.partition(" · ")[0]
        return f"done {bulk.progress(left, at, waiting)} · esc cancels the rest{more}"

    def failed(self, edit: Edit, state: State) -> bool:
        """Take note that an edit was not carried out; True if its step tells of it at its end."""
        if state is State.REFUSED and edit.case_id:
            if any(one.step != edit.step for one in self.refused_last.values()):
                self.refused_last.clear()
            self.refused_last[edit.number] = edit
        bulk = next((one for one in self.bulks if one.step == edit.step), None)
        if bulk:
            bulk.failed.add(edit.case_id)
        return bulk is not None

    def end_bulks(self) -> None:
        """Say what became of the steps that are over, and leave marked what was not done."""
        over = [one for one in self.bulks if not self.session.writes.cases_left(one.step)]
        for bulk in over:
            self.bulks.remove(bulk)
            if bulk.failed or bulk.cancelled:
                self._mark_failed(bulk)
                self._tell_end(bulk)
            elif bulk.lasted(self.triage.now().timestamp()) > _SLOW:
                self.say(f"Done: {bulk.phrase} · u undoes")

    def _mark_failed(self, bulk: Bulk) -> None:
        session = self.session
        not_done = bulk.failed | bulk.cancelled
        for case_id in (bulk.case_ids | bulk.already) - not_done:
            session.marked.pop(case_id, None)
        session.marked.update(dict.fromkeys(filter(session.listed, not_done)))

    def _tell_end(self, bulk: Bulk) -> None:
        names = [case.key for one in bulk.failed if (case := self.session.case(one))]
        named = some(sorted(names), _NAMED)
        again = " · . tries again" if self.refused_last else ""
        sentence = f"{bulk.phrase[:1].upper()}{bulk.phrase[1:]}: {self.told_of_step(bulk.step)}"
        if bulk.failed:
            sentence += f"{again} · @ tells why ({named})"
            self.app.notify(clean(sentence, limit=400), severity="error", timeout=15, markup=False)
        self.say(sentence, look="bad" if bulk.failed else "warn")

    def told_of_step(self, step: int) -> str:
        """What became of the cases of a step: "58 done, 2 refused"."""
        bulk = self._told.get(step)
        try:
            return counted(self.triage.journal.tally(step), len(bulk.already) if bulk else 0)
        except JournalError as error:
            return str(error)

    def cancel_rest(self) -> None:
        """Take back what was not sent yet of the oldest step that is under way."""
        bulk = self.bulks[0]
        of_step = [edit for edit in self.session.writes if edit.step == bulk.step]
        bulk.cancelled.update(edit.case_id for edit in of_step)  # known before it is told
        given_up = {edit.case_id for edit in self.triage.cancel(of_step)}
        bulk.cancelled &= given_up

    def retry_refused(self) -> None:
        """Do again what was refused of the last step of which anything was."""
        self._to_retry = {}
        for edit in self.refused_last.values():
            if self.session.case(edit.case_id):
                self._to_retry.setdefault(edit.case_id, []).append(edit.change)
        if not self._to_retry:
            self.say("Nothing was refused that could be done again here.", look="warn")
            return
        self.decide(tuple(self._to_retry), self.as_refused)

    def as_refused(self, case: Case) -> Sequence[Change]:
        """What was refused of a case, and is to be done again."""
        return self._to_retry.get(case.id, ())

    def sent(self, edits: Sequence[Edit], asked: Sequence[str]) -> bool:
        for edit in edits:
            for number, old in list(self.refused_last.items()):
                if (old.case_id, old.change) == (edit.case_id, edit.change):
                    del self.refused_last[number]
                    self.triage.not_a_draft_any_more(old)
        self.keep_count(edits, asked)
        return super().sent(edits, asked)

    # The activity screen, and what is asked for there

    def action_activity(self) -> None:
        from triage_tui.ui.screens.activity import ActivityScreen

        step = self.bulks[0].step if self.bulks else None
        self.app.push_screen(ActivityScreen(self, step))

    def _tell(self, sentence: str, look: str = "good") -> None:
        """Say something on the main screen and, while it is open, on the activity screen."""
        self.say(sentence, look)
        if screen := self._activity_screen:
            screen.say(sentence, look)

    @property
    def _activity_screen(self) -> ActivityScreen | None:
        from triage_tui.ui.screens.activity import ActivityScreen

        screens = self.app.screen_stack
        return next((one for one in screens if isinstance(one, ActivityScreen)), None)

    def retry(self, entry: Entry) -> None:
        """Do what an entry was about on the case as it is now."""
        from triage_tui.ui.screens.left import Decision

        edit = entry.edit
        if any(one.edit.number == edit.number for one in self.triage.left):
            self.triage.decide_left(Decision(send=(entry,)))
            self._tell(f"It is sent now: {edit.phrase}.")
        elif dispute := self.triage.disputes.get(edit.number):
            self.triage.settle_dispute(dispute, overwrite=True)
            self._tell(f"Overwriting: {edit.phrase}.")
        elif edit in self.session.writes:
            self.triage.outbox.hurry()
            self.triage.outbox.flush()
            self._tell(f"Trying now: {edit.phrase}.")
        elif entry.state is State.DONE:
            self._tell(f"It was done already: {edit.phrase}.", "warn")
        elif entry.damaged or isinstance(edit.change, Lost):
            self._tell("Nobody can tell any more what was to be done.", "warn")
        elif entry.state not in (State.REFUSED, State.CONFLICT, State.UNSURE, State.UNDONE):
            self._tell("It belongs to another triage-tui that is running.", "warn")
        elif entry.state is State.UNSURE and not edit.change.repeatable:
            self._ask_first(edit)
        else:
            self._do_again(edit)

    def _ask_first(self, edit: Edit) -> None:
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self._do_again(edit)

        question = f"{edit.phrase[:1].upper()}{edit.phrase[1:]} again? {MAYBE_DONE}"
        self.app.push_screen(ConfirmScreen(question, yes="Do it again", no="No"), answered)

    @work(group="again")
    async def _do_again(self, edit: Edit) -> None:
        session = self.session
        if why := self.triage.no_writes:
            self._tell(why, "warn")
            return
        if isinstance(edit.change, CreateCase):
            self.triage.not_a_draft_any_more(edit)
            if self.triage.send([session.create(edit.change)]):
                self._tell("Creating the case…")
            return
        try:
            if self.triage.client:
                case = await self.triage.client.case(edit.case_id)
                session.meet(case)
                self.triage.outbox.heard(case)
        except ApiError as error:
            self._tell(f"{edit.key}: {error}", "bad")
            return
        if session.case(edit.case_id) is None:
            self._tell(f"{edit.key} is not known here yet: try again in a moment.", "warn")
            return
        edits = session.edit(lambda _: [edit.change], [edit.case_id])
        if not edits:
            self._tell(f"{edit.key} is so already.", "warn")
            return
        self.sent(edits, [edit.case_id])
        self._tell(f"Trying again: {edit.phrase}.")

    def drop(self, entry: Entry) -> None:
        """Take back what was not sent yet."""
        from triage_tui.ui.screens.left import Decision

        edit = entry.edit
        if any(one.edit.number == edit.number for one in self.triage.left):
            self.triage.decide_left(Decision(drop=(entry,)))
        elif edit not in self.session.writes:
            known = entry.state in (State.HELD, State.QUEUED, State.SENDING)
            why = "It belongs to another triage-tui that is running." if known else "It is over."
            self._tell(f"{why} There is nothing to drop.", "warn")
            return
        elif not self.triage.cancel([edit]):
            self._tell("It is on its way: nobody can drop it now.", "warn")
            return
        self._tell(f"Dropped before it was sent: {edit.phrase}.")

    def turn_back(self, entry: Entry) -> None:
        """Undo what an entry did, unless somebody changed it since."""
        edit = entry.edit
        if edit in self.session.writes:
            self.drop(entry)
            return
        if entry.state is not State.DONE or entry.answer.said:
            self._tell("There is nothing of yours to undo here.", "warn")
            return
        back = self.session.turn_back(edit)
        if isinstance(back, str):
            self._tell(back, "warn")
        elif self.triage.send([back]):
            self._tell(f"Undone: {done([edit])}.")

    def go_to(self, case_id: str, key: str) -> None:
        """Put the cursor on a case, which is looked for if it is not in the list."""
        if self.session.listed(case_id):
            self.lift_filter(unless=case_id)
            self.case_list.focus()
            self.case_list.go_to(case_id)
            return
        try:
            self._ask(parse(f"key:{key}"))
        except QueryError:
            self.say("There is no case with such a key.", look="warn")
