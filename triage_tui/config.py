"""The configuration file: few options, each checked before anything else starts."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from triage_tui.errors import ConfigError
from triage_tui.text import clean, nearest

ENVIRONMENT = "TRIAGE_TUI_CONFIG"
"""Environment variable that names the configuration file."""

_LARGEST = 1 << 20
"""Bytes. A larger file is no configuration."""


def _option(
    section: str, default: Any, doc: str, *, low: int | None = None, high: int | None = None
) -> Any:
    metadata = {"section": section, "doc": doc, "low": low, "high": high}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Config:
    """What the configuration file says, with defaults for what it leaves out.

    `describe` says what each option means.
    """

    site: str = _option(
        "site",
        "",
        "Datadog site, for example datadoghq.eu. `--site` and `DD_SITE` come before it.",
    )
    url: str = _option(
        "site",
        "",
        "Address of the API when it is not a Datadog site: a proxy or a workspace server.",
    )
    trust_url: bool = _option(
        "site", False, "Send the Datadog keys to `url`. Without it only Datadog's hosts get them."
    )
    theme: str = _option("ui", "textual-dark", "Colour theme.")
    page_size: int = _option("ui", 100, "Cases asked for at a time, 1 to 100.", low=1, high=100)
    query: str = _option(
        "ui",
        "status:(open OR in_progress)",
        "Query to start with. Empty: all cases that are not archived.",
    )
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "section": "keys",
            "doc": 'Keys for an action, comma separated, for example `"case.take" = "t,ctrl+t"`. '
            "Empty: no key.",
        },
    )


def describe() -> list[tuple[str, str, str, str]]:
    """Section, key, default as written in the file, and meaning (Markdown) of every option."""
    return [
        (option.metadata["section"], *_written(option), option.metadata["doc"])
        for option in fields(Config)
    ]


def _written(option: Field[Any]) -> tuple[str, str]:
    if option.name == "keys":
        return '"<action>"', "the action's own keys"
    return option.name, json.dumps(option.default)


def default_path() -> Path:
    """Where the configuration is looked for when nobody says where. The file need not exist."""
    from platformdirs import user_config_path

    return user_config_path("triage-tui", appauthor=False) / "config.toml"


def load(path: Path | None, env: Mapping[str, str]) -> Config:
    """The configuration from `path`, else from where `TRIAGE_TUI_CONFIG` or the system says.

    Args:
        path: The file the person named, or None.
        env: The environment. An empty `TRIAGE_TUI_CONFIG` counts as unset.

    Raises:
        ConfigError: A file that was named does not exist, or the file cannot be read, is not TOML,
            or holds what no option is called or no option can be.
    """
    named = path or (Path(env[ENVIRONMENT]) if env.get(ENVIRONMENT) else None)
    file = named or default_path()
    shown = clean(str(file))
    try:
        if not stat.S_ISREG(file.stat().st_mode) and not file.is_dir():
            # Reading a pipe would wait until somebody writes to it.
            raise ConfigError(f"The configuration {shown} is no regular file: name another file.")
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        if named is None:
            return Config()
        source = "--config" if path else ENVIRONMENT
        raise ConfigError(
            f"There is no configuration file {shown}: create it, or correct {source}."
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"The configuration {shown} is a directory: name a file in it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"The configuration {shown} cannot be read: {reason}.") from None
    if len(raw) > _LARGEST:
        raise ConfigError(f"The configuration {shown} is larger than 1 MiB: name another file.")
    return _checked(_parsed(raw, shown), shown)


def _parsed(raw: bytes, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"The configuration {shown} is not UTF-8 at line {line}: save it as UTF-8."
        ) from None
    except (ValueError, RecursionError) as error:
        reason = clean(str(error), limit=200)
        raise ConfigError(f"The configuration {shown} is not valid TOML: {reason}.") from None


def _checked(found: Mapping[str, Any], shown: str) -> Config:
    sections: dict[str, dict[str, Field[Any]]] = {}
    for option in fields(Config):
        sections.setdefault(option.metadata["section"], {})[option.name] = option
    values: dict[str, Any] = {}
    for section, content in found.items():
        if section not in sections:
            raise ConfigError(_unknown_section(section, content, sections, shown))
        if not isinstance(content, dict):
            raise ConfigError(f'{shown}: "{section}" is a section: write it as [{section}].')
        if section == "keys":
            values["keys"] = _keys(content, shown)
            continue
        options = sections[section]
        for key, value in content.items():
            if key not in options:
                raise ConfigError(f"{shown}: [{section}] has no key {_unknown(key, options)}")
            values[key] = _value(options[key], value, f'{shown}: "{key}" in [{section}]')
    return Config(**values)


def _unknown_section(
    name: str, content: object, sections: Mapping[str, Mapping[str, object]], shown: str
) -> str:
    if isinstance(content, dict):
        return f"{shown}: there is no section {_unknown(name, sections)}"
    home = next((section for section, options in sections.items() if name in options), None)
    if home:
        return f'{shown}: "{name}" belongs under [{home}].'
    known = [option for options in sections.values() for option in options if option != "keys"]
    return f"{shown}: there is no key {_unknown(name, known)}"


def _unknown(name: str, known: Mapping[str, object] | list[str]) -> str:
    meant = nearest(name, known)
    advice = f'did you mean "{meant}"?' if meant else f"there are {', '.join(known)}."
    return f'"{clean(name, limit=60)}"; {advice}'


def _value(option: Field[Any], value: object, where: str) -> object:
    kind = type(option.default)
    if type(value) is not kind:
        wanted = {str: 'a text in quotes: "..."', bool: "true or false", int: "a whole number"}
        raise ConfigError(f"{where} must be {wanted[kind]}.")
    low, high = option.metadata["low"], option.metadata["high"]
    if isinstance(value, int) and low is not None and not low <= value <= high:
        raise ConfigError(f"{where} must be from {low} to {high}.")
    return value


def _keys(content: Mapping[str, Any], shown: str, prefix: str = "") -> dict[str, str]:
    # `case.take = "t"` without quotes around the name is a table in a table for TOML.
    keys: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            keys |= _keys(value, shown, f"{prefix}{name}.")
        elif isinstance(value, str):
            keys[prefix + name] = value
        else:
            action = clean(prefix + name, limit=60)
            raise ConfigError(
                f'{shown}: "{action}" in [keys] must be a text in quotes, such as "x,ctrl+x".'
            )
    return keys
