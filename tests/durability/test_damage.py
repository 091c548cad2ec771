"""A workspace file that is no longer what it was: what is said about it, and that it stays."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.server.conftest import ANN, BOB, CELL, CHANGE, DISK, INVITED, NOW, OPS, UPGRADE
from triage_tui.errors import StoreError
from triage_tui.models import NewCase
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.database import Database
from triage_tui.server.store import Store, Workspace
from triage_tui.server.tables.cases import create

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed workspace with all kinds of things in it."""
    path = tmp_path / "workspace.db"
    with closing(Store.open(path)) as store:
        cases = (DISK, UPGRADE)
        store.load(
            Workspace(ANN.id, (ANN, BOB, INVITED), (OPS,), (CHANGE,), cases, {DISK.id: (CELL,)})
        )
        store.furnish()
        with store.writing() as db:
            for n in range(60):
                new = NewCase(f"Disk {n}", OPS.id, description="word " * 50)
                create(db, new, by=ANN, at=NOW)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("kept", [99, 100, 512, PAGE - 1, PAGE, 3 * PAGE, 20 * PAGE + 77, -PAGE])
def test_a_file_that_was_cut_is_left_as_it_is(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    before = files(path.parent)
    with pytest.raises(StoreError) as error:
        Store.open(path)
    assert str(error.value).startswith((f"The workspace {path} cannot", f"{path} is not a"))
    assert "\n" not in str(error.value)
    assert files(path.parent) == before


def test_a_schema_that_cannot_be_read(path: Path) -> None:
    """SQLite quotes it in what it says, and it may be no text at all."""
    seen = path.read_bytes()
    at = seen.index(b"TABLE cases (") + 8
    path.write_bytes(seen[:at] + b"\xf3\x28(" * 30 + seen[at + 90 :])
    before = files(path.parent)
    with pytest.raises(StoreError, match="the file is damaged"):
        Store.open(path)
    assert files(path.parent) == before


def _requests() -> list[tuple[str, str, Any]]:
    cases, one = "/api/v2/cases", f"/api/v2/cases/{UPGRADE.id}"
    title = {"data": {"type": "case", "attributes": {"title": "New words"}}}
    comment = {"data": {"type": "case", "attributes": {"comment": "hello"}}}
    return [
        ("GET", f"{cases}?page[size]=100", None),
        ("GET", f"{cases}?filter=disk", None),
        ("GET", f"{cases}/count?filter=status:open&group_bys=priority", None),
        ("GET", f"{cases}/projects", None),
        ("GET", f"{cases}/types", None),
        ("GET", "/api/v2/users", None),
        ("GET", "/local/history", None),
        ("GET", one, None),
        ("GET", f"{cases}/{DISK.id}/timelines", None),
        ("POST", f"{one}/title", title),
        ("POST", f"{one}/comment", comment),
        ("PUT", f"{cases}/{DISK.id}/comment/{CELL.id}", comment),
        ("DELETE", f"{cases}/projects/{OPS.id}", None),
    ]


def answered(path: Path) -> Counter[int]:
    """How many requests are answered how. An exception comes through."""
    with closing(Store.open(path)) as store:
        return asyncio.run(_ask(store))


async def _ask(store: Store) -> Counter[int]:
    counts: Counter[int] = Counter()
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as client:
        for method, url, body in _requests():
            answer = await client.request(method, url, json=body)
            counts[answer.status_code] += 1
            if answer.status_code == 503:
                assert "workspace" in answer.text
                assert "Retry-After" not in answer.headers
    return counts


def test_damage_that_shows_later_is_answered_with_a_sentence(path: Path) -> None:
    whole = path.read_bytes()
    assert answered(path) == {200: len(_requests()) - 1, 204: 1}
    total: Counter[int] = Counter()
    refused = 0
    rng = Random(5)
    for start in range(PAGE, len(whole), 4 * PAGE):
        junk = rng.choice((rng.randbytes(PAGE), bytes(PAGE), b"\xa5" * PAGE))
        path.write_bytes(whole[:start] + junk + whole[start + PAGE :])
        try:
            total += answered(path)
        except StoreError:
            refused += 1
    assert set(total) <= {200, 204, 404, 503}
    assert total[503] > refused > 0


def test_what_is_damaged_inside_of_a_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE case_texts SET document = '{' WHERE n = 1")
        db.execute("UPDATE case_texts SET title = CAST(x'f328' AS TEXT) WHERE n = 2")
        db.commit()
    counts = answered(path)
    assert counts[503]
    assert set(counts) <= {200, 204, 503}


def test_a_mistake_of_the_program_is_not_called_damage(path: Path) -> None:
    with closing(Store.open(path)) as store:
        for use in (store.reading, store.writing):
            with pytest.raises(KeyError, match="mistake"), use():
                raise KeyError("mistake")
        assert store.case(DISK.id)


def test_a_link_leads_to_the_file(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    store = Store.open(link)
    store.create_case(NewCase("Through the link", OPS.id), by=store.me(), now=NOW)
    assert path.with_name("workspace.db-wal").exists()
    store.close()
    assert sorted(files(path.parent)) == ["link.db", "workspace.db"]
    with closing(Store.open(path)) as store:
        assert store.case("OPS-63")
    (path.parent / "other").mkdir()
    dangling = path.with_name("dangling.db")
    dangling.symlink_to(path.parent / "other" / "new.db")
    Store.open(dangling).close()
    assert list(files(path.parent / "other")) == ["new.db"]


def test_a_link_to_itself(tmp_path: Path) -> None:
    loop = tmp_path / "loop.db"
    loop.symlink_to(loop)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(loop)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
@pytest.mark.parametrize("folder", [0o700, 0o500])
def test_a_file_that_may_only_be_read(path: Path, folder: int) -> None:
    path.chmod(0o400)
    path.parent.chmod(folder)
    before = files(path.parent)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(path)
    assert files(path.parent) == before
    path.parent.chmod(0o700)


@pytest.mark.parametrize("deed", ["moved", "deleted", "replaced"])
def test_nothing_is_written_to_a_file_that_nobody_will_find(path: Path, deed: str) -> None:
    with closing(Store.open(path)) as store:
        me = store.me()
        if deed == "deleted":
            path.unlink()
        else:
            path.rename(path.with_name("elsewhere.db"))
        if deed == "replaced":
            path.touch()
        with pytest.raises(StoreError, match="moved, deleted or replaced the file"):
            store.add_comment(DISK.id, "lost", by=me, now=NOW)


def test_the_log_does_not_grow_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a reader at every moment SQLite by itself would never begin it anew."""
    monkeypatch.setattr("triage_tui.server.database._LONG_LOG", 40 * PAGE)
    monkeypatch.setattr("triage_tui.server.database._LOG_PATIENCE", 0.0)
    database = Database(path, patience=5, lock_wait=5)
    log = path.with_name("workspace.db-wal")
    reader = sqlite3.connect(path, isolation_level=None)

    def write() -> None:
        with database.writing() as db:
            db.execute("UPDATE case_texts SET description = description || 'x'")

    def read() -> None:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchone()

    try:
        read()
        sizes = []
        for _ in range(30):
            write()
            sizes.append(log.stat().st_size)
        assert sizes[-1] > 200 * PAGE  # It must not be cut as long as somebody needs it.
        reader.execute("ROLLBACK")
        for _ in range(30):
            write()
            sizes.append(log.stat().st_size)
        assert min(sizes[30:]) < 40 * PAGE
    finally:
        reader.close()
        database.close()
