"""The local workspace: a database on this machine that stands in for Datadog."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.errors import StoreError
from triage_tui.server.store import Store

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.query import Query
    from triage_tui.reading import Preview, Sort


def default_path() -> Path:
    """Where the workspace of this user is kept. The file need not exist."""
    from platformdirs import user_data_path

    return user_data_path("triage-tui", appauthor=False) / "workspace.db"


@contextmanager
def opened(
    path: Path, *, demo: bool, meanwhile: Callable[[], None] | None = None
) -> Iterator[Store]:
    """The workspace in a file, which is made if there is none.

    Args:
        demo: Fill it with demo data if it is empty.
        meanwhile: Called once, before the file is opened; a new file is filled beside it.

    Raises:
        StoreError: The file cannot be used; it is left as it was.
    """
    if meanwhile:
        with _filling_in_child(path) if demo and not path.exists() else nullcontext():
            meanwhile()
    with closing(Store.open(path)) as store:
        if demo:
            _fill(store)
        store.furnish()
        yield store


@contextmanager
def throwaway(*, meanwhile: Callable[[], None] | None = None) -> Iterator[Store]:
    """A workspace with demo data that is gone afterwards.

    Args:
        meanwhile: Called once, while the data are made.

    Raises:
        StoreError: There is no place for it.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="triage-tui-"))
    except OSError as error:
        raise StoreError(
            f"There is no place for the demo data: {error.strerror}. "
            "Set TMPDIR to a directory that you may write to."
        ) from None
    try:
        with opened(folder / "workspace.db", demo=True, meanwhile=meanwhile) as store:
            yield store
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _filling_in_child(path: Path) -> Iterator[None]:
    """Fill a new workspace in a process of its own, while something else is done in this one.

    Making the data takes as long as importing Textual, and the interpreter lock lets only one of
    the two run in a process. `opened` does again whatever the child could not do, and everything
    where there is no `fork`.
    """
    child = _child_that_fills(path)
    if child is None:
        yield
        return
    try:
        yield
    except BaseException:
        os.kill(child, signal.SIGKILL)  # It holds the file, which may be about to be removed.
        raise
    finally:
        # Who ignores the ends of children has nothing to wait for.
        with suppress(ChildProcessError):
            os.waitpid(child, 0)


def _child_that_fills(path: Path) -> int | None:
    if not hasattr(os, "fork"):
        return None
    try:
        child = os.fork()
    except OSError:
        return None
    if child:
        return child
    try:
        with closing(Store.open(path)) as store:
            _fill(store)
    finally:
        # Also after an exception: what went wrong is said by the parent, once.
        os._exit(0)


def _fill(store: Store) -> None:
    """Put demo data into a workspace that is empty."""
    if not store.empty:
        return
    from triage_tui.server.demo import demo_workspace

    try:
        store.load(demo_workspace(datetime.now(UTC)))
    except StoreError:
        if store.empty:
            raise
        # Another process has filled it since.


def client_of(store: Store, *, read_only: bool = False, project: str = "") -> CaseClient:
    """A client that reaches the embedded server in this process, without a network.

    Args:
        read_only, project: As `CaseClient` has them.
    """
    from httpx import ASGITransport

    from triage_tui.client import connect
    from triage_tui.server.app import IN_PROCESS_URL, create_app
    from triage_tui.sites import Target

    # The server would load it at its first answer, and hold up the keys meanwhile.
    import_module("anyio._backends._asyncio")
    target = Target(IN_PROCESS_URL, None, "local workspace", is_datadog=False, is_loopback=True)
    transport = ASGITransport(app=create_app(store), raise_app_exceptions=False)
    return connect(target, None, transport=transport, read_only=read_only, project=project)


def preview(store: Store, query: Query, *, size: int, sort: Sort | None = None) -> Preview:
    """What the first page of the workspace shows, read without going over HTTP.

    Args:
        size: Cases on a page.
        sort: Their order.
    """
    # Only here: whoever counts cases for a script has no use for a session.
    from triage_tui.reading import Preview, Sort
    from triage_tui.session import FACET_FIELDS, FACET_LIMIT, USUAL_ATTRIBUTES

    now = datetime.now(UTC)
    sort = sort or Sort()
    page = store.search(query, size=size, sort=sort.field, ascending=sort.ascending, now=now)
    facets = store.count(query, FACET_FIELDS + USUAL_ATTRIBUTES, limit=FACET_LIMIT, now=now)
    cells = store.timeline(page.cases[0].id, size=50) if page.cases else []
    return Preview(page, facets, tuple(cells))
