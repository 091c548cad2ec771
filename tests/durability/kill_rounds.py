"""Kills the program that writes, again and again, and looks at what is left.

    python -m tests.durability.kill_rounds 200

Half of the rounds kill `triage-tui serve` while three clients write over HTTP, the others a process
that writes by itself. A moment is drawn for each. Afterwards every write that was answered must be
in the file, of those that were not all or nothing, and whatever is kept twice must agree.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.command import ROOT, serving
from tests.durability.whole import check_whole
from tests.durability.writing import Ledger, Writer, furnish, seen
from triage_tui.server.store import Store

MOST = 40
"""Answered writes after which a program is killed at the latest."""

_LONGEST = 0.006
"""Seconds that may pass between the last of them and the kill: several writes long."""


def kill_rounds(path: Path, rounds: int, rng: Random) -> Counter[str]:
    """How many of what there was, if nothing was wrong. Makes the workspace."""
    furnish(path)
    ledger = Ledger()
    with closing(Store.open(path)) as store:
        ledger.kept = seen(store)
    counts: Counter[str] = Counter()
    for number in range(rounds):
        if number % 2:
            _kill_writer(path, number, rng, ledger)
            counts["writers killed"] += 1
        else:
            asyncio.run(_kill_server(path, number, rng, ledger))
            counts["servers killed"] += 1
        log = path.with_name(f"{path.name}-wal")
        counts["logs left behind"] += log.exists() and log.stat().st_size > 0
        counts["writes under way"] += len(ledger.pending)
        with closing(Store.open(path)) as store:
            counts["of those done"] += ledger.settle(seen(store))
        check_whole(path)
    counts["writes answered"] = ledger.acknowledged
    return counts


async def _kill_server(path: Path, number: int, rng: Random, ledger: Ledger) -> None:
    enough = asyncio.Event()
    last = ledger.acknowledged + rng.randint(1, MOST)

    def note(record: dict[str, Any]) -> None:
        ledger.take(record)
        if ledger.acknowledged >= last:
            enough.set()

    async def write(client: httpx.AsyncClient, name: str) -> None:
        try:
            await Writer(client, Random(rng.random()), name, note).run()
        except httpx.TransportError:
            # Before the kill it must not happen.
            assert enough.is_set()
        finally:
            enough.set()

    with serving(path.parent, "--db", str(path)) as (process, url):
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            names = [f"{number}.{n}" for n in range(3)]
            writing = asyncio.gather(*(write(client, name) for name in names))
            await enough.wait()
            await asyncio.sleep(rng.uniform(0, _LONGEST))
            process.kill()
            process.wait()
            await writing


def _kill_writer(path: Path, number: int, rng: Random, ledger: Ledger) -> None:
    last = ledger.acknowledged + rng.randint(1, MOST)
    command = [sys.executable, "-m", "tests.durability.writing", str(path), str(number)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                ledger.take(json.loads(line))
                if ledger.acknowledged >= last:
                    break
            time.sleep(rng.uniform(0, _LONGEST))
        finally:
            process.kill()
        # What it said before it died, but for half a line.
        for line in process.stdout:
            if line.endswith("\n"):
                ledger.take(json.loads(line))
    assert ledger.acknowledged >= last


def main() -> None:
    """Print what happened; an exception tells what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kill-rounds-") as folder:
        path = Path(folder) / "workspace.db"
        counts = kill_rounds(path, arguments.rounds, Random(arguments.seed))
        size = path.stat().st_size
    print(
        f"{arguments.rounds} rounds in {time.monotonic() - start:.0f} s, nothing lost, none half:"
    )
    for what, count in counts.items():
        print(f"{count:8,} {what}")
    print(f"{size:8,} bytes in the file")


if __name__ == "__main__":
    main()
