"""Whether a case is what a query asks for: the meaning of every node, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from triage_tui.models import Case, User
from triage_tui.query_fields import Kind, field_of, folded, number, tokens, value_text, when
from triage_tui.query_nodes import And, Node, Not, Or, Pattern, Range, Term, Text

_GROUP_WORDS = {"SG_OPEN": "open", "SG_IN_PROGRESS": "in_progress", "SG_CLOSED": "closed"}


def matches(node: Node, case: Case, now: datetime, type_names: Mapping[str, str]) -> bool:
    """Whether `case` is what `node` asks for; that archived cases are left out is not its matter.

    Raises:
        QueryError: A date or number cannot be read; never for a node that was read from text.
    """
    match node:
        case And():
            return all(matches(inner, case, now, type_names) for inner in node.nodes)
        case Or():
            return any(matches(inner, case, now, type_names) for inner in node.nodes)
        case Not():
            return not matches(node.node, case, now, type_names)
        case Text():
            return any(_found(node, text) for text in (case.title, case.description))
        case Range():
            return _in_range(node, case, now)
        case Term():
            return _has(node, case, now, type_names)


def _found(text: Text, value: str) -> bool:
    """Whether `text` occurs in `value`."""
    if text.words is None:
        around = ("*", True)
        return _alike([around, *text.pattern.pieces, around], value)
    words, prefix = text.words
    there = tokens(value)
    *whole, last = words
    for start in range(len(there) - len(whole)):
        end = start + len(whole)
        if there[start:end] == whole and (
            there[end].startswith(last) if prefix else there[end] == last
        ):
            return True
    return False


def _has(term: Term, case: Case, now: datetime, type_names: Mapping[str, str]) -> bool:
    values = [value for value in _values(term.key, case, type_names) if value]
    if term.pattern.anything or not term.pattern.text:
        return bool(values) == term.pattern.anything
    kind, text = field_of(term.key).kind, term.pattern.text
    if not term.pattern.wild:
        if kind in (Kind.MOMENT, Kind.DAY):
            return _in_range(Range(term.key, text, text), case, now)
        if kind is Kind.NUMBER:
            return number(text) in _numbers(term.key, case)
    pieces = Pattern(folded(term.key, text), term.pattern.wild).pieces
    return any(_alike(pieces, folded(term.key, value)) for value in values)


def _in_range(wanted: Range, case: Case, now: datetime) -> bool:
    match field_of(wanted.key).kind:
        case Kind.MOMENT:
            moment: datetime | None = getattr(case, wanted.key)
            return moment is not None and _inside(wanted, moment, lambda text: when(text, now))
        case Kind.DAY:
            day = case.due_date
            return day is not None and _inside(wanted, day, lambda text: _days(text, now))
        case _:
            values = _numbers(wanted.key, case)
            return any(_inside(wanted, value, lambda text: (number(text),) * 2) for value in values)


def _days(text: str, now: datetime) -> tuple[str, str]:
    """The first and the last day of a date text: `now` is today."""
    first, last = when(text, now)
    return first.date().isoformat(), last.date().isoformat()


Ordered = TypeVar("Ordered", datetime, str, float)


def _inside(wanted: Range, value: Ordered, span: Callable[[str], tuple[Ordered, Ordered]]) -> bool:
    """Whether `value` is in the range; `span` gives the first and the last value of a bound."""
    if wanted.low is not None:
        first, last = span(wanted.low)
        if not (value >= first if wanted.low_included else value > last):
            return False
    if wanted.high is not None:
        first, last = span(wanted.high)
        return value <= last if wanted.high_included else value < first
    return True


def _numbers(key: str, case: Case) -> list[float]:
    """The numbers of `key`; an attribute without numbers has none."""
    if key == "comment_count":
        return [case.comment_count]
    custom = case.custom_attributes.get(key)
    return [float(v) for v in custom.values if not isinstance(v, str)] if custom else []


def _values(key: str, case: Case, type_names: Mapping[str, str]) -> Iterable[str]:
    """The texts a value of `key` is compared with; equal to any of them will do."""
    match key:
        case "status":
            return (case.status, case.status_name, _GROUP_WORDS.get(case.status_group, ""))
        case "project":
            return (case.project_key,)
        case "assignee":
            return _names(case.assignee)
        case "created_by":
            return _names(case.created_by)
        case "assignee_id":
            return (case.assignee.id,) if case.assignee else ()
        case "type":
            return (case.type, type_names.get(case.type_id, ""))
        case "archived":
            return ("true" if case.archived_at else "false",)
    if field_of(key).kind is Kind.ATTRIBUTE:
        custom = case.custom_attributes.get(key)
        own = [value_text(value) for value in custom.values] if custom else []
        return [*case.attributes.get(key, ()), *own]
    value = getattr(case, key)
    return () if value is None else (str(value),)


def _names(user: User | None) -> Iterable[str]:
    return (user.handle, user.email, user.name) if user else ()


def _alike(pieces: Sequence[tuple[str, bool]], value: str) -> bool:
    """Whether all of `value` fits, letter case ignored.

    A regular expression can take for ever when there are many wildcards. Here only the last `*`
    that was passed ever takes in more, so the time is the product of both lengths at worst.
    """
    wanted = [(char.casefold(), wild) for char, wild in pieces]
    text = value.casefold()
    at = reached = 0
    star = retry = -1
    while reached < len(text):
        char, wild = wanted[at] if at < len(wanted) else ("", False)
        if (char, wild) == ("*", True):
            star, retry, at = at, reached, at + 1
        elif char == text[reached] or (char, wild) == ("?", True):
            at, reached = at + 1, reached + 1
        elif star >= 0:
            at, retry = star + 1, retry + 1
            reached = retry
        else:
            return False
    return all(piece == ("*", True) for piece in wanted[at:])
