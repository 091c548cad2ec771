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
    spells_codes,
    when,
)
from triage_tui.server.rows import STATUS_WORDS, micros

_USER = "IN (SELECT n FROM users WHERE [handle] OR [email] OR [name])"


def _one_of(column: str, texts: Iterable[str]) -> str:
    """A test of the texts that the ranks in `column` stand for."""
    return f"{column} IN (SELECT key FROM json_each('{json.dumps(list(texts))}') WHERE [value])"


def _state(test: str) -> str:
    return f"k.state IN (SELECT s.n FROM states s WHERE {test})"


# Where the texts of a key are, each in brackets: a test of the text takes their place. Small
# tables are asked for the few rows that fit.
_CELL_PLACES = {
    "status": "k.state IN (SELECT s.n FROM states s JOIN statuses x "
    "ON x.status_group = s.status_group AND x.name = s.status_name AND x.code = s.status "
    "WHERE [x.code] OR [x.name] OR [x.word])",
    "status_name": _state("[s.status_name]"),
    "status_group": _state(_one_of("s.status_group", STATUS_GROUPS)),
    "priority": _one_of("k.priority", PRIORITIES),
    "project": "k.project IN (SELECT n FROM projects WHERE [key])",
    "project_id": "k.project IN (SELECT n FROM projects WHERE [id])",
    "assignee": f"k.assignee {_USER}",
    "assignee_id": "k.assignee IN (SELECT n FROM users WHERE [id])",
    "type": "k.kind IN (SELECT n FROM kinds "
    "WHERE [type] OR type_id IN (SELECT id FROM case_types WHERE [name]))",
    "type_id": "k.kind IN (SELECT n FROM kinds WHERE [type_id])",
    "creation_source": "k.kind IN (SELECT n FROM kinds WHERE [creation_source])",
    "archived": _one_of("k.archived", ("false", "true")),
}
_COARSE_KEYS = frozenset(
    ("status", "status_name", "status_group", "project", "project_id", "archived")
)
_TEXT_OF_CASE = "EXISTS (SELECT 1 FROM case_texts t WHERE t.n = f.n AND ({}))"
_PLACES = {
    **_CELL_PLACES,
    "key": "[c.key]",
    "created_by": f"f.creator {_USER}",
    "title": _TEXT_OF_CASE.format("[t.title]"),
    "description": _TEXT_OF_CASE.format("[t.description]"),
}
_PLACE = re.compile(r"\[([\w.]+)\]")
_COLUMNS = {
    "created_at": "f.created_at",
    **{
        key: f"c.{key}"
        for key in ("modified_at", "closed_at", "archived_at", "due_date", "comment_count")
    },
}


class Condition(NamedTuple):
    """SQL that is true or false, and the values to bind.

    `rank` says how loosely it holds together: 1 for AND, 2 for OR.
    """

    sql: str
    values: list[object]
    rank: int = 0


_Part = Condition


class Selection(NamedTuple):
    """What a query selects: the cases for which all of this is true.

    Attributes:
        cells: A condition on `cube k`.
        coarse: `cells` can be asked of `tallies k` as well.
        all_cells: `cells` leaves out nothing but archived cases, if those.
        archived: Archived cases may be selected.
        match: What the full text has to match; "" if anything will do.
        rest: A condition on `facts f`, and on `cases c` if `of_cases`; None if there is none.
        labelled: `rest` demands a value of an attribute, or one of several.
        since: `rest` demands a time of creation.
    """

    cells: Condition
    coarse: bool
    all_cells: bool
    archived: bool
    match: str
    rest: Condition | None
    of_cases: bool
    labelled: bool
    since: bool

    @property
    def of_cells(self) -> bool:
        """True if `cells` alone decides."""
        return self.rest is None and not self.match


def compile_query(query: Query, now: datetime) -> Selection:
    """What `query` selects, as SQL.

    The SQL needs the function `fold`, which is `str.casefold`. `now` is what `now` in the query
    means.
    Raises QueryError for a date, number or wildcard that `parse` would not have let through.
    """
    cells: list[Node] = []
    rest: list[Node] = []
    matches: list[str] = []
    for node in _demands(query.root):
        if _about_cells(node):
            cells.append(node)
        elif match := _match(node):
            matches.append(match)
        else:
            rest.append(node)
    parts = [] if query.names_archived else [_Part("k.archived = 0", [])]
    parts += [_cell_condition(node, now) for node in cells]
    keys = [leaf.key for node in rest for leaf in leaves(node) if not isinstance(leaf, Text)]
    return Selection(
        cells=_joined(parts, "AND", 1) if parts else _Part("TRUE", []),
        coarse=all(
            not isinstance(leaf, Text) and leaf.key in _COARSE_KEYS
            for node in cells
            for leaf in leaves(node)
        ),
        all_cells=not cells,
        archived=query.names_archived,
        match=" AND ".join(dict.fromkeys(matches)),
        rest=_joined([_condition(node, now) for node in rest], "AND", 1) if rest else None,
        of_cases=any(key == "key" or _COLUMNS.get(key, "").startswith("c.") for key in keys),
        labelled=any(map(_demands_attribute, rest)),
        since=any(isinstance(node, Term | Range) and node.key == "created_at" for node in rest),
    )


