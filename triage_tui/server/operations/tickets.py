"""What a case is tied to in other products: Jira issues, ServiceNow tickets, incidents, notebooks.

The workspace is connected to none of them. What only has to be remembered is remembered; what
would have to be created elsewhere is refused, and the case stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from triage_tui.models import Case, Insight, Ticket
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import Refused, bad_request, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service

_URL_LIMIT = 2048

_JIRA_URL = re.compile(
    r"(?P<url>(?i:https?)://[^/?#@\s]+(?:/[^?#@\s]*)?/browse/(?P<key>[A-Z][A-Z0-9_]*-[1-9][0-9]*))"
    r"/?(?:[?#]\S*)?"
)


def create_jira_issue(service: Service, call: Call) -> None:
    attributes = call.read("issues").attributes
    for name in ("jira_account_id", "project_id", "issue_type_id"):
        attributes.filled(name)
    attributes.object("fields")
    service.case(call)
    raise _not_connected("Jira: link an existing issue instead")


def link_jira_issue(service: Service, call: Call) -> None:
    """The issue is taken at its word: nobody here can look whether it exists."""
    issue = _jira_issue(call.read("issues").attributes.filled("jira_issue_url"))

    def linked(case: Case, now: datetime) -> Case:
        if case.jira and case.jira.key == issue.key and case.jira.url == issue.url:
            return case
        # Our choice: what could not be created has left the place free.
        if case.jira and case.jira.status != "FAILED":
            other = case.jira.key or "an issue that is being created"
            raise refused(
                HTTPStatus.CONFLICT, f"the case is linked to {other}: unlink that one first"
            )
        return replace(case, jira=issue)

    service.edited(service.case(call), linked)


def unlink_jira_issue(service: Service, call: Call) -> None:
    # Our choice: a case without an issue is what was wanted, so it succeeds.
    service.edited(service.case(call), lambda case, now: replace(case, jira=None))


def create_servicenow_ticket(service: Service, call: Call) -> None:
    attributes = call.read("tickets").attributes
    attributes.filled("instance_name")
    attributes.text("assignment_group")
    service.case(call)
    raise _not_connected("ServiceNow")


def link_incident(service: Service, call: Call) -> Json:
    # Our choice: the incident becomes an insight of the case, which the answer shows.
    incident_id = call.read("incidents").uuid()
    incident = Insight("INCIDENT", f"/incidents/{incident_id}", incident_id)

    def linked(case: Case, now: datetime) -> Case:
        if any((i.type, i.resource_id) == ("INCIDENT", incident_id) for i in case.insights):
            return case
        return replace(case, insights=(*case.insights, incident))

    return service.edited(service.case(call), linked)


def create_notebook(service: Service, call: Call) -> None:
    call.read("notebook")
    service.case(call)
    raise _not_connected("notebooks")


def _jira_issue(url: str) -> Ticket:
    """The issue at an address such as https://jira.example.com/browse/PLAT-118."""
    found = _JIRA_URL.fullmatch(url)
    # Also refused: control characters, and marks that turn the direction of text around.
    if found is None or len(url) > _URL_LIMIT or not url.isprintable():
        raise bad_request(
            'invalid "jira_issue_url"; expected an address such as '
            "https://jira.example.com/browse/PLAT-118"
        )
    return Ticket("COMPLETED", found["key"], found["url"])


def _not_connected(to: str) -> Refused:
    # Our choice: the documents know no other refusal than 400 for this.
    return bad_request(f"this workspace is not connected to {to}")
