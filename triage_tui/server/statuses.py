"""Which status a request means: by name, or by the deprecated code."""

from __future__ import annotations

from triage_tui.models import STANDARD_STATUSES, STATUS_CODES, CaseType, Status
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


def status_coded(case_type: CaseType, code: str) -> Status:
    """The status of this type that the deprecated code stands for."""
    by_code = {status.code: status for status in case_type.statuses}
    if code in by_code:
        return by_code[code]
    # Our choice: the three documented codes work for every type, where they mean the default of
    # their group: closing a change request completes it.
    group = {s.code: s.group for s in STANDARD_STATUSES}.get(code, "")
    if group in case_type.defaults:
        return status_named(case_type, case_type.defaults[group])
    raise not_one_of("status", code, by_code)
