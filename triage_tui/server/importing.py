"""A JSON:API document stored in a workspace: all of it, or nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from triage_tui.models import Case, Project, TimelineCell, User
from triage_tui.server import project_settings, rows
from triage_tui.server.imported import Person, Unusable, number_of, read_case, read_cell
from triage_tui.server.store import Store
from triage_tui.server.survey import RecordError, Survey, named, project_named, project_of
from triage_tui.server.tables import case_types, projects, records, users
from triage_tui.server.tables.projects import DetailedProject
from triage_tui.server.tables.users import Account
from triage_tui.server.workspace import add_cases, add_cells, add_project, store_cases

BATCH = 500
"""Cases stored at once."""

Resource = tuple[str, Mapping[str, object]]
"""Where it stands in the document, and what stands there."""


class _DryRun(Exception):
    """Takes everything back."""


@dataclass
class Outcome:
    """What became of the resources of a document, each a number by kind.

    Attributes:
        kept: The workspace had something newer.
    """

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def import_document(
    store: Store,
    survey: Survey,
    resources: Iterable[Resource],
    *,
    me: str = "",
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Store a document that was surveyed, in one transaction.

    What is there already is updated, unless it was modified later than the document says; nothing
    is removed. A second time nothing changes.

    Args:
        resources: All of the document once more.
        me: The user who works in the workspace from now on, if it is a new one.
        dry_run: Take everything back, and only tell what would become of it.
        progress: Is told how many cases are stored.

    Raises:
        RecordError: Something in the document contradicts the workspace.
        StoreError: The workspace cannot be written.
    """
    outcome = Outcome()
    try:
        with store.writing() as db:
            _Import(db, survey, outcome, progress).run(resources, me)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return outcome


