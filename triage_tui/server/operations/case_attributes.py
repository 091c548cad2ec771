"""The attributes of a case: its tags, and the custom attributes of its type."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from triage_tui.models import Case, CustomValue
from triage_tui.server.bodies import Call, custom_value
from triage_tui.server.refusals import Refused, bad_request
from triage_tui.server.resources import Json
from triage_tui.server.service import Service
from triage_tui.server.tables import records

VALUES_LIMIT = 1000
"""Values of attributes and custom attributes that a case may have."""


def set_attributes(service: Service, call: Call) -> Json:
    attributes = call.read("case").attributes
    if not attributes.has("attributes"):
        raise bad_request()
    given = attributes.text_lists("attributes")
    if not all(key.strip() for key in given):
        raise bad_request("an attribute has no name")

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        # Our choice: a key that is given is replaced, an empty list takes it away, and what is not
        # given stays: nobody loses a team because somebody else has set a service.
        merged = {**case.attributes, **given}
        kept = {key: values for key, values in merged.items() if values}
        return _bounded(case, replace(case, attributes=kept))

    return service.edited_at(call, edit)


def set_custom_attribute(service: Service, call: Call) -> Json:
    value = custom_value(call.read("case").attributes)
    key = call.path["custom_attribute_key"]

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        config = _configs(db, case.type_id).get(key)
        if config is not None:
            _check_value(key, value, config)
        elif key in case.custom_attributes:
            # Our choice: a case may have come with an attribute that nobody has configured; it
            # keeps its type.
            seen = case.custom_attributes[key]
            _check_value(key, value, {"type": seen.type, "is_multi": seen.is_multi})
        else:
            raise _unknown(key)
        values = {**case.custom_attributes, key: value}
        return _bounded(case, replace(case, custom_attributes=values))

    # The real service leaves alone who modified the case last.
    return service.edited_at(call, edit, stamp_by=False)


def delete_custom_attribute(service: Service, call: Call) -> Json:
    key = call.path["custom_attribute_key"]

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        if key not in case.custom_attributes:
            if key not in _configs(db, case.type_id):
                raise _unknown(key)
            return case
        rest = {name: value for name, value in case.custom_attributes.items() if name != key}
        return replace(case, custom_attributes=rest)

    # Our choice: who modified the case last stays as it is, as when the attribute is set.
    return service.edited_at(call, edit, stamp_by=False)


def check_values(db: sqlite3.Connection, type_id: str, values: Mapping[str, CustomValue]) -> None:
    """Refuse what the configs of a case type do not allow on a new case."""
    configs = _configs(db, type_id)
    # Our choice: a new case may bring attributes that nobody has configured, so that cases can be
    # copied into a workspace without any settings.
    for key, value in values.items():
        if key in configs:
            _check_value(key, value, configs[key])
    _check_number(sum(len(value.values) for value in values.values()))


def _check_number(values: int) -> None:
    """Refuse so many values of attributes on one case."""
    # Our choice: nobody has said how many there may be. Each is counted by itself, so a request
    # that sets many takes long, and all others wait for it.
    if values > VALUES_LIMIT:
        raise bad_request(f"a case may have {VALUES_LIMIT} values of attributes at most")


def _bounded(seen: Case, edited: Case) -> Case:
    """The edited case; one that came with more values than it may have can keep them."""
    if _values(edited) > _values(seen):
        _check_number(_values(edited))
    return edited


def _values(case: Case) -> int:
    custom = (value.values for value in case.custom_attributes.values())
    return sum(map(len, (*case.attributes.values(), *custom)))


def _check_value(key: str, value: CustomValue, config: Mapping[str, Any]) -> None:
    """Refuse a value that the config of its attribute does not allow."""
    if (value.type, value.is_multi) != (config["type"], config["is_multi"]):
        many = "several values" if config["is_multi"] else "one value"
        raise bad_request(f'"{key}" holds {many} of type {config["type"]}')
    options = [option["value"] for option in (config.get("type_data") or {}).get("options", ())]
    # Our choice: as long as nobody has said what there is to select, anything may be.
    for item in value.values if options and value.type == "SELECT" else ():
        if item not in options:
            raise bad_request(f'"{key}" is one of {", ".join(options)}')


def _configs(db: sqlite3.Connection, type_id: str) -> dict[str, Mapping[str, Any]]:
    """The configs of the custom attributes of a case type by key."""
    found = records.of_parent(db, "custom_attribute", type_id)
    return {record.document["key"]: record.document for record in found}


def _unknown(key: str) -> Refused:
    return Refused(
        404, code="resource_not_found", title="custom attribute not found", meta={"key": key}
    )
