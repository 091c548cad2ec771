"""Comments, and the timeline they are part of."""

from __future__ import annotations

from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import not_found
from triage_tui.server.resources import Json
from triage_tui.server.service import Service


def comment(service: Service, call: Call) -> Json:
    text = call.read("case").attributes.filled("comment")
    case = service.case(call)
    cell = service.store.add_comment(case.id, text, by=service.caller(), now=service.now())
    if cell is None:
        raise not_found("case")
    return resources.timeline_document([cell])


def timeline(service: Service, call: Call) -> Json:
    # Our choice: nobody gives a page size for timelines; it is that of a search.
    number = call.query.integer("page[number]", 0)
    size = call.query.integer("page[size]", 10, low=1, high=100)
    ascending = call.query.flag("sort[ascending]")
    case = service.case(call)
    return resources.timeline_document(
        service.store.timeline(case.id, number=number, size=size, ascending=ascending)
    )
