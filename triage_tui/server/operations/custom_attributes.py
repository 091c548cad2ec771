"""Which custom attributes the cases of a type may have."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from triage_tui.models import CaseType
from triage_tui.server.bodies import Call, Fields
from triage_tui.server.refusals import bad_request, not_found, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import case_types, records
from triage_tui.server.tables.records import Record

KIND = "custom_attribute"
TYPES = ("URL", "TEXT", "NUMBER", "SELECT")

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def list_all(service: Service, call: Call) -> Json:
    """Those of deleted types too."""
    with service.store.reading() as db:
        types = {case_type.id: case_type for case_type in case_types.everything(db)}
        found = records.all_of(db, KIND)
    return {"data": [_resource(one, types[one.parent]) for one in found]}


def list_of_type(service: Service, call: Call) -> Json:
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    with service.store.reading() as db:
        case_type = _type(db, type_id)
        found = records.of_parent(db, KIND, type_id)
    return {"data": [_resource(one, case_type) for one in found]}


def create(service: Service, call: Call) -> Json:
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    attributes = call.read(KIND).attributes
    document = {
        "key": _key(attributes),
        "display_name": attributes.filled("display_name"),
        "type": _kind(attributes),
        "is_multi": attributes.flag("is_multi"),
    }
    if not attributes.has("is_multi"):
        raise bad_request()
    record = service.new_record(KIND, _described(document, attributes), parent=type_id)
    with service.store.writing() as db:
        case_type = _type(db, type_id)
        # Our choice: what is deleted gets no new attributes, as it gets no new cases.
        if case_type.deleted_at:
            raise not_found("case_type")
        if any(one.document["key"] == document["key"] for one in _of_type(db, type_id)):
            # Our choice: a key in use is a conflict, as with projects.
            detail = f"the case type has a custom attribute {document['key']} already"
            raise refused(HTTPStatus.CONFLICT, detail)
        records.add(db, record)
    return {"data": _resource(record, case_type)}


def update(service: Service, call: Call) -> Json:
    """The key and whether there may be several values never change."""
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    config_id = path_uuid(call, "custom_attribute_id", shown="CustomAttributeId")
    attributes = call.read(KIND).attributes
    changes: dict[str, object] = {}
    if "display_name" in attributes.members:
        changes["display_name"] = attributes.filled("display_name")
    if "type" in attributes.members:
        changes["type"] = _kind(attributes)
    by, now = service.caller(), service.now()
    with service.store.writing() as db:
        case_type = _type(db, type_id)
        record = records.get(db, KIND, config_id)
        if record is None or record.parent != type_id:
            raise not_found("custom_attribute")
        # Our choice: the type of an attribute may change although cases have values of the old
        # one; those stay as they are, each with its own type.
        document = _described(dict(record.document) | changes, attributes)
        if document != record.document:
            record = replace(record, document=document, modified_at=now, modified_by=by)
            records.update(db, record)
    return {"data": _resource(record, case_type)}


def delete(service: Service, call: Call) -> None:
    """The values that cases have stay."""
    type_id = path_uuid(call, "case_type_id", shown="CaseTypeId")
    config_id = path_uuid(call, "custom_attribute_id", shown="CustomAttributeId")
    with service.store.writing() as db:
        record = records.get(db, KIND, config_id)
        # Our choice: what is not there is as good as deleted. The documents know no 404 here, and
        # deleting a case type twice is answered alike both times.
        if record is not None and record.parent == type_id:
            records.delete(db, KIND, config_id)


def _type(db: sqlite3.Connection, type_id: str) -> CaseType:
    case_type = case_types.get(db, type_id)
    if case_type is None:
        raise not_found("case_type")
    return case_type


def _of_type(db: sqlite3.Connection, type_id: str) -> Iterable[Record]:
    return records.of_parent(db, KIND, type_id)


def _key(attributes: Fields) -> str:
    key = attributes.filled("key")
    # Our choice: what can be written in a query and in a path without escaping anything.
    if not _KEY.fullmatch(key):
        raise bad_request(
            f'invalid key "{key}"; expected 1 to 100 of A-Z, a-z, 0-9, "_", "." and "-", '
            'neither "." nor "-" first'
        )
    return key


def _kind(attributes: Fields) -> str:
    kind = attributes.filled("type")
    if kind not in TYPES:
        raise bad_request()  # without a detail, as the real service does on a case
    return kind


def _described(document: Mapping[str, Any], attributes: Fields) -> dict[str, Any]:
    """`document` with the optional members of a body; null and "" take one away."""
    described = dict(document)
    for name in ("description", "map_from"):
        if name in attributes.members:
            described[name] = attributes.text(name)
    if "type_data" in attributes.members:
        described["type_data"] = _type_data(attributes.object("type_data"))
        if described["type_data"] and described["type"] != "SELECT":
            # Our choice: nothing else has options to choose from.
            raise bad_request('only the type SELECT has "type_data"')
    if described["type"] != "SELECT":
        described.pop("type_data", None)
    return {name: value for name, value in described.items() if value not in ("", {})}


def _type_data(given: Fields) -> Json:
    options = [option.filled("value") for option in given.objects("options")]
    if len(set(options)) != len(options):
        raise bad_request('"options" has a value twice')
    return {"options": [{"value": value} for value in options]} if options else {}


def _resource(record: Record, case_type: CaseType) -> Json:
    attributes = {
        **record.document,
        "case_type": case_types.type_code(case_type),
        "case_type_id": record.parent,
    }
    return {"id": record.id, "type": KIND, "attributes": dict(sorted(attributes.items()))}
