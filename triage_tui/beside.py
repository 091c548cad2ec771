"""How comments and watchers are now, compared with what a change of them wants and a person saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from triage_tui.beside_changes import BesideChange, DeleteComment, Duplicate, EditComment, Watch
from triage_tui.changes import Change
from triage_tui.models import CaseLink, TimelineCell, User

PAGES = 20
"""Pages of a timeline that are looked through for one comment."""

_SIZE = 100

GONE = "The comment is not there any more"


class Reader(Protocol):
    """What looking takes of a client."""

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> Sequence[TimelineCell]: ...

    async def watchers(self, case_id: str) -> Sequence[User]: ...

    async def links(self, case_id: str) -> Sequence[CaseLink]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What there is.

    Attributes:
        wanted: It is as the change wants it already.
        why: Why the change must not be made, a sentence; "" if it may.
    """

    wanted: bool = False
    why: str = ""


async def look(change: Change, case_id: str, client: Reader, *, again: bool) -> Found:
    """Whether a change beside a case is made already, and whether it may be made.

    Args:
        again: It may have been made: then a comment that is gone is one that was deleted by it.

    Raises:
        ApiError: It could not be looked for.
    """
    if isinstance(change, Watch):
        watching = any(user.id == change.user.id for user in await client.watchers(case_id))
        return Found(wanted=watching == change.on)
    if isinstance(change, Duplicate):
        linked = any(change.is_link(link, case_id) for link in await client.links(case_id))
        return Found(wanted=linked == change.on)
    if not isinstance(change, (EditComment, DeleteComment)):
        return Found()
    cell = await _comment(case_id, change.cell_id, client)
    if isinstance(change, DeleteComment) and again and cell is None:
        return Found(wanted=True)
    if cell is None:
        return Found(why=f"{GONE}: nothing was changed.")
    if isinstance(change, EditComment) and cell.message == change.text:
        return Found(wanted=True)
    if cell.message != change.before:
        return Found(why="The comment was changed since you saw it: yours was not sent.")
    return Found()


async def _comment(case_id: str, cell_id: str, client: Reader) -> TimelineCell | None:
    for number in range(PAGES):
        cells = await client.timeline(case_id, number=number, size=_SIZE)
        for cell in cells:
            if cell.id == cell_id:
                return None if cell.deleted_at else cell
        if len(cells) < _SIZE:
            break
    return None


def after(change: BesideChange, cells: Sequence[TimelineCell]) -> tuple[TimelineCell, ...]:
    """A timeline as it is when a change of a comment was made."""
    if isinstance(change, DeleteComment):
        return tuple(cell for cell in cells if cell.id != change.cell_id)
    if isinstance(change, EditComment):
        return tuple(
            replace(cell, message=change.text) if cell.id == change.cell_id else cell
            for cell in cells
        )
    return tuple(cells)
