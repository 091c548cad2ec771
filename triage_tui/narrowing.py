"""The filter over the loaded rows, which asks no server."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.models import Case


class Narrowing:
    """Keeps the rows in which every typed word is found.

    What was kept stays until other words are typed, whatever becomes of it: no row goes away under
    the cursor because somebody changed it.
    """

    def __init__(self) -> None:
        self._words: tuple[str, ...] = ()
        self._texts: dict[str, tuple[Case, str]] = {}
        self._read: list[str] = []
        """The texts of the first of the rows that were asked for last."""
        self._read_of: Sequence[Case] = ()
        self._kept: set[str] = set()
        self._rows: Sequence[Case] | None = None
        self._found: Sequence[Case] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, in lower case; () lets everything through."""
        return self._words

    def type(self, text: str) -> bool:
        """Look for these words from now on; False if they are the same."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return False
        self._words, self._rows = words, None
        self._kept.clear()
        return True

    def forget(self) -> None:
        """Let everything through, and read everything anew when words are typed again."""
        self.type("")
        self._texts.clear()
        self._read, self._read_of = [], ()

    def read(self, rows: Sequence[Case], at_most: int) -> bool:
        """Read what is in so many more of the rows; True when all are read.

        Whoever does not want to wait for ten thousand rows calls it again and again before `rows`.
        """
        if rows is not self._read_of:
            self._read, self._read_of = [], rows
        texts, read = self._texts, self._read
        for case in rows[len(read) : len(read) + at_most]:
            known = texts.get(case.id)
            if known is None or known[0] is not case:
                known = texts[case.id] = case, _text(case)
            read.append(known[1])
        return len(read) == len(rows)

    def rows(self, rows: Sequence[Case]) -> Sequence[Case]:
        """Those of the rows that are kept, in order."""
        if not self._words:
            return rows
        if rows is not self._rows:
            self.read(rows, len(rows))
            first, *more = self._words
            places = [place for place, text in enumerate(self._read) if first in text]
            for word in more:
                places = [place for place in places if word in self._read[place]]
            if self._kept:
                kept = [place for place, case in enumerate(rows) if case.id in self._kept]
                places = sorted({*places, *kept})
            self._found = [rows[place] for place in places]
            self._kept = {case.id for case in self._found}
            self._rows = rows
        return self._found

    def hidden(self, case_ids: Sequence[str]) -> int:
        """How many of these cases are not shown."""
        return sum(one not in self._kept for one in case_ids) if self._words else 0

    def shown(self, case_ids: Sequence[str]) -> tuple[str, ...]:
        """Those of these cases that are shown."""
        return tuple(one for one in case_ids if not self._words or one in self._kept)


def _text(case: Case) -> str:
    """What can be found of a case: what a row can show of it."""
    who = case.assignee.label if case.assignee else ""
    values = (value for found in case.attributes.values() for value in found)
    parts = (case.key, case.title, case.status_name, case.priority, who, *values)
    return "\n".join(parts).casefold()
