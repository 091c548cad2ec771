"""The keys that edit a case: its fields, its texts in the person's own editor, its project.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported

from triage_tui import external_editor, values
from triage_tui.beside_changes import Watch
from triage_tui.changes import Change
from triage_tui.errors import ApiError
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)
from triage_tui.models import Case, Definition, Project, User
from triage_tui.session import USUAL_ATTRIBUTES
from triage_tui.text import clean
from triage_tui.ui.screens.write import WriteActions

if TYPE_CHECKING:
    from triage_tui.ui.screens.compose import Composed
    from triage_tui.ui.screens.menu import MenuItem

_MET = 8
"""Values of an attribute that are named where another one is typed."""

Field = tuple[str, str, Callable[[], None]]
"""What a field is called, its value, and what asks for another."""

_ALONE = ("Title", "Description")
"""Fields of one case at a time."""


class EditActions(WriteActions):
    """Part of the main screen."""

    def _cases(self, case_ids: Sequence[str]) -> list[Case]:
        return [case for one in case_ids if (case := self.session.case(one))]

    # The box of fields

    def action_fields(self) -> None:
        if case_ids := self.writable():
            self._ask_field(case_ids)
            self.read_definitions(lambda: None)

    def _ask_field(self, case_ids: Sequence[str]) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

        cases = self._cases(case_ids)
        if not cases:
            return
        fields = [*self._fields(cases)]
        labels = [label for label, _, _ in fields]
        # Those that only one case has keep their letters: the others have the same for many.
        letters = letters_for([*_ALONE, *(one for one in labels if one not in _ALONE)])
        letters = letters[-len(labels) :]
        items: list[MenuItem[Callable[[], None]]] = [
            MenuItem(letter, ask, label, clean(value, limit=44))
            for letter, (label, value, ask) in zip(letters, fields, strict=True)
        ]

        def chosen(ask: Callable[[], None] | None) -> None:
            if ask:
                ask()

        self.app.push_screen(MenuScreen(f"Fields of {self._named(case_ids)}", items), chosen)

    def _fields(self, cases: Sequence[Case]) -> list[Field]:
        ids = [case.id for case in cases]
        day, nowhere = SetDueDate(None), MoveToProject(Project("", "", ""))
        found: list[Field] = [
            ("Due date", _common(cases, day), lambda: self._ask_due(ids)),
            (
                "Project",
                _common(cases, nowhere),
                lambda: self._move(ids),
            ),
            ("Watching", "W turns it on and off", self.action_watch),
        ]
        if len(cases) == 1:
            [case] = cases
            found[:0] = [
                (_ALONE[0], case.title, lambda: self._ask_title(case)),
                (_ALONE[1], case.description, lambda: self._ask_description(case)),
            ]
        there = {key for case in cases for key in case.attributes}
        for key in (*sorted(there), *(key for key in USUAL_ATTRIBUTES if key not in there)):
            value = _common(cases, SetAttribute(key, ()))
            found.append((clean(key, limit=40), value, self._asking_attribute(ids, key)))
        found.append(("Another attribute", "", lambda: self._ask_new_attribute(ids)))
        if len(cases) == 1:
            [case] = cases
            for one in self._definitions_of(case):
                value = _common(cases, SetCustomAttribute(one.key, None))
                label = clean(one.label, limit=40)
                found.append((label, value, self._asking_custom(case, one)))
            if self.triage.definitions is None:
                found.append(("More attributes", "being read: press = again", self.action_fields))
        return found

    def _definitions_of(self, case: Case) -> list[Definition]:
        """What custom attributes a case has, and what its type says that it may have."""
        defined = self.triage.definitions or ()
        known = {one.key: one for one in defined if one.type_id == case.type_id}
        for key, value in case.custom_attributes.items():
            # A case may have come with one that nobody has defined; it keeps its type.
            known.setdefault(
                key, Definition(key, case.type_id, type=value.type, is_multi=value.is_multi)
            )
        return list(known.values())

    # One field

    def _ask_value(
        self,
        title: str,
        text: str,
        read: Callable[[str], Change],
        case_ids: Sequence[str],
        *,
        many: bool = False,
        help: str = "",
    ) -> None:
        from triage_tui.ui.screens.value import ValueScreen

        def answered(change: Change | None) -> None:
            if change:
                self.decide(case_ids, lambda _: [change])

        self.app.push_screen(ValueScreen(title, text, read, many=many, help=help), answered)

    def _ask_due(self, case_ids: Sequence[str]) -> None:
        today = self.triage.now().astimezone().date()
        days = {case.due_date for case in self._cases(case_ids)}
        self._ask_value(
            f"{self._named(case_ids)} is due",
            (days.pop() or "") if len(days) == 1 else "",
            lambda text: SetDueDate(values.day(text, today)),
            case_ids,
            help=values.DAY_HELP,
        )

    def _asking_attribute(self, case_ids: Sequence[str], key: str) -> Callable[[], None]:
        def ask() -> None:
            known = {tuple(case.attributes.get(key, ())) for case in self._cases(case_ids)}
            values_met = [clean(one.value, limit=30) for one in self.vocabulary.values_of(key)]
            met = f" Known: {', '.join(values_met[:_MET])}" if values_met else ""
            self._ask_value(
                f"{clean(key, limit=40)} of {self._named(case_ids)}",
                values.written(known.pop()) if len(known) == 1 else "",
                lambda text: SetAttribute(key, values.listed(text)),
                case_ids,
                many=True,
                help="One value a line, in place of those there are; empty removes it." + met,
            )

        return ask

    def _ask_new_attribute(self, case_ids: Sequence[str]) -> None:
        def read(text: str) -> Change:
            key, colon, rest = text.partition(":")
            given = values.listed(rest.replace(",", "\n"))
            if not (key.strip() and colon and given):
                raise values.Unclear("Write a name, a colon and the values.")
            return SetAttribute(key.strip(), given)

        title = f"Another attribute of {self._named(case_ids)}"
        self._ask_value(title, "", read, case_ids, help="region: eu-west-1, us-east-1")

    def _asking_custom(self, case: Case, definition: Definition) -> Callable[[], None]:
        def ask() -> None:
            from triage_tui.ui.screens.custom import ask_custom

            def answered(change: SetCustomAttribute | None) -> None:
                if change:
                    self.decide([case.id], lambda _: [change])

            title = f"{clean(definition.label, limit=40)} of {clean(case.key, limit=40)}"
            now = case.custom_attributes.get(definition.key)
            self.app.push_screen(ask_custom(title, definition, now), answered)

        return ask

    # Texts

    def _ask_title(self, case: Case) -> None:
        def read(text: str) -> Change:
            if not text.strip():
                raise values.Unclear("A case must have a title.")
            return SetTitle(text.strip())

        self._ask_value(f"Title of {clean(case.key, limit=40)}", case.title, read, [case.id])

    def _ask_description(self, case: Case) -> None:
        from triage_tui.ui.screens.compose import ComposeScreen

        kept, name = self.triage.drafts, f"description {case.id}"

        def composed(answer: Composed | None) -> None:
            if answer is None:
                return
            if answer.text == case.description.strip():
                kept.forget(name)
            elif not answer.send:
                kept.keep(name, answer.text)
                self.say("The description is kept as a draft: = takes it up again.")
            else:
                kept.keep(name, answer.text)
                self._set_texts(case, [SetDescription(answer.text)], name)

        self.app.push_screen(
            ComposeScreen(
                f"Description of {clean(case.key, limit=40)}",
                kept.text(name) or case.description,
                does="save",
                keep=lambda text: kept.keep(name, text),
                refusal=lambda: self.triage.no_writes,
                may_be_empty=True,
            ),
            composed,
        )

    def _set_texts(self, seen: Case, changes: Sequence[Change], draft: str) -> None:
        """Change texts that were written over what the case said when the writing began."""
        case, forget = self.session.case(seen.id), lambda: self.triage.drafts.forget(draft)
        changed = [one for one in changes if case and one.inverse(case) != one.inverse(seen)]
        if not changed:
            self.decide([seen.id], lambda _: changes, done=forget)
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self.decide([seen.id], lambda _: changes, done=forget)
            else:
                self.say("Nothing was changed; what you wrote is kept as a draft.", look="warn")

        what = " and ".join(one.noun for one in changed)
        question = f"Somebody changed the {what} while you were writing. Overwrite it?"
        self.app.push_screen(ConfirmScreen(question, yes="Overwrite", no="Keep theirs"), answered)

    def action_external_edit(self) -> None:
        """Give the terminal to the person's editor until it ends."""
        if not (case_ids := self.writable()):
            return
        cases = self._cases(case_ids)
        if len(cases) != 1:
            self.say("One case at a time is edited: lift the marks.", look="warn")
            return
        [case], kept = cases, self.triage.drafts
        name = f"editor {case.id}"
        before = external_editor.document(case.title, case.description)
        try:
            words = external_editor.command(os.environ)
            with self.app.suspend():
                after = external_editor.edited(kept.text(name) or before, words, os.environ)
        except external_editor.EditorError as error:
            self.say(str(error), look="bad")
            return
        except SuspendNotSupported:
            self.say("This terminal cannot be given to an editor: = edits here.", look="bad")
            return
        self._edited(case, before, after, name)

    def _edited(self, case: Case, before: str, after: str, draft: str) -> None:
        old, new = external_editor.parted(before), external_editor.parted(after)
        changes: list[Change] = []
        if new[0] != old[0]:
            changes.append(SetTitle(new[0]))
        if new[1] != old[1]:
            changes.append(SetDescription(new[1]))
        if not changes:
            self.triage.drafts.forget(draft)
            self.say("Nothing was changed in the editor, so nothing is sent.")
            return
        self.triage.drafts.keep(draft, after)
        if not new[0]:
            self.say(
                "The first line is the title, and it is empty: nothing was changed. What you wrote"
                " is kept: E takes it up again.",
                look="bad",
            )
            return
        self._set_texts(case, changes, draft)

    # Project, watching

    def action_move_project(self) -> None:
        if case_ids := self.writable():
            self._move(case_ids)

    def _move(self, case_ids: Sequence[str]) -> None:
        from triage_tui.ui.screens.pick import Choice, PickScreen

        there = {case.project_id for case in self._cases(case_ids)}
        projects = [
            one for one in self.session.projects.values() if len(there) > 1 or one.id not in there
        ]
        if not projects:
            self.say("There is no other project.", look="warn")
            return
        choices = [Choice(one, f"{one.key} {one.name}") for one in projects]

        def chosen(project: Project | None) -> None:
            if project:
                self.decide(case_ids, lambda _: [MoveToProject(project)])

        title = f"Move {self._named(case_ids)} to (it gets another key)"
        self.app.push_screen(PickScreen(title, choices, nothing="No such project"), chosen)

    def action_watch(self) -> None:
        if not (case_ids := self.writable()):
            return
        if me := self.session.me:
            self._toggle_watching(case_ids, me)
        else:
            self.say("The server has not said who you are.", look="warn")

    @work(group="watch")
    async def _toggle_watching(self, case_ids: Sequence[str], me: User) -> None:
        client = self.triage.client
        if client is None:
            self.say("Not connected yet: try again in a moment.", look="warn")
            return
        try:
            watched = [
                any(user.id == me.id for user in await client.watchers(one)) for one in case_ids
            ]
        except ApiError as error:
            self.say(str(error), look="bad")
            return
        self.decide(case_ids, lambda _: [Watch(me, on=not all(watched))])


def _common(cases: Sequence[Case], change: Change) -> str:
    """The value that all the cases have of the field that a change sets."""
    said = {seen.value if (seen := change.inverse(case)) else "" for case in cases}
    return said.pop() if len(said) == 1 else "several"
