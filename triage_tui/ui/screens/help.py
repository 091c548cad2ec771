"""All actions with their keys, what may be written in a query, and what the signs mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult

from triage_tui.actions import Action
from triage_tui.at_hand import OTHER_KEY, Situation, keys_here, why_not
from triage_tui.text import clean
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.legend import Entries, query_words, signs
from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.fields import LineField
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line import Line, Part
from triage_tui.ui.widgets.line_list import Cell, LineList

_NO_KEY = "–"
_TERMS_AT_MOST = 24
"""Columns for keys and terms; more are cut."""
_ROOM_FOR_IDS = 72
"""Width from which the ids are shown, which the configuration needs."""
_LOW = 28
"""Lines of a terminal in which help takes all of them."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A heading (without a term), an empty line, or something with what it means.

    Attributes:
        off: It does not apply here and now.
    """

    text: str
    term: str = ""
    id: str = ""
    off: bool = False


class HelpScreen(Box[None]):
    """Keys, query language and signs, each on a page; typing narrows it."""

    def __init__(
        self,
        actions: Sequence[Action],
        keys: Mapping[str, str],
        now: Situation | None = None,
    ) -> None:
        """
        Args:
            keys: For an action's id its keys in force, in Textual's names, "" if it has none; an
                id that is missing has its default keys.
            now: Where the person is: what does not apply there comes last, with the reason.
        """
        super().__init__("Help", "↑↓ scroll · tab turn the page · esc close")
        self._pages: dict[str, Callable[[Sequence[str]], list[_Row]]] = {
            "Keys": lambda words: _of_actions(actions, keys, now or Situation(), words),
            "Query": lambda words: _of_entries(query_words(), words),
            "Signs": lambda words: _of_entries(signs(), words),
        }
        self._page = "Keys"
        self._tabs = Line(classes="help--tabs")
        self._list = _HelpList()
        self._input = LineField(
            placeholder="Type to narrow: an action, a key",
            keys={
                "up": lambda: self._list.action_step(-1),
                "down": lambda: self._list.action_step(1),
                "ctrl+p": lambda: self._list.action_step(-1),
                "ctrl+n": lambda: self._list.action_step(1),
                "pageup": lambda: self._list.action_page(-1),
                "pagedown": lambda: self._list.action_page(1),
                "tab": lambda: self._turn(1),
                "shift+tab": lambda: self._turn(-1),
                "enter": lambda: self.answer(None),
                "f1": lambda: self.answer(None),
            },
        )

    def body(self) -> ComposeResult:
        yield self._input
        yield self._tabs
        yield self._list

    def on_mount(self) -> None:
        self.query_one(".box").add_class("help")
        self._narrow()

    def on_resize(self) -> None:
        self.query_one(".box").set_class(self.size.height < _LOW, "-low")

    def on_input_changed(self) -> None:
        self._narrow()

    def _turn(self, by: int) -> None:
        pages = [*self._pages]
        self._page = pages[(pages.index(self._page) + by) % len(pages)]
        self._list.forget_width()
        self._narrow()

    def _narrow(self) -> None:
        typed = self._input.value.lower()
        # Whoever is used to begin a search with / means no key by it.
        words = (typed[1:] if typed.startswith("/") and len(typed) > 1 else typed).split()
        found = {page: rows(words) for page, rows in self._pages.items()}
        tabs: list[Part] = []
        for page, rows in found.items():
            count = f" {sum(bool(row.term) for row in rows)}" if words else ""
            here = page == self._page
            tabs.append((f"▸{page}{count} " if here else f" {page}{count} ", "tab" if here else ""))
        self._tabs.show([(text, look or "dim") for text, look in tabs])
        rows = found[self._page]
        elsewhere = [page for page, others in found.items() if others]
        where = f" Look under {elsewhere[0]}: tab." if elsewhere else ""
        self._list.show(rows or [_Row(f"Nothing here has these words.{where}")])


def _of_actions(
    actions: Sequence[Action], keys: Mapping[str, str], now: Situation, words: Sequence[str]
) -> list[_Row]:
    groups: dict[str, list[_Row]] = {}
    others: dict[str, list[_Row]] = {}
    for action in actions:
        here, all_keys = keys_here(action, keys, now), keys.get(action.id, action.keys)
        shown = shown_keys(here)
        why = why_not(action, now) or (OTHER_KEY if all_keys and not here else "")
        text = f"{action.group} {action.label} {shown_keys(all_keys)} {action.id}".lower()
        if not all(word in text for word in words):
            continue
        if why:
            if why == now.no_writes:
                why = f"{why.partition(':')[0]}."
            row = _Row(action.label, shown_keys(all_keys) or _NO_KEY, action.id, off=True)
            others.setdefault(f"Not now · {why}", []).append(row)
        else:
            groups.setdefault(action.group, []).append(
                _Row(action.label, shown or _NO_KEY, action.id)
            )
    # What the focused pane alone has is what one looks for there.
    own = {"activity": "Activity", "review": "Hand over"}
    first = own.get(now.screen) or {"facets": "Facets"}.get(now.pane, "")
    ordered = sorted(groups, key=lambda group: group != first)
    return _under({**{group: groups[group] for group in ordered}, **others})


def _of_entries(entries: Entries, words: Sequence[str]) -> list[_Row]:
    return _under(
        {
            heading: [
                _Row(means, term)
                for term, means in rows.items()
                if all(word in f"{heading} {term} {means}".lower() for word in words)
            ]
            for heading, rows in entries.items()
        }
    )


def _under(groups: Mapping[str, Sequence[_Row]]) -> list[_Row]:
    rows: list[_Row] = []
    for heading, found in groups.items():
        if found:
            rows += [_Row("")] if rows else []
            rows += [_Row(heading), *found]
    return rows


class _HelpList(LineList, can_focus=False):
    """Headings, and rows of two columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-list--heading",
        "key-list--key",
        "key-list--id",
    }
    has_cursor: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(classes="help--list")
        self._rows: Sequence[_Row] = ()
        self._terms_width = 0

    def forget_width(self) -> None:
        """Other rows come, whose terms have another width."""
        self._terms_width = 0

    def show(self, rows: Sequence[_Row]) -> None:
        """Show these rows from the first on."""
        self._rows = rows
        widest = max(cell_len(row.term) for row in rows)
        # The column keeps its width while the list narrows.
        self._terms_width = max(self._terms_width, min(widest, _TERMS_AT_MOST))
        self.rows_changed(len(rows), 0)
        self.action_top()

    def row(self, index: int, width: int) -> list[Cell]:
        row = self._rows[index]
        faint = self.get_component_rich_style("key-list--id")
        if not row.term:
            heading = self.get_component_rich_style("key-list--heading")
            return [(fitted(row.text, width), heading)]
        plain = faint if row.off else self.rich_style
        column = min(self._terms_width, max(8, width * 2 // 5))
        term = set_cell_size(fitted(row.term, column), column)
        room = max(0, width - column - 5)
        id = row.id if width >= _ROOM_FOR_IDS else ""
        label = fitted(clean(row.text), max(0, room - cell_len(id) - 2) if id else room)
        return [
            ("  ", plain),
            (term, faint if row.off else self.get_component_rich_style("key-list--key")),
            ("  ", plain),
            (label, plain),
            (" " * (room - cell_len(label) - cell_len(id)), plain),
            (id, faint),
            (" ", plain),
        ]
