"""Where the service is, with which keys, and who may be given them."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.models import Case

DEFAULT_SITE = "datadoghq.com"

SITES: Mapping[str, tuple[str, str]] = {
    "datadoghq.com": ("api.datadoghq.com", "app.datadoghq.com"),
    "us3.datadoghq.com": ("api.us3.datadoghq.com", "us3.datadoghq.com"),
    "us5.datadoghq.com": ("api.us5.datadoghq.com", "us5.datadoghq.com"),
    "datadoghq.eu": ("api.datadoghq.eu", "app.datadoghq.eu"),
    "ap1.datadoghq.com": ("api.ap1.datadoghq.com", "ap1.datadoghq.com"),
    "ap2.datadoghq.com": ("api.ap2.datadoghq.com", "ap2.datadoghq.com"),
    "uk1.datadoghq.com": ("api.uk1.datadoghq.com", "uk1.datadoghq.com"),
    "ddog-gov.com": ("api.ddog-gov.com", "app.ddog-gov.com"),
    "us2.ddog-gov.com": ("api.us2.ddog-gov.com", "us2.ddog-gov.com"),
}
"""For each site its API host and its web host."""

SITE_VARIABLES = ("DD_SITE", "DATADOG_SITE")
"""Variables of the environment that name the site; the first that is set counts."""

_API_KEY = ("DD_API_KEY", "DATADOG_API_KEY")
_APP_KEY = ("DD_APP_KEY", "DD_APPLICATION_KEY", "DATADOG_APP_KEY")
_TOKEN = ("DD_ACCESS_TOKEN", "DD_BEARER_TOKEN", "DATADOG_BEARER_TOKEN")

_SERVER_API_KEY = ("TRIAGE_TUI_API_KEY",)
_SERVER_APP_KEY = ("TRIAGE_TUI_APP_KEY",)

_STANDALONE = ("ddpat_", "ddsat_")
"""How an access token begins that the service takes in place of both keys."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server to talk to.

    Attributes:
        base_url: What the API paths are appended to; no slash at the end.
        web_url: The web application, or None where there is none or nobody knows it.
        name: For people: the site, or the host and port.
        is_datadog: True for the API hosts of `SITES` over https.
        is_loopback: True when requests do not leave this machine.
    """

    base_url: str
    web_url: str | None
    name: str
    is_datadog: bool
    is_loopback: bool


def choose_target(
    env: Mapping[str, str],
    *,
    site: str | None = None,
    url: str | None = None,
    default: str = DEFAULT_SITE,
) -> Target:
    """The server that was asked for: `url`, else `site`, else DD_SITE or DATADOG_SITE, else US1.

    Args:
        default: Site in place of US1.

    Raises:
        ConfigError: If both are given, the site is unknown, or the address cannot be used.
    """
    if site and url:
        raise ConfigError("A site and an address were both given: give only one of them.")
    if url:
        return _target_at(url)
    return _target_of(site or _first(env, SITE_VARIABLES) or default)


def _target_of(site: str) -> Target:
    name = site.strip().lower()
    if name not in SITES:
        near = difflib.get_close_matches(name, SITES, n=1, cutoff=0.0)
        raise ConfigError(f"There is no Datadog site {site!r}. Did you mean {near[0]!r}?")
    api, web = SITES[name]
    return Target(f"https://{api}", f"https://{web}", name, is_datadog=True, is_loopback=False)


def _target_at(url: str) -> Target:
    # None of these sentences repeats the address: it may hold a password.
    url = url.strip()
    if not all("!" <= char <= "~" for char in url) or "\\" in url:
        raise ConfigError("The server address has characters that no address can have.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError("The server address cannot be read: check its host and port.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(
            "The server address must look like https://host or http://127.0.0.1:8080."
        )
    if "@" in parts.netloc:
        raise ConfigError("The server address must not hold a user name or password.")
    if "?" in url or "#" in url:
        raise ConfigError("The server address must not have a ? or # part.")
    loopback = _is_loopback(host)
    if not may_be_asked(url):
        raise ConfigError("Plain http would send cases unprotected: use https for this host.")
    name = f"[{host}]" if ":" in host else host
    if port is not None:
        name += f":{port}"
    datadog = keys_may_go_to(parts.scheme, host, port)
    web = next((web for api, web in SITES.values() if datadog and api == host), None)
    return Target(
        # Put together from what was checked, so that nobody can read the address differently.
        base_url=f"{parts.scheme}://{name}{parts.path.rstrip('/')}",
        web_url=f"https://{web}" if web else None,
        name=name,
        is_datadog=datadog,
        is_loopback=loopback,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_asked(url: str) -> bool:
    """True if what is sent to an address is protected: by https, or by not leaving the machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and _is_loopback(parts.hostname or "")
    )


