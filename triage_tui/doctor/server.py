"""Whether the server can be reached, knows the keys, and lets them read and change cases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from triage_tui.doctor.findings import Finding, failed, ok, warning
from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.text import clean

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.connection import Remote

SKEW = 60.0
"""Seconds by which two clocks may differ before ages are shown wrongly."""

_SLOW = 2.0
"""Seconds after which a server is called slow."""

_DEADLINE = 20.0


async def server(remote: Remote) -> list[Finding]:
    """What can be found out without changing anything, in three requests at most and one without
    the keys.
    """
    reached, found = await _reach(remote)
    if not reached:
        return found
    client = remote.connect()
    try:
        return found + await _allowed(client, remote)
    finally:
        await client.close()


async def _reach(remote: Remote) -> tuple[bool, list[Finding]]:
    """Whether an answer comes, of whatever kind: nothing is asked that needs the keys."""
    import httpx

    from triage_tui.failures import lost

    target = remote.target
    took: dict[str, float] = {}
    try:
        http = httpx.AsyncClient(
            timeout=10,
            follow_redirects=False,
            # Certificates and proxies as the dashboard has them.
            verify=target.base_url.startswith("https:") and httpx.create_ssl_context(),
            trust_env=not target.is_loopback,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL):
        return False, [
            failed(
                "reach",
                f"Nothing can be sent to {target.name}.",
                "Check SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables.",
            )
        ]
    async with http:
        request = http.build_request(
            "GET", f"{target.base_url}/", extensions={"trace": _stopwatch(took)}
        )
        started = time.monotonic()
        try:
            async with asyncio.timeout(_DEADLINE):
                response = await http.send(request, stream=True)
                await response.aclose()
        except (TimeoutError, httpx.HTTPError) as error:
            said = str(lost(f"{target.name} was not reached", request, error))
            return False, [failed("reach", said)]
        whole = time.monotonic() - started
    steps = ", ".join(f"{name} {_ms(seconds)}" for name, seconds in took.items())
    said = f"{target.name} answers in {_ms(whole)}{f' ({steps})' if steps else ''}."
    slow = warning("reach", said, "It is slow: look at the network between.")
    here = datetime.now(UTC)
    return True, [
        slow if whole > _SLOW else ok("reach", said),
        clock(response.headers.get("date", ""), here),
    ]


def _stopwatch(took: dict[str, float]) -> Any:
    """Notes how long connecting and encrypting take, as httpcore tells of it."""
    begun: dict[str, float] = {}
    steps = {"connection.connect_tcp": "connecting", "connection.start_tls": "TLS"}

    async def note(event: str, _: Mapping[str, Any]) -> None:
        step, _dot, state = event.rpartition(".")
        if step in steps and state == "started":
            begun[step] = time.monotonic()
        elif step in begun and state == "complete":
            took[steps[step]] = time.monotonic() - begun[step]

    return note


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def clock(date: str, here: datetime) -> Finding:
    """Whether the clock of this machine agrees with the one of the server.

    Args:
        date: The header of an answer, "" if there was none.
        here: The time here when it arrived.
    """
    try:
        there = parsedate_to_datetime(date)
        # A date that names no zone has none that could be subtracted.
        apart = (here - there.replace(tzinfo=there.tzinfo or UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return warning("clock", "The server does not say what time it is.")
    if abs(apart) <= SKEW:
        return ok("clock", f"It agrees with the server's within {SKEW:.0f} s.")
    side = "ahead of" if apart > 0 else "behind"
    return warning(
        "clock",
        f"It is {abs(apart):.0f} s {side} the server's, so ages are wrong by that.",
        "Set the clock of this machine, or let it be set over the network.",
    )


async def _allowed(client: CaseClient, remote: Remote) -> list[Finding]:
    found = []
    user_id = ""
    try:
        me = await client.me()
    except (ApiError, ConfigError) as error:
        state = failed if getattr(error, "failure", None) is Failure.NOT_SIGNED_IN else warning
        found.append(state("signed in", str(error)))
    else:
        user_id = me.id
        found.append(ok("signed in", f"As {clean(me.label, limit=80)}."))
    try:
        await client.search("", size=1)
    except ApiError as error:
        found.append(failed("reading", str(error)))
    else:
        found.append(ok("reading", "Cases can be searched (cases_read)."))
    found.append(await _writing(client, user_id, remote))
    return found


async def _writing(client: CaseClient, user_id: str, remote: Remote) -> Finding:
    """What the roles of the person say: nothing is changed to find out."""
    if remote.read_only:
        return ok("writing", "Not asked for: this is read-only.")
    unsure = "That can be seen only by changing a case."
    if not user_id:
        return warning("writing", f"It is not known whether cases can be changed. {unsure}")
    try:
        permissions, _ = await client.resources(
            "list your permissions", "users", user_id, "permissions"
        )
    except ApiError as error:
        return warning("writing", f"{error} {unsure}")
    names = {_name_of(one) for one in permissions.data}
    if "cases_write" in names:
        return ok("writing", "Your roles may change cases (cases_write).")
    return warning(
        "writing",
        "None of your roles has cases_write, so changes will be refused.",
        "Ask for it, or use --read-only.",
    )


def _name_of(permission: Mapping[str, Any]) -> object:
    attributes = permission.get("attributes")
    name = attributes.get("name") if isinstance(attributes, dict) else None
    return name if isinstance(name, str) else None
