"""All kinds of changes there are."""

from __future__ import annotations

from triage_tui.beside_changes import DeleteComment, Duplicate, EditComment, Watch
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)

KINDS: dict[str, type[Change]] = {
    kind.field: kind
    for kind in (
        SetStatus,
        SetPriority,
        Assign,
        SetArchived,
        AddComment,
        CreateCase,
        SetTitle,
        SetDescription,
        SetDueDate,
        SetAttribute,
        SetCustomAttribute,
        MoveToProject,
        EditComment,
        DeleteComment,
        Watch,
        Duplicate,
    )
}
"""The kinds of changes by the names that files know them by: `Change.field`."""
