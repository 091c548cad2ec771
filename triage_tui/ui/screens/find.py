"""The keys that find, mark and share cases.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from textual import on
from textual.screen import Screen

from triage_tui.actions import ACTIONS
from triage_tui.errors import QueryError
from triage_tui.models import Case
from triage_tui.query import Query, parse
from triage_tui.reading import after_choosing, sort_told
from triage_tui.session import Session
from triage_tui.text import clean, plural
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.widgets.case_list import CaseList
from triage_tui.ui.widgets.facet_panel import FacetPanel
from triage_tui.ui.widgets.query_bar import QueryBar

if TYPE_CHECKING:
    from triage_tui.ui.app import TriageApp

_CASE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}-\d+")

_MARK_ALL = next(action for action in ACTIONS if action.id == "mark.all")

MOST_COPIED = 200
"""Cases whose keys are copied at once: terminals cut off a longer clipboard text."""


class FindActions(Screen[None]):
    """Part of the main screen."""

    bar: QueryBar
    case_list: CaseList
    facet_panel: FacetPanel

    @property
    def triage(self) -> TriageApp:
        """The app, by its own type."""
        return cast("TriageApp", self.app)

    @property
    def session(self) -> Session:
        """What is shown."""
        return self.triage.session

    def paint(self) -> None:
        """Bring every widget up to the session."""
        raise NotImplementedError

    def paint_marks(self) -> None:
        """Bring the list and the status line up to the session."""
        raise NotImplementedError

    def say(self, sentence: str, look: str = "good") -> None:
        """Put a sentence into the status line."""
        raise NotImplementedError

    def take_cursor(self) -> None:
        """Note which case is painted under the cursor."""
        raise NotImplementedError

    def look_at_case(self) -> None:
        """Show the case under the cursor, and read what is missing of it."""
        raise NotImplementedError

    def lift_filter(self, unless: str = "") -> None:
        """Show all rows, unless the case with this id is shown anyway."""
        raise NotImplementedError

    def go_to(self, case_id: str, key: str) -> None:
        """Put the cursor on a case, which is looked for if it is not in the list."""
        raise NotImplementedError

    def doubt(self, query: Query) -> None:
        """Say which keys of a query the server may not understand."""

    @property
    def subject(self) -> str | None:
        """Id of the case that a key is about which has use for one only."""
        return self.session.cursor_id

    def targets(self) -> tuple[str, ...]:
        """Ids of the cases a key acts on; says so if there are none."""
        self.take_cursor()
        targets = self.session.targets
        if not targets:
            self.say("No case here.", look="warn")
        return targets

    # Query

    def action_query(self) -> None:
        self.bar.edit(str(self.session.query))

    @on(QueryBar.Submitted)
    def _search(self, event: QueryBar.Submitted) -> None:
        text = event.text.strip()
        if _CASE_KEY.fullmatch(text):
            text = f"key:{text}"  # What people paste; as free text it would find nothing.
        try:
            query = parse(text)
        except QueryError as error:
            self.bar.show_problem(str(error), error.position)
            return
        self.case_list.focus()
        self._ask(query)
        self.doubt(query)

    @on(QueryBar.Abandoned)
    def _keep_query(self) -> None:
        if self.bar.input.has_focus:
            self.case_list.focus()
        self.bar.put_back(str(self.session.query))

    def _ask(self, query: Query) -> None:
        self.take_cursor()
        self.triage.read(self.session.search(query))

    def action_previous_query(self) -> None:
        request = self.session.previous_query()
        if request is None:
            self.say("There is no earlier query.", look="warn")
        self.triage.read(request)

    @on(FacetPanel.Toggled)
    def _toggle_value(self, event: FacetPanel.Toggled) -> None:
        query = self.session.query
        if event.undo:
            query = query.without_value(event.field, event.value)
        elif event.act == "only":
            query = query.without_key(event.field).with_term(event.field, event.value)
        elif event.act == "add":
            query = query.or_term(event.field, event.value)
        else:
            query = query.excluding(event.field, event.value)
        self._ask(query)

    def action_sort(self) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen

        names = {"created_at": "Age", "priority": "Priority", "status": "Status"}
        now = self.session.sort
        items = [
            MenuItem(name[0].lower(), field, name, sort_told(after_choosing(now, field)))
            for field, name in names.items()
        ]

        def chosen(field: str | None) -> None:
            if field:
                self.sort_by(field)

        screen = MenuScreen("Sort by", items, current=self.session.sort.field)
        self.app.push_screen(screen, chosen)

    def sort_by(self, field: str) -> None:
        """Sort the list: newest first, most urgent first; the same again turns it round."""
        sort = after_choosing(self.session.sort, field)
        self.triage.local.put("sort", {"field": field, "ascending": sort.ascending})
        self.triage.read(self.session.sort_by(sort))

    def action_refresh(self) -> None:
        self.take_cursor()
        self.triage.outbox.hurry()
        self.triage.read(self.session.refresh())

    def action_reload(self) -> None:
        self.session.old_timelines.update(self.session.timelines)
        if self.triage.client:
            self.triage.read_directory()
            if case := self.session.case(self.session.cursor_id):
                self.triage.details.dossiers.forget(case.id)
                self.look_at_case()
        self.action_refresh()

    @on(CaseList.AllWanted)
    def _read_all(self) -> None:
        self.take_cursor()
        self.triage.read(self.session.next_pages(all=True))

    # Marks

    def action_mark(self) -> None:
        self.take_cursor()
        if self.session.cursor_id and self.session.rows:
            self.session.toggle_mark(self.session.cursor_id)
            self.case_list.action_step(1)
            self.take_cursor()
            self.paint_marks()

    def action_mark_range(self) -> None:
        self.take_cursor()
        if self.session.cursor_id and self.session.rows:
            count = self.session.mark_range(self.session.cursor_id)
            if count:
                self.say(f"Marked {plural(count, 'case')}.")
            self.paint()

    def stop_reading(self) -> None:
        """Give up reading pages; those that came stay."""
        self.app.workers.cancel_group(self.app, "page")
        self.session.stop_reading()
        self.paint()

    def action_mark_all(self) -> None:
        session = self.session
        if session.marked and len(session.marked) == len(session.rows) and not session.complete:
            request = session.mark_matching()
            if request is None:
                self.say("The list is being read: try again in a moment.", look="warn")
            self.triage.read(request)
            return
        session.mark_all()
        if session.marked and not session.complete:
            key = shown_keys(self.triage.keys_of(_MARK_ALL)).partition(" ")[0]
            total = "" if session.total is None else f" {session.total:,}"
            self.say(f"Marked the {len(session.marked):,} loaded cases; {key} again: all{total}.")
        self.paint()

    # Share

    def _target_cases(self) -> list[Case]:
        return [case for one in self.targets() if (case := self.session.case(one))]

    def action_copy_key(self) -> None:
        self._copy([case.key for case in self._target_cases()], "key")

    def action_copy_url(self) -> None:
        urls = [self.triage.backend.case_url(case) for case in self._target_cases()]
        found = [url for url in urls if url]
        if urls and not found:
            self.say("A local workspace has no web pages to link to.", look="warn")
        self._copy(found, "address")

    def _copy(self, texts: list[str], what: str) -> None:
        texts = [clean(text) for text in texts[:MOST_COPIED]]
        if texts:
            self.app.copy_to_clipboard("\n".join(texts))
            more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
            self.say(f"Copied {what} {texts[0]}{more}.")

    def copy_lines(self, text: str, what: str) -> None:
        """Copy a text that may have several lines, and say so; `what` is what it is."""
        self.app.copy_to_clipboard(clean(text, lines=True))
        self.say(f"Copied {what}: {text}")

    def copy_text(self, text: str, what: str) -> None:
        """Copy a text, and say so; `what` is what it is."""
        self._copy([text], what)

    def action_browse(self) -> None:
        cases = self._target_cases()
        if not cases:
            return
        url = self.triage.backend.case_url(cases[0])
        if url is None:
            self.say("A local workspace has no web pages to open.", look="warn")
        elif not url.startswith("https://"):
            self.say(f"Not opened, because it is no https address: {url}", look="warn")
        else:
            import webbrowser

            self.say(f"Opening {url}")
            self.run_worker(
                lambda: webbrowser.open(url), thread=True, group="browser", exit_on_error=False
            )

    # App

    def what_is_left(self) -> str:
        """What leaving now leaves undone, as a sentence; "" if there is nothing."""
        writes, again = self.session.writes, self.triage.backend.comes_again
        parts = []
        if writes:
            are = "is" if len(writes) == 1 else "are"
            parts.append(f"{plural(len(writes), 'write')} {are} not sent yet")
        if count := len(writes.sending):
            one = "one of them" if count == 1 else f"{count} of them"
            parts.append(f"{one} on the way, so that it may be done all the same")
        # Elsewhere the next start has them.
        if not again and (count := len(self.triage.drafts)):
            parts.append(f"{plural(count, 'draft')} that will be lost")
        if not parts:
            return ""
        them = "it" if len(writes) == 1 else "them"
        kept = f" The next start asks whether to send {them}." if again and writes else ""
        return f"{', '.join(parts)}.{kept}"

    def action_leave(self) -> None:
        """Leave when all is sent; while it is not, and there are drafts, only after a yes."""
        from triage_tui.ui.screens.confirm import ConfirmScreen
        from triage_tui.ui.screens.leave import LeaveScreen

        self.triage.outbox.flush()
        left = self.what_is_left()
        if not left:
            self.app.exit(return_code=0)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                # Told anew: writes may have been answered while the question stood.
                left = self.what_is_left()
                self.app.exit(return_code=1 if self.session.writes else 0, message=left or None)

        if not isinstance(self.app.screen, ConfirmScreen):
            lines = [edit.phrase for edit in self.session.writes]
            self.app.push_screen(LeaveScreen(f"{left} Quit?", lines), answered)

    def leave_if_done(self) -> None:
        """Leave if the person is being asked about it and there is no reason left to stay."""
        if not self.what_is_left():
            self.app.exit(return_code=0)
