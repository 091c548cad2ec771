"""What a query may not ask of the database: steps of minutes, and hundreds of long texts at once.

A search that takes too long is given up, but only between two steps.
"""

from __future__ import annotations

from collections import Counter

from triage_tui.errors import QueryError
from triage_tui.query import Query, Term, Text, leaves
from triage_tui.query_fields import shown

PATTERN_LIMIT = 200
"""Characters that a text with wildcards, or without a word in it, may have. It is compared with a
text at each of its characters."""

COMPARISONS_LIMIT = 100
"""How many such texts, and whole titles and descriptions, a query may look for. Each keeps a copy
of what it is compared with until the search is done."""

REPEATS_LIMIT = 50
"""How often the same word may stand in the phrases of a query. As often is every place looked at
where a text has it; words that differ share the places."""


def check_effort(query: Query) -> None:
    """Do nothing if `query` asks for none of it. Raises QueryError at what does."""
    seen: Counter[str] = Counter()
    comparisons = 0
    for leaf in leaves(query.root):
        if isinstance(leaf, Text) and leaf.words:
            words, _ = leaf.words
            if len(words) == 1:
                continue
            seen.update(words)
            word, count = seen.most_common(1)[0]
            if count > REPEATS_LIMIT:
                raise QueryError(
                    f"{shown(word)} stands in phrases more than {REPEATS_LIMIT} times: leave some "
                    "away",
                    leaf.at,
                )
        elif isinstance(leaf, Text | Term) and _compares(leaf):
            comparisons += 1
            if comparisons > COMPARISONS_LIMIT:
                raise QueryError(
                    f"A query can have {COMPARISONS_LIMIT} texts with wildcards or without words, "
                    "titles and descriptions: leave some away",
                    leaf.at,
                )
            length = len(leaf.pattern.text)
            if length > PATTERN_LIMIT and (isinstance(leaf, Text) or leaf.pattern.wild):
                raise QueryError(
                    f"A text with wildcards or without words can have {PATTERN_LIMIT} characters, "
                    f"not {length}: shorten it",
                    leaf.at,
                )


def _compares(leaf: Text | Term) -> bool:
    """Whether `leaf` is found by comparing whole texts."""
    if isinstance(leaf, Text):
        return True
    asked = bool(leaf.pattern.text) and not leaf.pattern.anything
    return asked and (leaf.pattern.wild or leaf.key in ("title", "description"))
