"""Writes to what hangs on a case and is not seen on the case itself: comments, watchers, links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from triage_tui.changes import AddComment, Change
from triage_tui.models import Case, CaseLink, User


@dataclass(frozen=True, slots=True)
class BesideChange(Change):
    """A write that only another look than at the case can tell to be done."""

    def apply(self, case: Case, now: datetime) -> Case:
        return case

    def gone_from(self, case: Case) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class EditComment(BesideChange):
    """Say something else in a comment.

    Attributes:
        cell_id: Of the comment in the timeline.
        text: What it is to say.
        before: What the person saw there.
    """

    cell_id: str
    text: str
    before: str
    field: ClassVar[str] = "edited comment"

    @property
    def phrase(self) -> str:
        return "edit a comment on"

    @property
    def past(self) -> str:
        return "edited a comment on"

    @property
    def value(self) -> str:
        return self.text

    def inverse(self, seen: Case) -> Change | None:
        return EditComment(self.cell_id, self.before, self.text)


@dataclass(frozen=True, slots=True)
class DeleteComment(BesideChange):
    """Take a comment away.

    What brings it back is another comment with the same text: nothing can give it its old place.
    """

    cell_id: str
    before: str
    field: ClassVar[str] = "deleted comment"

    @property
    def phrase(self) -> str:
        return "delete a comment on"

    @property
    def past(self) -> str:
        return "deleted a comment on"

    def apply(self, case: Case, now: datetime) -> Case:
        return replace(case, comment_count=max(0, case.comment_count - 1))

    def inverse(self, seen: Case) -> Change | None:
        return AddComment(self.before)


@dataclass(frozen=True, slots=True)
class Duplicate(BesideChange):
    """Link a case to the one that it is a duplicate of, or take that link away."""

    other_id: str
    other_key: str
    on: bool
    field: ClassVar[str] = "duplicate"

    @property
    def phrase(self) -> str:
        return (
            f"set “duplicate of {self.other_key}” on"
            if self.on
            else f"drop “duplicate of {self.other_key}” from"
        )

    @property
    def past(self) -> str:
        return (
            f"set “duplicate of {self.other_key}” on"
            if self.on
            else f"dropped “duplicate of {self.other_key}” from"
        )

    @property
    def value(self) -> str:
        return f"duplicate of {self.other_key}" if self.on else f"no duplicate of {self.other_key}"

    def inverse(self, seen: Case) -> Change | None:
        return Duplicate(self.other_id, self.other_key, not self.on)

    def is_link(self, link: CaseLink, case_id: str) -> bool:
        """True if this is the link that the change is about."""
        ends = link.parent_id, link.relationship, link.child_id
        return ends == (case_id, "DUPLICATES", self.other_id)


@dataclass(frozen=True, slots=True)
class Watch(BesideChange):
    """Have a user told of what happens to a case, or not any more."""

    user: User
    on: bool
    field: ClassVar[str] = "watching"

    @property
    def phrase(self) -> str:
        return "watch" if self.on else "stop watching"

    @property
    def past(self) -> str:
        return "began to watch" if self.on else "stopped watching"

    @property
    def value(self) -> str:
        return "watching" if self.on else "not watching"

    def inverse(self, seen: Case) -> Change | None:
        return Watch(self.user, not self.on)
