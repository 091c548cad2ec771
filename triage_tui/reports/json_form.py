"""A report as JSON, for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from triage_tui.reports.model import SCHEMA, Delta, Flow, Load, Report, Section, Window

_COMPUTED: Mapping[type, tuple[str, ...]] = {
    Window: ("zone_name", "hours"),
    Section: ("left_out",),
    Flow: ("net", "residue"),
    Load: ("per_half_day", "too_much"),
    Delta: ("change",),
}
"""What follows from other fields, and is told all the same."""


def to_json(report: Report) -> str:
    """The report as JSON in ASCII; the same bytes for the same report.

    Times are RFC 3339 in UTC, durations are seconds. `schema` rises when the meaning of something
    changes; more may be added without that.
    """
    document = {"kind": "triage-tui report", "schema": SCHEMA, **_fields(report)}
    return json.dumps(document, indent=2) + "\n"


def _fields(value: object) -> dict[str, object]:
    assert dataclasses.is_dataclass(value)
    names = [field.name for field in dataclasses.fields(value)]
    computed = _COMPUTED.get(type(value), ())
    return {name: _plain(getattr(value, name)) for name in (*names, *computed) if name != "zone"}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        return _fields(value)
    assert not isinstance(value, tzinfo)
    return value
