"""What is kept of a server for the next start, and what is never taken for it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import ANA, NOW, make_case
from tests.office import Clock
from triage_tui import cache
from triage_tui.cache import KEPT_DAYS, Cache, clear, forget_old
from triage_tui.models import Case, CasePage, Facet, FacetValue, Project, TimelineCell
from triage_tui.places import file_stem
from triage_tui.reading import Directory, Opened, Snapshot, Sort

SORT = Sort()
FACETS = (Facet("priority", (FacetValue("P1", 2),)), Facet("team", None))
DIRECTORY = Directory(ANA, (ANA,), (Project("1", "OPS", "Operations"),))
WORDS = TimelineCell("c1", "COMMENT", ANA, "It is the log volume.", NOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / f"place{cache.SUFFIX}"


@pytest.fixture
def kept(path: Path, clock: Clock) -> Iterator[Cache]:
    with closing(Cache(path, now=clock.now)) as kept:
        yield kept


def page(*cases: Case, number: int = 1, pages: int = 1) -> CasePage:
    return CasePage(cases, number, 100 * pages, pages)


def snapshot(*pages: CasePage, query: str = "status:open", at: datetime = NOW) -> Snapshot:
    return Snapshot(query, SORT, 100, at, pages or (page(make_case(1)),), FACETS, (), DIRECTORY)


def opened(n: int, text: str = "", at: datetime = NOW) -> Opened:
    return Opened(make_case(n), (replace(WORDS, message=text or WORDS.message),), at)


def test_what_was_kept_is_there_in_the_next_run(path: Path, clock: Clock) -> None:
    with closing(Cache(path, now=clock.now)) as first:
        first.keep(replace(snapshot(), opened=(opened(1), opened(2))))
    clock.time += timedelta(minutes=14)
    with closing(Cache(path, now=clock.now)) as second:
        preview = second.preview("status:open", SORT, 100)
        assert preview
        assert preview.page == page(make_case(1))
        assert preview.facets == FACETS
        assert preview.timeline == (WORDS,)
        assert preview.read_at == NOW
        assert preview.directory == DIRECTORY
        assert second.opened(make_case(2).id) == opened(2)


def test_another_question_is_not_answered_with_what_is_there(kept: Cache) -> None:
    kept.keep(snapshot())
    assert kept.preview("status:open priority:P1", SORT, 100) is None
    assert kept.preview("status:open", Sort("priority"), 100) is None
    assert kept.preview("status:open", Sort(ascending=True), 100) is None
    assert kept.preview("status:open", SORT, 50) is None
    assert kept.opened(make_case(1).id) is None


def test_the_lists_of_several_queries_are_kept(kept: Cache) -> None:
    kept.keep(snapshot())
    kept.keep(snapshot(page(make_case(2)), query="status:closed"))
    for query, n in (("status:open", 1), ("status:closed", 2)):
        preview = kept.preview(query, SORT, 100)
        assert preview
        assert preview.page.cases == (make_case(n),)


def test_a_list_of_several_pages_comes_back_in_pieces(kept: Cache, clock: Clock) -> None:
    pages = [page(make_case(n), number=n, pages=3) for n in (1, 2, 3)]
    kept.keep(snapshot(*pages))
    assert kept.rest("status:open", SORT, 100) == pages[1:]
    clock.time += timedelta(minutes=1)
    kept.keep(snapshot(pages[0], at=clock.time))
    assert kept.rest("status:open", SORT, 100) == [], "they were read with another first page"


def test_only_the_first_pages_are_kept(kept: Cache) -> None:
    pages = [page(make_case(n), number=n, pages=9) for n in range(1, 10)]
    kept.keep(snapshot(*pages))
    assert kept.rest("status:open", SORT, 100) == pages[1 : cache.MOST_PAGES]


def test_what_is_too_old_is_gone(kept: Cache, clock: Clock) -> None:
    kept.keep(replace(snapshot(), opened=(opened(2),)))
    clock.time += timedelta(days=KEPT_DAYS)
    assert kept.preview("status:open", SORT, 100)
    clock.time += timedelta(seconds=1)
    assert kept.preview("status:open", SORT, 100) is None
    assert kept.opened(make_case(2).id) is None
    kept.keep(snapshot(query="other", at=clock.time))
    assert rows(kept.path) == {"page": 1, "facets": 1, "directory": 1}


def test_what_is_from_the_future_is_not_shown(kept: Cache, clock: Clock) -> None:
    kept.keep(snapshot())
    clock.time -= timedelta(hours=3)
    assert kept.preview("status:open", SORT, 100) is None


def test_the_oldest_goes_when_it_is_too_much(
    kept: Cache, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(cache, "MOST_CASES", 3)
    for n in range(1, 6):
        clock.time += timedelta(minutes=1)
        kept.keep(replace(snapshot(at=clock.time), opened=(opened(n, at=clock.time),)))
    assert [n for n in range(1, 6) if kept.opened(make_case(n).id)] == [4, 5]
    assert kept.preview("status:open", SORT, 100)


def test_the_file_does_not_grow_beyond_its_limit(
    kept: Cache, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 2 << 20)
    words = "é" * 50_000
    for n in range(40):
        clock.time += timedelta(minutes=1)
        kept.keep(replace(snapshot(at=clock.time), opened=(opened(n, words, clock.time),)))
    assert kept.opened(make_case(39).id)
    assert kept.opened(make_case(0).id) is None
    kept.close()
    assert kept.path.stat().st_size < cache.MOST_BYTES * 1.1


def test_nobody_else_can_read_it(kept: Cache) -> None:
    kept.keep(snapshot())
    for file in kept.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_a_folder_and_a_file_that_others_may_read_are_closed_to_them(
    path: Path, clock: Clock
) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)
    Cache(path, now=clock.now).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (a)")


def cut_in_half(path: Path) -> None:
    Cache(path, now=lambda: NOW).close()
    os.truncate(path, path.stat().st_size // 2)


def without_its_table(path: Path) -> None:
    Cache(path, now=lambda: NOW).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE kept")


def of_no_program(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


@pytest.mark.parametrize(
    "damage", [of_another_program, cut_in_half, without_its_table, of_no_program]
)
def test_a_file_that_is_no_cache_is_begun_anew(path: Path, clock: Clock, damage: object) -> None:
    assert callable(damage)
    path.parent.mkdir()
    damage(path)
    with closing(Cache(path, now=clock.now)) as kept:
        assert kept.preview("status:open", SORT, 100) is None
        kept.keep(snapshot())
        assert kept.preview("status:open", SORT, 100)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"page":{}}', "[" * 9999, '{"page":3}'])
def test_a_row_that_cannot_be_read_is_not_there(path: Path, clock: Clock, body: str) -> None:
    with closing(Cache(path, now=clock.now)) as kept:
        kept.keep(snapshot())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE kept SET body = ?", (body,))
    with closing(Cache(path, now=clock.now)) as kept:
        assert kept.preview("status:open", SORT, 100) is None
        kept.keep(snapshot())
        assert kept.preview("status:open", SORT, 100)


def test_a_newer_version_is_left_alone(path: Path, clock: Clock) -> None:
    with closing(Cache(path, now=clock.now)) as kept:
        kept.keep(snapshot())
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with closing(Cache(path, now=clock.now)) as kept:
        assert kept.preview("status:open", SORT, 100) is None
        kept.keep(snapshot())
    assert path.read_bytes() == before


def test_where_nothing_can_be_kept_nothing_goes_wrong(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for path in (tmp_path / "file" / "x", tmp_path, tmp_path / "link"):
        with closing(Cache(path, now=clock.now)) as kept:
            kept.keep(snapshot())
            assert kept.preview("status:open", SORT, 100) is None
            assert kept.rest("status:open", SORT, 100) == []
    assert (tmp_path / "real").read_bytes() == b""


def test_while_another_run_writes_nothing_is_waited_for(kept: Cache, clock: Clock) -> None:
    kept.keep(snapshot())
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        kept.keep(snapshot(query="other"))
        assert kept.preview("status:open", SORT, 100)
        other.execute("ROLLBACK")
    assert kept.preview("other", SORT, 100) is None
    kept.keep(snapshot(query="other"))
    assert kept.preview("other", SORT, 100)


def test_a_closed_cache_keeps_nothing(path: Path, clock: Clock) -> None:
    kept = Cache(path, now=clock.now)
    kept.close()
    kept.keep(snapshot())
    assert kept.preview("status:open", SORT, 100) is None


def test_clearing_removes_all_places_and_nothing_else(kept: Cache, clock: Clock) -> None:
    kept.keep(snapshot())
    folder = kept.path.parent
    (folder / "mine.txt").touch()
    with closing(Cache(folder / f"second{cache.SUFFIX}", now=clock.now)):
        assert clear(folder) == 2
    kept.close()
    assert [file.name for file in folder.iterdir()] == ["mine.txt"]
    assert clear(folder) == 0
    assert clear(folder / "nowhere") == 0


def test_places_where_nobody_goes_any_more_are_forgotten(kept: Cache) -> None:
    old = kept.path.with_name(f"old{cache.SUFFIX}")
    old.touch()
    long_ago = (NOW - timedelta(days=KEPT_DAYS + 1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    os.utime(kept.path, (NOW.timestamp(), NOW.timestamp()))
    forget_old(kept.path.parent, NOW)
    assert not old.exists()
    assert kept.path.exists()


def test_every_place_has_a_file_of_its_own() -> None:
    places = [
        ("https://api.datadoghq.eu",),
        ("https://api.datadoghq.com",),
        ("https://api.datadoghq.eu", "work"),
        ("https://api.datadoghq.eu", "", "work"),
        ("https://api.datadoghq.eu", "wo", "rk"),
    ]
    stems = [file_stem(*place) for place in places]
    assert len(set(stems)) == len(stems)
    assert stems[0].startswith("api-datadoghq-eu-")
    assert file_stem("/home/me/\udcff../Work Space.db").startswith("work-space-db-")


def rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT kind, count(*) FROM kept GROUP BY kind").fetchall())
