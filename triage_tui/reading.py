"""What is read from the server: which pages, in which order, and what came before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from triage_tui.models import (
    SORT_FIELDS,
    Case,
    CasePage,
    CaseType,
    Facet,
    Project,
    TimelineCell,
    User,
)
from triage_tui.query import Query


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of the list: one of `models.SORT_FIELDS`, and its direction."""

    field: str = "created_at"
    ascending: bool = False


def sort_of(remembered: object) -> Sort:
    """The order that was remembered as JSON; the usual one if that says nothing of use."""
    if isinstance(remembered, dict) and remembered.get("field") in SORT_FIELDS:
        return Sort(remembered["field"], remembered.get("ascending") is True)
    return Sort()


def after_choosing(sort: Sort, field: str) -> Sort:
    """The order when this field is chosen: newest or most urgent first; again turns it round."""
    return Sort(field, not sort.ascending if field == sort.field else field != "created_at")


_ORDERS = {
    "created_at": ("newest first", "oldest first"),
    "priority": ("least urgent first", "most urgent first"),
    "status": ("closed first", "open first"),
}


def sort_told(sort: Sort) -> str:
    """An order in words: "oldest first"."""
    return _ORDERS[sort.field][sort.ascending]


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
class Directory:
    """Who and what there is beside cases; `me` is who we are, None if nobody knows."""

    me: User | None = None
    users: tuple[User, ...] = ()
    projects: tuple[Project, ...] = ()
    types: tuple[CaseType, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be painted before the client is ready.

    Attributes:
        timeline: That of the first case; None if it is not known.
        read_at: When a server said so, which may be long ago; None if it is so now.
    """

    page: CasePage
    facets: tuple[Facet, ...]
    timeline: tuple[TimelineCell, ...] | None
    read_at: datetime | None = None
    directory: Directory | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was looked at, with its timeline, newest first."""

    case: Case
    timeline: tuple[TimelineCell, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a session shows that a server confirmed, to be kept for the next start.

    Attributes:
        size: Cases on a page.
        read_at: When the list was read.
        facets: Empty if they do not belong to the query.
        opened: The cases that were opened since the last snapshot.
    """

    query: str
    sort: Sort
    size: int
    read_at: datetime
    pages: tuple[CasePage, ...]
    facets: tuple[Facet, ...]
    opened: tuple[Opened, ...]
    directory: Directory | None


def facet_requests(query: Query, fields: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The counts of `fields` to ask for, as (query, fields).

    A field that the query chooses from is counted without its own terms, so that the values beside
    the chosen one keep their figures.
    """
    own = [field for field in fields if query.chosen(field) or query.excluded(field)]
    rest = tuple(field for field in fields if field not in own)
    requests = [(str(query), rest)] if rest else []
    return requests + [(str(query.without_key(field)), (field,)) for field in own]
