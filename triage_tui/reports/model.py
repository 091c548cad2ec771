"""What the report of a shift says, as values: for screens to walk and for writers to write.

A report holds parts in reading order, parts hold sections, and sections hold a line for each case.
Texts in it come from outside: whoever shows or writes them makes them safe for the medium.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

SCHEMA = 1
"""Version of what reports hold. It rises when the meaning of something that was there changes."""

CEILING = 2.0
"""P1 and P2 that people can bear in twelve hours: dealing with an incident takes six."""


class Known(StrEnum):
    """How far something can be relied on."""

    EXACT = "exact"
    OBSERVED = "observed"
    """As far as this machine or the cases themselves show it; there may have been more."""
    UNKNOWN = "not known"
    """The server does not tell."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a report is about.

    Attributes:
        start, end: Aware; `end` itself is not in it.
        name: Of the shift, or "".
        running: The shift goes on after `end`.
        zone: Where its people are.
    """

    start: datetime
    end: datetime
    zone: tzinfo
    name: str = ""
    running: bool = False

    @property
    def zone_name(self) -> str:
        """As in "Europe/Berlin", or "UTC"."""
        return str(getattr(self.zone, "key", None) or self.zone.tzname(None) or self.zone)

    @property
    def hours(self) -> float:
        """How long it is: a night is an hour shorter or longer when the clocks change."""
        return (self.end - self.start) / timedelta(hours=1)

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a section, and why it is there.

    Attributes:
        status: Its name; `status_group` is one of `models.STATUS_GROUPS`.
        assignee: "" for nobody.
        why: Words: "opened 3 h ago", "P3 → P1".
        at: When what put it here happened, or None.
        by: Who did that; "" if nobody knows or nobody did.
        last: The last thing that is known to have been said about it, or "".
        url: Its page, or "" where there is none.
        note: What the person wrote about it for those who come next.
        known: Whether what put it here is certain.
    """

    case_id: str
    key: str
    title: str
    priority: str
    status: str
    status_group: str
    assignee: str
    created_at: datetime
    why: str
    at: datetime | None = None
    by: str = ""
    last: str = ""
    url: str = ""
    note: str = ""
    known: Known = Known.EXACT


@dataclass(frozen=True, slots=True)
class Section:
    """Cases that are in a report for the same reason.

    Attributes:
        id: Stays the same from report to report: "gaps.unassigned"; "noise.1" for clusters.
        total: Cases there are, which may be more than there are lines; None if nobody knows.
        remark: A sentence about what is missing or assumed, or "".
    """

    id: str
    title: str
    lines: tuple[Line, ...] = ()
    total: int | None = 0
    known: Known = Known.EXACT
    remark: str = ""

    @property
    def left_out(self) -> int:
        """Cases that have no line."""
        return max(0, (self.total or 0) - len(self.lines))


@dataclass(frozen=True, slots=True)
class Part:
    """Sections under one heading.

    Attributes:
        id: "action", "gaps", "happened", "carried", "deferred" or "noise".
        remark: As a section has it.
    """

    id: str
    title: str
    sections: tuple[Section, ...] = ()
    remark: str = ""

    @property
    def count(self) -> int:
        """Cases in all of its sections, each counted as often as it is in one."""
        return sum(section.total or 0 for section in self.sections)


