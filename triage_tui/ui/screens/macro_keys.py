"""The keys that a person gave several decisions to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from triage_tui import snoozes
from triage_tui.actions import MACROS, Action
from triage_tui.changes import AddComment, Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.edits import done
from triage_tui.errors import ApiError
from triage_tui.models import Case, Status, User
from triage_tui.snoozes import NoTime
from triage_tui.templates import filled
from triage_tui.text import clean, plural, some
from triage_tui.ui.screens.decide import CONFIRM_ABOVE
from triage_tui.ui.screens.snoozing import SnoozeActions

if TYPE_CHECKING:
    from triage_tui.macros import Macro

_ME = "me"

_NAMED = 3
"""Cases that are named in a sentence about several."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A macro with the people that it names."""

    macro: Macro
    me: User | None
    people: Mapping[str, User]


class MacroActions(SnoozeActions):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._own_actions: tuple[Action, ...] = ()

    def on_mount(self) -> None:
        self._own_actions = tuple(
            Action(
                f"macro.{macro.key}",
                macro.key,
                f"macro({number})",
                macro.label,
                MACROS,
                on_case=True,
                writes=not (macro.has("snooze") and len(macro.steps) == 1),
            )
            for number, macro in enumerate(self.triage.macros)
        )
        for action in self._own_actions:
            self._bindings.bind(action.keys, action.does, action.label, show=False)

    @property
    def own_actions(self) -> Sequence[Action]:
        return self._own_actions

    def action_macro(self, number: int) -> None:
        if case_ids := self.writable():
            self._begin(self.triage.macros[number], case_ids)

    def _begin(self, macro: Macro, case_ids: Sequence[str]) -> None:
        """Find out who is meant, then carry it out on these cases."""
        me_too = macro.has("take") or macro.value("assign").lower() == _ME
        if me_too and self.session.me is None:
            what = macro.key, tuple(case_ids)
            self.with_me(what, lambda _: self._begin(macro, case_ids))
            return
        name = macro.value("assign")
        if not name or name.lower() == _ME:
            self._run(_Run(macro, self.session.me, {}), case_ids)
        elif user := self._person(name, self._people()):
            self._run(_Run(macro, self.session.me, {name: user}), case_ids)
        else:
            self._look_for(name, macro, case_ids)

    def _person(self, name: str, people: Sequence[User]) -> User | None:
        """Who is called so; None if nobody is, or several are."""
        wanted = name.casefold()
        found = {
            one.id: one
            for one in people
            if wanted in (one.handle.casefold(), one.email.casefold(), one.label.casefold())
            if one.status != "Disabled"
        }
        return next(iter(found.values())) if len(found) == 1 else None

    @work(group="person")
    async def _look_for(self, name: str, macro: Macro, case_ids: Sequence[str]) -> None:
        user, why = None, ""
        if client := self.triage.client:
            try:
                user = self._person(name, await client.users(name))
            except ApiError as error:
                why = f" {error}"
        if user:
            self._run(_Run(macro, self.session.me, {name: user}), case_ids)
        else:
            said = clean(name, limit=60)
            self.say(f"Nothing was changed: nobody alone is called “{said}”.{why}", look="warn")

    # Carrying out

    def _run(self, run: _Run, case_ids: Sequence[str]) -> None:
        cases = [case for one in case_ids if (case := self.session.case(one))]
        unfit = {case.id: why for case in cases if (why := self._why_unfit(run, case))}
        fits = [case for case in cases if case.id not in unfit]
        told = self._told_unfit(cases, unfit)
        if not fits:
            self.say(f"Nothing was changed: {told}.", look="warn")
            return
        ids = [case.id for case in fits]
        plan = partial(self._plan, run)
        finish = partial(self._finish, run.macro, ids, told)
        writes = any(not change.holds(case) for case in fits for change in plan(case))
        if writes or not run.macro.has("snooze"):
            self.decide(ids, plan, done=finish)
        elif len(ids) <= CONFIRM_ABOVE:
            finish(wrote=False)
        elif when := self._until(run.macro):
            self.ask_to_put_off(ids, when)

    def _why_unfit(self, run: _Run, case: Case) -> str:
        """Which step does not apply to a case, and why; "" if all do."""
        if not (wanted := run.macro.value("status")) or self._status(case, wanted):
            return ""
        case_type = self.session.types.get(case.type_id)
        of = clean(case_type.name, limit=60) if case_type else "its type"
        return f"“status {clean(wanted, limit=60)}” is no status of {of}"

    def _told_unfit(self, cases: Sequence[Case], unfit: Mapping[str, str]) -> str:
        keys = [clean(case.key, limit=40) for case in cases if case.id in unfit]
        if not keys:
            return ""
        named = some(keys, _NAMED)
        reasons = "; ".join(dict.fromkeys(unfit.values()))
        return f"{named}: {reasons}"

    def _status(self, case: Case, name: str) -> Status | None:
        wanted = name.casefold()
        known = self._statuses([case.id])
        return next((one for one in known if one.name.casefold() == wanted), None)

    def _plan(self, run: _Run, case: Case) -> list[Change]:
        changes: list[Change] = []
        for step in run.macro.steps:
            match step.does:
                case "take" if run.me:
                    changes += self._taking(run.me, case)
                case "assign":
                    user = run.me if step.value.lower() == _ME else run.people[step.value]
                    changes.append(Assign(user))
                case "unassign":
                    changes.append(Assign(None))
                case "status" if status := self._status(case, step.value):
                    changes.append(SetStatus(status))
                case "priority":
                    changes.append(SetPriority(step.value))
                case "archive" | "unarchive":
                    changes.append(SetArchived(step.does == "archive"))
                case "comment":
                    changes.append(AddComment(filled(step.value, case, run.me)))
        return changes

    def _until(self, macro: Macro) -> datetime | None:
        """Until when it snoozes; None, and said, if that time is over by now."""
        try:
            return snoozes.until(macro.value("snooze"), self.triage.now())
        except NoTime as why:
            self.say(str(why), look="warn")
            return None

    def _finish(self, macro: Macro, ids: Sequence[str], told: str, *, wrote: bool = True) -> None:
        """Snooze, go on, and say what was left out; the writes are kept by now."""
        step = self.last_done[0].step if wrote and self.last_done else 0
        if macro.has("snooze") and (when := self._until(macro)):
            self.put_off(ids, when, step)
            if step:
                self._say_snoozed(ids, when)
        self.remember_last(macro.label, lambda _: [], partial(self._begin, macro))
        alone = len(ids) == 1 and not self.session.marked
        if macro.has("next") and alone and ids[0] == self.case_list.cursor_id:
            self._settled.add(ids[0])
            self._go_on(ids[0])
        if told:
            changed = f"{plural(len(ids), 'case')} changed · u undoes; not changed: "
            self.say(f"{changed}{told}", look="warn")

    def _say_snoozed(self, ids: Sequence[str], when: datetime) -> None:
        what = done(self.last_done)
        until = snoozes.told(when, self.triage.now())
        many = f"{plural(len(ids), 'case')} " if len(ids) > 1 else ""
        undo = "" if self.triage.outbox.held else " · u undoes"
        self.say(f"{what[:1].upper()}{what[1:]}, {many}snoozed until {until}{undo}")
