"""What the keys of a query stand for, and how their values are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from triage_tui.errors import QueryError
from triage_tui.models import PRIORITIES, STATUS_GROUPS


class Kind(Enum):
    """How the values of a key are compared."""

    TEXT = "text"
    ID = "id"
    STATUS = "status"
    CHOICE = "choice"
    USER = "user"
    MOMENT = "moment"
    DAY = "day"
    NUMBER = "number"
    FLAG = "flag"
    ATTRIBUTE = "attribute"

    @property
    def ordered(self) -> bool:
        """True if ranges and comparisons make sense."""
        return self in (Kind.MOMENT, Kind.DAY, Kind.NUMBER, Kind.ATTRIBUTE)


@dataclass(frozen=True, slots=True)
class Field:
    """A key of the query language.

    Attributes:
        about: What the key looks at, for a completion list.
        values: All values there are, if that is known.
        expects: What a value has to be, to follow "use" in a message; "" if anything will do.
    """

    kind: Kind
    about: str
    values: tuple[str, ...] = ()
    expects: str = ""


_A_DATE = "a date such as 2026-11-21, 2026-11-21T10:00:00Z, now or now-2d"

FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "status": Field(
            Kind.STATUS,
            "status, or all statuses of open, in_progress or closed",
            ("open", "in_progress", "closed"),
        ),
        "status_name": Field(Kind.TEXT, "the status under exactly this name"),
        "status_group": Field(
            Kind.CHOICE,
            "group the status belongs to",
            STATUS_GROUPS,
            "SG_OPEN, SG_IN_PROGRESS or SG_CLOSED",
        ),
        "priority": Field(
            Kind.CHOICE, "priority, P1 is most urgent", PRIORITIES, "P1 to P5 or NOT_DEFINED"
        ),
        "project": Field(Kind.TEXT, "key of the project"),
        "project_id": Field(Kind.ID, "id of the project"),
        "key": Field(Kind.TEXT, "key of the case, like OPS-17"),
        "assignee": Field(Kind.USER, "handle, e-mail or name of the assignee"),
        "assignee_id": Field(Kind.ID, "id of the assignee"),
        "created_by": Field(Kind.USER, "handle, e-mail or name of the creator"),
        "type": Field(Kind.TEXT, "type of the case, by code or name"),
        "type_id": Field(Kind.ID, "id of the type of the case"),
        "creation_source": Field(Kind.TEXT, "where the case came from"),
        "title": Field(Kind.TEXT, "the whole title"),
        "description": Field(Kind.TEXT, "the whole description"),
        "created_at": Field(Kind.MOMENT, "when the case was created", expects=_A_DATE),
        "modified_at": Field(Kind.MOMENT, "when the case last changed", expects=_A_DATE),
        "closed_at": Field(Kind.MOMENT, "when the case was closed", expects=_A_DATE),
        "archived_at": Field(Kind.MOMENT, "when the case was archived", expects=_A_DATE),
        "archived": Field(
            Kind.FLAG, "whether the case is archived", ("true", "false"), "true or false"
        ),
        "due_date": Field(Kind.DAY, "day the case is due", expects=_A_DATE),
        "comment_count": Field(Kind.NUMBER, "number of comments", expects="a number"),
    }
)
"""The keys every case has. Any other key is looked up among the case's own attributes."""

_ATTRIBUTE = Field(Kind.ATTRIBUTE, "attribute of the case")


def field_of(key: str) -> Field:
    """What `key`, as it stands in a term, looks at."""
    return FIELDS.get(key, _ATTRIBUTE)


def folded_key(key: str) -> str:
    """`key` as a term holds it: known keys in lower case, attribute keys as typed."""
    lower = key.lower()
    return lower if lower in FIELDS else key


def folded(key: str, text: str) -> str:
    """`text` in the form in which two values of `key` are equal if they mean the same.

    Letter case never counts. Where `spells_codes` is true, space, `_` and `-` do not differ either.
    """
    text = text.casefold()
    return text.replace(" ", "_").replace("-", "_") if spells_codes(key) else text


