"""The query language: one grammar for the app and for the embedded server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage_tui.errors import QueryError
from triage_tui.models import Case
from triage_tui.query_fields import (
    FIELDS,
    Field,
    Kind,
    field_of,
    folded,
    folded_key,
    number,
    spells_codes,
    tokens,
    value_text,
    when,
)
from triage_tui.query_grammar import MAX_DEPTH, read, ready
from triage_tui.query_match import matches
from triage_tui.query_nodes import And, Node, Not, Or, Pattern, Range, Term, Text, leaves, written

__all__ = [
    "FIELDS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "OPEN_WORK",
    "And",
    "Field",
    "Kind",
    "Node",
    "Not",
    "Or",
    "Pattern",
    "Query",
    "Range",
    "Term",
    "Text",
    "field_of",
    "folded",
    "leaves",
    "number",
    "parse",
    "ready",
    "spells_codes",
    "tokens",
    "value_text",
    "when",
]

MAX_LENGTH = 4096
"""Characters a query may have."""


def parse(text: str) -> Query:
    """The query `text` stands for; blank text selects all cases that are not archived.

    Raises:
        QueryError: `text` is no query, asks for a value its key cannot have, or is longer than
            `MAX_LENGTH` or deeper than `MAX_DEPTH`.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"The query has {len(text)} characters and can have {MAX_LENGTH}: shorten it",
            MAX_LENGTH,
        )
    if text == _OPEN_WORK:
        return OPEN_WORK  # What is asked most often needs no grammar, which is slow to load.
    return Query(read(text)) if text.strip() else Query()


@dataclass(frozen=True, slots=True)
class Query:
    """What selects cases. `root` None selects all (archived ones excepted).

    `str()` gives the text of the query; `parse` reads it back as an equal query.

    The methods that edit look only at what the query demands as a whole, as in `a key:b -key:c`,
    never into alternatives of several keys, and return a new query. Values are literal, letter
    case ignored; the value "" stands for "has none".
    """

    root: Node | None = None

    def __str__(self) -> str:
        return "" if self.root is None else written(self.root)

    def keys(self) -> frozenset[str]:
        """The keys that occur anywhere."""
        return frozenset(leaf.key for leaf in leaves(self.root) if not isinstance(leaf, Text))

    @property
    def names_archived(self) -> bool:
        """True if archived cases can match, because the query says something about archiving."""
        # Our choice: some query of the product finds archived cases, nobody has said which.
        return not self.keys().isdisjoint(("archived", "archived_at"))

    def matches(
        self, case: Case, now: datetime, type_names: Mapping[str, str] | None = None
    ) -> bool:
        """Whether the query selects `case`.

        Args:
            now: What `now` in the query means.
            type_names: Names of case types by id, for `type:name`.

        Raises:
            QueryError: A date or number cannot be read; never for a query that `parse` returned.
        """
        if case.archived_at is not None and not self.names_archived:
            return False
        return self.root is None or matches(self.root, case, now, type_names or {})

    def chosen(self, key: str) -> frozenset[str]:
        """The values of which the query demands one, as written."""
        return self._named(folded_key(key), wanted=True)

    def excluded(self, key: str) -> frozenset[str]:
        """The values the query rules out, as written."""
        return self._named(folded_key(key), wanted=False)

    def with_term(self, key: str, value: str) -> Query:
        """Demand `value` of `key` and nothing else."""
        return self._choosing(folded_key(key), value, [])

    def or_term(self, key: str, value: str) -> Query:
        """Let `value` do as well as what was demanded of `key` before."""
        key = folded_key(key)
        before = [
            node
            for part in self._parts
            for wanted, nodes in [_about(part, key)]
            if wanted
            for node in nodes
            # Beside "has any", no other value would change anything.
            if node != _has_any(key)
        ]
        return self._choosing(key, value, before)

    def without_value(self, key: str, value: str) -> Query:
        """Neither demand `value` of `key` nor rule it out."""
        key = folded_key(key)
        return self._edited(key, lambda wanted, node: not _names(node, key, value))

    def excluding(self, key: str, value: str) -> Query:
        """Rule `value` out, and no longer demand it."""
        key = folded_key(key)
        ruled_out = Not(_asking(key, value)) if value else _has_any(key)
        return _query([*self.without_value(key, value)._parts, ruled_out])

    def within(self, project: str) -> Query:
        """The same question about the cases of one project only."""
        return _query([Term("project", Pattern(project)), *self._parts])

    def without_key(self, key: str) -> Query:
        """Neither demand any value of `key` nor rule one out."""
        return self._edited(folded_key(key), lambda wanted, node: False)

    @property
    def _parts(self) -> tuple[Node, ...]:
        """What the query demands, one by one."""
        if isinstance(self.root, And):
            return self.root.nodes
        return () if self.root is None else (self.root,)

    def _named(self, key: str, *, wanted: bool) -> frozenset[str]:
        said = [
            (sign, node)
            for part in self._parts
            for sign, nodes in [_about(part, key)]
            for node in nodes
        ]
        values = {
            node.pattern.text
            for sign, node in said
            if sign is wanted and isinstance(node, Term) and not node.pattern.wild
        }
        any_one, none = _has_any(key), Not(_has_any(key))
        if any(
            one in said for one in ([(True, none)] if wanted else [(True, any_one), (False, none)])
        ):
            values.add("")
        return frozenset(values)

    def _choosing(self, key: str, value: str, beside: list[Node]) -> Query:
        """Demand `value` or one of `beside`."""
        if not any(_names(node, key, value) for node in beside):
            beside = [*beside, _asking(key, value)]
        return self._edited(
            key, lambda wanted, node: not wanted and not _names(node, key, value), _any(beside)
        )

    def _edited(
        self, key: str, keep: Callable[[bool, Node], bool], demand: Node | None = None
    ) -> Query:
        """Keep only some of what is said about `key`, and put `demand` where its demands stood."""
        parts: list[Node] = []
        place: int | None = None
        for part in self._parts:
            wanted, nodes = _about(part, key)
            if nodes and wanted and place is None:
                place = len(parts)
            kept = [node for node in nodes if keep(wanted, node)]
            if kept == nodes:
                parts.append(part)
            elif kept:
                parts.append(_any(kept) if wanted else Not(_any(kept)))
        if demand is not None:
            parts.insert(len(parts) if place is None else place, demand)
        return _query(parts)


