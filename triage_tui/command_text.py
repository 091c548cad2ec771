"""The commands of the shell that do what a key press did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import join

from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.edits import Edit
from triage_tui.models import STANDARD_TYPE, NewCase, Project, User
from triage_tui.text import clean

MOST_CASES = 100
"""Cases that a command names: a longer one is nothing to copy."""


def commands_for(
    edits: Sequence[Edit], projects: Mapping[str, Project], place: Sequence[str] = ()
) -> str:
    """Commands that do again what these edits do; "" if there are none that do just that.

    Args:
        projects: Those that are known, by id.
        place: Options that say which cases are worked on.
    """
    keys: dict[tuple[str, ...], list[str]] = {}
    for edit in edits:
        words = _words(edit.change, projects)
        if not words:
            return ""
        keys.setdefault(words, []).append(clean(edit.key, limit=80) if edit.case_id else "")
    if not edits or max(map(len, keys.values())) > MOST_CASES:
        return ""
    return " && ".join(_command(words, cases, place) for words, cases in keys.items())


def _command(words: Sequence[str], cases: Sequence[str], place: Sequence[str]) -> str:
    named = [case for case in cases if case]
    # What looks like an option would be taken for one.
    end = ["--"] if any(case.startswith("-") for case in named) else []
    verb, *options = words
    if end:
        return join(["triage-tui", verb, *options, *place, *end, *named])
    return join(["triage-tui", verb, *named, *options, *place])


def _words(change: Change, projects: Mapping[str, Project]) -> tuple[str, ...]:
    """The verb with its options; () if there is none."""
    match change:
        case SetStatus(status):
            return "status", *_option("to", status.name)
        case SetPriority(priority):
            return "priority", *_option("to", _priority(priority))
        case Assign(None):
            return ("unassign",)
        case Assign(User() as user):
            return "assign", *_option("to", _person(user))
        case SetArchived(archived):
            return ("archive",) if archived else ("unarchive",)
        case AddComment(text) if text != "-":
            return "comment", *_option("text", text)
        case CreateCase(new):
            return _creation(new, projects)
    return ()


def _creation(new: NewCase, projects: Mapping[str, Project]) -> tuple[str, ...]:
    project = projects.get(new.project_id)
    beyond = new.status_name or new.custom_attributes or new.description == "-"
    if project is None or beyond:
        return ()
    words = ["create", *_option("title", new.title), *_option("project", project.key)]
    if new.type_id != STANDARD_TYPE:
        words += _option("type", new.type_id)
    if new.priority != "NOT_DEFINED":
        words += _option("priority", new.priority)
    if new.assignee:
        words += _option("assign", _person(new.assignee))
    if new.description:
        words += _option("description", new.description)
    return tuple(words)


def _option(name: str, value: str) -> tuple[str, ...]:
    value = clean(value, lines=True)
    return (f"--{name}={value}",) if value.startswith("-") else (f"--{name}", value)


def _priority(priority: str) -> str:
    return "none" if priority == "NOT_DEFINED" else priority


def _person(user: User) -> str:
    return user.email or user.handle or user.id