@dataclass(frozen=True, slots=True)
class Flow:
    """How the number of open cases came to be: open is what is neither closed nor archived.

    Attributes:
        archived: Archived while they were open.
        restored: Brought back from the archive, and open.
        known: That of the least certain number.
    """

    start: int | None
    opened: int | None
    reopened: int | None
    restored: int | None
    closed: int | None
    archived: int | None
    end: int | None
    known: Known = Known.EXACT

    @property
    def net(self) -> int | None:
        """How many more are open at the end."""
        return None if self.start is None or self.end is None else self.end - self.start

    @property
    def residue(self) -> int | None:
        """What is open at the end and nothing accounts for; below 0 if too few are."""
        if self.start is None or self.end is None:
            return None
        came = (self.opened or 0) + (self.reopened or 0) + (self.restored or 0)
        return self.end - (self.start + came - (self.closed or 0) - (self.archived or 0))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases have which value of a field.

    Attributes:
        field: "priority", "status", "team", "service", "assignee" or "source".
        rows: Values as people read them, with their counts; most urgent or most frequent first.
        known: `UNKNOWN` if the server does not count by this field.
    """

    field: str
    title: str
    rows: tuple[tuple[str, int], ...]
    known: Known = Known.EXACT


@dataclass(frozen=True, slots=True)
class Spread:
    """Some durations, by rank; None where there are none.

    Attributes:
        count: How many.
        of: How many there should be, None if nobody knows: the coverage is `count` of `of`.
        p90: Nine of ten are no longer.
    """

    count: int
    median: timedelta | None = None
    p90: timedelta | None = None
    longest: timedelta | None = None
    of: int | None = None
    known: Known = Known.EXACT


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of the window, or a day of a long one.

    Attributes:
        label: Local: "22:00", or "Sat 21 Nov" for a day. Two hours have the same label in the
            night in which clocks are set back.
        kind: "business", "off" or "sleep"; "" for a day.
        urgent: P1 and P2 among the opened.
    """

    start: datetime
    end: datetime
    label: str
    opened: int
    closed: int
    urgent: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """P1 and P2 that came in, against what people can bear.

    Attributes:
        per_half_day: How many they are in twelve hours.
    """

    count: int
    hours: float
    ceiling: float = CEILING
    known: Known = Known.EXACT

    @property
    def per_half_day(self) -> float:
        return round(self.count * 12 / self.hours, 1) if self.hours else 0.0

    @property
    def too_much(self) -> bool:
        return self.per_half_day > self.ceiling


@dataclass(frozen=True, slots=True)
class Actions:
    """What was done in the window on this machine, from its journal.

    Attributes:
        verbs: What was done how often, most often first: ("closed", 12).
        cases: Different cases that it was done to.
        failed: Refused by the server, in conflict, or of unknown end.
        undone: Taken back.
        waiting: Not sent yet.
        known: `UNKNOWN` if there is no journal.
    """

    verbs: tuple[tuple[str, int], ...] = ()
    cases: int = 0
    failed: int = 0
    undone: int = 0
    waiting: int = 0
    known: Known = Known.EXACT


@dataclass(frozen=True, slots=True)
class Delta:
    """A figure now and then."""

    name: str
    before: float | None
    now: float | None

    @property
    def change(self) -> float | None:
        if self.before is None or self.now is None:
            return None
        return round(self.now - self.before, 1)


@dataclass(frozen=True, slots=True)
class Versus:
    """This window beside an earlier one.

    Attributes:
        title: "the report before" or "a week before".
        start, end: The earlier window.
    """

    title: str
    start: datetime
    end: datetime
    rows: tuple[Delta, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures.

    Attributes:
        by: Open cases as they are when the report is made, by several fields.
        backlog: How old the open cases are then; `buckets` counts them by age.
        to_close: From creation to closing, of what was closed in the window.
        to_first_touch: From creation to the first change by a person, of what was opened in it.
        slots: Arrivals beside closures, in order, without a gap.
        hours: For "business", "off" and "sleep": opened and closed then, in the person's zone.
    """

    flow: Flow
    by: tuple[Tally, ...]
    backlog: Spread
    buckets: tuple[tuple[str, int | None], ...]
    to_close: Spread
    to_first_touch: Spread
    slots: tuple[Slot, ...]
    hours: tuple[tuple[str, int, int], ...]
    load: Load
    actions: Actions
    versus: tuple[Versus, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A text of the person's own: near misses, changes, maintenance, tips.

    Attributes:
        title: What it is about, or "".
        text: May have several lines.
    """

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        place: What was looked at: "datadoghq.eu", "local workspace".
        query: The cases that it is about; "" for all.
        outgoing, incoming: Whose shift it was and whose comes next; "" if nobody says.
        verdict: One line that says how it is.
        coverage: Sentences: from how many cases it was made, and what could not be known.
        parts: In reading order; those without a case are there too.
        notes: Texts of the person's own; there may be none.
        redacted: Titles and what people wrote are hidden.
    """

    window: Window
    generated_at: datetime
    place: str
    query: str
    outgoing: str
    incoming: str
    verdict: str
    coverage: tuple[str, ...]
    parts: tuple[Part, ...]
    figures: Figures
    notes: tuple[Note, ...] = field(default=())
    redacted: bool = False

    def part(self, id: str) -> Part:
        """The part with this id, which every report has."""
        return next(part for part in self.parts if part.id == id)

    def section(self, id: str) -> Section:
        """The section with this id. Raises KeyError if there is none."""
        for section in self.sections():
            if section.id == id:
                return section
        raise KeyError(id)

    def sections(self) -> Iterator[Section]:
        """All sections in reading order."""
        for part in self.parts:
            yield from part.sections
