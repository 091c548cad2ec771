"""Which cases changed since the person looked at them, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from zlib import crc32

from triage_tui.models import Case
from triage_tui.text import plural

_MARKS = "seen"
_SINCE = "seen-since"


class Memory(Protocol):
    """Where the marks are kept, as `LocalState` does it."""

    def get(self, kind: str, name: str = "") -> Any: ...

    def some(self, kind: str, names: Iterable[str]) -> dict[str, Any]: ...

    def put(self, kind: str, value: Any, name: str = "") -> None: ...

    def put_all(self, kind: str, values: Mapping[str, Any]) -> None: ...


class News(Enum):
    """What there is to see of a case."""

    NOTHING = ""
    NEW = "new"
    CHANGED = "changed"
    BACK = "back"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True)
class Mark:
    """A case as it was seen: what a sentence tells of it, and digests of longer texts."""

    modified: float
    comments: int
    status: str
    priority: str
    assignee: str
    due: str
    archived: bool
    title: int
    description: int
    rest: int

    @classmethod
    def of(cls, case: Case) -> Mark:
        """What there is to see of a case now."""
        rest = (case.type_id, case.project_id, case.attributes, case.custom_attributes)
        return cls(
            _modified(case),
            case.comment_count,
            case.status_name,
            case.priority,
            case.assignee.label if case.assignee else "",
            case.due_date or "",
            case.archived_at is not None,
            _digest(case.title),
            _digest(case.description),
            _digest(repr((*rest, len(case.insights)))),
        )

    @classmethod
    def read(cls, values: object) -> Mark | None:
        """One that was remembered; None if it is not one."""
        kinds = (float, int, str, str, str, str, bool, int, int, int)
        if not isinstance(values, list) or len(values) != len(kinds):
            return None
        if any(type(value) is not kind for value, kind in zip(values, kinds, strict=True)):
            return None
        return cls(*values)

    def values(self) -> list[Any]:
        """The mark, to be remembered."""
        return [getattr(self, name) for name in self.__slots__]

    def fits(self, case: Case) -> bool:
        """True if the case looks as it did; the time of a change alone is nothing to see."""
        if self.modified == _modified(case) and self.comments == case.comment_count:
            return True
        now = Mark.of(case)
        return now.values()[1:] == self.values()[1:]


class Seen:
    """What the person saw of each case of a place.

    At first nothing was seen, and nothing is news for that: what is older than the first start in
    this place counts as known until it changes.

    Args:
        now: The time of this start.

    Attributes:
        me_id: Who does not have to be told of their own new cases.
    """

    def __init__(self, memory: Memory, now: datetime) -> None:
        self.me_id = ""
        self._memory = memory
        self._marks: dict[str, Mark | None] = {}
        self._unkept: set[str] = set()
        since = memory.get(_SINCE)
        if not isinstance(since, float):
            since = now.timestamp()
            memory.put(_SINCE, since)
        self._since = since

    def meet(self, cases: Iterable[Case]) -> None:
        """Recall what was seen of these cases in earlier runs."""
        strangers = [case.id for case in cases if case.id not in self._marks]
        if strangers:
            found = self._memory.some(_MARKS, strangers)
            for case_id in strangers:
                self._marks[case_id] = Mark.read(found.get(case_id))

    def mark(self, case_id: str) -> Mark | None:
        """The case as it was seen last; None if it never was."""
        return self._marks.get(case_id)

    def news(self, case: Case) -> News:
        """Whether there is something to see of a case."""
        mark = self._marks.get(case.id)
        if mark is not None:
            return News.NOTHING if mark.fits(case) else News.CHANGED
        if case.created_at.timestamp() > self._since:
            mine = case.created_by is not None and case.created_by.id == self.me_id
            return News.NOTHING if mine else News.NEW
        return News.CHANGED if _modified(case) > self._since else News.NOTHING

    def look(self, case: Case) -> bool:
        """The person saw the case, or did something about it; True if that is to be kept."""
        mark = Mark.of(case)
        if self._marks.get(case.id) == mark:
            return False
        self._marks[case.id] = mark
        self._unkept.add(case.id)
        return True

    def keep(self) -> None:
        """Remember what was seen for the next run."""
        marks = {one: mark for one in self._unkept if (mark := self._marks.get(one))}
        self._unkept.clear()
        if marks:
            self._memory.put_all(_MARKS, {one: mark.values() for one, mark in marks.items()})


def told(before: Mark | None, case: Case) -> str:
    """What changed since a case was seen: "P3 → P2, +2 comments by Ana"; "" if nothing did."""
    if before is None or before.fits(case):
        return ""
    by = f" by {case.modified_by.label}" if case.modified_by else ""
    return ", ".join(_differences(before, Mark.of(case))) + by


def _differences(before: Mark, now: Mark) -> Iterator[str]:
    if before.priority != now.priority:
        yield f"{_priority(before.priority)} → {_priority(now.priority)}"
    if before.status != now.status:
        yield f"{before.status} → {now.status}"
    if before.assignee != now.assignee:
        yield f"{before.assignee or 'nobody'} → {now.assignee or 'nobody'}"
    if before.due != now.due:
        yield f"due {now.due}" if now.due else "no due date"
    if before.archived != now.archived:
        yield "archived" if now.archived else "brought back"
    if before.title != now.title:
        yield "title"
    if before.description != now.description:
        yield "description"
    if before.rest != now.rest:
        yield "attributes"
    if more := now.comments - before.comments:
        yield f"+{plural(more, 'comment')}" if more > 0 else f"{plural(-more, 'comment')} deleted"


def _priority(code: str) -> str:
    return "no priority" if code == "NOT_DEFINED" else code


def _modified(case: Case) -> float:
    return case.modified_at.timestamp() if case.modified_at else 0.0


def _digest(text: str) -> int:
    return crc32(text.encode("utf-8", "replace"))
