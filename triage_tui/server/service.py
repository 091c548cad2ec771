"""What every operation works with: the store, the time, and who is calling."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from triage_tui.changes import Change
from triage_tui.models import Case, User
from triage_tui.server import resources
from triage_tui.server.bodies import Call, is_uuid
from triage_tui.server.refusals import bad_parameter, not_found
from triage_tui.server.resources import Json
from triage_tui.server.store import Store
from triage_tui.server.tables import cases
from triage_tui.server.tables.records import Record

Edit = Callable[[sqlite3.Connection, Case], Case]
"""What turns a case into what it shall be, with the transaction in which it is stored."""


@dataclass(frozen=True)
class Service:
    """One store as the API sees it.

    The lookups raise Refused with what the API answers when there is no such thing.

    Attributes:
        now: Tells the time that writes are stamped with, aware.
    """

    store: Store
    now: Callable[[], datetime]

    def caller(self) -> User:
        """Who makes the call: the one place that decides it."""
        return self.store.me()

    def new_record(
        self, kind: str, document: Mapping[str, Any], *, project_id: str = "", parent: str = ""
    ) -> Record:
        """A record that the caller makes now; it is not kept yet."""
        return Record(
            id=str(uuid4()),
            kind=kind,
            document=document,
            created_at=self.now(),
            project_id=project_id,
            parent=parent,
            created_by=self.caller(),
        )

    def case(self, call: Call) -> Case:
        """The case that the path names by id or key."""
        # Our choice: whatever is neither the id nor the key of a case is just not found.
        case = self.store.case(call.path["case_id"])
        if case is None:
            raise not_found("case")
        return case

    def user(self, user_id: str) -> User:
        """The user with this id."""
        user = self.store.user(user_id.lower())
        if user is None:
            # Our choice: nobody has recorded what an unknown assignee is answered.
            raise not_found("user")
        return user

    def changed(self, case: Case, change: Change) -> Json:
        """The answer with the case after `change`."""
        return self.edited(case, lambda seen, now: _carried_out(change, seen, now))

    def edited_at(
        self, call: Call, edit: Edit, *, now: datetime | None = None, stamp_by: bool = True
    ) -> Json:
        """The answer with the case that the path names after `edit`, as `cases.change` makes it.

        Reading, checking and writing are one transaction. `now` is when, if that is known already.
        """
        by, now = self.caller(), now or self.now()
        with self.store.writing() as db:
            case = cases.find(db, call.path["case_id"])
            if case is None:
                raise not_found("case")
            [edited] = cases.change(
                db, [case], lambda seen: edit(db, seen), by=by, at=now, stamp_by=stamp_by
            )
        return resources.case_document(edited)

    def edited(
        self, case: Case, edit: Callable[[Case, datetime], Case], *, stamp_by: bool = True
    ) -> Json:
        """The answer with the case after `edit`, as `Store.change` makes it."""
        edited = self.store.change(
            case.id, edit, by=self.caller(), now=self.now(), stamp_by=stamp_by
        )
        if edited is None:
            raise not_found("case")
        return resources.case_document(edited)


def carried_out(change: Change, now: datetime) -> Edit:
    """The edit that makes `change` hold."""
    return lambda db, case: _carried_out(change, case, now)


def _carried_out(change: Change, case: Case, now: datetime) -> Case:
    # A change that holds already succeeds and leaves the case, its times included, alone: seen for
    # unassigning and unarchiving.
    # Our choice: the same for closing and archiving what is closed and archived.
    return case if change.holds(case) else change.apply(case, now)


def path_uuid(call: Call, name: str, shown: str = "") -> str:
    """The id in the path, in lower case; `name` is that of the segment: "project_id".

    Args:
        shown: What a refusal calls it; "ProjectID" for "project_id" if not given.
    """
    text = call.path[name]
    if not is_uuid(text):
        words = name.removesuffix("_id").split("_")
        shown = shown or "".join(part.capitalize() for part in words) + "ID"
        raise bad_parameter(shown, "path", 'type "uuid"')
    return text.lower()
