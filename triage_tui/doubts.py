"""Why a query finds nothing, and which of its keys a server does not seem to understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from triage_tui.query import And, Node, Query, Term, leaves
from triage_tui.query_nodes import Not, Pattern, Text
from triage_tui.text import plural

MOST_TERMS = 3
"""Terms of an empty answer that are looked into: each costs a request."""

PROMISED = frozenset(
    {"status", "priority", "project", "project_id", "type", "creation_source", "key"}
    | {"archived", "archived_at"}
)
"""Keys that every server is expected to understand, or that cannot be tried out."""

ALWAYS_THERE = frozenset(
    {"created_at", "created_by", "type_id", "title", "status_name", "status_group"}
)
"""Keys of which every case has a value."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A term that may be why nothing is found, and the query without it."""

    term: str
    rest: Query


def suspects(query: Query) -> tuple[Suspect, ...]:
    """The terms to look into, those that were written last first."""
    match query.root:
        case None:
            return ()
        case And():
            parts = query.root.nodes
        case _:
            parts = (query.root,)
    found = [
        Suspect(str(Query(part)), _without(parts, index))
        for index, part in enumerate(parts)
        if not _is_about_archiving(part)
    ]
    return tuple(found[::-1][:MOST_TERMS])


def _without(parts: Sequence[Node], index: int) -> Query:
    left = (*parts[:index], *parts[index + 1 :])
    return Query(And(left) if len(left) > 1 else left[0] if left else None)


def _is_about_archiving(part: Node) -> bool:
    keys = {leaf.key for leaf in leaves(part) if not isinstance(leaf, Text)}
    return bool(keys) and keys <= {"archived", "archived_at"}


def why_empty(counts: Sequence[tuple[str, int]]) -> str:
    """Which term leaves nothing over, as a sentence.

    Args:
        counts: For each suspect how many cases there are without it.
    """
    guilty = sorted((one for one in counts if one[1]), key=lambda one: -one[1])
    if guilty:
        said = [f"Without {term} there {_are(count)}." for term, count in guilty]
        return " ".join(said)
    if len(counts) > 1:
        return "Leaving out one of its terms would not be enough."
    return "There are no cases at all." if counts else ""


def _are(count: int) -> str:
    return f"is {plural(count, 'case')}" if count == 1 else f"are {plural(count, 'case')}"


class Verdict(Enum):
    """What a server makes of a key; the value completes "`key:` …"."""

    UNDERSTOOD = ""
    IGNORED = "is ignored by this server"
    FINDS_NOTHING = "finds nothing on this server, which may not know it"
    REFUSED = "is refused by this server"


def doubtful(query: Query) -> list[str]:
    """The keys of the query that a server may not understand, in the order of their letters."""
    return sorted(query.keys() - PROMISED)


def questions(key: str) -> tuple[Query, Query]:
    """Two queries that part all cases in two, if the server understands the key."""
    anything = Term(key, Pattern("*", wild=True))
    return Query(anything), Query(Not(anything))


def verdict(key: str, total: int, with_it: int, without: int, *, seen: bool) -> Verdict:
    """What the counts of `questions` say about a key.

    Args:
        total: How many cases there are in all.
        seen: A case was seen that has a value of it.
    """
    if not total:
        return Verdict.UNDERSTOOD
    if with_it == without == total:
        return Verdict.IGNORED
    if not with_it and (seen or key in ALWAYS_THERE):
        return Verdict.FINDS_NOTHING
    return Verdict.UNDERSTOOD
