"""Counting cases by the values of their fields."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any, TypeVar

from triage_tui.models import PRIORITIES, STATUS_GROUPS, Facet, FacetValue
from triage_tui.server.database import QueryTooSlow
from triage_tui.server.hits import Hits
from triage_tui.server.rows import encode
from triage_tui.server.schema_counts import (
    ASSIGNEE,
    CELL_COLUMNS,
    CREATOR,
    KIND,
    PAIR,
    PRIORITY,
    TOTAL,
)
from triage_tui.server.search import Selection

_Text = TypeVar("_Text", str, tuple[str, ...])

_DIMENSIONS = {
    "status": "state",
    "status_name": "state",
    "status_group": "state",
    "priority": "priority",
    "project": "project",
    "project_id": "project",
    "assignee": "assignee",
    "assignee_id": "assignee",
    "created_by": "creator",
    "type": "kind",
    "type_id": "kind",
    "creation_source": "kind",
    "archived": "archived",
}
"""The number that decides each field; every other field is the key of an attribute."""

_TALLY_FIELDS = {"priority": PRIORITY, "assignee": ASSIGNEE, "kind": KIND, "creator": CREATOR}
_TALLY_COLUMNS = ("archived", "state", "project")
_CELL_COLUMNS = tuple(CELL_COLUMNS.split(", "))

_CHUNK = 50_000
"""Cases to hold in memory at a time."""

COMBINATIONS_LIMIT = 100_000
"""Combinations that cases may have beyond one for each: twenty fields of ten values have 10^20."""

_Weighed = Iterable[tuple[tuple[Any, ...], int]]
"""Numbers, one for each dimension asked for, and how many cases have them."""


def count_by_field(
    db: sqlite3.Connection, selection: Selection, fields: Sequence[str], limit: int
) -> tuple[int, tuple[Facet, ...]]:
    """How many cases are selected, and for each field at most `limit` of its values among them.

    A case without assignee or creator counts as ""; one without an attribute does not count.
    """
    counts: dict[str, Counter[str]] = {field: Counter() for field in fields}
    known = [field for field in counts if field in _DIMENSIONS]
    keys = [field for field in counts if field not in _DIMENSIONS]
    dimensions = list(dict.fromkeys(_DIMENSIONS[field] for field in known))
    by_dimension: dict[str, Counter[int]]
    hits = Hits(db, selection)
    if selection.of_cells and selection.coarse:
        total = hits.total
        by_dimension = {
            dimension: _summed(_tallied(db, selection, [dimension])) for dimension in dimensions
        }
        for key, value, count in _tallied_pairs(db, selection, keys):
            counts[key][value] += count
    else:
        total, by_dimension, labelled = _by_dimension(db, hits, selection, dimensions, keys)
        for key, value, count in _pairs_counted(db, labelled, keys):
            counts[key][value] += count
    for field in known:
        text = _texts(db, field)
        for number, count in by_dimension[_DIMENSIONS[field]].items():
            counts[field][text(number)] += count
    return total, tuple(
        Facet(
            field, tuple(FacetValue(text, count) for text, count in _largest(counts[field], limit))
        )
        for field in fields
    )


def count_by_fields(
    db: sqlite3.Connection, selection: Selection, fields: Sequence[str], limit: int
) -> list[tuple[tuple[str, ...], int]]:
    """The combinations of values of `fields` among the selected cases, at most `limit`.

    A case with several values of an attribute counts for each, one with none does not count.
    Raises QueryTooSlow if cases with several values of several fields have too many combinations.
    """
    dimensions = list(dict.fromkeys(_DIMENSIONS[f] for f in fields if f in _DIMENSIONS))
    keys = list(dict.fromkeys(field for field in fields if field not in _DIMENSIONS))
    tallies = selection.of_cells and selection.coarse
    finer = [dimension for dimension in dimensions if dimension not in _TALLY_COLUMNS]
    places = [dimensions.index(_DIMENSIONS[f]) if f in _DIMENSIONS else None for f in fields]
    texts = [_texts(db, field) if field in _DIMENSIONS else None for field in fields]
    counts: Counter[tuple[str, ...]] = Counter()
    found: Iterable[tuple[tuple[Any, ...], Sequence[dict[str, str]], int]]
    if tallies and not keys and len(finer) <= 1:
        found = ((numbers, [{}], n) for numbers, n in _tallied(db, selection, dimensions))
    elif tallies and not finer and len(keys) == 1:
        found = (
            (numbers, [{keys[0]: value}], n)
            for numbers, value, n in _tallied_by_pair(db, selection, dimensions, keys[0])
        )
    else:
        found = _expanded(db, selection, dimensions, keys)
    for numbers, alternatives, count in found:
        for values in alternatives:
            combination = tuple(
                values[field] if place is None or text is None else text(numbers[place])
                for field, place, text in zip(fields, places, texts, strict=True)
            )
            counts[combination] += count
    return _largest(counts, limit)


# From the counts that are kept


def _tallied(db: sqlite3.Connection, selection: Selection, dimensions: Sequence[str]) -> _Weighed:
    """Of at most one dimension that is not a column of the tallies."""
    finer = [dimension for dimension in dimensions if dimension not in _TALLY_COLUMNS]
    field = _TALLY_FIELDS[finer[0]] if finer else TOTAL
    columns = [f"k.{name}" if name in _TALLY_COLUMNS else "k.value" for name in dimensions]
    grouped = f"GROUP BY {', '.join(columns)}" if columns else "HAVING sum(k.count)"
    for *numbers, count in db.execute(
        f"SELECT {', '.join([*columns, 'sum(k.count)'])} FROM tallies k "
        f"WHERE k.field = {field} AND ({selection.cells.sql}) {grouped}",
        selection.cells.values,
    ):
        yield tuple(numbers), count


def _tallied_pairs(
    db: sqlite3.Connection, selection: Selection, keys: Sequence[str]
) -> Iterable[tuple[str, str, int]]:
    if not keys:
        return ()
    return db.execute(
        f"SELECT p.key, p.value, sum(k.count) FROM tallies k CROSS JOIN pairs p ON p.n = k.value "
        f"WHERE k.field = {PAIR} AND ({selection.cells.sql}) "
        f"AND {_one_of(keys)} GROUP BY p.n",
        [*selection.cells.values, *keys],
    )


def _tallied_by_pair(
    db: sqlite3.Connection, selection: Selection, dimensions: Sequence[str], key: str
) -> Iterable[tuple[tuple[Any, ...], str, int]]:
    columns = ", ".join([*(f"k.{dimension}" for dimension in dimensions), "p.value"])
    for *numbers, value, count in db.execute(
        f"SELECT {columns}, sum(k.count) FROM tallies k CROSS JOIN pairs p ON p.n = k.value "
        f"WHERE k.field = {PAIR} AND ({selection.cells.sql}) AND p.key = ? GROUP BY {columns}",
        [*selection.cells.values, key],
    ):
        yield tuple(numbers), value, count


# From the cells and from the cases themselves


def _by_dimension(
    db: sqlite3.Connection,
    hits: Hits,
    selection: Selection,
    dimensions: Sequence[str],
    keys: Sequence[str],
) -> tuple[int, dict[str, Counter[int]], Counter[int]]:
    """How many cases there are, have each number of each dimension, and each set of attributes."""
    of_cells = [dimension for dimension in dimensions if dimension in _CELL_COLUMNS]
    columns = ["f.labels"] if keys else []
    if "creator" in dimensions:
        columns.append("f.creator")
    if not selection.of_cells:
        columns.append("f.cell")
    found = _counted_apart(db, hits, columns)
    if selection.of_cells:
        cells: _Weighed = _from_cube(db, selection, of_cells)
        total = hits.total
    else:
        cells = _of_cells(db, found["f.cell"], of_cells)
        total = found["f.cell"].total()
    counts: dict[str, Counter[int]] = {dimension: Counter() for dimension in dimensions}
    apart = [counts[dimension] for dimension in of_cells]
    for numbers, count in cells:
        for counter, number in zip(apart, numbers, strict=True):
            counter[number] += count
    if "creator" in dimensions:
        counts["creator"] = found["f.creator"]
    return total, counts, found.get("f.labels", Counter())


def _counted_apart(
    db: sqlite3.Connection, hits: Hits, columns: Sequence[str]
) -> dict[str, Counter[int]]:
    """How many of the cases have each number in each column of their facts."""
    counts: dict[str, Counter[int]] = {column: Counter() for column in columns}
    if columns:
        found = db.execute(*hits.rows(", ".join(columns)))
        while rows := found.fetchmany(_CHUNK):
            for counter, numbers in zip(counts.values(), zip(*rows, strict=True), strict=True):
                counter.update(numbers)
    return counts


def _expanded(
    db: sqlite3.Connection, selection: Selection, dimensions: Sequence[str], keys: Sequence[str]
) -> Iterable[tuple[tuple[Any, ...], Sequence[dict[str, str]], int]]:
    """Numbers, the combinations of values of `keys` that go with them, and the count."""
    if not keys and selection.of_cells and "creator" not in dimensions:
        for numbers, count in _from_cube(db, selection, dimensions):
            yield numbers, [{}], count
        return
    # What is not asked for is a number like any other: it costs nothing to count by it.
    columns = ["f.cell", "f.labels" if keys else "0", "f.creator"]
    if "creator" not in dimensions:
        columns[2] = "0"
    found = Counter(db.execute(*Hits(db, selection).rows(", ".join(columns))))
    pairs = _pairs_of(db, {labels for _, labels, _ in found}, keys)
    more = {labels: _ways(there, keys) - 1 for labels, there in pairs.items()}
    if sum(max(0, more.get(labels, 0)) for _, labels, _ in found) > COMBINATIONS_LIMIT:
        raise QueryTooSlow(
            f"These fields have more than {COMBINATIONS_LIMIT} combinations. Group by fewer."
        )
    combinations = _combinations(pairs, keys)
    cells = _cells(db, {cell for cell, _, _ in found}, dimensions)
    for (cell, labels, creator), count in found.items():
        alternatives = combinations.get(labels, ()) if keys else [{}]
        if alternatives:
            yield tuple(creator if n is None else n for n in cells[cell]), alternatives, count


def _from_cube(db: sqlite3.Connection, selection: Selection, dimensions: Sequence[str]) -> _Weighed:
    columns = ", ".join([*(f"k.{dimension}" for dimension in dimensions), "k.count"])
    for *numbers, count in db.execute(
        f"SELECT {columns} FROM cube k WHERE {selection.cells.sql}", selection.cells.values
    ):
        yield tuple(numbers), count


def _of_cells(db: sqlite3.Connection, found: Counter[int], dimensions: Sequence[str]) -> _Weighed:
    """The numbers of the cells, each as often as it was found."""
    if dimensions:
        cells = _cells(db, set(found), dimensions)
        for cell, count in found.items():
            yield cells[cell], count


def _cells(
    db: sqlite3.Connection, cells: set[int], dimensions: Sequence[str]
) -> dict[int, tuple[int | None, ...]]:
    """The numbers of each cell, None in the place of the creator."""
    columns = [f"k.{name}" if name in _CELL_COLUMNS else "NULL" for name in dimensions]
    return {
        n: tuple(numbers)
        for n, *numbers in db.execute(
            f"SELECT {', '.join(['k.n', *columns])} FROM cube k "
            "WHERE k.n IN (SELECT value FROM json_each(?))",
            (encode(sorted(cells)),),
        )
    }


def _pairs_of(
    db: sqlite3.Connection, labels: Iterable[int], keys: Sequence[str]
) -> dict[int, list[tuple[str, str]]]:
    """The pairs with one of `keys` in each set of attributes."""
    found: dict[int, list[tuple[str, str]]] = {}
    if keys:
        for n, key, value in db.execute(
            "SELECT l.labels, p.key, p.value FROM json_each(?) j "
            "CROSS JOIN label_pairs l ON l.labels = j.value CROSS JOIN pairs p ON p.n = l.pair "
            f"WHERE {_one_of(keys)}",
            (encode(sorted(labels)), *keys),
        ):
            found.setdefault(n, []).append((key, value))
    return found


def _pairs_counted(
    db: sqlite3.Connection, labels: Counter[int], keys: Sequence[str]
) -> Iterable[tuple[str, str, int]]:
    """The pairs with one of `keys`, and how often they are in these sets of attributes."""
    if not keys:
        return ()
    return db.execute(
        "SELECT p.key, p.value, x.count FROM ("
        "SELECT l.pair, sum(j.value) AS count FROM json_each(?) j "
        "CROSS JOIN label_pairs l ON l.labels = CAST(j.key AS INTEGER) GROUP BY l.pair"
        f") x CROSS JOIN pairs p ON p.n = x.pair WHERE {_one_of(keys)}",
        (encode(labels), *keys),
    )


def _one_of(keys: Sequence[str]) -> str:
    """A test of the key of a pair; the values to bind are `keys`."""
    # Bound one by one: texts in JSON end at a NUL for SQLite.
    return f"p.key IN ({', '.join('?' * len(keys))})"


def _ways(there: Sequence[tuple[str, str]], keys: Sequence[str]) -> int:
    """How many ways there are to choose one value of each key."""
    counts = Counter(key for key, _ in there)
    return prod(counts[key] for key in keys)


def _combinations(
    pairs: dict[int, list[tuple[str, str]]], keys: Sequence[str]
) -> dict[int, list[dict[str, str]]]:
    """For each set of attributes the ways to choose one value of each key."""
    chosen: dict[int, list[dict[str, str]]] = {}
    for labels, there in pairs.items():
        ways: list[dict[str, str]] = [{}]
        for key in keys:
            ways = [{**way, key: value} for way in ways for name, value in there if name == key]
        chosen[labels] = ways
    return chosen


# From numbers to texts


def _texts(db: sqlite3.Connection, field: str) -> Callable[[int], str]:
    """What turns a number of the field's dimension into the text shown."""
    match field:
        # The three documented values, so that a count is what `status:<value>` finds: the words
        # open, in_progress and closed select a whole group. Finer statuses are in status_name.
        case "status":
            groups = _column(db, "SELECT n, status_group FROM states")
            return lambda n: STATUS_GROUPS[groups[n]].removeprefix("SG_")
        case "status_group":
            groups = _column(db, "SELECT n, status_group FROM states")
            return lambda n: STATUS_GROUPS[groups[n]]
        case "priority":
            return PRIORITIES.__getitem__
        case "archived":
            return ("false", "true").__getitem__
    texts = _column(db, _LOOKUPS[field])
    return lambda n: texts.get(n) or ""


_LOOKUPS = {
    "status_name": "SELECT n, status_name FROM states",
    "project": "SELECT n, key FROM projects",
    "project_id": "SELECT n, id FROM projects",
    "assignee": "SELECT n, handle FROM users",
    "assignee_id": "SELECT n, id FROM users",
    "created_by": "SELECT n, handle FROM users",
    "type": "SELECT k.n, t.name FROM kinds k LEFT JOIN case_types t ON t.id = k.type_id",
    "type_id": "SELECT n, type_id FROM kinds",
    "creation_source": "SELECT n, creation_source FROM kinds",
}


def _column(db: sqlite3.Connection, sql: str) -> dict[int, Any]:
    return dict(db.execute(sql).fetchall())


def _summed(weighed: _Weighed) -> Counter[int]:
    return Counter({numbers[0]: count for numbers, count in weighed})


def _largest(counts: Counter[_Text], limit: int) -> list[tuple[_Text, int]]:
    """Largest count first, then by text."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
