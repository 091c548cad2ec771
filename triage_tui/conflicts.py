"""What somebody else did to a case meanwhile, in words that blame nobody without proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage_tui.edits import Edit
from triage_tui.errors import MAYBE_DONE
from triage_tui.models import Case, User
from triage_tui.text import absolute, ago

_LOST = f" Yours was sent before that was known, and its answer was lost. {MAYBE_DONE}"

_LAST = " The case was last changed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A write that was not sent because somebody else had changed the field.

    Attributes:
        theirs: The case as the server has it.
        why: The sentence that the person was told.
    """

    edit: Edit
    theirs: Case
    why: str

    @property
    def there(self) -> str:
        """What the server has in the field."""
        now = self.edit.change.inverse(self.theirs)
        return now.value if now else "unknown"

    @property
    def difference(self) -> list[str]:
        """What the person saw, what is there now and what was wanted, a line each."""
        edit = self.edit
        change = edit.change
        saw = edit.guard or (change.inverse(edit.seen) if edit.seen else None)
        lines = [
            f"{change.noun} that you saw   {saw.value if saw else 'unknown'}",
            f"{change.noun} that is there  {self.there}",
            f"{change.noun} you wanted     {change.value}",
        ]
        if edit.seen and edit.seen.title != self.theirs.title:
            lines += [f"title that you saw   {edit.seen.title}", f"title now  {self.theirs.title}"]
        return lines


def in_the_way(edit: Edit, theirs: Case) -> bool:
    """True if the field that an edit sets is not as the person saw it, nor as it was left."""
    if edit.guard is not None:
        return not edit.guard.holds(theirs)
    seen = edit.change.inverse(edit.seen) if edit.seen else None
    return seen is not None and not seen.holds(theirs)


def told(edit: Edit, theirs: Case, me: User | None, *, was_sent: bool = False) -> str:
    """Why an edit was not sent: "Somebody set P1 on OPS-12 (you saw P3): yours was not sent."

    Who changed a case last, and when, is told apart: that need not have been this field.

    Args:
        was_sent: It was sent before, and its answer was lost.
    """
    their_change = edit.change.inverse(theirs)
    did = f"{their_change.past} {edit.key}" if their_change else f"changed {edit.key}"
    last = _last_change(theirs, me)
    if edit.guard is not None:
        since = f"{edit.key} was changed since"
        what = f"Somebody {did} (you left it at {edit.guard.value})."
        if was_sent:
            return f"{since}. {what}{last}{_LOST}"
        return f"{since}: it was not undone. {what}{last}"
    seen = edit.change.inverse(edit.seen) if edit.seen else None
    what = f"Somebody {did}" + (f" (you saw {seen.value})" if seen else "")
    return f"{what}.{last}{_LOST}" if was_sent else f"{what}: yours was not sent.{last}"


def in_short(why: str) -> str:
    """What `told` said, without who changed the case last: for where there is little room."""
    return why.partition(_LAST)[0]


def lately(why: str, theirs: Case, now: datetime) -> str:
    """What `told` said, with how long ago in place of the time: for now, and not to be kept."""
    when = theirs.modified_at
    return why.replace(_at(when), f" {_ago(when, now)}", 1) if when else why


def _last_change(theirs: Case, me: User | None) -> str:
    """A sentence about the last change of any field; "" if nothing is known of it."""
    by, when = theirs.modified_by, theirs.modified_at
    if by is None and when is None:
        return ""
    mine = by is not None and me is not None and by.id == me.id
    who = " by you, elsewhere," if mine else f" by {by.label}" if by else ""
    return f"{_LAST}{who}{_at(when) if when else ''}."


def _at(when: datetime) -> str:
    return f" at {absolute(when)}"


def _ago(then: datetime, now: datetime) -> str:
    """To the second within the last minute: that is when two people are at the same case."""
    seconds = round((now - then).total_seconds())
    return f"{seconds} s ago" if 0 < seconds < 60 else ago(then, now)
