"""What the server said a moment ago, which is as good as asking it again."""

from __future__ import annotations

from triage_tui.models import Case

FRESH = 2.0
"""Seconds for which an answer about a case is believed."""

_MOST = 80


class Recent:
    """The last answers about cases. Times are seconds of whatever clock the caller has."""

    def __init__(self) -> None:
        self._cases: dict[str, tuple[float, Case]] = {}

    def heard(self, case: Case, now: float) -> None:
        """The server says now that a case is so."""
        self._cases.pop(case.id, None)
        self._cases[case.id] = now, case
        while len(self._cases) > _MOST:
            del self._cases[next(iter(self._cases))]

    def case(self, case_id: str, now: float) -> Case | None:
        """The case as the server said it was, if that was a moment ago."""
        at, case = self._cases.get(case_id, (0.0, None))
        return case if now - at < FRESH else None
