"""Texts that were begun and not sent: kept on this machine until they are, whatever happens."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from triage_tui import plain
from triage_tui.local_state import LocalState
from triage_tui.models import NewCase

KIND, HAND_OVER = "draft", "review draft"
"""Under which texts are remembered: those of cases, and what is added to a report."""

_NEW_CASE = "new case "


class Drafts:
    """Drafts of comments by the cases they are for, and of new cases.

    Args:
        local: Where they are kept.
    """

    def __init__(self, local: LocalState) -> None:
        self._local = local

    def __len__(self) -> int:
        return len(self._local.all(KIND))

    # Texts

    def text(self, name: str) -> str:
        """The text that is kept under a name; "" if there is none."""
        kept = self._local.get(KIND, name)
        return kept if isinstance(kept, str) else ""

    def keep(self, name: str, text: str) -> bool:
        """Keep a text in place of the one under the same name; False if there is nothing in it."""
        if text.strip():
            self._local.put(KIND, text, name)
        else:
            self.forget(name)
        return bool(text.strip())

    def keep_too(self, name: str, text: str) -> None:
        """Keep a text behind what is kept under the same name already."""
        kept = self.text(name)
        self.keep(name, f"{kept}\n\n{text}" if kept and kept != text else text)

    def forget(self, name: str) -> None:
        """Nothing is kept under this name any more."""
        self._local.forget(KIND, [name])

    # New cases

    def new_case(self) -> tuple[str, NewCase] | None:
        """The new case that was kept last, and its name; None if there is none."""
        for name, value in self._local.all(KIND).items():
            if name.startswith(_NEW_CASE) and (new := _read(value)):
                return name, new
        return None

    def name_for_new_case(self) -> str:
        """A name for one more new case."""
        taken = [
            int(number)
            for name in self._local.all(KIND)
            if name.startswith(_NEW_CASE) and (number := name.removeprefix(_NEW_CASE)).isdecimal()
        ]
        return f"{_NEW_CASE}{max(taken, default=0) + 1}"

    def keep_new_case(self, name: str, new: NewCase) -> bool:
        """Keep a new case under a name; False if there is nothing in it."""
        begun = bool(new.title.strip() or new.description.strip())
        if begun:
            self._local.put(KIND, plain.encode(new), name)
        else:
            self.forget(name)
        return begun

    def forget_new_case(self, new: NewCase) -> None:
        """A new case like this is none to be kept any more."""
        for name, value in self._local.all(KIND).items():
            if name.startswith(_NEW_CASE) and _read(value) == new:
                self.forget(name)


def comment_on(case_ids: Iterable[str]) -> str:
    """The name of a comment on these cases."""
    ids = list(case_ids)
    if len(ids) == 1:
        return f"comment {ids[0]}"
    return f"comments {sha256(' '.join(sorted(ids)).encode()).hexdigest()}"


def edit_of(cell_id: str) -> str:
    """The name of what a comment is to say instead."""
    return f"edited {cell_id}"


def _read(value: object) -> NewCase | None:
    if not isinstance(value, str):
        return None
    try:
        return plain.decode(NewCase, value)
    except plain.Unfit:
        return None