class _Import:
    def __init__(
        self,
        db: sqlite3.Connection,
        survey: Survey,
        outcome: Outcome,
        progress: Callable[[int], None],
    ) -> None:
        self._db = db
        self._survey = survey
        self._outcome = outcome
        self._progress = progress
        self._done = 0
        self._last_numbers: defaultdict[str, int] = defaultdict(int)
        self._last_public_id = 0
        self._touched: set[int] = set()
        self._homes: dict[str, str] = {}

    def run(self, resources: Iterable[Resource], me: str) -> None:
        fresh = not self._db.execute("SELECT EXISTS (SELECT 1 FROM projects)").fetchone()[0]
        self._store_users()
        self._choose_me(me, fresh=fresh)
        self._store_projects()
        self._store_types()
        self._store_configs()
        self._store_cases(resources)
        self._db.executemany(
            "UPDATE projects SET last_number = max(last_number, ?) WHERE key = ?",
            [(last, key) for key, last in self._last_numbers.items()],
        )
        self._db.execute(
            "UPDATE workspace SET last_public_id = max(last_public_id, ?)", (self._last_public_id,)
        )

    def _count(self, kind: str, seen: object, new: object) -> bool:
        """True if there is something to store."""
        if seen == new:
            self._outcome.same[kind] += 1
            return False
        counter = self._outcome.added if seen is None else self._outcome.changed
        counter[kind] += 1
        return True

    # People, projects, types

    def _store_users(self) -> None:
        known = users.with_ids(self._db, self._survey.users)
        now = datetime.now(UTC)
        changed = []
        for id, person in self._survey.users.items():
            account = _merged_account(known.get(id), person, now)
            if self._count("user", known.get(id), account):
                changed.append(account)
        users.keep(self._db, *changed)

    def _users(self, ids: Iterable[str]) -> dict[str, User]:
        return {id: account.user for id, account in users.with_ids(self._db, ids).items()}

    def _choose_me(self, me: str, *, fresh: bool) -> None:
        (now,) = self._db.execute("SELECT me FROM workspace").fetchone()
        if fresh and me in self._survey.users:
            users.set_me(self._db, me)
        elif not now:
            # Nobody could work in a workspace of nobody.
            users.save(self._db, users.SOMEBODY)
            users.set_me(self._db, users.SOMEBODY.id)

    def _store_projects(self) -> None:
        for told in [*self._survey.projects.values(), *self._survey.unnamed_projects()]:
            project = told.project
            seen = projects.get(self._db, project.id)
            if seen and project.id not in self._survey.projects:
                continue  # It is only known by the keys of its cases.
            if seen and seen.project.key != project.key:
                raise RecordError(
                    f"Nothing was imported: the workspace has the project {project.key} under the "
                    f"key {seen.project.key}, and keys never change."
                )
            if seen is None and self._has_home(project):
                continue
            merged = _merged_project(seen, told)
            if not self._count("project", seen, merged):
                continue
            if seen is None:
                add_project(self._db, project)
            projects.update(self._db, merged)
            self._db.execute(
                "UPDATE projects SET restricted = ? WHERE id = ?",
                (int(project.restricted), project.id),
            )

    def _has_home(self, project: Project) -> bool:
        """True if a project of which only the key is known is one that is there."""
        found = self._db.execute("SELECT id FROM projects WHERE key = ?", (project.key,)).fetchone()
        if found is None:
            return False
        if project.id != project_named(project.key):
            raise RecordError(
                f"Nothing was imported: the workspace has another project {project.key}."
            )
        (self._homes[project.id],) = found
        return True

    def _store_types(self) -> None:
        known = {one.id: one for one in case_types.everything(self._db)}
        changed = []
        for new in self._survey.types.values():
            if self._count("case type", known.get(new.id), new):
                changed.append(new)
        built_in = {one.id: one for one in case_types.BUILT_IN}
        for new in self._survey.unnamed_types():
            if new.id not in known:
                new = built_in.get(new.id, new)
                self._count("case type", None, new)
                changed.append(new)
        case_types.save(self._db, *changed)

    def _store_configs(self) -> None:
        for id, (parent, document) in self._survey.configs.items():
            if case_types.get(self._db, parent) is None:
                raise RecordError(
                    f"Nothing was imported: the custom attribute {document['key']} belongs to a "
                    "case type that is neither in the document nor in the workspace."
                )
            seen = records.get(self._db, "custom_attribute", id)
            if not self._count("custom attribute", seen and dict(seen.document), document):
                continue
            if seen is None:
                now = datetime.now(UTC)
                records.add(
                    self._db,
                    records.Record(id, "custom_attribute", document, now, parent=parent),
                )
            else:
                records.update(self._db, replace(seen, document=document))

    # Cases and comments

    def _store_cases(self, resources: Iterable[Resource]) -> None:
        late: list[Resource] = []
        wanted = (one for one in resources if one[1].get("type") in ("case", "timeline_cell"))
        while batch := list(islice(wanted, BATCH)):
            self._store_batch([one for one in batch if one[1]["type"] == "case"])
            late += self._store_cells([one for one in batch if one[1]["type"] != "case"])
        for place, resource in self._store_cells(late):
            with named(place, resource):
                raise Unusable("its case is neither in the document nor in the workspace")
        self._count_comments()

    def _store_batch(self, batch: Sequence[Resource]) -> None:
        read: list[tuple[str, Mapping[str, object], Case]] = []
        for place, resource in batch:
            with named(place, resource):
                read.append((place, resource, read_case(resource)[0]))
        known = self._known([case.id for *_, case in read])
        people = self._users(
            {
                user.id
                for *_, case in read
                for user in (case.assignee, case.created_by, case.modified_by)
                if user
            }
        )
        live = self._live_comments([case.id for *_, case in read])
        new: list[Case] = []
        changed: list[tuple[Case, Case]] = []
        for place, resource, bare in read:
            seen = known.get(bare.id)
            case = _merged_case(seen, self._settled(bare, people), live.get(bare.id, 0))
            if seen is not None and _when(seen) > _when(case):
                self._outcome.kept["case"] += 1
                continue
            if seen is None or seen.key != case.key:
                with named(place, resource):
                    self._check_key(case)
            number = number_of(case.key)
            self._last_numbers[case.project_key] = max(self._last_numbers[case.project_key], number)
            self._last_public_id = max(self._last_public_id, int(case.public_id or 0))
            if self._count("case", seen, case):
                if seen is None:
                    new.append(case)
                else:
                    changed.append((case, seen))
        if changed:
            store_cases(self._db, changed)
        if new:
            add_cases(self._db, new)
        self._done += len(read)
        self._progress(self._done)

    def _settled(self, case: Case, people: Mapping[str, User]) -> Case:
        """The case with its project and its users as they are in the workspace."""

        def known(user: User | None) -> User | None:
            return user and people.get(user.id, user)

        project_id = project_of(case)
        return replace(
            case,
            project_id=self._homes.get(project_id, project_id),
            assignee=known(case.assignee),
            created_by=known(case.created_by),
            modified_by=known(case.modified_by),
        )

    def _known(self, ids: list[str]) -> dict[str, Case]:
        found = self._db.execute(
            "SELECT n FROM cases WHERE id IN (SELECT value FROM json_each(?))", (rows.encode(ids),)
        )
        return {case.id: case for case in rows.read_cases(self._db, [n for (n,) in found])}

    def _live_comments(self, ids: list[str]) -> dict[str, int]:
        return dict(
            self._db.execute(
                """SELECT c.id, count(*) FROM cases c JOIN cells ON cells.of_case = c.n
                WHERE c.id IN (SELECT value FROM json_each(?))
                AND cells.type = 'COMMENT' AND cells.deleted_at IS NULL GROUP BY c.n""",
                (rows.encode(ids),),
            ).fetchall()
        )

    def _check_key(self, case: Case) -> None:
        taken = self._db.execute("SELECT 1 FROM cases WHERE key = ?", (case.key,)).fetchone()
        if taken:
            raise Unusable("the workspace has another case with this key")

    def _store_cells(self, batch: Sequence[Resource]) -> list[Resource]:
        """Store comments, and return those whose cases are not there."""
        late: list[Resource] = []
        new: list[tuple[int, TimelineCell]] = []
        read: list[tuple[Resource, str, TimelineCell]] = []
        for place, resource in batch:
            with named(place, resource):
                case_id, cell, _ = read_cell(resource)
                read.append(((place, resource), case_id, cell))
        ns: dict[str, int] = dict(
            self._db.execute(
                "SELECT id, n FROM cases WHERE id IN (SELECT value FROM json_each(?))",
                (rows.encode([case_id for _, case_id, _ in read]),),
            ).fetchall()
        )
        known = self._cells([cell.id for *_, cell in read])
        people = self._users({cell.author.id for *_, cell in read})
        for one, case_id, bare in read:
            if case_id not in ns:
                late.append(one)
                continue
            cell = replace(bare, author=people.get(bare.author.id, bare.author))
            seen = known.get(cell.id)
            if not self._count("comment", seen, cell):
                continue
            self._touched.add(ns[case_id])
            if seen is None:
                new.append((ns[case_id], cell))
            else:
                self._db.execute(
                    "UPDATE cells SET message = ?, modified_at = ?, deleted_at = ? WHERE id = ?",
                    (
                        cell.message,
                        rows.optional_micros(cell.modified_at),
                        rows.optional_micros(cell.deleted_at),
                        cell.id,
                    ),
                )
        add_cells(self._db, new)
        return late

    def _cells(self, ids: list[str]) -> dict[str, TimelineCell]:
        found = self._db.execute(
            f"SELECT {rows.CELL_COLUMNS} FROM cells WHERE id IN (SELECT value FROM json_each(?))",
            (rows.encode(ids),),
        ).fetchall()
        return {cell.id: cell for cell in rows.read_cells(self._db, found)}

    def _count_comments(self) -> None:
        """No case has fewer comments than can be read."""
        self._db.executemany(
            """UPDATE cases SET comment_count = max(comment_count, (
                SELECT count(*) FROM cells WHERE of_case = ?1
                AND type = 'COMMENT' AND deleted_at IS NULL
            )) WHERE n = ?1""",
            [(n,) for n in sorted(self._touched)],
        )