def spells_codes(key: str) -> bool:
    """True if values of `key` have a code as well as words for it: EVENT_MANAGEMENT."""
    return key in ("status", "creation_source")


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\S+", re.ASCII)
_RELATIVE = re.compile(r"now(?:([+-]\d{1,4})([mhdw]))?", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def when(text: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment `text` means, both included; in UTC, to the microsecond.

    A date is its whole UTC day. A date with a time (UTC unless it says otherwise), `now` and
    `now-2d` (units m, h, d, w) are one moment, so both ends are the same.

    Raises:
        QueryError: `text` is no date; the position is 0.
    """
    try:
        if found := _RELATIVE.fullmatch(text):
            amount, unit = found.groups()
            moment = now.astimezone(UTC)
            if unit:
                moment += timedelta(**{_UNITS[unit]: int(amount)})
            return moment, moment
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            return datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
            return moment, moment
    except (ValueError, OverflowError):
        pass
    raise QueryError(f"Cannot read {shown(text)} as a date: use {_A_DATE}", 0)


_NUMBER = re.compile(r"[+-]?\d{1,300}(?:\.\d{1,300})?", re.ASCII)


def number(text: str) -> float:
    """The number `text` means, finite.

    Raises:
        QueryError: `text` is no number; the position is 0.
    """
    if _NUMBER.fullmatch(text):
        return float(text)
    raise QueryError(f"Cannot read {shown(text)} as a number: use digits such as 12 or 2.5", 0)


_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def check_value(key: str, text: str, at: int, *, bound: bool = False) -> None:
    """Do nothing if `text` is a value that `key` can have, or a bound of its values.

    Raises:
        QueryError: It is not; the position is `at`.
    """
    field = field_of(key)
    kind = Kind.NUMBER if bound and field.kind is Kind.ATTRIBUTE else field.kind
    try:
        match kind:
            case Kind.MOMENT | Kind.DAY:
                when(text, _ANY_MOMENT)
            case Kind.NUMBER:
                number(text)
            case Kind.CHOICE | Kind.FLAG:
                if text.casefold() not in map(str.casefold, field.values):
                    raise QueryError(f"Unknown {key} {shorter(text)}: use {field.expects}", at)
    except QueryError as error:
        raise QueryError(str(error), at) from None


def value_text(value: str | float) -> str:
    """The text that selects an attribute value: whole numbers have no decimal point."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == value // 1 else repr(value)


def shown(text: str) -> str:
    """`text` as it is named in a sentence."""
    return f"`{shorter(text)}`"


def shorter(text: str) -> str:
    """`text` if it is short enough for a sentence, else its beginning."""
    return text if len(text) <= 40 else f"{text[:39]}…"


# The combining accents that SQLite's tokenizer drops; every other mark separates words.
_ACCENTS = frozenset(
    {*range(0x300, 0x332)}
    - {0x305, 0x30D, 0x30E, 0x310, *range(0x312, 0x31B), *range(0x31C, 0x323)}
    - {*range(0x329, 0x32D), 0x32F}
)


@lru_cache(maxsize=4096)
def _folded_letter(char: str) -> str:
    """`char` in lower case without diacritics; " " if it separates words, "" for an accent."""
    category = unicodedata.category(char)
    if category[0] not in "LN" and category != "Co":
        return "" if ord(char) in _ACCENTS else " "
    plain = unicodedata.normalize("NFD", char)[0]
    char = plain if plain.isascii() else char
    lower = char.casefold() if len(char.casefold()) == 1 else char.lower()
    return lower if len(lower) == 1 else char


def tokens(text: str) -> list[str]:
    """The words of `text` as the full-text index sees them.

    Words are runs of letters and digits, in lower case, Latin letters without diacritics.
    """
    return "".join(map(_folded_letter, text)).split()
