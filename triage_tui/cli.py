"""The command line: the one place that wires the parts together.

Nothing that takes long to import is imported at the top: `--help` and `--version` answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from triage_tui import __version__
from triage_tui.errors import ApiError, ConfigError, Failure, TriageError

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.config import Config
    from triage_tui.models import Case
    from triage_tui.query import Query
    from triage_tui.reading import Preview
    from triage_tui.server.store import Store
    from triage_tui.ui.app import Backend

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_NOT_SIGNED_IN = 3
EXIT_NETWORK = 4
EXIT_INTERRUPTED = 130

EXIT_CODES = """
Exit codes: 0 all went well, 1 error, 2 usage or configuration, 3 not signed in, 4 network,
130 interrupted.
"""


@click.group(invoke_without_command=True, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="triage-tui", message="%(prog)s %(version)s")
@click.option("--demo", is_flag=True, help="Try it on demo data that is gone afterwards.")
@click.option("--local", is_flag=True, help="Use the local workspace, also when there are keys.")
@click.option("--db", type=click.Path(path_type=Path), help="Use the local workspace in this file.")
@click.option("--site", metavar="SITE", help="Datadog site, for example datadoghq.eu.")
@click.option("--url", metavar="URL", help="Address of a workspace server, or of a proxy.")
@click.option("--trust-url", is_flag=True, help="Send the Datadog keys to --url too.")
@click.option("--query", metavar="QUERY", help="Query to start with.")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file.")
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> None:
    """Triage Datadog cases in the terminal.

    With DD_API_KEY and DD_APP_KEY (or DD_ACCESS_TOKEN) in the environment it works on Datadog;
    without them on a local workspace, which is filled with demo data at first.
    """
    if context.invoked_subcommand is None:
        sys.exit(_run(Options(**options)))
    given = [name for name, value in options.items() if value]
    if given:
        flag = "--" + given[0].replace("_", "-")
        raise click.UsageError(f"{flag} goes after `{context.invoked_subcommand}`, or not at all.")


class Options:
    """The options of the dashboard as they were given."""

    def __init__(
        self,
        demo: bool,
        local: bool,
        db: Path | None,
        site: str | None,
        url: str | None,
        trust_url: bool,
        query: str | None,
        config: Path | None,
    ) -> None:
        self.demo = demo
        self.local = local or db is not None
        self.db = db
        self.site = site
        self.url = url
        self.trust_url = trust_url
        self.query = query
        self.config = config
        wanted = [("--demo", demo), ("--local or --db", self.local)]
        wanted += [("--site", bool(site)), ("--url", bool(url))]
        both = [name for name, given in wanted if given]
        if len(both) > 1:
            raise ConfigError(f"{both[0]} and {both[1]} contradict each other: give one of them.")


def _run(options: Options) -> int:
    """Run the dashboard and return the exit code."""
    from triage_tui.config import load
    from triage_tui.terminal import require_terminal

    config = load(options.config, os.environ)
    require_terminal(sys.stdin, sys.stdout, sys.__stderr__)
    query = _start_query(options, config)
    # Hardly anything that is made until the app runs is garbage: looking for it costs a tenth of
    # the start.
    gc.disable()
    with _backend(options, config, query) as (backend, preview):
        from textual.theme import BUILTIN_THEMES

        from triage_tui.actions import ACTIONS
        from triage_tui.ui.app import TriageApp
        from triage_tui.ui.keymap import checked_keymap
        from triage_tui.ui.workarounds import run_app

        keymap = checked_keymap(config.keys, {action.id: action.keys for action in ACTIONS})
        if config.theme not in BUILTIN_THEMES:
            names = ", ".join(sorted(BUILTIN_THEMES))
            raise ConfigError(f"There is no theme {config.theme!r}: use one of {names}.")
        app = TriageApp(
            replace(backend, connect=_collecting_after(backend.connect)),
            start=query,
            preview=preview,
            page_size=config.page_size,
            keymap=keymap,
            theme=config.theme,
        )
        return run_app(app)


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
    from triage_tui.query import OPEN_WORK, parse

    text = options.query if options.query is not None else config.query
    # The usual query needs no parser, which is slow to load.
    return OPEN_WORK if text == str(OPEN_WORK) else parse(text)


@contextmanager
def _backend(
    options: Options, config: Config, query: Query
) -> Iterator[tuple[Backend, Preview | None]]:
    """What to work on, and what of it can be painted before the client is ready."""
    from triage_tui.sites import choose_target, read_credentials

    url = options.url or ("" if options.site else config.url)
    credentials = None if options.demo or options.local else read_credentials(os.environ)
    if credentials is None and not url and not options.site:
        with _local_store(options) as store:
            yield _local_backend(options, store), _preview(store, query, config)
        return
    site = options.site or ("" if url else config.site)
    target = choose_target(os.environ, site=site or None, url=url or None)
    if credentials is None and target.is_datadog:
        raise ApiError(
            "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
            Failure.NOT_SIGNED_IN,
        )
    from triage_tui.sites import case_url
    from triage_tui.ui.app import Backend

    def connect() -> CaseClient:
        from triage_tui.client import connect

        trusted = options.trust_url or config.trust_url
        return connect(target, credentials, trusted=trusted)

    def url_of(case: Case) -> str | None:
        return case_url(target, case)

    yield Backend(target.name, "", connect, url_of), None


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


def _preview(store: Store, query: Query, config: Config) -> Preview:
    from triage_tui.workspace import preview

    return preview(store, query, size=config.page_size)


def _local_backend(options: Options, store: Store) -> Backend:
    from triage_tui.ui.app import Backend

    def connect() -> CaseClient:
        from triage_tui.workspace import client_of

        return client_of(store)

    if options.demo:
        name, hint = "demo", "throwaway demo data, gone when you quit"
    else:
        name = "local workspace"
        hint = "set DD_API_KEY and DD_APP_KEY to work on Datadog"
    return Backend(name, hint, connect, lambda _: None)


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8126, show_default=True)
@click.option("--db", type=click.Path(path_type=Path), help="Database file; made if missing.")
@click.option("--demo", is_flag=True, help="Fill an empty database with demo data.")
def serve(port: int, db: Path | None, demo: bool) -> None:
    """Offer a local workspace on a loopback port, as the Case Management API.

    Without --db it is the workspace that the dashboard uses; --port 0 takes any free port.
    """
    from triage_tui import workspace
    from triage_tui.server.app import serve as serve_store

    path = db or workspace.default_path()
    with workspace.opened(path, demo=demo) as store:
        serve_store(store, port=port, announce=lambda text: click.echo(text))


def main() -> NoReturn:
    """Run the command line and end the process with a documented exit code."""
    try:
        cli(standalone_mode=False)
    except click.Abort:
        _end("", EXIT_INTERRUPTED)
    except KeyboardInterrupt:
        _end("", EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ConfigError as error:
        _end(str(error), EXIT_USAGE)
    except ApiError as error:
        codes = {
            Failure.NOT_SIGNED_IN: EXIT_NOT_SIGNED_IN,
            Failure.UNREACHABLE: EXIT_NETWORK,
            Failure.TIMED_OUT: EXIT_NETWORK,
        }
        _end(str(error), codes.get(error.failure, EXIT_ERROR))
    except TriageError as error:
        _end(str(error), EXIT_ERROR)
    sys.exit(0)


def _end(sentence: str, code: int) -> NoReturn:
    from triage_tui.text import clean

    if sentence:
        click.echo(f"triage-tui: {clean(sentence)}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
