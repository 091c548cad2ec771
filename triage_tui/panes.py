"""How large the panes are that a person has made larger or smaller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

FACETS, DETAIL = "facets", "detail"
"""The panes that have a size; the list has what they leave."""

LEAST_FACETS = 18
LEAST_BESIDE = 40
"""Cells of the list, and of a detail beside it, that can still be read."""

LEAST_LINES = 6
LEAST_DETAIL = 4
"""Lines of the list, and of a detail below it."""


@dataclass(frozen=True, slots=True)
class Room:
    """What there is to divide.

    Attributes:
        width: Cells from the left end of the facets to the right end of all.
        height: Lines that list and detail have together.
        beside: The detail is beside the list, not below it.
    """

    width: int
    height: int
    beside: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is wanted: cells, or lines of a detail below the list; None for the usual size."""

    facets: int | None = None
    detail: int | None = None

    @classmethod
    def from_plain(cls, kept: object) -> Sizes:
        """Of what `plain` gave; whatever is no size is none."""
        wanted = kept if isinstance(kept, Mapping) else {}
        facets, detail = (
            size if isinstance(size, int) and 0 < size < 10_000 else None
            for size in (wanted.get(FACETS), wanted.get(DETAIL))
        )
        return cls(facets, detail)

    def plain(self) -> dict[str, int]:
        """As JSON has it."""
        known = {FACETS: self.facets, DETAIL: self.detail}
        return {pane: size for pane, size in known.items() if size is not None}

    def with_size(self, pane: str, size: int | None) -> Sizes:
        """The same with another size of a pane."""
        return replace(self, **{pane: size})

    def within(self, room: Room, *, facets_shown: int) -> Sizes:
        """What is wanted as far as every pane stays of use.

        Args:
            facets_shown: Cells that the facets have now; 0 if they are hidden.
        """
        facets = self.facets
        if facets is not None:
            others = LEAST_BESIDE * 2 if room.beside else LEAST_BESIDE
            facets = max(LEAST_FACETS, min(facets, room.width - others))
        detail = self.detail
        if detail is not None and room.beside:
            left = room.width - (facets if facets and facets_shown else facets_shown)
            detail = max(LEAST_BESIDE, min(detail, left - LEAST_BESIDE))
        elif detail is not None:
            detail = max(LEAST_DETAIL, min(detail, room.height - LEAST_LINES))
        return Sizes(facets, detail)
