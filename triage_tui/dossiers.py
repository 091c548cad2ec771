"""What is known around cases beside their rows and comments, and what is to be read next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from triage_tui.models import Case, CaseLink, HistoryEntry, User

MOST_KEPT = 200
"""Cases whose dossiers are kept."""

MOST_RAW = 20
"""Cases whose bare answers are kept, which may have megabytes."""

AHEAD = (1, 2, 3, -1)
"""Rows around the cursor whose cases are read before anybody asks, by their distance, in order."""

NO_HISTORY = "This server tells comments only, and no changes of fields."


class Section(Enum):
    """What the detail shows of a case, one at a time."""

    OVERVIEW = "Overview"
    TIMELINE = "Timeline"
    INSIGHTS = "Insights"
    FIELDS = "Fields"
    RAW = "Raw"

    def beside(self, by: int) -> Section:
        """The section so many tabs further on; the first one follows on the last."""
        sections = list(Section)
        return sections[(sections.index(self) + by) % len(sections)]


class Part(Enum):
    """Something of a dossier that is read by a request of its own."""

    HISTORY = "history"
    LINKS = "links"
    WATCHERS = "watchers"
    RAW = "raw"


PARTS: Mapping[Section, tuple[Part, ...]] = {
    Section.OVERVIEW: (),
    Section.TIMELINE: (Part.HISTORY,),
    Section.INSIGHTS: (),
    Section.FIELDS: (Part.LINKS, Part.WATCHERS),
    Section.RAW: (Part.RAW,),
}
"""What the sections show beside the case and its comments."""

_TOLD_BY_THE_CASE = (Part.HISTORY, Part.RAW)
"""What is out of date when the case has changed."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known around one case; None for what is not read yet.

    Attributes:
        history: Oldest first.
        raw: The answer about the case as JSON, its keys in order.
        problems: Why parts could not be read, a sentence each.
    """

    history: tuple[HistoryEntry, ...] | None = None
    links: tuple[CaseLink, ...] | None = None
    watchers: tuple[User, ...] | None = None
    raw: str | None = None
    problems: Mapping[Part, str] = field(default_factory=dict)


class Dossiers:
    """The dossiers of the cases that were looked at.

    Attributes:
        no_history: The server does not know what changed on cases.
        others: Cases that are linked to, and are not in the list.
    """

    def __init__(self) -> None:
        self.no_history = False
        self.others: dict[str, Case] = {}
        self._kept: dict[str, Dossier] = {}
        self._as_of: dict[tuple[str, Part], datetime | None] = {}

    def of(self, case_id: str) -> Dossier:
        """What is known around a case."""
        return self._kept.get(case_id, _NOTHING)

    def wanted(self, case: Case, section: Section) -> list[Part]:
        """What is to be read before a section of a case can be shown as it is now."""
        known, wanted = self.of(case.id), []
        for part in PARTS[section]:
            if part is Part.HISTORY and self.no_history:
                continue
            at = case.id, part
            told = part in _TOLD_BY_THE_CASE
            fresh = at in self._as_of and not (told and self._as_of[at] != case.modified_at)
            if getattr(known, part.value) is None or not fresh:
                wanted.append(part)
        return wanted

    def left_out(self, section: Section) -> str:
        """What this server cannot tell of a section, as a sentence; "" if it can tell all."""
        return NO_HISTORY if section is Section.TIMELINE and self.no_history else ""

    def take_in(self, case: Case, part: Part, value: object) -> None:
        """Keep a part that was read, as of the case as it is."""
        known = self._kept.pop(case.id, _NOTHING)
        problems = {one: why for one, why in known.problems.items() if one is not part}
        # At the end: the one that nobody looked at for longest is the first to go.
        self._kept[case.id] = replace(known, **{part.value: value}, problems=problems)  # type: ignore[arg-type]
        self._as_of[case.id, part] = case.modified_at
        self._forget_the_oldest()

    def failed(self, case_id: str, part: Part, why: str) -> None:
        """A part could not be read; what was known of it stays."""
        known = self.of(case_id)
        self._kept[case_id] = replace(known, problems={**known.problems, part: why})

    def forget(self, case_id: str, *parts: Part) -> None:
        """Read these parts of a case again when they are looked at; all of them if none is named.

        They are shown as they were until then.
        """
        for part in parts or Part:
            self._as_of.pop((case_id, part), None)

    def _forget_the_oldest(self) -> None:
        while len(self._kept) > MOST_KEPT:
            gone = next(iter(self._kept))
            del self._kept[gone]
            for part in Part:
                self._as_of.pop((gone, part), None)
        with_raw = [case_id for case_id, one in self._kept.items() if one.raw is not None]
        for case_id in with_raw[:-MOST_RAW]:
            self._kept[case_id] = replace(self._kept[case_id], raw=None)
        while len(self.others) > MOST_KEPT:
            del self.others[next(iter(self.others))]

    def strangers(self, case_id: str, known: Callable[[str], Case | None]) -> list[str]:
        """Ids of the cases that a case is linked to and of which nothing is known."""
        ends = linked_cases(case_id, self.of(case_id).links or ())
        return [one for one in ends if one not in self.others and known(one) is None]


_NOTHING = Dossier()


def linked_cases(case_id: str, links: Iterable[CaseLink]) -> list[str]:
    """Ids of the cases at the other ends of a case's links, each once."""
    ends = [
        end
        for link in links
        for kind, end in ((link.parent_type, link.parent_id), (link.child_type, link.child_id))
        if kind == "CASE" and end != case_id
    ]
    return list(dict.fromkeys(ends))


def to_read_ahead(
    case_ids: Sequence[str], cursor_id: str | None, wanted: Callable[[str], bool]
) -> str | None:
    """The case around the cursor that should be read next, before anybody asks for it."""
    if cursor_id not in case_ids:
        return None
    at = case_ids.index(cursor_id)
    near = (at + by for by in AHEAD)
    return next((case_ids[n] for n in near if 0 <= n < len(case_ids) and wanted(case_ids[n])), None)
