"""Which cases to work on, from what was asked for, what is configured and what the shell knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.sites import (
    Credentials,
    Target,
    choose_target,
    read_credentials,
    read_server_credentials,
)

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.config import Config


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

    def __post_init__(self) -> None:
        wanted = [("--demo", self.demo), ("--local", self.local), ("--db", self.db is not None)]
        wanted += [("--site", self.site is not None), ("--url", self.url is not None)]
        given = [name for name, value in wanted if value]
        # The file of --db is a local workspace.
        if len(given) > 1 and given != ["--local", "--db"]:
            raise ConfigError(f"{given[0]} and {given[-1]} contradict each other: give only one.")
        for name, text in (("--site", self.site), ("--url", self.url)):
            if text is not None and not text.strip():
                raise ConfigError(f"{name} is empty: give a value, or leave it out.")

    @property
    def in_workspace(self) -> bool:
        """True if no server was asked for but a workspace on this machine."""
        return self.demo or self.local or self.db is not None


@dataclass(frozen=True)
class Remote:
    """A server, and what is needed to call it.

    Attributes:
        trusted: The credentials may go to it, whatever its host is.
    """

    target: Target
    credentials: Credentials | None
    trusted: bool

    def connect(self) -> CaseClient:
        """A client for it. Nothing is sent yet."""
        from triage_tui.client import connect

        return connect(self.target, self.credentials, trusted=self.trusted)


def remote_of(options: Options, config: Config, env: Mapping[str, str]) -> Remote | None:
    """The server to work on, or None if it is a workspace on this machine.

    Raises:
        ApiError: With `NOT_SIGNED_IN` if it is one of Datadog and there are no keys.
        ConfigError: The server cannot be used.
    """
    if options.in_workspace:
        return None
    url = None if options.site else options.url or config.url or None
    if url:
        target = choose_target(env, url=url)
        own = None if target.is_datadog else read_server_credentials(env)
        if own:
            return Remote(target, own, trusted=True)
    credentials = read_credentials(env)
    if not (credentials or url or options.site):
        return None
    if not url:
        target = choose_target(env, site=options.site or config.site or None)
    if credentials is None and target.is_datadog:
        raise ApiError(
            "Not signed in: set DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN.",
            Failure.NOT_SIGNED_IN,
        )
    return Remote(target, credentials, options.trust_url or config.trust_url)
