"""What is read from the server: which pages, in which order, and what came before them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from triage_tui.models import CasePage, Facet, TimelineCell


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of the list: one of `models.SORT_FIELDS`, and its direction."""

    field: str = "created_at"
    ascending: bool = False


class Reading(Enum):
    """Why pages are read."""

    FIRST = "first"
    """A new query or sort: the answer replaces the list."""
    NEXT = "next"
    """The answer goes below the list."""
    AGAIN = "again"
    """The same pages once more: the answer replaces the list, the cursor stays on its case."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Pages to read; `generation` tells a late answer from the one that is waited for."""

    generation: int
    reading: Reading
    query: str
    numbers: tuple[int, ...]
    size: int
    sort: Sort


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be painted before the client is ready."""

    page: CasePage
    facets: tuple[Facet, ...]
    timeline: tuple[TimelineCell, ...]
