"""Which cases are so urgent and so new that a person is called for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from triage_tui.models import Case

_MOST_NAMED = 3
"""Cases that are named by their keys; the rest are counted."""


class Alerts:
    """Finds each new P1 once, and never one that was there at the start.

    Args:
        wanted: Somebody wants to be called at all.
    """

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self._known: set[str] = set()
        self._since: datetime | None = None

    def asked_for(self, cases: Iterable[Case]) -> None:
        """The person asked for the list, and it is this."""
        for case in cases if self.wanted else ():
            # By the clock of the server, which is the one that newer cases are told by.
            self._since = max(self._since or _changed(case), _changed(case))
            self._know(case)

    def shown(self, cases: Iterable[Case]) -> None:
        """The person can see these, and may have made a P1 of one."""
        for case in cases if self.wanted else ():
            self._know(case)

    def _know(self, case: Case) -> None:
        if case.priority == "P1":
            self._known.add(case.id)

    def new(self, cases: Iterable[Case]) -> list[Case]:
        """The P1s among cases that came by themselves which nobody was called for yet."""
        if not self.wanted:
            return []
        urgent = [case for case in cases if case.priority == "P1" and case.id not in self._known]
        self._known.update(case.id for case in urgent)
        # An older one only moved up from a page that was not read.
        return [case for case in urgent if self._since is None or _changed(case) > self._since]


def told(cases: list[Case]) -> str:
    """What to say about new cases, at least one."""
    if len(cases) == 1:
        return f"New P1: {cases[0].key} {cases[0].title}"
    keys = ", ".join(case.key for case in cases[:_MOST_NAMED])
    more = f" and {len(cases) - _MOST_NAMED} more" if len(cases) > _MOST_NAMED else ""
    return f"{len(cases)} new P1: {keys}{more}"


def _changed(case: Case) -> datetime:
    return max(case.created_at, case.modified_at or case.created_at)
