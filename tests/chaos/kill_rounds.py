"""Kills the app while it writes, again and again, and looks at what became of the writes.

    python -m tests.chaos.kill_rounds 200

Each round starts the app in a terminal, over a line that takes its time to `triage-tui serve`, has
it send what the round before left, types keys that write, and kills it with signal 9. In the end
every write in the journal must be settled, and be on the server once and in order, or not at all,
or have been told to be unsure.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.chaos.agreement import disagreements
from tests.chaos.slow_line import slow_line
from tests.command import in_terminal, serving
from tests.factories import ANA
from tests.office import many
from tests.ui.pty_run import Terminal
from triage_tui.journal import Journal
from triage_tui.server.store import Store

CASES = 8
LATENCY = 0.1
"""Seconds that a request and its answer are on their way."""

_LONGEST = 1.0
"""Seconds that may pass between the last key and the kill: a few requests long."""

_PATIENCE = 60.0
"""Seconds after which what the last start has to send counts as never coming to its end."""

_KEYS = ("1", "2", "3", "4", "5", "i", "I", "A", "u", "U", "j", "j", "k", "k", "x")


@dataclass
class Outcome:
    """What came of it all.

    Attributes:
        left: States in which the kills found what was not settled.
        wrong: What must not have happened, in words.
    """

    rounds: int = 0
    states: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def kill_rounds(folder: Path, rounds: int, rng: Random, most: int = 40) -> Outcome:
    """Start and kill the app so often, typing `most` keys or fewer each time.

    Nothing may be in the folder before.
    """
    outcome = Outcome(rounds)
    with closing(Store.open(folder / "served.db")) as store:
        store.load(many(CASES))
        with (
            serving(folder, "--db", str(folder / "served.db")) as (_, url),
            slow_line(url, LATENCY) as far,
        ):
            for number in range(rounds):
                _hold(folder, rng.choice((0, 1)))
                with in_terminal(folder, "--url", far, "--query", "") as terminal:
                    _begin(terminal, _unsettled(folder))
                    for keys in _typed(number, rng, most):
                        terminal.type(keys.encode())
                        terminal.watch(rng.choice((0, 0.02, 0.1)))
                    terminal.watch(rng.uniform(0, _LONGEST))
                    os.kill(terminal.pid, signal.SIGKILL)
                outcome.left.update(_unsettled(folder))
            with in_terminal(folder, "--url", far, "--query", "") as terminal:
                _begin(terminal, _unsettled(folder))
                end = time.monotonic() + _PATIENCE
                while _unsettled(folder) and time.monotonic() < end:
                    terminal.watch(0.05)
        with closing(Journal(_journal_in(folder), now=lambda: datetime.now(UTC))) as journal:
            entries = journal.entries(limit=1 << 30)[::-1]
        outcome.kinds.update(entry.edit.change.field for entry in entries)
        outcome.states.update(entry.state.value for entry in entries)
        outcome.wrong = disagreements(entries, store, ANA)
    return outcome


def _hold(folder: Path, seconds: int) -> None:
    file = folder / "config" / "triage-tui" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[ui]\nhold = {seconds}\n")


def _begin(terminal: Terminal, left: Counter[str]) -> None:
    """Wait for the cases, and have sent what was left."""
    terminal.wait_for(b"OPS-")
    if left:
        terminal.wait_for(b"Not sent yet")
        terminal.type(b"S")


def _typed(number: int, rng: Random, most: int) -> Iterator[str]:
    """Keys that write, as they are typed in one go."""
    for nth in range(rng.randint(3, most)):
        if rng.random() < 0.15:
            yield f"m\x1b[200~Round {number}, words {nth}\x1b[201~\x13"
        else:
            yield rng.choice(_KEYS)


def _journal_in(folder: Path) -> Path:
    [path] = (folder / "state").rglob("*.journal.db")
    return path


def _unsettled(folder: Path) -> Counter[str]:
    """The states of what is not settled in the journal, if there is one already."""
    if not any((folder / "state").rglob("*.journal.db")):
        return Counter()
    with closing(sqlite3.connect(_journal_in(folder), timeout=10)) as db:
        found = db.execute(
            "SELECT state FROM entries WHERE state IN ('held', 'queued', 'sending')"
        ).fetchall()
    return Counter(state for (state,) in found)


def main() -> None:
    """Print what became of the writes; exit code 1 if anything does not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kill-rounds-") as folder:
        outcome = kill_rounds(Path(folder), arguments.rounds, Random(arguments.seed))
    print(f"{outcome.rounds} kills in {time.monotonic() - start:.0f} s, seed {arguments.seed}")
    print(f"found unsettled after them: {dict(outcome.left)}")
    print(f"{outcome.states.total():,} writes in the end: {dict(outcome.states)}")
    print(f"their kinds: {dict(outcome.kinds)}")
    print(f"wrong: {len(outcome.wrong)}")
    for one in outcome.wrong[:20]:
        print(f"- {one}")
    raise SystemExit(bool(outcome.wrong))


if __name__ == "__main__":
    main()
