"""The dashboard's own options, and the commands about workspaces, files and settings.

Nothing that takes long to import is imported at the top.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from triage_tui import __version__
from triage_tui.commands import LazyGroup, say
from triage_tui.commands.options import FILE, PATH, connection_options
from triage_tui.errors import ConfigError
from triage_tui.exit_codes import MEANINGS, ExitCode

if TYPE_CHECKING:
    from pathlib import Path

_EXIT_CODES = "Exit codes: " + ", ".join(f"{code} {words}" for code, words in MEANINGS.items())

_NO_TLS = (
    "Keys and cases travel unencrypted, because this server speaks no TLS: put a proxy that does "
    "in front of it, or trust the network."
)


@click.group(cls=LazyGroup, invoke_without_command=True, epilog=f"{_EXIT_CODES}.")
@click.version_option(__version__, prog_name="triage-tui", message="%(prog)s %(version)s")
@click.option("--demo", is_flag=True, help="Try it on demo data that is gone afterwards.")
@connection_options
@click.option("--query", metavar="QUERY", help="Query to start with.")
@click.option("--read-only", is_flag=True, help="Change nothing: keys that would are refused.")
@click.option("--no-cache", is_flag=True, help="Neither show nor keep what was read last.")
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> int:
    """Triage Datadog cases in the terminal.

    With DD_API_KEY and DD_APP_KEY (or DD_ACCESS_TOKEN) in the environment it works on Datadog;
    without them on a local workspace, which is filled with demo data at first.
    """
    if context.invoked_subcommand is None:
        from triage_tui import dashboard
        from triage_tui.connection import Options

        return dashboard.run(Options(**options), os.environ)
    for name in options:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            flag = "--" + name.replace("_", "-")
            raise click.UsageError(
                f"{flag} before `{context.invoked_subcommand}` has no meaning: "
                "give it after that word, or not at all."
            )
    return ExitCode.OK


@cli.command(short_help="Offer a local workspace as the Case Management API.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8126,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@click.option(
    "--host",
    metavar="HOST",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; other machines can reach other ones than this.",
)
@click.option("--db", type=PATH, help="Database file; made if missing.")
@click.option("--demo", is_flag=True, help="Fill an empty database with demo data.")
@click.option("--no-auth", is_flag=True, help="Ask for no keys; on this machine only.")
@click.option("--new-keys", is_flag=True, help="Make new keys in place of those shown before.")
@click.option(
    "--allow-host", metavar="NAME", multiple=True, help="Another name of this server; repeatable."
)
@click.option(
    "--rate-limit",
    metavar="N",
    type=click.IntRange(0, 1_000_000),
    help="Requests a minute, 0 for any number. Default: 0 on this machine, else 600.",
)
@click.option("--access-log", is_flag=True, help="Write a line about each request to stderr.")
def serve(
    port: int,
    host: str,
    db: Path | None,
    demo: bool,
    no_auth: bool,
    new_keys: bool,
    allow_host: tuple[str, ...],
    rate_limit: int | None,
    access_log: bool,
) -> int:
    """Offer a local workspace as the Case Management API.

    Without --db it is the workspace that the dashboard uses. Callers have to show the keys in
    TRIAGE_TUI_SERVE_API_KEY and TRIAGE_TUI_SERVE_APP_KEY, else those in DD_API_KEY and DD_APP_KEY,
    else those that the first start makes and shows. SIGTERM and Ctrl-C stop it, after the requests
    under way.
    """
    if no_auth and new_keys:
        raise click.UsageError("--no-auth and --new-keys contradict each other: give only one.")
    from datetime import UTC, datetime

    from triage_tui import workspace
    from triage_tui.server.access import host_name
    from triage_tui.server.api_keys import ChosenKeys, choose_keys
    from triage_tui.server.serving import Terms, listening
    from triage_tui.server.serving import serve as serve_store

    allowed = tuple(host_name(name) for name in allow_host)
    with (
        listening(host, port, with_keys=not no_auth) as listener,
        workspace.opened(db or workspace.default_path(), demo=demo) as store,
    ):
        chosen = ChosenKeys(None)
        if not no_auth:
            chosen = choose_keys(os.environ, store, new=new_keys, now=datetime.now(UTC))

        def announce(line: str) -> None:
            for told in (line, *chosen.to_show):
                click.echo(told)
            for note in (chosen.note, "" if listener.is_loopback else _NO_TLS):
                if note:
                    click.echo(f"triage-tui: {note}", err=True)

        def log(line: str) -> None:
            click.echo(line, err=True)

        terms = Terms(chosen.keys, allowed, rate_limit, log if access_log else None)
        stopped_by = serve_store(store, listener, terms, announce=announce)
    return ExitCode.INTERRUPTED if stopped_by == signal.SIGINT else ExitCode.OK


@cli.command(short_help="Write cases with their comments into a file.")
@click.argument("file", type=FILE)
@click.option("--query", metavar="QUERY", help="Only cases that match.")
@click.option("--no-comments", is_flag=True, help="Leave the comments out.")
@click.option(
    "--no-details",
    is_flag=True,
    help="Leave out who changed each case last: one request less for each changed case.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@connection_options
def export(
    file: Path, query: str | None, no_comments: bool, no_details: bool, force: bool, **options: Any
) -> int:
    """Write cases, with their projects, users, case types and comments, into FILE (- for stdout).

    The file is a JSON:API document which `triage-tui import` reads. Archived cases are included,
    unless the query says something about archiving; Datadog does not document how it is asked for
    them, so there they may be missing. It waits as long as the server's rate limit asks for.
    """
    from triage_tui.connection import Options
    from triage_tui.transfer.export import run

    said = run(
        Options(query=query, **options),
        file,
        os.environ,
        force=force,
        comments=not no_comments,
        details=not no_details,
    )
    say(said)
    return ExitCode.OK


@cli.group(short_help="What is kept on disk of what was read last.")
def cache() -> None:
    """What is kept on disk of what was read last, so that the next start can show it at once."""


@cache.command(short_help="Remove it, of all servers.")
def clear() -> int:
    """Remove what is kept of all servers. Cases and unsent decisions are not touched by it."""
    from triage_tui.cache import clear, default_folder
    from triage_tui.text import plural

    folder = default_folder()
    try:
        count = clear(folder)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be cleared: {error.strerror}. Remove it.") from None
    say(f"Removed what was kept of {plural(count, 'server')}." if count else "Nothing was kept.")
    return ExitCode.OK


@cli.command(short_help="Show every setting and where it comes from.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@connection_options
def config(as_json: bool, **options: Any) -> int:
    """Show every setting and where it comes from; of keys only that they are there."""
    from triage_tui import settings
    from triage_tui.connection import Options, configured

    asked = Options(**options)
    found = settings.settings_of(asked, configured(asked, os.environ), os.environ)
    for line in [settings.as_json(found)] if as_json else settings.as_lines(found):
        click.echo(line)
    return ExitCode.OK


@cli.command(short_help="Look for what stands in the way of the dashboard.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@connection_options
def doctor(as_json: bool, **options: Any) -> int:
    """Look at configuration, keys, server, clock, permissions, terminal, folders and database.

    Each gets a line: ok, warning or failed, with what to do. Nothing is changed, and nothing is
    sent anywhere but to the configured server. The exit code is 1 if something failed.
    """
    from triage_tui.connection import Options
    from triage_tui.doctor import findings
    from triage_tui.doctor.run import examine

    found = examine(Options(**options), os.environ)
    for line in [findings.as_json(found)] if as_json else findings.as_lines(found):
        click.echo(line)
    return ExitCode.ERROR if findings.any_failed(found) else ExitCode.OK


@cli.command("import", short_help="Load a file of cases into a local workspace.")
@click.argument("file", type=FILE)
@click.option("--db", type=PATH, help="Workspace to load into; made if missing.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
def load(file: Path, db: Path | None, dry_run: bool) -> int:
    """Load FILE (- for stdin) into a local workspace: all of it, or nothing.

    FILE is what `triage-tui export` writes, or an answer of the API with cases. Ids, keys and times
    stay as they are. What is there already is updated unless it was modified later; nothing is
    removed. Without --db it is the workspace that the dashboard uses.
    """
    from triage_tui.transfer.importing import run

    say(run(file, db, dry_run=dry_run))
    return ExitCode.OK
