"""How far a transfer is, for a person who waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from triage_tui.text import clean, number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import Task


class Progress(Protocol):
    """Shows how far a transfer is."""

    def at(self, done: int, total: int | None) -> None:
        """So many cases are done, of so many if that is known."""

    def say(self, sentence: str) -> None:
        """Something that the person should know while it is going on."""


class _Silent:
    """For nobody who watches: sentences only."""

    def at(self, done: int, total: int | None) -> None:
        pass

    def say(self, sentence: str) -> None:
        sys.stderr.write(f"triage-tui: {clean(sentence)}\n")
        sys.stderr.flush()


@contextmanager
def shown(doing: str, *, console: Console | None = None) -> Iterator[Progress]:
    """Progress on stderr: a bar if that is a terminal, and otherwise only what has to be said.

    Args:
        doing: One word in front of the bar.
        console: Where to draw instead.
    """
    if console is None:
        if not sys.stderr.isatty():
            yield _Silent()
            return
        from rich.console import Console

        console = Console(stderr=True)
    from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            done = number(int(task.completed))
            of = f" of {number(int(task.total))}" if task.total is not None else ""
            speed = f"  {number(int(task.speed))}/s" if task.speed else ""
            return Text(f"{done}{of} cases{speed}")

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(20),
        Rate(),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
    )
    with bars:
        yield _Bar(bars, doing, console)


class _Bar:
    def __init__(self, bars: Bars, doing: str, console: Console) -> None:
        self._bars = bars
        self._task = bars.add_task(doing, total=None)
        self._console = console

    def at(self, done: int, total: int | None) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def say(self, sentence: str) -> None:
        self._console.print(clean(sentence), markup=False, highlight=False, soft_wrap=True)
