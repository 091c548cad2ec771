"""The keys that change cases. None of them waits for the network.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Input

from triage_tui.changes import AddComment, Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.conflicts import Dispute, lately
from triage_tui.edits import Edit, Redone, Undone, done, told
from triage_tui.errors import ApiError
from triage_tui.models import PRIORITIES, STANDARD_STATUSES, Case, Status, User
from triage_tui.text import clean, plural
from triage_tui.ui.screens.facets import FacetActions
from triage_tui.ui.widgets.facet_panel import FacetPanel

if TYPE_CHECKING:
    from triage_tui.ui.screens.pick import Choice

CONFIRM_ABOVE = 10
"""Cases that one key changes without asking."""

_MOST_LISTED = 200
"""Cases that a question names."""

PRIORITY_NAMES = {
    "P1": "P1 critical",
    "P2": "P2 high",
    "P3": "P3 medium",
    "P4": "P4 low",
    "P5": "P5 info",
    "NOT_DEFINED": "not set",
}

Plan = Callable[[Case], Sequence[Change]]


class DecideActions(FacetActions):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._for_me: dict[Hashable, Callable[[User], object]] = {}
        """What waits for the server to say who the person is."""

    def just_gone(self) -> str:
        """The case that the list had under the cursor a moment ago; "" if it is the same."""
        raise NotImplementedError

    @property
    def in_sight(self) -> bool:
        """True if this is what the person looks at, and nothing is being typed."""
        return self.app.screen is self and not isinstance(self.focused, Input)

    def writable(self) -> tuple[str, ...]:
        """Ids of the cases to change; says why if there are none."""
        if isinstance(self.focused, FacetPanel):
            self.say("The facets have the focus: Tab to the list, then decide.", look="warn")
            return ()
        if not self.session.marked and (before := self.just_gone()):
            self.refuse(
                f"Nothing was changed: {before} was in this place a moment ago. Look, then press"
                " the key again."
            )
            return ()
        return self.targets()

    def decide(
        self,
        case_ids: Sequence[str],
        plan: Plan,
        otherwise: Callable[[], None] | None = None,
        done: Callable[[], None] | None = None,
    ) -> None:
        """Change cases: many only after a yes.

        Args:
            otherwise: Called if the person thinks better of it.
            done: Called when the changes are in the journal.
        """
        if not case_ids:
            return
        if len(case_ids) <= CONFIRM_ABOVE:
            if self._carry_out(case_ids, plan) and done:
                done()
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        cases = [case for one in case_ids if (case := self.session.case(one))]
        phrase = told((change.phrase for change in plan(cases[0])), (case.key for case in cases))
        question = f"{phrase[:1].upper()}{phrase[1:]}?"
        if not self.in_sight:
            # What is typed there must not answer a question that had to wait for the server.
            self.say(f"Not done, it needs a yes: {question} Press the key again.", look="bad")
            if otherwise:
                otherwise()
            return

        def answered(yes: bool | None) -> None:
            if yes:
                if self._carry_out(case_ids, plan) and done:
                    done()
            elif otherwise:
                otherwise()

        self.app.push_screen(ConfirmScreen(question, lines_of(cases), yes="Change them"), answered)

    def _carry_out(self, case_ids: Sequence[str], plan: Plan) -> bool:
        """True if there is something to send, and it is kept."""
        self.session.now = self.triage.now()
        edits = self.session.edit(plan, case_ids)
        if not edits:
            self.triage.look_again(case_ids, plan)
            return False
        if not self.sent(edits, case_ids):
            return False
        self.after_decision(edits, case_ids, plan)
        return True

    def after_decision(self, edits: Sequence[Edit], asked: Sequence[str], plan: Plan) -> None:
        """The person decided about the cases `asked`, and these edits of it are kept."""

    def after_undo(self, undone: Undone) -> None:
        """The person took a step back."""

    def after_redo(self, redone: Redone) -> None:
        """The person did a step again that was taken back."""

    def sent(self, edits: Sequence[Edit], asked: Sequence[str]) -> bool:
        """Send edits and say what they did; `asked` are the cases they were asked for.

        False if they cannot be kept: then nothing is sent.
        """
        cases = {edit.case_id for edit in edits}
        text = done(edits)
        already = len(set(asked) - cases)
        extra = f" ({already} already so)" if already else ""
        if not self.triage.send(edits):
            return False
        # While it is held, that is said beside it.
        held = self.triage.outbox.held or isinstance(edits[0].change, AddComment)
        undo = "" if held else " · u undoes"
        still = ", still marked" if len(asked) > 1 and self.session.marked else ""
        self.say(f"{text[:1].upper()}{text[1:]}{still}{extra}{undo}")
        return True

    # Status

    def _statuses(self, case_ids: Sequence[str]) -> list[Status]:
        """The statuses that all these cases can have."""
        common: list[Status] | None = None
        for one in case_ids:
            case = self.session.case(one)
            case_type = self.session.types.get(case.type_id) if case else None
            options = list(case_type.statuses if case_type else STANDARD_STATUSES)
            common = options if common is None else [s for s in common if s in options]
        return common or []

    def _ask_status(self, title: str, case_ids: Sequence[str], statuses: list[Status]) -> None:
        if not statuses:
            self.say(self._nothing_in_common(case_ids), look="warn")
            return
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

        letters = letters_for([status.name for status in statuses])
        items = [
            MenuItem(letter, status, clean(status.name))
            for letter, status in zip(letters, statuses, strict=True)
        ]
        names = {case.status_name for one in case_ids if (case := self.session.case(one))}
        current = next((s for s in statuses if names == {s.name}), None)

        def chosen(status: Status | None) -> None:
            if status:
                self.decide(case_ids, lambda _: [SetStatus(status)])

        self.app.push_screen(MenuScreen(title, items, current=current), chosen)

    def _nothing_in_common(self, case_ids: Sequence[str]) -> str:
        cases = [case for one in case_ids if (case := self.session.case(one))]
        types = self.session.types
        names = Counter(
            clean(types[case.type_id].name, limit=40) if case.type_id in types else "another type"
            for case in cases
        )
        if len(names) == 1:
            return f"{next(iter(names))} has no such status: s shows those that it has."
        told = ", ".join(f"{count:,} {name}" for name, count in names.items())
        return (
            f"No such status in common: {told}. Esc lifts the marks; mark cases of one type, which"
            " the facet Type (h) or F shows alone."
        )

    def action_status(self) -> None:
        if case_ids := self.writable():
            title = f"Status of {self._named(case_ids)}"
            self._ask_status(title, case_ids, self._statuses(case_ids))

    def action_done(self) -> None:
        if not (case_ids := self.writable()):
            return
        closed = [s for s in self._statuses(case_ids) if s.group == "SG_CLOSED"]
        if len(closed) == 1:
            self.decide(case_ids, lambda _: [SetStatus(closed[0])])
        else:
            self._ask_status(f"Close {self._named(case_ids)} as", case_ids, closed)

    def _named(self, case_ids: Sequence[str]) -> str:
        case = self.session.case(case_ids[0])
        if len(case_ids) == 1 and case:
            return clean(case.key, limit=40)
        return plural(len(case_ids), "case")

    # Priority, archive

    def action_set_priority(self, priority: str) -> None:
        self.decide(self.writable(), lambda _: [SetPriority(priority)])

    def action_priority(self) -> None:
        if not (case_ids := self.writable()):
            return
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen

        items = [
            MenuItem("0" if one == "NOT_DEFINED" else one[1], one, PRIORITY_NAMES[one])
            for one in PRIORITIES
        ]
        now = {case.priority for one in case_ids if (case := self.session.case(one))}
        current = next(iter(now)) if len(now) == 1 else None

        def chosen(priority: str | None) -> None:
            if priority:
                self.decide(case_ids, lambda _: [SetPriority(priority)])

        title = f"Priority of {self._named(case_ids)}"
        self.app.push_screen(MenuScreen(title, items, current=current), chosen)

    def action_archive(self) -> None:
        if case_ids := self.writable():
            cases = [case for one in case_ids if (case := self.session.case(one))]
            archive = any(case.archived_at is None for case in cases)
            self.decide(case_ids, lambda _: [SetArchived(archive)])

    # People

    def action_assign(self) -> None:
        if not (case_ids := self.writable()):
            return
        from triage_tui.ui.screens.pick import PickScreen

        choices = self._choices(self._people())

        def chosen(user: User | None) -> None:
            if user:
                self.decide(case_ids, lambda _: [Assign(user)])

        title = f"Assign {self._named(case_ids)} to"
        self.app.push_screen(PickScreen(title, choices, search=self._search_people), chosen)

    def _people(self) -> list[User]:
        """Everybody known: oneself first, then who has cases in the list, then the rest."""
        session = self.session
        busy = {case.assignee.id: case.assignee for case in session.rows if case.assignee}
        known = {**busy, **session.users}
        if session.me:
            known = {session.me.id: session.me, **known}
        mine = session.me.id if session.me else ""
        return sorted(
            known.values(),
            key=lambda user: (user.id != mine, user.id not in busy, user.label.casefold()),
        )

    async def _search_people(self, text: str) -> Sequence[Choice[User]]:
        client = self.triage.client
        if client is None:
            return ()
        return self._choices(await client.users(text))

    def _choices(self, people: Iterable[User]) -> list[Choice[User]]:
        from triage_tui.ui.screens.pick import Choice

        me = self.session.me
        return [
            Choice(user, clean(user.label), _about(user, me), f"{user.email} {user.handle}")
            for user in people
            if user.status != "Disabled"
        ]

    def with_me(self, what: Hashable, then: Callable[[User], object]) -> None:
        """Call this with who the person is, which the server is asked for if it has to be.

        Args:
            what: By which a key that is pressed again meanwhile is known: it counts once.
        """
        if me := self.session.me:
            then(me)
            return
        self._for_me[what] = then
        self.say("It is done as soon as the server has said who you are…", look="warn")
        if self.triage.client:
            self._ask_who()

    @work(group="me", exclusive=True)
    async def _ask_who(self) -> None:
        assert self.triage.client
        try:
            self.session.me = await self.triage.client.me()
        except ApiError as error:
            self.met_nobody(str(error))
        else:
            self.met_me()

    def met_nobody(self, why: str) -> None:
        """Nobody says who the person is: what waited for it is not done."""
        if self._for_me:
            self._for_me = {}
            self.say(f"Nobody can say who you are: use a to pick yourself. {why}", look="bad")

    def met_me(self) -> None:
        """It is known who the person is: do what waited for it."""
        waiting, self._for_me = self._for_me, {}
        for then in waiting.values():
            if me := self.session.me:
                then(me)

    def action_assign_me(self) -> None:
        if case_ids := self.writable():
            what = "assign", case_ids
            self.with_me(what, lambda me: self.decide(case_ids, lambda _: [Assign(me)]))

    def action_take(self) -> None:
        if case_ids := self.writable():
            what = "take", case_ids
            self.with_me(what, lambda me: self.decide(case_ids, partial(self._taking, me)))

    def _taking(self, me: User, case: Case) -> list[Change]:
        return [Assign(me), SetStatus(self._in_progress(case))]

    def _in_progress(self, case: Case) -> Status:
        case_type = self.session.types.get(case.type_id)
        name = case_type.defaults.get("SG_IN_PROGRESS", "") if case_type else ""
        return Status(name or "In Progress", "SG_IN_PROGRESS")

    def action_unassign(self) -> None:
        self.decide(self.writable(), lambda _: [Assign(None)])

    # Going back, going on

    def action_undo(self) -> None:
        undone = self.triage.undo()
        if undone is None:
            self.say("There is nothing to undo.", look="warn")
        elif not undone.dropped and not undone.edits:
            kept = " ".join(undone.kept)
            # The keys for it are the dashboard's own, so that the sentence itself leaves them out.
            key = self.key_of("comment.edit") if kept.startswith("A comment ") else ""
            self.say(f"{kept} {key} changes or deletes it." if key else kept, look="warn")
        else:
            before = " before it was sent" if not undone.edits else ""
            kept = "".join(f" {sentence}" for sentence in undone.kept)
            self.say(f"Undone{before}: {done((*undone.dropped, *undone.turned))}.{kept}")
            self.after_undo(undone)
        self.paint()

    # What waits for a decision

    def action_settle(self) -> None:
        """Ask about what was not sent: first what an earlier start left, then conflicts."""
        if self.triage.left:
            self._ask_about_left()
        elif disputes := self.triage.disputes:
            self._ask_about(disputes[max(disputes)])
        else:
            waits = plural(len(self.session.writes), "write")
            more = f" {waits} will be sent without one." if self.session.writes else ""
            self.say(f"Nothing waits for a decision.{more}", look="warn")

    def _ask_about_left(self) -> None:
        from triage_tui.ui.screens.left import Decision, LeftScreen

        def decided(decision: Decision | None) -> None:
            if decision is None:
                self.say("They are kept: ! asks again, and so does the next start.", look="warn")
            else:
                self.triage.decide_left(decision)

        self.app.push_screen(LeftScreen(self.triage.left, self.triage.now()), decided)

    def _ask_about(self, dispute: Dispute) -> None:
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes is None:
                self.say("It is not decided: ! asks again.", look="warn")
                return
            self.triage.settle_dispute(dispute, overwrite=yes)
            if not yes:
                self.say(f"{dispute.edit.key} stays as it is: {dispute.there}.")
            self.paint()

        why = lately(dispute.why, dispute.theirs, self.triage.now())
        question = f"{why} Overwrite it?"
        self.app.push_screen(
            ConfirmScreen(
                question,
                dispute.difference,
                yes="Overwrite",
                no="Keep theirs",
                title="Somebody was faster",
                can_wait=True,
            ),
            answered,
        )

    def action_redo(self) -> None:
        redone = self.triage.redo()
        if redone is None:
            self.say("There is nothing to do again.", look="warn")
        elif not redone.edits and not redone.restored:
            self.say(" ".join(redone.kept), look="warn")
        else:
            kept = "".join(f" {sentence}" for sentence in redone.kept)
            self.say(f"Done again: {done(redone.again)}.{kept}")
            self.after_redo(redone)
        self.paint()


def lines_of(cases: Sequence[Case]) -> list[str]:
    """Cases, to be read before a question about them is answered."""
    width = max(len(case.key) for case in cases)
    lines = [
        f"{clean(case.key).ljust(width)}  {clean(case.title, limit=200)}"
        for case in cases[:_MOST_LISTED]
    ]
    more = len(cases) - _MOST_LISTED
    return [*lines, f"… and {more:,} more"] if more > 0 else lines


def _about(user: User, me: User | None) -> str:
    if me and user.id == me.id:
        return "you"
    if user.status == "Pending":
        return "invited"
    return clean(user.email if user.email != user.label else "")
