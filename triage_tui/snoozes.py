"""Cases that a person put off: hidden from their lists until a time, on this machine only.

The server is never told. Whoever else wants to know what is put off in a place asks `put_off` with
its `LocalState`: that is all there is to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol

from triage_tui.models import PRIORITIES, Case
from triage_tui.text import clean

KIND = "snooze"
"""Under which they are remembered."""

MORNING = time(9)
"""When a day begins for which no time is said."""

NIGHT_ENDS = 8
"""Hour before which the morning of the same day is worth offering."""

LONGEST = timedelta(days=366)

UNTIL_HELP = "2h, 1h30m, 3d, 17:30, tomorrow, fri 14:00, 2026-11-25 09:00"

_KEPT_AFTER = timedelta(days=30)
"""For how long it is remembered of a case that nobody saw again."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(?:(\d{1,3})w)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


class Memory(Protocol):
    """Where they are kept, as `LocalState` does it."""

    def all(self, kind: str) -> dict[str, Any]: ...

    def put_all(self, kind: str, values: Mapping[str, Any]) -> None: ...

    def forget(self, kind: str, names: Iterable[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Snooze:
    """A case that is put off.

    Attributes:
        since: When that was decided.
        priority, closed: As the case was then.
    """

    case_id: str
    key: str
    title: str
    since: datetime
    until: datetime
    priority: str
    closed: bool

    def back(self, case: Case | None, now: datetime, me_id: str = "") -> str:
        """That the case is back and why, "back: its time is over"; "" while it is put off.

        Args:
            case: As it is now, if that is known.
            me_id: Whose own changes are no reason.
        """
        if now >= self.until:
            return "back: its time is over"
        if case is None:
            return ""
        by = case.modified_by
        if by and by.id == me_id:
            return ""
        who = clean(by.label, limit=60) if by else "somebody"
        if self.closed and not case.closed:
            return f"back early: {who} reopened it"
        if _rank(case.priority) < _rank(self.priority):
            return f"back early: {who} set {case.priority}"
        return ""


def _rank(priority: str) -> int:
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)


def put_off(memory: Memory) -> tuple[Snooze, ...]:
    """All cases of a place that are put off, the first to come back first.

    Those are among them whose time is over, as long as their return was not shown.
    """
    found = (_read(case_id, value) for case_id, value in memory.all(KIND).items())
    return tuple(sorted((one for one in found if one), key=lambda one: (one.until, one.key)))


def _read(case_id: str, value: object) -> Snooze | None:
    if not isinstance(value, dict):
        return None
    texts = [value.get(name) for name in ("key", "title", "priority")]
    times = [value.get(name) for name in ("since", "until")]
    if not all(isinstance(one, str) for one in texts):
        return None
    if not all(isinstance(one, int | float) for one in times):
        return None
    try:
        since, until = (datetime.fromtimestamp(one, UTC) for one in times)  # type: ignore[arg-type]
    except (ValueError, OverflowError, OSError):
        return None
    key, title, priority = map(str, texts)
    return Snooze(case_id, key, title, since, until, priority, value.get("closed") is True)


class Snoozes:
    """What is put off in a place.

    Attributes:
        version: Another one after every change.
    """

    def __init__(self, memory: Memory, now: datetime) -> None:
        self.version = 0
        self._memory = memory
        self._all = {one.case_id: one for one in put_off(memory)}
        if old := [one.case_id for one in self if one.until < now - _KEPT_AFTER]:
            self.set(dict.fromkeys(old))

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Snooze]:
        return iter(self._all.values())

    def __contains__(self, case_id: object) -> bool:
        return case_id in self._all

    def get(self, case_id: str) -> Snooze | None:
        """What was decided about a case; None if it is not put off."""
        return self._all.get(case_id)

    def set(self, wanted: Mapping[str, Snooze | None]) -> dict[str, Snooze | None]:
        """Put cases off, or call them back (None); what was in force before, to go back to."""
        before = {case_id: self._all.get(case_id) for case_id in wanted}
        put = {case_id: one for case_id, one in wanted.items() if one}
        gone = [case_id for case_id in wanted if case_id not in put]
        for case_id in gone:
            self._all.pop(case_id, None)
        self._all |= put
        if put:
            self._memory.put_all(KIND, {case_id: _plain(one) for case_id, one in put.items()})
        if gone:
            self._memory.forget(KIND, gone)
        self.version += 1
        return before


