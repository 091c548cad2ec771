"""The time that a report is about, from what a person types or has configured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from triage_tui.errors import ConfigError
from triage_tui.reports.model import Window
from triage_tui.text import clean, nearest

LONGEST = timedelta(days=366)

_SPAN = re.compile(r"(\d{1,5})\s*(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHIFT = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)(?:\s+(\S+))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that comes every day.

    Attributes:
        begin, end: By the clocks of its zone; it ends the day after if `end` is not later.
    """

    name: str
    begin: time
    end: time
    zone: tzinfo

    def last(self, now: datetime) -> Window:
        """The shift that is running, up to now, or else the one that ended last."""
        today = now.astimezone(self.zone).date()
        windows = (self._of(today + timedelta(days=days)) for days in (0, -1, -2))
        start, end = next(pair for pair in windows if pair[0] < now)
        if end > now:
            return Window(start, now, self.zone, self.name, running=True)
        return Window(start, end, self.zone, self.name)

    def _of(self, day: date) -> tuple[datetime, datetime]:
        until = day if self.begin < self.end else day + timedelta(days=1)
        return moment(day, self.begin, self.zone), moment(until, self.end, self.zone)


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """When the clocks of a zone show a time on a day, in UTC.

    The first time, where they show it twice; where they skip it, as long after midnight as if they
    did not.
    """
    return datetime.combine(day, clock, zone).astimezone(UTC)


def zone_of(name: str) -> tzinfo:
    """The zone with this name, as in "Europe/Berlin".

    Raises:
        ConfigError: There is none.
    """
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"There is no time zone “{clean(name, limit=60)}”: write it as Europe/Berlin or UTC."
        ) from None


def shift_of(name: str, text: str, zone: tzinfo) -> Shift:
    """The shift that a configuration describes: "22:00-08:00 Europe/Berlin".

    Args:
        zone: That of the person, if the text names none.

    Raises:
        ConfigError: It describes none.
    """
    found = _SHIFT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        begin, end = time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))
    except ValueError:
        raise ConfigError(
            f"The shift “{clean(name, limit=40)}” is “{clean(text, limit=60)}”: write it as "
            '"22:00-08:00 Europe/Berlin".'
        ) from None
    return Shift(name, begin, end, zone_of(found[5]) if found[5] else zone)


def named(name: str, shifts: Mapping[str, str], now: datetime, zone: tzinfo) -> Window:
    """The window of the shift with this name, out of those that are configured.

    Raises:
        ConfigError: There is none.
    """
    if name in shifts:
        return shift_of(name, shifts[name], zone).last(now)
    said = clean(name, limit=60)
    if not shifts:
        raise ConfigError(
            f"There is no shift “{said}”: the configuration has no [shifts]. Write one there as "
            'night = "22:00-08:00 Europe/Berlin", or use --since.'
        )
    meant = nearest(name, shifts)
    advice = f"did you mean {meant}?" if meant else f"there are {', '.join(shifts)}."
    raise ConfigError(f"There is no shift “{said}”; {clean(advice, limit=200)}")


def since(text: str, now: datetime, zone: tzinfo) -> Window:
    """From so long ago until now: "8h", "90m", "2d".

    Raises:
        ConfigError: It is no duration, or too long a one.
    """
    found = _SPAN.fullmatch(text.strip().lower())
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not span:
        raise ConfigError(
            f"--since “{clean(text, limit=40)}” is no duration: write it as 8h, 90m or 2d."
        )
    return _checked(Window(now - span, now, zone))


def between(begin: str, end: str, now: datetime, zone: tzinfo) -> Window:
    """From one time to another, by the clocks of the zone; "" for the end is now.

    "22:00" is the last time that clocks showed it, "2026-11-20 22:00" says the day, "2026-11-20" is
    its midnight, and "2026-11-20T22:00Z" is a time anywhere.

    Raises:
        ConfigError: One of them is no time, or they are in the wrong order.
    """
    until = _read("--to", end, now, zone) if end.strip() else now
    start = _read("--from", begin, until, zone)
    if until > now:
        raise ConfigError("--to is still to come: leave it out for a report until now.")
    return _checked(Window(start, until, zone))


def _read(option: str, text: str, latest: datetime, zone: tzinfo) -> datetime:
    typed = text.strip()
    try:
        if clock := _CLOCK.fullmatch(typed):
            shown = time(int(clock[1]), int(clock[2]))
            today = latest.astimezone(zone).date()
            found = moment(today, shown, zone)
            return found if found <= latest else moment(today - timedelta(days=1), shown, zone)
        read = datetime.fromisoformat(typed)
        if read.tzinfo is None:
            return moment(read.date(), read.time(), zone)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{option} “{clean(text, limit=40)}” is no time: write it as 22:00, "
            "2026-11-20 22:00 or 2026-11-20T22:00Z."
        ) from None


def _checked(window: Window) -> Window:
    if window.start >= window.end:
        raise ConfigError("--from is not before --to: a report needs some time between them.")
    if window.end - window.start > LONGEST:
        raise ConfigError(f"A report is about {LONGEST.days} days at most.")
    return window
