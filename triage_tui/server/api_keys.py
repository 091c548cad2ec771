"""The keys that callers of a served workspace have to show, of which only digests are known."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage_tui.errors import ConfigError
from triage_tui.server.store import Store
from triage_tui.server.tables import api_keys as table

_OWN = ("TRIAGE_TUI_SERVE_API_KEY", "TRIAGE_TUI_SERVE_APP_KEY")
_DATADOG = ("DD_API_KEY", "DD_APP_KEY")


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """An API key and an application key, as salted digests."""

    salt: bytes = field(repr=False)
    api_key: bytes = field(repr=False)
    app_key: bytes = field(repr=False)

    def are(self, api_key: bytes, app_key: bytes) -> bool:
        """True for the two keys. How long it takes does not depend on what is wrong with them."""
        right_api_key = hmac.compare_digest(_digest(self.salt, api_key), self.api_key)
        return self.is_app_key(app_key) & right_api_key

    def is_app_key(self, key: bytes) -> bool:
        """True for the application key, in constant time too."""
        return hmac.compare_digest(_digest(self.salt, key), self.app_key)


@dataclass(frozen=True, slots=True)
class ChosenKeys:
    """The keys that a server asks for.

    Attributes:
        keys: None if it asks for none.
        to_show: The lines that tell new keys, which nobody can tell again; else none.
        note: A sentence about where the keys come from; "" for new ones.
    """

    keys: ApiKeys | None
    to_show: tuple[str, ...] = field(default=(), repr=False)
    note: str = ""


def choose_keys(env: Mapping[str, str], store: Store, *, new: bool, now: datetime) -> ChosenKeys:
    """The keys in the environment, else those of an earlier start, else new ones.

    The digests of new keys are kept in the workspace.

    Args:
        new: Make new keys, in place of those of an earlier start.

    Raises:
        ConfigError: The keys in the environment cannot be used, or contradict `new`.
        StoreError: The workspace cannot be read or written.
    """
    names = _names_set(env)
    if names and new:
        raise ConfigError(
            f"--new-keys and {names[0]} contradict each other: unset {' and '.join(names)}, "
            "or leave the option out."
        )
    if names:
        keys = digests(*(_usable(name, env[name]) for name in names))
        return ChosenKeys(keys, note=f"The keys are those of {' and '.join(names)}.")
    # Like those of Datadog, so that whatever checks how keys look is content.
    api_key, app_key = secrets.token_hex(16), secrets.token_hex(20)
    made = digests(api_key, app_key)
    with store.writing() as db:
        # Another process may be starting on the same workspace: the first one makes the keys.
        kept = None if new else table.kept(db)
        if kept is None:
            table.keep(db, made.salt, made.api_key, made.app_key, now)
    if kept is not None:
        note = "The keys are those shown at an earlier start; --new-keys makes new ones."
        return ChosenKeys(ApiKeys(*kept), note=note)
    return ChosenKeys(made, (f"{_DATADOG[0]}={api_key}", f"{_DATADOG[1]}={app_key}"))


def digests(api_key: str, app_key: str) -> ApiKeys:
    """The keys with a salt of their own."""
    salt = secrets.token_bytes(16)
    return ApiKeys(salt, _digest(salt, api_key.encode()), _digest(salt, app_key.encode()))


def _digest(salt: bytes, key: bytes) -> bytes:
    return hmac.digest(salt, key, hashlib.sha256)


def _names_set(env: Mapping[str, str]) -> tuple[str, str] | None:
    """The variables to take the keys from, None if they are not set."""
    given = [name for name in _OWN if env.get(name, "").strip()]
    if len(given) == 1:
        (missing,) = set(_OWN) - set(given)
        raise ConfigError(f"{given[0]} is set, but {missing} is not: set both, or none.")
    if given:
        return _OWN
    return _DATADOG if all(env.get(name, "").strip() for name in _DATADOG) else None


def _usable(name: str, value: str) -> str:
    value = value.strip()
    if not all("!" <= char <= "~" for char in value):
        raise ConfigError(
            f"{name} holds a space, a control character or a letter that no key has. "
            "Copy the key again."
        )
    return value
