"""Queries with names: which there are, in which order, and which of them is in force."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from triage_tui.errors import QueryError
from triage_tui.models import SharedView
from triage_tui.query import OPEN_WORK, And, Node, Not, Or, Pattern, Query, Range, Term, folded

COUNT_LASTS = timedelta(seconds=20)
"""How long a count does for a list that is read again."""

COUNT_IS_OLD = timedelta(minutes=5)

ME = "me"
"""Who is meant in a view by `assignee:me`: everybody who opens it finds their own cases."""


WRITTEN = "views"
"""Under which the views are remembered that were written on this machine."""


class Origin(Enum):
    """Who made a view."""

    USUAL = "usual"
    SHARED = "shared"
    """It belongs to a project, and all of its people have it."""
    CONFIGURED = "configured"
    LOCAL = "local"
    """It was written here, and only this machine knows it."""


@dataclass(frozen=True, slots=True)
class View:
    """A query with a name; both may come from outside.

    Attributes:
        id: The same in every run.
        text: The query as it was written.
        query: What it selects; None as long as nobody read it, or if it cannot be read.
        short: What to call it where there is little room, or "".
        project: Key of the project that a shared one belongs to.
        problem: Why there is no query, as a sentence, or "".
    """

    id: str
    name: str
    text: str
    query: Query | None
    origin: Origin = Origin.USUAL
    short: str = ""
    project: str = ""
    problem: str = ""


def written(kept: object) -> dict[str, str]:
    """The queries by the names of their views, of what is remembered under `WRITTEN`."""
    pairs = kept if isinstance(kept, list) else []
    return {
        one[0]: one[1]
        for one in pairs
        if isinstance(one, list) and len(one) == 2 and all(isinstance(x, str) for x in one)
    }


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases a query finds.

    Attributes:
        old: Something happened since that may have changed it.
    """

    number: int
    at: datetime
    old: bool = False


def meaning(query: Query) -> Hashable:
    """Equal for queries that demand the same, in whatever order they say it."""
    return None if query.root is None else _meaning(query.root)


def _meaning(node: Node) -> Hashable:
    match node:
        case And():
            return "and", frozenset(map(_meaning, node.nodes))
        case Or():
            return "or", frozenset(map(_meaning, node.nodes))
        case Not():
            return "not", _meaning(node.node)
        case Term():
            return node.key, folded(node.key, node.pattern.text), node.pattern.wild
        case _:
            return node


def person_meant(query: Query, me: str) -> Query | None:
    """The query with the person's own name in place of "me"; None if nobody knows it yet."""
    if query.root is None or ME not in {one.casefold() for one in _assignees(query.root)}:
        return query
    return Query(_with_me(query.root, me)) if me else None


def _assignees(node: Node) -> Iterable[str]:
    match node:
        case And() | Or():
            for inner in node.nodes:
                yield from _assignees(inner)
        case Not():
            yield from _assignees(node.node)
        case Term(key="assignee"):
            yield node.pattern.text
        case _:
            pass


def _with_me(node: Node, me: str) -> Node:
    match node:
        case And() | Or():
            return type(node)(tuple(_with_me(inner, me) for inner in node.nodes))
        case Not():
            return Not(_with_me(node.node, me))
        case Term(key="assignee") if node.pattern.text.casefold() == ME:
            return replace(node, pattern=Pattern(me))
        case _:
            return node


def usual(me: str) -> tuple[View, ...]:
    """The views that everybody has.

    Args:
        me: What queries call the person; "" as long as nobody knows.
    """
    unassigned = Not(Term("assignee", Pattern("*", wild=True)))
    urgent = Or(tuple(Term("priority", Pattern(one)) for one in ("P1", "P2", "P3")))
    recently = Range("closed_at", "now-7d", None, low_included=False)
    assert OPEN_WORK.root
    queries = (
        ("open", "Open", "", OPEN_WORK),
        ("mine", "Mine", "", OPEN_WORK.with_term("assignee", me) if me else None),
        (
            "unassigned",
            "Unassigned P1–P3",
            "Unassigned",
            Query(And((OPEN_WORK.root, urgent, unassigned))),
        ),
        ("doing", "In progress", "Doing", Query().with_term("status", "in_progress")),
        (
            "closed",
            "Recently closed",
            "Closed",
            Query(And((Term("status", Pattern("closed")), recently))),
        ),
        ("archived", "Archived", "", Query().with_term("archived", "true")),
    )
    return tuple(
        View(
            f"usual:{id}",
            name,
            str(query) if query else "",
            query,
            short=short,
            problem="" if query else "Nobody knows yet who you are.",
        )
        for id, name, short, query in queries
    )


