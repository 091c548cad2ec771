"""The custom attributes of the demo's case types."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A custom attribute and what it may hold.

    Attributes:
        type: TEXT, URL, NUMBER or SELECT.
        values: What to pick from; texts may have slots.
    """

    key: str
    type: str
    is_multi: bool
    values: tuple[str | float, ...]


FIELDS: dict[str, tuple[Field, ...]] = {
    "Standard": (
        Field("runbook", "URL", False, ("https://example.com/runbooks/{service}",)),
        Field("customer_impact", "SELECT", False, ("None", "Degraded", "Outage")),
        Field("aws_region", "TEXT", True, ("{region}", "{region2}")),
    ),
    "Event Management": (
        Field("alerts_grouped", "NUMBER", False, (4.0, 7.0, 12.0, 23.0, 31.0)),
        Field("maintenance", "SELECT", False, ("No", "Planned", "Unplanned")),
    ),
    "Security": (
        Field("advisory", "TEXT", True, ("{advisory}", "{advisory2}")),
        Field("score", "NUMBER", False, (3.1, 4.3, 5.9, 6.5, 7.5, 8.1, 9.8)),
        Field(
            "tactics",
            "SELECT",
            True,
            ("Initial Access", "Persistence", "Exfiltration", "Discovery"),
        ),
    ),
    "Change Request": (
        Field("risk", "SELECT", False, ("Low", "Low", "Medium", "High")),
        Field("change_window", "TEXT", False, ("{weekday} 21:00-22:00 UTC", "any time")),
        Field("approvers", "TEXT", True, ("{login}", "{login2}", "{login3}")),
        Field("plan", "URL", False, ("https://example.com/changes/{ticket}",)),
    ),
    "Error Tracking": (
        Field("first_version", "TEXT", False, ("{ver}",)),
        Field("users_affected", "NUMBER", False, (1.0, 14.0, 85.0, 260.0, 1900.0)),
    ),
    "Incident Follow-up": (
        Field("action_type", "SELECT", False, ("Prevent", "Detect", "Mitigate", "Process")),
        Field("review", "URL", False, ("https://example.com/reviews/{incident}",)),
        Field("effort_days", "NUMBER", False, (0.5, 1.0, 2.0, 5.0)),
    ),
    "Customer Escalation": (
        Field("account_tier", "SELECT", False, ("Starter", "Business", "Enterprise")),
        Field("seats", "NUMBER", False, (12.0, 80.0, 450.0, 3200.0)),
        Field(
            "tickets",
            "URL",
            True,
            (
                "https://example.com/support/{ticket}",
                "https://example.com/support/{ticket2}",
            ),
        ),
        Field("response_minutes", "NUMBER", True, (4.0, 15.0, 38.0, 120.0)),
    ),
}
"""By the name of the case type."""
