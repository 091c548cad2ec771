"""Times during which nobody is to be told about certain cases. They are kept; nobody is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from triage_tui.query import parse
from triage_tui.server.bodies import Call, Fields
from triage_tui.server.refusals import bad_request, not_found
from triage_tui.server.resources import Json, timestamp
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import records
from triage_tui.server.tables.records import MAINTENANCE_WINDOW, Record


def list_windows(service: Service, call: Call) -> Json:
    with service.store.reading() as db:
        return {"data": [_window(window) for window in records.all_of(db, MAINTENANCE_WINDOW)]}


def create_window(service: Service, call: Call) -> Json:
    given = _document(call.read(MAINTENANCE_WINDOW).attributes)
    if len(given) < 4:
        raise bad_request()
    _check_order(given)
    window = service.new_record(MAINTENANCE_WINDOW, given)
    with service.store.writing() as db:
        records.add(db, window)
    return {"data": _window(window)}


def update_window(service: Service, call: Call) -> Json:
    """What the request does not name stays as it is."""
    given = _document(call.read(MAINTENANCE_WINDOW).attributes)
    window_id = path_uuid(call, "maintenance_window_id")
    by, now = service.caller(), service.now()
    with service.store.writing() as db:
        window = records.get(db, MAINTENANCE_WINDOW, window_id)
        if window is None:
            raise not_found("maintenance window")
        document = {**window.document, **given}
        _check_order(document)
        window = records.revise(db, window, document, by=by, now=now)
    return {"data": _window(window)}


def delete_window(service: Service, call: Call) -> None:
    window_id = path_uuid(call, "maintenance_window_id")
    with service.store.writing() as db:
        if not records.delete(db, MAINTENANCE_WINDOW, window_id):
            raise not_found("maintenance window")


def _document(attributes: Fields) -> dict[str, str]:
    """The attributes that a request names, checked; times in UTC."""
    found = {}
    if attributes.has("name"):
        found["name"] = attributes.filled("name")
    if attributes.has("query"):
        found["query"] = attributes.text("query")
        parse(found["query"])
    for name in ("start_at", "end_at"):
        if attributes.has(name):
            found[name] = timestamp(attributes.moment(name))
    return found


def _check_order(document: Mapping[str, str]) -> None:
    start, end = (datetime.fromisoformat(document[name]) for name in ("start_at", "end_at"))
    if start >= end:
        raise bad_request('"start_at" must be before "end_at"')


def _window(window: Record) -> Json:
    attributes: Json = dict(window.document)
    if window.created_by:
        attributes["created_by"] = window.created_by.id
    if window.modified_by:
        attributes["updated_by"] = window.modified_by.id
    return {
        "id": window.id,
        "type": MAINTENANCE_WINDOW,
        "attributes": dict(sorted(attributes.items())),
    }
