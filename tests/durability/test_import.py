"""An import that is killed, and what others may do in the same file while one goes on."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import Queue

import httpx
import pytest

from tests.command import ROOT, environment, source_of
from tests.durability.whole import check_sound
from tests.durability.writing import HOME, furnish, seen
from tests.factories import make_case
from tests.server.conftest import NOW
from triage_tui.errors import StoreError
from triage_tui.models import STANDARD_TYPE, NewCase
from triage_tui.query import Query
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.database import Busy
from triage_tui.server.importing import import_document
from triage_tui.server.store import Store
from triage_tui.server.survey import Survey
from triage_tui.transfer.importing import run

CASES = 600
"""So many that an import can be met while it goes on."""

Records = list[tuple[str, dict[str, object]]]


def records(number: int) -> Records:
    """Resources of cases, each with its place in the document."""
    return [
        (
            f"data[{n}]",
            {
                "id": make_case(n).id,
                "type": "case",
                "attributes": {
                    "key": f"FAR-{n}",
                    "title": f"Disk {n}",
                    "description": "word " * 40,
                    "created_at": "2026-01-05T09:00:00Z",
                },
            },
        )
        for n in range(1, number + 1)
    ]


def imported(store: Store) -> int:
    with store.reading() as db:
        count: int = db.execute("SELECT count(*) FROM cases WHERE key LIKE 'FAR-%'").fetchone()[0]
    return count


def is_being_written(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        db.execute("ROLLBACK")
        return False


def is_being_committed(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 100_000


@pytest.mark.parametrize("is_time", [is_being_written, is_being_committed])
def test_an_import_that_is_killed_leaves_all_or_nothing(
    tmp_path: Path, is_time: Callable[[Path], bool]
) -> None:
    path, file = tmp_path / "workspace.db", tmp_path / "cases.json"
    furnish(path)
    with closing(Store.open(path)) as store:
        store.create_case(NewCase("Here before", HOME.id), by=store.me(), now=NOW)
        before = seen(store)
    file.write_text(json.dumps({"data": [resource for _, resource in records(CASES)]}))
    with subprocess.Popen(
        [sys.executable, "-c", source_of("import", str(file), "--db", str(path))],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        # It may be too late when the moment is seen; then everything is there.
        while process.poll() is None and not is_time(path):
            time.sleep(0.001)
        process.kill()
    with closing(Store.open(path)) as store:
        assert imported(store) in (0, CASES)
        if not imported(store):
            assert seen(store) == before
    check_sound(path)
    run(file, path, dry_run=False)
    with closing(Store.open(path)) as store:
        assert imported(store) == CASES
        assert store.case("HOME-1")
        assert store.create_case(NewCase("Later", HOME.id), by=store.me(), now=NOW)
    check_sound(path)


async def test_others_while_an_import_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    furnish(path)
    survey = Survey()
    document = records(2)
    for place, resource in document:
        survey.see(place, resource)
    hasty, patient = (Store.open(path, lock_wait=wait) for wait in (0, 60))
    answers: dict[str, httpx.Response] = {}
    waiting: list[asyncio.Task[httpx.Response]] = []
    new = {
        "data": {
            "type": "case",
            "attributes": {"title": "Meanwhile", "type_id": STANDARD_TYPE},
            "relationships": {"project": {"data": {"id": HOME.id, "type": "project"}}},
        }
    }
    loop = asyncio.get_running_loop()

    async def ask() -> None:
        answers["read"] = await clients[0].get("/api/v2/cases")
        answers["refused"] = await clients[0].post("/api/v2/cases", json=new)
        waiting.append(asyncio.create_task(clients[1].post("/api/v2/cases", json=new)))

    def meanwhile(done: int) -> None:
        # In the transaction of the import, which cannot end before this does.
        asyncio.run_coroutine_threadsafe(ask(), loop).result(60)

    clients = [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(store)), base_url=IN_PROCESS_URL, timeout=90
        )
        for store in (hasty, patient)
    ]
    with closing(Store.open(path)) as store:
        await asyncio.to_thread(import_document, store, survey, document, progress=meanwhile)
        assert imported(store) == 2
    assert answers["read"].json()["data"] == []
    assert answers["refused"].status_code == 503
    assert answers["refused"].headers["Retry-After"] == "2"
    sentence = answers["refused"].json()["errors"][0]["detail"]
    assert sentence == (
        f"The workspace {path} cannot be written: another program is holding it. "
        "Try again when it is done, or close it."
    )
    assert (await waiting[0]).status_code == 201
    answers["again"] = await clients[0].post("/api/v2/cases", json=new)
    assert answers["again"].status_code == 201
    assert len((await clients[0].get("/api/v2/cases")).json()["data"]) == 4
    for client in clients:
        await client.aclose()
    hasty.close()
    patient.close()


def test_reading_goes_on_while_many_wait_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads are what a server has few of."""
    monkeypatch.setattr("triage_tui.server.database._STUCK", 0.0)
    path = tmp_path / "workspace.db"
    furnish(path)
    refused: Queue[StoreError] = Queue()
    with closing(Store.open(path, lock_wait=60)) as store:
        me = store.me()

        def write() -> None:
            try:
                store.create_case(NewCase("x", HOME.id), by=me, now=NOW)
            except StoreError as error:
                refused.put(error)

        threads = [threading.Thread(target=write) for _ in range(40)]
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            threads[0].start()
            while not store._database._stuck:
                assert threads[0].is_alive()
                time.sleep(0.001)
            for thread in threads[1:]:
                thread.start()
            # Those beyond the queue are told at once.
            errors = [refused.get(timeout=30) for _ in range(40 - 16)]
            holder.execute("ROLLBACK")
        for thread in threads:
            thread.join()
        assert refused.empty()
        assert all(isinstance(error, Busy) for error in errors)
        assert store.search(Query(), now=NOW).total == 16
        write()
        assert refused.empty()
