"""What stands in the columns of a list of cases, and how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.cells import set_cell_size

from triage_tui.columns import Slot, heat, kind_of, overdue, text_of
from triage_tui.grouping import ATTRIBUTE, Heading
from triage_tui.models import Case
from triage_tui.text import clean
from triage_tui.ui.looks import PRIORITY_GLYPHS, PRIORITY_LOOKS, STATUS_LOOKS
from triage_tui.ui.widgets.cells import column, fitted

MOST_OF_A_TITLE = 400
"""Characters of a title that are looked at: more than any terminal is wide."""

MOST_OF_A_TEXT = 80

_AGES = ("dim", "age-1", "age-2")
_NOBODY = "–"


def plain_text(name: str, case: Case, now: datetime, types: Mapping[str, str]) -> str:
    """What stands in a column where there is room for all of it."""
    text = clean(text_of(name, case, now, types), limit=MOST_OF_A_TEXT)
    if name == "priority":
        return (
            f"{text} {PRIORITY_GLYPHS[case.priority]}" if case.priority in PRIORITY_GLYPHS else text
        )
    if name == "status":
        return f"{_status(case)[0]} {text}"
    return text


def cell_of(
    slot: Slot, case: Case, now: datetime, types: Mapping[str, str], me_id: str
) -> tuple[str, str]:
    """A column of a case in exactly as many cells as it has, and the name of its look."""
    name, width = slot.name, slot.width
    match name:
        case "title":
            title = clean(case.title, limit=MOST_OF_A_TITLE) or "(no title)"
            return column(title, width), ""
        case "priority":
            text = plain_text(name, case, now, types) or "·"
            return column(text[:width], width), PRIORITY_LOOKS.get(case.priority, "")
        case "status":
            glyph, found = _status(case)
            text = plain_text(name, case, now, types) if width > 2 else glyph
            return column(text, width), found
        case "assignee":
            if case.assignee is None:
                return set_cell_size(_NOBODY, width), "dim"
            text = plain_text(name, case, now, types)
            return column(text, width), "mine" if case.assignee.id == me_id else ""
        case "age":
            found = _AGES[heat(case, now)]
        case "due":
            found = "bad" if overdue(case, now) else "dim"
        case _:
            found = "dim"
    text = fitted(plain_text(name, case, now, types), width)
    if kind_of(name).right:
        return text.rjust(width), found
    return set_cell_size(text, width), found


def heading_text(field: str, heading: Heading) -> str:
    """What stands above the rows of a group."""
    value = clean(heading.value, limit=MOST_OF_A_TEXT)
    if field == "priority":
        if value == "NOT_DEFINED":
            return "· no priority"
        return f"{value} {PRIORITY_GLYPHS.get(value, '')}".rstrip()
    if field == "status":
        return f"{STATUS_LOOKS.get(heading.group, ('?', ''))[0]} {value}"
    if value:
        return value
    return "nobody" if field == "assignee" else f"no {clean(field.removeprefix(ATTRIBUTE))}"


def _status(case: Case) -> tuple[str, str]:
    return STATUS_LOOKS.get(case.status_group, ("?", ""))