def _query(parts: list[Node]) -> Query:
    """The query that demands all of `parts`."""
    return Query(And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None)


def _any(nodes: list[Node]) -> Node:
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]


def _has_any(key: str) -> Term:
    return Term(key, Pattern("*", wild=True))


_GROUPS = ("open", "in_progress", "closed")


def _asking(key: str, value: str) -> Node:
    if key == "status" and (group := folded(key, value)) in _GROUPS:
        value = group  # As people write it, and not as a server may spell it.
    return Term(key, Pattern(value)) if value else Not(_has_any(key))


def _about(part: Node, key: str) -> tuple[bool, list[Node]]:
    """Whether `part` demands or rules out values of `key`, and which; none if it does neither."""
    if isinstance(part, Not) and part.node != _has_any(key):
        return False, _alternatives(part.node, key)
    return True, _alternatives(part, key)


def _alternatives(node: Node, key: str) -> list[Node]:
    """The values of `key` any of which satisfies `node`; none if it is about something else."""
    match node:
        case Term() | Range() if node.key == key:
            return [node]
        case Not() if node.node == _has_any(key):
            return [node]
        case Or():
            inner = [_alternatives(alternative, key) for alternative in node.nodes]
            return [value for values in inner for value in values] if all(inner) else []
        case _:
            return []


def _names(node: Node, key: str, value: str) -> bool:
    """True if `node` asks for `value`; both "has any" and "has none" name the value ""."""
    if isinstance(node, Term) and not node.pattern.wild:
        return folded(key, node.pattern.text) == folded(key, value)
    return not value and node in (_has_any(key), Not(_has_any(key)))


OPEN_WORK = Query(Or((Term("status", Pattern("open")), Term("status", Pattern("in_progress")))))
"""Everything that still needs somebody. Built by hand: the grammar takes longer to load."""

_OPEN_WORK = str(OPEN_WORK)
