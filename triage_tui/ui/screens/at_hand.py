"""What the keys do here and now: hints for those that are of use, and a word about the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events, on
from textual.widget import Widget

from triage_tui.actions import ACTIONS, Action
from triage_tui.at_hand import NO_CASE, Situation, hints, last_hints, why_not
from triage_tui.edits import Edit
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.find import FindActions
from triage_tui.ui.widgets.case_detail import CaseDetail
from triage_tui.ui.widgets.hint_line import Hint, HintLine
from triage_tui.ui.widgets.line_list import LineList

if TYPE_CHECKING:
    from triage_tui.ui.screens.palette import Run
    from triage_tui.ui.screens.pick import Choice

_BY_DOES = {action.does: action for action in ACTIONS if action.scope == "triage"}
_HELP = next(action for action in ACTIONS if action.id == "app.help")

_HABITS = {
    "ctrl+f": "list.page_down",
    "ctrl+b": "list.page_up",
    "ctrl+j": "list.down",
    "ctrl+k": "list.up",
    "ctrl+a": "mark.all",
    "asterisk": "mark.all",
    "ctrl+z": "edit.undo",
    "ctrl+y": "edit.redo",
    "f5": "list.refresh",
    "f2": "case.fields",
    "insert": "case.create",
    "delete": "case.archive",
    "backspace": "query.previous",
    "plus": "pane.zoom",
    "O": "case.browse",
}
"""Keys of other programs that have no use here, and what they mean there."""

TYPING = 0.3
"""Seconds within which a key belongs to what was typed before it: a text for a box, perhaps."""

_SILENT = ("ctrl+c", "ctrl+q")
"""Keys that Textual answers itself."""


class AtHandActions(FindActions):
    """Part of the main screen."""

    hints: HintLine
    detail: CaseDetail
    _refused: tuple[str, float] = "", 0.0
    """Why a key was refused, and the moment of the last one that was."""
    last_done: Sequence[Edit] = ()
    """What the last key that changed cases did."""

    @property
    def situation(self) -> Situation:
        """Where the person is."""
        panes: dict[Widget, str] = {self.facet_panel: "facets", self.detail: "detail"}
        focused = self.focused
        return Situation(
            pane=panes.get(focused, "list") if focused else "list",
            no_writes=self.triage.no_writes,
            has_case=bool(self.session.marked) or self.session.listed(self.session.cursor_id),
            marked=bool(self.session.marked),
            zoomed=self.has_class("-zoom"),
        )

    def why_not_run(self, does: str) -> str:
        """Why what a key asks for is not done, as a sentence; "" if it may be."""
        action = _BY_DOES.get(does) or self._own_action(does)
        if action and (action.writes or action.on_case) and (refused := self._typed_on()):
            return refused
        acts = action and action.on_case and (action.writes or action.group == "Mark")
        if acts and not self.session.marked and self.case_list.out_of_sight:
            self.case_list.reveal_cursor()
            return f"{self.case_list.cursor_key} was out of sight: look, then press the key again."
        why = why_not(action, self.situation) if action else ""
        # Whoever decides from within the facets is told so by what decides.
        return why if why and (why == NO_CASE or why == self.triage.no_writes) else ""

    def refuse(self, why: str) -> None:
        """Do nothing at a key, nor at those that were typed on as if it had been taken."""
        self._refused = why, self.triage.moment()
        self.say(why, look="warn")

    def _typed_on(self) -> str:
        """Why a key was refused, if another one follows it as quickly as people type."""
        why, at = self._refused
        now = self.triage.moment() if why else 0.0
        self._refused = (why, now) if why and now - at < TYPING else ("", 0.0)
        return self._refused[0]

    @property
    def own_actions(self) -> Sequence[Action]:
        """Actions that the person made."""
        return ()

    def action_help(self) -> None:
        from triage_tui.ui.screens.help import HelpScreen

        actions = [*ACTIONS, *self.own_actions]
        keys = {action.id: self.triage.keys_of(action) for action in actions}
        self.app.push_screen(HelpScreen(actions, keys, self.situation))

    def action_palette(self) -> None:
        from triage_tui.ui.screens.palette import Palette

        def chosen(run: Run | None) -> None:
            if run:
                run()

        self.app.push_screen(Palette(self).screen(), chosen)

    def _own_action(self, does: str) -> Action | None:
        return next((one for one in self.own_actions if one.does == does), None)

    def palette_entries(self) -> Iterable[Choice[Run]]:
        """What the palette offers beside the actions."""
        return ()

    def offer_hints(self) -> None:
        """As many hints as there is room for; help and the way out always."""
        now = self.situation
        self.hints.offer(
            [one for action, word in hints(now) for one in self._hint(action.id, word)],
            [one for action, word in last_hints() for one in self._hint(action.id, word)],
        )

    def _hint(self, id: str, word: str) -> list[Hint]:
        action = _BY_ID[id]
        key = shown_keys(self.triage.keys_of(action)).partition(" ")[0]
        return [Hint(key, word, action.does)] if key else []

    @on(HintLine.Clicked)
    def _run_hint(self, event: HintLine.Clicked) -> None:
        self.call_later(self.run_at_focus, event.does)

    async def run_at_focus(self, does: str) -> None:
        """Run an action as a key does: those of a pane in the one that has the focus."""
        pane = None if does in _BY_DOES or self._own_action(does) else self.focused
        await self.app.run_action(does, pane or self)

    def on_key(self, event: events.Key) -> None:
        """Say so where a key does nothing."""
        focused = self.focused
        if not isinstance(focused, LineList) or event.key in _SILENT:
            return
        own = self._keys_in_facets if focused is self.facet_panel else self._keys_in_list
        # What else may be bound is not in the table, and is slow to find out.
        if event.key in own or event.key in self.active_bindings:
            return
        elsewhere = next((one for one in ACTIONS if event.key in self._keys_of(one.id)), None)
        key, help = shown_keys(event.key), shown_keys(self.triage.keys_of(_HELP)).partition(" ")[0]
        why = why_not(elsewhere, self.situation) if elsewhere else ""
        where = f" here: {elsewhere.label[:1].lower()}{elsewhere.label[1:]}" if elsewhere else ""
        tip = f" · {help} lists the keys" if help else ""
        if elsewhere is None and (id := _HABITS.get(event.key)) and (own_key := self.key_of(id)):
            label = _BY_ID[id].label
            tip = f" · {own_key}: {label[:1].lower()}{label[1:]}"
        self.remark(f"{key} does nothing{where}. {why}" if why else f"{key} does nothing{tip}")

    @cached_property
    def _keys_in_list(self) -> frozenset[str]:
        return self._keys_with("triage", "list")

    @cached_property
    def _keys_in_facets(self) -> frozenset[str]:
        return self._keys_with("triage", "list", "facets")

    def _keys_with(self, *scopes: str) -> frozenset[str]:
        return frozenset(
            key for one in ACTIONS if one.scope in scopes for key in self._keys_of(one.id)
        )

    def _keys_of(self, id: str) -> list[str]:
        return self.triage.keys_of(_BY_ID[id]).split(",")

    def key_of(self, action_id: str) -> str:
        """The first key of an action, as it is written for people; "" if it has none."""
        return shown_keys(self.triage.keys_of(_BY_ID[action_id])).partition(" ")[0]

    def remark(self, sentence: str) -> None:
        """Say something that matters less than anything that went wrong."""
        raise NotImplementedError


_BY_ID = {action.id: action for action in ACTIONS}
