"""The palette: everything that can be done, by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from triage_tui.actions import ACTIONS, Action
from triage_tui.at_hand import why_not
from triage_tui.command_text import commands_for
from triage_tui.models import Case
from triage_tui.text import clean
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.at_hand import AtHandActions
from triage_tui.ui.screens.pick import Choice, PickScreen

CASE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}-\d+")

_MOST_CASES = 5
"""Cases that are offered for what is typed."""

_SEARCHED = 2_000
"""Loaded cases that are searched: more would be felt while one types."""

_RECENT = 8
"""Actions that come first because they were done from here lately."""

_HABITS = {
    **dict.fromkeys(("q", "q!", "qa", "qa!", "wq", "x!", "exit"), "app.quit"),
    **dict.fromkeys(("new", "new case", "create", "create case"), "case.create"),
    **dict.fromkeys(("close", "resolve", "resolve case", "close case"), "case.done"),
    **dict.fromkeys(("w", "write", "save"), "view.write"),
    **dict.fromkeys(("h", "keys"), "app.help"),
    **dict.fromkeys(("delete", "delete case"), "case.archive"),
}
"""What people type who have the words of other programs, and the actions that they mean."""

_KIND = "palette"
"""Under which the last actions are remembered."""

Run = Callable[[], object]


class Palette:
    """What the palette offers on the main screen, and what becomes of it."""

    def __init__(self, board: AtHandActions) -> None:
        self._board = board
        self._triage = board.triage
        self._now = board.situation

    def screen(self) -> PickScreen[Run]:
        """A box to choose from; answers what is to be run."""
        return PickScreen[Run](
            "Do",
            [*self._command(), *self._actions(), *self._board.palette_entries()],
            typed=self._typed,
            further=self._cases,
            placeholder="An action, a word of a title, or a key such as OPS-12",
            nothing="No action is called that, and no loaded case",
        )

    def _command(self) -> Iterable[Choice[Run]]:
        text = commands_for(
            self._board.last_done,
            self._triage.session.projects,
            self._triage.backend.place_options,
        )
        if text:
            shown = clean(text, limit=200)
            yield Choice(
                partial(self._board.copy_lines, text, "the command"),
                f"Copy as command: {shown}",
                words="cli shell",
            )

    def _actions(self) -> list[Choice[Run]]:
        recent = recent_actions(self._triage.local.get(_KIND))
        places = {id: place for place, id in enumerate(recent)}
        offered = [
            action
            for action in (*ACTIONS, *self._board.own_actions)
            if action.scope in ("triage", "facets") and action.id != "app.palette"
        ]
        own = "facets" if self._now.pane == "facets" else "triage"

        def rank(action: Action) -> tuple[int, bool, bool]:
            # Nobody looks here for what moves.
            place = places.get(action.id, len(places))
            return place, action.scope != own, action.group == "Move"

        offered.sort(key=rank)
        return [self._choice(action) for action in offered]

    def _choice(self, action: Action) -> Choice[Run]:
        why = why_not(action, self._now)
        keys = shown_keys(self._triage.keys_of(action))
        words = f"{action.group} {action.id}"
        if why:
            say = partial(self._board.say, why, look="warn")
            return Choice(say, action.label, why, words, off=True)
        return Choice(partial(self._run, action), action.label, keys, words)

    def _run(self, action: Action) -> None:
        local = self._triage.local
        before = recent_actions(local.get(_KIND))
        local.put(_KIND, [action.id, *(one for one in before if one != action.id)][:_RECENT])
        self._board.call_later(self._board.run_at_focus, action.does)

    # Cases

    def _typed(self, typed: str) -> Choice[Run] | None:
        """What is meant by exactly this text."""
        id = _HABITS.get(" ".join(typed.casefold().split()))
        if id is None:
            return self._case_by_key(typed)
        return self._choice(next(one for one in ACTIONS if one.id == id))

    def _case_by_key(self, typed: str) -> Choice[Run] | None:
        key = typed.strip().upper()
        if not CASE_KEY.fullmatch(key):
            return None
        known = next((one for one in self._triage.session.rows if one.key == key), None)
        return Choice(self._going_to(known.id if known else "", key), f"Go to {key}")

    def _cases(self, typed: str) -> Sequence[Choice[Run]]:
        words = typed.casefold().split()
        if len("".join(words)) < 2 or CASE_KEY.fullmatch(typed.strip()):
            return ()
        found: list[Case] = []
        for case in self._triage.session.rows[:_SEARCHED]:
            text = f"{case.key} {case.title}".casefold()
            if all(word in text for word in words):
                found.append(case)
                if len(found) == _MOST_CASES:
                    break
        return [
            Choice(
                self._going_to(case.id, case.key),
                f"Go to {clean(case.key, limit=40)}  {clean(case.title, limit=160)}",
                case.status_name,
            )
            for case in found
        ]

    def _going_to(self, case_id: str, key: str) -> Run:
        return partial(self._board.go_to, case_id, key)


def recent_actions(kept: object) -> list[str]:
    """The ids of the actions that were done lately, the last one first."""
    known = {action.id for action in ACTIONS}
    return [one for one in kept if one in known] if isinstance(kept, list) else []
