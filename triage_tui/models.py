"""The domain as frozen values: what a case is, whoever told us.

Times are aware datetimes in UTC. Enumerated texts (status, priority, type ...) are plain `str`,
because the service knows more values than it documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

PRIORITIES = ("P1", "P2", "P3", "P4", "P5", "NOT_DEFINED")
"""Most urgent first; NOT_DEFINED is the default of a new case."""

STATUS_GROUPS = ("SG_OPEN", "SG_IN_PROGRESS", "SG_CLOSED")

STATUS_CODES = (
    "OPEN",
    "NOT_STARTED",
    "IN_PROGRESS",
    "ACKNOWLEDGED",
    "TRIGGERED",
    "PENDING_APPROVAL",
    "APPROVED",
    "IMPLEMENTING",
    "CLOSED",
    "RESOLVED",
    "COMPLETED",
    "CANCELLED",
    "DECLINED",
    "SUNKNOWN",
)
"""What the deprecated `status` may be, of whatever type the case is: the service lists these."""

SORT_FIELDS = ("created_at", "priority", "status")
"""What a search can be sorted by (the API knows no others)."""

STANDARD_TYPE = "00000000-0000-0000-0000-000000000001"
"""Id of the built-in case type "Standard"."""


@dataclass(frozen=True, slots=True)
class User:
    """A person or service account.

    `name` is "" for somebody who was invited but never signed in.
    """

    id: str
    name: str = ""
    email: str = ""
    handle: str = ""
    active: bool = True
    title: str = ""
    status: str = "Active"

    @property
    def label(self) -> str:
        """The best name there is for this user, never empty."""
        return self.name or self.email or self.handle or self.id


@dataclass(frozen=True, slots=True)
class Project:
    """A container of cases; `key` is the first part of its cases' keys and never changes."""

    id: str
    key: str
    name: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class SharedView:
    """A query that the people of a project have given a name."""

    id: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Status:
    """One status option of a case type.

    Attributes:
        name: As shown and as sent in `status_name`, for example "Pending Approval".
        group: One of `STATUS_GROUPS`.
    """

    name: str
    group: str

    @property
    def code(self) -> str:
        """The deprecated `status` value that goes with the name: "In Progress" is IN_PROGRESS.

        SUNKNOWN for a name that an organisation made up.
        """
        code = self.name.upper().replace(" ", "_")
        return code if code in STATUS_CODES else "SUNKNOWN"


STANDARD_STATUSES = (
    Status("Open", "SG_OPEN"),
    Status("In Progress", "SG_IN_PROGRESS"),
    Status("Closed", "SG_CLOSED"),
)


@dataclass(frozen=True, slots=True)
class CaseType:
    """A kind of case with the statuses its cases may have, in menu order.

    Attributes:
        defaults: For each status group, the name of its default status.
    """

    id: str
    name: str
    description: str = ""
    emoji: str = ""
    internal: bool = False
    deleted_at: datetime | None = None
    statuses: tuple[Status, ...] = STANDARD_STATUSES
    defaults: Mapping[str, str] = field(
        default_factory=lambda: {s.group: s.name for s in STANDARD_STATUSES}
    )


@dataclass(frozen=True, slots=True)
class Insight:
    """A thing that explains a case: a monitor, a security signal, an event ...

    Attributes:
        ref: Path or URL of the thing, relative to the web application.
    """

    type: str
    ref: str
    resource_id: str


@dataclass(frozen=True, slots=True)
class CustomValue:
    """The value of a custom attribute: `values` holds one item unless `is_multi`."""

    type: str
    is_multi: bool
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a custom attribute of a case type may hold.

    Attributes:
        type: TEXT, URL, NUMBER or SELECT; nobody documents others.
        options: What there is to select; () if anything may be.
    """

    key: str
    type_id: str
    name: str = ""
    description: str = ""
    type: str = "TEXT"
    is_multi: bool = False
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call it, never empty."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Ticket:
    """The twin of a case in Jira or ServiceNow.

    Attributes:
        status: IN_PROGRESS, COMPLETED or FAILED.
        key: For example "PLAT-118"; "" while it is being created.
        url: "" while it is being created.
    """

    status: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case, as the server last described it.

    Attributes:
        status: The deprecated enumeration (OPEN, IN_PROGRESS, CLOSED and eleven more).
        status_name: The status as people see it; belongs to the case's type.
        status_group: One of `STATUS_GROUPS`; decides whether the case counts as closed.
        type: STANDARD, SECURITY ..., and TUNKNOWN for every custom type.
        modified_at: None until the first change.
        due_date: `YYYY-MM-DD`, or None.
        resolved_reason: Why a security case was closed: "FALSE_POSITIVE" ...; "" if not said.
    """

    id: str
    key: str
    title: str
    created_at: datetime
    description: str = ""
    public_id: str = ""
    priority: str = "NOT_DEFINED"
    status: str = "OPEN"
    status_name: str = "Open"
    status_group: str = "SG_OPEN"
    type: str = "STANDARD"
    type_id: str = STANDARD_TYPE
    modified_at: datetime | None = None
    closed_at: datetime | None = None
    archived_at: datetime | None = None
    project_id: str = ""
    assignee: User | None = None
    created_by: User | None = None
    modified_by: User | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    custom_attributes: Mapping[str, CustomValue] = field(default_factory=dict)
    insights: tuple[Insight, ...] = ()
    comment_count: int = 0
    creation_source: str = "MANUAL"
    merge_status: str = "NOT_MERGED"
    jira: Ticket | None = None
    service_now: Ticket | None = None
    due_date: str | None = None
    resolved_reason: str = ""

    @property
    def project_key(self) -> str:
        """The part of the key before the number: "OPS" of "OPS-17"."""
        return self.key.rpartition("-")[0]

    @property
    def closed(self) -> bool:
        """True for every status of the closed group, not just the one named Closed."""
        return self.status_group == "SG_CLOSED"


