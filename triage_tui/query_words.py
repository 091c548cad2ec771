"""What a query selects, said in words."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.query import Query
from triage_tui.query_fields import Kind, field_of, folded
from triage_tui.query_nodes import And, Node, Not, Or, Range, Term, Text
from triage_tui.text import plural

Names = Mapping[tuple[str, str], str]
"""How to write a (key, value in lower case) for a person."""

_MOMENTS = {
    "created_at": "created",
    "modified_at": "changed",
    "closed_at": "closed",
    "archived_at": "archived",
    "due_date": "due",
}

_BEFORE_VALUE = {
    "assignee": "assigned to ",
    "created_by": "created by ",
    "project": "in project ",
    "type": "of type ",
    "creation_source": "from ",
    "title": "titled ",
    "description": "described as ",
    "status_name": "with status ",
    "key": "case ",
}

_ANY = {
    "assignee": ("assigned", "not assigned"),
    "due_date": ("with a due date", "without a due date"),
    "closed_at": ("closed once", "never closed"),
    "archived_at": ("archived", "not archived"),
}

_NO_PRIORITY = "NOT_DEFINED"

_GROUPS = {"open": "open", "in_progress": "in progress", "closed": "closed"}

_UNITS = {"m": "minute", "h": "hour", "d": "day", "w": "week"}


def in_words(query: Query, names: Names | None = None) -> str:
    """What the query selects: "open or in progress, P1 or P2, not assigned".

    Args:
        names: Of people, projects and so on; values without one are written as they are.
    """
    if query.root is None:
        return "all cases that are not archived"
    return _Words(names or {}).of(query.root)


class _Words:
    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, node: Node) -> str:
        match node:
            case And():
                return ", ".join(self._within(inner) for inner in node.nodes)
            case Or():
                shared = self._shared(node)
                return shared or " or ".join(self._within(inner) for inner in node.nodes)
            case Not():
                return self._without(node.node)
            case Text():
                quoted = f"“{node.pattern.text}”"
                return f"with {quoted} in title or description"
            case Range():
                return self._range(node)
            case Term():
                return self._term(node)

    def _within(self, node: Node) -> str:
        """As a part of something; what would be misread gets parentheses."""
        text = self.of(node)
        shared = isinstance(node, Or) and self._shared(node)
        return f"({text})" if isinstance(node, And | Or) and not shared else text

    def _shared(self, node: Or) -> str:
        """The alternatives of one key with what they have in common said once; "" if not so."""
        terms = [one for one in node.nodes if isinstance(one, Term) and not one.pattern.wild]
        if len(terms) != len(node.nodes) or len({one.key for one in terms}) != 1:
            return ""
        before = self._before(terms[0].key)
        if any(not self._value(one) for one in terms):
            return ""
        return before + " or ".join(self._value(one) for one in terms)

    def _without(self, node: Node) -> str:
        match node:
            case Term() if node.pattern.anything:
                return self._none(node.key)
            case Term() if node.key == "priority" and node.pattern.text.upper() == _NO_PRIORITY:
                return "with a priority"
            case Text() | Or() | And():
                text = self.of(node)
                plain = isinstance(node, Text) or (isinstance(node, Or) and self._shared(node))
                return f"not {text}" if plain else f"not ({text})"
            case _:
                return f"not {self.of(node)}"

    def _term(self, node: Term) -> str:
        if node.pattern.anything:
            key = self._key(node.key)
            return _ANY[node.key][0] if node.key in _ANY else f"with {_a(key)}"
        if not node.pattern.text:
            return self._none(node.key)
        if node.key == "archived":
            return "archived" if node.pattern.text.casefold() == "true" else "not archived"
        if node.key in _MOMENTS:
            return f"{_MOMENTS[node.key]} on {_moment(node.pattern.text)}"
        if node.key == "comment_count":
            return f"with {node.pattern.text} comments"
        value = self._value(node)
        if node.pattern.wild and field_of(node.key).kind is not Kind.CHOICE:
            return f"{self._before(node.key)}like {value}"
        return self._before(node.key) + value

    def _none(self, key: str) -> str:
        return _ANY[key][1] if key in _ANY else f"without {_a(self._key(key))}"

    def _value(self, node: Term) -> str:
        text = node.pattern.text
        if name := self._names.get((node.key, text.casefold())):
            return name
        match node.key:
            case "status":
                group = folded("status", text)
                return _GROUPS.get(group, f"in status {text}")
            case "priority":
                upper = text.upper()
                return "without priority" if upper == _NO_PRIORITY else upper
            case "creation_source":
                return text.replace("_", " ").lower()
        return text

    def _before(self, key: str) -> str:
        if key in ("status", "priority"):
            return ""
        return _BEFORE_VALUE.get(key, f"{self._key(key)} ")

    def _key(self, key: str) -> str:
        return key.replace("_", " ")

    def _range(self, node: Range) -> str:
        if node.key in _MOMENTS:
            return f"{_MOMENTS[node.key]} {_when(node)}"
        key = "comments" if node.key == "comment_count" else self._key(node.key)
        return _number_range(key, node)


def _when(node: Range) -> str:
    low, high = node.low, node.high
    if low is not None and high is not None:
        return f"from {_moment(low)} to {_moment(high)}"
    if low is not None:
        if span := _past(low):
            return f"in the last {span.removeprefix('a ').removeprefix('an ')}"
        return f"{'since' if node.low_included else 'after'} {_moment(low)}"
    if high is not None:
        if span := _past(high):
            return f"more than {span} ago"
        return f"{'up to' if node.high_included else 'before'} {_moment(high)}"
    return "at any time"


def _past(text: str) -> str:
    """How long ago `now-8h` is: "8 hours", "a day"; "" for any other moment."""
    return _span(text) if text.startswith("now-") else ""


def _span(text: str) -> str:
    amount, unit = int(text[4:-1]), _UNITS[text[-1]]
    return _a(unit, "hour") if amount == 1 else plural(amount, unit)


def _a(noun: str, *spoken_with_n: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"an {noun}" if noun[:1] in "aeiou" or noun in spoken_with_n else f"a {noun}"


def _moment(text: str) -> str:
    if text.startswith("now-"):
        return f"{_span(text)} ago"
    if text.startswith("now+"):
        return f"{_span(text)} from now"
    return text.replace("T", " ")


def _number_range(key: str, node: Range) -> str:
    low, high = node.low, node.high
    if low is not None and high is not None:
        over = "" if node.low_included else "over "
        under = "" if node.high_included else "under "
        return f"{key} {over}{low} to {under}{high}"
    if low is not None:
        return f"{key} {'at least' if node.low_included else 'over'} {low}"
    if high is not None:
        return f"{key} {'at most' if node.high_included else 'under'} {high}"
    return f"with {_a(key)}"
