"""From a query to the SQL that selects the same cases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from triage_tui.errors import QueryError
from triage_tui.models import PRIORITIES, STATUS_CODES, STATUS_GROUPS
from triage_tui.query import (
    And,
    Kind,
    Node,
    Not,
    Or,
    Pattern,
    Query,
    Range,
    Term,
    Text,
    field_of,
    folded,
    leaves,
    number,
    when,
)
from triage_tui.server.rows import STATUS_WORDS, micros

_USER = "IN (SELECT n FROM users WHERE [handle] OR [email] OR [name])"


def _one_of(column: str, texts: Iterable[str]) -> str:
    """A test of the texts that the ranks in `column` stand for."""
    return f"{column} IN (SELECT key FROM json_each('{json.dumps(list(texts))}') WHERE [value])"


# Where the texts of a key are, each in brackets: a test of the text takes their place. Small
# tables are asked for the few rows that fit, so that an index finds the cases of those.
_PLACES = {
    "status": "(c.status_group, c.status_name, c.status) IN "
    "(SELECT status_group, name, code FROM statuses WHERE [code] OR [name] OR [word])",
    "status_name": "[c.status_name]",
    "status_group": _one_of("c.status_group", STATUS_GROUPS),
    "priority": _one_of("c.priority", PRIORITIES),
    "project": "c.project IN (SELECT n FROM projects WHERE [key])",
    "project_id": "c.project IN (SELECT n FROM projects WHERE [id])",
    "key": "[c.key]",
    "assignee": f"c.assignee {_USER}",
    "assignee_id": "c.assignee IN (SELECT n FROM users WHERE [id])",
    "created_by": f"c.created_by {_USER}",
    "type": "([c.type] OR c.type_id IN (SELECT id FROM case_types WHERE [name]))",
    "type_id": "[c.type_id]",
    "creation_source": "[c.creation_source]",
    "title": "c.n IN (SELECT n FROM case_texts WHERE [title])",
    "description": "c.n IN (SELECT n FROM case_texts WHERE [description])",
    "archived": _one_of("(c.archived_at IS NOT NULL)", ("false", "true")),
}
_PLACE = re.compile(r"\[([\w.]+)\]")


class _Part(NamedTuple):
    """A condition; `rank` says how loosely it holds together: 1 for AND, 2 for OR."""

    sql: str
    values: list[object]
    rank: int = 0


def compile_query(query: Query, now: datetime) -> tuple[str, list[object]]:
    """What to put after WHERE in a selection from `cases c`, and the values to bind.

    The SQL needs the function `fold`, which is `str.casefold`. `now` is what `now` in the query
    means.
    Raises QueryError for a date, number or wildcard that `parse` would not have let through.
    """
    parts = [] if query.names_archived else [_Part("c.archived_at IS NULL", [])]
    if query.root is not None:
        parts.append(_condition(query.root, now))
    if not parts:
        return "TRUE", []
    whole = _joined(parts, "AND", 1)
    return whole.sql, whole.values


def check_statuses(query: Query, known: Collection[str]) -> None:
    """Do nothing if every status that `query` asks for exists.

    `known` are the codes, names and group words there are besides `STATUS_CODES`.
    Raises QueryError at the first that does not exist.
    """
    there = {folded("status", text) for text in (*STATUS_CODES, *STATUS_WORDS, *known)}
    for leaf in leaves(query.root):
        if isinstance(leaf, Term) and leaf.key == "status" and not leaf.pattern.wild:
            text = leaf.pattern.text
            if text and folded("status", text) not in there:
                short = text if len(text) <= 40 else text[:39] + "…"
                raise QueryError(
                    f"Unknown status `{short}`: use open, in_progress, closed "
                    "or the name of a status",
                    leaf.at,
                )


def _condition(node: Node, now: datetime) -> _Part:
    match node:
        case And():
            return _joined([_condition(inner, now) for inner in node.nodes], "AND", 1)
        case Or():
            return _joined([_condition(inner, now) for inner in node.nodes], "OR", 2)
        case Not():
            return _negated(_condition(node.node, now))
        case Text():
            return _text(node)
        case Range():
            return _range(node, now)
        case Term():
            return _term(node, now)


def _negated(part: _Part) -> _Part:
    # NOT would leave a condition on something that a case does not have undecided.
    return _Part(f"({part.sql}) IS NOT TRUE", part.values)


def _joined(parts: list[_Part], word: str, rank: int) -> _Part:
    """All of `parts` with AND or OR between them.

    SQLite can read only so many brackets that follow something on the same level, and work with
    expressions only so deep. With the longest part in front, and the others halved again and
    again, every query that `parse` lets through stays far below both.
    """
    first, *rest = sorted(parts, key=lambda part: -len(part.sql))
    if not rest:
        return first
    other = _halved(rest, word, rank)
    return _Part(
        f"{_bracketed(first, rank).sql} {word} {_bracketed(other, rank - 1).sql}",
        first.values + other.values,
        rank,
    )


def _halved(parts: list[_Part], word: str, rank: int) -> _Part:
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return _joined(
        [_halved(parts[:middle], word, rank), _halved(parts[middle:], word, rank)], word, rank
    )


def _bracketed(part: _Part, rank: int) -> _Part:
    return part._replace(sql=f"({part.sql})", rank=0) if part.rank > rank else part


def _text(text: Text) -> _Part:
    if text.words is None:
        pattern = text.like().casefold()
        return _Part(
            "c.n IN (SELECT n FROM case_texts WHERE fold(title) LIKE ? ESCAPE '\\' "
            "OR fold(description) LIKE ? ESCAPE '\\')",
            [pattern, pattern],
        )
    # A phrase: nothing in quotes is an operator, and no word holds a quote.
    words, prefix = text.words
    phrase = f'"{" ".join(words)}"' + (" *" if prefix else "")
    return _Part("c.n IN (SELECT rowid FROM words WHERE words MATCH ?)", [phrase])


def _term(term: Term, now: datetime) -> _Part:
    pattern, kind = term.pattern, field_of(term.key).kind
    if pattern.anything:
        return _present(term.key)
    if not pattern.text:
        return _negated(_present(term.key))
    if kind in (Kind.MOMENT, Kind.DAY, Kind.NUMBER):
        if pattern.wild:
            raise QueryError(f"`{term.key}` takes no wildcards", term.at)
        return _range(Range(term.key, pattern.text, pattern.text, at=term.at), now)
    test = "LIKE ? ESCAPE '\\'" if pattern.wild else "= ?"
    wanted = Pattern(folded(term.key, pattern.text), pattern.wild)
    value = wanted.like() if wanted.wild else wanted.text
    if kind is Kind.ATTRIBUTE:
        return _attribute(term.key, f"v.folded {test}", [value])
    fold = "replace(replace(fold({}), ' ', '_'), '-', '_')" if term.key == "status" else "fold({})"
    return _placed(term.key, lambda place: f"{fold.format(place)} {test}", [value])


def _present(key: str) -> _Part:
    """That there is a value other than ""."""
    if field_of(key).kind is Kind.ATTRIBUTE:
        return _attribute(key, "v.value <> ''", [])
    if key not in _PLACES:
        return _Part(f"c.{key} IS NOT NULL", [])
    return _placed(key, lambda place: f"{place} <> ''", [])


def _placed(key: str, test: Callable[[str], str], values: list[object]) -> _Part:
    """A test of every text of `key`; `values` are those of one test."""
    sql, count = _PLACE.subn(lambda place: test(place[1]), _PLACES[key])
    return _Part(sql, values * count)


def _attribute(key: str, test: str, values: list[object]) -> _Part:
    return _Part(
        f"c.n IN (SELECT v.n FROM case_values v WHERE v.key = ? AND {test})", [key, *values]
    )


def _range(wanted: Range, now: datetime) -> _Part:
    match field_of(wanted.key).kind:
        case Kind.MOMENT:
            return _between(wanted, f"c.{wanted.key}", lambda text: _micros(text, now))
        case Kind.DAY:
            return _between(wanted, f"c.{wanted.key}", lambda text: _days(text, now))
        case Kind.NUMBER:
            return _between(wanted, f"c.{wanted.key}", _numbers)
        case _:
            inside = _between(wanted, "v.number", _numbers)
            return _attribute(wanted.key, inside.sql, inside.values)


def _between(wanted: Range, column: str, span: Callable[[str], tuple[object, object]]) -> _Part:
    """That `column` is in the range; `span` gives the first and the last value of a bound."""
    tests, values = [f"{column} IS NOT NULL"], []
    if wanted.low is not None:
        first, last = span(wanted.low)
        tests.append(f"{column} >= ?" if wanted.low_included else f"{column} > ?")
        values.append(first if wanted.low_included else last)
    if wanted.high is not None:
        first, last = span(wanted.high)
        tests.append(f"{column} <= ?" if wanted.high_included else f"{column} < ?")
        values.append(last if wanted.high_included else first)
    return _Part(" AND ".join(tests), values, 1)


def _micros(text: str, now: datetime) -> tuple[int, int]:
    first, last = when(text, now)
    return micros(first), micros(last)


def _days(text: str, now: datetime) -> tuple[str, str]:
    first, last = when(text, now)
    return first.date().isoformat(), last.date().isoformat()


def _numbers(text: str) -> tuple[float, float]:
    return number(text), number(text)