def _demands(root: Node | None) -> tuple[Node, ...]:
    if isinstance(root, And):
        return root.nodes
    return () if root is None else (root,)


def _about_cells(node: Node) -> bool:
    return all(isinstance(leaf, Term) and leaf.key in _CELL_PLACES for leaf in leaves(node))


def _demands_attribute(node: Node) -> bool:
    if isinstance(node, Or):
        return all(map(_demands_attribute, node.nodes))
    if isinstance(node, Term):
        return field_of(node.key).kind is Kind.ATTRIBUTE and bool(node.pattern.text)
    return False


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


def _cell_condition(node: Node, now: datetime) -> _Part:
    """A condition on `cube k`."""
    match node:
        case And():
            return _joined([_cell_condition(inner, now) for inner in node.nodes], "AND", 1)
        case Or():
            return _joined([_cell_condition(inner, now) for inner in node.nodes], "OR", 2)
        case Not():
            return _negated(_cell_condition(node.node, now))
        case Term():
            return _term(node, now)
        case _:
            raise AssertionError(f"{node} is not about cells")


def _condition(node: Node, now: datetime) -> _Part:
    """A condition on `facts f` and perhaps `cases c`."""
    if _about_cells(node):
        inner = _cell_condition(node, now)
        return _Part(f"f.cell IN (SELECT k.n FROM cube k WHERE {inner.sql})", inner.values)
    match node:
        case And():
            return _joined(_conditions(node, now), "AND", 1)
        case Or():
            return _joined(_conditions(node, now), "OR", 2)
        case Not():
            return _negated(_condition(node.node, now))
        case Text():
            return _text(node)
        case Range():
            return _range(node, now)
        case Term():
            return _term(node, now)


def _conditions(node: And | Or, now: datetime) -> list[_Part]:
    """The conditions of the nodes; those on cells are asked together."""
    cells = tuple(inner for inner in node.nodes if _about_cells(inner))
    together: list[Node] = [type(node)(cells)] if len(cells) > 1 else list(cells)
    others = [inner for inner in node.nodes if not _about_cells(inner)]
    return [_condition(inner, now) for inner in (*together, *others)]


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


def _match(node: Node) -> str:
    """What the full text has to match for `node`; "" if it is about something else."""
    match node:
        case Text() if node.words:
            # A phrase: nothing in quotes is an operator, and no word holds a quote.
            words, prefix = node.words
            return f'"{" ".join(words)}"' + (" *" if prefix else "")
        case Or():
            phrases = [_match(inner) for inner in node.nodes if isinstance(inner, Text)]
            if len(phrases) == len(node.nodes) and all(phrases):
                return f"({' OR '.join(dict.fromkeys(phrases))})"
    return ""


def _text(text: Text) -> _Part:
    if match := _match(text):
        return _Part("f.n IN (SELECT rowid FROM words WHERE words MATCH ?)", [match])
    pattern = text.like().casefold()
    tests = " OR ".join(f"fold(t.{of}) LIKE ? ESCAPE '\\'" for of in ("title", "description"))
    return _Part(_TEXT_OF_CASE.format(tests), [pattern, pattern])


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
        return _attribute(term.key, f"p.folded {test}", [value])
    fold = (
        "replace(replace(fold({}), ' ', '_'), '-', '_')" if spells_codes(term.key) else "fold({})"
    )
    return _placed(term.key, lambda place: f"{fold.format(place)} {test}", [value])


def _present(key: str) -> _Part:
    """That there is a value other than ""."""
    if field_of(key).kind is Kind.ATTRIBUTE:
        return _attribute(key, "p.value <> ''", [])
    if key in _COLUMNS:
        return _Part(f"{_COLUMNS[key]} IS NOT NULL", [])
    return _placed(key, lambda place: f"{place} <> ''", [])


def _placed(key: str, test: Callable[[str], str], values: list[object]) -> _Part:
    """A test of every text of `key`; `values` are those of one test."""
    sql, count = _PLACE.subn(lambda place: test(place[1]), _PLACES[key])
    return _Part(sql, values * count)


def _attribute(key: str, test: str, values: list[object]) -> _Part:
    return _Part(
        "f.labels IN (SELECT l.labels FROM label_pairs l JOIN pairs p ON p.n = l.pair "
        f"WHERE p.key = ? AND {test})",
        [key, *values],
    )


def _range(wanted: Range, now: datetime) -> _Part:
    match field_of(wanted.key).kind:
        case Kind.MOMENT:
            return _between(wanted, _COLUMNS[wanted.key], lambda text: _micros(text, now))
        case Kind.DAY:
            return _between(wanted, _COLUMNS[wanted.key], lambda text: _days(text, now))
        case Kind.NUMBER:
            return _between(wanted, _COLUMNS[wanted.key], _numbers)
        case _:
            inside = _between(wanted, "p.number", _numbers)
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
