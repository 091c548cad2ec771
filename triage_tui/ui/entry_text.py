"""An entry of the journal as text: what was to be done, and what is known of its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from triage_tui.beside_changes import DeleteComment
from triage_tui.changes import AddComment, CreateCase
from triage_tui.edits import Edit
from triage_tui.entries import Entry, State
from triage_tui.models import Case
from triage_tui.text import absolute, ago, clean

STATE_LOOKS: dict[State, tuple[str, str]] = {
    State.HELD: ("◌", "dim"),
    State.QUEUED: ("○", "dim"),
    State.SENDING: ("↑", "flag"),
    State.DONE: ("✓", "good"),
    State.REFUSED: ("✗", "bad"),
    State.CONFLICT: ("≠", "bad"),
    State.UNSURE: ("?", "warn"),
    State.UNDONE: ("↺", "dim"),
}
"""Glyph and look of each state: colour is never the only sign."""

MOST_OF_A_TEXT = 20_000
"""Characters of a comment or an error that are shown and copied."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known: a text, and what it is called; "" is for a text by itself."""

    label: str
    text: str
    look: str = ""


def what(edit: Edit) -> str:
    """What an edit does, without the case: "set P1", "comment “On it”"."""
    change = edit.change
    if isinstance(change, AddComment):
        return f"comment “{change.text}”"
    if isinstance(change, CreateCase):
        return "create"
    phrase = change.phrase.removesuffix(" on").removesuffix(" to")
    return f"undo: {phrase}" if edit.guard else phrase


def state_of(entry: Entry, now: datetime | None) -> State:
    """The state to show: what could be sent any moment is not held back any more."""
    if entry.state is State.HELD and now and entry.due_at <= now:
        return State.QUEUED
    return entry.state


def reason(entry: Entry) -> str:
    """What was answered, without repeating what was to be done; "" for a plain success."""
    said = entry.answer.said
    failed, _, why = said.partition(": ")
    return why if why and failed.startswith("Could not ") else said


def took(entry: Entry) -> str:
    """How long the answer took: "0.12 s"; "" if nothing was answered."""
    seconds = entry.answer.took
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"


def facts(entry: Entry, now: datetime) -> Iterator[Fact]:
    """All that is known of an entry, the most telling first; the texts are not cleaned."""
    edit, answer = entry.edit, entry.answer
    state = state_of(entry, now)
    glyph, look = STATE_LOOKS[state]
    yield Fact("", f"{glyph} {state}: {_short(what(edit))}", look)
    if answer.said:
        yield Fact("", answer.said[:MOST_OF_A_TEXT], "bad" if look == "bad" else "")
    if entry.damaged:
        yield Fact("", "The journal is damaged here: this is not what was once written.", "bad")
    yield Fact("", "")
    title = f"  {edit.seen.title}" if edit.seen else ""
    yield Fact("Case", f"{edit.key}{title}")
    yield from _texts(edit)
    seen = edit.change.inverse(edit.seen) if edit.seen else None
    if seen is not None and edit.change.value:
        yield Fact("You saw", seen.value)
        yield Fact("You set", edit.change.value)
    if answer.theirs is not None:
        yield Fact("Theirs", _theirs(edit, answer.theirs, now))
    if answer.status is not None:
        yield Fact("Status code", str(answer.status))
    if answer.request_id:
        yield Fact("Request id", answer.request_id)
    if answer.took is not None:
        yield Fact("Took", took(entry))
    if entry.tries:
        yield Fact("Tries", str(entry.tries))
    for label, at in (
        ("Made", entry.made_at),
        ("Due", entry.due_at if state is State.HELD else None),
        ("Sent", entry.sent_at),
        ("Settled", entry.settled_at),
    ):
        if at is not None:
            yield Fact(label, f"{ago(at, now)} · {absolute(at)}")
    yield Fact("Number", str(edit.number))


def _texts(edit: Edit) -> Iterator[Fact]:
    if isinstance(edit.change, AddComment):
        yield Fact("Comment", edit.change.text[:MOST_OF_A_TEXT])
    elif isinstance(edit.change, DeleteComment):
        yield Fact("Comment", edit.change.before[:MOST_OF_A_TEXT])
    elif isinstance(edit.change, CreateCase):
        new = edit.change.new
        yield Fact("Title", new.title)
        if new.description:
            yield Fact("Description", new.description[:MOST_OF_A_TEXT])


def _theirs(edit: Edit, theirs: Case, now: datetime) -> str:
    change = edit.change.inverse(theirs)
    value = change.value if change else ""
    by = f" by {theirs.modified_by.label}" if theirs.modified_by else ""
    at = f" {ago(theirs.modified_at, now)}" if theirs.modified_at else ""
    return f"{value}{', changed' if by or at else ''}{by}{at}"


def _short(text: str) -> str:
    return clean(text, limit=200)


def as_text(entry: Entry, now: datetime) -> str:
    """An entry for the clipboard, a line for each fact."""
    lines = (
        f"{fact.label}: {fact.text}" if fact.label else fact.text for fact in facts(entry, now)
    )
    return clean("\n".join(lines), lines=True, limit=MOST_OF_A_TEXT)
