"""The cases that a selection selects: how many there are, and which ones stand on a page."""

from __future__ import annotations

import sqlite3
from functools import cached_property

from triage_tui.server.schema_counts import CLOSED, OPEN_WORK, TOTAL
from triage_tui.server.search import Condition, Selection

_SORTS = {
    "created_at": ("f.created_at",),
    "priority": ("k.priority",),
    "status": ("s.status_group", "s.status_name"),
}
_CASE_SORTS = {
    "priority": ("cases_priority", ("c.priority",)),
    "status": ("cases_status", ("c.status_group", "c.status_name")),
}

_STEP, _JOINED_STEP, _SORTED_STEP = 0.1, 0.7, 1.0
"""Time (about a microsecond is 1) to pass an index entry, to look at its case as well, and to find
and sort a case."""

_FEW = 5_000
"""So many cases are always found quickest through their cells."""

_OPEN_CELLS = "k.archived = 0 AND k.state IN (SELECT n FROM states WHERE status_group < 2)"


class Hits:
    """The selected cases, in the transaction of a connection."""

    def __init__(self, db: sqlite3.Connection, selection: Selection) -> None:
        self._db = db
        self._selection = selection

    @cached_property
    def total(self) -> int:
        """How many there are."""
        if self._selection.of_cells:
            return self._in_cells[0]
        sql, values = self.rows("count(*)")
        total: int = self._db.execute(sql, values).fetchone()[0]
        return total

    def page(self, sort: str, ascending: bool, offset: int, size: int) -> list[int]:
        """The rowids of `size` of them after the first `offset`; `sort` is one of SORT_FIELDS."""
        if offset >= self.total:
            return []
        direction = "ASC" if ascending else "DESC"
        sql, values, order = self._ordered(sort, offset + size)
        order_by = ", ".join(f"{column} {direction}" for column in order)
        found = self._db.execute(
            f"{sql} ORDER BY {order_by} LIMIT ? OFFSET ?", [*values, size, offset]
        )
        return [n for (n,) in found]

    def rows(self, columns: str, *, states: bool = False) -> tuple[str, list[object]]:
        """SQL that selects `columns` of their `facts f` (and `states s`), and the values to bind.

        It can be followed by ORDER BY, GROUP BY and LIMIT.
        """
        chosen = self._selection
        if chosen.match:
            source, joins_cube = "words CROSS JOIN facts f ON f.n = words.rowid", True
        elif self._by_cells:
            source, joins_cube = "cube k CROSS JOIN facts f ON f.cell = k.n", False
        else:
            source, joins_cube = "facts f", True
        return self._select(columns, source, joins_cube=joins_cube, states=states)

    @cached_property
    def _in_cells(self) -> tuple[int, int]:
        """How many cases are in the selected cells, and how many of those are open work."""
        chosen = self._selection
        table = f"tallies k WHERE k.field = {TOTAL} AND" if chosen.coarse else "cube k WHERE"
        found: tuple[int, int] = self._db.execute(
            f"SELECT total(k.count), total(iif({_OPEN_CELLS}, k.count, 0)) "
            f"FROM {table} ({chosen.cells.sql})",
            chosen.cells.values,
        ).fetchone()
        return int(found[0]), int(found[1])

    @cached_property
    def _pools(self) -> tuple[int, int, int]:
        """How many cases there are of open work, not archived, and altogether."""
        found: tuple[float, ...] = self._db.execute(
            f"SELECT total(iif({_OPEN_CELLS}, k.count, 0)), total(iif(k.archived, 0, k.count)), "
            f"total(k.count) FROM tallies k WHERE k.field = {TOTAL}"
        ).fetchone()
        return int(found[0]), int(found[1]), int(found[2])

    @cached_property
    def _band(self) -> tuple[str, bool]:
        """A test of `facts f` that all cases of the selected cells pass, and whether only they do.

        The test is "" if there is nothing to test.
        """
        candidates, open_work = self._in_cells
        if candidates == open_work:
            return f"f.band = {OPEN_WORK}", candidates == self._pools[0]
        if self._selection.archived:
            return "", candidates == self._pools[2]
        return f"f.band <= {CLOSED}", candidates == self._pools[1]

    @property
    def _by_cells(self) -> bool:
        """Whether it is quickest to go from the cells to their cases."""
        chosen = self._selection
        if chosen.all_cells:
            return False
        candidates = self._in_cells[0]
        if chosen.rest is None:
            return True
        if chosen.labelled or chosen.since:
            return candidates <= _FEW
        return candidates <= self._pools[2] / 3

    def _ordered(self, sort: str, wanted: int) -> tuple[str, list[object], tuple[str, ...]]:
        """SQL for the rowids without its ORDER BY, its values, and what to order by.

        `wanted` is how many cases are needed from the start.
        """
        chosen = self._selection
        if chosen.match:
            if sort == "created_at" and self._in_order:
                return *self.rows("f.n"), ("words.rowid",)
            return self._sorted(sort)
        candidates, open_work = self._in_cells
        only_open = candidates == open_work
        pools = self._pools
        pool = pools[0] if only_open else pools[2] if chosen.archived else pools[1]
        whole = chosen.of_cells and self.total == pool
        if sort == "created_at":
            entries = pools[0] if only_open else pools[2]
        elif chosen.archived or only_open:
            return self._sorted(sort)
        else:
            entries = pools[1]
        passed = entries * min(1.0, wanted / self.total)
        walking = passed * (_STEP if whole else _JOINED_STEP)
        if walking > self._found() * _SORTED_STEP:
            return self._sorted(sort)
        if sort == "created_at":
            index = "facts_open" if only_open else "facts_created"
            tests = [self._band[0]] if self._band[0] else []
            source = f"facts f INDEXED BY {index}"
            order: tuple[str, ...] = ("f.created_at", "f.n")
        else:
            name, columns = _CASE_SORTS[sort]
            tests = ["c.archived_at IS NULL"]
            order = (*columns, "c.n")
            source = f"cases c INDEXED BY {name}"
            if whole:
                return f"SELECT c.n FROM {source} WHERE c.archived_at IS NULL", [], order
            source += " CROSS JOIN facts f ON f.n = c.n"
        if whole:
            return f"SELECT f.n FROM {source} WHERE {' AND '.join(tests) or 'TRUE'}", [], order
        sql, values = self._select("f.n", source, joins_cube=True, more=tests)
        return sql, values, order

    def _sorted(self, sort: str) -> tuple[str, list[object], tuple[str, ...]]:
        # The plus keeps SQLite from walking an index in this order after all.
        columns = tuple(f"+{column}" for column in _SORTS[sort])
        sql, values = self.rows("f.n", states=sort != "created_at")
        return sql, values, (*columns, "+f.n")

    def _found(self) -> float:
        """How many cases have to be looked at to find all."""
        chosen = self._selection
        if chosen.labelled or chosen.since:
            return self.total
        return self._in_cells[0] if self._by_cells else self._pools[2]

    @property
    def _in_order(self) -> bool:
        """True if the cases were added in the order of their creation."""
        return bool(self._db.execute("SELECT in_order FROM workspace").fetchone()[0])

    def _select(
        self,
        columns: str,
        source: str,
        *,
        joins_cube: bool,
        states: bool = False,
        more: list[str] | None = None,
    ) -> tuple[str, list[object]]:
        chosen = self._selection
        tests = [Condition(test, []) for test in more or ()]
        if chosen.match:
            tests.append(Condition("words MATCH ?", [chosen.match]))
        if joins_cube:
            # The band is told by the case itself; only what it leaves open is asked of the cell.
            band, decides = self._band
            if band and band not in (more or ()):
                tests.append(Condition(band, []))
            joins_cube = states or not decides
        else:
            decides = False
        if not decides:
            tests.append(chosen.cells)
        if joins_cube:
            source += " CROSS JOIN cube k ON k.n = f.cell"
        if states:
            source += " CROSS JOIN states s ON s.n = k.state"
        if chosen.of_cases and "cases c" not in source:
            source += " CROSS JOIN cases c ON c.n = f.n"
        if chosen.rest and source.startswith("cube"):
            # The plus keeps SQLite from looking for each set of attributes in each cell.
            plain = chosen.rest.sql.replace("f.labels IN", "+f.labels IN")
            tests.append(chosen.rest._replace(sql=plain))
        elif chosen.rest:
            tests.append(chosen.rest)
        where = " AND ".join(f"({test.sql})" for test in tests) or "TRUE"
        values = [value for test in tests for value in test.values]
        return f"SELECT {columns} FROM {source} WHERE {where}", values
