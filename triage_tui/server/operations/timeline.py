"""Comments, and the timeline they are part of."""

from __future__ import annotations

from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import not_found
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import comments


def comment(service: Service, call: Call) -> Json:
    text = call.read("case").attributes.filled("comment")
    case = service.case(call)
    cell = service.store.add_comment(case.id, text, by=service.caller(), now=service.now())
    if cell is None:
        raise not_found("case")
    return resources.timeline_document([cell])


def edit_comment(service: Service, call: Call) -> Json:
    text = call.read("case").attributes.filled("comment")
    cell_id = _cell_id(call)
    case = service.case(call)
    by = service.caller()
    # Our choice: nobody says whose comments may be edited; everybody's, and the author stays.
    with service.store.writing() as db:
        cell = comments.edit(db, case.id, cell_id, text, by=by, at=service.now())
    if cell is None:
        raise not_found("timeline cell")
    # Our choice: the documents describe no answer; it is the one to writing a comment.
    return resources.timeline_document([cell])


def delete_comment(service: Service, call: Call) -> None:
    cell_id = _cell_id(call)
    case = service.case(call)
    by = service.caller()
    with service.store.writing() as db:
        deleted = comments.delete(db, case.id, cell_id, by=by, at=service.now())
    if not deleted:
        raise not_found("timeline cell")


def timeline(service: Service, call: Call) -> Json:
    # Our choice: nobody gives a page size for timelines; it is that of a search.
    number = call.query.integer("page[number]", 0)
    size = call.query.integer("page[size]", 10, low=1, high=100)
    ascending = call.query.flag("sort[ascending]")
    case = service.case(call)
    return resources.timeline_document(
        service.store.timeline(case.id, number=number, size=size, ascending=ascending)
    )


def _cell_id(call: Call) -> str:
    return path_uuid(call, "cell_id", "CommentID")
