"""The sets of attribute values that cases have, each kept once."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from triage_tui.server import rows

Pair = tuple[str, str, str, float | None]
"""Key, value, folded value, and the number if it is one."""

_AT_ONCE = 1_000
"""Pairs to look for with one statement."""


def numbered(db: sqlite3.Connection, sets: Sequence[Collection[Pair]]) -> list[int]:
    """The rowid of each of these sets, 0 for one without pairs; those that are new are added."""
    pairs = _numbered_pairs(db, list(dict.fromkeys(pair for one in sets for pair in one)))
    texts = [",".join(map(str, sorted(pairs[pair] for pair in set(one)))) for one in sets]
    different = list(dict.fromkeys(text for text in texts if text))
    ns: dict[str, int] = {"": 0}
    ns.update(
        db.execute(
            "SELECT text, n FROM labels WHERE text IN (SELECT value FROM json_each(?))",
            (rows.encode(different),),
        )
    )
    new = [text for text in different if text not in ns]
    ns.update((text, n) for n, text in enumerate(new, _last(db, "labels") + 1))
    db.executemany("INSERT INTO labels (n, text) VALUES (?, ?)", [(ns[text], text) for text in new])
    db.executemany(
        "INSERT INTO label_pairs (labels, pair) VALUES (?, ?)",
        [(ns[text], int(pair)) for text in new for pair in text.split(",")],
    )
    return [ns[text] for text in texts]


def of_cases(db: sqlite3.Connection, ns: Iterable[int]) -> list[int]:
    """The rowids of the sets that the cases with these rowids have."""
    found = db.execute(
        "SELECT DISTINCT labels FROM facts WHERE n IN (SELECT value FROM json_each(?))",
        (rows.encode(list(ns)),),
    )
    return [n for (n,) in found]


def forget_unused(db: sqlite3.Connection, sets: Iterable[int]) -> None:
    """Delete those of these sets that no case has, and their pairs that no other set has."""
    db.execute(
        "DELETE FROM labels WHERE n IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.labels = labels.n)",
        (rows.encode(list(sets)),),
    )


def _numbered_pairs(db: sqlite3.Connection, pairs: Sequence[Pair]) -> dict[Pair, int]:
    ns: dict[tuple[str, str, float | None], int] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        for n, key, value, number in db.execute(
            "SELECT n, key, value, number FROM pairs "
            f"WHERE (key, value) IN (VALUES {', '.join(['(?, ?)'] * len(some))})",
            [text for pair in some for text in pair[:2]],
        ):
            ns[key, value, number] = n
    new = [pair for pair in pairs if (pair[0], pair[1], pair[3]) not in ns]
    for n, (key, value, _, number) in enumerate(new, _last(db, "pairs") + 1):
        ns[key, value, number] = n
    db.executemany(
        "INSERT INTO pairs (n, key, value, folded, number) VALUES (?, ?, ?, ?, ?)",
        [(ns[pair[0], pair[1], pair[3]], *pair) for pair in new],
    )
    return {pair: ns[pair[0], pair[1], pair[3]] for pair in pairs}


def _last(db: sqlite3.Connection, table: str) -> int:
    last: int = db.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchone()[0]
    return last