def keys_may_go_to(scheme: str, host: str, port: int | None) -> bool:
    """True if keys for Datadog are meant for this origin, whoever asks."""
    return (
        scheme == "https" and port in (None, 443) and any(host == api for api, _ in SITES.values())
    )


def case_url(target: Target, case: Case) -> str | None:
    """The page of a case in the web application, or None where there is none."""
    if target.web_url is None:
        return None
    return f"{target.web_url}/cases/{quote(case.key, safe='')}"


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves who is calling: two keys, a bearer token, or both."""

    api_key: Secret | None = None
    app_key: Secret | None = None
    token: Secret | None = None

    def headers(self) -> dict[str, str]:
        """The header lines that carry the secrets.

        A bearer token alone is not accepted by every endpoint, so keys go along if there are any.
        """
        lines: dict[str, str] = {}
        if self.api_key:
            lines["DD-API-KEY"] = self.api_key.reveal()
        if self.app_key:
            lines["DD-APPLICATION-KEY"] = self.app_key.reveal()
        if self.token:
            lines["Authorization"] = f"Bearer {self.token.reveal()}"
        return lines


def read_credentials(env: Mapping[str, str]) -> Credentials | None:
    """The keys in the environment, or None when there are none.

    Raises:
        ApiError: With `NOT_SIGNED_IN` when only one of the two keys is there.
        ConfigError: When a key has a character that no key has.
    """
    api_key, app_key, token = (_secret(env, names) for names in (_API_KEY, _APP_KEY, _TOKEN))
    if token is None and (api_key is None) != (app_key is None):
        if app_key is not None and _stands_alone(app_key):
            return Credentials(app_key=app_key)
        there, missing = (_API_KEY, _APP_KEY) if api_key else (_APP_KEY, _API_KEY)
        raise ApiError(
            f"Not signed in: {_set_name(env, there)} is set, but {missing[0]} is not."
            " Set both, or DD_ACCESS_TOKEN.",
            Failure.NOT_SIGNED_IN,
        )
    if api_key or app_key or token:
        return Credentials(api_key, app_key, token)
    return None


STORED_NAMES = ("api_key", "app_key", "access_token")
"""What the keys are called where they are stored."""


def credentials_of(stored: Mapping[str, str], place: str) -> Credentials:
    """The keys that were found under `STORED_NAMES`, "" where there was nothing.

    Args:
        place: For people: the file, or the keyring.

    Raises:
        ApiError: With `NOT_SIGNED_IN` when they are not enough.
        ConfigError: When a key has a character that no key has.
    """
    api_key, app_key, token = (_secret(stored, (name,)) for name in STORED_NAMES)
    if token or (api_key and app_key) or (app_key and _stands_alone(app_key)):
        return Credentials(api_key, app_key, token)
    missing = "api_key" if app_key else "app_key" if api_key else "api_key and app_key"
    raise ApiError(
        f"Not signed in: {place} has no {missing}. It needs both keys, or an access_token.",
        Failure.NOT_SIGNED_IN,
    )


def _stands_alone(app_key: Secret) -> bool:
    return app_key.reveal().startswith(_STANDALONE)


def read_server_credentials(env: Mapping[str, str]) -> Credentials | None:
    """The keys for a server that is not Datadog, or None when there are none.

    They have variables of their own, so that nobody gives the keys of Datadog away by the way.

    Raises:
        ApiError: With `NOT_SIGNED_IN` when only one of the two keys is there.
        ConfigError: When a key has a character that no key has.
    """
    api_key, app_key = _secret(env, _SERVER_API_KEY), _secret(env, _SERVER_APP_KEY)
    if (api_key is None) != (app_key is None):
        there, missing = _SERVER_API_KEY[0], _SERVER_APP_KEY[0]
        if api_key is None:
            there, missing = missing, there
        raise ApiError(
            f"Not signed in: {there} is set, but {missing} is not. Set both.", Failure.NOT_SIGNED_IN
        )
    return Credentials(api_key, app_key) if api_key else None


def variables_of(secret: Secret, env: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of the environment that hold this key; none if it is from elsewhere."""
    names = (*_API_KEY, *_APP_KEY, *_TOKEN, *_SERVER_API_KEY, *_SERVER_APP_KEY)
    return tuple(name for name in names if env.get(name, "").strip() == secret.reveal())


def set_variable(env: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The first of these variables that is set, or None."""
    return next((name for name in names if env.get(name, "").strip()), None)


def _secret(env: Mapping[str, str], names: tuple[str, ...]) -> Secret | None:
    value = _first(env, names)
    if value is None:
        return None
    if not all("!" <= char <= "~" for char in value):
        raise ConfigError(
            f"{_set_name(env, names)} holds a space, a control character or a letter that no key"
            " has. Copy the key again."
        )
    return Secret(value)


def _first(env: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := env.get(name, "").strip())), None)


def _set_name(env: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(name for name in names if env.get(name, "").strip())
