"""People: the part of the Users API that clients of cases need."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from triage_tui.models import User
from triage_tui.server.bodies import Call, Fields, Parameters
from triage_tui.server.refusals import Refused, bad_request, not_one_of, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service
from triage_tui.server.tables import users
from triage_tui.server.tables.users import Account

NAME_LIMIT = 55
"""Characters of a name: the documents say so."""

_EMAIL = re.compile(r'[^\s@<>"\x00-\x1f\x7f]{1,64}@[^\s@<>"\x00-\x1f\x7f]{1,189}')
_TITLE_LIMIT = 255

# Our choice: a workspace is one organisation, which nobody can change.
_ORG_ID = "00000000-0000-0000-0000-000000000001"
_ORG: Json = {
    "id": _ORG_ID,
    "type": "orgs",
    "attributes": {"disabled": False, "name": "Local workspace"},
}

_PERMISSIONS = (
    ("cases_read", "Cases Read", "read", "View Cases."),
    ("cases_write", "Cases Write", "write", "Create and update cases."),
    (
        "cases_shared_settings_write",
        "Cases Shared Settings Write",
        "write",
        "Configure shared settings for Case Management.",
    ),
)


def list_users(service: Service, call: Call) -> Json:
    sort = call.query.text("sort")
    statuses = [name for name in call.query.text("filter[status]").split(",") if name]
    for status in statuses:
        if status not in users.STATUSES:
            raise not_one_of("status", status, users.STATUSES)
    column = Parameters({"sort": sort.removeprefix("-")}).choice("sort", users.SORTS, "name")
    direction = call.query.choice("sort_dir", ("asc", "desc"), "asc")
    number = call.query.integer("page[number]", 0)
    size = call.query.integer("page[size]", 10, low=1, high=100)
    with service.store.reading() as db:
        accounts, total, filtered = users.listing(
            db,
            text=call.query.text("filter"),
            statuses=statuses,
            sort=column,
            descending=sort.startswith("-") or direction == "desc",
            number=number,
            size=size,
        )
    return {
        "data": [_resource(account) for account in accounts],
        "included": [_ORG],
        "meta": {"page": {"total_count": total, "total_filtered_count": filtered}},
    }


def get_user(service: Service, call: Call) -> Json:
    with service.store.reading() as db:
        return _document(_account(db, call))


def current_user(service: Service, call: Call) -> Json:
    caller = service.caller()
    with service.store.reading() as db:
        account = users.get(db, caller.id)
    assert account is not None, "users are never removed"
    return _document(account)


def create_user(service: Service, call: Call) -> Json:
    """Somebody who may be given cases; nobody is written to."""
    attributes = call.read("users").attributes
    email = _email(attributes)
    name, title = _name(attributes), _title(attributes)
    user = User(str(uuid4()), name, email, email, False, title, "Pending")
    with service.store.writing() as db:
        _refuse_taken(db, email)
        now = service.now()
        users.keep(db, account := Account(user, now, now))
    return _document(account)


def update_user(service: Service, call: Call) -> Json:
    """What the body does not mention stays."""
    body = call.read("users")
    user_id, attributes = body.uuid(), body.attributes
    given: dict[str, Any] = {}
    if attributes.has("name"):
        given["name"] = _name(attributes)
    if "title" in attributes.members:
        given["title"] = _title(attributes)
    if attributes.has("email"):
        given["email"] = _email(attributes)
    disabled = attributes.flag("disabled") if attributes.has("disabled") else None
    if user_id != call.path["user_id"].lower():
        raise refused(HTTPStatus.UNPROCESSABLE_ENTITY, "the id of the body is not that of the path")
    me, now = service.caller(), service.now()
    with service.store.writing() as db:
        account = _account(db, call)
        seen = account.user
        edited = replace(seen, **given)
        if edited.email != seen.email:
            _refuse_taken(db, edited.email)
            if seen.handle == seen.email:
                edited = replace(edited, handle=edited.email)
        if disabled:
            edited = _disabled(edited, me)
        elif disabled is False and seen.status == "Disabled":
            edited = replace(edited, status="Active", active=True)
        if edited != seen:
            account = replace(account, user=edited, modified_at=now)
            users.keep(db, account)
    return _document(account)


def disable_user(service: Service, call: Call) -> None:
    """The user stays, with all that names them."""
    me, now = service.caller(), service.now()
    with service.store.writing() as db:
        account = _account(db, call)
        disabled = _disabled(account.user, me)
        if disabled != account.user:
            users.keep(db, replace(account, user=disabled, modified_at=now))


def list_permissions(service: Service, call: Call) -> Json:
    with service.store.reading() as db:
        user = _account(db, call).user
    # Our choice: whoever is not disabled may do everything here.
    granted = () if user.status == "Disabled" else _PERMISSIONS
    return {
        "data": [
            {
                # Our choice: a permission is known by its name.
                "id": name,
                "type": "permissions",
                "attributes": {
                    "description": description,
                    "display_name": shown,
                    "display_type": kind,
                    "group_name": "Case and Incident Management",
                    "name": name,
                    "name_aliases": [],
                    "restricted": False,
                },
            }
            for name, shown, kind, description in granted
        ]
    }


def _account(db: sqlite3.Connection, call: Call) -> Account:
    account = users.get(db, call.path["user_id"].lower())
    if account is None:
        raise Refused(404, title=f"{call.path['user_id']} not found")
    return account


def _disabled(user: User, me: User) -> User:
    if user.id == me.id:
        # Our choice: nobody would be left to take it back.
        raise bad_request("you cannot disable yourself")
    return replace(user, status="Disabled", active=False)


def _refuse_taken(db: sqlite3.Connection, email: str) -> None:
    if users.with_email(db, email):
        # Our choice: an address in use is a conflict.
        raise refused(HTTPStatus.CONFLICT, f"there is a user with the email {email} already")


def _email(attributes: Fields) -> str:
    """The address, in lower case as the real service keeps it."""
    email = attributes.text("email").strip()
    if not _EMAIL.fullmatch(email):
        raise bad_request('"email" must be an e-mail address')
    return email.lower()


def _name(attributes: Fields) -> str:
    name = attributes.text("name").strip()
    if len(name) > NAME_LIMIT or "<" in name or ">" in name:
        raise bad_request(f'"name" may have {NAME_LIMIT} characters at most, and neither < nor >')
    return name


def _title(attributes: Fields) -> str:
    title = attributes.text("title").strip()
    if len(title) > _TITLE_LIMIT:
        raise bad_request(f'"title" may have {_TITLE_LIMIT} characters at most')
    return title


def _document(account: Account) -> Json:
    return {"data": _resource(account), "included": [_ORG]}


def _resource(account: Account) -> Json:
    """A user as the Users API has it: everything is there, null for nothing."""
    user = account.user
    return {
        "id": user.id,
        "type": "users",
        "attributes": {
            "allowed_login_methods": [],
            "created_at": account.created_at.isoformat(),
            "disabled": user.status == "Disabled",
            "email": user.email,
            "handle": user.handle,
            "icon": "",
            "last_login_time": None,
            "mfa_enabled": False,
            "modified_at": account.modified_at.isoformat(),
            "name": user.name or None,
            "service_account": account.service_account,
            "status": user.status,
            "title": user.title or None,
            "verified": user.status == "Active",
        },
        "relationships": {
            "org": {"data": {"id": _ORG_ID, "type": "orgs"}},
            "roles": {"data": []},
        },
    }
