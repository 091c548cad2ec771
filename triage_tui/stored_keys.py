"""Keys that are kept in a file or in the keyring of the system.

No sentence here repeats anything of what is stored, not even a name that is not understood: it may
be a key in the wrong place.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.sites import STORED_NAMES, Credentials, credentials_of
from triage_tui.text import clean

SERVICE = "triage-tui"
"""Under which the keyring has the keys."""

_LARGEST = 1 << 16
"""Bytes. A larger file holds no keys."""


def from_file(path: Path) -> Credentials:
    """The keys in a TOML file with `api_key` and `app_key`, or `access_token`.

    Raises:
        ApiError: With `NOT_SIGNED_IN` if others than its owner may read the file, or it cannot be
            read, or does not have the keys.
        ConfigError: A key has a character that no key has.
    """
    shown = clean(str(path))
    try:
        # Opening a pipe would wait until somebody writes to it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            _check_private(os.fstat(handle), shown)
            raw = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise _not_signed_in(f"there is no key file {shown}: create it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise _not_signed_in(f"the key file {shown} cannot be read: {reason}.") from None
    if len(raw) > _LARGEST:
        raise _not_signed_in(f"the key file {shown} is larger than 64 KiB: name another file.")
    return credentials_of(_texts(raw, shown), f"the key file {shown}")


def _check_private(status: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _not_signed_in(f"the key file {shown} is no regular file: name another one.")
    if not hasattr(os, "geteuid"):
        return  # The modes of such a system say nothing about who may read.
    if status.st_uid != os.geteuid():
        raise _not_signed_in(f"the key file {shown} belongs to another user: make your own copy.")
    if status.st_mode & 0o077:
        raise _not_signed_in(
            f"others may read the key file {shown} (mode {stat.S_IMODE(status.st_mode):04o}): "
            f"`chmod 600` it, and consider its keys known."
        )


def _texts(raw: bytes, shown: str) -> dict[str, str]:
    try:
        found: dict[str, Any] = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f" at line {line[1]}" if line else ""
        raise _not_signed_in(
            f"the key file {shown} is not valid TOML{where}: "
            'write api_key = "..." and app_key = "...".'
        ) from None
    if not found.keys() <= set(STORED_NAMES):
        raise _not_signed_in(
            f"the key file {shown} has something beside api_key, app_key and access_token: "
            "take it out."
        )
    if wrong := [name for name in found if not isinstance(found[name], str)]:
        raise _not_signed_in(f"{wrong[0]} in the key file {shown} must be a text in quotes.")
    return found


def keyring_names(profile: str) -> dict[str, str]:
    """Under which user name the keyring has each of `STORED_NAMES`."""
    before = f"{profile}-" if profile else ""
    return {name: before + name.replace("_", "-") for name in STORED_NAMES}


def from_keyring(profile: str) -> Credentials:
    """The keys in the keyring of the system, which may ask the person to unlock it.

    Args:
        profile: Whose keys; "" for those without a profile.

    Raises:
        ApiError: With `NOT_SIGNED_IN` if the keyring cannot be opened or does not have them.
        ConfigError: The package is not installed, or a key has a character that no key has.
    """
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            'keys = "keyring" needs a package that is not installed: '
            "`pip install 'triage-tui[keyring]'`."
        ) from None
    names = keyring_names(profile)
    try:
        found = {name: keyring.get_password(SERVICE, user) or "" for name, user in names.items()}
    except Exception as error:
        # Keyrings fail with whatever their connection to the desktop fails with.
        raise _not_signed_in(
            f"the keyring of the system cannot be used here ({type(error).__name__}). "
            'Unlock it, or use keys = "file" or keys = "env".'
        ) from None
    there = names["api_key"]
    return credentials_of(found, f'the keyring under "{SERVICE}" and names like "{there}"')


def _not_signed_in(why: str) -> ApiError:
    return ApiError(f"Not signed in: {why}", Failure.NOT_SIGNED_IN)
