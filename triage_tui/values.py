"""What a person types for a field, read: days, lists of values, values of custom attributes."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from math import isfinite
from urllib.parse import urlsplit

from triage_tui.field_changes import number_or_text
from triage_tui.models import CustomValue, Definition
from triage_tui.text import clean, nearest

DAY_HELP = "2026-03-05, +3d, +2w, +1m, today, tomorrow, friday; empty for none"

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LATER = re.compile(r"\+?\s*(\d{1,4})\s*([dwm]|days?|weeks?|months?)")
_SHOWN = 60


class Unclear(ValueError):
    """What was typed cannot be a value of the field; the text is a sentence that says why."""


def day(text: str, today: date) -> str | None:
    """The day that is meant, `YYYY-MM-DD`; None for none.

    Args:
        today: Where the person is. A weekday is the next one after it.

    Raises:
        Unclear: It is no day.
    """
    typed = text.strip().lower()
    if typed in ("", "none", "-"):
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed):
        try:
            return date.fromisoformat(typed).isoformat()
        except ValueError:
            raise Unclear(f"There is no such day as {typed}.") from None
    try:
        found = _relative(typed, today)
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise Unclear(f"“{clean(text.strip(), limit=40)}” is no day: {DAY_HELP}.")
    return found.isoformat()


def _relative(typed: str, today: date) -> date | None:
    if typed in ("today", "tomorrow"):
        return today + timedelta(days=typed == "tomorrow")
    if later := _LATER.fullmatch(typed):
        count, unit = int(later[1]), later[2][0]
        if unit == "m":
            return _months_later(today, count)
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    name = typed.removeprefix("next ").strip()
    days = [number for number, day in enumerate(_WEEKDAYS) if day.startswith(name)]
    if len(name) >= 2 and len(days) == 1:
        return today + timedelta(days=(days[0] - today.weekday() - 1) % 7 + 1)
    return None


def _months_later(today: date, months: int) -> date:
    """The same day of a later month, or the last day of it."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def listed(text: str) -> tuple[str, ...]:
    """The values on the lines of a text, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


def written(values: Sequence[str | float]) -> str:
    """Values as `listed` reads them."""
    return "\n".join(map(number_or_text, values))


def custom(text: str, definition: Definition) -> CustomValue | None:
    """The value of a custom attribute that is meant; None for none.

    Raises:
        Unclear: The attribute cannot hold it.
    """
    typed = listed(text) if definition.is_multi else tuple(filter(None, [text.strip()]))
    if not typed:
        return None
    values: tuple[str | float, ...] = typed
    if definition.type == "NUMBER":
        values = tuple(map(_number, typed))
    elif definition.type == "URL":
        for one in typed:
            _check_url(one)
    elif definition.type == "SELECT" and definition.options:
        values = tuple(_option(one, definition) for one in typed)
    return CustomValue(definition.type, definition.is_multi, values)


def _number(typed: str) -> float:
    try:
        value = float(typed)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or "_" in typed:
        raise Unclear(f"“{clean(typed, limit=_SHOWN)}” is no number: write it as 12 or 1.5.")
    return value


def _check_url(typed: str) -> None:
    try:
        parts = urlsplit(typed)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in typed
    except ValueError:
        good = False
    if not good:
        raise Unclear(
            f"“{clean(typed, limit=_SHOWN)}” is no address: it begins with https:// or http://."
        )


def _option(typed: str, definition: Definition) -> str:
    if typed in definition.options:
        return typed
    alike = [one for one in definition.options if one.casefold() == typed.casefold()]
    if len(alike) == 1:
        return alike[0]
    meant = nearest(typed, definition.options)
    advice = f"did you mean {meant}?" if meant else f"there are {', '.join(definition.options)}."
    raise Unclear(
        f"“{clean(typed, limit=_SHOWN)}” is none of the options; {clean(advice, limit=200)}"
    )
