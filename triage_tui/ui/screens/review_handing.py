"""The keys by which a person makes the report their own, and hands it over.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from textual import work

from triage_tui import handover_file, whole_file
from triage_tui.changes import AddComment
from triage_tui.errors import ApiError, ConfigError, QueryError, TriageError
from triage_tui.models import Case
from triage_tui.query import parse
from triage_tui.reports import words
from triage_tui.reports.earlier import keep
from triage_tui.reports.forms import FORMATS, writer
from triage_tui.reports.model import Line, Report
from triage_tui.review import SPANS, Choice, Kind, Row, gaps_told, open_gaps, told, typed_window
from triage_tui.text import clean, number, plural
from triage_tui.ui.screens.compose import Composed
from triage_tui.ui.screens.review_reading import ReviewReading
from triage_tui.zones import local_zone

MOST_COPIED = 74_994
"""Bytes that terminals take into the clipboard, written as base64."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}-\d+")

_CASE = "review case"
"""Under which is remembered to which case the report was added last."""

_TYPED = Choice("typed", "")

_NAMED = 8
"""Gaps that the question before a sign-off names."""


class HandingOver(ReviewReading):
    """Part of the review."""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        raise NotImplementedError

    @property
    def case_id(self) -> str:
        """Id of the case under the cursor; "" if there is none."""
        raise NotImplementedError

    def step(self) -> None:
        """Put the cursor on the next row."""
        raise NotImplementedError

    @property
    def handed_over(self) -> Report | None:
        """The report with what was added and without what was taken out; None before it is read."""
        return self.draft.applied(self.shown.report) if self.shown.report else None

    def _there(self) -> Report | None:
        """The same; says so if there is none yet."""
        report = self.handed_over
        if report is None:
            self.say("The report is not made yet.", "warn")
        return report

    # Notes

    def action_note(self) -> None:
        case = self.board.session.case(self.case_id)
        if case is None:
            self.say("No case here: N notes something on the whole shift.", "warn")
            return

        def keep_note(text: str) -> None:
            self.draft.note(case.id, text)
            self.keep_draft()

        self.bring_up_draft()
        title = f"For whoever comes next: {clean(case.key, limit=40)}"
        self._write_note(title, self.draft.notes.get(case.id, ""), keep_note)

    def action_notes(self) -> None:
        if self._there() is None:
            return

        def keep_notes(text: str) -> None:
            self.draft.free = text
            self.keep_draft()

        self.bring_up_draft()
        title = "Near misses, changes, maintenance, tips"
        self._write_note(title, self.draft.free, keep_notes)

    def _write_note(self, title: str, text: str, kept: Callable[[str], None]) -> None:
        from triage_tui.ui.screens.compose import ComposeScreen

        def written(answer: Composed | None) -> None:
            if answer is not None:
                kept(answer.text)
                self.say("Noted." if answer.text else "No note any more.")
                self.paint()

        screen = ComposeScreen(
            title, text, does="keep", escape="keep", keep=kept, may_be_empty=True
        )
        self.app.push_screen(screen, written)

    # What is in it

    def action_leave_out(self) -> None:
        row, report = self.row, self.shown.report
        if row is None or report is None or row.section == "figures":
            self.say("The figures are always told.", "warn")
            return
        if row.kind is Kind.PART:
            ids = {section.id for section in report.part(row.id).sections}
            whole = ids <= self.draft.left_out
            self.draft.left_out = self.draft.left_out - ids if whole else self.draft.left_out | ids
        else:
            self.draft.toggle(self.case_id or row.section)
        self.keep_draft()
        self.paint()
        self.step()

    def action_redact(self) -> None:
        self.draft.redact = not self.draft.redact
        self.keep_draft()
        hidden = "Titles, comments and addresses are hidden in the text."
        self.say(hidden if self.draft.redact else "Nothing is hidden in the text.")
        self.paint()

    # What it is about

    def action_window(self) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

        now, zone = self.triage.now(), local_zone()
        choices = [
            *(Choice("shift", name) for name in self.triage.shifts),
            *(Choice("since", span) for span in SPANS),
            _TYPED,
        ]
        names = [
            *self.triage.shifts,
            *(f"last {span.removesuffix('h')} hours" for span in SPANS),
            "another time…",
        ]
        items = []
        for letter, choice, name in zip(letters_for(names), choices, names, strict=True):
            try:
                about = told(choice.window(self.triage.shifts, now, zone))
            except ConfigError as error:
                about = "8h, 22:00, 22:00 to 06:00" if choice is _TYPED else str(error)
            items.append(MenuItem(letter, choice, clean(name, limit=40), clean(about, limit=80)))

        def chosen(choice: Choice | None) -> None:
            if choice is _TYPED:
                self._ask_window()
            elif choice:
                self.choose(choice)

        self.app.push_screen(MenuScreen("A report of", items, current=self.choice), chosen)

    def _ask_window(self) -> None:
        from triage_tui.ui.screens.name import NameScreen

        def objection(text: str) -> str:
            try:
                typed_window(text, self.triage.now(), local_zone())
            except ConfigError as error:
                return str(error)
            return ""

        def meaning(text: str) -> str:
            return told(typed_window(text, self.triage.now(), local_zone()))

        def typed(text: str | None) -> None:
            if text:
                self.choose(Choice("typed", text))

        screen = NameScreen(
            "A report of the time since",
            self.choice.text if self.choice.kind == "typed" else "",
            enter="read it",
            objection=objection,
            meaning=meaning,
            lines=["8h, 22:00, 22:00 to 06:00, 2026-11-20 22:00 to 2026-11-21 08:00"],
        )
        self.app.push_screen(screen, typed)

    def action_query(self) -> None:
        from triage_tui.ui.screens.name import NameScreen

        def objection(text: str) -> str:
            try:
                parse(text)
            except QueryError as error:
                return str(error)
            return ""

        def typed(text: str | None) -> None:
            if text is not None and text != self.query_text:
                self.ask_for(text)

        screen = NameScreen(
            "A report of the cases with",
            self.query_text,
            enter="read it",
            objection=objection,
            lines=[
                "A query: team:storage, project:OPS. Nothing: all cases.",
                "What changes during a shift, as a status, hides what was closed.",
            ],
        )
        self.app.push_screen(screen, typed)

    # Handing over

    def action_preview(self) -> None:
        if report := self._there():
            from triage_tui.ui.screens.read_text import TextScreen

            does = {"c": self.action_copy, "w": self.action_write, "C": self.action_comment}

            def wished(key: str | None) -> None:
                if key:
                    does[key]()

            keys = "c copy · w file · C comment"
            text = writer("md")(report)
            self.app.push_screen(TextScreen("What is handed over", text, keys, tuple(does)), wished)

    def action_copy(self) -> None:
        if (report := self._there()) is None:
            return
        text = writer("md")(report)
        size = len(text.encode())
        if -(-size // 3) * 4 > MOST_COPIED:
            self.say(
                f"{number(size)} bytes are too much for the clipboard of terminals: leave"
                " something out with space, or write a file with w.",
                "warn",
            )
            return
        self.app.copy_to_clipboard(text)
        self.say(f"Copied the report: {plural(text.count(chr(10)), 'line')} of Markdown.")

    def action_write(self) -> None:
        if (report := self._there()) is None:
            return
        from triage_tui.ui.screens.name import NameScreen

        end = report.window.end.astimezone(report.window.zone)

        def typed(text: str | None) -> None:
            if text:
                self._ask_to_replace(handover_file.path_of(text))

        def meaning(text: str) -> str:
            path = handover_file.path_of(text)
            return f"{path}{', which is there already' if path.exists() else ''}"

        screen = NameScreen(
            "Write the report to the file",
            f"hand-over-{end:%Y-%m-%d-%H%M}.md",
            enter="write",
            objection=handover_file.objection,
            meaning=meaning,
            lines=[
                f"It ends in {', '.join(f'.{form}' for form in FORMATS)}; only you can read it."
            ],
        )
        self.app.push_screen(screen, typed)

    def _ask_to_replace(self, path: Path) -> None:
        if not path.exists():
            self._write(path)
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self._write(path)
            else:
                self.say("Nothing was written.", "warn")

        question = f"{path} is there already. Replace it?"
        self.app.push_screen(ConfirmScreen(question, yes="Replace it", no="Keep it"), answered)

    @work(group="write report")
    async def _write(self, path: Path) -> None:
        if (report := self._there()) is None:
            return
        form = path.suffix.removeprefix(".")
        try:
            await asyncio.to_thread(lambda: whole_file.write(path, writer(form)(report)))
        except TriageError as error:
            self.say(str(error), "bad")
        else:
            self.say(f"The report is in {path}.")

    # As a comment

    def action_comment(self) -> None:
        if why := self.triage.no_writes:
            self.say(why, "warn")
            return
        if self._there() is None:
            return
        from triage_tui.ui.screens.name import NameScreen

        last = self.triage.local.get(_CASE)

        def objection(text: str) -> str:
            return "" if _KEY.fullmatch(text) else "A key is written as OPS-12."

        def typed(text: str | None) -> None:
            if text:
                self._look_up(text.upper())

        screen = NameScreen(
            "Add the report as a comment to the case",
            last if isinstance(last, str) else "",
            enter="look at it",
            objection=objection,
        )
        self.app.push_screen(screen, typed)

    @work(group="hand-over case", exclusive=True)
    async def _look_up(self, key: str) -> None:
        client = self.triage.client
        try:
            if client is None:
                raise TriageError("Nothing is connected yet.")
            case = await client.case(key)
        except (ApiError, TriageError) as error:
            self.say(f"{key}: {error}", "bad")
            return
        self.board.session.meet(case)
        if self.app.screen is self:
            self._ask_to_add(case)
        else:
            # What is typed meanwhile must not answer the question.
            self.say(f"{key} was read: C asks again.", "warn")

    def _ask_to_add(self, case: Case) -> None:
        if (report := self._there()) is None:
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        text = writer("md")(report)
        key = clean(case.key, limit=40)
        again = "It was added there already. " if case.key in self.draft.added else ""
        title = clean(case.title, limit=80)
        question = f"{again}Add the report to {key}, “{title}”, as a comment?"

        def done() -> None:
            self.triage.local.put(_CASE, case.key)
            self.draft.added.append(case.key)
            self.keep_draft()

        def answered(yes: bool | None) -> None:
            if yes:
                self.board.decide([case.id], lambda _: [AddComment(text)], done=done)

        screen = ConfirmScreen(question, text.split("\n")[:200], yes="Add it")
        self.app.push_screen(screen, answered)

    # The end

    def action_sign(self) -> None:
        report = self.shown.report
        if report is None or self._there() is None:
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        gaps = open_gaps(report)
        question = "Sign this shift off?"
        if self.draft.signed:
            question = f"It was signed off by {self.draft.signed}. Sign it off again?"
        elif warning := gaps_told(gaps):
            question = f"{warning}. Sign off all the same?"
        lines = [_gap(line) for line in gaps.lines[:_NAMED]]
        if unsent := len(self.board.session.writes):
            lines.append(f"{plural(unsent, 'write')} not sent yet")

        def answered(yes: bool | None) -> None:
            if yes:
                self._sign(report)

        screen = ConfirmScreen(question, lines, yes="Sign off", no="Not yet", title="Sign-off")
        self.app.push_screen(screen, answered)

    def _sign(self, report: Report) -> None:
        me = self.board.session.me
        when = words.full(self.triage.now(), report.window)
        self.draft.signed = f"{clean(me.label, limit=100) if me else 'somebody'}, {when}"
        self.keep_draft()
        keep(self.triage.local, report)
        self.paint()
        self.say("Signed off. The next report is compared with the figures of this one.")


def _gap(line: Line) -> str:
    return f"{line.priority}  {line.key}  {line.title}"
