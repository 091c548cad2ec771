"""Which cases may be about the same thing: by the words and the attributes that they share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from triage_tui.models import Case

MOST_WORDS = 6
"""Words of a title that a server is asked for."""

_MOST_OF_A_TITLE = 500
"""Characters of a title that are looked at."""

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")

_STOP_WORDS = """
    a after again all an and any are as at be been before between but by can cannot case cases
    could did do does for from get gets got had has have how i if in into is it its no nor not
    of off on one only or our out over since so some still than that the their them then there
    these they this to too up very via was we were what when where which while who why will
    with without would you your der die das den dem ein eine einer und oder im ist nicht mit
    von zu
    """

_SHARED_WORDS = 0.7
_SHARED_ATTRIBUTES = 0.25
_SAME_TYPE = 0.05
"""What each counts of a whole likeness."""

_LEAST = 0.12
"""Of a likeness that is worth a person's time."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that is like another.

    Attributes:
        score: Above 0, and 1 for the same.
        words: What the titles share, in the order of the other title.
        attributes: What both have, as "service web".
    """

    case: Case
    score: float
    words: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(_STOP_WORDS.split())


def words(title: str) -> tuple[str, ...]:
    """The words of a title that say what it is about, in order, each once and in lower case."""
    stop = _stop_words()
    found = (word.lower() for word in _WORD.findall(title[:_MOST_OF_A_TITLE]))
    return tuple(
        dict.fromkeys(
            word for word in found if word not in stop and (len(word) > 2 or not word.isascii())
        )
    )


def asked(title: str, *, closed: bool | None = None) -> str:
    """The query for cases with words of a title; "" if it has none to look for.

    Args:
        closed: Only cases that are closed, or only those that are not.
    """
    chosen = words(title)
    if len(chosen) > MOST_WORDS:
        # A long word says more than a short one; figures are seldom the same again.
        best = sorted(chosen, key=lambda word: (any(c.isdigit() for c in word), -len(word)))
        chosen = tuple(word for word in chosen if word in best[:MOST_WORDS])
    if not chosen:
        return ""
    any_of = " OR ".join(f'"{word}"' for word in chosen)
    text = f"({any_of})" if len(chosen) > 1 else any_of
    if closed is None:
        return text
    return f"status:closed {text}" if closed else f"status:(open OR in_progress) {text}"


def rank(
    title: str,
    candidates: Iterable[Case],
    *,
    attributes: Mapping[str, Sequence[str]] | None = None,
    type_id: str = "",
    without: str = "",
    most: int = 20,
) -> list[Alike]:
    """The cases most like one with this title, the most alike first; what is hardly so is left out.

    A word that few of the candidates have counts more than one that most of them have.

    Args:
        attributes, type_id: Those of the case; sharing them counts too.
        without: Id of a case that is not looked at: the one that is compared.
    """
    cases = list({case.id: case for case in candidates if case.id != without}.values())
    own = words(title)
    if not own:
        return []
    of_case = {case.id: frozenset(words(case.title)) for case in cases}
    frequency = Counter(word for theirs in of_case.values() for word in theirs)

    def weight(word: str) -> float:
        return 1.0 + log((1 + len(cases)) / (1 + frequency[word]))

    mine = {(key, value) for key, values in (attributes or {}).items() for value in values}
    found = []
    for case in cases:
        theirs = of_case[case.id]
        shared = tuple(word for word in own if word in theirs)
        if not shared:
            continue
        both = sum(map(weight, shared))
        every = sum(map(weight, theirs.union(own)))
        pairs = {(key, value) for key, values in case.attributes.items() for value in values}
        same = sorted(mine & pairs)
        score = _SHARED_WORDS * both / every
        if mine and pairs:
            score += _SHARED_ATTRIBUTES * len(same) / len(mine | pairs)
        if case.type_id == type_id:
            score += _SAME_TYPE
        if score >= _LEAST:
            told = tuple(f"{key} {value}" for key, value in same)
            found.append(Alike(case, min(1.0, score), shared, told))
    found.sort(key=lambda one: (-one.score, one.case.closed, -one.case.created_at.timestamp()))
    return found[:most]
