"""Which texts are meant by a few typed letters, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.fuzzy import FuzzySearch

_SIDE_BY_SIDE = 1.5
_WHOLE = 2.0
_ELSEWHERE = 0.5
"""What a word counts that is found beside the label, not in it."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text fits.

    Attributes:
        score: The higher the better, above 0.
        places: Where in the label the typed letters are.
    """

    score: float
    places: frozenset[int]


class Ranking:
    """Compares texts with what was typed: each word of it must be found.

    Letters of a word may stand apart in the label, but not in the other text, where that would
    find almost everything. The time is bounded by the product of the two lengths.
    """

    def __init__(self, typed: str) -> None:
        self._words = lowered(typed).split()
        self._fuzzy = FuzzySearch()

    def match(self, label: str, more: str = "") -> Match | None:
        """How well the label, with `more` text to it, fits; None if a word is missing.

        Both are as `lowered` gives them.
        """
        score, places = 1.0, set[int]()
        for word in self._words:
            best = max(
                ((self._score(label, found), found) for found in _places(word, label)),
                key=lambda pair: pair[0],
                default=(0.0, ()),
            )
            at = more.find(word)
            beside = self._score(more, range(at, at + len(word))) * _ELSEWHERE if at >= 0 else 0.0
            if not best[1] and not beside:
                return None
            score += max(best[0], beside)
            if best[0] >= beside:
                places.update(best[1])
        return Match(score, frozenset(places))

    def _score(self, text: str, places: Sequence[int]) -> float:
        score = self._fuzzy.score(text, places)
        if len(places) == len(text):
            return score * _WHOLE
        return score * _SIDE_BY_SIDE if places[-1] - places[0] == len(places) - 1 else score


def _places(word: str, text: str) -> Iterator[Sequence[int]]:
    """Where the letters of the word are: side by side if that is possible, else in order."""
    # FuzzySearch.match tries every combination, which for "aaaaaa" in "abababab…" takes for ever.
    side_by_side = False
    for found in re.finditer(re.escape(word), text):
        side_by_side = True
        yield range(found.start(), found.end())
    if side_by_side:
        return
    start = text.find(word[0])
    while start >= 0:
        places = [start]
        for letter in word[1:]:
            places.append(text.find(letter, places[-1] + 1))
            if places[-1] < 0:
                return
        yield places
        start = text.find(word[0], start + 1)


def lowered(text: str) -> str:
    """The text in lower case, each character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
