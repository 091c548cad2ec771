"""The loaded rows gathered under headings, by one field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from triage_tui.models import PRIORITIES, STATUS_GROUPS, Case

ATTRIBUTE = "attributes."
"""How a field begins that is an attribute of the cases."""

FIELDS = {
    "priority": "Priority",
    "status": "Status",
    "assignee": "Assignee",
    "project": "Project",
    "type": "Type",
}
"""What every case can be gathered by, beside its attributes."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above the rows of a group.

    Attributes:
        value: What they have in common, as it came from outside; "" if it is that they have none.
        group: Of a status, the group that it belongs to.
    """

    value: str
    count: int
    group: str = ""
    id: ClassVar[str] = ""
    """No case has this id."""


Lines = Sequence[Case | Heading]


class Grouping:
    """Gathers rows, and leaves each where it is: no row goes to another group by itself.

    Where a row belongs is looked at when it comes, and again after `regroup`.
    """

    def __init__(self, field: str = "") -> None:
        self._field = field
        self._values: dict[str, str] = {}
        self._order: dict[str, tuple[int, str]] = {}
        """Rank and group of each value, in order of first appearance."""
        self._asked: tuple[Sequence[Case] | None, object] = None, None
        self._lines: Lines = ()
        self.moved = False
        """Rows may be elsewhere than they were, because the person wanted it."""

    @property
    def field(self) -> str:
        """What the rows are gathered by; "" if they are not."""
        return self._field

    def by(self, field: str) -> None:
        """Gather by another field, or by none."""
        self._field = field
        self.regroup()

    def regroup(self) -> None:
        """Look again at where each row belongs."""
        self._values.clear()
        self._order.clear()
        self._asked = None, None
        self.moved = True

    def lines(self, rows: Sequence[Case], types: Mapping[str, str]) -> Lines:
        """The rows below the headings of their groups; the rows themselves if they are in none.

        Args:
            types: Names of case types by their ids.
        """
        if not self._field:
            return rows
        if self._asked[0] is rows and self._asked[1] == types:
            return self._lines
        if self._field == "type" and self._asked[1] != types:
            # Their names came after the rows: it is the headings that change.
            self._values.clear()
            self._order.clear()
        self._asked = rows, dict(types)
        values, gathered = self._values, dict[str, list[Case]]()
        for case in rows:
            value = values.get(case.id)
            if value is None:
                value = values[case.id] = self._place(case, types)
            gathered.setdefault(value, []).append(case)
        order = sorted(self._order, key=lambda value: self._order[value][0])
        lines: list[Case | Heading] = []
        for value in order:
            if cases := gathered.get(value):
                lines.append(Heading(value, len(cases), self._order[value][1]))
                lines += cases
        self._lines = lines
        return lines

    def _place(self, case: Case, types: Mapping[str, str]) -> str:
        value = value_of(self._field, case, types)
        if value not in self._order:
            rank, group = 0, ""
            if self._field == "priority":
                known = value in PRIORITIES
                rank = PRIORITIES.index(value) if known else len(PRIORITIES)
            elif self._field == "status":
                group = case.status_group
                rank = STATUS_GROUPS.index(group) if group in STATUS_GROUPS else len(STATUS_GROUPS)
            self._order[value] = rank, group
        return value


def value_of(field: str, case: Case, types: Mapping[str, str]) -> str:
    """What a case is gathered by; "" if it has no such thing."""
    if field.startswith(ATTRIBUTE):
        return ", ".join(case.attributes.get(field.removeprefix(ATTRIBUTE), ()))
    match field:
        case "priority":
            return case.priority
        case "status":
            return case.status_name
        case "assignee":
            return case.assignee.label if case.assignee else ""
        case "project":
            return case.project_key
        case "type":
            return types.get(case.type_id, case.type.capitalize())
    return ""
