"""The configuration file: where it is, and what is in it."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage_tui.errors import ConfigError
from triage_tui.text import clean

ENVIRONMENT = "TRIAGE_TUI_CONFIG"
"""Environment variable that names the configuration file."""

_LARGEST = 1 << 20
"""Bytes. A larger file is no configuration."""


def default_path() -> Path:
    """Where the configuration is looked for when nobody says where. The file need not exist."""
    from platformdirs import user_config_path

    return user_config_path("triage-tui", appauthor=False) / "config.toml"


def read(path: Path | None, env: Mapping[str, str]) -> tuple[Path, bytes] | None:
    """The configuration file and what is in it, or None if there is none and none was named.

    Raises:
        ConfigError: A file that was named does not exist, or it cannot be read.
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
            return None
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
    return file, raw


def parsed(raw: bytes, shown: str) -> dict[str, Any]:
    """The tables in a file.

    Args:
        shown: Its name for people.

    Raises:
        ConfigError: It is no TOML.
    """
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
