"""Kinds of cases, each with its statuses."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from uuid import uuid4

from triage_tui.models import CaseType, Status
from triage_tui.server import resources
from triage_tui.server.bodies import Body, Call, Fields
from triage_tui.server.emoji import is_emoji
from triage_tui.server.refusals import bad_request, not_found, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import case_types

STATUSES_LIMIT = 100
"""Statuses that a group of a case type may have."""

_GROUPS = {"open": "SG_OPEN", "in_progress": "SG_IN_PROGRESS", "closed": "SG_CLOSED"}


def list_case_types(service: Service, call: Call) -> Json:
    return resources.case_types_document(service.store.case_types())


def create_case_type(service: Service, call: Call) -> Json:
    body = call.read("case_type")
    body.attributes.filled("name")
    case_type = _edited(CaseType(str(uuid4()), ""), body)
    with service.store.writing() as db:
        case_types.save(db, case_type)
    return resources.case_type_document(case_type)


def update_case_type(service: Service, call: Call) -> Json:
    """What the body does not mention stays."""
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    body = call.read("case_type")
    _edited(CaseType(type_id, "?"), body)  # a wrong body is told before a wrong id
    with service.store.writing() as db:
        seen = case_types.get(db, type_id)
        # Our choice: a deleted type is listed but cannot be changed any more.
        if seen is None or seen.deleted_at:
            raise not_found("case_type")
        edited = _edited(seen, body)
        if edited == seen:
            return resources.case_type_document(seen)
        _refuse_built_in(seen, "changed")
        removed = set(seen.statuses) - set(edited.statuses)
        if stuck := removed & case_types.statuses_in_use(db, type_id):
            # Our choice: the web application moves such cases to another status of the group
            # first, which this operation has no words for.
            names = ", ".join(sorted(status.name for status in stuck))
            raise refused(HTTPStatus.CONFLICT, f"there are cases with the status {names}")
        case_types.save(db, edited)
    return resources.case_type_document(edited)


def delete_case_type(service: Service, call: Call) -> None:
    """The type stays listed, and its cases stay; there can be no new ones."""
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    with service.store.writing() as db:
        seen = case_types.get(db, type_id)
        # Deleting twice is answered alike both times and keeps the time of the first.
        # Our choice: the same for a type that never was; the documents know no 404 here.
        if seen is not None and not seen.deleted_at:
            _refuse_built_in(seen, "deleted")
            case_types.save(db, replace(seen, deleted_at=service.now()))


def _refuse_built_in(case_type: CaseType, deed: str) -> None:
    # Our choice: nobody has recorded what becomes of an attempt on a built-in type.
    if case_type.internal:
        raise bad_request(f"the case type {case_type.name} is built in and cannot be {deed}")


def _edited(case_type: CaseType, body: Body) -> CaseType:
    """`case_type` with all that the body mentions."""
    attributes = body.attributes
    if "name" in attributes.members:
        case_type = replace(case_type, name=attributes.filled("name"))
    if "description" in attributes.members:
        case_type = replace(case_type, description=attributes.text("description"))
    if "emoji" in attributes.members:
        emoji = attributes.text("emoji")
        if emoji and not is_emoji(emoji):
            raise bad_request()
        case_type = replace(case_type, emoji=emoji)
    return _with_statuses(case_type, attributes.object("statuses_config"))


def _with_statuses(case_type: CaseType, config: Fields) -> CaseType:
    """`case_type` with the statuses of a body; a group that it does not mention stays."""
    # Our choice: the documents keep quiet about `statuses_config`; this takes what is answered.
    if not config.members:
        return case_type
    if unknown := sorted(config.members.keys() - _GROUPS.keys()):
        raise bad_request(f'"statuses_config" has no group "{unknown[0]}"')
    statuses: list[Status] = []
    defaults: dict[str, str] = {}
    for word, group in _GROUPS.items():
        if config.has(word):
            names, default = _group(word, config.object(word))
        else:
            names = [status.name for status in case_type.statuses if status.group == group]
            default = case_type.defaults[group]
        statuses += [Status(name, group) for name in names]
        defaults[group] = default
    folded = [status.name.casefold() for status in statuses]
    if len(set(folded)) != len(folded):
        raise bad_request('"statuses_config" has two statuses of the same name')
    return replace(case_type, statuses=tuple(statuses), defaults=defaults)


def _group(word: str, group: Fields) -> tuple[list[str], str]:
    """The names of the statuses in a group of a body, and the default one."""
    names = [option.filled("name").strip() for option in group.objects("status_options")]
    if not 1 <= len(names) <= STATUSES_LIMIT:
        raise bad_request(f'the group "{word}" must have 1 to {STATUSES_LIMIT} statuses')
    default = group.text("default").strip() or names[0]
    if default not in names:
        raise bad_request(f'the group "{word}" has no status "{default}" to be its default')
    return names, default
