"""The sections of the configuration whose entries have names of the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage_tui.errors import ConfigError
from triage_tui.text import clean

MOST_VIEWS = 30
_LONGEST_NAME = 40
"""Characters of the name of a view."""


def named_texts(content: Mapping[str, Any], shown: str, section: str) -> dict[str, str]:
    """The texts by the names that they have in a section."""
    for name, value in content.items():
        if not isinstance(value, str):
            said = clean(name, limit=60)
            raise ConfigError(f'{shown}: "{said}" in [{section}] must be a text in quotes: "...".')
    return dict(content)


def named_views(content: object, where: str) -> dict[str, str]:
    """The queries by the names of their views, in the order of the file."""
    if not isinstance(content, dict):
        raise ConfigError(f'{where} is a table: write its views below it, as "Mine" = "...".')
    if len(content) > MOST_VIEWS:
        raise ConfigError(f"{where} must not hold more than {MOST_VIEWS} views.")
    for name, query in content.items():
        said = clean(name, limit=60)
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ConfigError(
                f'{where}: a view cannot be called "{said}": use 1 to {_LONGEST_NAME} characters.'
            )
        if not isinstance(query, str):
            raise ConfigError(
                f'{where}: "{said}" must be a query in quotes, such as "assignee:me".'
            )
    return dict(content)


def named_keys(content: Mapping[str, Any], shown: str, prefix: str = "") -> dict[str, str]:
    """The keys by the ids of their actions."""
    # `case.take = "t"` without quotes around the name is a table in a table for TOML.
    keys: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            keys |= named_keys(value, shown, f"{prefix}{name}.")
        elif isinstance(value, str):
            keys[prefix + name] = value
        else:
            action = clean(prefix + name, limit=60)
            raise ConfigError(
                f'{shown}: "{action}" in [keys] must be a text in quotes, such as "x,ctrl+x".'
            )
    return keys


def named_steps(content: Mapping[str, Any], shown: str) -> dict[str, tuple[str, ...]]:
    """The steps of each macro as they are written, by its key."""
    for key, value in content.items():
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            said = clean(key, limit=60)
            raise ConfigError(
                f'{shown}: "{said}" in [macros] must be a list of steps, such as '
                '["take", "priority P2"].'
            )
    return {key: tuple(value) for key, value in content.items()}
