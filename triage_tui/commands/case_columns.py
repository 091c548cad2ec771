"""What lists of cases say of a case: the columns of a table, and its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import click

from triage_tui.commands.output import BOLD, DIM, RED, YELLOW, Column, timestamp
from triage_tui.models import Case, User
from triage_tui.text import age, nearest

USUAL = ("key", "priority", "status", "assignee", "age", "title")
"""The columns of a table when none are asked for."""

COMPLETE = (
    "key",
    "title",
    "status",
    "priority",
    "assignee",
    "email",
    "project",
    "type",
    "created",
    "modified",
    "closed",
    "archived",
    "due",
    "comments",
    "id",
)
"""Those of CSV when none are asked for: they say the same at any time."""

ATTRIBUTE = "attributes."
"""How the name of a column begins that is an attribute of the cases: "attributes.team"."""

_PRIORITY_LOOKS = {"P1": RED, "P2": YELLOW}
_STATUS_LOOKS = {"SG_OPEN": BOLD, "SG_CLOSED": DIM}


def _moment(when: datetime | None) -> str:
    return timestamp(when) if when else ""


_TEXTS: Mapping[str, Callable[[Case], str]] = {
    "key": lambda case: case.key,
    "id": lambda case: case.id,
    "title": lambda case: case.title,
    "status": lambda case: case.status_name,
    "priority": lambda case: "" if case.priority == "NOT_DEFINED" else case.priority,
    "assignee": lambda case: case.assignee.label if case.assignee else "",
    "email": lambda case: case.assignee.email if case.assignee else "",
    "project": lambda case: case.project_key,
    "type": lambda case: case.type,
    "age": lambda case: age(case.created_at, datetime.now(UTC)),
    "created": lambda case: _moment(case.created_at),
    "modified": lambda case: _moment(case.modified_at),
    "closed": lambda case: _moment(case.closed_at),
    "archived": lambda case: _moment(case.archived_at),
    "due": lambda case: case.due_date or "",
    "comments": lambda case: str(case.comment_count),
    "author": lambda case: case.created_by.label if case.created_by else "",
}
_LOOKS: Mapping[str, Callable[[Case], str]] = {
    "priority": lambda case: _PRIORITY_LOOKS.get(case.priority, ""),
    "status": lambda case: _STATUS_LOOKS.get(case.status_group, ""),
    "age": lambda _: DIM,
}

NAMES = tuple(_TEXTS)
"""The names of all columns, but for attributes."""


def columns(names: Iterable[str]) -> list[Column[Case]]:
    """The columns with these names.

    Raises:
        UsageError: There is none with such a name.
    """
    return [_column(name.strip()) for name in names]


def _column(name: str) -> Column[Case]:
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        key = name.removeprefix(ATTRIBUTE)
        return Column(key, lambda case: ", ".join(case.attributes.get(key, ())), gives_way=True)
    if name not in _TEXTS:
        meant = nearest(name, NAMES)
        advice = (
            f"did you mean {meant}?"
            if meant
            else f"there are {', '.join(NAMES)} and {ATTRIBUTE}<name>."
        )
        raise click.UsageError(f'There is no column "{name}"; {advice}')
    return Column(
        name,
        _TEXTS[name],
        gives_way=name in ("title", "assignee"),
        look=_LOOKS.get(name, lambda _: ""),
        short="prio" if name == "priority" else "",
    )


def names_of(text: str | None, usual: Sequence[str]) -> Sequence[str]:
    """The names in a list parted by commas, or the usual ones."""
    return usual if text is None else text.split(",")


def case_record(case: Case) -> dict[str, object]:
    """A case as JSON has it. Names and kinds of these fields stay."""
    return {
        "key": case.key,
        "id": case.id,
        "title": case.title,
        "status": case.status_name,
        "status_group": case.status_group.removeprefix("SG_").lower(),
        "priority": case.priority,
        "assignee": user_record(case.assignee),
        "project": case.project_key,
        "type": case.type,
        "type_id": case.type_id,
        "created_at": timestamp(case.created_at),
        "created_by": user_record(case.created_by),
        "modified_at": _moment(case.modified_at) or None,
        "closed_at": _moment(case.closed_at) or None,
        "archived_at": _moment(case.archived_at) or None,
        "due_date": case.due_date,
        "comments": case.comment_count,
        "attributes": {key: list(values) for key, values in sorted(case.attributes.items())},
    }


def user_record(user: User | None) -> dict[str, object] | None:
    """A person as JSON has them; None for nobody."""
    if user is None:
        return None
    return {"id": user.id, "name": user.name, "email": user.email, "handle": user.handle}