class Tabs:
    """The views, the one that is in force, and what is known of each.

    Attributes:
        views: In the order in which they are shown.
        current: Id of the view that was chosen last, "" if none was: the query may have been
            edited since.
        cursors: The case under the cursor of a view when it was left.
    """

    def __init__(self) -> None:
        self.views: tuple[View, ...] = usual("")
        self.current = ""
        self.cursors: dict[str, str] = {}
        self._counts: dict[str, Count] = {}
        self._understood: dict[str, Query | str] = {}
        self._followed: tuple[Query | None, object] = None, None
        self._changed = False

    # Which there are

    def arrange(
        self,
        *,
        me: str,
        project: str,
        shared: Mapping[str, Iterable[SharedView]],
        configured: Mapping[str, str],
        local: Mapping[str, str],
    ) -> None:
        """Show these views.

        Args:
            me: What queries call the person, "" as long as nobody knows.
            project: Key of the only project that is worked on, or "".
            shared: The views of projects, by their keys.
            configured, local: Queries by the names of their views.
        """
        views = [*usual(me)]
        for key, found in shared.items():
            if project and key.upper() != project.upper():
                continue
            for one in found:
                name = one.name if project else f"{key} {one.name}"
                view = View(f"shared:{one.id}", name, one.query, None, Origin.SHARED, "", key)
                views.append(self._read(view, me, within="" if project else key))
        for origin, queries in ((Origin.CONFIGURED, configured), (Origin.LOCAL, local)):
            for name, text in queries.items():
                view = View(f"{origin.value}:{name}", name, text, None, origin)
                views.append(self._read(view, me))
        self.views = tuple(views)
        self._followed = None, None
        if self.view(self.current) is None:
            self.current = ""

    def _read(self, view: View, me: str, within: str = "") -> View:
        found = self._understood.get(view.text) if view.text.strip() else Query()
        if isinstance(found, str):
            return replace(view, problem=f"“{view.name}” cannot be asked: {found}.")
        if found is None:
            return view
        query = person_meant(found, me)
        if query is None:
            return replace(view, problem="Nobody knows yet who you are.")
        return replace(view, query=query.within(within) if within else query)

    @property
    def unread(self) -> tuple[str, ...]:
        """The texts that nobody has read yet."""
        waiting = (view.text for view in self.views if view.query is None and not view.problem)
        return tuple(dict.fromkeys(text for text in waiting if text not in self._understood))

    def understand(self, found: Mapping[str, Query | str]) -> None:
        """Take in what texts select, or why they cannot be read; `arrange` makes use of it."""
        self._understood |= found

    def view(self, id: str) -> View | None:
        """The view with this id, if there is one."""
        return next((view for view in self.views if view.id == id), None)

    def named(self, name: str, origin: Origin, project: str = "") -> View | None:
        """A view of somebody's, by its name without the key of its project."""
        for view in self.views:
            own = view.name.removeprefix(f"{view.project} ") if view.project else view.name
            there = origin is not Origin.SHARED or view.project == project
            if view.origin is origin and there and name in (own, view.name):
                return view
        return None

    # Which is in force

    def follow(self, query: Query) -> None:
        """The query in force is this one: the tab that stands for it is the one in force."""
        if self._followed == (query, self.current):
            return
        wanted = meaning(query)
        same = [view.id for view in self.views if view.query and meaning(view.query) == wanted]
        if same and self.current not in same:
            self.current = same[0]
        self._changed = bool(self.current) and not same
        self._followed = query, self.current

    @property
    def changed(self) -> bool:
        """True if the query was edited since the view was chosen."""
        return self._changed

    def beside(self, by: int) -> View:
        """The next view in this direction that can be asked; round the ends."""
        ids = [view.id for view in self.views]
        at = ids.index(self.current) if self.current in ids else (-1 if by > 0 else 0)
        for step in range(1, len(ids) + 1):
            view = self.views[(at + by * step) % len(ids)]
            if view.query:
                return view
        return self.views[0]

    # Counts

    def count(self, view: View, now: datetime) -> Count | None:
        """How many cases a view has, marked if that may have changed; None if nobody knows."""
        found = self._counts.get(str(view.query)) if view.query else None
        if found and not found.old and now - found.at > COUNT_IS_OLD:
            return replace(found, old=True)
        return found

    def counted(self, query: Query, number: int, now: datetime) -> None:
        """A query finds so many cases."""
        self._counts[str(query)] = Count(number, now)

    def to_count(self, ids: Iterable[str], now: datetime) -> list[View]:
        """Which of these views are to be counted when the list was read."""
        wanted = []
        for id in ids:
            view = self.view(id)
            if view and view.query:
                found = self._counts.get(str(view.query))
                if found is None or found.old or now - found.at > COUNT_LASTS:
                    wanted.append(view)
        return wanted

    def outdate(self) -> None:
        """Cases were changed: what was counted may be wrong."""
        self._counts = {text: replace(count, old=True) for text, count in self._counts.items()}

    def forget_counts(self) -> None:
        """Other cases are worked on from now on."""
        self._counts = {}
        self.cursors = {}


def attempts(texts: Iterable[str], read: Callable[[str], Query]) -> dict[str, Query | str]:
    """What each text selects, or why it cannot be read."""
    found: dict[str, Query | str] = {}
    for text in texts:
        try:
            found[text] = read(text)
        except QueryError as error:
            found[text] = str(error)
    return found
