"""The writes as values: what a key press asks for, before anyone has agreed to it.

Every change can be laid over a case (`apply`), turned around (`inverse`) and compared with what
the server says (`holds`). None of them does any I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from triage_tui.models import Case, NewCase, Status, User


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one case."""

    field: ClassVar[str] = ""
    """What the change touches; two changes with the same field overwrite each other."""

    repeatable: ClassVar[bool] = True
    """True when sending it twice ends in the same state as sending it once."""

    @property
    def phrase(self) -> str:
        """What is being done, to be followed by a case key: "set P1 on"."""
        raise NotImplementedError

    @property
    def past(self) -> str:
        """The same when it was done: "assigned Ana to"."""
        return self.phrase

    @property
    def noun(self) -> str:
        """What the field is called in a sentence."""
        return self.field

    @property
    def value(self) -> str:
        """What the field is after it: "P1"; "" for what is no value of a field."""
        return ""

    def apply(self, case: Case, now: datetime) -> Case:
        """The case as it will look when the server agrees."""
        raise NotImplementedError

    def inverse(self, seen: Case) -> Change | None:
        """The change that brings `seen` back, or None if there is none."""
        return None

    def holds(self, case: Case) -> bool:
        """True if the case already is as this change wants it."""
        return False

    def gone_from(self, case: Case) -> bool:
        """True if the case shows that it is not any more as this change left it."""
        return not self.holds(case)


@dataclass(frozen=True, slots=True)
class SetStatus(Change):
    """Move a case to a status of its type."""

    status: Status
    field: ClassVar[str] = "status"

    @property
    def phrase(self) -> str:
        return f"set {self.status.name} on"

    @property
    def value(self) -> str:
        return self.status.name

    def apply(self, case: Case, now: datetime) -> Case:
        # Our choice: nobody has recorded a case being opened again; it is not closed any more then.
        closing = self.status.group == "SG_CLOSED"
        return replace(
            case,
            status=self.status.code,
            status_name=self.status.name,
            status_group=self.status.group,
            closed_at=(case.closed_at or now) if closing else None,
            modified_at=now,
        )

    def inverse(self, seen: Case) -> Change | None:
        return SetStatus(Status(seen.status_name, seen.status_group))

    def holds(self, case: Case) -> bool:
        return case.status_name == self.status.name


@dataclass(frozen=True, slots=True)
class SetPriority(Change):
    """Give a case a priority, one of `models.PRIORITIES`."""

    priority: str
    field: ClassVar[str] = "priority"

    @property
    def phrase(self) -> str:
        return f"set {self.value} on"

    @property
    def value(self) -> str:
        return "no priority" if self.priority == "NOT_DEFINED" else self.priority

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, priority=self.priority, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        return SetPriority(seen.priority)

    def holds(self, case: Case) -> bool:
        return case.priority == self.priority


@dataclass(frozen=True, slots=True)
class Assign(Change):
    """Give a case to a user, or to nobody."""

    user: User | None
    field: ClassVar[str] = "assignee"

    @property
    def phrase(self) -> str:
        return f"assign {self.user.label} to" if self.user else "unassign"

    @property
    def past(self) -> str:
        return f"assigned {self.user.label} to" if self.user else "unassigned"

    @property
    def value(self) -> str:
        return self.user.label if self.user else "nobody"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, assignee=self.user, modified_at=now)

    def inverse(self, seen: Case) -> Change | None:
        return Assign(seen.assignee)

    def holds(self, case: Case) -> bool:
        wanted = self.user.id if self.user else None
        return (case.assignee.id if case.assignee else None) == wanted


@dataclass(frozen=True, slots=True)
class SetArchived(Change):
    """Archive a case, or bring it back."""

    archived: bool
    field: ClassVar[str] = "archived"

    @property
    def phrase(self) -> str:
        return "archive" if self.archived else "unarchive"

    @property
    def past(self) -> str:
        return f"{self.phrase}d"

    @property
    def value(self) -> str:
        return "archived" if self.archived else "not archived"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(
            case,
            archived_at=(case.archived_at or now) if self.archived else None,
            modified_at=now,
        )

    def inverse(self, seen: Case) -> Change | None:
        return SetArchived(seen.archived_at is not None)

    def holds(self, case: Case) -> bool:
        return (case.archived_at is not None) == self.archived


@dataclass(frozen=True, slots=True)
class AddComment(Change):
    """Add a Markdown comment to a case's timeline."""

    text: str
    field: ClassVar[str] = "comment"
    repeatable: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        return "comment on"

    @property
    def past(self) -> str:
        return "commented on"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, comment_count=case.comment_count + 1)


@dataclass(frozen=True, slots=True)
class CreateCase(Change):
    """Create a case; it has no case to be laid over."""

    new: NewCase
    field: ClassVar[str] = "new case"
    repeatable: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        return "create"

    def apply(self, case: Case, now: datetime) -> Case:
        return case


@dataclass(frozen=True, slots=True)
class Lost(Change):
    """A change of which nobody can tell any more what it was. It is never sent."""

    field: ClassVar[str] = "lost"
    repeatable: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        return "change"

    @property
    def past(self) -> str:
        return "changed"

    def apply(self, case: Case, now: datetime) -> Case:
        return case
