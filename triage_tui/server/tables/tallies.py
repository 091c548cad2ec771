"""The counts of cases, as far as triggers do not keep them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from triage_tui.server import rows
from triage_tui.server.schema_counts import (
    ASSIGNEE,
    CASE_ADDED,
    COUNT_ADDED,
    CREATOR,
    KIND,
    PAIR,
    PRIORITY,
    TOTAL,
)

_CHUNK = 50_000
"""Cases to count in memory at a time."""

_ADD = """INSERT INTO tallies (field, archived, state, project, value, count)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"""


@contextmanager
def counted_together(db: sqlite3.Connection) -> Iterator[None]:
    """Cases added in the block are counted at its end, many times quicker than one by one.

    Cases that were there before may not be changed or removed in the block. Blocks may be nested;
    the outermost counts. Only in a transaction that is rolled back if the block raises.
    """
    one_by_one = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'case_added'"
    if not db.execute(one_by_one).fetchone():
        yield
        return
    before = _last(db)
    db.execute("DROP TRIGGER case_added")
    yield
    for statement in COUNT_ADDED:
        db.execute(statement, (before,))
    for start in range(before, _last(db), _CHUNK):
        _tally(db, start, start + _CHUNK)
    db.execute(CASE_ADDED)


def _last(db: sqlite3.Connection) -> int:
    last: int = db.execute("SELECT coalesce(max(n), 0) FROM cases").fetchone()[0]
    return last


def _tally(db: sqlite3.Connection, after: int, last: int) -> None:
    """Tally the cases with an `n` beyond `after` up to `last`."""
    found = db.execute(
        "SELECT cell, creator, labels FROM facts WHERE n > ? AND n <= ?", (after, last)
    ).fetchall()
    cells = Counter(cell for cell, _, _ in found)
    creators = Counter((cell, creator) for cell, creator, _ in found)
    labelled = Counter((cell, labels) for cell, _, labels in found)
    heads: dict[int, tuple[int, int, int]] = {}
    tallies: Counter[tuple[int, int, int, int, int]] = Counter()
    for n, archived, state, project, priority, assignee, kind in db.execute(
        "SELECT n, archived, state, project, priority, assignee, kind FROM cube "
        "WHERE n IN (SELECT value FROM json_each(?))",
        (rows.encode(list(cells)),),
    ):
        count = cells[n]
        heads[n] = head = (archived, state, project)
        tallies[(TOTAL, *head, 0)] += count
        tallies[(PRIORITY, *head, priority)] += count
        tallies[(ASSIGNEE, *head, assignee)] += count
        tallies[(KIND, *head, kind)] += count
    for (cell, creator), count in creators.items():
        tallies[(CREATOR, *heads[cell], creator)] += count
    pairs: dict[int, list[int]] = {}
    for labels, pair in db.execute(
        "SELECT labels, pair FROM label_pairs WHERE labels IN (SELECT value FROM json_each(?))",
        (rows.encode(list({labels for _, labels in labelled})),),
    ):
        pairs.setdefault(labels, []).append(pair)
    for (cell, labels), count in labelled.items():
        for pair in pairs.get(labels, ()):
            tallies[(PAIR, *heads[cell], pair)] += count
    db.executemany(_ADD, [(*key, count) for key, count in sorted(tallies.items())])
