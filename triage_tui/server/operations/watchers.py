"""Who is told about a case."""

from __future__ import annotations

from triage_tui.models import User
from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import watchers


def list_watchers(service: Service, call: Call) -> Json:
    case = service.case(call)
    with service.store.reading() as db:
        return resources.watchers_document(watchers.of_case(db, case.id))


def watch(service: Service, call: Call) -> None:
    """Watching what one watches already succeeds and changes nothing."""
    case_id, user = _ends(service, call)
    by = service.caller()
    with service.store.writing() as db:
        watchers.add(db, case_id, user, by=by, at=service.now())


def unwatch(service: Service, call: Call) -> None:
    # Our choice: who does not watch needs not stop, and that is a success.
    case_id, user = _ends(service, call)
    by = service.caller()
    with service.store.writing() as db:
        watchers.remove(db, case_id, user, by=by, at=service.now())


def _ends(service: Service, call: Call) -> tuple[str, User]:
    """The id of the case and the user in the path; both are there."""
    user_id = path_uuid(call, "user_uuid", "UserUUID")
    return service.case(call).id, service.user(user_id)
