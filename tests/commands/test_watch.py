"""`watch`: what it tells and when, what it runs, and how it ends."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.command import ROOT, environment, source_of
from tests.commands.conftest import Ended, Shell
from tests.faults import Faults
from tests.office import CYD, SMALL, Office, client_over, many, office
from tests.timing import HandTime
from triage_tui.changes import Assign, SetPriority
from triage_tui.commands.running import Program
from triage_tui.commands.watch_turns import Terms, Turns
from triage_tui.errors import ApiError
from triage_tui.server.store import Workspace
from triage_tui.watching import KINDS, Event, Watching

PATIENCE = 10.0
"""Seconds after which something that was waited for counts as never coming."""


@dataclass
class Watcher:
    """Somebody who watches, in a time that passes by hand.

    Attributes:
        told: The events so far: kind and key.
        trouble: What goes wrong with each event.
    """

    office: Office
    network: Faults
    time: HandTime
    turns: Turns
    going: asyncio.Task[None]
    told: list[str] = field(default_factory=list)
    spare: bool = True

    async def rests(self) -> None:
        """Return when nothing happens unless time passes; raise what it ended with."""
        while not self.time.awaited:
            await asyncio.sleep(0)
            if self.going.done():
                await self.going

    async def turn(self) -> None:
        """Let the time pass until something is due, and that is over."""
        self.time.to_next()
        await self.rests()

    async def until_told(self, count: int) -> list[str]:
        while len(self.told) < count:
            await self.turn()
        return self.told


@asynccontextmanager
async def watcher(data: Workspace = SMALL, *, terms: Terms | None = None) -> AsyncIterator[Watcher]:
    async with office(data) as at_work:
        network, time = at_work.network(), HandTime()
        client = client_over(network)

        async def tell(event: Event) -> str:
            one.told.append(f"{event.kind} {event.case['key']}")
            return ""

        turns = Turns(
            terms or Terms("status:(open OR in_progress)", "test"),
            client,
            Watching(KINDS),
            tell=tell,
            spare=lambda: one.spare,
            now=at_work.clock.now,
            timing=time,
            chance=random.Random(1),
        )
        one = Watcher(at_work, network, time, turns, asyncio.create_task(turns.go()))
        await one.rests()
        yield one
        turns.stop()
        if not one.going.done():
            await one.going
        await client.close()


async def test_what_others_do_is_told_at_the_next_reading(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with watcher() as one:
        assert capsys.readouterr().err == "Watching 5 cases on test, every 60 s.\n"
        await one.turn()
        assert one.told == []
        one.office.meanwhile("OPS-3", SetPriority("P1"))
        one.office.meanwhile("PAY-1", Assign(CYD))
        assert await one.until_told(2) == ["changed OPS-3", "changed PAY-1"]
        assert 54 * 2 < one.time.time() < 66 * 2
        one.spare = False
        read = len(one.network.requests)
        await one.turn()
        assert len(one.network.requests) == read


async def test_a_server_that_was_away_is_told_of_twice(capsys: pytest.CaptureFixture[str]) -> None:
    async with watcher() as one:
        capsys.readouterr()
        one.network.refuse()
        one.office.meanwhile("OPS-3", SetPriority("P1"))
        waits = []
        for _ in range(8):
            began = one.time.time()
            await one.turn()
            waits.append(one.time.time() - began)
        lost = capsys.readouterr().err
        assert lost.startswith("triage-tui: Could not ")
        assert lost.endswith("Trying again until it answers.\n")
        assert lost.count("\n") == 1
        assert waits[1] <= 5 < waits[4] < waits[7] <= 300
        one.network.forget()
        assert await one.until_told(1) == ["changed OPS-3"]
        assert capsys.readouterr().err.startswith("test answers again; it was away since 09:")
        one.network.answer("*", 403, says="No more.")
        with pytest.raises(ApiError, match="No more"):
            await one.until_told(2)


async def test_who_asks_it_to_stop_waits_for_no_answer() -> None:
    async with watcher() as one:
        with one.network.hold():
            one.time.to_next()
            while not one.network.held:  # noqa: ASYNC110
                await asyncio.sleep(0)  # The request is sent; no time passes.
            one.turns.stop()
            async with asyncio.timeout(PATIENCE):
                await one.going
        assert one.told == []


async def test_of_many_cases_the_newest_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    async with watcher(many(230), terms=Terms("", "test", limit=150)) as one:
        assert "Watching the newest 150 of 230 cases" in capsys.readouterr().err
        assert len(one.network.sent("*page*")) == 2
        one.office.meanwhile("OPS-200", SetPriority("P1"))
        one.office.meanwhile("OPS-140", SetPriority("P1"))
        assert await one.until_told(1) == ["changed OPS-140"]


async def test_a_program_is_run_so_often_a_minute_and_no_longer_than_it_may() -> None:
    time = HandTime()
    words = [sys.executable, "-S", "-c", "import sys; sys.exit(len(sys.stdin.read()))"]
    program = Program(words, per_minute=2, timeout=30, timing=time)
    assert await program.run("") == ""
    time.advance(10)
    assert await program.run("abc") == f"{sys.executable} ended with 3."
    assert program.free_at == 60
    time.advance(50)
    assert await program.run("") == ""
    assert program.free_at == 70
    # Another that it starts, and that does not care, is ended with it.
    slow = Program(["sh", "-c", "trap '' TERM; sleep 1000"], per_minute=9, timeout=5, timing=time)
    running = asyncio.create_task(slow.run(""))
    while not slow.running:  # noqa: ASYNC110
        await asyncio.sleep(0)  # The process begins; no time passes.
    time.advance(5)
    assert not running.done()
    time.advance(5)
    assert await running == "sh was ended: it took longer than 5 s."
    missing = Program(["/no/such"], per_minute=9, timeout=5, timing=time)
    assert await missing.run("") == "/no/such cannot be run: No such file or directory."


def test_each_run_goes_on_where_the_state_says(shell: Shell, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    since = ["watch", "--state", str(state), "--once"]
    assert shell.run(*since) == Ended(0, "", "")
    assert state.stat().st_mode & 0o777 == 0o600
    (link := tmp_path / "link.json").symlink_to(state)
    since[2] = str(link)
    shell.run("assign", "OPS-1", "--to", "ben")
    shell.run("create", "--project", "PAY", "--title", "$(touch boo)\x1b[2J; `touch boo`")
    lines = shell.run(*since, "--jsonl").out.splitlines()
    changed, new = map(json.loads, lines)
    assert (changed["event"], changed["case"]["key"], changed["query"]) == ("changed", "OPS-1", "")
    assert changed["changed"].keys() == {"assignee", "modified_at"}
    assert changed["changed"]["assignee"]["to"]["name"] == "Ben Ode"
    assert (new["event"], new["changed"]) == ("new", {})
    assert new["case"]["title"].startswith("$(touch boo)")
    listed = json.loads(shell.run("list", "--json").out)
    assert new["case"] in listed
    assert shell.run(*since) == Ended(0, "", "")
    shell.run("status", "OPS-1", "--to", "closed")
    told = shell.run(*since).out.split("\t")
    assert told[1:] == ["changed", "OPS-1", "P2", "Closed", "status Open → Closed\n"]
    other = shell.run(*since, "--query", "status:open")
    assert (other.code, other.out) == (2, "")
    assert 'tells of no state to go on from (query "")' in other.err
    state.write_text('{"version": 1}')
    assert shell.run(*since).code == 2


def test_a_program_reads_each_case_and_is_given_it_nowhere_else(
    shell: Shell, tmp_path: Path
) -> None:
    state, heard = tmp_path / "state.json", tmp_path / "heard"
    since = ["watch", "--state", str(state), "--once"]
    shell.run(*since)
    shell.run("comment", "OPS-2", "OPS-3", "--text", "Look.", "--yes")
    script = (
        "import os, sys; seen = repr((sys.argv, dict(os.environ)));"
        "open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10)); assert 'Broker' not in seen;"
        "sys.exit(4)"
    )
    ended = shell.run(*since, "--exec", sys.executable, "-c", script, str(heard), "--json")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "".join(
        f"triage-tui: {key}: {sys.executable} ended with 4.\n" for key in ("OPS-2", "OPS-3")
    )
    events = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [event["case"]["key"] for event in events] == ["OPS-2", "OPS-3"]
    assert events[0]["changed"]["comments"] == {"from": 0, "to": 1}
    assert shell.run(*since) == Ended(0, "", "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--exec"], "--exec needs a command behind it"),
        (["cat"], '"cat" has no meaning without --exec before it'),
        (["--exec", "no-such-program"], 'There is no command "no-such-program" to run'),
        (["--once"], "--once needs --state, to know since when"),
        (["--every", "0"], "Invalid value for '--every'"),
    ],
)
def test_what_cannot_be_watched(shell: Shell, words: list[str], sentence: str) -> None:
    ended = shell.run("watch", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"triage-tui: {sentence}")


def test_signals_end_it_calmly(shell: Shell) -> None:
    words = ["watch", "--db", str(shell.path), "--every", "3600"]
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        with subprocess.Popen(
            [sys.executable, "-c", source_of(*words)],
            cwd=ROOT,
            env=environment(shell.path.parent),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr
            assert process.stderr.readline().startswith("Watching 6 cases on local workspace")
            process.send_signal(number)
            assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == code
