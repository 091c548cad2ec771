"""What a JSON:API document holds, looked through before any of it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from uuid import NAMESPACE_OID, uuid5

from triage_tui.errors import TriageError
from triage_tui.models import Case, CaseType, Project, Status, User
from triage_tui.server.imported import (
    NOBODY,
    Person,
    Unusable,
    read_case,
    read_cell,
    read_config,
    read_person,
    read_project,
    read_type,
)
from triage_tui.server.tables.case_types import first_of_each_group
from triage_tui.server.tables.projects import DetailedProject
from triage_tui.text import clean

KINDS = {
    "project": "project",
    "user": "user",
    "users": "user",
    "case_type": "case type",
    "custom_attribute": "custom attribute",
    "case": "case",
    "timeline_cell": "comment",
}
"""The types of resources that are stored, and what a person calls them."""


class RecordError(TriageError):
    """A resource cannot be stored; the text names it."""


@contextmanager
def named(place: str, resource: object) -> Iterator[None]:
    """Says which resource it is that cannot be stored."""
    try:
        yield
    except Unusable as error:
        raise RecordError(
            f"Nothing was imported: {place}{_title(resource)}: {clean(str(error), limit=300)}."
        ) from None


def _title(resource: object) -> str:
    if not isinstance(resource, Mapping):
        return ""
    attributes = resource.get("attributes")
    key = attributes.get("key") if isinstance(attributes, Mapping) else None
    name = key if isinstance(key, str) else resource.get("id")
    kind = resource.get("type")
    called = KINDS.get(kind, kind) if isinstance(kind, str) else ""
    return f" ({clean(f'{called} {name}', limit=80)})" if isinstance(name, str) else ""


class Survey:
    """Everything in a document but its cases and comments, of which it keeps ids and keys only.

    Attributes:
        users: By id, as well as the document knows them.
        found: How many resources of each type that is stored there are.
        ignored: How many there are of each other type.
    """

    def __init__(self) -> None:
        self.users: dict[str, Person] = {}
        self.projects: dict[str, DetailedProject] = {}
        self.types: dict[str, CaseType] = {}
        self.configs: dict[str, tuple[str, dict[str, object]]] = {}
        self.found: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()
        self._ids: set[str] = set()
        self._keys: set[str] = set()
        self._project_keys: dict[str, str] = {}
        self._statuses: dict[str, dict[Status, None]] = {}

    def see(self, place: str, resource: object) -> None:
        """Check one resource, and keep what is needed of it.

        Raises:
            RecordError: It cannot be stored.
        """
        with named(place, resource):
            if not isinstance(resource, Mapping):
                raise Unusable("it is not an object")
            kind = resource.get("type")
            if not isinstance(kind, str):
                raise Unusable("it has no type")
            if kind not in KINDS:
                self.ignored[clean(kind, limit=40)] += 1
                return
            self._see(kind, resource)
            self.found[KINDS[kind]] += 1

    def _see(self, kind: str, resource: Mapping[str, object]) -> None:
        match kind:
            case "user" | "users":
                self._meet(read_person(resource))
                return  # The same person may be included again and again.
            case "project":
                project = read_project(resource)
                id = project.project.id
                self.projects[id] = project
                self._key(f"{project.project.key}-")
            case "case_type":
                case_type = read_type(resource)
                self.types[case_type.id] = case_type
                id = case_type.id
            case "custom_attribute":
                id, parent, document = read_config(resource)
                self.configs[id] = (parent, document)
            case "case":
                case, author = read_case(resource)
                self._meet(author)
                self._see_case(case)
                id = case.id
            case _:
                _, cell, author = read_cell(resource)
                self._meet(author or Person(User(NOBODY, name="Unknown", active=False), False))
                id = cell.id
        if id in self._ids:
            raise Unusable("its id is in the document twice")
        self._ids.add(id)

    def _see_case(self, case: Case) -> None:
        self._key(case.key)
        self._project_keys.setdefault(project_of(case), case.project_key)
        status = Status(case.status_name, case.status_group)
        self._statuses.setdefault(case.type_id, {})[status] = None

    def _key(self, key: str) -> None:
        if key.upper() in self._keys:
            raise Unusable(f"the key {key.rstrip('-')} is in the document twice")
        self._keys.add(key.upper())

    def _meet(self, person: Person | None) -> None:
        if person is None:
            return
        known = self.users.get(person.user.id)
        if known is None or (person.whole and not known.whole):
            self.users[person.user.id] = person

    def unnamed_projects(self) -> list[DetailedProject]:
        """The projects of cases that the document itself does not hold, named for their keys."""
        return [
            DetailedProject(Project(id, key, key), {})
            for id, key in self._project_keys.items()
            if id not in self.projects
        ]

    def unnamed_types(self) -> list[CaseType]:
        """The types of cases that the document does not hold, with the statuses that were seen."""
        made = []
        for id, seen in self._statuses.items():
            if id not in self.types:
                usual = CaseType(id, f"Imported {id[:8]}")
                groups = {status.group for status in seen}
                rest = tuple(one for one in usual.statuses if one.group not in groups)
                order = ("SG_OPEN", "SG_IN_PROGRESS", "SG_CLOSED")
                statuses = tuple(sorted((*seen, *rest), key=lambda one: order.index(one.group)))
                made.append(
                    replace(usual, statuses=statuses, defaults=first_of_each_group(statuses))
                )
        return made


def project_of(case: Case) -> str:
    """The id of the project of a case; one that follows from its key if it does not say."""
    return case.project_id or project_named(case.project_key)


def project_named(key: str) -> str:
    """The id of a project of which only the key is known."""
    return str(uuid5(NAMESPACE_OID, f"triage-tui project {key}"))
