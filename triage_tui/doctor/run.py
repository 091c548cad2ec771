"""All checks, one after the other."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping

from triage_tui.config import Config
from triage_tui.config_file import default_path
from triage_tui.connection import Options, Remote, configured, remote_of
from triage_tui.doctor import machine
from triage_tui.doctor.findings import Finding, failed, ok, warning
from triage_tui.errors import QueryError, TriageError
from triage_tui.settings import keys_told, wrong_shifts
from triage_tui.sites import SITE_VARIABLES, set_variable
from triage_tui.text import clean
from triage_tui.timing import utc_now


def examine(options: Options, env: Mapping[str, str]) -> list[Finding]:
    """What there is to say about this machine, the configuration and the server."""
    return list(_all(options, env))


def _all(options: Options, env: Mapping[str, str]) -> Iterator[Finding]:
    try:
        config = configured(options, env)
    except TriageError as error:
        yield failed("configuration", str(error))
        config = None
    if config:
        yield about_configuration(options, config, env)
        yield from key_map(config)
        yield from about_views(config)
        yield from about_shifts(config)
        yield from _place(options, config, env)
    yield from machine.terminal(env, (sys.stdin, sys.stdout, sys.__stderr__))
    yield machine.database()
    yield from _folders()


def about_configuration(options: Options, config: Config, env: Mapping[str, str]) -> Finding:
    """Which file and profile count, and what else comes before them."""
    variable = set_variable(env, SITE_VARIABLES)
    addressed = options.site or options.url or options.in_workspace or config.url
    if variable and config.site and env[variable].strip() != config.site and not addressed:
        return warning(
            "configuration",
            f"{variable} in the environment comes before the site {config.site} in {config.file}.",
            f"Unset {variable} if that is not meant.",
        )
    file = config.file or default_path()
    profile = f", profile {config.profile}" if config.profile else ""
    return ok("configuration", f"{file}{profile}." if config.file else f"None, in {file}.")


def about_views(config: Config) -> Iterator[Finding]:
    """Whether the queries of the views can be read; nothing if there are none."""
    # Its parser is slow to load, and few have views.
    from triage_tui.query import parse

    wrong = False
    for name, query in config.views.items():
        try:
            parse(query)
        except QueryError as error:
            wrong = True
            yield failed("views", f'The query of "{name}" cannot be used: {error}.')
    if config.views and not wrong:
        yield ok("views", f"{', '.join(config.views)}.")


def about_shifts(config: Config) -> Iterator[Finding]:
    """Whether there can be such shifts; nothing if there are none."""
    wrong = list(wrong_shifts(config))
    for sentence in wrong:
        yield warning("shifts", sentence)
    if config.shifts and not wrong:
        yield ok("shifts", f"{', '.join(config.shifts)}.")


def key_map(config: Config) -> Iterator[Finding]:
    """Whether the keys that the configuration asks for can be pressed."""
    from triage_tui.ui.keymap import doubts, keymap_of, macros_of

    try:
        keymap = keymap_of(config.keys_preset, config.keys, digits=config.digits)
    except TriageError as error:
        yield failed("key map", str(error))
        return
    found = doubts(keymap)
    for sentence in found:
        yield warning("key map", sentence, "Choose another key in [keys].")
    if not found:
        own = f", {len(config.keys)} of your own" if config.keys else ""
        yield ok("key map", f"The {config.keys_preset} keys{own}.")
    usable, wrong = macros_of(config.macros, keymap, config.templates, utc_now())
    for sentence in wrong:
        yield warning("macros", sentence, "Correct it in [macros].")
    if usable and not wrong:
        yield ok("macros", f"{', '.join(clean(key, limit=20) for key in config.macros)}.")


def _place(options: Options, config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """The server with its keys, or the local workspace."""
    try:
        remote = remote_of(options, config, env)
    except TriageError as error:
        yield failed("keys", str(error))
        return
    if remote is None:
        from triage_tui.workspace import default_path as workspace_path

        yield ok("keys", "None are needed: the local workspace is used.")
        yield machine.workspace(options.db or workspace_path())
        return
    yield _keys(remote, config, env)
    from triage_tui.doctor.server import server

    try:
        yield from asyncio.run(server(remote))
    except TriageError as error:
        yield failed("reach", str(error))


def _keys(remote: Remote, config: Config, env: Mapping[str, str]) -> Finding:
    if remote.credentials is None:
        return ok("keys", f"None are sent to {remote.target.name}.")
    told = (f"{name} {words}" for name, words in keys_told(remote, config, env).items())
    return ok("keys", f"{', '.join(told)}.")


def _folders() -> Iterator[Finding]:
    from platformdirs import user_cache_path, user_data_path, user_state_path

    state, cache = (
        path("triage-tui", appauthor=False) for path in (user_state_path, user_cache_path)
    )
    data = user_data_path("triage-tui", appauthor=False)
    yield from machine.folders({"journal": state, "cache": cache, "data": data})
    yield from machine.private_files("journal", state, "*.db*")
    yield from machine.private_files("cache", cache, "**/*")
