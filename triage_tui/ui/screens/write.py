"""The keys that write texts: comments and new cases. Whatever was typed is kept until it is sent.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import work

from triage_tui import drafts, likeness
from triage_tui.beside_changes import DeleteComment, EditComment
from triage_tui.changes import AddComment, Change, CreateCase
from triage_tui.errors import ApiError
from triage_tui.models import Case, NewCase, TimelineCell
from triage_tui.templates import filled
from triage_tui.text import ago, clean
from triage_tui.ui.screens.decide import DecideActions

if TYPE_CHECKING:
    from triage_tui.ui.screens.compose import Composed
    from triage_tui.ui.screens.create import Created


_LOOKED_AT = 50
"""Cases that are ranked by how much they are like a new one."""


class WriteActions(DecideActions):
    """Part of the main screen."""

    # Comments

    def action_comment(self) -> None:
        if not (case_ids := self.writable()):
            return
        from triage_tui.ui.screens.compose import ComposeScreen

        kept, name = self.triage.drafts, drafts.comment_on(case_ids)
        me, places = self.session.me, len(case_ids) > 1
        case = self.session.case(case_ids[0])
        templates = self.triage.templates
        if case and not places:
            templates = {name: filled(text, case, me) for name, text in templates.items()}

        def composed(answer: Composed | None) -> None:
            if answer is None:
                return

            def keep() -> None:
                if kept.keep(name, answer.text):
                    self.say("The comment is kept as a draft: m takes it up again.")

            def plan(case: Case) -> list[Change]:
                # For several cases the places are filled case by case.
                return [AddComment(filled(answer.text, case, me) if places else answer.text)]

            keep()
            if answer.send:
                self.decide(case_ids, plan, keep, lambda: kept.forget(name))

        self.app.push_screen(
            ComposeScreen(
                self._comment_title(case_ids),
                kept.text(name),
                templates=templates,
                keep=lambda text: kept.keep(name, text),
                refusal=lambda: self.triage.no_writes,
            ),
            composed,
        )

    def _comment_title(self, case_ids: Sequence[str]) -> str:
        """Name the case in full: the cursor may have gone on to another one."""
        case = self.session.case(case_ids[0])
        title = f" · {clean(case.title, limit=80)}" if case and len(case_ids) == 1 else ""
        return f"Comment on {self._named(case_ids)}{title}"

    def created(self, case: Case) -> None:
        """A case that the person asked for is there now."""
        palette = self.key_of("app.palette")
        listed = self.session.listed(case.id) or not palette
        self.say(f"Created {case.key}." + ("" if listed else f" {palette} {case.key} goes there."))

    def action_own_comments(self) -> None:
        """Change or delete one of one's own comments."""
        if not (case_ids := self.writable()):
            return
        if len(case_ids) > 1:
            self.say("Comments are changed on one case at a time: lift the marks.", look="warn")
            return
        [case_id], me = case_ids, self.session.me
        case, cells = self.session.case(case_id), self.session.timelines.get(case_id)
        if case is None or cells is None or me is None:
            self.say("The comments are not read yet: try again in a moment.", look="warn")
            return
        own = [
            cell
            for cell in cells
            if cell.author.id == me.id and cell.type == "COMMENT" and not cell.deleted_at
        ]
        if not own:
            key = clean(case.key, limit=40)
            self.say(f"There is no comment of yours on {key} among the latest.", look="warn")
        elif len(own) == 1:
            self._edit_comment(case, own[0])
        else:
            from triage_tui.ui.screens.pick import Choice, PickScreen

            now = self.triage.now()
            choices = [
                Choice(cell, clean(cell.message, limit=60), ago(cell.created_at, now))
                for cell in own
            ]

            def chosen(cell: TimelineCell | None) -> None:
                if cell:
                    self._edit_comment(case, cell)

            self.app.push_screen(PickScreen("Your comments", choices), chosen)

    def _edit_comment(self, case: Case, cell: TimelineCell) -> None:
        from triage_tui.ui.screens.compose import ComposeScreen

        kept, name = self.triage.drafts, drafts.edit_of(cell.id)

        def composed(answer: Composed | None) -> None:
            if answer is None:
                return
            if not answer.send:
                if answer.text == cell.message.strip():
                    kept.forget(name)
                elif kept.keep(name, answer.text):
                    self.say("What it is to say is kept as a draft: M takes it up again.")
                return
            if not answer.text:
                self._delete_comment(case, cell)
            elif answer.text != cell.message.strip():
                kept.keep(name, answer.text)
                change = EditComment(cell.id, answer.text, cell.message)
                self.decide([case.id], lambda _: [change], done=lambda: kept.forget(name))

        self.app.push_screen(
            ComposeScreen(
                f"Your comment on {clean(case.key, limit=40)} (nothing in it: delete)",
                kept.text(name) or cell.message,
                does="save",
                keep=lambda text: kept.keep(name, text),
                refusal=lambda: self.triage.no_writes,
                may_be_empty=True,
            ),
            composed,
        )

    def _delete_comment(self, case: Case, cell: TimelineCell) -> None:
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self.decide([case.id], lambda _: [DeleteComment(cell.id, cell.message)])

        lines = clean(cell.message, lines=True, limit=2_000).split("\n")[:12]
        question = (
            f"Delete your comment on {clean(case.key, limit=40)}? Undo writes it anew: its place"
            " in the timeline is lost."
        )
        self.app.push_screen(ConfirmScreen(question, lines, yes="Delete"), answered)

    # New cases

    def action_create(self) -> None:
        session = self.session
        if not session.projects:
            self.say("The projects are not known yet: try again in a moment.", look="warn")
            if self.triage.client:
                self.triage.read_directory()
            return
        from triage_tui.ui.screens.create import CreateScreen

        kept = self.triage.drafts
        name, draft = kept.new_case() or (kept.name_for_new_case(), self._blank())

        def created(answer: Created | None) -> None:
            if answer is None:
                return
            begun = kept.keep_new_case(name, answer.new)
            if answer.send:
                if self.triage.send([session.create(CreateCase(answer.new))]):
                    kept.forget(name)
                    self.say("Creating the case…")
            elif begun:
                self.say("The new case is kept as a draft: c takes it up again.")

        form = CreateScreen(
            list(session.projects.values()),
            [one for one in session.types.values() if one.deleted_at is None],
            self._people(),
            draft=draft,
            me=session.me,
            search=self._search_people,
            definitions=self.triage.definitions or (),
            keep=lambda new: kept.keep_new_case(name, new),
            alike=self._alike,
            refusal=lambda: self.triage.no_writes,
        )
        self.app.push_screen(form, created)
        # Keys may be on their way: the form is there before this is known.
        self.read_definitions(lambda: form.define(self.triage.definitions or ()))

    def read_definitions(self, then: Callable[[], object]) -> None:
        """Find out what custom attributes may hold, unless that is known."""
        if self.triage.definitions is None and self.triage.client:
            self._read_definitions(then)

    @work(group="definitions", exclusive=True)
    async def _read_definitions(self, then: Callable[[], object]) -> None:
        assert self.triage.client
        try:
            self.triage.definitions = await self.triage.client.definitions()
        except ApiError as error:
            self.say(f"Custom attributes are as the cases have them. {error}", look="warn")
        else:
            then()

    async def _alike(self, new: NewCase) -> list[Case]:
        """Open cases that may be about the same; none while the server limits requests."""
        client, asked = self.triage.client, likeness.asked(new.title, closed=False)
        if client is None or not asked or self.triage.limits:
            return []
        found = (await client.search(asked, size=_LOOKED_AT)).cases
        return [one.case for one in likeness.rank(new.title, found, type_id=new.type_id)]

    def _blank(self) -> NewCase:
        """A new case in the project that is shown, if it is only one."""
        own = self.triage.backend.project.casefold()
        keys = {project.key.casefold(): project.id for project in self.session.projects.values()}
        return NewCase(title="", project_id=keys.get(own, ""))
