"""The query language: one grammar for the app and for the embedded server."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value to compare with, letter case ignored.

    Attributes:
        text: The literal text if not `wild`; else a pattern in which `*` is any run of characters,
            `?` any one character, and a backslash makes the next character literal.
    """

    text: str
    wild: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: these words, one after the other, in the title or in the description.

    Attributes:
        quoted: Written in quotes; then nothing in it is a wildcard.
    """

    pattern: Pattern
    quoted: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value`."""

    key: str
    pattern: Pattern
    quoted: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`key:[low TO high]`, `key:>low` and the like. An absent bound is None (written `*`)."""

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


@dataclass(frozen=True, slots=True)
class Query:
    """What selects cases. `root` None selects all (archived ones excepted)."""

    root: Node | None = None
