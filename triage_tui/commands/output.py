"""How commands write: a table for people, and what programs read.

A terminal gets a table that fits it, with nothing in it that a terminal obeys. A pipe gets the same
lines whole, parted by tabs and without a heading, so that `cut` and `xargs` find what they expect.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TextIO, TypeVar

import click

from triage_tui.text import clean, cut, width

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)

_GAP = "  "
_NARROWEST = 8
"""Columns of the terminal that a column keeps which gives way to others."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for something to be computed."""

BOLD, DIM, RED, YELLOW = "1", "2", "1;31", "33"


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column of a table.

    Attributes:
        name: For CSV, and for its heading unless that has a shorter one.
        text: What it says of an item; may come from outside.
        gives_way: It is cut where the terminal is too narrow.
        look: Codes of a colour for an item, or "".
    """

    name: str
    text: Callable[[T], str]
    gives_way: bool = False
    look: Callable[[T], str] = lambda _: ""
    short: str = ""

    @property
    def heading(self) -> str:
        return (self.short or self.name).upper().replace("_", " ")


class Sheet(Protocol[Item]):
    """Takes items as they are found, and writes them."""

    def add(self, items: Iterable[Item]) -> None: ...

    def end(self) -> None: ...


def chosen(*, as_json: bool, as_jsonl: bool, as_csv: bool) -> str:
    """The format that was asked for: "json", "jsonl", "csv", or "table" if none was.

    Raises:
        UsageError: Several were.
    """
    asked = {"json": as_json, "jsonl": as_jsonl, "csv": as_csv}
    given = [name for name, wanted in asked.items() if wanted]
    if len(given) > 1:
        raise click.UsageError(
            f"--{given[0]} and --{given[1]} contradict each other: give only one."
        )
    return given[0] if given else "table"


def sheet(
    form: str, columns: Sequence[Column[T]], record: Callable[[T], Mapping[str, object]]
) -> Sheet[T]:
    """What writes items to the standard output.

    Args:
        form: As `chosen` says.
        record: An item as JSON has it.
    """
    if form == "json":
        return _Array(record)
    if form == "jsonl":
        return _Lines(record)
    if form == "csv":
        return _Csv(columns)
    return _Table(columns) if sys.stdout.isatty() else _Tabs(columns)


def as_json(value: object) -> str:
    """JSON in ASCII on one line, which any program and any terminal can take."""
    return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def timestamp(moment: datetime) -> str:
    """A time in UTC as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def coloured(stream: TextIO) -> bool:
    """True if a stream shows colours, and nobody asked for none."""
    no = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not no


def painted(text: str, look: str) -> str:
    """The text in a colour, if the standard output shows any."""
    return f"\x1b[{look}m{text}\x1b[0m" if look and coloured(sys.stdout) else text


def _put(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class _Array(Generic[T]):
    def __init__(self, record: Callable[[T], Mapping[str, object]]) -> None:
        self._record = record
        self._before = "["

    def add(self, items: Iterable[T]) -> None:
        for item in items:
            sys.stdout.write(f"{self._before}\n{as_json(self._record(item))}")
            self._before = ","

    def end(self) -> None:
        _put("[]" if self._before == "[" else "\n]")


class _Lines(Generic[T]):
    def __init__(self, record: Callable[[T], Mapping[str, object]]) -> None:
        self._record = record

    def add(self, items: Iterable[T]) -> None:
        for item in items:
            _put(as_json(self._record(item)))

    def end(self) -> None:
        pass


class _Csv(Generic[T]):
    def __init__(self, columns: Sequence[Column[T]]) -> None:
        self._columns = columns
        self._rows = csv.writer(sys.stdout, lineterminator="\n")
        self._rows.writerow([column.name for column in columns])

    def add(self, items: Iterable[T]) -> None:
        for item in items:
            self._rows.writerow([cell(column.text(item)) for column in self._columns])

    def end(self) -> None:
        pass


def cell(text: str) -> str:
    """A text as a cell of CSV that no spreadsheet computes, and no terminal obeys."""
    if sys.stdout.isatty():
        text = clean(text, lines=True)
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Tabs(Generic[T]):
    """Lines for programs that part them at tabs."""

    def __init__(self, columns: Sequence[Column[T]]) -> None:
        self._columns = columns

    def add(self, items: Iterable[T]) -> None:
        for item in items:
            _put("\t".join(clean(column.text(item)) for column in self._columns))

    def end(self) -> None:
        pass


class _Table(Generic[T]):
    """Lines for people; the first items decide how wide the columns are."""

    def __init__(self, columns: Sequence[Column[T]]) -> None:
        self._columns = columns
        self._widths: list[int] = []

    def add(self, items: Iterable[T]) -> None:
        rows = [(item, [clean(column.text(item)) for column in self._columns]) for item in items]
        if not rows:
            return
        if not self._widths:
            texts = [cells for _, cells in rows]
            self._widths = self._fitting(texts)
            self._line([column.heading for column in self._columns], [DIM] * len(self._columns))
        for item, cells in rows:
            self._line(cells, [column.look(item) for column in self._columns])

    def end(self) -> None:
        pass

    def _fitting(self, rows: Sequence[Sequence[str]]) -> list[int]:
        widths = [
            max(len(column.heading), *(width(row[at]) for row in rows))
            for at, column in enumerate(self._columns)
        ]
        room = shutil.get_terminal_size().columns - len(_GAP) * (len(widths) - 1)
        # First those that are made to be cut, then whichever is widest.
        for willing in (True, False):
            while (over := sum(widths) - room) > 0:
                able = [
                    at
                    for at, column in enumerate(self._columns)
                    if column.gives_way is willing and widths[at] > _NARROWEST
                ]
                if not able:
                    break
                widest = max(able, key=lambda at: widths[at])
                widths[widest] -= min(over, widths[widest] - _NARROWEST)
        return widths

    def _line(self, cells: Sequence[str], looks: Sequence[str]) -> None:
        parts = []
        for text, wide, look in zip(cells, self._widths, looks, strict=True):
            shown = cut(text, wide)
            parts.append(painted(shown, look) + " " * (wide - width(shown)))
        line = _GAP.join(parts).rstrip()
        # What does not fit even so is cut by nobody: the terminal wraps it.
        _put(line)
