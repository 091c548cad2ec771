"""From the text of a query to its nodes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from triage_tui.errors import QueryError
from triage_tui.query_fields import Kind, check_value, field_of, folded_key, shown
from triage_tui.query_nodes import And, Node, Not, Or, Pattern, Range, Term, Text

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

    Branch: TypeAlias = Tree[Token] | Token

MAX_DEPTH = 50
"""Parentheses that may be open at the same time."""

# A word ends at a space, a quote or a parenthesis, and a keyword has to be a whole word. A colon
# ends a word of free text only: behind `key:` it is part of the value, as in a time or a URL.
# `value` and `listed` say the same twice, because the lexer has to know which kind of word comes
# next before the parser has settled what the last one was.
# `SOURCE` is the one value with a space that the product's documents write without quotes.
_GRAMMAR = r"""
?any: all | all (_OR all)+
?all: one | one (_AND? one)+
?one: atom | (_MINUS | _NOT) atom -> no
?atom: "(" any ")" | KEY value -> term | SOURCE | WORD | QUOTED

?value: "(" any_value ")" | VALUE | QUOTED
    | COMPARISON (BOUND | QUOTED) -> comparison
    | (INCLUDING | EXCLUDING) bound _TO bound (INCLUDED | EXCLUDED) -> range

?any_value: all_value | all_value (_OR all_value)+ -> any
?all_value: one_value | one_value (_AND? one_value)+ -> all
?one_value: listed | (_MINUS | _NOT) listed -> no
?listed: "(" any_value ")" | VALUE | QUOTED
    | COMPARISON (BOUND | QUOTED) -> comparison
    | (INCLUDING | EXCLUDING) bound _TO bound (INCLUDED | EXCLUDED) -> range
?bound: BOUND | QUOTED

