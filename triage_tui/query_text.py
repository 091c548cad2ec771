"""The pieces of a query that is being typed, whether or not it can be read yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from triage_tui.query_fields import folded_key

_PIECE = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<key>(?:\\.|[^\s"():\\*?-])(?:\\.|[^\s"():\\*?])*:)
    | (?P<quoted>"(?:\\.|[^"\\])*"?)
    | (?P<bracket>[()])
    | (?P<minus>-(?=\S))
    | (?P<word>(?:\\.|[^\s"()\\])+|\\)
    """,
    re.DOTALL | re.VERBOSE,
)
_VALUE = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<quoted>"(?:\\.|[^"\\])*"?)
    | (?P<bracket>[()\[\]{}])
    | (?P<compare>>=|<=|>|<)
    | (?P<minus>-(?=\S))
    | (?P<word>(?:\\.|[^\s"()\[\]{}\\])+|\\)
    """,
    re.DOTALL | re.VERBOSE,
)

_KEYWORDS = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text.

    Attributes:
        kind: "key" (with its colon), "value", "text", "operator" or "bracket".
        key: For a value, and for what stands among the values of a key, that key; else "".
        listed: Within parentheses behind a key: `key:(…)`.
    """

    start: int
    end: int
    kind: str
    key: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be typed at the end of a text.

    Attributes:
        key: The key of which a value is expected; "" where a key or a text is.
        start: Where what has been typed of it begins.
        typed: What has been typed of it, with a comparison in front.
        ranged: Within a range: `key:[…`.
        listed: Within parentheses behind a key.
        follows: Something to look for stands in front: an operator may come too.
        key_at: Where the key begins, or -1 if it is no plain `key:value`.
    """

    key: str
    start: int
    typed: str
    ranged: bool = False
    listed: bool = False
    follows: bool = False
    key_at: int = -1


@lru_cache(maxsize=64)
def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces from left to right; what is left out is space."""
    return _read(text)[0]


def place_at(text: str, cursor: int) -> Place:
    """What is to be typed at `cursor`, by what stands in front of it."""
    before = text[:cursor]
    return _read(before)[1]


def _read(text: str) -> tuple[tuple[Piece, ...], Place]:
    found: list[Piece] = []
    # For each open parenthesis the key whose values it holds, or "".
    opened: list[str] = []
    key, key_at, in_range = "", -1, False
    at, last = 0, ""
    while at < len(text):
        listed = bool(opened and opened[-1])
        about = key or (opened[-1] if opened else "")
        match = (_VALUE if about or in_range else _PIECE).match(text, at)
        if match is None:  # Nothing is left out of the patterns; a text without end would be.
            break
        kind, part, end = match.lastgroup or "", match[0], match.end()
        if kind == "space":
            if key and not in_range:
                key, key_at = "", -1
            last = "space"
            at = end
            continue
        if kind == "key":
            key = folded_key(part[:-1].replace("\\", ""))
            key_at = -1 if text[at - 1 : at] == "-" else at
            found.append(Piece(at, end, "key", key))
        elif kind == "bracket" and part == "(":
            opened.append(about)
            key, key_at = "", -1
            found.append(Piece(at, end, "bracket", about, listed))
        elif kind == "bracket" and part == ")":
            if opened:
                opened.pop()
            key, key_at, in_range = "", -1, False
            found.append(Piece(at, end, "bracket", "", listed))
        elif kind == "bracket":
            in_range = part in "[{"
            found.append(Piece(at, end, "operator", about, listed))
            if not in_range:
                key, key_at = "", -1
        elif kind in ("compare", "minus") or part in _KEYWORDS or (in_range and part == "TO"):
            found.append(Piece(at, end, "operator", about, listed))
        else:
            found.append(Piece(at, end, "value" if about else "text", about, listed))
            if not in_range and end < len(text):
                key, key_at = "", -1
        last = kind if kind != "word" or part not in _KEYWORDS else "keyword"
        at = end
    return tuple(found), _place(text, found, opened, key, key_at, in_range, last)


def _place(
    text: str,
    found: list[Piece],
    opened: list[str],
    key: str,
    key_at: int,
    in_range: bool,
    last: str,
) -> Place:
    about = key or (opened[-1] if opened else "")
    listed = bool(opened and opened[-1] and key in ("", opened[-1]))
    start = len(text)
    before = list(found)
    touching = bool(found) and found[-1].end == len(text)
    if touching and last in ("word", "quoted", "keyword"):
        start = before.pop().start
        if before and before[-1].end == start and text[start - 1] in "<>=":
            start = before.pop().start
    elif touching and text[-1] in "<>=" and found[-1].kind == "operator":
        start = before.pop().start
    elif touching and found[-1].kind == "bracket" and text[-1] == ")":
        # Nothing can follow a parenthesis without a space.
        return Place("", start, ")", follows=True)
    follows = bool(before) and _is_whole(text, before[-1])
    return Place(about, start, text[start:], in_range, listed, follows, key_at)


def _is_whole(text: str, piece: Piece) -> bool:
    if piece.kind in ("value", "text"):
        return True
    return piece.kind in ("bracket", "operator") and text[piece.start : piece.end] in ")]}"
