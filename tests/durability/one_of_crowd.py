"""One of the programs of `crowd`, which starts it.

It says when it is ready, begins when it is told to, and prints what it has counted in the end; one
that writes prints what a `Ledger` takes before that.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.durability.writing import HOME, Writer
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.store import Store


async def _write(path: Path, n: int, seconds: float, least: int) -> Counter[str]:
    longest = "longest write in ms"
    records: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    with closing(Store.open(path)) as store:
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as client:
            # Two requests at a time, so that the threads of a program wait for each other too.
            writers = [
                Writer(client, Random(f"{n}.{m}"), f"{n}.{m}", records.append) for m in range(2)
            ]
            await _begun()
            end = time.monotonic() + seconds

            async def write(writer: Writer) -> None:
                await writer.add_case(HOME.id)
                while time.monotonic() < end or writer.written < least:
                    start, before = time.monotonic(), writer.written
                    await writer.write()
                    took = (time.monotonic() - start) / max(writer.written - before, 1)
                    counts[longest] = max(counts[longest], round(took * 1000))
                counts["write"] += writer.written

            await asyncio.gather(*map(write, writers))
            counts["bytes of the log"] = path.with_name(f"{path.name}-wal").stat().st_size
    for record in records:
        print(json.dumps(record))
    return counts


async def _read(path: Path, n: int, seconds: float, least: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    longest, rng = "longest read in ms", Random(n)
    with closing(Store.open(path)) as store:
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as client:
            await _begun()
            end = time.monotonic() + seconds
            while time.monotonic() < end or counts["read"] < least:
                start = time.monotonic()
                await _read_once(client, store, rng)
                took = round((time.monotonic() - start) * 1000)
                counts[longest] = max(counts[longest], took)
                counts["read"] += 1
    return counts


async def _read_once(client: httpx.AsyncClient, store: Store, rng: Random) -> None:
    query = rng.choice(("", "status:open", "disk", "priority:P1 -archived:true"))
    answer = await client.get("/api/v2/cases", params={"filter": query, "page[size]": 50})
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    if found:
        id = rng.choice(found)["id"]
        for path in (f"/api/v2/cases/{id}", f"/api/v2/cases/{id}/timelines"):
            answer = await client.get(path)
            # 404: its project has been deleted since.
            assert answer.status_code in (200, 404), answer.text
    # One state throughout: what is counted is what is there.
    with store.reading() as db:
        counted = db.execute("SELECT ifnull(sum(count), 0) FROM cube").fetchone()
        assert counted == db.execute("SELECT count(*) FROM cases").fetchone()


async def _begun() -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def main(path: str, kind: str, n: str, seconds: str, least: str) -> None:
    """Do it."""
    work = _write if kind == "write" else _read
    print(json.dumps(asyncio.run(work(Path(path), int(n), float(seconds), int(least)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
