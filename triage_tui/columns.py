"""Which columns a list of cases has, in which order and how wide, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from triage_tui.models import Case
from triage_tui.text import age, clean

LEAD = 2
"""Cells before the first column: one for the mark, one for the sign."""

ATTRIBUTE = "attributes."
"""How the name of a column begins that is an attribute of the cases: "attributes.team"."""

LEAST_TITLE = 8
WIDEST = 60
"""Cells that a person can give to a column at most; what is left goes to the title."""

MEASURED = 200
"""Rows whose texts are measured; the rest is cut to the same widths."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What there is to know of a column.

    Attributes:
        about: What it shows, for the box in which columns are chosen.
        least: Cells below which it says nothing.
        most: Cells that it takes by itself at most.
        usual: Cells that its texts need now and then, although they may not at the moment.
        short: Its heading where there is no room for the other.
        right: Its texts end below each other.
        whole: It has either the least of cells or as many as its texts need.
        fields: The fields of a case that it shows.
    """

    heading: str
    about: str
    least: int
    most: int
    usual: int = 0
    short: str = ""
    right: bool = False
    whole: bool = False
    fields: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "priority": Kind("Prio", "Priority", 2, 4, 4, "P", whole=True, fields=("priority",)),
    "status": Kind("Status", "Status", 1, 18, 13, "S", whole=True, fields=("status_name",)),
    "key": Kind("Key", "Key", 6, 14, fields=("key",)),
    "title": Kind("Title", "Title: what is left", LEAST_TITLE, 0, fields=("title",)),
    "assignee": Kind("Assignee", "Assignee", 10, 16, 12, fields=("assignee",)),
    "age": Kind("Age", "Age: time since it was created", 4, 5, right=True),
    "created": Kind("Created", "Created: day and time, UTC", 10, 12, fields=("created_at",)),
    "modified": Kind("Chgd", "Changed: time since then", 4, 5, right=True, fields=("modified_at",)),
    "closed": Kind("Clsd", "Closed: time since then", 4, 5, right=True, fields=("closed_at",)),
    "due": Kind("Due", "Due date, with ! if it is over", 8, 12, fields=("due_date",)),
    "comments": Kind("Cmt", "Comments", 3, 5, right=True, fields=("comment_count",)),
    "project": Kind("Project", "Project", 7, 12),
    "type": Kind("Type", "Case type", 6, 18, fields=("type", "type_id")),
    "source": Kind("Source", "Source: what created it", 6, 16, fields=("creation_source",)),
}

USUAL = ("priority", "status", "key", "title", "assignee", "age")
"""The columns that are shown by themselves, as far as there is room."""

MORE = ("modified", "attributes.team", "attributes.service")
"""Those that come with more room, before the age."""

_STEPS: Sequence[tuple[str, bool, int]] = (
    # What is granted one after the other: a column, whether all that it needs, and the cells that
    # the title keeps.
    ("key", True, LEAST_TITLE),
    ("priority", False, LEAST_TITLE),
    ("status", False, 16),
    ("age", True, 16),
    ("assignee", False, 30),
    ("assignee", True, 30),
    ("status", True, 34),
    ("priority", True, 38),
    *((name, True, 60) for name in MORE),
)
_TITLE_OF_OWN_CHOICE = 24
"""Cells that the title keeps while columns that a person chose get all that they need."""


def kind_of(name: str) -> Kind:
    """What there is to know of a column by its name."""
    if name.startswith(ATTRIBUTE):
        key = clean(name.removeprefix(ATTRIBUTE), limit=WIDEST)
        heading = key.replace("_", " ").replace("-", " ").capitalize()
        return Kind(heading, f"Attribute {key}", 6, 14, fields=("attributes",))
    return KINDS[name]


@dataclass(frozen=True, slots=True)
class Wish:
    """The columns that a person wants.

    Attributes:
        columns: In their order; () for what there is room for.
        widths: Cells of columns that are not to be as wide as their texts.
    """

    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"columns": [*self.columns], "widths": dict(self.widths)}

    @classmethod
    def from_plain(cls, plain: object) -> Wish:
        """What `plain` gave; what cannot be read is as if nobody had wished for anything."""
        if not isinstance(plain, dict):
            return cls()
        names, widths = plain.get("columns"), plain.get("widths")
        columns = dict.fromkeys(filter(_is_column, names if isinstance(names, list) else ()))
        if columns:
            columns.setdefault("title")
        return cls(
            tuple(columns),
            {
                name: max(1, min(cells, WIDEST))
                for name, cells in (widths if isinstance(widths, dict) else {}).items()
                if _is_column(name) and type(cells) is int
            },
        )

    def wider(self, name: str, cells: int | None) -> Wish:
        """With so many cells for a column; None for as many as its texts need."""
        widths = {one: width for one, width in self.widths.items() if one != name}
        if cells is not None:
            widths[name] = max(1, min(cells, WIDEST))
        return replace(self, widths=widths)


AS_THERE_IS_ROOM = Wish()
"""What is shown to a person who wished for nothing."""


def _is_column(name: object) -> bool:
    return isinstance(name, str) and (
        name in KINDS or (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE))
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column is painted: its first cell and how many it has."""

    name: str
    at: int
    width: int


