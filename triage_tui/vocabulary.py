"""Which keys and values a query can have here, as far as the session has met them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from triage_tui.completion import Known, Value
from triage_tui.models import User
from triage_tui.query import Kind, Query, field_of
from triage_tui.query_nodes import And, Node, Pattern, Term, Text
from triage_tui.session import Session

_GROUPS = {"open": "Open", "in_progress": "In Progress", "closed": "Closed"}


class Vocabulary:
    """The words for queries about what a session shows, and what was asked for beside it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._more: dict[str, dict[str, Value]] = {}
        self._kept: dict[str, tuple[object, Sequence[Value]]] = {}

    def known(self, history: Sequence[str]) -> Known:
        """What a completion chooses from."""
        fields = self._session.facet_fields
        keys = [key for key in fields if field_of(key).kind is Kind.ATTRIBUTE]
        return Known(keys, self.values_of, history, self.meant)

    def add(self, key: str, values: Iterable[Value]) -> bool:
        """Take note of more values of a key; False if there was none that is new."""
        there = self._more.setdefault(key, {})
        new = {one.value: one for one in values if one.value not in there}
        there.update(new)
        return bool(new)

    def names(self) -> dict[tuple[str, str], str]:
        """How values are written in a sentence, by key and value in lower case."""
        session = self._session
        named: dict[tuple[str, str], str] = {}
        people = [case.assignee for case in session.rows if case.assignee]
        for user in [*people, *session.users.values()]:
            for text in filter(None, (user.handle, user.email)):
                named["assignee", text.casefold()] = user.label
                named["created_by", text.casefold()] = user.label
            named["assignee_id", user.id] = user.label
        for project in session.projects.values():
            named["project_id", project.id] = project.key
        return named

    def meant(self, query: Query) -> str:
        """What words of the query may have been meant for: "priority:P1"; "" if for themselves."""
        root = query.root
        parts: Iterable[Node | None] = root.nodes if isinstance(root, And) else (root,)
        words = (part.pattern.text for part in parts if isinstance(part, Text))
        terms = (self._term_of(word.casefold()) for word in words)
        return " ".join(dict.fromkeys(filter(None, terms)))

    def _term_of(self, word: str) -> str:
        if word in ("nobody", "unassigned"):
            return "-assignee:*"
        fields = self._session.facet_fields
        attributes = [key for key in fields if field_of(key).kind is Kind.ATTRIBUTE]
        for key in ("priority", "status", "project", "assignee", *attributes):
            values = [*self.values_of(key), *map(Value, field_of(key).values)]
            for one in values:
                names = one.label.casefold().split() if key == "assignee" else ()
                if word == one.value.casefold() or word in names:
                    return str(Query(Term(key, Pattern(one.value))))
        return ""

    def values_of(self, key: str) -> Sequence[Value]:
        """The values of a key that are known, counted ones first."""
        session = self._session
        facet = session.facets.get(key)
        state = (facet, len(session.users), len(session.types), len(self._more.get(key, ())))
        kept = self._kept.get(key)
        if kept and kept[0] == state:
            return kept[1]
        counts = {one.value: one.count for one in (facet.values or ())} if facet else {}
        named = {one.value.casefold(): one for one in self._named(key)}
        values = []
        for value, count in counts.items():
            one = named.pop(value.casefold(), Value(value))
            values.append(Value(one.value, one.label, count, one.words))
        values += named.values()
        self._kept[key] = state, values
        return values

    def _named(self, key: str) -> Iterator[Value]:
        session = self._session
        yield from self._more.get(key, {}).values()
        match key:
            case "assignee" | "created_by":
                users = [session.me, *session.users.values()]
                yield from (person for user in users if user and (person := value_of(user)))
            case "status" | "status_name":
                if key == "status":
                    yield from map(Value, _GROUPS)
                names = [one.name for each in session.types.values() for one in each.statuses]
                said = _GROUPS.values() if key == "status" else ()
                yield from (Value(name) for name in dict.fromkeys(names) if name not in said)
            case "project":
                for project in session.projects.values():
                    yield Value(project.key, f"{project.key} {project.name}", words=project.name)
            case "type":
                for one in session.types.values():
                    if not one.deleted_at:
                        yield Value(one.name)
            case "project_id":
                yield from (Value(one.id, one.key) for one in session.projects.values())
            case "type_id":
                yield from (Value(one.id, one.name) for one in session.types.values())
            case "assignee_id":
                yield from (Value(one.id, one.label) for one in session.users.values())


def value_of(user: User) -> Value | None:
    """The value that stands for a person in a query; None if there is none."""
    handle = user.handle or user.email
    return Value(handle, user.label, words=f"{user.name} {user.email}") if handle else None
