"""What may be typed next in a query: keys, values and operators, from what is known already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage_tui.query import FIELDS, Kind, Pattern, Query, Term, field_of
from triage_tui.query_text import Place, place_at

_T = TypeVar("_T")

MOST = 60
"""Candidates that are offered: nobody reads more."""

_HISTORY_FIRST = 3
"""Earlier queries that are offered before anything is typed."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a key can have.

    Attributes:
        label: How it is written for a person, if that is not the value.
        count: How many cases have it; None if nobody counted.
        words: More text by which it is found.
    """

    value: str
    label: str = ""
    count: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a completion chooses from.

    Attributes:
        attributes: Keys of attributes, the most used first.
        values_of: The values of a key, as far as they are known, the most used first.
        history: Earlier queries, the last one first.
        meant: What words of a query may have been meant for; "" if for themselves.
    """

    attributes: Sequence[str] = ()
    values_of: Callable[[str], Sequence[Value]] = lambda key: ()
    history: Sequence[str] = ()
    meant: Callable[[Query], str] = lambda query: ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of what is offered.

    Attributes:
        text: What takes the place of `Completion.start` to `end`.
        label: How it is written for a person.
        detail: What it means, or how many cases have it.
        start: Where it begins to replace, if that is not where the others do.
    """

    text: str
    label: str
    detail: str = ""
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand from `start` to `end` of the text.

    Attributes:
        wanted: The key and the beginning of a value that nobody here knows of: the server may.
    """

    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()
    wanted: tuple[str, str] | None = None


_MAIN_KEYS = ("status", "priority", "assignee", "project", "type")

_OPERATORS = (
    Candidate("OR ", "OR", "what stands on either side will do"),
    Candidate("-", "-", "exclude what follows"),
    Candidate("NOT ", "NOT", "exclude what follows"),
    Candidate("AND ", "AND", "both; a space says the same"),
)

_TIMES = (
    Value(">now-1h", "in the last hour"),
    Value(">now-8h", "in the last 8 hours"),
    Value(">now-1d", "in the last day"),
    Value(">now-1w", "in the last week"),
    Value("<now-1d", "more than a day ago"),
    Value("<now-1w", "more than a week ago"),
)
_DAYS = (
    Value("<now", "before today"),
    Value("<=now+1d", "until tomorrow"),
    Value("<=now+1w", "within a week"),
    Value(">now", "later than today"),
)
_NUMBERS = (Value("0", "none"), Value(">0", "any"), Value(">=5", "five or more"))

_FIXED: dict[Kind, tuple[Value, ...]] = {
    Kind.MOMENT: _TIMES,
    Kind.DAY: _DAYS,
    Kind.NUMBER: _NUMBERS,
}

_MAY_BE_NONE = (Kind.USER, Kind.DAY, Kind.ATTRIBUTE)

_ASKED_FOR = (Kind.USER, Kind.TEXT, Kind.ATTRIBUTE, Kind.STATUS)
"""Kinds of which a server may know more values than are here."""

_NEVER_COUNTED = ("key", "title", "description")


def complete(text: str, cursor: int, known: Known) -> Completion:
    """What may be typed at `cursor`; the best first."""
    place = place_at(text, cursor)
    if place.typed in (")", '"') or (place.typed.endswith('"') and len(place.typed) > 1):
        return Completion(cursor, cursor)
    offered = _values(place, known) if place.key else _keys(text, place, known)
    if [one.text.strip() for one in offered] == [place.typed]:
        offered = []  # It stands there already.
    return Completion(place.start, cursor, tuple(offered[:MOST]), _wanted(place, offered))


def _keys(text: str, place: Place, known: Known) -> list[Candidate]:
    typed = place.typed.casefold()
    keys = dict.fromkeys([*_MAIN_KEYS, *known.attributes, *FIELDS])
    lines = [Candidate(f"{key}:", key, field_of(key).about) for key in keys]
    if place.follows:
        # An operator is meant more often by `O` than a key, and hardly ever before anything is.
        at = 0 if place.typed else len(lines)
        lines[at:at] = _OPERATORS
    fitting = _best(lines, typed, lambda line: (line.label, ""))
    if text.strip() == place.typed:
        past = [
            Candidate(query, query, "earlier", 0)
            for query in known.history
            if typed in query.casefold() and query != place.typed
        ]
        fitting[0:0] = past[:_HISTORY_FIRST] if typed == "" else []
        fitting += past if typed else []
    return fitting


def _values(place: Place, known: Known) -> list[Candidate]:
    if place.listed and place.follows:
        between = [
            Candidate("OR ", "OR", "another value will do as well"),
            Candidate(")", ")", "no more values"),
        ]
        return _best(between, place.typed.casefold(), lambda line: (line.label, ""))
    about = field_of(place.key)
    if place.ranged:
        return []
    values = [*known.values_of(place.key)]
    there = {one.value.casefold() for one in values}
    values += [Value(one) for one in about.values if one.casefold() not in there]
    values += _FIXED.get(about.kind, ())
    typed = place.typed.strip('"').casefold()
    found = _best(values, typed, lambda one: (one.value, f"{one.label} {one.words}"))
    lines = [_offered(place, one) for one in found[:MOST] if one.value]
    none = next((one for one in values if not one.value), Value(""))
    if about.kind in _MAY_BE_NONE and place.key_at >= 0 and "none".startswith(typed):
        count = "" if none.count is None else f"{none.count:,}"
        lines.append(Candidate(f"-{place.key}:* ", "none", count, place.key_at))
    return lines


def _offered(place: Place, one: Value) -> Candidate:
    fixed = one.value[:1] in "<>"
    text = one.value if fixed else _written(place.key, one.value)
    count = "" if one.count is None else f"{one.count:,}"
    label = one.label if one.label and not fixed else one.value
    beside = one.label if fixed or not count else count
    also = "" if fixed or not one.label or one.label == one.value else one.value
    detail = "  ".join(filter(None, (also, beside if beside != label else "")))
    return Candidate(text if place.listed else f"{text} ", label, detail)


def _written(key: str, value: str) -> str:
    """The value as it stands behind the colon."""
    whole = str(Query(Term(key, Pattern(value))))
    return whole[len(str(Query(Term(key, Pattern("x"))))) - 1 :]


def _wanted(place: Place, offered: Sequence[Candidate]) -> tuple[str, str] | None:
    typed = place.typed.strip('"')
    asked = field_of(place.key).kind in _ASKED_FOR and place.key not in _NEVER_COUNTED
    compared = place.ranged or typed[:1] in ("<", ">")
    if not place.key or offered or compared or len(typed) < 2 or not asked:
        return None
    return (place.key, typed)


def _best(lines: Iterable[_T], typed: str, texts: Callable[[_T], tuple[str, str]]) -> list[_T]:
    """Those that fit what was typed: those that begin with it first, else in the same order."""
    if not typed:
        return [*lines]
    begin: list[_T] = []
    within: list[_T] = []
    for line in lines:
        main, more = texts(line)
        main, more = main.casefold(), more.casefold()
        if main.startswith(typed) or more.startswith(typed):
            begin.append(line)
        elif typed in main or f" {typed}" in more:
            within.append(line)
    return begin + within
