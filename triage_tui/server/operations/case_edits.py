"""One field of a case at a time, besides those that the dashboard changes with one key."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date

from triage_tui.models import Case
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import bad_request, not_found
from triage_tui.server.resources import Json
from triage_tui.server.service import Service
from triage_tui.server.tables import cases

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def set_title(service: Service, call: Call) -> Json:
    title = call.read("case").attributes.filled("title")
    return service.edited_at(call, lambda db, case: replace(case, title=title))


def set_description(service: Service, call: Call) -> Json:
    attributes = call.read("case").attributes
    # Our choice: an empty description takes it away, none at all is a mistake.
    if not attributes.has("description"):
        raise bad_request()
    description = attributes.text("description")
    return service.edited_at(call, lambda db, case: replace(case, description=description))


def set_due_date(service: Service, call: Call) -> Json:
    attributes = call.read("case").attributes
    # Null takes the date away, so that it has to be told from a date that was forgotten.
    if "due_date" not in attributes.members:
        raise bad_request()
    due = attributes.text("due_date") if attributes.has("due_date") else None
    if due is not None and not _is_date(due):
        raise bad_request(f'invalid due_date "{due}"; expected a date as in 2026-12-31')
    return service.edited_at(call, lambda db, case: replace(case, due_date=due))


def set_resolved_reason(service: Service, call: Call) -> Json:
    # Our choice: any text will do, as in the documents; nothing takes the reason away again, and
    # the case need not be closed.
    reason = call.read("case").attributes.filled("security_resolved_reason")

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        if case.type != "SECURITY":
            raise bad_request(
                f"{case.key} is no security case: only those are resolved for reasons"
            )
        return replace(case, resolved_reason=reason)

    return service.edited_at(call, edit)


def move(service: Service, call: Call) -> Json:
    """Gives the case the next key of the project; the key it had leads nowhere from then on."""
    project_id = call.read("project").uuid()

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        # Our choice: a move to the project where the case is already changes nothing.
        moved = cases.moved(db, case, project_id)
        if moved is None:
            raise not_found("project")
        return moved

    return service.edited_at(call, edit)


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
