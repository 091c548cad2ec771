"""Writes to the fields of a case that are edited, not decided with one key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from triage_tui.changes import Change
from triage_tui.models import Case, CustomValue, Project
from triage_tui.text import clean

_SHOWN = 60
"""Characters of a long text that a sentence about it has room for."""


@dataclass(frozen=True, slots=True)
class SetTitle(Change):
    """Call a case something else."""

    title: str
    field: ClassVar[str] = "title"

    @property
    def phrase(self) -> str:
        return "set the title of"

    @property
    def value(self) -> str:
        return f"“{self.title}”"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, title=self.title, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        # No case can be without a title, so there is nothing to go back to if it came without one.
        return SetTitle(seen.title) if seen.title.strip() else None

    def holds(self, case: Case) -> bool:
        return case.title == self.title


@dataclass(frozen=True, slots=True)
class SetDescription(Change):
    """Describe a case anew; "" takes the description away."""

    text: str
    field: ClassVar[str] = "description"

    @property
    def phrase(self) -> str:
        return "set the description of" if self.text else "take the description off"

    @property
    def past(self) -> str:
        return "set the description of" if self.text else "took the description off"

    @property
    def value(self) -> str:
        return f"“{clean(self.text, limit=_SHOWN)}”" if self.text else "no description"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, description=self.text, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        return SetDescription(seen.description)

    def holds(self, case: Case) -> bool:
        return case.description == self.text


@dataclass(frozen=True, slots=True)
class SetDueDate(Change):
    """Say by which day a case is due, `YYYY-MM-DD`; None is no day."""

    day: str | None
    field: ClassVar[str] = "due date"

    @property
    def phrase(self) -> str:
        return f"set due {day_in_full(self.day)} on" if self.day else "take the due date off"

    @property
    def past(self) -> str:
        return self.phrase if self.day else "took the due date off"

    @property
    def value(self) -> str:
        return day_in_full(self.day) if self.day else "no due date"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, due_date=self.day, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        return SetDueDate(seen.due_date)

    def holds(self, case: Case) -> bool:
        return case.due_date == self.day


def day_in_full(day: str) -> str:
    """A day that nobody can take for another one: "Thu 2026-03-05"."""
    try:
        return date.fromisoformat(day).strftime("%a %Y-%m-%d")
    except ValueError:
        return day


@dataclass(frozen=True, slots=True)
class SetAttribute(Change):
    """Give an attribute of a case these values in place of all it had; () takes it away."""

    key: str
    values: tuple[str, ...]
    field: ClassVar[str] = "attribute"

    @property
    def noun(self) -> str:
        return self.key

    @property
    def phrase(self) -> str:
        if not self.values:
            return f"take {self.key} off"
        return f"set {self.key} {_listed(self.values)} on"

    @property
    def past(self) -> str:
        return self.phrase if self.values else f"took {self.key} off"

    @property
    def value(self) -> str:
        return _listed(self.values) if self.values else "none"

    def apply(self, case: Case, now: datetime) -> Case:
        kept = {key: values for key, values in case.attributes.items() if key != self.key}
        attributes = {**kept, self.key: self.values} if self.values else kept
        return replace(case, attributes=attributes, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        return SetAttribute(self.key, tuple(seen.attributes.get(self.key, ())))

    def holds(self, case: Case) -> bool:
        # They are a set: a server may give them back in another order.
        return sorted(case.attributes.get(self.key, ())) == sorted(self.values)


@dataclass(frozen=True, slots=True)
class SetCustomAttribute(Change):
    """Give a custom attribute of a case a value; None takes it away."""

    key: str
    to: CustomValue | None
    field: ClassVar[str] = "custom attribute"

    @property
    def noun(self) -> str:
        return self.key

    @property
    def phrase(self) -> str:
        return f"set {self.key} {self.value} on" if self.to else f"take {self.key} off"

    @property
    def past(self) -> str:
        return self.phrase if self.to else f"took {self.key} off"

    @property
    def value(self) -> str:
        return _listed(tuple(map(number_or_text, self.to.values))) if self.to else "none"

    def apply(self, case: Case, now: datetime) -> Case:
        old: Mapping[str, CustomValue] = case.custom_attributes
        kept = {key: value for key, value in old.items() if key != self.key}
        return replace(
            case,
            custom_attributes={**kept, self.key: self.to} if self.to else kept,
            modified_at=now,
        )

    def inverse(self, seen: Case) -> Change | None:
        return SetCustomAttribute(self.key, self._of(seen))

    def holds(self, case: Case) -> bool:
        return self._of(case) == self.to

    def _of(self, case: Case) -> CustomValue | None:
        found = case.custom_attributes.get(self.key)
        return found if found and found.values else None


@dataclass(frozen=True, slots=True)
class MoveToProject(Change):
    """Move a case to another project, which gives it another key."""

    project: Project
    field: ClassVar[str] = "project"

    @property
    def phrase(self) -> str:
        return f"set project {self.project.key or 'unknown'} on"

    @property
    def value(self) -> str:
        return self.project.key or self.project.id

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, project_id=self.project.id, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        # The first part of a key is that of the project, whose name nobody needs for going back.
        key = seen.project_key
        return MoveToProject(Project(seen.project_id, key, key)) if seen.project_id else None

    def holds(self, case: Case) -> bool:
        return case.project_id == self.project.id


def number_or_text(value: str | float) -> str:
    """A value as a person would write it: 3, not 3.0."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _listed(values: tuple[str, ...]) -> str:
    return clean(", ".join(values), limit=_SHOWN)
