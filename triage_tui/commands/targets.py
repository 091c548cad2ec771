"""The cases that a command is to work on: by keys and ids, or from the standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import click

from triage_tui.errors import ConfigError
from triage_tui.text import clean

T = TypeVar("T")

MOST = 100_000
"""Cases that can be named at once."""

_MOST_READ = 64 * 1024 * 1024
_AT_ONCE = 8


def named(words: Sequence[str], *, none: bool = False) -> list[str]:
    """The keys or ids that the arguments of a command name, each once, in order.

    Args:
        none: It is fine if there are none.

    Raises:
        UsageError: There are none.
        ConfigError: What the standard input holds names no cases.
    """
    found: list[str] = []
    for word in words:
        found += from_input() if word == "-" else [word.strip()]
    if "" in found:
        raise click.UsageError("A case has an empty key.")
    if not found and not none and "-" not in words:
        raise click.UsageError("Name a case by its key or id, or - to read them.")
    # A case named twice is one case, however its key is written.
    once: dict[str, str] = {}
    for one in found:
        once.setdefault(one.upper(), one)
    return list(once.values())


def from_input() -> list[str]:
    """The cases that the standard input names.

    On each line a key or an id, or an object of JSON with a "key" or an "id"; or one list of such
    objects.
    """
    text = sys.stdin.read(_MOST_READ + 1)
    if len(text) > _MOST_READ:
        raise ConfigError("The standard input is too long to name cases.")
    if text.lstrip().startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigError(
                "The standard input begins like a list of JSON, but is none."
            ) from None
        found = [_name_of(item, f"item {at}") for at, item in enumerate(items, 1)]
    else:
        found = [
            _from_line(line.strip(), at)
            for at, line in enumerate(text.splitlines(), 1)
            if line.strip()
        ]
    if len(found) > MOST:
        raise ConfigError(f"The standard input names {len(found):,} cases, and may name {MOST:,}.")
    return found


def _from_line(line: str, at: int) -> str:
    if line.startswith("{"):
        try:
            return _name_of(json.loads(line), f"line {at}")
        except (ValueError, RecursionError):
            raise ConfigError(f"Line {at} of the standard input is no JSON.") from None
    if len(line.split()) > 1:
        raise ConfigError(
            f"Line {at} of the standard input has more than a key or an id: "
            f"“{clean(line, limit=60)}”. Cut the rest off, for example with `cut -f1`."
        )
    return line


def _name_of(item: object, where: str) -> str:
    if isinstance(item, str) and item.strip():
        return item.strip()
    if isinstance(item, dict):
        for name in ("id", "key"):
            if isinstance(item.get(name), str) and item[name].strip():
                return str(item[name]).strip()
    raise ConfigError(f'The {where} of the standard input has neither a "key" nor an "id".')


async def each(words: Iterable[str], one: Callable[[str], Awaitable[T]]) -> list[T]:
    """What `one` makes of each, in order; a few at the same time where that takes waiting."""
    words = list(words)
    if len(words) == 1:
        return [await one(words[0])]
    if not _may_wait():
        return [await one(word) for word in words]
    import asyncio

    room = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(word: str) -> T:
        async with room:
            return await one(word)

    return list(await asyncio.gather(*map(in_turn, words)))


def _may_wait() -> bool:
    """True in an event loop, which a workspace in this process needs none of."""
    if "asyncio" not in sys.modules:
        return False
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
