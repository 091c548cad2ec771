"""The parts a query is made of, and the text of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage_tui.query_fields import tokens

_PIECES = re.compile(r"\\(.)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value to compare with, letter case ignored.

    Attributes:
        text: The literal text if not `wild`; else a pattern in which `*` is any run of characters,
            `?` any one character, and a backslash makes the next character literal. A pattern
            holds at least one wildcard, and a backslash only before `*`, `?` or a backslash.
    """

    text: str
    wild: bool = False

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The characters to compare with, each with whether it is a wildcard."""
        if not self.wild:
            return [(char, False) for char in self.text]
        return [
            (escaped or char, char in ("*", "?")) for escaped, char in _PIECES.findall(self.text)
        ]

    @property
    def anything(self) -> bool:
        """True for `*` alone, which asks for any value but none."""
        return self.wild and not self.text.strip("*")

    def like(self) -> str:
        """The operand of an SQL `LIKE` with a backslash as `ESCAPE`, over a whole value."""
        return "".join(
            {"*": "%", "?": "_"}[char] if wild else f"\\{char}" if char in "%_\\" else char
            for char, wild in self.pieces
        )


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: these words, one after the other, in the title or in the description.

    Attributes:
        quoted: Written in quotes; then nothing in it is a wildcard.
        at: Offset of the text in the query.
    """

    pattern: Pattern
    quoted: bool = field(default=False, compare=False)
    at: int = field(default=0, compare=False)

    @property
    def words(self) -> tuple[list[str], bool] | None:
        """The tokens to find side by side, and whether the last one is only the start of a word.

        None if tokens cannot say it, because a wildcard stands elsewhere than at the end or
        there is no letter or digit: then `like()` has to be found instead.
        """
        pieces = self.pattern.pieces
        prefix = pieces[-1:] == [("*", True)]
        if prefix:
            pieces.pop()
        if any(wild for _, wild in pieces):
            return None
        found = tokens("".join(char for char, _ in pieces))
        return (found, prefix) if found else None

    def like(self) -> str:
        """The operand of an SQL `LIKE` with a backslash as `ESCAPE`, for anywhere in a value."""
        return f"%{self.pattern.like()}%"


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value`. The value "" asks for cases that have none, `*` for cases that have any.

    Attributes:
        quoted: Written in quotes; then nothing in it is a wildcard.
        at: Offset of the value in the query.
    """

    key: str
    pattern: Pattern
    quoted: bool = field(default=False, compare=False)
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`key:[low TO high]`, `key:>low` and the like. An absent bound is None (written `*`).

    Attributes:
        low_included: True if `low` is None.
        high_included: True if `high` is None.
        at: Offset of the range in the query.
    """

    key: str
    low: str | None
    high: str | None
    low_included: bool = True
    high_included: bool = True
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but `node`."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of `nodes`; two or more."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `nodes`; two or more. Written `key:(a OR b)` when all are terms of one key."""

    nodes: tuple[Node, ...]


Node = Text | Term | Range | Not | And | Or


def leaves(node: Node | None) -> Iterator[Text | Term | Range]:
    """What `node` is made of, from left to right."""
    match node:
        case None:
            return
        case Not():
            yield from leaves(node.node)
        case And() | Or():
            for inner in node.nodes:
                yield from leaves(inner)
        case _:
            yield node


def written(node: Node) -> str:
    """The text of `node`, which reads back as an equal node."""
    match node:
        case And():
            return " ".join(map(_atom, node.nodes))
        case Or() if not _key_of(node):
            return " OR ".join(
                written(inner) if isinstance(inner, And) else _atom(inner) for inner in node.nodes
            )
        case _:
            return _atom(node)


def _atom(node: Node) -> str:
    """The text of `node` as one operand."""
    match node:
        case Text():
            return _pattern(node)
        case Term() | Range():
            return f"{_key(node.key)}:{_value(node)}"
        case Not(node=Not() as inner):
            return f"-({_atom(inner)})"
        case Not():
            return f"-{_atom(node.node)}"
        case Or() if key := _key_of(node):
            values = (_value(inner) for inner in node.nodes if isinstance(inner, Term | Range))
            return f"{_key(key)}:({' OR '.join(values)})"
        case _:
            return f"({written(node)})"


def _key_of(node: Or) -> str | None:
    """The key of which every alternative is a value, or None."""
    keys = {inner.key if isinstance(inner, Term | Range) else None for inner in node.nodes}
    return keys.pop() if len(keys) == 1 else None


def _value(node: Term | Range) -> str:
    """What stands behind the colon."""
    if isinstance(node, Term):
        # Without quotes it could become the beginning of `creation_source:Event Management`.
        begins = node.key == "creation_source" and node.pattern.text.casefold() == "event"
        return _quoted(node.pattern.text) if begins else _pattern(node)
    low, high = _bound(node.low), _bound(node.high)
    if node.low is None and node.high is not None:
        return f"{'<=' if node.high_included else '<'}{high}"
    if node.high is None and node.low is not None:
        return f"{'>=' if node.low_included else '>'}{low}"
    return f"{'[' if node.low_included else '{'}{low} TO {high}{']' if node.high_included else '}'}"


_PLAIN = re.compile(r"""(?!(?:AND|OR|NOT|TO)\Z)[^\s"()\[\]{}<>\\*?-][^\s"()\[\]{}<>\\*?]*""")
_SPECIAL = re.compile(r"""[\s"()\[\]{}<>]|\A-""")
_TEXT_SPECIAL = re.compile(r"""[\s"():\[\]{}<>]|\A-""")
_KEY_SPECIAL = re.compile(r"""[\s"():\[\]{}<>\\*?]|\A-""")


def _pattern(node: Text | Term) -> str:
    text = node.pattern.text
    # In free text, what stands in front of a colon would be a key.
    free = isinstance(node, Text)
    if node.pattern.wild:
        return (_TEXT_SPECIAL if free else _SPECIAL).sub(r"\\\g<0>", text)
    return _quoted(text) if node.quoted or (free and ":" in text) else _literal(text)


def _literal(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'["\\]', r"\\\g<0>", text) + '"'


def _bound(text: str | None) -> str:
    # Negative numbers are common bounds and need no quotes there.
    if text is None:
        return "*"
    return text if re.fullmatch(r"-[\w.]+", text) else _literal(text)


def _key(key: str) -> str:
    return _KEY_SPECIAL.sub(r"\\\g<0>", key)
