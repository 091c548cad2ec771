"""Whether a server and a journal tell the same story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from triage_tui.beside_changes import DeleteComment, EditComment
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.entries import UNSENT, Entry, State
from triage_tui.errors import MAYBE_DONE
from triage_tui.field_changes import SetDueDate, SetTitle
from triage_tui.models import HistoryEntry, User
from triage_tui.server.store import Store

Deed = tuple[str, object]
"""A field and what it became."""

_NEVER, _PERHAPS, _ONCE = (0, 0), (0, 1), (1, 1)
"""How often something may be in the history, at least and at most."""


def disagreements(
    entries: Iterable[Entry], store: Store, me: User, others_at: frozenset[str] = frozenset()
) -> list[str]:
    """What the history of the server says that the journal does not, or the other way round.

    Everything that was done must be there once and in order, everything that was not must not be,
    and of what is told to be unsure all is allowed but twice.

    Args:
        entries: Everything that `me` asked for, oldest first.
        others_at: Ids of the cases that others change too: what they did first needs no doing.
    """
    found: list[str] = []
    by_case: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.state in UNSENT:
            found.append(f"{entry.edit.phrase}: {entry.state} for ever")
        by_case[entry.edit.case_id].append(entry)
    created: list[str] = []
    for case_id, history in _histories(store, me).items():
        deeds = [deed for deed in map(_deed_of, history) if deed]
        created += [str(what) for field, what in deeds if field == "created"]
        deeds = [deed for deed in deeds if deed[0] != "created"]
        asked = by_case.get(case_id, [])
        doubtful = case_id in others_at or any(_is_doubtful(entry) for entry in asked)
        misfit = _misfit(deeds, [(deed(e.edit.change), _times(e, doubtful)) for e in asked])
        if misfit is not None:
            asked = asked[max(0, misfit[0] - 8) : misfit[0] + 1]
            deeds = deeds[max(0, misfit[1] - 8) : misfit[1] + 3]
            told = "; ".join(_told(entry) for entry in asked)
            found.append(f"{case_id}: after {told}, the history is {deeds}")
    by_title: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in by_case[""]:
        assert isinstance(entry.edit.change, CreateCase)
        by_title[entry.edit.change.new.title].append(entry)
    for title, asked in by_title.items():
        least, most = (
            sum(ends) for ends in zip(*(_times(one, False) for one in asked), strict=True)
        )
        if not least <= created.count(title) <= most:
            found.append(f"{title}: {[one.state for one in asked]}, {created.count(title)} times")
    return found


def _histories(store: Store, me: User) -> dict[str, list[HistoryEntry]]:
    with store.reading() as db:
        ids = [id for (id,) in db.execute("SELECT id FROM cases ORDER BY n")]
    return {
        id: [one for one in store.history(id) if one.by is not None and one.by.id == me.id]
        for id in ids
    }


def deed(change: Change) -> Deed:
    """What the history says when a change was made."""
    match change:
        case SetStatus(status=status):
            return "status", status.name
        case SetPriority(priority=priority):
            return "priority", priority
        case Assign(user=user):
            return "assignee", user and user.id
        case SetArchived(archived=archived):
            return "archived", archived
        case AddComment(text=text) | EditComment(text=text):
            return "comment", text
        case DeleteComment():
            return "comment", None
        case SetTitle(title=title):
            return "title", title
        case SetDueDate(day=day):
            return "due_date", day
    raise AssertionError(change)


def _deed_of(entry: HistoryEntry) -> Deed | None:
    new = entry.new
    part = {"status": "name", "assignee": "id", "comment": "message", "created": "title"}
    if entry.field in part:
        return entry.field, new[part[entry.field]] if isinstance(new, dict) else None
    return entry.field, new


def _is_doubtful(entry: Entry) -> bool:
    return entry.state is State.UNSURE or MAYBE_DONE in entry.answer.said


def _times(entry: Entry, doubtful: bool) -> tuple[int, int]:
    """How often an entry may be in the history."""
    if entry.state is State.DONE:
        if not entry.edit.change.repeatable:
            return _ONCE
        if entry.answer.said:
            return _NEVER  # It was so already.
        return _PERHAPS if doubtful else _ONCE
    return _PERHAPS if _is_doubtful(entry) else _NEVER


def _misfit(
    history: Sequence[Deed], asked: Sequence[tuple[Deed, tuple[int, int]]]
) -> tuple[int, int] | None:
    """Where the history stops to be what was asked for, in order, each as often as it may be.

    None if it never does; else the place among what was asked for and that in the history.
    """
    places = {0}
    for number, (what, (least, most)) in enumerate(asked):
        after = set() if least else set(places)
        if most:
            after |= {at + 1 for at in places if at < len(history) and history[at] == what}
        if not after:
            return number, max(places)
        places = after
    return None if len(history) in places else (len(asked), max(places))


def _told(entry: Entry) -> str:
    return f"{deed(entry.edit.change)} {entry.state} {entry.tries} {entry.answer.said!r}"
