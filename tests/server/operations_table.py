"""What every operation answers: made by asking, kept beside the tests as operations.md."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from tests.server.conftest import NOW, workspace
from tests.server.contract import check_declared
from tests.server.probes import PREPARED, SECURITY_TYPE, VARIABLES, Probe, missing, working, wrong
from triage_tui.server.access import Access
from triage_tui.server.api_keys import digests
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.routes import ROUTES, Operation
from triage_tui.server.store import Store

FILE = Path(__file__).parent / "operations.md"

_API_KEY, _APP_KEY = "a" * 32, "b" * 40
_KEYS = {"DD-API-KEY": _API_KEY, "DD-APPLICATION-KEY": _APP_KEY}
_WRONG_KEYS = {**_KEYS, "DD-API-KEY": "c" * 32}
_ACCESS = Access(digests(_API_KEY, _APP_KEY))

_HEAD = """# What every operation answers

Made by `python -m tests.tables`, which asks a server for all of it; the tests fail when it differs.
Every answer in it agrees with the OpenAPI document.

| Operation | Request | Success | 400 | 404 | 401 | 403 |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Row:
    """The answers of one operation; `missing` is None where nothing can be missing."""

    name: str
    method: str
    path: str
    success: httpx.Response
    wrong: httpx.Response
    missing: httpx.Response | None
    without_keys: httpx.Response
    with_wrong_keys: httpx.Response


def rows() -> list[Row]:
    """One for each operation, sorted by path."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_rows(Path(folder)))


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    return _HEAD + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows)


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Path, method and operation, sorted."""
    for path in sorted(ROUTES):
        for method in sorted(ROUTES[path]):
            yield path, method, ROUTES[path][method]


async def _rows(folder: Path) -> list[Row]:
    prepared = folder / "prepared.db"
    with closing(Store.open(prepared)) as store:
        there = workspace()
        store.load(replace(there, types=(*there.types, SECURITY_TYPE)))
        variables = await _prepare(store)
    found = []
    for path, method, operation in operations():
        # Each on a workspace of its own: what one deletes, another one asks for.
        copy = folder / f"{operation.name}.db"
        with (
            closing(sqlite3.connect(prepared)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        with closing(Store.open(copy)) as store:
            found.append(await _row(store, path, method, operation.name, variables))
        copy.unlink()
    return found


async def _prepare(store: Store) -> Mapping[str, str]:
    """Make what the probes are about; the ids by variable."""
    variables = dict(VARIABLES)
    async with _client(store) as http:
        for name, path, body in PREPARED:
            text = json.dumps(body)
            for known, id in variables.items():
                text = text.replace(f"${known}", id)
            response = await http.post(
                path.format_map(variables), json=json.loads(text), headers=_KEYS
            )
            assert response.status_code == 201, response.text
            variables[name] = response.json()["data"]["id"]
    return variables


async def _row(
    store: Store, path: str, method: str, name: str, variables: Mapping[str, str]
) -> Row:
    probe = working(name, method, path, variables)
    gone = missing(name, probe)
    async with _client(store) as http:
        row = Row(
            name,
            method,
            path,
            without_keys=await _asked(http, probe, {}),
            with_wrong_keys=await _asked(http, probe, _WRONG_KEYS),
            wrong=await _asked(http, wrong(name, probe), _KEYS),
            missing=await _asked(http, gone, _KEYS) if gone else None,
            # Last, as it may take away what the others ask for.
            success=await _asked(http, probe, _KEYS),
        )
    for response in (row.success, row.wrong, row.missing, row.without_keys, row.with_wrong_keys):
        if response is not None:
            check_declared(response, path, method)
    return row


def _client(store: Store) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW, access=_ACCESS))
    return httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL)


async def _asked(http: httpx.AsyncClient, probe: Probe, keys: Mapping[str, str]) -> httpx.Response:
    headers = {**keys, **({"host": probe.host} if probe.host else {})}
    return await http.request(probe.method, probe.url, json=probe.body, headers=headers)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.method} `{row.path}`",
        *(
            _told(response) if response is not None else "–"
            for response in (
                row.success,
                row.wrong,
                row.missing,
                row.without_keys,
                row.with_wrong_keys,
            )
        ),
    )


def _told(response: httpx.Response) -> str:
    """The status and what the body says, on one line of a table."""
    said = _said(response.json()) if response.content else "no body"
    return f"{response.status_code} {said}".replace("|", "\\|")


def _said(body: Any) -> str:
    if "errors" in body:
        [error] = body["errors"]
        if isinstance(error, str):
            return error
        return ": ".join(str(error[key]) for key in ("title", "detail") if key in error)
    found = body["data"]
    if isinstance(found, list):
        kinds = {one["type"] for one in found}
        return f"{len(found)} × {' '.join(kinds)}" if found else "nothing"
    return str(found["type"])