def _merged_project(seen: DetailedProject | None, told: DetailedProject) -> DetailedProject:
    """A project as the document tells, with what is known here where it tells nothing."""
    known = seen.details if seen else {}
    details = {**known, **told.details}
    own = known.get("settings", {})
    if "settings" in told.details and _in_force(own) == _in_force(told.details["settings"]):
        # All settings are told of every project; those that nobody chose stay unchosen.
        details.pop("settings")
        details |= {"settings": own} if own else {}
    return DetailedProject(told.project, details)


def _in_force(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return project_settings.merged(project_settings.DEFAULT_SETTINGS, settings)


def _merged_account(seen: Account | None, person: Person, now: datetime) -> Account:
    created_at = person.created_at or (seen.created_at if seen else now)
    told = person.service_account
    return Account(
        _merged_user(seen.user if seen else None, person),
        created_at,
        person.modified_at or (seen.modified_at if seen else created_at),
        told if person.whole or seen is None else seen.service_account,
    )


def _merged_user(seen: User | None, person: Person) -> User:
    """A user as the document tells, with what is known here where it tells nothing."""
    user = person.user
    if seen is None or person.whole:
        return user
    status = seen.status if user.active == seen.active else user.status
    return replace(
        user,
        name=user.name or seen.name,
        email=user.email or seen.email,
        handle=user.handle or seen.handle,
        title=seen.title,
        status=status,
    )


def _merged_case(seen: Case | None, case: Case, live: int) -> Case:
    """A case as the document tells, with what is known here where it tells nothing."""
    if seen is None:
        return case
    if case.modified_by is None and case.modified_at == seen.modified_at:
        case = replace(case, modified_by=seen.modified_by)  # Searches do not tell.
    ours, theirs = seen.service_now, case.service_now
    if ours and theirs and ours.url == theirs.url and not theirs.key:
        case = replace(case, service_now=replace(theirs, key=ours.key))  # The API has only the URL.
    # Neither does an answer about one case tell how many comments there are: it says 0.
    comments = max(case.comment_count, live) if case.comment_count else seen.comment_count
    return replace(case, comment_count=comments)


def _when(case: Case) -> datetime:
    return case.modified_at or case.created_at
