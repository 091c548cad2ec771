"""How quick the embedded server is with many cases.

    python -m tests.benchmarks.server_speed 10000 100000 1000000

fills a workspace file of each size (or takes the one that an earlier run with --keep left) and
prints the median and the 95th percentile of each operation in milliseconds, called on the store
and, with --http, asked for over loopback. The third number is the median of the processor time,
which is what a machine with nothing else to do would take, but for waiting for the disk.
"""

from __future__ import annotations

import argparse
import resource
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count as counting
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import httpx

from tests.benchmarks.many_cases import NOW, RARE_WORD, cases, company
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import NewCase, Status
from triage_tui.query import OPEN_WORK, parse
from triage_tui.reading import facet_requests
from triage_tui.server.app import create_app
from triage_tui.server.serving import http_server
from triage_tui.server.store import Store
from triage_tui.server.tables import cases as tables
from triage_tui.server.workspace import add_cases
from triage_tui.session import FACET_FIELDS, FACET_LIMIT, USUAL_ATTRIBUTES

DEFAULT_VIEW = str(OPEN_WORK)
FIELDS = FACET_FIELDS + USUAL_ATTRIBUTES
PAGE = 50
_BATCH = 20_000
_CLOSED = Status("Closed", "SG_CLOSED")
_OPEN = Status("Open", "SG_OPEN")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000])
    parser.add_argument("--runs", type=int, default=20, help="how often each is measured")
    parser.add_argument("--http", action="store_true", help="measure over loopback as well")
    parser.add_argument("--keep", type=Path, help="keep the files in this directory")
    parser.add_argument("--only", default="", help="only what has this in its name")
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            directory = options.keep or Path(scratch)
            directory.mkdir(parents=True, exist_ok=True)
            path = directory / f"{size}.db"
            print(f"\n{size:,} cases")
            if not path.exists():
                fill(path, size)
            _measure(path, options.runs, options.only, options.http)


def fill(path: Path, size: int) -> None:
    """A new workspace with `size` cases in `path`."""
    store = Store.open(path, patience=60)
    workspace = company()
    source = cases(workspace, size)
    spent = worked = 0.0
    done = 0
    store.load(workspace)
    with store.writing() as db:
        db.execute("UPDATE projects SET last_number = 10000000")
    while batch := list(islice(source, _BATCH)):
        started, at_work = perf_counter(), process_time()
        _add(store, batch)
        spent += perf_counter() - started
        worked += process_time() - at_work
        done += len(batch)
        print(f"\r{done:,}", end="", file=sys.stderr)
    started = perf_counter()
    store.close()
    spent += perf_counter() - started
    print(f"  import           {size / spent:10,.0f} cases/s")
    print(f"  at work          {size / worked:10,.0f} cases/s")


def _add(store: Store, batch: Sequence[Any]) -> None:
    with store.writing() as db:
        add_cases(db, batch)


def _measure(path: Path, runs: int, only: str, http: bool) -> None:
    print(f"  file size        {path.stat().st_size / 2**20:10,.1f} MB")
    started = perf_counter()
    store = Store.open(path, patience=60)
    store.empty  # noqa: B018
    print(f"  opening          {(perf_counter() - started) * 1000:10.1f} ms")
    for name, job in {**_reads(store), **_writes(store)}.items():
        if only in name:
            _report(name, job, 5 if name.startswith("bulk") else runs)
    if http:
        with _served(store) as url, httpx.Client(base_url=url, timeout=120) as client:
            for name, job in _requests(client).items():
                if only in name:
                    _report(f"HTTP {name}", job, runs)
    store.close()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory      {used:10,.1f} MB")


