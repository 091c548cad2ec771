"""Going through a list case by case: what was decided, what was passed over, how long it takes.

The ids are taken down when it begins, so what becomes of the list meanwhile changes nothing about
which case comes next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, TypeGuard

from triage_tui.changes import Assign, Change, SetArchived, SetStatus
from triage_tui.text import plural

ENDS = ("status", "assign", "archive", "move", "duplicate")
"""What settles a case for now: it went on, or to somebody. A priority or a comment does not: most
people add something to it."""

KINDS = ("status", "priority", "assign", "archive", "comment", "move", "duplicate")
"""Everything that may be said to settle a case."""

_KIND_OF_FIELD = {
    "status": "status",
    "priority": "priority",
    "assignee": "assign",
    "archived": "archive",
    "comment": "comment",
    "project": "move",
    "duplicate": "duplicate",
}

PAUSE = 300.0
"""Seconds after which somebody was not thinking about a case but away."""

SPANS = 20
"""Decisions by which it is measured how long one takes: the pace changes with the cases."""

SPANS_NEEDED = 3
"""Decisions after which there is something to measure."""


def kind_of(change: Change) -> str:
    """Which of `KINDS` a change is; "" if none, or if the case is less settled by it."""
    match change:
        case SetStatus(status) if status.group == "SG_OPEN":
            return ""
        case Assign(None) | SetArchived(False):
            return ""
    return _KIND_OF_FIELD.get(change.field, "")


def settles(changes: Iterable[Change], advance_on: Sequence[str]) -> str:
    """How these changes settle a case; "" if they do not."""
    return next((kind for one in changes if (kind := kind_of(one)) in advance_on), "")


@dataclass
class Walk:
    """One way through a list.

    Attributes:
        ids: The cases, in order.
        at: Id of the case that it is about now.
        whole: False while there may be more cases that are still being read.
        decided: How each case was settled, by id.
        passed: Cases that were left without a decision.
        gone: Cases that were there when it began, and are not found any more.
        took: Seconds that the decisions took, all together.
    """

    ids: list[str]
    at: str
    whole: bool = True
    decided: dict[str, str] = field(default_factory=dict)
    passed: dict[str, None] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    took: float = 0.0
    spans: list[float] = field(default_factory=list)
    came: float | None = None
    """When it came to the case that it is at; None if nobody can tell."""

    # As it is kept

    def values(self) -> dict[str, Any]:
        """All but the ids, to be remembered."""
        return {
            "at": self.at,
            "decided": self.decided,
            "passed": list(self.passed),
            "took": round(self.took, 1),
            "spans": [round(span, 2) for span in self.spans],
        }

    @classmethod
    def read(cls, ids: object, values: object) -> Walk | None:
        """One that was remembered; None if it is not one."""
        if not isinstance(values, dict) or not _texts(ids):
            return None
        decided, passed = values.get("decided"), values.get("passed")
        spans, took, at = values.get("spans"), values.get("took"), values.get("at")
        if not isinstance(decided, dict) or not _texts([*decided.values()]) or not _texts(passed):
            return None
        if not isinstance(spans, list) or not all(isinstance(one, float) for one in spans):
            return None
        if not isinstance(took, float) or not isinstance(at, str) or at not in ids:
            return None
        known = set(ids)
        return cls(
            list(ids),
            at,
            decided={one: kind for one, kind in decided.items() if one in known},
            passed=dict.fromkeys(one for one in passed if one in known),
            took=took,
            spans=spans[-SPANS:],
        )

    # Going

    def go_to(self, case_id: str, when: float) -> None:
        """It is about this case now; whoever goes on without a decision passes the last one."""
        if case_id == self.at:
            return
        places = {one: place for place, one in enumerate(self.ids)}
        before, after = places.get(self.at), places.get(case_id)
        onward = before is not None and after is not None and after > before
        if onward and self.at not in self.decided:
            self.passed[self.at] = None
        self.at, self.came = case_id, when

    def decide(self, case_id: str, kind: str, when: float) -> None:
        """A case is settled."""
        if case_id not in self.ids:
            return
        if case_id == self.at and case_id not in self.decided and self.came is not None:
            span = when - self.came
            if 0 <= span <= PAUSE:
                self.spans = [*self.spans, span][-SPANS:]
                self.took += span
        self.passed.pop(case_id, None)
        self.decided[case_id] = kind
        self.came = when

    def reopen(self, case_id: str) -> None:
        """The decision was taken back, or nothing came of it."""
        if self.decided.pop(case_id, None):
            self.passed[case_id] = None

    def after(self, case_id: str, needs: Callable[[str], bool]) -> str | None:
        """The next case below that needs a decision; None if there is none."""
        try:
            below = self.ids[self.ids.index(case_id) + 1 :]
        except ValueError:
            return None
        return next((one for one in below if one not in self.decided and needs(one)), None)

    def extend(self, ids: Iterable[str]) -> None:
        """More cases were read of what it goes through."""
        known = set(self.ids)
        self.ids += [one for one in ids if one not in known]

    def lose(self, known: Callable[[str], bool]) -> int:
        """Leave out the cases that are not there any more, and say how many those are.

        What was decided about is expected to leave, and is no loss.
        """
        lost = [one for one in self.ids if not known(one)]
        if self.at in lost:
            at = self.ids.index(self.at)
            near = [*self.ids[at:], *reversed(self.ids[:at])]
            self.at = next((one for one in near if known(one)), "")
        self.ids = [one for one in self.ids if known(one)]
        unexpected = [one for one in lost if one not in self.decided]
        self.gone.update(unexpected)
        for one in unexpected:
            self.passed.pop(one, None)
        return len(unexpected)

    # What there is to tell

    @property
    def total(self) -> int:
        """The cases it goes through, with those that left since they were decided about."""
        return len(set(self.ids) | self.decided.keys())

    @property
    def place(self) -> int:
        """Place of the case that it is at, from 1."""
        left = self.total - len(self.ids)
        return left + (self.ids.index(self.at) + 1 if self.at in self.ids else 0)

    @property
    def open(self) -> int:
        """Cases from here on that are not decided."""
        at = self.ids.index(self.at) if self.at in self.ids else 0
        return sum(one not in self.decided for one in self.ids[at:])

    @property
    def pace(self) -> float | None:
        """Seconds that a decision takes, as most do; None while nobody can tell."""
        return median(self.spans) if len(self.spans) >= SPANS_NEEDED else None

    def left(self) -> str:
        """How long the rest takes: "about 4 min left"; "" while nobody can tell."""
        if self.pace is None or not self.open:
            return ""
        seconds = self.pace * self.open
        if seconds < 55:
            return f"about {max(5, 5 * round(seconds / 5))} s left"
        return f"about {max(1, round(seconds / 60))} min left"

    def counts(self) -> list[str]:
        """What was done so far: "9 decided", "2 skipped"."""
        parts = [f"{len(self.decided):,} decided"] if self.decided else []
        skipped = len(self.passed.keys() - {self.at})
        return [*parts, f"{skipped:,} skipped"] if skipped else parts

    def summary(self) -> list[str]:
        """What came of it, a sentence in each line."""
        by_kind = Counter(self.decided.values()).most_common()
        kinds = ", ".join(f"{count:,} by {_NAMES.get(kind, kind)}" for kind, count in by_kind)
        lines = [f"{plural(len(self.decided), 'case')} decided" + (f": {kinds}" if kinds else "")]
        lines.append(f"{plural(len(self.passed), 'case')} skipped")
        if self.gone:
            lines.append(f"{plural(len(self.gone), 'case')} gone before you came to them")
        if self.spans:
            each = f"{median(self.spans):.0f} s a case, as most took"
            lines.append(f"{each} · {_span(self.took)} in all")
        return lines


_NAMES: Mapping[str, str] = {
    "assign": "assigning",
    "archive": "archiving",
    "comment": "a comment",
    "move": "moving",
    "snooze": "snoozing",
}


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _texts(values: object) -> TypeGuard[list[str]]:
    return isinstance(values, list) and all(isinstance(one, str) for one in values)
