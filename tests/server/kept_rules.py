"""Rules that are there already, and answers about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.server.answers import BY_ANN, BY_BOB
from tests.server.conftest import BOB, NOW, OPS, SEC
from triage_tui.server.store import Store
from triage_tui.server.tables import records
from triage_tui.server.tables.records import AUTOMATION_RULE, NOTIFICATION_RULE, Record

TELL = "72000000-0000-4000-8000-000000000001"
RUN = "72000000-0000-4000-8000-000000000002"
OF_SEC = "72000000-0000-4000-8000-000000000003"
TELLS = f"/api/v2/cases/projects/{OPS.id}/notification_rules"
RUNS = f"/api/v2/cases/projects/{OPS.id}/rules"

TRIGGER_TYPES = (
    "CASE_CREATED, STATUS_TRANSITIONED, ATTRIBUTE_VALUE_CHANGED, "
    "EVENT_CORRELATION_SIGNAL_CORRELATED"
)

TELL_ATTRIBUTES: dict[str, Any] = {
    "is_enabled": True,
    "query": "priority:P1",
    "recipients": [{"data": {"email": "ann@example.com"}, "type": "EMAIL"}],
    "triggers": [{"type": "CASE_CREATED"}],
}
RUN_ATTRIBUTES: dict[str, Any] = {
    "action": {"data": {"handle": "restart"}, "type": "EXECUTE_WORKFLOW"},
    "name": "Restart",
    "state": "ENABLED",
    "trigger": {"type": "CASE_CREATED"},
}


def keep_rules(store: Store) -> None:
    """Rules that Bob made an hour ago: one of each kind in OPS, one automation in SEC."""
    before = NOW - timedelta(hours=1)
    with store.writing() as db:
        for record in (
            Record(TELL, NOTIFICATION_RULE, TELL_ATTRIBUTES, before, OPS.id, created_by=BOB),
            Record(RUN, AUTOMATION_RULE, RUN_ATTRIBUTES, before, OPS.id, created_by=BOB),
            Record(OF_SEC, AUTOMATION_RULE, RUN_ATTRIBUTES, before, SEC.id, created_by=BOB),
        ):
            assert records.add(db, record)


def tell_body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "notification_rule", "attributes": attributes}}


def run_body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "rule", "attributes": attributes}}


def tell(**attributes: object) -> dict[str, Any]:
    """The notification rule with these attributes instead of its own."""
    merged = TELL_ATTRIBUTES | attributes
    return {"id": TELL, "type": "notification_rule", "attributes": merged}


def run(**attributes: object) -> dict[str, Any]:
    """The automation rule with these attributes instead of its own."""
    relationships = {"created_by": BY_BOB}
    if "modified_at" in attributes:
        relationships["modified_by"] = BY_ANN
    before = {"created_at": "2026-11-21T08:00:00.1234Z"}
    return {
        "id": RUN,
        "type": "rule",
        "attributes": RUN_ATTRIBUTES | before | attributes,
        "relationships": relationships,
    }
