"""Which cases to work on, from what was asked for, what is configured and what the shell knows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.config import Config, load
from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.sites import (
    DEFAULT_SITE,
    Credentials,
    Target,
    choose_target,
    read_credentials,
    read_server_credentials,
)

if TYPE_CHECKING:
    from triage_tui.client import CaseClient


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line; None or False where nothing was.

    Raises:
        ConfigError: Two of them contradict each other.
    """

    demo: bool = False
    local: bool = False
    db: Path | None = None
    site: str | None = None
    url: str | None = None
    trust_url: bool = False
    query: str | None = None
    config: Path | None = None
    profile: str | None = None
    read_only: bool = False
    no_cache: bool = False

    def __post_init__(self) -> None:
        wanted = [("--demo", self.demo), ("--local", self.local), ("--db", self.db is not None)]
        wanted += [("--site", self.site is not None), ("--url", self.url is not None)]
        given = [name for name, value in wanted if value]
        # The file of --db is a local workspace.
        if len(given) > 1 and given != ["--local", "--db"]:
            raise ConfigError(f"{given[0]} and {given[-1]} contradict each other: give only one.")
        words = (("--site", self.site), ("--url", self.url), ("--profile", self.profile))
        for name, text in words:
            if text is not None and not text.strip():
                raise ConfigError(f"{name} is empty: give a value, or leave it out.")

    @property
    def written(self) -> tuple[str, ...]:
        """Those that say what is worked on, as they are written in the shell."""
        flags = {"--demo": self.demo, "--local": self.local, "--trust-url": self.trust_url}
        values = {"--db": self.db, "--site": self.site, "--url": self.url}
        values |= {"--config": self.config, "--profile": self.profile}
        given = [name for name, on in flags.items() if on]
        return (*given, *(word for n, one in values.items() if one for word in (n, str(one))))

    @property
    def in_workspace(self) -> bool:
        """True if no server was asked for but a workspace on this machine."""
        return self.demo or self.local or self.db is not None


def configured(options: Options, env: Mapping[str, str]) -> Config:
    """The configuration, and in it the profile that was asked for.

    Raises:
        ConfigError: It cannot be used.
    """
    return load(options.config, env, profile=options.profile, server=not options.in_workspace)


@dataclass(frozen=True)
class Remote:
    """A server, and what is needed to call it.

    Attributes:
        trusted: The credentials may go to it, whatever its host is.
        read_only: Nothing may be changed on it.
        project: Key of the only project whose cases are asked for; "" for all.
    """

    target: Target
    credentials: Credentials | None
    trusted: bool
    read_only: bool = False
    project: str = ""

    def connect(self) -> CaseClient:
        """A client for it. Nothing is sent yet."""
        from triage_tui.client import connect

        return connect(
            self.target,
            self.credentials,
            trusted=self.trusted,
            read_only=self.read_only,
            project=self.project,
        )


def remote_of(options: Options, config: Config, env: Mapping[str, str]) -> Remote | None:
    """The server to work on, or None if it is a workspace on this machine.

    Raises:
        ApiError: With `NOT_SIGNED_IN` if it is one of Datadog and there are no keys, or if the keys
            that the configuration speaks of cannot be read.
        ConfigError: The server cannot be used.
    """
    if options.in_workspace:
        return None
    url = None if options.site else options.url or config.url or None
    target = _target(options, config, env, url)
    if config.key_source != "env" and _keys_belong(options, config):
        found = stored_credentials(config)
        # Whoever writes address and keys beside each other wants these keys to be sent there.
        return _remote(options, config, target, found, trusted=bool(url))
    if url and not target.is_datadog and (own := read_server_credentials(env)):
        return _remote(options, config, target, own, trusted=True)
    trusted = options.trust_url or (config.trust_url and not options.url)
    if config.key_source == "env":
        credentials = read_credentials(env)
    elif target.is_datadog or trusted:
        credentials = stored_credentials(config)
    else:
        credentials = None  # They would not be sent there.
    if credentials is None:
        if not (url or options.site or (config.profile and config.site)):
            return None
        if target.is_datadog:
            raise ApiError(
                "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
                Failure.NOT_SIGNED_IN,
            )
    return _remote(options, config, target, credentials, trusted=trusted)


def stored_credentials(config: Config) -> Credentials:
    """The keys from the file or the keyring that the configuration speaks of.

    Raises:
        ApiError: With `NOT_SIGNED_IN` if they cannot be read.
        ConfigError: The keyring cannot be used here.
    """
    from triage_tui.stored_keys import from_file, from_keyring

    if config.key_source == "keyring":
        return from_keyring(config.profile)
    return from_file(key_file(config))


def key_file(config: Config) -> Path:
    """Where the keys are if they are in a file."""
    folder = config.file.parent if config.file else Path()
    return folder / os.path.expanduser(config.key_file)


def _target(options: Options, config: Config, env: Mapping[str, str], url: str | None) -> Target:
    if url:
        return choose_target(env, url=url)
    return choose_target(env, site=options.site, default=config.site or DEFAULT_SITE)


def _keys_belong(options: Options, config: Config) -> bool:
    """True if the stored keys are written beside the address that is used.

    Those of the keyring have the profile in their names, so they belong to it.
    """
    if options.url or options.site or not config.url:
        return False
    keys = config.tables.get("key_file")
    if config.key_source == "keyring":
        keys = f"profile.{config.profile}" if config.profile else "site"
    return config.tables.get("url") == keys


def _remote(
    options: Options,
    config: Config,
    target: Target,
    credentials: Credentials | None,
    *,
    trusted: bool,
) -> Remote:
    read_only = options.read_only or config.read_only
    return Remote(target, credentials, trusted, read_only, config.project)
