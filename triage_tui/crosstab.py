"""How many cases have which two values: a table from counts of combinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage_tui.models import PRIORITIES, FacetValue

MOST = 12
"""Rows, and columns, of a table: the most frequent values."""

NATURAL = {"status": ("OPEN", "IN_PROGRESS", "CLOSED"), "priority": PRIORITIES}
"""Fields whose values are not ordered by count."""

SHADES = 4
"""How many grounds tell counts apart, beside none for 0."""


@dataclass(frozen=True, slots=True)
class CrossTab:
    """A table of counts.

    Attributes:
        down: The field of the rows.
        across: The field of the columns.
        rows: Values of `down`.
        columns: Values of `across`.
        counts: By row and column; a combination that is missing has no case.
        left_out: Cases in combinations that have no place in the table.
    """

    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    left_out: int = 0

    def shade(self, count: int) -> int:
        """0 for no case, up to `SHADES` for the largest count of the table."""
        largest = max(self.counts.values(), default=0)
        # By the root, because one cell with most of the cases would leave the rest alike.
        return max(1, round(SHADES * (count / largest) ** 0.5)) if count and largest else 0


def tabled(
    down: str,
    across: str,
    groups: Sequence[FacetValue],
    known: Mapping[str, Sequence[str]],
) -> CrossTab | None:
    """The table of combinations whose values are joined by a comma.

    Args:
        known: Values of each field, for those that hold commas themselves.

    Returns:
        None if no combination could be taken apart: the server counts one field only.
    """
    counts: dict[tuple[str, str], int] = {}
    for group in groups:
        pair = _parted(group.value, known.get(down, ()), known.get(across, ()))
        if pair:
            counts[pair] = counts.get(pair, 0) + group.count
    if groups and not counts:
        return None
    rows = _ordered(down, [(pair[0], count) for pair, count in counts.items()])
    columns = _ordered(across, [(pair[1], count) for pair, count in counts.items()])
    kept = {pair: n for pair, n in counts.items() if pair[0] in rows and pair[1] in columns}
    every = sum(group.count for group in groups)
    return CrossTab(down, across, rows, columns, kept, every - sum(kept.values()))


def _parted(joined: str, left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
    parts = joined.split(",")
    ways = [(",".join(parts[:n]), ",".join(parts[n:])) for n in range(1, len(parts))]
    sure = [way for way in ways if way[0] in left and way[1] in right]
    return next(iter(sure or ways), None)


def _ordered(field: str, counted: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    totals: dict[str, int] = {}
    for value, count in counted:
        totals[value] = totals.get(value, 0) + count
    order = NATURAL.get(field)
    if order and totals.keys() <= set(order):
        return tuple(value for value in order if value in totals)
    return tuple(sorted(totals, key=lambda value: (-totals[value], value))[:MOST])


def shortened(count: int) -> str:
    """A count in at most four characters."""
    if count < 10_000:
        return str(count)
    return f"{count // 1000}k" if count < 1_000_000 else f"{count // 1_000_000}M"
