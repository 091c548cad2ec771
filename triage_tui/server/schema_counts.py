"""The tables that hold counts of cases, and the triggers that keep them right.

Every case has one row in `facts`, narrow enough that a million can be looked through, which names
its `cell`: all cases that agree in archiving, status, project, priority, assignee and kind share
one. `cube` counts the cases of each cell. `tallies` counts coarser: for each value of each field
how many cases there are by archiving, status and project, so that the views people look at most
are answered from a few hundred rows.

`pairs` are the (key, value) pairs of attributes and custom attributes; cases with the same pairs
share one row of `labels`.

The triggers follow every statement that adds, changes or deletes cases, whoever wrote it. Whoever
adds many at once counts them together instead (`server.tables.tallies`).
"""

from __future__ import annotations

OPEN_WORK, CLOSED, ARCHIVED = range(3)
"""`facts.band`: how alive a case is. Each is smaller than the next, so that ranges can select."""

TOTAL, PRIORITY, ASSIGNEE, KIND, CREATOR, PAIR = range(6)
"""`tallies.field`; the value of TOTAL is 0."""

_TABLES = (
    """CREATE TABLE states (
        n INTEGER PRIMARY KEY,
        status_group INTEGER NOT NULL,
        status_name TEXT NOT NULL,
        status TEXT NOT NULL,
        UNIQUE (status_group, status_name, status)
    ) STRICT""",
    """CREATE TABLE kinds (
        n INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        type_id TEXT NOT NULL,
        creation_source TEXT NOT NULL,
        UNIQUE (type, type_id, creation_source)
    ) STRICT""",
    # `folded` is the value as searches compare it; `number` is set for numbers only.
    """CREATE TABLE pairs (
        n INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        folded TEXT NOT NULL,
        number REAL
    ) STRICT""",
    "CREATE INDEX pairs_value ON pairs (key, value)",
    "CREATE INDEX pairs_folded ON pairs (key, folded)",
    # `text` is the sorted numbers of the pairs.
    "CREATE TABLE labels (n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE label_pairs (
        labels INTEGER NOT NULL,
        pair INTEGER NOT NULL,
        PRIMARY KEY (labels, pair)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX label_pairs_pair ON label_pairs (pair, labels)",
    # 0 stands for nobody here and in the other counts: NULLs would all differ.
    """CREATE TABLE cube (
        n INTEGER PRIMARY KEY,
        archived INTEGER NOT NULL,
        state INTEGER NOT NULL,
        project INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        assignee INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        count INTEGER NOT NULL,
        UNIQUE (archived, state, project, priority, assignee, kind)
    ) STRICT""",
    "CREATE INDEX cube_gone ON cube (n) WHERE count = 0",
    """CREATE TABLE facts (
        n INTEGER PRIMARY KEY,
        cell INTEGER NOT NULL,
        labels INTEGER NOT NULL,
        creator INTEGER NOT NULL,
        band INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE tallies (
        field INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        state INTEGER NOT NULL,
        project INTEGER NOT NULL,
        value INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (field, archived, state, project, value)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX tallies_gone ON tallies (field) WHERE count = 0",
    # What a case counts for.
    f"""CREATE VIEW tallied AS
        {
        " UNION ALL ".join(
            f"SELECT f.n, {field} AS field, k.archived, k.state, k.project, {value} AS value "
            f"FROM facts f JOIN cube k ON k.n = f.cell"
            for field, value in (
                (TOTAL, "0"),
                (PRIORITY, "k.priority"),
                (ASSIGNEE, "k.assignee"),
                (KIND, "k.kind"),
                (CREATOR, "f.creator"),
            )
        )
    }
        UNION ALL SELECT f.n, {PAIR}, k.archived, k.state, k.project, l.pair
        FROM facts f JOIN cube k ON k.n = f.cell JOIN label_pairs l ON l.labels = f.labels""",
)

# Each holds all that counting and sorting ask for, so that no case is looked up for it; `n` stands
# where the order of a page needs it.
_INDEXES = (
    "CREATE INDEX facts_cell ON facts (cell, labels, created_at)",
    "CREATE INDEX facts_labels ON facts (labels, band, cell, created_at)",
    "CREATE INDEX facts_created ON facts (created_at, n, band, cell, labels)",
    "CREATE INDEX facts_open ON facts (created_at, n, cell, labels) WHERE band = 0",
)

CELL_COLUMNS = "archived, state, project, priority, assignee, kind"


def _cell(case: str) -> str:
    """The values of `CELL_COLUMNS` for the row called `case`."""
    return f"""({case}.archived_at IS NOT NULL),
        (SELECT s.n FROM states s WHERE s.status_group = {case}.status_group
            AND s.status_name = {case}.status_name AND s.status = {case}.status),
        {case}.project, {case}.priority, ifnull({case}.assignee, 0),
        (SELECT x.n FROM kinds x WHERE x.type = {case}.type AND x.type_id = {case}.type_id
            AND x.creation_source = {case}.creation_source)"""


def _facts(case: str) -> str:
    """The values of `facts` after `n` for the row called `case`."""
    return f"""(SELECT k.n FROM cube k WHERE ({CELL_COLUMNS}) = ({_cell(case)})),
        {case}.labels, ifnull({case}.created_by, 0),
        iif({case}.archived_at IS NOT NULL, {ARCHIVED},
            iif({case}.status_group < 2, {OPEN_WORK}, {CLOSED})),
        {case}.created_at"""


_CAUSES = (
    "project, type, type_id, priority, status, status_name, status_group, assignee, created_by, "
    "created_at, archived_at, creation_source, labels"
)
_OLD_CELL = "(SELECT f.cell FROM facts f WHERE f.n = old.n)"
_LEAVE = (
    """INSERT INTO tallies (field, archived, state, project, value, count)
        SELECT field, archived, state, project, value, -1 FROM tallied WHERE n = old.n
        ON CONFLICT DO UPDATE SET count = count - 1""",
    f"UPDATE cube SET count = count - 1 WHERE n = {_OLD_CELL}",
)
_ENTER = (
    """INSERT INTO states (status_group, status_name, status)
        VALUES (new.status_group, new.status_name, new.status) ON CONFLICT DO NOTHING""",
    """INSERT INTO kinds (type, type_id, creation_source)
        VALUES (new.type, new.type_id, new.creation_source) ON CONFLICT DO NOTHING""",
    f"INSERT INTO cube ({CELL_COLUMNS}, count) VALUES ({_cell('new')}, 1) "
    "ON CONFLICT DO UPDATE SET count = count + 1",
)
_COUNTED = """INSERT INTO tallies (field, archived, state, project, value, count)
    SELECT field, archived, state, project, value, 1 FROM tallied WHERE n = new.n
    ON CONFLICT DO UPDATE SET count = count + 1"""
_TIDY = (
    "DELETE FROM cube WHERE count = 0",
    "DELETE FROM tallies WHERE count = 0",
)


def _trigger(head: str, *statements: str) -> str:
    return f"CREATE TRIGGER {head} BEGIN\n{''.join(f'{one};' for one in statements)}\nEND"


CASE_ADDED = _trigger(
    "case_added AFTER INSERT ON cases",
    *_ENTER,
    "INSERT INTO facts (n, cell, labels, creator, band, created_at) "
    f"VALUES (new.n, {_facts('new')})",
    # Rows that come in the order of their creation can be listed in the order of `n`.
    "UPDATE workspace SET in_order = 0 WHERE in_order "
    "AND new.created_at < (SELECT max(created_at) FROM facts)",
    _COUNTED,
)
"""Counts one case. Even if it did nothing, it would make adding a case take half as long again."""

_TRIGGERS = (
    CASE_ADDED,
    _trigger(
        f"case_changed AFTER UPDATE OF {_CAUSES} ON cases WHEN "
        + " OR ".join(f"old.{name} IS NOT new.{name}" for name in _CAUSES.split(", ")),
        *_LEAVE,
        *_ENTER,
        "UPDATE workspace SET in_order = 0 WHERE in_order AND old.created_at <> new.created_at",
        "UPDATE facts SET (cell, labels, creator, band, created_at) = "
        f"({_facts('new')}) WHERE n = new.n",
        _COUNTED,
        *_TIDY,
    ),
    _trigger(
        "case_removed AFTER DELETE ON cases",
        *_LEAVE,
        "DELETE FROM facts WHERE n = old.n",
        *_TIDY,
        "DELETE FROM labels WHERE n = old.labels "
        "AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.labels = old.labels)",
    ),
    """CREATE TRIGGER labels_removed AFTER DELETE ON labels BEGIN
        DELETE FROM label_pairs WHERE labels = old.n;
    END""",
    """CREATE TRIGGER pair_unused AFTER DELETE ON label_pairs BEGIN
        DELETE FROM pairs WHERE n = old.pair
        AND NOT EXISTS (SELECT 1 FROM label_pairs l WHERE l.pair = old.pair);
    END""",
)

COUNT_ADDED = (
    """INSERT INTO states (status_group, status_name, status)
        SELECT DISTINCT status_group, status_name, status FROM cases WHERE n > ?
        ON CONFLICT DO NOTHING""",
    """INSERT INTO kinds (type, type_id, creation_source)
        SELECT DISTINCT type, type_id, creation_source FROM cases WHERE n > ?
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO cube ({CELL_COLUMNS}, count)
        SELECT {_cell("c")}, count(*) FROM cases c WHERE c.n > ?
        GROUP BY 1, 2, 3, 4, 5, 6
        ON CONFLICT DO UPDATE SET count = count + excluded.count""",
    f"""INSERT INTO facts (n, cell, labels, creator, band, created_at)
        SELECT c.n, {_facts("c")} FROM cases c WHERE c.n > ? ORDER BY c.n""",
    """UPDATE workspace SET in_order = 0 WHERE in_order AND EXISTS (
        SELECT 1 FROM (
            SELECT created_at, lag(created_at) OVER (ORDER BY n) AS before FROM facts
            WHERE n >= (SELECT coalesce(max(n), 0) FROM facts WHERE n <= ?)
        ) WHERE created_at < before)""",
)
"""Statements that count the cases with an `n` beyond the one bound to each, but for the tallies."""

_TALLY_ALL = """INSERT INTO tallies (field, archived, state, project, value, count)
    SELECT field, archived, state, project, value, count(*) FROM tallied GROUP BY 1, 2, 3, 4, 5"""

_PAIRS_OF_CASE = """(SELECT group_concat(p.n) FROM (
        SELECT pairs.n FROM pairs JOIN case_values v
        ON pairs.key = v.key AND pairs.value = v.value AND pairs.number IS v.number
        WHERE v.n = {n} ORDER BY pairs.n
    ) p)"""
_MOVE_VALUES = (
    """INSERT INTO pairs (key, value, folded, number)
        SELECT DISTINCT key, value, folded, number FROM case_values ORDER BY key, value""",
    f"""INSERT INTO labels (text) SELECT DISTINCT {_PAIRS_OF_CASE.format(n="x.n")}
        FROM (SELECT DISTINCT n FROM case_values) x""",
    """INSERT INTO label_pairs (labels, pair)
        SELECT labels.n, j.value FROM labels, json_each('[' || labels.text || ']') j""",
    f"""UPDATE cases SET labels = (
            SELECT l.n FROM labels l WHERE l.text = {_PAIRS_OF_CASE.format(n="cases.n")}
        ) WHERE n IN (SELECT n FROM case_values)""",
    "DROP TABLE case_values",
)

COUNTS = (
    "ALTER TABLE cases ADD COLUMN labels INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE workspace ADD COLUMN in_order INTEGER NOT NULL DEFAULT 1",
    *_TABLES,
    *_MOVE_VALUES,
    *(statement.replace("?", "0") for statement in COUNT_ADDED),
    _TALLY_ALL,
    *_INDEXES,
    # What these were for is found through `facts` now.
    "DROP INDEX cases_created_at",
    "DROP INDEX cases_assignee",
    "DROP INDEX cases_project",
    "CREATE INDEX cases_project ON cases (project)",
    *_TRIGGERS,
)
"""The whole migration."""
