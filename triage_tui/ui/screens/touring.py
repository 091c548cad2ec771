"""The tour of those who are here for the first time. It takes three keys, and leaves all others.

What it needs is imported where it begins: few starts are first ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingsMap
from textual.geometry import Region
from textual.widgets import Input

from triage_tui.ui.screens.macro_keys import MacroActions

if TYPE_CHECKING:
    from triage_tui.ui.tour import Card
    from triage_tui.ui.widgets.tour_card import TourCard

_KEYS = {
    "right": "turn_tour(1)",
    "enter,space": "turn_tour(1, 'list')",
    "left,backspace": "turn_tour(-1)",
    "escape": "end_tour",
}


class TourActions(MacroActions):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._tour_card: TourCard | None = None
        self._cards: tuple[Card, ...] = ()
        self._card = 0
        self._own_bindings: BindingsMap | None = None
        """The keys of the screen without those of the tour."""
        self._first_tour = False

    def action_tour(self) -> None:
        """Begin, from the first card."""
        from triage_tui.ui.tour import cards
        from triage_tui.ui.widgets.tour_card import TourCard

        self.action_end_tour()
        self._cards = cards(
            lambda id: self.key_of(id) or id,
            demo=self.triage.backend.throwaway,
            no_writes=bool(self.triage.no_writes),
        )
        self._card, self._tour_card = 0, TourCard()
        self.mount(self._tour_card)
        self._own_bindings, self._bindings = self._bindings, self._bindings.copy()
        bound = self._bindings.key_to_bindings
        for keys, does in _KEYS.items():
            for key in keys.split(","):
                # A list of its own: the one that is there belongs to all screens of this kind.
                bound[key] = [*bound.get(key, ()), Binding(key, does, priority=True)]
        self.call_after_refresh(self._show_card)

    def begin_first_tour(self) -> None:
        """Begin it if this is somebody's first start, and there is something to point at."""
        if self.triage.tour_over and not self._first_tour and self.session.rows:
            self._first_tour = True
            self.action_tour()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("turn_tour", "end_tour"):
            # Whoever types needs these keys, and whoever tries the facets out some of them.
            in_list = self.focused is self.case_list
            return (
                self._tour_card is not None
                and not isinstance(self.focused, Input)
                and (in_list or parameters[1:] != ("list",))
            )
        return super().check_action(action, parameters)

    def action_turn_tour(self, by: int, where: str = "") -> None:
        if self._card + by >= len(self._cards):
            self.action_end_tour()
            return
        self._card = max(0, self._card + by)
        self._show_card()

    def action_end_tour(self) -> None:
        card, self._tour_card = self._tour_card, None
        if card is None:
            return
        card.remove()
        if self._own_bindings:
            self._bindings, self._own_bindings = self._own_bindings, None
        if self.triage.tour_over:
            self.triage.tour_over()
        self.say("That was the tour. It is in the palette too: Show the tour again.")

    def _show_card(self) -> None:
        if self._tour_card is None or not self.is_attached:
            return
        card = self._cards[self._card]
        targets = {
            "cases": self.case_list,
            "detail": self.detail,
            "facets": self.facet_panel,
            "query": self.bar,
            "hints": self.hints,
        }
        target = targets[card.at]
        region = target.region if target.display else Region()
        self._tour_card.show(card, self._card + 1, len(self._cards), region, self.size)

    def on_resize(self) -> None:
        if self._tour_card:
            self.call_after_refresh(self._show_card)

    def on_unmount(self) -> None:
        # Whoever leaves in the middle has seen enough of it.
        if self._tour_card and self.triage.tour_over:
            self.triage.tour_over()
