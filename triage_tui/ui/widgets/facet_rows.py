"""The lines of the facets: which values are shown, in which order, and how long their bars are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from triage_tui.models import PRIORITIES, Facet

SHOWN = 8
"""Values of a facet that are shown before the rest is folded away."""

NATURAL_ORDER = {"status": ("OPEN", "IN_PROGRESS", "CLOSED"), "priority": PRIORITIES}
"""Facets whose values are not shown by count, because people know their order."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (`value` None), a value (`count` None if it was not counted), the line that unfolds
    the rest (`more`), or the line that says that nothing was counted (`uncounted`).

    Attributes:
        folded: Of a heading: so many values are not shown, because the facet is folded.
        share: The count, compared with the largest of its facet.
    """

    field: str
    value: str | None = None
    count: int | None = None
    chosen: bool = False
    excluded: bool = False
    more: int = 0
    uncounted: bool = False
    folded: int = 0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How a person wants the facets.

    Attributes:
        order: Fields in their order; those that are missing come behind.
        hidden: Fields that are not shown.
        folded: Fields of which only the heading is shown, and what is chosen.
    """

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()

    def of(self, fields: Sequence[str]) -> list[str]:
        """The fields that are shown, in their order."""
        place = {name: index for index, name in enumerate(self.order)}
        known = sorted(fields, key=lambda name: place.get(name, len(place)))
        return [name for name in known if name not in self.hidden]

    def fold(self, name: str) -> Layout:
        """With a field folded, or unfolded again."""
        return replace(self, folded=self.folded ^ {name})

    def plain(self) -> dict[str, list[str]]:
        """As JSON has it."""
        return {
            "order": [*self.order],
            "hidden": sorted(self.hidden),
            "folded": sorted(self.folded),
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Layout:
        """What `plain` gave; what cannot be read is as if nobody had wished for anything."""

        def names(key: str) -> list[str]:
            found = plain.get(key) if isinstance(plain, dict) else None
            return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

        return cls(tuple(names("order")), frozenset(names("hidden")), frozenset(names("folded")))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the query says of a facet, and what of it the person wants to see.

    Attributes:
        unfolded: All values are shown.
        found: Values that were looked for, with their counts.
    """

    chosen: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    folded: bool = False
    unfolded: bool = False
    found: Mapping[str, int | None] = field(default_factory=dict)


def rows_of(facet: Facet, wishes: Wishes) -> list[Row]:
    """The lines of one facet; none if it has no values."""
    counts: dict[str, int | None] = {one.value: one.count for one in facet.values or ()}
    order = NATURAL_ORDER.get(facet.field)
    values = sorted(counts, key=order.index) if order and counts.keys() <= set(order) else [*counts]
    there = {value.casefold() for value in values}
    for value, count in wishes.found.items():
        if value.casefold() not in there:
            values.append(value)
            counts[value] = count
    asked = wishes.chosen | wishes.excluded
    for wanted in sorted(asked):
        if wanted.casefold() not in {value.casefold() for value in values}:
            values.insert(0, wanted)
    if not values and facet.values is not None:
        return []
    # A status that was chosen by its own name is not among the three that are counted.
    none = None if facet.values is None or facet.field == "status" else 0
    largest = max([count or 0 for count in counts.values()], default=0)
    chosen = {one.casefold() for one in wishes.chosen}
    excluded = {one.casefold() for one in wishes.excluded}
    kept = {one.casefold() for one in (*asked, *wishes.found)}
    rows = []
    for index, value in enumerate(values):
        low = value.casefold()
        beyond = index >= SHOWN and not wishes.unfolded
        if low not in kept and (wishes.folded or beyond):
            continue
        count = counts.get(value, none)
        share = (count or 0) / largest if largest else 0.0
        rows.append(Row(facet.field, value, count, low in chosen, low in excluded, share=share))
    hidden = len(values) - len(rows)
    if facet.values is None and not wishes.folded:
        rows.append(Row(facet.field, "", uncounted=True))
    if wishes.folded:
        return [Row(facet.field, folded=max(1, hidden)), *rows]
    if hidden:
        rows.append(Row(facet.field, "", more=hidden))
    return [Row(facet.field), *rows]


def bar(share: float, cells: int, *, ascii: bool = False) -> str:
    """So much of the cells filled, in exactly `cells` cells; something unless it is nothing."""
    if ascii:
        return ("=" * (round(share * cells) or (share > 0))).ljust(cells)
    eighths = min(cells * 8, round(share * cells * 8) or (1 if share > 0 else 0))
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(cells)
