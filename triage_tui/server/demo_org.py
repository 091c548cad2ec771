"""The organisation of the demo: its people, projects and case types."""

from __future__ import annotations

from triage_tui.models import CaseType, Status
from triage_tui.server.tables.case_types import first_of_each_group

ME = "Robin Hale"
"""Who is on call and looks at the demo."""

AUTOMATION = "CI Account"
"""The service account that files what no person filed."""

LEFT = "Paul Grange"
"""Somebody whose account was disabled."""

PENDING_EMAIL = "sofia.brandt@example.com"
"""Somebody who was invited but never signed in, so there is no name yet."""

PEOPLE = (
    (ME, "Site Reliability Engineer"),
    ("Ines Calder", "Site Reliability Engineer"),
    ("Tomas Brill", "Platform Engineer"),
    ("Aiko Senda", "Platform Engineer"),
    ("Priya Nandal", "Payments Engineer"),
    ("Owen Marsh", "Payments Engineer"),
    ("Lena Vogt", "Security Analyst"),
    ("Samir Kadri", "Security Engineer"),
    ("Marta Zielin", "Data Engineer"),
    ("Jonas Weller", "Frontend Engineer"),
    ("Chidi Obar", "Support Engineer"),
)
"""Active people: name and title. Their e-mail address is made from the name."""

PROJECTS = (
    # key, name, number of the last case before the demo begins, who works on it
    ("OPS", "Production Operations", 4183, (ME, "Ines Calder", ME, "Tomas Brill")),
    ("PLAT", "Platform", 2716, ("Tomas Brill", "Aiko Senda", ME)),
    ("SEC", "Security Operations", 1340, ("Lena Vogt", "Samir Kadri", "Lena Vogt", ME)),
    ("PAY", "Payments", 3092, ("Priya Nandal", "Owen Marsh", "Chidi Obar")),
    ("WEB", "Web and Mobile", 1877, ("Jonas Weller", "Chidi Obar", "Aiko Senda")),
    ("DATA", "Data Platform", 958, ("Marta Zielin", "Aiko Senda")),
)

RESTRICTED_PROJECTS = ("SEC",)

FIRST_PUBLIC_ID = 14_211

FOLLOW_UP_STATUSES = (
    Status("Not Started", "SG_OPEN"),
    Status("In Progress", "SG_IN_PROGRESS"),
    Status("Completed", "SG_CLOSED"),
    Status("Cancelled", "SG_CLOSED"),
)
ESCALATION_STATUSES = (
    Status("Triggered", "SG_OPEN"),
    Status("Acknowledged", "SG_IN_PROGRESS"),
    Status("In Progress", "SG_IN_PROGRESS"),
    Status("Resolved", "SG_CLOSED"),
    Status("Closed", "SG_CLOSED"),
)


TYPE_CODES = {
    "Standard": "STANDARD",
    "Event Management": "EVENT_MANAGEMENT",
    "Security": "SECURITY",
    "Change Request": "CHANGE_REQUEST",
    "Error Tracking": "ERROR_TRACKING_ISSUE",
    "Logs Optimization Insights": "LOGS_OPTIMIZATION_INSIGHTS",
}
"""`Case.type` by the name of the built-in type; every other type is TUNKNOWN."""

CUSTOM_TYPES = (
    (
        "Incident Follow-up",
        "Something an incident review asked for",
        "\N{FIRE EXTINGUISHER}",
        FOLLOW_UP_STATUSES,
    ),
    (
        "Customer Escalation",
        "A customer waits for an answer from engineering",
        "\N{TELEPHONE RECEIVER}",
        ESCALATION_STATUSES,
    ),
)
"""Name, description, emoji and statuses; the ids are drawn with the workspace."""


def custom_type(
    type_id: str, name: str, description: str, emoji: str, statuses: tuple[Status, ...]
) -> CaseType:
    """One of `CUSTOM_TYPES` as a case type, with the first status of each group as default."""
    return CaseType(
        type_id, name, description, emoji, statuses=statuses, defaults=first_of_each_group(statuses)
    )