def laid_out(width: int, wish: Wish, fit: Mapping[str, int]) -> tuple[Slot, ...]:
    """The columns from left to right; with a cell between two of them they fill the width.

    Args:
        width: Cells of a row.
        fit: Cells that the longest text of a column has; a column that has none at all is not
            shown by itself.
    """
    given = {"title": 0}
    for name, whole, kept in _steps(wish):
        kind = kind_of(name)
        needed = max(fit.get(name, 0), kind.usual, len(kind.heading) + kind.right)
        full = max(kind.least, min(needed, kind.most))
        if own := wish.widths.get(name):
            full = own
        elif name in MORE and not wish.columns and not fit.get(name):
            continue
        least = min(kind.least, full)
        had = given.get(name)
        room = width - LEAD - sum(given.values()) - len(given) + 1 - kept
        # A column that is new takes a cell for the gap too.
        room += had if had is not None else -1
        most = full if whole else least
        if room < most and kind.whole:
            continue
        if room >= least:
            given[name] = max(had or 0, min(most, room))
    given["title"] = max(0, width - LEAD - sum(given.values()) - len(given) + 1)
    slots, at = [], LEAD
    for name in _order(wish):
        if name in given:
            slots.append(Slot(name, at, given[name]))
            at += given[name] + 1
    return tuple(slots)


def _steps(wish: Wish) -> Iterable[tuple[str, bool, int]]:
    if not wish.columns:
        return _STEPS
    names = [name for name in wish.columns if name != "title"]
    first = [(name, False, LEAST_TITLE if name == "key" else 16) for name in names]
    return [*first, *((name, True, _TITLE_OF_OWN_CHOICE) for name in names)]


def _order(wish: Wish) -> Sequence[str]:
    return wish.columns or (*USUAL[:-1], *MORE[1:], MORE[0], USUAL[-1])


def shown_fields(slots: Iterable[Slot]) -> dict[str, str]:
    """The first column that shows a field of a case, by the field's name."""
    return {
        name: slot.name for slot in reversed(tuple(slots)) for name in kind_of(slot.name).fields
    }


def text_of(name: str, case: Case, now: datetime, types: Mapping[str, str]) -> str:
    """What stands in a column, as the case says it: it is still to be cleaned.

    Priority and status are the words alone.

    Args:
        types: Names of case types by their ids.
    """
    if name.startswith(ATTRIBUTE):
        return ", ".join(case.attributes.get(name.removeprefix(ATTRIBUTE), ()))
    match name:
        case "priority":
            return "" if case.priority == "NOT_DEFINED" else case.priority
        case "status":
            return case.status_name
        case "key":
            return case.key
        case "title":
            return case.title
        case "assignee":
            return case.assignee.label if case.assignee else ""
        case "age":
            return age(case.created_at, now)
        case "created":
            return _moment(case.created_at, now)
        case "modified":
            return age(case.modified_at, now) if case.modified_at else ""
        case "closed":
            return age(case.closed_at, now) if case.closed_at else ""
        case "due":
            return f"{case.due_date}{' !' if overdue(case, now) else ''}" if case.due_date else ""
        case "comments":
            return f"{case.comment_count}" if case.comment_count else ""
        case "project":
            return case.project_key
        case "type":
            return types.get(case.type_id, case.type.capitalize())
        case "source":
            return case.creation_source.replace("_", " ").lower()
    return ""


def overdue(case: Case, now: datetime) -> bool:
    """True if a case is still open although its day is over."""
    return bool(case.due_date and not case.closed and case.due_date < f"{now:%Y-%m-%d}")


def _moment(when: datetime, now: datetime) -> str:
    if abs(now - when) < timedelta(days=300):
        return f"{when.day:2} {when:%b %H:%M}"
    return f"{when:%Y-%m-%d}"


_PATIENCE = {
    # After how long a case is warm, and hot.
    "P1": (timedelta(hours=1), timedelta(hours=4)),
    "P2": (timedelta(hours=4), timedelta(days=1)),
    "P3": (timedelta(days=2), timedelta(days=7)),
    "P4": (timedelta(days=7), timedelta(days=30)),
    "P5": (timedelta(days=14), timedelta(days=60)),
}
_OF_NO_PRIORITY = timedelta(days=3), timedelta(days=14)


def heat(case: Case, now: datetime) -> int:
    """How much a case has waited too long for its priority: 0 not at all, 1 a little, 2 by far."""
    if case.closed or case.archived_at:
        return 0
    warm, hot = _PATIENCE.get(case.priority, _OF_NO_PRIORITY)
    waited = now - case.created_at
    return 2 if waited >= hot else 1 if waited >= warm else 0
