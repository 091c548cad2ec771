"""Kinds of cases, each with its statuses."""

from __future__ import annotations

from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.resources import Json
from triage_tui.server.service import Service


def list_case_types(service: Service, call: Call) -> Json:
    return resources.case_types_document(service.store.case_types())
