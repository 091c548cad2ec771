"""Filtering by what the case under the cursor has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events

from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

_ACTS = {"enter": "only", "x": "exclude", "space": "add"}


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that a case has, as a query can ask for it.

    Attributes:
        name: What it is: "Status".
        label: The value as people write it.
        count: How many cases have it; None if nobody counted.
    """

    field: str
    value: str
    name: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the person wants: "only", "exclude" or "add"."""

    trait: Trait
    act: str


class ByCaseScreen(MenuScreen[Filtered]):
    """The traits of a case; enter asks for only such cases, x for no such, space for these too."""

    def __init__(self, title: str, traits: Sequence[Trait]) -> None:
        letters = letters_for([trait.name for trait in traits])
        items = [
            MenuItem(
                "" if letter == "x" else letter,
                Filtered(trait, "only"),
                f"{trait.name}  {trait.label}",
                "" if trait.count is None else f"{trait.count:,}",
            )
            for letter, trait in zip(letters, traits, strict=True)
        ]
        super().__init__(title, items)
        self._keys = "enter only · x exclude · space or · esc cancel"
        self._traits = traits

    def on_key(self, event: events.Key) -> None:
        act = _ACTS.get(event.key)
        if act and self._list.cursor < len(self._traits):
            event.stop()
            event.prevent_default()
            self.answer(Filtered(self._traits[self._list.cursor], act))
