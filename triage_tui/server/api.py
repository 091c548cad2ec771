"""The operations of the Case Management API over a store: what is asked in, what is answered out.

Nothing here knows about sockets or event loops. `ROUTES` says which operation answers what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from triage_tui.changes import Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.errors import QueryError, StoreError
from triage_tui.models import (
    PRIORITIES,
    SORT_FIELDS,
    STANDARD_STATUSES,
    STANDARD_TYPE,
    Case,
    CaseType,
    NewCase,
    Status,
    User,
)
from triage_tui.query import Query, parse
from triage_tui.server import resources
from triage_tui.server.bodies import (
    Body,
    Parameters,
    custom_values,
    insights,
    is_uuid,
    read_body,
)
from triage_tui.server.database import QueryTooSlow
from triage_tui.server.refusals import (
    Refused,
    bad_parameter,
    bad_request,
    not_found,
    not_one_of,
    refused,
)
from triage_tui.server.resources import Json
from triage_tui.server.store import KeyTaken, Store

CASES_MEDIA_TYPE = "application/vnd.api+json"
USERS_MEDIA_TYPE = "application/json"

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
"""What the deprecated `status` may be, of whatever type the case is."""

GROUPS_LIMIT = 1000
"""Values that counting and aggregating may return for a field."""

FIELDS_LIMIT = 20
"""Fields that one request may count or aggregate by."""

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}")
_USER_SORTS = ("name", "modified_at", "user_count")
_USER_STATUSES = ("Active", "Pending", "Disabled")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart.

    Attributes:
        path: The variable segments of the path by name, decoded.
        body: As it came, bounded by `bodies.BODY_LIMIT`.
    """

    path: Mapping[str, str]
    query: Parameters
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. Without a body, `media_type` is ""."""

    status: int
    body: bytes = b""
    media_type: str = ""


class Api:
    """The operations over one store.

    The public methods but `answer` are one operation each: they return the document to answer
    with and raise what `answer` turns into an error.

    Args:
        now: Tells the time that writes are stamped with, aware.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    def answer(self, operation: Operation, call: Call) -> Answer:
        """Carry out an operation. Whatever is wrong with the call becomes an error answer."""
        try:
            document = operation.run(self, call)
        except Refused as error:
            return refusal(error, users_api=operation.users_api)
        except QueryError as error:
            sentence = f"{error} (at character {error.position + 1})"
            return refusal(bad_request(sentence), users_api=operation.users_api)
        except QueryTooSlow as error:
            # Our choice: it is the query that has to change, and asking again would not help.
            return refusal(bad_request(str(error)), users_api=operation.users_api)
        except StoreError as error:
            unable = refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            return refusal(unable, users_api=operation.users_api)
        if document is None:
            return Answer(204)
        media_type = USERS_MEDIA_TYPE if operation.users_api else CASES_MEDIA_TYPE
        return Answer(operation.status, _encoded(document), media_type)

    # Cases

    def search_cases(self, call: Call) -> Json:
        # Our choice: the documents say that pages start at 0, the recordings that they start at 1.
        number = max(1, call.query.integer("page[number]", 1))
        page = self.store.search(
            self._query(call.query.text("filter")),
            number=number,
            size=call.query.integer("page[size]", 10, low=1, high=100),
            sort=call.query.choice("sort[field]", SORT_FIELDS, "created_at"),
            ascending=call.query.flag("sort[asc]"),
            now=self.now(),
        )
        return resources.search_document(page)

    def create_case(self, call: Call) -> Json:
        body = _case_body(call)
        # Every relationship is checked for its type before any of them is looked up.
        project_id = body.related("project", "project")
        assignee_id = body.related("assignee", "user")
        title = body.attributes.filled("title")
        type_id = body.attributes.text("type_id")
        if not type_id and body.attributes.text("type") == "STANDARD":
            type_id = STANDARD_TYPE  # the older form, which named the built-in type
        priority = body.attributes.text("priority") or "NOT_DEFINED"
        _check_priority(priority)
        values = custom_values(body.attributes)
        # Our choice: a case without a project would have no key, so it is asked for.
        if not (is_uuid(type_id) and is_uuid(project_id)):
            raise bad_request()
        if assignee_id and not is_uuid(assignee_id):
            raise bad_request()
        if not self.store.project(project_id.lower()):
            raise not_found("project")
        case_type = self._case_type(type_id.lower())
        if case_type is None or case_type.deleted_at:
            raise not_found("case_type")
        name = body.attributes.text("status_name")
        case = self.store.create_case(
            NewCase(
                title=title,
                project_id=project_id.lower(),
                type_id=case_type.id,
                priority=priority,
                description=body.attributes.text("description"),
                assignee=self._user(assignee_id) if assignee_id else None,
            ),
            by=self._caller(),
            now=self.now(),
            status=_status_named(case_type, name) if name else None,
            custom_attributes=values,
        )
        return resources.case_document(case)

    def get_case(self, call: Call) -> Json:
        return resources.case_document(self._case(call))

    def set_status(self, call: Call) -> Json:
        attributes = _case_body(call).attributes
        name, code = attributes.text("status_name"), attributes.text("status")
        if not (name or code):
            raise bad_request()
        if not name and code not in STATUS_CODES:
            raise not_one_of("status", code, STATUS_CODES)
        case = self._case(call)
        case_type = self._case_type(case.type_id) or CaseType(case.type_id, "")
        status = _status_named(case_type, name) if name else _status_coded(case_type, code)
        return self._changed(case, SetStatus(status))

    def set_priority(self, call: Call) -> Json:
        priority = _case_body(call).attributes.text("priority")
        _check_priority(priority)
        return self._changed(self._case(call), SetPriority(priority))

    def assign(self, call: Call) -> Json:
        user_id = _case_body(call).attributes.text("assignee_id")
        if not is_uuid(user_id):
            raise bad_request()
        case = self._case(call)
        return self._changed(case, Assign(self._user(user_id)))

    def unassign(self, call: Call) -> Json:
        _case_body(call)
        return self._changed(self._case(call), Assign(None))

    def archive(self, call: Call) -> Json:
        _case_body(call)
        return self._changed(self._case(call), SetArchived(True))

    def unarchive(self, call: Call) -> Json:
        _case_body(call)
        return self._changed(self._case(call), SetArchived(False))

    def add_insights(self, call: Call) -> Json:
        given = insights(_case_body(call).attributes)

        def add(case: Case, now: datetime) -> Case:
            # Our choice: an insight is known by its type and resource, as when one is removed;
            # adding it once more changes nothing.
            known = {(i.type, i.resource_id): i for i in case.insights}
            for insight in given:
                known.setdefault((insight.type, insight.resource_id), insight)
            return replace(case, insights=tuple(known.values()))

        return self._edited(self._case(call), add)

    def count(self, call: Call) -> Json:
        fields = [name.strip() for name in call.query.text("group_bys").split(",")]
        fields = list(dict.fromkeys(name for name in fields if name))
        limit = call.query.integer("limit", 10, low=1, high=GROUPS_LIMIT)
        if len(fields) > FIELDS_LIMIT:
            raise bad_parameter("group_bys", "query", f"at most {FIELDS_LIMIT} fields")
        query = self._query(call.query.text("query_filter"))
        now = self.now()
        # Our choice: without a field to group by there are no groups, just the total.
        facets = self.store.count(query, fields, limit=limit, now=now) if fields else ()
        return resources.count_document(facets, self.store.total(query, now=now))

    def aggregate(self, call: Call) -> Json:
        attributes = read_body(call.body, call.content_type, "aggregate").attributes
        if not attributes.has("query_filter"):
            raise bad_request()
        group_by = attributes.object("group_by")
        fields = group_by.texts("groups")
        if not 1 <= len(fields) <= FIELDS_LIMIT or not all(name.strip() for name in fields):
            raise bad_request(f"group by 1 to {FIELDS_LIMIT} fields")
        limit = group_by.integer("limit", low=1, high=GROUPS_LIMIT)
        query = self._query(attributes.text("query_filter"))
        total, groups = self.store.aggregate(query, fields, limit=limit, now=self.now())
        return resources.aggregate_document(groups, total)

    # Timeline

    def comment(self, call: Call) -> Json:
        text = _case_body(call).attributes.filled("comment")
        case = self._case(call)
        cell = self.store.add_comment(case.id, text, by=self._caller(), now=self.now())
        if cell is None:
            raise not_found("case")
        return resources.timeline_document([cell])

    def timeline(self, call: Call) -> Json:
        # Our choice: nobody gives a page size for timelines; it is that of a search.
        number = call.query.integer("page[number]", 0)
        size = call.query.integer("page[size]", 10, low=1, high=100)
        ascending = call.query.flag("sort[ascending]")
        case = self._case(call)
        return resources.timeline_document(
            self.store.timeline(case.id, number=number, size=size, ascending=ascending)
        )

    # Projects and case types

    def list_projects(self, call: Call) -> Json:
        return resources.projects_document(self.store.projects())

    def create_project(self, call: Call) -> Json:
        attributes = read_body(call.body, call.content_type, "project").attributes
        key, name = attributes.filled("key"), attributes.filled("name")
        # Our choice: the documents give the length and the one forbidden key, not the letters.
        if not _PROJECT_KEY.fullmatch(key) or key == "CASE":
            raise bad_request(
                f'invalid key "{key}"; expected 1 to 10 of A-Z and 0-9, a letter first, not CASE'
            )
        try:
            project = self.store.create_project(key, name, by=self._caller(), now=self.now())
        except KeyTaken:
            # Our choice: a key in use is a conflict.
            raise refused(HTTPStatus.CONFLICT, f"the project key {key} is in use") from None
        return resources.project_document(project)

    def get_project(self, call: Call) -> Json:
        project = self.store.project(_project_id(call))
        if project is None:
            raise not_found("project")
        return resources.project_document(project)

    def delete_project(self, call: Call) -> None:
        """Deletes the cases of the project too."""
        if not self.store.delete_project(_project_id(call)):
            raise not_found("project")

    def list_case_types(self, call: Call) -> Json:
        return resources.case_types_document(self.store.case_types())

    # Users

    def list_users(self, call: Call) -> Json:
        sort = call.query.text("sort")
        statuses = [name for name in call.query.text("filter[status]").split(",") if name]
        for status in statuses:
            if status not in _USER_STATUSES:
                raise not_one_of("status", status, _USER_STATUSES)
        users, total, filtered = self.store.users(
            text=call.query.text("filter"),
            statuses=statuses,
            sort=Parameters({"sort": sort.removeprefix("-")}).choice("sort", _USER_SORTS, "name"),
            descending=sort.startswith("-")
            or call.query.choice("sort_dir", ("asc", "desc"), "asc") == "desc",
            number=call.query.integer("page[number]", 0),
            size=call.query.integer("page[size]", 10, low=1, high=100),
        )
        return resources.users_document(users, total=total, filtered=filtered)

    def get_user(self, call: Call) -> Json:
        user = self.store.user(call.path["user_id"].lower())
        if user is None:
            raise Refused(404, title=f"{call.path['user_id']} not found")
        return resources.user_document(user)

    def current_user(self, call: Call) -> Json:
        return resources.user_document(self._caller())

    # What several operations need

    def _caller(self) -> User:
        """Who makes the call: the one place that decides it."""
        return self.store.me()

    def _query(self, text: str) -> Query:
        return parse(text)

    def _case(self, call: Call) -> Case:
        # Our choice: whatever is neither the id nor the key of a case is just not found.
        case = self.store.case(call.path["case_id"])
        if case is None:
            raise not_found("case")
        return case

    def _case_type(self, type_id: str) -> CaseType | None:
        return next((t for t in self.store.case_types() if t.id == type_id), None)

    def _user(self, user_id: str) -> User:
        user = self.store.user(user_id.lower())
        if user is None:
            # Our choice: nobody has recorded what an unknown assignee is answered.
            raise not_found("user")
        return user

    def _changed(self, case: Case, change: Change) -> Json:
        # A change that holds already succeeds and leaves the case, its times included, alone: seen
        # for unassigning and unarchiving.
        # Our choice: the same for closing and archiving what is closed and archived.
        return self._edited(case, lambda c, now: c if change.holds(c) else change.apply(c, now))

    def _edited(self, case: Case, edit: Callable[[Case, datetime], Case]) -> Json:
        edited = self.store.change(case.id, edit, by=self._caller(), now=self.now())
        if edited is None:
            raise not_found("case")
        return resources.case_document(edited)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        run: Returns the answer's document, None for an answer without a body.
        status: HTTP status code of an answer with a document.
        users_api: The endpoint belongs to the Users API, whose answers are plain JSON and whose
            errors are texts.
    """

    run: Callable[[Api, Call], Json | None]
    status: int = 200
    users_api: bool = False


ROUTES: Mapping[str, Mapping[str, Operation]] = {
    # Fixed segments come before the variable ones that would take them too.
    "/api/v2/cases": {
        "GET": Operation(Api.search_cases),
        "POST": Operation(Api.create_case, status=201),
    },
    "/api/v2/cases/count": {"GET": Operation(Api.count)},
    "/api/v2/cases/aggregate": {"POST": Operation(Api.aggregate)},
    "/api/v2/cases/types": {"GET": Operation(Api.list_case_types)},
    "/api/v2/cases/projects": {
        "GET": Operation(Api.list_projects),
        "POST": Operation(Api.create_project, status=201),
    },
    "/api/v2/cases/projects/{project_id}": {
        "GET": Operation(Api.get_project),
        "DELETE": Operation(Api.delete_project),
    },
    "/api/v2/cases/{case_id}": {"GET": Operation(Api.get_case)},
    "/api/v2/cases/{case_id}/status": {"POST": Operation(Api.set_status)},
    "/api/v2/cases/{case_id}/priority": {"POST": Operation(Api.set_priority)},
    "/api/v2/cases/{case_id}/assign": {"POST": Operation(Api.assign)},
    "/api/v2/cases/{case_id}/unassign": {"POST": Operation(Api.unassign)},
    "/api/v2/cases/{case_id}/archive": {"POST": Operation(Api.archive)},
    "/api/v2/cases/{case_id}/unarchive": {"POST": Operation(Api.unarchive)},
    "/api/v2/cases/{case_id}/insights": {"PUT": Operation(Api.add_insights)},
    "/api/v2/cases/{case_id}/comment": {"POST": Operation(Api.comment)},
    "/api/v2/cases/{case_id}/timelines": {"GET": Operation(Api.timeline)},
    "/api/v2/users": {"GET": Operation(Api.list_users, users_api=True)},
    "/api/v2/users/{user_id}": {"GET": Operation(Api.get_user, users_api=True)},
    "/api/v2/current_user": {"GET": Operation(Api.current_user, users_api=True)},
}


def refusal(error: Refused, *, users_api: bool = False) -> Answer:
    """The answer that says why a request was refused."""
    if users_api:
        return Answer(error.status, _encoded({"errors": [error.sentence]}), USERS_MEDIA_TYPE)
    return Answer(error.status, _encoded({"errors": [error.error]}), CASES_MEDIA_TYPE)


def _encoded(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _case_body(call: Call) -> Body:
    return read_body(call.body, call.content_type, "case")


def _check_priority(priority: str) -> None:
    if priority not in PRIORITIES:
        raise not_one_of("priority", priority, PRIORITIES)


def _status_named(case_type: CaseType, name: str) -> Status:
    for status in case_type.statuses:
        if status.name == name:
            return status
    raise not_one_of("status name", name, (status.name for status in case_type.statuses))


def _status_coded(case_type: CaseType, code: str) -> Status:
    """The status of this type that the deprecated code stands for."""
    by_code = {status.code: status for status in case_type.statuses}
    if code in by_code:
        return by_code[code]
    # Our choice: the three documented codes work for every type, where they mean the default of
    # their group: closing a change request completes it.
    group = {s.code: s.group for s in STANDARD_STATUSES}.get(code, "")
    if group in case_type.defaults:
        return _status_named(case_type, case_type.defaults[group])
    raise not_one_of("status", code, by_code)


def _project_id(call: Call) -> str:
    project_id = call.path["project_id"]
    if not is_uuid(project_id):
        raise bad_parameter("ProjectID", "path", 'type "uuid"')
    return project_id.lower()
