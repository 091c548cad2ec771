"""Two programs that write to one workspace and four that read, all at the same time.

    python -m tests.durability.crowd 60

Nobody may be told that the file is busy, readers see every state whole,
and the log of the database does not grow without end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from tests.command import ROOT
from tests.durability.whole import check_whole
from tests.durability.writing import Ledger, furnish, seen
from triage_tui.server.store import Store


def crowd(path: Path, *, writers: int, readers: int, seconds: float, least: int) -> Counter[str]:
    """How many of what there was, if nothing was wrong. Makes the workspace.

    It goes on for `seconds`, and until every program has done `least` things.
    """
    furnish(path)
    ledger = Ledger()
    with closing(Store.open(path)) as store:
        ledger.kept = seen(store)
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        programs = [
            stack.enter_context(_Program(path, kind, n, seconds, least))
            for kind, number in (("write", writers), ("read", readers))
            for n in range(number)
        ]
        # They begin when the last of them is ready.
        for program in programs:
            program.await_ready()
        for program in programs:
            program.begin()
        for program in programs:
            result, records = program.result()
            for what in ("longest write in ms", "longest read in ms", "bytes of the log"):
                counts[what] = max(counts[what], result.pop(what, 0))
            counts.update(result)
            for record in records:
                ledger.take(record)
    with closing(Store.open(path)) as store:
        assert ledger.settle(seen(store)) == 0
    check_whole(path)
    assert counts["write"] == ledger.acknowledged
    return counts


class _Program:
    """One of the crowd, in a process of its own."""

    def __init__(self, path: Path, kind: str, n: int, seconds: float, least: int) -> None:
        self.kind = kind
        words = [str(path), kind, str(n), str(seconds), str(least)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.one_of_crowd", *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Program:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def await_ready(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def begin(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("begin\n")
        self._process.stdin.flush()

    def result(self) -> tuple[Counter[str], list[dict[str, Any]]]:
        said, _ = self._process.communicate(timeout=600)
        assert self._process.returncode == 0, said[-1000:]
        *records, result = (json.loads(line) for line in said.splitlines())
        return Counter(result), records


def main() -> None:
    """Print what happened; an exception tells what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
        path = Path(folder) / "workspace.db"
        counts = crowd(path, writers=2, readers=4, seconds=arguments.seconds, least=1)
        size = path.stat().st_size
    print(f"2 writers and 4 readers for {arguments.seconds:g} s, nobody refused:")
    for what, count in sorted(counts.items()):
        print(f"{count:10,} {what}")
    print(f"{size:10,} bytes in the file")


if __name__ == "__main__":
    main()
