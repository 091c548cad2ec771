"""Every setting that is in force, and where it comes from. Never a key."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC
from typing import Any

from triage_tui.config import PROFILE, Config, option_name
from triage_tui.connection import Options, Remote, key_file, remote_of
from triage_tui.errors import ConfigError, TriageError
from triage_tui.sites import SITE_VARIABLES, choose_target, set_variable, variables_of
from triage_tui.text import clean
from triage_tui.timing import utc_now

_MOST_LINES = 500
"""Lines of a configuration up to which it is found out where in it something is written."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One option.

    Attributes:
        origin: "default", an option of the command line, a variable of the environment, or the
            place in the file.
    """

    section: str
    name: str
    value: object
    origin: str


_NAMED_BY_THE_PERSON = ("keys", "macros", "templates", "views", "shifts")
"""Sections whose options have names of the person's own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them.

    Attributes:
        file: The configuration, or "" if there is none.
        place: The server or the workspace that is used, or why none can be.
        keys: For each key whether it is there, and where.
        warnings: What is wrong or doubtful about keys to press and shifts, a sentence each.
    """

    file: str
    place: str
    keys: Mapping[str, str]
    options: tuple[Setting, ...]
    warnings: tuple[str, ...] = ()


def settings_of(options: Options, config: Config, env: Mapping[str, str]) -> Settings:
    """What is in force."""
    keys: Mapping[str, str] = {}
    try:
        remote = remote_of(options, config, env)
    except TriageError as error:
        place = str(error)
    else:
        place = remote.target.base_url if remote else "local workspace"
        if remote:
            keys = keys_told(remote, config, env)
    file = clean(str(config.file)) if config.file else ""
    found = tuple(_settings(options, config, env))
    return Settings(file, place, keys, found, (*_about_keys(config), *wrong_shifts(config)))


def _about_keys(config: Config) -> list[str]:
    from triage_tui.ui.keymap import doubts, keymap_of, macros_of

    try:
        keymap = keymap_of(config.keys_preset, config.keys, digits=config.digits)
        wrong = macros_of(config.macros, keymap, config.templates, utc_now())[1]
        return [*doubts(keymap), *wrong]
    except ConfigError as error:
        return [str(error)]


def wrong_shifts(config: Config) -> Iterator[str]:
    """A sentence about each shift that is none."""
    from triage_tui.reports.windows import shift_of

    for name, text in config.shifts.items():
        try:
            shift_of(name, text, UTC)
        except ConfigError as error:
            yield str(error)


def keys_told(remote: Remote, config: Config, env: Mapping[str, str]) -> dict[str, str]:
    """For each key that is there where it was found."""
    credentials = remote.credentials
    if credentials is None:
        return {}
    there = {
        "API key": credentials.api_key,
        "application key": credentials.app_key,
        "access token": credentials.token,
    }
    stored = {"file": clean(str(key_file(config))), "keyring": "keyring"}.get(config.key_source)
    told = {}
    for name, secret in there.items():
        if secret is not None:
            variable = set_variable(env, variables_of(secret, env))
            told[name] = f"set ({f'{variable} in the environment' if variable else stored})"
    return told


def _settings(options: Options, config: Config, env: Mapping[str, str]) -> Iterator[Setting]:
    lines = _lines(config)
    variable = set_variable(env, SITE_VARIABLES)
    for option in fields(Config):
        section = option.metadata.get("section")
        if section is None:
            continue
        if section in _NAMED_BY_THE_PERSON:
            own = config.tables.get(section, section)
            table = own if own == section else f"{own}.{section}"
            for name, value in getattr(config, section).items():
                origin = _origin(table, (*table.split("."), name), config, lines)
                yield Setting(section, name, value, origin)
            continue
        name, value = option_name(option), getattr(config, option.name)
        table = config.tables.get(option.name, "")
        origin = _origin(table, (*table.split("."), name), config, lines) if table else "default"
        given = getattr(options, option.name, None)
        if given:
            value, origin = given, "--" + option.name.replace("_", "-")
        elif option.name == "profile" and value and env.get(PROFILE) == value:
            origin = f"{PROFILE} in the environment"
        elif option.name == "site" and not options.in_workspace and variable:
            value, origin = env[variable], f"{variable} in the environment"
        if option.name == "url" and value:
            value = _address(str(value))
        yield Setting(section, name, value, origin)


def _address(url: str) -> str:
    """The address, unless it is one that cannot be used: it may hold a password."""
    try:
        return choose_target({}, url=url).base_url
    except ConfigError as error:
        return f"(not shown) {error}"


def _origin(
    table: str, path: tuple[str, ...], config: Config, lines: Mapping[tuple[str, ...], int]
) -> str:
    line = lines.get(path)
    place = clean(str(config.file)) + (f":{line}" if line else "")
    return f"{place} [{table}]"


def _lines(config: Config) -> dict[tuple[str, ...], int]:
    """In which line of the file each option is written; nothing if the file is long."""
    found: dict[tuple[str, ...], int] = {}
    if config.file is None:
        return found
    try:
        lines = config.file.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError):
        return found  # It was replaced since.
    if len(lines) > _MOST_LINES:
        return found
    for number in range(1, len(lines) + 1):
        try:
            read = tomllib.loads("\n".join(lines[:number]))
        except ValueError:
            continue  # In the middle of a value of many lines.
        for path in _paths(read):
            found.setdefault(path, number)
    return found


def _paths(table: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in table.items():
        path = (*before, name)
        if isinstance(value, dict):
            yield from _paths(value, path)
        elif path[0] == "keys":
            # The name of an action has dots, with quotes around it or without.
            yield "keys", ".".join(path[1:])
        else:
            yield path


def as_lines(settings: Settings) -> list[str]:
    """For people: in the manner of the configuration, with the origin beside each value."""
    told = [f"# {settings.file or 'no configuration file'}", f"# works on: {settings.place}"]
    told += [f"# {name}: {words}" for name, words in settings.keys.items()]
    told += [f"# warning: {sentence}" for sentence in settings.warnings]
    rows = [
        (one, f"{_quoted(one)} = {json.dumps(one.value, ensure_ascii=False)}")
        for one in settings.options
    ]
    width = min(60, max(len(text) for _, text in rows))
    section = ""
    for one, text in rows:
        if one.section != section:
            section = one.section
            told += ["", f"[{section}]"]
        told.append(f"{text:<{width}}  # {one.origin}")
    return [clean(line) for line in told]


def _quoted(one: Setting) -> str:
    free = one.section in _NAMED_BY_THE_PERSON
    return json.dumps(one.name, ensure_ascii=False) if free else one.name


def as_json(settings: Settings) -> str:
    """The same for programs."""
    document = {
        "file": settings.file or None,
        "place": settings.place,
        "keys": dict(settings.keys),
        "warnings": list(settings.warnings),
        "settings": [
            {
                "section": one.section,
                "name": one.name,
                "value": one.value,
                "origin": one.origin,
            }
            for one in settings.options
        ],
    }
    return json.dumps(document, indent=2)
