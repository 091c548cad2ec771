"""What changed on a case, as a workspace server tells it beside the API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import OnErrorOmit, TypeAdapter

from triage_tui.models import HistoryEntry
from triage_tui.wire.body import DEFERRED, Body, Lenient, Moment, Text, envelope, listed
from triage_tui.wire.users import people_of


class _Reference(Body):
    id: str


class _ToOne(Body):
    data: Annotated[_Reference | None, Lenient] = None


class _Relationships(Body):
    by: Annotated[_ToOne | None, Lenient] = None
    case: Annotated[_ToOne | None, Lenient] = None


class _EntryAttributes(Body):
    at: Moment
    field: str
    case_key: Text = None
    old: Any = None
    new: Any = None


class _Entry(Body):
    id: str
    attributes: _EntryAttributes
    relationships: Annotated[_Relationships | None, Lenient] = None


_UNRELATED = _Relationships.model_construct()
_ENTRIES = TypeAdapter(list[OnErrorOmit[_Entry]], config=DEFERRED)


def history(content: bytes) -> tuple[HistoryEntry, ...]:
    """The changes an answer lists, in its order."""
    people = people_of(envelope(content)[1])

    def entry(row: _Entry) -> HistoryEntry:
        seen, related = row.attributes, row.relationships or _UNRELATED
        by, case = related.by, related.case
        return HistoryEntry(
            id=row.id,
            case_id=case.data.id if case and case.data else "",
            case_key=seen.case_key or "",
            at=seen.at,
            by=people.get(by.data.id) if by and by.data else None,
            field=seen.field,
            old=seen.old,
            new=seen.new,
        )

    return listed(_ENTRIES, content, entry, "a history")
