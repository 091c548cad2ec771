"""Cases and pages of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AliasChoices, Field, OnErrorOmit, TypeAdapter

from triage_tui.models import (
    STANDARD_TYPE,
    Case,
    CasePage,
    CustomValue,
    Insight,
    Status,
    Ticket,
    User,
)
from triage_tui.wire.body import DEFERRED, Body, Lenient, Moment, Number, Text, checked, envelope
from triage_tui.wire.users import Author, make_author, people_of


class _Reference(Body):
    id: str


class _Link(Body):
    data: Annotated[_Reference | None, Lenient] = None


class _Relationships(Body):
    assignee: Annotated[_Link | None, Lenient] = None
    created_by: Annotated[_Link | None, Lenient] = None
    modified_by: Annotated[_Link | None, Lenient] = None
    project: Annotated[_Link | None, Lenient] = None


class _Insight(Body):
    type: Text = None
    ref: Text = None
    resource_id: Text = None


class _CustomValue(Body):
    type: Text = None
    is_multi: bool | None = None
    value: str | int | float | list[str | int | float | None] | None = None


class _TicketResult(Body):
    issue_key: Text = None
    issue_url: Text = None
    sys_target_link: Text = None


class _Ticket(Body):
    status: Text = None
    result: Annotated[_TicketResult | None, Lenient] = None


class _CaseAttributes(Body):
    key: str
    created_at: Moment
    title: Text = None
    description: Text = None
    public_id: Text = None
    priority: Text = None
    status: Text = None
    status_name: Text = None
    status_group: Text = None
    type: Text = None
    type_id: Text = None
    modified_at: Annotated[Moment | None, Lenient] = None
    closed_at: Annotated[Moment | None, Lenient] = None
    archived_at: Annotated[Moment | None, Lenient] = None
    attributes: Annotated[dict[str, list[str] | str | None] | None, Lenient] = None
    custom_attributes: dict[str, Annotated[_CustomValue | None, Lenient]] | None = None
    insights: Annotated[list[OnErrorOmit[_Insight]] | None, Lenient] = None
    comment_count: Annotated[Number | None, Lenient] = None
    creation_source: Text = None
    merge_status: Text = None
    created_by_author: Annotated[Author | None, Lenient] = None
    jira_issue: Annotated[_Ticket | None, Lenient] = None
    service_now_ticket: Annotated[_Ticket | None, Lenient] = Field(
        None, validation_alias=AliasChoices("service_now_ticket", "servicenow_ticket")
    )
    due_date: Annotated[date | None, Lenient] = None
    security_resolved_reason: Text = None


class _Case(Body):
    id: str
    attributes: _CaseAttributes
    relationships: Annotated[_Relationships | None, Lenient] = None


_CASE = TypeAdapter(_Case)
_CASES = TypeAdapter(list[OnErrorOmit[_Case]], config=DEFERRED)
_UNRELATED = _Relationships.model_construct()

_GROUP_OF = {
    **dict.fromkeys(("OPEN", "NOT_STARTED", "TRIGGERED"), "SG_OPEN"),
    **dict.fromkeys(
        ("IN_PROGRESS", "ACKNOWLEDGED", "PENDING_APPROVAL", "APPROVED", "IMPLEMENTING"),
        "SG_IN_PROGRESS",
    ),
    **dict.fromkeys(("CLOSED", "RESOLVED", "COMPLETED", "CANCELLED", "DECLINED"), "SG_CLOSED"),
}
"""The group of each deprecated status, for answers that only have that."""


def _status(seen: _CaseAttributes) -> tuple[str, Status]:
    """The deprecated status and the status proper; whichever is absent follows from the other."""
    code = seen.status or (Status(seen.status_name, "").code if seen.status_name else "OPEN")
    return code, Status(
        name=seen.status_name or code.replace("_", " ").title(),
        group=seen.status_group or _GROUP_OF.get(code, "SG_OPEN"),
    )


def _linked(link: _Link | None, people: Mapping[str, User]) -> User | None:
    if link is None or link.data is None:
        return None
    return people.get(link.data.id) or User(link.data.id)


def _creator(linked: User | None, author: Author | None) -> User | None:
    """Search results name the creator in a second place, and at times only there."""
    return linked if linked and linked.name else make_author(author) or linked


def _ticket(seen: _Ticket | None) -> Ticket | None:
    if seen is None:
        return None
    result = seen.result or _TicketResult()
    return Ticket(
        status=seen.status or "IN_PROGRESS",
        key=result.issue_key or "",
        url=result.issue_url or result.sys_target_link or "",
    )


def _custom(seen: _CustomValue) -> CustomValue:
    values = seen.value if isinstance(seen.value, list) else [seen.value]
    return CustomValue(
        type=seen.type or "TEXT",
        is_multi=isinstance(seen.value, list) if seen.is_multi is None else seen.is_multi,
        values=tuple(value for value in values if value is not None),
    )


def _case(row: _Case, people: Mapping[str, User]) -> Case:
    seen, related = row.attributes, row.relationships or _UNRELATED
    code, status = _status(seen)
    project = related.project.data if related.project else None
    return Case(
        id=row.id,
        key=seen.key,
        title=seen.title or "",
        created_at=seen.created_at,
        description=seen.description or "",
        public_id=seen.public_id or "",
        priority=seen.priority or "NOT_DEFINED",
        status=code,
        status_name=status.name,
        status_group=status.group,
        type=seen.type or "STANDARD",
        type_id=seen.type_id or STANDARD_TYPE,
        modified_at=seen.modified_at,
        closed_at=seen.closed_at,
        archived_at=seen.archived_at,
        project_id=project.id if project else "",
        assignee=_linked(related.assignee, people),
        created_by=_creator(_linked(related.created_by, people), seen.created_by_author),
        modified_by=_linked(related.modified_by, people),
        attributes={
            key: (values,) if isinstance(values, str) else tuple(values or ())
            for key, values in (seen.attributes or {}).items()
        },
        custom_attributes={
            key: _custom(value) for key, value in (seen.custom_attributes or {}).items() if value
        },
        insights=tuple(
            Insight(one.type or "", one.ref or "", one.resource_id or "")
            for one in seen.insights or ()
        ),
        comment_count=seen.comment_count or 0,
        creation_source=seen.creation_source or "MANUAL",
        merge_status=seen.merge_status or "NOT_MERGED",
        jira=_ticket(seen.jira_issue),
        service_now=_ticket(seen.service_now_ticket),
        due_date=seen.due_date.isoformat() if seen.due_date else None,
        resolved_reason=seen.security_resolved_reason or "",
    )


def case(content: bytes) -> Case:
    """The case an answer describes, with the people it names."""
    data, body = envelope(content)
    return _case(checked(_CASE, data, "a case"), people_of(body))


class _PageMeta(Body):
    total: Annotated[Number | None, Lenient] = None


class _SearchMeta(Body):
    total_cases: Annotated[Number | None, Lenient] = None
    page: Annotated[_PageMeta | None, Lenient] = None


_SEARCH_META = TypeAdapter(Annotated[_SearchMeta | None, Lenient], config=DEFERRED)


def case_page(content: bytes, *, number: int, size: int) -> CasePage:
    """The page `number` (one-based) of `size` cases that an answer lists."""
    data, body = envelope(content)
    listed = [] if data is None else data
    rows = checked(_CASES, listed, "a list of cases")
    meta = _SEARCH_META.validate_python(body.get("meta")) or _SearchMeta()
    pages = meta.page.total if meta.page else None
    if pages is None and meta.total_cases is not None:
        pages = math.ceil(meta.total_cases / max(size, 1))
    if pages is None:
        # A short page is the last one; that is all an answer without figures says.
        last = number if listed else number - 1
        pages = number + 1 if len(listed) >= size else last
    people = people_of(body)
    return CasePage(
        cases=tuple(_case(row, people) for row in rows),
        number=number,
        total=meta.total_cases,
        pages=pages,
        skipped=len(listed) - len(rows),
    )
