"""What the report of a shift costs on a server with many cases.

    python -m tests.benchmarks.report_speed 100000

makes a workspace of that size (or takes the one that an earlier run with --keep left), and prints
for a shift, a week and a quarter how long `triage-tui report` takes and how much memory it needs at
most: on the file itself, and as the client of a server, with how many requests it made of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from time import perf_counter

import httpx

from tests.benchmarks.many_cases import NOW
from tests.benchmarks.server_speed import fill
from tests.command import environment, serving, source_of
from triage_tui.client import connect
from triage_tui.reports.facts import Facts
from triage_tui.reports.gathering import Asked, gather
from triage_tui.reports.model import Window
from triage_tui.sites import Target

SPANS = {
    "8 hours": timedelta(hours=8),
    "a week": timedelta(days=7),
    "a quarter": timedelta(days=90),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="keep the file in this directory")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{options.cases}.db"
        if not path.exists():
            fill(path, options.cases)
        print(f"{options.cases:,} cases")
        with _served(Path(scratch), path) as url:
            for name, span in SPANS.items():
                # Said in UTC, because the cases end at this time wherever this runs.
                start, end = (moment.strftime("%Y-%m-%dT%H:%MZ") for moment in (NOW - span, NOW))
                words = ("report", "--from", start, "--to", end, "--format", "json")
                facts, requests = asyncio.run(_counted(url, Window(NOW - span, NOW, UTC)))
                print(f"{name}: {len(facts.touched):,} cases touched, {requests} requests")
                for where, place in (
                    ("of the file", ("--db", path)),
                    ("of a server", ("--url", url)),
                ):
                    seconds, worked, memory = _ran(Path(scratch), *words, *map(str, place))
                    print(f"  {where}: {seconds:.1f} s, {worked:.1f} s CPU, {memory:.0f} MB")


@contextmanager
def _served(folder: Path, path: Path) -> Iterator[str]:
    with serving(folder, "--db", str(path), "--rate-limit", "0") as (_, url):
        yield url


class _Counting(httpx.AsyncHTTPTransport):
    requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return await super().handle_async_request(request)


async def _counted(url: str, window: Window) -> tuple[Facts, int]:
    transport = _Counting()
    target = Target(url, None, "benchmark", is_datadog=False, is_loopback=True)
    client = connect(target, None, transport=transport)
    facts = await gather(client, Asked(window, window.end))
    await client.close()
    return facts, transport.requests


_TOLD = """
import atexit, sys
def tell():
    status = open("/proc/self/status").read()
    sys.stderr.write("\\n" + status.partition("VmHWM:")[2].split()[0])
atexit.register(tell)
"""


def _ran(home: Path, *words: str) -> tuple[float, float, float]:
    """Seconds that a command takes, those of the processor, and megabytes that it has at most."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", _TOLD + source_of(*words)],
        env={**environment(home), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime - before.ru_utime, int(ended.stderr.splitlines()[-1]) / 1024


if __name__ == "__main__":
    main()
