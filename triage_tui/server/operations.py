"""The operations of the Case Management API over a store: a call in, a document out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from triage_tui.changes import Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.models import (
    PRIORITIES,
    SORT_FIELDS,
    STANDARD_TYPE,
    Case,
    CaseType,
    NewCase,
    User,
)
from triage_tui.query import parse
from triage_tui.server import resources
from triage_tui.server.bodies import Call, Parameters, custom_values, insights, is_uuid
from triage_tui.server.refusals import (
    Refused,
    bad_parameter,
    bad_request,
    not_found,
    not_one_of,
    refused,
)
from triage_tui.server.resources import Json
from triage_tui.server.statuses import check_code, status_coded, status_named
from triage_tui.server.store import KeyTaken, Store

GROUPS_LIMIT = 1000
"""Values that counting and aggregating may return for a field."""

FIELDS_LIMIT = 20
"""Fields that one request may count or aggregate by."""

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}")
_USER_SORTS = ("name", "modified_at", "user_count")
_USER_STATUSES = ("Active", "Pending", "Disabled")


class Operations:
    """What the API can do with one store.

    Each public method is one operation. It returns the document to answer with, and raises Refused
    or what the store and the query language raise.

    Args:
        now: Tells the time that writes are stamped with, aware.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    # Cases

    def search_cases(self, call: Call) -> Json:
        # Our choice: the documents say that pages start at 0, the recordings that they start at 1.
        number = max(1, call.query.integer("page[number]", 1))
        page = self.store.search(
            parse(call.query.text("filter")),
            number=number,
            size=call.query.integer("page[size]", 10, low=1, high=100),
            sort=call.query.choice("sort[field]", SORT_FIELDS, "created_at"),
            ascending=call.query.flag("sort[asc]"),
            now=self.now(),
        )
        return resources.search_document(page)

    def create_case(self, call: Call) -> Json:
        body = call.read("case")
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
            status=status_named(case_type, name) if name else None,
            custom_attributes=values,
        )
        return resources.case_document(case)

    def get_case(self, call: Call) -> Json:
        return resources.case_document(self._case(call))

    def set_status(self, call: Call) -> Json:
        attributes = call.read("case").attributes
        name, code = attributes.text("status_name"), attributes.text("status")
        if not (name or code):
            raise bad_request()
        if not name:
            check_code(code)
        case = self._case(call)
        case_type = self._case_type(case.type_id) or CaseType(case.type_id, "")
        status = status_named(case_type, name) if name else status_coded(case_type, code)
        return self._changed(case, SetStatus(status))

    def set_priority(self, call: Call) -> Json:
        priority = call.read("case").attributes.text("priority")
        _check_priority(priority)
        return self._changed(self._case(call), SetPriority(priority))

    def assign(self, call: Call) -> Json:
        user_id = call.read("case").attributes.text("assignee_id")
        if not is_uuid(user_id):
            raise bad_request()
        case = self._case(call)
        return self._changed(case, Assign(self._user(user_id)))

    def unassign(self, call: Call) -> Json:
        call.read("case")
        return self._changed(self._case(call), Assign(None))

    def archive(self, call: Call) -> Json:
        call.read("case")
        return self._changed(self._case(call), SetArchived(True))

    def unarchive(self, call: Call) -> Json:
        call.read("case")
        return self._changed(self._case(call), SetArchived(False))

    def add_insights(self, call: Call) -> Json:
        given = insights(call.read("case").attributes)

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
        query = parse(call.query.text("query_filter"))
        now = self.now()
        # Our choice: without a field to group by there are no groups, just the total.
        facets = self.store.count(query, fields, limit=limit, now=now) if fields else ()
        return resources.count_document(facets, self.store.total(query, now=now))

    def aggregate(self, call: Call) -> Json:
        attributes = call.read("aggregate").attributes
        if not attributes.has("query_filter"):
            raise bad_request()
        group_by = attributes.object("group_by")
        fields = group_by.texts("groups")
        if not 1 <= len(fields) <= FIELDS_LIMIT or not all(name.strip() for name in fields):
            raise bad_request(f"group by 1 to {FIELDS_LIMIT} fields")
        limit = group_by.integer("limit", low=1, high=GROUPS_LIMIT)
        query = parse(attributes.text("query_filter"))
        total, groups = self.store.aggregate(query, fields, limit=limit, now=self.now())
        return resources.aggregate_document(groups, total)

    # Timeline

    def comment(self, call: Call) -> Json:
        text = call.read("case").attributes.filled("comment")
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
        attributes = call.read("project").attributes
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


def _check_priority(priority: str) -> None:
    if priority not in PRIORITIES:
        raise not_one_of("priority", priority, PRIORITIES)


def _project_id(call: Call) -> str:
    project_id = call.path["project_id"]
    if not is_uuid(project_id):
        raise bad_parameter("ProjectID", "path", 'type "uuid"')
    return project_id.lower()
