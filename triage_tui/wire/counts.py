"""How many cases have which value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, OnErrorOmit, TypeAdapter

from triage_tui.models import Aggregate, Facet, FacetValue
from triage_tui.wire.body import Body, Lenient, Text, checked, envelope


class _GroupValue(Body):
    value: Text | bool = None
    count: float


class _Group(Body):
    group: str
    group_values: list[OnErrorOmit[_GroupValue]] | None = None


class _CountAttributes(Body):
    groups: list[OnErrorOmit[_Group]] | None = None


class _Count(Body):
    attributes: _CountAttributes


class _AggregateGroup(Body):
    group: str | list[str]
    value: Annotated[list[float], Field(min_length=1)]


class _AggregateAttributes(Body):
    total: Annotated[float | None, Lenient] = None
    groups: list[OnErrorOmit[_AggregateGroup]] | None = None


class _Aggregate(Body):
    attributes: _AggregateAttributes


_COUNT = TypeAdapter(_Count)
_AGGREGATE = TypeAdapter(_Aggregate)


def _largest_first(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(sorted(values, key=lambda value: -value.count))


def _word(value: Text | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value or ""


def facets(content: bytes, fields: Sequence[str]) -> tuple[Facet, ...]:
    """One facet for each of `fields`, in that order; those not answered for have no values."""
    seen = checked(_COUNT, envelope(content)[0], "a count of cases")
    found = {
        group.group: _largest_first(
            FacetValue(_word(one.value), round(one.count)) for one in group.group_values
        )
        for group in seen.attributes.groups or ()
        if group.group_values is not None
    }
    return tuple(Facet(field, found.get(field)) for field in fields)


def aggregate(content: bytes) -> Aggregate:
    """The counts an answer gives."""
    seen = checked(_AGGREGATE, envelope(content)[0], "a count of cases").attributes
    return Aggregate(
        total=None if seen.total is None else round(seen.total),
        groups=_largest_first(
            FacetValue(
                one.group if isinstance(one.group, str) else ",".join(one.group),
                round(one.value[0]),
            )
            for one in seen.groups or ()
        ),
    )