SOURCE.4: /creation_source:Event\s+Management(?![^\s()])/i
KEY.3: /(?:\\.|[^\s"():\\*?-])(?:\\.|[^\s"():\\*?])*:(?=[^\s)])/s
_AND.2: /AND(?![^\s()"])/
_OR.2: /OR(?![^\s()"])/
_NOT.2: /NOT(?![^\s()"])/
_TO.2: /TO(?=\s|")/
_MINUS.2: /-(?=\S)/
QUOTED.2: /"(?:\\.|[^"\\])*"/s
WORD: /(?!(?:AND|OR|NOT)(?![^\s()"]))(?:\\.|[^\s"():\\-])(?:\\.|[^\s"():\\])*/s
VALUE: /(?!(?:AND|OR|NOT)(?![^\s()"]))(?:\\.|[^\s"()\[\]{}<>\\-])(?:\\.|[^\s"()\\])*/s
BOUND: /(?:\\.|[^\s"()\[\]{}<>\\])+/s
COMPARISON: />=|<=|>|</
INCLUDING: "["
EXCLUDING: "{"
INCLUDED: "]"
EXCLUDED: "}"
%ignore /\s+/
"""


@cache
def _grammar() -> Lark:
    # Imported here because nothing before the first paint reads a query.
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", start="any")


def ready() -> bool:
    """False before anything was read: the first time takes as long as a few key presses."""
    return _grammar.cache_info().currsize > 0


def read(text: str) -> Node:
    """The node `text` stands for; `text` is not blank.

    Raises:
        QueryError: `text` is no query, or asks for a value its key cannot have.
    """
    _check_brackets(text)
    grammar = _grammar()
    from lark.exceptions import UnexpectedInput

    try:
        tree: Branch = grammar.parse(text)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    return _node(tree, None)


def _node(branch: Branch, key: str | None) -> Node:
    """The node of `branch`; `key` is the one in front of it, if any."""
    from lark import Token

    if isinstance(branch, Token):
        return _leaf(branch, key)
    first, *rest = branch.children
    match branch.data:
        case "term":
            return _node(rest[0], folded_key(_unescaped(str(first)[:-1])))
        case "no":
            return Not(_node(first, key))
        case "all":
            return And(tuple(_node(child, key) for child in branch.children))
        case "any":
            return Or(tuple(_node(child, key) for child in branch.children))
        case _:
            return _range(branch, key or "")


def _leaf(token: Token, key: str | None) -> Text | Term:
    at = token.start_pos or 0
    if token.type == "SOURCE":
        name, _, value = token.partition(":")
        pattern = Pattern(" ".join(value.split()))
        return Term(folded_key(name), pattern, quoted=True, at=at + len(name) + 1)
    quoted = token.type == "QUOTED"
    pattern = Pattern(_unescaped(token[1:-1])) if quoted else _pattern(token)
    if key is None:
        return Text(pattern, quoted, at)
    _check(key, pattern, at)
    return Term(key, pattern, quoted, at)


def _range(branch: Tree[Token], key: str) -> Range:
    tokens = [child for child in branch.children if isinstance(child, str)]
    at = tokens[0].start_pos or 0
    if not field_of(key).kind.ordered:
        raise QueryError(f"`{key}` has no order, so no range of it can be asked for", at)
    bounds = [_bound(token, key) for token in tokens if token.type in ("BOUND", "QUOTED")]
    if branch.data == "range":
        low, high = bounds
        return Range(
            key,
            low,
            high,
            low is None or tokens[0] == "[",
            high is None or tokens[-1] == "]",
            at,
        )
    [bound] = bounds
    if bound is None:
        raise QueryError(f"Expected a value after `{tokens[0]}`, not `*`", at)
    included = tokens[0].endswith("=")
    if tokens[0].startswith(">"):
        return Range(key, bound, None, low_included=included, at=at)
    return Range(key, None, bound, high_included=included, at=at)


def _bound(token: Token, key: str) -> str | None:
    at = token.start_pos or 0
    if token.type == "QUOTED":
        text = _unescaped(token[1:-1])
    elif token == "*":
        return None
    else:
        pattern = _pattern(token)
        if pattern.wild:
            raise QueryError(f"A bound cannot hold wildcards, as {shown(pattern.text)} does", at)
        text = pattern.text
    check_value(key, text, at, bound=True)
    return text


_PIECES = re.compile(r"\\(.)|(.)", re.DOTALL)


def _unescaped(text: str) -> str:
    return _PIECES.sub(r"\1\2", text)


def _pattern(text: str) -> Pattern:
    """The pattern of a word that is not in quotes."""
    pieces: list[tuple[str, str]] = _PIECES.findall(text)
    if all(char not in ("*", "?") for _, char in pieces):
        return Pattern(_unescaped(text))
    return Pattern(
        "".join(char or (f"\\{kept}" if kept in "*?\\" else kept) for kept, char in pieces), True
    )


def _check(key: str, pattern: Pattern, at: int) -> None:
    """Refuse a value that `key` cannot have. "Has any" and "has none" go with every key."""
    if pattern.anything or not pattern.text:
        return
    field = field_of(key)
    if not pattern.wild:
        check_value(key, pattern.text, at)
    elif field.kind in (Kind.MOMENT, Kind.DAY, Kind.NUMBER, Kind.FLAG):
        raise QueryError(f"`{key}` takes no wildcards: use {field.expects}", at)


_STRUCTURE = re.compile(r'\\.?|"(?:\\.|[^"\\])*"|["()]', re.DOTALL)


def _check_brackets(text: str) -> None:
    """Refuse quotes and parentheses without a partner, and too many of them in one another.

    Done before anything is built, because what walks over nodes calls itself.
    """
    opened: list[int] = []
    for found in _STRUCTURE.finditer(text):
        at = found.start()
        match found[0]:
            case "\\":
                raise QueryError("Expected a character after the backslash", at + 1)
            case '"':
                raise QueryError(f"The quote opened at character {at + 1} is not closed", at)
            case "(":
                opened.append(at)
                if len(opened) > MAX_DEPTH:
                    raise QueryError(f"More than {MAX_DEPTH} parentheses are open here", at)
            case ")" if opened:
                opened.pop()
            case ")":
                raise QueryError(f"Nothing opened the `)` at character {at + 1}", at)
    if opened:
        at = opened[-1]
        raise QueryError(f"The `(` opened at character {at + 1} is not closed", at)


_RANGE_PARTS = {"_TO", "BOUND", "INCLUDED", "EXCLUDED"}


def _explained(text: str, error: UnexpectedInput) -> QueryError:
    """What was found where reading stopped, and what was expected instead."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    expected: set[str] = set()
    at, found = len(text), ""
    if isinstance(error, UnexpectedToken):
        expected = set(error.expected)
        if error.token.type != "$END":
            at, found = error.token.start_pos or 0, str(error.token)
    elif isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
        at = int(error.pos_in_stream or 0)
        found = text[at]
    before = text[:at].rstrip()
    if expected & _RANGE_PARTS and "KEY" not in expected:
        return QueryError("Expected a range such as [1 TO 5], {1 TO 5} or >=5", at)
    if found.startswith(":"):
        key = re.search(r'(?:\\.|[^\s"():\\*?-])(?:\\.|[^\s"():\\*?])*\Z', text[:at], re.DOTALL)
        if key:
            return QueryError(f"Expected a value after {shown(key[0] + ':')}", at + 1)
        return QueryError("Expected a key before `:`; put quotes around text with a colon", at)
    if found == "-":
        if before.endswith(":"):
            return QueryError("Put the `-` in front of the key to exclude, or quote the value", at)
        return QueryError("Expected something to exclude right after `-`", at + 1)
    if keyword := re.search(r"\b(AND|OR|NOT)\Z|-\Z", before):
        return QueryError(f"Expected something to look for after {shown(keyword[0])}", at)
    if found in ("AND", "OR"):
        return QueryError(f"Expected something to look for before `{found}`", at)
    if found == ")":
        return QueryError("Expected something to look for between `(` and `)`", at)
    return QueryError(f"Cannot read the query from {shown(found)} on: put quotes around it", at)
