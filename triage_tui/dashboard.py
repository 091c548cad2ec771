"""The dashboard from its options to its exit code: what is worked on, and the app that does it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from triage_tui.connection import Options, Remote, configured, remote_of
from triage_tui.errors import ConfigError, QueryError
from triage_tui.records import (
    journal_of_server,
    journal_of_workspace,
    kept_answers,
    records,
    tour_over,
)

if TYPE_CHECKING:
    from triage_tui.cache import Cache
    from triage_tui.client import CaseClient
    from triage_tui.config import Config
    from triage_tui.local_state import LocalState
    from triage_tui.models import Case
    from triage_tui.query import Query
    from triage_tui.reading import Preview
    from triage_tui.records import Records
    from triage_tui.server.store import Store
    from triage_tui.ui.app import Backend


def run(options: Options, env: Mapping[str, str]) -> int:
    """Run the dashboard in the terminal until the person leaves it, and return the exit code.

    Raises:
        TriageError: It could not be started.
    """
    from triage_tui.terminal import require_terminal
    from triage_tui.timing import utc_now

    config = configured(options, env)
    query = _start_query(options, config)
    require_terminal(sys.stdin, sys.stdout, sys.__stderr__)
    # Hardly anything that is made until the app runs is garbage: looking for it costs a tenth of
    # the start.
    gc.disable()
    with _backend(options, config, query, env) as (backend, preview, (journal, local)):
        from triage_tui.config import listed
        from triage_tui.ui.app import TriageApp
        from triage_tui.ui.keymap import doubts, keymap_of, macros_of
        from triage_tui.ui.workarounds import run_app

        keymap = keymap_of(config.keys_preset, config.keys, digits=config.digits)
        macros, wrong = macros_of(config.macros, keymap, config.templates, utc_now())
        app = TriageApp(
            replace(backend, connect=_collecting_after(backend.connect)),
            journal,
            local=local,
            hold=config.hold,
            refresh=config.refresh,
            alert=config.alert,
            alert_when=config.alert_when,
            start=query,
            preview=preview,
            page_size=config.page_size,
            keymap=keymap,
            key_doubts=[*doubts(keymap), *wrong],
            macros=macros,
            templates=config.templates,
            shifts=config.shifts,
            tour_over=tour_over() if config.tour else None,
            after_decision=config.after_decision,
            advance_on=listed(config.advance_on),
            theme=_checked_theme(config.theme),
        )
        return run_app(app, mouse=config.mouse)


def _collecting_after(connect: Callable[[], CaseClient]) -> Callable[[], CaseClient]:
    """The same, and then garbage is collected again, but never among what is there by then.

    A full collection would hold up a key press by the time it takes to visit all modules.
    """

    def connected() -> CaseClient:
        try:
            return connect()
        finally:
            gc.freeze()
            gc.enable()

    return connected


def _start_query(options: Options, config: Config) -> Query:
    from triage_tui.query import parse

    text = config.query if options.query is None else options.query
    try:
        return parse(text)
    except QueryError as error:
        source = '"query" in the configuration' if options.query is None else "--query"
        raise ConfigError(f"The query of {source} cannot be used: {error}.") from None


def _checked_theme(name: str) -> str:
    from triage_tui.ui.themes import theme_names

    if name not in (known := theme_names()):
        raise ConfigError(f'"theme" in the configuration must be one of {", ".join(known)}.')
    return name


@contextmanager
def _backend(
    options: Options, config: Config, query: Query, env: Mapping[str, str]
) -> Iterator[tuple[Backend, Preview | None, Records]]:
    """What to work on, what of it can be painted before the client is ready, and the records."""
    remote = remote_of(options, config, env)
    if remote is None:
        with (
            _local_store(options) as store,
            records(
                journal_of_workspace(options, config, store.path), throwaway=options.demo
            ) as kept,
        ):
            preview = _preview(store, query, config, kept[1])
            yield _local_backend(options, config, store), preview, kept
    else:
        with (
            records(journal_of_server(config, remote)) as kept,
            kept_answers(options, config, remote) as cache,
        ):
            preview = _remembered(cache, query, config, kept[1]) if cache else None
            yield _remote_backend(options, remote, config, cache), preview, kept


def _remembered(cache: Cache, query: Query, config: Config, local: LocalState) -> Preview | None:
    from triage_tui.reading import sort_of

    return cache.preview(str(query), sort_of(local.get("sort")), config.page_size)


def _remote_backend(
    options: Options, remote: Remote, config: Config, cache: Cache | None
) -> Backend:
    from triage_tui.sites import case_url
    from triage_tui.ui.app import Backend
    from triage_tui.ui.loading import CLIENT

    def url_of(case: Case) -> str | None:
        return case_url(remote.target, case)

    return Backend(
        remote.target.name,
        "",
        remote.connect,
        url_of,
        profile=config.profile,
        project=remote.project,
        read_only=remote.read_only,
        cache=cache,
        queues=config.offline_writes == "queue",
        may_misunderstand=remote.target.is_datadog,
        place_options=options.written,
        views=config.views,
        loads=CLIENT,
    )


@contextmanager
def _local_store(options: Options) -> Iterator[Store]:
    from triage_tui import workspace

    if options.demo:
        with workspace.throwaway(meanwhile=_load_app) as store:
            yield store
    else:
        path = options.db or workspace.default_path()
        with workspace.opened(path, demo=options.db is None, meanwhile=_load_app) as store:
            yield store


def _load_app() -> None:
    import triage_tui.ui.app  # noqa: F401 - for the time it takes


def _preview(store: Store, query: Query, config: Config, local: LocalState) -> Preview | None:
    from triage_tui.reading import sort_of
    from triage_tui.server.database import QueryTooSlow
    from triage_tui.workspace import preview

    try:
        asked = query.within(config.project) if config.project else query
        return preview(store, asked, size=config.page_size, sort=sort_of(local.get("sort")))
    except (QueryError, QueryTooSlow):
        return None  # The app runs the same query, and says what is wrong where it can be changed.


def _local_backend(options: Options, config: Config, store: Store) -> Backend:
    from triage_tui.ui.app import Backend
    from triage_tui.ui.loading import SERVER

    read_only = options.read_only or config.read_only

    def connect() -> CaseClient:
        from triage_tui.workspace import client_of

        return client_of(store, read_only=read_only, project=config.project)

    if options.demo:
        name, hint = "demo", "throwaway demo data, gone when you quit"
    else:
        name = "local workspace"
        data = "" if options.db else "demo data; "
        hint = f"{data}set DD_API_KEY and DD_APP_KEY to work on Datadog"
    return Backend(
        name,
        hint,
        connect,
        lambda _: None,
        profile=config.profile,
        project=config.project,
        read_only=read_only,
        comes_again=not options.demo,
        place_options=options.written,
        views=config.views,
        throwaway=options.demo,
        loads=SERVER,
    )
