"""Answers as the resources they hold, for whoever keeps them whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import TypeAdapter

from triage_tui.wire.body import DEFERRED, Body, Lenient, Number, Unreadable, envelope

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resources:
    """What an answer lists, as it came.

    Attributes:
        data: The resources asked for; one if it was one that was asked for.
        included: Others that they refer to.
        total: Resources on all pages, or None when the answer does not say.
        pages: Pages in all, or None when the answer does not say.
        skipped: Things listed that are no resources.
    """

    data: tuple[Resource, ...]
    included: tuple[Resource, ...] = ()
    total: int | None = None
    pages: int | None = None
    skipped: int = 0


class _Page(Body):
    total: Annotated[Number | None, Lenient] = None
    total_count: Annotated[Number | None, Lenient] = None


class _Meta(Body):
    total_cases: Annotated[Number | None, Lenient] = None
    page: Annotated[_Page | None, Lenient] = None


_META = TypeAdapter(Annotated[_Meta | None, Lenient], config=DEFERRED)


def resources(content: bytes) -> Resources:
    """The resources of an answer; what has no id and no type is none, and left out."""
    data, body = envelope(content)
    meta = _META.validate_python(body.get("meta")) or _Meta()
    page = meta.page or _Page()
    listed = data if isinstance(data, list) else [] if data is None else [data]
    found = _identified(listed)
    if listed and not found:
        raise Unreadable("not a list of resources")
    included = body.get("included")
    return Resources(
        data=found,
        included=_identified(included if isinstance(included, list) else []),
        total=page.total_count if meta.total_cases is None else meta.total_cases,
        pages=page.total,
        skipped=len(listed) - len(found),
    )


def _identified(items: list[Any]) -> tuple[Resource, ...]:
    return tuple(
        item
        for item in items
        if isinstance(item, dict)
        and isinstance(item.get("id"), str)
        and isinstance(item.get("type"), str)
    )
