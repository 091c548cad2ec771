"""What a command works on: a server, or a workspace on this machine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from triage_tui.connection import Options, Remote, configured, remote_of
from triage_tui.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from triage_tui.client import CaseClient
    from triage_tui.commands.reader import Reader
    from triage_tui.config import Config
    from triage_tui.server.store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A server or a workspace.

    Attributes:
        remote: None for a workspace.
        store: None for a server.
    """

    options: Options
    config: Config
    remote: Remote | None
    store: Store | None

    @property
    def name(self) -> str:
        """For people: the site, the host, or which workspace."""
        if self.remote:
            return self.remote.target.name
        return "demo" if self.options.demo else "local workspace"

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        return self.options.read_only or self.config.read_only

    @property
    def journal(self) -> Path:
        """Where the writes to this place are kept."""
        from triage_tui.records import journal_of_server, journal_of_workspace

        if self.remote:
            return journal_of_server(self.config, self.remote)
        assert self.store
        return journal_of_workspace(self.options, self.config, self.store.path)

    def read(self, work: Callable[[Reader], Coroutine[Any, Any, T]]) -> T:
        """What some reading comes to, in the shortest way there is."""
        if self.store:
            from triage_tui.direct import DirectReads

            return at_once(work(DirectReads(self.store, project=self.config.project)))
        return self.call(work)

    def call(self, work: Callable[[CaseClient], Coroutine[Any, Any, T]]) -> T:
        """What some work with a client comes to."""
        import asyncio

        async def with_client() -> T:
            client = self.connect()
            try:
                return await work(client)
            finally:
                await client.close()

        return asyncio.run(with_client())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """What can be read with again and again, in one event loop."""
        if self.store:
            from triage_tui.direct import DirectReads

            yield DirectReads(self.store, project=self.config.project)
            return
        client = self.connect()
        try:
            yield client
        finally:
            await client.close()

    def connect(self) -> CaseClient:
        """A client that can do everything. Nothing is sent yet."""
        if self.remote:
            return self.remote.connect()
        from triage_tui.workspace import client_of

        assert self.store
        return client_of(self.store, read_only=self.read_only, project=self.config.project)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to that never has to wait.

    An event loop takes longer to load than a workspace in this process to answer.
    """
    try:
        work.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    work.close()
    raise AssertionError("it had to wait")


@contextmanager
def opened(**options: Any) -> Iterator[Place]:
    """The place that the options of a command, the configuration and the environment speak of.

    Raises:
        TriageError: There is none, or it cannot be used.
    """
    asked = Options(**options)
    config = configured(asked, os.environ)
    remote = remote_of(asked, config, os.environ)
    if remote:
        yield Place(asked, config, remote, None)
        return
    from triage_tui import workspace

    if asked.demo:
        with workspace.throwaway() as store:
            yield Place(asked, config, None, store)
        return
    path = asked.db or workspace.default_path()
    if asked.db and not path.exists():
        raise ConfigError(f"There is no workspace {path}: correct --db, or make one by `import`.")
    with workspace.opened(path, demo=asked.db is None) as store:
        yield Place(asked, config, None, store)


def asked(where: Place, query: str, view: str | None) -> str:
    """What to ask for: a query, and that of the view with this name, if there is one.

    Raises:
        TriageError: There is no such view, or it cannot be used.
    """
    if view is None:
        return query
    from triage_tui.commands.named_queries import query_of

    return query_of(where, view, query)


def readable(query: str, option: str = "--query") -> str:
    """The query, if it is one.

    Raises:
        ConfigError: It is none.
    """
    from triage_tui.errors import QueryError
    from triage_tui.query import parse

    try:
        return str(parse(query))
    except QueryError as error:
        raise ConfigError(f"The query of {option} cannot be used: {error}.") from None
