"""What changed on cases: not part of the API of the service, which shows comments only."""

from __future__ import annotations

from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import bad_request, not_found
from triage_tui.server.resources import Json
from triage_tui.server.service import Service
from triage_tui.server.tables.history import PageTooLarge

PAGE_LIMIT = 1000
"""Entries that one page may have."""


def list_history(service: Service, call: Call) -> Json:
    number = call.query.integer("page[number]", 0)
    size = call.query.integer("page[size]", 100, low=1, high=PAGE_LIMIT)
    start, end = call.query.moment("from"), call.query.moment("to")
    if start and end and start > end:
        raise bad_request('"from" is after "to"')
    named = call.query.text("case_id")
    case = service.store.case(named) if named else None
    if named and case is None:
        raise not_found("case")
    try:
        entries = service.store.history_between(
            start, end, case_id=case.id if case else "", number=number, size=size
        )
    except PageTooLarge as error:
        raise bad_request(f"{error}; ask for a smaller page[size]") from None
    return resources.history_document(entries)
