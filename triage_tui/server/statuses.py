"""Which status a request means: by name, or by the deprecated code."""

from __future__ import annotations

from triage_tui.models import STANDARD_STATUSES, STATUS_CODES, Case, CaseType, Status
from triage_tui.server.refusals import not_one_of


def check_code(code: str) -> None:
    """Refuse what is the status of no type at all."""
    if code not in STATUS_CODES:
        raise not_one_of("status", code, STATUS_CODES)


def status_named(case_type: CaseType, name: str) -> Status:
    """The status of this type with this very name."""
    for status in case_type.statuses:
        if status.name == name:
            return status
    raise not_one_of("status name", name, (status.name for status in case_type.statuses))


def status_coded(case_type: CaseType, code: str, case: Case) -> Status:
    """The status that the deprecated code stands for, for a case of this type."""
    by_code: dict[str, Status] = {}
    for status in case_type.statuses:
        # Every status with a name of the organisation's own is SUNKNOWN: that says none of them.
        if status.code != "SUNKNOWN":
            by_code.setdefault(status.code, status)
    # Our choice: the three documented codes work for every type, where they mean the default of
    # their group: closing a change request completes it. One that was declined is closed already,
    # and stays declined.
    for standard in STANDARD_STATUSES:
        default = case_type.defaults.get(standard.group)
        if default and standard.code not in by_code:
            by_code[standard.code] = (
                Status(case.status_name, case.status_group)
                if case.status_group == standard.group
                else status_named(case_type, default)
            )
    if code not in by_code:
        raise not_one_of("status", code, by_code)
    return by_code[code]
