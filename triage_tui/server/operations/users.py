"""People: the part of the Users API that clients of cases need."""

from __future__ import annotations

from triage_tui.server import resources
from triage_tui.server.bodies import Call, Parameters
from triage_tui.server.refusals import Refused, not_one_of
from triage_tui.server.resources import Json
from triage_tui.server.service import Service

_USER_SORTS = ("name", "modified_at", "user_count")
_USER_STATUSES = ("Active", "Pending", "Disabled")


def list_users(service: Service, call: Call) -> Json:
    sort = call.query.text("sort")
    statuses = [name for name in call.query.text("filter[status]").split(",") if name]
    for status in statuses:
        if status not in _USER_STATUSES:
            raise not_one_of("status", status, _USER_STATUSES)
    users, total, filtered = service.store.users(
        text=call.query.text("filter"),
        statuses=statuses,
        sort=Parameters({"sort": sort.removeprefix("-")}).choice("sort", _USER_SORTS, "name"),
        descending=sort.startswith("-")
        or call.query.choice("sort_dir", ("asc", "desc"), "asc") == "desc",
        number=call.query.integer("page[number]", 0),
        size=call.query.integer("page[size]", 10, low=1, high=100),
    )
    return resources.users_document(users, total=total, filtered=filtered)


def get_user(service: Service, call: Call) -> Json:
    user = service.store.user(call.path["user_id"].lower())
    if user is None:
        raise Refused(404, title=f"{call.path['user_id']} not found")
    return resources.user_document(user)


def current_user(service: Service, call: Call) -> Json:
    return resources.user_document(service.caller())
