"""`watch`: tells what is new or changes among the cases of a query, as it happens."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from triage_tui.commands import output, place, say
from triage_tui.commands.options import PATH, place_options, query_options
from triage_tui.exit_codes import ExitCode
from triage_tui.text import clean, cut
from triage_tui.watching import CHANGED, KINDS, NEW, Event, Watching

if TYPE_CHECKING:
    from pathlib import Path

    from triage_tui.commands.place import Place
    from triage_tui.commands.running import Program
    from triage_tui.commands.watch_state import State
    from triage_tui.commands.watch_turns import Terms

_BESIDE = ("modified_at", "status_group", "closed_at")
"""Fields that change along with what people know them by."""


@click.command(
    "watch",
    short_help="Tell what is new or changes, as it happens.",
    # What follows CMD is for CMD, whatever it looks like.
    context_settings={"allow_interspersed_args": False},
)
@click.argument("command", metavar="[CMD [ARG]...]", nargs=-1, type=click.UNPROCESSED)
@query_options
@click.option(
    "--on",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="What to tell: cases that begin to match, differ, or match no longer; repeatable. "
    "Default: new and changed.",
)
@click.option("--exec", "executes", is_flag=True, help="Run CMD for each, with JSON to read.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Write each as JSON on a line.")
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(1, 86400),
    default=60,
    show_default=True,
    help="Time between two readings.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 10_000),
    default=1000,
    show_default=True,
    help="Cases to watch at most, the newest.",
)
@click.option(
    "--per-minute",
    metavar="N",
    type=click.IntRange(1, 6000),
    default=20,
    show_default=True,
    help="Times to run CMD at most.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0.1, 86400),
    default=30,
    show_default=True,
    help="Time that CMD may take.",
)
@click.option("--state", metavar="FILE", type=PATH, help="Go on where FILE says; kept up to date.")
@click.option("--once", is_flag=True, help="Tell what happened since --state, and end.")
@place_options
def watch_command(
    command: tuple[str, ...],
    query: str,
    view: str | None,
    kinds: tuple[str, ...],
    executes: bool,
    as_jsonl: bool,
    every: float,
    limit: int,
    per_minute: int,
    timeout: float,
    state: Path | None,
    once: bool,
    **options: Any,
) -> int:
    """Tell what is new or changes among the cases of a query, as it happens.

    The first reading is where it begins: of its cases nothing is told. Each event is a line, with
    --jsonl an object: event (new, changed, gone), at, query, case as `list --json` has it, and
    changed, with from and to for each field that differs.

    With --exec, CMD is run for each event, one after the other, and reads that object from its
    standard input. CMD and what follows are its name and arguments; no shell is asked, and nothing
    of a case is ever in them:

    \b
      triage-tui watch --query priority:P1 --on new \\
        --exec curl --data-binary @- https://pager.example.com/
    """
    if executes and not command:
        raise click.UsageError("--exec needs a command behind it.")
    if command and not executes:
        raise click.UsageError(f'"{clean(command[0])}" has no meaning without --exec before it.')
    if executes and not shutil.which(command[0]):
        raise click.UsageError(f'There is no command "{clean(command[0])}" to run.')
    if once and not state:
        raise click.UsageError("--once needs --state, to know since when.")
    asked = place.readable(query) if query else ""
    with place.opened(**options) as where:
        import asyncio

        asked = place.asked(where, asked, view)
        from triage_tui.commands.running import Program
        from triage_tui.commands.watch_state import State
        from triage_tui.commands.watch_turns import Terms

        wanted = kinds or (NEW, CHANGED)
        whose = str(where.store.path) if where.store else where.name
        kept = State(state, place=whose, query=asked) if state else None
        watching = kept.watching(wanted) if kept else Watching(wanted)
        terms = Terms(asked, where.name, every, limit, once)
        program = Program(command, per_minute=per_minute, timeout=timeout) if executes else None
        write = _json if as_jsonl else None if executes else _line
        stopped_by = asyncio.run(_watched(where, terms, watching, kept, program, write))
    return ExitCode.INTERRUPTED if stopped_by == signal.SIGINT else ExitCode.OK


async def _watched(
    where: Place,
    terms: Terms,
    watching: Watching,
    kept: State | None,
    program: Program | None,
    write: Callable[[Event, str], str] | None,
) -> int:
    """Watch until a signal says to stop; its number, 0 if there was none."""
    from triage_tui.commands.watch_turns import Turns

    async def tell(event: Event) -> str:
        if write:
            sys.stdout.write(f"{write(event, terms.query)}\n")
            sys.stdout.flush()
        return await program.run(_json(event, terms.query)) if program else ""

    def stop() -> None:
        turns.stop()
        if program and program.running:
            if turns.stopping > 1:
                program.end()
            else:
                say(f"Waiting for {program.name}; asked again, it is ended.")

    async with where.reading() as reader:
        budget = getattr(reader, "budget", None)
        turns = Turns(
            terms,
            reader,
            watching,
            tell=tell,
            free_at=(lambda: program.free_at) if program else (lambda: 0.0),
            spare=budget.can_spare if budget else (lambda: True),
            keep=(lambda: kept.keep(watching)) if kept else (lambda: None),
        )
        with _signals(stop) as stopped_by:
            await turns.go()
    return stopped_by[0] if stopped_by else 0


@contextmanager
def _signals(act: Callable[[], object]) -> Iterator[list[int]]:
    """Signals that ask for an end act, and end nothing by themselves; those that came."""
    import asyncio

    loop = asyncio.get_running_loop()
    came: list[int] = []

    def ask(number: int) -> None:
        came.append(number)
        act()

    before: dict[int, Any] = {}
    try:
        for number in (int(signal.SIGINT), int(signal.SIGTERM)):
            handler = signal.getsignal(number)
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, ask, number)
                before[number] = handler
        yield came
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            with suppress(TypeError, ValueError):
                signal.signal(number, handler)


def _json(event: Event, query: str) -> str:
    """An event as an object on one line. Names and kinds of these fields stay."""
    changed = {name: {"from": before, "to": now} for name, (before, now) in event.changed.items()}
    record = {"event": event.kind, "at": event.at, "query": query, "case": event.case}
    return output.as_json({**record, "changed": changed})


def _line(event: Event, _: str) -> str:
    """An event for people, in the width of their terminal; parted by tabs in a pipe."""
    case = event.case
    what = str(case["title"])
    if event.kind == CHANGED:
        shown = {name: both for name, both in event.changed.items() if name not in _BESIDE}
        what = ", ".join(
            f"{name.removeprefix('attributes.')} {_text(before)} → {_text(now)}"
            for name, (before, now) in shown.items()
        )
    priority = "" if case["priority"] == "NOT_DEFINED" else case["priority"]
    cells = [event.kind, case["key"], priority, case["status"], what or "something else"]
    texts = [clean(str(cell)) for cell in cells]
    if not sys.stdout.isatty():
        return "\t".join([output.timestamp(event.at), *texts])
    wide = [7, 10, 2, 11]
    told = [f"{text:{room}}" for text, room in zip(texts, wide, strict=False)]
    line = "  ".join([f"{event.at.astimezone():%H:%M:%S}", *told, texts[-1]])
    return cut(line, shutil.get_terminal_size().columns)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("email") or value.get("handle"))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "", "NOT_DEFINED") else str(value)