def snooze(case: Case, now: datetime, until: datetime) -> Snooze:
    """A case as it is put off now."""
    title = clean(case.title, limit=200)
    return Snooze(case.id, case.key, title, now, until, case.priority, case.closed)


def _plain(one: Snooze) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "since": one.since.timestamp(),
        "until": one.until.timestamp(),
        "priority": one.priority,
        "closed": one.closed,
    }


# Times


class NoTime(ValueError):
    """What was typed is no time to come; the text is a sentence that says why."""


def offered(now: datetime, zone: tzinfo | None = None) -> list[tuple[str, str, datetime]]:
    """The usual times: a letter, the words for it, and when it is.

    Args:
        zone: Where the person is; as the system says if None.
    """
    here = now.astimezone(zone)
    today = here.date()
    monday = today + timedelta(days=7 - today.weekday())
    times = [
        ("1", "1 hour", now + timedelta(hours=1)),
        ("4", "4 hours", now + timedelta(hours=4)),
        ("t", "Tomorrow 9:00", _at(today + timedelta(days=1), MORNING, zone)),
        ("m", "Monday 9:00", _at(monday, MORNING, zone)),
    ]
    if here.hour < NIGHT_ENDS:
        times.insert(2, ("9", "This morning 9:00", _at(today, MORNING, zone)))
    return times


def until(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The time that is meant by what a person typed.

    Args:
        zone: Where the person is; as the system says if None.

    Raises:
        NoTime: It is none, or none that is to come within a year.
    """
    typed = " ".join(text.lower().split())
    shown = clean(text.strip(), limit=40)
    try:
        found = _span(typed, now) or _moment(typed, now, zone)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise NoTime(f"“{shown}” is no time, such as 2h, 17:30 or fri 14:00.")
    if found <= now:
        raise NoTime(f"“{shown}” is over.")
    if found - now > LONGEST:
        raise NoTime(f"“{shown}” is more than a year away.")
    return found


def _span(typed: str, now: datetime) -> datetime | None:
    found = _SPAN.fullmatch(typed.removeprefix("+").replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups())
    return now + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _moment(typed: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    today = now.astimezone(zone).date()
    if _CLOCK.fullmatch(typed):
        found = _at(today, _clock(typed), zone)
        return found if found > now else _at(today + timedelta(days=1), _clock(typed), zone)
    word, _, clock = (
        typed.replace("t", " ", 1).partition(" ") if typed[:1].isdigit() else (typed.partition(" "))
    )
    at = _clock(clock) if clock else MORNING
    if len(word) >= 3 and ("tomorrow".startswith(word) or word == "today"):
        return _at(today + timedelta(days=word != "today"), at, zone)
    if len(word) >= 3 and word[:3] in _DAYS and _FULL[word[:3]].startswith(word):
        ahead = (_DAYS.index(word[:3]) - today.weekday()) % 7
        found = _at(today + timedelta(days=ahead), at, zone)
        return found if found > now else _at(today + timedelta(days=ahead + 7), at, zone)
    return _at(date.fromisoformat(word), at, zone) if len(word) == 10 else None


_FULL = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError
    return time(int(found[1]), int(found[2]))


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    here = datetime.combine(day, clock)
    # Where the clocks are changed in between, it is the time on the wall that counts.
    aware = here.replace(tzinfo=zone) if zone else here.astimezone()
    return aware.astimezone(UTC)


def told(when: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A time to come as people say it: "17:30", "Mon 9:00", "2026-11-25 9:00"."""
    there, here = when.astimezone(zone), now.astimezone(zone)
    clock = f"{there.hour}:{there:%M}"
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if 0 < days < 7:
        return f"{_DAYS[there.weekday()].capitalize()} {clock}"
    return f"{there:%Y-%m-%d} {clock}"