@dataclass(frozen=True, slots=True)
class TimelineCell:
    """One entry of a case's timeline.

    Attributes:
        type: COMMENT, or a value nobody documented: show `message` and the type's name.
    """

    id: str
    type: str
    author: User
    message: str
    created_at: datetime
    modified_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseLink:
    """How a case and another thing relate: the parent DUPLICATES the child, for example.

    Attributes:
        parent_type, child_type: CASE, INCIDENT, PAGE or AGENT_CONVERSATION.
        relationship: One of `RELATIONSHIPS`, or a value nobody documented.
    """

    id: str
    parent_type: str
    parent_id: str
    child_type: str
    child_id: str
    relationship: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one case.

    Attributes:
        id: Names the entry once it is kept; "" until then. It is not compared.
        by: None if nobody knows.
        field: What changed: "created", "status", "priority", "assignee", "archived", "title" ...
        old: The value before, as JSON would say it; None for nothing.
        new: The value after.
    """

    id: str = field(default="", kw_only=True, compare=False)
    case_id: str
    case_key: str
    at: datetime
    by: User | None
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a search.

    Attributes:
        number: One-based page number, as asked for.
        total: Cases that match in all; None when the server does not say.
        pages: Number of pages of the size asked for; 0 when nothing matches.
        skipped: Cases on the page that could not be read.
    """

    cases: tuple[Case, ...]
    number: int
    total: int | None
    pages: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many of the matching cases have this value; "" is "has none"."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among the matching cases, largest count first.

    Attributes:
        values: None when the server could not count this field.
    """

    field: str
    values: tuple[FacetValue, ...] | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How many cases match, and how many for each value of the fields asked for.

    Attributes:
        total: None when the server does not say.
        groups: Largest count first; the values of several fields are joined by a comma.
    """

    total: int | None
    groups: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a person gives to create a case."""

    title: str
    project_id: str
    type_id: str = STANDARD_TYPE
    priority: str = "NOT_DEFINED"
    description: str = ""
    assignee: User | None = None
    status_name: str = ""
    """Of the type; "" is its default."""
    custom_attributes: Mapping[str, CustomValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much may still be asked of a server.

    Attributes:
        remaining: Requests that will be answered before the limit.
        reset: Seconds until there are new ones.
        name: Of the limit, which many kinds of requests may share; "" if the server has no name.
    """

    remaining: int
    reset: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a server told about a request that it carried out.

    Attributes:
        status: HTTP status code.
        request_id: By which the server's people find the request; "" if it gave none.
        took: Seconds from sending to the end of the answer.
        quota: What is left, or None if it did not tell.
    """

    status: int
    request_id: str
    took: float
    quota: Quota | None


def newer(ours: Case | None, theirs: Case) -> Case:
    """The more recent of two descriptions of a case.

    A page may have been put together before a write that was confirmed since (searches lag behind
    writes), and leaves out who modified a case.
    """
    if ours is None:
        return theirs
    if ours.modified_at and (theirs.modified_at is None or ours.modified_at > theirs.modified_at):
        return replace(ours, comment_count=max(ours.comment_count, theirs.comment_count))
    if ours.modified_by and not theirs.modified_by and ours.modified_at == theirs.modified_at:
        theirs = replace(theirs, modified_by=ours.modified_by)
    # A case read by itself says 0 comments, however many there are.
    if ours.comment_count > theirs.comment_count:
        theirs = replace(theirs, comment_count=ours.comment_count)
    return theirs
