"""Writers that say what they are about to do and what has been answered, and what must be there.

    python -m tests.durability.writing FILE SEED

writes to a workspace from two sides until it is killed, and prints a line of JSON for each step.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from triage_tui.models import PRIORITIES, STANDARD_TYPE, Project
from triage_tui.server import rows
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.store import Store, Workspace
from triage_tui.server.tables import users

HOME = Project("b0000000-0000-4000-8000-000000000001", "HOME", "Home")
AWAY = Project("b0000000-0000-4000-8000-000000000002", "AWAY", "Away")

State = dict[str, Any]
"""What is to be seen of one thing: a case, a project or a view."""

NEW = "new"
"""Stands for the id of what is about to be made."""

Note = Callable[[dict[str, Any]], None]


def furnish(path: Path) -> None:
    """Make a workspace for writers."""
    with closing(Store.open(path)) as store:
        store.load(Workspace(users.SOMEBODY.id, (users.SOMEBODY,), (HOME, AWAY)))
        store.furnish()


class Refused(Exception):
    """A write was answered with an error."""


@dataclass
class Writer:
    """Changes things of its own, one after the other, over HTTP.

    Attributes:
        name: Unlike that of any other writer of the file.
        note: Told `{"by", "begin": changes}` before a request is sent, and `{"by", "done": id}`
            after its answer. Changes are what is to be seen of each thing afterwards, None if it
            is to be gone.
    """

    client: httpx.AsyncClient
    rng: Random
    name: str
    note: Note
    cases: dict[str, State] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    written: int = 0

    async def run(self) -> None:
        """Until the connection breaks."""
        await self.add_case(HOME.id)
        await self.add_case(HOME.id)
        while True:
            await self.write()

    async def write(self) -> None:
        """One of the things that can be done."""
        work = (
            *(self.set_field, self.set_field, self.set_field, self.comment, self.comment),
            *(self.edit_comment, self.delete_comment, self.label, self.many, self.archive),
            *(self.move, self.watch, self.add_view),
        )
        await self.rng.choice(work)()
        if self.rng.random() < 0.15:
            await self.add_case(HOME.id)
        if self.rng.random() < 0.05:
            await self.come_and_go()

    async def add_case(self, project_id: str) -> str:
        attributes = {
            "title": self.words(),
            "description": self.words() * self.rng.choice((1, 1, 400)),
            "priority": self.rng.choice(PRIORITIES),
            "type_id": STANDARD_TYPE,
        }
        state = {
            **{name: attributes[name] for name in ("title", "description", "priority")},
            **{"status": "Open", "archived": False, "attributes": {}, "project": project_id},
            **{"comments": [], "watched": False},
        }
        project = {"project": {"data": {"id": project_id, "type": "project"}}}
        body = {"data": {"type": "case", "attributes": attributes, "relationships": project}}
        answer = await self.send({NEW: state}, "POST", "", body)
        id: str = answer["data"]["id"]
        self.cases[id], self.cells[id] = state, {}
        return id

    async def set_field(self) -> None:
        name = self.rng.choice(("title", "description", "priority", "status"))
        value = self.words()
        if name == "priority":
            value = self.rng.choice(PRIORITIES)
        if name == "status":
            value = self.rng.choice(("Open", "In Progress", "Closed"))
        id = self.any_case()
        sent = "status_name" if name == "status" else name
        await self.change(
            {id: {name: value}}, "POST", f"/{id}/{name}", _body("case", {sent: value})
        )

    async def archive(self) -> None:
        id, archived = self.any_case(), self.rng.random() < 0.5
        path = f"/{id}/{'archive' if archived else 'unarchive'}"
        await self.change({id: {"archived": archived}}, "POST", path, {"data": {"type": "case"}})

    async def label(self) -> None:
        id, key = self.any_case(), self.rng.choice(("env", "team"))
        values = {key: [self.rng.choice("abc")]}
        merged = {**self.cases[id]["attributes"], **values}
        body = _body("case", {"attributes": values})
        await self.change({id: {"attributes": merged}}, "POST", f"/{id}/attributes", body)

    async def many(self) -> None:
        priority = self.rng.choice(PRIORITIES)
        attributes = {"type": "priority", "case_ids": list(self.cases)}
        body = _body("bulk", {**attributes, "payload": {"priority": priority}})
        changes = {id: {"priority": priority} for id in self.cases}
        await self.change(changes, "POST", "/bulk", body)

    async def move(self) -> None:
        id, project = self.any_case(), self.rng.choice((HOME, AWAY))
        body = {"data": {"id": project.id, "type": "project"}}
        path = f"/{id}/relationships/project"
        await self.change({id: {"project": project.id}}, "PATCH", path, body)

    async def watch(self) -> None:
        id, watched = self.any_case(), self.rng.random() < 0.6
        path = f"/{id}/watchers/{users.SOMEBODY.id}"
        await self.change({id: {"watched": watched}}, "POST" if watched else "DELETE", path)

    async def comment(self) -> None:
        id, text = self.any_case(), self.words()
        changes = {id: {"comments": sorted([*self.cells[id].values(), text])}}
        answer = await self.change(
            changes, "POST", f"/{id}/comment", _body("case", {"comment": text})
        )
        self.cells[id][answer["data"][0]["id"]] = text

    async def edit_comment(self) -> None:
        if found := self.any_cell():
            id, cell, text = *found, self.words()
            kept = {**self.cells[id], cell: text}
            path, body = f"/{id}/comment/{cell}", _body("case", {"comment": text})
            await self.change({id: {"comments": sorted(kept.values())}}, "PUT", path, body)
            self.cells[id] = kept

    async def delete_comment(self) -> None:
        if found := self.any_cell():
            id, gone = found
            kept = {cell: text for cell, text in self.cells[id].items() if cell != gone}
            path = f"/{id}/comment/{gone}"
            await self.change({id: {"comments": sorted(kept.values())}}, "DELETE", path)
            self.cells[id] = kept

    async def add_view(self) -> None:
        name = self.words()
        attributes = {"name": name, "query": "status:open", "project_id": HOME.id}
        body = _body("view", attributes)
        await self.send({NEW: {"name": name}}, "POST", "/views", body)

    async def come_and_go(self) -> None:
        """A project that is deleted with its cases."""
        name = self.words()
        key = "".join(self.rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=10))
        body = _body("project", {"key": key, "name": name})
        answer = await self.send({NEW: {"name": name}}, "POST", "/projects", body)
        project_id = answer["data"]["id"]
        ids = [await self.add_case(project_id) for _ in range(self.rng.randrange(3))]
        gone = dict.fromkeys((project_id, *ids))
        for id in ids:
            del self.cases[id], self.cells[id]
        await self.send(gone, "DELETE", f"/projects/{project_id}")

    async def change(
        self, changes: dict[str, State], method: str, path: str, body: object = None
    ) -> Any:
        """What `send` returns; the cases are as `changes` say afterwards."""
        states = {id: {**self.cases[id], **state} for id, state in changes.items()}
        answer = await self.send(states, method, path, body)
        self.cases.update(states)
        return answer

    async def send(
        self, changes: dict[str, Any], method: str, path: str, body: object = None
    ) -> Any:
        """The answer to a request, noted before and after."""
        self.note({"by": self.name, "begin": changes})
        answer = await self.client.request(method, f"/api/v2/cases{path}", json=body)
        if answer.status_code >= 400:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text}")
        document = answer.json() if answer.content else {}
        made = document["data"]["id"] if NEW in changes else ""
        self.note({"by": self.name, "done": made})
        self.written += 1
        return document

    def any_case(self) -> str:
        return self.rng.choice(list(self.cases))

    def any_cell(self) -> tuple[str, str] | None:
        found = [(id, cell) for id, cells in self.cells.items() for cell in cells]
        return self.rng.choice(found) if found else None

    def words(self) -> str:
        """A text that nobody has written before."""
        return f"{self.name} {self.rng.choice(('disk', 'wörd', '磁盘'))} {self.rng.getrandbits(60)}"


def _body(kind: str, attributes: object) -> dict[str, Any]:
    return {"data": {"type": kind, "attributes": attributes}}


async def _write_in_process(path: Path, seed: str) -> None:
    def note(record: dict[str, Any]) -> None:
        print(json.dumps(record), flush=True)

    with closing(Store.open(path)) as store:
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as client:
            names = [f"{seed}.{n}" for n in range(2)]
            await asyncio.gather(
                *(Writer(client, Random(name), name, note).run() for name in names)
            )


def seen(store: Store) -> dict[str, State]:
    """Everything that writers change, as it is in the workspace."""
    with store.reading() as db:
        found: dict[str, State] = {
            id: {"name": name} for id, name in db.execute("SELECT id, name FROM projects")
        }
        for id, document in db.execute("SELECT id, document FROM records WHERE kind = 'view'"):
            found[id] = {"name": json.loads(document)["name"]}
        ns = dict(db.execute("SELECT id, n FROM cases").fetchall())
        for case in rows.read_cases(db, list(ns.values())):
            texts = db.execute(
                "SELECT message FROM cells WHERE of_case = ? AND deleted_at IS NULL", (ns[case.id],)
            )
            watched = db.execute("SELECT 1 FROM watchers WHERE of_case = ?", (ns[case.id],))
            found[case.id] = {
                "title": case.title,
                "description": case.description,
                "priority": case.priority,
                "status": case.status_name,
                "archived": case.archived_at is not None,
                "attributes": {key: list(values) for key, values in case.attributes.items()},
                "project": case.project_id,
                "comments": sorted(text for (text,) in texts),
                "watched": watched.fetchone() is not None,
            }
    return found


@dataclass
class Ledger:
    """What must be in a workspace, from what its writers noted."""

    kept: dict[str, State] = field(default_factory=dict)
    pending: dict[str, dict[str, State | None]] = field(default_factory=dict)
    acknowledged: int = 0

    def take(self, record: dict[str, Any]) -> None:
        if "begin" in record:
            self.pending[record["by"]] = record["begin"]
            return
        self.acknowledged += 1
        self._apply(self.pending.pop(record["by"]), record["done"])

    def settle(self, now: dict[str, State]) -> int:
        """Compare with what there is now, and return how many unanswered writes were done.

        Every write that was answered must be there; of one that was not, all or nothing.
        """
        done = 0
        for changes in self.pending.values():
            made = [id for id in now if id not in self.kept and now[id] == changes.get(NEW)]
            if made:
                self._apply(changes, made[0])
            elif NEW not in changes and all(now.get(id) == new for id, new in changes.items()):
                # What changes nothing counts as done, which cannot be told apart.
                self._apply(changes, "")
            else:
                continue
            done += 1
        self.pending.clear()
        lost = {id: state for id, state in self.kept.items() if now.get(id) != state}
        strange = {id: state for id, state in now.items() if id not in self.kept}
        for id, state in lost.items():
            raise AssertionError(f"{id} should be {state}, and is {now.get(id)}")
        for id, state in strange.items():
            raise AssertionError(f"nobody has made {id}: {state}")
        return done

    def _apply(self, changes: dict[str, State | None], made: str) -> None:
        for id, state in changes.items():
            if state is None:
                self.kept.pop(id, None)
            else:
                self.kept[made if id == NEW else id] = state


if __name__ == "__main__":
    asyncio.run(_write_in_process(Path(sys.argv[1]), sys.argv[2]))