def _report(name: str, job: Callable[[], object], runs: int) -> None:
    times, worked = [], []
    for _ in range(runs):
        started, at_work = perf_counter(), process_time()
        job()
        times.append((perf_counter() - started) * 1000)
        worked.append((process_time() - at_work) * 1000)
    times.sort()
    middle, high = times[len(times) // 2], times[int(len(times) * 0.95) - (len(times) < 20)]
    print(f"  {name:44} {middle:9.1f} {high:9.1f} {median(worked):9.1f}", flush=True)


_FILTERS = {
    "none": "",
    "default view": DEFAULT_VIEW,
    "status": "status:closed",
    "priority+project": "priority:P2 project:OPS",
    "open, priority+project": f"{DEFAULT_VIEW} priority:P2 project:OPS",
    "assignee": 'assignee:"p40@example.com"',
    "service": "service:service-12",
    "open, service": f"{DEFAULT_VIEW} service:service-12",
    "text": "dns",
    "open, text": f"{DEFAULT_VIEW} dns",
    "created": "created_at:>now-30d",
    "source": "creation_source:API",
}
_TEXTS = {
    "rare": RARE_WORD,
    "frequent": "dns",
    "very frequent": "on",
    "two words": "backup alert",
    "prefix": "back*",
    "phrase": '"review of"',
    "open, frequent": f"{DEFAULT_VIEW} team",
    "with archived": "dns archived:*",
}


def _reads(store: Store) -> dict[str, Callable[[], object]]:
    def page(text: str, number: int = 1, size: int = PAGE, **sort: Any) -> Callable[[], object]:
        query = parse(text)
        return lambda: store.search(query, number=number, size=size, now=NOW, **sort)

    def facets(text: str) -> Callable[[], object]:
        requests = [(parse(one), fields) for one, fields in facet_requests(parse(text), FIELDS)]

        # What the server does for each request: the values and the total.
        def ask() -> None:
            for query, fields in requests:
                store.total_and_count(query, fields, limit=FACET_LIMIT, now=NOW)

        return ask

    def five(text: str) -> Callable[[], object]:
        query = parse(text)
        return lambda: store.count(query, FACET_FIELDS, limit=FACET_LIMIT, now=NOW)

    def both(text: str, *fields: str) -> Callable[[], object]:
        query = parse(text)
        return lambda: store.aggregate(query, fields, limit=100, now=NOW)

    jobs = {
        "page 1 default view": page(DEFAULT_VIEW),
        "page 1 no filter": page(""),
        "page 1 by priority, default view": page(DEFAULT_VIEW, sort="priority", ascending=True),
        "page 1 by status, no filter": page("", sort="status"),
        "page 1 project and priority": page("project:OPS priority:P2"),
        "page 1 service": page("service:service-12"),
        "page 1 nothing found": page("status:open service:service-12 team:nobody"),
        "page 500 default view": page(DEFAULT_VIEW, 500),
        "page 500 no filter": page("", 500),
        "page 5,000 no filter": page("", 5_000),
        "page 500 by priority, no filter": page("", 500, sort="priority"),
        "page 500 project": page("project:OPS", 500),
    }
    for name, text in _FILTERS.items():
        jobs[f"facets of 8 fields, {name}"] = facets(text)
    for name, text in _FILTERS.items():
        jobs[f"count of 5 fields, {name}"] = five(text)
    jobs["aggregate status+priority, none"] = both("", "status", "priority")
    jobs["aggregate project+service, none"] = both("", "project", "service")
    jobs["aggregate assignee+service, default view"] = both(DEFAULT_VIEW, "assignee", "service")
    jobs["aggregate team+env, priority"] = both("priority:P2", "team", "env")
    for name, text in _TEXTS.items():
        jobs[f"text {name}"] = page(text)
    return jobs


def _writes(store: Store) -> dict[str, Callable[[], object]]:
    me = store.me()
    numbers = counting()
    ids = [case.id for case in store.search(OPEN_WORK, size=100, now=NOW).cases]
    project, kind = store.projects()[0], store.case_types()[0]

    def now() -> datetime:
        return NOW + timedelta(seconds=next(numbers))

    def close_or_open() -> object:
        n = next(numbers)
        status = SetStatus(_CLOSED if n % 4 < 2 else _OPEN)
        return store.change(ids[n % len(ids)], status.apply, by=me, now=now())

    def create() -> object:
        new = NewCase("Disk full on db-3", project.id, kind.id, description="It is full. " * 20)
        return store.create_case(new, by=me, now=now())

    def comment() -> object:
        return store.add_comment(ids[next(numbers) % len(ids)], "Looking.", by=me, now=now())

    many = [case.id for n in range(10) for case in _page(store, n)]

    def bulk() -> None:
        at, change = now(), SetPriority("P1" if next(numbers) % 4 < 2 else "P3")
        with store.writing() as db:
            seen = tables.find_all(db, many)
            tables.change(db, seen, lambda case: change.apply(case, at), by=me, at=at)

    return {
        "write: status": close_or_open,
        "write: create": create,
        "write: comment": comment,
        "bulk of 1,000": bulk,
    }


def _page(store: Store, number: int) -> Iterator[Any]:
    yield from store.search(parse(""), number=number + 1, size=100, now=NOW).cases


@contextmanager
def _served(store: Store) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = threading.Event()
        server = http_server(create_app(store, now=lambda: NOW), started=started.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        started.wait(10)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def _requests(client: httpx.Client) -> dict[str, Callable[[], object]]:
    def get(path: str, **parameters: str) -> Callable[[], object]:
        return lambda: client.get(path, params=parameters).raise_for_status()

    def facets(text: str) -> Callable[[], object]:
        asked = [
            get("/api/v2/cases/count", query_filter=one, group_bys=",".join(fields), limit="1000")
            for one, fields in facet_requests(parse(text), FIELDS)
        ]
        return lambda: [ask() for ask in asked]

    first = client.get("/api/v2/cases", params={"filter": DEFAULT_VIEW}).json()["data"][0]["id"]
    priorities = counting()

    def write() -> object:
        priority = f"P{next(priorities) % 5 + 1}"
        body = {"data": {"type": "case", "attributes": {"priority": priority}}}
        return client.post(f"/api/v2/cases/{first}/priority", json=body).raise_for_status()

    jobs = {
        "page 1 default view": get("/api/v2/cases", filter=DEFAULT_VIEW, **{"page[size]": "50"})
    }
    for name in ("none", "default view", "priority+project", "open, service", "text"):
        jobs[f"facets of 8 fields, {name}"] = facets(_FILTERS[name])
    for name in ("rare", "frequent"):
        jobs[f"text {name}"] = get("/api/v2/cases", filter=_TEXTS[name], **{"page[size]": "50"})
    jobs["write: priority"] = write
    return jobs


if __name__ == "__main__":
    main()
