"""How far a step on several cases is, in words."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage_tui.edits import Edit, told
from triage_tui.entries import UNSENT, State
from triage_tui.text import plural

RATE_OVER = 30.0
"""Seconds over which it is measured how quick the cases are done."""

RATE_AFTER = 1.0
"""Seconds after which there is something to measure."""


@dataclass
class Bulk:
    """A step on several cases, from the key press to the last answer.

    Attributes:
        phrase: What is done, without the cases: "set P1".
        case_ids: Those that have an edit.
        already: Those that were so before, and have none.
        failed: Ids of the cases of which it is known that it was not done.
        cancelled: Ids of the cases that the person took back before they were sent.
    """

    step: int
    phrase: str
    case_ids: frozenset[str]
    already: frozenset[str] = frozenset()
    failed: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    _marks: deque[tuple[float, int]] = field(default_factory=deque)
    """When how many were settled."""

    @classmethod
    def of(cls, edits: Sequence[Edit], asked: Sequence[str]) -> Bulk:
        """The step that these edits make; `asked` are the cases they were asked for."""
        case_ids = frozenset(edit.case_id for edit in edits)
        return cls(
            edits[0].step,
            told((edit.change.phrase for edit in edits), (edit.key for edit in edits)),
            case_ids,
            frozenset(asked) - case_ids,
        )

    def note(self, left: int, at: float) -> None:
        """At this time so many cases were left."""
        settled = len(self.case_ids) - left
        if not self._marks or self._marks[-1][1] != settled:
            self._marks.append((at, settled))
        while len(self._marks) > 2 and at - self._marks[1][0] > RATE_OVER:
            self._marks.popleft()

    def rate(self, at: float) -> float | None:
        """Cases a second, lately; None while nobody can tell."""
        if not self._marks:
            return None
        since, before = self._marks[0]
        settled = self._marks[-1][1]
        if at - since < RATE_AFTER or settled == before:
            return None
        return (settled - before) / (at - since)

    def lasted(self, at: float) -> float:
        """Seconds since the first case was sent."""
        return at - self._marks[0][0] if self._marks else 0.0

    def progress(self, left: int, at: float, waiting: str | None) -> str:
        """A line: "31 of 61 · 8/s · about 4 s left · 2 refused"; `waiting` says why it stands."""
        total = len(self.case_ids)
        parts = [f"{total - left:,} of {total:,}"]
        rate = self.rate(at)
        if waiting:
            parts.append(waiting)
        elif rate is not None:
            parts.append(f"{_per_second(rate)} · {_left(left / rate)}")
        if self.failed:
            parts.append(f"{len(self.failed):,} not done")
        return " · ".join(parts)


def counted(counts: Mapping[State, int], already: int = 0) -> str:
    """What became of the cases of a step: "58 done, 2 refused, 1 so already"."""
    names = {
        State.DONE: "done",
        State.REFUSED: "refused",
        State.CONFLICT: "changed by others",
        State.UNSURE: "not known",
        State.UNDONE: "taken back",
    }
    parts = [f"{counts[state]:,} {name}" for state, name in names.items() if counts.get(state)]
    if already:
        parts.append(f"{already:,} so already")
    if waiting := sum(counts.get(state, 0) for state in UNSENT):
        parts.append(f"{waiting:,} to come")
    return ", ".join(parts)


def _per_second(rate: float) -> str:
    return f"{rate:.0f}/s" if rate >= 2 else f"{rate * 60:.0f}/min"


def _left(seconds: float) -> str:
    if seconds < 60:
        return f"about {max(1, round(seconds))} s left"
    return f"about {plural(round(seconds / 60), 'minute')} left"
