"""What happened to a case."""

from __future__ import annotations

from typing import Annotated

from pydantic import OnErrorOmit, TypeAdapter

from triage_tui.models import TimelineCell, User
from triage_tui.wire.body import DEFERRED, Body, Lenient, Moment, Text, Unreadable, listed, parse
from triage_tui.wire.users import Author, make_author


class _CellContent(Body):
    message: Text = None


class _CellAttributes(Body):
    created_at: Moment
    type: Text = None
    author: Annotated[Author | None, Lenient] = None
    cell_content: Annotated[_CellContent | None, Lenient] = None
    content: Annotated[str | None, Lenient] = None
    modified_at: Annotated[Moment | None, Lenient] = None
    deleted_at: Annotated[Moment | None, Lenient] = None


class _Cell(Body):
    id: str
    attributes: _CellAttributes


_CELLS = TypeAdapter(list[OnErrorOmit[_Cell]], config=DEFERRED)


def _message(seen: _CellAttributes) -> str:
    if seen.cell_content and seen.cell_content.message is not None:
        return seen.cell_content.message
    # The service repeats the content as JSON in a text; an unknown kind of cell may have only that.
    try:
        content = parse((seen.content or "").encode())
    except Unreadable:
        return ""
    message = content.get("message") if isinstance(content, dict) else None
    return message if isinstance(message, str) else ""


def _cell(row: _Cell) -> TimelineCell:
    seen = row.attributes
    return TimelineCell(
        id=row.id,
        type=seen.type or "",
        author=make_author(seen.author) or User(""),
        message=_message(seen),
        created_at=seen.created_at,
        modified_at=seen.modified_at,
        deleted_at=seen.deleted_at,
    )


def timeline(content: bytes) -> tuple[TimelineCell, ...]:
    """The timeline cells an answer lists, in its order."""
    return listed(_CELLS, content, _cell, "a timeline")


def comment(content: bytes) -> TimelineCell:
    """The one cell that an answer to a new comment lists."""
    cells = timeline(content)
    if not cells:
        raise Unreadable("not a timeline")
    return cells[0]
