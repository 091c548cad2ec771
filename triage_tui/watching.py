"""What is new or different among the cases of a query, one reading after the other.

Nothing is told twice, and nothing is lost while somebody is slow to hear it: an event is made of
what was told last and of what is known now, whatever lies between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

Record = Mapping[str, object]
"""A case as JSON has it: `id`, `created_at`, `modified_at`, and whatever else there is."""

NEW, CHANGED, GONE = "new", "changed", "gone"
KINDS = (NEW, CHANGED, GONE)

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a case.

    Attributes:
        kind: One of `KINDS`: it began to match, it is different, or it matches no longer.
        at: When that was read.
        case: As it is now; of one that is gone, as it was last.
        changed: Of a case that is different, the values before and now by the names of the fields.
    """

    kind: str
    at: datetime
    case: Record
    changed: Mapping[str, tuple[object, object]] = field(default_factory=dict)

    @property
    def case_id(self) -> str:
        return str(self.case["id"])


@dataclass(frozen=True, slots=True)
class Reading:
    """The cases that match, newest first.

    Attributes:
        whole: There are no others; False if only the newest were read.
        steady: The list did not move while its pages were read.
    """

    cases: Sequence[Record]
    whole: bool = True
    steady: bool = True


class Watching:
    """Compares readings with what was told.

    Args:
        kinds: The kinds of events that are wanted.
        told: The cases as they were told last, by id; None if the first reading is the beginning.
        floor: When the oldest of them was created, if older ones match that nobody read.
    """

    def __init__(
        self,
        kinds: Iterable[str],
        told: Mapping[str, Record] | None = None,
        floor: datetime | None = None,
    ) -> None:
        self._kinds = frozenset(kinds)
        self._begun = told is not None
        self.told: dict[str, Record] = dict(told or {})
        self.floor = floor
        self._waiting: dict[str, Event] = {}

    @property
    def waiting(self) -> int:
        """How many events nobody has heard yet."""
        return len(self._waiting)

    def take(self, reading: Reading, at: datetime) -> None:
        """Compare a reading, made at this time, with what was told."""
        now = {str(case["id"]): case for case in reading.cases}
        if not self._begun:
            self.told, self._begun = dict(now), True
        else:
            for event in sorted(self._events(reading, now, at), key=_when):
                self._add(event)
        if reading.steady:
            oldest = reading.cases[-1] if reading.cases else None
            self.floor = None if reading.whole or oldest is None else _created(oldest)

    def _events(self, reading: Reading, now: Mapping[str, Record], at: datetime) -> Iterator[Event]:
        for case_id, case in now.items():
            before = self.told.get(case_id)
            if before is None:
                if self.floor and _created(case) <= self.floor:
                    # It matched before, and was beyond what was read.
                    self.told[case_id] = case
                else:
                    yield Event(NEW, at, case)
            elif _modified(case) < _modified(before):
                continue  # A search may lag behind what it told before.
            elif changed := differences(before, case):
                yield Event(CHANGED, at, case, changed)
            elif case_id in self._waiting:
                del self._waiting[case_id]  # It is again what it was.
        if not reading.steady:
            return
        oldest = _created(reading.cases[-1]) if reading.cases and not reading.whole else None
        for case_id in [one for one in self.told if one not in now]:
            case = self.told[case_id]
            if oldest and _created(case) <= oldest:
                # Newer ones took its place in what is read.
                del self.told[case_id]
                self._waiting.pop(case_id, None)
            else:
                waits = self._waiting.get(case_id)
                yield Event(GONE, at, waits.case if waits else case)

    def _add(self, event: Event) -> None:
        if event.kind in self._kinds:
            # In the place of the earlier event: nobody waits longer because more happens.
            self._waiting[event.case_id] = event
        elif event.kind != GONE or event.case_id not in self._waiting:
            self._waiting.pop(event.case_id, None)
            self._note(event)

    def next(self) -> Event | None:
        """The event that waits longest; None if none does."""
        return next(iter(self._waiting.values()), None)

    def heard(self, event: Event) -> None:
        """An event was told."""
        self._waiting.pop(event.case_id, None)
        self._note(event)

    def _note(self, event: Event) -> None:
        if event.kind == GONE:
            self.told.pop(event.case_id, None)
        else:
            self.told[event.case_id] = event.case


def differences(before: Record, now: Record) -> dict[str, tuple[object, object]]:
    """The values before and now of what differs; each attribute is a field of its own."""
    ours, theirs = _flat(before), _flat(now)
    return {
        name: (ours.get(name), theirs.get(name))
        for name in dict.fromkeys((*theirs, *ours))
        if ours.get(name) != theirs.get(name)
    }


def _flat(record: Record) -> dict[str, object]:
    fields = {name: value for name, value in record.items() if name != "attributes"}
    attributes = record.get("attributes")
    if isinstance(attributes, Mapping):
        fields |= {f"attributes.{name}": value for name, value in attributes.items()}
    return fields


def _created(case: Record) -> datetime:
    return datetime.fromisoformat(str(case["created_at"]))


def _modified(case: Record) -> datetime:
    at = case.get("modified_at")
    return datetime.fromisoformat(str(at)) if at else _BEGINNING


def _when(event: Event) -> datetime:
    """When it happened, as far as the case tells."""
    return _modified(event.case) if event.kind == CHANGED else _created(event.case)
